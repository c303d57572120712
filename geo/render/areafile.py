"""The report of an area as a GeoPackage, for QGIS."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
from shapely.geometry import Point

from geo.analysis.outcome import Outcome, geometry_of
from geo.crs import SWEREF99TM
from geo.planning.area import AreaReport
from geo.render.walks import light_word


def as_geopackage(
    found: AreaReport, names: Sequence[str], outcome: Outcome | None, *, title: str, notes: Sequence[str]
) -> bytes:
    """The layers ``area`` (with the notes), ``places``, ``measures`` and ``stretches`` in EPSG:3006; empty ones are left out.

    Args:
        names: what the report's places are called, in their order.
        outcome: of which the report's stretches are.
    """
    layers: dict[str, list[dict[str, object]]] = {
        "area": [{"title": title, "notes": "\n".join(notes), "geometry": found.area}],
        "places": [
            {"place_id": place.id, "name": name, "radius_m": place.radius_m, "geometry": Point(place.point)}
            for place, name in zip(found.places, names, strict=True)
        ],
        "measures": [
            {
                "measure_id": each.id,
                "title": each.title,
                "status": each.status.value,
                "responsible": ", ".join(each.responsible),
                "geometry": Point(each.point),
            }
            for each in found.measures
            if each.point is not None
        ],
        "stretches": [
            {
                "name": each.name,
                "people": each.everybody,
                "light": light_word(each),
                "lit_m": each.lit_m,
                "unlit_m": each.unlit_m,
                "unknown_m": each.unknown_m,
                "dark_min_low": each.dark.low,
                "dark_min_high": each.dark.high,
                "tunnel": each.tunnel,
                "geometry": geometry_of(outcome, each),
            }
            for each in found.passing
        ]
        if outcome
        else [],
    }
    with tempfile.TemporaryDirectory(prefix="trygg-") as folder:
        path = Path(folder) / "area.gpkg"
        for name, rows in layers.items():
            if rows:
                gpd.GeoDataFrame(rows, crs=SWEREF99TM).to_file(path, layer=name, driver="GPKG")
        return path.read_bytes()
