"""The report of a drawn area: page, CSV, GeoPackage and PDF, on both databases, over the made-up town Granfors."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
from desk import Desk, words
from flask import Flask
from people import add_people
from shapely.geometry import Point
from sqlalchemy import insert, select

from geo.area.package import open_area
from geo.bootstrap import area_layers, put_layers
from geo.crs import points_to_wgs84
from geo.settings import ROOT, Settings
from geo.store import spatial
from geo.store.engine import Store, open_store
from geo.store.migration import migrate
from geo.store.schema import (
    answer_location,
    audit,
    import_run,
    incident,
    place,
    survey,
    survey_answer,
)
from webapp import create_app

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIDE_M = 400.0


@pytest.fixture(scope="session")
def middle(town_area: Path) -> tuple[float, float]:
    """Where most of the town's addresses are."""
    bounds = open_area(town_area).layer("streets")
    spots = bounds[bounds["walkable"].astype(bool)].geometry.centroid
    return float(np.median(spots.x)), float(np.median(spots.y))


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


def flag(store: Store, middle: tuple[float, float]) -> None:
    """A place in the area that six people flagged, one outside it, and incidents known well and badly."""
    x, y = middle
    located = {"level": "spot", "rule": "address", "name": "Bron", "locality": "Granfors", "probability": 1.0}
    with store.write() as connection:
        run = connection.execute(
            insert(import_run)
            .values(
                **{
                    column.name: {"at": NOW}.get(column.name, 0 if "INT" in str(column.type) else "x")
                    for column in import_run.c
                    if not column.nullable and column.name != "id" and column.server_default is None
                }
            )
            .returning(import_run.c.id)
        ).scalar_one()
        asked = connection.execute(
            insert(survey).values(name="Enkät", year=2026, synthetic=True).returning(survey.c.id)
        ).scalar_one()
        keys = []
        for name, spot in (("Bron", (x, y)), ("Utanför", (x + 3 * SIDE_M, y))):
            keys.append(
                connection.execute(
                    insert(place).values(
                        anchor=name, anchor_kind="poi", distance_m=0, direction="", locality="Granfors",
                        geom=Point(spot), radius_m=20, respondents=6, reasons={"lighting": 6}, times={"night": 6},
                        surveys=[asked], synthetic=True,
                    ).returning(place.c.id)
                ).scalar_one()
            )  # fmt: skip
        spatial.index(connection, place, keys)
        for who in range(6):
            answer = connection.execute(
                insert(survey_answer).values(
                    survey_id=asked, import_id=run, ref=str(who), respondent=str(who), text="=bron",
                    reasons=["lighting"], times=["night"], comment="", danger="", text_key=str(who),
                ).returning(survey_answer.c.id)
            ).scalar_one()  # fmt: skip
            connection.execute(
                insert(answer_location).values(
                    answer_id=answer, ordinal=0, place_id=keys[0], geom=Point(x, y), radius_m=20, **located
                )
            )
        for ref, radius, level in [(f"a{n}", 20, "spot") for n in range(5)] + [
            ("b", 300, "spot"),
            ("c", 20, "locality"),
        ]:
            connection.execute(
                insert(incident).values(
                        import_id=run, source="test", ref=ref, category="Skadegörelse", grp="traffic_accident",
                        kind="incident", text="x", municipality="Robertsfors", year=2026, place_key=ref,
                        geom=Point(x + 10, y), radius_m=radius, text_key=ref,
                        **{**located, "level": level},
                    )
            )  # fmt: skip


def drawn(middle: tuple[float, float], *, crossed: bool = False) -> str:
    x, y = middle
    ring = [
        (x - SIDE_M, y - SIDE_M),
        (x + SIDE_M, y - SIDE_M),
        (x + SIDE_M, y + SIDE_M),
        (x - SIDE_M, y + SIDE_M),
    ]
    if crossed:
        ring[1], ring[2] = ring[2], ring[1]
    return quote(" ".join(f"{lon:.6f},{lat:.6f}" for lon, lat in points_to_wgs84(np.array(ring))))


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
