"""Where no network of paths is known: the straight line, lengthened. All that comes of it is estimated, and says so."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.analysis.network import Floats
from geo.analysis.origins import Origins
from geo.analysis.outcome import MINUTES, Reach, reach_of
from geo.analysis.walking import SPEED_M_S

DETOUR = 1.3
"""A way on foot is some 1.3 times the straight line: the mean of many towns' street networks."""
_ARCS = 16


def estimate(
    entrances: Floats, origins: Origins, *, minutes: Sequence[float] = MINUTES, speed: float = SPEED_M_S
) -> tuple[Reach, ...]:
    """What lies within some minutes of the nearest of (k, 2) entrances (EPSG:3006), at ``speed`` m/s, the shortest first."""
    doors = np.asarray(entrances, np.float64).reshape(-1, 2)
    apart = origins.points[:, None, :] - doors[None, :, :]
    nearest = np.hypot(apart[..., 0], apart[..., 1]).min(axis=1, initial=np.inf) * DETOUR
    return tuple(
        reach_of(
            each, origins, nearest <= each * 60 * speed, _Circles(doors, each * 60 * speed / DETOUR), None
        )
        for each in sorted(minutes)
    )


class _Circles:
    """The circles around the entrances as one shape, made when asked for."""

    def __init__(self, doors: Floats, radius: float) -> None:
        self._doors, self._radius = doors, radius

    def __call__(self) -> BaseGeometry:
        return shapely.union_all(shapely.buffer(shapely.points(self._doors), self._radius, quad_segs=_ARCS))
