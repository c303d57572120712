"""Incidents as columns in memory: 10^6 of them are looked through in milliseconds. What a map shows of them: ``screen``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from geo.analysis.darkness import DARK_BELOW, SunState
from geo.analysis.screen import Box, Cluster, box_pixels, clusters, in_squares, morton, pixels_of
from geo.analysis.sun import sun_elevations
from geo.crs import points_to_mercator, points_to_wgs84
from geo.model import STOCKHOLM, CategoryGroup, Level, TimeOfDay
from geo.store.incident_rows import NumberRows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

GROUPS = tuple(CategoryGroup)
LEVELS = (Level.SPOT, Level.LOCALITY, Level.MUNICIPALITY)
TIMES = tuple(TimeOfDay)
LIGHTS = tuple(SunState)
"""What the numbers in the columns stand for."""
UNKNOWN = 255
"""In a column of times of day or of light: it can't be told."""
SURE_S = 4 * 3600
"""What happened within longer bounds than this has no time of day: a theft found in the morning, a day without a clock."""
NO_DAY = np.iinfo(np.int32).min

_EPOCH = date(1970, 1, 1).toordinal()
_HOURS = np.array(
    [TIMES.index(TimeOfDay.NIGHT)] * 6
    + [TIMES.index(TimeOfDay.MORNING)] * 4
    + [TIMES.index(TimeOfDay.DAY)] * 8
    + [TIMES.index(TimeOfDay.EVENING)] * 4
    + [TIMES.index(TimeOfDay.NIGHT)] * 2,
    dtype=np.uint8,
)
"""The time of day of each hour of the clock."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Incidents made ready to be asked, (n,) each; the first ``placed`` rows have a spot, and only those are points.

    ``days`` are days since 1970 by Swedish time, ``NO_DAY`` where none is known. ``times`` and ``lights`` are places in
    ``TIMES`` and ``LIGHTS``, or ``UNKNOWN``. ``newest`` are rows, the newest first. Of the placed rows, in their order:
    ``codes`` along the Morton curve, ``pixels`` (m, 2) of the deepest zoom, ``points`` (m, 2) and ``radius_m`` in metres.
    """

    ids: Ints
    groups: Bytes
    levels: Bytes
    days: NDArray[np.int32]
    times: Bytes
    lights: Bytes
    newest: Ints
    codes: Ints
    pixels: Ints
    points: Floats
    radius_m: Floats

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def placed(self) -> int:
        """How many have a spot."""
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which incidents are asked for; what is None is not asked. ``first`` and ``last`` both count, by Swedish time.

    An incident whose day, time of day or light isn't known fits no choice of it.
    """

    group: CategoryGroup | None = None
    first: date | None = None
    last: date | None = None
    time: TimeOfDay | None = None
    light: SunState | None = None


def columns_of(rows: NumberRows, middle: tuple[float, float] | None) -> Columns:
    """The columns of some rows, whose groups and levels are places in ``GROUPS`` and ``LEVELS``.

    ``middle`` (metres in EPSG:3006) stands for those without a spot, to tell their light; without it that isn't known.
    """
    # A spot on every map: what the store has no point for, or tells of a locality only, is none.
    spot = (rows.levels == LEVELS.index(Level.SPOT)) & np.isfinite(rows.points).all(axis=1)
    pixels = pixels_of(points_to_mercator(rows.points[spot]))
    codes = morton(pixels)
    along = np.argsort(codes, kind="stable")
    order = np.concatenate([np.flatnonzero(spot)[along], np.flatnonzero(~spot)])
    codes, pixels = codes[along], pixels[along]
    points = rows.points[order[: len(codes)]]
    started, ended = rows.started[order], rows.ended[order]
    told = np.where(np.isfinite(started), started, rows.published[order])
    sure = np.isfinite(started) & ~(ended - started > SURE_S)
    local = _local_seconds(told)
    known = np.isfinite(local)
    days = np.full(len(local), NO_DAY, dtype=np.int32)
    days[known] = local[known] // 86_400
    times = np.full(len(local), UNKNOWN, dtype=np.uint8)
    times[sure] = _HOURS[(local[sure] % 86_400 // 3_600).astype(np.int64)]
    return Columns(
        ids=rows.ids[order],
        groups=rows.groups[order],
        levels=rows.levels[order],
        days=days,
        times=times,
        lights=_lights(points, started, sure, middle),
        newest=np.lexsort((-rows.ids[order], -np.nan_to_num(told, nan=-np.inf))),
        codes=codes,
        pixels=pixels,
        points=points,
        radius_m=rows.radius_m[order[: len(codes)]],
    )


def _local_seconds(moments: Floats) -> Floats:
    """Seconds since 1970 as Swedish clocks count them, summer time too; NaN stays."""
    known = np.isfinite(moments)
    hours, of = np.unique((moments[known] // 3_600).astype(np.int64), return_inverse=True)
    # The clock is changed at a full hour (UTC): every hour has one offset.
    offsets = [_offset(int(hour)) for hour in hours]
    local = np.full(len(moments), np.nan)
    local[known] = moments[known] + np.array(offsets, dtype=np.float64)[of]
    return local


def _offset(hour: int) -> float:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
    offset = moment.astimezone(STOCKHOLM).utcoffset()
    return offset.total_seconds() if offset else 0.0


def _lights(points: Floats, started: Floats, sure: Bools, middle: tuple[float, float] | None) -> Bytes:
    where = np.full((len(started), 2), np.nan if middle is None else middle)
    where[: len(points)] = points
    lights = np.full(len(started), UNKNOWN, dtype=np.uint8)
    known = np.flatnonzero(sure & np.isfinite(where).all(axis=1))
    heights = sun_elevations(points_to_wgs84(where[known]), started[known].astype(np.int64))
    light, twilight, dark = (
        LIGHTS.index(each) for each in (SunState.LIGHT, SunState.TWILIGHT, SunState.DARK)
    )
    lights[known] = np.where(heights >= 0, light, np.where(heights < DARK_BELOW, dark, twilight))
    return lights


def fitting(columns: Columns, choice: Choice) -> Bools:
    """(n,) which rows fit a choice."""
    fits = np.ones(len(columns), dtype=bool)
    for column, names, wanted in (
        (columns.groups, GROUPS, choice.group),
        (columns.times, TIMES, choice.time),
        (columns.lights, LIGHTS, choice.light),
    ):
        if wanted is not None:
            fits &= column == tuple(str(name) for name in names).index(str(wanted))
    if choice.first is not None:
        fits &= columns.days >= choice.first.toordinal() - _EPOCH
    if choice.last is not None:
        fits &= (columns.days <= choice.last.toordinal() - _EPOCH) & (columns.days != NO_DAY)
    return fits


def inside(columns: Columns, fits: Bools, box: Box) -> Bools:
    """(n,) which rows fit and have their spot in a box, its edges counted."""
    west, north, east, south = box_pixels(box)
    x, y = columns.pixels[:, 0], columns.pixels[:, 1]
    found = np.zeros(len(columns), dtype=bool)
    found[: columns.placed] = (x >= west) & (x <= east) & (y >= north) & (y <= south)
    return found & fits


def within(columns: Columns, fits: Bools, squares: Sequence[int]) -> Bools:
    """(n,) which rows fit and have their spot in these squares of the deepest zoom (``Cluster.squares``)."""
    found = np.zeros(len(columns), dtype=bool)
    found[: columns.placed] = in_squares(columns.codes, squares)
    return found & fits


def seen(columns: Columns, fits: Bools, box: Box, zoom: int) -> tuple[Cluster, ...]:
    """The clusters of the placed rows that fit, in the squares of a zoom that touch a box; the largest first."""
    return clusters(columns.codes, columns.pixels, fits[: columns.placed], box, zoom)
