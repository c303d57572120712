"""A collection's features as an immutable table in memory: picked by box and time, written as GeoJSON by the page.

Geometries are kept in EPSG:3006 in whole metres and leave in it or in WGS 84 with five decimals, which is as exact as
anything that leaves the house. In WGS 84 features are kept as the JSON they leave as.

Properties are flat and begin with the id, and what has a geometry comes first: QGIS judges a layer by its first ten
features (decision 36).
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.crs import SWEREF99TM, WGS84, box_to_3006, geometries_to_wgs84
from geo.model import STOCKHOLM
from geo.render.geojson import DECIMALS, encode
from geo.render.pointgrid import PointGrid

Box = tuple[float, float, float, float]
"""West, south, east, north: x before y in either system."""
Indices = NDArray[np.int64]

_EVER = np.iinfo(np.int64)
"""Seconds that stand for no beginning and no end."""
_POINT = 0
"""Shapely's type id of a point."""
_LAST_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Row:
    """One feature. ``geometry`` is in EPSG:3006 or None.

    ``period`` is the first and the last day that it is about, by the Swedish calendar, either of them open; None where it is
    about no time at all. Lists among the properties become words with semicolons between them.
    """

    id: int | str
    geometry: BaseGeometry | None
    properties: Mapping[str, Any]
    period: tuple[date | None, date | None] | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Boxes in one coordinate system (an EPSG code) of which one must be met, and a time, in seconds since 1970.

    No box and no time take all.
    """

    boxes: tuple[Box, ...] = ()
    epsg: int = WGS84
    start: int | None = None
    end: int | None = None


class FeatureTable:
    """The features of a collection. Made once and never changed, so that threads may share it."""

    def __init__(self, rows: Iterable[Row]) -> None:
        ids: list[int | str] = []
        geometries: list[BaseGeometry | None] = []
        starts, ends, cuts, inner = array("q"), array("q"), array("q", [0]), array("q")
        properties: list[bytes] = []
        names: dict[str, None] = {}
        for row in _placed_first(rows):
            flat = {"id": row.id, **{name: _flat(value) for name, value in row.properties.items()}}
            ids.append(row.id)
            geometries.append(row.geometry if _is_placed(row) else None)
            properties.append(encode(flat))
            names.update(dict.fromkeys(flat))
            start, end = row.period or (None, None)
            starts.append(_EVER.min if start is None else _seconds(start, time.min))
            ends.append(_EVER.max if end is None else _seconds(end, _LAST_OF_DAY))
        self.names = tuple(names) or ("id",)
        """The names of the properties, the id's before the others'."""
        self._ids = np.array(ids)
        self._order = np.argsort(self._ids, kind="stable")
        self._starts, self._ends = (np.frombuffer(column, dtype=np.int64) for column in (starts, ends))
        self._timed = bool((self._starts > _EVER.min).any() or (self._ends < _EVER.max).any())
        whole = shapely.transform(_array(geometries), np.rint)
        self._geometries: NDArray[np.object_] = shapely.orient_polygons(whole)
        degrees = _drawn(self._geometries, WGS84)
        self._bounds = {SWEREF99TM: shapely.bounds(self._geometries), WGS84: shapely.bounds(degrees)}
        blob = bytearray()
        for key, text, told in zip(self._ids.tolist(), shapely.to_geojson(degrees), properties, strict=True):
            blob += _before(key, text)
            inner.append(len(blob))
            blob += told + b"}"
            cuts.append(len(blob))
        self._blob, self._cuts = bytes(blob), np.frombuffer(cuts, dtype=np.int64)
        self._inner = np.frombuffer(inner, dtype=np.int64)
        self._nowhere: Indices = np.flatnonzero(shapely.is_missing(self._geometries))
        self._extents = {epsg: _around(bounds) for epsg, bounds in self._bounds.items()}
        kinds = shapely.get_type_id(self._geometries[~shapely.is_missing(self._geometries)])
        self._index: dict[int, PointGrid] | shapely.STRtree = (
            {epsg: PointGrid(box[:, 0], box[:, 1]) for epsg, box in self._bounds.items()}
            if (kinds == _POINT).all()
            else shapely.STRtree(self._geometries)
        )

    def __len__(self) -> int:
        return len(self._ids)

    def extent(self, epsg: int = WGS84) -> Box | None:
        """The box around all of them; None where none is anywhere."""
        return self._extents[epsg]

    def period(self) -> tuple[datetime | None, datetime | None] | None:
        """The first and the last moment that they are about, in UTC; None where they are about no time."""
        if not self._timed:
            return None
        starts, ends = (self._starts[self._starts > _EVER.min], self._ends[self._ends < _EVER.max])
        return (
            datetime.fromtimestamp(int(starts.min()), UTC) if len(starts) else None,
            datetime.fromtimestamp(int(ends.max()), UTC) if len(ends) else None,
        )

    def shapes(self) -> frozenset[str]:
        """The kinds of geometries there are, by GeoJSON's names."""
        kinds = np.unique(shapely.get_type_id(self._geometries))
        return frozenset(shapely.GeometryType(kind).name for kind in kinds if kind >= 0)

    def find(self, key: str) -> int | None:
        """Where the feature with this id is; None where there is none."""
        if not len(self):
            return None
        wanted: int | str = key
        if self._ids.dtype.kind == "i":
            if not (key.isascii() and key.isdigit() and len(key) <= 18):
                return None
            wanted = int(key)
        at = int(np.searchsorted(self._ids, wanted, sorter=self._order))
        if at == len(self) or self._ids[self._order[at]] != wanted:
            return None
        return int(self._order[at])

    def select(self, wanted: Selection) -> Indices | range:
        """Which features meet a box and a time, in the table's order.

        A feature without a geometry meets every box, and one without a time every time, as OGC API Features has it.
        """
        found: Indices | range = range(len(self))
        if wanted.boxes and not any(self._holds_all(box, wanted.epsg) for box in wanted.boxes):
            near = [self._within(box, wanted.epsg) for box in wanted.boxes]
            if len(near) == 1:
                # One box gives each feature once.
                found = np.sort(np.concatenate([*near, self._nowhere]))
            else:
                found = np.unique(np.concatenate([*near, self._nowhere]))
        if self._timed and (wanted.start is not None or wanted.end is not None):
            some = np.asarray(found)
            meets = np.ones(len(some), dtype=bool)
            if wanted.end is not None:
                meets &= self._starts[some] <= wanted.end
            if wanted.start is not None:
                meets &= self._ends[some] >= wanted.start
            found = some[meets]
        return found

    def geojson(self, indices: Indices | range, epsg: int) -> list[bytes]:
        """These features as GeoJSON, one by one. EPSG:3006 is written northing before easting, as EPSG defines it."""
        at = np.asarray(indices, dtype=np.int64)
        if epsg == WGS84:
            return [
                self._blob[start:end]
                for start, end in zip(self._cuts[at].tolist(), self._cuts[at + 1].tolist(), strict=True)
            ]
        turned = shapely.transform(self._geometries[at], lambda coords: coords[:, ::-1])
        return [
            _before(self._ids[i].item(), text) + self._json(i) + b"}"
            for i, text in zip(at, shapely.to_geojson(turned), strict=True)
        ]

    def rows(self, indices: Indices | range | None = None) -> Iterator[tuple[int | str, bytes]]:
        """The id and the properties (JSON) of these features, or of all."""
        for i in range(len(self)) if indices is None else indices:
            yield self._ids[i].item(), self._json(i)

    @property
    def geometries(self) -> NDArray[np.object_]:
        """The geometries in EPSG:3006, x east before y north; None where there is none."""
        return self._geometries

    def _json(self, i: int) -> bytes:
        return self._blob[self._inner[i] : self._cuts[i + 1] - 1]

    def _holds_all(self, box: Box, epsg: int) -> bool:
        around = self.extent(epsg)
        return around is not None and bool(
            box[0] <= around[0] and box[1] <= around[1] and box[2] >= around[2] and box[3] >= around[3]
        )

    def _within(self, box: Box, epsg: int) -> Indices:
        if isinstance(self._index, dict):
            return self._index[epsg].within(*box)
        west, south, east, north = box
        search = box if epsg == SWEREF99TM else box_to_3006(*box)
        near: Indices = self._index.query(shapely.box(*search))
        bounds = self._bounds[epsg][near]
        left, bottom, right, top = bounds.T
        meets = (left <= east) & (bottom <= north) & (right >= west) & (top >= south)
        # Where the whole of a feature's box is inside, or it is a point, nothing more need be asked.
        unsure = meets & ~((left >= west) & (bottom >= south) & (right <= east) & (top <= north))
        if unsure.any():
            shapes = _drawn(self._geometries[near[unsure]], epsg)
            meets[unsure] = shapely.intersects(shapely.box(*box), shapes)
        found: Indices = near[meets]
        return found


