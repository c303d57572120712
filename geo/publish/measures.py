"""Measures as residents may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, select

from geo.model import Level, LogKind, MeasureStatus, PlaceStatus, Point3006, Promise
from geo.privacy import MIN_RESPONDENTS
from geo.publish.course import AsOf, Course, Line, PublicStep, course
from geo.store.engine import Store
from geo.store.schema import layer, measure, measure_log, measure_place, place

OPEN = (MeasureStatus.PLANNED, MeasureStatus.ONGOING, MeasureStatus.REOPENED)
ORDER = (
    MeasureStatus.ONGOING,
    MeasureStatus.REOPENED,
    MeasureStatus.PLANNED,
    MeasureStatus.COMPLETED,
    MeasureStatus.VERIFIED,
    MeasureStatus.CANCELLED,
)
"""The statuses in the order in which measures are told of: open ones first."""


@dataclass(frozen=True, slots=True)
class PublicMeasure:
    """A measure without anything internal. ``point`` (EPSG:3006) only where it is known to a spot.

    ``status``, ``finished``, ``done`` and ``steps`` are those of its public course; ``since`` is when its
    newest step became public. ``place_ids`` are the published places it is for. ``overdue``: open and past
    its due date. ``area_sv`` and ``area_en`` are the title of the public layer it is for, or empty.
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
    steps: tuple[PublicStep, ...] = ()
    since: datetime | None = None
    area_sv: str = ""
    area_en: str = ""


@dataclass(frozen=True, slots=True)
class PublicMeasures:
    """All public measures, and when there will be news of them without anybody writing anything.

    ``changes_at``: when the next completion or counted time can no longer be undone; None where none waits.
    """

    measures: tuple[PublicMeasure, ...]
    changes_at: datetime | None


def measures(store: Store, as_of: AsOf) -> PublicMeasures:
    """All public measures but those held back: open ones first, then by due date and title."""
    with store.read() as connection:
        links = _links(connection)
        titles = _titles(connection)
        logs = _logs(connection)
        courses = [
            (row, course(row, logs.get(row.id, ()), as_of))
            for row in connection.execute(select(measure).where(measure.c.warning == ""))
        ]
    found = [
        _public(
            row,
            told,
            told.status,
            place_ids=links.get(row.id, ()),
            area=titles.get(row.area, ("", "")),
            today=as_of.today,
        )
        for row, told in courses
        if told.status is not None
    ]
    return PublicMeasures(
        measures=tuple(
            sorted(found, key=lambda m: (ORDER.index(m.status), m.due or date.max, m.title, m.id))
        ),
        changes_at=min((told.changes_at for _row, told in courses if told.changes_at), default=None),
    )


def _links(connection: Connection) -> dict[int, tuple[int, ...]]:
    """The shown places that each measure is for."""
    rows = connection.execute(
        select(measure_place)
        .join(place, place.c.id == measure_place.c.place_id)
        .where(place.c.respondents >= MIN_RESPONDENTS)
        .order_by(measure_place.c.measure_id, measure_place.c.place_id)
    )
    grouped = groupby(rows, key=lambda row: row.measure_id)
    return {key: tuple(row.place_id for row in own) for key, own in grouped}


def _titles(connection: Connection) -> dict[str, tuple[str, str]]:
    """The titles of the public layers, in Swedish and English."""
    rows = connection.execute(
        select(layer.c.name, layer.c.title_sv, layer.c.title_en).where(layer.c.audience == "public")
    )
    return {row.name: (row.title_sv, row.title_en) for row in rows}


def _logs(connection: Connection) -> dict[int, tuple[Line, ...]]:
    """The log of each measure, without names and notes."""
    columns = measure_log.c
    rows = connection.execute(
        select(
            columns.id,
            columns.measure_id,
            columns.kind,
            columns.status,
            columns.at,
            columns.done_at,
            columns.account_id,
            columns.organisation,
            columns.undoes,
        ).order_by(columns.measure_id, columns.id)
    )
    logs: dict[int, tuple[Line, ...]] = {}
    for key, own in groupby(rows, key=lambda row: row.measure_id):
        logs[key] = tuple(
            Line(
                id=row.id,
                kind=LogKind(row.kind),
                status=MeasureStatus(row.status),
                at=row.at,
                done_at=row.done_at,
                by_file=row.account_id is None,
                organisation=row.organisation,
                undoes=row.undoes,
            )
            for row in own
        )
    return logs


def _public(
    row: Row[Any],
    told: Course,
    status: MeasureStatus,
    *,
    place_ids: tuple[int, ...],
    area: tuple[str, str],
    today: date,
) -> PublicMeasure:
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
        finished=told.finished,
        target=row.target,
        done=told.done,
        overdue=status in OPEN and row.due is not None and row.due < today,
        synthetic=row.synthetic,
        place_ids=place_ids,
        steps=told.steps,
        since=told.since,
        area_sv=area[0],
        area_en=area[1],
    )


def status_of(found: Iterable[PublicMeasure]) -> PlaceStatus:
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
