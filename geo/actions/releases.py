"""Releasing a quarter: what residents then see of incidents, and taking that back."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from geo.area.homes import homes_by_locality, residential
from geo.area.package import AreaPackage
from geo.errors import BadInput, NotAllowed, NotPossible, Stale
from geo.model import EntryKind, Person, Role
from geo.privacy.audit import Target
from geo.privacy.cells import MIN_HOMES, make_cells, name_cells
from geo.privacy.statements import Key, Quarter, Release, Said
from geo.privacy.suppression import check, draft, refusal
from geo.store import audit
from geo.store.cells import CellSet, add_cell_set, cell_sets
from geo.store.engine import Store
from geo.store.releases import (
    Fresh,
    Head,
    add_release,
    fresh_counts,
    heads,
    ledger,
    quarter_of,
    releases,
    said_in,
)

MAX_REASON = 500
"""The longest reason, characters."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What areas are made of: an area package, if there is one, and the fewest homes in an area.

    ``reason`` says why new areas are to take the place of those there are; empty: they stay.
    """

    area: AreaPackage | None = None
    least: int = MIN_HOMES
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A release as it is or would be. In a rehearsal its number is 0.

    ``because[key]`` is the count for whose sake ``key`` is hidden. ``before`` is what residents saw until then.
    ``mark`` tells this rehearsal from one that says anything else.
    """

    head: Head
    release: Release
    because: Mapping[Key, Target]
    cells: CellSet | None
    before: Release | None
    mark: str

    @property
    def changed(self) -> tuple[Key, ...]:
        """What is told of otherwise than before, or is new."""
        told = {item.key: item for item in self.before.statements} if self.before else {}
        return tuple(item.key for item in self.release.statements if told.get(item.key) != item)

    @property
    def repeats(self) -> bool:
        """Whether residents see just this already."""
        return (
            self.before is not None
            and self.before.through == self.release.through
            and set(self.before.statements) == set(self.release.statements)
        )

    def count(self, said: Said) -> int:
        """How many counts are said so."""
        return Counter(told.said for told in self.release.statements)[said]


@dataclass(frozen=True, slots=True)
class _Prepared:
    outcome: Outcome
    fresh: Fresh
    new_cells: CellSet | None
    last: int


def parse_quarter(text: str) -> Quarter:
    """A quarter from words such as ``2026Q3``.

    Raises:
        BadInput: it is none.
    """
    year, mark, number = text.strip().upper().partition("Q")
    if not (mark and year.isdecimal() and len(year) == 4 and number in ("1", "2", "3", "4")):
        raise BadInput("“%(text)s” is no quarter. Write it as 2026Q3.", text=text[:20], field="quarter")
    return Quarter(int(year), int(number))


def last_quarter(now: datetime) -> Quarter:
    """The newest quarter that is over, by the Swedish clock."""
    return quarter_of(now).previous


def rehearse(store: Store, by: Person | None, through: Quarter, *, now: datetime, ground: Ground) -> Outcome:
    """What a release of all quarters through one would say; nothing is kept.

    Raises:
        NotAllowed, NotPossible, UnreadableInput: as ``publish``.
    """
    return _prepare(store, by, through, now, ground).outcome


def publish(
    store: Store,
    by: Person | None,
    through: Quarter,
    *,
    now: datetime,
    ground: Ground,
    mark: str = "",
) -> Outcome:
    """Releases all quarters through one.

    A quarter is counted when it is first released, and never again: what comes later for it stays out, so that two
    releases can't be subtracted from each other. The first release makes the areas that counts are told of in; they
    stay as they are until a reason is given for new ones, which count from a new year on. Others can write while the
    audit runs.

    Args:
        mark: that of the rehearsal that was looked at; empty: none was.

    Raises:
        NotAllowed: only coordinators, and the command line, release.
        NotPossible: the quarter isn't over, lies before one that was released, no incident is known, or a small count
            could be narrowed.
        Stale: what would be released is no longer what was looked at, or somebody else has released meanwhile.
        UnreadableInput: the area package is broken.
    """
    made = _prepare(store, by, through, now, ground)
    done, actor = made.outcome, by.username if by else audit.CONSOLE
    if done.repeats:
        raise NotPossible("%(quarter)s was released already.", quarter=str(through))
    if mark and mark != done.mark:
        raise Stale("What would be released has changed since you looked at it. Look at it again.")
    with store.write() as connection:
        if len(heads(connection)) != made.last:
            raise Stale("What would be released has changed since you looked at it. Look at it again.")
        if made.new_cells:
            add_cell_set(connection, made.new_cells, actor=actor)
        number = add_release(
            connection,
            done.release,
            made.fresh.counts,
            actor=actor,
            at=now,
            cells=done.head.cells,
            controls=done.head.controls,
            sources=done.head.sources,
        )
        audit.record(
            connection,
            at=now,
            by=by,
            action="release.made",
            subject=f"release {number} {through}",
            after={
                "shown": done.count(Said.NUMBER),
                "small": done.count(Said.SMALL),
                "hidden": done.count(Said.HIDDEN),
            },
        )
    return replace(done, head=replace(done.head, number=number, actor=actor))


