"""The open data in QGIS itself, as a planner connects to it: `make test-qgis`, apart from `make test`.

in_qgis.py sits with QGIS, in the system's Python; here is said what it must have seen.
"""

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from handmade import PLACES, fill
from readers import serving

from geo.crs import to_3006

PYTHON = "/usr/bin/python3"
INSTALL = "sudo apt-get install --yes --no-install-recommends python3-qgis"
STREWN = 2_500
"""Places beside the six: more than two pages of QGIS's."""
TITLES = {
    "places": "Platser som känns otrygga",
    "measures": "Åtgärder",
    "incident-areas": "Händelser per område",
    "incident-localities": "Händelser per ort",
    **{f"layer-{name}": f"Lager {name}" for name in ("land", "municipality", "e4", "station_area", "localities", "stops")},
}  # fmt: skip
SHAPES = {
    "places": "Point",
    "measures": "Point",
    "incident-areas": "Polygon",
    "incident-localities": "Point",
    "layer-land": "Polygon",
    "layer-municipality": "Polygon",
    "layer-e4": "LineString",
    "layer-station_area": "Polygon",
    "layer-localities": "Point",
    "layer-stops": "Point",
}
PLACED = {"Fartkontroller": (20.9251, 64.1684), "Ny busskur": (20.8200, 64.1900)}
"""The measures that are known to a spot."""
DEGREE_M = 1.5
"""How far five decimals of a degree and whole metres may lie apart."""
PIXEL_M = 100.0
SYMBOL_M = 7 * PIXEL_M
FILES = ("places", "measures", "incident-areas", "incident-localities", "layer-e4")

