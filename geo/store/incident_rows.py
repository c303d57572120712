"""Incidents as staff see them: all of them as columns of numbers, and the words of a few."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Integer, case, cast, func, select

from geo.model import CategoryGroup, IncidentKind, Level, Point3006
from geo.store import spatial
from geo.store.rows import IN_CHUNK, chunks
from geo.store.schema import incident

_FETCHED = 50_000
"""Rows that are held as Python objects at a time."""


@dataclass(frozen=True, slots=True)
class NumberRows:
    """Incidents by id, (n,) each; ``points`` is (n, 2), metres in EPSG:3006, NaN where there is no spot.

    ``groups`` and ``levels`` are places in the tuples that were asked with. Moments are seconds since 1970 UTC, NaN where
    not known.
    """

    ids: NDArray[np.int64]
    groups: NDArray[np.uint8]
    levels: NDArray[np.uint8]
    started: NDArray[np.float64]
    ended: NDArray[np.float64]
    published: NDArray[np.float64]
    points: NDArray[np.float64]
    radius_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class IncidentWords:
    """One incident in its source's words. ``point`` (EPSG:3006) is known to within ``radius_m`` metres."""

    id: int
    category: str
    group: CategoryGroup
    started: datetime | None
    ended: datetime | None
    published: datetime | None
    text: str
    locality: str
    level: Level
    point: Point3006 | None
    radius_m: float
    source: str


def number_rows(
    connection: Connection, groups: Sequence[CategoryGroup], levels: Sequence[Level]
) -> NumberRows:
    """Every incident that counts, on one of these levels: what happened, told once, and not held back."""
    rows = connection.execute(
        select(
            incident.c.id,
            case({each.value: at for at, each in enumerate(groups)}, value=incident.c.grp),
            case({each.value: at for at, each in enumerate(levels)}, value=incident.c.level),
            _seconds(connection, incident.c.started),
            _seconds(connection, incident.c.ended),
            _seconds(connection, incident.c.published),
            incident.c.radius_m,
            # What is known to a locality only is no spot: its middle would not be looked at.
            case((incident.c.level == Level.SPOT.value, spatial.wkb(incident.c.geom))),
        )
        .where(*_counted(), incident.c.level.in_([each.value for each in levels]))
        .order_by(incident.c.id)
        .execution_options(yield_per=_FETCHED)
    )
    parts = [_numbers(part) for part in rows.partitions()] or [_numbers([])]
    table = np.concatenate([numbers for numbers, _points in parts])
    return NumberRows(
        ids=table[:, 0].astype(np.int64),
        groups=table[:, 1].astype(np.uint8),
        levels=table[:, 2].astype(np.uint8),
        started=table[:, 3],
        ended=table[:, 4],
        published=table[:, 5],
        points=np.concatenate([points for _numbers, points in parts]),
        radius_m=table[:, 6],
    )


def _numbers(rows: Sequence[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows as numbers, and their spots. An id below 2^53 is a float without loss."""
    columns = list(zip(*rows, strict=True)) or [()] * 8
    numbers = np.array(columns[:7], dtype=np.float64).T
    shapes = shapely.from_wkb(np.array(columns[7], dtype=object))
    return numbers, np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])


def incident_words(connection: Connection, ids: Sequence[int]) -> tuple[IncidentWords, ...]:
    """These incidents in the order of ``ids``; one that is no longer there, or is held back by now, is left out."""
    found = {
        row.id: IncidentWords(
            id=row.id,
            category=row.category,
            group=CategoryGroup(row.grp),
            started=row.started,
            ended=row.ended,
            published=row.published,
            text=row.text,
            locality=row.locality,
            level=Level(row.level),
            point=None if row.geom is None else (row.geom.centroid.x, row.geom.centroid.y),
            radius_m=row.radius_m,
            source=row.source,
        )
        for part in chunks(ids, IN_CHUNK)
        for row in connection.execute(select(incident).where(incident.c.id.in_(part), *_counted()))
    }
    return tuple(found[key] for key in ids if key in found)


def _counted() -> tuple[ColumnElement[bool], ...]:
    return (
        incident.c.kind == IncidentKind.INCIDENT.value,
        incident.c.duplicate_of.is_(None),
        incident.c.warning == "",
    )


def _seconds(connection: Connection, moment: Column[datetime]) -> ColumnElement[Any]:
    """A moment as seconds since 1970, made by the database: a million datetimes would take Python seconds."""
    if connection.dialect.name == "postgresql":
        return cast(func.extract("epoch", moment), BigInteger)
    return cast(func.strftime("%s", moment), Integer)
