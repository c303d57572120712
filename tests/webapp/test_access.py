"""Who may open what: every route × method × role × owner."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from ground import ground_layers
from people import add_people, sign_in, token_in
from routes import ROLES, ROUTES, expected
from werkzeug.test import TestResponse

from geo.bootstrap import put_layers
from geo.gazetteer import load_gazetteer
from geo.intake import Intake
from geo.settings import ROOT, Settings
from geo.store.engine import open_store
from geo.store.migration import migrate
from scripts.roles import COMMAND, PAGE, roles_page
from webapp import create_app
from webapp.access import access_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DATA = ROOT / "data"

ANSWERS = [
    "Respondent;Plats;Varför;När på dygnet;Kommentar",
    *(f"a{n};busstationen i Robertsfors;Dålig belysning;kväll;En lampa hänger löst" for n in range(5)),
]
MEASURES = [
    "id;åtgärd;ansvarig;medborgarlöfte;status;plats;antal planerade;antal gjorda",
    "1;Polisens;Polisen;trafik;planerad;busstationen i Robertsfors;;",
    "2;Kommunens;Robertsfors kommun;trafik;planerad;busstationen i Robertsfors;;",
    "3;Polisens gånger;Polisen;trafik;pågående;;12;3",
    "4;Kommunens gånger;Robertsfors kommun;trafik;pågående;;12;3",
]


class Site:
    """The application over a database that is put back as it was after every change."""

    def __init__(self, folder: Path) -> None:
        self._file, self._template = folder / "site.sqlite", folder / "template.sqlite"
        url = f"sqlite:///{self._file}"
        _take_in(url, folder)
        self.app: Flask = create_app(Settings(database_url=url, log_level="ERROR"), clock=lambda: NOW)
        self._cookies: dict[str, dict[str, str]] = {}
        self._tokens: dict[str, str] = {}
        for who in ("nobody", *ROLES):
            client = self.app.test_client()
            self._tokens[who] = (
                token_in(client.get("/login").text) if who == "nobody" else sign_in(client, who)
            )
            cookies = (client.get_cookie(name) for name in ("session", "form"))
            self._cookies[who] = {cookie.key: cookie.value for cookie in cookies if cookie}
        self._close()
        shutil.copy(self._file, self._template)

    def client(self, who: str) -> FlaskClient:
        """A browser in which this person is signed in."""
        client = self.app.test_client()
        for name, value in self._cookies[who].items():
            client.set_cookie(name, value)
        return client

    def ask(self, key: str, who: str, *, own: bool) -> TestResponse:
        """Asks a route of the table."""
        method, rule = key.split(" ", 1)
        route = ROUTES[key]
        first = own == (who == "police")
        ids = {"measure": 1 if first else 2, "recurring": 3 if first else 4, "answer": 1}
        path = (route.path or rule).format(**ids)
        if method == "GET":
            return self.client(who).get(path)
        form = {name: value.format(**ids) for name, value in route.form.items()}
        headers = {"X-CSRFToken": self._tokens[who]}
        if route.json:
            headers["If-Match"] = f'"{form.pop("if_match")}"'
            answer = self.client(who).post(path, json=form, headers=headers)
        else:
            answer = self.client(who).post(path, data=form, headers=headers)
        self._put_back()
        return answer

    def _put_back(self) -> None:
        self._close()
        for end in ("-wal", "-shm"):
            self._file.with_name(self._file.name + end).unlink(missing_ok=True)
        shutil.copy(self._template, self._file)

    def _close(self) -> None:
        self.app.extensions["pictures"].store.close()


def _take_in(url: str, folder: Path) -> None:
    gazetteer = load_gazetteer(DATA / "places" / "gazetteer.csv")
    store = open_store(url)
    migrate(store)
    put_layers(store, ground_layers())
    for name, lines in {"survey.csv": ANSWERS, "measures.csv": MEASURES}.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    intake = Intake(store, gazetteer, now=NOW)
    intake.survey(folder / "survey.csv", survey="Enkät 2022", synthetic=True)
    intake.measures(folder / "measures.csv", synthetic=True)
    store.close()
    add_people(url, now=NOW)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield Site(tmp_path_factory.mktemp("access"))


def _rules(app: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }


def test_the_table_lists_every_route_and_no_other(site: Site) -> None:
    assert set(ROUTES) == _rules(site.app)


def test_every_view_says_who_may_open_it(site: Site) -> None:
    silent = [name for name, view in site.app.view_functions.items() if access_of(view) is None]
    assert silent == []


@pytest.mark.parametrize("key", ROUTES)
def test_each_route_answers_each_role_as_the_table_says(site: Site, key: str) -> None:
    wanted, found = {}, {}
    route = ROUTES[key]
    owners = (True, False) if "{measure}" in route.path or "{recurring}" in route.path else (True,)
    for who in ("nobody", *ROLES):
        for own in owners:
            case = f"{who}, {'own' if own else 'others'}"
            wanted[case] = expected(key, route, who, own)
            found[case] = site.ask(key, who, own=own).status_code
    assert found == wanted


@pytest.mark.parametrize("key", [key for key in ROUTES if not key.startswith("GET")])
def test_nothing_changes_without_the_forms_token(site: Site, key: str) -> None:
    route = ROUTES[key]
    ids = {"measure": 1, "recurring": 3, "answer": 1}
    path = (route.path or key.split(" ", 1)[1]).format(**ids)
    form = {name: value.format(**ids) for name, value in route.form.items()}
    for who in ("nobody", "coordinator"):
        for token in ("", "IjEi.aaaaaa.bbbb"):
            answer = site.client(who).post(path, data={**form, "csrf_token": token})
            assert answer.status_code in (400, 401, 403), (who, token)
    store = site.app.extensions["pictures"].store
    before = store.revision()
    site.client("coordinator").post(path, data=form)
    assert store.revision() == before


def test_what_staff_see_is_kept_by_no_cache_and_the_public_gets_no_cookie(site: Site) -> None:
    for key, route in ROUTES.items():
        if not key.startswith("GET") or key in ("GET /login", "GET /language/<code>"):
            continue
        public = site.ask(key, "nobody", own=True)
        assert "Set-Cookie" not in public.headers, key
        answer = site.ask(key, "coordinator", own=True)
        if "nobody" not in route.by and answer.status_code == 200:
            assert "public" not in answer.headers["Cache-Control"], key
            assert "no-store" in answer.headers["Cache-Control"] or key.startswith("GET /my/measures"), key


@pytest.mark.parametrize("who", ["nobody", "coordinator"])
def test_every_answer_of_every_route_says_what_the_browser_may_do_with_it(site: Site, who: str) -> None:
    for key in (*ROUTES, "GET /nowhere", "GET /api/nowhere"):
        answer = site.ask(key, who, own=True) if key in ROUTES else site.client(who).get(key.split(" ")[1])
        headers, policy = answer.headers, answer.headers["Content-Security-Policy"]
        rules = {name: sources for name, *sources in (part.split() for part in policy.split(";"))}
        assert rules["default-src"] == ["'none'"], key
        assert rules["frame-ancestors"] == ["'none'"], key
        assert rules["base-uri"] == ["'none'"], key
        assert rules["form-action"] == ["'self'"], key
        assert "unsafe" not in policy and "*" not in policy, key
        nonces = [source for source in rules["script-src"] if source != "'self'"]
        assert len(nonces) < 2 and all(re.fullmatch(r"'nonce-[\w-]{20,}'", one) for one in nonces), key
        assert headers["X-Content-Type-Options"] == "nosniff", key
        assert headers["X-Frame-Options"] == "DENY", key
        assert headers["Referrer-Policy"] == "same-origin", key
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", key
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", key
        for feature in ("camera", "microphone", "payment", "usb"):
            assert f"{feature}=()" in headers["Permissions-Policy"], key
        # Only the officer's page may ask where it is, and only for itself.
        assert "geolocation=()" in headers["Permissions-Policy"] or (
            key.startswith("GET /my/") and "geolocation=(self)" in headers["Permissions-Policy"]
        ), key
        assert "Server" not in headers and "X-Powered-By" not in headers, key
        assert "charset=utf-8" in headers["Content-Type"] or not headers["Content-Type"].startswith(
            "text/"
        ), key


def test_who_is_not_signed_in_is_sent_back_afterwards(site: Site) -> None:
    answer = site.app.test_client().get("/my/measures?x=1&y=a%26b")
    assert answer.status_code == 303
    assert answer.location == "/login?next=%2Fmy%2Fmeasures%3Fx%3D1%26y%3Da%2526b"
    api = site.app.test_client().post("/api/measures/1/status", json={"status": "completed"})
    assert (api.status_code, json.loads(api.text)["error"]["code"]) == (401, 401)


def test_a_view_without_a_mark_opens_for_nobody(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.sqlite'}"
    store = open_store(url)
    migrate(store)
    store.close()
    app = create_app(Settings(database_url=url, log_level="ERROR"), clock=lambda: NOW)
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = app.test_client().get("/forgotten")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_the_document_of_the_roles_is_what_the_code_says(site: Site) -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == roles_page(site.app), f"run: {COMMAND}"
