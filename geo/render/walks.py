"""Who walks where, as JSON for our own map: lines and areas in WGS 84."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.analysis.outcome import Outcome, Reach, Stretch
from geo.crs import point_to_wgs84, points_to_wgs84, to_wgs84
from geo.model import Point3006

_DECIMALS = 6
_SIMPLIFY_M = 2.0
MOST_STRETCHES = 600
"""The busiest: what more would be drawn is too thin to be seen."""


def light_word(stretch: Stretch) -> str:
    """What most of a stretch is: ``lit``, ``unlit`` or ``unknown``."""
    parts = {"lit": stretch.lit_m, "unlit": stretch.unlit_m, "unknown": stretch.unknown_m}
    return max(parts, key=lambda each: parts[each])


def stretch_lines(outcome: Outcome, most: int = MOST_STRETCHES) -> list[dict[str, Any]]:
    """The busiest stretches, the busiest first: number, people, light, tunnel, and ``lines`` of [lon, lat]."""
    found = outcome.stretches[:most]
    edges = np.array([edge for stretch in found for edge in stretch.edges], np.int64)
    lines = _lines(outcome.network.lines[edges])
    ends = np.cumsum([len(stretch.edges) for stretch in found]).tolist()
    return [
        {
            "n": stretch.number,
            "people": round(stretch.everybody),
            "light": light_word(stretch),
            "tunnel": stretch.tunnel,
            "lines": lines[end - len(stretch.edges) : end],
        }
        for stretch, end in zip(found, ends, strict=True)
    ]


def edit_lines(geometry: BaseGeometry) -> dict[str, Any]:
    """A drawn change as a GeoJSON geometry."""
    return _geojson(geometry)


def catchment(geometry: BaseGeometry) -> dict[str, Any]:
    """A catchment's area as a GeoJSON geometry, its outline within two metres."""
    return _geojson(shapely.simplify(geometry, _SIMPLIFY_M))


def catchments(found: Sequence[Reach]) -> list[dict[str, Any]]:
    """What lies within each walk, with its minutes and whether it is estimated."""
    return [
        {"minutes": reach.minutes, "estimated": reach.estimated, "area": catchment(reach.shape())}
        for reach in found
    ]


def spots(points: Sequence[Point3006]) -> list[list[float]]:
    """Points as [lon, lat]."""
    return [[round(value, _DECIMALS) for value in point_to_wgs84(point)] for point in points]


def _geojson(geometry: BaseGeometry) -> dict[str, Any]:
    found: dict[str, Any] = shapely.geometry.mapping(
        shapely.transform(to_wgs84(geometry), lambda each: np.round(each, _DECIMALS))
    )
    return found


def _lines(lines: NDArray[Any]) -> list[list[list[float]]]:
    """Lines as [lon, lat], all transformed at once."""
    if not len(lines):
        return []
    points, owner = shapely.get_coordinates(lines, return_index=True)
    turned = np.round(points_to_wgs84(points), _DECIMALS)
    starts = np.flatnonzero(np.diff(owner)) + 1
    return [part.tolist() for part in np.split(turned, starts)]
