"""What a release says: one statement for each area and period, and what it is about."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import sparse

from geo.privacy import MIN_INCIDENTS


class Scope(StrEnum):
    """The kinds of areas that are told of, the coarsest first."""

    MUNICIPALITY = "municipality"
    LOCALITY = "locality"
    CELL = "cell"


class Said(StrEnum):
    """How a count is said: as it is, as 1-4, or not at all for another's sake."""

    NUMBER = "number"
    SMALL = "small"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year; ``number`` is 1-4."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def previous(self) -> "Quarter":
        """The quarter before it."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)


@dataclass(frozen=True, slots=True, order=True)
class Atom:
    """The finest that is ever counted; none of it is said. ``cell`` is "" where the spot isn't known."""

    locality: str
    cell: str
    quarter: Quarter
    group: str


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What a statement is about; ``year`` 0 is the whole period, ``group`` "" all groups."""

    scope: Scope
    area: str
    year: int
    group: str

    def covers(self, atom: Atom, through: Quarter) -> bool:
        """Whether the atom is counted in it, in a release that goes through that quarter."""
        area = {Scope.MUNICIPALITY: "", Scope.LOCALITY: atom.locality, Scope.CELL: atom.cell}[self.scope]
        return (
            self.area == area
            and self.year in (0, atom.quarter.year)
            and self.group in ("", atom.group)
            and atom.quarter <= through
        )


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said; ``value`` only where ``said`` is a number."""

    key: Key
    said: Said
    value: int | None


@dataclass(frozen=True, slots=True)
class Release:
    """What was said at one time, of all quarters through ``through``."""

    through: Quarter
    statements: tuple[Statement, ...]


def plain(key: Key, count: int) -> Statement:
    """A count as it is said when nothing else speaks against it."""
    if 0 < count < MIN_INCIDENTS:
        return Statement(key, Said.SMALL, None)
    return Statement(key, Said.NUMBER, count)


def count_all(ledger: Mapping[Atom, int], through: Quarter, cells: Iterable[str]) -> dict[Key, int]:
    """The true counts of all that a release could say, zeros too.

    Municipality by year and group, localities by year and over the whole period, cells likewise.
    """
    kept = {atom: number for atom, number in ledger.items() if atom.quarter <= through}
    if not kept:
        return {}
    years = range(min(atom.quarter.year for atom in kept), through.year + 1)
    groups = sorted({atom.group for atom in kept})
    localities = sorted({atom.locality for atom in kept if atom.locality})
    counts = {Key(Scope.MUNICIPALITY, "", year, group): 0 for year in years for group in groups}
    for scope, areas in ((Scope.LOCALITY, localities), (Scope.CELL, sorted(set(cells)))):
        counts |= {Key(scope, area, year, ""): 0 for area in areas for year in (0, *years)}
    for atom, number in kept.items():
        counts[Key(Scope.MUNICIPALITY, "", atom.quarter.year, atom.group)] += number
        for scope, area in ((Scope.LOCALITY, atom.locality), (Scope.CELL, atom.cell)):
            for year in (0, atom.quarter.year):
                if (key := Key(scope, area, year, "")) in counts:
                    counts[key] += number
    return counts


class Unknowns:
    """What a reader doesn't know, one variable for each that any statement can tell from the others.

    Quarters of a year that no release parts are one span. Statements are about an area or about a group, never about
    both. So the variables are the counts of each area in each span, and those of each group in each span: whatever
    they are, as long as both sum to the same in each span (``balances``), counts by area and group exist that make
    them up (the north-west corner rule of transportation problems), and no statement tells those apart.

    A reader is taken to know which cells lie in which localities, and which groups there are: that makes the reader
    stronger than real ones.
    """

    def __init__(self, ledger: Mapping[Atom, int], releases: Iterable[Release], cells: Iterable[str]) -> None:
        ends = sorted({release.through for release in releases})
        last = ends[-1]
        known = [atom for atom in ledger if atom.quarter <= last]
        first = min(atom.quarter.year for atom in known)
        years = range(first, last.year + 1)
        stops = sorted({end for end in ends if end.year >= first} | {Quarter(year, 4) for year in years})
        self._spans = [stop for stop in stops if stop <= last] + ([last] if last not in stops else [])
        areas = {(atom.locality, atom.cell) for atom in known} | {(atom.locality, "") for atom in known}
        areas |= {("", cell) for cell in set(cells) - {cell for _, cell in areas}}
        groups = sorted({atom.group for atom in known})
        self._of_area = {
            (area, span): at
            for at, (area, span) in enumerate((area, span) for area in sorted(areas) for span in self._spans)
        }
        self._of_group = {
            (group, span): at
            for at, (group, span) in enumerate(
                ((group, span) for group in groups for span in self._spans), len(self._of_area)
            )
        }
        self.size = len(self._of_area) + len(self._of_group)
        self._index: dict[tuple[Scope, str, str], list[tuple[Quarter, int]]] = defaultdict(list)
        for ((locality, cell), span), at in self._of_area.items():
            self._index[Scope.LOCALITY, locality, ""].append((span, at))
            self._index[Scope.CELL, cell, ""].append((span, at))
        for (group, span), at in self._of_group.items():
            self._index[Scope.MUNICIPALITY, "", group].append((span, at))

    def members(self, key: Key, through: Quarter) -> tuple[int, ...]:
        """The variables that a count is the sum of; none where it is of something that isn't told apart here."""
        found = self._index.get((key.scope, key.area, key.group), ())
        return tuple(at for span, at in found if key.year in (0, span.year) and span <= through)

    def values(self, ledger: Mapping[Atom, int]) -> npt.NDArray[np.float64]:
        """What the variables truly are."""
        found = np.zeros(self.size)
        for atom, number in ledger.items():
            if atom.quarter <= self._spans[-1]:
                span = self._spans[bisect_left(self._spans, atom.quarter)]
                found[self._of_area[(atom.locality, atom.cell), span]] += number
                found[self._of_group[atom.group, span]] += number
        return found

    def balances(self) -> sparse.csr_array:
        """In each span, what all areas sum to less what all groups sum to: always 0. (spans, variables)"""
        rows = {span: at for at, span in enumerate(self._spans)}
        at = [rows[span] for _, span in (*self._of_area, *self._of_group)]
        signs = np.repeat([1.0, -1.0], [len(self._of_area), len(self._of_group)])
        return sparse.csr_array((signs, (at, np.arange(self.size))), shape=(len(rows), self.size))

    def matrix(self, rows: list[tuple[int, ...]]) -> sparse.csr_array:
        """The rows' sums as a 0-1 matrix (rows, variables)."""
        lengths = [len(row) for row in rows]
        columns = np.fromiter((at for row in rows for at in row), dtype=np.int64, count=sum(lengths))
        starts = np.concatenate([[0], np.cumsum(lengths)])
        return sparse.csr_array((np.ones(len(columns)), columns, starts), shape=(len(rows), self.size))
