"""The workspace's forms: what was written and drawn → a station, a change of a scenario."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

import numpy as np
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from werkzeug.datastructures import FileStorage, MultiDict

from geo.analysis.edit import Edit, EditKind
from geo.analysis.origins import OriginKind
from geo.crs import points_to_3006
from geo.errors import BadInput
from geo.model import Point3006
from geo.store.stations import Station
from webapp.drafts import Draft, Faults, first, sent
from webapp.review_form import lonlats_of

T = TypeVar("T")

FIELDS = ("name", "source", "precision", "approximate", "entrances", "drop_offs", "area", "speed", "first_day", "last_day",
          *(f"people_{kind.value}" for kind in OriginKind))  # fmt: skip
UPLOAD_BYTES = 12_000_000
EPSG_CHOICES = ("", "3006", "3016", "4326")
_POINTS = 2
_CORNERS = 3


def draft_of(station: Station, entrances: str, drop_offs: str, area: str) -> Draft:
    """A station as its form shows it; ``entrances``, ``drop_offs`` and ``area`` are lon,lat in degrees, one after another."""
    values = {
        "name": station.name,
        "source": station.source,
        "precision": station.precision,
        "approximate": "yes" if station.approximate else "",
        "entrances": entrances,
        "drop_offs": drop_offs,
        "area": area,
        "speed": f"{station.speed:g}",
        "first_day": station.first_day.isoformat(),
        "last_day": station.last_day.isoformat(),
        **{f"people_{kind.value}": f"{station.people.get(kind.value, 0):g}" for kind in OriginKind},
    }
    return {name: (value,) for name, value in values.items()}


def read_station(form: MultiDict[str, str], before: Station) -> tuple[Draft, Station, Faults]:
    """The station that a form says, on top of the one there is, and what in it can't be read."""
    draft, faults = sent(form, FIELDS), Faults()
    area_text = first(draft, "area")
    made = replace(
        before,
        name=first(draft, "name"),
        source=first(draft, "source"),
        precision=first(draft, "precision"),
        approximate=first(draft, "approximate") == "yes",
        entrances=faults.take(
            lambda: tuple(spots_of(first(draft, "entrances"), "entrances")), before.entrances
        ),
        drop_offs=faults.take(
            lambda: tuple(spots_of(first(draft, "drop_offs"), "drop_offs")), before.drop_offs
        ),
        area=faults.take(lambda: _area(area_text) if area_text else None, None),
        speed=faults.take(lambda: _number(first(draft, "speed"), "speed"), before.speed),
        first_day=faults.take(lambda: _day(first(draft, "first_day"), "first_day"), before.first_day),
        last_day=faults.take(lambda: _day(first(draft, "last_day"), "last_day"), before.last_day),
        people=faults.take(lambda: _people(draft), dict(before.people)),
    )
    return draft, made, faults


def _area(text: str) -> BaseGeometry:
    spots = spots_of(text, "area")
    if len(spots) < _CORNERS:
        raise BadInput("An area needs at least three corners.", field="area")
    return Polygon(spots)


def spots_of(text: str, field: str) -> list[Point3006]:
    """Points written or drawn, lon,lat in degrees, brought to EPSG:3006.

    Raises:
        BadInput: it is something else, or outside Sweden; ``field`` is as given.
    """
    try:
        lonlats = lonlats_of(text)
    except BadInput as error:
        raise BadInput(
            "Write each point as longitude,latitude in degrees, such as 20.8473,64.1923.", field=field
        ) from error
    spots = np.asarray(lonlats, np.float64).reshape(-1, 2)
    if not np.isfinite(spots).all() or (np.abs(spots) > (180, 90)).any():
        raise BadInput(
            "Write each point as longitude,latitude in degrees, such as 20.8473,64.1923.", field=field
        )
    found = points_to_3006(spots) if len(spots) else spots
    if not np.isfinite(found).all():
        raise BadInput("A point lies outside Sweden.", field=field)
    return [(float(x), float(y)) for x, y in found]


def _people(draft: Draft) -> dict[str, float]:
    return {kind.value: _number(first(draft, f"people_{kind.value}") or "0", "people") for kind in OriginKind}


def _number(text: str, field: str) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError as error:
        raise BadInput("Write a number.", field=field) from error
    if not np.isfinite(number):
        raise BadInput("Write a number.", field=field)
    return number


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("Write the day like 2026-10-01.", field=field) from error


def read_edit(form: Mapping[str, str]) -> Edit:
    """The change that a form says: its kind, and what was drawn.

    Raises:
        BadInput: it can't be read; ``field`` says where.
    """
    try:
        kind = EditKind(form.get("kind", ""))
    except ValueError as error:
        raise BadInput("There is no such change.", field="kind") from error
    spots = spots_of(form.get("drawn", ""), "drawn")
    entrance = form.get("entrance", "1")
    edit = Edit(
        kind,
        _shape(kind, spots),
        form.get("title", "").strip()[:200],
        form.get("lit", "") == "yes",
        int(entrance) - 1
        if entrance.isascii() and entrance.isdigit() and 0 < int(entrance[:3]) <= 100
        else 0,
    )
    try:
        edit.check()
    except BadInput as error:
        error.params["field"] = "drawn"
        raise
    return edit


def _shape(kind: EditKind, spots: list[tuple[float, float]]) -> BaseGeometry:
    if not spots:
        raise BadInput("Draw it on the map first.", field="drawn")
    if kind is EditKind.MOVE_ENTRANCE or len(spots) < _POINTS:
        return Point(spots[-1])
    return LineString(spots)


def with_file(file: FileStorage | None, field: str, read: Callable[[Path], T]) -> T:
    """What ``read`` makes of an uploaded file, which is gone afterwards.

    Raises:
        BadInput: no file was chosen.
        UnreadableInput: ``read`` refuses it.
    """
    if file is None or not file.filename:
        raise BadInput("Choose a file first.", field=field)
    with tempfile.TemporaryDirectory(prefix="trygg-") as folder:
        path = Path(folder) / "upload"
        file.save(path)
        return read(path)


def chosen_epsg(form: Mapping[str, str]) -> int | None:
    """The coordinate system that was chosen for a file; None for what the file itself says."""
    text = form.get("epsg", "")
    return int(text) if text in EPSG_CHOICES and text else None


def version_of(form: Mapping[str, str]) -> int:
    """The version that a form is a change of; -1, which nothing has, where it doesn't say."""
    text = form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
