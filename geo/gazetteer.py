"""The named places of an area: read from a CSV file, found by name, and found by nearness.

Names are found by key (``geo.swedish.key_of``) in hash tables - as written, in the form that inflected
words share, and with doubled letters written once - and only then by edit distance, among names of the
same first letter and about the same length.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA
from scipy.spatial import KDTree
from shapely.geometry import Point

from geo.crs import WGS84, to_3006
from geo.errors import CrsError, GeoError
from geo.model import NAMING_KINDS, EntryKind, GazetteerEntry, Point3006
from geo.swedish import digits_of, edits_allowed, fold, key_of, squeeze, stem

COLUMNS = ("name", "kind", "locality", "lat", "lon", "precision_m", "source")
"""Columns that a gazetteer file must have; ``id`` and ``aliases`` (separated by ``|``) may be there."""

LOCALITY_KINDS = frozenset({EntryKind.LOCALITY, EntryKind.VILLAGE})
_WITHOUT_POINT = frozenset({EntryKind.MUNICIPALITY, EntryKind.ROAD, EntryKind.OUTSIDE})
_STOP_KINDS = frozenset({EntryKind.BUS_STOP, EntryKind.STATION})
_ROAD = re.compile(r"(?:^|\b)(e ?\d{1,2}|\d{2,4})$")
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)")
_SIDES = {"norra", "sodra", "ostra", "vastra", "inre", "yttre", "ovre", "nedre", "nya", "gamla"}
_SHORT_SIDES = {"norra": "n", "sodra": "s", "ostra": "o", "vastra": "v"}
_LONG_SIDES = {"n": "norra", "s": "sodra", "o": "ostra", "v": "vastra"}
_MIN_SQUEEZED = 5
_MIN_FUZZY_ALIAS = 10
"""Shorter aliases are everyday words ("systemet", "bion") that others are one letter from."""
_MIN_FUZZY_OUTSIDE = 8
"""Nothing inside may be lost to a short name outside that looks like it."""
_CACHED = 8_192
_FAR_LETTER_MIN = 8
"""Names of this length and more may also be misspelt in their first letter."""


class How(StrEnum):
    """How a text's words agree with a name."""

    EXACT = "exact"
    ALIAS = "alias"
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


def point_of(entry: GazetteerEntry) -> Point3006 | None:
    """A point of the entry in EPSG:3006, or None where its position is not known."""
    if entry.geometry.is_empty:
        return None
    point = entry.geometry if isinstance(entry.geometry, Point) else entry.geometry.representative_point()
    return point.x, point.y


def road_of(name: str) -> str:
    """The number that a road's name or a stop's name ends in (``e4``, ``651``), or an empty string."""
    found = _ROAD.search(fold(name))
    return found.group(1).replace(" ", "") if found else ""


class _Spellings:
    """The keys of a table, found by edit distance."""

    def __init__(self, table: dict[str, list[Hit]]) -> None:
        self.table = table
        self._buckets: dict[tuple[str, int], list[str]] = {}
        self._lengths: dict[int, list[str]] = {}
        self._around: dict[int, list[str]] = {}
        for key in table:
            self._buckets.setdefault((key[0], len(key)), []).append(key)
            self._lengths.setdefault(len(key), []).append(key)

    def close(self, key: str, capital: bool) -> list[tuple[int, str, list[Hit]]]:
        """(edits, key, hits) of the keys within the edits that the shorter one's length allows."""
        allowed = edits_allowed(key, capital=capital)
        found: list[tuple[int, str, list[Hit]]] = []
        for query in sorted({key, squeeze(key)}) if allowed else ():
            lengths = range(len(query) - allowed, len(query) + allowed + 1)
            near = [each for length in lengths for each in self._buckets.get((query[0], length), ())]
            found += self._within(query, near, allowed)
        if allowed and not found and len(key) >= _FAR_LETTER_MIN:
            found = self._within(key, self._far(len(key)), 1)
        return [each for each in found if each[0] <= edits_allowed(each[1], capital=capital)]

    def _far(self, length: int) -> list[str]:
        """The keys whose length differs by one at most, whatever their first letter."""
        if length not in self._around:
            lengths = (length - 1, length, length + 1)
            self._around[length] = [key for each in lengths for key in self._lengths.get(each, ())]
        return self._around[length]

    def _within(self, query: str, choices: list[str], edits: int) -> list[tuple[int, str, list[Hit]]]:
        digits = digits_of(query)
        found = process.extract(query, choices, scorer=OSA.distance, score_cutoff=edits, limit=None)
        return [(int(count), name, self.table[name]) for name, count, _ in found if digits_of(name) == digits]


