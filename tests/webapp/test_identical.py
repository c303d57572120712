"""What is published as data is the same to the byte: however often it is asked for, by a new server, from a new store."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import psycopg
import pytest
from canaries import public_paths
from ground import ground_layers

from geo.actions.releases import Ground, publish
from geo.bootstrap import put_layers
from geo.gazetteer import load_gazetteer
from geo.intake import Intake
from geo.privacy.statements import Quarter
from geo.settings import ROOT, Settings
from geo.store.engine import open_store
from geo.store.migration import migrate
from webapp import create_app

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=5, minutes=7)
REQUESTS = 1_000
GAZETTEER = load_gazetteer(ROOT / "data" / "places" / "gazetteer.csv")
ANSWERS = [
    "id;Respondent;Plats;Varför;När på dygnet",
    *(f"{n};a{n};busstationen i Robertsfors;Dålig belysning;kväll" for n in range(6)),
    *(f"{n};c{n};Jenningsskolan;Trafik;morgon" for n in range(10, 15)),
]
MEASURES = [
    "id;åtgärd;ansvarig;medborgarlöfte;status;plats;genomförd",
    "M1;Ny belysning;Kommunen;otrygga platser;pågående;busstationen i Robertsfors;",
    "M2;Klippta häckar;Kommunen;otrygga platser;uppföljd;busstationen i Robertsfors;2025-12-03",
]
INCIDENTS = [
    "id;kategori;plats;datum",
    *(f"{n};Stöld;Storgatan i Robertsfors;2025-0{n}-02 12:00" for n in range(1, 8)),
    *(f"1{n};Skadegörelse;Bygdeå;2025-0{n}-03 12:00" for n in range(1, 4)),
]
_databases = count(1)


@pytest.fixture
def new_store(tmp_path: Path, postgis_server: str) -> Iterator[dict[str, str]]:
    """URLs of empty stores: two of SQLite and one of PostGIS."""
    name = f"identical_{next(_databases)}"
    with psycopg.connect(host=postgis_server, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE with_postgis STRATEGY FILE_COPY")
    yield {
        "first": f"sqlite:///{tmp_path / 'first.sqlite'}",
        "again": f"sqlite:///{tmp_path / 'again.sqlite'}",
        "PostGIS": f"postgresql+psycopg://postgres@/{name}?host={postgis_server}",
    }


def take_in(url: str, folder: Path, now: datetime) -> None:
    """Takes the same files in, at this moment, and makes the same release."""
    store = open_store(url)
    migrate(store)
    put_layers(store, ground_layers())
    for name, lines in {"s.csv": ANSWERS, "m.csv": MEASURES, "i.csv": INCIDENTS}.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    intake = Intake(store, GAZETTEER, now=now)
    intake.survey(folder / "s.csv", survey="Enkät 2026", synthetic=True)
    intake.measures(folder / "m.csv", synthetic=True)
    intake.incidents(folder / "i.csv", source="EST")
    publish(store, None, Quarter(2025, 4), now=NOW, ground=Ground())
    store.close()


def data_of(url: str, now: datetime, rounds: int = 1) -> dict[str, set[tuple[bytes, str]]]:
    """Address → the different bytes and tags that it answered with, in so many rounds, by a new server."""
    app = create_app(Settings(database_url=url, log_level="ERROR"), clock=lambda: now)
    found: dict[str, set[tuple[bytes, str]]] = {}
    reader = app.test_client()
    for path in public_paths(app):
        answer = reader.get(path)
        if answer.status_code == 200 and answer.mimetype not in ("text/html", "text/css", "text/javascript"):
            found[path] = set()
    for _ in range(rounds):
        for path, answers in found.items():
            answer = reader.get(path)
            answers.add((answer.get_data(), answer.headers.get("ETag", "")))
    app.extensions["pictures"].store.close()
    return found


def test_data_are_the_same_to_the_byte(new_store: dict[str, str], tmp_path: Path) -> None:
    moments = {"first": NOW, "again": LATER, "PostGIS": NOW}
    for which, url in new_store.items():
        take_in(url, tmp_path, moments[which])
    asked = data_of(new_store["first"], LATER, rounds=1)
    asked = data_of(new_store["first"], LATER, rounds=1 + REQUESTS // len(asked))
    assert {"/api/places.geojson", "/api/incidents.json", "/feeds/measures.atom", "/api/measures.geojson"} <= set(asked)  # fmt: skip
    assert [path for path, answers in asked.items() if len(answers) > 1] == []
    later = LATER + timedelta(hours=2)
    for which in ("first", "again", "PostGIS"):
        others = data_of(new_store[which], later)
        assert set(others) == set(asked), which
        unlike = [
            path for path in asked if {body for body, _ in others[path]} != {body for body, _ in asked[path]}
        ]
        # A feed tells when something was made known: for a file, when it was taken in.
        assert unlike == (["/feeds/measures.atom"] if which == "again" else []), which
