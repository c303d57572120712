"""What lies beside a stretch: flagged places, incidents and measures that are known exactly enough to say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.analysis.network import Floats, Ints
from geo.model import Level

NEAR_M = 50.0
"""What lies this near a stretch concerns who walks there; what isn't known as exactly as this is said of no stretch."""


@dataclass(frozen=True, slots=True)
class Spots:
    """Flagged places or incidents: (m, 2) points in EPSG:3006, how exactly they are known in metres, and on which level."""

    points: Floats
    precision_m: Floats
    level: NDArray[Any]

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Which are known as spots to within ``NEAR_M``: not those known to a road, a locality or the municipality only."""
        found: NDArray[np.bool_] = (self.precision_m <= NEAR_M) & (self.level == Level.SPOT)
        return found


def beside(lines: Sequence[BaseGeometry], spots: Spots) -> tuple[Ints, ...]:
    """For each line or area in EPSG:3006 the numbers of the exactly known spots within ``NEAR_M`` of it, in their order."""
    exact = np.flatnonzero(spots.exact)
    tree = shapely.STRtree(np.asarray(shapely.points(spots.points[exact]), dtype=object))
    which, near = tree.query(np.array(lines, dtype=object), predicate="dwithin", distance=NEAR_M)
    return tuple(np.sort(exact[near[which == at]]) for at in range(len(lines)))
