"""Layers: keeping them and reading what is said of them."""

from typing import Any, cast

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Row, delete, func, insert, select

from geo.model import MUNICIPALITY_LAYER, Audience, Layer, LayerInfo
from geo.store import spatial
from geo.store.schema import layer, layer_feature, revision

MARGIN_M = 15_000.0
"""How far outside the municipality's box a position may lie: the boundaries are cut at the coast."""


def to_info(row: Row[Any]) -> LayerInfo:
    """A row of ``layer`` as its domain type."""
    return LayerInfo(
        name=row.name,
        title_sv=row.title_sv,
        title_en=row.title_en,
        source=row.source,
        licence=row.licence,
        precision=row.precision,
        synthetic=row.synthetic,
        audience=cast(Audience, row.audience),
        style=row.style,
        min_zoom=row.min_zoom,
        credit=row.credit,
        revision=row.revision,
    )


def put_layer(connection: Connection, found: Layer, *, position: int | None = None) -> bool:
    """Keeps a layer under its name, in place of one that had it. Whether it was new.

    ``position`` is the drawing order; a replaced layer keeps its own, a new one goes on top.
    """
    name = found.info.name
    old = connection.execute(select(layer.c.position).where(layer.c.name == name)).scalar_one_or_none()
    if position is None:
        highest = connection.execute(select(func.max(layer.c.position))).scalar_one()
        position = old if old is not None else (highest or 0) + 1
    connection.execute(delete(layer_feature).where(layer_feature.c.layer == name))
    connection.execute(delete(layer).where(layer.c.name == name))
    info = found.info
    connection.execute(
        insert(layer).values(
            name=name,
            title_sv=info.title_sv,
            title_en=info.title_en,
            source=info.source,
            licence=info.licence,
            precision=info.precision,
            synthetic=info.synthetic,
            audience=info.audience,
            style=info.style,
            min_zoom=info.min_zoom,
            credit=info.credit,
            position=position,
            revision=select(revision.c.number).scalar_subquery(),
        )
    )
    if found.features:
        connection.execute(
            insert(layer_feature),
            [
                {"layer": name, "geom": feature.geometry, "properties": feature.properties}
                for feature in found.features
            ],
        )
    return old is None


_POLYGONS = ("Polygon", "MultiPolygon")

GROUND = "land"
"""The style of the layer that everything stands on: an area of nothing."""


def areas(connection: Connection) -> tuple[LayerInfo, ...]:
    """The public layers of polygons that something can be for, in drawing order. Their first shape decides."""
    rows = connection.execute(
        select(layer)
        .where(layer.c.audience == "public", layer.c.style != GROUND)
        .order_by(layer.c.position, layer.c.name)
    ).all()
    return tuple(to_info(row) for row in rows if _first_shape(connection, row.name) in _POLYGONS)


def _first_shape(connection: Connection, name: str) -> str:
    shape = connection.execute(
        select(layer_feature.c.geom)
        .where(layer_feature.c.layer == name)
        .order_by(layer_feature.c.id)
        .limit(1)
    ).scalar()
    return "" if shape is None else str(shape.geom_type)


def municipality_box(connection: Connection) -> spatial.BBox3006 | None:
    """The box that positions of the municipality lie in, with ``MARGIN_M`` around; None without a boundary."""
    boundary: BaseGeometry | None = connection.execute(
        select(layer_feature.c.geom).where(layer_feature.c.layer == MUNICIPALITY_LAYER)
    ).scalar()
    if boundary is None:
        return None
    west, south, east, north = boundary.buffer(MARGIN_M).bounds
    return west, south, east, north
