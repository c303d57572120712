"""Measures by API, on both databases: who sees what, and a step with its version, its word and its errors."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from handmade import fill
from staff import bearer, one_of_each
from werkzeug.test import TestResponse

from geo.actions.measures import create, take_step
from geo.actions.plans import Plan
from geo.actions.sessions import Limits, begin
from geo.actions.tokens import revoke
from geo.model import MeasureStatus, Person, Promise, Role
from geo.publish.work import one_measure
from geo.settings import Settings
from geo.store import people as people_store
from geo.store.engine import Store
from webapp import create_app

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
PROPOSED = 8
"""The measure of the picture made by hand that nobody has decided on."""
SECRET = "Ring Karin först, portkod 1234"
PUBLIC_FIELDS = {
    *(
        "id",
        "title",
        "description",
        "kind",
        "responsible",
        "promise",
        "status",
        "where",
        "locality",
        "lonlat",
    ),
    *("starts", "due", "finished", "target", "done", "overdue", "places", "synthetic", "history"),
}


@dataclass
class Office:
    """The application, a planned measure of Polisen's, and one person of each role."""

    app: Flask
    store: Store
    people: dict[Role, Person]
    lamp: int = 0
    now: datetime = NOW

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def token(self, role: Role, scope: str = "measures:write") -> dict[str, str]:
        return bearer(self.store, self.people[role], scope)

    def get(self, path: str, headers: dict[str, str] | None = None) -> TestResponse:
        return self.client().get(f"/api/measures{path}", headers=headers)

    def step(
        self, role: Role, body: Any, tag: str | None = None, key: int | None = None, **more: str
    ) -> TestResponse:
        """Sends a change of the lamp's status; ``tag`` is that of its version now, where none is given."""
        key = self.lamp if key is None else key
        version = one_measure(self.store, self.lamp).version
        headers = {**self.token(role), "If-Match": f'"{key}-{version}"' if tag is None else tag, **more}
        if tag == "":
            del headers["If-Match"]
        content = {"json": body} if isinstance(body, dict | list) else {"data": body}
        if "data" in content:
            headers.setdefault("Content-Type", "application/json")
        return self.client().post(f"/api/measures/{key}/status", headers=headers, **content)

    def log(self) -> list[str]:
        return [line.status.value for line in one_measure(self.store, self.lamp).log]


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    fill(database_url)
    made: list[Office] = []
    app = create_app(
        Settings(database_url=database_url, log_level="ERROR"),
        clock=lambda: made[0].now if made else NOW,
    )
    store = app.extensions["pictures"].store
    made.append(Office(app, store, one_of_each(store)))
    office = made[0]
    plan = Plan("Byt lampan", Promise.UNSAFE_PLACES, ("Polisen",), internal_note=SECRET, where="Busstationen")
    by = office.people[Role.PLANNER]
    office.lamp = create(store, by, plan, now=NOW)
    take_step(store, by, office.lamp, MeasureStatus.PLANNED, note=SECRET, version=1, now=NOW)
    yield office
    store.close()


def ids(answer: TestResponse) -> list[int]:
    assert answer.status_code == 200
    return [one["id"] for one in answer.json["measures"]]


# Reading


def test_residents_see_the_public_measures_and_nothing_internal(office: Office) -> None:
    answer = office.get("")
    assert PROPOSED not in ids(answer)
    assert office.lamp in ids(answer)
    assert answer.json["total"] == len(ids(answer)) == 8
    assert {frozenset(one) for one in answer.json["measures"]} == {frozenset(PUBLIC_FIELDS)}
    for path in ("", f"/{office.lamp}"):
        text = office.get(path).text
        assert SECRET not in text
        assert "Namn" not in text


def test_those_who_work_with_them_see_all_of_it(office: Office) -> None:
    for role in Role:
        found = office.get("", office.token(role, "measures:read"))
        assert {PROPOSED, office.lamp} <= set(ids(found))
        assert found.headers["Cache-Control"] == "no-store"
    one = office.get(f"/{office.lamp}", office.token(Role.POLICE))
    assert one.headers["ETag"] == f'"{office.lamp}-2"'
    assert one.json["version"] == 2
    assert one.json["internal_note"] == SECRET
    assert [(line["status"], line["note"], line["name"]) for line in one.json["log"]] == [
        ("proposed", "", "Planner Namn"),
        ("planned", SECRET, "Planner Namn"),
    ]
    assert [step["step"] for step in one.json["steps"]] == ["start", "complete"]
    assert office.get(f"/{office.lamp}", office.token(Role.ADMIN)).json["steps"] == []