def take_back(store: Store, by: Person | None, number: int, reason: str, *, now: datetime) -> int:
    """Makes a new release that says what was said before the newest one; gives its number.

    What was said stays known: later releases are held to it, too.

    Raises:
        NotAllowed: only coordinators, and the command line, release.
        BadInput: no reason is given, or it is too long.
        NotPossible: there is no release, or the newest took one back itself.
        Stale: another release is the newest by now.
    """
    _only_coordinators(by)
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        raise BadInput(
            "Say why the release is taken back, in at most %(most)d characters.",
            most=MAX_REASON,
            field="reason",
        )
    with store.write() as connection:
        made = heads(connection)
        if not made or made[-1].takes_back is not None:
            raise NotPossible("There is no release to take back.")
        newest = made[-1]
        if newest.number != number:
            raise Stale("Release %(number)d is no longer the newest one.", number=number)
        before = standing(made[:-1])
        said = said_in(connection, before) if before else Release(newest.through, ())
        told = add_release(
            connection,
            said,
            {},
            actor=by.username if by else audit.CONSOLE,
            at=now,
            cells=before.cells if before else "",
            controls=before.controls if before else {},
            sources=before.sources if before else (),
            takes_back=newest.number,
            reason=reason,
        )
        audit.record(
            connection,
            at=now,
            by=by,
            action="release.taken_back",
            subject=f"release {newest.number} {newest.through}",
            after={"release": told, "reason": reason},
        )
    return told


def standing(made: tuple[Head, ...]) -> Head | None:
    """The newest release that is no taking back and wasn't taken back; None where there is none."""
    gone = {head.takes_back for head in made}
    kept = [head for head in made if head.takes_back is None and head.number not in gone]
    return kept[-1] if kept else None


def _only_coordinators(by: Person | None) -> None:
    if by is not None and by.role is not Role.COORDINATOR:
        raise NotAllowed("Only coordinators release what residents see of incidents.")


def _prepare(store: Store, by: Person | None, through: Quarter, now: datetime, ground: Ground) -> _Prepared:
    _only_coordinators(by)
    if through >= quarter_of(now):
        raise NotPossible("%(quarter)s isn't over yet.", quarter=str(through))
    with store.read() as connection:
        made, earlier, sets = heads(connection), releases(connection), cell_sets(connection)
        last = max((head.through for head in made), default=None)
        if last is not None and through < last:
            raise NotPossible("%(quarter)s was released already.", quarter=str(last))
        new_cells = _new_cells(ground, sets, last, through, now)
        sets = (*sets, new_cells) if new_cells else sets
        fresh = fresh_counts(connection, last, through, sets)
        counts = Counter(ledger(connection)) + fresh.counts
    keys = [key for one in sets for key in one.ids()]
    drawn = draft(counts, through, keys, earlier)
    if not (drawn.release.statements or fresh.controls):
        # Releasing nothing would leave out for good what is brought in for these quarters later.
        raise NotPossible(
            "No incident up to and including %(quarter)s has been brought in yet: there is nothing to release.",
            quarter=str(through),
        )
    # Asked once more of all releases together, by what they say alone.
    narrowed = check(counts, (*earlier, drawn.release), keys)
    if narrowed:
        raise refusal(narrowed[0])
    before = earlier[-1] if earlier else None
    # Years that were told of whole keep their traffic controls, also when old incidents have been removed.
    told = {year: n for year, n in made[-1].controls.items() if year < made[-1].through.year} if made else {}
    controls = dict(sorted({**fresh.controls, **told}.items()))
    sources = fresh.sources | set(made[-1].sources if made else ())
    said = hashlib.sha256(repr((drawn.release, controls, [one.cells.version for one in sets])).encode())
    cells = sets[-1] if sets else None
    version = cells.cells.version if cells else ""
    head = Head(0, now, "", through, version, controls, tuple(sorted(sources)), None, "")
    outcome = Outcome(head, drawn.release, drawn.because, cells, before, said.hexdigest()[:16])
    return _Prepared(outcome, fresh, new_cells, len(made))


def _new_cells(
    ground: Ground, sets: tuple[CellSet, ...], last: Quarter | None, through: Quarter, now: datetime
) -> CellSet | None:
    """The first cells, or those that a reason is given for; None where the old ones stay, or none can be made."""
    reason = ground.reason.strip()
    if sets and not reason:
        return None
    if len(reason) > MAX_REASON:
        raise BadInput("The reason is longer than %(most)d characters.", most=MAX_REASON, field="reason")
    if ground.area is None:
        if reason:
            raise NotPossible("New areas need an area package: set TRYGG_AREA.")
        return None
    if last is not None and last.year >= through.year:
        if not reason:
            return None
        raise NotPossible(
            "New areas begin with a year, and %(quarter)s was released already. Change them with the first release "
            "of %(year)d.",
            quarter=str(last),
            year=last.year + 1,
        )
    points, homes = residential(ground.area)
    west, south, east, north = ground.area.boundary().bounds
    cells = make_cells(points, (west, south, east, north), homes=homes, least=ground.least)
    if cells is None or any(one.cells.version == cells.version for one in sets):
        return None
    localities = [
        (entry.name, entry.geometry.centroid.x, entry.geometry.centroid.y)
        for entry in ground.area.entries()
        if entry.kind is EntryKind.LOCALITY and not entry.geometry.is_empty
    ]
    since = 0 if last is None else through.year
    # A locality that is told of stays so, for a year's number must mean one thing: the first areas decide.
    told = sets[0].localities if sets else _large_enough(ground.area, ground.least)
    return CellSet(cells, since, name_cells(cells, localities), ground.least, now, reason, told)


def _large_enough(area: AreaPackage, least: int) -> tuple[str, ...]:
    """The localities with at least as many homes as a cell has."""
    return tuple(sorted(name for name, number in homes_by_locality(area).items() if number >= least))
