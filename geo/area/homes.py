"""Where people live in an area package, by tags and building use; the definition stands in docs/privacy.md."""

from collections import Counter

import numpy as np
import numpy.typing as npt
import shapely

from geo.area.localities import deepest_within, localities_of
from geo.area.package import AreaPackage
from geo.model import EntryKind

POPULATION = "population"
"""The layer of an area package with a population grid: points with how many homes each stands for."""


def residential(area: AreaPackage) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Where homes are, (n, 2), metres in EPSG:3006, and how many each point stands for, (n,).

    From the population grid, where one was added; else one for each residential address.

    Raises:
        UnreadableInput: the area package is broken.
    """
    if POPULATION in area.layers():
        grid = area.layer(POPULATION)
        return shapely.get_coordinates(grid.geometry.to_numpy()), grid["homes"].to_numpy(dtype=np.int64)
    points = homes(area)
    return points, np.ones(len(points), dtype=np.int64)


def homes_by_locality(area: AreaPackage) -> dict[str, int]:
    """How many homes lie in each town, village, hamlet and farm of the area: each in the one whose reach it is deepest within.

    Raises:
        UnreadableInput: the area package is broken.
    """
    places = localities_of(area.entries())
    if not places:
        return {}
    points, weights = residential(area)
    found: Counter[str] = Counter(dict.fromkeys((place.name for place in places), 0))
    for at, number in zip(deepest_within(places, points), weights, strict=True):
        found[places[at].name] += int(number)
    return dict(found)


def homes(area: AreaPackage) -> npt.NDArray[np.float64]:
    """The residential addresses, (n, 2), metres in EPSG:3006, sorted.

    An address is residential unless it lies in a building whose use is known to be another. A building known to be
    lived in that has no address counts as one.

    Raises:
        UnreadableInput: the area package is broken.
    """
    found = [
        (entry.geometry.centroid.x, entry.geometry.centroid.y)
        for entry in area.entries()
        if entry.kind is EntryKind.ADDRESS and not entry.geometry.is_empty
    ]
    addresses = np.array(found, dtype=np.float64).reshape(-1, 2)
    buildings = area.layer("buildings")
    shapes = buildings.geometry.to_numpy()
    use = buildings["residential"].to_numpy()
    points = shapely.points(addresses)
    tree = shapely.STRtree(shapes)
    inside = tree.query(points, predicate="intersects")
    not_home = np.unique(inside[0][use[inside[1]] == "no"])
    without = np.setdiff1d(np.flatnonzero(use == "yes"), inside[1])
    lived_in = shapely.get_coordinates(shapely.point_on_surface(shapes[without])).reshape(-1, 2)
    return np.unique(np.vstack([np.delete(addresses, not_home, axis=0), lived_in]), axis=0)
