"""An attacker who asks: a thousand requests at the public addresses of a running server, and the mean of all that they show."""

import csv
import hashlib
import http.client
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any
from urllib.parse import quote, urlsplit

import numpy as np
import shapely
from shapely.geometry import shape

from benchmarks.attacked import Lair
from geo.crs import points_to_3006, points_to_wgs84
from geo.privacy.cells import Floats

ITEMS = "/api/collections/incident-areas/items"
_SWEREF = "http://www.opengis.net/def/crs/EPSG/0/3006"
_NEAR_DEGREES = (0.00005, 0.0005, 0.005, 0.05)
_HOMES = 40
_NONCE = re.compile(rb'nonce="[^"]+"')
"""What a page says anew each time, so that no other script runs in it."""


@dataclass(slots=True)
class Heard:
    """What the answers said.

    ``bodies[address]``: digests of its different answers. ``middles[area]``: where the area's shape lay in each answer that
    showed it, metres in EPSG:3006. ``said[count]``: the different things said of a count.
    """

    asked: int = 0
    bodies: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    middles: defaultdict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    said: defaultdict[tuple[object, ...], set[object]] = field(default_factory=lambda: defaultdict(set))

    @property
    def changing(self) -> int:
        """Addresses that answered in more than one way."""
        return sum(len(found) > 1 for found in self.bodies.values())

    @property
    def wavering(self) -> int:
        """Counts of which more than one thing was said."""
        return sum(len(found) > 1 for found in self.said.values())

    def mean_shown(self, ground: Lair) -> Floats:
        """For each home the mean of the middles of its area, over all answers that showed it; (homes, 2)."""
        cells = ground.cells.locate(ground.homes)
        at = {int(area.rsplit(":", 1)[1]): np.mean(found, axis=0) for area, found in self.middles.items()}
        return np.array([at[int(cell)] for cell in cells])


def addresses(ground: Lair) -> list[str]:
    """What the attacker asks for: files, pages, and small and large boxes, in both systems, times, kinds and pages, round homes."""
    chance = np.random.default_rng(8)
    homes = ground.homes[chance.integers(len(ground.homes), size=_HOMES)]
    found = [
        "/api/incidents.json", "/incidents", "/", "/api/map.json", ITEMS, f"{ITEMS}?limit=10000",
        "/api/collections/incident-areas", "/api/collections/incident-areas/features.csv",
        "/api/collections/incident-areas/features.gpkg",
        *(f"/incidents?zoom={zoom}" for zoom in range(4, 19, 2)),
        *(f"/api/incidents.json?zoom={zoom}&bbox=20,64,21,65" for zoom in range(4, 19, 2)),
        *(f"{ITEMS}?limit={limit}&offset={offset}" for limit in (1, 7, 100) for offset in (0, 3, 50)),
        *(f"{ITEMS}?limit=1000&datetime={year}-0{month}-01/.." for year in range(2023, 2027) for month in (1, 4, 7)),
    ]  # fmt: skip
    for (east, north), (lon, lat) in zip(homes, points_to_wgs84(homes), strict=True):
        for step in _NEAR_DEGREES:
            box = f"{lon - step:.6f},{lat - step:.6f},{lon + step:.6f},{lat + step:.6f}"
            found.append(f"{ITEMS}?limit=10000&bbox={box}")
        box = f"{north - 5:.1f},{east - 5:.1f},{north + 5:.1f},{east + 5:.1f}"
        system = quote(_SWEREF, safe="")
        found.append(f"{ITEMS}?limit=10000&bbox={box}&bbox-crs={system}&crs={system}")
    return found


def ask(address: str, asked: Iterable[str], times: int) -> Heard:
    """Asks a server ``times`` times for these, one after another and round again.

    Raises:
        RuntimeError: an answer is not 200.
    """
    heard = Heard()
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
    for path in islice(cycle(asked), times):
        connection.request(
            "GET", path, headers={"Accept": "application/json" if "/api" in path else "text/html"}
        )
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path}: {answer.status}")
        take(heard, path, body)
    connection.close()
    return heard


def take(heard: Heard, path: str, body: bytes) -> None:
    """Adds an answer to what was heard."""
    heard.asked += 1
    heard.bodies[path].add(hashlib.sha256(_NONCE.sub(b"", body)).hexdigest())
    if path.startswith(ITEMS):
        _read_features(heard, json.loads(body)["features"], sweref="&crs=" in path)
    elif path.startswith("/api/incidents.json"):
        told = json.loads(body)
        for area in told["areas"]:
            heard.middles[area["id"]].append(_middle(area["geometry"], sweref=False))
        for one in (*told["localities"], *told["areas"]):
            for at, number in enumerate((one["number"], *one["by_year"])):
                heard.said["page", one.get("id", one["name"]), at].add(number)
        for group, row in told["groups"].items():
            for at, number in enumerate(row):
                heard.said["page", group, at].add(number)
    elif path.endswith("features.csv"):
        for row in csv.DictReader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"):
            heard.said["csv", row["id"]].add((row["said"], row["number"]))


def _read_features(heard: Heard, features: list[dict[str, Any]], *, sweref: bool) -> None:
    for feature in features:
        about, scope = feature["properties"], str(feature["id"]).split(":")
        heard.said["feature", feature["id"]].add((about["said"], about["number"]))
        if about["scope"] == "cell" and feature["geometry"]:
            heard.middles[":".join(scope[1:3])].append(_middle(feature["geometry"], sweref=sweref))


def _middle(geometry: dict[str, Any], *, sweref: bool) -> tuple[float, float]:
    made = shape(geometry)
    if sweref:
        # EPSG's own order: northing, easting.
        return made.centroid.y, made.centroid.x
    corners = shapely.transform(made, lambda at: np.asarray(points_to_3006(at)))
    return corners.centroid.x, corners.centroid.y
