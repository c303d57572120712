"""Releasing a quarter: what residents then see of incidents."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from geo.errors import BadInput, NotAllowed, NotPossible
from geo.model import Person, Role
from geo.privacy.statements import Quarter, Release, Said
from geo.privacy.suppression import check, draft, refusal
from geo.store import audit
from geo.store.engine import Store
from geo.store.releases import add_release, fresh_counts, ledger, quarter_of, releases


@dataclass(frozen=True, slots=True)
class Outcome:
    """A release as it is or would be. ``number`` is 0 in a rehearsal; ``changed``: statements unlike the last's."""

    number: int
    release: Release
    shown: int
    small: int
    hidden: int
    changed: int


def parse_quarter(text: str) -> Quarter:
    """A quarter from words such as ``2026Q3``.

    Raises:
        BadInput: it is none.
    """
    year, mark, number = text.strip().upper().partition("Q")
    if not (mark and year.isdecimal() and len(year) == 4 and number in ("1", "2", "3", "4")):
        raise BadInput("“%(text)s” is no quarter. Write it as 2026Q3.", text=text)
    return Quarter(int(year), int(number))


def publish(
    store: Store, by: Person | None, through: Quarter, *, now: datetime, keep: bool = True
) -> Outcome:
    """Releases all quarters through one, or rehearses it.

    A quarter is counted when it is first released, and never again: what comes later for it stays out, so that two
    releases can't be subtracted from each other.

    Raises:
        NotAllowed: only coordinators, and the command line, release.
        NotPossible: the quarter isn't over, lies before one that was released, or a small count could be narrowed.
    """
    if by is not None and by.role is not Role.COORDINATOR:
        raise NotAllowed("Only coordinators release what residents see of incidents.")
    if through >= quarter_of(now):
        raise NotPossible("%(quarter)s isn't over yet.", quarter=str(through))
    with store.write(keep=keep) as connection:
        earlier = releases(connection)
        last = max((one.through for one in earlier), default=None)
        if last is not None and through < last:
            raise NotPossible("%(quarter)s was released already.", quarter=str(last))
        fresh = fresh_counts(connection, last, through)
        counts = Counter(ledger(connection)) + fresh
        made = draft(counts, through, (), earlier).release
        # Asked once more of all releases together, by what they say alone.
        narrowed = check(counts, (*earlier, made), ())
        if narrowed:
            raise refusal(narrowed[0])
        said = Counter(told.said for told in made.statements)
        number = add_release(connection, made, fresh, actor=by.username if by else audit.CONSOLE, at=now)
        before = set(earlier[-1].statements) if earlier else set()
        done = Outcome(
            number if keep else 0,
            made,
            said[Said.NUMBER],
            said[Said.SMALL],
            said[Said.HIDDEN],
            len(set(made.statements) - before),
        )
        audit.record(
            connection,
            at=now,
            by=by,
            action="release.made",
            subject=f"release {number} {through}",
            after={"shown": done.shown, "small": done.small, "hidden": done.hidden},
        )
    return done
