"""A stranger who walks every public address: what residents, search engines, harvesters and the curious can ask for."""

import re
from collections.abc import Iterator
from itertools import product

from flask import Flask
from flask.testing import FlaskClient
from routes import ROUTES
from werkzeug.test import TestResponse

ADDRESS = "198.51.100.77"
_IDS = range(1, 13)
_ONE_BY_ONE = 20
"""As many features of a collection are asked for one by one; its pages and files hold all of them."""
_PAGE = 1_000
SWEREF = "http://www.opengis.net/def/crs/EPSG/0/3006"

QUERIES = (
    "", "?locality=Robertsfors", "?reason=lighting&time=night", "?status=ongoing", "?promise=traffic", "?place=1",
    "?q=a", "?bbox=20,63,22,65&limit=5", "?page=2", "?reason=%00", "?place=x&locality=%3Cb%3E", "?f=html", "?f=json",
)  # fmt: skip


def collections(stranger: FlaskClient) -> list[str]:
    """The ids of the collections of the open data."""
    return [found["id"] for found in stranger.get("/api/collections?f=json").get_json()["collections"]]


def public_paths(app: Flask) -> list[str]:
    """Every address of the table of routes that a stranger may ask for by GET, with ids and names of many things."""
    known = collections(app.test_client())
    names = {
        "<collection>": [*known, "layer-secrets"],
        "<name>": [*(one.removeprefix("layer-") for one in known if one.startswith("layer-")), "secrets"],
    }
    found = []
    for key, route in ROUTES.items():
        method, rule = key.split(" ", 1)
        if method != "GET" or "nobody" not in route.by:
            continue
        # Of what has several numbers, as a tile of the map, one is enough.
        one = rule.count("<int:") == 1
        choices = [
            [str(number) for number in _IDS] if one and "<int:" in part else names.get(part, [part])
            for part in re.split(r"(<[^>]*>)", rule)
        ]
        paths = {"".join(parts) for parts in product(*choices)} | {route.path.format(measure=1, recurring=2)}
        found += sorted(path for path in paths if path and "<" not in path)
    return found


def staff_paths() -> list[tuple[str, str]]:
    """The methods and addresses that a stranger is refused."""
    ids = {"measure": 1, "recurring": 2, "answer": 1}
    return [
        (key.split(" ")[0], (route.path or key.split(" ")[1]).format(**ids))
        for key, route in ROUTES.items()
        if "nobody" not in route.by or key.startswith("POST")
    ]


def open_data(stranger: FlaskClient) -> Iterator[tuple[str, TestResponse]]:
    """Every collection in every form: all its pages, both systems, its features one by one, its files."""
    for collection in collections(stranger):
        whole = f"/api/collections/{collection}/items"
        ids: list[object] = []
        for system in ("", f"&crs={SWEREF}"):
            for start in range(0, 1_000_000, _PAGE):
                page = f"{whole}?f=json&limit={_PAGE}&offset={start}{system}"
                answer = stranger.get(page)
                yield f"GET {page}", answer
                features = answer.get_json()["features"]
                ids += [feature["id"] for feature in features]
                if len(features) < _PAGE:
                    break
        yield f"GET {whole} as a page", stranger.get(f"{whole}?f=html&limit={_PAGE}")
        for one in list(dict.fromkeys(ids))[:_ONE_BY_ONE]:
            for form in ("?f=json", f"?f=json&crs={SWEREF}", "?f=html"):
                yield f"GET {whole}/{one}{form}", stranger.get(f"{whole}/{one}{form}")
        for file in ("features.gpkg", "features.csv"):
            path = f"/api/collections/{collection}/{file}"
            yield f"GET {path}", stranger.get(path)


def _strangers(app: Flask) -> Iterator[tuple[str, FlaskClient]]:
    """Somebody who isn't signed in, in each language."""
    for language in ("sv", "en"):
        stranger = app.test_client()
        stranger.set_cookie("language", language)
        yield language, stranger


def reading(app: Flask) -> Iterator[tuple[str, TestResponse]]:
    """What a stranger reads of every public address, in both languages."""
    paths = public_paths(app)
    for language, stranger in _strangers(app):
        for path in paths:
            yield f"GET {path} in {language}", stranger.get(path)
            yield f"HEAD {path} in {language}", stranger.head(path)
        for asked, answer in open_data(stranger):
            yield f"{asked} in {language}", answer


def walk(app: Flask) -> Iterator[tuple[str, TestResponse]]:
    """Everything a stranger can ask for, in both languages, with filters, wrongly, too much and too often."""
    paths = public_paths(app)
    for _language, stranger in _strangers(app):
        for path in paths:
            queries = QUERIES
            if path.startswith("/api/collections/"):
                queries = ("", "?f=html", "?f=json")
            elif re.search(r"\d", path):
                queries = ("",)
            for query in queries:
                yield f"GET {path}{query}", stranger.get(path + query)
            yield f"HEAD {path}", stranger.head(path)
            yield f"PUT {path}", stranger.put(path)
            yield f"OPTIONS {path}", stranger.options(path)
            answer = stranger.get(path, headers={"Accept": "application/json", "Accept-Encoding": "identity"})
            yield f"GET {path} as JSON", answer
            if "ETag" in answer.headers:
                again = stranger.get(path, headers={"If-None-Match": answer.headers["ETag"]})
                yield f"GET {path} again", again
        yield from open_data(stranger)
        for method, path in staff_paths():
            yield f"{method} {path}", stranger.open(path, method=method)
            yield f"{method} {path} with a body", stranger.open(path, method=method, data=b"x" * 2_000_000)
        for path in ("/nowhere", "/api/nowhere", "/places/999999", "/static/../geo/model.py", "/%00"):
            yield f"GET {path}", stranger.get(path)
    often = app.test_client()
    for path in ("/calendar/wrong.ics", "/api/nowhere"):
        for _ in range(70):
            answer = often.get(path, environ_base={"REMOTE_ADDR": ADDRESS})
        yield f"GET {path} too often", answer
