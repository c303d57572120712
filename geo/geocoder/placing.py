"""From readings to candidates: a point, an honest radius, a probability and the rule that gave them.

The numbers are first values, set by hand from what each rule can know; docs/geocoding.md explains them.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from geo.gazetteer import LOCALITY_KINDS, Gazetteer, Hit, How, point_of
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
_OTHER_RADIUS_M = 60.0
_SHARED_KINDS = frozenset(
    {
        EntryKind.STREET,
        EntryKind.ADDRESS,
        EntryKind.SHOP,
        EntryKind.FUEL,
        EntryKind.RESTAURANT,
        EntryKind.BUS_STOP,
        EntryKind.STATION,
    }
)
"""Kinds whose names are found in many localities."""
PART_RADIUS_M = 100.0
CENTRE_RADIUS_M = 300.0
ROAD_STOP_RADIUS_M = 700.0
ROAD_RADIUS_M = 1500.0
JUNCTION_RADIUS_M = 250.0
BESIDE_M = 300.0
"""A thing of a kind "at" a named thing lies within this distance of it."""

P_NAME = {How.EXACT: 0.95, How.ALIAS: 0.9, How.SPELLING: 0.88}
P_EDITS = {1: 0.8, 2: 0.65}
P_STREET = 0.8
P_KIND = 0.85
P_DEFAULT = 0.8
"""Factor: the main locality was meant, though none was named."""
P_DISAGREE = 0.7
"""Factor: the text names another locality than the thing's."""
P_ELSEWHERE = 0.75
"""The locality named has no such thing in the gazetteer: somewhere in the locality."""
P_RELATION = 0.9
P_CROSSING = 0.8
P_BETWEEN = 0.75
P_ROAD_STOP = 0.85
P_ROAD = 0.75
P_ROAD_RELATION = 0.7
P_TOWN = 0.5
"""A bare "Robertsfors" is the town about as often as the municipality: a candidate, never the answer."""
_SHORT_NAME = 7
_SHORT_FUZZY = 0.9


@dataclass(frozen=True, slots=True)
class Option:
    """An entry that may be meant, with the probability that it is."""

    entry: GazetteerEntry
    probability: float
    rule: str


