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
_writing = threading.Lock()
"""GDAL has one clock for the whole process."""


def as_geopackage(table: FeatureTable, layer: str, made: date) -> bytes:
    """One layer of this name in EPSG:3006, east before north as GeoPackage has it.

    Lists become words with semicolons. The same features on the same day (``made``) give the same bytes.
    """
    records = [{"id": key, **_flat(properties)} for key, properties in table.rows()]
    columns = ["id", *table.names]
    frame = gpd.GeoDataFrame(
        {name: [record.get(name) for record in records] for name in columns},
        geometry=table.geometries,
        crs=SWEREF99TM,
    )
    with tempfile.TemporaryDirectory(prefix="trygg-") as folder, _writing:
        path = Path(folder) / "collection.gpkg"
        pyogrio.set_gdal_config_options({_DATE: f"{made.isoformat()}T00:00:00.000Z"})
        try:
            frame.to_file(path, layer=layer, driver="GPKG", engine="pyogrio")
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
    writer.writerow(("id", *map(harmless, table.names), *(("east", "north") if points else ("wkt",))))
    for (key, properties), geometry in zip(table.rows(), table.geometries, strict=True):
        told = _flat(properties)
        cells = [_cell(told.get(name)) for name in table.names]
        where: tuple[Any, ...]
        if points:
            where = ("", "") if geometry is None else (round(geometry.x), round(geometry.y))
        else:
            where = ("" if geometry is None else shapely.to_wkt(geometry, rounding_precision=0),)
        writer.writerow((_cell(key), *cells, *where))
    return file.getvalue().encode()


def _flat(properties: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(properties)
    return {
        name: "; ".join(map(str, value)) if isinstance(value, list) else value
        for name, value in found.items()
    }


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value) if isinstance(value, str) else value