class Gazetteer:
    """An index over named places. Immutable; entries keep the order they were handed in."""

    def __init__(self, entries: Iterable[GazetteerEntry]) -> None:
        self.entries = tuple(entries)
        self.municipality = next(
            (entry.name for entry in self.entries if entry.kind is EntryKind.MUNICIPALITY), ""
        )
        localities = [entry for entry in self.entries if entry.kind is EntryKind.LOCALITY]
        own = [entry for entry in localities if fold(entry.name) == fold(self.municipality)]
        self.main_locality: GazetteerEntry | None = next(iter(own or localities), None)
        self._exact: dict[str, list[Hit]] = {}
        self._stems: dict[str, list[Hit]] = {}
        self._squeezed: dict[str, list[Hit]] = {}
        self._squeezed_stems: dict[str, list[Hit]] = {}
        self._by_kind: dict[EntryKind, list[GazetteerEntry]] = {}
        self._roads: dict[str, GazetteerEntry] = {}
        self._road_stops: dict[str, dict[str, GazetteerEntry]] = {}
        self._trees: dict[frozenset[EntryKind], tuple[KDTree, list[GazetteerEntry]] | None] = {}
        self.max_words = 1
        # The same few words stand in most texts.
        self._cached = lru_cache(maxsize=_CACHED)(self._named)
        for entry in self.entries:
            self._add(entry)
        self._as_written = _Spellings(self._squeezed | self._exact)
        self._inflected = _Spellings(self._squeezed_stems | self._stems)

    def _add(self, entry: GazetteerEntry) -> None:
        self._by_kind.setdefault(entry.kind, []).append(entry)
        number = road_of(entry.name)
        if entry.kind is EntryKind.ROAD and number:
            self._roads[number] = entry
        elif entry.kind in _STOP_KINDS and number:
            place = key_of(entry.name)[: -len(number)]
            self._road_stops.setdefault(number, {})[place] = entry
        exact = set(_written_forms(entry.name))
        for form in sorted(exact):
            self._index(form, Hit(entry, How.EXACT))
        aliases = {form for alias in entry.aliases for form in _written_forms(alias)}
        for form in sorted(aliases - exact):
            self._index(form, Hit(entry, How.ALIAS))

    def _index(self, form: str, hit: Hit) -> None:
        self.max_words = max(self.max_words, form.count(" ") + 1)
        key = form.replace(" ", "")
        if not key:
            return
        stemmed = stem(key)
        for table, place in (
            (self._exact, key),
            (self._stems, stemmed),
            (self._squeezed, squeeze(key)),
            (self._squeezed_stems, squeeze(stemmed)),
        ):
            hits = table.setdefault(place, [])
            if all(other.entry is not hit.entry for other in hits):
                hits.append(hit)

    def by_name(self, folded: str) -> tuple[GazetteerEntry, ...]:
        """Entries whose name or alias is ``folded`` (see ``geo.swedish.fold``), spaces not counted."""
        return tuple(hit.entry for hit in self._exact.get(folded.replace(" ", ""), ()))

    def named(self, key: str) -> tuple[Hit, ...]:
        """Entries named by ``key``: as written; else inflected; else but for doubled letters."""
        return self._cached(key)

    def _named(self, key: str) -> tuple[Hit, ...]:
        found = self._exact.get(key)
        if found is not None:
            return tuple(found)
        stemmed = stem(key)
        found = self._stems.get(stemmed)
        if found is not None:
            return tuple(found)
        if len(stemmed) < _MIN_SQUEEZED:
            return ()
        found = self._squeezed.get(squeeze(key)) or self._squeezed_stems.get(squeeze(stemmed)) or []
        return tuple(Hit(hit.entry, How.SPELLING) for hit in found)

    def misspelt(self, key: str, *, capital: bool) -> tuple[Hit, ...]:
        """Entries whose name is a few edits from ``key``, fewest first.

        ``capital``: it is written like a name (see ``geo.swedish.edits_allowed``). A letter doubled or not
        is no edit. Every hit with the fewest edits is returned, and those with one more: they may be meant.
        """
        stemmed = stem(key)
        found = self._as_written.close(key, capital)
        if stemmed != key:
            found += self._inflected.close(stemmed, capital)
        hits: dict[int, Hit] = {}
        for edits, name, named in sorted(found, key=lambda each: each[:2]):
            for hit in named:
                if _may_be_misspelt(hit, name, capital):
                    hits.setdefault(id(hit.entry), Hit(hit.entry, How.FUZZY, edits))
        fewest = min((hit.edits for hit in hits.values()), default=0)
        return tuple(hit for hit in hits.values() if hit.edits <= fewest + 1)

    def of_kinds(self, kinds: Iterable[EntryKind]) -> tuple[GazetteerEntry, ...]:
        """The entries of these kinds, in the order of the kinds."""
        return tuple(entry for kind in kinds for entry in self._by_kind.get(kind, ()))

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
        self, point: Point3006, kinds: frozenset[EntryKind] = NAMING_KINDS, limit: int = 1
    ) -> tuple[Near, ...]:
        """The ``limit`` entries of ``kinds`` nearest to ``point`` (EPSG:3006), nearest first, metres."""
        if kinds not in self._trees:
            placed = [(entry, point_of(entry)) for entry in self.entries if entry.kind in kinds]
            known = [(entry, spot) for entry, spot in placed if spot is not None]
            self._trees[kinds] = (
                (KDTree(np.array([spot for _, spot in known])), [entry for entry, _ in known])
                if known
                else None
            )
        tree = self._trees[kinds]
        if tree is None:
            return ()
        index, entries = tree
        count = min(limit, len(entries))
        distances, places = index.query([point], k=list(range(1, count + 1)))
        return tuple(
            Near(entries[int(place)], float(distance))
            for distance, place in zip(distances[0], places[0], strict=True)
        )


