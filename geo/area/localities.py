"""Which locality a spot lies in, of places of which only a point and a reach are known."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from geo.model import EntryKind, GazetteerEntry

_NEAR = 12
"""The deepest is looked for among so many nearest places."""


def localities_of(entries: Iterable[GazetteerEntry]) -> list[GazetteerEntry]:
    """The towns, villages, hamlets and farms among the entries."""
    return [
        entry
        for entry in entries
        if entry.kind in (EntryKind.LOCALITY, EntryKind.VILLAGE) and not entry.geometry.is_empty
    ]


def deepest_within(places: Sequence[GazetteerEntry], points: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """(n,) which of the places, at least one, each of the points (n, 2) lies deepest within the reach of.

    Metres in EPSG:3006. A place's reach is its ``precision_m``; a point beyond all reaches has the place that it is
    least beyond.
    """
    spots = np.array([(place.geometry.centroid.x, place.geometry.centroid.y) for place in places])
    reach = np.array([max(place.precision_m, 1.0) for place in places])
    far, near = KDTree(spots).query(points, k=range(1, min(_NEAR, len(places)) + 1))
    found: npt.NDArray[np.intp] = near[np.arange(len(points)), np.argmin(far / reach[near], axis=1)]
    return found
