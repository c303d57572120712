import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from geo.gazetteer import Gazetteer, load_gazetteer, point_of
from geo.geocoder import NOT_PLACED, Geocoder
from geo.model import EntryKind, GazetteerEntry, Level

DATA = Path(__file__).parents[2] / "data" / "places"
GAZETTEER = load_gazetteer(DATA / "gazetteer.csv", municipality="Robertsfors")
GEOCODER = Geocoder(GAZETTEER)
PLACE_WORDS = """
    E4 Sikeå Skolgatan / , . ; och mellan Coop ICA busstationen tätorten centrum skolan norr om 300 m Umeå kommun
    Robertsfors vid bakom mot från till korsningen 651:an väg Ånäset Storg. 29 - i hållplatsen 2,5 km strax Bullmark
"""


def spot(name, locality=""):
    """The point of the entry of a name."""
    found = [each for each in GAZETTEER.entries if each.name == name and point_of(each) is not None]
    (entry,) = [each for each in found if not locality or each.locality == locality]
    return point_of(entry)


def places(text, **record):
    return [match.name for match in GEOCODER.geocode_all(text, **record)]


class TestNames:
    @pytest.mark.parametrize(
        ("text", "rule", "name"),
        [
            ("Tundalsskolan", "exact", "Tundalsskolan"),
            ("tundalsskolans", "exact", "Tundalsskolan"),
            ("TUNDALSSKOLAN", "exact", "Tundalsskolan"),
            ("Tundals skolan", "exact", "Tundalsskolan"),
            ("Tundalskola", "alias", "Tundalsskolan"),
            ("Stantorsvallens parkering", "exact", "Stantorsvallen"),
            ("busstationen på kvällen", "alias", "Robertsfors busstation"),
            ("Robertsfors busstation", "exact", "Robertsfors busstation"),
            ("Ånäset busstn", "alias", "Ånäset busstation"),
            ("anaset busstation", "exact", "Ånäset busstation"),
            ("Storg 29", "exact", "Storgatan 29"),
            ("storg. 29", "exact", "Storgatan 29"),
            ("ICA-parkeringen", "alias", "ICA Supermarket Robertsfors"),
            ("icaparkeringen", "alias", "ICA Supermarket Robertsfors"),
            ("Stantorsvalen", "fuzzy", "Stantorsvallen"),
            ("Stantros vallen", "fuzzy", "Stantorsvallen"),
            ("stantorvallen", "fuzzy", "Stantorsvallen"),
            ("Jenningskolan", "alias", "Jenningsskolan"),
            ("bussstationen", "fuzzy", "Robertsfors busstation"),
            ("Frasses", "alias", "Frasses Bygdeå"),
            ("utanför apoteket", "alias", "Apoteket Diamanten"),
            ("macken", "kind", "OKQ8 Robertsfors"),
            ("macken i Bygdeå", "kind", "Qstar Bygdeå"),
            ("skolan i Ånäset", "kind", "Nybyskolan"),
            ("hållplatsen i Jomark", "kind", "Jomark"),
            ("hållplatsen vid Tundalsskolan", "kind", "Robertsfors Tundalsskolan"),
        ],
    )
    def test_things_are_found_as_people_name_them(self, text, rule, name):
        match = GEOCODER.geocode(text)
        assert (match.rule, match.name, match.level) == (rule, name, Level.SPOT)
        assert match.point is not None
        assert match.candidates[0].name == name

    @pytest.mark.parametrize(
        ("text", "rule", "name"),
        [
            ("Jomark", "locality", "Jomark"),
            ("overklinten", "locality", "Överklinten"),
            ("Överklintn", "fuzzy", "Överklinten"),
            ("Ånesset", "fuzzy", "Ånäset"),
            ("V. Sjulsmark", "locality", "Västra Sjulsmark"),
            ("Sjulsmark", "locality", "Sjulsmark"),
            ("tätorten", "locality", "Robertsfors"),
            ("Tätprten", "locality", "Robertsfors"),
            ("Robertsfors tätort", "locality", "Robertsfors"),
            ("Bygdeå samhälle", "locality", "Bygdeå"),
            ("biblioteket i Ånäset", "in_locality", "Ånäset"),
            ("ICA i Ånäset", "in_locality", "Ånäset"),
            ("Storgatan i Ånäset", "in_locality", "Ånäset"),
        ],
    )
    def test_localities_are_a_level_of_their_own(self, text, rule, name):
        match = GEOCODER.geocode(text)
        assert (match.rule, match.name, match.level) == (rule, name, Level.LOCALITY)

    def test_a_street_without_geometry_is_no_better_than_its_locality(self):
        match = GEOCODER.geocode("Idrottsv. 4")
        assert (match.rule, match.name, match.level) == ("street", "Idrottsvägen", Level.LOCALITY)
        assert match.radius_m >= 800

    def test_an_unknown_house_number_is_not_the_known_one(self):
        assert GEOCODER.geocode("Storgatan 31").rule == "street"

    @pytest.mark.parametrize("text", ["Robertsfors centrum", "centrum", "centrala Robertsfors"])
    def test_the_middle_of_a_locality(self, text):
        match = GEOCODER.geocode(text)
        assert (match.rule, match.locality, match.level) == ("centre", "Robertsfors", Level.SPOT)
        assert match.radius_m >= 250

    def test_the_middle_is_the_stop_of_that_name_either_way_round(self):
        stop = spot("Bygdeå Centrum")
        assert GEOCODER.geocode("Bygdeå centrum").point == stop
        assert GEOCODER.geocode("centrum i Bygdeå").point == stop


