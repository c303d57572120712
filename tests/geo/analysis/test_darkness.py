"""When it is dark, held against what is known without astral: geometry, published tables, the almanac's formulas."""

import math
from datetime import UTC, date, datetime, time, timedelta

import pytest

from geo.analysis.darkness import (
    DARK_BELOW,
    Season,
    Spot,
    SunState,
    dark_share,
    dark_shares,
    is_dark,
    sun_elevation,
    year_at,
)
from geo.model import STOCKHOLM, Train

ROBERTSFORS, UMEA, KIRUNA = Spot(20.85, 64.19), Spot(20.26, 63.83), Spot(20.23, 67.86)
TILT = 23.44
"""The earth's, degrees: the sun's declination at the solstices."""


def highest(spot: Spot, day: date) -> float:
    start = datetime.combine(day, time(0), UTC)
    return max(sun_elevation(spot, start + timedelta(minutes=10 * i)) for i in range(144))


def lowest(spot: Spot, day: date) -> float:
    start = datetime.combine(day, time(0), UTC)
    return min(sun_elevation(spot, start + timedelta(minutes=10 * i)) for i in range(144))


@pytest.mark.parametrize("spot", [ROBERTSFORS, UMEA, KIRUNA])
def test_at_the_solstices_noon_and_midnight_are_as_high_as_geometry_says(spot: Spot) -> None:
    assert highest(spot, date(2026, 6, 21)) == pytest.approx(90 - spot.lat + TILT, abs=0.05)
    assert highest(spot, date(2026, 12, 21)) == pytest.approx(90 - spot.lat - TILT, abs=0.05)
    assert lowest(spot, date(2026, 6, 21)) == pytest.approx(spot.lat - 90 + TILT, abs=0.05)


def test_kiruna_has_midnight_sun_in_june_and_no_sun_in_december() -> None:
    assert lowest(KIRUNA, date(2026, 6, 21)) > 0
    assert highest(KIRUNA, date(2026, 12, 21)) < 0
    # No sunrise, and yet at noon not dark.
    assert highest(KIRUNA, date(2026, 12, 21)) > DARK_BELOW


def test_robertsfors_is_never_dark_at_midsummer_and_mostly_dark_at_yule() -> None:
    assert lowest(ROBERTSFORS, date(2026, 6, 21)) > DARK_BELOW
    start = datetime(2026, 12, 21, tzinfo=STOCKHOLM)
    hours = sum(is_dark(ROBERTSFORS, start + timedelta(minutes=15 * i)) for i in range(96)) / 4
    assert 16 < hours < 19


def test_a_morning_train_is_taken_in_the_dark_in_december_and_by_day_in_may() -> None:
    december = [date(2026, 12, day) for day in range(1, 32)]
    assert dark_share(ROBERTSFORS, time(7, 10), december) == 1.0
    assert dark_share(ROBERTSFORS, time(7, 10), [date(2027, 5, day) for day in range(1, 32)]) == 0.0
    year = [date(2026, 1, 1) + timedelta(days=i) for i in range(365)]
    # From some time in November to some time in February.
    assert 70 < 365 * dark_share(ROBERTSFORS, time(7, 10), year) < 110
    assert dark_share(ROBERTSFORS, time(7, 10), []) == 0.0


def test_summer_time_is_the_clocks_not_the_suns() -> None:
    """The same clock time is an hour earlier by the sun the day after the clocks went forward (29 March 2026)."""
    before = sun_elevation(ROBERTSFORS, datetime(2026, 3, 28, 6, 0, tzinfo=STOCKHOLM))
    after = sun_elevation(ROBERTSFORS, datetime(2026, 3, 29, 6, 0, tzinfo=STOCKHOLM))
    assert after < before - 4
    # 02:30 does not exist that night, and is twice in the night of 25 October.
    assert 0 <= dark_share(ROBERTSFORS, time(2, 30), [date(2026, 3, 29), date(2026, 10, 25)]) <= 1


def test_where_the_middle_of_the_walk_is_counts() -> None:
    # On 1 November civil dusk ends a little before half past four.
    day, clock = [date(2026, 11, 1)], time(15, 50)
    assert dark_share(ROBERTSFORS, clock, day) == 0.0
    assert dark_share(ROBERTSFORS, clock, day, lasting=timedelta(hours=3)) == 1.0


def test_a_moment_without_a_timezone_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        sun_elevation(UMEA, datetime(2026, 1, 1))


SUNDSVALL, OBBOLA, SKELLEFTEHAMN = Spot(17.290, 62.392), Spot(20.33, 63.70), Spot(21.24, 64.69)
RISE_OR_SET = -0.833
"""The sun's centre as its edge is on the horizon, bent by the air: what tables of sunrise and sunset mean, degrees."""
NIGHT = -15.0
"""Where P. Schlyter's tables let dawn and dusk (Gry, Skym) begin and end: amateur astronomers' twilight, degrees."""

