"""The base map's tiles, read back with GDAL: what a street's name is written along, what tells tunnels, the sea."""

from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
from pmtiles.reader import MmapSource, Reader, all_tiles
from shapely import Point

from geo.area.package import open_area
from geo.area.tiles import MAX_ZOOM, write_tiles
from geo.model import EntryKind

MAX_TILE = 150_000
"""Bytes of a packed tile: what a phone fetches before it sees a street."""


@pytest.fixture(scope="module")
def tiles(helsinki_area: Path) -> Path:
    return open_area(helsinki_area).basemap


def layer(tiles: Path, name: str, zoom: int = MAX_ZOOM) -> gpd.GeoDataFrame:
    """A layer of the tiles of one zoom, in EPSG:3006."""
    return pyogrio.read_dataframe(tiles, layer=name, ZOOM_LEVEL=str(zoom)).to_crs(3006)


def test_what_can_be_drawn_is_in_it(tiles: Path) -> None:
    names = {name for name, _ in pyogrio.list_layers(tiles)}
    assert {"earth", "water", "green", "grounds", "buildings", "rail", "roads", "streets", "paths"} <= names
    assert {"names", "places", "spots", "numbers"} <= names


def test_tiles_are_small_and_packed_and_tell_where_they_are(tiles: Path) -> None:
    with tiles.open("rb") as file:
        source = MmapSource(file)
        header = Reader(source).header()
        found = {key: data for key, data in all_tiles(source)}
    assert header["max_zoom"] == MAX_ZOOM
    assert header["min_lon_e7"] / 1e7 == pytest.approx(24.9352, abs=1e-3)
    assert all(data.startswith(b"\x1f\x8b") for data in found.values())
    assert max(len(data) for data in found.values()) <= MAX_TILE


def test_a_street_has_its_swedish_name_along_one_long_line(tiles: Path) -> None:
    names = layer(tiles, "names")
    assert {"Mannerheimvägen", "Alexandersgatan", "Norra Esplanaden"} <= set(names["name"])
    assert "Mannerheimintie" not in set(names["name"])
    streets = pyogrio.read_dataframe(tiles.with_name("area.gpkg"), layer="streets")
    edge = streets[streets["name"] == "Mannerheimvägen"].length.max()
    assert names[names["name"] == "Mannerheimvägen"].length.max() > 3 * edge


def test_tunnels_and_bridges_and_steps_are_told_apart(tiles: Path) -> None:
    paths = layer(tiles, "paths")
    assert paths[paths["tunnel"].astype(bool)].length.sum() > 1000
    assert "steps" in set(paths["kind"])
    marks = layer(tiles, "spots")
    unnamed = marks[(marks["kind"] == "tunnel") & (marks["name"].fillna("") == "")]
    assert len(unnamed) >= 20
    streets = pyogrio.read_dataframe(tiles.with_name("area.gpkg"), layer="streets")
    drawn = streets[streets["tunnel"]].union_all()
    assert unnamed.distance(drawn).max() < 5


def test_the_bay_is_water_and_the_square_is_not(tiles: Path) -> None:
    water = layer(tiles, "water").union_all()
    bay, square = gpd.GeoSeries([Point(24.9478, 60.1770), Point(24.9436, 60.1713)], crs=4326).to_crs(3006)
    assert water.contains(bay)
    assert not water.contains(square)


def test_far_away_only_what_is_large_is_drawn(tiles: Path) -> None:
    with tiles.open("rb") as file:
        lowest = {
            each["id"]: each["minzoom"] for each in Reader(MmapSource(file)).metadata()["vector_layers"]
        }
    assert lowest["roads"] < lowest["streets"] < lowest["buildings"]
    assert len(layer(tiles, "roads", 8)) > 0
    for name in ("buildings", "spots", "numbers", "paths"):
        assert len(layer(tiles, name, 10)) == 0


def test_each_name_stands_once(tiles: Path) -> None:
    marks = layer(tiles, "spots")
    stops = marks[(marks["kind"] == EntryKind.BUS_STOP) & (marks["name"] == "Mannerheimvägen")]
    assert stops.geometry.count() <= 4


def test_the_same_area_gives_the_same_bytes(helsinki_area: Path, tmp_path: Path) -> None:
    made = []
    for name in ("one.pmtiles", "other.pmtiles"):
        write_tiles(helsinki_area / "area.gpkg", tmp_path / name, open_area(helsinki_area).info.bbox)
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
