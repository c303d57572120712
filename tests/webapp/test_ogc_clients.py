"""The open data through clients that aren't ours: GDAL's OAPIF driver in pyogrio's build, and Debian's ogrinfo."""

import shutil
import subprocess
from collections.abc import Iterator

import geopandas as gpd
import pyogrio
import pytest
from handmade import PLACES, fill
from readers import serving

from geo.crs import to_3006

INSTALL = "sudo apt-get install --yes --no-install-recommends gdal-bin"
LAYERS = {
    "places",
    "measures",
    "incident-areas",
    "incident-localities",
    "layer-land",
    "layer-municipality",
    "layer-e4",
    "layer-station_area",
    "layer-localities",
    "layer-stops",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What a client is given: the address of a served site with the picture made by hand."""
    folder = tmp_path_factory.mktemp("clients")
    url = f"sqlite:///{folder / 'trygg.sqlite'}"
    fill(url)
    with serving(url, folder / "log") as site:
        yield f"OAPIF:{site}/api"


def test_gdal_lists_every_collection(address: str) -> None:
    assert {name for name, _kind in pyogrio.list_layers(address)} == LAYERS


def test_geopandas_reads_places_where_they_are(address: str) -> None:
    frame = gpd.read_file(address, layer="places", CRS="EPSG:3006")
    assert frame.crs.to_epsg() == 3006
    expected = sorted(to_3006(lon, lat, 4326) for _anchor, _locality, lon, lat, *_rest in PLACES)
    found = sorted((point.x, point.y) for point in frame.geometry)
    # Whole metres: the client would put them in Africa if it and we differed about which axis comes first.
    assert [value for point in found for value in point] == pytest.approx(
        [value for point in expected for value in point], abs=0.51
    )


def test_in_degrees_longitude_comes_first(address: str) -> None:
    frame = gpd.read_file(address, layer="places", CRS="OGC:CRS84")
    expected = sorted((lon, lat) for _anchor, _locality, lon, lat, *_rest in PLACES)
    found = sorted((point.x, point.y) for point in frame.geometry)
    assert [value for point in found for value in point] == pytest.approx(
        [value for point in expected for value in point], abs=2e-5
    )


@pytest.mark.parametrize(
    ("crs", "box"),
    [
        ("EPSG:3006", (783_700, 7_131_000, 784_600, 7_131_600)),
        ("OGC:CRS84", (20.847, 64.187, 20.866, 64.193)),
    ],
)
def test_a_box_is_asked_for_in_either_system(address: str, crs: str, box: tuple[float, ...]) -> None:
    everything = gpd.read_file(address, layer="places", CRS=crs)
    west, south, east, north = box
    frame = gpd.read_file(address, layer="places", CRS=crs, bbox=box)
    assert sorted(frame["name"]) == sorted(everything.cx[west:east, south:north]["name"])
    assert len(frame) == 3


def test_pages_are_followed_to_the_end(address: str) -> None:
    assert len(gpd.read_file(address, layer="places", PAGE_SIZE="2", INITIAL_REQUEST_PAGE_SIZE="1")) == 6


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_ogrinfo_reads_every_layer(address: str, layer: str) -> None:
    ogrinfo = shutil.which("ogrinfo")
    if ogrinfo is None:
        pytest.fail(f"ogrinfo is not installed. Run: {INSTALL}", pytrace=False)
    said = subprocess.run(
        [ogrinfo, "-ro", "-al", address, layer], capture_output=True, text=True, check=True, timeout=60
    )
    count = len(gpd.read_file(address, layer=layer))
    assert f"Feature Count: {count}" in said.stdout
    assert said.stdout.count("OGRFeature(") == count > 0
    assert "ERROR" not in said.stderr
