"""A gazetteer from a CSV file: what a municipality can write by hand."""

import csv
import io
from pathlib import Path

import numpy as np
from shapely.geometry import Point

from geo.crs import WGS84, to_3006
from geo.errors import CrsError, GeoError
from geo.gazetteer.index import Gazetteer
from geo.model import EntryKind, GazetteerEntry
from geo.swedish import fold

COLUMNS = ("name", "kind", "locality", "lat", "lon", "precision_m", "source")
"""Columns that a gazetteer file must have; ``id`` and ``aliases`` (separated by ``|``) may be there."""

_WITHOUT_POINT = frozenset({EntryKind.MUNICIPALITY, EntryKind.ROAD, EntryKind.OUTSIDE})


def load_gazetteer(path: Path, *, municipality: str = "") -> Gazetteer:
    """A gazetteer from a UTF-8 CSV file with the columns ``COLUMNS`` (WGS 84 degrees, metres).

    ``lat`` and ``lon`` are empty for a municipality, a road and a name outside. ``municipality`` is
    the name of the one that the gazetteer must be of; left empty, the file decides.

    Raises:
        GeoError: the file can't be read, a column is missing, a row has a value that can't be used, or
            the gazetteer is of another municipality. The message names the row and the column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise GeoError(
            "The gazetteer %(file)s can't be read. It must be a CSV file in UTF-8.",
            file=path.name,
            detail=str(error),
        ) from error
    reader = csv.DictReader(io.StringIO(text))
    for column in COLUMNS:
        if column not in (reader.fieldnames or ()):
            raise GeoError(
                "The gazetteer %(file)s has no column “%(column)s”.", file=path.name, column=column
            )
    entries: list[GazetteerEntry] = []
    seen: set[str] = set()
    for number, row in enumerate(reader, start=2):
        entry = _entry(path, number, {key: (value or "").strip() for key, value in row.items() if key})
        if entry.id in seen:
            raise _bad(path, number, "id", entry.id)
        seen.add(entry.id)
        entries.append(entry)
    found = next((entry.name for entry in entries if entry.kind is EntryKind.MUNICIPALITY), "")
    if municipality and fold(found) != fold(municipality):
        raise GeoError(
            "The gazetteer %(file)s is of “%(found)s”, not of “%(asked)s”.",
            file=path.name,
            found=found,
            asked=municipality,
        )
    return Gazetteer(entries)


def _bad(path: Path, row: int, column: str, value: str, detail: str = "") -> GeoError:
    return GeoError(
        "The gazetteer %(file)s, row %(row)s, column “%(column)s”: “%(value)s” can't be used.",
        file=path.name,
        row=row,
        column=column,
        value=value,
        detail=detail,
    )


def _entry(path: Path, number: int, row: dict[str, str]) -> GazetteerEntry:
    for column in ("name", "source"):
        if not row[column]:
            raise _bad(path, number, column, row[column])
    try:
        kind = EntryKind(row["kind"])
    except ValueError as error:
        raise _bad(path, number, "kind", row["kind"]) from error
    placeless = kind in _WITHOUT_POINT and not row["lat"] and not row["lon"]
    geometry = Point()
    precision = 0.0
    if not placeless:
        lat, lon, precision = (
            _number(path, number, column, row[column]) for column in ("lat", "lon", "precision_m")
        )
        if precision <= 0:
            raise _bad(path, number, "precision_m", row["precision_m"])
        try:
            geometry = Point(to_3006(lon, lat, WGS84))
        except CrsError as error:
            raise _bad(path, number, "lat", f"{row['lat']}, {row['lon']}", str(error)) from error
    return GazetteerEntry(
        id=row.get("id") or "-".join(filter(None, (kind, *fold(f"{row['name']} {row['locality']}").split()))),
        name=row["name"],
        kind=kind,
        geometry=geometry,
        precision_m=precision,
        source=row["source"],
        locality=row["locality"],
        aliases=tuple(alias.strip() for alias in row.get("aliases", "").split("|") if alias.strip()),
    )


def _number(path: Path, row: int, column: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise _bad(path, row, column, text) from error
    if not np.isfinite(value):
        raise _bad(path, row, column, text)
    return value