Said = dict[str, Any]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served site with the picture made by hand and many places more."""
    folder = tmp_path_factory.mktemp("site")
    url = f"sqlite:///{folder / 'trygg.sqlite'}"
    fill(url, copies=STREWN, released=True)
    with serving(url, folder / "log") as address:
        yield address


@pytest.fixture(scope="module")
def said(site: str, tmp_path_factory: pytest.TempPathFactory) -> Said:
    """What QGIS saw of it, in a profile of its own."""
    folder = tmp_path_factory.mktemp("qgis")
    for name in FILES:
        for ending in ("gpkg", "csv"):
            (folder / f"{name}.{ending}").write_bytes(
                fetched(f"{site}/api/collections/{name}/features.{ending}")
            )
    home = folder / "home"
    home.mkdir(mode=0o700)
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    # The tests' own Python and its packages are no business of QGIS's.
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"):
        environment.pop(name, None)
    environment |= {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "LC_ALL": "C.UTF-8",
    }
    known = subprocess.run(
        [PYTHON, "-c", "import qgis.core"], env=environment, capture_output=True, check=False
    )
    if known.returncode:
        pytest.fail(f"QGIS is not installed. Run: {INSTALL}", pytrace=False)
    sitting = subprocess.run(
        [PYTHON, "-X", "faulthandler", Path(__file__).with_name("in_qgis.py"), site, folder],
        env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if sitting.returncode:
        pytest.fail(f"QGIS ended with {sitting.returncode}:\n{sitting.stderr}", pytrace=False)
    found: Said = json.loads((folder / "said.json").read_text("utf-8"))
    return found


def fetched(address: str, accept: str = "*/*") -> bytes:
    """What the server answers, without QGIS."""
    request = urllib.request.Request(address, headers={"Accept": accept})  # noqa: S310  # our own server
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
        return bytes(answer.read())


def whole(site: str, name: str) -> list[Said]:
    """All features of a collection, as the server sends them."""
    found = json.loads(fetched(f"{site}/api/collections/{name}/items?limit=10000"))["features"]
    assert found
    return list(found)


def of(said: Said, name: str) -> Said:
    """A collection as QGIS holds it."""
    found: Said = said["layers"][TITLES[name]]
    return found


def test_the_dialog_finds_version_and_page_size_by_itself(said: Said) -> None:
    assert (said["connect"]["detected"], said["connect"]["page"]) == ("OGC API - Features", "1000")


def test_connect_lists_every_collection_by_its_swedish_title(said: Said) -> None:
    assert said["connect"]["heads"] == ["Title", "Name", "Abstract"]
    assert {name: title for title, name, _about in said["connect"]["list"]} == TITLES
    assert said["connect"]["asked"] == ["/api", "/api/collections"]
    about = {name: text for _title, name, text in said["connect"]["list"]}
    assert "säger inget om risken för brott" in about["places"]
    assert {(title, provider) for _source, title, provider in said["connect"]["added"]} == {
        (title, "OAPIF") for title in TITLES.values()
    }
    assert said["connect"]["only in view"]


@pytest.mark.parametrize("name", TITLES)
def test_every_layer_holds_what_the_server_has(said: Said, site: str, name: str) -> None:
    layer, features = of(said, name), whole(site, name)
    assert layer["valid"]
    assert (layer["shape"], layer["crs"]) == (SHAPES[name], "EPSG:4326")
    assert layer["count"] == len(layer["features"]) == len(features)
    columns = list(features[0]["properties"])
    assert list(layer["columns"]) == columns
    seen = {one["id"]: one for one in layer["features"]}
    for feature in features:
        one = seen[feature["id"]]
        assert {column: one[column] for column in columns} == feature["properties"]
        assert ("wkt" in one) == bool(feature["geometry"])


def test_columns_are_what_they_hold(said: Said) -> None:
    places, measures, areas = (of(said, name)["columns"] for name in ("places", "measures", "incident-areas"))
    assert (places["id"], places["precision_m"], places["overdue"]) == ("Integer", "Integer", "Boolean")
    assert places["reasons"] == measures["places"] == "String"
    assert measures["due"] == areas["first"] == "Date"
    assert areas["number"] == areas["year"] == "Integer"


def test_swedish_letters_arrive(said: Said) -> None:
    names = {one["name"] for one in of(said, "places")["features"]}
    assert {"150 m nordost om Bygdeå Centrum", "1,2 km väster om hållplatsen Ånäset busstn"} <= names
    words = {one["id"]: one["reasons_label"] for one in of(said, "places")["features"]}
    assert words[1] == "dålig belysning; trafik"


def test_more_than_a_page_is_fetched_a_thousand_at_a_time(said: Said) -> None:
    asked = [one for one in of(said, "places")["asked"] if "/items" in one][1:]
    assert [parse_qs(urlsplit(one).query).get("offset", ["0"]) for one in asked] == [
        ["0"],
        ["1000"],
        ["2000"],
    ]
    assert {parse_qs(urlsplit(one).query)["limit"][0] for one in asked} == {"1000"}
    assert of(said, "places")["count"] == STREWN + len(PLACES)


def test_a_rectangle_is_asked_of_the_server(said: Said, site: str) -> None:
    (asked,) = said["near"]["asked"]
    query = parse_qs(urlsplit(asked).query)
    box = [float(corner) for corner in query["bbox"][0].split(",")]
    assert box == pytest.approx([20.847, 64.187, 20.866, 64.193])
    west, south, east, north = box
    expected = {
        one["id"]
        for one in whole(site, "places")
        if west <= one["geometry"]["coordinates"][0] <= east
        and south <= one["geometry"]["coordinates"][1] <= north
    }
    assert set(said["near"]["ids"]) == expected
    assert 3 <= len(expected) < STREWN / 10


def test_what_has_no_geometry_is_in_the_attribute_table(said: Said) -> None:
    measures = of(said, "measures")["features"]
    assert {one["title"] for one in measures if "wkt" in one} == set(PLACED)
    assert said["rows of measures"] == len(measures) == 7


@pytest.mark.parametrize("name", ["places", "measures"])
def test_in_sweref_it_lies_where_the_geopackage_has_it(said: Said, name: str) -> None:
    file = {one["id"]: one for one in said["files"][f"{name}.gpkg"]["features"]}
    for one in of(said, name)["features"]:
        assert ("at" in one) == ("at" in file[one["id"]])
        if "at" in one:
            assert one["at"] == pytest.approx(file[one["id"]]["at"], abs=DEGREE_M), one["id"]
    lonlat = (
        {number: spot[2:4] for number, spot in enumerate(PLACES, 1)}
        if name == "places"
        else {one["id"]: PLACED[one["title"]] for one in of(said, name)["features"] if "at" in one}
    )
    for key, spot in lonlat.items():
        assert file[key]["at"] == pytest.approx(to_3006(*spot, 4326), abs=0.51)


def test_a_project_in_sweref_shows_every_layer_by_what_lies_in_view(said: Said) -> None:
    assert said["project"]["crs"] == "EPSG:3006"
    for name, title in TITLES.items():
        drawn = said["project"]["drawn"][title]
        assert drawn["pixels"] > 50, name
        assert drawn["asked"], name
        assert all("bbox=" in asked and f"/{name}/items" in asked for asked in drawn["asked"]), name


def test_measures_are_drawn_at_their_spots(said: Said) -> None:
    spots = [to_3006(*lonlat, 4326) for lonlat in PLACED.values()]
    expected = [
        *(min(values) - SYMBOL_M for values in zip(*spots, strict=True)),
        *(max(values) + SYMBOL_M for values in zip(*spots, strict=True)),
    ]
    assert said["project"]["drawn"][TITLES["measures"]]["around"] == pytest.approx(expected, abs=SYMBOL_M)


def test_a_measure_finds_its_places(said: Said) -> None:
    names = {one["id"]: one["name"] for one in of(said, "places")["features"]}
    found = said["project"]["places of measures"]
    assert set(found["Ny belysning längs gångvägen"].split("; ")) == {names[2], names[6]}
    assert found["Röjning av buskar"] == names[3]
    assert not found["Drogförebyggande arbete"]


def test_a_saved_project_opens_again(said: Said) -> None:
    assert said["project"]["again"] == dict.fromkeys(TITLES.values(), True)


@pytest.mark.parametrize("name", FILES)
def test_the_geopackage_opens_in_qgis(said: Said, site: str, name: str) -> None:
    file = said["files"][f"{name}.gpkg"]
    assert (file["valid"], file["crs"], file["shape"], file["layers"]) == (
        True,
        "EPSG:3006",
        SHAPES[name],
        [name],
    )
    told = [
        {column: one[column] for column in one if column not in ("fid", "wkt", "at")}
        for one in file["features"]
    ]
    assert told == [feature["properties"] for feature in whole(site, name)]


@pytest.mark.parametrize("name", FILES)
def test_the_csv_opens_in_qgis(said: Said, site: str, name: str) -> None:
    file = said["files"][f"{name}.csv"]
    assert (file["valid"], file["crs"], file["shape"]) == (True, "EPSG:3006", SHAPES[name])
    geopackage = {one["id"]: one for one in said["files"][f"{name}.gpkg"]["features"]}
    assert len(file["features"]) == len(whole(site, name))
    for one in file["features"]:
        assert one.get("at") == pytest.approx(geopackage[one["id"]].get("at"), abs=1)
        for column in {"name", "title", "area"} & set(one):
            assert one[column] == geopackage[one["id"]][column]


def test_the_server_refused_nothing_and_qgis_complained_of_nothing(said: Said) -> None:
    assert said["refused"] == []
    assert said["warned"] == []
