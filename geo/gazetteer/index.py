"""An index over named places: by key in hash tables, by edit distance, by street, by kind, by nearness."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from shapely.geometry import Point

from geo.gazetteer.entries import Entries, point_of
from geo.gazetteer.forms import road_of, written_forms
from geo.gazetteer.hashes import RowTable
from geo.gazetteer.kinds import WORDS_OF_KIND, without_kind_word
from geo.gazetteer.spelling import Spellings
from geo.model import NAMING_KINDS, EntryKind, GazetteerEntry, Point3006
from geo.swedish import edits_allowed, fold, key_of, squeeze, stem

if TYPE_CHECKING:
    from scipy.spatial import KDTree

LOCALITY_KINDS = frozenset({EntryKind.LOCALITY, EntryKind.VILLAGE})
_STOP_KINDS = frozenset({EntryKind.BUS_STOP, EntryKind.STATION})
_BY_STREET = frozenset({EntryKind.CROSSING, EntryKind.ADDRESS})
"""Found by their streets: their names are too many to be compared with every word."""
_MIN_SQUEEZED = 5
_MIN_FUZZY_ALIAS = 10
"""Shorter aliases are everyday words ("systemet", "bion") that others are one letter from."""
_MIN_FUZZY_OUTSIDE = 8
"""Nothing inside may be lost to a short name outside that looks like it."""
_MIN_KINDED = 3
_MIN_PART = 7
"""Shorter words are part of many names."""
_CACHED = 8_192
_STEP = 20_000

Progress = Callable[[str, int, int], None]


class How(StrEnum):
    """How a text's words agree with a name."""

    EXACT = "exact"
    ALIAS = "alias"
    KINDED = "kinded"
    """But for the word that says what kind of thing it is: "Hotell Svea" for Svea."""
    PART = "part"
    """One telling word of a longer name: "Nationalteatern" for Finlands nationalteater."""
    SPELLING = "spelling"
    """But for doubled letters."""
    FUZZY = "fuzzy"


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that some words may name. ``edits`` is the distance in letters, 0 but for fuzzy hits."""

    entry: GazetteerEntry
    how: How
    edits: int = 0


@dataclass(frozen=True, slots=True)
class Near:
    """An entry and how far it is, metres, from its point."""

    entry: GazetteerEntry
    distance_m: float


class Gazetteer:
    """An index over named places. Immutable; entries keep the order they were handed in.

    Args:
        entries: named places; they are read once and kept in columns.
        progress: told the name of the stage, how many entries are indexed, and 0 (the total is not known).
    """

    def __init__(self, entries: Iterable[GazetteerEntry], progress: Progress | None = None) -> None:
        self.entries = Entries()
        self._names = RowTable()
        """Key → row; a row doubled is an entry's own name, a row doubled and one more an alias."""
        self._stems = RowTable()
        self._squeezed = RowTable()
        self._kinded = RowTable()
        self._by_streets = RowTable()
        self._parts = RowTable()
        self._spellings = Spellings()
        self._roads: dict[str, GazetteerEntry] = {}
        self._road_stops: dict[str, dict[str, GazetteerEntry]] = {}
        self._trees: dict[frozenset[EntryKind], tuple[KDTree, list[int]] | None] = {}
        self.municipality = ""
        self.max_words = 1
        localities: list[GazetteerEntry] = []
        for number, entry in enumerate(entries, 1):
            self._add(entry)
            if entry.kind is EntryKind.MUNICIPALITY and not self.municipality:
                self.municipality = entry.name
            elif entry.kind is EntryKind.LOCALITY:
                localities.append(entry)
            if progress is not None and number % _STEP == 0:
                progress("indexing", number, 0)
        own = [entry for entry in localities if fold(entry.name) == fold(self.municipality)]
        self.main_locality: GazetteerEntry | None = next(iter(own or localities), None)
        for table in (
            self.entries,
            self._names,
            self._stems,
            self._squeezed,
            self._kinded,
            self._by_streets,
            self._parts,
            self._spellings,
        ):
            table.close()
        # The same few words stand in most texts.
        self._cached = lru_cache(maxsize=_CACHED)(self._named)
        self._cached_misspelt = lru_cache(maxsize=_CACHED)(self._misspelt)

    def _add(self, entry: GazetteerEntry) -> None:
        row = self.entries.append(entry)
        for street in entry.streets if entry.kind is EntryKind.ADDRESS else ():
            self._by_streets.add(key_of(street), row)
        if entry.kind is EntryKind.CROSSING and len(entry.streets) == 2:
            self._by_streets.add("/".join(sorted(map(key_of, entry.streets))), row)
        if not entry.name:
            return
        number = road_of(entry.name) if entry.kind in _STOP_KINDS or entry.kind is EntryKind.ROAD else ""
        if entry.kind is EntryKind.ROAD and number:
            self._roads[number] = entry
        elif number:
            self._road_stops.setdefault(number, {})[key_of(entry.name)[: -len(number)]] = entry
        exact = written_forms(entry.name)
        for form in sorted(exact):
            self._index(form, row, entry, alias=False)
        if entry.aliases:
            for form in sorted({form for alias in entry.aliases for form in written_forms(alias)} - exact):
                self._index(form, row, entry, alias=True)

    def _index(self, form: str, row: int, entry: GazetteerEntry, *, alias: bool) -> None:
        kind = entry.kind
        by_street = bool(entry.streets) and kind in _BY_STREET
        words = form.split()
        self.max_words = max(self.max_words, len(words))
        key = "".join(words)
        stemmed = stem(key)
        marked = 2 * row + alias
        self._names.add(key, marked)
        if stemmed != key:
            self._stems.add(stemmed, marked)
        if WORDS_OF_KIND[kind]:
            rest = without_kind_word(tuple(words), kind)
            if len(rest) >= _MIN_KINDED:
                self._kinded.add(f"{rest}#{kind.value}", marked)
        if not by_street and not alias:
            for word in words if len(words) > 1 else ():
                if len(word) >= _MIN_PART:
                    self._parts.add(stem(word), marked)
        if not by_street:
            squeezed = squeeze(key)
            self._spellings.add(key, squeezed)
            if squeezed != key:
                self._squeezed.add(squeezed, marked)

    def _hits(self, marked: list[int], how: How | None = None, edits: int = 0) -> tuple[Hit, ...]:
        """Each entry once; as its own name where it is both name and alias."""
        best: dict[int, bool] = {}
        for mark in marked:
            row, alias = mark >> 1, bool(mark & 1)
            best[row] = best.get(row, True) and alias
        return tuple(
            Hit(self.entries[row], how or (How.ALIAS if alias else How.EXACT), edits)
            for row, alias in best.items()
        )

    def by_name(self, folded: str) -> tuple[GazetteerEntry, ...]:
        """Entries whose name or alias is ``folded`` (see ``geo.swedish.fold``), spaces not counted."""
        return tuple(hit.entry for hit in self._hits(self._names.get(folded.replace(" ", ""))))

    def named(self, key: str) -> tuple[Hit, ...]:
        """Entries named by ``key``: as written; else inflected; else but for doubled letters."""
        return self._cached(key)

    def _named(self, key: str) -> tuple[Hit, ...]:
        if not key:
            return ()
        found = self._names.get(key)
        if found:
            return self._hits(found)
        stemmed = stem(key)
        found = self._stemmed(stemmed)
        if found:
            return self._hits(found)
        if len(stemmed) < _MIN_SQUEEZED:
            return ()
        return self._hits(self._but_for_doubled(key, stemmed), How.SPELLING)

    def _stemmed(self, stemmed: str) -> list[int]:
        return self._names.get(stemmed) + self._stems.get(stemmed)

    def _but_for_doubled(self, key: str, stemmed: str) -> list[int]:
        """Marks of what has the key's letters, doubled or not; its definite and genitive forms too.

        ``stemmed`` is the key's own stem, which names nothing as it stands.
        """
        for form in dict.fromkeys((squeeze(key), squeeze(key.removesuffix("s")), squeeze(stemmed))):
            found = ([] if form == stemmed else self._stemmed(form)) + self._squeezed.get(form)
            if found:
                return found
        return []

    def kinded(self, key: str, kinds: Iterable[EntryKind]) -> tuple[Hit, ...]:
        """Entries of ``kinds`` whose name without the word for its kind is ``key``."""
        key = key[:-1] if len(key) > 3 and key.endswith("s") and not key.endswith("ss") else key
        if len(key) < _MIN_KINDED:
            return ()
        found = [mark for kind in kinds for mark in self._kinded.get(f"{key}#{kind.value}")]
        return self._hits(found, How.KINDED)

    def partly_named(self, key: str) -> tuple[Hit, ...]:
        """Entries of whose longer names ``key`` is one word, in any of its forms."""
        return self._hits(self._parts.get(stem(key)), How.PART) if len(key) >= _MIN_PART else ()

    def misspelt(self, key: str, *, capital: bool) -> tuple[Hit, ...]:
        """Entries whose name is a few edits from ``key``, fewest first.

        ``capital``: it is written like a name (see ``geo.swedish.edits_allowed``). A letter doubled or not
        is no edit.
        """
        return self._cached_misspelt(key, capital)

    def _misspelt(self, key: str, capital: bool) -> tuple[Hit, ...]:
        allowed = edits_allowed(key, capital=capital)
        if not allowed:
            return ()
        found = self._spellings.close_to(key, allowed)
        if key.endswith("s"):
            # The genitive may be nearer without its s: "tundolsskolans".
            found += self._spellings.close_to(key[:-1], edits_allowed(key[:-1], capital=capital))
        hits: dict[str, Hit] = {}
        for edits, name in sorted(found):
            if edits > edits_allowed(name, capital=capital):
                continue
            for hit in self._hits(self._names.get(name) + self._squeezed.get(name)):
                if _may_be_misspelt(hit, name, capital):
                    hits.setdefault(hit.entry.id, Hit(hit.entry, How.FUZZY, edits))
        fewest = min((hit.edits for hit in hits.values()), default=0)
        return tuple(hit for hit in hits.values() if hit.edits <= fewest + 1)

    def of_kinds(self, kinds: Iterable[EntryKind]) -> tuple[GazetteerEntry, ...]:
        """The entries of these kinds, in the order of the kinds."""
        return tuple(
            self.entries[int(row)] for kind in kinds for row in self.entries.rows_of(frozenset({kind}))
        )

    def count(self, kinds: Iterable[EntryKind]) -> int:
        """How many entries are of these kinds."""
        return len(self.entries.rows_of(frozenset(kinds)))

    def addresses(self, street: str) -> tuple[GazetteerEntry, ...]:
        """The addresses on a street of this name, in every locality."""
        return tuple(self.entries[row] for row in self._by_streets.get(key_of(street)))

    def crossings(self, first: str, second: str) -> tuple[GazetteerEntry, ...]:
        """The places where streets of these two names meet."""
        return tuple(
            self.entries[row]
            for row in self._by_streets.get("/".join(sorted((key_of(first), key_of(second)))))
        )

    def road(self, number: str) -> GazetteerEntry | None:
        """The road of a number such as ``e4`` or ``651``."""
        return self._roads.get(number)

    def road_stop(self, number: str, locality: str) -> GazetteerEntry | None:
        """The stop by a road at a locality, named "<locality> <road>": the best anchor of the two."""
        return self._road_stops.get(number, {}).get(key_of(locality))

    def road_stops(self, number: str) -> tuple[GazetteerEntry, ...]:
        """Every stop that is named after the road."""
        return tuple(self._road_stops.get(number, {}).values())

    def nearest(
        self,
        point: Point3006,
        kinds: frozenset[EntryKind] = NAMING_KINDS,
        limit: int = 1,
        *,
        unnamed: bool = False,
    ) -> tuple[Near, ...]:
        """The ``limit`` entries of ``kinds`` nearest to ``point`` (EPSG:3006), nearest first, metres.

        Distances are to the entry's geometry, among those whose points are nearest. ``unnamed``: also
        what has no name of its own.
        """
        key = kinds | ({EntryKind.OUTSIDE} if unnamed else frozenset())
        if key not in self._trees:
            self._trees[key] = self._tree(kinds, unnamed=unnamed)
        tree = self._trees[key]
        if tree is None:
            return ()
        index, rows = tree
        here = Point(point)
        # A long thing's point may be far though the thing itself is near: some more are looked at.
        count = min(limit + _MORE, len(rows))
        _, places = index.query([point], k=list(range(1, count + 1)))
        found = [self.entries[rows[int(place)]] for place in places[0]]
        near = [Near(entry, float(entry.geometry.distance(here))) for entry in found]
        return tuple(sorted(near, key=lambda each: each.distance_m)[:limit])

    def locality_near(self, point: Point3006) -> str:
        """The name of the locality or village nearest to ``point`` (EPSG:3006); empty where there is none."""
        near = self.nearest(point, LOCALITY_KINDS & self.kinds)
        return near[0].entry.name if near else ""

    def _tree(self, kinds: frozenset[EntryKind], *, unnamed: bool) -> "tuple[KDTree, list[int]] | None":
        # Loaded here: a start of the server needs none of it, and it takes long.
        from scipy.spatial import KDTree

        rows = self.entries.rows_of(kinds)
        points = self.entries.points(rows)
        kept = [
            place
            for place, row in enumerate(rows.tolist())
            if (unnamed or self.entries.name_of(row)) and not np.isnan(points[place, 0])
        ]
        return (KDTree(points[kept]), rows[kept].tolist()) if kept else None

    @cached_property
    def kinds(self) -> frozenset[EntryKind]:
        """The kinds that have any entry."""
        return frozenset(kind for kind in EntryKind if len(self.entries.rows_of(frozenset({kind}))))


_MORE = 12


def _may_be_misspelt(hit: Hit, name: str, capital: bool) -> bool:
    if hit.entry.kind is EntryKind.OUTSIDE:
        return len(name) >= _MIN_FUZZY_OUTSIDE
    return hit.how is not How.ALIAS or capital or len(name) >= _MIN_FUZZY_ALIAS


__all__ = ["LOCALITY_KINDS", "Gazetteer", "Hit", "How", "Near", "point_of"]
