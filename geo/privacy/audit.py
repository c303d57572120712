"""The audit: what a reader with everything published, and all the time in the world, can work out.

All releases' statements are one system of linear equations and bounds over counts that are not negative. A count is
narrowed to what the system leaves it: the least and the greatest value, by linear programming (HiGHS).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from geo.privacy import MIN_INCIDENTS
from geo.privacy.statements import Atom, Key, Quarter, Release, Said, Unknowns

HIDDEN_VALUES = 5
"""What is hidden could be any of at least as many numbers: inside an area of 1-4 it could still be 0-4."""
_NEAR = 1e-6
_UNBOUNDED = 3


@dataclass(frozen=True, slots=True)
class Range:
    """What a reader can narrow a count to. ``tight``: the statements that do it, at either end."""

    key: Key
    through: Quarter
    said: Said
    low: float
    high: float
    tight: tuple[tuple[Key, Quarter], ...]

    @property
    def safe(self) -> bool:
        """Whether a small count can still be 1, 2, 3 and 4, and a hidden one is wide enough."""
        if self.said is Said.HIDDEN:
            return self.high - self.low >= HIDDEN_VALUES - 1 - _NEAR
        return self.low <= 1 + _NEAR and self.high >= MIN_INCIDENTS - 1 - _NEAR


class Audit:
    """All releases as one system."""

    def __init__(self, ledger: Collection[Atom], releases: Sequence[Release], cells: Iterable[str]) -> None:
        unknowns = Unknowns(ledger, releases, cells)
        told: dict[tuple[int, ...], tuple[Said, int | None, list[tuple[Key, Quarter]]]] = {}
        self._targets: dict[tuple[Key, Quarter], tuple[Said, tuple[int, ...]]] = {}
        for release in releases:
            for statement in release.statements:
                name = statement.key, release.through
                row = unknowns.members(*name)
                if statement.said is not Said.NUMBER:
                    self._targets[name] = (statement.said, row)
                if statement.said is not Said.HIDDEN:
                    told.setdefault(row, (statement.said, statement.value, []))[2].append(name)
        # A zero is a zero of all it is made of: these are known, and the rest of the system is smaller.
        zero = {at for row, (_, value, _) in told.items() if value == 0 for at in row}
        self._zero = zero
        self.names: list[list[tuple[Key, Quarter]]] = []
        rows: list[tuple[int, ...]] = []
        low: list[float] = []
        high: list[float] = []
        for row, (said, value, names) in told.items():
            if value == 0:
                continue
            rows.append(tuple(at for at in row if at not in zero))
            small = said is Said.SMALL
            low.append(1.0 if small else float(value or 0))
            high.append(float(MIN_INCIDENTS - 1) if small else float(value or 0))
            self.names.append(names)
        self._matrix = unknowns.matrix(rows)
        self._low, self._high = np.array(low), np.array(high)
        self._part = self._parts(len(rows))
        self._systems: dict[int, _System] = {}

    def _parts(self, rows: int) -> np.ndarray:
        """Which connected part of the system each variable belongs to."""
        both = sparse.block_array([[None, self._matrix], [self._matrix.T, None]])
        part: np.ndarray = connected_components(both, directed=False)[1][rows:]
        self._row_part = connected_components(both, directed=False)[1][:rows]
        return part

    def ranges(self, names: Iterable[tuple[Key, Quarter]] | None = None) -> list[Range]:
        """The ranges of what is small or hidden: of all releases, or of those named."""
        wanted = self._targets if names is None else {name: self._targets[name] for name in names}
        return [self._range(name, *target) for name, target in wanted.items()]

    def _range(self, name: tuple[Key, Quarter], said: Said, row: tuple[int, ...]) -> Range:
        low = high = 0.0
        tight: list[tuple[Key, Quarter]] = []
        by_part: dict[int, list[int]] = defaultdict(list)
        for at in row:
            if at not in self._zero:
                by_part[int(self._part[at])].append(at)
        for part, members in by_part.items():
            system = self._systems.get(part)
            if system is None:
                system = self._systems[part] = self._system(part)
            for sign in (1, -1):
                value, rows = system.end(members, sign)
                if sign > 0:
                    low += value
                else:
                    high += value
                tight += [found for at in rows for found in self.names[at]]
        return Range(name[0], name[1], said, low, high, tuple(dict.fromkeys(tight)))

    def _system(self, part: int) -> "_System":
        variables = np.flatnonzero(self._part == part)
        rows = np.flatnonzero(self._row_part == part)
        matrix = self._matrix[rows][:, variables]
        return _System(variables, rows, matrix, self._low[rows], self._high[rows])


class _System:
    """One connected part of the equations."""

    def __init__(
        self,
        variables: np.ndarray,
        rows: np.ndarray,
        matrix: sparse.csr_array,
        low: np.ndarray,
        high: np.ndarray,
    ) -> None:
        self._at = {int(variable): at for at, variable in enumerate(variables)}
        exact = low == high
        self._exact, self._loose = rows[exact], rows[~exact]
        self._equal, self._equals = matrix[exact], low[exact]
        loose = matrix[~exact]
        self._below = sparse.vstack([loose, -loose], format="csr")
        self._bound = np.concatenate([high[~exact], -low[~exact]])

    def end(self, members: list[int], sign: int) -> tuple[float, list[int]]:
        """The least (``sign`` 1) or greatest (-1) sum of the members, and the rows that keep it there."""
        cost = np.zeros(len(self._at))
        cost[[self._at[member] for member in members]] = sign
        found = linprog(
            cost,
            A_ub=self._below if self._below.shape[0] else None,
            b_ub=self._bound if self._below.shape[0] else None,
            A_eq=self._equal if self._equal.shape[0] else None,
            b_eq=self._equals if self._equal.shape[0] else None,
            method="highs",
        )
        if found.status == _UNBOUNDED:
            return np.inf, []
        if found.status:
            raise ArithmeticError(found.message)
        rows = [
            int(at)
            for at, price in zip(self._exact, found.eqlin.marginals, strict=False)
            if abs(price) > _NEAR
        ]
        prices = np.asarray(found.ineqlin.marginals)
        if prices.size:
            pressed = np.abs(prices).reshape(2, -1).max(axis=0)
            rows += [int(at) for at, price in zip(self._loose, pressed, strict=True) if price > _NEAR]
        return sign * float(found.fun), rows
