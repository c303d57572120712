"""Measures by people, on both databases: the workflow's whole table, two editors at once, undo, files after people."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from shapely import Point
from sqlalchemy import insert, select, update
from staff import one_of_each

from geo import workflow
from geo.actions import measures
from geo.actions.measures import count_occasion, create, edit, take_step, undo
from geo.actions.plans import Plan
from geo.errors import BadInput, NotAllowed, NotFound, NotPossible, Stale
from geo.gazetteer import load_gazetteer
from geo.intake import Intake
from geo.model import LogKind, MeasureStatus, Person, Promise, Role, Work
from geo.publish.work import one_measure
from geo.settings import ROOT
from geo.store import surveys
from geo.store.engine import Store, open_store
from geo.store.schema import audit, measure, measure_place, place

S = MeasureStatus
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WINDOW = timedelta(minutes=10)
KOMMUNEN, POLISEN = "Robertsfors kommun", "Polisen"


@pytest.fixture
def store(handmade_url: str) -> Iterator[Store]:
    """The picture made by hand, on each database."""
    store = open_store(handmade_url)
    yield store
    store.close()


@pytest.fixture
def staff(store: Store) -> dict[Role, Person]:
    return one_of_each(store, KOMMUNEN)


def plan(**changes: Any) -> Plan:
    said: dict[str, Any] = {
        "title": "Ny lampa",
        "promise": Promise.UNSAFE_PLACES,
        "responsible": (KOMMUNEN,),
    }
    return Plan(**(said | changes))


def planned(store: Store, by: Person, **changes: Any) -> int:
    """A measure that is decided; its version is 2."""
    key = create(store, by, plan(**changes), now=NOW)
    take_step(store, by, key, S.PLANNED, note="", version=1, now=NOW)
    return key


def audited(store: Store, action: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    with store.read() as connection:
        rows = connection.execute(select(audit).where(audit.c.action == action).order_by(audit.c.id))
        return [(row.actor, row.before, row.after) for row in rows]


# The workflow, written by hand: who may bring what of whose to where. "own": of the own organisation.
# Everything that isn't here is refused.

PLANNER, POLICE, COORDINATOR, ADMIN = Role.PLANNER, Role.POLICE, Role.COORDINATOR, Role.ADMIN
STEPS = {
    (S.PROPOSED, S.PLANNED): {PLANNER: "any", COORDINATOR: "any"},
    (S.PLANNED, S.ONGOING): {PLANNER: "own", POLICE: "own", COORDINATOR: "any"},
    (S.REOPENED, S.ONGOING): {PLANNER: "own", POLICE: "own", COORDINATOR: "any"},
    (S.PLANNED, S.COMPLETED): {PLANNER: "own", POLICE: "own", COORDINATOR: "any"},
    (S.ONGOING, S.COMPLETED): {PLANNER: "own", POLICE: "own", COORDINATOR: "any"},
    (S.REOPENED, S.COMPLETED): {PLANNER: "own", POLICE: "own", COORDINATOR: "any"},
    (S.COMPLETED, S.VERIFIED): {PLANNER: "any", COORDINATOR: "any"},
    (S.COMPLETED, S.REOPENED): {PLANNER: "any", COORDINATOR: "any"},
    (S.VERIFIED, S.REOPENED): {PLANNER: "any", COORDINATOR: "any"},
    (S.PROPOSED, S.CANCELLED): {PLANNER: "any", COORDINATOR: "any"},
    (S.PLANNED, S.CANCELLED): {PLANNER: "any", COORDINATOR: "any"},
    (S.ONGOING, S.CANCELLED): {PLANNER: "any", COORDINATOR: "any"},
    (S.REOPENED, S.CANCELLED): {PLANNER: "any", COORDINATOR: "any"},
}
NEEDS_WORD = {S.VERIFIED, S.REOPENED, S.CANCELLED}


def expected(role: Role, status: S, target: S, whose: str, doer: str) -> bool:
    """What the table says. ``doer``: who completed it: nobody known, the person, a colleague, a coordinator."""
    if (status, target) not in STEPS:
        return False
    if target is S.VERIFIED and doer == "self":
        return False
    if doer == "coordinator" and target in (S.VERIFIED, S.REOPENED):
        return True
    reach = STEPS[status, target].get(role, "")
    return reach == "any" or (reach == "own" and whose == "own")


@pytest.mark.parametrize("role", Role)
def test_who_may_take_which_step_on_whose_work_is_what_the_table_says(role: Role) -> None:
    person = Person(7, "x", "X", role, KOMMUNEN)
    doers = {
        "unknown": (None, None),
        "self": (7, role),
        "police": (8, Role.POLICE),
        "coordinator": (9, Role.COORDINATOR),
    }
    wrong = []
    for status in S:
        for target in S:
            for whose, names in (("own", ("Trafikverket", KOMMUNEN.upper())), ("others", (POLISEN,))):
                for doer, (doer_id, doer_role) in doers.items():
                    work = Work(status, names, doer_id, doer_role)
                    told = expected(role, status, target, whose, doer)
                    offered = target in {rule.target for rule in workflow.steps_for(person, work)}
                    try:
                        workflow.check(person, work, target, "ett ord")
                        taken = True
                    except (NotAllowed, NotPossible):
                        taken = False
                    if not taken == offered == told:
                        wrong.append((status, target, whose, doer, told, offered, taken))
    assert wrong == []


def test_the_steps_that_need_a_word_are_those_that_judge(store: Store, staff: dict[Role, Person]) -> None:
    assert {rule.target for rule in workflow.RULES if rule.needs_note} == NEEDS_WORD
    key = planned(store, staff[PLANNER])
    for note in ("", "  \n "):
        with pytest.raises(BadInput) as refused:
            take_step(store, staff[PLANNER], key, S.CANCELLED, note=note, version=2, now=NOW)
        assert refused.value.params["field"] == "note"
    assert one_measure(store, key).status is S.PLANNED


def test_a_measure_goes_from_idea_to_followed_up_and_the_log_tells_who(
    store: Store, staff: dict[Role, Person]
) -> None:
    key = create(store, staff[PLANNER], plan(responsible=(POLISEN,)), now=NOW)
    way = [
        (PLANNER, S.PLANNED, ""),
        (POLICE, S.ONGOING, ""),
        (POLICE, S.COMPLETED, "Lampan lyser"),
        (COORDINATOR, S.VERIFIED, "Jag var där i mörker"),
        (PLANNER, S.REOPENED, "Den är sönder igen"),
        (POLICE, S.COMPLETED, ""),
    ]
    for version, (role, target, note) in enumerate(way, 1):
        take_step(store, staff[role], key, target, note=note, version=version, now=NOW)
    found = one_measure(store, key)
    assert found.status is S.COMPLETED
    assert found.version == len(way) + 1
    assert found.finished == date(2026, 11, 22)
    assert [(line.status, line.role, line.note) for line in found.log] == [
        (S.PROPOSED, PLANNER, ""),
        *((target, role, note) for role, target, note in way),
    ]
    assert [line.organisation for line in found.log][:3] == [KOMMUNEN, KOMMUNEN, POLISEN]
    steps = audited(store, "measure.step")
    assert [(actor, after["status"]) for actor, _before, after in steps] == [
        (role.value, target.value) for role, target, _note in way
    ]
    assert [before["status"] for _actor, before, _after in steps][:2] == ["proposed", "planned"]


def test_nobody_follows_up_their_own_work_through_the_real_door(
    store: Store, staff: dict[Role, Person]
) -> None:
    key = planned(store, staff[COORDINATOR])
    take_step(store, staff[COORDINATOR], key, S.COMPLETED, note="", version=2, now=NOW)
    with pytest.raises(NotAllowed):
        take_step(store, staff[COORDINATOR], key, S.VERIFIED, note="Ser bra ut", version=3, now=NOW)
    take_step(store, staff[ADMIN], key, S.VERIFIED, note="Ser bra ut", version=3, now=NOW)
    assert one_measure(store, key).status is S.VERIFIED


@pytest.mark.parametrize("role", [POLICE, ADMIN])
def test_police_and_administrators_make_no_measures(
    store: Store, staff: dict[Role, Person], role: Role
) -> None:
    with pytest.raises(NotAllowed):
        create(store, staff[role], plan(), now=NOW)
    with pytest.raises(NotAllowed):
        edit(store, staff[role], 1, plan(), version=1, now=NOW)
    assert one_measure(store, 1).title == "Ny belysning längs gångvägen"


# What is said of a measure


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": " \u202e\x00 "}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"description": "x" * 5001}, "description"),
        ({"internal_note": "x" * 5001}, "internal_note"),
        ({"kind": "x" * 101}, "kind"),
        ({"where": "x" * 301}, "where"),
        ({"responsible": ()}, "responsible"),
        ({"responsible": (" ",)}, "responsible"),
        ({"responsible": ("x" * 201,)}, "responsible"),
        ({"starts": date(2026, 2, 1), "due": date(2026, 1, 31)}, "due"),
        ({"target": 0}, "target"),
        ({"target": 10_001}, "target"),
        ({"area": "patrols"}, "area"),
        ({"area": "stops"}, "area"),
        ({"area": "land"}, "area"),
    ],
)
def test_what_cant_be_used_is_said_at_its_field_and_nothing_is_kept(
    store: Store, staff: dict[Role, Person], said: dict[str, Any], field: str
) -> None:
    for act in (
        lambda: create(store, staff[PLANNER], plan(**said), now=NOW),
        lambda: edit(store, staff[PLANNER], 1, plan(**said), version=1, now=NOW),
    ):
        with pytest.raises(BadInput) as refused:
            act()
        assert refused.value.params["field"] == field
    with store.read() as connection:
        assert connection.execute(select(measure.c.id).where(measure.c.id > 8)).all() == []
    assert one_measure(store, 1).version == 1


def test_an_edit_changes_what_is_said_and_nothing_else(store: Store, staff: dict[Role, Person]) -> None:
    key = planned(store, staff[PLANNER], place_ids=(2, 3), due=date(2026, 12, 1))
    changed = plan(
        title="Ny\x00 lampa vid bron",
        internal_note="Fråga Eva",
        place_ids=(3, 4, 4),
        area="station_area",
        due=date(2027, 1, 1),
        target=12,
    )
    edit(store, staff[COORDINATOR], key, changed, version=2, now=NOW)
    found = one_measure(store, key)
    assert (found.title, found.internal_note, found.place_ids) == ("Ny lampa vid bron", "Fråga Eva", (3, 4))
    assert (found.area, found.due, found.target) == ("station_area", date(2027, 1, 1), 12)
    assert (found.status, found.version, len(found.log)) == (S.PLANNED, 3, 2)
    [(actor, before, after)] = audited(store, "measure.edit")
    assert actor == "coordinator"
    assert before["title"] == "Ny lampa"
    assert after["title"] == "Ny lampa vid bron"
    assert (before["places"], after["places"]) == ([2, 3], [3, 4])
    assert (before["due"], after["due"]) == ("2026-12-01", "2027-01-01")
    assert "responsible" not in before


def test_a_place_that_is_not_there_stops_the_whole(store: Store, staff: dict[Role, Person]) -> None:
    with pytest.raises(NotFound):
        create(store, staff[PLANNER], plan(place_ids=(2, 999)), now=NOW)
    with store.read() as connection:
        assert connection.execute(select(measure.c.id).where(measure.c.id > 8)).all() == []


def test_without_a_place_a_measure_leaves_the_map_unless_its_spot_is_kept(
    store: Store, staff: dict[Role, Person]
) -> None:
    assert one_measure(store, 5).at_spot
    edit(store, staff[PLANNER], 5, plan(title="Fartkontroller", keep_spot=True), version=1, now=NOW)
    kept = one_measure(store, 5)
    assert kept.at_spot
    assert kept.point is not None
    edit(store, staff[PLANNER], 5, plan(title="Fartkontroller"), version=2, now=NOW)
    gone = one_measure(store, 5)
    assert (gone.at_spot, gone.point) == (False, None)


def test_counted_times_stay_counted(store: Store, staff: dict[Role, Person]) -> None:
    key = planned(store, staff[PLANNER], target=12)
    count_occasion(store, staff[PLANNER], key, note="", version=2, now=NOW)
    with pytest.raises(BadInput) as refused:
        edit(store, staff[PLANNER], key, plan(), version=3, now=NOW)
    assert refused.value.params["field"] == "target"
    edit(store, staff[PLANNER], key, plan(target=24), version=3, now=NOW)
    assert (one_measure(store, key).done, one_measure(store, key).target) == (1, 24)


# Sent twice, and two at once


def at_once(number: int, act: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(number) as pool:
        return [one.result() for one in [pool.submit(act, i) for i in range(number)]]


def test_no_update_is_lost_when_fifty_change_one_measure(store: Store, staff: dict[Role, Person]) -> None:
    key = create(store, staff[PLANNER], plan(description=""), now=NOW)
    refused: list[int] = []

    def write(i: int) -> None:
        while True:
            found = one_measure(store, key)
            said = plan(description=f"{found.description} {i}")
            try:
                edit(store, staff[PLANNER], key, said, version=found.version, now=NOW)
                return
            except Stale:
                refused.append(i)

    at_once(50, write)
    found = one_measure(store, key)
    assert sorted(map(int, found.description.split())) == list(range(50))
    assert found.version == 51
    assert len(audited(store, "measure.edit")) == 50
    assert refused, "nobody ever came second: this tested nothing"


def test_times_counted_by_many_at_once_are_all_there(store: Store, staff: dict[Role, Person]) -> None:
    key = planned(store, staff[PLANNER], target=100, responsible=(KOMMUNEN, POLISEN))

    def count(i: int) -> None:
        by = staff[POLICE if i % 2 else PLANNER]
        while True:
            try:
                version = one_measure(store, key).version
                count_occasion(store, by, key, note="", version=version, now=NOW, client_ref=f"tap-{i}")
                return
            except Stale:
                continue

    at_once(12, count)
    found = one_measure(store, key)
    assert found.done == 12
    assert sum(line.kind is LogKind.OCCASION for line in found.log) == 12


def test_a_new_measure_sent_by_twenty_threads_under_one_reference_is_one(
    store: Store, staff: dict[Role, Person]
) -> None:
    made = at_once(20, lambda _i: create(store, staff[PLANNER], plan(), now=NOW, client_ref="formulär-1"))
    assert len(set(made)) == 1
    assert len(one_measure(store, made[0]).log) == 1
    assert len(audited(store, "measure.create")) == 1
    other = create(store, staff[COORDINATOR], plan(), now=NOW, client_ref="formulär-1")
    assert other != made[0], "somebody else's form is another form"


def test_the_same_reference_with_other_words_is_no_second_measure_and_no_silence(
    store: Store, staff: dict[Role, Person]
) -> None:
    key = create(store, staff[PLANNER], plan(), now=NOW, client_ref="formulär-1")
    with pytest.raises(BadInput) as refused:
        create(store, staff[PLANNER], plan(title="Något annat"), now=NOW, client_ref="formulär-1")
    assert refused.value.params["field"] == "client_ref"
    assert one_measure(store, key).title == "Ny lampa"
    with pytest.raises(BadInput):
        create(store, staff[PLANNER], plan(), now=NOW, client_ref="x" * 65)


def test_a_step_sent_by_twenty_threads_under_one_reference_counts_once(
    store: Store, staff: dict[Role, Person]
) -> None:
    key = planned(store, staff[PLANNER])

    def send(_i: int) -> int:
        return take_step(
            store, staff[PLANNER], key, S.COMPLETED, note="Klart", version=2, now=NOW, client_ref="tryck-1"
        )

    lines = at_once(20, send)
    assert len(set(lines)) == 1
    found = one_measure(store, key)
    assert (found.version, len(found.log)) == (3, 3)
    with pytest.raises(BadInput):
        take_step(
            store, staff[COORDINATOR], key, S.VERIFIED, note="x", version=3, now=NOW, client_ref="tryck-1"
        )


def test_of_two_with_the_same_version_the_second_is_told(store: Store, staff: dict[Role, Person]) -> None:
    key = planned(store, staff[PLANNER])
    take_step(store, staff[PLANNER], key, S.ONGOING, note="", version=2, now=NOW)
    before = one_measure(store, key)
    for act in (
        lambda: edit(store, staff[PLANNER], key, plan(title="Annat"), version=2, now=NOW),
        lambda: take_step(store, staff[PLANNER], key, S.COMPLETED, note="", version=2, now=NOW),
        lambda: undo(store, staff[PLANNER], key, version=2, now=NOW, window=WINDOW),
    ):
        with pytest.raises(Stale):
            act()
    assert one_measure(store, key) == before


# Undo


def test_a_wrong_button_is_taken_back_within_ten_minutes_and_the_log_keeps_both(
    store: Store, staff: dict[Role, Person]
) -> None:
    key = planned(store, staff[PLANNER])
    take_step(store, staff[PLANNER], key, S.COMPLETED, note="Klart", version=2, now=NOW)
    just = NOW + WINDOW - timedelta(seconds=1)
    with pytest.raises(NotPossible):
        undo(store, staff[COORDINATOR], key, version=3, now=just, window=WINDOW)
    undo(store, staff[PLANNER], key, version=3, now=just, window=WINDOW)
    found = one_measure(store, key)
    assert (found.status, found.finished) == (S.PLANNED, None)
    assert [(line.kind, line.undone) for line in found.log] == [
        (LogKind.STATUS, False),
        (LogKind.STATUS, False),
        (LogKind.STATUS, True),
        (LogKind.UNDO, False),
    ]
    with pytest.raises(NotPossible):
        undo(store, staff[PLANNER], key, version=4, now=just, window=WINDOW)
    assert [after["status"] for _actor, _before, after in audited(store, "measure.undo")] == ["planned"]


def test_when_ten_minutes_have_passed_it_stays_done(store: Store, staff: dict[Role, Person]) -> None:
    key = planned(store, staff[PLANNER])
    take_step(store, staff[PLANNER], key, S.COMPLETED, note="", version=2, now=NOW)
    with pytest.raises(NotPossible):
        undo(store, staff[PLANNER], key, version=3, now=NOW + WINDOW, window=WINDOW)
    assert one_measure(store, key).status is S.COMPLETED


def test_only_the_last_thing_that_happened_is_undone(store: Store, staff: dict[Role, Person]) -> None:
    key = planned(store, staff[PLANNER], target=3)
    count_occasion(store, staff[PLANNER], key, note="", version=2, now=NOW)
    count_occasion(store, staff[PLANNER], key, note="", version=3, now=NOW)
    undo(store, staff[PLANNER], key, version=4, now=NOW, window=WINDOW)
    undo(store, staff[PLANNER], key, version=5, now=NOW, window=WINDOW)
    assert one_measure(store, key).done == 0
    take_step(store, staff[PLANNER], key, S.COMPLETED, note="", version=6, now=NOW)
    take_step(store, staff[COORDINATOR], key, S.VERIFIED, note="Sett", version=7, now=NOW)
    with pytest.raises(NotPossible):
        undo(store, staff[PLANNER], key, version=8, now=NOW, window=WINDOW)


def test_what_was_done_before_it_was_sent_is_kept_with_its_day_and_never_in_the_future(
    store: Store, staff: dict[Role, Person]
) -> None:
    key = planned(store, staff[PLANNER])
    # Half past eleven in the evening in Sweden, the day before.
    earlier = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    take_step(store, staff[PLANNER], key, S.COMPLETED, note="", version=2, now=NOW, done_at=earlier)
    found = one_measure(store, key)
    assert found.finished == date(2026, 11, 21)
    assert (found.log[-1].at, found.log[-1].done_at) == (NOW, earlier)
    undo(store, staff[PLANNER], key, version=3, now=NOW, window=WINDOW)
    ahead = NOW + timedelta(days=3)
    take_step(store, staff[PLANNER], key, S.COMPLETED, note="", version=4, now=NOW, done_at=ahead)
    assert one_measure(store, key).log[-1].done_at == NOW


# Files after people

HEADER = "id;åtgärd;beskrivning;ansvarig;medborgarlöfte;status;plats;start;klart senast;genomförd;antal planerade;antal gjorda"


def read_file(store: Store, folder: Path, *lines: str, at: datetime = NOW) -> int:
    """Takes in a measures file; gives the number of rows that changed something."""
    path = folder / "measures.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    gazetteer = load_gazetteer(ROOT / "data" / "places" / "gazetteer.csv")
    return Intake(store, gazetteer, now=at).measures(path).changed


def of_ref(store: Store, ref: str) -> Any:
    with store.read() as connection:
        key = connection.execute(select(measure.c.id).where(measure.c.ref == ref)).scalar_one()
    return one_measure(store, key)


def test_last_weeks_file_undoes_neither_a_step_nor_an_edit(
    store: Store, staff: dict[Role, Person], tmp_path: Path
) -> None:
    lines = [
        "A;Stegad;;Kommunen;otrygga platser;planerad;busstationen i Robertsfors;;2026-12-01;;;",
        "B;Ändrad;;Kommunen;otrygga platser;planerad;busstationen i Robertsfors;;2026-12-01;;;",
        "C;Orörd;;Kommunen;otrygga platser;planerad;busstationen i Robertsfors;;2026-12-01;;;",
    ]
    read_file(store, tmp_path, *lines)
    take_step(store, staff[COORDINATOR], of_ref(store, "A").id, S.COMPLETED, note="Klart", version=1, now=NOW)
    edit(store, staff[PLANNER], of_ref(store, "B").id, plan(title="Av hand"), version=1, now=NOW)
    again = [line.replace("planerad", "pågående").replace("2026-12-01", "2027-01-01") for line in lines]
    assert read_file(store, tmp_path, *again) == 2
    stepped, edited, alone = of_ref(store, "A"), of_ref(store, "B"), of_ref(store, "C")
    assert (stepped.status, stepped.finished) == (S.COMPLETED, date(2026, 11, 22))
    assert stepped.due == date(2027, 1, 1), "what nobody has touched of it, the file may say"
    assert stepped.log[-1].note == "Klart"
    assert (edited.title, edited.status, edited.due, edited.version) == ("Av hand", S.PLANNED, None, 2)
    assert (alone.status, alone.due, alone.version) == (S.ONGOING, date(2027, 1, 1), 2)
    with pytest.raises(Stale):
        edit(store, staff[PLANNER], alone.id, plan(), version=1, now=NOW)


def test_counted_times_are_not_counted_back_by_a_file(
    store: Store, staff: dict[Role, Person], tmp_path: Path
) -> None:
    line = "R;Kontroller;;Kommunen;trafik;pågående;;2026-01-01;2026-12-31;;12;3"
    read_file(store, tmp_path, line)
    key = of_ref(store, "R").id
    count_occasion(store, staff[COORDINATOR], key, note="", version=1, now=NOW)
    read_file(store, tmp_path, line)
    assert of_ref(store, "R").done == 4


# Places after people


def new_place(key: int, point: tuple[float, float]) -> surveys.NewPlace:
    return surveys.NewPlace(
        anchor=f"Plats {key}",
        anchor_kind="",
        distance_m=0,
        direction="",
        locality="Robertsfors",
        point=point,
        radius_m=50.0,
        respondents=7,
        reasons={},
        times={},
        surveys=(1,),
        synthetic=True,
        members=(),
    )


def test_chosen_places_survive_a_new_clustering(store: Store, staff: dict[Role, Person]) -> None:
    with store.write() as connection:
        connection.execute(
            insert(place),
            [
                {
                    **{name: "" for name in ("anchor", "anchor_kind", "direction", "locality")},
                    "id": 100 + i,
                    "distance_m": 0,
                    "geom": Point(x, 7_000_000.0),
                    "radius_m": 50.0,
                    "respondents": 2,
                    "reasons": {},
                    "times": {},
                    "surveys": [1],
                    "synthetic": True,
                }
                for i, x in enumerate((700_000.0, 700_110.0, 701_000.0, 702_000.0))
            ],
        )
    # One stays, one melts into it, one moves, one dissolves.
    stays = create(store, staff[PLANNER], plan(title="Stannar", place_ids=(100,)), now=NOW)
    melts = create(store, staff[PLANNER], plan(title="Smälter", place_ids=(101,)), now=NOW)
    both = create(store, staff[PLANNER], plan(title="Båda", place_ids=(100, 101)), now=NOW)
    moves = create(store, staff[PLANNER], plan(title="Flyttar", place_ids=(102,)), now=NOW)
    dissolves = create(store, staff[PLANNER], plan(title="Upplöst", place_ids=(103,)), now=NOW)
    with store.write() as connection:
        connection.execute(update(measure).where(measure.c.id == 1).values(by_hand=False))
        surveys.replace_places(
            connection,
            [new_place(1, (700_020.0, 7_000_000.0)), new_place(2, (701_120.0, 7_000_000.0))],
        )
        moved = connection.execute(select(place.c.id).where(place.c.anchor == "Plats 2")).scalar_one()
    assert one_measure(store, stays).place_ids == (100,)
    assert one_measure(store, melts).place_ids == (100,)
    assert one_measure(store, both).place_ids == (100,)
    assert one_measure(store, moves).place_ids == (moved,)
    assert one_measure(store, dissolves).place_ids == ()
    with store.read() as connection:
        left = connection.execute(select(measure_place.c.measure_id).distinct()).scalars()
        assert set(left) == {stays, melts, both, moves}, "what a file chose is chosen anew by link()"


def test_a_new_survey_leaves_chosen_places_alone(
    store: Store, staff: dict[Role, Person], tmp_path: Path
) -> None:
    gazetteer = load_gazetteer(ROOT / "data" / "places" / "gazetteer.csv")
    intake = Intake(store, gazetteer, now=NOW)

    def answers(who: str, number: int) -> Path:
        path = tmp_path / f"{who}.csv"
        rows = [f"{who}{i};Tundalsskolan;Klotter;kväll;" for i in range(number)]
        path.write_text("\n".join(["Respondent;Plats;Varför;När på dygnet;Kommentar", *rows]) + "\n")
        return path

    intake.survey(answers("a", 3), survey="Ett 2025")
    with store.read() as connection:
        chosen = connection.execute(select(place.c.id).where(place.c.anchor == "Tundalsskolan")).scalar_one()
    key = create(store, staff[PLANNER], plan(place_ids=(chosen,)), now=NOW)
    intake.survey(answers("b", 4), survey="Två 2026")
    assert one_measure(store, key).place_ids == (chosen,)


def test_whoever_may_complete_may_count(store: Store, staff: dict[Role, Person]) -> None:
    key = planned(store, staff[PLANNER], target=3, responsible=(POLISEN,))
    may = {role for role in Role if measures.may_count(staff[role], one_measure(store, key))}
    assert may == {POLICE, COORDINATOR}
    with pytest.raises(NotAllowed):
        count_occasion(store, staff[PLANNER], key, note="", version=2, now=NOW)
    once = planned(store, staff[PLANNER])
    with pytest.raises(NotPossible):
        count_occasion(store, staff[PLANNER], once, note="", version=2, now=NOW)