class Placer:
    """Places readings by the entries of one gazetteer. ``locality`` is what the record itself names."""

    def __init__(self, gazetteer: Gazetteer, locality: str = "") -> None:
        self.gazetteer = gazetteer
        self.locality = locality

    def place(self, reading: Reading) -> tuple[Candidate, ...]:
        """Candidates of one reading, best first; empty where no point can be given."""
        if reading.context is not None and reading.context.sort is Sort.OUTSIDE:
            return (outside(reading.context),)
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
        return tuple(sorted(found, key=lambda each: (-each.probability, each.name, each.locality)))

    def _where(self, context: Mention | None) -> str:
        """The locality that a context, else the record, names."""
        if context is not None and context.hits:
            return locality_of(context.hits[0].entry)
        return self.locality

    def _options(self, mention: Mention, where: str, beside: Mention | None = None) -> list[Option]:
        """The entries a feature or kind word may mean, with shares of one probability."""
        if mention.sort is Sort.KIND:
            return self._of_kind(mention, where, beside)
        hits = [hit for hit in mention.hits if point_of(hit.entry) is not None]
        least = min((hit.edits for hit in hits), default=0)
        best = [hit for hit in hits if hit.edits == least]
        # One more edit is a rarer mistake: the runners-up take a little from the best, and stay candidates.
        doubt = 0.9 if len(best) < len(hits) else 1.0
        options = self._share([(hit.entry, certainty(hit) * doubt, rule_of(hit)) for hit in best], where)
        if not options:
            return []
        known = {id(option.entry) for option in options}
        options += [
            Option(hit.entry, certainty(hit) * 0.2, rule_of(hit))
            for hit in hits
            if id(hit.entry) not in known
        ]
        return options

    def _of_kind(self, mention: Mention, where: str, beside: Mention | None) -> list[Option]:
        assert mention.kind is not None
        entries = self.gazetteer.of_kinds(mention.kind.kinds)
        anchor = self._anchor(beside, where)
        if anchor is not None:
            near = [entry for entry in entries if distance(point_of(entry), anchor) <= BESIDE_M]
            entries = tuple(sorted(near, key=lambda entry: distance(point_of(entry), anchor))[:1])
        return self._share([(entry, P_KIND, "kind") for entry in entries], where)

    def _share(self, rated: list[tuple[GazetteerEntry, float, str]], where: str) -> list[Option]:
        """Options in the locality ``where``; with none named the main one's are likelier, not sure."""
        if not rated:
            return []
        if where:
            here = [each for each in rated if same_place(each[0], where)]
            if not here:
                # A proper name is worth more than the locality beside it; a shop's or a street's is not.
                own = [
                    e
                    for e in rated
                    if not e[0].locality or (e[2] == "exact" and e[0].kind not in _SHARED_KINDS)
                ]
                return [Option(entry, p * P_DISAGREE / len(own), rule) for entry, p, rule in own]
            return [Option(entry, p / len(here), rule) for entry, p, rule in here]
        if len(rated) == 1:
            return [Option(*rated[0])]
        main = self.gazetteer.main_locality
        home = [each for each in rated if main is not None and same_place(each[0], main.name)]
        rest = [each for each in rated if each not in home]
        if not home:
            return [Option(entry, p / len(rest), rule) for entry, p, rule in rest]
        left = [Option(entry, p * (1 - P_DEFAULT) / len(rest), rule) for entry, p, rule in rest]
        return [Option(entry, p * P_DEFAULT / len(home), rule) for entry, p, rule in home] + left

    def _anchor(self, mention: Mention | None, where: str) -> Point3006 | None:
        if mention is None:
            return None
        options = self._options(mention, where)
        best = max(options, key=lambda option: option.probability, default=None)
        return point_of(best.entry) if best is not None else None

    def _feature(self, reading: Reading) -> list[Candidate]:
        where = self._where(reading.context)
        mention = reading.mention
        options = self._options(mention, where, reading.other)
        if reading.other is not None and not options:
            mention, options = reading.other, self._options(reading.other, where)
        if not options:
            return self._in_locality(reading, where)
        return [self._thing(option, reading, mention.part) for option in options]

    def _thing(self, option: Option, reading: Reading, part: bool) -> Candidate:
        entry, p, rule = option.entry, option.probability, option.rule
        if entry.kind is EntryKind.STREET:
            return self._street(entry, p)
        radius = max(entry.precision_m, KIND_RADIUS_M.get(entry.kind, _OTHER_RADIUS_M))
        if part:
            radius = max(radius, PART_RADIUS_M)
        if entry.kind is EntryKind.BUS_STOP and key_of(entry.name).endswith("centrum"):
            radius, p, rule = CENTRE_RADIUS_M, p * P_KIND, "centre"
        point = point_of(entry)
        if reading.direction is not None:
            point, radius = shifted(point, radius, reading.direction)
            p, rule = p * P_RELATION, "relation"
        elif reading.relation is not None and reading.other is None:
            radius = max(radius, reading.relation.least_m)
            if reading.relation.name not in ("at", "in_front"):
                p, rule = p * P_RELATION, "relation"
        return candidate(entry.name, point, radius, p, rule, locality_of(entry))

    def _street(self, entry: GazetteerEntry, p: float) -> Candidate:
        return candidate(
            entry.name, point_of(entry), entry.precision_m, p * P_STREET, "street", locality_of(entry)
        )

    def _in_locality(self, reading: Reading, where: str) -> list[Candidate]:
        """What the text names is not in the gazetteer there: the locality is all that is known."""
        mention = reading.mention
        chance = P_ELSEWHERE
        if not where:
            if mention.kind is None or not mention.kind.default or self.gazetteer.main_locality is None:
                return []
            where, chance = self.gazetteer.main_locality.name, P_ELSEWHERE * P_DEFAULT
        return [
            candidate(
                entry.name, point_of(entry), entry.precision_m, chance, "in_locality", locality_of(entry)
            )
            for entry in self._places(where)[:1]
        ]

    def _places(self, name: str) -> list[GazetteerEntry]:
        found = [entry for entry in self.gazetteer.by_name(key_of(name)) if entry.kind in LOCALITY_KINDS]
        return sorted(found, key=lambda entry: entry.kind is not EntryKind.LOCALITY)

    def _locality(self, reading: Reading) -> list[Candidate]:
        found: list[Candidate] = []
        if reading.mention.part and reading.direction is None:
            return self._centre(reading.mention)
        for option in self._options(reading.mention, ""):
            entry = option.entry
            point, radius, p, rule = point_of(entry), entry.precision_m, option.probability, "locality"
            if reading.direction is not None:
                point, radius = shifted(point, max(radius, 1000.0), reading.direction, far=2000.0)
                p, rule = p * P_RELATION, "relation"
            elif reading.relation is not None:
                radius = max(radius, 2 * reading.relation.least_m)
                if reading.relation.name in ("towards", "around", "near"):
                    p, rule = p * P_RELATION, "relation"
            if option.rule == "fuzzy":
                rule = "fuzzy" if rule == "locality" else rule
            found.append(candidate(entry.name, point, radius, p, rule, locality_of(entry), Level.LOCALITY))
        return found

    def _centre(self, mention: Mention) -> list[Candidate]:
        return [
            candidate(
                option.entry.name,
                point_of(option.entry),
                CENTRE_RADIUS_M,
                option.probability * P_KIND,
                "centre",
                locality_of(option.entry),
            )
            for option in self._options(mention, "")
        ]

    def _road(self, reading: Reading) -> list[Candidate]:
        number = reading.mention.road
        if reading.context is None and not self.locality:
            return []
        context = reading.context
        if context is not None and context.is_name and reading.direction is None:
            # "Robertsfors, E4": the municipality's name beside a road that does not pass the town.
            if self.gazetteer.road_stop(number, locality_of(context.hits[0].entry)) is None:
                return []
        hits = context.hits if context is not None else ()
        rated = [(hit.entry, certainty(hit)) for hit in hits if point_of(hit.entry) is not None]
        rated = rated or [(entry, P_NAME[How.EXACT]) for entry in self._places(self.locality)[:1]]
        return [self._road_at(reading, number, entry, p / len(rated)) for entry, p in rated]

    def _road_at(self, reading: Reading, number: str, entry: GazetteerEntry, p: float) -> Candidate:
        stop = self.gazetteer.road_stop(number, entry.name)
        anchor = point_of(stop or entry)
        name = f"{road_name(self.gazetteer, number)}, {entry.name}"
        rule, level = "road_at_locality", Level.SPOT if stop is not None else Level.LOCALITY
        if reading.direction is not None:
            point, radius = self._along(number, anchor, reading.direction)
            if stop is None:
                radius += entry.precision_m
            return candidate(
                name, point, radius, p * P_ROAD_RELATION, "road_relation", locality_of(entry), Level.LOCALITY
            )
        radius = ROAD_STOP_RADIUS_M if stop is not None else max(ROAD_RADIUS_M, entry.precision_m)
        if stop is not None and reading.junction:
            radius = JUNCTION_RADIUS_M
        if reading.relation is not None and reading.relation.name in ("level_with", "around", "near"):
            rule, radius = "road_relation", max(radius, 1.5 * ROAD_STOP_RADIUS_M)
            level = Level.LOCALITY
        p *= P_ROAD_STOP if stop is not None else P_ROAD
        return candidate(name, anchor, radius, p, rule, locality_of(entry), level)

    def _along(
        self, number: str, anchor: Point3006 | None, direction: Direction
    ) -> tuple[Point3006 | None, float]:
        """A shift along the road where its next stop in that direction is known, else by the compass."""
        if anchor is None:
            return None, 0.0
        ahead: list[tuple[float, Point3006]] = []
        for stop in self.gazetteer.road_stops(number):
            there = point_of(stop)
            apart = distance(there, anchor)
            if there is None or not 0 < apart < 15_000:  # noqa: PLR2004 - beyond that the road may turn
                continue
            east, north = (there[0] - anchor[0]) / apart, (there[1] - anchor[1]) / apart
            if east * direction.unit[0] + north * direction.unit[1] > 0.5:  # noqa: PLR2004 - within 60 degrees
                ahead.append((apart, there))
        if not ahead:
            return shifted(anchor, 1000.0, direction, far=2000.0)
        apart, there = min(ahead)
        unit = ((there[0] - anchor[0]) / apart, (there[1] - anchor[1]) / apart)
        half = replace(
            direction, unit=unit, metres=direction.metres or min(apart / 2, default_shift(direction))
        )
        return shifted(anchor, 700.0, half)

    def _crossing(self, reading: Reading) -> list[Candidate]:
        """Without street geometry a crossing is known only to lie where both streets are."""
        ends = [end for end in (reading.mention, reading.other) if end is not None]
        where = self._where(reading.context)
        roads = [end.road for end in ends if end.sort is Sort.ROAD]
        streets = [end for end in ends if is_street(end)]
        label = "/".join(
            road_name(self.gazetteer, end.road) if end.road else end.hits[0].entry.name for end in ends
        )
        if roads and not where and len(streets) == 1:
            options = self._options(streets[0], "")
            where = locality_of(options[0].entry) if len(options) == 1 else ""
        if roads:
            if not where:
                return []
            found: list[Candidate] = []
            for place in self._places(where)[:1]:
                stop = next(
                    (stop for road in roads if (stop := self.gazetteer.road_stop(road, place.name))), None
                )
                radius = ROAD_STOP_RADIUS_M if stop is not None else max(ROAD_RADIUS_M, place.precision_m)
                found.append(
                    candidate(
                        label,
                        point_of(stop or place),
                        radius,
                        P_CROSSING * P_ROAD_STOP,
                        "crossing",
                        locality_of(place),
                    )
                )
            return found
        return self._street_crossing(label, streets, where)

    def _street_crossing(self, label: str, streets: list[Mention], where: str) -> list[Candidate]:
        localities = [{locality_of(hit.entry): hit for hit in street.hits} for street in streets]
        common = sorted(set.intersection(*(set(each) for each in localities)))
        if where and where in common:
            common = [where]
        if not common:
            return self._in_locality(Reading(Form.FEATURE, streets[0]), where) if where else []
        found: list[Candidate] = []
        for place in common:
            hits = [each[place] for each in localities]
            wide = max(hits, key=lambda hit: hit.entry.precision_m).entry
            sure = math.prod(certainty(hit) for hit in hits)
            found.append(
                candidate(
                    label,
                    point_of(wide),
                    wide.precision_m,
                    sure * P_CROSSING / len(common) + 0.05,
                    "crossing",
                    place,
                )
            )
        return found

    def _between(self, reading: Reading) -> list[Candidate]:
        ends: list[Candidate] = []
        for end in (reading.mention, reading.other):
            if end is None or end.sort is Sort.OUTSIDE:
                continue
            form = Form.LOCALITY if end.sort is Sort.LOCALITY else Form.FEATURE
            found = self.place(Reading(form, end))
            ends += found[:1]
        if not ends:
            return []
        if len(ends) == 1:
            # The other end is outside, or not known: from the known end some way towards it.
            only = ends[0]
            radius = max(only.radius_m, 5000.0) if only.level is Level.LOCALITY else max(only.radius_m, 500.0)
            return [replace(only, radius_m=radius, probability=only.probability * 0.6, rule="between")]
        first, second = ends
        if first.point is None or second.point is None:
            return []
        apart = distance(first.point, second.point)
        point = ((first.point[0] + second.point[0]) / 2, (first.point[1] + second.point[1]) / 2)
        radius = apart / 2 + max(first.radius_m, second.radius_m) / 2
        locality = first.locality if first.locality == second.locality else ""
        p = min(first.probability, second.probability) * P_BETWEEN
        return [
            candidate(
                f"{first.name} - {second.name}", point, radius, p, "between", locality or first.locality
            )
        ]


