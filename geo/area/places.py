"""Places, addresses and localities of an extract as gazetteer entries."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import shapely
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo.area.localities import deepest_within, localities_of
from geo.area.network import pieces
from geo.area.osm import Thing
from geo.area.tags import UNNAMED, aliases_of, clean, kind_of, name_of
from geo.model import EntryKind, GazetteerEntry
from geo.swedish import fold, key_of

SAME_M = 80.0
"""Things of one kind and name that lie nearer each other than this are one: a stop has two sides."""
_REACH = {"city": 6000.0, "town": 3000.0, "village": 1200.0, "hamlet": 500.0, "isolated_dwelling": 250.0,
          "farm": 250.0, "suburb": 800.0, "quarter": 500.0, "neighbourhood": 400.0}  # fmt: skip
"""How far from its point a place reaches, metres, where only a point is known."""
_NOT_PLACES = frozenset(
    {"route", "boundary", "level_crossing", "switch", "signal", "milestone", "atm", "vending_machine"}
)
_LINES = (LineString, MultiLineString)
_AREAS = (Polygon, MultiPolygon)
_NUMBERS = re.compile(r"\d+[a-zåäö]?", re.IGNORECASE)
_LEAST_M = 15.0
_KINDS_OF_LINE = frozenset({EntryKind.WATER, EntryKind.OTHER})


def place_entries(things: Sequence[Thing], named_streets: set[str]) -> Iterator[GazetteerEntry]:
    """Entries of what has a name, or is of a kind that needs none, without their localities.

    ``named_streets``: keys of the streets' names; a line of that name is the street, not another thing.
    """
    groups: dict[tuple[EntryKind, str], list[tuple[Thing, tuple[str, ...]]]] = defaultdict(list)
    for thing in things:
        kind = _kind(thing)
        if kind is None:
            continue
        name = name_of(thing.tags)
        if not name and kind not in UNNAMED:
            continue
        if name and isinstance(thing.geometry, _LINES) and key_of(name) in named_streets:
            continue
        groups[kind, name].append((thing, aliases_of(thing.tags, kind)))
    for (kind, name), found in groups.items():
        yield from _entries(kind, name, found)


def _kind(thing: Thing) -> EntryKind | None:
    tags = thing.tags
    if (
        not _NOT_PLACES.isdisjoint((*tags, tags.get("railway", ""), tags.get("amenity", "")))
        and "place" not in tags
    ):
        return None
    highway = tags.get("highway", "")
    if highway == "motorway_junction" or tags.get("junction") in ("roundabout", "yes"):
        return EntryKind.CROSSING if tags.get("name") else None
    if highway == "pedestrian" and isinstance(thing.geometry, _AREAS):
        return EntryKind.SQUARE
    if highway and isinstance(thing.geometry, _LINES):
        return None
    if tags.get("railway") == "subway_entrance":
        return EntryKind.OTHER
    if tags.get("man_made") == "bridge":
        return EntryKind.BRIDGE
    kind = kind_of(tags)
    if isinstance(thing.geometry, _LINES) and kind not in _KINDS_OF_LINE:
        return None
    return None if tags.get("railway") and isinstance(thing.geometry, _LINES) else kind


def _entries(
    kind: EntryKind, name: str, found: list[tuple[Thing, tuple[str, ...]]]
) -> Iterator[GazetteerEntry]:
    shapes = [thing.geometry for thing, _ in found]
    groups = _together(shapes) if name else [[at] for at in range(len(found))]
    for members in groups:
        things = [found[at][0] for at in members]
        # An area says more than a point in it.
        main = max(
            things, key=lambda thing: (isinstance(thing.geometry, _AREAS), thing.geometry.area, thing.ref)
        )
        geometry = main.geometry
        if len(things) > 1 and isinstance(geometry, Point):
            geometry = shapely.MultiPoint([thing.geometry.centroid for thing in things]).centroid
        spread = max(geometry.distance(thing.geometry) for thing in things)
        reach = _REACH.get(main.tags.get("place", ""), 0.0)
        yield GazetteerEntry(
            id=main.ref,
            name=name,
            kind=kind,
            geometry=geometry,
            precision_m=max(_LEAST_M, round(spread, 1), reach if isinstance(geometry, Point) else 0.0),
            source=f"OpenStreetMap {main.ref}",
            aliases=tuple(dict.fromkeys(alias for at in members for alias in found[at][1])),
        )


def _together(shapes: list[BaseGeometry]) -> list[list[int]]:
    if len(shapes) == 1:
        return [[0]]
    left = set(range(len(shapes)))
    groups: list[list[int]] = []
    for piece in pieces(shapes, SAME_M):
        members = [at for at in sorted(left) if shapes[at].distance(piece) == 0]
        left -= set(members)
        if members:
            groups.append(members)
    return groups + [[at] for at in sorted(left)]


def address_entries(things: Iterable[Thing], swedish: dict[str, str]) -> Iterator[GazetteerEntry]:
    """One entry for each street and number. ``swedish``: folded street name → the name in Swedish."""
    seen: dict[tuple[str, str], Thing] = {}
    for thing in sorted(things, key=lambda each: ("name" in each.tags, each.ref)):
        numbers = thing.tags.get("addr:housenumber", "")
        street = thing.tags.get("addr:street:sv") or thing.tags.get("addr:street", "")
        if not numbers or not street:
            continue
        for number in _NUMBERS.findall(numbers)[:4]:
            seen.setdefault((clean(street), number.upper()), thing)
    for (street, number), thing in seen.items():
        name = swedish.get(fold(street), street)
        point = thing.geometry if isinstance(thing.geometry, Point) else thing.geometry.representative_point()
        yield GazetteerEntry(
            id=f"address/{thing.ref}/{number}",
            name=f"{name} {number}",
            kind=EntryKind.ADDRESS,
            geometry=point,
            precision_m=_LEAST_M,
            source=f"OpenStreetMap {thing.ref}",
            aliases=(f"{street} {number}",) if street != name else (),
            streets=(name,),
        )


def with_localities(entries: Iterable[GazetteerEntry], default: str) -> Iterator[GazetteerEntry]:
    """The entries with the locality each lies in: the place whose reach it is deepest within.

    ``default`` names the area, for an extract without any city, town, village or hamlet.
    """
    kept = list(entries)
    places = localities_of(kept)
    if not places:
        yield from (replace(each, locality=default) for each in kept)
        return
    middles = shapely.get_coordinates([each.geometry.centroid for each in kept if _lies_in_one(each)])
    found = iter(deepest_within(places, middles))
    for each in kept:
        yield replace(each, locality=places[next(found)].name) if _lies_in_one(each) else each


def _lies_in_one(entry: GazetteerEntry) -> bool:
    """Whether an entry has a locality that it lies in: not what is one, or holds them."""
    of_its_own = (EntryKind.LOCALITY, EntryKind.VILLAGE, EntryKind.MUNICIPALITY)
    return entry.kind not in of_its_own and not entry.geometry.is_empty
