"""Vector files → features in EPSG:3006. Runs in the child process.

GeoJSON is parsed here as JSON and never shown to GDAL; a GeoPackage is opened by its driver's name.
"""

import json
import math
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.crs import WGS84, epsg_of, geometry_to_3006, guess_epsg, to_3006
from geo.errors import CrsError, UnreadableInput
from geo.importing.jsonfile import load
from geo.importing.limits import Limits, too_many_rows

_TYPES = frozenset(("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"))
_DIMENSION = {
    "Point": 0,
    "MultiPoint": 0,
    "LineString": 1,
    "MultiLineString": 1,
    "Polygon": 2,
    "MultiPolygon": 2,
}
_NOT_NEEDED = ("pandas", "geopandas", "pyarrow")

_BATCH = 1_000
"""Features that are worked on together."""

Geometries = NDArray[np.object_]
Plain = str | float | int | bool | None


def read_geojson(path: Path, limits: Limits, epsg: int | None) -> Iterator[Any]:
    """Yields lists of ``[geometry as hex WKB in EPSG:3006, properties]``, the features of a GeoJSON file.

    The coordinates are WGS 84 as RFC 7946 says, or in what its older ``crs`` member names.

    Raises:
        UnreadableInput: no GeoJSON, nothing in it, beyond a limit, or a geometry that can't be used.
        CrsError: a coordinate system that isn't accepted, or coordinates that don't fit it.
    """
    data = load(path)
    if not isinstance(data, dict):
        raise UnreadableInput("The file is JSON, but not GeoJSON.")
    kind = data.get("type")
    if kind == "FeatureCollection":
        features = data.get("features")
    elif kind == "Feature":
        features = [data]
    elif kind in _TYPES or kind == "GeometryCollection":
        features = [{"type": "Feature", "geometry": data, "properties": None}]
    else:
        features = None
    if not isinstance(features, list):
        raise UnreadableInput("The file is JSON, but not GeoJSON.")
    if not features:
        raise UnreadableInput("The file has no features.")
    if len(features) > limits.max_rows:
        raise too_many_rows(limits)
    # The older format's "crs": null says that there is none; RFC 7946 files have no such member.
    told = _json_crs(data["crs"]) if data.get("crs") is not None else None
    code = _agreed(told, epsg) or WGS84
    yield from ready((_json_feature(feature, number) for number, feature in enumerate(features, 1)), code)


def _agreed(told: int | None, said: int | None) -> int | None:
    """The EPSG code that the file tells and the user says."""
    if told is not None and said is not None and told != said:
        raise CrsError(
            "The file says that its coordinate system is EPSG:%(told)s, but EPSG:%(said)s was asked for.",
            told=told,
            said=said,
        )
    return told if told is not None else said


def _json_crs(crs: Any) -> int:
    name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else None
    if not isinstance(name, str):
        raise CrsError("The file doesn't say its coordinate system in a way that can be read.")
    return epsg_of(name)


def _json_feature(feature: Any, number: int) -> tuple[BaseGeometry, dict[str, Plain]]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise UnreadableInput("Feature %(number)s is not a GeoJSON feature.", number=number)
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict):
        raise UnreadableInput("Feature %(number)s has no geometry.", number=number)
    _check_type(str(geometry.get("type")), number)
    try:
        built = shape(geometry)
    except (
        # A whole number of 400 digits is one, and no float.
        OverflowError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        shapely.GEOSException,
    ) as error:
        raise UnreadableInput(
            "The geometry of feature %(number)s is broken.", number=number, detail=str(error)[:200]
        ) from error
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise UnreadableInput("The properties of feature %(number)s are broken.", number=number)
    return built, {_kept(str(name)): _plain(value) for name, value in properties.items()}


def _check_type(name: str, number: int) -> None:
    if name == "GeometryCollection":
        raise UnreadableInput(
            "Feature %(number)s is a collection of geometries. Save points, lines and areas as features of "
            "their own.",
            number=number,
        )
    if name not in _TYPES:
        raise UnreadableInput(
            "Feature %(number)s has a geometry of the kind “%(kind)s”, which can't be read.",
            number=number,
            kind=name[:40],
        )


def read_gpkg(path: Path, limits: Limits, epsg: int | None) -> Iterator[Any]:
    """Yields lists of ``[geometry as hex WKB in EPSG:3006, properties]``, the features of a GeoPackage.

    The file must have one layer with geometries; tables without (QGIS's styles) don't count.

    Raises:
        UnreadableInput: damaged, no layer or several, beyond a limit, or a geometry that can't be used.
        CrsError: the layer has no coordinate system or one that isn't accepted, or its numbers don't fit.
    """
    import_lightly()
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    _check_tables(path)
    # The driver's prefix: with a bare name GDAL would ask all its drivers what the file is.
    source = f"GPKG:{path}"
    try:
        layers = [str(name) for name, geometry in pyogrio.list_layers(source) if geometry is not None]
        if not layers:
            raise UnreadableInput("The GeoPackage has no layer with geometries.")
        if len(layers) > 1:
            raise UnreadableInput(
                "The GeoPackage has several layers: %(layers)s. Save the one that is meant as a file of its own.",
                layers=", ".join(layers)[:200],
            )
        if pyogrio.read_info(source, layer=layers[0])["features"] > limits.max_rows:
            raise too_many_rows(limits)
        meta, _fids, geometries, columns = pyogrio.raw.read(
            source, layer=layers[0], force_2d=True, max_features=limits.max_rows + 1, datetime_as_string=True
        )
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise UnreadableInput(
            "The GeoPackage is damaged or can't be read. Save it anew.", detail=str(error)[:200]
        ) from error
    code = _agreed(epsg_of(meta["crs"]) if meta["crs"] is not None else None, epsg)
    if code is None:
        raise CrsError("The layer has no coordinate system. Set it in QGIS and save the layer anew.")
    if len(geometries) == 0:
        raise UnreadableInput("The file has no features.")
    yield from ready(features_of(geometries, [str(name) for name in meta["fields"]], columns), code)


