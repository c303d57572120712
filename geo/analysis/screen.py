"""Clusters of spots on a screen, made where the spots are: the browser is told of what it shows, and of no more.

Spots are kept as pixels of the deepest zoom along a Morton curve (Z-order), so that every square of every zoom is one
unbroken run of rows, found by bisection.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.crs import WGS84, mercator_to_wgs84, points_to_mercator

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

DEEPEST = 18
"""The zoom whose pixels spots are kept in: some 25 cm in the middle of Sweden."""
SHALLOWEST = 4
_TILE_BITS = 8
_CELL_BITS = 6
"""Clusters are gathered in squares of 64 pixels."""
APART_PX = 54.0
"""Two symbols nearer than this would lie over each other: a finger couldn't choose."""
MOST_CELLS = 8_192
"""Squares that are looked at for one answer: a screen of 8,000 × 4,000 pixels has as many."""
_SIDE = 1 << (DEEPEST + _TILE_BITS)
_HALF_M = 20_037_508.342789244
"""Half of the Equator in Web Mercator: π times the radius of 6,378,137 m (EPSG:3857)."""

Box = tuple[float, float, float, float]
"""(west, south, east, north) in WGS 84 degrees."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Incidents near each other on the screen: where their middle is, how many, and the box that they lie in.

    ``squares``, at the deepest zoom only, are those that it was gathered from, by their place along the curve: they
    hold all of its incidents and no others, which the box may not.
    """

    lon: float
    lat: float
    number: int
    box: Box
    squares: tuple[int, ...] = ()


def clusters(codes: Ints, pixels: Ints, fits: Bools, box: Box, zoom: int) -> tuple[Cluster, ...]:
    """The clusters of the spots that fit, in the squares of a zoom that touch a box; the largest first.

    ``codes`` (n,) are sorted, ``pixels`` (n, 2) and ``fits`` (n,) in their order. A square counts whole, so that moving the map a little changes no number. Where the box has more than ``MOST_CELLS``
    squares, a smaller zoom is taken.
    """
    starts, ends, squares = _runs(codes, box, zoom)
    if not len(starts):
        return ()
    low, high = int(starts.min()), int(ends.max())
    kept = np.flatnonzero(fits[low:high]) + low
    first, last = np.searchsorted(kept, starts), np.searchsorted(kept, ends)
    held = last > first
    first, last, squares = first[held], last[held], squares[held]
    if not len(first):
        return ()
    # Every second part is a square; the others are what lies between two of them.
    edges = np.column_stack([first, last]).ravel()
    held_pixels = np.vstack([pixels[kept], np.zeros((1, 2), dtype=np.int64)])
    sums, least, most = (
        reduce.reduceat(held_pixels, edges, axis=0)[::2] for reduce in (np.add, np.minimum, np.maximum)
    )
    return _told(*_merged(last - first, sums, least, most, squares, apart=APART_PX * (1 << DEEPEST - zoom)))


def in_squares(codes: Ints, squares: Sequence[int]) -> Bools:
    """(n,) which of the spots lie in these squares of the deepest zoom; ``codes`` (n,) are sorted."""
    found = np.zeros(len(codes), dtype=bool)
    for square in squares:
        begins, ends = square << 2 * _CELL_BITS, square + 1 << 2 * _CELL_BITS
        found[np.searchsorted(codes, begins) : np.searchsorted(codes, ends)] = True
    return found


def zoom_to_fit(box: Box, width: float, height: float) -> int:
    """The deepest zoom at which a screen of ``width`` × ``height`` pixels shows a whole box."""
    west, north, east, south = box_pixels(box)
    times = min(width / max(1, east - west), height / max(1, south - north))
    return min(DEEPEST, max(SHALLOWEST, DEEPEST + math.floor(math.log2(times))))


def box_around(box: Box, width: float, height: float, zoom: int) -> Box:
    """What a screen of ``width`` × ``height`` pixels shows at a zoom with the middle of a box in its own."""
    west, north, east, south = box_pixels(box)
    middle = np.array([(west + east) / 2, (north + south) / 2])
    half = np.array([width, height]) / 2 * (1 << DEEPEST - zoom)
    corners = np.clip(np.array([middle - half, middle + half]), 0, _SIDE - 1)
    (left, top), (right, bottom) = mercator_to_wgs84(_mercator(corners)).tolist()
    return left, bottom, right, top