def test_a_session_sees_what_a_token_sees(office: Office) -> None:
    client = office.client()
    person = office.people[Role.PLANNER]
    limits = Limits.of(Settings())
    client.set_cookie("session", begin(office.store, person, now=NOW, limits=limits, how="password"))
    assert client.get(f"/api/measures/{PROPOSED}").json["status"] == "proposed"
    # With a token that is no good, the cookie is not read.
    answer = client.get(f"/api/measures/{PROPOSED}", headers={"Authorization": "Bearer trygg_x"})
    assert answer.status_code == 401


def test_what_residents_may_not_know_of_is_not_there(office: Office) -> None:
    answers = [office.get(f"/{key}") for key in (PROPOSED, 999_999, 10**30)]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.data for answer in answers}) == 1
    assert office.get(f"/{10**30}", office.token(Role.ADMIN)).status_code == 404


def test_residents_learn_of_a_completion_when_it_cannot_be_undone(office: Office) -> None:
    before = office.get(f"/{office.lamp}")
    assert office.step(Role.POLICE, {"status": "completed", "note": "Bytt"}).status_code == 200
    office.now = NOW + timedelta(minutes=9, seconds=59)
    assert office.get(f"/{office.lamp}").data == before.data
    assert office.get("?status=completed").json["total"] == 1
    office.now = NOW + timedelta(minutes=10)
    after = office.get(f"/{office.lamp}").json
    assert (after["status"], after["finished"]) == ("completed", "2026-06-01")
    assert after["history"][-1] == {"status": "completed", "day": "2026-06-01", "organisation": "Polisen"}
    assert "Bytt" not in office.get("").text


def test_pages_and_filters(office: Office) -> None:
    everything = ids(office.get(""))
    assert ids(office.get("?limit=3")) == everything[:3]
    assert ids(office.get("?limit=3&offset=3")) == everything[3:6]
    assert ids(office.get("?offset=1000000")) == []
    planned = office.get("?status=planned&limit=1")
    assert planned.json["total"] == 3
    assert planned.json["measures"][0]["status"] == "planned"
    assert ids(office.get("?promise=home")) == []
    assert ids(office.get("?status=proposed")) == []
    assert ids(office.get("?status=proposed", office.token(Role.POLICE))) == [PROPOSED]


NOT_OFFERED = [
    *(
        "limit=0",
        "limit=201",
        "limit=",
        "limit=x",
        "limit=-1",
        "limit=1.5",
        "limit=١",
        f"limit={'9' * 5000}",
    ),
    *("offset=-1", "offset=1000001", "status=done", "promise=x", "status=planned&status=planned", "x=1"),
]


def test_a_filter_that_is_not_offered_is_refused(office: Office) -> None:
    for query in NOT_OFFERED:
        answer = office.get(f"?{query}")
        assert answer.status_code == 400, query
        assert answer.json["error"]["message"]


