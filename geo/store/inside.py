"""What lies inside an area: places, what was answered of them, and incidents that are placed well enough to say so."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, func, select

from geo.model import Level, Point3006, Reason, TimeOfDay
from geo.store import spatial
from geo.store.rows import chunks
from geo.store.schema import answer_location, import_run, incident, place, survey_answer


@dataclass(frozen=True, slots=True)
class PlaceInside:
    """A place with its middle inside the area, however few have flagged it; ``point`` is EPSG:3006."""

    id: int
    anchor: str
    anchor_kind: str
    distance_m: int
    direction: str
    locality: str
    point: Point3006
    radius_m: float
    respondents: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is known to be, EPSG:3006, how exactly in metres, and on which level."""

    id: int
    point: Point3006
    radius_m: float
    level: Level


def place_spots(connection: Connection) -> tuple[Spot, ...]:
    """All places, by their middles: they are what answers agree about, however wide."""
    rows = connection.execute(select(place.c.id, place.c.geom).order_by(place.c.id))
    return tuple(Spot(row.id, (row.geom.x, row.geom.y), 0.0, Level.SPOT) for row in rows)


def incident_spots(connection: Connection) -> tuple[Spot, ...]:
    """The incidents with a position, each once; none that waits for somebody to look at it."""
    rows = connection.execute(
        select(incident.c.id, incident.c.geom, incident.c.radius_m, incident.c.level).where(
            incident.c.geom.is_not(None), incident.c.duplicate_of.is_(None), incident.c.warning == ""
        )
    )
    return tuple(
        Spot(row.id, (row.geom.centroid.x, row.geom.centroid.y), row.radius_m, Level(row.level))
        for row in rows
    )


def places_inside(connection: Connection, area: BaseGeometry) -> tuple[PlaceInside, ...]:
    """The places with their middle inside an area in EPSG:3006, by id."""
    rows = [
        row
        for part in chunks(_places(connection, area))
        for row in connection.execute(select(place).where(place.c.id.in_(list(part))).order_by(place.c.id))
    ]
    return tuple(
        PlaceInside(
            row.id,
            row.anchor,
            row.anchor_kind,
            row.distance_m,
            row.direction,
            row.locality,
            (row.geom.x, row.geom.y),
            row.radius_m,
            row.respondents,
        )
        for row in rows
    )


def first_seen(connection: Connection) -> dict[int, datetime]:
    """For each place when the first answer that means it was taken in."""
    rows = connection.execute(
        select(answer_location.c.place_id, func.min(import_run.c.at).label("at"))
        .join(survey_answer, survey_answer.c.id == answer_location.c.answer_id)
        .join(import_run, import_run.c.id == survey_answer.c.import_id)
        .where(answer_location.c.place_id.is_not(None))
        .group_by(answer_location.c.place_id)
    )
    return {row.place_id: row.at for row in rows}


def mentions(connection: Connection, place_ids: Iterable[int]) -> Counter[tuple[Reason, TimeOfDay]]:
    """How many respondents gave each reason at each time of day for any of these places; held rows are left out."""
    told = {
        (Reason(reason), TimeOfDay(time), row.survey_id, row.respondent)
        for part in chunks(list(place_ids))
        for row in connection.execute(
            select(
                survey_answer.c.survey_id,
                survey_answer.c.respondent,
                survey_answer.c.reasons,
                survey_answer.c.times,
            )
            .join(answer_location, answer_location.c.answer_id == survey_answer.c.id)
            .where(
                answer_location.c.place_id.in_(list(part)),
                survey_answer.c.warning == "",
                survey_answer.c.kept_out.is_(False),
            )
        )
        for reason in row.reasons
        for time in row.times
    }
    return Counter((reason, time) for reason, time, _survey, _respondent in told)


def incidents_inside(connection: Connection, area: BaseGeometry, within_m: float) -> Counter[tuple[str, int]]:
    """How many incidents lie inside, by group and year: only those placed to within ``within_m``, each once.

    What is known only to a road, a locality or a municipality is nowhere in particular.
    """
    shapely.prepare(area)
    rows = connection.execute(
        select(incident.c.grp, incident.c.year, incident.c.geom).where(
            incident.c.level == Level.SPOT.value,
            incident.c.radius_m <= within_m,
            incident.c.geom.is_not(None),
            incident.c.duplicate_of.is_(None),
            incident.c.warning == "",
        )
    )
    return Counter((row.grp, row.year or 0) for row in rows if area.covers(row.geom.centroid))


def _places(connection: Connection, area: BaseGeometry) -> list[int]:
    """The ids of places whose middle lies inside: the index by a circle around the area, then the area itself."""
    west, south, east, north = area.bounds
    centre = ((west + east) / 2, (south + north) / 2)
    found = spatial.within(connection, place, centre, math.hypot(east - west, north - south) / 2 + 1)
    shapely.prepare(area)
    ids = [key for key, _metres in found]
    return [
        row.id
        for part in chunks(ids)
        for row in connection.execute(select(place.c.id, place.c.geom).where(place.c.id.in_(list(part))))
        if area.covers(row.geom.centroid)
    ]
