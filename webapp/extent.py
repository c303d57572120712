"""How far the map reaches: where it opens, and beyond where there is nothing to see."""

from geo.errors import NotFound
from geo.model import MUNICIPALITY_LAYER
from geo.publish.layers import one_layer
from geo.render.maps import BBox3006
from webapp.kept import kept
from webapp.picture import current_picture, current_pictures

SWEDEN: BBox3006 = (260_000.0, 6_100_000.0, 930_000.0, 7_700_000.0)
MARGIN_M = 10_000.0
"""The coast is cut off the boundary, and a neighbour's bus stop may matter."""
AROUND_PLACES_M = 1_000.0


def limits() -> BBox3006:
    """The municipality's box with a margin; all of Sweden where the store has no boundary."""
    return kept("limits", _limits)


def opening() -> BBox3006:
    """What the map shows first: the shown places, or the municipality where there are none."""
    points = [place.point for place in current_picture().places.places]
    if not points:
        return limits()
    east, north = zip(*points, strict=True)
    return _grown((min(east), min(north), max(east), max(north)), AROUND_PLACES_M)


def _limits() -> BBox3006:
    try:
        features = one_layer(current_pictures().store, MUNICIPALITY_LAYER).features
    except NotFound:
        return SWEDEN
    boxes = [feature.geometry.bounds for feature in features]
    if not boxes:
        return SWEDEN
    west, south, east, north = zip(*boxes, strict=True)
    return _grown((min(west), min(south), max(east), max(north)), MARGIN_M)


def _grown(box: BBox3006, metres: float) -> BBox3006:
    west, south, east, north = box
    return west - metres, south - metres, east + metres, north + metres
