"""Dates, clock times and numbers as Swedish offices write them. All raise ValueError on what they can't read."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from geo.model import STOCKHOLM

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "januari", "january"),
            ("feb", "febr", "februari", "february"),
            ("mar", "mars", "march"),
            ("apr", "april"),
            ("maj", "may"),
            ("jun", "juni", "june"),
            ("jul", "juli", "july"),
            ("aug", "augusti", "august"),
            ("sep", "sept", "september"),
            ("okt", "oct", "oktober", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        1,
    )
    for name in names
}
"""Name of a month, Swedish or English, case-folded → its number."""

_YEARS = range(1990, 2101)
_SERIALS = range(32_874, 73_416)
"""Excel's day numbers of those years."""
_EXCEL_EPOCH = datetime(1899, 12, 30)

_WEEKDAY = re.compile(
    r"^(?:m[åa]n|tis|ons|tors?|fre|l[öo]r|s[öo]n)(?:dag)?(?:en)?\.?,?\s+(?:den\s+)?", re.IGNORECASE
)
_DAY = tuple(
    re.compile(pattern + r"(?=$|[\sT,])", re.IGNORECASE)
    for pattern in (
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
        r"(?P<d>\d{1,2})[/.](?P<m>\d{1,2})[-/., ]\s?(?P<y>\d{4})",
        r"(?P<d>\d{1,2})-(?P<m>\d{1,2})-(?P<y>\d{4})",
        r"(?P<d>\d{1,2})(?::?e|:?a|\.)?\s+(?P<name>[a-zå]+)\.?,?\s+(?P<y>\d{4})",
        r"(?P<name>[a-z]+)\.?\s+(?P<d>\d{1,2}),?\s+(?P<y>\d{4})",
        r"(?P<d>\d{1,2})/(?P<m>\d{1,2})[-/ ]\s?(?P<y>\d{2})",
        r"(?P<y>\d{2})-(?P<m>\d{2})-(?P<d>\d{2})",
        r"(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})",
    )
)
_CLOCK = re.compile(
    r"(?:kl(?:\.|ockan)?\s*)?(?P<h>\d{1,2})(?:[.:](?P<min>\d{2})(?:[.:](?P<s>\d{2})(?:[.,]\d+)?)?|(?P<hm>\d{2}))?"
    r"(?:\s*h)?(?P<ampm>\s*(?:[ap]\.?m\.?|[fe]\.?m\.?))?",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"\s*(?:(?P<local>CES?T)|(?:Z|UTC|GMT)(?P<short>[+-]\d{1,2})?|(?P<h>[+-]\d{2}):?(?P<m>\d{2}))$"
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_DAY_PART = re.compile(r"0[.,](?:\d|\d{3,})")
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_RANGE = re.compile(r"\s+(?:-{1,2}|[–—]|till|t\.?o\.?m\.?|to|until)\s+|\s*[–—]\s*|\s*--\s*")
_CLOCK_RANGE = re.compile(r"(?P<from>.*\d{1,2}[.:]\d{2})-(?P<to>(?:kl\.?\s*)?\d{1,2}[.:]\d{2}(?:[.:]\d{2})?)")
_LAST_SECOND = time(23, 59, 59)
_CACHED = 4_096
"""Cells remembered: the rows of a file share their days."""


def parse_number(text: str) -> float:
    """A number with decimal point or comma; spaces of any width may part the thousands."""
    squeezed = _SPACES.sub("", text).replace("\u2212", "-")
    if "," in squeezed and "." in squeezed:
        # The later of the two is the decimal sign: 1.234,5 and 1,234.5.
        thousands = "," if squeezed.rindex(".") > squeezed.rindex(",") else "."
        squeezed = squeezed.replace(thousands, "")
    squeezed = squeezed.replace(",", ".")
    if not _NUMBER.fullmatch(squeezed):
        raise ValueError(text)
    return float(squeezed)


def parse_count(text: str) -> int:
    """A whole number, not negative."""
    number = parse_number(text)
    if number < 0 or not number.is_integer():
        raise ValueError(text)
    return int(number)


def parse_date(text: str) -> date:
    """A day: "2022-03-21", "21/3 2022", "21.3.2022", "20220321", "21 mars 2022", "220321", or Excel's day number.

    A time of day after it is allowed and left out. Day comes before month, as in Swedish.
    """
    return _moment(text)[0]


def parse_clock(text: str) -> time:
    """A time of day: "12:30", "12.30", "kl 12:30", "1230", "12", "1:30 pm", or Excel's part of a day ("0.5")."""
    if _DAY_PART.fullmatch(text.strip()):
        return (_EXCEL_EPOCH + timedelta(seconds=round(parse_number(text) * 86_400))).time()
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    hour, minute, second = int(found["h"]), int(found["min"] or found["hm"] or 0), int(found["s"] or 0)
    if found["ampm"]:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if found["ampm"].strip()[0] in "pPeE" else 0)
    return time(0 if (hour, minute, second) == (24, 0, 0) else hour, minute, second)


