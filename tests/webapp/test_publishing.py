"""The coordinator's page of releases, and what residents then read."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from desk import Desk, words
from flask import Flask
from ground import ground_layers
from people import add_people

from geo.bootstrap import put_layers
from geo.gazetteer import load_gazetteer
from geo.intake import Intake
from geo.settings import ROOT, Settings
from geo.store.engine import open_store
from geo.store.migration import migrate
from webapp import create_app

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
GAZETTEER = load_gazetteer(ROOT / "data" / "places" / "gazetteer.csv")


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    store = open_store(database_url)
    migrate(store)
    put_layers(store, ground_layers())
    Intake(store, GAZETTEER, now=NOW).incidents(ROOT / "data" / "places" / "police_events.csv")
    store.close()
    add_people(database_url, now=NOW)
    made = create_app(Settings(database_url=database_url, log_level="ERROR"), clock=lambda: NOW)
    yield made
    made.extensions["pictures"].store.close()


def mark_in(page: str) -> str:
    return page.split('name="mark" value="')[1].split('"', maxsplit=1)[0]


def test_a_quarter_is_looked_at_released_and_taken_back(app: Flask) -> None:
    desk, resident = Desk(app, "coordinator"), app.test_client()
    assert "Inga händelser har publicerats än." in words(resident.get("/incidents").text)
    assert "Nothing has been released yet." in words(desk.client.get("/publish").text)
    page = desk.client.get("/publish?quarter=2026Q2").text
    assert "for the sake of" in page
    assert "This would be the first release." in page
    assert "Inga händelser har publicerats än." in words(resident.get("/incidents").text)
    form = {"quarter": "2026Q2", "mark": mark_in(page)}
    assert desk.send("/publish", form).status_code == 303
    assert "Publicering 1, 28 november 2026" in words(resident.get("/incidents").text)
    # The same again is refused; so is what nobody has looked at.
    assert desk.send("/publish", form).status_code == 409
    assert desk.send("/publish", {"quarter": "2026Q3"}).status_code == 412
    page = desk.client.get("/publish?quarter=2026Q3").text
    assert "This would be the first release." not in page
    assert desk.send("/publish", {"quarter": "2026Q3", "mark": mark_in(page)}).status_code == 303
    assert desk.send("/publish/back", {"number": "2", "reason": ""}).status_code == 422
    assert desk.send("/publish/back", {"number": "1", "reason": "x"}).status_code == 412
    assert desk.send("/publish/back", {"number": "2", "reason": "<b>Fel</b> fil"}).status_code == 303
    page = desk.client.get("/publish").text
    assert "&lt;b&gt;Fel&lt;/b&gt; fil" in page
    assert "Release 3 takes release 2 back" in words(page)
    assert "2:a kvartalet 2026" in words(resident.get("/incidents").text)
    assert "Fel" not in resident.get("/incidents").text + resident.get("/api/incidents.json").text


def test_what_came_since_a_release_is_a_reason_not_to_show_a_number(app: Flask) -> None:
    desk = Desk(app, "coordinator")
    looked = desk.client.get("/publish?quarter=2025Q2").text
    assert desk.send("/publish", {"quarter": "2025Q2", "mark": mark_in(looked)}).status_code == 303
    page = words(desk.client.get("/publish?quarter=2025Q3").text)
    assert "for the sake of what came after 2nd quarter 2025: Traffic" in page


@pytest.mark.parametrize(
    ("quarter", "status", "said"),
    [
        ("2026Q4", 200, "4th quarter 2026 isn’t over yet"),
        ("Q", 200, "is no quarter"),
        ("1999Q1", 200, "there is nothing to release"),
    ],
)
def test_what_cannot_be_released_is_said(app: Flask, quarter: str, status: int, said: str) -> None:
    answer = Desk(app, "coordinator").client.get(f"/publish?quarter={quarter}")
    assert answer.status_code == status
    assert said in words(answer.text).replace("'", "’").replace("&#39;", "’")
    assert "Nothing has been released yet." in words(answer.text)
