"""The page where a coordinator settles words, as a browser without JavaScript gets it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desk import Desk, Tags, words
from flask import Flask
from ground import ground_layers
from people import add_people
from sqlalchemy import func, select

from geo.bootstrap import put_layers
from geo.gazetteer import load_gazetteer
from geo.intake import Intake
from geo.settings import ROOT, Settings
from geo.store.engine import Store, open_store
from geo.store.rows import text_key
from geo.store.schema import answer_location, audit, survey_answer
from webapp import create_app

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GAZETTEER = load_gazetteer(ROOT / "data" / "places" / "gazetteer.csv")
HOSTILE = "</script><img src=x onerror=alert(1)> \"'&"
PLACE = {"name": "Skate\"park'en <b>", "locality": "Robertsfors", "level": "spot"}
SPOT = json.dumps(PLACE | {"e": 779_500.0, "n": 7_131_000.0, "radius": 30})


@pytest.fixture
def app(store_url: str, tmp_path: Path) -> Iterator[Flask]:
    """Words that wait: three times "skejten", twice what would run as markup, once what lies under the bar."""
    store = open_store(store_url)
    put_layers(store, ground_layers())
    hostile = HOSTILE.replace('"', '""')
    lines = [
        "Respondent;Plats",
        "a;skejten",
        "b;Skejten",
        "c;skejten",
        f'd;"{hostile}"',
        f'e;"{hostile}"',
        "f;Jenningsskolan",
    ]
    (tmp_path / "s.csv").write_text("\n".join(lines), encoding="utf-8")
    Intake(store, GAZETTEER, now=NOW).survey(tmp_path / "s.csv", survey="Enkät 2022")
    add_people(store_url, now=NOW)
    store.close()
    made = create_app(Settings(database_url=store_url, log_level="ERROR"), clock=lambda: NOW)
    yield made
    made.extensions["pictures"].store.close()


@pytest.fixture
def store(app: Flask) -> Store:
    store: Store = app.extensions["pictures"].store
    return store


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app, "coordinator")


def rules(store: Store, text: str) -> list[tuple[str, str, str]]:
    with store.read() as connection:
        rows = connection.execute(
            select(answer_location.c.rule, answer_location.c.level, answer_location.c.name)
            .join(survey_answer, survey_answer.c.id == answer_location.c.answer_id)
            .where(survey_answer.c.text_key == text_key(text))
            .order_by(answer_location.c.id)
        ).all()
    return [tuple(row) for row in rows]


def settle(desk: Desk, text: str, **form: object) -> str:
    path = f"/review/{text_key(text)}"
    answer = desk.send(path, {name: values for name, values in form.items()})
    assert answer.status_code == 303, words(answer.text)
    return str(answer.headers["Location"])


def test_the_words_of_most_rows_come_first_and_the_page_says_what_is_left(desk: Desk) -> None:
    page = desk.client.get("/review").text
    assert '<blockquote class="answer-text" id="words"><bdi>skejten</bdi>' in page
    said = words(page)
    assert "2 texts are left in 5 rows. 0 are settled" in said
    assert "Also written: Skejten" in said
    assert "3 answers" in said
    later = desk.client.get("/review?from=1").text
    assert "onerror=alert(1)" in words(later)
    assert "<img" not in later
    # Who has passed by all of them begins anew.
    assert ">skejten</bdi>" in desk.client.get("/review?from=2").text


def test_a_decision_leads_to_the_next_words_and_can_be_undone(desk: Desk, store: Store) -> None:
    following = settle(desk, "skejten", take=SPOT)
    assert rules(store, "skejten") == [("reviewed", "spot", PLACE["name"])] * 3
    page = desk.client.get(following).text
    assert "Learned: skejten – Skate\"park'en <b>, Robertsfors." in words(page)
    assert "1 text is left in 2 rows. 1 is settled" in words(page)
    undo = next(form["action"] for form in Tags(page).all("form") if str(form["action"]).endswith("/undo"))
    back = desk.send(str(undo), {})
    assert back.status_code == 303
    assert ">skejten</bdi>" in desk.client.get(back.headers["Location"]).text
    assert {rule for rule, _level, _name in rules(store, "skejten")} == {"unknown"}


@pytest.mark.parametrize(("action", "level"), [("not_a_place", "unknown"), ("outside", "outside")])
def test_what_is_no_place_here(desk: Desk, store: Store, action: str, level: str) -> None:
    settle(desk, "skejten", action=action)
    assert rules(store, "skejten") == [("reviewed", level, "")] * 3


def test_a_search_keeps_what_was_ticked_and_drawn(desk: Desk, store: Store) -> None:
    path = f"/review/{text_key('skejten')}"
    page = desk.send(path, {"action": "search", "q": "Jenningsskolan", "part": SPOT, "drawn": "20.85,64.19"})
    assert page.status_code == 200
    assert "Found for “Jenningsskolan”" in words(page.text)
    inputs = Tags(page.text).all("input")
    assert [one["value"] for one in inputs if one.get("name") == "drawn"] == ["20.85,64.19"]
    ticked = [str(one["value"]) for one in inputs if one.get("name") == "part" and "checked" in one]
    assert [json.loads(value)["name"] for value in ticked] == [PLACE["name"]]
    school = next(str(one["value"]) for one in Tags(page.text).all("button") if one.get("name") == "take")
    assert json.loads(school)["name"] == "Jenningsskolan"
    settle(desk, "skejten", action="several", part=[ticked[0], school], drawn="20.85,64.19")
    names = [name for _rule, _level, name in rules(store, "skejten")]
    assert names == [PLACE["name"], "Jenningsskolan", ""] * 3


def test_a_point_or_a_line_drawn(desk: Desk, store: Store) -> None:
    settle(desk, "skejten", action="drawn", drawn="20.85,64.19 20.86,64.19")
    assert rules(store, "skejten") == [("reviewed", "spot", "")] * 3


BAD = {
    "nothing chosen": {},
    "nothing drawn": {"action": "drawn"},
    "drawn in letters": {"action": "drawn", "drawn": "a,b"},
    "drawn far away": {"action": "drawn", "drawn": "0,0"},
    "one of several": {"action": "several", "part": SPOT},
    "no JSON": {"take": "{"},
    "another JSON": {"take": "[1]"},
    "deep JSON": {"take": "[" * 4_000},
    "not a number": {"take": SPOT.replace("779500.0", "NaN")},
    "in the Pacific": {"take": SPOT.replace("779500.0", "1e9")},
    "no level": {"take": SPOT.replace('"spot"', '"nowhere"')},
}


@pytest.mark.parametrize("form", BAD.values(), ids=BAD)
def test_what_can_t_be_used_is_said_and_nothing_is_learned(
    desk: Desk, store: Store, form: dict[str, object]
) -> None:
    page = desk.send(f"/review/{text_key('skejten')}", form)
    assert page.status_code == 422
    assert "Nothing is saved yet" in words(page.text)
    assert ">skejten</bdi>" in page.text
    assert {rule for rule, _level, _name in rules(store, "skejten")} == {"unknown"}


def test_who_comes_second_is_told(app: Flask, desk: Desk, store: Store) -> None:
    settle(desk, "skejten", take=SPOT)
    late = desk.send(f"/review/{text_key('skejten')}", {"action": "outside"})
    assert late.status_code == 412
    assert "It was settled in the meantime." in words(late.text)
    assert "This is settled:" in words(late.text)
    assert rules(store, "skejten") == [("reviewed", "spot", PLACE["name"])] * 3


def test_what_was_settled_is_listed_and_can_be_taken_back_there(desk: Desk, store: Store) -> None:
    settle(desk, "skejten", take=SPOT)
    settle(desk, HOSTILE, action="not_a_place")
    page = desk.client.get("/review/decisions").text
    assert "<img" not in page
    said = words(page)
    assert said.index("onerror") < said.index("skejten")
    assert (
        desk.send("/review/decisions/1/undo", {"list": "1"})
        .headers["Location"]
        .startswith("/review/decisions")
    )
    assert "taken back" in words(desk.client.get("/review/decisions").text)
    assert "2 texts" not in words(desk.client.get("/review").text)
    assert "1 text is left" in words(desk.client.get("/review").text)


def test_when_nothing_is_left_it_says_so(desk: Desk) -> None:
    settle(desk, "skejten", action="not_a_place")
    settle(desk, HOSTILE, action="not_a_place")
    said = words(desk.client.get("/review").text)
    assert "No text is waiting." in said
    assert "Everything that could not be placed has been settled." in said


def test_today_leads_to_the_words(desk: Desk) -> None:
    page = desk.client.get("/today")
    assert 'href="/review"' in page.text
    assert "2 texts wait to be settled" in words(page.text)


def test_reading_the_words_is_noted(desk: Desk, store: Store) -> None:
    desk.client.get("/review")
    with store.read() as connection:
        line = connection.execute(select(audit).where(audit.c.action == "answers.read")).all()[-1]
    assert (line.after, line.subject) == ({"number": 3}, f"words {text_key('skejten')}")


@pytest.mark.parametrize("query", ["from=-1", "from=x", "from=99999999999", "done=7", "done=x", "page=²"])
def test_an_odd_address_shows_the_page(desk: Desk, query: str) -> None:
    assert desk.client.get(f"/review?{query}").status_code == 200
    assert desk.client.get(f"/review/decisions?{query}").status_code == 200


def test_words_that_aren_t_there_are_not_found(desk: Desk, store: Store) -> None:
    for path in ("/review/t0", f"/review/{text_key('nowhere')}", "/review/T" + "0" * 31):
        assert desk.client.get(path).status_code == 404
        assert desk.send(path, {"action": "outside"}).status_code == 404
    assert desk.send("/review/decisions/99999999999/undo", {}).status_code == 404
    with store.read() as connection:
        assert (
            connection.execute(select(func.count()).where(audit.c.action == "words.decided")).scalar_one()
            == 0
        )
