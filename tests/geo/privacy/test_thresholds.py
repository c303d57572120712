"""What may be told, at and around the thresholds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.model import PHYSICAL_REASONS, Reason, TimeOfDay
from geo.privacy import (
    MIN_MENTIONS,
    count,
    municipal_reasons,
    ordered_reasons,
    ordered_times,
)


@pytest.mark.parametrize(
    ("number", "value", "small"),
    [(0, 0, False), (1, None, True), (4, None, True), (5, 5, False), (1_000_000, 1_000_000, False)],
)
def test_small_counts_are_not_said(number: int, value: int | None, small: bool) -> None:
    found = count(number)
    assert (found.value, found.small) == (value, small)


def test_reasons_are_ordered_by_mentions_and_ties_by_the_survey() -> None:
    mentions = {
        "vandalism": 3,
        "lighting": 3,
        "traffic": 9,
        "neglect": 2,
        "groups": 50,
        "drugs": 50,
        "other": 50,
    }
    assert ordered_reasons(mentions) == (Reason.TRAFFIC, Reason.LIGHTING, Reason.VANDALISM)


@given(st.dictionaries(st.sampled_from([reason.value for reason in Reason]), st.integers(0, 20)))
def test_only_physical_reasons_with_enough_mentions_are_told(mentions: dict[str, int]) -> None:
    told = ordered_reasons(mentions)
    assert set(told) <= set(PHYSICAL_REASONS)
    assert all(mentions[reason] >= MIN_MENTIONS for reason in told)


def test_times_are_those_when_most_feel_unsafe() -> None:
    assert ordered_times({"morning": 3, "evening": 18, "night": 9}) == (TimeOfDay.EVENING, TimeOfDay.NIGHT)
    assert ordered_times({"morning": 3, "evening": 5}) == (TimeOfDay.MORNING, TimeOfDay.EVENING)
    assert ordered_times({"evening": 2}) == ()
    assert ordered_times({}) == ()


def test_groups_and_drugs_are_told_of_the_municipality_from_five_on() -> None:
    assert municipal_reasons({"groups": 4, "drugs": 5, "lighting": 90}) == (Reason.DRUGS,)
