"""Incidents as residents may see them: counts by area and year, as they were released; never a point."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import NotFound
from geo.model import MUNICIPALITY_LAYER, POLICE_FEED, CategoryGroup
from geo.privacy import PUBLIC_GROUPS, Count
from geo.privacy.statements import Key, Release, Said, Scope, Statement
from geo.publish.layers import one_layer
from geo.store.cells import CellSet, cell_sets
from geo.store.engine import Store
from geo.store.releases import Head, heads, said_in

_STEP_M = 1000.0
"""An edge gets a corner this often, metres: straight in EPSG:3006 is bent in degrees."""

_NONE = Count(0)


@dataclass(frozen=True, slots=True)
class AreaIncidents:
    """What is told of one locality or one area: over all ``years`` together, and of each of them.

    ``number`` numbers an area among those nearest to the locality ``name``; 0: the locality itself. ``shape`` is the
    area in EPSG:3006, and ``homes`` the residential addresses it was made with. ``key`` stays the same from release
    to release.
    """

    key: str
    name: str
    number: int
    years: tuple[int, ...]
    whole: Count
    by_year: tuple[Count, ...]
    shape: BaseGeometry | None = None
    homes: int = 0


@dataclass(frozen=True, slots=True)
class PublicIncidents:
    """What the newest release says.

    ``release`` is its number and ``through`` the quarter it reaches to (``2026Q3``), both empty before the first.
    ``table[group][i]`` is the count of ``years[i]`` in the whole municipality. ``controls[i]`` is the number of traffic
    controls told of in ``years[i]``: work, not incidents. ``taken_back`` tells that the newest release took one back,
    and ``news`` that all of it comes from the police's public feed.
    """

    release: int
    at: datetime | None
    through: str
    years: tuple[int, ...]
    table: dict[CategoryGroup, tuple[Count, ...]]
    localities: tuple[AreaIncidents, ...]
    areas: tuple[AreaIncidents, ...]
    controls: tuple[int, ...]
    taken_back: bool
    news: bool


NOTHING = PublicIncidents(0, None, "", (), {}, (), (), (), taken_back=False, news=True)
"""Before the first release."""


def incidents(store: Store) -> PublicIncidents:
    """What the newest release says; nothing before the first.

    The cost doesn't grow with the store.
    """
    found = newest(store)
    return as_read(store, *found) if found else NOTHING


def newest(store: Store) -> tuple[Head, Release, CellSet | None] | None:
    """The newest release, what it says and its areas, all of one moment; None before the first."""
    with store.read() as connection:
        made = heads(connection)
        if not made:
            return None
        said = said_in(connection, made[-1])
        drawn = next((one for one in cell_sets(connection) if one.cells.version == made[-1].cells), None)
    return made[-1], said, drawn


def release_log(store: Store) -> tuple[Head, ...]:
    """All releases without what they say, the first one first."""
    with store.read() as connection:
        return heads(connection)


def as_read(store: Store, head: Head, release: Release, cells: CellSet | None) -> PublicIncidents:
    """A release as the public reads it; its areas end at the municipality's boundary, if the store has one."""
    counts = {item.key: as_count(item) for item in release.statements}
    municipal = [key for key in counts if key.scope is Scope.MUNICIPALITY]
    # A year with traffic controls alone stands in no statement: nothing happened in it.
    years = tuple(sorted({key.year for key in municipal} | set(head.controls)))
    groups = {key.group for key in municipal}
    return PublicIncidents(
        release=head.number,
        at=head.at,
        through=str(head.through),
        years=years,
        table={
            group: tuple(counts.get(Key(Scope.MUNICIPALITY, "", year, group.value), _NONE) for year in years)
            for group in PUBLIC_GROUPS
            if group.value in groups
        },
        localities=tuple(
            AreaIncidents(name, name, 0, years, *_course(counts, Scope.LOCALITY, name, years))
            for name in sorted(key.area for key in counts if key.scope is Scope.LOCALITY and not key.year)
        ),
        areas=() if cells is None else tuple(_areas(counts, cells, years, cell_shapes(store, cells))),
        controls=tuple(head.controls.get(year, 0) for year in years),
        taken_back=head.takes_back is not None,
        news=set(head.sources) <= {POLICE_FEED},
    )


def cell_shapes(store: Store, cells: CellSet) -> tuple[BaseGeometry, ...]:
    """The cells in EPSG:3006, in their order: they end at the municipality's boundary, if the store has one."""
    boundary, found = _boundary(store), []
    for corners in cells.cells.boxes.tolist():
        whole = shapely.segmentize(shapely.box(*corners), _STEP_M)
        within = whole if boundary is None else whole.intersection(boundary)
        found.append(whole if within.is_empty else within)
    return tuple(found)


def _areas(
    counts: dict[Key, Count], cells: CellSet, years: tuple[int, ...], shapes: Iterable[BaseGeometry]
) -> Iterable[AreaIncidents]:
    since = tuple(year for year in years if year >= cells.since)
    for key, (name, number), shape, homes in zip(
        cells.ids(), cells.names, shapes, cells.cells.homes.tolist(), strict=True
    ):
        if Key(Scope.CELL, key, 0, "") in counts:
            course = _course(counts, Scope.CELL, key, since)
            yield AreaIncidents(key, name, number, since, *course, shape, homes)


def _boundary(store: Store) -> BaseGeometry | None:
    try:
        features = one_layer(store, MUNICIPALITY_LAYER).features
    except NotFound:
        return None
    return features[0].geometry if features else None


def _course(
    counts: dict[Key, Count], scope: Scope, area: str, years: tuple[int, ...]
) -> tuple[Count, tuple[Count, ...]]:
    return counts[Key(scope, area, 0, "")], tuple(
        counts.get(Key(scope, area, year, ""), _NONE) for year in years
    )


def as_count(item: Statement) -> Count:
    """A statement as the public may see its number."""
    return Count(item.value, hidden=item.said is Said.HIDDEN)