class TestWhichOne:
    @pytest.mark.parametrize(
        ("text", "locality"),
        [
            ("Skolgatan, Ånäset", "Ånäset"),
            ("Ånäset, Skolgatan", "Ånäset"),
            ("Skolgatan, det är mörkt där. Bor i Ånäset", "Ånäset"),
            ("skolgatan i robertsfors", "Robertsfors"),
            ("Skolgatan", "Robertsfors"),
            ("Coop i Ånäset", "Ånäset"),
            ("Coop", "Robertsfors"),
        ],
    )
    def test_a_locality_named_anywhere_decides_else_the_main_one(self, text, locality):
        match = GEOCODER.geocode(text)
        assert match.locality == locality
        assert {each.locality for each in match.candidates} >= {locality}

    def test_what_is_not_said_costs_probability(self):
        named = GEOCODER.geocode("Skolgatan i Robertsfors")
        unnamed = GEOCODER.geocode("Skolgatan")
        assert unnamed.probability < named.probability
        assert [each.locality for each in unnamed.candidates] == ["Robertsfors", "Ånäset"]

    def test_the_records_own_locality_decides_too(self):
        assert GEOCODER.geocode("Skolgatan", locality="Ånäset").locality == "Ånäset"
        assert GEOCODER.geocode("mörkt", locality="Ånäset").name == "Ånäset"
        assert GEOCODER.geocode("Skolgatan i Robertsfors", locality="Ånäset").locality == "Robertsfors"

    def test_two_schools_are_two_candidates_and_neither_is_sure(self):
        match = GEOCODER.geocode("vid skolan")
        assert {each.name for each in match.candidates} >= {"Tundalsskolan", "Jenningsskolan"}
        assert match.probability < 0.5

    def test_a_misspelt_name_is_less_sure_the_more_edits(self):
        exact, one, two = (
            GEOCODER.geocode(text).probability for text in ("Tundalsskolan", "Tundolsskolan", "Tondolsskolan")
        )
        assert exact > one > two > 0.5


class TestRelations:
    def test_behind_widens_the_radius(self):
        plain, behind = GEOCODER.geocode("ICA"), GEOCODER.geocode("bakom den gamla ICA-butiken")
        assert behind.rule == "relation"
        assert behind.point == plain.point
        assert behind.radius_m > plain.radius_m
        assert behind.probability < plain.probability

    def test_towards_a_thing_is_the_way_to_it(self):
        match = GEOCODER.geocode("gångvägen mot Stantorsvallen mörkt o läskigt")
        assert (match.rule, match.name) == ("relation", "Stantorsvallen")
        assert match.radius_m >= 300

    def test_a_distance_and_a_direction_move_the_point(self):
        match = GEOCODER.geocode("300 m söder om busstationen")
        east, north = spot("Robertsfors busstation")
        assert match.point == pytest.approx((east, north - 300))
        assert 100 <= match.radius_m <= 300

    def test_a_decimal_comma_is_part_of_the_number(self):
        east, north = spot("Sikeå")
        assert GEOCODER.geocode("2,5 km söder om Sikeå").point == pytest.approx((east, north - 2500))

    def test_between_two_things_lies_the_middle(self):
        match = GEOCODER.geocode("mellan Coop och busstationen")
        assert match.rule == "between"
        assert len(GEOCODER.geocode_all("mellan Coop och busstationen")) == 1
        a, b = spot("Coop Robertsfors"), spot("Robertsfors busstation")
        assert match.point == pytest.approx(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2))
        assert match.radius_m >= math.dist(a, b) / 2

    def test_between_a_place_here_and_one_outside_is_near_the_one_here(self):
        match = GEOCODER.geocode("Åkullsjön-Bygdsiljum")
        assert (match.rule, match.name, match.level) == ("between", "Åkullsjön", Level.LOCALITY)
        assert match.radius_m >= 5000

    def test_a_thing_beside_a_thing_is_one_place(self):
        assert places("macken bakom Coop") == ["OKQ8 Robertsfors"]
        assert places("Storgatan utanför Systembolaget") == ["Systembolaget Robertsfors"]


