"""The real server's log, and what commands say: who reads them learns what happened, and no secret of anybody's."""

import csv
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from canaries import Canaries
from canary_scene import Scene
from people import PASSWORD, token_in
from readers import serving
from sqlalchemy import Connection, text

LINE = {"method", "route", "path", "status", "ms", "request_id", "event", "level", "timestamp"}
"""What a line about a request has. The path only where it was answered well, and lets nobody in."""


class Visitor:
    """Somebody at the served site whose every header holds a secret."""

    def __init__(self, scene: Scene, address: str) -> None:
        self.address, self.mark = address, scene.secret
        self.web = requests.Session()
        self.web.trust_env = False
        for name in (
            "User-Agent",
            "Referer",
            "X-Forwarded-For",
            "Accept-Language",
            "If-None-Match",
            "X-Request-ID",
        ):
            self.web.headers[name] = self.mark(f"header {name}")
        self.web.cookies.set("extra", self.mark("a cookie"))
        self.seen: list[int] = []

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        answer = self.web.request(method, self.address + path, allow_redirects=False, timeout=60, **more)
        self.seen.append(answer.status_code)
        return answer

    def send(self, path: str, token: str, **form: str) -> requests.Response:
        return self.ask("POST", path, data={"csrf_token": token, **form})


def _as_a_stranger(visitor: Visitor) -> None:
    typed = visitor.mark("typed by a stranger")
    for path in (
        "/",
        "/places",
        "/api/places.geojson",
        "/api/collections/places/items?f=html",
        "/healthz",
        "/tiles/1/1/0.png",
    ):
        assert visitor.ask("GET", path).status_code < 400
    for path in (f"/about?q={typed}", f"/login?next=/{typed}", f"/language/sv?next=/{typed}"):
        assert visitor.ask("GET", path).status_code < 400
    for path in (f"/{typed}", f"/api/{typed}", f"/places/999?a={typed}", f"/static/{typed}", f"/api/layers/{typed}.geojson",
                 f"/api/collections/{typed}/items", f"/api/collections/places/items/{typed}", f"/password/{typed}",
                 f"/calendar/{typed}.ics", f"/planning/places/{typed}.atom", f"/basemap/{typed}.pmtiles"):  # fmt: skip
        assert visitor.ask("GET", path).status_code == 404, path
    for path in (
        f"/places?locality={typed}",
        f"/?place={typed}",
        f"/api/collections/places/items?bbox={typed}",
    ):
        assert visitor.ask("GET", path).status_code == 400, path
    assert visitor.ask("DELETE", f"/places?q={typed}", data=typed).status_code == 405
    assert visitor.ask("GET", f"/review?q={typed}").status_code == 303
    assert visitor.ask("POST", "/review/t0", data={"take": typed}).status_code == 401
    for path in ("/login", "/answers/1/review"):
        # The server may hang up while too much is still being sent.
        with suppress(requests.ConnectionError):
            assert visitor.ask("POST", path, data={"a": typed + "x" * 1_100_000}).status_code in (401, 413)
        visitor.web.close()
    assert visitor.ask("GET", f"/login/oidc?next=/{typed}").status_code == 503
    assert (
        visitor.ask("GET", f"/login/oidc/callback?code={typed}&state={typed}&error={typed}").status_code
        >= 400
    )
    bearer = {"Authorization": f"Bearer {visitor.mark('a wrong token')}"}
    assert visitor.ask("GET", "/api/measures", headers=bearer).status_code == 401
    step = {"status": "completed", "note": typed}
    assert visitor.ask("POST", "/api/measures/1/status", json=step, headers=bearer).status_code == 401
    basic = {"Authorization": f"Basic {typed}"}
    assert visitor.ask("GET", "/api/measures", headers=basic).status_code == 200


