"""Ways to name a place that a town has and central Helsinki hasn't, one by one, on the made-up town."""

from itertools import pairwise

import pytest
from shapely.geometry import Point

from geo.area.package import open_area
from geo.gazetteer import Gazetteer
from geo.geocoder import Geocoder
from geo.model import EntryKind, Level


@pytest.fixture(scope="module")
def geocoder(town_area):
    return Geocoder(Gazetteer(open_area(town_area).entries()))


@pytest.fixture(scope="module")
def village(geocoder):
    """The name of one of the villages round the town."""
    return next(
        each.name for each in geocoder.gazetteer.of_kinds([EntryKind.LOCALITY]) if each.name != "Granfors"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Storgatan/Kungsgatan", "där Storgatan och Kungsgatan möts", "där Storgatan går ihop med Kungsgatan",
        "Storgatan i korsningen med Kungsgatan", "Storgatan, korsningen med Kungsgatan", "Storgatan korsning Kungsgatan",
        "gathörnet Storgatan Kungsgatan", "trafikljusen Storgatan Kungsgatan", "Storgatan och Kungsgatans korsning",
        "korsningen Storgatan, Kungsgatan", "korsningen Storgatan & Kungsgatan", "svängen från Storgatan in på Kungsgatan",
        "Storgatan mot Kungsgatan i korsningen", "Storg. x Kungsg.", "korsningen Storg. och Kungsg.", "Storgatan - Kungsgatan", "storgatan hörnet kungsgatan",
    ],
)  # fmt: skip
def test_two_streets_that_meet(geocoder, text):
    (match,) = geocoder.geocode_all(text)
    assert (match.rule, set(match.name.split("/"))) == ("crossing", {"Storgatan", "Kungsgatan"})


@pytest.mark.parametrize(
    "text",
    ["mellan Coop & Simhallen", "emellan Coop och Simhallen", "sträckan Coop till Simhallen", "från Coop till Simhallen", "biten mellan Coop och Simhallen"],
)  # fmt: skip
def test_what_lies_between(geocoder, text):
    (match,) = geocoder.geocode_all(text)
    assert (match.rule, match.name) == ("between", "Coop - Simhallen")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Granfors k:a", "Granfors kyrka"), ("Brandstn", "Brandstationen"), ("N:a Esplanaden", "Norra Esplanaden"),
        ("l:a torget", "Lilla torget"), ("granfors bibl.", "Granfors bibliotek"), ("Stadsp.", "Stadsparken"),
        ("Bergssk.", "Bergsskolan"), ("Flokets hus", "Folkets hus"), ("Apoteket Hojrten", "Apoteket Hjorten"),
        ("Galleria Grändenparkeringen", "Galleria Gränden"),
    ],
)  # fmt: skip
def test_short_for_a_name(geocoder, text, name):
    assert geocoder.geocode(text).name == name


def test_a_shop_whose_name_has_an_apostrophe(geocoder, village):
    assert geocoder.geocode(f"handlar'n i {village.lower()}").name == f"Handlar'n i {village}"


def test_a_street_s_cycle_path_is_the_street(geocoder):
    assert geocoder.geocode("Storgatans cykelbana").name == "Storgatan"


def test_a_path_by_a_thing_is_where_it_comes_nearest(geocoder):
    things = [each for each in geocoder.gazetteer.entries if each.kind is EntryKind.BUS_STOP and each.name]
    paths = geocoder.gazetteer.of_kinds([EntryKind.PATH])
    seen = 0
    for thing in things:
        match = geocoder.geocode(f"gångvägen vid hållplatsen {thing.name}")
        if any(match.name == path.name for path in paths):
            seen += 1
            assert thing.geometry.distance(Point(match.point)) < 150
    assert seen


def test_several_with_words_between_that_list_them(geocoder):
    for text in (
        "Coop men även bakom Simhallen",
        "dels vid Coop, dels Simhallen",
        "Coop samt utanför Simhallen",
    ):
        assert [match.name for match in geocoder.geocode_all(text)] == ["Coop", "Simhallen"]


@pytest.mark.parametrize(
    "text", ["gångtunnlar", "vid en skola", "busshållplatser överlag", "i parkeringshus", "alla broar"]
)
def test_any_of_a_kind_is_no_place(geocoder, text):
    assert geocoder.geocode(text).point is None


@pytest.mark.parametrize(
    "text",
    [
        "simhallen i Lund",
        "Stadsparken i Lund",
        "Mörby centrum",
        "Sundbyholms centrum",
        "Vinbergs simhall",
        "Mjölnarlunda skola",
    ],
)
def test_a_thing_of_an_unknown_name_is_not_the_one_here(geocoder, text):
    assert geocoder.geocode(text).probability < 0.5


def test_a_road_passes_a_town_of_the_municipality_s_name(geocoder):
    match = geocoder.geocode("E4 vid Granfors")
    road = geocoder.gazetteer.road("e4")
    assert match.rule == "road_at_locality"
    assert road.geometry.distance(Point(match.point)) < 1
    assert geocoder.geocode("E4 Granfors kommun").level is Level.MUNICIPALITY


def test_streets_that_do_not_meet_are_not_one_place(geocoder):
    streets = [
        each for each in geocoder.gazetteer.of_kinds([EntryKind.STREET]) if each.locality == "Granfors"
    ]
    first, second = next(
        (one, two) for one, two in pairwise(streets) if one.geometry.distance(two.geometry) > 300
    )
    assert geocoder.geocode(f"där {first.name} möter {second.name}").probability < 0.5


def test_a_house_of_the_public_is_the_one_that_is_called_so(geocoder, village):
    assert geocoder.geocode("polishuset").name == "Polishuset"
    assert geocoder.geocode("tingshuset").point is None
    found = geocoder.geocode(f"bygdegården i {village}")
    assert found.name == f"{village} bygdegård"


def test_metres_written_together_with_their_number(geocoder):
    apart, together = (geocoder.geocode(f"{words} norr om Polishuset") for words in ("200 m", "200m"))
    assert apart.point == together.point
    assert apart.point != geocoder.geocode("norr om Polishuset").point
