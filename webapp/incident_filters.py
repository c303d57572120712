"""The filters of the officer's map and list of incidents: the same parameters, checked in one place."""

from datetime import date

from werkzeug.datastructures import MultiDict

from geo.analysis.darkness import SunState
from geo.analysis.incidents import Choice
from geo.analysis.screen import DEEPEST, SHALLOWEST, Box
from geo.errors import BadQuery
from geo.model import CategoryGroup, TimeOfDay
from geo.publish.incident_grid import Squares
from webapp.filters import checked, one_of, refused

NAMES = ("group", "from", "to", "time", "light")
"""The query parameters, in the form's order."""
GROUPS = tuple(group for group in CategoryGroup if group is not CategoryGroup.TRAFFIC_CONTROL)
"""Traffic controls are work, and no incidents."""

_YEARS = range(1900, 2200)
_DIGITS = 9
_SQUARE_DIGITS = 13
"""The deepest zoom has 2^40 squares."""
_MOST_SQUARES = 64


def read_choice(args: MultiDict[str, str], *more: str) -> Choice:
    """The choice in a query string; an absent or empty parameter means all. ``more`` are other parameters it may have.

    Raises:
        BadQuery: there is another parameter, one is given twice, or has a value that isn't offered.
    """
    checked(args, (*NAMES, *more))
    choice = Choice(
        group=one_of(args, "group", GROUPS),
        first=_day(args, "from"),
        last=_day(args, "to"),
        time=one_of(args, "time", tuple(TimeOfDay)),
        light=one_of(args, "light", tuple(SunState)),
    )
    if choice.first and choice.last and choice.first > choice.last:
        raise BadQuery("The period ends before it begins. Change one of the two days.")
    return choice


def as_query(choice: Choice) -> dict[str, str]:
    """The query parameters that give this choice; only those that are set."""
    days = {"from": choice.first, "to": choice.last}
    values = {
        "group": choice.group,
        **{name: day.isoformat() if day else "" for name, day in days.items()},
        "time": choice.time,
        "light": choice.light,
    }
    return {name: str(value) for name, value in values.items() if value}


def read_box(args: MultiDict[str, str]) -> Box | None:
    """``box``: west, south, east and north in degrees with commas between; None where it is absent or empty.

    Raises:
        BadQuery: it isn't a box on a web map.
    """
    text = args.get("box", "")
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise refused("box", text) from error
    # Web maps end at 85 degrees; written so that what isn't a number is refused, too.
    if not (-180 <= west <= east <= 180 and -85 <= south <= north <= 85):
        raise refused("box", text)
    return west, south, east, north


def read_squares(args: MultiDict[str, str]) -> Squares | None:
    """``squares``: numbers of squares of the deepest zoom with commas between; None where it is absent or empty.

    Raises:
        BadQuery: they aren't such numbers, or more than a symbol can stand for.
    """
    text = args.get("squares", "")
    if not text:
        return None
    parts = text.split(",")
    if len(parts) > _MOST_SQUARES or not all(
        part.isascii() and part.isdigit() and len(part) <= _SQUARE_DIGITS for part in parts
    ):
        raise refused("squares", text)
    return Squares(tuple(map(int, parts)))


def read_zoom(args: MultiDict[str, str]) -> int:
    """``zoom``: a whole number that the map can have.

    Raises:
        BadQuery: it isn't.
    """
    zoom = _number(args, "zoom")
    if not SHALLOWEST <= zoom <= DEEPEST:
        raise refused("zoom", args.get("zoom", ""))
    return zoom


def read_page(args: MultiDict[str, str]) -> int:
    """``page``: 1 or more; 1 where it is absent or empty.

    Raises:
        BadQuery: it isn't a number of a page.
    """
    page = _number(args, "page") if args.get("page") else 1
    if page < 1:
        raise refused("page", args.get("page", ""))
    return page


def _number(args: MultiDict[str, str], name: str) -> int:
    text = args.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise refused(name, text)
    return int(text)


def _day(args: MultiDict[str, str], name: str) -> date | None:
    text = args.get(name, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise BadQuery("Write the date as year, month and day: 2026-11-22.") from error
    if found.year not in _YEARS:
        raise BadQuery("Check the year.")
    return found
