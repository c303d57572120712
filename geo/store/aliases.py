"""What people decided that words mean: keeping it, and taking it back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from geo.errors import NotFound
from geo.model import Level, Match, Person, Point3006
from geo.store.rows import IN_CHUNK, chunks
from geo.store.schema import account, alias

REVIEWED = "reviewed"
"""The rule of what a person decided."""
GIVEN = "given"
"""The rule of a position that came with the file."""


class Decision(StrEnum):
    """What a person can decide that words mean."""

    PLACES = "places"
    NOT_A_PLACE = "not_a_place"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Target:
    """A place that words mean. ``point`` and ``line`` are EPSG:3006, ``radius_m`` metres.

    ``line`` is what was drawn, empty for a point; then ``point`` lies on it, and the radius reaches its ends.
    ``name`` is empty for what was drawn.
    """

    point: Point3006
    radius_m: float
    name: str = ""
    locality: str = ""
    level: Level = Level.SPOT
    line: tuple[Point3006, ...] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What words mean: places (one or more), no place at all, or something outside the municipality."""

    decision: Decision
    targets: tuple[Target, ...] = ()

    def matches(self, text: str) -> tuple[Match, ...]:
        """The matches of a text with these words: one for each place, or one without a point."""
        if self.decision is not Decision.PLACES:
            level = Level.OUTSIDE if self.decision is Decision.OUTSIDE else Level.UNKNOWN
            return (Match(text, "", None, 0.0, 1.0, REVIEWED, level),)
        return tuple(
            Match(
                text=text,
                name=target.name,
                point=target.point,
                radius_m=target.radius_m,
                probability=1.0,
                rule=REVIEWED,
                level=target.level,
                locality=target.locality,
            )
            for target in self.targets
        )

    def as_kept(self) -> "Meaning":
        """With positions to the decimetre, as the store keeps them."""
        return Meaning(self.decision, tuple(_target(_kept(target)) for target in self.targets))


@dataclass(frozen=True, slots=True)
class Alias:
    """What the words ``text`` mean, by whom and since when. ``by`` is None for the command line.

    ``taken_back_at`` is None while it holds.
    """

    id: int
    key: str
    text: str
    meaning: Meaning
    at: datetime
    by: str | None
    taken_back_at: datetime | None
    taken_back_by: str | None


def aliases(connection: Connection, keys: Sequence[str] | None = None) -> dict[str, Alias]:
    """What holds of what was decided, by the words' key: all of it, or that about ``keys``."""
    holds = alias.c.taken_back_at.is_(None)
    if keys is None:
        return {one.key: one for one in _read(connection, holds)}
    found: dict[str, Alias] = {}
    for part in chunks(list(dict.fromkeys(keys)), IN_CHUNK):
        found.update({one.key: one for one in _read(connection, holds, alias.c.text_key.in_(part))})
    return found


def one_alias(connection: Connection, alias_id: int) -> Alias:
    """One decision, whether it holds or was taken back.

    Raises:
        NotFound: there is no such decision.
    """
    found = list(_read(connection, alias.c.id == alias_id))
    if not found:
        raise NotFound("There is no such decision.")
    return found[0]


def decided(connection: Connection, *, first: int, number: int) -> tuple[Alias, ...]:
    """``number`` decisions from the ``first`` newest on (0 is the newest), those taken back included."""
    return tuple(_read(connection, first=first, number=number))


def count_decided(connection: Connection) -> int:
    """How many decisions hold."""
    found: int = connection.execute(
        select(func.count()).select_from(alias).where(alias.c.taken_back_at.is_(None))
    ).scalar_one()
    return found


def _read(
    connection: Connection, *where: ColumnElement[bool], first: int = 0, number: int | None = None
) -> Iterator[Alias]:
    undoer = account.alias("undoer")
    rows = connection.execute(
        select(alias, account.c.name.label("by"), undoer.c.name.label("undone_by"))
        .outerjoin(account, account.c.id == alias.c.account_id)
        .outerjoin(undoer, undoer.c.id == alias.c.taken_back_by)
        .where(*where)
        .order_by(alias.c.id.desc())
        .offset(first)
        .limit(number)
    )
    for row in rows:
        yield Alias(
            row.id,
            row.text_key,
            row.text,
            Meaning(Decision(row.decision), tuple(_target(each) for each in row.targets)),
            row.at,
            row.by,
            row.taken_back_at,
            row.undone_by,
        )


def _target(kept: dict[str, Any]) -> Target:
    return Target(
        point=(kept["e"], kept["n"]),
        radius_m=kept["radius_m"],
        name=kept["name"],
        locality=kept["locality"],
        level=Level(kept["level"]),
        line=tuple((e, n) for e, n in kept["line"]),
    )


def _kept(target: Target) -> dict[str, Any]:
    return {
        "e": round(target.point[0], 1),
        "n": round(target.point[1], 1),
        "radius_m": round(target.radius_m, 1),
        "name": target.name,
        "locality": target.locality,
        "level": target.level.value,
        "line": [[round(e, 1), round(n, 1)] for e, n in target.line],
    }


def add(
    connection: Connection,
    key: str,
    text: str,
    meaning: Meaning,
    *,
    at: datetime,
    by: Person | None,
) -> int:
    """Keeps a decision about words about which none holds; gives its id."""
    made: int = connection.execute(
        insert(alias)
        .values(
            text_key=key,
            text=text,
            decision=meaning.decision.value,
            targets=[_kept(target) for target in meaning.targets],
            at=at,
            account_id=by.id if by else None,
        )
        .returning(alias.c.id)
    ).scalar_one()
    return made


def take_back(connection: Connection, alias_id: int, *, at: datetime, by: Person | None) -> bool:
    """Ends a decision; False where it was taken back before."""
    changed = connection.execute(
        update(alias)
        .where(alias.c.id == alias_id, alias.c.taken_back_at.is_(None))
        .values(taken_back_at=at, taken_back_by=by.id if by else None)
    )
    return changed.rowcount == 1
