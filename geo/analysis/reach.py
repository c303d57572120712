"""A station's reach in an area package: figures by minutes, and walking distances of points."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.analysis.network import Floats, Network
from geo.analysis.walking import Walks
from geo.crs import points_to_3006
from geo.model import EntryKind

if TYPE_CHECKING:
    from geo.area.package import AreaPackage

LonLat = tuple[float, float]
"""Degrees, WGS 84."""


def reach_of_area(
    package: "AreaPackage", entrances: Sequence[LonLat], minutes: Sequence[float], speed: float
) -> dict[str, Any]:
    """What lies within ``minutes`` of walking at ``speed`` (m/s) from the nearest entrance.

    Keys: ``snapped_m`` of each entrance, ``speed_m_s``, ``islands`` (parts of the network that aren't joined to the
    main one), ``source`` and ``source_date`` of the network, and ``reach``: for each of ``minutes`` the ``area_m2``, the
    ``street_m`` and the number of ``addresses``; ``addresses_off`` are those too far from every path.

    Raises:
        BadInput: an entrance is far from every path.
        UnreadableInput: the package is broken.
    """
    network = Network.of_area(package)
    walks = Walks(network)
    tree = walks.tree(_points(entrances), max(minutes) * 60 * speed)
    homes = network.snap(_addresses(package))
    cost = walks.costs(tree, homes)
    reach = []
    for each in minutes:
        limit = each * 60 * speed
        catchment = walks.catchment(tree, limit)
        reach.append(
            {
                "minutes": each,
                "area_m2": round(catchment.area.area, 1),
                "street_m": round(catchment.metres, 1),
                "addresses": int((cost <= limit).sum()),
            }
        )
    return {
        "snapped_m": [round(float(off), 2) for off in tree.entrances.off],
        "speed_m_s": speed,
        "islands": network.islands,
        "addresses_off": int((~homes.on).sum()),
        "source": package.info.source,
        "source_date": package.info.source_date.isoformat(),
        "reach": reach,
    }


def distances_in_area(
    package: "AreaPackage", entrances: Sequence[LonLat], points: Sequence[LonLat]
) -> list[tuple[float | None, float | None]]:
    """For each point the walking metres to the nearest entrance, and the metres it was brought to a path.

    The first is None where it isn't reached, or lies too far from every path; the second without any path.

    Raises: as ``reach_of_area``.
    """
    network = Network.of_area(package, steps_factor=1.0)
    walks = Walks(network)
    tree = walks.tree(_points(entrances), np.inf)
    snapped = network.snap(_points(points))
    cost = walks.costs(tree, snapped)
    return [
        (float(metres) if np.isfinite(metres) else None, float(off) if np.isfinite(off) else None)
        for metres, off in zip(cost, snapped.off, strict=True)
    ]


def _points(lonlats: Sequence[LonLat]) -> Floats:
    return points_to_3006(np.asarray(lonlats, dtype=np.float64).reshape(-1, 2))


def _addresses(package: "AreaPackage") -> Floats:
    found = [entry.geometry.centroid for entry in package.entries() if entry.kind is EntryKind.ADDRESS]
    return np.array([(point.x, point.y) for point in found], dtype=np.float64).reshape(-1, 2)