def box_pixels(box: Box) -> tuple[int, int, int, int]:
    """West, north, east and south in pixels of the deepest zoom: y grows to the south."""
    west, south, east, north = box
    corners = np.array([(west, north), (east, south)])
    (left, top), (right, bottom) = pixels_of(points_to_mercator(corners, WGS84))
    return int(left), int(top), int(right), int(bottom)


def _runs(codes: Ints, box: Box, zoom: int) -> tuple[Ints, Ints, Ints]:
    """Where the rows of each square of a zoom that touches a box begin and end, along the curve; and the squares.

    The squares are -1 where they aren't those of the deepest zoom.
    """
    west, north, east, south = box_pixels(box)
    bits = DEEPEST - zoom + _CELL_BITS
    while ((east >> bits) - (west >> bits) + 1) * ((south >> bits) - (north >> bits) + 1) > MOST_CELLS:
        bits += 1
    across = np.arange(west >> bits, (east >> bits) + 1)
    down = np.arange(north >> bits, (south >> bits) + 1)
    squares = np.sort(morton(np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)))
    return (
        np.searchsorted(codes, squares << 2 * bits),
        np.searchsorted(codes, squares + 1 << 2 * bits),
        squares if bits == _CELL_BITS else np.full_like(squares, -1),
    )


def _merged(
    numbers: Ints, sums: Ints, least: Ints, most: Ints, squares: Ints, *, apart: float
) -> tuple[Ints, Floats, Ints, Ints, list[tuple[int, ...]]]:
    """Gathers what would lie over each other on the screen: a smaller one goes into the nearest larger one.

    Gives the numbers, middles, least and greatest pixels, and squares (-1 is left out) of what is left, the largest first.
    """
    order = np.lexsort((np.arange(len(numbers)), -numbers))
    numbers, middles = numbers[order], sums[order] / numbers[order, None] + 0.5
    least, most = least[order].copy(), most[order].copy()
    members = [[square] if square >= 0 else [] for square in squares[order].tolist()]
    totals, chosen = numbers.copy(), np.zeros(len(numbers), dtype=bool)
    for at in range(len(numbers)):
        larger = np.flatnonzero(chosen[:at])
        if len(larger):
            away = np.hypot(*(middles[larger] - middles[at]).T)
            nearest = int(away.argmin())
            if away[nearest] < apart:
                into = larger[nearest]
                totals[into] += numbers[at]
                members[into] += members[at]
                least[into] = np.minimum(least[into], least[at])
                most[into] = np.maximum(most[into], most[at])
                continue
        chosen[at] = True
    kept = [tuple(members[at]) for at in np.flatnonzero(chosen)]
    return totals[chosen], middles[chosen], least[chosen], most[chosen], kept


def _told(
    numbers: Ints, middles: Floats, least: Ints, most: Ints, squares: list[tuple[int, ...]]
) -> tuple[Cluster, ...]:
    where, low, high = (
        mercator_to_wgs84(_mercator(pixels.astype(np.float64) + half)).tolist()
        for pixels, half in ((middles, 0.0), (least, 0.5), (most, 0.5))
    )
    return tuple(
        Cluster(
            round(lon, 6),
            round(lat, 6),
            number,
            # Seven decimals are a centimetre: the box holds its own corners when it comes back.
            (round(west, 7), round(south, 7), round(east, 7), round(north, 7)),
            held,
        )
        for (lon, lat), number, (west, north), (east, south), held in zip(
            where, numbers.tolist(), low, high, squares, strict=True
        )
    )


def pixels_of(mercator: Floats) -> Ints:
    """(n, 2) Web Mercator points as pixels of the deepest zoom, x to the east, y to the south."""
    east, north = (mercator + _HALF_M).T
    found = np.column_stack([east, 2 * _HALF_M - north]) * (_SIDE / (2 * _HALF_M))
    return np.clip(np.floor(np.nan_to_num(found)), 0, _SIDE - 1).astype(np.int64)


def _mercator(pixels: Floats) -> Floats:
    east, south = (pixels * (2 * _HALF_M / _SIDE)).T
    return np.column_stack([east - _HALF_M, _HALF_M - south])


def morton(cells: Ints) -> Ints:
    """(x, y) pairs as numbers along the Z-order curve: the bits of the two by turns (Morton, 1966)."""
    x, y = _spread(cells[:, 0]), _spread(cells[:, 1])
    return x | y << 1


def _spread(values: Ints) -> Ints:
    """Puts a nought between every two bits of numbers below 2^31."""
    spread = values.astype(np.int64)
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        spread = (spread | spread << shift) & mask
    return spread
