"""The API is what its document says: every route, every answer, for everybody who may ask, and under fire."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from flask import Flask
from handmade import TODAY, fill
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from staff import bearer, one_of_each

from geo.model import STOCKHOLM, Role
from geo.settings import Settings
from geo.store.engine import open_store
from webapp import create_app
from webapp.openapi import api_routes, document
from webapp.openapi.operations import OPERATIONS

RESIDENT, BAD_TOKEN, READER = "resident", "bad token", "token for reading"
WHO = (RESIDENT, BAD_TOKEN, READER, *(role.value for role in Role))

Headers = dict[str, dict[str, str]]


def people_of(url: str) -> Headers:
    """Makes the picture made by hand with a person of each role; gives who asks, by the headers they send."""
    fill(url)
    store = open_store(url)
    people = one_of_each(store, "Robertsfors kommun")
    headers = {
        RESIDENT: {},
        BAD_TOKEN: {"Authorization": "Bearer trygg_no-such-token"},
        READER: bearer(store, people[Role.PLANNER], "measures:read"),
        **{role.value: bearer(store, person) for role, person in people.items()},
    }
    store.close()
    return headers


def app_of(url: str) -> Flask:
    def clock() -> datetime:
        return datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=STOCKHOLM)

    return create_app(Settings(database_url=url, log_level="ERROR"), clock)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'trygg.sqlite'}"


def config(headers: dict[str, str], examples: int, *, served: bool = False) -> SchemathesisConfig:
    """What is sent, and what is taken for right.

    Whether a right token can be left out is tried where it is served: that probe can't be sent inside the
    process. What fits the schema is refused where a version is old, a step not possible or a locality not there.
    """
    usable = ["2xx", "3xx", "400", "401", "403", "404", "409", "412", "422"]
    unusable = ["400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "428"]
    return SchemathesisConfig.from_dict(
        {
            "seed": 2409,
            # The client inside the process does not unpack.
            "headers": {"Accept-Encoding": "identity", **headers},
            "generation": {"max-examples": examples, "deterministic": True, "database": "none"},
            "phases": {"stateful": {"enabled": False}},
            "checks": {
                "ignored_auth": {"enabled": served},
                "positive_data_acceptance": {"expected-statuses": usable},
                "negative_data_rejection": {"expected-statuses": unusable},
                "missing_required_header": {"expected-statuses": unusable},
            },
        }
    )


class Fire:
    """What came of sending everything that the document allows, and what it doesn't."""

    def __init__(self, schema: schemathesis.BaseSchema) -> None:
        self.wrong: list[str] = []
        self.statuses: dict[str, set[int]] = {}
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                self._note(event)
            elif isinstance(event, events.NonFatalError):
                self.wrong.append(f"{event.label}: {event.value}")
            elif isinstance(event, events.FatalError):
                raise event.exception

    def _note(self, event: events.ScenarioFinished) -> None:
        seen = self.statuses.setdefault(event.recorder.label, set())
        method = event.recorder.label.split()[0]
        for interaction in event.recorder.interactions.values():
            # Other methods are tried as well.
            if interaction.response is not None and interaction.request.method == method:
                seen.add(interaction.response.status_code)
        for checks in event.recorder.checks.values():
            self.wrong += [
                f"{event.recorder.label}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
                for check in checks
                if check.failure_info is not None
            ]


STEP = "POST /api/measures/{measure_id}/status"


@pytest.mark.parametrize("who", WHO)
def test_under_fire_it_answers_as_the_document_says(sqlite_url: str, who: str) -> None:
    headers = people_of(sqlite_url)
    loaded = schemathesis.openapi.from_wsgi(
        "/api/openapi.json", app_of(sqlite_url), config=config(headers[who], 5)
    )
    fire = Fire(loaded)
    assert not fire.wrong, "\n\n".join(fire.wrong)
    # All but the document itself, which is read to begin with.
    assert len(fire.statuses) == len(OPERATIONS) - 1
    if who in (RESIDENT, BAD_TOKEN, READER):
        assert fire.statuses[STEP] <= {401, 404}
    else:
        assert {404, 412, 415, 422, 428} <= fire.statuses[STEP]
        assert (200 in fire.statuses[STEP]) is (who in ("planner", "coordinator"))
        assert (403 in fire.statuses[STEP]) is (who in ("police", "admin"))