class TestRoads:
    @pytest.mark.parametrize("text", ["E4, Sikeå", "E4 Sikeå", "Sikeå, E4", "e 4 sikea", "E4:an i Sikeå"])
    def test_the_stop_by_the_road_anchors_it(self, text):
        match = GEOCODER.geocode(text)
        assert (match.rule, match.level, match.locality) == ("road_at_locality", Level.SPOT, "Sikeå")
        assert match.point == spot("Sikeå E4")
        assert match.radius_m >= 500

    def test_a_crossing_of_the_road_is_nearer_the_stop(self):
        match = GEOCODER.geocode("E4-korsningen i Sikeå")
        assert match.point == spot("Sikeå E4")
        assert match.radius_m <= 300

    def test_a_road_without_stops_is_somewhere_by_the_locality(self):
        match = GEOCODER.geocode("länsväg 670, Jomark")
        assert (match.rule, match.level) == ("road_at_locality", Level.LOCALITY)
        assert match.point == pytest.approx(spot("Jomark", "Jomark"), abs=1)

    def test_north_of_a_locality_is_towards_the_roads_next_stop(self):
        match = GEOCODER.geocode("E4 strax norr om Ånäset")
        here, ahead = spot("Ånäset E4"), spot("Grimsmark E4")
        assert match.rule == "road_relation"
        assert match.level is Level.LOCALITY
        assert 500 <= math.dist(here, match.point) <= 1500
        assert math.dist(match.point, ahead) < math.dist(here, ahead)
        assert match.radius_m >= 700

    def test_close_by_is_nearer_than_not_close(self):
        anchor = spot("Djäkneboda E4")
        close = GEOCODER.geocode("E4 strax söder om Djäkneboda")
        far = GEOCODER.geocode("E4 söder om Djäkneboda")
        assert math.dist(close.point, anchor) < math.dist(far.point, anchor)
        assert close.radius_m < far.radius_m

    def test_an_unknown_name_on_the_way_is_no_look_alike(self):
        match = GEOCODER.geocode("E4 i höjd med Ösjön, söder om Djäkneboda")
        assert (match.rule, match.locality) == ("road_relation", "Djäkneboda")
        assert match.point[1] < spot("Djäkneboda E4")[1]

    @pytest.mark.parametrize("text", ["E4", "väg 651", "Robertsfors, E4", "E4 rastplats Granberget"])
    def test_a_road_alone_runs_through_the_whole_municipality(self, text):
        match = GEOCODER.geocode(text)
        assert (match.rule, match.level, match.point) == ("municipality_only", Level.MUNICIPALITY, None)


