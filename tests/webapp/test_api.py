"""The data behind the map, over HTTP and on both databases."""

import gzip
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import psycopg
import pytest
from flask.testing import FlaskClient
from handmade import PLACES, STATUSES, TODAY, fill

from geo.crs import point_to_wgs84
from geo.model import PHYSICAL_REASONS, STOCKHOLM, PlaceStatus, TimeOfDay
from geo.publish.course import AsOf
from geo.publish.measures import measures
from geo.publish.places import places
from geo.settings import Settings
from geo.store.engine import open_store
from webapp import create_app

URLS = (
    "/api/map.json",
    "/api/places.geojson",
    "/api/places/1.json",
    "/api/measures.geojson",
    "/api/incidents.json",
    "/api/layers/land.geojson",
    "/api/layers/localities.geojson",
)


NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=STOCKHOLM)
AS_OF = AsOf(NOW, timedelta(minutes=10))


def client_of(url: str) -> FlaskClient:
    return create_app(Settings(database_url=url, log_level="ERROR"), lambda: NOW).test_client()


@pytest.fixture(scope="module", params=["sqlite", "postgis"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of a database with the picture made by hand; tests only read it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('api') / 'trygg.sqlite'}"
    else:
        server = request.getfixturevalue("postgis_server")
        with psycopg.connect(host=server, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE api TEMPLATE with_postgis STRATEGY FILE_COPY")
        url = f"postgresql+psycopg://postgres@/api?host={server}"
    fill(url)
    return url


@pytest.fixture
def client(filled: str) -> Iterator[FlaskClient]:
    with client_of(filled) as found:
        yield found


def test_columns_give_back_every_shown_place(client: FlaskClient, filled: str) -> None:
    store = open_store(filled)
    shown = {place.id: place for place in places(store, measures(store, AS_OF).measures).places}
    store.close()
    columns = client.get("/api/map.json").json
    assert sorted(columns["id"]) == sorted(shown)
    lon = lat = 0
    for i, key in enumerate(columns["id"]):
        place = shown[key]
        lon += columns["lon"][i]
        lat += columns["lat"][i]
        expected = point_to_wgs84(place.point)
        assert (lon / 1e5, lat / 1e5) == pytest.approx(expected, abs=0.6e-5)
        assert columns["anchors"][columns["anchor"][i]] == place.anchor
        assert columns["localities"][columns["locality"][i]] == place.locality
        assert list(PlaceStatus)[columns["status"][i]] is place.status
        reasons = {reason for bit, reason in enumerate(PHYSICAL_REASONS) if columns["reasons"][i] >> bit & 1}
        times = {time for bit, time in enumerate(TimeOfDay) if columns["times"][i] >> bit & 1}
        assert (reasons, times) == (set(place.reasons), set(place.times))


def test_a_name_in_columns_is_the_name_in_words(client: FlaskClient) -> None:
    for language in ("sv", "en"):
        client.set_cookie("language", language)
        columns = client.get("/api/map.json").json
        for i, key in enumerate(columns["id"]):
            pattern = columns["phrases"][columns["phrase"][i]]
            name = pattern.replace("%(anchor)s", columns["anchors"][columns["anchor"][i]])
            assert name == client.get(f"/api/places/{key}.json").json["name"]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_order_is_that_of_the_list(client: FlaskClient, language: str) -> None:
    client.set_cookie("language", language)
    listed = re.findall(r'href="/places/(\d+)"', client.get("/places").get_data(as_text=True))
    assert [str(key) for key in client.get("/api/map.json").json["id"]] == listed
    features = client.get("/api/places.geojson").json["features"]
    assert [str(feature["id"]) for feature in features] == listed


def test_statuses_are_those_of_the_measures(client: FlaskClient) -> None:
    features = client.get("/api/places.geojson").json["features"]
    assert {feature["id"]: feature["properties"]["status"] for feature in features} == dict(
        enumerate(STATUSES, 1)
    )


def test_places_are_where_they_are_in_lon_lat(client: FlaskClient) -> None:
    features = {feature["id"]: feature for feature in client.get("/api/places.geojson").json["features"]}
    for key, (_anchor, _locality, lon, lat, _metres, _direction) in enumerate(PLACES, 1):
        assert features[key]["geometry"]["coordinates"] == pytest.approx([lon, lat], abs=1e-5)


def test_what_is_said_goes_with_every_feature_and_collection(client: FlaskClient) -> None:
    found = client.get("/api/places.geojson").json
    assert found["synthetic"] is True
    assert all(found[key] for key in ("title", "source", "licence", "precision"))
    assert all(
        feature["properties"]["synthetic"] is True and feature["properties"]["precision_m"] == 150
        for feature in found["features"]
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("reason=lighting", {1, 2}),
        ("reason=vandalism", set()),
        ("time=morning", {4, 6}),
        ("status=ongoing", {2, 6}),
        ("locality=Bygde%C3%A5", {5}),
        ("reason=lighting&time=evening", {1}),
        ("reason=&time=&status=&locality=", {1, 2, 3, 4, 5, 6}),
    ],
)
def test_filters_are_those_of_the_list(client: FlaskClient, query: str, expected: set[int]) -> None:
    found = client.get(f"/api/places.geojson?{query}").json
    assert {feature["id"] for feature in found["features"]} == expected


@pytest.mark.parametrize(
    "query", ["reason=groups", "reason=x", "time=noon", "status=proposed", "reason=lighting&reason=traffic"]
)
def test_a_filter_that_is_not_offered_is_refused(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/places.geojson?{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/json"
    assert answer.json["error"]["code"] == 400


def test_a_popup_tells_first_what_is_being_done(client: FlaskClient) -> None:
    told = client.get("/api/places/2.json").json["told"]
    assert [term for term, _lines in told] == ["Vad som görs", "Varför", "När", "Vad som har hänt"]
    assert "Ny belysning längs gångvägen" in told[0][1][0]
    assert told[3][1] == ["2022: utpekad av invånare", "Pågår"]
    assert client.get("/api/places/1.json").json["status"] == "flagged"


def test_what_is_told_of_the_municipality_only_is_not_told_of_a_place(client: FlaskClient) -> None:
    body = client.get("/api/places/1.json").get_data(as_text=True)
    assert "groups" not in body
    assert "stökiga" not in body
    assert "vandalism" not in body


@pytest.mark.parametrize(
    "path", ["places/7.json", "places/0.json", "layers/patrols.geojson", "layers/nothing.geojson"]
)
def test_what_is_not_public_is_not_there(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/api/{path}")
    assert answer.status_code == 404
    assert "Hemligt" not in answer.get_data(as_text=True)


def test_a_proposed_measure_is_nowhere(client: FlaskClient) -> None:
    for url in URLS:
        assert "En idé" not in client.get(url).get_data(as_text=True)


def test_measures_have_a_point_only_where_they_are_at_a_spot(client: FlaskClient) -> None:
    found = {
        feature["properties"]["title"]: feature
        for feature in client.get("/api/measures.geojson").json["features"]
    }
    assert found["Fartkontroller"]["geometry"]["coordinates"] == pytest.approx([20.9251, 64.1684], abs=1e-5)
    assert found["Drogförebyggande arbete"]["geometry"] is None
    assert found["Ny belysning längs gångvägen"]["properties"]["places"] == [2, 6]


def test_incidents_are_counts_as_they_were_released(client: FlaskClient) -> None:
    found = client.get("/api/incidents.json").json
    assert [(one["name"], one["number"], one["size"]) for one in found["localities"]] == [
        ("Bygdeå", 5, 1),
        ("Robertsfors", 31, 3),
        ("Sikeå", "1-4", 1),
        ("Ånäset", 14, 2),
        ("Överklinten", "hidden", 1),
    ]
    assert [(one["name"], one["number"], one["by_year"]) for one in found["areas"]] == [
        ("Robertsfors, område 1", 12, [12, 12]),
        ("Robertsfors, område 2", "1-4", ["1-4", "1-4"]),
        ("Robertsfors, område 3", 0, [0, 0]),
    ]
    assert {one["geometry"]["type"] for one in found["areas"]} == {"Polygon"}
    assert (found["release"], found["released"], found["through"]) == (1, "2022-12-01", "2025Q4")
    assert found["localities"][0]["lonlat"] == pytest.approx([20.8559, 64.0599], abs=1e-5)
    assert found["groups"] == {"theft": ["1-4", 31]}
    assert found["traffic_controls"] == [0, 7]


@pytest.mark.parametrize("url", URLS)
def test_the_same_data_gives_the_same_bytes_also_after_a_restart(filled: str, url: str) -> None:
    with client_of(filled) as one, client_of(filled) as other:
        answers = [one.get(url), one.get(url), other.get(url)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert len({answer.data for answer in answers}) == 1
    assert len({answer.headers["ETag"] for answer in answers}) == 1


@pytest.mark.parametrize("url", URLS)
def test_an_unchanged_answer_is_not_sent_again(client: FlaskClient, url: str) -> None:
    for encoding in ("identity", "gzip", "br"):
        first = client.get(url, headers={"Accept-Encoding": encoding})
        assert first.headers["Cache-Control"] == "no-cache"
        again = client.get(url, headers={"Accept-Encoding": encoding, "If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_the_language_is_part_of_what_a_cache_asks_by(client: FlaskClient) -> None:
    swedish = client.get("/api/places/2.json")
    client.set_cookie("language", "en")
    english = client.get("/api/places/2.json")
    assert "Cookie" in swedish.vary
    assert swedish.headers["ETag"] != english.headers["ETag"]
    assert english.json["told"][0][0] == "What is being done"


def test_a_change_in_the_store_is_seen(database_url: str) -> None:
    fill(database_url)
    with client_of(database_url) as client:
        before = client.get("/api/map.json").headers["ETag"]
        store = open_store(database_url)
        with store.write() as connection:
            connection.exec_driver_sql("UPDATE place SET respondents = 4 WHERE id = 3")
        store.close()
        after = client.get("/api/map.json")
    assert after.headers["ETag"] != before
    assert 3 not in after.json["id"]


def test_five_thousand_places_stay_small(database_url: str) -> None:
    fill(database_url, copies=5_000)
    with client_of(database_url) as client:
        answer = client.get("/api/map.json", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(answer.data))["id"]) == 5_006
    assert len(answer.data) < 80_000
