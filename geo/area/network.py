"""The street network of an extract: routing edges as a layer, and streets, roads, crossings, tunnels as entries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from geo.area.tags import aliases_of, clean, is_path, is_street, lit, name_of, walkable, yes
from geo.crs import SWEREF99TM
from geo.model import EntryKind, GazetteerEntry
from geo.swedish import key_of

PIECES_M = 300.0
"""Pieces of a street nearer than this are one street; farther apart they are two of one name."""
ONE_CROSSING_M = 60.0
ONE_TUNNEL_M = 8.0
_LEAST_M = 15.0


@dataclass(slots=True)
class _Way:
    """The edges of one name: their geometries, and what else the name is."""

    aliases: set[str] = field(default_factory=set)
    streets: list[BaseGeometry] = field(default_factory=list)
    paths: list[BaseGeometry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Edge:
    """One routing edge with its tags; ``first`` and ``last`` are OpenStreetMap's node numbers."""

    id: int
    tags: dict[str, str]
    geometry: LineString
    first: int
    last: int

    @property
    def name(self) -> str:
        """The street's name, Swedish first."""
        return name_of(self.tags)


def edges_of(frame: Any) -> tuple[Edge, ...]:
    """The edges of pyrosm's frame (EPSG:3006) with the tags that are there."""
    columns = [name for name in frame.columns if name not in ("geometry", "u", "v", "length", "id", "tags", "osm_type",
                                                              "timestamp", "version", "visible")]  # fmt: skip
    values = {name: frame[name].tolist() for name in columns}
    edges: list[Edge] = []
    for at, (number, geometry, first, last) in enumerate(
        zip(frame["id"], frame.geometry, frame["u"], frame["v"], strict=True)
    ):
        tags = {name: values[name][at] for name in columns if isinstance(values[name][at], str)}
        edges.append(Edge(int(number), tags, geometry, int(first), int(last)))
    return tuple(edges)


def streets_layer(edges: Iterable[Edge]) -> Any:
    """The routing edges as a GeoDataFrame in EPSG:3006; ``length_m`` is the projected length, metres."""
    rows = [
        {
            "id": f"way/{edge.id}",
            "name": edge.name,
            "highway": edge.tags.get("highway", ""),
            "length_m": round(edge.geometry.length, 2),
            "walkable": walkable(edge.tags),
            "lit": lit(edge.tags),
            "tunnel": yes(edge.tags, "tunnel"),
            "bridge": yes(edge.tags, "bridge"),
            "steps": edge.tags.get("highway") == "steps",
            "from_node": edge.first,
            "to_node": edge.last,
            "geometry": edge.geometry,
        }
        for edge in edges
    ]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=SWEREF99TM)


def network_entries(edges: tuple[Edge, ...]) -> Iterator[GazetteerEntry]:
    """Streets, named paths, numbered roads, crossings, tunnels, bridges and steps, without their localities."""
    yield from _streets(edges)
    yield from _roads(edges)
    yield from _crossings(edges)
    yield from _spans(edges, "tunnel", EntryKind.TUNNEL)
    yield from _spans(edges, "bridge", EntryKind.BRIDGE)
    yield from _spans(edges, "steps", EntryKind.STEPS)


def _streets(edges: tuple[Edge, ...]) -> Iterator[GazetteerEntry]:
    ways: dict[str, _Way] = defaultdict(_Way)
    for edge in edges:
        name, highway = edge.name, edge.tags.get("highway", "")
        if not name or not (is_street(highway) or is_path(highway)):
            continue
        way = ways[name]
        way.aliases.update(aliases_of(edge.tags, None))
        (way.streets if is_street(highway) else way.paths).append(edge.geometry)
    for name, way in ways.items():
        kind = EntryKind.STREET if way.streets else EntryKind.PATH
        for number, piece in enumerate(pieces(way.streets + way.paths, PIECES_M)):
            yield _line(
                f"{kind.value}/{key_of(name)}/{number}", name, kind, piece, tuple(sorted(way.aliases))
            )


def _roads(edges: tuple[Edge, ...]) -> Iterator[GazetteerEntry]:
    roads: dict[str, list[BaseGeometry]] = defaultdict(list)
    for edge in edges:
        if not is_street(edge.tags.get("highway", "")):
            continue
        for ref in (edge.tags.get("ref", "") + ";" + edge.tags.get("int_ref", "")).split(";"):
            number = "".join(ref.upper().split())
            if number.removeprefix("E").isdecimal() and len(number) <= 4:
                roads[number].append(edge.geometry)
    for number, lines in sorted(roads.items()):
        name = number if number.startswith("E") else f"väg {number}"
        other = (f"E {number[1:]}",) if number.startswith("E") else ()
        yield _line(f"road/{number}", name, EntryKind.ROAD, shapely.unary_union(lines), other)


