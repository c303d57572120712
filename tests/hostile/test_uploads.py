"""Hostile files sent to the pages of the station by a planner: each is refused in words, soon, and changes nothing."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from flask import Flask
from hostile.conftest import Trap
from hostile.files import FILES, SECRET
from hostile.test_doors import SECONDS, TAKEN
from people import add_people

from geo.settings import Settings
from webapp import create_app

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
PAGES = {"timetable": "/planning/timetable", "lamps": "/planning/lamps", "owners": "/planning/owners"}
STATION = "/planning/station"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, handmade_file: Path) -> Iterator[Flask]:
    file = tmp_path_factory.mktemp("uploads") / "trygg.sqlite"
    file.write_bytes(handmade_file.read_bytes())
    add_people(f"sqlite:///{file}", now=NOW)
    app = create_app(
        Settings(database_url=f"sqlite:///{file}", log_level="ERROR", requests_per_minute=0),
        clock=lambda: NOW,
    )
    yield app
    app.extensions["pictures"].store.close()


@pytest.mark.parametrize("name", FILES)
def test_no_page_lets_a_hostile_file_in(name: str, site: Flask, evil: dict[str, Path], trap: Trap) -> None:
    desk, store = Desk(site, "planner"), site.extensions["pictures"].store
    assert trap.untouched()
    wrong: dict[str, Any] = {}
    for door, address in {"station": STATION, **PAGES}.items():
        if (name, door) in TAKEN:
            continue
        before, started = store.revision(), time.monotonic()
        with evil[name].open("rb") as file:
            answer = desk.send(address, {"file": (file, evil[name].name), "epsg": "3006"})
        said = answer.text
        if (
            answer.status_code not in (400, 413, 422)
            or "<h1" not in said
            or SECRET in said
            or store.revision() != before
            or time.monotonic() - started > SECONDS
        ):
            wrong[door] = (answer.status_code, said[:200], time.monotonic() - started)
    assert wrong == {}
    assert trap.untouched()
