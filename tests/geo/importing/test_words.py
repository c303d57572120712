"""Reasons and times of day in people's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.importing.words import parse_reasons, parse_times
from geo.model import Reason, TimeOfDay

LIGHTING, VISIBILITY, VEGETATION, DESERTED, TRAFFIC, NEGLECT, VANDALISM, GROUPS, DRUGS, OTHER = Reason
MORNING, DAY, EVENING, NIGHT = TimeOfDay


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dålig belysning; Buskage", [LIGHTING, VEGETATION]),
        ("dalig belysning", [LIGHTING]),
        ("mörkt och läskigt", [LIGHTING]),
        ("Mörkt", [LIGHTING]),
        ("dim lighting", [LIGHTING]),
        ("lampan är trasig", [LIGHTING, NEGLECT]),
        ("Skymd sikt", [VISIBILITY]),
        ("Ingen insyn", [VISIBILITY]),
        ("Poor visibility", [VISIBILITY]),
        ("igenvuxet, sly", [VEGETATION]),
        ("overgrown bushes", [VEGETATION]),
        ("Ödsligt", [DESERTED]),
        ("Ensamt, få människor", [DESERTED]),
        ("deserted", [DESERTED]),
        ("A-traktorer och mopeder", [TRAFFIC]),
        ("EPA-traktorer", [TRAFFIC]),
        ("Trafik (bilar, mopeder)", [TRAFFIC]),
        ("bilarna kör för fort", [TRAFFIC]),
        ("Speeding cars", [TRAFFIC]),
        ("Skräp, klotter och skadegörelse", [NEGLECT, VANDALISM]),
        ("Dåligt snöröjt, halt", [NEGLECT]),
        ("räcke saknas", [NEGLECT]),
        ("litter/graffiti", [NEGLECT, VANDALISM]),
        ("Grupper som upplevs stökiga", [GROUPS]),
        ("gäng", [GROUPS]),
        ("rowdy groups", [GROUPS]),
        ("Droger", [DRUGS]),
        ("öppen droghandel", [DRUGS]),
        ("drug dealing", [DRUGS]),
        ("Annat: hundar", [OTHER]),
        ("Övrigt", [OTHER]),
        ("gångväg", [OTHER]),
        ("Buskage\nDålig belysning", [LIGHTING, VEGETATION]),
    ],
)
def test_reasons(text: str, expected: list[Reason]) -> None:
    assert list(parse_reasons(text)[0]) == expected


@pytest.mark.parametrize("text", ["", "-", "vet ej", "Vet inte.", "inget", "n/a", "otryggt"])
def test_no_reason_is_none_and_no_complaint(text: str) -> None:
    assert parse_reasons(text) == ((), ())


def test_an_unknown_reason_is_other_and_handed_back() -> None:
    assert parse_reasons("spöken") == ((OTHER,), ("spöken",))


def test_beside_a_known_reason_an_unknown_word_is_handed_back_and_adds_none() -> None:
    assert parse_reasons("Buskage; spöken") == ((VEGETATION,), ("spöken",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kväll", [EVENING]),
        ("Kväll och natt", [EVENING, NIGHT]),
        ("kvall/natt", [EVENING, NIGHT]),
        ("morgon, dag", [MORNING, DAY]),
        ("efter mörkrets inbrott", [EVENING, NIGHT]),
        ("när det är mörkt", [EVENING, NIGHT]),
        ("after dark", [EVENING, NIGHT]),
        ("alltid", list(TimeOfDay)),
        ("Dygnet runt", list(TimeOfDay)),
        ("always", list(TimeOfDay)),
        ("24/7", list(TimeOfDay)),
        ("06-10", [MORNING]),
        ("10–18", [DAY]),
        ("18.00-22.00", [EVENING]),
        ("22-06", [NIGHT]),
        ("mellan 18 och 23", [EVENING, NIGHT]),
        ("21 till 07", [MORNING, EVENING, NIGHT]),
        ("Kväll (17–22)", [EVENING]),
        ("efter 22", [NIGHT]),
        ("efter kl 20", [EVENING, NIGHT]),
        ("före 8", [MORNING]),
        ("kl 21.30", [EVENING]),
        ("eftermiddag", [DAY]),
        ("Fredag kväll", [EVENING]),
        ("söndag", []),
        ("00-24", list(TimeOfDay)),
        ("evenings; nights", [EVENING, NIGHT]),
    ],
)
def test_times(text: str, expected: list[TimeOfDay]) -> None:
    assert list(parse_times(text)[0]) == expected


def test_an_unknown_time_is_handed_back() -> None:
    assert parse_times("kväll; på helger") == ((EVENING,), ("på helger",))
    assert parse_times("efter 22, på helger") == ((NIGHT,), ("på helger",))


@given(st.text(max_size=60))
def test_no_text_crashes(text: str) -> None:
    reasons, unknown = parse_reasons(text)
    assert reasons or not unknown
    parse_times(text)


@given(st.integers(0, 23), st.integers(0, 23))
def test_hours_touch_just_the_times_they_lie_in(start: int, end: int) -> None:
    names = {**dict.fromkeys(range(6, 10), MORNING), **dict.fromkeys(range(10, 18), DAY)}
    names |= dict.fromkeys(range(18, 22), EVENING)
    last = end if end > start else end + 24
    expected = {names.get(hour % 24, NIGHT) for hour in range(start, last)}
    assert set(parse_times(f"{start:02}-{end:02}")[0]) == expected