PUBLISHED = (
    # Umeå on the day, told by a student there: https://saschainschweden.blogspot.com, 16 May 2010.
    (UMEA, "2010-05-16", "03:22", "21:48", RISE_OR_SET),
    # Skelleftehamn on the shortest day: https://way-up-north.com/2014/12/21/shortest-day-in-skelleftehamn/
    (SKELLEFTEHAMN, "2014-12-21", "09:40", "13:25", RISE_OR_SET),
    # Obbola in Umeå, sunset: https://way-up-north.com/2020/11/27/an-almost-normal-sunrise/
    (OBBOLA, "2020-11-27", None, "14:11", RISE_OR_SET),
    # Sundsvall, the table of 2001 by P. Schlyter, http://stjarnhimlen.se/2001/sundsvall.html.
    (SUNDSVALL, "2001-01-01", "09:18", "14:31", RISE_OR_SET),
    (SUNDSVALL, "2001-01-01", "06:42", "17:08", NIGHT),
    (SUNDSVALL, "2001-01-08", "09:11", "14:45", RISE_OR_SET),
    (SUNDSVALL, "2001-01-08", "06:39", "17:16", NIGHT),
    (SUNDSVALL, "2001-01-15", "08:59", "15:02", RISE_OR_SET),
    (SUNDSVALL, "2001-01-15", "06:32", "17:29", NIGHT),
)


@pytest.mark.parametrize(("spot", "day", "first", "last", "height"), PUBLISHED)
def test_the_sun_is_where_published_tables_say(
    spot: Spot, day: str, first: str | None, last: str, height: float
) -> None:
    for clock in filter(None, (first, last)):
        moment = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), STOCKHOLM)
        # A minute is up to 0.1° here, and a table is of a town, not of a street.
        assert sun_elevation(spot, moment) == pytest.approx(height, abs=0.25)


def test_kirunas_midnight_sun_and_polar_night_are_those_that_the_town_tells_of() -> None:
    """https://ripan.se: midnight sun from 27 May to 14 July; https://www.kirunalapland.se: the sun is back about 4 January."""
    for day in (date(2026, 5, 28), date(2026, 7, 14)):
        assert lowest(KIRUNA, day) > RISE_OR_SET
    for day in (date(2026, 5, 22), date(2026, 7, 22)):
        assert lowest(KIRUNA, day) < RISE_OR_SET
    assert highest(KIRUNA, date(2026, 12, 15)) < RISE_OR_SET < highest(KIRUNA, date(2027, 1, 4))


def almanac(spot: Spot, moment: datetime) -> float:
    """The sun's elevation by the low-precision formulas of the Astronomical Almanac (page C5), good to 0.01° until 2050."""
    days = (moment - datetime(2000, 1, 1, 12, tzinfo=UTC)) / timedelta(days=1)
    anomaly = math.radians(357.528 + 0.9856003 * days)
    longitude = math.radians(
        280.460 + 0.9856474 * days + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly)
    )
    tilt = math.radians(23.439 - 0.0000004 * days)
    right = math.atan2(math.cos(tilt) * math.sin(longitude), math.cos(longitude))
    declination = math.asin(math.sin(tilt) * math.sin(longitude))
    sidereal = math.radians((18.697374558 + 24.06570982441908 * days) % 24 * 15 + spot.lon)
    lat = math.radians(spot.lat)
    height = math.sin(lat) * math.sin(declination) + math.cos(lat) * math.cos(declination) * math.cos(
        sidereal - right
    )
    return math.degrees(math.asin(height))


@pytest.mark.parametrize("spot", [ROBERTSFORS, UMEA, KIRUNA])
def test_the_sun_is_where_the_almanacs_formulas_say_all_year(spot: Spot) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for hours in range(0, 365 * 24, 53):
        moment = start + timedelta(hours=hours)
        assert sun_elevation(spot, moment) == pytest.approx(almanac(spot, moment), abs=0.03)


def test_shares_by_minute_are_those_of_every_passage_one_by_one() -> None:
    season = Season(date(2026, 10, 20), date(2026, 11, 20))
    train = Train(time(16, 10), frozenset({0, 3}), arrives=True, departs=True)
    shares = dark_shares(ROBERTSFORS, [train], season, longest=20)
    days = [day for day in season.days if day.weekday() in (0, 3)]
    assert shares.passages == 2 * len(days)
    for minute in (0, 7, 20):
        moments = [
            datetime.combine(day, train.clock, STOCKHOLM).astimezone(UTC) + way * timedelta(minutes=minute)
            for day in days
            for way in (1, -1)
        ]
        wanted = sum(is_dark(ROBERTSFORS, moment) for moment in moments) / len(moments)
        # Between two of the heights it is reckoned from, dusk may be a minute off.
        assert shares.by_minute[minute] == pytest.approx(wanted, abs=1.01 / len(moments))
    assert dark_shares(ROBERTSFORS, [], season).by_minute[0] == 0.0


def test_a_year_at_ten_past_seven() -> None:
    year = year_at(ROBERTSFORS, 2026, time(7, 10))
    assert len(year) == 365
    by_day = {sun.day: sun for sun in year}
    assert by_day[date(2026, 12, 15)].state is SunState.DARK
    assert by_day[date(2026, 6, 15)].state is SunState.LIGHT
    assert {sun.state for sun in year} == set(SunState)
    assert by_day[date(2026, 6, 15)].elevation == pytest.approx(
        sun_elevation(ROBERTSFORS, datetime(2026, 6, 15, 7, 10, tzinfo=STOCKHOLM))
    )
