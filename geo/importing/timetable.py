"""A timetable of trains from a table: clock times and the weekdays they run."""

import re
from pathlib import Path

from geo.importing.headers import TIMETABLE
from geo.importing.limits import Limits
from geo.importing.sheet import BadRow, Sheet
from geo.importing.tables import read_table
from geo.importing.values import parse_clock
from geo.messages import N_
from geo.model import Parsed, Rejected, Train
from geo.swedish import fold

_DAYS = (
    ("man", "ma", "m", "mon"),
    ("tis", "ti", "tue"),
    ("ons", "on", "wed"),
    ("tors", "tor", "to", "thu"),
    ("fre", "fr", "fri"),
    ("lor", "lo", "l", "sat"),
    ("son", "so", "s", "sun"),
)
_BY_NAME = {name: at for at, names in enumerate(_DAYS) for name in names}
_SETS = {
    "": range(7),
    "alla": range(7),
    "alla dagar": range(7),
    "dagligen": range(7),
    "daily": range(7),
    "vardag": range(5),
    "vardagar": range(5),
    "weekdays": range(5),
    "m f": range(5),
    "helg": (5, 6),
    "helger": (5, 6),
    "weekend": (5, 6),
    "weekends": (5, 6),
}
_DASH = re.compile(r"^\s*(\w+)\s*(?:-|–|till|to)\s*(\w+)\s*$", re.IGNORECASE)
_SPLIT = re.compile(r"[\s,;/+&]+|\boch\b|\band\b")
_ENDING = re.compile(r"(?:dag|day|nesday|sday|urday)(?:ar|s)?$")
_ARRIVES = ("ankomst", "ankommer", "ank", "arrive", "arrival", "arrives", "arr")
_DEPARTS = ("avgang", "avgar", "avg", "depart", "departure", "departs", "dep")
_BOTH = ("", "bada", "both", "ankomst och avgang")


def parse_timetable(path: Path, *, limits: Limits = Limits()) -> Parsed[Train]:  # noqa: B008 - frozen
    """The trains in a table with a column for the clock time, and others for weekdays and whether it comes or goes.

    Weekdays are words ("mån–fre", "lördag", "vardagar"), numbers from 1 for Monday, or left out for every day.

    Raises:
        UnreadableInput: the file can't be read, or has no column for the time.
    """
    sheet = Sheet(read_table(path, limits), TIMETABLE)
    sheet.require("clock", wanted="Tid")
    records: list[Train] = []
    rejected: list[Rejected] = []
    for row, cells in sheet.rows():
        try:
            records.append(_train(sheet, cells))
        except BadRow as error:
            rejected.append(error.at(row))
    return Parsed(len(records) + len(rejected), tuple(records), tuple(rejected), sheet.notes())


def _train(sheet: Sheet, cells: tuple[str, ...]) -> Train:
    sheet.check(cells)
    text = sheet.get(cells, "clock")
    try:
        clock = parse_clock(text)
    except ValueError as error:
        raise BadRow(
            N_("The time can't be read. Write it like 07:10."), column=sheet.heading("clock"), value=text
        ) from error
    days = sheet.get(cells, "weekdays")
    try:
        weekdays = parse_weekdays(days)
    except ValueError as error:
        raise BadRow(
            N_("The weekdays can't be read. Write them like mån–fre."),
            column=sheet.heading("weekdays"),
            value=days,
        ) from error
    way = fold(sheet.get(cells, "way"))
    if way not in (*_ARRIVES, *_DEPARTS, *_BOTH):
        raise BadRow(
            N_("Write whether the train arrives or departs, or leave the cell empty."),
            column=sheet.heading("way"),
            value=sheet.get(cells, "way"),
        )
    return Train(clock, weekdays, arrives=way not in _DEPARTS, departs=way not in _ARRIVES)


def parse_weekdays(text: str) -> frozenset[int]:
    """Weekdays in words or numbers, 0 for Monday.

    Raises:
        ValueError: it is something else.
    """
    whole = fold(text)
    if whole in _SETS:
        return frozenset(_SETS[whole])
    between = _DASH.match(text)
    if between:
        first, last = (_day(part) for part in between.groups())
        return frozenset((first + at) % 7 for at in range((last - first) % 7 + 1))
    if text.isdigit() and len(text) > 1:
        return frozenset(_day(sign) for sign in text)
    parts = [part for part in _SPLIT.split(text) if part]
    if not parts:
        raise ValueError(text)
    return frozenset(_day(part) for part in parts)


def _day(text: str) -> int:
    word = fold(text)
    if word.isdigit() and 1 <= int(word) <= 7:
        return int(word) - 1
    found = _BY_NAME.get(word, _BY_NAME.get(_ENDING.sub("", word)))
    if found is None:
        raise ValueError(text)
    return found
