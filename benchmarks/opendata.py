"""How fast a box of open data is answered, beside pygeoapi over PostGIS with the same features."""

import json
import urllib.request
from random import Random
from statistics import median

import numpy as np
import psutil
import shapely
from numpy.typing import NDArray

from benchmarks import peer_ogc
from benchmarks.data import SEED, Ground
from benchmarks.serving import Client, our_command, served
from benchmarks.tables import Bar, Table, count, ratio, times
from geo.crs import points_to_wgs84
from geo.model import Feature, Layer, LayerInfo
from geo.store.engine import open_store
from geo.store.layers import put_layer

_FASTER, _FASTER_FROM = 40.0, 1_000_000
"""How many times as fast as pygeoapi, and among how many features."""
_BOXES = 40
"""Boxes asked of one before it is the other's turn; each is asked once."""
_WARMING = 5
"""Boxes asked first, to hold the answers against each other."""
_WEST, _SOUTH, _SIZE_M = 700_000, 7_100_000, 100_000
"""The square in EPSG:3006 that the features are strewn over."""


def measure(ground: Ground, *, features: int, runs: int) -> list[Table]:
    """The table for a layer of this many points."""
    points = np.rint(np.random.default_rng(SEED).uniform(0, _SIZE_M, (features, 2))) + np.array(
        [_WEST, _SOUTH]
    )
    path = ground.store("opendata")
    store = open_store(f"sqlite:///{path}")
    info = LayerInfo(peer_ogc.LAMPS, "Lampor", "Lamps", "Bench", "CC0", "1 m")
    found = tuple(
        Feature(point, {"name": f"Lampa {number}", "kind": "lamp"})
        for number, point in enumerate(np.asarray(shapely.points(points)), 1)
    )
    with store.write() as connection:
        put_layer(connection, Layer(info, found))
    store.close()
    lonlat = np.round(points_to_wgs84(points), 5)
    boxes = _boxes(lonlat, _WARMING + runs * _BOXES)
    with (
        served(our_command(), ground.processes(path), ground.folder / "opendata.log") as ours,
        peer_ogc.pygeoapi(lonlat, ground.folder) as theirs,
    ):
        before = _memory_of("trygg")
        our_client, their_client = Client(ours), Client(theirs)
        paths = {"ours": f"/api/collections/layer-{peer_ogc.LAMPS}/items", "peer": "/collections/lamps/items"}
        made = our_client.get(f"{paths['ours']}?limit=1")
        held = (_memory_of("trygg") - before) / features
        for box in boxes[:_WARMING]:
            _check(ours + paths["ours"], theirs + paths["peer"], box)
        our_times: list[float] = []
        their_times: list[float] = []
        for first in range(_WARMING, len(boxes), _BOXES):
            turn = boxes[first : first + _BOXES]
            our_times += [our_client.get(f"{paths['ours']}?{box}") for box in turn]
            their_times += [their_client.get(f"{paths['peer']}?{box}") for box in turn]
        our_client.close()
        their_client.close()
    faster = median(their_times) / median(our_times)
    bars = (
        (Bar("open data by box beside pygeoapi", faster, _FASTER, at_least=True),)
        if features >= _FASTER_FROM
        else ()
    )
    return [
        Table(
            title=f"20. Open data: a box among {count(features)} points, limit=100",
            notes=(
                "Ours: `trygg serve` over SQLite. Peer: pygeoapi over PostGIS (GiST), served by Granian like ours. One kept",
                f"connection each; by turns {_BOXES} boxes, each asked once; both tell how many match, and which.",
                "Memory is that of the process, more than before the first request for the collection.",
            ),
            header=("", "ours", "pygeoapi", "ratio", "bar"),
            rows=(
                (
                    "a box, 100 features",
                    times(our_times, 2),
                    times(their_times, 1),
                    ratio(faster),
                    "".join(map(str, bars)),
                ),
                ("first request after a change", f"{made:,.1f} s", "", "", ""),
                ("memory for each feature", f"{held:,.0f} B", "", "", ""),
            ),
            bars=bars,
        )
    ]


def _boxes(lonlat: NDArray[np.float64], number: int) -> list[str]:
    """So many queries for boxes of a hundredth of the whole, each way a tenth."""
    random = Random(SEED)
    (west, south), (east, north) = lonlat.min(axis=0), lonlat.max(axis=0)
    wide, high = (east - west) / 10, (north - south) / 10
    found = []
    for _number in range(number):
        x, y = random.uniform(west, east - wide), random.uniform(south, north - high)
        found.append(f"limit=100&bbox={x:.5f},{y:.5f},{x + wide:.5f},{y + high:.5f}")
    return found


def _check(ours: str, theirs: str, box: str) -> None:
    """Refuses to compare what isn't the same answer."""
    told = []
    for address in (f"{ours}?{box}", f"{theirs}?{box}&f=json"):
        with urllib.request.urlopen(address) as answer:  # noqa: S310  # our own servers, over http
            found = json.load(answer)
            which = sorted(int(feature["id"]) for feature in found["features"])
            told.append((found["numberMatched"], found["numberReturned"], which))
    if told[0] != told[1]:
        raise RuntimeError(f"{box}: ours matched and returned {told[0]}, pygeoapi {told[1]}")


def _memory_of(name: str) -> int:
    """Bytes of this process's children of that name and of theirs."""
    children = psutil.Process().children(recursive=True)
    return sum(child.memory_info().rss for child in children if name in " ".join(child.cmdline()))
