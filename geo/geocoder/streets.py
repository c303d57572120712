"""Places along streets: house numbers, crossings, stretches between two things.

All by the streets' own geometry in EPSG:3006; where it isn't known nothing is said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from geo.gazetteer import Gazetteer, point_of
from geo.model import GazetteerEntry, Point3006
from geo.swedish import fold

NUMBER_M = 30.0
"""How far off a known house number may be."""
_MEETING_M = 40.0
"""Streets that come this near each other meet, though they share no node: carriageways, squares."""
_CLOSE_M = 150.0
_BESIDE_STREET_M = 250.0
"""An address of a street's name lies within this distance of it, or it is another street of that name."""
_PER_NUMBER_M = 12.0
"""Between two house numbers in a row, about half of what a plot takes along a street."""
_FAR_NUMBERS = 20
_NUMBER = re.compile(r"(\d{1,4}) ?([a-z]?)\b", re.ASCII)


@dataclass(frozen=True, slots=True)
class Spot:
    """A point with how far off it may be, metres, how sure that is (0-1), and the rule that found it."""

    point: Point3006
    radius_m: float
    sure: float
    rule: str


def has_line(entry: GazetteerEntry) -> bool:
    """Whether the entry's geometry is more than a point."""
    return not entry.geometry.is_empty and not isinstance(entry.geometry, Point)


def address(gazetteer: Gazetteer, street: GazetteerEntry, number: str) -> Spot | None:
    """Where a house number lies: known, or between known ones of its side; None where none is near.

    Between two known numbers of the same side the place is taken in proportion, and half their distance is how
    far off it may be. Beyond the last known number the radius grows with each number.
    """
    wanted = _NUMBER.match(number)
    if wanted is None:
        return None
    value, letter = int(wanted.group(1)), wanted.group(2)
    known: list[tuple[int, str, Point3006]] = []
    for entry in gazetteer.addresses(street.name):
        point = point_of(entry)
        if point is None or (
            entry.geometry.distance(street.geometry) > _BESIDE_STREET_M and has_line(street)
        ):
            continue
        found = _NUMBER.match(fold(entry.name)[len(fold(entry.streets[0])) :].strip())
        if found:
            known.append((int(found.group(1)), found.group(2), point))
    same = [each for each in known if each[0] == value]
    if same:
        point = next((spot for _, mark, spot in same if mark == letter), same[0][2])
        return Spot(point, NUMBER_M, 1.0, "address")
    side = sorted((each[0], each[2]) for each in known if each[0] % 2 == value % 2)
    return _between_numbers(side, value) or _between_numbers(
        sorted((each[0], each[2]) for each in known), value
    )


def _between_numbers(known: Sequence[tuple[int, Point3006]], value: int) -> Spot | None:
    below = [each for each in known if each[0] < value]
    above = [each for each in known if each[0] > value]
    if below and above:
        (low, start), (high, end) = below[-1], above[0]
        part = (value - low) / (high - low)
        apart = float(np.hypot(end[0] - start[0], end[1] - start[1]))
        point = (start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1]))
        return Spot(point, max(NUMBER_M, apart / 2), 0.95, "interpolated")
    ends = below[-1:] or above[:1]
    if ends and abs(ends[0][0] - value) <= _FAR_NUMBERS:
        steps = abs(ends[0][0] - value)
        return Spot(ends[0][1], NUMBER_M + _PER_NUMBER_M * steps, 0.8, "interpolated")
    return None


def crossing(gazetteer: Gazetteer, first: GazetteerEntry, second: GazetteerEntry) -> list[Spot]:
    """Where two streets meet: at their shared nodes, else where they come nearest each other."""
    spots: list[Spot] = []
    for entry in gazetteer.crossings(first.name, second.name):
        point = point_of(entry)
        if point is not None and _touches(entry.geometry, first) and _touches(entry.geometry, second):
            spots.append(Spot(point, max(30.0, entry.precision_m), 1.0, "crossing"))
    if spots or not (has_line(first) and has_line(second)):
        return spots
    here, there = nearest_points(first.geometry, second.geometry)
    apart = here.distance(there)
    if apart > _CLOSE_M:
        return []
    middle = ((here.x + there.x) / 2, (here.y + there.y) / 2)
    return [Spot(middle, max(30.0, apart), 0.95 if apart <= _MEETING_M else 0.7, "crossing")]


def _touches(geometry: BaseGeometry, street: GazetteerEntry) -> bool:
    return not has_line(street) or bool(geometry.distance(street.geometry) <= _MEETING_M)


def stretch(
    gazetteer: Gazetteer, street: GazetteerEntry, first: GazetteerEntry, second: GazetteerEntry
) -> Spot | None:
    """The middle of a street's stretch between two things: cross streets, or what stands beside it."""
    ends: list[Point] = []
    for thing in (first, second):
        if has_line(thing):
            met = crossing(gazetteer, street, thing)
            spot = Point(met[0].point) if met else nearest_points(street.geometry, thing.geometry)[0]
        else:
            spot = nearest_points(street.geometry, thing.geometry)[0]
        ends.append(spot)
    straight = shapely.LineString([(ends[0].x, ends[0].y), (ends[1].x, ends[1].y)])
    if straight.length == 0:
        return None
    middle = nearest_points(street.geometry, straight.interpolate(0.5, normalized=True))[0]
    return Spot((middle.x, middle.y), max(NUMBER_M, straight.length / 2), 1.0, "between")


def between(first: GazetteerEntry, second: GazetteerEntry) -> Spot:
    """The middle between two things, taken between the sides that face each other."""
    here, there = nearest_points(first.geometry, second.geometry)
    apart = here.distance(there)
    middle = ((here.x + there.x) / 2, (here.y + there.y) / 2)
    return Spot(middle, max(NUMBER_M, apart / 2), 1.0, "between")