def _crossings(edges: tuple[Edge, ...]) -> Iterator[GazetteerEntry]:
    at_node: dict[int, set[str]] = defaultdict(set)
    where: dict[int, tuple[float, float]] = {}
    for edge in edges:
        if not edge.name:
            continue
        for node, spot in ((edge.first, edge.geometry.coords[0]), (edge.last, edge.geometry.coords[-1])):
            at_node[node].add(edge.name)
            where[node] = (spot[0], spot[1])
    pairs: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for node, names in at_node.items():
        for pair in combinations(sorted(names), 2):
            pairs[pair].append(where[node])
    for (first, second), spots in sorted(pairs.items()):
        for number, group in enumerate(_groups(np.array(spots), ONE_CROSSING_M)):
            middle = group.mean(axis=0)
            reach = float(np.hypot(*(group - middle).T).max())
            yield GazetteerEntry(
                id=f"crossing/{key_of(first)}/{key_of(second)}/{number}",
                name=f"{first}/{second}",
                kind=EntryKind.CROSSING,
                geometry=Point(middle),
                precision_m=max(_LEAST_M, round(reach, 1)),
                source="OpenStreetMap",
                streets=(first, second),
            )


def _spans(edges: tuple[Edge, ...], key: str, kind: EntryKind) -> Iterator[GazetteerEntry]:
    """Tunnels, bridges and steps that may be walked, each with its ways together."""
    lines: dict[str, list[BaseGeometry]] = defaultdict(list)
    for edge in edges:
        here = edge.tags.get("highway") == "steps" if key == "steps" else yes(edge.tags, key)
        if not here or not walkable(edge.tags) or edge.tags.get("tunnel") == "building_passage":
            continue
        own = edge.tags.get(f"{key}:name:sv") or edge.tags.get(f"{key}:name") or ""
        if key == "steps":
            own = edge.name
        lines[clean(own)].append(edge.geometry)
    for name, found in sorted(lines.items()):
        for piece in pieces(found, ONE_TUNNEL_M):
            middle = piece.centroid
            label = key_of(name) or f"{middle.x:.0f}-{middle.y:.0f}"
            yield _line(f"{kind.value}/{label}", name, kind, piece, ())


def _line(
    ident: str, name: str, kind: EntryKind, geometry: BaseGeometry, aliases: tuple[str, ...]
) -> GazetteerEntry:
    return GazetteerEntry(
        id=ident,
        name=name,
        kind=kind,
        geometry=_merged(geometry),
        precision_m=max(_LEAST_M, round(reach_of(geometry), 1)),
        source="OpenStreetMap",
        aliases=aliases,
    )


def _merged(geometry: BaseGeometry) -> BaseGeometry:
    return shapely.line_merge(geometry) if isinstance(geometry, MultiLineString) else geometry


def reach_of(geometry: BaseGeometry) -> float:
    """Half of how far a street reaches from end to end, metres: of a straight one, half its length."""
    west, south, east, north = geometry.bounds
    return float(np.hypot(east - west, north - south)) / 2


def pieces(lines: list[BaseGeometry], apart_m: float) -> list[BaseGeometry]:
    """Geometries joined where they are nearer each other than ``apart_m``, the largest piece first."""
    tree = shapely.STRtree(lines)
    first, second = tree.query(lines, predicate="dwithin", distance=apart_m)
    graph = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(len(lines), len(lines)))
    count, labels = connected_components(graph, directed=False)
    parts = [
        shapely.unary_union([lines[at] for at in np.flatnonzero(labels == label).tolist()])
        for label in range(count)
    ]
    return sorted(parts, key=lambda part: (-part.length, part.bounds))


def _groups(spots: np.ndarray, apart_m: float) -> list[np.ndarray]:
    """Points (n, 2) in groups no wider than ``apart_m``."""
    if len(spots) == 1:
        return [spots]
    labels = fcluster(linkage(spots, "complete"), apart_m, criterion="distance")
    return [spots[labels == label] for label in sorted(set(labels.tolist()))]
