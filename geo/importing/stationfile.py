"""A station's area and entrances from a file: GeoJSON, GeoPackage or a drawing (DXF)."""

from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import BadInput
from geo.importing.limits import Limits
from geo.importing.vector import read_vector
from geo.model import Point3006

MOST_ENTRANCES = 40


@dataclass(frozen=True, slots=True)
class StationFile:
    """What a file says of a station, in EPSG:3006. ``area`` is None where it has no polygon."""

    area: BaseGeometry | None
    entrances: tuple[Point3006, ...]


def read_station(
    path: Path,
    *,
    epsg: int | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> StationFile:
    """The polygons of a file together are the area, its points the entrances; lines are not used.

    Args:
        epsg: the coordinate system, where the file doesn't say it; a drawing never does.

    Raises:
        UnreadableInput: the file can't be read.
        CrsError: no coordinate system, one that isn't accepted, or coordinates elsewhere.
        BadInput: neither a polygon nor a point in it, or more points than a station has doors (``field`` is ``file``).
    """
    features = read_vector(path, epsg=epsg, drawings=True, limits=limits)
    parts = [part for one in features for part in shapely.get_parts(one.geometry)]
    polygons = [part for part in parts if part.geom_type == "Polygon"]
    points = tuple((part.x, part.y) for part in parts if part.geom_type == "Point")
    if not polygons and not points:
        raise BadInput("The file has neither an area nor a point.", field="file")
    if len(points) > MOST_ENTRANCES:
        raise BadInput(
            "The file has %(number)s points; a station has at most %(most)s entrances. Save the entrances as a "
            "file of their own.",
            field="file",
            number=len(points),
            most=MOST_ENTRANCES,
        )
    return StationFile(shapely.union_all(polygons) if polygons else None, points)
