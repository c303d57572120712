"""How many incidents there are in each area, for planners: the cells of releases, counted up to now."""

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.analysis.incidents import GROUPS, NO_DAY, Columns
from geo.model import CategoryGroup
from geo.privacy import Count, count
from geo.privacy.cells import Cells
from geo.publish.incident_grid import IncidentGrid
from geo.publish.incidents import cell_shapes
from geo.store.cells import CellSet, cell_sets
from geo.store.engine import Store

_EPOCH = 1970
"""The year that numpy counts years from."""


@dataclass(frozen=True, slots=True)
class CountedArea:
    """One area: ``number`` numbers it among those nearest to the locality ``name``; ``shape`` is in EPSG:3006."""

    key: str
    name: str
    number: int
    homes: int
    shape: BaseGeometry
    count: Count


@dataclass(frozen=True, slots=True)
class AreaCounts:
    """The incidents with a spot, by area and choice.

    ``table`` is (areas + 1, groups, years + 1): the last area is outside all of them, the last year not known.
    ``years`` are all from the first to the last in which something happened.
    """

    cells: CellSet
    shapes: tuple[BaseGeometry, ...]
    years: tuple[int, ...]
    table: NDArray[np.int64]

    @property
    def least(self) -> int:
        """The fewest homes that an area was made with."""
        return int(self.cells.cells.homes.min())

    def areas(self, group: CategoryGroup | None, year: int | None) -> tuple[CountedArea, ...]:
        """Each area with its count, by name and number. ``year`` is one of ``years``; None asks for all."""
        numbers = self._numbers(group, year)[:-1].tolist()
        found = [
            CountedArea(key, name, at, homes, shape, count(number))
            for key, (name, at), homes, shape, number in zip(
                self.cells.ids(),
                self.cells.names,
                self.cells.cells.homes.tolist(),
                self.shapes,
                numbers,
                strict=True,
            )
        ]
        return tuple(sorted(found, key=lambda area: (area.name, area.number)))

    def outside(self, group: CategoryGroup | None, year: int | None) -> Count:
        """How many lie outside all areas."""
        return count(int(self._numbers(group, year)[-1]))

    def total(self, group: CategoryGroup | None, year: int | None) -> int:
        """How many a choice holds, for the audit: the page doesn't tell it, for a small number could be had by subtraction."""
        return int(self._numbers(group, year).sum())

    def _numbers(self, group: CategoryGroup | None, year: int | None) -> NDArray[np.int64]:
        """(areas + 1,) how many of a choice there are in each."""
        groups = self.table if group is None else self.table[:, [GROUPS.index(group)]]
        years = groups if year is None else groups[:, :, [self.years.index(year)]]
        numbers: NDArray[np.int64] = years.sum(axis=(1, 2))
        return numbers


class AreaCounter:
    """Keeps the newest counts of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._newest: tuple[IncidentGrid, int, AreaCounts] | None = None

    def counts(self, grid: IncidentGrid) -> AreaCounts | None:
        """The incidents of a grid by the newest areas; None where no release has made any."""
        revision = self._store.revision()
        with self._lock:
            kept = self._newest
            if kept is not None and kept[0] is grid and kept[1] == revision:
                return kept[2]
            with self._store.read() as connection:
                sets = cell_sets(connection)
            if not sets:
                return None
            cells = sets[-1]
            years, table = _counted(grid.columns, cells.cells)
            made = AreaCounts(cells, cell_shapes(self._store, cells), years, table)
            self._newest = (grid, revision, made)
            return made


def _counted(columns: Columns, cells: Cells) -> tuple[tuple[int, ...], NDArray[np.int64]]:
    """The years and the table of ``AreaCounts``."""
    days = columns.days[: columns.placed]
    known = days != NO_DAY
    of = np.where(known, days, 0).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + _EPOCH
    years = tuple(range(int(of[known].min()), int(of[known].max()) + 1)) if known.any() else ()
    areas = len(cells.boxes)
    at = cells.locate(columns.points)
    where = np.where(at < 0, areas, at)
    when = np.where(known, of - (years[0] if years else 0), len(years))
    shape = (areas + 1, len(GROUPS), len(years) + 1)
    flat = np.ravel_multi_index((where, columns.groups[: columns.placed].astype(np.int64), when), shape)
    return years, np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)