class TestCrossings:
    @pytest.mark.parametrize(
        "text",
        [
            "Skolgatan/Strandvägen",
            "korsningen Skolgatan och Strandvägen",
            "där Skolgatan möter Strandvägen",
            "Skolg./Strandv.",
        ],
    )
    def test_two_streets_lie_where_both_are(self, text):
        (match,) = GEOCODER.geocode_all(text)
        assert (match.rule, match.locality, match.level) == ("crossing", "Robertsfors", Level.LOCALITY)
        assert match.name == "Skolgatan/Strandvägen"

    def test_streets_that_do_not_meet_are_left_to_a_person(self):
        def street(name, north):
            line = LineString([(600_000, 6_600_000 + north), (600_800, 6_600_000 + north)])
            return GazetteerEntry(name, name, EntryKind.STREET, line, 400, "t", "Storby")

        apart = Geocoder(Gazetteer([street("Annegatan", 0), street("Unionsgatan", 700)]))
        assert apart.geocode("Annegatan/Unionsgatan").probability < 0.5
        near = Geocoder(Gazetteer([street("Annegatan", 0), street("Unionsgatan", 20)]))
        assert near.geocode("Annegatan/Unionsgatan").probability > 0.9

    def test_a_road_and_a_street_meet_at_the_roads_stop(self):
        match = GEOCODER.geocode("Ånäset, vid E4/Skolgatan")
        assert (match.rule, match.locality) == ("crossing", "Ånäset")
        assert match.point == spot("Ånäset E4")


class TestSeveral:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("busstationen o stantorsvallen", ["Robertsfors busstation", "Stantorsvallen"]),
            ("Coop, ICA", ["Coop Robertsfors", "ICA Supermarket Robertsfors"]),
            ("Ånäset och Bygdeå", ["Ånäset", "Bygdeå"]),
            ("Tundalsskolan och tundalsskolan", ["Tundalsskolan"]),
            ("jenningsskolan; macken i Bygdeå", ["Jenningsskolan", "Qstar Bygdeå"]),
            ("busstationen. Finns också: Coop i Ånäset", ["Ånäset busstation", "Coop Ånäset"]),
        ],
    )
    def test_every_place_of_a_text_is_returned_once(self, text, expected):
        assert places(text) == expected

    def test_the_best_is_the_most_exactly_known(self):
        assert GEOCODER.geocode("Ånäset och busstationen i Robertsfors").name == "Robertsfors busstation"

    def test_a_locality_that_only_leads_to_a_nearer_one_is_not_another_place(self):
        assert places("Sikeå, vid Laxbacken") == ["Laxbacken"]


class TestNowhere:
    @pytest.mark.parametrize(
        "text",
        ["vet ej", "Vet inte", "överallt", "hemma", "på kvällen", "", " ", "-", "?", "...", "i din mamma", "Mordor",
         "inget", "ingenstans", "alla mörka gångvägar", "nere vid ån", "utanför mitt hus", "12345", "😀"],
    )  # fmt: skip
    def test_no_place_is_no_place(self, text):
        (match,) = GEOCODER.geocode_all(text)
        assert (match.level, match.rule, match.point) == (Level.UNKNOWN, "unknown", None)
        assert match.probability == 0

    @pytest.mark.parametrize(
        "word",
        ["mörkt", "läskigt", "gatan", "huset", "kvällen", "parken", "vallen", "näset", "brände", "bäcken", "lägre",
         "vinna", "boken", "vända", "skadan", "granen", "nöjet", "medlem", "situationen", "polisens", "belysningen",
         "stränder", "branden", "samtalet", "robotarna", "storslagen", "skolarbete", "stationerad", "parkerade"],
    )  # fmt: skip
    def test_a_common_word_is_no_misspelt_name(self, word):
        match = GEOCODER.geocode(word)
        assert match.rule == "unknown", match
        assert GEOCODER.geocode(f"mörkt {word} och läskigt").rule == "unknown"

    def test_a_name_that_is_a_word_needs_its_capital(self):
        assert GEOCODER.geocode("E4 Vallen").locality == "Vallen"
        assert GEOCODER.geocode("Näset").name == "Näset"

    @pytest.mark.parametrize(
        "text", ["Robertsfors", "Robertsfors kommun", "hela kommunen", "Hela Robertsfors"]
    )
    def test_the_municipalitys_name_alone_is_no_point(self, text):
        match = GEOCODER.geocode(text)
        assert (match.rule, match.level, match.point) == ("municipality_only", Level.MUNICIPALITY, None)

    def test_the_town_of_that_name_is_a_candidate(self):
        match = GEOCODER.geocode("Robertsfors")
        assert [(each.level, each.probability) for each in match.candidates[1:]] == [(Level.LOCALITY, 0.5)]

    def test_in_the_name_means_the_town_unless_the_source_names_the_municipality_anyway(self):
        assert GEOCODER.geocode("i Robertsfors").level is Level.LOCALITY
        assert GEOCODER.geocode("i Robertsfors", municipality="Robertsfors").level is Level.MUNICIPALITY

    def test_a_record_of_the_municipality_without_a_place_is_somewhere_in_it(self):
        assert GEOCODER.geocode("", municipality="Robertsfors kommun").level is Level.MUNICIPALITY


