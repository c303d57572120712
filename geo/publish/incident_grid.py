"""The incidents as staff may see them, exactly: columns in memory, made once for each state of the store and shared."""

import threading
from dataclasses import dataclass

from geo.analysis.incidents import (
    GROUPS,
    LEVELS,
    Bools,
    Choice,
    Columns,
    columns_of,
    fitting,
    inside,
    seen,
)
from geo.analysis.screen import Box, Cluster
from geo.errors import NotFound
from geo.model import MUNICIPALITY_LAYER, Level, Point3006
from geo.publish.layers import one_layer
from geo.store.engine import Store
from geo.store.incident_rows import IncidentWords, incident_words, number_rows

WAITED_FOR = 50_000
"""So many are read in a moment, and whoever asks waits for it. More are read anew beside what is known already."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The incidents that fit a choice: ``placed`` have a spot, the others are known to a locality or the municipality."""

    fits: Bools
    placed: int
    locality: int
    municipality: int

    @property
    def number(self) -> int:
        """All of them."""
        return self.placed + self.locality + self.municipality


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, the newest first; ``number`` is how long the list is."""

    words: tuple[IncidentWords, ...]
    number: int


@dataclass(frozen=True, slots=True)
class IncidentGrid:
    """The incidents at one revision of the store."""

    revision: int
    columns: Columns

    def choose(self, choice: Choice) -> Chosen:
        """Those that fit a choice."""
        fits = fitting(self.columns, choice)
        placed = int(fits[: self.columns.placed].sum())
        rest = self.columns.levels[self.columns.placed :][fits[self.columns.placed :]]
        only = int((rest == LEVELS.index(Level.MUNICIPALITY)).sum())
        return Chosen(fits, placed, len(rest) - only, only)

    def clusters(self, chosen: Chosen, box: Box, zoom: int) -> tuple[Cluster, ...]:
        """What a map shows of them in a box (WGS 84) at a zoom."""
        return seen(self.columns, chosen.fits, box, zoom)

    def page(self, store: Store, chosen: Chosen, first: int, most: int, box: Box | None = None) -> Page:
        """``most`` of them from the one numbered ``first`` (0) on, the newest first; with ``box`` only what lies in it."""
        fits = chosen.fits if box is None else inside(self.columns, chosen.fits, box)
        rows = self.columns.newest[fits[self.columns.newest]]
        ids = self.columns.ids[rows[first : first + most]].tolist()
        with store.read() as connection:
            return Page(incident_words(connection, ids), len(rows))


class IncidentGrids:
    """Keeps the newest grid of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._newest: IncidentGrid | None = None

    def newest(self) -> IncidentGrid:
        """The incidents as the store has them.

        Where there are more than ``WAITED_FOR``, somebody who asks just after a change is given those from before it,
        while they are read anew by another thread: seconds later everybody has the new ones.
        """
        kept = self._newest
        if kept is not None and kept.revision == self._store.revision():
            return kept
        if kept is None or len(kept.columns) <= WAITED_FOR:
            with self._lock:
                return self._read()
        if self._lock.acquire(blocking=False):
            threading.Thread(target=self._read_beside, name="incidents", daemon=True).start()
        return kept

    def _read_beside(self) -> None:
        try:
            self._read()
        finally:
            self._lock.release()

    def _read(self) -> IncidentGrid:
        """Reads them unless another has just done so. A write meanwhile is noticed by who asks next."""
        revision = self._store.revision()
        if self._newest is None or self._newest.revision != revision:
            with self._store.read() as connection:
                rows = number_rows(connection, GROUPS, LEVELS)
            self._newest = IncidentGrid(revision, columns_of(rows, _middle(self._store)))
        return self._newest


def _middle(store: Store) -> Point3006 | None:
    """The middle of the municipality, in EPSG:3006."""
    try:
        features = one_layer(store, MUNICIPALITY_LAYER).features
    except NotFound:
        return None
    return next(((one.geometry.centroid.x, one.geometry.centroid.y) for one in features), None)