def locality_of(entry: GazetteerEntry) -> str:
    """The locality an entry lies in; a locality or village lies in itself unless it says otherwise."""
    if entry.locality:
        return entry.locality
    return entry.name if entry.kind in LOCALITY_KINDS else ""


def same_place(entry: GazetteerEntry, where: str) -> bool:
    """Whether an entry lies in the locality of a name."""
    return key_of(locality_of(entry)) == key_of(where)


def certainty(hit: Hit) -> float:
    """The probability that the words of a hit mean its entry, if nothing else has that name."""
    if hit.how is not How.FUZZY:
        return P_NAME[hit.how]
    short = _SHORT_FUZZY if len(key_of(hit.entry.name)) <= _SHORT_NAME else 1.0
    return P_EDITS.get(hit.edits, 0.5) * short


def rule_of(hit: Hit) -> str:
    """The rule's name of a plain name."""
    return {How.EXACT: "exact", How.ALIAS: "alias"}.get(hit.how, "fuzzy")


def road_name(gazetteer: Gazetteer, number: str) -> str:
    """A road as people write it."""
    entry = gazetteer.road(number)
    return entry.name if entry is not None else number.upper()


def distance(first: Point3006 | None, second: Point3006 | None) -> float:
    """Metres between two points; infinite where one is not known."""
    if first is None or second is None:
        return math.inf
    return math.hypot(first[0] - second[0], first[1] - second[1])


