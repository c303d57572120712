"""Walks held against networkx on the same graph, and what must hold for every network."""

import math
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString

from geo.analysis.edit import Edit, EditKind
from geo.analysis.edited import Edited
from geo.analysis.edits import apply
from geo.analysis.network import Network, Snapped
from geo.analysis.walking import Walks
from geo.area.package import open_area
from geo.errors import BadInput


def graph_of(network: Network, *, closed: set[int] = frozenset()) -> nx.MultiGraph:
    """The same network for networkx, with an edge's number as its key."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(network.nodes))
    for number, (first, last, cost) in enumerate(
        zip(network.first.tolist(), network.last.tolist(), network.effort.tolist(), strict=True)
    ):
        if number not in closed:
            graph.add_edge(first, last, key=number, cost=cost)
    return graph


def put(graph: nx.MultiGraph, network: Network, name: str, edge: int, along: float) -> None:
    """Adds a point on an edge as a node, joined to both ends of the edge."""
    share = along / network.length[edge]
    effort = network.effort[edge]
    graph.add_edge(name, int(network.first[edge]), key=f"{name}-", cost=effort * share)
    graph.add_edge(name, int(network.last[edge]), key=f"{name}+", cost=effort * (1 - share))


@pytest.fixture(scope="module")
def network(helsinki_area: Path) -> Network:
    return Network.of_area(open_area(helsinki_area))


@pytest.fixture(scope="module")
def middle(network: Network) -> tuple[float, float]:
    box = shapely.total_bounds(network.lines)
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def test_distances_are_those_of_networkx(network: Network, middle: tuple[float, float]) -> None:
    random = np.random.default_rng(1)
    entrances = np.array([middle, (middle[0] + 300, middle[1] + 200)])
    walks = Walks(network)
    tree = walks.tree(entrances, 900.0)
    graph = graph_of(network)
    for number in range(2):
        put(
            graph,
            network,
            f"e{number}",
            int(tree.entrances.edge[number]),
            float(tree.entrances.along[number]),
        )
    truth = nx.multi_source_dijkstra_path_length(graph, ["e0", "e1"], cutoff=900.0, weight="cost")
    for node in range(network.nodes):
        assert tree.cost[node] == pytest.approx(truth.get(node, math.inf), abs=0.01)

    points = network.snap(np.array(middle) + random.uniform(-700, 700, (200, 2)))
    found = walks.costs(tree, points)
    for i in np.flatnonzero(points.on):
        name = f"p{i}"
        edge, along = int(points.edge[i]), float(points.along[i])
        put(graph, network, name, edge, along)
        for number in range(2):
            if tree.entrances.edge[number] == edge:
                apart = (
                    abs(along - tree.entrances.along[number]) / network.length[edge] * network.effort[edge]
                )
                graph.add_edge(name, f"e{number}", key=f"{name}{number}", cost=apart)
        wanted = nx.multi_source_dijkstra_path_length(graph, ["e0", "e1"], cutoff=900.0, weight="cost").get(
            name
        )
        assert found[i] == pytest.approx(math.inf if wanted is None else wanted, abs=1.0)
        graph.remove_node(name)
        if i > 60:
            break


def test_flows_are_those_of_the_shortest_paths_one_by_one(
    network: Network, middle: tuple[float, float]
) -> None:
    walks = Walks(network)
    tree = walks.tree(np.array([middle]), 1_000.0)
    random = np.random.default_rng(2)
    # At nodes, and with people who are powers of two: sums are exact whatever their order.
    door = int(tree.entrances.edge[0])
    ends = [network.first[door], network.last[door]]
    reached = np.setdiff1d(np.flatnonzero(tree.cost < 1_000), ends)
    nodes = random.choice(reached, 60, replace=False)
    people = 2.0 ** random.integers(0, 5, len(nodes))
    snapped = network.snap(np.array([_end_of(network, node) for node in nodes]))
    flows = walks.flows(tree, snapped, people)
    assert not flows.lost.any()

    wanted = np.zeros(len(network.lines))
    graph = graph_of(network)
    put(graph, network, "e", door, float(tree.entrances.along[0]))
    for node, number in zip(nodes.tolist(), people.tolist(), strict=True):
        path = nx.dijkstra_path(graph, node, "e", weight="cost")
        for a, b in pairwise(path):
            key = min(graph[a][b], key=lambda each, a=a, b=b: graph[a][b][each]["cost"])
            wanted[door if b == "e" else key] += number
    assert flows.through.tolist() == wanted.tolist()


def _end_of(network: Network, node: int) -> tuple[float, float]:
    edge = int(np.flatnonzero((network.first == node) | (network.last == node))[0])
    line = network.lines[edge]
    return line.coords[0] if network.first[edge] == node else line.coords[-1]


def test_a_catchment_is_what_was_reached(network: Network, middle: tuple[float, float]) -> None:
    walks = Walks(network)
    tree = walks.tree(np.array([middle]), 800.0)
    small, large = walks.catchment(tree, 400.0), walks.catchment(tree, 800.0)
    assert large.area.buffer(0.1).contains(small.area)
    assert (large.reached >= small.reached - 1e-6).all()
    assert shapely.length(shapely.union_all(np.array(small.lines, dtype=object))) == pytest.approx(
        small.metres, rel=0.03
    )
    # Every point on a reached line is within the cost, every point of an edge beyond it is not.
    ends = np.array([line.coords[-1] for line in small.lines if line.length > 1])
    assert walks.costs(tree, network.snap(ends)).max() <= 400.0 + 1.0


def street(*points: tuple[float, float]) -> LineString:
    return LineString([(1_050_000 + x, 6_712_000 + y) for x, y in points])


def at(x: float, y: float) -> tuple[float, float]:
    return (1_050_000 + x, 6_712_000 + y)


def ladder(*, stairs: bool = False) -> Network:
    """Two ways from node 1 to node 4: 200 m along the north, 100 m straight, which may be stairs."""
    lines = [street((0, 0), (100, 0)), street((100, 0), (100, 50), (200, 50), (200, 0)), street((100, 0), (200, 0)),
             street((200, 0), (300, 0)), street((0, 500), (50, 500))]  # fmt: skip
    return Network(
        lines, [1, 2, 2, 3, 8], [2, 3, 3, 4, 9], [False, False, stairs, False, False], steps_factor=2.5
    )


def test_the_quicker_of_two_edges_is_walked_and_stairs_are_slow() -> None:
    for stairs, wanted, busy in ((False, 250.0, 2), (True, 350.0, 1)):
        network = ladder(stairs=stairs)
        walks = Walks(network)
        tree = walks.tree(np.array([at(0, 0)]), 1_000.0)
        home = network.snap(np.array([at(250, 0)]))
        assert walks.costs(tree, home)[0] == pytest.approx(wanted)
        flows = walks.flows(tree, home, np.array([3.0]))
        assert flows.through.tolist() == [3.0, *(3.0 if busy == edge else 0.0 for edge in (1, 2)), 3.0, 0.0]


def shut(network: Network, *edges: int) -> Edited:
    """The network without these edges, each closed at a point in its middle."""
    middles = [network.lines[edge].interpolate(0.5, normalized=True) for edge in edges]
    return apply(network, [Edit(EditKind.CLOSE, middle) for middle in middles])


def test_a_closed_path_makes_a_detour_or_cuts_off() -> None:
    network = ladder()
    home = network.snap(np.array([at(250, 0)]))
    detour = Walks(shut(network, 2))
    assert detour.costs(detour.tree(np.array([at(0, 0)]), 1_000.0), home)[0] == pytest.approx(350.0)
    cut = Walks(shut(network, 1, 2))
    tree = cut.tree(np.array([at(0, 0)]), 1_000.0)
    assert np.isinf(cut.costs(tree, home)[0])
    assert cut.flows(tree, home, np.ones(1)).lost.tolist() == [True]
    with pytest.raises(BadInput, match="closed"):
        Walks(shut(network, 0)).tree(network.snap(np.array([at(10, 0)])), 100.0)


def test_islands_are_told_and_nobody_is_forced_onto_them() -> None:
    network = ladder()
    assert network.islands == 1
    snapped = network.snap(np.array([at(25, 500), at(50, 40), at(150, 140)]))
    assert snapped.on.tolist() == [False, True, True]
    assert snapped.off.tolist() == pytest.approx([math.hypot(75, 450), 40.0, 90.0], rel=0.01)
    with pytest.raises(BadInput, match="nearest path"):
        Walks(network).tree(np.array([at(25, 500)]), 100.0)
    with pytest.raises(BadInput):
        Walks(network).tree(np.empty((0, 2)), 100.0)
    with pytest.raises(BadInput):
        Network([], np.array([], int), np.array([], int))


def test_time_runs_out_in_the_middle_of_a_street() -> None:
    network = ladder()
    walks = Walks(network)
    tree = walks.tree(np.array([at(50, 0)]), 80.0)
    found = walks.catchment(tree, 80.0)
    assert found.reached.tolist() == pytest.approx([100.0, 30.0, 30.0, 0.0, 0.0])
    short = walks.catchment(tree, 20.0)
    assert short.reached.tolist() == pytest.approx([40.0, 0, 0, 0, 0])
    assert short.area.area == pytest.approx(40 * 50 + math.pi * 25**2, rel=0.03)


@st.composite
def grids(draw: st.DrawFn) -> tuple[list[LineString], list[int], list[int]]:
    """A connected network: a chain of nodes, and some edges more between any two."""
    n = draw(st.integers(3, 9))
    spot = st.tuples(st.integers(0, 400), st.integers(0, 400))
    spots = draw(st.lists(spot, min_size=n, max_size=n, unique=True))
    pairs = [(i, i + 1) for i in range(n - 1)]
    pairs += draw(
        st.lists(
            st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1]), max_size=8
        )
    )
    return [street(spots[a], spots[b]) for a, b in pairs], [a for a, _ in pairs], [b for _, b in pairs]


@settings(max_examples=60, deadline=None)
@given(grids(), st.data())
def test_a_path_more_never_lengthens_a_walk_and_people_are_conserved(
    made: tuple[list[LineString], list[int], list[int]], data: st.DataObject
) -> None:
    network = Network(*made)
    entrance = np.array([made[0][0].coords[0]])
    origins = network.snap(np.array([line.interpolate(0.4, normalized=True).coords[0] for line in made[0]]))
    people = np.array([float(data.draw(st.integers(0, 50))) for _ in made[0]])
    whole = Walks(network)
    tree = whole.tree(entrance, 5_000.0)
    cost = whole.costs(tree, origins)
    assert np.isfinite(cost).all()

    chain = max(len(made[0]) - data.draw(st.integers(0, 3)), len(set(made[1]) | set(made[2])) - 1)
    closed = np.arange(len(made[0])) >= chain
    lines, first, last = (np.array(column, object)[~closed] for column in made)
    fewer = Walks(Network(list(lines), first.astype(int), last.astype(int)))
    there = ~closed[origins.edge]
    if not closed[tree.entrances.edge[0]]:
        fewer_origins = Snapped(origins.edge[there], origins.along[there], origins.off[there])
        again = fewer.costs(fewer.tree(tree.entrances, 5_000.0), fewer_origins)
        assert (again >= cost[there] - 1e-6).all()
    assert np.array_equal(Walks(apply(network, ())).costs(tree, origins), cost)

    flows = whole.flows(tree, origins, people)
    at_the_door = flows.through[tree.entrances.edge[0]]
    assert people.sum() >= at_the_door >= 0
    assert flows.through.max() <= people.sum()
    # All start in the middle of an edge, and walk on it.
    assert (flows.through >= np.bincount(origins.edge, people, len(made[0]))).all()
