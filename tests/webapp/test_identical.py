"""What is published as data is the same to the byte: however often it is asked for, by a new server, from a new store."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from flask.testing import FlaskClient
from ground import ground_layers
from stranger import public_paths

from geo.actions.releases import Ground, publish
from geo.bootstrap import put_layers
from geo.gazetteer import load_gazetteer
from geo.intake import Intake
from geo.privacy.statements import Quarter
from geo.settings import ROOT, Settings
from geo.store.engine import Store, open_store
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
SWEREF = "crs=http://www.opengis.net/def/crs/EPSG/0/3006"
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
    import_files(store, folder, now)
    publish(store, None, Quarter(2025, 4), now=NOW, ground=Ground())
    store.close()


def import_files(store: Store, folder: Path, now: datetime) -> None:
    """Brings the files in."""
    for name, lines in {"s.csv": ANSWERS, "m.csv": MEASURES, "i.csv": INCIDENTS}.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    intake = Intake(store, GAZETTEER, now=now)
    intake.survey(folder / "s.csv", survey="Enkät 2026", synthetic=True)
    intake.measures(folder / "m.csv", synthetic=True)
    intake.incidents(folder / "i.csv", source="EST")


def data_of(url: str, now: datetime, rounds: int = 1) -> dict[str, set[tuple[bytes, str]]]:
    """Address → the different bytes and tags that it answered with, in so many rounds, by a new server."""
    app = create_app(Settings(database_url=url, log_level="ERROR"), clock=lambda: now)
    found: dict[str, set[tuple[bytes, str]]] = {}
    reader = app.test_client()
    for path in (*public_paths(app), *open_data(reader)):
        answer = reader.get(path)
        if answer.status_code == 200 and answer.mimetype not in ("text/html", "text/css", "text/javascript"):
            found[path] = set()
    for _ in range(rounds):
        for path, answers in found.items():
            answer = reader.get(path)
            answers.add((answer.get_data(), answer.headers.get("ETag", "")))
    app.extensions["pictures"].store.close()
    return found


def open_data(reader: FlaskClient) -> list[str]:
    """Every collection of open data: itself, its features in both systems, whole and by box, as files, and one of them."""
    found = []
    for one in reader.get("/api/collections?f=json").get_json()["collections"]:
        base = f"/api/collections/{one['id']}"
        features = reader.get(f"{base}/items?f=json").get_json()["features"]
        found += [
            f"{base}?f=json",
            *(
                f"{base}/items?f=json&{query}"
                for query in ("limit=10000", "limit=3&offset=1", "bbox=20,63,22,65", SWEREF)
            ),
            f"{base}/features.csv",
            f"{base}/features.gpkg",
            *(f"{base}/items/{quote(str(feature['id']))}?f=json" for feature in features[:1]),
        ]
    return found


def test_data_are_the_same_to_the_byte(new_store: dict[str, str], tmp_path: Path) -> None:
    moments = {"first": NOW, "again": LATER, "PostGIS": NOW}
    for which, url in new_store.items():
        take_in(url, tmp_path, moments[which])
    asked = data_of(new_store["first"], LATER, rounds=1)
    asked = data_of(new_store["first"], LATER, rounds=1 + REQUESTS // len(asked))
    assert {"/api/places.geojson", "/api/incidents.json", "/feeds/measures.atom", "/api/measures.geojson"} <= set(asked)  # fmt: skip
    assert [path for path, answers in asked.items() if len(answers) > 1] == []
    incidents = [path for path in asked if "incident-areas" in path]
    assert len(incidents) >= 8
    # The same files once more into the same store, and a new server.
    store = open_store(new_store["first"])
    import_files(store, tmp_path, LATER)
    store.close()
    again = data_of(new_store["first"], LATER)
    assert [path for path in asked if again[path] != asked[path]] == []
    later = LATER + timedelta(hours=2)
    for which in ("first", "again", "PostGIS"):
        others = data_of(new_store[which], later)
        assert set(others) == set(asked), which
        unlike = [
            path for path in asked if {body for body, _ in others[path]} != {body for body, _ in asked[path]}
        ]
        # A feed tells when something was made known: for a file, when it was taken in.
        assert unlike == (["/feeds/measures.atom"] if which == "again" else []), which