def default_shift(direction: Direction, far: float = 2000.0) -> float:
    """How far "norr om" is when the text does not say: half as far when it says "strax"."""
    return far / 2 if direction.close else far


def shifted(
    point: Point3006 | None, radius: float, direction: Direction, far: float = 200.0
) -> tuple[Point3006 | None, float]:
    """``point`` moved in a direction. The radius grows by what is not known: most of the way, or a
    third of it where the text says how far."""
    if point is None:
        return None, radius
    metres = direction.metres or default_shift(direction, far)
    moved = (point[0] + direction.unit[0] * metres, point[1] + direction.unit[1] * metres)
    return moved, radius + metres * (1 / 3 if direction.metres else 0.75)


def candidate(
    name: str,
    point: Point3006 | None,
    radius: float,
    probability: float,
    rule: str,
    locality: str,
    level: Level | None = None,
) -> Candidate:
    """A placed candidate; the level follows from the radius unless the rule knows better."""
    if level is None or (level is Level.SPOT and radius >= SPOT_RADIUS_M):
        level = Level.SPOT if radius < SPOT_RADIUS_M else Level.LOCALITY
    return Candidate(name, point, round(radius, 1), round(probability, 3), rule, level, locality)


def outside(mention: Mention) -> Candidate:
    """A name in another municipality: known, and not placed."""
    return Candidate(mention.hits[0].entry.name, None, 0.0, 0.0, "outside", Level.OUTSIDE)


def town_candidate(entry: GazetteerEntry) -> Candidate:
    """The town of the municipality's name, where a text only says the name."""
    return candidate(
        entry.name, point_of(entry), entry.precision_m, P_TOWN, "locality", locality_of(entry), Level.LOCALITY
    )


def best_of(candidates: Iterable[Candidate], most: int = 5) -> tuple[Candidate, ...]:
    """At most ``most`` candidates, best first, each place once."""
    kept: dict[tuple[str, str, Level], Candidate] = {}
    for each in candidates:
        kept.setdefault((each.name, each.locality, each.level), each)
    return tuple(kept.values())[:most]
