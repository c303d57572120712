"""The incidents as staff may see them, exactly: columns in memory, made once for each state of the store and shared."""

import threading
from dataclasses import dataclass, field

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
    within,
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
class Squares:
    """Squares of the deepest zoom, as clusters name them: what one symbol there stands for."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IncidentGrid:
    """The incidents at one revision of the store. ``everything`` is what no filter gives, kept ready."""

    revision: int
    columns: Columns
    everything: Chosen
    _opening: dict[tuple[Box, int], tuple[Cluster, ...]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, revision: int, columns: Columns) -> "IncidentGrid":
        """The grid of some columns."""
        return cls(revision, columns, _choose(columns, Choice()))

    def choose(self, choice: Choice) -> Chosen:
        """Those that fit a choice."""
        return self.everything if choice == Choice() else _choose(self.columns, choice)

    def opening(self, box: Box, zoom: int) -> tuple[Cluster, ...]:
        """What a map shows of everything where it opens: made once, so ask only for the few boxes that maps open with."""
        key = (box, zoom)
        if key not in self._opening:
            self._opening[key] = self.clusters(self.everything, box, zoom)
        return self._opening[key]

    def clusters(self, chosen: Chosen, box: Box, zoom: int) -> tuple[Cluster, ...]:
        """What a map shows of them in a box (WGS 84) at a zoom."""
        return seen(self.columns, chosen.fits, box, zoom)

    def page(
        self, store: Store, chosen: Chosen, first: int, most: int, where: Box | Squares | None = None
    ) -> Page:
        """``most`` of them from the one numbered ``first`` (0) on, the newest first; ``where``: only what lies there."""
        fits = chosen.fits
        if isinstance(where, Squares):
            fits = within(self.columns, fits, where.numbers)
        elif where is not None:
            fits = inside(self.columns, fits, where)
        rows = self.columns.newest[fits[self.columns.newest]]
        ids = self.columns.ids[rows[first : first + most]].tolist()
        with store.read() as connection:
            return Page(incident_words(connection, ids), len(rows))


def _choose(columns: Columns, choice: Choice) -> Chosen:
    fits = fitting(columns, choice)
    placed = int(fits[: columns.placed].sum())
    rest = columns.levels[columns.placed :][fits[columns.placed :]]
    only = int((rest == LEVELS.index(Level.MUNICIPALITY)).sum())
    return Chosen(fits, placed, len(rest) - only, only)


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
            self._newest = IncidentGrid.of(revision, columns_of(rows, _middle(self._store)))
        return self._newest


def _middle(store: Store) -> Point3006 | None:
    """The middle of the municipality, in EPSG:3006."""
    try:
        features = one_layer(store, MUNICIPALITY_LAYER).features
    except NotFound:
        return None
    return next(((one.geometry.centroid.x, one.geometry.centroid.y) for one in features), None)
