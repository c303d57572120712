"""The town and the village that are made up: they have what central Helsinki can't show, and are built as any area."""

from collections import Counter

import pytest
from shapely.geometry import Point

from benchmarks.settlements import write_town
from geo.area.package import open_area
from geo.boundaries import municipality
from geo.gazetteer import Gazetteer
from geo.geocoder import Geocoder


@pytest.fixture(scope="module")
def town(town_area):
    return open_area(town_area)


def test_cycleways_are_lit_unlit_and_not_said_to_be_either(town):
    streets = town.layer("streets")
    cycleways = streets[streets["highway"] == "cycleway"]
    metres = cycleways.groupby("lit")["length_m"].sum()
    assert set(metres.index) == {"yes", "no", "unknown"}
    assert metres.min() > 1_000
    assert cycleways["walkable"].all()
    assert set(streets[streets["tunnel"]]["lit"]) == {"yes", "no", "unknown"}
    assert streets["bridge"].sum() >= 4
    assert streets["steps"].any()


def test_people_live_there_and_numbers_are_missing(town):
    buildings = town.layer("buildings")
    homes = buildings[buildings["residential"] == "yes"]
    assert len(homes) > 800
    assert homes[homes["kind"] == "apartments"]["dwellings"].gt(5).all()
    numbers = {
        int(entry.name.split()[-1]) for entry in town.entries() if entry.streets == ("Storgatan",) and entry.kind == "address"
    }  # fmt: skip
    assert set(range(min(numbers), max(numbers))) - numbers


def test_its_things_lie_in_its_localities_and_in_the_municipality(town):
    boundary = municipality("2409").boundary
    entries = [entry for entry in town.entries() if not entry.geometry.is_empty]
    assert all(boundary.contains(Point(entry.geometry.centroid)) for entry in entries)
    assert len({entry.locality for entry in entries if entry.kind == "address"}) == 4


def test_a_village_has_a_road_a_tunnel_and_no_railway(village_area):
    village = open_area(village_area)
    streets = village.layer("streets")
    assert streets["tunnel"].sum() == 1
    assert {"no", "unknown"} <= set(streets[streets["highway"] == "cycleway"]["lit"])
    assert len(village.layer("rail")) == 0
    kinds = Counter(entry.kind.value for entry in village.entries())
    assert kinds["road"] == 1
    assert kinds["address"] > 50


def test_the_geocoder_finds_its_way(town):
    geocoder = Geocoder(Gazetteer(town.entries()))
    assert geocoder.geocode("Stationstunneln").name == "Stationstunneln"
    assert geocoder.geocode("korsningen Storgatan/Kungsgatan").rule == "crossing"


def test_another_seed_is_another_town(tmp_path):
    for file, seed in (("one", 1), ("again", 1), ("other", 2)):
        write_town(tmp_path / file, seed=seed)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "again").read_bytes()
    assert (tmp_path / "one").read_bytes() != (tmp_path / "other").read_bytes()
