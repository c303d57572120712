"""From readings to candidates: a point, an honest radius, a probability and the rule that gave them.

The numbers are first values, set by hand from what each rule can know; docs/geocoding.md explains them.
"""

from dataclasses import replace

from geo.gazetteer import How, point_of
from geo.geocoder.choosing import (
    P_NAME,
    Option,
    certainty,
    distance,
    locality_of,
    rule_of,
)
from geo.geocoder.mention import Mention, Sort
from geo.geocoder.readings import Form, Reading, is_street
from geo.geocoder.single import (
    P_ROAD_STOP,
    ROAD_RADIUS_M,
    ROAD_STOP_RADIUS_M,
    SPOT_RADIUS_M,
    Single,
    candidate,
)
from geo.geocoder.streets import between, crossing, has_line, stretch
from geo.model import Candidate, Level, Point3006

P_CROSSING = 0.8
P_APART = 0.4
"""Two streets whose lines are known and don't meet: something else is meant, and a person should look."""
P_BETWEEN = 0.95
P_HALF_BETWEEN = 0.6
_MOST_CANDIDATES = 5
_ONE_CROSSING_M = 80.0
"""Two streets that meet more than once within this distance have one crossing: it has two carriageways."""


class Placer(Single):
    """Places readings by the entries of one gazetteer. ``locality`` is what the record itself names."""

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

    def _crossing(self, reading: Reading) -> list[Candidate]:
        """Where two streets meet; without their geometry only that it lies where both are."""
        met = self._met(reading)
        if met:
            return met
        ends = [end for end in (reading.mention, reading.other) if end is not None]
        where = self._where(reading.context)
        label = "/".join(self._road_name(end.road) if end.road else end.hits[0].entry.name for end in ends)
        streets = [end for end in ends if is_street(end)]
        roads = [end.road for end in ends if end.sort is Sort.ROAD]
        if not roads:
            return self._street_crossing(label, streets, where)
        if not where and streets:
            options = self.chooser.options(streets[0], None, "")
            where = locality_of(options[0].entry) if len(options) == 1 else ""
        found: list[Candidate] = []
        for place in self._places(where)[:1]:
            stops = [self.gazetteer.road_stop(road, place.name) for road in roads]
            stop = next(filter(None, stops), None)
            radius = ROAD_STOP_RADIUS_M if stop is not None else max(ROAD_RADIUS_M, place.precision_m)
            here = candidate(place, radius, P_CROSSING * P_ROAD_STOP, "crossing")
            found.append(replace(here, name=label, point=point_of(stop or place)))
        return found

    def _met(self, reading: Reading) -> list[Candidate]:
        ends = [self._lines(end, reading) for end in (reading.mention, reading.other) if end is not None]
        if len(ends) < 2 or not all(ends):
            return []
        found: dict[Point3006, Candidate] = {}
        for first in ends[0]:
            for second in ends[1]:
                for spot in crossing(self.gazetteer, first.entry, second.entry):
                    p = min(first.probability, second.probability) * spot.sure
                    here = candidate(first.entry, spot.radius_m, p, spot.rule)
                    label = f"{first.entry.name}/{second.entry.name}"
                    found.setdefault(spot.point, replace(here, name=label, point=spot.point))
        # Two streets named together confirm each other: only where they meet more than once is it open where.
        spots = list(found.values())
        best = max((each.probability for each in spots), default=0.0)
        first_name = min((each.probability for each in spots), default=best)
        spread = _spread(spots)
        if len(spots) > 1 and spread <= _ONE_CROSSING_M:
            middle = _middle(spots)
            return [
                replace(spots[0], point=middle, radius_m=max(spots[0].radius_m, spread), probability=best)
            ]
        return [
            replace(each, probability=round(max(each.probability, first_name) / len(spots), 3))
            for each in spots
        ]

    def _lines(self, end: Mention, reading: Reading) -> list[Option]:
        """The streets or roads with a geometry that one end of a crossing may mean, each as sure as its name."""
        if end.sort is Sort.ROAD:
            road = self.gazetteer.road(end.road)
            known = [Option(road, P_NAME[How.EXACT], "exact")] if road is not None else []
        else:
            known = [Option(hit.entry, certainty(hit), rule_of(hit)) for hit in end.hits]
        return [option for option in known if has_line(option.entry)]

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
            apart = all(has_line(hit.entry) for hit in hits)
            chance = sure * (P_APART if apart else P_CROSSING) / len(common)
            here = candidate(wide, wide.precision_m, chance, "crossing")
            found.append(replace(here, name=label))
        return found

    def _between(self, reading: Reading) -> list[Candidate]:
        spots = self._stretch(reading)
        if spots:
            return spots
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

    def _stretch(self, reading: Reading) -> list[Candidate]:
        """Between two things with a known extent; along a street where one is named."""
        where = self._where(reading.context)
        things = [
            self.chooser.options(end, reading.context, where)
            for end in (reading.mention, reading.other)
            if end is not None and end.sort in (Sort.FEATURE, Sort.KIND)
        ]
        if len(things) < 2 or not all(things):
            return []
        pairs = sorted(
            (
                -(first.probability * second.probability),
                first.entry.geometry.distance(second.entry.geometry),
                one,
                two,
            )
            for one, first in enumerate(things[0])
            for two, second in enumerate(things[1])
        )
        _, _, one, two = pairs[0]
        first, second = things[0][one], things[1][two]
        p = min(first.probability, second.probability) * P_BETWEEN
        name = f"{first.entry.name} - {second.entry.name}"
        if reading.along is not None:
            for street in self._lines(reading.along, reading):
                spot = stretch(self.gazetteer, street.entry, first.entry, second.entry)
                if spot is not None:
                    here = candidate(street.entry, spot.radius_m, p, spot.rule)
                    return [replace(here, name=f"{street.entry.name}, {name}", point=spot.point)]
        if not (has_line(first.entry) or has_line(second.entry)):
            return []
        spot = between(first.entry, second.entry)
        return [replace(candidate(first.entry, spot.radius_m, p, spot.rule), name=name, point=spot.point)]


def _spread(spots: list[Candidate]) -> float:
    """The greatest distance between two of ``spots``, metres."""
    return max((distance(a.point, b.point) for a in spots for b in spots), default=0.0)


def _middle(spots: list[Candidate]) -> Point3006:
    points = [spot.point for spot in spots if spot.point is not None]
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
