"""A collection's features as files: a GeoPackage for QGIS, CSV for spreadsheets."""

import csv
import io
import json
import tempfile
import threading
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import shapely

from geo.crs import SWEREF99TM
from geo.importing.rejected import harmless
from geo.render.features import FeatureTable

_DATE = "OGR_CURRENT_DATE"
_VERSION = "1.2"
"""Of the GeoPackage: of newer ones the QGIS in use says that it knows them only in part."""
_writing = threading.Lock()
"""GDAL has one clock for the whole process."""


def as_geopackage(table: FeatureTable, layer: str, made: date) -> bytes:
    """One layer of this name in EPSG:3006, east before north as GeoPackage has it.

    The same features on the same day (``made``) give the same bytes.
    """
    records = [json.loads(properties) for _key, properties in table.rows()]
    frame = gpd.GeoDataFrame(
        {name: [record.get(name) for record in records] for name in table.names},
        geometry=table.geometries,
        crs=SWEREF99TM,
    )
    for name in table.names:
        # Whole numbers stay whole where some are missing.
        if {type(record.get(name)) for record in records} == {int, type(None)}:
            frame[name] = frame[name].astype("Int64")
    with tempfile.TemporaryDirectory(prefix="trygg-") as folder, _writing:
        path = Path(folder) / "collection.gpkg"
        pyogrio.set_gdal_config_options({_DATE: f"{made.isoformat()}T00:00:00.000Z"})
        try:
            frame.to_file(path, layer=layer, driver="GPKG", engine="pyogrio", VERSION=_VERSION)
        finally:
            pyogrio.set_gdal_config_options({_DATE: None})
        return path.read_bytes()


def as_csv(table: FeatureTable) -> bytes:
    """All features as CSV that Excel opens: semicolons, and a mark of UTF-8 first.

    Points are in the columns ``east`` and ``north`` (EPSG:3006, metres), other shapes as WKT in ``wkt``. Cells that a spreadsheet
    program would take for a formula get an apostrophe before them.
    """
    points = table.shapes() <= {"POINT"}
    file = io.StringIO(newline="")
    file.write("\ufeff")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow((*map(harmless, table.names), *(("east", "north") if points else ("wkt",))))
    for (_key, properties), geometry in zip(table.rows(), table.geometries, strict=True):
        told = json.loads(properties)
        cells = [_cell(told.get(name)) for name in table.names]
        where: tuple[Any, ...]
        if points:
            where = ("", "") if geometry is None else (round(geometry.x), round(geometry.y))
        else:
            where = ("" if geometry is None else shapely.to_wkt(geometry, rounding_precision=0),)
        writer.writerow((*cells, *where))
    return file.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value) if isinstance(value, str) else value
