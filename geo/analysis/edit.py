"""A change that a planner draws: a geometry and what is done there, not a number of an edge.

So it survives a new area package.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from geo.errors import BadInput

_MOST_M = 20_000.0


class EditKind(StrEnum):
    """What a scenario changes."""

    ADD_PATH = "add_path"
    TUNNEL = "tunnel"
    CLOSE = "close"
    LIGHT = "light"
    MOVE_ENTRANCE = "move_entrance"


_SHAPES: dict[EditKind, tuple[str, ...]] = {
    EditKind.ADD_PATH: ("LineString",),
    EditKind.TUNNEL: ("LineString",),
    EditKind.CLOSE: ("Point", "LineString", "MultiLineString", "Polygon"),
    EditKind.LIGHT: ("Point", "LineString", "MultiLineString", "Polygon"),
    EditKind.MOVE_ENTRANCE: ("Point",),
}


@dataclass(frozen=True, slots=True)
class Edit:
    """One change, in EPSG:3006.

    A path and a tunnel are a line, joined to the paths near its ends; a path also where it crosses others, a tunnel not.
    What is closed or lit is the stretch nearest a point, those along a line, or those in a polygon. ``entrance`` is the
    number, from 0, of the entrance that moves to the point. ``lit`` says whether a new path has light.
    """

    kind: EditKind
    geometry: BaseGeometry
    title: str = ""
    lit: bool = True
    entrance: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The edit as plain JSON; the geometry as WKT in EPSG:3006, in centimetres."""
        return {
            "kind": self.kind.value,
            "geometry": shapely.to_wkt(self.geometry, rounding_precision=2),
            "title": self.title,
            "lit": self.lit,
            "entrance": self.entrance,
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Edit":
        """The edit that ``as_dict`` wrote.

        Raises:
            BadInput: it isn't one; ``field`` says what is wrong.
        """
        try:
            kind = EditKind(str(told["kind"]))
        except (KeyError, ValueError) as error:
            raise BadInput("There is no such change.", field="kind") from error
        try:
            geometry = shapely.from_wkt(str(told["geometry"]))
        except (KeyError, ShapelyError) as error:
            raise BadInput("What was drawn can't be read.", field="geometry") from error
        entrance = told.get("entrance", 0)
        made = cls(
            kind,
            geometry,
            str(told.get("title", ""))[:200],
            bool(told.get("lit", True)),
            entrance if isinstance(entrance, int) and 0 <= entrance < 100 else 0,
        )
        made.check()
        return made

    def check(self) -> None:
        """Refuses what can't be drawn.

        Raises:
            BadInput: the wrong kind of shape, an empty one, one that crosses itself, or one too large.
        """
        shape = self.geometry
        if shape.is_empty or shape.geom_type not in _SHAPES[self.kind]:
            raise BadInput("Draw it on the map first.", field="geometry")
        if not np.isfinite(shapely.get_coordinates(shape)).all():
            raise BadInput("What was drawn can't be read.", field="geometry")
        if shape.geom_type == "Polygon" and not shape.is_valid:
            raise BadInput("The area crosses itself. Draw it so that its outline doesn't.", field="geometry")
        if shape.length > _MOST_M:
            raise BadInput("What was drawn is longer than %(km)s km.", field="geometry", km=_MOST_M / 1000)
        if self.kind in (EditKind.ADD_PATH, EditKind.TUNNEL) and shape.length < 1:
            raise BadInput("The path has no length. Draw at least two points.", field="geometry")