def test_postgresql_takes_what_sqlite_takes(postgis_url: str) -> None:
    headers = people_of(postgis_url)
    loaded = schemathesis.openapi.from_wsgi(
        "/api/openapi.json", app_of(postgis_url), config=config(headers["coordinator"], 5)
    )
    fire = Fire(loaded)
    assert not fire.wrong, "\n\n".join(fire.wrong)
    assert 200 in fire.statuses[STEP]


def test_the_served_address_answers_like_the_app(sqlite_url: str, tmp_path: Path) -> None:
    headers = people_of(sqlite_url)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    trygg = Path(sys.executable).with_name("trygg")
    environment = {**os.environ, "TRYGG_DATABASE_URL": sqlite_url, "TRYGG_LOG_LEVEL": "ERROR"}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [trygg, "serve", "--port", str(port)], env=environment, stdout=log, stderr=log
        )
    try:
        _wait(port, server)
        loaded = schemathesis.openapi.from_url(
            f"http://127.0.0.1:{port}/api/openapi.json", config=config(headers["coordinator"], 2, served=True)
        )
        fire = Fire(loaded)
    finally:
        server.terminate()
        server.wait(20)
    assert not fire.wrong, "\n\n".join(fire.wrong)
    assert 200 in fire.statuses[STEP]


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert server.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Headers]:
    """The application over the picture, and who asks; tests only read."""
    url = f"sqlite:///{tmp_path_factory.mktemp('openapi') / 'trygg.sqlite'}"
    headers = people_of(url)
    return app_of(url), headers


def test_every_route_is_described_and_no_other(filled: tuple[Flask, Headers]) -> None:
    app, _headers = filled
    assert set(api_routes(app)) == set(OPERATIONS)
    paths = app.test_client().get("/api/openapi.json").json["paths"]
    assert sum(len(methods) for methods in paths.values()) == len(OPERATIONS)
    assert "post" in paths["/api/measures/{measure_id}/status"]


def test_every_component_is_used_and_every_reference_leads_somewhere(filled: tuple[Flask, Headers]) -> None:
    found = document(filled[0])
    references: set[str] = set()

    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if "$ref" in value:
                yield value["$ref"]
            for part in value.values():
                yield from walk(part)
        elif isinstance(value, list):
            for part in value:
                yield from walk(part)

    references = set(walk(found))
    kept = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "responses")
        for name in found["components"][kind]
    }
    assert references == kept


ANSWERS = (
    ("map.json", "PlaceColumns"),
    ("places.geojson", "PlaceCollection"),
    ("places/1.json", "Place"),
    ("measures.geojson", "MeasureCollection"),
    ("incidents.json", "Incidents"),
    ("layers/land.geojson", "LayerCollection"),
    ("layers/localities.geojson", "LayerCollection"),
    ("openapi.json", "OpenAPI"),
    ("measures/999999", "Error"),
)
STAFF = (("measures", "StaffMeasures"), ("measures/8", "StaffMeasureWithLog"))
RESIDENTS = (("measures", "PublicMeasures"), ("measures/1", "PublicMeasure"), ("measures/8", "Error"))


@pytest.mark.parametrize(
    ("who", "path", "schema"),
    [
        *((who, *answer) for who in (RESIDENT, "admin") for answer in ANSWERS),
        *((RESIDENT, *answer) for answer in RESIDENTS),
        *((who, *answer) for who in (READER, "police") for answer in STAFF),
    ],
)
def test_a_real_answer_is_of_its_schema(
    filled: tuple[Flask, Headers], who: str, path: str, schema: str
) -> None:
    app, headers = filled
    answer = app.test_client().get(f"/api/{path}", headers=headers[who])
    whole = {"$ref": f"#/components/schemas/{schema}", "components": document(app)["components"]}
    jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(answer.json)


def test_a_schema_refuses_what_it_does_not_name(filled: tuple[Flask, Headers]) -> None:
    app, headers = filled
    internal = app.test_client().get("/api/measures/1", headers=headers["planner"]).json
    whole = {"$ref": "#/components/schemas/PublicMeasure", "components": document(app)["components"]}
    assert not jsonschema_rs.Draft202012Validator(whole).is_valid(internal)
