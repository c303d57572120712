"""Where people who walk to a station set out from: homes, schools, stops, and where cars are left."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geo.analysis.network import Floats
from geo.model import EntryKind, GazetteerEntry

if TYPE_CHECKING:
    from geo.area.package import AreaPackage


class OriginKind(StrEnum):
    """What people set out from."""

    ADDRESS = "address"
    BUILDING = "building"
    SCHOOL = "school"
    STOP = "stop"
    PARKING = "parking"
    DROP_OFF = "drop_off"


PEOPLE: Mapping[OriginKind, float] = {
    OriginKind.ADDRESS: 2.0,
    OriginKind.BUILDING: 2.0,
    OriginKind.SCHOOL: 0.0,
    OriginKind.STOP: 5.0,
    OriginKind.PARKING: 5.0,
    OriginKind.DROP_OFF: 5.0,
}
"""People who walk from each to one train and back on a day, where nothing better is known: an assumption, said so."""

_KINDS = {
    EntryKind.ADDRESS: OriginKind.ADDRESS,
    EntryKind.SCHOOL: OriginKind.SCHOOL,
    EntryKind.PRESCHOOL: OriginKind.SCHOOL,
    EntryKind.BUS_STOP: OriginKind.STOP,
    EntryKind.PARKING: OriginKind.PARKING,
}


@dataclass(frozen=True, slots=True)
class Origins:
    """Points in EPSG:3006, one entry for each; ``dwellings`` is nan where it is not known."""

    kind: NDArray[Any]
    name: NDArray[Any]
    points: Floats
    people: Floats
    dwellings: Floats

    def of(self, *kinds: OriginKind) -> NDArray[np.bool_]:
        """Which are of these kinds."""
        return np.isin(self.kind, [kind.value for kind in kinds])

    def with_people(self, people: Mapping[OriginKind, float]) -> "Origins":
        """The same with other numbers of people; a building with known dwellings has so many times as many."""
        each = np.array([people.get(OriginKind(kind), 0.0) for kind in self.kind], dtype=np.float64)
        homes = self.of(OriginKind.BUILDING) & (self.dwellings > 0)
        return Origins(
            self.kind, self.name, self.points, np.where(homes, each * self.dwellings, each), self.dwellings
        )

    def with_points(self, kind: OriginKind, points: Floats) -> "Origins":
        """The same and after them (m, 2) points in EPSG:3006 of a kind, without a name and with nobody there yet."""
        more = _made([(kind, "", (float(x), float(y)), np.nan) for x, y in points])
        return Origins(
            np.concatenate([self.kind, more.kind]),
            np.concatenate([self.name, more.name]),
            np.concatenate([self.points, more.points]),
            np.concatenate([self.people, more.people]),
            np.concatenate([self.dwellings, more.dwellings]),
        )


def origins_of_area(package: "AreaPackage", people: Mapping[OriginKind, float] = PEOPLE) -> Origins:
    """The origins of an area package. Where it has no address at all, its residential buildings stand for them.

    Raises:
        UnreadableInput: the package is broken.
    """
    rows = list(_rows(package.entries()))
    if not any(kind is OriginKind.ADDRESS for kind, *_ in rows):
        rows += _buildings(package)
    return _made(rows).with_people(people)


def origins_of(entries: Iterable[GazetteerEntry], people: Mapping[OriginKind, float] = PEOPLE) -> Origins:
    """The origins among named places."""
    return _made(list(_rows(entries))).with_people(people)


_Row = tuple[OriginKind, str, tuple[float, float], float]


def _made(rows: list[_Row]) -> Origins:
    return Origins(
        np.array([kind.value for kind, *_ in rows], object),
        np.array([name for _, name, *_ in rows], object),
        np.array([spot for _, _, spot, _ in rows], np.float64).reshape(-1, 2),
        np.zeros(len(rows)),
        np.array([dwellings for *_, dwellings in rows], np.float64),
    )


def _rows(entries: Iterable[GazetteerEntry]) -> Iterator[_Row]:
    for entry in entries:
        kind = _KINDS.get(entry.kind)
        if kind is not None and not entry.geometry.is_empty:
            middle = entry.geometry.centroid
            yield kind, entry.name, (middle.x, middle.y), np.nan


def _buildings(package: "AreaPackage") -> Iterator[_Row]:
    buildings = package.layer("buildings")
    homes = buildings[buildings["residential"] == "yes"]
    for name, shape, dwellings in zip(homes["name"], homes.geometry, homes["dwellings"], strict=True):
        middle = shape.centroid
        yield OriginKind.BUILDING, name or "", (middle.x, middle.y), float(dwellings or np.nan)
