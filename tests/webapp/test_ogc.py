"""Open data by OGC API Features, over HTTP: documents, paging, boxes, times, systems, files, and nothing that isn't public."""

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from flask.testing import FlaskClient
from handmade import PLACES, TODAY, fill
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, update

from geo.crs import to_3006
from geo.model import STOCKHOLM, Feature, Layer, LayerInfo
from geo.privacy.statements import Key, Quarter, Release, Said, Scope, Statement
from geo.settings import Settings
from geo.store.engine import Store, open_store
from geo.store.layers import put_layer
from geo.store.releases import add_release
from geo.store.schema import measure
from webapp import create_app
from webapp.ogc.query import CRS84, SWEREF

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=STOCKHOLM)
RELEASE = Release(
    Quarter(2026, 1),
    (
        Statement(Key(Scope.MUNICIPALITY, "", 2025, "theft"), Said.NUMBER, 12),
        Statement(Key(Scope.MUNICIPALITY, "", 2026, "theft"), Said.SMALL, None),
        Statement(Key(Scope.LOCALITY, "Robertsfors", 2025, ""), Said.NUMBER, 9),
        Statement(Key(Scope.LOCALITY, "Robertsfors", 0, ""), Said.HIDDEN, None),
        Statement(Key(Scope.LOCALITY, "Nergård", 2025, ""), Said.NUMBER, 0),
    ),
)
PATHS = (
    "/api/",
    "/api/conformance",
    "/api/collections",
    "/api/collections/places",
    "/api/collections/places/items",
    "/api/collections/places/items/2",
    "/api/collections/incident-areas/items",
)
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"


def client_of(url: str, **more: Any) -> FlaskClient:
    return create_app(Settings(database_url=url, log_level="ERROR", **more), lambda: NOW).test_client()


