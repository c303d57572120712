"""Releases: what was said, and the counts it was made of."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, func, insert, select

from geo.model import STOCKHOLM, CategoryGroup, IncidentKind, Level
from geo.privacy.statements import Atom, Key, Quarter, Release, Said, Scope, Statement
from geo.store.cells import CellSet, locate
from geo.store.rows import CHUNK, chunks
from geo.store.schema import incident, release, release_count, release_statement


def quarter_of(moment: datetime) -> Quarter:
    """The quarter of a moment, by the Swedish clock."""
    local = moment.astimezone(STOCKHOLM)
    return Quarter(local.year, (local.month + 2) // 3)


@dataclass(frozen=True, slots=True)
class Head:
    """A release without what it says.

    ``cells`` is the version of the areas it draws, "" for none. ``controls`` is how many traffic controls there were
    in each year, and ``sources`` where the counted came from. ``takes_back`` is the number of the release that it took back, and ``reason`` why.
    """

    number: int
    at: datetime
    actor: str
    through: Quarter
    cells: str
    controls: Mapping[int, int]
    sources: tuple[str, ...]
    takes_back: int | None
    reason: str


def heads(connection: Connection) -> tuple[Head, ...]:
    """All releases, the first one first."""
    return tuple(
        Head(
            row.id,
            row.at,
            row.actor,
            Quarter(row.year, row.quarter),
            row.cells,
            {int(year): number for year, number in row.controls.items()},
            tuple(row.sources),
            row.takes_back,
            row.reason,
        )
        for row in connection.execute(select(release).order_by(release.c.id))
    )


def said_in(connection: Connection, head: Head) -> Release:
    """What a release says."""
    told = select(release_statement).where(release_statement.c.release_id == head.number)
    return Release(head.through, tuple(_statement(row) for row in connection.execute(told)))


def releases(connection: Connection) -> tuple[Release, ...]:
    """What all releases say, the first one first."""
    of: dict[int, list[Statement]] = {}
    for row in connection.execute(select(release_statement)):
        of.setdefault(row.release_id, []).append(_statement(row))
    return tuple(Release(head.through, tuple(of.get(head.number, ()))) for head in heads(connection))


def _statement(row: Row[Any]) -> Statement:
    return Statement(Key(Scope(row.scope), row.area, row.year, row.grp), Said(row.said), row.value)


def ledger(connection: Connection) -> dict[Atom, int]:
    """What was counted for the releases so far."""
    return {
        Atom(row.locality, row.cell, Quarter(row.year, row.quarter), row.grp): row.n
        for row in connection.execute(select(release_count))
    }


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a release counts for the first time; through its quarter, the traffic controls of each year, and sources."""

    counts: Counter[Atom]
    controls: dict[int, int]
    sources: frozenset[str]


def fresh_counts(
    connection: Connection, after: Quarter | None, through: Quarter, sets: Sequence[CellSet]
) -> Fresh:
    """Counts the incidents of the quarters after one through another: not those held back or told twice.

    Only what is known to a spot counts in a cell, and in a locality only where the first areas say that it has enough homes, or
    it was told of before there were any.
    """
    told = None if not sets or sets[0].localities is None else {*sets[0].localities}
    if told is not None:
        told |= set(connection.execute(select(release_count.c.locality).distinct()).scalars())
    rows = connection.execute(
        select(
            incident.c.source,
            incident.c.started,
            incident.c.published,
            incident.c.locality,
            incident.c.grp,
            incident.c.kind,
            incident.c.level,
            incident.c.geom,
        )
        .where(
            incident.c.duplicate_of.is_(None),
            incident.c.warning == "",
            incident.c.level.in_((Level.SPOT.value, Level.LOCALITY.value, Level.MUNICIPALITY.value)),
        )
        .execution_options(yield_per=CHUNK)
    )
    atoms: list[Atom] = []
    spots: list[tuple[float, float]] = []
    controls: Counter[int] = Counter()
    sources: set[str] = set()
    for row in rows:
        moment = row.started or row.published
        if moment is None:
            continue
        quarter = quarter_of(moment)
        if quarter > through:
            continue
        sources.add(row.source)
        if row.kind != IncidentKind.INCIDENT.value:
            controls[quarter.year] += row.grp == CategoryGroup.TRAFFIC_CONTROL.value
        elif after is None or quarter > after:
            locality = row.locality if told is None or row.locality in told else ""
            atoms.append(Atom(locality, "", quarter, row.grp))
            at_spot = sets and row.level == Level.SPOT.value and row.geom is not None
            spots.append((row.geom.centroid.x, row.geom.centroid.y) if at_spot else (np.nan, np.nan))
    points = np.array(spots, dtype=np.float64).reshape(-1, 2)
    years = np.array([atom.quarter.year for atom in atoms], dtype=np.float64)
    cells = locate(sets, points, years)
    found = Counter(
        Atom(atom.locality, cell, atom.quarter, atom.group) for atom, cell in zip(atoms, cells, strict=True)
    )
    return Fresh(found, dict(sorted(controls.items())), frozenset(sources))


def add_release(
    connection: Connection,
    made: Release,
    fresh: Mapping[Atom, int],
    *,
    actor: str,
    at: datetime,
    cells: str,
    controls: Mapping[int, int],
    sources: Iterable[str],
    takes_back: int | None = None,
    reason: str = "",
) -> int:
    """Keeps a release and what was counted for it; gives its number."""
    # Not the database's own sequence: a rehearsal uses one up on PostgreSQL. Writers wait for each other.
    number = 1 + int(connection.execute(select(func.coalesce(func.max(release.c.id), 0))).scalar_one())
    connection.execute(
        insert(release).values(
            id=number,
            at=at,
            actor=actor,
            year=made.through.year,
            quarter=made.through.number,
            cells=cells,
            controls={str(year): n for year, n in controls.items()},
            sources=sorted(sources),
            takes_back=takes_back,
            reason=reason,
        )
    )
    told: Sequence[dict[str, object]] = [
        {
            "release_id": number,
            "scope": item.key.scope.value,
            "area": item.key.area,
            "year": item.key.year,
            "grp": item.key.group,
            "said": item.said.value,
            "value": item.value,
        }
        for item in made.statements
    ]
    for part in chunks(told):
        connection.execute(insert(release_statement), part)
    counted: Sequence[dict[str, object]] = [
        {
            "locality": atom.locality,
            "cell": atom.cell,
            "year": atom.quarter.year,
            "quarter": atom.quarter.number,
            "grp": atom.group,
            "n": n,
            "release_id": number,
        }
        for atom, n in fresh.items()
    ]
    for part in chunks(counted):
        connection.execute(insert(release_count), part)
    return number
