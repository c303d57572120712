"""The report of any area: its places, why and when, incidents, measures, light, and who passes to the station."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo.analysis.outcome import Outcome, Stretch
from geo.errors import BadInput
from geo.model import Person, Point3006, Reason, Role, TimeOfDay
from geo.planning.workspace import Walked
from geo.store import inside, work
from geo.store.engine import Store
from geo.store.inside import PlaceInside
from geo.store.work import KeptMeasure

PLACED_M = 50.0
"""An incident placed to within this is inside an area or not; what is known less well is nowhere in particular."""
MOST_KM2 = 100.0
_CORNERS = 3


@dataclass(frozen=True, slots=True)
class PathLight:
    """Metres of path inside an area by what is known of their light."""

    lit_m: float
    unlit_m: float
    unknown_m: float


@dataclass(frozen=True, slots=True)
class AreaReport:
    """What is known of an area in EPSG:3006.

    ``mentions`` are respondents by reason and time of day; ``incidents`` by group and year (0: not known), None for who may
    not see them. ``light`` and ``passing`` are None and empty where there is no network of paths.
    """

    area: BaseGeometry
    places: tuple[PlaceInside, ...]
    mentions: Counter[tuple[Reason, TimeOfDay]]
    incidents: Counter[tuple[str, int]] | None
    measures: tuple[KeptMeasure, ...]
    light: PathLight | None
    passing: tuple[Stretch, ...]


def area_of(corners: Sequence[Point3006]) -> BaseGeometry:
    """The area with these corners.

    Raises:
        BadInput: fewer than three, an outline that crosses itself, or more than ``MOST_KM2``; ``field`` is ``area``.
    """
    if len(corners) < _CORNERS:
        raise BadInput("An area needs at least three corners.", field="area")
    found = Polygon(corners)
    if not found.is_valid or found.area <= 0:
        raise BadInput("The area crosses itself. Draw it so that its outline doesn't.", field="area")
    if found.area > MOST_KM2 * 1e6:
        raise BadInput(
            "The area is larger than %(most)s square kilometres.", field="area", most=round(MOST_KM2)
        )
    return found


def report_of(store: Store, by: Person, area: BaseGeometry, walked: Walked | None) -> AreaReport:
    """What ``by`` may know of an area. ``walked`` is the answer for the station, if there is one."""
    shapely.prepare(area)
    with store.read() as connection:
        places = inside.places_inside(connection, area)
        told = inside.mentions(connection, [place.id for place in places])
        may = by.role is Role.COORDINATOR
        incidents = inside.incidents_inside(connection, area, PLACED_M) if may else None
        measures = tuple(
            measure
            for measure in work.measures(connection)
            if measure.point is not None and area.covers(Point(measure.point))
        )
    outcome = walked.outcome if walked else None
    return AreaReport(
        area=area,
        places=places,
        mentions=told,
        incidents=incidents,
        measures=measures,
        light=_light(outcome, area) if outcome else None,
        passing=_passing(outcome, area) if outcome else (),
    )


def _light(outcome: Outcome, area: BaseGeometry) -> PathLight:
    edges = outcome.network.tree.query(area, predicate="intersects")
    metres = shapely.length(shapely.intersection(outcome.network.lines[edges], area))
    light = outcome.light
    return PathLight(
        *(float((metres * part[edges]).sum()) for part in (light.lit, light.unlit, light.unknown))
    )


def _passing(outcome: Outcome, area: BaseGeometry) -> tuple[Stretch, ...]:
    """The stretches that touch the area and somebody walks, the busiest first."""
    touched = np.zeros(len(outcome.network.lines), bool)
    touched[outcome.network.tree.query(area, predicate="intersects")] = True
    return tuple(each for each in outcome.stretches if touched[list(each.edges)].any())
