"""Photos in the browser: residents see what a coordinator shows them of work that is public, and no more."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from handmade import fill
from itsdangerous import URLSafeTimedSerializer
from PIL import Image
from sqlalchemy import insert, select, update

from geo.actions.measures import count_occasion, take_step
from geo.actions.photos import add_photo, publish_photo
from geo.actions.sessions import Limits, begin
from geo.model import MeasureStatus, Person, Role
from geo.settings import Settings
from geo.store.engine import Store
from geo.store.schema import account, measure
from webapp import create_app

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
LIGHTS, CONTROLS = 1, 5
"""Measures made by hand: under way at place 2, and recurring."""


class Town:
    """The application with a clock that the test sets, a photo folder, and people."""

    def __init__(self, url: str, folder: Path) -> None:
        fill(url)
        self.now = START
        self.settings = Settings(database_url=url, photos=folder / "photos", log_level="ERROR")
        self.app: Flask = create_app(self.settings, lambda: self.now)
        self.store: Store = self.app.extensions["pictures"].store
        with self.store.write() as connection:
            connection.execute(
                update(measure).where(measure.c.id == CONTROLS).values(target=12, done=0, due=None)
            )
            connection.execute(update(measure).values(responsible=["Polisen"]))
        self.police = self._person(Role.POLICE, "Polisen")
        self.coordinator = self._person(Role.COORDINATOR, "Robertsfors kommun")

    def _person(self, role: Role, organisation: str) -> Person:
        with self.store.write() as connection:
            key = connection.execute(
                insert(account)
                .values(
                    username=role.value, name="Kim", role=role.value, organisation=organisation, made_at=START
                )
                .returning(account.c.id)
            ).scalar_one()
        return Person(key, role.value, "Kim", role, organisation)

    def client(self, person: Person | None = None) -> FlaskClient:
        """A browser, signed in as ``person``."""
        browser = self.app.test_client()
        if person:
            token = begin(self.store, person, now=self.now, limits=Limits.of(self.settings), how="password")
            browser.set_cookie("session", token)
        return browser

    def token(self, browser: FlaskClient) -> str:
        """What a form on a page of this browser carries."""
        with browser.session_transaction() as session:
            session["csrf_token"] = "a" * 40
        signer = URLSafeTimedSerializer(str(self.app.secret_key), salt="wtf-csrf-token")
        return str(signer.dumps("a" * 40))

    def switch(self, person: Person | None, key: int, **form: str) -> tuple[int, str]:
        """Presses the coordinator's button; the status and where it leads."""
        browser = self.client(person)
        form["csrf_token"] = self.token(browser)
        answer = browser.post(f"/photos/{key}/publish", data=form)
        return answer.status_code, answer.headers.get("Location", "")

    def add(self, colour: str = "red", measure_id: int = LIGHTS) -> int:
        file = io.BytesIO()
        Image.new("RGB", (60, 40), colour).save(file, "JPEG")
        return add_photo(
            self.store, self.settings.photos, self.police, measure_id, file.getvalue(), now=self.now
        )

    def publish(self, key: int, *, public: bool = True) -> None:
        publish_photo(self.store, self.coordinator, key, public=public, now=self.now)

    def _version(self, key: int) -> int:
        with self.store.read() as connection:
            found: int = connection.execute(select(measure.c.version).where(measure.c.id == key)).scalar_one()
            return found

    def step(self, target: MeasureStatus, by: Person) -> None:
        take_step(
            self.store, by, LIGHTS, target, note="sett på plats", version=self._version(LIGHTS), now=self.now
        )

    def count(self) -> None:
        count_occasion(
            self.store, self.police, CONTROLS, note="", version=self._version(CONTROLS), now=self.now
        )

    def pages(self) -> str:
        browser = self.client()
        return browser.get("/places/2").text + browser.get("/measures").text


@pytest.fixture
def town(database_url: str, tmp_path: Path) -> Iterator[Town]:
    made = Town(database_url, tmp_path)
    yield made
    made.store.close()


def test_residents_see_a_photo_when_it_and_its_completion_are_public(town: Town) -> None:
    key = town.add()
    address = f"/photos/{key}.jpg"

    def seen() -> bool:
        shown = town.client().get(address).status_code == 200
        assert (address in town.pages()) is shown
        return shown

    assert not seen()
    town.publish(key)
    assert not seen()
    town.step(MeasureStatus.COMPLETED, town.police)
    town.now = START + timedelta(minutes=9, seconds=59)
    assert not seen()
    town.now = START + timedelta(minutes=10)
    assert seen()
    town.publish(key, public=False)
    assert not seen()
    town.publish(key)
    town.step(MeasureStatus.VERIFIED, town.coordinator)
    assert seen()
    town.step(MeasureStatus.REOPENED, town.coordinator)
    assert not seen()