def release(url: str) -> None:
    store = open_store(url)
    with store.write() as connection:
        add_release(
            connection, RELEASE, {},
            actor="", at=datetime(2026, 4, 2, tzinfo=UTC), cells="", controls={}, sources=(),
        )  # fmt: skip
    store.close()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of a database with the picture made by hand and a release; tests only read it."""
    found = f"sqlite:///{tmp_path_factory.mktemp('ogc') / 'trygg.sqlite'}"
    fill(found)
    release(found)
    return found


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[FlaskClient]:
    with client_of(url, licence=LICENCE, contact="data@kommunen.example") as found:
        yield found


def ids(client: FlaskClient, collection: str, **query: object) -> list[Any]:
    answer = client.get(f"/api/collections/{collection}/items", query_string=query)
    assert answer.status_code == 200, answer.text
    assert answer.json["numberReturned"] == len(answer.json["features"])
    return [feature["id"] for feature in answer.json["features"]]


def test_the_landing_page_leads_to_everything(client: FlaskClient) -> None:
    for path in ("/api", "/api/"):
        links = {link["rel"]: link for link in client.get(path).json["links"]}
        assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data", "license"} <= set(
            links
        )
        for link in links.values():
            if link["rel"] == "license":
                assert link["href"] == LICENCE
                continue
            answer = client.get(link["href"])
            assert answer.status_code == 200
            assert answer.content_type.startswith(link["type"])


def test_every_link_of_every_collection_leads_where_it_says(client: FlaskClient) -> None:
    found = client.get("/api/collections").json["collections"]
    assert [one["id"] for one in found] == [
        "places",
        "measures",
        "incident-areas",
        "incident-localities",
        *(f"layer-{name}" for name in ("land", "municipality", "e4", "station_area", "localities", "stops")),
    ]
    for one in found:
        assert one["crs"] == [CRS84, SWEREF]
        assert one["storageCrs"] == SWEREF
        for link in one["links"]:
            if link["rel"] != "license":
                assert client.get(link["href"]).content_type.startswith(link["type"]), link
        assert client.get(f"/api/collections/{one['id']}").json["extent"] == one["extent"]


def test_the_layer_for_staff_is_not_there(client: FlaskClient) -> None:
    for path in ("", "/items", "/items/1", "/features.gpkg", "/features.csv"):
        answer = client.get(f"/api/collections/layer-patrols{path}")
        assert answer.status_code == 404
        assert answer.mimetype == "application/problem+json"
        assert set(answer.json) == {"title", "status", "detail"}


def test_nothing_internal_is_in_any_answer(client: FlaskClient) -> None:
    collections = [one["id"] for one in client.get("/api/collections").json["collections"]]
    paths = [f"/api/collections/{one}/items{form}" for one in collections for form in ("?f=json", "?f=html")]
    paths += [f"/api/collections/{one}/features.{end}" for one in collections for end in ("csv", "gpkg")]
    for path in (*PATHS, *paths, "/api/dcat.rdf"):
        body = client.get(path).data
        for secret in ("Hemlig", "En idé", "respondents", "vandalism"):
            assert secret.encode() not in body, (path, secret)


def test_places_are_those_of_the_map(client: FlaskClient) -> None:
    features = client.get("/api/collections/places/items").json["features"]
    shown = {one["id"]: one for one in client.get("/api/places.geojson").json["features"]}
    assert {one["id"] for one in features} == set(shown)
    for one in features:
        told = {
            name: "; ".join(value) if isinstance(value, list) else value
            for name, value in shown[one["id"]]["properties"].items()
        }
        words = {name: one["properties"].pop(name) for name in ("reasons_label", "times_label")}
        assert one["properties"] == {"id": one["id"], **told}
        assert [len(word.split("; ")) for word in words.values()] == [
            len(told[name].split("; ")) for name in ("reasons", "times")
        ]
        lonlat = PLACES[one["id"] - 1][2:4]
        assert one["geometry"]["coordinates"] == pytest.approx(lonlat, abs=2e-5)


def test_in_sweref_the_northing_comes_first(client: FlaskClient) -> None:
    answer = client.get("/api/collections/places/items/2", query_string={"crs": SWEREF})
    assert answer.headers["Content-Crs"] == f"<{SWEREF}>"
    east, north = to_3006(*PLACES[1][2:4], 4326)
    assert answer.json["geometry"]["coordinates"] == [round(north), round(east)]
    assert client.get("/api/collections/places/items/2").headers["Content-Crs"] == f"<{CRS84}>"


def test_pages_follow_one_another(client: FlaskClient) -> None:
    address = "/api/collections/places/items?limit=4"
    seen: list[int] = []
    while address:
        page = client.get(address).json
        assert page["numberMatched"] == 6
        seen += [feature["id"] for feature in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert sorted(seen) == [1, 2, 3, 4, 5, 6]
    assert ids(client, "places", limit=4) + ids(client, "places", limit=4, offset=4) == seen
    assert ids(client, "places", offset=6) == []
    assert len(ids(client, "places", limit=99_999)) == 6


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("20.8,64.1,20.9,64.25", {1, 2, 3, 4}),
        ("20.8,64.1,0,20.9,64.25,900", {1, 2, 3, 4}),
        ("-180,-90,180,90", {1, 2, 3, 4, 5, 6}),
        ("170,-90,-170,90", set()),
        ("20.9,-90,-170,90", {6}),
        ("0,0,1,1", set()),
    ],
)
def test_a_box_picks_whole_places(client: FlaskClient, box: str, expected: set[int]) -> None:
    assert set(ids(client, "places", bbox=box)) == expected


def test_a_box_in_sweref_picks_the_same(client: FlaskClient) -> None:
    told = {"bbox": "7131000,783700,7131600,784600", "bbox-crs": SWEREF}
    assert set(ids(client, "places", **told)) == {1, 2, 3}


def test_what_is_nowhere_meets_every_box(client: FlaskClient) -> None:
    lost = [
        one["id"]
        for one in client.get("/api/collections/measures/items").json["features"]
        if not one["geometry"]
    ]
    assert lost
    assert sorted(ids(client, "measures", bbox="0,0,1,1")) == sorted(lost)


@given(st.tuples(*(st.floats(*ends) for ends in ((20.5, 21.2), (63.9, 64.4), (20.5, 21.2), (63.9, 64.4)))))
@pytest.mark.parametrize("collection", ["places", "layer-e4", "layer-municipality", "layer-land"])
def test_a_box_holds_what_shapely_says(
    client: FlaskClient, collection: str, corners: tuple[float, ...]
) -> None:
    west, east = sorted(corners[0::2])
    south, north = sorted(corners[1::2])
    box = shapely.box(west, south, east, north)
    everything = client.get(f"/api/collections/{collection}/items").json["features"]
    expected = [one["id"] for one in everything if box.intersects(shapely.geometry.shape(one["geometry"]))]
    assert ids(client, collection, bbox=f"{west!r},{south!r},{east!r},{north!r}") == expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2022-05-01T00:00:00Z", True),
        ("2021-12-31T23:00:00Z", True),
        ("2021-12-31T22:59:59Z", False),
        ("2022-12-31", True),
        ("2023-01-01", False),
        ("../2022-01-01T00:00:00+01:00", True),
        ("2023-01-01T00:00:00Z/..", False),
        ("/2021-06-01T00:00:00.5Z", False),
        ("2020-01-01T00:00:00Z/2024-01-01T00:00:00Z", True),
    ],
)
def test_a_time_picks_by_the_years_of_the_surveys(client: FlaskClient, when: str, expected: bool) -> None:
    assert bool(ids(client, "places", datetime=when)) is expected


def test_what_is_about_no_time_meets_every_time(client: FlaskClient) -> None:
    assert ids(client, "layer-stops", datetime="1900-01-01T00:00:00Z") == ids(client, "layer-stops")


@pytest.mark.parametrize(
    "query",
    [
        "bbox=1,2,3",
        "bbox=1,2,3,4,5",
        "bbox=a,2,3,4",
        "bbox=20,65,21,64",
        "bbox=nan,64,21,65",
        "bbox=20,64,21,inf",
        "bbox=200,64,210,65",
        "bbox=20,64,21,65&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/25833",
        "bbox=",
        "datetime=yesterday",
        "datetime=../..",
        "datetime=2025-02-30T00:00:00Z",
        "datetime=2025-02-01T00:00:00",
        "datetime=2026-01-01T00:00:00Z/2025-01-01T00:00:00Z",
        "limit=0",
        "limit=-1",
        "limit=ten",
        "limit=1&limit=2",
        "offset=-1",
        "crs=EPSG:3006",
        "f=xml",
        "unknownQueryParameter=1",
    ],
)
def test_what_cannot_be_read_is_refused(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/collections/places/items?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.json["status"] == 400


def test_the_release_is_told_as_it_was_said(client: FlaskClient) -> None:
    def told(collection: str) -> list[tuple[object, ...]]:
        return [
            (
                one["id"],
                one["properties"]["said"],
                one["properties"]["number"],
                (one["geometry"] or {}).get("type"),
            )
            for one in client.get(f"/api/collections/{collection}/items").json["features"]
        ]

    assert told("incident-areas") == [
        ("municipality:Robertsfors:2025:theft", "number", 12, "Polygon"),
        ("municipality:Robertsfors:2026:theft", "small", None, "Polygon"),
    ]
    assert told("incident-localities") == [
        ("locality:Robertsfors:all:all", "hidden", None, "Point"),
        ("locality:Robertsfors:2025:all", "number", 9, "Point"),
        ("locality:Nergård:2025:all", "number", 0, None),
    ]
    newest = "municipality:Robertsfors:2026:theft"
    assert ids(client, "incident-areas", datetime="2026-02-01") == [newest]
    assert ids(client, "incident-localities", datetime="2026-02-01") == ["locality:Robertsfors:all:all"]
    one = client.get(f"/api/collections/incident-areas/items/{newest}").json
    assert (one["id"], one["properties"]["last"]) == (newest, "2026-03-31")


def test_before_the_first_release_there_is_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'trygg.sqlite'}"
    fill(url, released=False)
    with client_of(url) as client:
        assert ids(client, "incident-areas") == ids(client, "incident-localities") == []
        release(url)
        assert len(ids(client, "incident-areas")) == 2
        assert len(ids(client, "incident-localities")) == 3


def test_no_program_is_led_astray_by_the_first_features(client: FlaskClient) -> None:
    """Desktop programs take the shape of a layer, and its columns, from what they read first."""
    for name in (one["id"] for one in client.get("/api/collections").json["collections"]):
        features = client.get(f"/api/collections/{name}/items").json["features"]
        shapes = [one["geometry"] and one["geometry"]["type"] for one in features]
        assert len({shape for shape in shapes if shape}) == 1, name
        assert all(shapes[: len(shapes) - shapes.count(None)]), name
        for one in features:
            assert one["properties"]["id"] == one["id"]
            assert not [value for value in one["properties"].values() if isinstance(value, list | dict)]


def test_a_measure_names_its_places_by_the_ids_that_they_have(client: FlaskClient) -> None:
    features = client.get("/api/collections/measures/items").json["features"]
    told = {one["id"]: one["properties"]["places"] for one in features}
    assert told[1] == "2; 6"
    assert {int(key) for one in told.values() for key in one.split("; ") if key} <= set(ids(client, "places"))


def test_areas_with_homes_are_drawn(handmade_url: str) -> None:
    with client_of(handmade_url) as client:
        found = client.get("/api/collections/incident-areas/items").json["features"]
    cells = [one for one in found if one["properties"]["scope"] == "cell"]
    assert {one["geometry"]["type"] for one in cells} == {"Polygon"}
    assert [(one["properties"]["area"], one["properties"]["year"], one["properties"]["said"]) for one in cells][:3] == [
        ("Robertsfors 1", None, "number"), ("Robertsfors 1", 2024, "number"), ("Robertsfors 1", 2025, "number"),
    ]  # fmt: skip


def test_a_change_in_the_store_is_seen_and_what_is_held_back_is_gone(handmade_url: str) -> None:
    with client_of(handmade_url) as client:
        assert 5 in ids(client, "measures")
        store = open_store(handmade_url)
        with store.write() as connection:
            connection.execute(update(measure).where(measure.c.id == 5).values(warning="person"))
        store.close()
        assert 5 not in ids(client, "measures")
        assert client.get("/api/collections/measures/items/5").status_code == 404


def test_a_layer_is_read_anew_when_it_changed_and_only_then(handmade_url: str) -> None:
    def keep(*points: tuple[float, float]) -> None:
        info = LayerInfo("benches", "Bänkar", "Benches", "Kommunen", "CC0", "1 m")
        features = tuple(Feature(shapely.Point(at), {"name": "Bänk"}) for at in points)
        with store.write() as connection:
            put_layer(connection, Layer(info, features))

    def answers() -> tuple[int, int]:
        return (
            len(ids(client, "layer-benches")),
            len(client.get("/api/layers/benches.geojson").json["features"]),
        )

    store = open_store(handmade_url)
    keep((776_000, 7_132_000))
    with client_of(handmade_url) as client:
        assert answers() == (1, 1)
        asked: list[str] = []
        served: Store = client.application.extensions["pictures"].store
        event.listen(
            served.engine, "before_cursor_execute", lambda *told: asked.append(f"{told[2]} {told[3]}")
        )
        with store.write() as connection:
            connection.execute(update(measure).where(measure.c.id == 5).values(warning="person"))
        assert answers() == (1, 1)
        assert 5 not in ids(client, "measures")
        assert any("FROM layer_feature" in one for one in asked)
        assert not any("benches" in one for one in asked)
        keep((776_000, 7_132_000), (776_100, 7_132_000))
        assert answers() == (2, 2)
        assert any("benches" in one for one in asked)
    store.close()


@pytest.mark.parametrize("path", [*PATHS, "/api/collections/places/features.gpkg", "/api/dcat.rdf"])
def test_equal_requests_give_equal_bytes_also_after_a_restart(url: str, path: str) -> None:
    with client_of(url) as one, client_of(url) as other:
        answers = [one.get(path), one.get(path), other.get(path)]
        assert len({answer.data for answer in answers}) == 1
        tag = answers[0].headers["ETag"]
        assert other.get(path, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("path", [*PATHS, "/api/nothing", "/api/collections/nothing"])
def test_a_browser_gets_a_page_and_a_program_json(client: FlaskClient, path: str) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    if path != "/api/nothing":
        page = client.get(path, headers=browser)
        assert page.mimetype == "text/html"
        assert 'class="crumbs"' in page.text or page.status_code == 404
        assert {"Accept", "Cookie"} <= set(page.vary)
        assert client.get(f"{path}?f=json", headers=browser).mimetype.endswith("json")
    assert client.get(path, headers={"Accept": "*/*"}).mimetype.endswith("json")


def test_pages_are_in_the_readers_language(url: str) -> None:
    reader = client_of(url)
    assert "Anslut QGIS" in reader.get("/api/?f=html").text
    reader.set_cookie("language", "en")
    assert "Connect QGIS" in reader.get("/api/?f=html").text
    assert reader.get("/api/").json["title"] == "Open data from the safety map"


def test_the_geopackage_holds_what_the_collection_does(client: FlaskClient, tmp_path: Path) -> None:
    file = tmp_path / "places.gpkg"
    answer = client.get("/api/collections/places/features.gpkg")
    assert answer.headers["Content-Disposition"] == "attachment; filename=places.gpkg"
    file.write_bytes(answer.data)
    frame = gpd.read_file(file, layer="places")
    assert frame.crs.to_epsg() == 3006
    features = client.get("/api/collections/places/items", query_string={"crs": SWEREF}).json["features"]
    assert [[point.y, point.x] for point in frame.geometry] == [
        one["geometry"]["coordinates"] for one in features
    ]
    assert list(frame["name"]) == [one["properties"]["name"] for one in features]
    assert frame["reasons"][1] == "lighting; traffic"
    assert frame["reasons_label"][1] == "dålig belysning; trafik"


def test_the_geopackage_is_one_that_qgis_in_use_knows(client: FlaskClient, tmp_path: Path) -> None:
    file = tmp_path / "areas.gpkg"
    file.write_bytes(client.get("/api/collections/incident-areas/features.gpkg").data)
    with sqlite3.connect(file) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (10_200,)
        kinds = {
            name: kind for _at, name, kind, *_rest in database.execute("PRAGMA table_info('incident-areas')")
        }
        told = database.execute('SELECT year, number FROM "incident-areas" ORDER BY fid').fetchall()
    assert (kinds["year"], kinds["number"]) == ("INTEGER", "INTEGER")
    assert told == [(2025, 12), (2026, None)]


def test_the_table_runs_no_formula(handmade_url: str) -> None:
    store = open_store(handmade_url)
    with store.write() as connection:
        connection.execute(
            update(measure).where(measure.c.id == 5).values(title="=1+1", description="@SUM(A1)")
        )
    store.close()
    with client_of(handmade_url) as client:
        text = client.get("/api/collections/measures/features.csv").data.decode("utf-8-sig")
        other = client.get("/api/collections/layer-e4/features.csv").data.decode("utf-8-sig")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}
    assert (rows["5"]["title"], rows["5"]["description"]) == ("'=1+1", "'@SUM(A1)")
    assert rows["5"]["east"].isdigit()
    assert rows["7"]["east"] == ""
    assert "LINESTRING (" in other


def test_the_description_in_openapi_3_0_has_every_parameter(client: FlaskClient) -> None:
    found = json.loads(client.get("/api/openapi-3.0.json").data)
    assert found["openapi"].startswith("3.0.")
    parameters = found["paths"]["/api/collections/{collection}/items"]["get"]["parameters"]
    names = {one.get("name") or one["$ref"] for one in parameters}
    assert {"bbox", "bbox-crs", "datetime", "crs", "#/components/parameters/limit"} <= names
    # QGIS looks here for how many it may ask for at a time, and nowhere else.
    assert found["components"]["parameters"]["limit"]["schema"]["maximum"] == 10_000
    assert set(found["paths"]) <= set(client.get("/api/openapi.json").json["paths"])
