"""The audit: what a reader with everything published, and all the time in the world, can work out.

All releases' statements are one system of linear equations and bounds over counts that are not negative. A count is
narrowed to what the system leaves it: the least and the greatest value, by linear programming (HiGHS).

Most counts are safe, and to show that takes no programme for each: whatever numbers fit everything said are a reader's
possible world, and a count that is 1 in one world and 4 in another is safe. A few programmes make worlds in which as many
counts as can be are small, or large; those that no world clears are asked about one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from geo.privacy import MIN_INCIDENTS
from geo.privacy.statements import Atom, Key, Quarter, Release, Said, Scope, Unknowns

Floats = npt.NDArray[np.float64]

HIDDEN_VALUES = 5
"""What is hidden could be any of at least as many numbers: inside an area of 1-4 it could still be 0-4."""
GROWN_VALUES = 4
"""What came to a count from one release to another, were it 1-4, could be any of at least as many, as "1-4" is."""
_NEAR = 1e-6
_UNBOUNDED = 3
_WORLDS = 4
"""How often worlds are made for what is still in doubt: each time the ones before have cleared most of it."""

Name = tuple[Key, Quarter]
"""A statement, by what it is about and the release that says it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A count that must not be narrowed: what a release says small or hides, or what came to it ``since`` another.

    Nobody says the latter, but two numbers of two releases do, subtracted. Neither says anybody how many lie in no
    locality or in no cell: the area of these is "".
    """

    key: Key
    through: Quarter
    said: Said
    since: Quarter | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """What a reader can narrow a count to.

    ``tight``: the statements that do it, at the ends that are too near. ``zeros``: sets of zeros; were all of one not
    said, the count would be wider.
    """

    target: Target
    low: float
    high: float
    tight: tuple[Name, ...]
    zeros: tuple[frozenset[Name], ...] = ()

    @property
    def low_far(self) -> bool:
        """Whether the least is as low as it must be; of a hidden count, as low as can be."""
        return self.low <= (1 if self.target.said is Said.SMALL else 0) + _NEAR

    @property
    def high_far(self) -> bool:
        """Whether the greatest is as high as it must be."""
        least = MIN_INCIDENTS - 1 if self.target.said is Said.SMALL else self.low + _spread(self.target)
        return self.high >= least - _NEAR

    @property
    def safe(self) -> bool:
        """Whether a small count can still be 1, 2, 3 and 4, and a hidden one is wide enough."""
        return self.high_far and (self.target.said is Said.HIDDEN or self.low_far)


def _spread(target: Target) -> int:
    """How far apart the least and the greatest must be of what nothing is said of."""
    return (HIDDEN_VALUES if target.since is None else GROWN_VALUES) - 1


class Audit:
    """All releases as one system."""

    def __init__(self, ledger: Mapping[Atom, int], releases: Sequence[Release], cells: Iterable[str]) -> None:
        unknowns = Unknowns(ledger, releases, cells)
        told: dict[tuple[int, ...], tuple[Said, int | None, list[Name]]] = {}
        self._targets: dict[Target, tuple[int, ...]] = {}
        for release in releases:
            for statement in release.statements:
                name = statement.key, release.through
                row = unknowns.members(*name)
                if not row:
                    # Of an area and a group together, say: it must not pass for a sum of nothing.
                    raise ArithmeticError(f"a statement about {statement.key} can't be audited")
                if statement.said is not Said.NUMBER:
                    self._targets[Target(*name, statement.said)] = row
                if statement.said is not Said.HIDDEN:
                    told.setdefault(row, (statement.said, statement.value, []))[2].append(name)
        # A zero is a zero of all it is made of: these are known, and the rest of the system is smaller.
        self._zeros: dict[int, set[Name]] = defaultdict(set)
        for row, (_, value, names) in told.items():
            if value == 0:
                for at in row:
                    self._zeros[at].update(names)
        rows = [row for row, (_, value, _) in told.items() if value != 0]
        said = [told[row] for row in rows]
        balances = unknowns.balances()
        always = np.zeros(balances.shape[0])
        self._names = [names for _, _, names in said] + [[] for _ in always]
        small = MIN_INCIDENTS - 1.0
        self._low = np.concatenate([[1.0 if value is None else value for _, value, _ in said], always])
        self._high = np.concatenate([[small if value is None else value for _, value, _ in said], always])
        self._whole = sparse.vstack([unknowns.matrix(rows), balances], format="csr")
        size = self._whole.shape[1]
        self._free = np.setdiff1d(np.arange(size), np.fromiter(self._zeros, dtype=np.int64))
        self._column = np.full(size, -1)
        self._column[self._free] = np.arange(len(self._free))
        self._matrix = self._whole[:, self._free]
        both = sparse.block_array([[None, self._matrix], [self._matrix.T, None]])
        part = connected_components(both, directed=False)[1]
        self._row_part, self._part = part[: len(self._low)], part[len(self._low) :]
        self._systems: dict[int, _System] = {}
        self._true = unknowns.values(ledger)
        self._targets |= _unsaid(unknowns, releases, self._true)
        fits = self._whole @ self._true
        if self._true[list(self._zeros)].any() or (fits < self._low).any() or (fits > self._high).any():
            raise ArithmeticError("what was said isn't true of what was counted")
        self._true = self._true[self._free]

    def ranges(self, targets: Iterable[Target] | None = None) -> list[Range]:
        """The ranges of what must not be narrowed: in all releases, or of these."""
        wanted = self._targets if targets is None else targets
        return [self._range(target, self._targets[target]) for target in wanted]

    def unsafe(self, targets: Iterable[Target] | None = None) -> list[Range]:
        """Those of ``ranges`` that aren't safe, sooner."""
        wanted = list(self._targets) if targets is None else list(targets)
        return [found for found in self.ranges(self._in_doubt(wanted)) if not found.safe]

    def _in_doubt(self, targets: list[Target]) -> list[Target]:
        """Those that no world shows to be safe."""
        if not targets or not len(self._free):
            return targets
        members = [self._column[list(self._targets[target])] for target in targets]
        lengths = [int((row >= 0).sum()) for row in members]
        columns = np.concatenate([row[row >= 0] for row in members])
        starts = np.concatenate([[0], np.cumsum(lengths)])
        sums = sparse.csr_array(
            (np.ones(len(columns)), columns, starts), shape=(len(targets), len(self._free))
        )
        hidden = np.array([target.said is Said.HIDDEN for target in targets])
        spread = np.array([_spread(target) for target in targets])
        least = sums @ self._true
        most = least.copy()
        floor = np.where(hidden, 0.0, 1.0)
        for _ in range(_WORLDS):
            for sign in (1, -1):
                near = np.where(hidden, least + spread, MIN_INCIDENTS - 1.0)
                open_ = np.flatnonzero((most < near - _NEAR) | (~hidden & (least > 1 + _NEAR)))
                if not len(open_):
                    return []
                world = self._world(sums[open_], floor[open_] if sign > 0 else near[open_], sign)
                if world is not None:
                    there = sums @ world
                    least, most = np.minimum(least, there), np.maximum(most, there)
        near = np.where(hidden, least + spread, MIN_INCIDENTS - 1.0)
        doubtful = (most < near - _NEAR) | (~hidden & (least > 1 + _NEAR))
        return [target for target, doubt in zip(targets, doubtful, strict=True) if doubt]

    def _world(self, sums: sparse.csr_array, ends: Floats, sign: int) -> Floats | None:
        """Numbers that fit all that is said, with the sums as near their ends as can be: down (``sign`` 1) or up (-1).

        The sums beyond their end count as if at it, so that none goes further at another's cost.
        """
        count, size = sums.shape
        exact = self._low == self._high
        loose = self._matrix[~exact]
        beside = sparse.csr_array((int((~exact).sum()), count))
        below = sparse.block_array(
            [[loose, beside], [-loose, beside], [sign * sums, -sign * sparse.eye_array(count)]], format="csr"
        )
        bound = np.concatenate([self._high[~exact], -self._low[~exact], np.zeros(count)])
        bounds = np.zeros((size + count, 2))
        bounds[:, 1] = np.inf
        if sign > 0:
            bounds[size:, 0] = ends
        else:
            bounds[size:, 1] = ends
        found = linprog(
            np.concatenate([np.zeros(size), np.full(count, float(sign))]),
            A_ub=below,
            b_ub=bound,
            A_eq=sparse.hstack([self._matrix[exact], sparse.csr_array((int(exact.sum()), count))])
            if exact.any()
            else None,
            b_eq=self._low[exact] if exact.any() else None,
            bounds=bounds,
            method="highs",
        )
        return None if found.status else np.asarray(found.x[:size])

    def _range(self, target: Target, row: tuple[int, ...]) -> Range:
        by_part: dict[int, list[int]] = defaultdict(list)
        for at in self._column[list(row)]:
            if at >= 0:
                by_part[int(self._part[at])].append(int(at))
        ends = {1: 0.0, -1: 0.0}
        prices = {1: np.zeros(len(self._low)), -1: np.zeros(len(self._low))}
        for part, members in by_part.items():
            system = self._systems.get(part)
            if system is None:
                system = self._systems[part] = self._system(part)
            for sign in (1, -1):
                value, price = system.end(members, sign)
                ends[sign] += value
                prices[sign][system.rows] = price
        found = Range(target, ends[1], ends[-1], ())
        if found.safe:
            return found
        near = [sign for sign, far in ((1, found.low_far), (-1, found.high_far)) if not far]
        tight: list[Name] = []
        zeros: set[frozenset[Name]] = set()
        for sign in near:
            pressed = np.flatnonzero(np.abs(prices[sign]) > _NEAR)
            tight += [one for at in pressed for one in self._names[at]]
            # A number known to be zero would move the end, were it not known: by its reduced cost.
            cost = -(self._whole.T @ prices[sign])
            cost[list(row)] += sign
            zeros |= {
                frozenset(self._zeros[int(at)])
                for at in np.flatnonzero(cost < -_NEAR)
                if int(at) in self._zeros
            }
        return replace(found, tight=tuple(dict.fromkeys(tight)), zeros=tuple(zeros))

    def _system(self, part: int) -> "_System":
        variables = np.flatnonzero(self._part == part)
        rows = np.flatnonzero(self._row_part == part)
        matrix = self._matrix[rows][:, variables]
        return _System(variables, rows, matrix, self._low[rows], self._high[rows])


