"""An attacker who subtracts: all that was ever released as one integer programme. Shares no code with the audit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from geo.privacy.statements import Quarter, Release

Bools = npt.NDArray[np.bool_]
_MOST = 3_000_000
_WORLDS = 24
_SMALL = 4


@dataclass(frozen=True, slots=True)
class Found:
    """How far a count could be narrowed. ``said``: small, hidden, or unsaid where only subtraction tells of it."""

    about: str
    said: str
    low: int
    high: int

    @property
    def exact(self) -> bool:
        """Whether the count was got back: a small or hidden one, or one of 1-4 that nobody said."""
        return self.low == self.high and (self.said != "unsaid" or 0 < self.low <= _SMALL)

    @property
    def narrowed(self) -> bool:
        """Whether less is left of it than the rules promise: 1-4 of a small one, five values of a hidden one."""
        if self.said == "small":
            return (self.low, self.high) != (1, _SMALL)
        return self.said == "hidden" and self.high - self.low < _SMALL


@dataclass(frozen=True, slots=True)
class _Count:
    about: str
    said: str
    members: Bools


def subtract(
    releases: Sequence[Release], areas: Collection[tuple[str, str]], quarters: Sequence[Quarter]
) -> list[Found]:
    """What is left of each small or hidden count of all releases, and of what lies between two of them.

    The attacker knows what was said, in which pairs of locality and cell anything was ever counted, and that counts are whole
    numbers. Any numbers that fit are a possible world; a count is solved for unless the worlds seen leave it wide.
    """
    groups = sorted({one.key.group for release in releases for one in release.statements} - {""})
    atoms = np.array(list(product(range(len(areas)), range(len(quarters)), range(len(groups)))))
    of_area, of_quarter, of_group = atoms.T
    locality, cell = np.array(sorted(areas)).T
    year = np.array([quarter.year for quarter in quarters])[of_quarter]

    def covered(scope: str, area: str, in_year: int, group: str, through: Quarter) -> Bools:
        inside = {"locality": locality, "cell": cell}.get(scope, np.full(len(areas), "")) == area
        until = np.array([quarter <= through for quarter in quarters])
        found: Bools = inside[of_area] & until[of_quarter]
        if in_year:
            found &= year == in_year
        if group:
            found &= of_group == groups.index(group)
        return found

    told: dict[tuple[str, str, int, str], dict[Quarter, Bools]] = {}
    known: list[tuple[Bools, int, int]] = []
    wanted: dict[bytes, _Count] = {}
    for release in releases:
        for one in release.statements:
            key = (one.key.scope.value, one.key.area, one.key.year, one.key.group)
            row = covered(*key, release.through)
            told.setdefault(key, {})[release.through] = row
            if one.said == "number":
                known.append((row, one.value or 0, one.value or 0))
            else:
                wanted[row.tobytes()] = _Count(f"{key} {release.through}", one.said.value, row)
            if one.said == "small":
                known.append((row, 1, _SMALL))
    rest = {(scope, "", in_year, "") for scope, _, in_year, _ in told if scope != "municipality"}
    for key in (*told, *rest):
        ends = told.get(key) or {release.through: covered(*key, release.through) for release in releases}
        between = [(f"{key} {a}-{b}", ends[b] & ~ends[a]) for a, b in combinations(sorted(ends), 2)]
        alone = [(f"{key} {end}", row) for end, row in ends.items()] if key in rest else []
        for about, row in (*between, *alone):
            if row.any():
                wanted.setdefault(row.tobytes(), _Count(about, "unsaid", row))
    return _solve(known, list(wanted.values()))


def _solve(known: list[tuple[Bools, int, int]], wanted: list[_Count]) -> list[Found]:
    rows = np.array([row for row, _, _ in known] + [count.members for count in wanted])
    # What lies under a zero is zero, and what no row tells apart is one number.
    zero = np.array([high == 0 for _, _, high in known] + [False] * len(wanted))
    open_ = ~rows[zero].any(axis=0) if zero.any() else np.ones(rows.shape[1], dtype=bool)
    _, first = np.unique(np.packbits(rows, axis=0)[:, open_], axis=1, return_index=True)
    matrix = sparse.csr_array(rows[:, np.flatnonzero(open_)[first]].astype(float))
    said, low, high = matrix[: len(known)], *(np.array([one[at] for one in known]) for at in (1, 2))
    targets = matrix[len(known) :]
    size = matrix.shape[1]
    rules = LinearConstraint(said, low, high)

    def world(cost: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        found = milp(cost, constraints=rules, integrality=np.ones(size), bounds=Bounds(0, _MOST))
        if found.x is None:
            raise ArithmeticError(f"The attacker's programme has no solution: {found.message}")
        numbers = np.rint(found.x)
        fits = said @ numbers
        if (fits < low).any() or (fits > high).any():
            raise ArithmeticError("The attacker's solution isn't one of whole numbers.")
        return np.asarray(targets @ numbers)

    chance = np.random.default_rng(4)
    seen = [world(chance.normal(size=size)) for _ in range(_WORLDS)]
    least, most = np.min(seen, axis=0), np.max(seen, axis=0)
    for at, count in enumerate(wanted):
        for sign in (1, -1):
            if _wide(count.said, least[at], most[at]):
                break
            there = world(sign * targets[[at]].toarray()[0])
            least, most = np.minimum(least, there), np.maximum(most, there)
    return [
        Found(count.about, count.said, int(a), int(b))
        for count, a, b in zip(wanted, least, most, strict=True)
    ]


def _wide(said: str, low: float, high: float) -> bool:
    """Whether the worlds seen already leave as much as the rules promise."""
    if said == "small":
        return low == 1 and high == _SMALL
    return high - low >= (_SMALL if said == "hidden" else 1)
