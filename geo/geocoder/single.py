"""Placing what lies at one named thing: a feature with its relation, a locality, a road.

The numbers are first values, set by hand from what each rule can know; docs/geocoding.md explains them.
"""

import math
from dataclasses import replace

from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.ops import nearest_points

from geo.gazetteer import LOCALITY_KINDS, Gazetteer, How, point_of, road_of
from geo.gazetteer.kinds import LABELS
from geo.geocoder.choosing import (
    P_DEFAULT,
    P_KIND,
    P_NAME,
    STREET_KINDS,
    Chooser,
    Option,
    certainty,
    distance,
    locality_of,
)
from geo.geocoder.mention import Mention, Sort
from geo.geocoder.readings import Direction, Form, Reading
from geo.geocoder.streets import address, has_line
from geo.model import Candidate, EntryKind, GazetteerEntry, Level, Point3006
from geo.swedish import key_of

SPOT_RADIUS_M = 750.0
"""A point with a smaller radius is a spot; with this or more it only says which locality."""
KIND_RADIUS_M: dict[EntryKind, float] = {
    EntryKind.BUS_STOP: 75,
    EntryKind.STATION: 75,
    EntryKind.SCHOOL: 120,
    EntryKind.SPORTS_GROUND: 150,
    EntryKind.PARK: 150,
    EntryKind.REST_AREA: 150,
    EntryKind.ADDRESS: 30,
    EntryKind.CROSSING: 30,
}
"""How far from its point people are who name a thing of the kind; 60 m for the others."""
OTHER_RADIUS_M = 60.0
PART_RADIUS_M = 80.0
CENTRE_RADIUS_M = 300.0
ROAD_STOP_RADIUS_M = 700.0
ROAD_RADIUS_M = 1500.0
JUNCTION_RADIUS_M = 250.0
ROAD_BEND_M = 15_000.0
"""Beyond this the next stop by a road says nothing of which way the road runs here."""

PASSING_M = 500.0
"""How far along a road from where it comes nearest a locality somebody may mean."""

P_STREET = 0.8
P_NO_NUMBER = 0.5
P_ELSEWHERE = 0.75
"""The locality named has no such thing in the gazetteer: somewhere in the locality."""
P_RELATION = 0.98
P_ROAD_STOP = 0.85
P_ROAD = 0.75
P_ROAD_RELATION = 0.7
P_TOWN = 0.5
"""A bare "Robertsfors" is the town about as often as the municipality: a candidate, never the answer."""
_NEAR_SHIFT_M = 40.0
"""How far "norr om" a thing with an extent is from its edge, where the text doesn't say."""


