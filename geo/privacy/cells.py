"""Cells: areas with so many homes that a count in one points at none of them. See docs/privacy.md."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.errors import SettingsError

MIN_HOMES = 20
"""A cell has at least as many residential addresses, unless the settings say another number."""
LEAST_HOMES = 8
"""No setting goes below this."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Boxes that tile a frame, made by halving.

    ``boxes`` is (n, 4): west, south, east, north, metres in EPSG:3006; ``homes`` is (n,). A point on an edge lies in
    the cell to the east or north of it. ``version`` names these edges: others have another version.
    ``cuts`` is (m, 4): the axis (0 east, 1 north), where, and what lies below and above; a cell ``i`` there is ``-1 - i``.
    """

    version: str
    boxes: Floats
    homes: Ints
    cuts: Floats

    def locate(self, points: Floats) -> Ints:
        """Which cell each of ``points`` (k, 2; metres in EPSG:3006) lies in; -1 outside the frame."""
        frame = (*self.boxes[:, :2].min(axis=0), *self.boxes[:, 2:].max(axis=0))
        inside = (points >= frame[:2]).all(axis=1) & (points <= frame[2:]).all(axis=1)
        at = np.zeros(len(points), dtype=np.int64) if len(self.cuts) else np.full(len(points), -1)
        open_ = np.flatnonzero(at >= 0)
        while len(open_):
            cut = self.cuts[at[open_]]
            above = points[open_, cut[:, 0].astype(np.int64)] >= cut[:, 1]
            at[open_] = np.where(above, cut[:, 3], cut[:, 2]).astype(np.int64)
            open_ = open_[at[open_] >= 0]
        return np.where(inside, -1 - at, -1)


def make_cells(
    points: Floats,
    frame: tuple[float, float, float, float],
    *,
    homes: Ints | None = None,
    least: int = MIN_HOMES,
) -> Cells | None:
    """Halves a frame until the next cut would leave fewer than ``least`` homes on a side.

    Each cut goes across the longer side, between two homes, as near the middle one as it can; where none can be made
    there, across the shorter. The same homes give the same cells, in whichever order they come.

    Args:
        points: homes or grid squares' centres, (n, 2), metres in EPSG:3006.
        frame: west, south, east, north, metres in EPSG:3006; points outside it don't count.
        homes: how many homes each point stands for, (n,); one each where left out.
        least: the fewest homes in a cell.

    Returns:
        The cells, or None where the whole frame has fewer homes than that.

    Raises:
        SettingsError: ``least`` is below ``LEAST_HOMES``.
    """
    if least < LEAST_HOMES:
        raise SettingsError(
            "A cell needs at least %(floor)d homes; %(least)d are too few.", floor=LEAST_HOMES, least=least
        )
    weights = np.ones(len(points), dtype=np.int64) if homes is None else homes
    inside = (points >= frame[:2]).all(axis=1) & (points <= frame[2:]).all(axis=1)
    points, weights = points[inside], weights[inside]
    if int(weights.sum()) < least:
        return None
    boxes: list[tuple[float, float, float, float]] = []
    counts: list[int] = []
    cuts: list[list[float]] = []
    waiting: list[tuple[npt.NDArray[np.intp], tuple[float, float, float, float], int, int]] = [
        (np.arange(len(points)), frame, -1, 0)
    ]
    while waiting:
        members, box, parent, side = waiting.pop()
        found = _cut(points[members], weights[members], box, least)
        if found is None:
            here = -1 - len(boxes)
            boxes.append(box)
            counts.append(int(weights[members].sum()))
        else:
            axis, where = found
            here = len(cuts)
            cuts.append([axis, where, 0, 0])
            above = points[members, axis] >= where
            low, high = list(box), list(box)
            low[axis + 2] = high[axis] = where
            waiting.append((members[above], (high[0], high[1], high[2], high[3]), here, 3))
            waiting.append((members[~above], (low[0], low[1], low[2], low[3]), here, 2))
        if parent >= 0:
            cuts[parent][side] = here
    made = np.array(boxes, dtype=np.float64)
    version = hashlib.sha256(made.tobytes()).hexdigest()[:12]
    return Cells(version, made, np.array(counts), np.array(cuts, dtype=np.float64).reshape(-1, 4))


def name_cells(cells: Cells, localities: Sequence[tuple[str, float, float]]) -> tuple[tuple[str, int], ...]:
    """The locality that each cell's middle is nearest to, and a number there, from west to east.

    ``localities``: name, easting, northing (EPSG:3006). Without any, all are numbered under no name.
    """
    middles = (cells.boxes[:, :2] + cells.boxes[:, 2:]) / 2
    if localities:
        spots = np.array([(east, north) for _, east, north in localities])
        near = ((middles[:, None, :] - spots[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
        names = [localities[at][0] for at in near]
    else:
        names = [""] * len(middles)
    found: list[tuple[str, int]] = [("", 0)] * len(middles)
    told: Counter[str] = Counter()
    for at in np.lexsort((middles[:, 1], middles[:, 0])):
        told[names[at]] += 1
        found[at] = (names[at], told[names[at]])
    return tuple(found)


def _cut(
    points: Floats, weights: Ints, box: tuple[float, float, float, float], least: int
) -> tuple[int, float] | None:
    """The axis and place of the next cut, or None where none leaves enough on both sides."""
    longer = 0 if box[2] - box[0] >= box[3] - box[1] else 1
    for axis in (longer, 1 - longer):
        order = np.argsort(points[:, axis], kind="stable")
        along, below = points[order, axis], np.cumsum(weights[order])
        total = int(below[-1])
        can = (np.diff(along) > 0) & (below[:-1] >= least) & (total - below[:-1] >= least)
        if can.any():
            off = np.where(can, np.abs(2 * below[:-1] - total), total + 1)
            at = int(off.argmin())
            return axis, float((along[at] + along[at + 1]) / 2)
    return None
