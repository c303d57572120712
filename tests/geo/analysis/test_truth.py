"""A whole town and a village, from their real addresses, held against networkx: every distance, and every person on every edge."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from geo.analysis.network import Network, Snapped
from geo.analysis.origins import OriginKind, origins_of_area
from geo.analysis.walking import Tree, Walks
from geo.area.package import AreaPackage, open_area
from geo.model import EntryKind

LIMIT = 15 * 60 * 1.2
NEAR = 1e-3


@pytest.fixture(scope="module", params=["town_area", "village_area", "helsinki_area"])
def package(request: pytest.FixtureRequest) -> AreaPackage:
    folder: Path = request.getfixturevalue(request.param)
    return open_area(folder)


def doors_of(package: AreaPackage, network: Network) -> np.ndarray:
    """The railway station, where there is one, and two more entrances beside it; else the village's bus stop."""
    kinds = (EntryKind.STATION, EntryKind.BUS_STOP)
    entry = min(
        (entry for entry in package.entries() if entry.kind in kinds),
        key=lambda entry: (kinds.index(entry.kind), entry.name, entry.id),
    )
    spot = entry.geometry.centroid
    doors = np.array([[spot.x, spot.y], [spot.x + 61, spot.y + 40], [spot.x - 83, spot.y + 17]])
    return doors[network.snap(doors).on]


def graph_of(network: Network, tree: Tree) -> nx.MultiGraph:
    """The network with the entrances as nodes of no cost to ``door``; an edge's number is in its data."""
    graph = nx.MultiGraph()
    for number, (first, last, cost) in enumerate(
        zip(network.first.tolist(), network.last.tolist(), network.effort.tolist(), strict=True)
    ):
        graph.add_edge(first, last, cost=cost, number=number)
    for at, (edge, along) in enumerate(
        zip(tree.entrances.edge.tolist(), tree.entrances.along.tolist(), strict=True)
    ):
        put(graph, network, f"e{at}", edge, along)
        graph.add_edge(f"e{at}", "door", cost=0.0, number=-1)
    return graph


def put(graph: nx.MultiGraph, network: Network, name: str, edge: int, along: float) -> None:
    share = along / network.length[edge]
    for node, part in ((network.first[edge], share), (network.last[edge], 1 - share)):
        graph.add_edge(name, int(node), cost=float(network.effort[edge] * part), number=edge)


def test_every_distance_and_every_person_is_that_of_networkx(package: AreaPackage) -> None:
    network = Network.of_area(package)
    walks = Walks(network)
    tree = walks.tree(doors_of(package, network), LIMIT)
    graph = graph_of(network, tree)
    truth, ways = nx.single_source_dijkstra(graph, "door", weight="cost", cutoff=LIMIT)
    reached = sorted(node for node in truth if isinstance(node, int))
    assert sorted(tree.reached.tolist()) == reached
    assert np.allclose(tree.cost[reached], [truth[node] for node in reached], atol=0.01)

    origins = origins_of_area(package)
    spots = origins.points[origins.of(OriginKind.ADDRESS, OriginKind.STOP)]
    snapped = network.snap(spots)
    # Those on an entrance's own edge walk along it without passing a crossing; they have tests of their own.
    apart = snapped.on & ~np.isin(snapped.edge, tree.entrances.edge)
    snapped = Snapped(snapped.edge[apart], snapped.along[apart], snapped.off[apart])
    people = np.arange(1.0, len(snapped.edge) + 1)
    assert len(people) > 50
    cost = walks.costs(tree, snapped)
    flows = walks.flows(tree, snapped, people)

    wanted: Counter[int] = Counter()
    for at, (edge, along) in enumerate(zip(snapped.edge.tolist(), snapped.along.tolist(), strict=True)):
        effort = float(network.effort[edge] / network.length[edge])
        choices = [
            (truth.get(int(node), np.inf) + metres * effort, metres, int(node))
            for node, metres in (
                (network.first[edge], along),
                (network.last[edge], float(network.length[edge]) - along),
            )
        ]
        far, own, node = min(choices, key=lambda choice: choice[0])
        assert cost[at] == pytest.approx(far if far <= LIMIT else np.inf, abs=1.0)
        assert flows.lost[at] == (far > LIMIT)
        if far > LIMIT:
            continue
        passed = {edge} if own * effort > NEAR else set()
        for a, b in pairwise(ways[node]):
            link = min(graph[a][b].values(), key=lambda each: each["cost"])
            if link["number"] >= 0 and (link["cost"] > NEAR or (isinstance(a, int) and isinstance(b, int))):
                passed.add(link["number"])
        for number in passed:
            wanted[number] += int(people[at])
    assert flows.through.tolist() == [float(wanted[edge]) for edge in range(len(network.lines))]
    there = ~flows.lost
    assert flows.walked.sum() == pytest.approx((people * np.where(there, cost, 0)).sum(), rel=1e-9)


def test_without_going_far_all_of_an_area_is_looked_at_as_closely(package: AreaPackage) -> None:
    """A short walk looks only at the paths around: it finds what the search of everything finds."""
    network = Network.of_area(package)
    walks = Walks(network)
    doors = doors_of(package, network)[:1]
    near, whole = walks.tree(doors, 200.0), walks.tree(doors, np.inf)
    inside = whole.cost <= 200.0
    assert np.array_equal(np.isfinite(near.cost), inside)
    assert near.cost[inside].tolist() == whole.cost[inside].tolist()
    few, all_of_it = walks.catchment(near, 200.0), walks.catchment(whole, 200.0)
    assert few.metres == pytest.approx(all_of_it.metres)
    assert few.area.symmetric_difference(all_of_it.area).area < 0.001 * few.area.area
