"""Dates, clock times and numbers as offices write them."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.importing.values import (
    STOCKHOLM,
    parse_clock,
    parse_count,
    parse_date,
    parse_interval,
    parse_number,
)


@pytest.mark.parametrize(
    "text",
    [
        "2022-03-21", "2022/03/21", "2022.3.21", "20220321", "220321", "22-03-21", "21/3 2022", "21/3-22",
        "21/3/2022", "21.3.2022", "21-3-2022", "21 mars 2022", "21 Mars, 2022", "den 21 mars 2022",
        "måndag 21 mars 2022", "mån 21 mar 2022", "21:e mars 2022", "March 21, 2022", "2022-03-21 12:30",
        "2022-03-21T12:30:11", "2022-03-21T00:00:00Z", "21/3 2022 kl 12.30", "44641", "44641,5", "44641.0",
        "21\u00a0mars\u20092022",
    ],
)  # fmt: skip
def test_one_day_in_many_ways(text: str) -> None:
    assert parse_date(text) == date(2022, 3, 21)


@pytest.mark.parametrize(
    "text",
    ["", "mars 2022", "2022", "2022-02-30", "21 brumaire 2022", "3/21/2022", "1822-03-21", "12", "x", "2022-13-01",
     "2022-03-21 25:00", "2022-03-21 igår", "21/3", "99999"],
)  # fmt: skip
def test_no_day(text: str) -> None:
    with pytest.raises(ValueError):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12:30", time(12, 30)), ("12.30", time(12, 30)), ("kl 12:30", time(12, 30)), ("kl. 9.05", time(9, 5)),
        ("klockan 7", time(7)), ("1230", time(12, 30)), ("12", time(12)), ("12:30:15", time(12, 30, 15)),
        ("24:00", time()), ("0.5", time(12)), ("0,520833333", time(12, 30)), ("1:30 pm", time(13, 30)),
        ("12 am", time(0)),
    ],
)  # fmt: skip
def test_clock(text: str, expected: time) -> None:
    assert parse_clock(text) == expected


@pytest.mark.parametrize("text", ["", "25", "12:60", "13 pm", "kväll", "12:3", "12:30 CET"])
def test_no_clock(text: str) -> None:
    with pytest.raises(ValueError):
        parse_clock(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("64,19", 64.19), ("64.19", 64.19), ("7 130 000", 7_130_000), ("7\u00a0130\u202f000,5", 7_130_000.5),
        ("1.234,5", 1_234.5), ("1,234.5", 1_234.5), ("\u221212", -12), ("1e3", 1_000), ("+5", 5),
    ],
)  # fmt: skip
def test_numbers(text: str, expected: float) -> None:
    assert parse_number(text) == expected


@pytest.mark.parametrize("text", ["", "12a", "nan", "inf", "1.2.3", "--1", "١٢"])
def test_no_numbers(text: str) -> None:
    with pytest.raises(ValueError):
        print(parse_number(text))


def test_counts_are_whole_and_not_negative() -> None:
    assert parse_count("12") == 12
    assert parse_count("12,0") == 12
    for text in ("-1", "1,5", "tolv"):
        with pytest.raises(ValueError):
            parse_count(text)


def at(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2022, month, day, hour, minute, second, tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2022-03-21 12:30", at(3, 21, 12, 30), None),
        ("2022-03-21", at(3, 21, 0), at(3, 21, 23, 59, 59)),
        ("2022-03-21 12:30 - 2022-03-22 08:00", at(3, 21, 12, 30), at(3, 22, 8)),
        ("2022-03-21 12:30–14:00", at(3, 21, 12, 30), at(3, 21, 14)),
        ("2022-03-21 12:30-14:00", at(3, 21, 12, 30), at(3, 21, 14)),
        ("2022-03-21 22.30 till 01.15", at(3, 21, 22, 30), at(3, 22, 1, 15)),
        ("2022-03-21 – 2022-03-23", at(3, 21, 0), at(3, 23, 23, 59, 59)),
        ("2022-03-21T11:30:00Z", at(3, 21, 12, 30), None),
        ("2022-07-21 12:30 +02:00", at(7, 21, 12, 30), None),
        ("2022-03-21 08:00 -03:30", at(3, 21, 12, 30), None),
        ("2022/03/21 8:15:11 FM CET", at(3, 21, 8, 15, 11), None),
        ("2022/03/21 8:15:11 EM GMT+1", at(3, 21, 20, 15, 11), None),
    ],
)
def test_intervals(text: str, start: datetime, end: datetime | None) -> None:
    assert parse_interval(text) == (start, end)


@pytest.mark.parametrize(
    "text", ["", "2022-03-23 – 2022-03-21", "2022-03-21 – 12:00", "2022-03-21 - x", "a – b – c", "12:30"]
)
def test_no_interval(text: str) -> None:
    with pytest.raises(ValueError):
        parse_interval(text)


def test_naive_times_are_swedish_in_winter_and_summer() -> None:
    winter, summer = (parse_interval(f"2022-{month}-21 12:00")[0] for month in ("01", "07"))
    assert (winter.utcoffset(), summer.utcoffset()) == (timedelta(hours=1), timedelta(hours=2))


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_every_day_comes_back(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day.day}/{day.month} {day.year}") == day
    assert parse_date(f"{day:%Y%m%d}") == day


@given(st.text(max_size=30))
def test_nothing_but_value_errors(text: str) -> None:
    for parse in (parse_date, parse_clock, parse_number, parse_count, parse_interval):
        try:
            parse(text)
        except ValueError:
            continue