def _placed_first(rows: Iterable[Row]) -> Iterator[Row]:
    nowhere = []
    for row in rows:
        if _is_placed(row):
            yield row
        else:
            nowhere.append(row)
    yield from nowhere


def _is_placed(row: Row) -> bool:
    return row.geometry is not None and not row.geometry.is_empty


def _flat(value: Any) -> Any:
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _before(key: int | str, geometry: str | None) -> bytes:
    """A GeoJSON feature up to its properties."""
    shape = b"null" if geometry is None else geometry.encode()
    return b'{"type":"Feature","id":%b,"geometry":%b,"properties":' % (encode(key), shape)


def _array(geometries: list[BaseGeometry | None]) -> NDArray[np.object_]:
    found = np.empty(len(geometries), dtype=object)
    found[:] = geometries
    return found


def _around(bounds: NDArray[np.float64]) -> Box | None:
    known = bounds[~np.isnan(bounds[:, 0])]
    if not len(known):
        return None
    west, south = known[:, :2].min(axis=0)
    east, north = known[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def _drawn(geometries: NDArray[np.object_], epsg: int) -> NDArray[np.object_]:
    """The geometries as they leave in this system, x before y."""
    if epsg == SWEREF99TM:
        return geometries
    return shapely.transform(geometries_to_wgs84(geometries), lambda coords: np.round(coords, DECIMALS))


def _seconds(day: date, at: time) -> int:
    return int(datetime.combine(day, at, STOCKHOLM).timestamp())
