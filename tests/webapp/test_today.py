"""The coordinator's day, the answers, and the findings, as a browser without JavaScript gets them."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from desk import Desk, Tags, fields, words
from flask import Flask
from people import add_people
from sqlalchemy import insert, select, update

from geo.model import Level
from geo.publish.answers import all_findings, one_finding
from geo.settings import Settings
from geo.store.engine import Store
from geo.store.schema import answer_location, audit, measure, survey_answer
from webapp import create_app

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEXT = "Räcket saknas vid <b>bron</b> mot Stantorsvallen"
COMMENT = "Min son ramlade där i våras"

FINDING: dict[str, Any] = {
    "where_words": "Gångbron över Rickleån",
    "locality": "Robertsfors",
    "seen": "Ett stycke av räcket är borta.",
    "seen_on": "2026-11-20",
    "owner": "Gatuenheten",
    "plan": "Nytt räcke är beställt.",
    "due": "2026-12-01",
}


@pytest.fixture
def app(handmade_url: str) -> Flask:
    """The picture made by hand, with an answer about a danger (50) and some that name no place (51–53)."""
    app = create_app(Settings(database_url=handmade_url, log_level="ERROR"), clock=lambda: NOW)
    with store_of(app).write() as connection:
        add_answer(connection, 50, TEXT, COMMENT, "railing")
        for key in (51, 52, 53):
            add_answer(connection, key, f"hemligt ställe {key}")
        connection.execute(update(measure).values(due=date(2026, 12, 1)))
        connection.execute(update(measure).where(measure.c.id == 1).values(due=date(2026, 11, 21)))
        connection.execute(update(measure).where(measure.c.id == 3).values(due=date(2026, 11, 22)))
    add_people(handmade_url, now=NOW)
    return app


def add_answer(connection: Any, key: int, text: str, comment: str = "", danger: str = "") -> None:
    connection.execute(
        insert(survey_answer).values(
            id=key, survey_id=1, import_id=1, ref=str(key), respondent=f"respondent-{key}", text=text,
            reasons=[], times=[], comment=comment, answered=date(2022, 3, 1), danger=danger,
        )
    )  # fmt: skip
    connection.execute(
        insert(answer_location).values(
            answer_id=key, ordinal=0, level=Level.UNKNOWN.value, rule="none", name="", locality="",
            radius_m=0.0, probability=0.0, geom=None, place_id=None,
        )
    )  # fmt: skip


def store_of(app: Flask) -> Store:
    store: Store = app.extensions["pictures"].store
    return store


@pytest.fixture
def store(app: Flask) -> Iterator[Store]:
    yield store_of(app)
    store_of(app).close()


@pytest.fixture
def desk(app: Flask, store: Store) -> Callable[[str], Desk]:
    return lambda who: Desk(app, who)


def readings(store: Store) -> list[tuple[str, str, int]]:
    with store.read() as connection:
        rows = connection.execute(select(audit).where(audit.c.action == "answers.read").order_by(audit.c.id))
        return [(row.actor, row.subject, row.after["number"]) for row in rows]


def headings(page: str) -> dict[str, int]:
    """The headings of the day with their numbers."""
    found = re.findall(r'<h2 id="([\w-]+)">.*?<span class="count">(\d+)</span></h2>', page, re.DOTALL)
    return {name: int(number) for name, number in found}


def test_the_day_tells_what_waits_and_leads_there(store: Store, desk: Callable[[str], Desk]) -> None:
    coordinator = desk("coordinator")
    page = coordinator.client.get("/today").text
    assert headings(page) == {"dangers": 1, "overdue": 1, "to-verify": 1, "proposed": 1, "unplaced": 3}
    said = words(page)
    assert "A missing or broken railing Answer 50" in said
    assert "was to be finished by 21 November 2026" in said
    assert "Räcket saknas vid <b>bron</b>" in said
    links = {str(attrs["href"]) for attrs in Tags(page).all("a")}
    assert {"/my/measures/1", "/my/measures/3", "/my/measures/8", "/answers/50", "/answers/51"} <= links
    for link in sorted(link for link in links if re.match(r"/(my/measures|answers)/\d", link)):
        assert coordinator.client.get(link).status_code == 200, link


def test_what_is_due_today_is_not_overdue(desk: Callable[[str], Desk], store: Store) -> None:
    with store.write() as connection:
        connection.execute(update(measure).where(measure.c.id == 1).values(due=date(2026, 11, 22)))
    page = desk("coordinator").client.get("/today").text
    assert headings(page)["overdue"] == 0
    assert "Nothing is overdue. Well kept." in words(page)


def test_reading_answers_is_noted_once_a_request_with_how_many(
    store: Store, desk: Callable[[str], Desk]
) -> None:
    coordinator = desk("coordinator")
    revision = store.revision()
    coordinator.client.get("/today")
    coordinator.client.get("/answers/50")
    assert readings(store) == [("coordinator", "", 4), ("coordinator", "answer 50", 1)]
    assert store.revision() == revision, "to read changes nothing that residents see"


def test_a_planner_has_the_day_without_answers(store: Store, desk: Callable[[str], Desk]) -> None:
    planner = desk("planner")
    page = planner.client.get("/today").text
    assert set(headings(page)) == {"overdue", "to-verify", "proposed"}
    assert "hemligt" not in page
    assert "/answers/" not in page
    assert planner.client.get("/answers/50").status_code == 403
    assert readings(store) == []


def test_many_unplaced_answers_are_shown_when_asked_for(store: Store, desk: Callable[[str], Desk]) -> None:
    with store.write() as connection:
        for key in range(100, 130):
            add_answer(connection, key, "överallt")
    coordinator = desk("coordinator")
    page = coordinator.client.get("/today").text
    assert headings(page)["unplaced"] == 33
    assert page.count('href="/answers/') == 21
    assert "Show all 33" in words(page)
    assert coordinator.client.get("/today?all=1").text.count('href="/answers/') == 34
    assert [number for _who, _what, number in readings(store)] == [21, 34]


def test_a_day_with_nothing_to_do_says_so_kindly(store_url: str) -> None:
    add_people(store_url, now=NOW)
    app = create_app(Settings(database_url=store_url, log_level="ERROR"), clock=lambda: NOW)
    coordinator = Desk(app, "coordinator")
    page = coordinator.client.get("/today").text
    assert set(headings(page).values()) == {0}
    assert page.count('class="kind"') == 5
    assert coordinator.client.get("/findings").text.count('class="kind"') == 2
    assert readings(store_of(app)) == []
    store_of(app).close()


# From an answer to a finding


def test_an_answer_shows_its_words_and_never_who_gave_them(desk: Callable[[str], Desk]) -> None:
    page = desk("coordinator").client.get("/answers/50").text
    said = words(page)
    assert "Tells of: a missing or broken railing" in said
    assert TEXT in said
    assert COMMENT in said
    assert "no place found" in said
    assert "respondent-50" not in page


def test_a_finding_is_seen_before_it_is_published(
    store: Store, desk: Callable[[str], Desk], app: Flask
) -> None:
    coordinator = desk("coordinator")
    first = coordinator.send("/answers/50/finding", FINDING)
    assert first.status_code == 200
    assert "This is how residents will read it What we saw: Gångbron över Rickleån" in words(first.text)
    assert all_findings(store) == ()
    answer = coordinator.send(
        "/answers/50/finding", fields(first.text, "/answers/50/finding") | {"publish": "1"}
    )
    [found] = all_findings(store)
    assert (answer.status_code, answer.location) == (303, f"/findings#finding-{found.id}")
    assert (found.seen_on, found.due, found.locality) == (
        date(2026, 11, 20),
        date(2026, 12, 1),
        "Robertsfors",
    )
    assert headings(coordinator.client.get("/today").text)["dangers"] == 0
    public = app.test_client().get("/places").text + app.test_client().get("/promises").text
    assert "Ett stycke av räcket är borta." in public
    assert "ramlade" not in public
    assert "/answers/" not in public


def test_words_of_the_answer_are_refused_and_shown(store: Store, desk: Callable[[str], Desk]) -> None:
    said = FINDING | {"seen": "Någon skrev: min son ramlade där i våras.", "publish": "1"}
    answer = desk("coordinator").send("/answers/50/finding", said)
    assert answer.status_code == 422
    assert "“min son ramlade där i” stands so in the answer." in words(answer.text)
    assert fields(answer.text, "/answers/50/finding")["seen"] == [said["seen"]]
    assert '<a href="#field-seen">' in answer.text
    assert all_findings(store) == ()


def test_every_fault_of_a_finding_is_said_at_once(store: Store, desk: Callable[[str], Desk]) -> None:
    wrong = {"seen_on": "2026-11-23", "due": "snart", "locality": "Robertsfors", "publish": "1"}
    answer = desk("coordinator").send("/answers/50/finding", wrong)
    assert answer.status_code == 422
    assert re.findall(r'<a href="#field-(\w+)">', answer.text) == [
        "where_words", "seen", "seen_on", "owner", "plan", "due",
    ]  # fmt: skip
    page = Tags(answer.text)
    assert len(page.ids()) == len(set(page.ids()))
    assert fields(answer.text, "/answers/50/finding")["locality"] == ["Robertsfors"]


def test_published_twice_by_an_impatient_finger_is_one(store: Store, desk: Callable[[str], Desk]) -> None:
    coordinator = desk("coordinator")
    for _ in range(2):
        assert coordinator.send("/answers/50/finding", FINDING | {"publish": "1"}).status_code == 303
    assert len(all_findings(store)) == 1


def test_what_points_at_one_household_is_public_only_when_put_right(
    store: Store, desk: Callable[[str], Desk], app: Flask
) -> None:
    coordinator, resident = desk("coordinator"), app.test_client()
    held = FINDING | {"one_household": "1"}
    assert "when it has been put right" in words(coordinator.send("/answers/50/finding", held).text)
    coordinator.send("/answers/50/finding", held | {"publish": "1"})
    [found] = all_findings(store)
    public = ("/places", "/promises", "/api/map.json", "/")
    assert not any("Ett stycke av" in resident.get(path).text for path in public)
    assert "Held back until it is put right" in words(coordinator.client.get("/findings").text)
    path = f"/findings/{found.id}/repaired"
    form = fields(coordinator.client.get(f"/findings/{found.id}/edit").text, path)
    assert form["repaired_on"] == ["2026-11-22"]
    assert coordinator.send(path, form).status_code == 303
    assert any("Ett stycke av" in resident.get(path).text for path in public)


def test_nothing_to_do_wants_a_word(store: Store, desk: Callable[[str], Desk]) -> None:
    coordinator = desk("coordinator")
    assert coordinator.send("/answers/51/review", {"note": " "}).status_code == 422
    assert headings(coordinator.client.get("/today").text)["unplaced"] == 3
    answer = coordinator.send("/answers/51/review", {"note": "Går inte att hitta"})
    assert (answer.status_code, answer.location) == (303, "/today")
    assert headings(coordinator.client.get("/today").text)["unplaced"] == 2
    assert "Går inte att hitta" in coordinator.client.get("/answers/51").text


# Findings are changed by two


@pytest.fixture
def made(store: Store, desk: Callable[[str], Desk]) -> int:
    """A published finding."""
    desk("coordinator").send("/answers/50/finding", FINDING | {"publish": "1"})
    return all_findings(store)[0].id


def test_a_changed_finding_is_seen_before_it_is_published(
    store: Store, desk: Callable[[str], Desk], made: int
) -> None:
    coordinator, path = desk("coordinator"), f"/findings/{made}/edit"
    first = coordinator.send(path, coordinator.form(path) | {"plan": "Bron är avspärrad."})
    assert "What happens Bron är avspärrad." in words(first.text)
    assert one_finding(store, made).version == 1
    coordinator.send(path, fields(first.text, path) | {"publish": "1"})
    assert (one_finding(store, made).plan, one_finding(store, made).version) == ("Bron är avspärrad.", 2)


def test_who_comes_second_chooses_and_sees_the_whole_again(
    store: Store, desk: Callable[[str], Desk], made: int
) -> None:
    coordinator, path = desk("coordinator"), f"/findings/{made}/edit"
    mine = coordinator.form(path)
    coordinator.send(path, mine | {"plan": "Det andra", "owner": "Parkenheten", "publish": "1"})
    both = coordinator.send(path, mine | {"plan": "Mitt", "publish": "1"})
    assert both.status_code == 412
    assert "What happens now Yours Mitt As it stands now Det andra" in words(both.text)
    seen = coordinator.send(path, fields(both.text, path))
    assert "What happens Mitt" in words(seen.text)
    coordinator.send(path, fields(seen.text, path) | {"publish": "1"})
    found = one_finding(store, made)
    assert (found.plan, found.owner, found.version) == ("Mitt", "Parkenheten", 3)


def test_a_repair_of_an_old_version_or_of_none_is_not_kept(
    store: Store, desk: Callable[[str], Desk], made: int
) -> None:
    coordinator, path = desk("coordinator"), f"/findings/{made}/repaired"
    form = {"repaired_on": "2026-11-21"}
    assert coordinator.send(path, form).status_code == 428
    assert coordinator.send(path, form | {"if_match": f"{made}-7"}).status_code == 412
    for day in ("", "igår", "2026-11-23"):
        answer = coordinator.send(path, {"repaired_on": day, "if_match": f"{made}-1"})
        assert answer.status_code == 422
        assert '<a href="#field-repaired_on">' in answer.text
        assert f'value="{day}"' in answer.text
    assert one_finding(store, made).repaired_on is None
    assert coordinator.send(path, form | {"if_match": f"{made}-1"}).status_code == 303
    assert coordinator.send(path, form | {"if_match": f"{made}-2"}).status_code == 409


@pytest.mark.parametrize(
    "path", ["/answers/999", f"/answers/{2**40}", "/findings/999/edit", f"/findings/{2**40}/edit"]
)
def test_there_is_no_such_thing(desk: Callable[[str], Desk], path: str) -> None:
    assert desk("coordinator").client.get(path).status_code == 404
