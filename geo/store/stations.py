"""The station, its trains, light, scenarios and frozen figures, as they are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from shapely import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from geo.errors import NotFound, Stale
from geo.model import Point3006, RoadOwner, Train
from geo.store.rows import chunks
from geo.store.schema import (
    account,
    baseline,
    light_source,
    scenario,
    station,
    station_entrance,
    train,
)

LAMP, ROAD = "lamp", "road"
"""Kinds of light sources."""
ENTRANCE, DROP_OFF = "entrance", "drop_off"
"""Kinds of a station's points."""


@dataclass(frozen=True, slots=True)
class Station:
    """A station, or where one will be; geometry in EPSG:3006.

    ``speed`` is metres a second on a level path; ``people`` by kind of origin; ``first_day`` to ``last_day`` the season
    that shares in the dark are counted over. ``version`` is 0 for one that is not kept yet. ``drop_offs`` are where people
    are let out of cars.
    """

    name: str
    area: BaseGeometry | None
    entrances: tuple[Point3006, ...]
    approximate: bool
    precision: str
    source: str
    speed: float
    people: Mapping[str, float]
    first_day: date
    last_day: date
    version: int = 0
    drop_offs: tuple[Point3006, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named set of changes. ``edits`` are ``geo.analysis.edit.Edit.as_dict``; ``by`` is the name of who saved it last."""

    slug: str
    name: str
    edits: tuple[Mapping[str, Any], ...]
    by: str
    changed_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """Figures as they were on a day."""

    id: int
    name: str
    at: datetime
    by: str
    figures: Mapping[str, Any]


def one_station(connection: Connection) -> Station | None:
    """The station that is kept, if any."""
    row = connection.execute(select(station).order_by(station.c.id).limit(1)).one_or_none()
    if row is None:
        return None
    points = connection.execute(
        select(station_entrance.c.kind, station_entrance.c.geom)
        .where(station_entrance.c.station_id == row.id)
        .order_by(station_entrance.c.position)
    ).all()
    return Station(
        name=row.name,
        area=row.geom,
        entrances=tuple((spot.x, spot.y) for kind, spot in points if kind == ENTRANCE),
        drop_offs=tuple((spot.x, spot.y) for kind, spot in points if kind == DROP_OFF),
        approximate=row.approximate,
        precision=row.precision,
        source=row.source,
        speed=row.speed,
        people=dict(row.people),
        first_day=row.first_day,
        last_day=row.last_day,
        version=row.version,
    )


def put_station(connection: Connection, found: Station, *, version: int) -> None:
    """Keeps the station in place of the one of this version (0: none yet); its points are numbered in their order.

    Raises:
        Stale: somebody else kept another one in the meantime.
    """
    values = {
        "name": found.name,
        "geom": found.area,
        "approximate": found.approximate,
        "precision": found.precision,
        "source": found.source,
        "speed": found.speed,
        "people": dict(found.people),
        "first_day": found.first_day,
        "last_day": found.last_day,
    }
    row = connection.execute(select(station.c.id, station.c.version).limit(1)).one_or_none()
    if (row.version if row else 0) != version:
        raise Stale("Somebody else changed the station in the meantime. Look at it, then change it again.")
    if row is None:
        key = connection.execute(insert(station).values(**values).returning(station.c.id)).scalar_one()
    else:
        key = row.id
        connection.execute(
            update(station).where(station.c.id == key).values(**values, version=station.c.version + 1)
        )
        connection.execute(delete(station_entrance).where(station_entrance.c.station_id == key))
    points = [
        {"station_id": key, "kind": kind, "position": at, "geom": Point(spot)}
        for kind, spots in ((ENTRANCE, found.entrances), (DROP_OFF, found.drop_offs))
        for at, spot in enumerate(spots, 1)
    ]
    if points:
        connection.execute(insert(station_entrance), points)


def trains(connection: Connection) -> tuple[Train, ...]:
    """The timetable, in the order of the clock."""
    rows = connection.execute(select(train).order_by(train.c.clock, train.c.id))
    return tuple(
        Train(time.fromisoformat(row.clock), frozenset(map(int, row.weekdays)), row.arrives, row.departs)
        for row in rows
    )


def put_trains(connection: Connection, found: Sequence[Train]) -> None:
    """Keeps a timetable in place of the one there was."""
    connection.execute(delete(train))
    for part in chunks(list(found)):
        connection.execute(
            insert(train),
            [
                {
                    "clock": one.clock.isoformat(),
                    "weekdays": "".join(map(str, sorted(one.weekdays))),
                    "arrives": one.arrives,
                    "departs": one.departs,
                }
                for one in part
            ],
        )


def lamps(connection: Connection) -> tuple[BaseGeometry, ...]:
    """The municipality's own lamps."""
    return tuple(
        connection.execute(
            select(light_source.c.geom).where(light_source.c.kind == LAMP).order_by(light_source.c.id)
        ).scalars()
    )


def road_owners(connection: Connection) -> tuple[RoadOwner, ...]:
    """Roads with their owner."""
    rows = connection.execute(
        select(light_source).where(light_source.c.kind == ROAD).order_by(light_source.c.id)
    )
    return tuple(RoadOwner(row.geom, row.owner, row.lit) for row in rows)


def put_lamps(connection: Connection, found: Sequence[BaseGeometry]) -> None:
    """Keeps lamps in place of those there were."""
    _put_light(connection, LAMP, [{"geom": one, "owner": "", "lit": True} for one in found])


def put_road_owners(connection: Connection, found: Sequence[RoadOwner]) -> None:
    """Keeps roads with their owners in place of those there were."""
    _put_light(
        connection, ROAD, [{"geom": one.geometry, "owner": one.owner, "lit": one.lit} for one in found]
    )


def _put_light(connection: Connection, kind: str, rows: list[dict[str, Any]]) -> None:
    connection.execute(delete(light_source).where(light_source.c.kind == kind))
    for part in chunks(rows):
        connection.execute(insert(light_source), [{"kind": kind, **row} for row in part])


def count_light(connection: Connection) -> dict[str, int]:
    """How many lamps and roads with an owner are kept."""
    rows = connection.execute(select(light_source.c.kind, func.count()).group_by(light_source.c.kind))
    return {LAMP: 0, ROAD: 0} | {kind: number for kind, number in rows}


_SCENARIOS = select(scenario, account.c.name.label("by")).join(account, account.c.id == scenario.c.account_id)


def scenarios(connection: Connection) -> tuple[Scenario, ...]:
    """All scenarios by name."""
    return tuple(_scenario(row) for row in connection.execute(_SCENARIOS.order_by(scenario.c.name)))


def one_scenario(connection: Connection, slug: str) -> Scenario:
    """The scenario with this address.

    Raises:
        NotFound: there is none.
    """
    row = connection.execute(_SCENARIOS.where(scenario.c.slug == slug)).one_or_none()
    if row is None:
        raise NotFound("There is no such scenario.")
    return _scenario(row)


def _scenario(row: Row[Any]) -> Scenario:
    return Scenario(row.slug, row.name, tuple(row.edits), row.by, row.changed_at, row.version)


def add_scenario(
    connection: Connection, slug: str, name: str, edits: Sequence[Mapping[str, Any]], *, by: int, at: datetime
) -> None:
    """Keeps a new scenario."""
    connection.execute(
        insert(scenario).values(
            slug=slug, name=name, edits=[dict(edit) for edit in edits], account_id=by, changed_at=at
        )
    )


def put_scenario(
    connection: Connection,
    slug: str,
    name: str,
    edits: Sequence[Mapping[str, Any]],
    *,
    version: int,
    by: int,
    at: datetime,
) -> None:
    """Keeps a scenario's changes in place of those of this version.

    Raises:
        Stale: somebody else changed it in the meantime, or took it away.
    """
    done = connection.execute(
        update(scenario)
        .where(scenario.c.slug == slug, scenario.c.version == version)
        .values(
            name=name,
            edits=[dict(edit) for edit in edits],
            account_id=by,
            changed_at=at,
            version=scenario.c.version + 1,
        )
    )
    if not done.rowcount:
        raise Stale("Somebody else changed the scenario in the meantime. Look at it, then change it again.")


def remove_scenario(connection: Connection, slug: str) -> None:
    """Takes a scenario away.

    Raises:
        NotFound: there is none.
    """
    if not connection.execute(delete(scenario).where(scenario.c.slug == slug)).rowcount:
        raise NotFound("There is no such scenario.")


def baselines(connection: Connection) -> tuple[Baseline, ...]:
    """All frozen figures, the newest first."""
    rows = connection.execute(
        select(baseline, account.c.name.label("by"))
        .join(account, account.c.id == baseline.c.account_id)
        .order_by(baseline.c.id.desc())
    )
    return tuple(Baseline(row.id, row.name, row.at, row.by, dict(row.figures)) for row in rows)


def add_baseline(
    connection: Connection, name: str, figures: Mapping[str, Any], *, by: int, at: datetime
) -> None:
    """Keeps figures as they are now."""
    connection.execute(insert(baseline).values(name=name, at=at, account_id=by, figures=dict(figures)))
