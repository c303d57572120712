"""Incidents from offices: tables (CSV, XLSX) and points (GeoJSON)."""

from collections import Counter
from datetime import datetime, time
from pathlib import Path

from shapely import Point

from geo.categories import group_of, is_digest, is_home, is_refused, kind_of
from geo.errors import UnreadableInput
from geo.importing.coordinates import point_of
from geo.importing.headers import INCIDENTS, POSITION
from geo.importing.limits import Limits
from geo.importing.sheet import BadRow, Sheet, content_ref
from geo.importing.sniff import FileKind
from geo.importing.sniff import kind_of as kind_of_file
from geo.importing.tables import Table, read_table
from geo.importing.values import (
    end_on,
    in_order,
    parse_clock,
    parse_date,
    parse_interval,
)
from geo.importing.vector import read_vector
from geo.messages import N_
from geo.model import STOCKHOLM, Incident, Parsed, Rejected
from geo.sensitive import find_warning
from geo.swedish import fold

_MAX_TEXT = 200
"""Characters of a place in words; longer texts tell what happened."""


def parse_incidents(path: Path, *, source: str = "", limits: Limits = Limits()) -> Parsed[Incident]:  # noqa: B008
    """The incidents in an office's file.

    A row needs a category that is kept, and a place: in words, as a position, or at least its municipality.
    When it happened may stand
    in one column (a moment, a day, or two with a dash between), in two, or as a day and times of day; times
    without a zone are Swedish time, a day without a time lasts until its last second. A time that can't be
    read rejects the row.

    Categories that are never kept, and rows whose place is a home, are rejected as refused, and nothing of
    them is repeated. A row whose words, also in columns that aren't read, tell of such things has a ``warning``.
    ``source`` names the source of rows that name none. ``ref`` is the row's id; without
    one a hash of what the row says, and rows that say the same are numbered.

    In GeoJSON the properties are the columns; rows are counted from 1.

    Raises:
        UnreadableInput: the file can't be read, has no column for category or place, or no source is known.
    """
    table = _features(path, limits) if kind_of_file(path) is FileKind.JSON else read_table(path, limits)
    sheet = Sheet(table, INCIDENTS)
    sheet.require("category", wanted="Brottstyp")
    sheet.require("text", "locality", "municipality", *POSITION, wanted="Plats")
    if not source and "source" not in sheet:
        raise UnreadableInput("The file doesn't say where its incidents come from: name the source.")
    records: list[Incident] = []
    rejected: list[Rejected] = []
    seen: Counter[tuple[str, str]] = Counter()
    for row, cells in sheet.rows():
        try:
            records.append(_incident(sheet, row, cells, source, seen))
        except BadRow as error:
            rejected.append(error.at(row))
    return Parsed(len(table.rows), tuple(records), tuple(rejected), sheet.notes())


def _features(path: Path, limits: Limits) -> Table:
    """GeoJSON points as a table: their properties, and x and y in EPSG:3006."""
    features = read_vector(path, limits=limits)
    names = tuple(dict.fromkeys(name for feature in features for name in feature.properties))
    rows = []
    for number, feature in enumerate(features, 1):
        if not isinstance(feature.geometry, Point):
            raise UnreadableInput("Feature %(number)s is not a point: incidents are points.", number=number)
        values = [feature.properties.get(name) for name in names]
        cells = ["" if value is None else str(value) for value in values]
        rows.append((number, (*cells, repr(feature.geometry.x), repr(feature.geometry.y), "3006")))
    # The geometry decides, whatever the properties say of coordinates.
    kept = tuple("" if fold(name) in _POSITION_NAMES else name for name in names)
    return Table((*kept, "easting", "northing", "epsg"), tuple(rows))


_POSITION_NAMES = frozenset(name for heading in POSITION.values() for name in heading.names)


