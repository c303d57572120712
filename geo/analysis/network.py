"""The walking network as arrays: edges, nodes, the graph over them, the main part, and points brought onto it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.errors import BadInput

if TYPE_CHECKING:
    from geo.area.package import AreaPackage

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SNAP_M = 100.0
"""What lies farther than this from every path is not on the network: it is reported, not forced."""
STEPS_FACTOR = 2.0
"""A metre of stairs takes as long as this many metres of path."""
_CELL_M = 250.0
_LEAST_M = 1e-6
"""A sparse graph takes an edge of no length for no edge."""


@dataclass(frozen=True, slots=True)
class Snapped:
    """Points brought onto the network, one entry for each.

    ``edge`` is the edge's number, -1 for a point farther than ``SNAP_M`` from all; ``along`` metres from the edge's
    first node; ``off`` metres between the point and where it was brought (infinite in an empty network).
    """

    edge: Ints
    along: Floats
    off: Floats

    @property
    def on(self) -> NDArray[np.bool_]:
        """Which of the points are on the network."""
        return self.edge >= 0

    def with_more(self, more: "Snapped") -> "Snapped":
        """These points, and others of the same network after them."""
        return Snapped(
            np.concatenate([self.edge, more.edge]),
            np.concatenate([self.along, more.along]),
            np.concatenate([self.off, more.off]),
        )


@dataclass(frozen=True)
class Graph:
    """The network both ways, sorted by ``ends`` and ``others``: of several edges between two nodes the quickest.

    All (links,): the nodes at both ends, the cost in metres of level path, and the edge's number.
    """

    ends: Ints
    others: Ints
    cost: Floats
    number: Ints

    @cached_property
    def starts(self) -> Ints:
        """(nodes up to the last that has a link, and one,) where each node's links begin."""
        return np.concatenate([[0], np.cumsum(np.bincount(self.ends))]).astype(np.int64)

    @cached_property
    def _keys(self) -> Ints:
        return self.ends << 32 | self.others

    def between(self, one: Ints, other: Ints) -> Ints:
        """The quickest edge between each pair of neighbours."""
        return self.number[np.searchsorted(self._keys, one << 32 | other)]

    def of(self, nodes: Ints) -> tuple[Ints, Ints, Floats]:
        """How many links each of some nodes has; and of all these the other node and the cost, node by node."""
        last = len(self.starts) - 1
        begin = self.starts[np.minimum(nodes, last)]
        counts = self.starts[np.minimum(nodes + 1, last)] - begin
        links = slices(begin, counts)
        return counts, self.others[links], self.cost[links]


