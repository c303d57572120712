"""The report of a drawn area: page, CSV, GeoPackage and PDF, on both databases, over the made-up town Granfors."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import geopandas as gpd
import pyogrio
import pytest
from desk import Desk, words
from flask import Flask
from people import add_people
from sqlalchemy import select
from town_places import NOW, drawn, flag, middle_of

from geo.area.package import open_area
from geo.bootstrap import area_layers, put_layers
from geo.settings import ROOT, Settings
from geo.store.engine import open_store
from geo.store.migration import migrate
from geo.store.schema import (
    audit,
)
from webapp import create_app


@pytest.fixture(scope="session")
def middle(town_area: Path) -> tuple[float, float]:
    """Where most of the town's addresses are."""
    return middle_of(town_area)


@pytest.fixture
def app(database_url: str, town_area: Path, middle: tuple[float, float]) -> Iterator[Flask]:
    store = open_store(database_url)
    migrate(store)
    put_layers(store, area_layers(ROOT / "data", open_area(town_area), "2409"))
    add_people(database_url, now=NOW)
    flag(store, middle)
    store.close()
    made = create_app(Settings(database_url=database_url, area=town_area), clock=lambda: NOW)
    yield made
    made.extensions["pictures"].store.close()


def desk_of(app: Flask, name: str) -> Desk:
    desk = Desk(app, name)
    desk.client.set_cookie("language", "sv")
    return desk


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_page_tells_what_is_inside_and_not_what_is_outside(
    app: Flask, middle: tuple[float, float]
) -> None:
    told = words(desk_of(app, "planner").client.get(f"/planning/area?area={drawn(middle)}").text)
    assert "Bron" in told
    assert "Utanför" not in told
    assert "Händelser visas bara för samordnare." in told
    assert "64 hektar" in told


def test_incidents_are_the_coordinators_and_only_what_is_placed_well(
    app: Flask, middle: tuple[float, float]
) -> None:
    path = f"/planning/area.csv?area={drawn(middle)}"
    assert ["Händelser"] not in rows(desk_of(app, "planner").client.get(path).data)
    told = rows(desk_of(app, "coordinator").client.get(path).data)
    at = told.index(["Händelser"])
    assert told[at + 2][1:] == ["2026", "5"]
    assert told[at + 3] == []
    with app.extensions["pictures"].store.read() as connection:
        notes = connection.execute(select(audit.c.action, audit.c.after)).all()
    assert [note.after for note in notes if note.action == "incidents.read"] == [{"number": 5}]


def test_reasons_stand_by_time_of_day_with_their_respondents(app: Flask, middle: tuple[float, float]) -> None:
    told = rows(desk_of(app, "planner").client.get(f"/planning/area.csv?area={drawn(middle)}").data)
    at = told.index(["Varför, efter tid på dygnet"])
    assert told[at + 2][1:] == ["0", "0", "0", "6"]


def test_the_geopackage_opens_with_what_is_inside(
    app: Flask, middle: tuple[float, float], tmp_path: Path
) -> None:
    path = tmp_path / "area.gpkg"
    path.write_bytes(desk_of(app, "planner").client.get(f"/planning/area.gpkg?area={drawn(middle)}").data)
    assert {"area", "places"} <= {name for name, _kind in pyogrio.list_layers(path)}
    places = gpd.read_file(path, layer="places")
    assert places.crs.to_epsg() == 3006
    assert [(point.x, point.y) for point in places.geometry] == [pytest.approx(middle, abs=0.01)]


def test_the_pdf_is_tagged_and_says_the_same(app: Flask, middle: tuple[float, float], tmp_path: Path) -> None:
    path = tmp_path / "area.pdf"
    path.write_bytes(desk_of(app, "planner").client.get(f"/planning/area.pdf?area={drawn(middle)}").data)
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in content
    assert b"/Lang" in content


@pytest.mark.parametrize("area", ["20.8,64.1", "nowhere", "0,0 1,1 0,1"])
def test_an_area_that_is_none_is_said_at_the_field(app: Flask, area: str) -> None:
    answer = desk_of(app, "planner").client.get(f"/planning/area?area={quote(area)}")
    assert answer.status_code == 422
    assert 'id="error-area"' in answer.text


def test_an_outline_that_crosses_itself_is_refused(app: Flask, middle: tuple[float, float]) -> None:
    answer = desk_of(app, "planner").client.get(f"/planning/area?area={drawn(middle, crossed=True)}")
    assert answer.status_code == 422
    assert "korsar sig själv" in answer.text
