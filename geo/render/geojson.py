"""Read models as JSON: GeoJSON for others to use, and a columnar form for our own map.

Everything leaves in WGS 84, (lon, lat), with five decimals (about a metre).
"""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import point_to_wgs84, points_to_wgs84, to_wgs84
from geo.model import PHYSICAL_REASONS, Layer, PlaceStatus, TimeOfDay
from geo.publish.measures import PublicMeasure
from geo.publish.places import PublicPlace

K = TypeVar("K", bound=Hashable)

DECIMALS = 5
SCALE = 10**DECIMALS
REASONS = PHYSICAL_REASONS
STATUSES = tuple(PlaceStatus)
TIMES = tuple(TimeOfDay)

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)

_SIMPLIFY_M = {"land": 40.0, "boundary": 20.0, "road": 5.0}
"""How far a line may be moved to make a layer small, metres: less than its precision can tell."""
_LEAST_ISLAND_M2 = 20_000.0
"""Smaller islands can't be told from a dot."""
_LEAST_LAKE_M2 = 1_000_000.0
"""Smaller lakes are known by three or four corners only: a triangle that is no lake's shape says nothing."""


@dataclass(frozen=True, slots=True)
class Said:
    """What must be said of a collection that leaves the house."""

    title: str
    source: str
    licence: str
    precision: str
    synthetic: bool


def encode(value: object) -> bytes:
    """Compact JSON in UTF-8; the same value gives the same bytes."""
    return _JSON.encode(value).encode()


def layer_collection(layer: Layer, language: str) -> dict[str, Any]:
    """A layer as a GeoJSON FeatureCollection that carries what must be said of it.

    Base layers are simplified by their style. ``language`` (sv or en) is that of the title.
    """
    info = layer.info
    said = Said(
        title=info.title_sv if language == "sv" else info.title_en,
        source=info.source,
        licence=info.licence,
        precision=info.precision,
        synthetic=info.synthetic,
    )
    tolerance = _SIMPLIFY_M.get(info.style, 0.0)
    found = []
    for feature in layer.features:
        geometry = _simplified(feature.geometry, tolerance)
        if not geometry.is_empty:
            found.append(_feature(geometry, dict(feature.properties)))
    return _collection(said, found)


def place_properties(place: PublicPlace) -> dict[str, Any]:
    """What is told of a shown place that is the same in every language."""
    return {
        "locality": place.locality,
        "status": place.status,
        "measures": [measure.title for measure in place.measures],
        "reasons": list(place.reasons),
        "times": list(place.times),
        "surveys": list(place.surveys),
        "precision_m": round(place.radius_m),
        "synthetic": place.synthetic,
    }


def measure_properties(measure: PublicMeasure) -> dict[str, Any]:
    """What is told of a public measure, but its title, that is the same in every language."""
    return {
        "status": measure.status,
        "promise": measure.promise,
        "responsible": list(measure.responsible),
        "due": measure.due.isoformat() if measure.due else None,
        "finished": measure.finished.isoformat() if measure.finished else None,
        "target": measure.target,
        "done": measure.done,
        "overdue": measure.overdue,
        "places": list(measure.place_ids),
        "synthetic": measure.synthetic,
    }


def place_collection(
    places: Iterable[PublicPlace], said: Said, words_of: Callable[[PublicPlace], Mapping[str, Any]]
) -> dict[str, Any]:
    """Shown places as a GeoJSON FeatureCollection of points, in the order given.

    ``words_of`` gives the properties that are in the reader's language. Each feature says its own
    precision (metres) and whether it is synthetic, for a feature is soon parted from its collection.
    """
    return _collection(
        said,
        [
            _feature(
                shapely.Point(place.point),
                {**words_of(place), **place_properties(place)},
                place.id,
            )
            for place in places
        ],
    )


def measure_collection(
    measures: Iterable[PublicMeasure], said: Said, words_of: Callable[[PublicMeasure], Mapping[str, Any]]
) -> dict[str, Any]:
    """Measures as a GeoJSON FeatureCollection; those not known to a spot have a null geometry.

    ``words_of`` gives the properties that are in the reader's language.
    """
    return _collection(
        said,
        [
            _feature(
                None if measure.point is None else shapely.Point(measure.point),
                {"title": measure.title, **words_of(measure), **measure_properties(measure)},
                measure.id,
            )
            for measure in measures
        ],
    )


