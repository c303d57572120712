"""What a request for features asks for: format, coordinate system, box, time and page."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from flask import request

from geo.crs import SWEREF99TM, WGS84
from geo.model import STOCKHOLM
from geo.render.features import Box, Selection
from webapp.filters import checked, refused

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
SWEREF = "http://www.opengis.net/def/crs/EPSG/0/3006"
SYSTEMS: Mapping[str, int] = {CRS84: WGS84, SWEREF: SWEREF99TM}
"""The coordinate systems that features leave in, by the names that the standard uses; the first by itself."""
URIS: Mapping[int, str] = {code: uri for uri, code in SYSTEMS.items()}

LIMIT = 100
MAX_LIMIT = 10_000
"""The most features on one page; who asks for more gets these, as the standard has it."""
_LARGEST = 2**31
ITEMS = ("f", "bbox", "bbox-crs", "datetime", "limit", "offset", "crs")
"""The parameters that a request for features may have."""

_JSON_TYPES = ("application/json", "application/geo+json", "application/problem+json")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_OPEN = ("", "..")


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """A page of what was selected. ``epsg`` is the system that the features are to leave in."""

    selection: Selection
    epsg: int
    limit: int
    offset: int


def wants_html() -> bool:
    """Whether a page was asked for: by the parameter f, else by what the client says it accepts.

    Raises:
        BadQuery: f is neither json nor html.
    """
    told = request.args.get("f")
    if told is None:
        return request.accept_mimetypes.best_match((*_JSON_TYPES, "text/html")) == "text/html"
    if told not in ("json", "html"):
        raise refused("f", told)
    return told == "html"


def read_items_query() -> ItemsQuery:
    """The query of a request for features.

    Raises:
        BadQuery: a parameter is unknown, given twice, or can't be read.
    """
    args = request.args
    checked(args, ITEMS)
    box_system = _system("bbox-crs")
    start, end = _period(args["datetime"]) if "datetime" in args else (None, None)
    return ItemsQuery(
        selection=Selection(
            boxes=_boxes(args["bbox"], box_system) if "bbox" in args else (),
            epsg=box_system,
            start=start,
            end=end,
        ),
        epsg=read_crs(),
        limit=min(_number("limit", LIMIT, 1), MAX_LIMIT),
        offset=_number("offset", 0, 0),
    )


def read_crs() -> int:
    """The EPSG code of the system that was asked for, WGS 84 by itself.

    Raises:
        BadQuery: it isn't one of ``SYSTEMS``.
    """
    return _system("crs")


def _system(name: str) -> int:
    told = request.args.get(name, CRS84)
    if told not in SYSTEMS:
        raise refused(name, told)
    return SYSTEMS[told]


def _number(name: str, default: int, least: int) -> int:
    told = request.args.get(name)
    if told is None:
        return default
    if not (told.isascii() and told.isdigit() and len(told) <= 10 and least <= int(told) <= _LARGEST):
        raise refused(name, told)
    return int(told)


def _boxes(told: str, epsg: int) -> tuple[Box, ...]:
    """The box, x before y; two of them where it goes over the 180th meridian. Heights are read over."""
    try:
        numbers = [float(part) for part in told.split(",")]
    except ValueError as error:
        raise refused("bbox", told) from error
    if len(numbers) not in (4, 6) or not all(math.isfinite(number) for number in numbers):
        raise refused("bbox", told)
    half = len(numbers) // 2
    (first_low, second_low), (first_high, second_high) = numbers[:2], numbers[half : half + 2]
    if epsg == SWEREF99TM:
        # EPSG's own order: northing, easting.
        west, south, east, north = second_low, first_low, second_high, first_high
        if west > east:
            raise refused("bbox", told)
    else:
        west, south, east, north = first_low, second_low, first_high, second_high
        if not (-180 <= west <= 180 and -180 <= east <= 180 and south >= -90 and north <= 90):
            raise refused("bbox", told)
    if south > north:
        raise refused("bbox", told)
    if west > east:
        return (west, south, 180.0, north), (-180.0, south, east, north)
    return ((west, south, east, north),)


def _period(told: str) -> tuple[int | None, int | None]:
    """Seconds since 1970 of an instant or an interval; None for an open end."""
    parts = told.split("/")
    if len(parts) == 1 and told not in _OPEN:
        return _moment(told, told, time.min), _moment(told, told, time.max)
    if len(parts) != 2 or all(part in _OPEN for part in parts):
        raise refused("datetime", told)
    start = None if parts[0] in _OPEN else _moment(parts[0], told, time.min)
    end = None if parts[1] in _OPEN else _moment(parts[1], told, time.max)
    if start is not None and end is not None and start > end:
        raise refused("datetime", told)
    return start, end


def _moment(part: str, told: str, of_day: time) -> int:
    """A moment of RFC 3339, or a day, which begins and ends by the Swedish clock."""
    try:
        if _DAY.fullmatch(part):
            return int(datetime.combine(date.fromisoformat(part), of_day, STOCKHOLM).timestamp())
        if _INSTANT.fullmatch(part):
            # Leap seconds are in the standard, and in no clock here.
            text = part.upper().replace(":60", ":59")
            return int(datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError) as error:
        raise refused("datetime", told) from error
    raise refused("datetime", told)
