"""When it is dark: the sun's elevation by astral, which also knows days without a sunrise or a sunset.

Dark is what is darker than civil twilight: the sun's centre more than 6° below the horizon (the limit by which
outdoor work needs lamps; US Naval Observatory, "Rise, Set, and Twilight Definitions").
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

import numpy as np
from astral import Observer
from astral.sun import elevation
from numpy.typing import NDArray

from geo.model import STOCKHOLM, Train

DARK_BELOW = -6.0
"""Degrees of the sun's centre, refraction left out."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where on earth, WGS 84 degrees."""

    lon: float
    lat: float


def sun_elevation(spot: Spot, moment: datetime) -> float:
    """The sun's elevation in degrees, without refraction, at a timezone-aware moment.

    Raises:
        ValueError: the moment has no timezone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a timezone has no sun")
    return _elevation(spot, moment.astimezone(UTC))


@lru_cache(maxsize=65_536)
def _elevation(spot: Spot, moment: datetime) -> float:
    return float(elevation(Observer(spot.lat, spot.lon), moment, with_refraction=False))


def is_dark(spot: Spot, moment: datetime) -> bool:
    """Whether it is darker than civil twilight."""
    return sun_elevation(spot, moment) < DARK_BELOW


def dark_share(spot: Spot, clock: time, days: Iterable[date], *, lasting: timedelta = timedelta()) -> float:
    """The share of ``days`` on which somebody who sets out at ``clock`` (Swedish time) walks in the dark.

    A walk that takes ``lasting`` counts as dark where its middle is. 0 without days. A clock time that
    a spring night leaves out is an hour later by the sun, as trains are.
    """
    moments = [datetime.combine(day, clock, STOCKHOLM).astimezone(UTC) + lasting / 2 for day in days]
    return sum(is_dark(spot, moment) for moment in moments) / len(moments) if moments else 0.0


class SunState(StrEnum):
    """How light it is out of doors."""

    LIGHT = "light"
    TWILIGHT = "twilight"
    DARK = "dark"


def sun_state(elevation_deg: float) -> SunState:
    """Light above the horizon, dark below civil twilight's limit, twilight in between."""
    if elevation_deg >= 0:
        return SunState.LIGHT
    return SunState.DARK if elevation_deg < DARK_BELOW else SunState.TWILIGHT


@dataclass(frozen=True, slots=True)
class Season:
    """Days from ``first`` to ``last``, both counted."""

    first: date
    last: date

    @property
    def days(self) -> tuple[date, ...]:
        """The days."""
        return tuple(self.first + timedelta(days=at) for at in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class DarkShares:
    """The share of passages in the dark by minutes' walk from the station: ``by_minute[i]`` at i minutes.

    ``passages`` is how many arrivals and departures of trains in the season it is the mean of.
    """

    by_minute: tuple[float, ...]
    passages: int

    def at(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        """The share for those who pass ``minutes`` of walking from the station."""
        table = np.asarray(self.by_minute)
        return table[np.clip(np.rint(minutes), 0, len(table) - 1).astype(np.int64)]


def dark_shares(spot: Spot, trains: Iterable[Train], season: Season, longest: int = 30) -> DarkShares:
    """The share of arrivals and departures in the dark: who arrives passes later than the train, who departs earlier.

    Every minute of walking up to ``longest`` has its own share. All 0 without a train in the season.
    """
    dark = np.zeros(longest + 1)
    passages = 0
    walk = np.arange(longest + 1)
    days = season.days
    for train in trains:
        for day in days:
            if day.weekday() not in train.weekdays:
                continue
            minute = datetime.combine(day, train.clock, STOCKHOLM).astimezone(UTC)
            for goes, way in ((train.arrives, walk), (train.departs, -walk)):
                if goes:
                    passages += 1
                    dark += _dark_minutes(spot, minute, way)
    shares = dark / passages if passages else dark
    return DarkShares(tuple(float(share) for share in shares), passages)


def _dark_minutes(spot: Spot, moment: datetime, offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of some minutes before or after a moment are dark."""
    day = moment.date()
    start = datetime.combine(day, time(0), UTC)
    at = round((moment - start) / timedelta(minutes=1)) + offsets
    whole = np.concatenate([_dark_day(spot, day + timedelta(days=more)) for more in (-1, 0, 1)])
    return whole[at + _DAY_MINUTES]


_DAY_MINUTES = 24 * 60


@lru_cache(maxsize=4_096)
def _dark_day(spot: Spot, day: date) -> NDArray[np.bool_]:
    """(1440,) for each minute of a day in UTC whether it is dark, from the sun's elevation every ten minutes."""
    start = datetime.combine(day, time(0), UTC)
    known = range(0, _DAY_MINUTES + 1, 10)
    heights = [float(elevation(Observer(spot.lat, spot.lon), start + timedelta(minutes=m), with_refraction=False))
               for m in known]  # fmt: skip
    dark: NDArray[np.bool_] = np.interp(np.arange(_DAY_MINUTES), list(known), heights) < DARK_BELOW
    return dark


@dataclass(frozen=True, slots=True)
class Sun:
    """The sun on one day at a clock time: its elevation in degrees and what that means."""

    day: date
    elevation: float
    state: SunState


def year_at(spot: Spot, year: int, clock: time) -> tuple[Sun, ...]:
    """The sun at a clock time (Swedish) on every day of a year."""
    days = Season(date(year, 1, 1), date(year, 12, 31)).days
    heights = [sun_elevation(spot, datetime.combine(day, clock, STOCKHOLM)) for day in days]
    return tuple(Sun(day, height, sun_state(height)) for day, height in zip(days, heights, strict=True))
