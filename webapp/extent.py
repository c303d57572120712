"""How far the map reaches: where it opens, and beyond where there is nothing to see."""

from geo.errors import NotFound
from geo.model import MUNICIPALITY_LAYER
from geo.publish.layers import one_layer
from geo.render.maps import BBox3006
from webapp.kept import kept
from webapp.picture import current_picture, current_pictures

SWEDEN: BBox3006 = (260_000.0, 6_100_000.0, 930_000.0, 7_700_000.0)
MARGIN_M = 10_000.0
"""The coast is cut off the boundary, and a neighbour's bus stop may matter; of a small area, half as much as it is."""
AROUND_PLACES_M = 1_000.0
"""Of a small area a fiftieth of what it is: a phone would show it a zoom smaller than it has room for."""


def limits() -> BBox3006:
    """The municipality's box with a margin; all of Sweden where the store has no boundary."""
    return kept("limits", _limits)


def opening() -> BBox3006:
    """What the map shows first: the shown places, or the municipality where there are none."""
    points = [place.point for place in current_picture().places.places]
    box = _municipality() or SWEDEN
    if not points:
        return box
    east, north = zip(*points, strict=True)
    around = min(AROUND_PLACES_M, _side(box) / 50)
    return _grown((min(east), min(north), max(east), max(north)), around)


def _limits() -> BBox3006:
    box = _municipality()
    return SWEDEN if box is None else _grown(box, min(MARGIN_M, _side(box) / 2))


def _municipality() -> BBox3006 | None:
    try:
        features = one_layer(current_pictures().store, MUNICIPALITY_LAYER).features
    except NotFound:
        return None
    boxes = [feature.geometry.bounds for feature in features]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _grown(box: BBox3006, metres: float) -> BBox3006:
    west, south, east, north = box
    return west - metres, south - metres, east + metres, north + metres


def _side(box: BBox3006) -> float:
    """The longer side of a box, metres."""
    west, south, east, north = box
    return max(east - west, north - south)
