"""The shipped places: that they hold what they say, and that the geocoder finds what people mean by them."""

import csv
import json
import math
from collections import Counter
from pathlib import Path

import pytest

from geo.categories import group_of, is_refused
from geo.clustering import Spot, cluster, name_place
from geo.crs import point_to_wgs84
from geo.gazetteer import load_gazetteer, point_of
from geo.geocoder import Geocoder
from geo.model import NAMING_KINDS, EntryKind, Level

ROOT = Path(__file__).parents[2]
PLACES = ROOT / "data" / "places"
GAZETTEER = load_gazetteer(PLACES / "gazetteer.csv", municipality="Robertsfors")
GEOCODER = Geocoder(GAZETTEER)
CENTRE = (64.191835, 20.84891)
"""What the police's feed gives as the position of every event in the municipality: latitude, longitude."""


def rows(path, delimiter=","):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


EVENTS = rows(PLACES / "police_events.csv")
SURVEY = rows(PLACES / "survey_2022_synthetic.csv", ";")
POLICE_LABELS = rows(ROOT / "tests" / "data" / "police_places_expected.csv")
SURVEY_LABELS = rows(ROOT / "tests" / "data" / "survey_2022_expected.csv")


def points(name):
    """The points of the entries of a name; "name@locality" narrows, "a+b" is the middle of two."""
    if "+" in name:
        first, second = (points(part) for part in name.split("+"))
        return [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a in first for b in second]
    bare, _, locality = name.partition("@")
    found = [
        point_of(entry)
        for entry in GAZETTEER.entries
        if entry.name == bare and (not locality or entry.locality == locality) and point_of(entry) is not None
    ]
    assert found, name
    return found


class TestGazetteer:
    def test_every_row_has_a_source_and_every_point_a_precision(self):
        for entry in GAZETTEER.entries:
            assert entry.source
            assert (point_of(entry) is None) == (entry.precision_m == 0)

    def test_streets_say_that_their_point_is_their_localitys(self):
        streets = [entry for entry in GAZETTEER.entries if entry.kind is EntryKind.STREET]
        assert len(streets) >= 10
        for street in streets:
            assert "geometry = " in street.source
            assert street.precision_m >= 800

    def test_both_skolgatan_are_there(self):
        assert {entry.locality for entry in GAZETTEER.by_name("skolgatan")} == {"Robertsfors", "Ånäset"}

    def test_nothing_with_a_trade_may_name_a_place(self):
        for name in (
            "Coop Robertsfors",
            "OKQ8 Ånäset",
            "Frasses Bygdeå",
            "Apoteket Diamanten",
            "Storgatan 29",
        ):
            (entry,) = GAZETTEER.by_name(name.lower().replace("å", "a").replace("ä", "a"))
            assert entry.kind not in NAMING_KINDS

    def test_no_name_inside_is_also_a_name_outside(self):
        outside = {entry.name for entry in GAZETTEER.entries if entry.kind is EntryKind.OUTSIDE}
        inside = {entry.name for entry in GAZETTEER.entries if entry.kind is not EntryKind.OUTSIDE}
        assert not outside & inside

    def test_the_e4_goes_through_its_stops_from_south_to_north(self):
        layer = json.loads((ROOT / "data" / "layers" / "e4.geojson").read_text(encoding="utf-8"))
        (feature,) = layer["features"]
        line = [tuple(pair) for pair in feature["geometry"]["coordinates"]]
        stops = sorted(
            map(point_to_wgs84, map(point_of, GAZETTEER.road_stops("e4"))), key=lambda pair: pair[1]
        )
        assert line == [pytest.approx(stop, abs=1e-5) for stop in stops]
        assert line == sorted(line, key=lambda pair: pair[1])
        assert feature["properties"]["source"]


