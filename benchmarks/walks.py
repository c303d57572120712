"""How fast walks to a station are worked out, beside networkx, igraph and osmnx, on the same network.

The network is made up: a grid whose crossings lie some metres off and whose streets bend, with edges of some fifty metres.
A real one has shorter ones where footways are drawn (13 m in central Helsinki) and longer ones in the country.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import igraph
import networkx as nx
import numpy as np
import osmnx
import shapely
from shapely.geometry import LineString

from benchmarks.tables import Bar, Row, Table, count, ratio, times
from geo.analysis.edit import Edit, EditKind
from geo.analysis.edits import apply
from geo.analysis.network import Floats, Ints, Network, Snapped
from geo.analysis.walking import BESIDE_M, Tree, Walks
from geo.crs import SWEREF99TM

_STEP_M, _OFF_M = 50.0, 12.0
_CORNER = np.array([700_000.0, 7_120_000.0])
_WALK_M, _QUARTER_M = 1_200.0, 15 * 60 * 1.2
_WARM = 2
_SLOW_RUNS = 3
"""The peers' runs of what takes them seconds."""
_CATCHMENT_MS, _POLYGON_MS, _FLOWS_MS, _EDIT_MS = 1.0, 100.0, 150.0, 20.0
_OSMNX, _NETWORKX = 1_000.0, 20.0
_LARGE = 100_000
"""From so many edges on the ratios are promised; in a small network there is little to leave out."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """The network in all four programs, the entrances and the addresses brought onto it."""

    network: Network
    walks: Walks
    door: int
    doors: Floats
    homes: Snapped
    people: Floats
    graph: Any
    igraph: Any


def measure(sizes: Sequence[int], runs: int) -> Iterator[Table]:
    """One table for each number of edges, as soon as it is measured."""
    return (_table(edges, number, runs) for number, edges in enumerate(sizes, 10))


def _table(edges: int, number: int, runs: int) -> Table:
    ground = _ground(edges)
    network = ground.network
    rows: list[Row] = []
    bars: list[Bar] = []
    large = edges >= _LARGE

    def row(
        what: str, ours: list[float], most_ms: float, peers: dict[str, tuple[list[float], float]]
    ) -> None:
        bar = Bar(f"{what}, {count(edges)} edges, ms", 1000 * median(ours), most_ms)
        bars.append(bar)
        cells = {}
        for peer, (theirs, least) in peers.items():
            times_as_fast = median(theirs) / median(ours)
            cells[peer] = f"{1000 * median(theirs):,.1f} ms {ratio(times_as_fast)}"
            if large and least:
                bars.append(Bar(f"{what} beside {peer}", times_as_fast, least, at_least=True))
                cells[peer] += f" {bars[-1]}"
        rows.append((what, times(ours, 2), str(bar), *(cells.get(peer, "") for peer in _PEERS)))

    door = ground.doors[:1]
    row(
        "catchment of 1,200 m",
        _timed(lambda: _catchment(ground.walks, door), runs),
        _CATCHMENT_MS,
        {
            "networkx": (_timed(lambda: _nx_catchment(ground), _SLOW_RUNS), _NETWORKX),
            "igraph": (_timed(lambda: _igraph_catchment(ground), _SLOW_RUNS), 0),
            "osmnx": (_timed(lambda: _osmnx_catchment(ground), _SLOW_RUNS), _OSMNX),
        },
    )
    row(
        "15 minutes, four entrances, polygon",
        _timed(
            lambda: ground.walks.catchment(ground.walks.tree(ground.doors, _QUARTER_M), _QUARTER_M).area, runs
        ),
        _POLYGON_MS,
        {"networkx": (_timed(lambda: _nx_polygon(ground), _SLOW_RUNS), 0)},
    )
    whole = ground.walks.tree(ground.doors, np.inf)
    row(
        f"flows of {count(len(ground.people))} addresses",
        _timed(lambda: _flows(ground), runs),
        _FLOWS_MS,
        {"networkx": (_timed(lambda: _nx_flows(ground), 1), _NETWORKX)},
    )
    edit = Edit(EditKind.ADD_PATH, _across(ground.doors))
    plain = _timed(lambda: _catchment(ground.walks, door), runs)
    edited = _timed(lambda: _catchment(Walks(apply(network, [edit])), door), runs)
    more = [max(0.0, b - a) for a, b in zip(plain, edited, strict=True)]
    row("a path added, more than without", more, _EDIT_MS, {})
    _same(ground, whole)
    return Table(
        title=f"{number}. Walks to a station on {count(edges)} edges",
        notes=(
            f"{count(network.nodes)} crossings. Median [least–greatest] of {runs} runs, the peers' of {_SLOW_RUNS} or one;",
            "the ratio is how many times as long the peer takes. All give the same answer, to the metre and the person.",
        ),
        header=("", "ours", "", *_PEERS),
        rows=tuple(rows),
        bars=tuple(bars),
    )


_PEERS = ("networkx", "igraph", "osmnx")


def _timed(work: Callable[[], object], runs: int) -> list[float]:
    for _ in range(min(_WARM, runs - 1)):
        work()
    spent = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return spent


def _ground(edges: int) -> _Ground:
    random = np.random.default_rng(5)
    side = round((edges / 2) ** 0.5) + 1
    at = np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1) * _STEP_M
    spots = (at + random.uniform(-_OFF_M, _OFF_M, at.shape)).reshape(-1, 2) + _CORNER
    node = np.arange(side * side).reshape(side, side)
    first = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    last = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    bend = (spots[first] + spots[last]) / 2 + random.uniform(-4, 4, (len(first), 2))
    lines = np.asarray(shapely.linestrings(np.stack([spots[first], bend, spots[last]], axis=1)))
    network = Network(lines, first, last)
    middle = int(node[side // 2, side // 2])
    doors = spots[middle] + np.array([[0, 0], [150, 20], [10, 160], [-120, 60]])
    homes = network.snap(random.uniform(0, (side - 1) * _STEP_M, (len(first) // 4, 2)) + _CORNER)
    people = random.integers(1, 9, len(homes.edge)).astype(np.float64)
    walks = Walks(network)
    _catchment(walks, doors[:1])
    return _Ground(network, walks, middle, doors, homes, people, *_peers(network, spots))


def _peers(network: Network, spots: Floats) -> tuple[Any, Any]:
    graph = nx.MultiDiGraph(crs=f"EPSG:{SWEREF99TM}")
    graph.add_nodes_from((number, {"x": x, "y": y}) for number, (x, y) in enumerate(spots.tolist()))
    ends = list(zip(network.first.tolist(), network.last.tolist(), network.length.tolist(), strict=True))
    for one, other, length in ends:
        graph.add_edge(one, other, length=length)
        graph.add_edge(other, one, length=length)
    other_graph = igraph.Graph(n=network.nodes, edges=[(a, b) for a, b, _ in ends])
    other_graph.es["length"] = network.length.tolist()
    return graph, other_graph


def _catchment(walks: Walks, door: Floats) -> tuple[Tree, Floats]:
    tree = walks.tree(door, _WALK_M)
    found = walks.catchment(tree, _WALK_M)
    return tree, found.high


def _nx_catchment(ground: _Ground) -> Any:
    return nx.ego_graph(ground.graph, ground.door, radius=_WALK_M, distance="length")


def _igraph_catchment(ground: _Ground) -> Ints:
    found = np.array(ground.igraph.distances(source=ground.door, weights="length")[0])
    return np.flatnonzero(found <= _WALK_M)


def _osmnx_catchment(ground: _Ground) -> Any:
    return osmnx.truncate.truncate_graph_dist(ground.graph, ground.door, _WALK_M, weight="length")


def _nx_polygon(ground: _Ground) -> Any:
    """What lies along the edges between the nodes reached; the cut ones at the rim are left out."""
    nodes = _nx_near(ground)
    reached = nx.multi_source_dijkstra_path_length(
        ground.graph, set(nodes), cutoff=_QUARTER_M, weight="length"
    )
    inside = np.zeros(ground.network.nodes, bool)
    inside[list(reached)] = True
    edges = inside[ground.network.first] & inside[ground.network.last]
    return shapely.union_all(shapely.buffer(ground.network.lines[edges], BESIDE_M, quad_segs=4))


def _nx_near(ground: _Ground) -> list[int]:
    snapped = ground.network.snap(ground.doors)
    return np.unique(ground.network.first[snapped.edge]).tolist()  # type: ignore[no-any-return]


def _flows(ground: _Ground) -> Floats:
    tree = ground.walks.tree(_at_door(ground), np.inf)
    return ground.walks.flows(tree, ground.homes, ground.people).through


def _at_door(ground: _Ground) -> Snapped:
    """The entrance at a crossing, where the peers set out from, too."""
    edge = int(ground.network.edges_at(np.array([ground.door]))[0])
    along = 0.0 if ground.network.first[edge] == ground.door else ground.network.length[edge]
    return Snapped(np.array([edge]), np.array([along]), np.zeros(1))


def _nx_flows(ground: _Ground) -> dict[tuple[int, int], float]:
    """One search for all, and a sum in Python up its tree: the quickest that networkx alone allows."""
    network, homes = ground.network, ground.homes
    before, far = nx.dijkstra_predecessor_and_distance(ground.graph, ground.door, weight="length")
    waiting = dict.fromkeys(far, 0.0)
    through: dict[tuple[int, int], float] = {}
    own = zip(homes.edge.tolist(), homes.along.tolist(), ground.people.tolist(), strict=True)
    first, last, length = network.first.tolist(), network.last.tolist(), network.length.tolist()
    for edge, along, people in own:
        a, b = first[edge], last[edge]
        ahead = far[a] + along <= far[b] + length[edge] - along
        waiting[a if ahead else b] += people
        # Who sets out at a crossing walks none of the street.
        if (along if ahead else length[edge] - along) > 1e-3:
            through[min(a, b), max(a, b)] = through.get((min(a, b), max(a, b)), 0.0) + people
    for node in sorted(far, key=far.__getitem__, reverse=True):
        if before[node] and waiting[node]:
            toward = before[node][0]
            waiting[toward] += waiting[node]
            edge = (min(node, toward), max(node, toward))
            through[edge] = through.get(edge, 0.0) + waiting[node]
    return through


def _across(doors: Floats) -> LineString:
    """A path drawn across some thirty streets."""
    east, north = doors[0].tolist()
    return LineString([(east - 400, north - 300), (east + 50, north - 60), (east + 500, north + 350)])


def _same(ground: _Ground, whole: Tree) -> None:
    """Refuses to tell times of different answers."""
    network = ground.network
    assert np.isfinite(whole.cost).all()
    ours = ground.walks.tree(_at_door(ground), _WALK_M)
    truth = nx.single_source_dijkstra_path_length(ground.graph, ground.door, cutoff=_WALK_M, weight="length")
    assert set(truth) == set(ours.reached.tolist())
    assert all(abs(ours.cost[node] - far) < 1 for node, far in truth.items())
    assert set(_nx_catchment(ground)) == set(_igraph_catchment(ground).tolist()) == set(truth)
    assert set(_osmnx_catchment(ground)) == set(truth)
    theirs = _nx_flows(ground)
    for edge, people in enumerate(_flows(ground).tolist()):
        a, b = int(network.first[edge]), int(network.last[edge])
        assert theirs.get((min(a, b), max(a, b)), 0.0) == people