def _what_is_no_request(visitor: Visitor) -> None:
    host, port = visitor.address.removeprefix("http://").split(":")
    typed = visitor.mark("no request").encode()
    for said in (typed + b"\r\n\r\n", b"GET /" + typed + b" HTTP/9.9\r\n\r\n", b"GET /about HTTP/1.1\r\n" + typed + b"\r\n\r\n",
                 b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: " + typed + b"\r\n\r\n", b"\x16\x03\x01" + typed):  # fmt: skip
        with socket.create_connection((host, int(port)), timeout=2) as line:
            line.sendall(said)
            # It may have hung up already.
            with suppress(OSError):
                line.shutdown(socket.SHUT_WR)
                while line.recv(4096):
                    pass


def _signed_in(visitor: Visitor) -> str:
    """Signs in, after a wrong try; gives the token of the person's forms."""
    token = token_in(visitor.ask("GET", "/login").text)
    wrong = visitor.mark("a wrong password")
    username = visitor.mark("a username")
    assert (
        visitor.send("/login", token, username=visitor.mark("a wrong name"), password=wrong).status_code
        == 401
    )
    assert visitor.send("/login", token, username=username, password=PASSWORD).status_code == 303
    return token_in(visitor.ask("GET", "/account").text)


def _as_staff(visitor: Visitor, token: str) -> None:
    typed = visitor.mark("typed by staff")
    assert visitor.ask("GET", f"/answers/1?q={typed}").status_code == 200
    assert visitor.ask("GET", "/today").status_code == 200
    assert visitor.ask("GET", f"/audit?q={typed}").status_code == 403
    assert visitor.send("/publish", token, quarter=typed).status_code == 422
    assert visitor.send("/planning/scenarios", token, name=typed * 20).status_code == 422
    assert visitor.send("/answers/1/review", token, note=typed).status_code == 303
    assert visitor.send("/answers/1/review", "wrong", note=typed).status_code == 400
    file = {"timetable": (f"{typed}.csv", f"Tid\n{typed}\n".encode())}
    assert (
        visitor.ask("POST", "/planning/timetable", data={"csrf_token": token}, files=file).status_code == 422
    )


@contextmanager
def _broken(scene: Scene, break_it: str, mend_it: str) -> Iterator[None]:
    """The database is another than the program thinks, for a while."""

    def run(connection: Connection, statement: str) -> None:
        connection.execute(text(statement))

    with scene.store.write() as connection:
        run(connection, break_it)
    try:
        yield
    finally:
        with scene.store.write() as connection:
            run(connection, mend_it)


def _while_it_fails(scene: Scene, visitor: Visitor, token: str) -> None:
    typed = visitor.mark("typed while it failed")
    renamed = ("ALTER TABLE finding RENAME TO gone", "ALTER TABLE gone RENAME TO finding")
    with _broken(scene, *renamed):
        assert visitor.ask("GET", f"/places?q={typed}").status_code == 500
        assert visitor.ask("GET", f"/measures/all?q={typed}").status_code == 500
    unique = ("CREATE UNIQUE INDEX one_name ON scenario (name)", "DROP INDEX one_name")
    with _broken(scene, *unique):
        assert visitor.send("/planning/scenarios", token, name=typed).status_code == 303
        assert visitor.send("/planning/scenarios", token, name=typed).status_code == 500
    assert visitor.ask("GET", "/places").status_code == 200


def test_the_log_of_the_real_server_has_no_secret(scene: Scene, tmp_path: Path) -> None:
    file = tmp_path / "log"
    with serving(scene.url, file, **scene.settings) as address:
        visitor = Visitor(scene, address)
        _as_a_stranger(visitor)
        _what_is_no_request(visitor)
        token = _signed_in(visitor)
        _as_staff(visitor, token)
        _while_it_fails(scene, visitor, token)
        for name, cookie in visitor.web.cookies.items():
            scene.secret.know("a cookie of a session", *([cookie] if name in ("session", "form") else []))
    log = file.read_text()
    # An address of a scenario opens it for planners only; folders are the operator's own.
    assert scene.secret.found_in(log) - {"scenario.slug", "address of a scenario"} == set()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    told = [line for line in lines if line["event"] == "request"]
    assert all(set(line) == LINE for line in told)
    assert all(line["path"] is None for line in told if line["status"] >= 400)
    statuses = [line["status"] for line in told]
    assert all(status in statuses for status in visitor.seen)
    assert {200, 303, 400, 401, 403, 404, 405, 413, 422, 500, 503} <= set(statuses)
    events = [line["event"] for line in lines]
    assert events.count("unexpected_error") == statuses.count(500) == 3
    assert {"oidc_failed", "tile_failed"} <= set(events)
    other = [line for line in log.splitlines() if not line.startswith("{")]
    assert len(other) == 1 and other[0].endswith(address), other


WRONG_DATABASES = (
    "postgresql+psycopg://trygg:{}@127.0.0.1:9/trygg",
    "postgresql+psycopg://trygg:{}@127.0.0.1:port/trygg",
    "postgresql+psycopg://trygg:{}#x@127.0.0.1/trygg",
    "postgresql+psycopg://trygg:a/{}@127.0.0.1/trygg",
    "postgresql+psycopg://trygg:[{}]@127.0.0.1/trygg",
    "postgres://trygg:{}@127.0.0.1/trygg",
    "mysql://trygg:{}@127.0.0.1/trygg",
    "postgresql+psycopg://trygg:x@127.0.0.1:9/trygg?password={}",
    "{}",
)


@pytest.mark.parametrize("command", [("serve",), ("queue",)], ids=" ".join)
@pytest.mark.parametrize("address", WRONG_DATABASES)
def test_a_database_that_cannot_be_reached_is_told_of_without_its_password(
    address: str, command: tuple[str, ...], tmp_path: Path
) -> None:
    secret = Canaries()
    url = address.format(secret("the password"))
    made = Scene(url, tmp_path, tmp_path, secret)
    done = made.run(*command)
    assert done.returncode == 2, done.stderr
    assert done.stderr.strip() and "Traceback" not in done.stderr
    assert secret.found_in(done.stdout + done.stderr) == set()


def test_a_setting_that_cannot_be_used_is_told_of_without_the_secrets_beside_it(scene: Scene) -> None:
    for name, value in {
        "TRYGG_TILE_URL": f"ftp://x/{scene.secret('a key of the tile server')}",
        "TRYGG_TILE_ATTRIBUTION": "",
        "TRYGG_OIDC_CLIENT_ID": "",
        "TRYGG_OIDC_ISSUER": "http://id.example",
        "TRYGG_OSM_URL": scene.secret("a key of the extract"),
        "TRYGG_UNDO_MINUTES": "-1",
        "TRYGG_PORT": "8000",
    }.items():
        done = scene.run("queue", **(scene.settings | {name: value}))
        assert done.returncode == 2, name
        assert scene.secret.found_in(done.stdout + done.stderr) == set(), name


def test_a_file_with_bad_rows_is_told_of_by_row_column_and_the_one_cell(scene: Scene) -> None:
    """The coordinator's own screen names the cell that can't be read; of what is refused, and of other cells, nothing."""
    secret, file = scene.secret, scene.folder / "fel.csv"
    cell = secret("a date that can't be read")
    head = ["id", "kategori", "plats", "datum", "beskrivning"]
    rows = [
        ["x1", "Våldtäkt", secret("place of a refused row"), "2025-06-02", secret("told in a refused row")],
        ["x2", "Stöld", f"hemma hos {secret('a home in a row')}", "2025-06-02", secret("told of a home")],
        [secret("id of a bad row"), "Stöld", secret("place of a bad row"), cell, secret("told in a bad row")],
    ]  # fmt: skip
    table = scene.table("bad.csv", [head, *rows])
    done = scene.run("import", "incidents", table, "--source", "EST")
    assert done.returncode == 1
    shown = done.stdout + done.stderr
    assert scene.secret.found_in(shown) == {"a date that can't be read"}
    assert "rad 4" in shown and "datum" in shown
    # With --rejected the file has them, and the screen nothing.
    done = scene.run("import", "incidents", table, "--source", "EST", "--rejected", str(file))
    assert scene.secret.found_in(done.stdout + done.stderr) == set()
    assert scene.secret.found_in(file.read_text("utf-8-sig")) == {"a date that can't be read"}
    with file.open(encoding="utf-8-sig", newline="") as content:
        # The headings, three rows, and a column that isn't read.
        assert len(list(csv.reader(content, delimiter=";"))) == 5
