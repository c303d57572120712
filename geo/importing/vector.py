"""Vector files (GeoJSON, GeoPackage, and where asked for DXF) → features in EPSG:3006."""

from pathlib import Path

import shapely

from geo.crs import ACCEPTED
from geo.errors import CrsError
from geo.importing.limits import Limits
from geo.importing.sandbox import check_file, run
from geo.importing.sniff import FileKind, kind_of, refusal
from geo.model import Feature

_TASKS = {FileKind.JSON: "geojson", FileKind.GEOPACKAGE: "gpkg"}


def read_vector(
    path: Path,
    *,
    epsg: int | None = None,
    drawings: bool = False,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> tuple[Feature, ...]:
    """The features of a GeoJSON or GeoPackage file, whatever its name; all of them or none.

    Geometries come out in EPSG:3006, flat and valid (self-crossing areas are mended); properties are plain
    values. The coordinate system is what the file says: for GeoJSON WGS 84 or its older ``crs`` member.

    Args:
        epsg: the coordinate system as the user says, for a file that doesn't. Where the file says another,
            it's refused.
        drawings: take DXF, too. It never says its coordinate system: ``epsg`` must.

    Raises:
        UnreadableInput: another kind of file, damaged, empty, beyond a limit, or with a geometry that can't
            be used.
        CrsError: no coordinate system or one that isn't accepted, swapped axes, or coordinates elsewhere.
    """
    if epsg is not None and epsg not in ACCEPTED:
        raise CrsError(
            "The coordinate system “%(crs)s” is not accepted. Save the file in EPSG:3006, 3016 or 4326.",
            crs=f"EPSG:{epsg}",
        )
    check_file(path, limits)
    kind = kind_of(path)
    task = "dxf" if kind is FileKind.DXF and drawings else _TASKS.get(kind)
    if task is None:
        raise refusal(kind)
    features = [feature for batch in run(task, path, limits, epsg=epsg) for feature in batch]
    geometries = shapely.from_wkb([wkb for wkb, _properties in features])
    return tuple(
        Feature(geometry, properties)
        for geometry, (_wkb, properties) in zip(geometries, features, strict=True)
    )
