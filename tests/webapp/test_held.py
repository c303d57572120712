"""Rows whose words tell of a home, an offence that is never told of or a person: held back until somebody looks."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desk import Desk, words
from flask import Flask
from ground import ground_layers
from people import add_people
from sqlalchemy import select

from geo.actions.releases import Ground, rehearse
from geo.bootstrap import put_layers
from geo.gazetteer import load_gazetteer
from geo.intake import Intake
from geo.privacy.statements import Quarter, Scope
from geo.settings import ROOT, Settings
from geo.store.engine import open_store
from geo.store.migration import migrate
from geo.store.schema import audit, incident
from webapp import create_app

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GAZETTEER = load_gazetteer(ROOT / "data" / "places" / "gazetteer.csv")

ANSWERS = [
    "Respondent;Plats;Varför;När på dygnet;Kommentar",
    *(f"a{n};busstationen i Robertsfors;Ödsligt;kväll;" for n in range(4)),
    "a9;busstationen i Robertsfors;Ödsligt;kväll;min man väntar på mig där",
]
INCIDENTS = [
    "id;kategori;plats;datum;beskrivning",
    *(
        f"{n};Ofredande;Storgatan i Robertsfors;2025-0{n}-02 12:00;Skrek åt förbipasserande"
        for n in range(1, 6)
    ),
    "7;Ofredande;Storgatan i Robertsfors;2025-07-02 12:00;Kvinnan utsattes för ett sexuellt övergrepp",
    "8;Misshandel inomhus, bekant med offret;Storgatan;2025-08-02 12:00;",
    "9;Skadegörelse;lägenheten på Storgatan;2025-08-02 12:00;",
]
MEASURES = [
    "id;åtgärd;beskrivning;ansvarig;medborgarlöfte;status",
    "M1;Stöd mot våld i nära relation;;Kommunen;hemmet;pågående",
    "M2;Samtal;Ring Anna, 070-123 45 67;Kommunen;hemmet;pågående",
]


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application after the imports of one day, with a person of each role."""
    store = open_store(database_url)
    migrate(store)
    put_layers(store, ground_layers())
    for name, lines in {"a.csv": ANSWERS, "i.csv": INCIDENTS, "m.csv": MEASURES}.items():
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    intake = Intake(store, GAZETTEER, now=NOW)
    reports = (
        intake.survey(tmp_path / "a.csv", survey="Enkät 2022", synthetic=True),
        intake.incidents(tmp_path / "i.csv", source="EST"),
        intake.measures(tmp_path / "m.csv", synthetic=True),
    )
    assert [report.held for report in reports] == [1, 1, 1]
    assert [report.refused for report in reports] == [0, 2, 0]
    store.close()
    add_people(database_url, now=NOW)
    made = create_app(Settings(database_url=database_url, log_level="ERROR"), clock=lambda: NOW)
    yield made
    made.extensions["pictures"].store.close()


def public(app: Flask) -> tuple[bool, list[int], bool]:
    """Whether the place is shown, the incidents of 2025 that a release would tell of, and whether the measure with a number is."""
    client = app.test_client()
    places = client.get("/api/places.geojson").json["features"]
    told = rehearse(
        app.extensions["pictures"].store, None, Quarter(2025, 4), now=NOW, ground=Ground()
    ).release.statements
    counted = [one.value for one in told if (one.key.scope, one.key.year) == (Scope.MUNICIPALITY, 2025)]
    titles = [one["properties"]["title"] for one in client.get("/api/measures.geojson").json["features"]]
    assert "Stöd mot våld i nära relation" in titles
    return bool(places), counted, "Samtal" in titles


def test_what_is_held_back_is_counted_and_shown_when_a_coordinator_says_so(app: Flask) -> None:
    assert public(app) == (False, [5], False)
    desk = Desk(app, "coordinator")
    page = words(desk.client.get("/held").text)
    for told in ("min man väntar på mig där", "Ofredande", "A sexual offence", "Ring Anna, 070-123 45 67"):
        assert told in page
    # What an office wrote of it is not kept, and neither is what was refused.
    assert "Kvinnan" not in page and "lägenheten" not in page
    for kind, key in (("answer", 5), ("incident", 6), ("measure", 2)):
        assert desk.send(f"/held/{kind}/{key}", {"action": "show"}).status_code == 303
    assert public(app) == (True, [6], True)
    assert "Nothing waits here." in words(desk.client.get("/held").text)


def test_what_is_kept_out_stays_out_and_an_incident_is_removed(app: Flask) -> None:
    desk = Desk(app, "coordinator")
    for kind, key in (("answer", 5), ("incident", 6), ("measure", 2)):
        assert desk.send(f"/held/{kind}/{key}", {"action": "out"}).status_code == 303
        assert desk.send(f"/held/{kind}/{key}", {"action": "show"}).status_code == 404
    assert public(app) == (False, [5], False)
    assert "Nothing waits here." in words(desk.client.get("/held").text)
    with app.extensions["pictures"].store.read() as connection:
        assert "7" not in connection.execute(select(incident.c.ref)).scalars().all()
        lines = connection.execute(
            select(audit.c.action, audit.c.subject, audit.c.before).where(audit.c.action == "row.held_out")
        ).all()
    assert [(line.subject, line.before) for line in lines] == [
        ("answer 5", {"warning": "relation"}),
        ("incident 6", {"warning": "sexual"}),
        ("measure 2", {"warning": "person"}),
    ]


def test_a_changed_measure_is_looked_at_anew(app: Flask) -> None:
    desk = Desk(app, "coordinator")
    desk.send("/held/measure/2", {"action": "show"})
    form = desk.form("/measures/2/edit")
    assert desk.send("/measures/2/edit", form | {"description": "Ring Eva, 070-765 43 21"}).status_code == 303
    assert public(app)[2] is False
    form = desk.form("/measures/2/edit")
    desk.send("/measures/2/edit", form | {"internal_note": "Bara för oss"})
    assert public(app)[2] is False
    form = desk.form("/measures/2/edit")
    desk.send("/measures/2/edit", form | {"description": "Ring kommunen"})
    assert public(app)[2] is True


def test_rows_from_before_are_held_back_by_the_upgrade(app: Flask, tmp_path: Path) -> None:
    store = app.extensions["pictures"].store
    migrate(store, "0003")
    migrate(store)
    page = words(Desk(app, "coordinator").client.get("/held").text)
    # The incident's description was never kept, so that nothing tells of it any more.
    assert "min man väntar" in page and "Ring Anna" in page
