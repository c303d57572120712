"""Releases: what was said, and the counts it was made of."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from geo.model import STOCKHOLM, IncidentKind, Level
from geo.privacy.statements import Atom, Key, Quarter, Release, Said, Scope, Statement
from geo.store.rows import CHUNK, chunks
from geo.store.schema import incident, release, release_count, release_statement


def quarter_of(moment: datetime) -> Quarter:
    """The quarter of a moment, by the Swedish clock."""
    local = moment.astimezone(STOCKHOLM)
    return Quarter(local.year, (local.month + 2) // 3)


def newest(connection: Connection) -> Release | None:
    """What residents see: the last release, or None before the first."""
    last = connection.execute(select(func.max(release.c.id))).scalar_one()
    return None if last is None else _releases(connection, last)[0]


def releases(connection: Connection) -> tuple[Release, ...]:
    """All releases, the first one first."""
    return _releases(connection, None)


def _releases(connection: Connection, only: int | None) -> tuple[Release, ...]:
    heads = select(release).order_by(release.c.id)
    told = select(release_statement)
    if only is not None:
        heads, told = heads.where(release.c.id == only), told.where(release_statement.c.release_id == only)
    of: dict[int, list[Statement]] = {}
    for row in connection.execute(told):
        key = Key(Scope(row.scope), row.area, row.year, row.grp)
        of.setdefault(row.release_id, []).append(Statement(key, Said(row.said), row.value))
    return tuple(
        Release(Quarter(row.year, row.quarter), tuple(of.get(row.id, ())))
        for row in connection.execute(heads)
    )


def ledger(connection: Connection) -> dict[Atom, int]:
    """What was counted for the releases so far."""
    return {
        Atom(row.locality, "", Quarter(row.year, row.quarter), row.grp): row.n
        for row in connection.execute(select(release_count))
    }


def fresh_counts(connection: Connection, after: Quarter | None, through: Quarter) -> Counter[Atom]:
    """Counts the incidents of the quarters after one through another: not those held back or told twice."""
    rows = connection.execute(
        select(incident.c.started, incident.c.published, incident.c.locality, incident.c.grp)
        .where(
            incident.c.duplicate_of.is_(None),
            incident.c.warning == "",
            incident.c.kind == IncidentKind.INCIDENT.value,
            incident.c.level.in_((Level.SPOT.value, Level.LOCALITY.value, Level.MUNICIPALITY.value)),
        )
        .execution_options(yield_per=CHUNK)
    )
    found: Counter[Atom] = Counter()
    for row in rows:
        moment = row.started or row.published
        if moment is None:
            continue
        quarter = quarter_of(moment)
        if (after is None or quarter > after) and quarter <= through:
            found[Atom(row.locality, "", quarter, row.grp)] += 1
    return found


def add_release(
    connection: Connection, made: Release, fresh: Mapping[Atom, int], *, actor: str, at: datetime
) -> int:
    """Keeps a release and what was counted for it; gives its number."""
    # Not the database's own sequence: a rehearsal uses one up on PostgreSQL. Writers wait for each other.
    number = 1 + int(connection.execute(select(func.coalesce(func.max(release.c.id), 0))).scalar_one())
    connection.execute(
        insert(release).values(
            id=number, at=at, actor=actor, year=made.through.year, quarter=made.through.number
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