def _incident(
    sheet: Sheet, row: int, cells: tuple[str, ...], source: str, seen: Counter[tuple[str, str]]
) -> Incident:
    category = " ".join(sheet.get(cells, "category").split())
    heading = sheet.heading("category")
    # First of all, so that no later rejection repeats anything of such a row.
    if is_refused(category):
        raise BadRow(N_("Events of this type are never kept."), column=heading, refused=True)
    text = _place(sheet, cells)
    if is_home(text):
        raise BadRow(N_("What happened in a home is never kept."), column=sheet.heading("text"), refused=True)
    sheet.check(cells)
    if not category:
        raise BadRow(N_("The row has no category."), column=heading)
    if is_digest(category):
        raise BadRow(
            N_("The row tells of several events at once and is no event."), column=heading, value=category
        )
    group = group_of(category)
    if group is None:
        raise BadRow(N_("The category is not known."), column=heading, value=category)
    point = point_of(sheet, cells)
    municipality = sheet.get(cells, "municipality")
    if not text and point is None and not municipality:
        raise BadRow(N_("The row names no place."), column=sheet.heading("text") or sheet.heading("locality"))
    if len(text) > _MAX_TEXT:
        raise BadRow(
            N_("The place has more than %(characters)s characters. Write only where it happened."),
            column=sheet.heading("text"),
            params={"characters": str(_MAX_TEXT)},
        )
    started, ended = _when(sheet, cells)
    own_source = sheet.get(cells, "source") or source
    if not own_source:
        raise BadRow(N_("The row has no source."), column=sheet.heading("source"))
    ref = sheet.get(cells, "ref") or content_ref(
        category, text, municipality, str(point), str(started), str(ended)
    )
    seen[own_source, ref] += 1
    if seen[own_source, ref] > 1:
        if sheet.get(cells, "ref"):
            raise BadRow(N_("The id stands on an earlier row, too."), column=sheet.heading("ref"), value=ref)
        ref = f"{ref}#{seen[own_source, ref]}"
    return Incident(
        source=own_source,
        ref=ref,
        category=category,
        group=group,
        kind=kind_of(group),
        text=text,
        municipality=municipality,
        started=started,
        ended=ended,
        published=_published(sheet, cells),
        point=point,
        row=row,
        # Also what isn't read, for that is where an office tells what happened.
        warning=find_warning(category, text, *sheet.unread(cells)),
    )


def _place(sheet: Sheet, cells: tuple[str, ...]) -> str:
    """The place in words, with the locality where it isn't named already."""
    text = " ".join(sheet.all(cells, "text", ", ").split())
    locality = " ".join(sheet.get(cells, "locality").split())
    if locality and fold(locality) not in fold(text):
        return f"{text}, {locality}" if text else locality
    return text


def _when(sheet: Sheet, cells: tuple[str, ...]) -> tuple[datetime | None, datetime | None]:
    field = "started" if sheet.get(cells, "started") else "day"
    first = sheet.get(cells, field)
    try:
        if not first:
            return None, None
        clock = sheet.get(cells, "clock")
        if clock and not _has_clock(first):
            return _day_and_clock(first, clock, sheet.get(cells, "clock_end") or sheet.get(cells, "ended"))
        started, ended = parse_interval(first)
        field = "ended"
        last = sheet.get(cells, "ended")
        if last:
            ended = _end(last, started)
    except ValueError as error:
        raise BadRow(
            N_("The time can't be read, or the end is before the start. Write it like 2022-03-21 12:30."),
            column=sheet.heading(field),
            value=sheet.get(cells, field),
        ) from error
    return started, ended


def _has_clock(text: str) -> bool:
    started, ended = parse_interval(text)
    return ended is None or started.time() != time()


def _day_and_clock(day: str, clock: str, last: str) -> tuple[datetime, datetime | None]:
    date = parse_date(day)
    first, _dash, second = clock.replace("–", "-").partition("-")
    started = datetime.combine(date, parse_clock(first), STOCKHOLM)
    last = second.strip() or last
    return started, _end(last, started) if last else None


def _end(text: str, started: datetime) -> datetime:
    """The end that a cell tells: a time of day after ``started``, a moment, or a day to its end."""
    try:
        clock = parse_clock(text)
    except ValueError:
        moment, end_of_day = parse_interval(text)
        return in_order(started, end_of_day or moment)
    return end_on(started.date(), clock, started)


def _published(sheet: Sheet, cells: tuple[str, ...]) -> datetime | None:
    text = sheet.get(cells, "published")
    try:
        return parse_interval(text)[0] if text else None
    except ValueError as error:
        raise BadRow(
            N_("The time can't be read, or the end is before the start. Write it like 2022-03-21 12:30."),
            column=sheet.heading("published"),
            value=text,
        ) from error