def import_lightly() -> None:
    """Keeps pyogrio from importing what it can do without: that costs a second and 200 MB of address space."""
    for module in _NOT_NEEDED:
        # None is how Python marks what can't be imported.
        sys.modules[module] = None  # type: ignore[assignment]


def _check_tables(path: Path) -> None:
    """Makes sure that the layers of a GeoPackage are tables: a view or a virtual table computes what it likes,
    for as long as it likes.

    Raises:
        UnreadableInput: one isn't, or the file is damaged.
    """
    try:
        # Immutable: SQLite makes no files beside it, and looks at none.
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as connection:
            rows = connection.execute(
                "SELECT type, sql FROM sqlite_master WHERE name IN (SELECT table_name FROM gpkg_contents)"
            ).fetchall()
    except sqlite3.Error as error:
        raise UnreadableInput(
            "The GeoPackage is damaged or can't be read. Save it anew.", detail=str(error)[:200]
        ) from error
    for kind, statement in rows:
        if kind != "table" or "virtual" in str(statement)[:40].lower():
            raise UnreadableInput(
                "The GeoPackage computes its layer (a view, or a table of another kind). Save the layer anew."
            )


def features_of(
    geometries: Geometries, names: list[str], columns: list[NDArray[Any]]
) -> Iterator[tuple[BaseGeometry, dict[str, Plain]]]:
    for index, wkb in enumerate(geometries):
        if wkb is None:
            raise UnreadableInput("Feature %(number)s has no geometry.", number=index + 1)
        geometry = shapely.from_wkb(wkb)
        _check_type(geometry.geom_type, index + 1)
        yield geometry, {name: _plain(column[index]) for name, column in zip(names, columns, strict=True)}


def ready(features: Iterable[tuple[BaseGeometry, dict[str, Plain]]], epsg: int) -> Iterator[Any]:
    """Batches of checked features: hex WKB, flat, valid, in EPSG:3006, and their properties.

    A self-crossing area is mended where that leaves an area; anything else that is amiss is refused.
    """
    stream = iter(features)
    first = 1
    while batch := list(islice(stream, _BATCH)):
        geometries = np.array([geometry for geometry, _properties in batch], dtype=object)
        moved = _moved(geometries, epsg, first)
        yield [
            (wkb, properties)
            for wkb, (_geometry, properties) in zip(shapely.to_wkb(moved, hex=True), batch, strict=True)
        ]
        first += len(batch)


def _moved(geometries: Geometries, epsg: int, first: int) -> Geometries:
    for index in np.flatnonzero(shapely.is_empty(geometries)):
        raise UnreadableInput("The geometry of feature %(number)s is empty.", number=first + int(index))
    _check_finite(geometries, first)
    flat = _valid(shapely.force_2d(geometries), first)
    bounds = shapely.bounds(flat)
    for x, y in zip((bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2, strict=True):
        if guess_epsg(float(x), float(y)) != epsg:
            to_3006(float(x), float(y), epsg)
    # All at once: a thousand transforms of one point each cost a hundred times more than one of a thousand.
    moved = shapely.get_parts(geometry_to_3006(shapely.GeometryCollection(list(flat)), epsg))
    _check_finite(moved, first)
    return _valid(moved, first)


def _check_finite(geometries: Geometries, first: int) -> None:
    coordinates, owners = shapely.get_coordinates(geometries, return_index=True)
    for index in owners[~np.isfinite(coordinates).all(axis=1)]:
        raise UnreadableInput(
            "Feature %(number)s has coordinates that are not numbers.", number=first + int(index)
        )


def _valid(geometries: Geometries, first: int) -> Geometries:
    for index in np.flatnonzero(~shapely.is_valid(geometries)):
        geometries[index] = _mended(geometries[index], first + int(index))
    return geometries


def _mended(geometry: BaseGeometry, number: int) -> BaseGeometry:
    wanted = _DIMENSION[geometry.geom_type]
    mended = shapely.make_valid(geometry)
    parts = [part for part in shapely.get_parts(mended) if _DIMENSION.get(part.geom_type) == wanted]
    if mended.geom_type == "GeometryCollection":
        mended = shapely.union_all(parts)
    if not parts or _DIMENSION.get(mended.geom_type) != wanted:
        raise UnreadableInput(
            "The geometry of feature %(number)s is broken.",
            number=number,
            detail=shapely.is_valid_reason(geometry),
        )
    return mended


def _plain(value: Any) -> Plain:
    """A property as a plain value: lists and objects as JSON text, dates as ISO, not-a-number as none."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        return _kept(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return None
    return _kept(json.dumps(value, ensure_ascii=False, default=str))


def _kept(text: str) -> str:
    # PostgreSQL keeps no text with this mark in it.
    return text.replace("\x00", " ")
