"""The only coordinate transforms. Inside, everything is EPSG:3006; arrays are (x, y) = (east, north)."""

from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError as ProjError
from shapely.geometry.base import BaseGeometry

from geo.errors import CrsError
from geo.model import Point3006

SWEREF99TM = 3006
WGS84 = 4326
WEB_MERCATOR = 3857
"""What web maps are drawn in: its metres are none, and only screens are measured in it."""
ACCEPTED = (3006, 3016, 4326)
"""EPSG codes a file may come in: SWEREF 99 TM, SWEREF 99 20 15 (Västerbotten's local zone), WGS 84."""

LON_RANGE = (10.5, 24.5)
LAT_RANGE = (55.0, 69.5)
"""Sweden in WGS 84 degrees, with a margin."""
PROJECTED = (0.0, 45.0, 40.0, 80.0)
"""West, south, east and north, degrees, within which a box can be had in EPSG:3006."""
_SWEREF_E = (260_000.0, 930_000.0)
_SWEREF_N = (6_100_000.0, 7_700_000.0)
_LOCAL_E = (20_000.0, 260_000.0)
"""The local zones have their false easting at 150,000 m."""


@lru_cache(maxsize=16)
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def epsg_of(name: str) -> int:
    """The EPSG code of a coordinate system's name (``EPSG:3006``, an OGC URN, WKT).

    Raises:
        CrsError: unknown, or not one of ``ACCEPTED``.
    """
    try:
        crs = CRS.from_user_input(name)
    except ProjError as error:
        raise CrsError(
            "The coordinate system “%(crs)s” is not known. Save the file in EPSG:3006, 3016 or 4326.",
            crs=name,
            detail=str(error),
        ) from error
    code = crs.to_epsg() or (WGS84 if crs == CRS.from_user_input("OGC:CRS84") else None)
    if code not in ACCEPTED:
        raise CrsError(
            "The coordinate system “%(crs)s” is not accepted. Save the file in EPSG:3006, 3016 or 4326.",
            crs=crs.name,
        )
    return code


