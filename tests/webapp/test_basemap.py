"""The base map as it is served: in ranges, for long, under an address of its own version; and what stands around it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from flask.testing import FlaskClient
from handmade import fill
from pmtiles.reader import MemorySource, Reader

from geo.area.build import write_layer
from geo.area.package import open_area
from geo.bootstrap import area_layers
from geo.boundaries import municipality
from geo.errors import SettingsError, UnreadableInput
from geo.settings import ROOT, Settings
from webapp import create_app


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('basemap') / 'trygg.sqlite'}"
    fill(url)
    return url


@pytest.fixture
def make(database: str) -> Callable[..., FlaskClient]:
    """Makes a client of the app over an area package."""

    def client(area: Path | None, **settings: object) -> FlaskClient:
        given = {"database_url": database, "area": area, "log_level": "ERROR"} | settings
        return create_app(Settings(**given)).test_client()  # type: ignore[arg-type]

    return client


@pytest.fixture
def own_area(helsinki_area: Path, tmp_path: Path) -> Path:
    """A copy of the area package to change."""
    return Path(shutil.copytree(helsinki_area, tmp_path / "own"))


def address(client: FlaskClient) -> str:
    """Where the page says that the base map is; empty where it has none."""
    page = client.get("/").text
    _, found, rest = page.partition('Trygghetskartan.baseMap(map_trygg, {"url":"')
    return rest.partition('"')[0] if found else ""


def test_the_page_fetches_ranges_of_the_file(make: Callable[..., FlaskClient], helsinki_area: Path) -> None:
    client, whole = make(helsinki_area), (helsinki_area / "basemap.pmtiles").read_bytes()
    where = address(client)
    for asked, start, end in (
        ("0-16383", 0, 16384),
        ("20000-20099", 20000, 20100),
        ("-10", len(whole) - 10, len(whole)),
    ):
        answer = client.get(where, headers={"Range": f"bytes={asked}"})
        assert answer.status_code == 206
        assert answer.data == whole[start:end]
        assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(whole)}"
        assert answer.headers["Content-Length"] == str(end - start)
    answer = client.get(where)
    assert (answer.status_code, answer.data) == (200, whole)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert Reader(MemorySource(answer.data)).header()["max_zoom"] == 15


def test_a_range_past_the_end_is_refused_with_the_length(
    make: Callable[..., FlaskClient], helsinki_area: Path
) -> None:
    client, size = make(helsinki_area), (helsinki_area / "basemap.pmtiles").stat().st_size
    answer = client.get(address(client), headers={"Range": f"bytes={size}-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{size}"


def test_head_tells_the_length_without_the_file(
    make: Callable[..., FlaskClient], helsinki_area: Path
) -> None:
    client = make(helsinki_area)
    answer = client.head(address(client))
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str((helsinki_area / "basemap.pmtiles").stat().st_size)


def test_it_is_kept_for_a_year_and_never_packed_again(
    make: Callable[..., FlaskClient], helsinki_area: Path
) -> None:
    client = make(helsinki_area)
    where = address(client)
    answer = client.get(where, headers={"Accept-Encoding": "gzip, br", "Range": "bytes=0-99999"})
    assert "Content-Encoding" not in answer.headers
    assert len(answer.data) == 100_000
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "immutable" in answer.headers["Cache-Control"]
    mark = answer.headers["ETag"]
    assert not mark.startswith("W/")
    assert client.get(where, headers={"If-None-Match": mark}).status_code == 304
    stale = client.get(where, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert stale.status_code == 200


def test_a_new_base_map_has_a_new_address(make: Callable[..., FlaskClient], own_area: Path) -> None:
    client = make(own_area)
    before = address(client)
    os.utime(own_area / "basemap.pmtiles", ns=(1, 1))
    after = address(client)
    assert before != after
    assert client.get(before).status_code == 404
    assert client.get(after).status_code == 200


def test_without_an_area_there_is_none(make: Callable[..., FlaskClient]) -> None:
    client = make(None)
    assert address(client) == ""
    assert "protomaps" not in client.get("/").text
    assert client.get("/basemap/1-1.pmtiles").status_code == 404
    assert "OpenStreetMap" not in client.get("/").text


def test_a_base_map_that_goes_away_leaves_the_rest_of_the_map(
    make: Callable[..., FlaskClient], own_area: Path
) -> None:
    client = make(own_area)
    where = address(client)
    (own_area / "basemap.pmtiles").unlink()
    assert client.get(where).status_code == 404
    page = client.get("/")
    assert page.status_code == 200
    assert "Trygghetskartan.start(" in page.text


def test_the_policy_is_as_strict_as_without(make: Callable[..., FlaskClient], helsinki_area: Path) -> None:
    policies = []
    for area in (None, helsinki_area):
        policy = make(area).get("/").headers["Content-Security-Policy"]
        policies.append([part for part in policy.split("; ") if not part.startswith("script-src")])
        assert "unsafe" not in policy
        assert "connect-src 'self'" in policy
    assert policies[0] == policies[1]


def test_the_map_and_the_about_page_say_where_it_is_from(
    make: Callable[..., FlaskClient], helsinki_area: Path
) -> None:
    client = make(helsinki_area)
    assert "\\u00a9 OpenStreetMap contributors" in client.get("/").text
    about = client.get("/about").text
    for word in (
        "© OpenStreetMap contributors",
        "Helsinki.osm.pbf",
        "ODbL-1.0",
        "21 april 2019",
        "Bakgrundskarta",
    ):
        assert word in about
    client.set_cookie("language", "en")
    about = client.get("/about").text
    streets = open_area(helsinki_area).info.counts["streets"]
    assert f"{streets:,} stretches of street" in about


def test_tiles_of_a_server_go_beside_it(make: Callable[..., FlaskClient], helsinki_area: Path) -> None:
    client = make(helsinki_area, tile_url="http://127.0.0.1:9/{z}/{x}/{y}.png", tile_attribution="© Andra")
    page = client.get("/").text
    assert address(client)
    assert '"tiles":"/tiles/{z}/{x}/{y}.png"' in page.replace("\\u007b", "{")
    assert "\\u00a9 Andra, \\u00a9 OpenStreetMap contributors" in page


def broken(area: Path, how: str) -> None:
    """Breaks an area package in one of the ways they break."""
    if how == "missing":
        shutil.rmtree(area)
    elif how == "no base map":
        (area / "basemap.pmtiles").unlink()
    elif how == "another format":
        toml = area / "area.toml"
        toml.write_text(toml.read_text().replace("format = 1", "format = 99"))
    elif how == "cut off":
        tiles = area / "basemap.pmtiles"
        tiles.write_bytes(tiles.read_bytes()[:5000])
    elif how == "names cut off":
        names = area / "area.gpkg"
        names.write_bytes(names.read_bytes()[:200_000])
    elif how == "no names":
        (area / "area.gpkg").write_bytes(b"")
    else:
        (area / "basemap.pmtiles").write_bytes(b"<html>not found</html>" * 50)


@pytest.mark.parametrize(
    "how",
    ["missing", "no base map", "another format", "cut off", "names cut off", "no names", "something else"],
)
def test_a_broken_package_stops_the_start_with_words(
    make: Callable[..., FlaskClient], own_area: Path, database: str, how: str
) -> None:
    broken(own_area, how)
    with pytest.raises(UnreadableInput):
        make(own_area)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRYGG_")}
    environment |= {"TRYGG_DATABASE_URL": database, "TRYGG_AREA": str(own_area), "TRYGG_LANGUAGE": "en"}
    started = subprocess.run(
        [Path(sys.executable).with_name("trygg"), "serve", "--port", "1"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert started.returncode == 2
    assert "trygg area build" in started.stderr
    assert "Traceback" not in started.stderr


def test_the_layers_of_the_same_place_give_way_and_the_others_stay(
    helsinki_area: Path, own_area: Path
) -> None:
    (boundary,) = area_layers(ROOT / "data", open_area(helsinki_area), "2409")
    assert boundary.info.name == "municipality"
    assert boundary.info.title_sv == "Områdets gräns"
    assert boundary.features[0].properties == {"name": "Helsingfors", "code": ""}
    toml = own_area / "area.toml"
    toml.write_text(toml.read_text().replace('code = ""', 'code = "2482"'))
    with pytest.raises(SettingsError, match="TRYGG_MUNICIPALITY"):
        area_layers(ROOT / "data", open_area(own_area), "2409")
    (boundary,) = area_layers(ROOT / "data", open_area(own_area), "2482")
    assert boundary.info.title_sv == "Kommungräns"
    assert boundary.features[0].properties["name"] == "Skellefteå"


def test_layers_that_lie_in_the_area_are_kept_but_for_what_the_base_map_shows(own_area: Path) -> None:
    around = municipality("2409").boundary
    frame = gpd.GeoDataFrame({"name": ["Robertsfors"], "code": ["2409"]}, geometry=[around], crs=3006)
    write_layer(own_area / "area.gpkg", "boundary", frame)
    toml = own_area / "area.toml"
    toml.write_text(toml.read_text().replace('code = ""', 'code = "2409"'))
    layers = area_layers(ROOT / "data", open_area(own_area), "2409")
    assert [layer.info.name for layer in layers] == ["municipality", "station_area"]