def _unsaid(unknowns: Unknowns, releases: Sequence[Release], true: Floats) -> dict[Target, tuple[int, ...]]:
    """Counts of 1-4 that nobody says but two numbers do, subtracted.

    What lies in no locality, or in no cell: the municipality less all of them. And what came to a count from one
    release to another.
    """
    told: dict[Key, set[Quarter]] = defaultdict(set)
    rest: dict[Key, set[Quarter]] = defaultdict(set)
    for release in releases:
        for statement in release.statements:
            key = statement.key
            told[key].add(release.through)
            if key.scope is not Scope.MUNICIPALITY:
                rest[Key(key.scope, "", key.year, "")].add(release.through)
    found = {}
    for key, ends in (*rest.items(), *told.items()):
        rows = {end: unknowns.members(key, end) for end in sorted(ends)}
        came = {
            (since, end): tuple(sorted({*rows[end]} - {*rows[since]})) for since, end in combinations(rows, 2)
        }
        whole = {(None, end): row for end, row in rows.items()} if key in rest else {}
        for (since, end), row in (whole | came).items():
            if row and 0 < true[list(row)].sum() < MIN_INCIDENTS:
                found[Target(key, end, Said.HIDDEN, since)] = row
    return found


class _System:
    """One connected part of the equations. ``rows``: which of all rows are its."""

    def __init__(
        self, variables: np.ndarray, rows: np.ndarray, matrix: sparse.csr_array, low: Floats, high: Floats
    ) -> None:
        self._at = {int(variable): at for at, variable in enumerate(variables)}
        self.rows = rows
        self._is_exact = low == high
        self._equal, self._equals = matrix[self._is_exact], low[self._is_exact]
        loose = matrix[~self._is_exact]
        self._below = sparse.vstack([loose, -loose], format="csr")
        self._bound = np.concatenate([high[~self._is_exact], -low[~self._is_exact]])

    def end(self, members: list[int], sign: int) -> tuple[float, Floats]:
        """The least (``sign`` 1) or greatest (-1) sum of the members, and what each row's number weighs in it."""
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
        prices = np.zeros(len(self.rows))
        if found.status == _UNBOUNDED:
            return sign * -np.inf, prices
        if found.status:
            raise ArithmeticError(found.message)
        if self._equal.shape[0]:
            prices[self._is_exact] = found.eqlin.marginals
        if self._below.shape[0]:
            above, under = np.asarray(found.ineqlin.marginals).reshape(2, -1)
            prices[~self._is_exact] = above - under
        return sign * float(found.fun), prices
