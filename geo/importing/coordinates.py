"""Positions in tables: two columns or one, in any of the accepted systems → EPSG:3006."""

import re

from geo.crs import epsg_of, guess_epsg, to_3006
from geo.errors import CrsError
from geo.importing.sheet import BadRow, Sheet
from geo.importing.values import parse_number
from geo.messages import N_
from geo.model import Point3006
from geo.swedish import fold

_PAIRS = (("lon", "lat"), ("east", "north"), ("x", "y"))
_WKT = re.compile(
    r"(?:SRID\s*=\s*(?P<srid>\d+)\s*;\s*)?POINT\s*(?:Z|M|ZM)?\s*\(\s*(?P<x>[-+.\deE]+)\s+(?P<y>[-+.\deE]+)"
    r"(?:\s+[-+.\deE]+)*\s*\)",
    re.IGNORECASE,
)
_MARKS = re.compile(
    r"[°º]|(?<![A-Za-z])[NEÖO](?![A-Za-z])|lat(?:itude?)?:?|lon(?:g|gitude?)?:?", re.IGNORECASE
)
_SPLITTERS = (re.compile(r"\s*[;/|]\s*"), re.compile(r"\s*,\s+"), re.compile(r"\s+"), re.compile(r","))
_NAMES = {
    "sweref99tm": 3006,
    "sweref 99 tm": 3006,
    "sweref99 tm": 3006,
    "sweref99 20 15": 3016,
    "sweref 99 20 15": 3016,
    "sweref992015": 3016,
    "wgs84": 4326,
    "wgs 84": 4326,
}


def point_of(sheet: Sheet, cells: tuple[str, ...]) -> Point3006 | None:
    """The position of a row in EPSG:3006, or None where its cells are empty.

    Columns named for north and east, or latitude and longitude, say which is which; in columns named x and
    y, x must be east. In a single cell north stands first ("64.19, 20.84"), in WKT east (``POINT(x y)``).

    Raises:
        BadRow: a coordinate is missing or no number, the axes are swapped, the system is unknown, or the
            position isn't in Sweden.
    """
    for x_field, y_field in _PAIRS:
        x_text, y_text = sheet.get(cells, x_field), sheet.get(cells, y_field)
        if not (x_text or y_text):
            continue
        if not (x_text and y_text):
            missing = y_field if x_text else x_field
            raise BadRow(
                N_("One of the two coordinates is missing."),
                column=sheet.heading(missing),
                value=x_text or y_text,
            )
        x = _number(x_text, sheet.heading(x_field))
        y = _number(y_text, sheet.heading(y_field))
        return _transform(x, y, _epsg(sheet, cells), sheet.heading(x_field), f"{x_text}; {y_text}")
    text = sheet.get(cells, "position")
    if not text:
        return None
    return _position(text, sheet.heading("position"), _epsg(sheet, cells))


def _number(text: str, column: str) -> float:
    try:
        return parse_number(_MARKS.sub(" ", text))
    except ValueError as error:
        raise BadRow(N_("The coordinate is not a number."), column=column, value=text) from error


def _epsg(sheet: Sheet, cells: tuple[str, ...]) -> int | None:
    text = sheet.get(cells, "epsg")
    if not text:
        return None
    named = _NAMES.get(fold(text))
    if named:
        return named
    try:
        return epsg_of(f"EPSG:{text}" if text.isdigit() else text)
    except CrsError as error:
        raise _bad(error, sheet.heading("epsg"), text) from error


def _position(text: str, column: str, epsg: int | None) -> Point3006:
    wkt = _WKT.fullmatch(text.strip())
    if wkt:
        told = int(wkt["srid"]) if wkt["srid"] else epsg
        return _transform(_number(wkt["x"], column), _number(wkt["y"], column), told, column, text)
    north, east = _pair(text, column)
    try:
        guess_epsg(east, north)
    except CrsError as error:
        try:
            guess_epsg(north, east)
        except CrsError:
            raise _bad(error, column, text) from error
        raise BadRow(
            N_("The coordinates have their axes swapped: in one cell write north (latitude) first."),
            column=column,
            value=text,
        ) from error
    return _transform(east, north, epsg, column, text)


def _pair(text: str, column: str) -> tuple[float, float]:
    bare = _MARKS.sub(" ", text).strip("()[] \t")
    for splitter in _SPLITTERS:
        parts = [part for part in splitter.split(bare) if part.strip()]
        if len(parts) == 4 and splitter is _SPLITTERS[-1]:
            parts = [f"{parts[0]},{parts[1]}", f"{parts[2]},{parts[3]}"]
        if len(parts) != 2:
            continue
        try:
            return parse_number(parts[0]), parse_number(parts[1])
        except ValueError:
            continue
    raise BadRow(
        N_("The position can't be read. Write it like “64.19, 20.84” or POINT(20.84 64.19)."),
        column=column,
        value=text,
    )


def _transform(x: float, y: float, epsg: int | None, column: str, value: str) -> Point3006:
    try:
        return to_3006(x, y, guess_epsg(x, y) if epsg is None else epsg)
    except CrsError as error:
        raise _bad(error, column, value) from error


def _bad(error: CrsError, column: str, value: str) -> BadRow:
    return BadRow(
        error.message,
        column=column,
        value=value,
        params={key: str(item) for key, item in error.params.items()},
    )
