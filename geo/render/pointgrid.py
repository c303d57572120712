"""Points in a grid: which of a million lie in a box, in a fraction of a millisecond.

Beside an R-tree the points of a row of squares lie side by side in memory, so that a box is a few slices.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_IN_A_SQUARE = 64
"""Points in a square on average: few enough that the squares along the box's edge cost little."""


class PointGrid:
    """Points by squares, row by row. Made once and never changed."""

    def __init__(self, x: Floats, y: Floats) -> None:
        """Sorts the points (n,) in any coordinate system; those that are NaN are in no box."""
        known = np.flatnonzero(~np.isnan(x))
        x, y = x[known], y[known]
        self._side = max(1, int(np.sqrt(len(known) / _IN_A_SQUARE)))
        self._low = np.array([x.min(), y.min()]) if len(known) else np.zeros(2)
        span = np.array([x.max(), y.max()]) - self._low if len(known) else np.zeros(2)
        self._step = np.where(span > 0, span, 1.0) / self._side
        square = self._square(y, 1) * self._side + self._square(x, 0)
        order = np.argsort(square, kind="stable")
        self._x, self._y, self._at = x[order], y[order], known[order]
        self._starts = np.searchsorted(square[order], np.arange(self._side**2 + 1))

    def within(self, west: float, south: float, east: float, north: float) -> Indices:
        """Which points lie in a box or on its edge; in no order."""
        if west > east or south > north:
            return np.empty(0, dtype=np.int64)
        columns = self._square(np.array([west, east]), 0)
        rows = self._square(np.array([south, north]), 1)
        found = []
        for row in range(int(rows[0]), int(rows[1]) + 1):
            first = self._starts[row * self._side + columns[0]]
            last = self._starts[row * self._side + columns[1] + 1]
            x, y = self._x[first:last], self._y[first:last]
            found.append(self._at[first:last][(x >= west) & (x <= east) & (y >= south) & (y <= north)])
        return np.concatenate(found)

    def _square(self, along: Floats, axis: int) -> Indices:
        """The row or column of coordinates; those beyond the edge are in the last one."""
        steps = np.floor((along - self._low[axis]) / self._step[axis])
        inside: Indices = np.clip(steps, 0, self._side - 1).astype(np.int64)
        return inside