class Network:
    """Edges that can be walked, both ways, between numbered nodes.

    Args:
        lines: (n,) LineStrings in EPSG:3006.
        first: (n,) the node's id at each line's first point; any integers.
        last: (n,) the same at its last point.
        steps: (n,) whether it is stairs.
        names: (n,) what each is called; empty for none.
        lit: (n,) ``yes``, ``no`` or ``unknown``; unknown where left out.
        tunnel: (n,) whether it is a tunnel.
        bridge: (n,) whether it is a bridge.
        steps_factor: how many metres of level path a metre of stairs takes.

    Raises:
        BadInput: there is no edge at all.
    """

    def __init__(
        self,
        lines: Sequence[Any] | NDArray[Any],
        first: Any,
        last: Any,
        steps: Any | None = None,
        *,
        names: Any | None = None,
        lit: Any | None = None,
        tunnel: Any | None = None,
        bridge: Any | None = None,
        steps_factor: float = STEPS_FACTOR,
    ) -> None:
        self.lines: NDArray[Any] = np.asarray(lines, dtype=object)
        n = len(self.lines)
        if not n:
            raise BadInput("The network has no path that can be walked.")
        ids, numbered = np.unique(np.concatenate([first, last]), return_inverse=True)
        self.nodes = len(ids)
        """How many nodes there are."""
        self.first: Ints = numbered[:n].astype(np.int64)
        self.last: Ints = numbered[n:].astype(np.int64)
        self.steps = _flags(steps, n)
        self.tunnel, self.bridge = _flags(tunnel, n), _flags(bridge, n)
        self.names: NDArray[Any] = np.full(n, "", object) if names is None else np.asarray(names, object)
        self.lit: NDArray[Any] = np.full(n, "unknown", object) if lit is None else np.asarray(lit, object)
        self.steps_factor = steps_factor
        self.length: Floats = np.maximum(shapely.length(self.lines), _LEAST_M)
        self.open = np.ones(n, bool)
        """(edges,) which can be used; a scenario closes some."""

    @classmethod
    def of_area(cls, package: "AreaPackage", *, steps_factor: float = STEPS_FACTOR) -> "Network":
        """The walkable streets and paths of an area package, in the order of its layer ``streets``.

        Raises:
            BadInput: none of them can be walked.
            UnreadableInput: the package is broken.
        """
        streets = package.layer("streets")
        streets = streets[streets["walkable"].astype(bool)]
        return cls(
            streets.geometry.to_numpy(),
            streets["from_node"].to_numpy(),
            streets["to_node"].to_numpy(),
            streets["steps"].to_numpy(),
            names=streets["name"].fillna("").to_numpy(),
            lit=streets["lit"].to_numpy(),
            tunnel=streets["tunnel"].to_numpy(),
            bridge=streets["bridge"].to_numpy(),
            steps_factor=steps_factor,
        )

    @cached_property
    def effort(self) -> Floats:
        """(n,) what each edge costs in metres of level path: stairs are slower."""
        return np.where(self.steps, self.length * self.steps_factor, self.length)

    @cached_property
    def graph(self) -> Graph:
        """The open edges both ways."""
        return links_of(self, np.flatnonzero(self.open))

    @cached_property
    def part(self) -> Ints:
        """(nodes,) which connected part each node lies in; the main part, that of most metres, is 0."""
        links = csr_array(
            (np.ones(len(self.first), bool), (self.first, self.last)), shape=(self.nodes, self.nodes)
        )
        count, labels = connected_components(links, directed=False)
        metres = np.bincount(labels[self.first], weights=self.length, minlength=count)
        rank = np.empty(count, np.int64)
        rank[np.argsort(-metres, kind="stable")] = np.arange(count)
        found: Ints = rank[labels]
        return found

    @property
    def islands(self) -> int:
        """How many parts are not joined to the main one."""
        return int(self.part.max())

    @cached_property
    def tree(self) -> shapely.STRtree:
        """All edges by where they lie."""
        return shapely.STRtree(self.lines)

    @cached_property
    def _spots(self) -> tuple[Floats, Ints, Ints, Ints]:
        """(nodes, 2) where nodes lie, and their numbers by cells of ``_CELL_M``: row by row, with each row's columns."""
        spots = np.empty((self.nodes, 2))
        spots[self.first] = shapely.get_coordinates(shapely.get_point(self.lines, 0))
        spots[self.last] = shapely.get_coordinates(shapely.get_point(self.lines, -1))
        column, row = np.floor(spots / _CELL_M).astype(np.int64).T
        order = np.lexsort((column, row))
        return spots, order, row[order], column[order]

    def spots(self, nodes: Ints) -> Floats:
        """(m, 2) where nodes lie, EPSG:3006."""
        return self._spots[0][nodes]

    def around(self, spots: Floats, metres: float) -> Ints | None:
        """The nodes in the box ``metres`` around (m, 2) spots, and a little more; None where that is a good part of all."""
        _, order, rows, columns = self._spots
        if not np.isfinite(metres):
            return None
        corner, other = spots.min(axis=0) - metres, spots.max(axis=0) + metres
        west, south = np.floor(corner / _CELL_M).astype(np.int64).tolist()
        east, north = np.floor(other / _CELL_M).astype(np.int64).tolist()
        if (north - south + 1) * 4 > rows[-1] - rows[0]:
            return None
        bounds = np.searchsorted(rows, np.arange(south, north + 2))
        strips = [
            order[a + np.searchsorted(columns[a:b], west) : a + np.searchsorted(columns[a:b], east, "right")]
            for a, b in pairwise(bounds.tolist())
        ]
        return np.concatenate(strips)

    def links(self, nodes: Ints) -> tuple[Ints, Ints, Ints, Floats]:
        """The nodes in an order of its own, and for them what ``Graph.of`` says."""
        return (nodes, *self.graph.of(nodes))

    def between(self, one: Ints, other: Ints) -> Ints:
        """The quickest open edge between each pair of neighbours."""
        return self.graph.between(one, other)

    @cached_property
    def _incident(self) -> tuple[Ints, Ints]:
        """Where each node's edges begin, and the edges of the nodes in their order."""
        ends = np.concatenate([self.first, self.last])
        starts = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=self.nodes))])
        return starts.astype(np.int64), np.argsort(ends, kind="stable") % len(self.lines)

    def edges_at(self, nodes: Ints) -> Ints:
        """The open edges that end at some of these nodes, in their order."""
        starts, edges = self._incident
        marked = np.zeros(len(self.lines), bool)
        marked[edges[slices(starts[nodes], starts[nodes + 1] - starts[nodes])]] = True
        return np.flatnonzero(marked)

    @cached_property
    def _main(self) -> tuple[shapely.STRtree, Ints]:
        edges = np.flatnonzero(self.part[self.first] == 0)
        return shapely.STRtree(self.lines[edges]), edges

    def snap(self, points: Floats) -> Snapped:
        """Brings (m, 2) points in EPSG:3006 to the nearest edge of the main part."""
        found = Snapped(
            np.full(len(points), -1, np.int64), np.zeros(len(points)), np.full(len(points), np.inf)
        )
        if not len(points):
            return found
        tree, edges = self._main
        made: NDArray[Any] = np.asarray(shapely.points(points), dtype=object)
        (asked, nearest), off = tree.query_nearest(made, return_distance=True, all_matches=False)
        found.off[asked] = off
        found.edge[asked] = np.where(off <= SNAP_M, edges[nearest], -1)
        on = found.on
        found.along[on] = shapely.line_locate_point(self.lines[found.edge[on]], made[on])
        return found


def links_of(network: Network, edges: Ints, of: NDArray[np.bool_] | None = None) -> Graph:
    """The links over ``edges``, of all nodes or of those marked in ``of`` (nodes,)."""
    ends = np.concatenate([network.first[edges], network.last[edges]])
    others = np.concatenate([network.last[edges], network.first[edges]])
    cost, number = np.tile(network.effort[edges], 2), np.tile(edges, 2)
    if of is not None:
        kept = of[ends]
        ends, others, cost, number = ends[kept], others[kept], cost[kept], number[kept]
    order = np.lexsort((number, cost, others, ends))
    ends, others, cost, number = ends[order], others[order], cost[order], number[order]
    first = np.ones(len(ends), bool)
    first[1:] = (ends[1:] != ends[:-1]) | (others[1:] != others[:-1])
    return Graph(ends[first], others[first], cost[first], number[first])


def slices(begin: Ints, counts: Ints) -> Ints:
    """The numbers from each ``begin`` on, as many as ``counts`` says, one after another."""
    before = np.cumsum(counts) - counts
    return np.repeat(begin - before, counts) + np.arange(int(counts.sum()))


def _flags(values: Any | None, n: int) -> NDArray[np.bool_]:
    return np.zeros(n, bool) if values is None else np.asarray(values, bool)