class Single:
    """Places what lies at one named thing: a feature, a locality or a road."""

    def __init__(self, gazetteer: Gazetteer, locality: str = "") -> None:
        self.gazetteer = gazetteer
        self.chooser = Chooser(gazetteer)
        self.locality = locality

    def _where(self, context: Mention | None) -> str:
        """The locality that a context, else the record, names."""
        if context is not None and context.hits:
            return locality_of(context.hits[0].entry)
        return self.locality

    def _places(self, name: str) -> list[GazetteerEntry]:
        """Localities and villages of a name, localities first."""
        found = [entry for entry in self.gazetteer.by_name(key_of(name)) if entry.kind in LOCALITY_KINDS]
        return sorted(found, key=lambda entry: entry.kind is not EntryKind.LOCALITY)

    def _feature(self, reading: Reading) -> list[Candidate]:
        where = self._where(reading.context)
        mention, beside = reading.mention, reading.other
        options = self.chooser.options(mention, reading.context, where, beside)
        if beside is not None and not options:
            # No such thing stands there: the thing it would stand beside is the place, with its relation.
            if beside.sort is Sort.ROAD:
                return self._road(replace(reading, form=Form.ROAD, mention=beside, other=None, junction=True))
            mention, beside = replace(beside, part=True), None
            options = self.chooser.options(mention, reading.context, where)
        if not options:
            return self._in_locality(mention, where)
        return [self._thing(option, replace(reading, mention=mention, other=beside)) for option in options]

    def _thing(self, option: Option, reading: Reading) -> Candidate:
        entry, p, rule = option.entry, option.probability, option.rule
        street = entry.kind in STREET_KINDS or bool(reading.mention.number)
        if street and (entry.kind is not EntryKind.PATH or reading.mention.kind is None):
            return self._on_street(entry, p, reading)
        if not entry.name:
            entry = replace(entry, name=_name_beside(entry, reading.other))
        radius = max(entry.precision_m, KIND_RADIUS_M.get(entry.kind, OTHER_RADIUS_M))
        if reading.mention.part:
            radius = max(radius, PART_RADIUS_M)
        # Farther off than a thing reaches it may be another, that stands right there and isn't known.
        radius = max(radius, math.ceil(option.apart_m))
        if entry.kind is EntryKind.PATH and reading.other is not None:
            return self._beside_path(entry, p, reading.other, radius)
        if entry.kind is EntryKind.BUS_STOP and key_of(entry.name).endswith("centrum"):
            radius, p, rule = CENTRE_RADIUS_M, p * P_KIND, "centre"
        elif entry.kind is EntryKind.BUS_STOP and road_of(entry.name):
            # "Sikeå E4" is as much the junction as the stop.
            radius = max(radius, JUNCTION_RADIUS_M)
        if reading.direction is not None and reading.other is None:
            start = _edge(entry, reading.direction)
            point, radius = shifted(start, radius, reading.direction, far=_NEAR_SHIFT_M)
            return replace(candidate(entry, radius, p * P_RELATION, "relation"), point=point)
        if reading.relation is not None and reading.other is None:
            radius = max(radius, reading.relation.least_m)
            if reading.relation.name not in ("at", "in_front"):
                p, rule = p * P_RELATION, "relation"
        return candidate(entry, radius, p, rule)

    def _beside_path(self, path: GazetteerEntry, p: float, beside: Mention, radius: float) -> Candidate:
        """A path by a named thing: where it comes nearest the thing, not its middle."""
        here = candidate(path, radius, p, "kind")
        things = [hit.entry.geometry for hit in beside.hits if not hit.entry.geometry.is_empty]
        if not things:
            return here
        near = min(
            (nearest_points(path.geometry, thing) for thing in things),
            key=lambda ends: ends[0].distance(ends[1]),
        )
        return replace(here, point=(near[0].x, near[0].y))

    def _on_street(self, entry: GazetteerEntry, p: float, reading: Reading) -> Candidate:
        """The house that is numbered, else somewhere along the street: its radius is half its length."""
        mention = reading.mention
        sure = p if has_line(entry) else p * P_STREET
        if not mention.number:
            return candidate(entry, entry.precision_m, sure, "street")
        spot = address(self.gazetteer, entry, mention.number)
        if spot is None:
            # The street is the best that is known, and its whole length how far off that may be.
            return candidate(
                entry,
                2 * entry.precision_m if has_line(entry) else entry.precision_m,
                sure * P_NO_NUMBER,
                "street",
            )
        house = candidate(entry, spot.radius_m, p * spot.sure, spot.rule)
        return replace(house, name=f"{entry.name} {mention.number}", point=spot.point)

    def _in_locality(self, mention: Mention, where: str) -> list[Candidate]:
        """What the text names is not in the gazetteer there: the locality is all that is known."""
        chance = P_ELSEWHERE
        if not where:
            main = self.gazetteer.main_locality
            if mention.kind is None or not mention.kind.default or main is None:
                return []
            where, chance = main.name, P_ELSEWHERE * P_DEFAULT
        return [
            candidate(entry, entry.precision_m, chance, "in_locality") for entry in self._places(where)[:1]
        ]

    def _locality(self, reading: Reading) -> list[Candidate]:
        options = self.chooser.options(reading.mention, None, "")
        if reading.mention.part and reading.direction is None:
            return [self._centre(option) for option in options]
        return [self._around(option, reading) for option in options]

    def _centre(self, option: Option) -> Candidate:
        """The stop named "<locality> centrum" where there is one, else the locality's own point."""
        stops = self.gazetteer.by_name(key_of(f"{option.entry.name} centrum"))
        entry = next((stop for stop in stops if stop.kind is EntryKind.BUS_STOP), option.entry)
        return candidate(entry, CENTRE_RADIUS_M, option.probability * P_KIND, "centre")

    def _around(self, option: Option, reading: Reading) -> Candidate:
        entry, p = option.entry, option.probability
        rule = "fuzzy" if option.rule == "fuzzy" else "locality"
        if reading.direction is not None:
            point, radius = shifted(
                point_of(entry), max(entry.precision_m, 1000.0), reading.direction, far=2000.0
            )
            moved = candidate(entry, radius, p * P_RELATION, "relation")
            return replace(moved, point=point, level=Level.LOCALITY)
        radius = entry.precision_m
        if reading.relation is not None:
            radius = max(radius, 2 * reading.relation.least_m)
            if reading.relation.name in ("towards", "around", "near"):
                radius, p, rule = max(radius, 2 * entry.precision_m), p * P_RELATION, "relation"
        return replace(candidate(entry, radius, p, rule), level=Level.LOCALITY)

    def _road(self, reading: Reading) -> list[Candidate]:
        number, context = reading.mention.road, reading.context
        rated: list[tuple[GazetteerEntry, float]] = []
        if context is not None:
            own = locality_of(context.hits[0].entry)
            if context.is_name and not reading.direction and not self._passes(number, context, own):
                # "Robertsfors, E4": the municipality's name, as nothing says that the road passes the town.
                return []
            rated = [(hit.entry, certainty(hit)) for hit in context.hits if point_of(hit.entry) is not None]
        elif self.locality:
            rated = [(entry, P_NAME[How.EXACT]) for entry in self._places(self.locality)[:1]]
        return [self._road_at(reading, number, entry, p / len(rated)) for entry, p in rated]

    def _passes(self, number: str, context: Mention, locality: str) -> bool:
        """Whether a road is known to pass a locality: a stop is named after both, or its line runs there."""
        if self.gazetteer.road_stop(number, locality):
            return True
        road = self.gazetteer.road(number)
        place = context.hits[0].entry
        if road is None or not has_line(road) or place.geometry.is_empty:
            return False
        return bool(road.geometry.distance(place.geometry) <= max(place.precision_m, PASSING_M))

    def _road_at(self, reading: Reading, number: str, entry: GazetteerEntry, p: float) -> Candidate:
        stop = self.gazetteer.road_stop(number, entry.name)
        anchor = point_of(stop or entry)
        radius = ROAD_STOP_RADIUS_M if stop is not None else max(ROAD_RADIUS_M, entry.precision_m)
        p_here, rule = P_ROAD_STOP if stop is not None else P_ROAD, "road_at_locality"
        if reading.direction is not None:
            anchor, radius = self._along(number, anchor, reading.direction)
            radius += 0.0 if stop is not None else entry.precision_m
            p_here, rule = P_ROAD_RELATION, "road_relation"
        elif reading.relation is not None and reading.relation.name in (
            "level_with",
            "around",
            "near",
            "towards",
        ):
            if stop is None and anchor is not None:
                anchor, radius = self._on_road(number, anchor, radius)
            radius, rule = max(radius, 1.5 * ROAD_STOP_RADIUS_M), "road_relation"
        elif stop is not None and reading.junction:
            radius = JUNCTION_RADIUS_M
        elif stop is None and anchor is not None:
            anchor, radius = self._on_road(number, anchor, radius)
        name = f"{self._road_name(number)}, {entry.name}"
        return replace(candidate(entry, radius, p * p_here, rule), name=name, point=anchor)

    def _on_road(self, number: str, anchor: Point3006, radius: float) -> tuple[Point3006, float]:
        """Where a road with a geometry passes a locality: the point of it nearest the locality's."""
        road = self.gazetteer.road(number)
        if road is None or not has_line(road):
            return anchor, radius
        there = nearest_points(road.geometry, Point(anchor))[0]
        return (there.x, there.y), max(PASSING_M, distance(anchor, (there.x, there.y)))

    def _along(
        self, number: str, anchor: Point3006 | None, direction: Direction
    ) -> tuple[Point3006 | None, float]:
        """A shift along the road where its next stop in that direction is known, else by the compass."""
        ahead: list[tuple[float, Point3006]] = []
        for stop in self.gazetteer.road_stops(number):
            there = point_of(stop)
            apart = distance(there, anchor)
            if there is None or anchor is None or not 0 < apart < ROAD_BEND_M:
                continue
            east, north = (there[0] - anchor[0]) / apart, (there[1] - anchor[1]) / apart
            if east * direction.unit[0] + north * direction.unit[1] > math.cos(math.radians(60)):
                ahead.append((apart, there))
        if anchor is None or not ahead:
            return shifted(anchor, 1000.0, direction, far=2000.0)
        apart, there = min(ahead)
        unit = ((there[0] - anchor[0]) / apart, (there[1] - anchor[1]) / apart)
        metres = direction.metres or min(apart / 2, default_shift(direction, 2000.0))
        point, radius = shifted(anchor, ROAD_STOP_RADIUS_M, replace(direction, unit=unit, metres=metres))
        return point, radius if direction.metres else radius + metres / 3

    def _road_name(self, number: str) -> str:
        """A road as people write it."""
        entry = self.gazetteer.road(number)
        return entry.name if entry is not None else number.upper()


