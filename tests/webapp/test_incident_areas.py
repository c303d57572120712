"""What a planner sees of incidents: counts by area, on both databases, and no incident."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
import shapely
from desk import Desk, Tags, words
from flask import Flask
from ground import ground_layers
from people import add_people
from sqlalchemy import select
from town_incidents import NOW, make_town_areas, put_town_incidents

from geo.bootstrap import put_layers
from geo.settings import Settings
from geo.store.cells import cell_sets
from geo.store.engine import Store, open_store
from geo.store.schema import audit
from webapp import create_app

PAGE = "/work/incidents"
Made = list[tuple[float, float, str, int]]


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    put_layers(opened, ground_layers())
    add_people(store_url, now=NOW)
    yield opened
    opened.close()


@pytest.fixture
def made(store: Store, town_area: Path) -> Made:
    """Incidents around the made-up town."""
    return put_town_incidents(store, town_area)


@pytest.fixture
def app(store_url: str, made: Made) -> Iterator[Flask]:
    app = create_app(Settings(database_url=store_url), clock=lambda: NOW)
    yield app
    app.extensions["pictures"].store.close()


def _table(page: str) -> list[str]:
    """The last cell of each row."""
    return [unescape(found) for found in re.findall(r"<td>([^<]*)</td></tr>", page)]


def _said(number: int) -> str:
    return "1–4" if 0 < number < 5 else str(number)


def _drawn(page: str) -> list[dict[str, object]]:
    config = next(one["data-config"] for one in Tags(page).all("div") if "data-config" in one)
    areas: list[dict[str, object]] = json.loads(str(config))["areas"]
    return areas


def test_before_areas_are_made_it_says_so_and_how(app: Flask) -> None:
    told = words(Desk(app, "planner").client.get(PAGE).text)
    assert "No areas have been made yet" in told
    assert "TRYGG_AREA" in told


@pytest.mark.parametrize(
    "choice", [{}, {"group": "theft"}, {"year": "2025"}, {"group": "damage", "year": "2026"}]
)
def test_each_area_has_its_number_on_the_map_and_in_the_table(
    app: Flask, store: Store, made: Made, town_area: Path, choice: dict[str, str]
) -> None:
    make_town_areas(store, town_area)
    page = Desk(app, "planner").client.get(PAGE, query_string=choice).text
    with store.read() as connection:
        cells = cell_sets(connection)[-1].cells
    assert cells.homes.min() >= 20
    boxes = [shapely.box(*corners) for corners in cells.boxes.tolist()]
    numbers = [0] * len(boxes)
    outside = 0
    for east, north, kind, happened in made:
        if choice.get("group", kind) != kind or choice.get("year", str(happened)) != str(happened):
            continue
        where = [at for at, box in enumerate(boxes) if box.covers(shapely.Point(east, north))]
        if where:
            numbers[where[0]] += 1
        outside += not where
    told = _table(page)
    assert Counter(told[:-1]) == Counter(map(_said, numbers))
    assert told[-1] == _said(outside)
    drawn = _drawn(page)
    assert [one["number"] for one in drawn] == told[:-1]
    assert len({one["name"] for one in drawn}) == len(boxes)


def test_no_word_of_an_incident_and_no_exact_page_is_a_planners(
    app: Flask, store: Store, town_area: Path
) -> None:
    make_town_areas(store, town_area)
    desk = Desk(app, "planner")
    answer = desk.client.get(PAGE)
    assert "Hemligt" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    for path in ("list", "clusters.json?zoom=9&box=10,55,25,69.5", "spot.json?box=10,55,25,69.5"):
        assert desk.client.get(f"{PAGE}/{path}").status_code == 403


@pytest.mark.parametrize(
    "query",
    ["from=2026-01-01", "time=night", "light=dark", "box=20,64,21,65", "year=2019", "year=x", "year=2025&year=2026", "group=none"],
)  # fmt: skip
def test_what_would_single_out_is_refused(app: Flask, store: Store, town_area: Path, query: str) -> None:
    make_town_areas(store, town_area)
    assert Desk(app, "planner").client.get(f"{PAGE}?{query}").status_code == 400


def test_a_change_counts_at_once_and_reading_is_noted(app: Flask, store: Store, town_area: Path) -> None:
    desk = Desk(app, "planner")
    desk.client.get(PAGE)
    make_town_areas(store, town_area)
    assert _drawn(desk.client.get(PAGE).text)
    desk.client.get(PAGE)
    desk.client.get(f"{PAGE}?group=theft")
    with store.read() as connection:
        lines = connection.execute(
            select(audit.c.actor, audit.c.after)
            .where(audit.c.action == "incident_areas.read")
            .order_by(audit.c.id)
        ).all()
    assert [(line.actor, sorted(line.after)) for line in lines] == [
        ("planner", ["number"]),
        ("planner", ["group", "number"]),
    ]
    assert "Read numbers of incidents by area" in words(
        Desk(app, "admin").client.get("/audit?action=incident_areas.read").text
    )
