"""Answers that mean the same spot become one place, and a place gets its name in words.

Two answers mean the same spot when each lies within the other's radius, within bounds::

    |p - s|  <=  min(max(min(r_p, r_s), 50 m), 250 m)

The spots are taken in a fixed order, most respondents at one point first; each joins the nearest earlier
*seed* that it agrees with, and else is a seed itself. All members agree with their seed, so none are
further apart than 500 m: a row of answers along a street never grows into one place.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from geo.gazetteer import LOCALITY_KINDS, Gazetteer
from geo.model import NAMING_KINDS, EntryKind, Point3006

MAX_RADIUS_M = 300.0
"""Answers with a larger radius say too little about where, and take no part."""
MIN_PROBABILITY = 0.5
"""Answers that are as likely wrong as right take no part."""
NEAREST_SAME_M = 50.0
FURTHEST_SAME_M = 250.0
NAMED_WITHIN_M = 2000.0
"""Beyond this a place is told from its locality, in whole kilometres."""
_HERE_M = 25.0
_STEP_M = 50
_KM = 1000

_DETOUR_M: dict[EntryKind, float] = {
    EntryKind.BUS_STOP: 25.0,
    EntryKind.PARK: 50.0,
    EntryKind.CROSSING: 50.0,
    EntryKind.REST_AREA: 50.0,
    EntryKind.PUBLIC_BUILDING: 100.0,
}
"""How much nearer than a station, a school or a sports ground a thing must be to be named instead."""
_POINTS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


@dataclass(frozen=True, slots=True)
class Spot:
    """One located answer. ``point`` is EPSG:3006, ``radius_m`` metres; ``key`` identifies the answer."""

    key: int
    respondent: str
    point: Point3006
    radius_m: float
    probability: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """Answers that mean one spot.

    ``members`` are their keys in order. ``centre`` is the median of their points, coordinate by
    coordinate, so that a stray one does not move it. ``radius_m`` holds nine of ten members, and is
    at least their median radius. ``respondents`` counts persons, not answers.
    """

    members: tuple[int, ...]
    centre: Point3006
    radius_m: float
    respondents: int


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A place in words: ``distance_m`` metres ``direction`` of ``anchor``; 0 and "" for right at it.

    ``distance_m`` is in steps of 50 m, of 1,000 m where only a locality is near. ``direction`` is n, ne, e, se, s,
    sw, w, nw, seen from the anchor. ``kind`` says what the anchor is; None where nothing is known.
    """

    anchor: str
    distance_m: int
    direction: str
    kind: EntryKind | None = None


@dataclass(slots=True)
class _Group:
    """Spots at one point."""

    point: Point3006
    radius: float
    spots: list[Spot]
    respondents: int


def cluster(
    spots: Sequence[Spot], *, max_radius_m: float = MAX_RADIUS_M, min_probability: float = MIN_PROBABILITY
) -> tuple[Cluster, ...]:
    """The places that ``spots`` mean, those with most respondents first.

    The result depends on the spots alone, not on their order. Spots with a radius above ``max_radius_m``
    metres or a probability below ``min_probability`` are in no cluster.
    """
    groups = _groups([s for s in spots if s.radius_m <= max_radius_m and s.probability >= min_probability])
    if not groups:
        return ()
    members: dict[int, list[Spot]] = defaultdict(list)
    for group, seed in zip(groups, _seeds(groups), strict=True):
        members[int(seed)] += group.spots
    found = [_cluster(spots) for spots in members.values()]
    return tuple(sorted(found, key=lambda each: (-each.respondents, each.centre, each.members)))


def _groups(spots: Sequence[Spot]) -> list[_Group]:
    at: dict[Point3006, list[Spot]] = defaultdict(list)
    for spot in spots:
        at[spot.point].append(spot)
    groups = [
        _Group(
            point,
            median(spot.radius_m for spot in here),
            here,
            len({spot.respondent for spot in here}),
        )
        for point, here in at.items()
    ]
    return sorted(groups, key=lambda group: (-group.respondents, group.radius, group.point))


def _seeds(groups: list[_Group]) -> NDArray[np.intp]:
    """For each group the number of the group that is its seed; a seed is its own."""
    points = np.array([group.point for group in groups])
    radii = np.array([group.radius for group in groups])
    # Loaded here: a start of the server needs none of it, and it takes long.
    from scipy.spatial import KDTree

    tree = KDTree(points)
    seed_of = np.full(len(groups), -1, dtype=np.intp)
    nearest = np.full(len(groups), np.inf)
    for number in range(len(groups)):
        if seed_of[number] >= 0:
            continue
        seed_of[number], nearest[number] = number, 0.0
        near = np.array(tree.query_ball_point(points[number], FURTHEST_SAME_M), dtype=np.intp)
        later = near[near > number]
        apart = np.hypot(*(points[later] - points[number]).T)
        reach = np.clip(np.minimum(radii[later], radii[number]), NEAREST_SAME_M, FURTHEST_SAME_M)
        joins = (apart <= reach) & (apart < nearest[later])
        seed_of[later[joins]] = number
        nearest[later[joins]] = apart[joins]
    return seed_of


def _cluster(spots: list[Spot]) -> Cluster:
    centre = median(spot.point[0] for spot in spots), median(spot.point[1] for spot in spots)
    away = sorted(math.dist(spot.point, centre) for spot in spots)
    most = away[math.ceil(0.9 * len(away)) - 1]
    radius = max(most, median(spot.radius_m for spot in spots))
    return Cluster(
        members=tuple(sorted(spot.key for spot in spots)),
        centre=centre,
        radius_m=round(radius, 1),
        respondents=len({spot.respondent for spot in spots}),
    )


def name_place(centre: Point3006, gazetteer: Gazetteer) -> PlaceName:
    """A place's name in words from what is near ``centre`` (EPSG:3006) and may be named.

    A stop, school, station, sports ground or public building within 2 km; else the nearest locality or
    village, in whole kilometres. Never a home, a shop or a person.
    """
    things = gazetteer.nearest(centre, NAMING_KINDS - LOCALITY_KINDS, limit=8)
    near = [each for each in things if each.distance_m <= NAMED_WITHIN_M]
    if near:
        best = min(
            near, key=lambda each: (each.distance_m + _DETOUR_M.get(each.entry.kind, 0), each.entry.id)
        )
        step = _STEP_M
    else:
        towns = gazetteer.nearest(centre, LOCALITY_KINDS)
        if not towns:
            return PlaceName("", 0, "")
        best, step = towns[0], _KM
    metres = 0 if best.distance_m < _HERE_M else max(step, round(best.distance_m / step) * step)
    if step == _KM and best.distance_m < _KM / 2:
        metres = 0
    anchor = best.entry.geometry.centroid
    direction = _direction(centre[0] - anchor.x, centre[1] - anchor.y) if metres else ""
    return PlaceName(best.entry.name, metres, direction, best.entry.kind)


def _direction(east: float, north: float) -> str:
    """The eighth of the compass that a vector points to."""
    eighth = round(math.degrees(math.atan2(east, north)) / 45) % 8
    return _POINTS[eighth]
