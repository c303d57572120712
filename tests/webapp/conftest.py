"""A small municipality's whole picture, taken in through the doors a coordinator uses, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
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

DATA = ROOT / "data"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GAZETTEER = load_gazetteer(DATA / "places" / "gazetteer.csv")

SURVEY = "Vad tycker du 2022 <b>"
"""A name with markup in it: names of surveys are shown."""

HOSTILE = "${alert(1)} `x` <img src=x onerror=alert(2)> \"'\u202e"
"""The title of a measure that must run nowhere."""

_databases = count(1)


def _people(who: str, number: int, place: str, reasons: str, times: str) -> list[str]:
    return [f"{who}{index};{place};{reasons};{times};hemlig kommentar {who}" for index in range(number)]


ANSWERS = [
    "Respondent;Plats;Varför;När på dygnet;Kommentar",
    *_people("a", 6, "busstationen i Robertsfors", "Dålig belysning, Stökiga grupper", "kväll, natt"),
    *_people("b", 3, "busstationen i Robertsfors", "Dålig belysning, Ödsligt", "natt"),
    *_people("c", 5, "Jenningsskolan", "Trafik", "morgon"),
    *_people("d", 4, "Tundalsskolan", "Klotter", "kväll"),
    *_people("e", 2, "Bygdeå", "Trafik", "dag"),
    *_people("f", 5, "Ånäset busstation", "Dålig belysning", "morgon, dag, kväll, natt"),
]
"""Three places that are shown (Robertsfors busstation, Jenningsskolan, Ånäset busstation), one that isn't
(Tundalsskolan, four respondents), and a locality where only something was named (Bygdeå)."""

MEASURES = [
    "id;åtgärd;beskrivning;ansvarig;medborgarlöfte;status;plats;start;klart senast;genomförd;antal planerade;antal gjorda",
    "M1;Ny belysning;Sex stolpar;Kommunen;otrygga platser;pågående;busstationen i Robertsfors;2026-09-01;2026-12-15;;;",
    f'M2;"{HOSTILE.replace(chr(34), chr(34) * 2)}";;Polisen;otrygga platser;planerad;Jenningsskolan;;2026-10-31;;;',
    "M3;Trafikkontroller;;Polisen;trafik;pågående;;2026-01-01;2026-12-31;;12;3",
    "M4;En hemlig idé;;Kommunen;droger;föreslagen;;;;;;",
    "M5;Klippta häckar;;Kommunen;otrygga platser;uppföljd;busstationen i Robertsfors;;2025-12-15;2025-12-03;;",
]

INCIDENTS = [
    "source,id,category,municipality,started,published,place",
    *(
        f'polisen.se,r{n},Trafikolycka,Robertsfors,2023-0{n}-05T12:00+01:00,2023-0{n}-05T13:00+01:00,"Storgatan, Robertsfors"'
        for n in range(1, 8)
    ),
    *(
        f'polisen.se,b{n},Stöld,Robertsfors,2025-0{n}-05T12:00+01:00,2025-0{n}-05T13:00+01:00,"Bygdeå"'
        for n in range(1, 4)
    ),
    *(
        f'polisen.se,k{n},Trafikkontroll,Robertsfors,2024-0{n}-05T12:00+01:00,2024-0{n}-05T13:00+01:00,"E4, Sikeå"'
        for n in range(1, 3)
    ),
]


def _take_in(url: str, folder: Path) -> None:
    store = open_store(url)
    migrate(store)
    put_layers(store, ground_layers())
    files = {"survey.csv": ANSWERS, "measures.csv": MEASURES, "incidents.csv": INCIDENTS}
    for name, lines in files.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    intake = Intake(store, GAZETTEER, now=NOW)
    intake.survey(folder / "survey.csv", survey=SURVEY, synthetic=True)
    intake.measures(folder / "measures.csv", synthetic=True)
    intake.incidents(folder / "incidents.csv")
    publish(store, None, Quarter(2025, 4), now=NOW, ground=Ground())
    store.close()


@pytest.fixture(scope="session", params=["sqlite", "postgis"])
def picture_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a database with the picture of this module; tests only read it."""
    folder = tmp_path_factory.mktemp("picture")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'trygg.sqlite'}"
        _take_in(url, folder)
        yield url
        return
    server = request.getfixturevalue("postgis_server")
    name = f"webapp_{next(_databases)}"
    with psycopg.connect(host=server, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE with_postgis STRATEGY FILE_COPY")
    url = f"postgresql+psycopg://postgres@/{name}?host={server}"
    _take_in(url, folder)
    yield url


@pytest.fixture(scope="session")
def app(picture_url: str) -> Flask:
    """The application over the picture, on 22 November 2026."""
    return create_app(Settings(database_url=picture_url, contact="trygg@kommunen.example"), clock=lambda: NOW)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A reader who has chosen nothing: Swedish."""
    return app.test_client()


@pytest.fixture
def english(app: Flask) -> FlaskClient:
    """A reader who has chosen English."""
    reader = app.test_client()
    reader.set_cookie("language", "en")
    return reader


@pytest.fixture
def empty_app(store_url: str) -> Flask:
    """The application over a database with the schema and nothing in it."""
    return create_app(Settings(database_url=store_url), clock=lambda: NOW)
