"""Entries in columns: three million of them fit where as many objects would not."""

import sys
from array import array
from collections.abc import Sequence
from functools import lru_cache
from math import isnan
from typing import overload

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from geo.model import EntryKind, GazetteerEntry, Point3006

KINDS = tuple(EntryKind)
_KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}
_NOWHERE = float("nan")
_MADE = 16_384
_BATCH = 10_000


def point_of(entry: GazetteerEntry) -> Point3006 | None:
    """A point of the entry in EPSG:3006, or None where its position is not known. It lies on the thing."""
    return _point_on(entry.geometry)


def _point_on(geometry: BaseGeometry) -> Point3006 | None:
    if geometry.is_empty:
        return None
    if isinstance(geometry, Point):
        return geometry.x, geometry.y
    if isinstance(geometry, MultiLineString):
        geometry = max(geometry.geoms, key=lambda part: part.length)
    if isinstance(geometry, LineString):
        # The middle of a street is at most half its length from any of it.
        spot = geometry.interpolate(0.5, normalized=True)
    else:
        spot = geometry.representative_point()
    return spot.x, spot.y


class _Texts:
    """Texts one after the other: as objects each would take fifty bytes more."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("q", [0])

    def append(self, text: str) -> None:
        self._bytes += text.encode()
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, row: int) -> str:
        return self._bytes[self._ends[row] : self._ends[row + 1]].decode()


class Entries(Sequence[GazetteerEntry]):
    """A sequence of entries that are made when asked for. Grows by ``append`` until it is ``close``d."""

    def __init__(self) -> None:
        self._ids = _Texts()
        self._names = _Texts()
        self._localities: list[str] = []
        self._sources: list[str] = []
        self._kinds = array("B")
        self._precisions = array("d")
        self._xs = array("d")
        self._ys = array("d")
        self._waiting: list[BaseGeometry] = []
        self._shapes: dict[int, bytes] = {}
        self._aliases: dict[int, tuple[str, ...]] = {}
        self._streets: dict[int, tuple[str, ...]] = {}
        self._made = lru_cache(maxsize=_MADE)(self._make)

    def append(self, entry: GazetteerEntry) -> int:
        """Keeps an entry; returns its row."""
        row = len(self._ids)
        self._ids.append(entry.id)
        self._names.append(entry.name)
        self._localities.append(sys.intern(entry.locality))
        self._sources.append(sys.intern(entry.source))
        self._kinds.append(_KIND_NUMBER[entry.kind])
        self._precisions.append(entry.precision_m)
        self._waiting.append(entry.geometry)
        if len(self._waiting) == _BATCH:
            self._place()
        if entry.aliases:
            self._aliases[row] = entry.aliases
        if entry.streets:
            self._streets[row] = tuple(map(sys.intern, entry.streets))
        return row

    def close(self) -> None:
        """Places the last of what was appended; nothing is appended any more."""
        self._place()

    def _place(self) -> None:
        """Takes the points out of the waiting geometries, all at once: one by one takes ten times as long."""
        shapes = np.array(self._waiting, dtype=object)
        first = len(self._xs)
        points = (shapely.get_type_id(shapes) == shapely.GeometryType.POINT) & ~shapely.is_empty(shapes)
        spots = np.full((len(shapes), 2), _NOWHERE)
        spots[points] = np.column_stack([shapely.get_x(shapes[points]), shapely.get_y(shapes[points])])
        self._xs.extend(spots[:, 0].tolist())
        self._ys.extend(spots[:, 1].tolist())
        for at in np.flatnonzero(~points).tolist():
            geometry = self._waiting[at]
            self._xs[first + at], self._ys[first + at] = _point_on(geometry) or (_NOWHERE, _NOWHERE)
            self._shapes[first + at] = shapely.to_wkb(geometry)
        self._waiting = []

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, row: int) -> GazetteerEntry: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[GazetteerEntry, ...]: ...
    def __getitem__(self, row: int | slice) -> GazetteerEntry | tuple[GazetteerEntry, ...]:
        if isinstance(row, slice):
            return tuple(self._made(each) for each in range(*row.indices(len(self))))
        if not -len(self) <= row < len(self):
            raise IndexError(row)
        return self._made(row % len(self))

    def _make(self, row: int) -> GazetteerEntry:
        shape = self._shapes.get(row)
        if shape is not None:
            geometry: BaseGeometry = shapely.from_wkb(shape)
        else:
            x, y = self._xs[row], self._ys[row]
            geometry = Point() if isnan(x) else Point(x, y)
        return GazetteerEntry(
            id=self._ids[row],
            name=self._names[row],
            kind=KINDS[self._kinds[row]],
            geometry=geometry,
            precision_m=self._precisions[row],
            source=self._sources[row],
            locality=self._localities[row],
            aliases=self._aliases.get(row, ()),
            streets=self._streets.get(row, ()),
        )

    def rows_of(self, kinds: frozenset[EntryKind]) -> npt.NDArray[np.int64]:
        """The rows of the entries of ``kinds``, in order."""
        numbers = [_KIND_NUMBER[kind] for kind in kinds]
        return np.flatnonzero(np.isin(np.frombuffer(self._kinds, dtype=np.uint8), numbers))

    def kind_of(self, row: int) -> EntryKind:
        """The kind of one entry, without making it."""
        return KINDS[self._kinds[row]]

    def name_of(self, row: int) -> str:
        """The name of one entry, without making it."""
        return self._names[row]

    def points(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Points (n, 2) of the rows in EPSG:3006, metres; NaN where a position is not known."""
        xs = np.frombuffer(self._xs, dtype=np.float64)[rows]
        ys = np.frombuffer(self._ys, dtype=np.float64)[rows]
        return np.column_stack([xs, ys])