@lru_cache(maxsize=_CACHED)
def parse_interval(text: str) -> tuple[datetime, datetime | None]:
    """When something began and ended, both with a zone: a moment, a day, or two of them with a dash between.

    A day without a time of day lasts until its last second. "2022-03-21 22:30–01:15" ends the day after.
    A single moment has no end.
    """
    ends = [part for part in _RANGE.split(text.strip()) if part]
    if len(ends) == 1:
        clocks = _CLOCK_RANGE.fullmatch(ends[0])
        if clocks:
            ends = [clocks["from"], clocks["to"]]
    if len(ends) > 2 or not ends:
        raise ValueError(text)
    day, clock, zone = _moment(ends[0])
    start = _aware(day, clock or time(), zone)
    if len(ends) == 1:
        return start, None if clock else _aware(day, _LAST_SECOND, zone)
    try:
        last = parse_clock(ends[1])
    except ValueError:
        end_day, end_clock, end_zone = _moment(ends[1])
        return start, in_order(start, _aware(end_day, end_clock or _LAST_SECOND, end_zone))
    if clock is None:
        raise ValueError(text)
    return start, end_on(day, last, start)


def end_on(day: date, clock: time, start: datetime) -> datetime:
    """The moment at ``clock`` on ``day``, or on the day after where that would be before ``start``."""
    end = _aware(day, clock, None)
    return end if end >= start else _aware(day + timedelta(days=1), clock, None)


def in_order(start: datetime, end: datetime) -> datetime:
    """``end``, which must not be before ``start``."""
    if end < start:
        raise ValueError(f"{end} is before {start}")
    return end


def _aware(day: date, clock: time, zone: timedelta | None) -> datetime:
    # A time that names no zone is Swedish; an hour that an autumn night has twice is taken as the first.
    moment = datetime.combine(day, clock, STOCKHOLM)
    if zone is None:
        return moment
    return (moment.replace(tzinfo=UTC) - zone).astimezone(STOCKHOLM)


@lru_cache(maxsize=_CACHED)
def _moment(text: str) -> tuple[date, time | None, timedelta | None]:
    """A day, the time of day if it stands there, and the offset from UTC if one does."""
    text = _SPACES.sub(" ", text.strip())
    if _SERIAL.fullmatch(text) and int(text[:5]) in _SERIALS:
        moment = _EXCEL_EPOCH + timedelta(seconds=round(parse_number(text) * 86_400))
        return moment.date(), moment.time() if moment.time() != time() else None, None
    text = _WEEKDAY.sub("", text).removeprefix("den ")
    for pattern in _DAY:
        found = pattern.match(text)
        if found:
            break
    else:
        raise ValueError(text)
    parts = found.groupdict()
    month = MONTHS.get(parts["name"].casefold(), 0) if "name" in parts else int(parts["m"])
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    if year not in _YEARS:
        raise ValueError(text)
    day = date(year, month, int(parts["d"]))
    rest = text[found.end() :].strip(" ,").removeprefix("T")
    if not rest:
        return day, None, None
    zone = None
    zoned = _ZONE.search(rest)
    if zoned:
        rest = rest[: zoned.start()]
        if not zoned["local"]:
            hours = zoned["h"] or zoned["short"] or "+0"
            minutes = int(zoned["m"] or 0) * (-1 if hours[0] == "-" else 1)
            zone = timedelta(hours=int(hours), minutes=minutes)
    return day, parse_clock(rest), zone
