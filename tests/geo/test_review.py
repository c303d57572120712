"""What words mean, settled once: learned for the rows that are there and those to come, and taken back, on both databases."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ground import ground_layers
from people import add_people
from shapely import Point
from sqlalchemy import func, select

from geo.actions import people, review
from geo.actions.releases import Ground, publish
from geo.area.package import open_area
from geo.bootstrap import put_layers
from geo.errors import BadInput, NotAllowed, NotFound, Stale
from geo.gazetteer import Gazetteer, load_gazetteer
from geo.geocoder import Geocoder
from geo.intake import Intake
from geo.model import EntryKind, GazetteerEntry, Level, Person, Role
from geo.privacy.statements import Quarter
from geo.publish.incidents import incidents as released
from geo.publish.review import MAX_CANDIDATES, candidates, decisions, one_item, waiting
from geo.settings import ROOT
from geo.store.aliases import Decision, Meaning, Target
from geo.store.engine import Store, open_store
from geo.store.rows import text_key
from geo.store.schema import answer_location, audit, incident, measure, place, survey_answer

DATA = ROOT / "data"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GAZETTEER = load_gazetteer(DATA / "places" / "gazetteer.csv")
LAYERS = ground_layers()
GEOCODER = Geocoder(GAZETTEER)
BELOW = 0.5

PARK = Target((779_500.0, 7_131_000.0), 30.0, name="Skateparken", locality="Robertsfors")
ELSEWHERE = Target((780_500.0, 7_131_500.0), 30.0)
NOWHERE, OUTSIDE = Meaning(Decision.NOT_A_PLACE), Meaning(Decision.OUTSIDE)
AT_PARK = Meaning(Decision.PLACES, (PARK,))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    put_layers(opened, LAYERS)
    add_people(store_url, now=NOW)
    yield opened
    opened.close()


@pytest.fixture
def coordinator(store: Store) -> Person:
    return people.find(store, "coordinator").person


def answers(store: Store, folder: Path, *texts: str, survey: str = "Enkät 2022", each: int = 1) -> None:
    lines = ["id;Respondent;Plats"]
    lines += [f"{survey}-{i}-{k};r{i}-{k};{text}" for i, text in enumerate(texts) for k in range(each)]
    path = folder / "s.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    Intake(store, GAZETTEER, now=NOW).survey(path, survey=survey)


def incidents(store: Store, folder: Path, *rows: tuple[str, str]) -> None:
    lines = ["source,id,category,municipality,started,place"]
    lines += [
        f"EST,i{i},Klotter,{whose},2024-01-0{i + 1}T12:00+01:00,{text}"
        for i, (whose, text) in enumerate(rows)
    ]
    path = folder / "i.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    Intake(store, GAZETTEER, now=NOW).incidents(path)


def measures(store: Store, folder: Path, *texts: str) -> None:
    lines = ["id;åtgärd;beskrivning;ansvarig;medborgarlöfte;status;plats"]
    lines += [f"M{i};Ny belysning;;Kommunen;otrygga platser;planerad;{text}" for i, text in enumerate(texts)]
    path = folder / "m.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    Intake(store, GAZETTEER, now=NOW).measures(path)


def where(store: Store, text: str) -> list[tuple[str, str, str, float | None]]:
    """(rule, level, name, east) of every location of the answers with exactly this text."""
    with store.read() as connection:
        rows = connection.execute(
            select(answer_location)
            .join(survey_answer, survey_answer.c.id == answer_location.c.answer_id)
            .where(survey_answer.c.text == text)
            .order_by(answer_location.c.answer_id, answer_location.c.ordinal)
        ).all()
    return [(row.rule, row.level, row.name, row.geom.x if row.geom is not None else None) for row in rows]


def left(store: Store) -> dict[str, int]:
    return {group.text: group.rows for group in waiting(store, BELOW).groups}


def decide(store: Store, by: Person | None, text: str, meaning: Meaning) -> int:
    return review.decide(store, GEOCODER, by, text_key(text), meaning, now=NOW)[0]


def test_what_was_not_placed_waits_by_its_words_most_rows_first(store: Store, tmp_path: Path) -> None:
    answers(
        store,
        tmp_path,
        "vid skejten",
        "Vid SKEJTEN!",
        "vid  skejten",
        "Jenningsskolan",
        "nånstans på Blåhuset",
    )
    incidents(store, tmp_path, ("Robertsfors", "Blåhuset"), ("Umeå", "Skejten"))
    measures(store, tmp_path, "vid skejten", "")
    found = waiting(store, BELOW)
    assert [(group.rows, group.answers, group.incidents, group.measures) for group in found.groups] == [
        (4, 3, 0, 1),
        (1, 1, 0, 0),
    ]
    assert (found.texts, found.rows, found.settled) == (2, 5, 0)
    assert waiting(store, BELOW, first=1, number=1).groups == found.groups[1:]


def test_what_is_placed_under_the_bar_waits_too(store: Store, tmp_path: Path) -> None:
    answers(store, tmp_path, "Jenningsskolan")
    assert left(store) == {}
    assert [group.text for group in waiting(store, 1.0).groups] == ["Jenningsskolan"]


def test_a_decision_places_every_row_with_the_words_and_makes_places_of_them(
    store: Store, coordinator: Person, tmp_path: Path
) -> None:
    answers(store, tmp_path, "skejten", "SKEJTEN", each=3)
    measures(store, tmp_path, "Skejten")
    made = decide(store, coordinator, "skejten", AT_PARK)
    assert where(store, "skejten") == [("reviewed", "spot", "Skateparken", 779_500.0)] * 3
    assert where(store, "SKEJTEN") == [("reviewed", "spot", "Skateparken", 779_500.0)] * 3
    with store.read() as connection:
        assert connection.execute(select(place.c.respondents)).scalars().all() == [6]
        row = connection.execute(select(measure)).one()
    assert (row.rule, row.geom.x, row.version) == ("reviewed", 779_500.0, 2)
    assert left(store) == {}
    kept = decisions(store, first=0, number=10)[0]
    assert (kept.id, kept.by, kept.at, kept.meaning) == (made, coordinator.name, NOW, AT_PARK)


def test_it_is_learned_for_later_imports(store: Store, coordinator: Person, tmp_path: Path) -> None:
    answers(store, tmp_path, "skejten", "vet ej")
    decide(store, coordinator, "skejten", AT_PARK)
    decide(store, coordinator, "vet ej", NOWHERE)
    answers(store, tmp_path, "Skejten", "Vet ej", survey="Enkät 2023")
    incidents(store, tmp_path, ("Robertsfors", "skejten"), ("Umeå", "skejten"))
    measures(store, tmp_path, "skejten")
    assert where(store, "Skejten") == [("reviewed", "spot", "Skateparken", 779_500.0)]
    assert where(store, "Vet ej") == [("reviewed", "unknown", "", None)]
    with store.read() as connection:
        assert connection.execute(select(measure.c.rule)).scalar_one() == "reviewed"
        told = connection.execute(select(incident.c.rule, incident.c.level).order_by(incident.c.ref)).all()
    # What its source puts in another municipality is not what is meant here.
    assert [tuple(row) for row in told] == [("reviewed", "spot"), ("outside", "outside")]
    assert left(store) == {}


def test_an_incident_that_gets_its_place_is_counted_there(
    store: Store, coordinator: Person, tmp_path: Path
) -> None:
    incidents(store, tmp_path, ("", "skejten"))
    with store.read() as connection:
        before = connection.execute(select(incident.c.locality)).scalars().all()
    decide(store, coordinator, "skejten", AT_PARK)
    publish(store, None, Quarter(2024, 4), now=NOW, ground=Ground())
    assert before == [""]
    assert [(one.name, one.whole.small) for one in released(store).localities] == [("Robertsfors", True)]


def test_several_places_are_all_kept(store: Store, coordinator: Person, tmp_path: Path) -> None:
    answers(store, tmp_path, "skejten och ladan")
    decide(store, coordinator, "skejten och ladan", Meaning(Decision.PLACES, (PARK, ELSEWHERE)))
    assert [found[3] for found in where(store, "skejten och ladan")] == [779_500.0, 780_500.0]
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(place)).scalar_one() == 2


@pytest.mark.parametrize(("meaning", "level"), [(NOWHERE, "unknown"), (OUTSIDE, "outside")])
def test_words_that_mean_no_place_here_wait_no_longer(
    store: Store, coordinator: Person, tmp_path: Path, meaning: Meaning, level: str
) -> None:
    answers(store, tmp_path, "hos farmor")
    decide(store, coordinator, "hos farmor", meaning)
    assert where(store, "hos farmor") == [("reviewed", level, "", None)]
    assert left(store) == {}


def test_taking_back_brings_the_geocoders_answer_back(
    store: Store, coordinator: Person, tmp_path: Path
) -> None:
    answers(store, tmp_path, "Jenningsskolan", "skejten")
    before = where(store, "Jenningsskolan")
    made = [decide(store, coordinator, text, AT_PARK) for text in ("Jenningsskolan", "skejten")]
    for each in made:
        review.take_back(store, GEOCODER, coordinator, each, now=NOW)
        review.take_back(store, GEOCODER, coordinator, each, now=NOW)
    assert where(store, "Jenningsskolan") == before
    assert left(store) == {"skejten": 1}
    answers(store, tmp_path, "skejten", survey="Enkät 2023")
    assert left(store) == {"skejten": 2}
    assert [one.taken_back_by for one in decisions(store, first=0, number=5)] == [coordinator.name] * 2
    decide(store, coordinator, "skejten", NOWHERE)
    assert left(store) == {}


def test_looking_up_anew_moves_what_the_geocoder_placed_and_nothing_else(
    store: Store, coordinator: Person, tmp_path: Path
) -> None:
    answers(store, tmp_path, "skejten", "Jenningsskolan", "ladan")
    path = tmp_path / "given.csv"
    path.write_text("Respondent;Plats;lat;lon\nx;ladan;64.19;20.85\n", encoding="utf-8")
    Intake(store, GAZETTEER, now=NOW).survey(path, survey="Karta 2024")
    decide(store, coordinator, "skejten", AT_PARK)
    given, settled, school = (
        where(store, "ladan")[1:],
        where(store, "skejten"),
        where(store, "Jenningsskolan"),
    )
    assert review.refresh(store, GEOCODER, now=NOW).rows == 0
    more = [
        GazetteerEntry("x1", "Ladan", EntryKind.PUBLIC_BUILDING, Point(779_000, 7_131_000), 25.0, "test"),
        GazetteerEntry("x2", "Skejten", EntryKind.PARK, Point(779_100, 7_131_000), 25.0, "test"),
    ]
    wider = Geocoder(Gazetteer([*GAZETTEER.entries, *more]))
    assert review.refresh(store, wider, now=NOW).rows == 1
    assert where(store, "ladan")[0][1:] == ("spot", "Ladan", 779_000.0)
    assert (where(store, "ladan")[1:], where(store, "skejten")) == (given, settled)
    assert where(store, "Jenningsskolan") == school


def test_a_given_position_is_not_moved_by_a_decision_about_its_words(
    store: Store, coordinator: Person, tmp_path: Path
) -> None:
    answers(store, tmp_path, "skejten")
    path = tmp_path / "given.csv"
    path.write_text("Respondent;Plats;lat;lon\nx;skejten;64.19;20.85\n", encoding="utf-8")
    Intake(store, GAZETTEER, now=NOW).survey(path, survey="Karta 2024")
    decide(store, coordinator, "skejten", AT_PARK)
    Intake(store, GAZETTEER, now=NOW).survey(path, survey="Karta 2025")
    assert [found[0] for found in where(store, "skejten")] == ["reviewed", "given", "given"]


def test_two_who_decide_at_once_make_one_decision(store: Store, coordinator: Person, tmp_path: Path) -> None:
    answers(store, tmp_path, "skejten")

    def one(number: int) -> str:
        meaning = (AT_PARK, NOWHERE, OUTSIDE)[number % 3]
        try:
            decide(store, coordinator, "skejten", meaning)
        except Stale:
            return "stale"
        return meaning.decision.value

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(one, range(12)))
    assert len(set(found) - {"stale"}) == 1
    assert found.count("stale") == 8
    assert len(decisions(store, first=0, number=20)) == 1


@pytest.mark.parametrize("role", [Role.POLICE, Role.PLANNER, Role.ADMIN])
def test_only_coordinators_decide(store: Store, tmp_path: Path, role: Role) -> None:
    answers(store, tmp_path, "skejten")
    by = people.find(store, role.value).person
    with pytest.raises(NotAllowed):
        decide(store, by, "skejten", NOWHERE)
    with pytest.raises(NotAllowed):
        review.take_back(store, GEOCODER, by, 1, now=NOW)
    assert left(store) == {"skejten": 1}


BAD = {
    "no place": Meaning(Decision.PLACES),
    "a place for none": Meaning(Decision.NOT_A_PLACE, (PARK,)),
    "in the sea": Meaning(Decision.PLACES, (Target((100_000.0, 7_131_000.0), 30.0),)),
    "a line out of it": Meaning(
        Decision.PLACES, (Target(PARK.point, 30.0, line=(PARK.point, (100_000.0, 7_131_000.0))),)
    ),
    "not a number": Meaning(Decision.PLACES, (Target((math.nan, 7_131_000.0), 30.0),)),
    "no size": Meaning(Decision.PLACES, (Target(PARK.point, 0.0),)),
    "a size that is no number": Meaning(Decision.PLACES, (Target(PARK.point, math.nan),)),
    "as large as Sweden": Meaning(Decision.PLACES, (Target(PARK.point, 1e6),)),
    "a long name": Meaning(Decision.PLACES, (Target(PARK.point, 30.0, name="x" * 201),)),
    "no spot": Meaning(Decision.PLACES, (Target(PARK.point, 30.0, level=Level.UNKNOWN),)),
    "too many": Meaning(Decision.PLACES, (PARK,) * 11),
}


@pytest.mark.parametrize("meaning", BAD.values(), ids=BAD)
def test_a_place_that_can_t_be_is_refused_and_nothing_is_kept(
    store: Store, coordinator: Person, tmp_path: Path, meaning: Meaning
) -> None:
    answers(store, tmp_path, "skejten")
    with pytest.raises(BadInput):
        decide(store, coordinator, "skejten", meaning)
    assert (left(store), decisions(store, first=0, number=5)) == ({"skejten": 1}, ())


def test_words_nobody_wrote_can_t_be_settled(store: Store, coordinator: Person) -> None:
    with pytest.raises(NotFound):
        decide(store, coordinator, "skejten", NOWHERE)
    with pytest.raises(NotFound):
        review.take_back(store, GEOCODER, coordinator, 7, now=NOW)


def test_the_audit_says_who_settled_what_without_the_words(
    store: Store, coordinator: Person, tmp_path: Path
) -> None:
    answers(store, tmp_path, "hemma hos Anders på skejten", each=2)
    made = decide(store, coordinator, "hemma hos Anders på skejten", AT_PARK)
    review.take_back(store, GEOCODER, coordinator, made, now=NOW)
    with store.read() as connection:
        lines = connection.execute(
            select(audit).where(audit.c.action.like("words.%")).order_by(audit.c.id)
        ).all()
    assert [(line.action, line.actor, line.after["number"]) for line in lines] == [
        ("words.decided", "coordinator", 2),
        ("words.taken_back", "coordinator", 2),
    ]
    assert "Anders" not in str(lines)


def test_a_point_and_a_line_drawn_on_the_map() -> None:
    point = review.drawn(GEOCODER, [(20.85, 64.19)])
    assert (point.radius_m, point.line, point.locality) == (25.0, (), "Robertsfors")
    line = review.drawn(GEOCODER, [(20.85, 64.19), (20.86, 64.19)])
    (west, _), (east, _) = line.line
    assert west < line.point[0] < east
    assert line.radius_m == pytest.approx((east - west) / 2, rel=0.01)
    for bad in ([], [(math.nan, 64.0)], [(20.85, 64.19)] * 201):
        with pytest.raises(BadInput):
            review.drawn(GEOCODER, bad)


def test_candidates_are_what_the_text_may_mean_or_what_its_words_name(store: Store, tmp_path: Path) -> None:
    assert candidates(GEOCODER, "Jenningsskolan")[0].name == "Jenningsskolan"
    many = candidates(GEOCODER, "busstationen")
    assert len(many) <= 9
    assert [one.probability for one in many] == sorted((one.probability for one in many), reverse=True)
    assert candidates(GEOCODER, "xyzzy plugh") == ()
    answers(store, tmp_path, "Skejten", "skejten", "skejten", "SKEJTEN")
    item = one_item(store, GEOCODER, text_key("skejten"))
    assert (item.spellings, item.rows) == (("skejten", "SKEJTEN", "Skejten"), 4)
    with pytest.raises(NotFound):
        one_item(store, GEOCODER, "")


def test_of_many_of_a_kind_those_with_a_name_are_offered_first(helsinki_area: Path) -> None:
    """ "tunneln" where there are dozens: the words alone place nothing, and a person chooses on the map."""
    geocoder = Geocoder(Gazetteer(open_area(helsinki_area).entries()))
    assert geocoder.geocode("tunneln").point is None
    found = candidates(geocoder, "tunneln")
    assert len(found) == MAX_CANDIDATES
    assert len({candidate.name for candidate in found}) == len(found)
    assert all(candidate.point is not None and candidate.probability < 0.1 for candidate in found)
    unnamed = [candidate.name.startswith("tunnel vid ") for candidate in found]
    assert unnamed == sorted(unnamed)
    assert candidates(geocoder, "vet ej") == ()
