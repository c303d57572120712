"""Layers as residents may see them: their features, and what must be said of each."""

from typing import Any

from sqlalchemy import select

from geo.errors import NotFound
from geo.model import Feature, Layer, LayerInfo
from geo.store.engine import Store
from geo.store.layers import to_info
from geo.store.schema import layer, layer_feature

PROPERTIES = ("name", "name_en", "kind", "code", "stops", "approximate", "precision", "precision_m", "source")
"""What is told of a feature: an office's file may say more in its columns than anybody meant to publish."""


def layer_infos(store: Store) -> tuple[LayerInfo, ...]:
    """What is said of every public layer, in drawing order."""
    with store.read() as connection:
        rows = connection.execute(
            select(layer).where(layer.c.audience == "public").order_by(layer.c.position, layer.c.name)
        )
        return tuple(to_info(row) for row in rows)


def one_layer(store: Store, name: str) -> Layer:
    """One public layer with its features.

    Raises:
        NotFound: there is no such layer, or it is not public; nothing tells which.
    """
    with store.read() as connection:
        row = connection.execute(
            select(layer).where(layer.c.name == name, layer.c.audience == "public")
        ).one_or_none()
        if row is None:
            raise NotFound("There is no such layer.")
        features = connection.execute(
            select(layer_feature.c.geom, layer_feature.c.properties)
            .where(layer_feature.c.layer == name)
            .order_by(layer_feature.c.id)
        )
        return Layer(to_info(row), tuple(Feature(found.geom, _told(found.properties)) for found in features))


def _told(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: properties[name] for name in PROPERTIES if name in properties}
