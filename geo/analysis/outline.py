"""The polygon around many short lines, quickly: lines that go on at a crossing are one long line before they are widened."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

_ARCS = 4
"""Segments of a quarter circle."""

Ints = NDArray[np.int64]


def outline(lines: NDArray[Any], first: Ints, last: Ints, beside_m: float) -> BaseGeometry:
    """The polygon of what lies within ``beside_m`` metres of (n,) lines.

    ``first`` and ``last`` (n,) are the nodes at their ends, -1 where a line ends in the middle of an edge. Every round end
    that isn't drawn is one fewer to be joined with the others at its crossing: that is where the time goes.
    """
    coords, owner = shapely.get_coordinates(lines, return_index=True)
    starts = np.searchsorted(owner, np.arange(len(lines) + 1))
    trails = _trails(*_pairs(coords, starts, first, last), len(lines))
    order = [
        np.arange(starts[line], starts[line + 1])[:: -1 if turned else 1]
        for trail in trails
        for line, turned in trail
    ]
    sizes = [sum(int(starts[line + 1] - starts[line]) for line, _ in trail) for trail in trails]
    long = shapely.linestrings(
        coords[np.concatenate(order)], indices=np.repeat(np.arange(len(trails)), sizes)
    )
    return shapely.union_all(shapely.buffer(long, beside_m, quad_segs=_ARCS))


def _pairs(coords: NDArray[np.float64], starts: Ints, first: Ints, last: Ints) -> tuple[list[int], list[int]]:
    """Ends of lines that go on in each other, as nearly straight as may be: end 2i is line i's first, 2i + 1 its last."""
    at = np.column_stack([first, last]).ravel()
    begin, end = starts[:-1], starts[1:] - 1
    away = np.stack([coords[begin + 1] - coords[begin], coords[end - 1] - coords[end]], axis=1).reshape(-1, 2)
    # Opposite directions have the same bearing but for half a turn: sorted by it they lie side by side.
    bearing = np.arctan2(away[:, 0], away[:, 1]) % np.pi
    order = np.lexsort((bearing, at))
    order = order[at[order] >= 0]
    node = at[order]
    new = np.concatenate([[True], node[1:] != node[:-1]]) if len(node) else np.empty(0, bool)
    rank = np.arange(len(node)) - np.maximum.accumulate(np.where(new, np.arange(len(node)), 0))
    one = np.flatnonzero((rank % 2 == 0)[:-1] & (node[1:] == node[:-1])) if len(node) else np.empty(0, int)
    return order[one].tolist(), order[one + 1].tolist()


def _trails(one: list[int], other: list[int], count: int) -> list[list[tuple[int, bool]]]:
    """Lines in the order in which they go on, each with whether it is taken backwards; every line once."""
    goes_on = [-1] * (2 * count)
    for a, b in zip(one, other, strict=True):
        goes_on[a], goes_on[b] = b, a
    taken = [False] * count
    trails = []
    # From ends that lead nowhere first; what is left are rings.
    for start in [end for end in range(2 * count) if goes_on[end] < 0] + list(range(0, 2 * count, 2)):
        trail, end = [], start
        while end >= 0 and not taken[end >> 1]:
            taken[end >> 1] = True
            trail.append((end >> 1, bool(end & 1)))
            end = goes_on[end ^ 1]
        if trail:
            trails.append(trail)
    return trails


def cut(lines: NDArray[Any], low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[Any]:
    """The pieces of (n,) lines from ``low`` to ``high`` metres along them; ``low`` must be less."""
    if not len(lines):
        return lines
    coords, owner = shapely.get_coordinates(lines, return_index=True)
    first = np.concatenate([[True], owner[1:] != owner[:-1]])
    steps = np.hypot(*np.diff(coords, axis=0, prepend=coords[:1]).T)
    along = np.cumsum(np.where(first, 0, steps))
    along -= along[first][owner]
    inner = (along > low[owner]) & (along < high[owner])
    every = np.arange(len(lines))
    ends = [shapely.get_coordinates(shapely.line_interpolate_point(lines, at)) for at in (low, high)]
    whose = np.concatenate([every, owner[inner], every])
    order = np.lexsort((np.concatenate([low, along[inner], high]), whose))
    made = shapely.linestrings(np.concatenate([ends[0], coords[inner], ends[1]])[order], indices=whose[order])
    return np.asarray(made, dtype=object)
