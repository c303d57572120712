"""The network with a scenario's changes laid on it: nothing of the old network is built anew."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo.analysis.network import SNAP_M, Floats, Graph, Ints, Network, Snapped, links_of
from geo.analysis.outline import cut

JOIN_M = 30.0
"""A drawn path's end this near a path is joined to it."""
ALONG_M = 12.0
"""A stretch with at least half of it this near a drawn line is what the line means."""
AT_NODE_M = 0.5
"""A joint this near an edge's end is the end."""

COLUMNS: Mapping[str, Any] = {
    "steps": False,
    "tunnel": False,
    "bridge": False,
    "lit_by_edit": False,
    "names": "",
    "lit": "unknown",
    "origin": -1,
    "offset": 0.0,
}
"""What an edge is besides its line and nodes, and what an added one is where nothing is said."""


class Edited(Network):
    """A network with a scenario's changes. The base's edges keep their numbers; added ones come after them.

    ``open`` leaves out what is closed, and the edges that were split where something joins them. ``lit_by_edit``
    (edges,) marks what a scenario lights; ``moved`` holds the entrances that were moved; ``of_edit`` the numbers of the
    edges that each edit made, closed or lit. Made by ``geo.analysis.edits.apply``.
    """

    def __init__(self, base: Network) -> None:
        self.base = base
        self.nodes = base.nodes
        self.lines, self.first, self.last = base.lines, base.first, base.last
        self.steps, self.tunnel, self.bridge = base.steps, base.tunnel, base.bridge
        self.names, self.lit, self.length = base.names, base.lit, base.length
        self.steps_factor = base.steps_factor
        self.open = base.open.copy()
        self.lit_by_edit = np.zeros(len(base.lines), bool)
        self.moved: dict[int, tuple[float, float]] = {}
        self.of_edit: list[Ints] = []
        self.origin: Ints = np.arange(len(base.lines))
        """(edges,) the base's edge that each is a part of; -1 for what was added."""
        self.offset: Floats = np.zeros(len(base.lines))
        """(edges,) metres along that edge where the part begins."""
        self._dirty: set[int] = set()

    @property
    def graph(self) -> Graph:
        """The base's links, with those of the changed nodes in place of their own."""
        old = self.base.graph
        if not self._dirty:
            return old
        marked, new = self._changed
        kept = ~marked[old.ends]
        ends = old.ends[kept]
        at = np.searchsorted(ends, new.ends, side="left")
        return Graph(
            np.insert(ends, at, new.ends),
            np.insert(old.others[kept], at, new.others),
            np.insert(old.cost[kept], at, new.cost),
            np.insert(old.number[kept], at, new.number),
        )

    @cached_property
    def _changed(self) -> tuple[NDArray[np.bool_], Graph]:
        """(nodes,) which are at an edge that was closed or added, and their links. Asked for when all is applied."""
        nodes = np.array(sorted(self._dirty), np.int64)
        marked = np.zeros(self.nodes, bool)
        marked[nodes] = True
        return marked, links_of(self, self.edges_at(nodes), marked)

    def links(self, nodes: Ints) -> tuple[Ints, Ints, Ints, Floats]:
        """The base's for the nodes where nothing changed, first; then the others."""
        marked, new = self._changed
        other = marked[nodes]
        old_nodes, new_nodes = nodes[~other], nodes[other]
        both = zip(self.base.graph.of(old_nodes), new.of(new_nodes), strict=True)
        counts, others, cost = (np.concatenate(parts) for parts in both)
        return np.concatenate([old_nodes, new_nodes]), counts, others, cost

    def between(self, one: Ints, other: Ints) -> Ints:
        """The base's edge where nothing changed at the one, else what is there now."""
        marked, new = self._changed
        number = np.empty(len(one), np.int64)
        here = marked[one]
        number[~here] = self.base.graph.between(one[~here], other[~here])
        number[here] = new.between(one[here], other[here])
        return number

    @property
    def effort(self) -> Floats:
        """(n,) what each edge costs in metres of level path."""
        more = slice(len(self.base.lines), None)
        new = np.where(self.steps[more], self.length[more] * self.steps_factor, self.length[more])
        return np.concatenate([self.base.effort, new])

    def spots(self, nodes: Ints) -> Floats:
        """(m, 2) where nodes lie."""
        new = nodes >= self.base.nodes
        found = np.empty((len(nodes), 2))
        found[~new] = self.base.spots(nodes[~new])
        found[new] = self._new_spots[nodes[new] - self.base.nodes]
        return found

    @cached_property
    def _new_spots(self) -> Floats:
        """(new nodes, 2) where they lie. Asked for when all is applied."""
        edges = np.arange(len(self.base.lines), len(self.lines))
        spots = np.zeros((self.nodes, 2))
        spots[self.first[edges]] = shapely.get_coordinates(shapely.get_point(self.lines[edges], 0))
        spots[self.last[edges]] = shapely.get_coordinates(shapely.get_point(self.lines[edges], -1))
        return spots[self.base.nodes :]

    def around(self, spots: Floats, metres: float) -> Ints | None:
        """The base's, and all new nodes."""
        found = self.base.around(spots, metres)
        return None if found is None else np.concatenate([found, np.arange(self.base.nodes, self.nodes)])

    def edges_at(self, nodes: Ints) -> Ints:
        """The base's that are still open, and all added edges."""
        found = np.concatenate(
            [
                self.base.edges_at(nodes[nodes < self.base.nodes]),
                np.arange(len(self.base.lines), len(self.lines)),
            ]
        )
        still: Ints = found[self.open[found]]
        return still

    @property
    def added(self) -> Ints:
        """The numbers of the edges that the base doesn't have and that are no parts of its own."""
        return np.flatnonzero(self.origin < 0)

    def snap(self, points: Floats) -> Snapped:
        """Brings (m, 2) points in EPSG:3006 to the nearest edge of the base's main part, or where that is now."""
        return self.place(self.base.snap(points), points)

    def place(self, snapped: Snapped, points: Floats) -> Snapped:
        """Where (m, 2) points are now that were brought onto the base: on a part of their edge if that was split.

        A point whose edge is closed is brought to the nearest open one.
        """
        edge, along, off = snapped.edge.copy(), snapped.along.copy(), snapped.off.copy()
        shut = np.flatnonzero(snapped.on & ~self.open[np.maximum(edge, 0)])
        if not len(shut):
            return snapped
        parts = np.flatnonzero((self.origin >= 0) & (np.arange(len(self.origin)) >= len(self.base.lines)))
        for whole in np.intersect1d(edge[shut], self.origin[parts]):
            mine = parts[self.origin[parts] == whole]
            mine = mine[np.argsort(self.offset[mine])]
            here = shut[edge[shut] == whole]
            which = np.maximum(np.searchsorted(self.offset[mine], along[here], side="right") - 1, 0)
            along[here] = np.minimum(along[here] - self.offset[mine][which], self.length[mine][which])
            edge[here] = mine[which]
        for at in shut[~self.open[edge[shut]]].tolist():
            point = Point(points[at])
            near = self.near(point, SNAP_M)
            apart = shapely.distance(self.lines[near], point)
            best = int(near[int(np.argmin(apart))]) if len(near) else -1
            edge[at], off[at] = best, float(apart.min()) if len(near) else np.inf
            along[at] = self.lines[best].project(point) if len(near) else 0.0
        return Snapped(edge, along, off)

    def beside_added(self, points: Floats) -> Snapped:
        """(m, 2) points brought to the nearest added path within ``SNAP_M``; edge -1 where there is none."""
        found = Snapped(
            np.full(len(points), -1, np.int64), np.zeros(len(points)), np.full(len(points), np.inf)
        )
        edges = self.added[self.open[self.added]]
        if not len(edges) or not len(points):
            return found
        made: NDArray[Any] = np.asarray(shapely.points(points), dtype=object)
        tree = shapely.STRtree(self.lines[edges])
        (asked, nearest), off = tree.query_nearest(
            made, max_distance=SNAP_M, return_distance=True, all_matches=False
        )
        found.edge[asked], found.off[asked] = edges[nearest], off
        found.along[asked] = shapely.line_locate_point(self.lines[edges[nearest]], made[asked])
        return found

    def append(
        self, lines: Sequence[BaseGeometry], ends: Sequence[tuple[int, int]], like: Mapping[str, NDArray[Any]]
    ) -> Ints:
        """Adds edges; ``like`` holds what they are, by the names of ``COLUMNS``. Their numbers."""
        n = len(lines)
        made = np.empty(n, object)
        made[:] = list(lines)
        numbers = np.arange(len(self.lines), len(self.lines) + n)
        self.lines = np.concatenate([self.lines, made])
        self.first = np.concatenate([self.first, np.array([a for a, _ in ends], np.int64)])
        self.last = np.concatenate([self.last, np.array([b for _, b in ends], np.int64)])
        self.length = np.concatenate([self.length, np.maximum(shapely.length(made), 1e-6)])
        self.open = np.concatenate([self.open, np.ones(n, bool)])
        for name in COLUMNS:
            setattr(self, name, np.concatenate([getattr(self, name), like[name]]))
        self._dirty.update(node for pair in ends for node in pair)
        return numbers

    def close(self, edges: Iterable[int]) -> None:
        """Closes edges, by their numbers."""
        for edge in edges:
            self.open[edge] = False
            self._dirty.update((int(self.first[edge]), int(self.last[edge])))

    def new_node(self) -> int:
        """The number of a node that wasn't there."""
        self.nodes += 1
        return self.nodes - 1

    def split(
        self, cuts: Mapping[int, Sequence[tuple[float, int]]]
    ) -> tuple[NDArray[Any], list[tuple[int, int]], dict[str, NDArray[Any]]]:
        """Closes edges that are cut at (metres along, node); the pieces, as ``append`` takes them."""
        ends: list[tuple[int, int]] = []
        whole: list[int] = []
        between: list[tuple[float, float]] = []
        for edge, at in cuts.items():
            length = float(self.length[edge])
            inner = sorted(cut for cut in at if AT_NODE_M < cut[0] < length - AT_NODE_M)
            if not inner:
                continue
            marks = [(0.0, int(self.first[edge])), *inner, (length, int(self.last[edge]))]
            for a, b in pairwise(marks):
                if b[0] - a[0] > 0:
                    ends.append((a[1], b[1]))
                    whole.append(edge)
                    between.append((a[0], b[0]))
        self.close(dict.fromkeys(whole))
        like = {name: getattr(self, name)[whole] for name in COLUMNS}
        low, high = np.array(between, np.float64).reshape(-1, 2).T
        return cut(self.lines[whole], low, high), ends, like | {"offset": like["offset"] + low}

    def near(self, shape: BaseGeometry, metres: float) -> Ints:
        """Open edges within ``metres`` of a shape."""
        found = self.base.tree.query(shape, predicate="dwithin", distance=metres)
        new = np.arange(len(self.base.lines), len(self.lines))
        new = new[shapely.dwithin(self.lines[new], shape, metres)] if len(new) else new
        edges = np.sort(np.concatenate([found, new]).astype(np.int64))
        return edges[self.open[edges]]

    def meant(self, shape: BaseGeometry) -> Ints:
        """The edges that a drawn shape means."""
        if shape.geom_type == "Point":
            near = self.near(shape, JOIN_M)
            return near[[int(np.argmin(shapely.distance(self.lines[near], shape)))]] if len(near) else near
        zone = shape if shape.geom_type == "Polygon" else shape.buffer(ALONG_M, cap_style="flat")
        near = self.near(zone, 0.0)
        if not len(near):
            return near
        inside = shapely.length(shapely.intersection(self.lines[near], zone))
        # A line drawn along a part of a long stretch means the stretch, too.
        enough = np.minimum(self.length[near], shape.length if shape.geom_type != "Polygon" else np.inf) / 2
        return near[inside >= np.maximum(enough, 1e-9)]