def _may_be_misspelt(hit: Hit, name: str, capital: bool) -> bool:
    if hit.entry.kind is EntryKind.OUTSIDE:
        return len(name) >= _MIN_FUZZY_OUTSIDE
    return hit.how is not How.ALIAS or capital or len(name) >= _MIN_FUZZY_ALIAS


def _written_forms(name: str) -> set[str]:
    """The folded ways to write a name: without brackets, with its side word first, last or short."""
    forms = {fold(name), fold(_IN_BRACKETS.sub("", name))}
    for form in tuple(forms):
        words = form.split()
        if len(words) < 2:
            continue
        words[0] = _LONG_SIDES.get(words[0], words[0])
        forms.add(" ".join(words))
        for side, rest in ((words[0], words[1:]), (words[-1], words[:-1])):
            if side in _SIDES:
                forms |= {" ".join([side, *rest]), " ".join([*rest, side])}
                if side in _SHORT_SIDES:
                    forms.add(" ".join([_SHORT_SIDES[side], *rest]))
    return forms - {""}


def load_gazetteer(path: Path, *, municipality: str = "") -> Gazetteer:
    """A gazetteer from a UTF-8 CSV file with the columns ``COLUMNS`` (WGS 84 degrees, metres).

    ``lat`` and ``lon`` are empty for a municipality, a road and a name outside. ``municipality`` is
    the name of the one that the gazetteer must be of; left empty, the file decides.

    Raises:
        GeoError: the file can't be read, a column is missing, a row has a value that can't be used, or
            the gazetteer is of another municipality. The message names the row and the column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise GeoError(
            "The gazetteer %(file)s can't be read. It must be a CSV file in UTF-8.",
            file=path.name,
            detail=str(error),
        ) from error
    reader = csv.DictReader(io.StringIO(text))
    for column in COLUMNS:
        if column not in (reader.fieldnames or ()):
            raise GeoError(
                "The gazetteer %(file)s has no column “%(column)s”.", file=path.name, column=column
            )
    entries: list[GazetteerEntry] = []
    seen: set[str] = set()
    for number, row in enumerate(reader, start=2):
        entry = _entry(path, number, {key: (value or "").strip() for key, value in row.items() if key})
        if entry.id in seen:
            raise _bad(path, number, "id", entry.id)
        seen.add(entry.id)
        entries.append(entry)
    found = next((entry.name for entry in entries if entry.kind is EntryKind.MUNICIPALITY), "")
    if municipality and fold(found) != fold(municipality):
        raise GeoError(
            "The gazetteer %(file)s is of “%(found)s”, not of “%(asked)s”.",
            file=path.name,
            found=found,
            asked=municipality,
        )
    return Gazetteer(entries)


def _bad(path: Path, row: int, column: str, value: str, detail: str = "") -> GeoError:
    return GeoError(
        "The gazetteer %(file)s, row %(row)s, column “%(column)s”: “%(value)s” can't be used.",
        file=path.name,
        row=row,
        column=column,
        value=value,
        detail=detail,
    )


def _entry(path: Path, number: int, row: dict[str, str]) -> GazetteerEntry:
    for column in ("name", "source"):
        if not row[column]:
            raise _bad(path, number, column, row[column])
    try:
        kind = EntryKind(row["kind"])
    except ValueError as error:
        raise _bad(path, number, "kind", row["kind"]) from error
    placeless = kind in _WITHOUT_POINT and not row["lat"] and not row["lon"]
    geometry = Point()
    precision = 0.0
    if not placeless:
        lat, lon, precision = (
            _number(path, number, column, row[column]) for column in ("lat", "lon", "precision_m")
        )
        if precision <= 0:
            raise _bad(path, number, "precision_m", row["precision_m"])
        try:
            geometry = Point(to_3006(lon, lat, WGS84))
        except CrsError as error:
            raise _bad(path, number, "lat", f"{row['lat']}, {row['lon']}", str(error)) from error
    return GazetteerEntry(
        id=row.get("id") or "-".join(filter(None, (kind, *fold(f"{row['name']} {row['locality']}").split()))),
        name=row["name"],
        kind=kind,
        geometry=geometry,
        precision_m=precision,
        source=row["source"],
        locality=row["locality"],
        aliases=tuple(alias.strip() for alias in row.get("aliases", "").split("|") if alias.strip()),
    )


def _number(path: Path, row: int, column: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise _bad(path, row, column, text) from error
    if not np.isfinite(value):
        raise _bad(path, row, column, text)
    return value
