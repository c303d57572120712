"""A DXF drawing → features in EPSG:3006. Runs in the child process.

A drawing has no coordinate system of its own, so it must be said. Its layer and text come along as properties.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely

from geo.errors import CrsError, UnreadableInput
from geo.importing.limits import Limits, too_many_rows
from geo.importing.vectorfile import features_of, import_lightly, ready

_DRIVER = "DXF"


def read_dxf(path: Path, limits: Limits, epsg: int | None) -> Iterator[Any]:
    """Yields lists of ``[geometry as hex WKB in EPSG:3006, properties]``, the drawn things of a DXF file.

    Closed outlines come as areas. Things without a geometry that can be used, such as dimensions, are left out.

    Raises:
        UnreadableInput: damaged, nothing in it, or beyond a limit.
        CrsError: ``epsg`` is not said, or the numbers don't fit it.
    """
    if epsg is None:
        raise CrsError(
            "A drawing (DXF) doesn't say its coordinate system. Choose it: EPSG:3006, 3016 or 4326."
        )
    import_lightly()
    # DXF has no prefix by which a driver could be named: every other one is left out before GDAL starts.
    os.environ["OGR_SKIP"] = ",".join(_OTHERS)
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        if pyogrio.read_info(str(path))["driver"] != _DRIVER:
            raise UnreadableInput("The drawing (DXF) is damaged or can't be read. Save it anew.")
        meta, _fids, shapes, columns = pyogrio.raw.read(
            str(path), force_2d=True, max_features=limits.max_rows + 1, columns=["Layer", "Text"]
        )
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise UnreadableInput(
            "The drawing (DXF) is damaged or can't be read. Save it anew.", detail=str(error)[:200]
        ) from error
    if len(shapes) > limits.max_rows:
        raise too_many_rows(limits)
    drawn = [
        (_closed(shape), properties)
        for shape, properties in features_of(shapes, [str(name) for name in meta["fields"]], columns)
    ]
    if not drawn:
        raise UnreadableInput("The file has no features.")
    yield from ready(iter(drawn), epsg)


def _closed(shape: Any) -> Any:
    """A closed line as the area that it encloses."""
    return shapely.Polygon(shape) if shape.geom_type == "LineString" and shape.is_ring else shape


_OTHERS = (
    "ADBC", "AIVector", "AVCBin", "AVCE00", "AmigoCloud", "CSV", "CSW", "Carto", "DGN", "EDIGEO", "EEDA", "ESRI Shapefile",
    "ESRIJSON", "Elasticsearch", "FlatGeobuf", "GDALG", "GML", "GPKG", "GPSBabel", "GPX", "GTFS", "GeoJSON", "GeoJSONSeq",
    "GeoRSS", "HTTP", "Idrisi", "JML", "JSONFG", "KML", "LIBKML", "LVBAG", "MBTiles", "MVT", "MapInfo File", "MapML",
    "MiraMonVector", "NGW", "OAPIF", "ODS", "OGCAPI", "OGR_GMT", "OGR_PDS", "OGR_VRT", "OSM", "OpenFileGDB", "PCIDSK",
    "PDF", "PDS4", "PGDUMP", "PLSCENES", "PMTiles", "S57", "SQLite", "SXF", "Selafin", "TopoJSON", "VDV", "VFK", "VICAR",
    "WAsP", "WFS", "XLSX",
)  # fmt: skip
"""The drivers that pyogrio's wheel brings, but for DXF and the one in memory."""
