"""From readings to candidates: a point, an honest radius, a probability and the rule that gave them.

The numbers are first values, set by hand from what each rule can know; docs/geocoding.md explains them.
"""

import math
from dataclasses import replace

from geo.gazetteer import LOCALITY_KINDS, Gazetteer, How, point_of, road_of
from geo.geocoder.choosing import (
    P_DEFAULT,
    P_KIND,
    P_NAME,
    Chooser,
    Option,
    certainty,
    distance,
    locality_of,
)
from geo.geocoder.mentions import Mention, Sort
from geo.geocoder.reading import Direction, Form, Reading, is_street
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

P_STREET = 0.8
P_ELSEWHERE = 0.75
"""The locality named has no such thing in the gazetteer: somewhere in the locality."""
P_RELATION = 0.9
P_CROSSING = 0.8
P_BETWEEN = 0.75
P_HALF_BETWEEN = 0.6
P_ROAD_STOP = 0.85
P_ROAD = 0.75
P_ROAD_RELATION = 0.7
P_TOWN = 0.5
"""A bare "Robertsfors" is the town about as often as the municipality: a candidate, never the answer."""
_MOST_CANDIDATES = 5


class Placer:
    """Places readings by the entries of one gazetteer. ``locality`` is what the record itself names."""

    def __init__(self, gazetteer: Gazetteer, locality: str = "") -> None:
        self.gazetteer = gazetteer
        self.chooser = Chooser(gazetteer)
        self.locality = locality

    def place(self, reading: Reading) -> tuple[Candidate, ...]:
        """At most five candidates of one reading, best first; empty where no point can be given."""
        if reading.context is not None and reading.context.sort is Sort.OUTSIDE:
            name = reading.context.hits[0].entry.name
            return (Candidate(name, None, 0.0, 0.0, "outside", Level.OUTSIDE),)
        match reading.form:
            case Form.LOCALITY:
                found = self._locality(reading)
            case Form.ROAD:
                found = self._road(reading)
            case Form.CROSSING:
                found = self._crossing(reading)
            case Form.BETWEEN:
                found = self._between(reading)
            case Form.FEATURE | Form.KIND:
                found = self._feature(reading)
        ordered = sorted(found, key=lambda each: (-each.probability, each.name, each.locality))
        kept: dict[tuple[str, str, Level], Candidate] = {}
        for each in ordered:
            kept.setdefault((each.name, each.locality, each.level), each)
        return tuple(kept.values())[:_MOST_CANDIDATES]

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
        options = self.chooser.options(mention, where, beside)
        if beside is not None and not options:
            # No such thing stands there: the thing it would stand beside is the place, with its relation.
            mention, beside = beside, None
            options = self.chooser.options(mention, where)
        if not options:
            return self._in_locality(mention, where)
        return [self._thing(option, replace(reading, mention=mention, other=beside)) for option in options]

    def _thing(self, option: Option, reading: Reading) -> Candidate:
        entry, p, rule = option.entry, option.probability, option.rule
        if entry.kind is EntryKind.STREET:
            return _candidate(entry, entry.precision_m, p * P_STREET, "street")
        radius = max(entry.precision_m, KIND_RADIUS_M.get(entry.kind, OTHER_RADIUS_M))
        if reading.mention.part:
            radius = max(radius, PART_RADIUS_M)
        if entry.kind is EntryKind.BUS_STOP and key_of(entry.name).endswith("centrum"):
            radius, p, rule = CENTRE_RADIUS_M, p * P_KIND, "centre"
        elif entry.kind is EntryKind.BUS_STOP and road_of(entry.name):
            # "Sikeå E4" is as much the junction as the stop.
            radius = max(radius, JUNCTION_RADIUS_M)
        if reading.direction is not None:
            point, radius = shifted(point_of(entry), radius, reading.direction)
            return replace(_candidate(entry, radius, p * P_RELATION, "relation"), point=point)
        if reading.relation is not None and reading.other is None:
            radius = max(radius, reading.relation.least_m)
            if reading.relation.name not in ("at", "in_front"):
                p, rule = p * P_RELATION, "relation"
        return _candidate(entry, radius, p, rule)

    def _in_locality(self, mention: Mention, where: str) -> list[Candidate]:
        """What the text names is not in the gazetteer there: the locality is all that is known."""
        chance = P_ELSEWHERE
        if not where:
            main = self.gazetteer.main_locality
            if mention.kind is None or not mention.kind.default or main is None:
                return []
            where, chance = main.name, P_ELSEWHERE * P_DEFAULT
        return [
            _candidate(entry, entry.precision_m, chance, "in_locality") for entry in self._places(where)[:1]
        ]

    def _locality(self, reading: Reading) -> list[Candidate]:
        options = self.chooser.options(reading.mention, "")
        if reading.mention.part and reading.direction is None:
            return [self._centre(option) for option in options]
        return [self._around(option, reading) for option in options]

    def _centre(self, option: Option) -> Candidate:
        """The stop named "<locality> centrum" where there is one, else the locality's own point."""
        stops = self.gazetteer.by_name(key_of(f"{option.entry.name} centrum"))
        entry = next((stop for stop in stops if stop.kind is EntryKind.BUS_STOP), option.entry)
        return _candidate(entry, CENTRE_RADIUS_M, option.probability * P_KIND, "centre")

    def _around(self, option: Option, reading: Reading) -> Candidate:
        entry, p = option.entry, option.probability
        rule = "fuzzy" if option.rule == "fuzzy" else "locality"
        if reading.direction is not None:
            point, radius = shifted(
                point_of(entry), max(entry.precision_m, 1000.0), reading.direction, far=2000.0
            )
            moved = _candidate(entry, radius, p * P_RELATION, "relation")
            return replace(moved, point=point, level=Level.LOCALITY)
        radius = entry.precision_m
        if reading.relation is not None:
            radius = max(radius, 2 * reading.relation.least_m)
            if reading.relation.name in ("towards", "around", "near"):
                radius, p, rule = max(radius, 2 * entry.precision_m), p * P_RELATION, "relation"
        return replace(_candidate(entry, radius, p, rule), level=Level.LOCALITY)

    def _road(self, reading: Reading) -> list[Candidate]:
        number, context = reading.mention.road, reading.context
        rated: list[tuple[GazetteerEntry, float]] = []
        if context is not None:
            own = locality_of(context.hits[0].entry)
            if context.is_name and not reading.direction and not self.gazetteer.road_stop(number, own):
                # "Robertsfors, E4": the municipality's name, as no stop says that the road passes the town.
                return []
            rated = [(hit.entry, certainty(hit)) for hit in context.hits if point_of(hit.entry) is not None]
        elif self.locality:
            rated = [(entry, P_NAME[How.EXACT]) for entry in self._places(self.locality)[:1]]
        return [self._road_at(reading, number, entry, p / len(rated)) for entry, p in rated]

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
            radius, rule = max(radius, 1.5 * ROAD_STOP_RADIUS_M), "road_relation"
        elif stop is not None and reading.junction:
            radius = JUNCTION_RADIUS_M
        name = f"{self._road_name(number)}, {entry.name}"
        return replace(_candidate(entry, radius, p * p_here, rule), name=name, point=anchor)

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

    def _crossing(self, reading: Reading) -> list[Candidate]:
        """Without street geometry a crossing is known only to lie where both streets are."""
        ends = [end for end in (reading.mention, reading.other) if end is not None]
        where = self._where(reading.context)
        label = "/".join(self._road_name(end.road) if end.road else end.hits[0].entry.name for end in ends)
        streets = [end for end in ends if is_street(end)]
        roads = [end.road for end in ends if end.sort is Sort.ROAD]
        if not roads:
            return self._street_crossing(label, streets, where)
        if not where and streets:
            options = self.chooser.options(streets[0], "")
            where = locality_of(options[0].entry) if len(options) == 1 else ""
        found: list[Candidate] = []
        for place in self._places(where)[:1]:
            stops = [self.gazetteer.road_stop(road, place.name) for road in roads]
            stop = next(filter(None, stops), None)
            radius = ROAD_STOP_RADIUS_M if stop is not None else max(ROAD_RADIUS_M, place.precision_m)
            here = _candidate(place, radius, P_CROSSING * P_ROAD_STOP, "crossing")
            found.append(replace(here, name=label, point=point_of(stop or place)))
        return found

    def _street_crossing(self, label: str, streets: list[Mention], where: str) -> list[Candidate]:
        localities = [{locality_of(hit.entry): hit for hit in street.hits} for street in streets]
        common = sorted(set.intersection(*(set(each) for each in localities)))
        if where in common:
            common = [where]
        elif where or not common:
            return self._in_locality(streets[0], where)
        found: list[Candidate] = []
        for place in common:
            hits = [each[place] for each in localities]
            wide = max(hits, key=lambda hit: hit.entry.precision_m).entry
            # Two streets named together confirm each other, so the less sure of the names counts.
            sure = min(certainty(hit) for hit in hits)
            here = _candidate(wide, wide.precision_m, sure * P_CROSSING / len(common), "crossing")
            found.append(replace(here, name=label))
        return found

    def _between(self, reading: Reading) -> list[Candidate]:
        ends: list[Candidate] = []
        for end in (reading.mention, reading.other):
            if end is not None and end.sort is not Sort.OUTSIDE:
                form = Form.LOCALITY if end.sort is Sort.LOCALITY else Form.FEATURE
                ends += self.place(Reading(form, end))[:1]
        if len(ends) < 2:
            # The other end is outside or not known: from this one some unknown way towards it.
            return [
                replace(
                    end,
                    radius_m=max(end.radius_m, 5000.0 if end.level is Level.LOCALITY else 500.0),
                    probability=round(end.probability * P_HALF_BETWEEN, 3),
                    rule="between",
                )
                for end in ends
            ]
        first, second = ends
        if first.point is None or second.point is None:
            return []
        radius = round(distance(first.point, second.point) / 2 + max(first.radius_m, second.radius_m) / 2, 1)
        spot = radius < SPOT_RADIUS_M and Level.LOCALITY not in (first.level, second.level)
        return [
            Candidate(
                name=f"{first.name} - {second.name}",
                point=(
                    (first.point[0] + second.point[0]) / 2,
                    (first.point[1] + second.point[1]) / 2,
                ),
                radius_m=radius,
                probability=round(min(first.probability, second.probability) * P_BETWEEN, 3),
                rule="between",
                level=Level.SPOT if spot else Level.LOCALITY,
                locality=first.locality,
            )
        ]

    def _road_name(self, number: str) -> str:
        """A road as people write it."""
        entry = self.gazetteer.road(number)
        return entry.name if entry is not None else number.upper()


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
    return replace(_candidate(entry, entry.precision_m, P_TOWN, "locality"), level=Level.LOCALITY)


def _candidate(entry: GazetteerEntry, radius: float, probability: float, rule: str) -> Candidate:
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
