"""Phrases and sentences in both languages."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from geo.messages import catalogue
from geo.model import CategoryGroup, MeasureStatus, PlaceStatus, Promise, Reason, TimeOfDay
from geo.privacy import Count
from geo.publish.measures import PublicMeasure
from geo.render import labels, words

Gettext = Callable[[str], str]
SV: Gettext = catalogue("sv").gettext
EN: Gettext = catalogue("en").gettext

MEASURE = PublicMeasure(
    id=1, title="", description="", kind="", responsible=(), promise=Promise.HOME, status=MeasureStatus.ONGOING,
    where="", locality="", point=None, starts=None, due=None, finished=None, target=None, done=0,
    overdue=False, synthetic=False, place_ids=(),
)  # fmt: skip


@pytest.mark.parametrize(
    ("distance", "direction", "swedish", "english"),
    [
        (0, "", "vid Busstationen", "at Busstationen"),
        (0, "n", "vid Busstationen", "at Busstationen"),
        (300, "s", "300 m söder om Busstationen", "300 m south of Busstationen"),
        (50, "ne", "50 m nordost om Busstationen", "50 m north-east of Busstationen"),
        (950, "", "950 m från Busstationen", "950 m from Busstationen"),
        (1000, "w", "1,0 km väster om Busstationen", "1.0 km west of Busstationen"),
        (12_340, "sw", "12,3 km sydväst om Busstationen", "12.3 km south-west of Busstationen"),
        (1_960, "e", "2,0 km öster om Busstationen", "2.0 km east of Busstationen"),
    ],
)
def test_place_names(distance: int, direction: str, swedish: str, english: str) -> None:
    assert words.place_name("Busstationen", distance, direction, SV) == swedish
    assert words.place_name("Busstationen", distance, direction, EN) == english


def test_every_direction_has_its_own_words_and_an_unknown_one_is_an_error() -> None:
    named = {words.place_name("X", 100, direction, SV) for direction in words.DIRECTIONS}
    assert len(named) == 9
    with pytest.raises(KeyError):
        words.place_name("X", 100, "up", SV)


def test_a_name_with_a_percent_sign_is_left_alone() -> None:
    assert words.place_name("100%(x)s %d", 50, "n", EN) == "50 m north of 100%(x)s %d"


def test_lists_dates_and_numbers() -> None:
    assert words.in_words(["a", "b", "c"], "sv") == "a, b och c"
    assert words.in_words(["a", "b", "c"], "en") == "a, b and c"
    assert words.in_words([], "sv") == ""
    assert words.day(date(2026, 6, 3), "sv") == "3 juni 2026"
    assert words.day(date(2026, 6, 3), "en") == "3 June 2026"
    assert [words.number(Count(value), str) for value in (0, None, 5)] == ["0", "1–4", "5"]
    assert words.number(Count(None, hidden=True), str) == "not shown"
    assert words.sentence("åter vid X") == "Åter vid X"
    assert words.sentence("") == ""


def test_the_order_of_swedish_letters() -> None:
    names = ["Östanå", "Ånäset", "Ängersjö", "Zinkgruvan", "Bygdeå", "åkullsjön"]
    assert sorted(names, key=words.swedish_order) == [
        "Bygdeå", "Zinkgruvan", "åkullsjön", "Ånäset", "Ängersjö", "Östanå",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("years", "times", "swedish"),
    [
        ((2022,), (), "Några som svarade 2022 kände sig otrygga här."),
        ((), (), "Några som svarade kände sig otrygga här."),
        (
            (2022, 2025),
            (TimeOfDay.NIGHT,),
            "Några som svarade 2022 och 2025 kände sig otrygga här, mest på natten.",
        ),
        (
            (),
            (TimeOfDay.DAY, TimeOfDay.NIGHT),
            "Några som svarade kände sig otrygga här, mest på dagen och på natten.",
        ),
        ((2022,), tuple(TimeOfDay), "Några som svarade 2022 kände sig otrygga här, dygnet runt."),
        ((), tuple(TimeOfDay), "Några som svarade kände sig otrygga här, dygnet runt."),
    ],
)
def test_what_a_flag_says(years: tuple[int, ...], times: tuple[TimeOfDay, ...], swedish: str) -> None:
    said = words.felt_unsafe(years, times, SV, "sv")
    assert said == f"{swedish} Det säger inget om risken för brott."


@pytest.mark.parametrize(
    ("changes", "english"),
    [
        ({}, ""),
        ({"due": date(2026, 6, 3)}, "to be finished by 3 June 2026"),
        ({"due": date(2026, 6, 3), "overdue": True}, "overdue: was to be finished by 3 June 2026"),
        ({"status": MeasureStatus.PLANNED, "starts": date(2026, 6, 3)}, "begins on 3 June 2026"),
        ({"starts": date(2026, 6, 3)}, ""),
        ({"status": MeasureStatus.COMPLETED, "finished": date(2026, 6, 3)}, "completed on 3 June 2026"),
        ({"status": MeasureStatus.VERIFIED, "due": date(2026, 6, 3)}, ""),
        ({"status": MeasureStatus.CANCELLED, "due": date(2026, 6, 3)}, ""),
        ({"target": 12, "done": 3}, "3 of 12 done"),
        ({"target": 12, "done": 0, "due": date(2026, 6, 3)}, "to be finished by 3 June 2026, 0 of 12 done"),
    ],
)
def test_when_a_measure_is_done(changes: dict[str, object], english: str) -> None:
    assert words.when_of(replace(MEASURE, **changes), EN, "en") == english  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "swedish", "english"),
    [
        ("Robertsfors", "Robertsfors kommun", "Robertsfors Municipality"),
        ("Umeå", "Umeå kommun", "Umeå Municipality"),
        ("Nordmaling", "Nordmalings kommun", "Nordmaling Municipality"),
        ("", "kommunen", "the municipality"),
    ],
)
def test_municipalities(name: str, swedish: str, english: str) -> None:
    assert words.municipality(name, SV, "sv") == swedish
    assert words.municipality(name, EN, "en") == english


@pytest.mark.parametrize(
    ("table", "members"),
    [
        (labels.REASONS, Reason),
        (labels.TIMES, TimeOfDay),
        (labels.HOURS, TimeOfDay),
        (labels.PLACE_STATUSES, PlaceStatus),
        (labels.PLACE_STATUS_MEANINGS, PlaceStatus),
        (labels.MEASURE_STATUSES, MeasureStatus),
        (labels.MEASURE_SYMBOLS, MeasureStatus),
        (labels.PROMISES, Promise),
        (labels.GROUPS, CategoryGroup),
    ],
)
def test_every_member_has_words(table: dict[str, str], members: type) -> None:
    assert set(table) == set(members)  # type: ignore[call-overload]
    if table is not labels.MEASURE_SYMBOLS:
        said = [SV(message) for message in table.values()]
        assert len(set(said)) == len(said)
        assert (
            all(SV(message) != message or message == "" for message in table.values())
            or table is labels.PROMISES
        )
