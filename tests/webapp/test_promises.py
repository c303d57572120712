"""The citizen promises: their years, what was promised, and what is done for each; and what staff saw."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from handmade import fill
from sqlalchemy import insert, update
from staff import one_of_each

from geo.messages import catalogue
from geo.model import Promise, Role
from geo.render.promises import AGREEMENTS
from geo.settings import Settings
from geo.store.engine import Store, open_store
from geo.store.schema import finding, measure
from webapp import create_app

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    fill(database_url)
    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def client(store: Store, database_url: str) -> Iterator[FlaskClient]:
    app = create_app(Settings(database_url=database_url, log_level="ERROR"), lambda: NOW)
    yield app.test_client()
    app.extensions["pictures"].store.close()


def change(store: Store, key: int, **values: object) -> None:
    with store.write() as connection:
        connection.execute(update(measure).where(measure.c.id == key).values(**values))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def section(html: str, promise: Promise) -> str:
    found = re.search(rf'<section aria-labelledby="promise-{promise}">(.*?)</section>', html, re.DOTALL)
    assert found is not None
    return words(found[1])


class TestPromises:
    def test_five_with_their_years_and_that_they_go_on(self, client: FlaskClient) -> None:
        page = client.get("/promises").text
        for promise in Promise:
            assert "2023–2025" in section(page, promise)
        assert "förlängd tills vidare" in words(page)

    def test_measures_by_status_with_counts_also_without_a_place(
        self, client: FlaskClient, store: Store
    ) -> None:
        change(store, 7, promise="home", text="", due=date(2026, 5, 1))
        change(store, 5, promise="traffic", target=12, done=9)
        page = client.get("/promises").text
        home = section(page, Promise.HOME)
        assert "Pågår (1)" in home
        assert "Drogförebyggande arbete" in home
        assert "Försenad" in home
        assert "Har ingen plats på kartan." in home
        assert "9 av 12 gjorda" in section(page, Promise.TRAFFIC)
        places = section(page, Promise.UNSAFE_PLACES)
        for said in ("Pågår (1)", "Planerad (2)", "Genomförd (1)", "Uppföljd (1)", "Vid Stantorsvallen"):
            assert said in places
        assert "Här finns ingen åtgärd för det här löftet." in section(page, Promise.DRUGS)

    def test_what_has_no_place_is_never_on_the_map(self, client: FlaskClient, store: Store) -> None:
        change(store, 7, by_hand=True, text="", level="unknown", geom=None)
        found = client.get("/api/measures.geojson").json["features"]
        assert [one["geometry"] for one in found if one["id"] == 7] == [None]

    def test_an_area_is_called_by_its_layers_title(self, client: FlaskClient, store: Store) -> None:
        change(store, 6, area="station_area", by_hand=True, text="")
        assert "Lager station_area" in words(client.get("/promises").text)
        client.set_cookie("language", "en")
        assert "Layer station_area" in words(client.get("/promises").text)
        change(store, 6, area="patrols")
        assert "patrols" not in client.get("/promises").text

    def test_another_municipality_is_not_told_what_this_one_promised(
        self, store: Store, database_url: str
    ) -> None:
        settings = Settings(database_url=database_url, municipality="2401", log_level="ERROR")
        app = create_app(settings, lambda: NOW)
        page = words(app.test_client().get("/promises").text)
        app.extensions["pictures"].store.close()
        assert "2023" not in page
        assert "Ny busskur" in page

    def test_every_promise_is_told_in_both_languages(self) -> None:
        swedish = catalogue("sv")
        for agreement in AGREEMENTS.values():
            assert set(agreement.promised) == set(Promise)
            for said in (agreement.now, *agreement.promised.values()):
                assert swedish.gettext(said) != said

    def test_the_menu_leads_there_and_both_pages_to_each_other(self, client: FlaskClient) -> None:
        page = client.get("/promises").text
        assert re.search(r'<a href="/promises" aria-current="page">', page)
        assert 'href="/measures"' in page
        assert re.search(r'<a href="/promises" aria-current="true">', client.get("/measures").text)


class TestFindings:
    @pytest.fixture(autouse=True)
    def told(self, store: Store) -> None:
        person = one_of_each(store)[Role.COORDINATOR]
        common = {
            "account_id": person.id, "made_at": NOW, "seen_on": date(2026, 5, 3), "answer_id": None,
            "owner": "Trafikverket", "plan": "Räcket lagas.", "one_household": False,
        }  # fmt: skip
        with store.write() as connection:
            for values in (
                {"locality": "Robertsfors", "where_words": "gångtunneln", "seen": "Räcket saknas <b>", "due": date(2026, 5, 20)},
                {"locality": "Sikeå", "where_words": "infarten", "seen": "Häcken skymmer", "repaired_on": date(2026, 5, 9)},
                {"locality": "Robertsfors", "where_words": "en gård", "seen": "Trasig lampa", "one_household": True},
                {"locality": "", "where_words": "rastplatsen", "seen": "Djupt hål"},
            ):  # fmt: skip
                connection.execute(insert(finding).values({**common, **values}))

    def test_stand_in_their_locality_as_the_municipalitys_own_words(self, client: FlaskClient) -> None:
        page = client.get("/places").text
        assert "Räcket saknas &lt;b&gt;" in page
        text = words(page)
        here = text[text.index("gångtunneln") :]
        for said in (
            "Räcket saknas",
            "3 maj 2026",
            "Trafikverket",
            "Räcket lagas.",
            "20 maj 2026 – försenad",
        ):
            assert said in here
        assert text.index("Robertsfors ") < text.index("gångtunneln") < text.index("Sikeå")
        assert "Åtgärdat 9 maj 2026" in text[text.index("Sikeå") :]
        assert "Djupt hål" in text[text.index("Utanför orterna") :]
        assert "Namn" not in text

    def test_one_household_is_told_of_after_the_repair(self, client: FlaskClient, store: Store) -> None:
        assert "Trasig lampa" not in client.get("/places").text
        with store.write() as connection:
            connection.execute(
                update(finding)
                .where(finding.c.one_household)
                .values(repaired_on=NOW.date() - timedelta(days=1))
            )
        assert "Trasig lampa" in client.get("/places").text

    def test_a_chosen_locality_shows_its_own_and_a_chosen_reason_none(self, client: FlaskClient) -> None:
        page = client.get("/places?locality=Robertsfors").text
        assert "Räcket saknas" in page
        assert "Häcken skymmer" not in page
        assert "Räcket saknas" not in client.get("/places?reason=lighting").text

    def test_no_answer_survey_or_person_comes_with_it(self, client: FlaskClient) -> None:
        for path in ("/places", "/about", "/promises"):
            text = client.get(path).text
            assert "Coordinator" not in text
            assert "answer_id" not in text