def _edge(entry: GazetteerEntry, direction: Direction) -> Point3006 | None:
    """Where a thing ends in a direction, seen from its middle: of a street, and of a point, the middle itself."""
    middle = point_of(entry)
    if middle is None or not isinstance(entry.geometry, Polygon | MultiPolygon):
        return middle
    west, south, east, north = entry.geometry.bounds
    half = abs(direction.unit[0]) * (east - west) / 2 + abs(direction.unit[1]) * (north - south) / 2
    return middle[0] + direction.unit[0] * half, middle[1] + direction.unit[1] * half


def _name_beside(entry: GazetteerEntry, beside: Mention | None) -> str:
    """ "tunnel vid Kiasma": what a thing is called that has no name of its own."""
    label = LABELS.get(entry.kind, entry.kind.value)
    if beside is None or not beside.hits:
        return label
    return f"{label} vid {beside.hits[0].entry.name}"


def default_shift(direction: Direction, far: float) -> float:
    """How far "norr om" is when the text does not say: half of ``far`` when it says "strax"."""
    return far / 2 if direction.close else far


def shifted(
    point: Point3006 | None, radius: float, direction: Direction, far: float = 200.0
) -> tuple[Point3006 | None, float]:
    """``point`` moved in a direction, and its radius grown by what is not known of the way: a third of it
    where the text says how far, else three quarters. Metres; ``far`` is the way when it doesn't say."""
    if point is None:
        return None, radius
    metres = direction.metres or default_shift(direction, far)
    moved = (point[0] + direction.unit[0] * metres, point[1] + direction.unit[1] * metres)
    return moved, radius + metres * (1 / 3 if direction.metres else 0.75)


def town_candidate(entry: GazetteerEntry) -> Candidate:
    """The town of the municipality's name, where a text only says the name."""
    return replace(candidate(entry, entry.precision_m, P_TOWN, "locality"), level=Level.LOCALITY)


def candidate(entry: GazetteerEntry, radius: float, probability: float, rule: str) -> Candidate:
    """An entry as a candidate; the level follows from the radius, metres."""
    return Candidate(
        name=entry.name,
        point=point_of(entry),
        radius_m=round(radius, 1),
        probability=round(probability, 3),
        rule=rule,
        level=Level.SPOT if radius < SPOT_RADIUS_M else Level.LOCALITY,
        locality=locality_of(entry),
    )