def test_a_recurring_measures_photo_waits_with_its_time(town: Town) -> None:
    key = town.add(measure_id=CONTROLS)
    town.publish(key)
    address = f"/photos/{key}.jpg"
    town.now = START + timedelta(minutes=11)
    assert town.client().get(address).status_code == 404
    town.count()
    assert town.client().get(address).status_code == 404
    town.now = START + timedelta(minutes=21)
    assert town.client().get(address).status_code == 200
    later = town.add("blue", CONTROLS)
    town.publish(later)
    assert town.client().get(f"/photos/{later}.jpg").status_code == 404
    town.now += timedelta(minutes=10)
    assert town.client().get(f"/photos/{later}.jpg").status_code == 200


def test_an_unpublished_photo_is_not_told_from_one_that_is_not_there(town: Town) -> None:
    key = town.add()
    hidden, missing = (town.client().get(f"/photos/{number}.jpg") for number in (key, 999))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.data.replace(f"/photos/{key}.jpg".encode(), b"") == missing.data.replace(
        b"/photos/999.jpg", b""
    )
    assert town.client().get(f"/photos/{10**30}.jpg").status_code == 404


def test_how_a_photo_is_sent(town: Town) -> None:
    key = town.add()
    town.publish(key)
    staff = town.client(town.police).get(f"/photos/{key}.jpg")
    assert staff.status_code == 200
    assert staff.headers["Cache-Control"] == "private, no-store"
    town.step(MeasureStatus.COMPLETED, town.police)
    town.now += timedelta(minutes=10)
    public = town.client().get(f"/photos/{key}.jpg")
    assert public.headers["Cache-Control"] == "no-cache"
    for answer in (staff, public):
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Content-Disposition" not in answer.headers
        assert "Content-Encoding" not in answer.headers
        assert answer.data[:2] == b"\xff\xd8"
    assert "Set-Cookie" not in public.headers
    again = town.client().get(f"/photos/{key}.jpg", headers={"If-None-Match": public.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_photo_on_a_page_has_words_and_a_size(town: Town) -> None:
    first, second = town.add(), town.add("blue")
    for key in (first, second):
        town.publish(key)
    town.step(MeasureStatus.COMPLETED, town.police)
    town.now += timedelta(minutes=10)
    page = town.client().get("/places/2").text
    assert page.count("<img ") == 2
    assert f'<img src="/photos/{first}.jpg" width="60" height="40" loading="lazy"' in page
    assert 'alt="Foto 1 av 2: ' in page
    town.publish(second, public=False)
    assert 'alt="Foto: ' in town.client().get("/places/2").text


def test_a_file_that_went_missing_is_a_404_and_not_a_fault(town: Town) -> None:
    key = town.add()
    for file in town.settings.photos.iterdir():
        file.unlink()
    assert town.client(town.police).get(f"/photos/{key}.jpg").status_code == 404


def test_the_coordinators_switch(town: Town) -> None:
    key = town.add()
    town.step(MeasureStatus.COMPLETED, town.police)
    town.now += timedelta(minutes=10)

    def shown() -> bool:
        return town.client().get(f"/photos/{key}.jpg").status_code == 200

    coordinator = town.coordinator
    assert town.switch(coordinator, key, public="perhaps")[0] == 422
    assert town.switch(town.police, key, public="yes")[0] == 403
    assert town.switch(None, key, public="yes")[0] == 401
    assert not shown()
    assert town.switch(coordinator, key, public="yes") == (303, "/measures#measure-1")
    assert shown()
    there = f"/my/measures/{LIGHTS}"
    assert town.switch(coordinator, key, public="no", next=there) == (303, there)
    assert not shown()
    assert town.switch(coordinator, key, public="yes", next="//evil.example/") == (303, "/")
    assert town.switch(coordinator, 999, public="yes")[0] == 404


def test_the_switch_wants_the_forms_token(town: Town) -> None:
    key = town.add()
    answer = town.client(town.coordinator).post(f"/photos/{key}/publish", data={"public": "yes"})
    assert answer.status_code == 400
