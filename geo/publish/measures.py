"""Measures as residents may see them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from geo.model import Level, MeasureStatus, PlaceStatus, Point3006, Promise
from geo.privacy import MIN_RESPONDENTS, PUBLIC_STATUSES
from geo.store.engine import Store
from geo.store.schema import measure, measure_place, place

OPEN = (MeasureStatus.PLANNED, MeasureStatus.ONGOING, MeasureStatus.REOPENED)
_RANK = (
    MeasureStatus.ONGOING,
    MeasureStatus.REOPENED,
    MeasureStatus.PLANNED,
    MeasureStatus.COMPLETED,
    MeasureStatus.VERIFIED,
    MeasureStatus.CANCELLED,
)


@dataclass(frozen=True, slots=True)
class PublicMeasure:
    """A measure without anything internal. ``point`` (EPSG:3006) only where it is known to a spot.

    ``place_ids`` are the published places it is for. ``overdue``: open and past its due date.
    """

    id: int
    title: str
    description: str
    kind: str
    responsible: tuple[str, ...]
    promise: Promise
    status: MeasureStatus
    where: str
    locality: str
    point: Point3006 | None
    starts: date | None
    due: date | None
    finished: date | None
    target: int | None
    done: int
    overdue: bool
    synthetic: bool
    place_ids: tuple[int, ...]


def measures(store: Store, today: date) -> tuple[PublicMeasure, ...]:
    """All public measures: open ones first, then by due date and title."""
    with store.read() as connection:
        return read_measures(connection, today)


def read_measures(
    connection: Connection, today: date, published: frozenset[int] | None = None
) -> tuple[PublicMeasure, ...]:
    """As ``measures`` inside a reader's transaction; ``published`` are the ids of the shown places."""
    if published is None:
        published = published_ids(connection)
    links: dict[int, list[int]] = {}
    for row in connection.execute(select(measure_place).order_by(measure_place.c.place_id)):
        if row.place_id in published:
            links.setdefault(row.measure_id, []).append(row.place_id)
    rows = connection.execute(
        select(measure).where(measure.c.status.in_([status.value for status in PUBLIC_STATUSES]))
    )
    found = [_public(row, tuple(links.get(row.id, ())), today) for row in rows]
    return tuple(sorted(found, key=lambda m: (_RANK.index(m.status), m.due or date.max, m.title, m.id)))


def published_ids(connection: Connection) -> frozenset[int]:
    """The ids of the places that enough respondents flagged."""
    return frozenset(
        connection.execute(select(place.c.id).where(place.c.respondents >= MIN_RESPONDENTS)).scalars()
    )


def _public(row: Row[Any], place_ids: tuple[int, ...], today: date) -> PublicMeasure:
    status = MeasureStatus(row.status)
    at_spot = row.level == Level.SPOT and row.geom is not None
    return PublicMeasure(
        id=row.id,
        title=row.title,
        description=row.description,
        kind=row.kind,
        responsible=tuple(row.responsible),
        promise=Promise(row.promise),
        status=status,
        where=row.text,
        locality=row.locality,
        point=(row.geom.x, row.geom.y) if at_spot else None,
        starts=row.starts,
        due=row.due,
        finished=row.finished,
        target=row.target,
        done=row.done,
        overdue=status in OPEN and row.due is not None and row.due < today,
        synthetic=row.synthetic,
        place_ids=place_ids,
    )


def status_of(found: tuple[PublicMeasure, ...]) -> PlaceStatus:
    """How far the work on a place has come.

    Open work counts before finished work: a place with one lamp done and another planned is not done.
    """
    statuses = {m.status for m in found}
    if statuses & {MeasureStatus.ONGOING, MeasureStatus.REOPENED}:
        return PlaceStatus.ONGOING
    if MeasureStatus.PLANNED in statuses:
        return PlaceStatus.PLANNED
    if MeasureStatus.COMPLETED in statuses:
        return PlaceStatus.COMPLETED
    if MeasureStatus.VERIFIED in statuses:
        return PlaceStatus.VERIFIED
    return PlaceStatus.FLAGGED
