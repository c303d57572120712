"""Who walks where: how far it is to the nearest entrance, what lies within minutes, and how many pass each stretch.

One shortest-path tree from all entrances at once answers all three (Dijkstra, E. W.: A note on two problems in connexion
with graphs. Numerische Mathematik 1, 1959), by ``scipy.sparse.csgraph`` with a limit; flows are sums up that tree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry.base import BaseGeometry

from geo.analysis.network import Floats, Graph, Ints, Network, Snapped
from geo.analysis.outline import cut, outline
from geo.errors import BadInput

SPEED_M_S = 1.2
"""Walking speed of a mixed group; a setting where it is asked for."""
BESIDE_M = 25.0
"""A catchment reaches this far beside the paths."""
_TOUCHING_M = 1e-3


@dataclass(frozen=True)
class Tree:
    """The ways from every node to its nearest entrance.

    ``cost`` (nodes,) is in metres of level path, infinite beyond the limit; ``toward`` the next node on the way, -1 at
    an entrance's own edge and where nothing was reached; ``by`` the edge to it, -1 likewise. ``reached`` are the numbers
    of the nodes within the limit, ``before`` (reached,) their next nodes.
    """

    network: Network
    entrances: Snapped
    limit: float
    cost: Floats
    reached: Ints
    before: Ints

    @cached_property
    def toward(self) -> Ints:
        """(nodes,) the next node on the way, -1 where there is none."""
        toward = np.full(len(self.cost), -1, np.int64)
        toward[self.reached] = self.before
        return toward

    @cached_property
    def by(self) -> Ints:
        """(nodes,) the edge to the next node, -1 where there is none."""
        by = np.full(len(self.cost), -1, np.int64)
        inner = self.before >= 0
        by[self.reached[inner]] = self.network.between(self.before[inner], self.reached[inner])
        return by


@dataclass(frozen=True)
class Catchment:
    """What lies within a walk: pieces of edges, each from ``low`` to ``high`` metres along ``edge``, none twice."""

    network: Network
    edge: Ints
    low: Floats
    high: Floats

    @property
    def metres(self) -> float:
        """Metres of path reached."""
        return float((self.high - self.low).sum())

    @property
    def reached(self) -> Floats:
        """(edges,) metres reached of each edge."""
        sums = np.bincount(self.edge, self.high - self.low, len(self.network.lines))
        return sums.astype(np.float64)

    @cached_property
    def lines(self) -> tuple[BaseGeometry, ...]:
        """The reached part of every edge, cut where the time runs out."""
        lines = self.network.lines[self.edge]
        part = (self.low > 0) | (self.high < self.network.length[self.edge])
        lines[part] = cut(lines[part], self.low[part], self.high[part])
        return tuple(lines)

    @cached_property
    def area(self) -> BaseGeometry:
        """The polygon of what lies within ``BESIDE_M`` of the lines."""
        network, edge = self.network, self.edge
        first = np.where(self.low <= 0, network.first[edge], -1)
        last = np.where(self.high >= network.length[edge], network.last[edge], -1)
        lines = np.empty(len(edge), object)
        lines[:] = self.lines
        return outline(lines, first, last, BESIDE_M)


@dataclass(frozen=True, slots=True)
class Flows:
    """How many pass: ``through`` (edges,) or (edges, k) counts those who walk over each edge or a part of it.

    ``walked``, of the same shape, is how far they walk there in all: people times metres of level path.
    ``lost`` (origins,) marks the origins that can't get there within the limit, or are not on the network.
    """

    through: Floats
    walked: Floats
    lost: NDArray[np.bool_]


class Walks:
    """Walking on one network, or on one with a scenario's changes.

    Args:
        network: where one walks; its closed edges are not used.
    """

    def __init__(self, network: Network) -> None:
        self.network = network

    @cached_property
    def graph(self) -> Graph:
        """All links of the network."""
        return self.network.graph

    def tree(self, entrances: Floats | Snapped, limit: float) -> Tree:
        """The ways to the nearest of (m, 2) entrances (EPSG:3006) that cost at most ``limit`` metres of level path.

        Raises:
            BadInput: an entrance lies farther than ``SNAP_M`` from every path, or on a closed one, or there is none.
        """
        network = self.network
        snapped = (
            entrances
            if isinstance(entrances, Snapped)
            else network.snap(np.asarray(entrances, dtype=np.float64).reshape(-1, 2))
        )
        if not len(snapped.edge):
            raise BadInput("There is no entrance.", field="entrance")
        if not snapped.on.all():
            far = int(np.argmax(~snapped.on))
            raise BadInput(
                "Entrance %(number)s lies %(metres)s m from the nearest path. Move it, or add the path.",
                field="entrance",
                number=far + 1,
                metres="∞" if np.isinf(snapped.off[far]) else round(float(snapped.off[far])),
            )
        if not network.open[snapped.edge].all():
            raise BadInput("An entrance lies on a path that is closed.", field="entrance")
        ends, first_cost = self._starts(snapped)
        near = network.around(network.spots(ends), limit / min(1.0, network.steps_factor))
        nodes, counts, others, cost = self._links(near)
        # One node more, from which the ends of the entrances' edges are reached.
        number = np.empty(network.nodes, np.int32)
        number[others], number[ends] = -1, -1
        number[nodes] = np.arange(len(nodes), dtype=np.int32)
        columns = number[others]
        starts = np.concatenate([[0], np.cumsum(counts)])
        if near is not None:
            inside = columns >= 0
            starts = np.concatenate([[0], np.cumsum(inside)])[starts]
            columns, cost = columns[inside], cost[inside]
        graph = csr_array(
            (
                np.concatenate([cost, first_cost]),
                np.concatenate([columns, number[ends]]),
                np.append(starts, starts[-1] + len(ends)).astype(np.int32),
            ),
            shape=(len(nodes) + 1, len(nodes) + 1),
        )
        found, before = dijkstra(graph, indices=len(nodes), limit=limit, return_predecessors=True)
        costs = np.full(network.nodes, np.inf)
        costs[nodes] = found[:-1]
        there = np.flatnonzero(np.isfinite(found[:-1]))
        before = before[there]
        inner = before < len(nodes)
        return Tree(
            network,
            snapped,
            limit,
            costs,
            nodes[there],
            np.where(inner, nodes[np.where(inner, before, 0)], -1),
        )

    def _links(self, near: Ints | None) -> tuple[Ints, Ints, Ints, Floats]:
        """The links of some nodes or of all: the nodes in their order, how many each has, the other node, the cost."""
        if near is not None:
            return self.network.links(near)
        graph = self.graph
        counts = np.bincount(graph.ends, minlength=self.network.nodes)
        return np.arange(self.network.nodes), counts, graph.others, graph.cost

    def _starts(self, snapped: Snapped) -> tuple[Ints, Floats]:
        """The ends of the entrances' edges, and what they cost from the nearest of these entrances."""
        network = self.network
        share = snapped.along / network.length[snapped.edge]
        effort = network.effort[snapped.edge]
        ends = np.concatenate([network.first[snapped.edge], network.last[snapped.edge]])
        cost = np.maximum(np.concatenate([effort * share, effort * (1 - share)]), 1e-9)
        order = np.lexsort((cost, ends))
        ends, cost = ends[order], cost[order]
        kept = np.ones(len(ends), bool)
        kept[1:] = ends[1:] != ends[:-1]
        return ends[kept], cost[kept]

    def costs(self, tree: Tree, points: Snapped) -> Floats:
        """(m,) what the way from each point costs, metres of level path; infinite where it isn't reached."""
        return self._choose(tree, points)[0]

    def _choose(self, tree: Tree, points: Snapped) -> tuple[Floats, Ints]:
        """The cost from each point, and the node it walks to first: -1 along its own edge, or not at all."""
        network = self.network
        on = points.on & self.network.open[np.maximum(points.edge, 0)]
        edge = np.where(on, points.edge, 0)
        share = points.along / network.length[edge]
        effort = network.effort[edge]
        back, on_ward = (
            tree.cost[network.first[edge]] + effort * share,
            tree.cost[network.last[edge]] + effort * (1 - share),
        )
        cost = np.minimum(back, on_ward)
        node = np.where(back <= on_ward, network.first[edge], network.last[edge])
        for at, along in zip(tree.entrances.edge, tree.entrances.along, strict=True):
            direct = np.where(
                edge == at, np.abs(points.along - along) / network.length[at] * network.effort[at], np.inf
            )
            node = np.where(direct < cost, -1, node)
            cost = np.minimum(cost, direct)
        lost = ~on | (cost > tree.limit)
        return np.where(lost, np.inf, cost), np.where(lost, -1, node)

    def catchment(self, tree: Tree, cost: float) -> Catchment:
        """What costs at most ``cost`` (metres of level path, at most the tree's limit) from the nearest entrance."""
        network = self.network
        edge = network.edges_at(tree.reached[tree.cost[tree.reached] <= cost])
        own_edges = sorted(set(tree.entrances.edge.tolist()))
        for at in own_edges:
            edge = edge[edge != at]
        length = network.length[edge]
        # In metres of the edge itself: on stairs the same effort brings one less far.
        rate = np.where(network.steps[edge], 1 / network.steps_factor, 1.0)
        ahead = np.clip((cost - tree.cost[network.first[edge]]) * rate, 0, length)
        behind = np.clip((cost - tree.cost[network.last[edge]]) * rate, 0, length)
        whole = ahead + behind >= length
        front, back = ~whole & (ahead > 0), ~whole & (behind > 0)
        own = [(at, *piece) for at in own_edges for piece in self._at_door(tree, at, cost)]
        doors = np.array(own, np.float64).reshape(-1, 3)
        return Catchment(
            network,
            np.concatenate([edge[whole], edge[front], edge[back], doors[:, 0].astype(np.int64)]),
            np.concatenate([np.zeros(int(whole.sum() + front.sum())), (length - behind)[back], doors[:, 1]]),
            np.concatenate([length[whole], ahead[front], length[back], doors[:, 2]]),
        )

    def _at_door(self, tree: Tree, edge: int, cost: float) -> list[tuple[float, float]]:
        """The pieces of an entrance's own edge that are reached: from its ends and from the entrances on it."""
        network = self.network
        length = float(network.length[edge])
        rate = length / float(network.effort[edge])
        parts = [
            (0.0, (cost - tree.cost[network.first[edge]]) * rate),
            (length - (cost - tree.cost[network.last[edge]]) * rate, length),
            *((along - cost * rate, along + cost * rate)
              for along in tree.entrances.along[tree.entrances.edge == edge].tolist()),
        ]  # fmt: skip
        found: list[tuple[float, float]] = []
        for low, high in sorted((max(0.0, float(a)), min(length, float(b))) for a, b in parts if a < b):
            if found and low <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], high))
            elif low < high:
                found.append((low, high))
        return found

    def flows(self, tree: Tree, origins: Snapped, people: Floats) -> Flows:
        """How many of the ``people`` at the origins pass each edge on their way to the nearest entrance.

        ``people`` is (m,), or (m, k) for k kinds that are summed apart; so are the figures that come out.
        """
        network = self.network
        cost, node = self._choose(tree, origins)
        lost = np.isinf(cost)
        apart = people.reshape(len(cost), -1).T
        edges, nodes = len(network.lines), network.nodes
        # Who starts at a crossing passes none of the edge that the start was brought to.
        own_m = np.where(node < 0, cost, self._own(origins, node))
        own = ~lost & ((node < 0) | (own_m > _TOUCHING_M))
        walks = node >= 0
        through = _sums(origins.edge[own], apart[:, own], edges)
        walked = _sums(origins.edge[own], apart[:, own] * own_m[own], edges)
        waiting = _sums(node[walks], apart[:, walks], nodes)
        # From the nodes with most others before them inwards: all who come through a node are there before they go on.
        levels = [(level, tree.toward[level]) for level in _levels(tree)]
        for here in waiting:
            for level, toward in levels:
                np.add.at(here, toward, here[level])
        inner = np.flatnonzero(tree.toward >= 0)
        # A way's edge is that of one node only: none is added to twice.
        through[:, tree.by[inner]] += waiting[:, inner]
        walked[:, tree.by[inner]] += waiting[:, inner] * network.effort[tree.by[inner]]
        for last, (part, edge) in self._last_edges(tree).items():
            if tree.toward[last] < 0 and np.isfinite(tree.cost[last]):
                # To an entrance at the crossing itself nobody walks any of the street that it was brought to.
                through[:, edge] += waiting[:, last] * (part > _TOUCHING_M)
                walked[:, edge] += waiting[:, last] * part
        shape = (edges, *people.shape[1:])
        return Flows(through.T.reshape(shape), walked.T.reshape(shape), lost)

    def _own(self, origins: Snapped, node: Ints) -> Floats:
        """What the way costs along the origin's own edge, to the node walked to first; metres of level path."""
        edge = np.maximum(origins.edge, 0)
        length = self.network.length[edge]
        metres = np.where(self.network.first[edge] == node, origins.along, length - origins.along)
        return metres / length * self.network.effort[edge]

    def _last_edges(self, tree: Tree) -> dict[int, tuple[float, int]]:
        """For the nodes at the ends of the entrances' edges: what it costs to the nearest entrance, and by which edge."""
        network = self.network
        best: dict[int, tuple[float, int]] = {}
        for edge, along in zip(tree.entrances.edge.tolist(), tree.entrances.along.tolist(), strict=True):
            share = along / network.length[edge]
            for node, part in ((network.first[edge], share), (network.last[edge], 1 - share)):
                cost = float(network.effort[edge] * part)
                if int(node) not in best or cost < best[int(node)][0]:
                    best[int(node)] = (cost, edge)
        return best


def _sums(at: Ints, values: Floats, n: int) -> Floats:
    """(k, n): the sums of (k, m) values by where they belong."""
    return np.stack([np.bincount(at, row, n) for row in values]).astype(np.float64, copy=False)


def _levels(tree: Tree) -> Iterator[Ints]:
    """The nodes that lead on to another, by how many they have before them on the way, the most first."""
    depth = (tree.toward >= 0).astype(np.int64)
    jump = tree.toward.copy()
    # Pointer jumping: each round doubles how far ahead is counted.
    while True:
        going = np.flatnonzero(jump >= 0)
        if not len(going):
            break
        ahead = jump[going]
        depth[going] += depth[ahead]
        jump[going] = jump[ahead]
    inner = np.flatnonzero(depth > 0)
    order = inner[np.argsort(-depth[inner], kind="stable")]
    starts = np.flatnonzero(np.diff(depth[order], prepend=-1))
    yield from np.split(order, starts[1:])
