"""Light along the paths: what OpenStreetMap says, what the municipality's own lamps and the road's owner say before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.analysis.edited import ALONG_M, Edited
from geo.analysis.network import Floats, Network
from geo.model import RoadOwner

LAMP_M = 25.0
"""A lamp lights a path within this distance; half of a usual distance between two."""


class LightSource(StrEnum):
    """Who says whether a stretch is lit."""

    SCENARIO = "scenario"
    LAMPS = "lamps"
    OWNER = "owner"
    OSM = "osm"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Light:
    """Shares of each edge's length, (edges,), that are lit and unlit; the rest is not known. ``source`` says who says so."""

    lit: Floats
    unlit: Floats
    source: NDArray[Any]

    @property
    def unknown(self) -> Floats:
        """The share of which nobody says."""
        return np.clip(1.0 - self.lit - self.unlit, 0.0, 1.0)


def light_of(
    network: Network,
    lamps: Sequence[BaseGeometry] = (),
    owners: Sequence[RoadOwner] = (),
    lamp_m: float = LAMP_M,
) -> Light:
    """Light on every edge.

    Later ones go before earlier ones: OpenStreetMap's ``lit``; the road's owner on the stretches that are the owner's;
    within ``lamp_m`` metres of the municipality's own lamps (EPSG:3006, points or lines) it is lit. Where lamps are
    handed in, they say nothing of paths without one: a lamp file is seldom of all owners.
    """
    said = network.lit
    lit = np.where(said == "yes", 1.0, 0.0)
    unlit = np.where(said == "no", 1.0, 0.0)
    source = np.where(lit + unlit > 0, LightSource.OSM.value, LightSource.NONE.value).astype(object)
    lines = network.lines
    tree = shapely.STRtree(lines) if owners or len(lamps) else None
    for owner in owners:
        if owner.lit is None or tree is None:
            continue
        zone = owner.geometry.buffer(ALONG_M, cap_style="flat")
        near = tree.query(zone, predicate="intersects")
        mine = near[shapely.length(shapely.intersection(lines[near], zone)) >= network.length[near] / 2]
        lit[mine], unlit[mine], source[mine] = float(owner.lit), float(not owner.lit), LightSource.OWNER.value
    if len(lamps) and tree is not None:
        zones = shapely.union_all(shapely.buffer(np.array(lamps, dtype=object), lamp_m, quad_segs=4))
        near = np.unique(tree.query(np.array(shapely.get_parts(zones)), predicate="intersects")[1])
        shapely.prepare(zones)
        share = shapely.length(shapely.intersection(lines[near], zones)) / network.length[near]
        by_lamps = np.clip(share, 0.0, 1.0)
        more = by_lamps > lit[near]
        lit[near] = np.maximum(lit[near], by_lamps)
        unlit[near] = np.minimum(unlit[near], 1.0 - lit[near])
        source[near[more]] = LightSource.LAMPS.value
    if isinstance(network, Edited):
        mine = network.lit_by_edit
        lit[mine], unlit[mine], source[mine] = 1.0, 0.0, LightSource.SCENARIO.value
    return Light(lit, unlit, source)
