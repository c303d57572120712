"""The sea: OpenStreetMap has no polygon of it, only coastlines with the land to their left."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import shapely
from shapely.geometry.base import BaseGeometry

_CUT_M = 60.0
"""An extract cuts a line at its last point inside: ends nearer the edge than this are taken to go on to it."""
_OVER_M = 1.0
_ASIDE_M = 0.5
"""How far from a coastline it is asked on which side the sea is."""


def sea(coastlines: Iterable[BaseGeometry], within: BaseGeometry) -> tuple[BaseGeometry, ...]:
    """The parts of ``within`` (a polygon, EPSG:3006) that are sea.

    Where a coastline doesn't reach the edge of ``within``, nothing is known of what it parts, and there is no sea.
    """
    lines = [_to_edge(part, within) for line in coastlines for part in _directed(line)]
    if not lines:
        return ()
    shore = shapely.union_all(lines)
    faces = shapely.get_parts(shapely.polygonize([shapely.union(shore, shapely.boundary(within))]))
    faces = faces[shapely.contains_properly(within, shapely.point_on_surface(faces))]
    tree = shapely.STRtree(faces)
    votes: Counter[int] = Counter()
    for line in lines:
        for (x0, y0), (x1, y1) in pairwise(line.coords):
            length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
            if not length:
                continue
            middle, aside = ((x0 + x1) / 2, (y0 + y1) / 2), _ASIDE_M / length
            to_right = ((y1 - y0) * aside, (x0 - x1) * aside)
            for side in (1, -1):
                spot = shapely.Point(middle[0] + side * to_right[0], middle[1] + side * to_right[1])
                votes.update({int(face): side for face in tree.query(spot, predicate="within")})
    return tuple(faces[face] for face, vote in sorted(votes.items()) if vote > 0)


def _directed(line: BaseGeometry) -> Iterable[shapely.LineString]:
    """The lines of a coastline in the direction they were drawn; an island's is a ring."""
    if line.geom_type in ("Polygon", "MultiPolygon"):
        # A reader that knows areas only gives an island as one: its ring goes with the land to its left.
        return [
            shapely.LineString(shapely.orient_polygons(part).exterior.coords)
            for part in shapely.get_parts(line)
        ]
    return [shapely.LineString(part.coords) for part in shapely.get_parts(line)]


def _to_edge(line: shapely.LineString, within: BaseGeometry) -> shapely.LineString:
    """The line with ends that almost reach the edge drawn out over it; a ring has no ends."""
    if line.is_ring:
        return line
    edge = shapely.boundary(within)
    points = [(x, y) for x, y in line.coords]
    for at, end in ((0, points[0]), (len(points), points[-1])):
        spot = shapely.Point(end)
        off = edge.distance(spot)
        if not 0 < off < _CUT_M or not within.contains(spot):
            continue
        nearest = edge.interpolate(edge.project(spot))
        stretch = 1 + _OVER_M / off
        points.insert(
            at and len(points),
            (end[0] + (nearest.x - end[0]) * stretch, end[1] + (nearest.y - end[1]) * stretch),
        )
    return shapely.LineString(points)