def _inside(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def guess_epsg(x: float, y: float) -> int:
    """The EPSG code that a pair of Swedish coordinates (x east, y north) is written in.

    The three accepted systems do not overlap in Sweden, so the numbers tell.

    Raises:
        CrsError: the axes are swapped, or the point lies outside Sweden in every accepted system.
    """
    fitting = _fits(x, y)
    if fitting is not None:
        return fitting
    if _fits(y, x) is not None:
        raise CrsError(
            "The coordinates %(x)s, %(y)s have their axes swapped: the first must be east (x, longitude), "
            "the second north (y, latitude). Swap the two columns.",
            x=x,
            y=y,
        )
    raise CrsError("The coordinates %(x)s, %(y)s are not in Sweden in EPSG:3006, 3016 or 4326.", x=x, y=y)


def _fits(x: float, y: float) -> int | None:
    if _inside(x, LON_RANGE) and _inside(y, LAT_RANGE):
        return WGS84
    if _inside(y, _SWEREF_N):
        if _inside(x, _SWEREF_E):
            return SWEREF99TM
        if _inside(x, _LOCAL_E):
            return 3016
    return None


def to_3006(x: float, y: float, epsg: int) -> Point3006:
    """One point (x east, y north) in ``epsg`` as EPSG:3006.

    Raises:
        CrsError: the code is not accepted, the numbers are not finite, or the axes are swapped.
    """
    if epsg not in ACCEPTED:
        raise CrsError(
            "The coordinate system “%(crs)s” is not accepted. Save the file in EPSG:3006, 3016 or 4326.",
            crs=f"EPSG:{epsg}",
        )
    if not (np.isfinite(x) and np.isfinite(y)):
        raise CrsError("The coordinates %(x)s, %(y)s are not numbers.", x=x, y=y)
    found = guess_epsg(x, y)
    if found != epsg:
        raise CrsError(
            "The coordinates %(x)s, %(y)s do not fit EPSG:%(epsg)s but look like EPSG:%(found)s.",
            x=x,
            y=y,
            epsg=epsg,
            found=found,
        )
    east, north = _transformer(epsg, SWEREF99TM).transform(x, y)
    return float(east), float(north)


def geometry_to_3006(geometry: BaseGeometry, epsg: int) -> BaseGeometry:
    """A geometry in ``epsg`` (x east, y north) as EPSG:3006.

    Raises:
        CrsError: as ``to_3006``; the centre of the bounds is what is checked.
    """
    west, south, east, north = geometry.bounds
    to_3006((west + east) / 2, (south + north) / 2, epsg)
    if epsg == SWEREF99TM:
        return geometry
    found: BaseGeometry = _apply(geometry, _transformer(epsg, SWEREF99TM))
    return found


def to_wgs84(geometry: BaseGeometry) -> BaseGeometry:
    """An EPSG:3006 geometry as WGS 84, (lon, lat)."""
    found: BaseGeometry = _apply(geometry, _transformer(SWEREF99TM, WGS84))
    return found


def geometries_to_wgs84(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """EPSG:3006 geometries (None where there is none) as WGS 84, (lon, lat), all at once."""
    found: NDArray[np.object_] = _apply(geometries, _transformer(SWEREF99TM, WGS84))
    return found


def points_to_wgs84(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """An (n, 2) array of EPSG:3006 points as (n, 2) of (lon, lat) degrees."""
    lon, lat = _transformer(SWEREF99TM, WGS84).transform(points[:, 0], points[:, 1])
    return np.column_stack([lon, lat])


def points_to_3006(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """An (n, 2) array of (lon, lat) degrees as (n, 2) of EPSG:3006 points, wherever on earth they lie.

    For what our own map gave; what a file says goes through ``to_3006``, which knows swapped axes.
    """
    east, north = _transformer(WGS84, SWEREF99TM).transform(points[:, 0], points[:, 1])
    return np.column_stack([east, north])


def points_to_mercator(points: NDArray[np.float64], epsg: int = SWEREF99TM) -> NDArray[np.float64]:
    """An (n, 2) array of points in ``epsg`` as (n, 2) in Web Mercator, for what is measured on a screen."""
    x, y = _transformer(epsg, WEB_MERCATOR).transform(points[:, 0], points[:, 1])
    return np.column_stack([x, y])


def mercator_to_wgs84(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """An (n, 2) array of Web Mercator points as (n, 2) of (lon, lat) degrees."""
    lon, lat = _transformer(WEB_MERCATOR, WGS84).transform(points[:, 0], points[:, 1])
    return np.column_stack([lon, lat])


def box_to_3006(west: float, south: float, east: float, north: float) -> tuple[float, float, float, float]:
    """A box in EPSG:3006 that holds all that lies in a box of WGS 84 degrees, and a little more.

    What lies beyond ``PROJECTED`` is left out: so far from Sweden the projection has no numbers for a box.
    """
    leftmost, lowest, rightmost, highest = PROJECTED
    west, east = (min(max(x, leftmost), rightmost) for x in (west, east))
    south, north = (min(max(y, lowest), highest) for y in (south, north))
    left, bottom, right, top = _transformer(WGS84, SWEREF99TM).transform_bounds(west, south, east, north)
    # The parallels bend between the points that the bounds are taken from.
    margin = 1.0 + 0.01 * max(right - left, top - bottom)
    return left - margin, bottom - margin, right + margin, top + margin


def point_to_wgs84(point: Point3006) -> tuple[float, float]:
    """One EPSG:3006 point as (lon, lat) degrees."""
    lon, lat = _transformer(SWEREF99TM, WGS84).transform(*point)
    return float(lon), float(lat)


def _apply(geometry: Any, transformer: Transformer) -> Any:
    def move(coords: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = transformer.transform(coords[:, 0], coords[:, 1])
        return np.column_stack([x, y])

    return shapely.transform(geometry, move)
