"""Residents see a completion when it can no longer be undone: at minute nine nothing, at minute ten all of it."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from handmade import fill
from sqlalchemy import insert, select, update

from geo.actions.measures import count_occasion, take_step, undo
from geo.model import MeasureStatus, Person, Role
from geo.settings import Settings
from geo.store.engine import Store
from geo.store.schema import account, measure, measure_log
from webapp import create_app
from webapp.access import access_of

START = datetime(2026, 6, 1, 21, 55, tzinfo=UTC)
"""Five to midnight in Sweden: what is done now was done on the first of June, and told on the second."""

WINDOW = timedelta(minutes=10)
LIGHTS, BUSHES, CONTROLS = 1, 2, 5
"""Measures of the picture made by hand: under way at place 2, planned at place 3, recurring beside them."""

NEW_EACH_TIME = ("Content-Security-Policy", "Date", "X-Request-ID")

NOTE = "Lampa 7 bytt, säger Kim Hemlig"


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def at_minute(self, minutes: float) -> datetime:
        self.now = START + timedelta(minutes=minutes)
        return self.now


class Town:
    """The application, its store, and two persons who work there."""

    def __init__(self, url: str) -> None:
        fill(url)
        self.clock = Clock()
        self.app: Flask = create_app(Settings(database_url=url, log_level="ERROR"), self.clock)
        self.store: Store = self.app.extensions["pictures"].store
        self.police = self._person("kim", Role.POLICE, "Polisen")
        self.planner = self._person("robin", Role.PLANNER, "Robertsfors kommun")
        with self.store.write() as connection:
            connection.execute(
                update(measure).where(measure.c.id == CONTROLS).values(target=12, done=3, due=None)
            )
            connection.execute(update(measure).values(responsible=["Polisen"]))

    def _person(self, username: str, role: Role, organisation: str) -> Person:
        values = {
            "username": username,
            "name": "Kim Hemlig",
            "role": role.value,
            "organisation": organisation,
        }
        with self.store.write() as connection:
            key = connection.execute(
                insert(account).values(made_at=START, **values).returning(account.c.id)
            ).scalar_one()
        return Person(key, username, "Kim Hemlig", role, organisation)

    def version(self, key: int) -> int:
        with self.store.read() as connection:
            found: int = connection.execute(select(measure.c.version).where(measure.c.id == key)).scalar_one()
            return found

    def step(self, key: int, target: MeasureStatus, by: Person | None = None, **more: datetime) -> int:
        return take_step(
            self.store, by or self.police, key, target,
            note=NOTE, version=self.version(key), now=self.clock.now, **more,
        )  # fmt: skip

    def count(self, key: int) -> int:
        return count_occasion(
            self.store, self.police, key, note=NOTE, version=self.version(key), now=self.clock.now
        )

    def undo(self, key: int) -> int:
        return undo(
            self.store, self.police, key, version=self.version(key), now=self.clock.now, window=WINDOW
        )

    def public(self) -> dict[str, str]:
        """Everything that residents can open, by address, with its headers but what is new at each request."""
        reader = self.app.test_client()
        found = {}
        with self.app.test_request_context():
            addresses = sorted(set(self._addresses()))
        for address in addresses:
            answer = reader.get(address)
            assert answer.status_code == 200, address
            kept = sorted((name, value) for name, value in answer.headers if name not in NEW_EACH_TIME)
            found[address] = re.sub(r'nonce="[^"]*"', "", answer.text) + str(kept)
        return found

    def _addresses(self) -> Iterator[str]:
        adapter = self.app.url_map.bind("localhost")
        given = {"place_id": [2, 3], "name": ["localities"], "measure_id": [LIGHTS, BUSHES, CONTROLS]}
        for rule in self.app.url_map.iter_rules():
            access = access_of(self.app.view_functions[rule.endpoint])
            skipped = rule.rule.startswith(("/static", "/login", "/logout", "/password"))
            if not access or not access.everyone or "GET" not in (rule.methods or ()) or skipped:
                continue
            if not rule.arguments:
                yield adapter.build(rule.endpoint)
            elif len(rule.arguments) == 1 and (name := next(iter(rule.arguments))) in given:
                for value in given[name]:
                    yield adapter.build(rule.endpoint, {name: value})


@pytest.fixture
def town(database_url: str) -> Iterator[Town]:
    made = Town(database_url)
    yield made
    made.store.close()


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    assert before.keys() == after.keys()
    return {address for address in before if before[address] != after[address]}


def test_at_minute_nine_nothing_is_public_anywhere_and_at_minute_ten_it_is(town: Town) -> None:
    before = town.public()
    assert {
        "/", "/places", "/places/2", "/measures", "/promises", "/feeds/measures.atom",
        "/api/map.json", "/api/places/2.json", "/api/measures", "/api/measures/1",
    } <= set(before)  # fmt: skip
    town.step(LIGHTS, MeasureStatus.COMPLETED)
    assert changed(before, town.public()) == set()
    town.clock.at_minute(4.9)
    assert changed(before, town.public()) == set()
    # Midnight: the day is another, the measure's words are not.
    town.clock.at_minute(9.99)
    nine = town.public()
    assert "Genomförd" not in nine["/places/2"]
    assert changed(before, nine) == set()
    town.clock.at_minute(10)
    ten = town.public()
    assert {
        "/places", "/places/2", "/measures", "/promises", "/feeds/measures.atom", "/api/map.json",
        "/api/measures.geojson",
        "/api/places.geojson", "/api/places/2.json",
    } <= changed(before, ten)  # fmt: skip
    assert "1 juni 2026" in ten["/places/2"]
    assert "Polisen" in ten["/places/2"]


def test_never_a_name_and_never_a_note(town: Town) -> None:
    town.step(LIGHTS, MeasureStatus.COMPLETED)
    town.clock.at_minute(10)
    town.step(LIGHTS, MeasureStatus.VERIFIED, town.planner)
    for address, text in town.public().items():
        for secret in ("Hemlig", "Lampa 7", "kim", "robin"):
            assert secret not in text, f"{secret} in {address}"


def test_undone_at_minute_nine_was_never_public(town: Town) -> None:
    before = town.public()
    town.step(LIGHTS, MeasureStatus.COMPLETED)
    town.clock.at_minute(9)
    assert changed(before, town.public()) == set()
    town.undo(LIGHTS)
    for minute in (9, 10, 11, 60):
        town.clock.at_minute(minute)
        assert changed(before, town.public()) == set(), minute


def test_done_again_after_an_undo_waits_its_own_ten_minutes(town: Town) -> None:
    before = town.public()
    town.step(LIGHTS, MeasureStatus.COMPLETED)
    town.clock.at_minute(3)
    town.undo(LIGHTS)
    town.clock.at_minute(4)
    town.step(LIGHTS, MeasureStatus.COMPLETED)
    town.clock.at_minute(13.9)
    assert changed(before, town.public()) == set()
    town.clock.at_minute(14)
    assert "/measures" in changed(before, town.public())


def test_what_follows_on_a_hidden_completion_is_hidden_with_it(town: Town) -> None:
    before = town.public()
    town.step(LIGHTS, MeasureStatus.COMPLETED)
    town.clock.at_minute(5)
    town.step(LIGHTS, MeasureStatus.VERIFIED, town.planner)
    assert changed(before, town.public()) == set()
    town.clock.at_minute(10)
    place = town.public()["/places/2"]
    assert "Genomförd och uppföljd" in place
    assert place.index("Genomförd") < place.index("Uppföljd")


def test_the_day_is_the_doers_and_not_that_of_a_late_network(town: Town) -> None:
    town.clock.at_minute(3 * 24 * 60)
    town.step(LIGHTS, MeasureStatus.COMPLETED, done_at=START)
    town.clock.at_minute(3 * 24 * 60 + 10)
    [found] = [one for one in _pictured(town).measures if one.id == LIGHTS]
    assert found.finished == date(2026, 6, 1)
    assert [(step.status, step.day) for step in found.steps][-1] == (
        MeasureStatus.COMPLETED,
        date(2026, 6, 1),
    )


def test_other_steps_are_public_at_once(town: Town) -> None:
    before = town.public()
    town.step(BUSHES, MeasureStatus.ONGOING)
    assert {"/places", "/places/3", "/measures"} <= changed(before, town.public())
    town.step(BUSHES, MeasureStatus.COMPLETED)
    town.clock.at_minute(10)
    [done] = [one for one in _pictured(town).measures if one.id == BUSHES]
    assert done.finished == date(2026, 6, 1)
    before = town.public()
    town.step(BUSHES, MeasureStatus.REOPENED, town.planner)
    assert "/places/3" in changed(before, town.public())
    [reopened] = [one for one in _pictured(town).measures if one.id == BUSHES]
    assert (reopened.status, reopened.finished) == (MeasureStatus.REOPENED, None)


def test_two_times_counted_become_public_one_after_the_other(town: Town) -> None:
    def done() -> int:
        return next(one.done for one in _pictured(town).measures if one.id == CONTROLS)

    town.count(CONTROLS)
    town.clock.at_minute(4)
    town.count(CONTROLS)
    town.clock.at_minute(5)
    town.count(CONTROLS)
    town.clock.at_minute(9)
    assert done() == 3
    town.undo(CONTROLS)
    assert done() == 3
    town.clock.at_minute(10)
    assert done() == 4
    assert "4 av 12 gjorda" in town.public()["/measures"]
    town.clock.at_minute(14)
    assert done() == 5
    town.clock.at_minute(60)
    assert done() == 5


def test_an_idea_that_was_dropped_was_never_public(town: Town) -> None:
    before = town.public()
    idea = 8
    town.step(idea, MeasureStatus.CANCELLED, town.planner)
    assert changed(before, town.public()) == set()


def test_a_file_is_believed_at_once_and_its_import_is_no_step(town: Town) -> None:
    with town.store.write() as connection:
        connection.execute(
            insert(measure_log).values(measure_id=LIGHTS, status="completed", at=START, note="")
        )
        connection.execute(
            update(measure)
            .where(measure.c.id == LIGHTS)
            .values(status="completed", finished=date(2026, 5, 12), starts=date(2026, 4, 1))
        )
    [found] = [one for one in _pictured(town).measures if one.id == LIGHTS]
    assert (found.status, found.finished) == (MeasureStatus.COMPLETED, date(2026, 5, 12))
    assert [(step.status, step.day, step.organisation) for step in found.steps] == [
        (MeasureStatus.ONGOING, date(2026, 4, 1), ""),
        (MeasureStatus.COMPLETED, date(2026, 5, 12), ""),
    ]
    # Taken up again and done anew: the file's day is written over, and must not tell before its time.
    town.step(LIGHTS, MeasureStatus.REOPENED, town.planner)
    town.step(LIGHTS, MeasureStatus.COMPLETED)
    [found] = [one for one in _pictured(town).measures if one.id == LIGHTS]
    assert (found.status, found.finished) == (MeasureStatus.REOPENED, None)
    assert [step.day for step in found.steps if step.status is MeasureStatus.COMPLETED] == [None]


def test_a_window_of_no_minutes_hides_nothing(database_url: str) -> None:
    town = Town(database_url)
    app = create_app(Settings(database_url=database_url, log_level="ERROR", undo_minutes=0), town.clock)
    town.step(LIGHTS, MeasureStatus.COMPLETED)
    assert "Genomförd" in app.test_client().get("/places/2").text
    app.extensions["pictures"].store.close()
    town.store.close()


def _pictured(town: Town):  # type: ignore[no-untyped-def]
    return town.app.extensions["pictures"].newest()