class TestOutside:
    @pytest.mark.parametrize(
        "text",
        ["Umeå", "Lövånger", "Skellefteå busstation", "Coop Umeå", "Storgatan i Skellefteå", "Umeå kommun",
         "Robertsforsvägen, Bullmark", "Bygdsiljum, vid Robertsforsvägen", "Skelefteå"],
    )  # fmt: skip
    def test_names_outside_are_never_a_look_alike_inside(self, text):
        match = GEOCODER.geocode(text)
        assert (match.rule, match.level, match.point) == ("outside", Level.OUTSIDE, None)

    def test_a_place_outside_on_the_way_does_not_move_what_is_here(self):
        assert GEOCODER.geocode("bussen från Umeå, busstationen").name == "Robertsfors busstation"

    def test_the_records_municipality_decides_before_any_word(self):
        assert GEOCODER.geocode("Skolgatan", municipality="Umeå").rule == "outside"
        assert GEOCODER.geocode("Skolgatan", municipality="Robertsfors").rule == "street"

    def test_a_county_is_a_digest_over_several_municipalities(self):
        match = GEOCODER.geocode("Umeå och Robertsfors", municipality="Västerbottens län")
        assert (match.rule, match.level, match.point) == ("several_municipalities", Level.UNKNOWN, None)


class TestAlways:
    @settings(max_examples=150, deadline=None)
    @given(st.text(max_size=120))
    def test_any_text_gets_an_honest_answer(self, text):
        check(GEOCODER.geocode_all(text))

    @settings(max_examples=200, deadline=None)
    @given(
        st.lists(
            st.sampled_from(PLACE_WORDS.split()),
            max_size=14,
        ).map(" ".join)
    )
    def test_any_mixture_of_place_words_gets_an_honest_answer(self, text):
        check(GEOCODER.geocode_all(text))

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=80))
    def test_the_same_text_gets_the_same_answer_from_a_new_geocoder(self, text):
        assert Geocoder(GAZETTEER).geocode_all(text) == GEOCODER.geocode_all(text)

    def test_the_order_of_the_gazetteer_does_not_matter(self):
        other = Geocoder(Gazetteer(reversed(GAZETTEER.entries)))
        for text in ("Skolgatan", "skolan", "Coop", "busstationen", "macken", "E4 strax norr om Ånäset"):
            assert other.geocode(text) == GEOCODER.geocode(text)

    def test_an_empty_gazetteer_knows_nothing(self):
        empty = Geocoder(Gazetteer([]))
        assert empty.geocode("busstationen").level is Level.UNKNOWN
        assert empty.geocode("busstationen i Robertsfors").level is Level.OUTSIDE

    def test_another_municipality_works_as_well(self):
        def entry(name, kind, locality=""):
            return GazetteerEntry(name + locality, name, kind, Point(600_000, 6_600_000), 400, "t", locality)

        other = Geocoder(
            Gazetteer(
                [
                    GazetteerEntry("m", "Vallby", EntryKind.MUNICIPALITY, Point(), 0, "t"),
                    entry("Storby", EntryKind.LOCALITY),
                    entry("Kungsgatan", EntryKind.STREET, "Storby"),
                ]
            )
        )
        assert other.geocode("Kungsg. 4").name == "Kungsgatan"
        assert other.geocode("tätorten").name == "Storby"
        assert other.geocode("x", municipality="Robertsfors").level is Level.OUTSIDE
        assert other.geocode("x", municipality="Vallby kommun").level is Level.MUNICIPALITY


def check(matches):
    assert matches
    for match in matches:
        assert (match.point is None) == (match.level not in (Level.SPOT, Level.LOCALITY))
        assert (match.point is None) == (match.rule in NOT_PLACED)
        assert 1 <= len(match.candidates) <= 5
        assert match.candidates[0].rule == match.rule
        assert 0 <= match.probability <= 1
        if match.point is not None:
            assert match.radius_m > 0 and match.probability > 0
            assert all(math.isfinite(number) for number in (*match.point, match.radius_m))
    if len(matches) > 1:
        assert all(match.point is not None for match in matches)