def test_an_unchanged_answer_is_not_sent_to_residents_again(office: Office) -> None:
    for path in ("", f"/{office.lamp}"):
        first = office.get(path)
        assert first.headers["ETag"].startswith('W/"')
        assert first.headers["Cache-Control"] == "no-cache"
        again = office.get(path, {"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert {"Authorization", "Cookie"} <= set(first.vary)


NO_GOOD = ["trygg_x", "x", "", "trygg_" + "å" * 40]


def test_a_token_that_is_no_good_is_told_of(office: Office) -> None:
    for token in NO_GOOD:
        for answer in (
            office.get("", {"Authorization": f"Bearer {token}"}),
            office.get(f"/{office.lamp}", {"Authorization": f"bearer {token}"}),
            office.step(Role.POLICE, {"status": "completed"}, Authorization=f"Bearer {token}"),
        ):
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert answer.json["error"]["code"] == 401


def test_a_revoked_token_opens_nothing(office: Office) -> None:
    token = office.token(Role.POLICE)
    assert office.get("", token).headers["Cache-Control"] == "no-store"
    with office.store.read() as connection:
        (kept,) = people_store.tokens(connection)
    revoke(office.store, kept.id, now=NOW)
    assert office.get("", token).status_code == 401


# Taking a step


def test_a_step_answers_with_the_measure_and_its_new_version(office: Office) -> None:
    answer = office.step(
        Role.POLICE,
        {"status": "completed", "note": "Lampan är bytt", "done_at": "2026-06-01T11:30:00.5+02:00"},
    )
    assert answer.status_code == 200
    assert answer.headers["ETag"] == f'"{office.lamp}-3"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert (answer.json["status"], answer.json["version"]) == ("completed", 3)
    assert answer.json["finished"] == "2026-06-01"
    line = answer.json["log"][-1]
    assert (line["name"], line["organisation"], line["note"]) == ("Police Namn", "Polisen", "Lampan är bytt")
    assert (line["at"], line["done_at"]) == ("2026-06-01T10:00:00+00:00", "2026-06-01T09:30:00.500000+00:00")
    assert answer.json == office.get(f"/{office.lamp}", office.token(Role.POLICE)).json


def test_the_tag_of_a_compressed_answer_is_taken(office: Office) -> None:
    token = office.token(Role.POLICE)
    read = office.get(f"/{office.lamp}", {**token, "Accept-Encoding": "gzip"})
    assert json.loads(gzip.decompress(read.data))["version"] == 2
    assert read.headers["ETag"] != f'"{office.lamp}-2"'
    assert office.step(Role.POLICE, {"status": "ongoing"}, read.headers["ETag"]).status_code == 200


def test_a_change_must_say_of_which_version_it_is(office: Office) -> None:
    assert office.step(Role.POLICE, {"status": "ongoing"}, "").status_code == 428
    assert office.step(Role.POLICE, {"status": "ongoing"}).status_code == 200
    lamp = office.lamp
    for tag in (f'"{lamp}-2"', f'"{lamp}-4"', '"1-3"', "*", f'W/"{lamp}-3"', f'"{lamp}-{"9" * 5000}"', "x"):
        answer = office.step(Role.POLICE, {"status": "completed"}, tag)
        assert answer.status_code == 412, tag
        assert answer.json["error"]["message"]
    assert office.log() == ["proposed", "planned", "ongoing"]


def test_what_is_sent_twice_counts_once(office: Office) -> None:
    tag = f'"{office.lamp}-2"'
    change = {"status": "completed", "note": "Klart", "client_ref": "a3f1.7_b:c-d"}
    first, again = (office.step(Role.POLICE, change, tag) for _time in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json
    assert office.log() == ["proposed", "planned", "completed"]
    # Under somebody else's name it is no repetition.
    other = office.step(Role.COORDINATOR, change, tag)
    assert other.status_code == 422
    assert set(other.json["error"]["fields"]) == {"client_ref"}


def test_a_step_that_is_not_possible_or_not_ones_own(office: Office) -> None:
    assert office.step(Role.POLICE, {"status": "verified", "note": "Sett"}).status_code == 409
    for role in (Role.ADMIN, Role.PLANNER):
        assert office.step(role, {"status": "completed"}).status_code == 403
    assert office.step(Role.POLICE, {"status": "cancelled", "note": "Nej"}).status_code == 403
    assert office.step(Role.POLICE, {"status": "completed"}).status_code == 200
    lacking = office.step(Role.PLANNER, {"status": "verified", "note": " "})
    assert lacking.status_code == 422
    assert set(lacking.json["error"]["fields"]) == {"note"}
    assert office.step(Role.PLANNER, {"status": "verified", "note": "Den lyser"}).status_code == 200
    assert office.step(Role.POLICE, {"status": "completed"}, '"999999-1"', 999_999).status_code == 404
    assert office.step(Role.POLICE, {"status": "completed"}, f'"{10**30}-1"', 10**30).status_code == 404


def test_nobody_without_a_name_takes_a_step(office: Office) -> None:
    answer = office.client().post(f"/api/measures/{office.lamp}/status", json={"status": "completed"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    reading = office.token(Role.POLICE, "measures:read")
    answer = office.step(Role.POLICE, {"status": "completed"}, **reading)
    assert answer.status_code == 401
    assert office.log() == ["proposed", "planned"]


def test_a_session_needs_the_forms_token_as_well(office: Office) -> None:
    client = office.client()
    limits = Limits.of(Settings())
    token = begin(office.store, office.people[Role.POLICE], now=NOW, limits=limits, how="password")
    client.set_cookie("session", token)
    url, change = f"/api/measures/{office.lamp}/status", {"status": "completed"}
    headers = {"If-Match": f'"{office.lamp}-2"'}
    assert client.post(url, json=change, headers=headers).status_code == 400
    page = client.get("/my/measures").text
    csrf = page.split('name="csrf-token" content="')[1].split('"')[0]
    answer = client.post(url, json=change, headers={**headers, "X-CSRFToken": csrf})
    assert answer.status_code == 200


UNUSABLE = [
    ({}, {"status"}),
    ({"status": "proposed"}, {"status"}),
    ({"status": "klar"}, {"status"}),
    (
        {"status": None, "note": 1, "done_at": [], "client_ref": {}},
        {"status", "note", "done_at", "client_ref"},
    ),
    ({"status": "ongoing", "note": "x" * 2001}, {"note"}),
    ({"status": "ongoing", "version": 2, "Status": "x"}, {"version", "Status"}),
    ({"status": "ongoing", "client_ref": ""}, {"client_ref"}),
    ({"status": "ongoing", "client_ref": "x" * 65}, {"client_ref"}),
    ({"status": "ongoing", "client_ref": "a\u0000b"}, {"client_ref"}),
    ({"status": "ongoing", "client_ref": "ab\n"}, {"client_ref"}),
    ({"status": "ongoing", "done_at": "2026-06-01"}, {"done_at"}),
    ({"status": "ongoing", "done_at": "2026-06-01T10:00:00"}, {"done_at"}),
    ({"status": "ongoing", "done_at": "2026-13-01T10:00:00Z"}, {"done_at"}),
    ({"status": "ongoing", "done_at": "0001-01-01T00:00:00+14:00"}, {"done_at"}),
    ({"status": "ongoing", "done_at": "2025-05-01T10:00:00Z"}, {"done_at"}),
    ([], set()),
]


def test_a_body_that_cannot_be_used_is_refused_field_by_field(office: Office) -> None:
    for body, fields in UNUSABLE:
        answer = office.step(Role.POLICE, body)
        assert answer.status_code == 422, body
        assert set(answer.json["error"].get("fields", {})) == fields
        assert all(answer.json["error"].get("fields", {"": "x"}).values())
        assert office.log() == ["proposed", "planned"]


@pytest.mark.parametrize("done_at", ["9999-12-31T23:59:59-14:00", "2026-06-01t12:00:01z"])
def test_a_clock_that_is_ahead_counts_as_now(office: Office, done_at: str) -> None:
    answer = office.step(Role.POLICE, {"status": "completed", "done_at": done_at})
    assert answer.status_code == 200
    assert answer.json["log"][-1]["done_at"] == "2026-06-01T10:00:00+00:00"


def test_words_that_databases_choke_on_are_kept_without_what_chokes_them(office: Office) -> None:
    answer = office.step(Role.POLICE, '{"status": "ongoing", "note": "a\\u0000b\\ud800c 🔦\\n d"}')
    assert answer.status_code == 200
    assert answer.json["log"][-1]["note"] == "abc 🔦\n d"


NO_JSON = [
    ("", 400),
    ("{", 400),
    ("[" * 30_000, 400),
    (b'{"status": "\xff"}', 400),
    ('{"status": ' + "9" * 5000 + "}", 400),
    ("x" * 32_001, 413),
]


def test_what_is_not_json_or_too_much_is_refused(office: Office) -> None:
    for body, status in NO_JSON:
        answer = office.step(Role.POLICE, body)
        assert answer.status_code == status
        assert answer.json["error"]["code"] == status


OTHER_KINDS = ["text/plain", "application/x-www-form-urlencoded", "application/ld+json"]


def test_other_kinds_of_content_are_refused(office: Office) -> None:
    for kind in OTHER_KINDS:
        answer = office.step(Role.POLICE, b'{"status": "ongoing"}', **{"Content-Type": kind})
        assert answer.status_code == 415
        assert answer.json["error"]["message"]