def place_columns(
    places: Sequence[PublicPlace], phrase_of: Callable[[int, str, bool], str]
) -> dict[str, Any]:
    """Shown places as columns, for our own map: one list of n numbers per property, in the order given.

    ``lon`` and ``lat`` are whole hundred-thousandths of a degree, each but the first as the difference
    from the one before. A name is made of ``phrases[phrase]``, a pattern with ``%(anchor)s`` that
    ``phrase_of(distance_m, direction, at_stop)`` gives, and ``anchors[anchor]``. ``locality`` points into
    ``localities``, ``status`` into ``STATUSES``. ``overdue`` has the ids of those with an overdue measure. In ``reasons`` and ``times`` bit i stands for
    ``REASONS[i]`` and ``TIMES[i]``.
    """
    degrees = points_to_wgs84(np.array([place.point for place in places], dtype=np.float64).reshape(-1, 2))
    steps = np.diff(np.rint(degrees * SCALE).astype(np.int64), axis=0, prepend=0)
    phrases, phrase = _table((place.distance_m, place.direction, place.at_stop) for place in places)
    anchors, anchor = _table(place.anchor for place in places)
    localities, locality = _table(place.locality for place in places)
    return {
        "phrases": [phrase_of(*phrase) for phrase in phrases],
        "anchors": anchors,
        "localities": localities,
        "id": [place.id for place in places],
        "lon": steps[:, 0].tolist(),
        "lat": steps[:, 1].tolist(),
        "phrase": phrase,
        "anchor": anchor,
        "locality": locality,
        "status": [STATUSES.index(place.status) for place in places],
        "overdue": [place.id for place in places if any(found.overdue for found in place.measures)],
        "reasons": [_bits(place.reasons, REASONS) for place in places],
        "times": [_bits(place.times, TIMES) for place in places],
    }


def lonlat(point: tuple[float, float]) -> list[float]:
    """One EPSG:3006 point as [lon, lat], rounded."""
    lon, lat = point_to_wgs84(point)
    return [round(lon, DECIMALS), round(lat, DECIMALS)]


def _table(values: Iterable[K]) -> tuple[list[K], list[int]]:
    """The distinct values in order of appearance, and each value's place among them."""
    found: dict[K, int] = {}
    column = [found.setdefault(value, len(found)) for value in values]
    return list(found), column


def _bits(values: Sequence[str], order: Sequence[str]) -> int:
    return sum(1 << order.index(value) for value in values)


def _simplified(geometry: BaseGeometry, tolerance_m: float) -> BaseGeometry:
    """A lighter geometry (EPSG:3006) within ``tolerance_m`` of the given one, without tiny parts."""
    if tolerance_m == 0.0:
        return geometry
    lighter = shapely.set_precision(shapely.simplify(geometry, tolerance_m), 1.0)
    parts = shapely.get_parts(lighter)
    if not all(part.geom_type == "Polygon" for part in parts):
        return lighter
    kept = [
        shapely.Polygon(
            part.exterior,
            [hole for hole in part.interiors if shapely.Polygon(hole).area >= _LEAST_LAKE_M2],
        )
        for part in parts
        if part.area >= _LEAST_ISLAND_M2
    ]
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def _feature(
    shape: BaseGeometry | None, properties: dict[str, Any], key: int | None = None
) -> dict[str, Any]:
    feature: dict[str, Any] = {"type": "Feature"}
    if key is not None:
        feature["id"] = key
    feature["geometry"] = None if shape is None else geometry(shape)
    feature["properties"] = properties
    return feature


def geometry(shape: BaseGeometry) -> dict[str, Any]:
    """A shape in EPSG:3006 as a GeoJSON geometry in WGS 84, (lon, lat), rounded."""
    drawn = shapely.transform(to_wgs84(shape), lambda coords: np.round(coords, DECIMALS))
    found: dict[str, Any] = shapely.geometry.mapping(drawn)
    return found


def _collection(said: Said, features: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "title": said.title,
        "source": said.source,
        "licence": said.licence,
        "precision": said.precision,
        "synthetic": said.synthetic,
        "features": features,
    }
