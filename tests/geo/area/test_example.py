"""The made-up answers of an area: always the same, marked, and taken in whole by the ordinary door."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

from geo.area.example import write_example
from geo.area.package import open_area
from geo.bootstrap import area_demo_steps, area_layers, put_layers
from geo.gazetteer import Gazetteer
from geo.intake import Intake
from geo.publish.course import AsOf
from geo.publish.measures import measures
from geo.publish.places import places
from geo.publish.review import waiting
from geo.settings import ROOT
from geo.store.engine import open_store
from geo.store.migration import migrate

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_same_area_gives_the_same_files(helsinki_area: Path, tmp_path: Path) -> None:
    package = open_area(helsinki_area)
    written = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        entries = list(package.entries())
        files = write_example(entries if name == "one" else reversed(entries), tmp_path / name, name="X")
        written.append((files.survey.read_bytes(), files.measures.read_bytes()))
    assert written[0] == written[1]


def test_every_row_says_that_it_is_made_up(helsinki_area: Path, tmp_path: Path) -> None:
    files = write_example(open_area(helsinki_area).entries(), tmp_path, name="Helsingfors")
    for file in (files.survey, files.measures):
        with file.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.DictReader(opened, delimiter=";"))
        assert len(rows) > 5
        assert {row["syntetisk"] for row in rows} == {"ja"}


def test_the_demo_puts_places_of_all_statuses_on_the_map(helsinki_area: Path, tmp_path: Path) -> None:
    package = open_area(helsinki_area)
    store = open_store(f"sqlite:///{tmp_path / 'trygg.sqlite'}")
    migrate(store)
    put_layers(store, area_layers(ROOT / "data", package, "2409"))
    intake = Intake(store, Gazetteer(package.entries()), now=NOW)
    reports = [step.run() for step in area_demo_steps(intake, package, tmp_path)]
    assert all(not report.rejected for report in reports)
    told = measures(store, AsOf(NOW, timedelta(minutes=10)))
    shown = places(store, told.measures).places
    assert len(shown) >= 8
    words = waiting(store, 0.5)
    assert words.groups[0].text == "tunneln"
    assert words.texts >= 4
    assert all(place.synthetic for place in shown)
    assert len({place.status for place in shown}) >= 4
    boundary = package.boundary()
    west, south, east, north = boundary.buffer(200).bounds
    assert all(west < place.point[0] < east and south < place.point[1] < north for place in shown)
    store.close()
