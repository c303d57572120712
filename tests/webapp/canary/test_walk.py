"""A stranger looks for the secrets at every public address, in every form there is; and the looking is tried itself."""

import base64
import io
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pytest
from canaries import Canaries, Spot, leaks, secrets_in, told
from canary_scene import Scene
from flask import Response
from routes import ROUTES
from shapely.geometry import Point
from stranger import SWEREF, public_paths, reading, walk
from werkzeug.test import TestResponse

from geo.crs import SWEREF99TM, WEB_MERCATOR, WGS84
from geo.render.featurefiles import as_csv, as_geopackage
from geo.render.features import FeatureTable, Row
from geo.render.geojson import encode


def test_no_secret_is_at_any_public_address_nor_in_the_log(
    scene: Scene, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    asked: Counter[int] = Counter()
    before = len(scene.log.getvalue())

    def counted() -> Iterator[tuple[str, TestResponse]]:
        for what, answer in walk(scene.app):
            asked[answer.status_code] += 1
            yield what, answer

    assert leaks(scene.secret, counted()) == {}
    # It was a walk worth the name: pages were read, and refused in all the ways there are.
    assert asked[200] > 1_000, asked
    assert set(asked) >= {200, 303, 304, 400, 401, 404, 405, 413, 429, 503}
    assert asked[500] == 0
    log = scene.log.getvalue()[before:]
    assert log.count('"status"') >= sum(asked.values())
    assert scene.secret.found_in(log + caplog.text + "".join(capfd.readouterr())) == set()


def test_no_secret_is_there_when_what_was_done_has_become_public(scene: Scene) -> None:
    stranger = scene.app.test_client()
    assert stranger.get("/photos/1.jpg").status_code == 404
    scene.now += timedelta(hours=1)
    try:
        assert stranger.get("/photos/1.jpg").status_code == 200
        assert leaks(scene.secret, reading(scene.app)) == {}
    finally:
        scene.now -= timedelta(hours=1)


def test_the_walk_takes_every_public_route_and_every_collection_in_every_form(scene: Scene) -> None:
    adapter = scene.app.url_map.bind("localhost")
    met = {
        str(adapter.match(path, method="GET", return_rule=True)[0].rule) for path in public_paths(scene.app)
    }
    public = {
        key.split(" ")[1] for key, route in ROUTES.items() if key.startswith("GET") and "nobody" in route.by
    }
    assert public - met == set()
    read = {what for what, answer in reading(scene.app) if answer.status_code == 200}
    layers = ("layer-municipality", "layer-localities", "layer-parks")
    for one in ("places", "measures", "incident-areas", "incident-localities", *layers):
        path = f"/api/collections/{one}"
        for form in ("", "/items", "/features.gpkg", "/features.csv", "/items?f=json&limit=1000&offset=0"):
            assert f"GET {path}{form} in sv" in read
        assert any(what.startswith(f"GET {path}/items/") and SWEREF in what for what in read)
    areas = scene.app.test_client().get("/api/collections/incident-areas/items?limit=1000").get_json()
    assert {one["properties"]["scope"] for one in areas["features"]} == {"municipality", "cell"}
    assert scene.app.test_client().get("/api/incidents.json").get_json()["areas"]


def test_what_is_planted_is_found(scene: Scene) -> None:
    forms: dict[str, Callable[[str], str]] = {
        "plain": lambda token: token,
        "in capitals": str.upper,
        "in base64": lambda token: base64.b64encode(f"om {token}".encode()).decode(),
        "percent-encoded": lambda token: "".join(f"%{ord(letter):02X}" for letter in token),
        "as hex digits": lambda token: token.encode().hex(),
    }
    planted = Canaries()
    head = ["id", "Åtgärd", "Beskrivning", "Ansvarig", "Medborgarlöfte", "Status", "lat", "lon"]
    rows = [
        [what, f"Planterad {what}", form(planted(what)), "Kommunen", "trafik", "planerad", "", ""]
        for what, form in forms.items()
    ]
    spot = planted.spot("a spot", 20.8123461, 64.1423467)
    rows.append(["p", "Planterad plats", "", "Kommunen", "trafik", "planerad", str(spot.lat), str(spot.lon)])
    scene.trygg("import", "measures", scene.table("p.csv", [head, *rows]))
    try:
        found = leaks(planted, walk(scene.app))
    finally:
        rows = [[*row[:2], "", *row[3:5], "föreslagen", *row[6:]] for row in rows]
        scene.trygg("import", "measures", scene.table("p.csv", [head, *rows]))
    all_ = {*forms, "a spot"}
    items = "GET /api/collections/measures/items"
    files = "GET /api/collections/measures/features"
    page = f"{items}?f=json&limit=1000&offset=0"
    for what in (items, page, f"{page}&crs={SWEREF}", f"{files}.csv", f"{files}.gpkg"):
        assert found[what] == all_, what
    assert found["GET /measures"] >= set(forms)
    assert found["GET /api/measures"] >= set(forms)
    assert found["GET /api/measures.geojson"] == {"a spot"}


SPOT = Spot(20.8123461, 64.1423467)
EAST, NORTH = SPOT.metres
WRITTEN = {
    "degrees": "[20.8123461, 64.1423467]",
    "turned round": "64.1423467 20.8123461",
    "four decimals": "20.8123,64.1423",
    "three decimals": "20.812;64.142",
    "with words between": '{"lat": 64.14235, "zoom": 9, "lon": 20.81235}',
    "hundred-thousandths": "2081235 6414235",
    "whole metres": f"POINT ({EAST:.0f} {NORTH:.0f})",
    "whole metres turned round": f"N {NORTH:.0f} E {EAST:.0f}",
    "centimetres": f"{EAST * 100:.0f} {NORTH * 100:.0f}",
    "a part of a metre": f"{EAST:.2f};{NORTH:.2f}",
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_spot_is_found_however_it_is_written(how: str) -> None:
    planted = Canaries(spots={"here": SPOT})
    assert planted.found_in(f"before 1.2345 {WRITTEN[how]} after 123456") == {"here"}


@pytest.mark.parametrize("text", ["20.8 64.1", "20.812", "20.816 64.142 ", f"{EAST + 90:.0f} {NORTH:.0f}", "[20.8123, 1.0001, 2.0001, 3.0001, 4.0001, 64.1423]"])  # fmt: skip
def test_what_is_not_the_spot_is_not_taken_for_it(text: str) -> None:
    assert Canaries(spots={"here": SPOT}).found_in(text) == set()


def _answer(body: bytes, mimetype: str = "application/octet-stream") -> TestResponse:
    return Response(body, mimetype=mimetype)  # type: ignore[return-value]


@pytest.mark.parametrize("system", [WGS84, SWEREF99TM, WEB_MERCATOR])
def test_a_spot_is_found_in_a_file_of_any_system(system: int) -> None:
    planted = Canaries(spots={"here": SPOT})
    file = io.BytesIO()
    points = [Point(20.5, 64.0), Point(SPOT.lon, SPOT.lat)]
    gpd.GeoDataFrame({"a": [1, 2]}, geometry=points, crs=WGS84).to_crs(system).to_file(file, driver="GPKG")
    assert planted.found_in_bytes(file.getvalue()) == {"here"}
    assert secrets_in(planted, _answer(file.getvalue())) == {"here"}


def test_words_and_spots_are_found_in_our_own_files_and_columns() -> None:
    planted = Canaries(spots={"here": SPOT})
    rows = [Row(1, Point(700_000, 7_100_000), {"a": "b"}), Row(2, Point(EAST, NORTH), {"a": planted("word")})]
    table = FeatureTable(rows)
    assert planted.found_in(as_csv(table).decode()) == {"here", "word"}
    body = as_geopackage(table, "layer", date(2026, 1, 1))
    assert planted.found_in_bytes(body) == planted.found_in(told(_answer(body))) | {"here"}
    assert secrets_in(planted, _answer(body)) == {"here", "word"}
    degrees = np.rint(np.array([[20.5, 64.0], [SPOT.lon, SPOT.lat]]) * 1e5).astype(int)
    steps = np.diff(degrees, axis=0, prepend=0)
    columns = {"map": {"lon": steps[:, 0].tolist(), "lat": steps[:, 1].tolist()}}
    assert secrets_in(planted, _answer(encode(columns), "application/json")) == {"here"}
    hidden = {"lon": degrees[:1, 0].tolist(), "lat": degrees[:1, 1].tolist()}
    assert secrets_in(planted, _answer(encode(hidden), "application/json")) == set()