class TestPoliceEvents:
    def test_they_are_facts_of_kept_categories(self):
        assert len(EVENTS) == 122
        assert len({event["id"] for event in EVENTS}) == len(EVENTS)
        for event in EVENTS:
            assert group_of(event["category"]) is not None
            assert not is_refused(event["category"])
            assert event["started"] <= event["published"]
            assert len(event["place"]) <= 60

    def test_every_place_is_labelled_by_hand(self):
        assert {(event["place"], event["municipality"]) for event in EVENTS} == {
            (label["place"], label["municipality"]) for label in POLICE_LABELS
        }

    @pytest.mark.parametrize("label", POLICE_LABELS, ids=lambda label: label["place"] or "-")
    def test_each_place_is_found_as_labelled(self, label):
        match = GEOCODER.geocode(label["place"], municipality=label["municipality"])
        expected = label["expected"]
        unplaced = {
            "municipality": Level.MUNICIPALITY,
            "outside": Level.OUTSIDE,
            "several": Level.UNKNOWN,
        }
        if expected in unplaced:
            assert (match.level, match.point) == (unplaced[expected], None)
            return
        here = points(expected)
        if not label["towards"]:
            assert min(math.dist(match.point, point) for point in here) <= 60
            return
        east, north = match.point[0] - here[0][0], match.point[1] - here[0][1]
        assert 400 <= math.hypot(east, north) <= 3000
        assert ("n" in label["towards"]) == (north > abs(east) / 2)
        assert ("s" in label["towards"]) == (-north > abs(east) / 2)
        assert "e" not in label["towards"] or east > 0
        assert "w" not in label["towards"] or east < 0

    def test_none_is_put_at_the_municipalitys_centre(self):
        for event in EVENTS:
            for match in GEOCODER.geocode_all(event["place"], municipality=event["municipality"]):
                if match.point is None:
                    continue
                lon, lat = point_to_wgs84(match.point)
                assert (round(lat, 4), round(lon, 4)) != tuple(round(number, 4) for number in CENTRE)

    def test_streets_of_the_town_stay_at_the_level_of_the_town(self):
        for event in EVENTS:
            match = GEOCODER.geocode(event["place"], municipality=event["municipality"])
            assert match.level is not Level.SPOT or match.locality != "Robertsfors"

    @pytest.mark.parametrize(
        ("sentence", "name"),
        [
            (
                "Föraren av en lastbil fick stopp i diket utmed E4, strax intill Gumboda, på torsdagen.",
                "E4, Gumboda",
            ),
            ("Under kvällen kontrollerade en patrull ett trettiotal bilar i Överklinten", "Överklinten"),
            (
                "En personbil hamnade på taket vid länsväg 670 i Jomark, ingen ska vara skadad",
                "väg 670, Jomark",
            ),
        ],
    )
    def test_a_whole_sentence_is_read_for_its_place(self, sentence, name):
        matches = GEOCODER.geocode_all(sentence, municipality="Robertsfors")
        assert [match.name for match in matches] == [name]


class TestSurvey:
    def test_it_says_that_it_is_synthetic_on_every_row(self):
        assert {row["syntetisk"] for row in SURVEY} == {"ja"}
        assert len(SURVEY) >= 180
        assert len({row["svars-id"] for row in SURVEY}) == len(SURVEY)
        answers = Counter(row["respondent"] for row in SURVEY)
        assert len(answers) >= 90
        assert max(answers.values()) <= 4

    def test_every_place_text_is_labelled_by_hand(self):
        assert {row["plats"] for row in SURVEY} == {label["text"] for label in SURVEY_LABELS}

    @pytest.mark.parametrize("label", SURVEY_LABELS, ids=lambda label: label["text"])
    def test_each_text_is_found_as_labelled(self, label):
        matches = GEOCODER.geocode_all(label["text"])
        if label["expected"] in ("-", "OUT"):
            assert [match.point for match in matches] == [None]
            assert (matches[0].level is Level.OUTSIDE) == (label["expected"] == "OUT")
            return
        expected = label["expected"].split("&")
        assert len(matches) == len(expected)
        for match, name in zip(matches, expected, strict=True):
            reach = match.radius_m if match.rule == "relation" else 60
            assert min(math.dist(match.point, point) for point in points(name)) <= reach

    def test_the_answers_make_places_and_none_is_named_after_a_shop(self):
        spots = [
            Spot(10 * number + part, row["respondent"], match.point, match.radius_m, match.probability)
            for number, row in enumerate(SURVEY)
            for part, match in enumerate(GEOCODER.geocode_all(row["plats"]))
            if match.level is Level.SPOT
        ]
        places = cluster(spots)
        shown = [place for place in places if place.respondents >= 5]
        assert 8 <= len(shown) <= 14
        assert len(places) - len(shown) >= 15
        names = [name_place(place.centre, GAZETTEER) for place in shown]
        assert len({(name.anchor, name.distance_m, name.direction) for name in names}) == len(shown)
        assert {"Robertsfors busstation", "Stantorsvallen", "Ånäset busstation"} <= {
            name.anchor for name in names
        }
        assert all(name.kind in NAMING_KINDS for name in names)


def test_every_rule_that_answers_is_documented():
    page = (ROOT / "docs" / "geocoding.md").read_text(encoding="utf-8")
    asked = [(label["text"], "") for label in SURVEY_LABELS]
    asked += [(label["place"], label["municipality"]) for label in POLICE_LABELS]
    rules = {
        match.rule
        for text, municipality in asked
        for match in GEOCODER.geocode_all(text, municipality=municipality)
    }
    assert len(rules) >= 15
    assert all(f"| `{rule}` |" in page for rule in rules)
