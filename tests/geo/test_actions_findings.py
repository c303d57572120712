"""What a coordinator makes of an answer, on both databases: own words, versions, what waits no longer."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from staff import one_of_each

from geo.actions.findings import Seen, create, edit, mark_repaired, nothing_to_do, same_words
from geo.errors import BadInput, NotAllowed, NotFound, NotPossible, Stale
from geo.model import Level, Person, Role
from geo.publish.answers import all_findings, one_answer, one_finding
from geo.publish.findings import findings
from geo.publish.work import start_of_day
from geo.store import surveys
from geo.store.engine import Store, open_store
from geo.store.schema import answer_location, audit, finding, survey_answer

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
TEXT = "Räcket saknas vid bron mot Stantorsvallen"
COMMENT = "Min son ramlade där i mörkret i våras, gör något"


@pytest.fixture
def store(handmade_url: str) -> Iterator[Store]:
    """The picture made by hand, and an answer (id 50) that tells of a danger and names two places."""
    store = open_store(handmade_url)
    with store.write() as connection:
        connection.execute(
            insert(survey_answer).values(
                id=50, survey_id=1, import_id=1, ref="50", respondent="r50", text=TEXT, reasons=[], times=[],
                comment=COMMENT, answered=None, danger="railing",
            )
        )  # fmt: skip
        for ordinal in range(2):
            connection.execute(
                insert(answer_location).values(
                    answer_id=50, ordinal=ordinal, level=Level.UNKNOWN.value, rule="none", name="", locality="",
                    radius_m=0.0, probability=0.0, geom=None, place_id=None,
                )
            )  # fmt: skip
    yield store
    store.close()


@pytest.fixture
def staff(store: Store) -> dict[Role, Person]:
    return one_of_each(store)


@pytest.fixture
def coordinator(staff: dict[Role, Person]) -> Person:
    return staff[Role.COORDINATOR]


def seen(**changes: Any) -> Seen:
    said: dict[str, Any] = {
        "where_words": "Gångbron över Rickleån",
        "seen": "Ett stycke av räcket är borta.",
        "seen_on": date(2026, 11, 20),
        "owner": "Gatuenheten",
        "plan": "Nytt räcke är beställt.",
        "locality": "Robertsfors",
        "due": date(2026, 12, 1),
    }
    return Seen(**(said | changes))


def waiting(store: Store, coordinator: Person) -> list[int]:
    found = start_of_day(store, coordinator, TODAY, below=0.5)
    return [one.answer_id for one in (*found.dangers, *found.unplaced)]


def actions(store: Store) -> list[tuple[str, str]]:
    with store.read() as connection:
        rows = connection.execute(select(audit.c.action, audit.c.subject).order_by(audit.c.id))
        return [(row.action, row.subject) for row in rows]


def test_an_answer_about_a_danger_becomes_the_municipalitys_own_words(
    store: Store, coordinator: Person
) -> None:
    assert waiting(store, coordinator) == [50]
    key = create(store, coordinator, 50, seen(), now=NOW)
    [public] = findings(store, TODAY)
    assert (public.where, public.seen, public.locality) == (
        "Gångbron över Rickleån",
        "Ett stycke av räcket är borta.",
        "Robertsfors",
    )
    assert waiting(store, coordinator) == []
    read = one_answer(store, 50)
    assert [(one.decision, one.name) for one in read.reviews] == [("finding", coordinator.name)]
    assert [one.id for one in read.findings] == [key]
    assert (read.text, read.comment, read.danger) == (TEXT, COMMENT, "railing")
    assert actions(store) == [("finding.create", f"finding {key}")]
    with store.read() as connection:
        after = connection.execute(select(audit.c.after)).scalar_one()
    assert after["answer"] == 50
    assert after["seen_on"] == "2026-11-20"


@pytest.mark.parametrize("role", [Role.PLANNER, Role.POLICE, Role.ADMIN])
def test_only_coordinators_decide_about_answers(store: Store, staff: dict[Role, Person], role: Role) -> None:
    key = create(store, staff[Role.COORDINATOR], 50, seen(), now=NOW)
    for act in (
        lambda: create(store, staff[role], 50, seen(), now=NOW),
        lambda: edit(store, staff[role], key, seen(), version=1, now=NOW),
        lambda: mark_repaired(store, staff[role], key, TODAY, version=1, now=NOW),
        lambda: nothing_to_do(store, staff[role], 50, "Tittat", now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert start_of_day(store, staff[role], TODAY, below=0.5).dangers == ()
    assert len(one_answer(store, 50).reviews) == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"where_words": " "}, "where_words"),
        ({"where_words": "x" * 201}, "where_words"),
        ({"seen": ""}, "seen"),
        ({"seen": "x" * 2001}, "seen"),
        ({"owner": "\x00"}, "owner"),
        ({"plan": ""}, "plan"),
        ({"locality": "x" * 101}, "locality"),
        ({"seen_on": date(2026, 11, 23)}, "seen_on"),
        ({"due": date(2026, 11, 19)}, "due"),
        ({"seen": "Som sagt: räcket SAKNAS vid – bron, mot Umeå."}, "seen"),
        (
            {"where_words": "Vid bron mot Stantorsvallen saknas det. Räcket saknas vid bron mot"},
            "where_words",
        ),
        ({"plan": "Vi vet att son ramlade där i mörkret."}, "plan"),
    ],
)
def test_what_cant_be_published_is_said_at_its_field(
    store: Store, coordinator: Person, said: dict[str, Any], field: str
) -> None:
    key = create(store, coordinator, 50, seen(), now=NOW)
    for act in (
        lambda: create(store, coordinator, 50, seen(**said), now=NOW),
        lambda: edit(store, coordinator, key, seen(**said), version=1, now=NOW),
    ):
        with pytest.raises(BadInput) as refused:
            act()
        assert refused.value.params["field"] == field
    assert [one.version for one in all_findings(store)] == [1]


def test_the_repeated_words_are_shown_as_they_were_written(store: Store, coordinator: Person) -> None:
    with pytest.raises(BadInput) as refused:
        create(store, coordinator, 50, seen(seen="Här: räcket saknas, vid bron mot ån"), now=NOW)
    assert refused.value.params["words"] == "räcket saknas, vid bron mot"


def test_four_words_in_a_row_may_be_a_name() -> None:
    answer = ("Gångvägen mellan skolan och busstationen i Robertsfors",)
    assert same_words("Gångvägen mellan skolan och idrottsplatsen", answer) == ""
    assert same_words("gångvägen, mellan skolan och Busstationen!", answer) == (
        "gångvägen, mellan skolan och Busstationen"
    )
    assert same_words("skolan och", ("skolan och",)) == ""
    assert same_words("", answer) == ""


WORDS = st.lists(st.sampled_from(["en", "två", "tre", "Fyra", "fem"]), max_size=9)


@given(WORDS, WORDS)
def test_five_in_a_row_are_found_wherever_they_stand(mine: list[str], theirs: list[str]) -> None:
    runs = {tuple(word.casefold() for word in theirs[i : i + 5]) for i in range(len(theirs) - 4)}
    told = any(tuple(word.casefold() for word in mine[i : i + 5]) in runs for i in range(len(mine) - 4))
    assert bool(same_words(" – ".join(mine), (", ".join(theirs).upper(),))) == told


def test_what_would_point_at_one_household_waits_until_it_is_put_right(
    store: Store, coordinator: Person
) -> None:
    key = create(store, coordinator, 50, seen(one_household=True), now=NOW)
    assert findings(store, TODAY) == ()
    mark_repaired(store, coordinator, key, date(2026, 11, 21), version=1, now=NOW)
    assert [one.repaired_on for one in findings(store, TODAY)] == [date(2026, 11, 21)]


@pytest.mark.parametrize("day", [date(2026, 11, 19), date(2026, 11, 23)])
def test_it_is_put_right_between_being_seen_and_today(store: Store, coordinator: Person, day: date) -> None:
    key = create(store, coordinator, 50, seen(), now=NOW)
    with pytest.raises(BadInput) as refused:
        mark_repaired(store, coordinator, key, day, version=1, now=NOW)
    assert refused.value.params["field"] == "repaired_on"
    mark_repaired(store, coordinator, key, TODAY, version=1, now=NOW)
    with pytest.raises(NotPossible):
        mark_repaired(store, coordinator, key, TODAY, version=2, now=NOW)


def test_a_change_tells_what_changed_and_a_stale_one_changes_nothing(
    store: Store, coordinator: Person
) -> None:
    key = create(store, coordinator, 50, seen(), now=NOW)
    edit(store, coordinator, key, seen(plan="Bron är avspärrad."), version=1, now=NOW)
    for act in (
        lambda: edit(store, coordinator, key, seen(plan="Annat"), version=1, now=NOW),
        lambda: mark_repaired(store, coordinator, key, TODAY, version=1, now=NOW),
    ):
        with pytest.raises(Stale):
            act()
    found = one_finding(store, key)
    assert (found.plan, found.version, found.repaired_on) == ("Bron är avspärrad.", 2, None)
    with store.read() as connection:
        before, after = connection.execute(
            select(audit.c.before, audit.c.after).where(audit.c.action == "finding.edit")
        ).one()
    assert (before, after) == ({"plan": "Nytt räcke är beställt."}, {"plan": "Bron är avspärrad."})


def test_the_same_finding_sent_by_ten_at_once_is_one(store: Store, coordinator: Person) -> None:
    with ThreadPoolExecutor(10) as pool:
        made = set(pool.map(lambda _i: create(store, coordinator, 50, seen(), now=NOW), range(10)))
    assert len(made) == 1
    assert len(one_answer(store, 50).reviews) == 1
    create(store, coordinator, 50, seen(where_words="Trappan vid ån"), now=NOW)
    assert len(all_findings(store)) == 2


def test_looked_at_and_nothing_to_do_needs_a_word_and_ends_the_waiting(
    store: Store, coordinator: Person
) -> None:
    for note in ("", " \n", "x" * 2001):
        with pytest.raises(BadInput) as refused:
            nothing_to_do(store, coordinator, 50, note, now=NOW)
        assert refused.value.params["field"] == "note"
    assert waiting(store, coordinator) == [50]
    nothing_to_do(store, coordinator, 50, "Räcket är redan lagat.", now=NOW)
    assert waiting(store, coordinator) == []
    [review] = one_answer(store, 50).reviews
    assert (review.decision, review.note) == ("nothing", "Räcket är redan lagat.")
    assert actions(store) == [("answer.review", "answer 50")]
    assert findings(store, TODAY) == ()


def test_the_queue_leaves_out_what_was_decided(store: Store, coordinator: Person) -> None:
    with store.read() as connection:
        assert {row.id for row in surveys.queue(connection)} == {50}
    nothing_to_do(store, coordinator, 50, "Tittat", now=NOW)
    with store.read() as connection:
        assert surveys.queue(connection) == []


def test_no_such_answer_or_finding(store: Store, coordinator: Person) -> None:
    for act in (
        lambda: create(store, coordinator, 999, seen(), now=NOW),
        lambda: nothing_to_do(store, coordinator, 999, "x", now=NOW),
        lambda: edit(store, coordinator, 999, seen(), version=1, now=NOW),
        lambda: one_answer(store, 999),
    ):
        with pytest.raises(NotFound):
            act()
    with store.read() as connection:
        assert connection.execute(select(finding.c.id)).all() == []
