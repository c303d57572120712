"""What a made-up town and a made-up village have in common: plots with homes along a street, and the village itself."""

from itertools import pairwise
from math import cos, hypot, sin
from random import Random

from benchmarks.osmfile import OsmFile
from benchmarks.townnames import VILLAGE_STREETS

CENTRE = (777_200.0, 7_123_900.0)
"""Where the middle lies (EPSG:3006): in the municipality of Robertsfors, where nothing of the kind is."""
_CHANGED = 1_780_000_000


class Maker:
    """An extract in the making: ``osm``, by the chances of ``seed``, turned a little from the compass."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.osm = OsmFile(_CHANGED)
        self.turn = self.random.uniform(-0.25, 0.25)
        self.numbers: dict[tuple[str, str], int] = {}

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A position of the plan (metres east and north of its middle), turned and put on the ground."""
        c, s = cos(self.turn), sin(self.turn)
        return CENTRE[0] + c * x - s * y, CENTRE[1] + s * x + c * y

    def node(self, x: float, y: float, **tags: str) -> int:
        return self.osm.node(*self.at(x, y), keys(tags))

    def area(self, x: float, y: float, wide: float, high: float, **tags: str) -> None:
        corners = [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)]
        self.osm.area([self.at(*corner) for corner in corners], keys(tags))

    def way(self, nodes: list[int], **tags: str) -> None:
        self.osm.way(nodes, keys(tags))

    def homes(self, first: int, last: int, street: str, locality: str, *, flats: bool, gap: float) -> None:
        """Buildings on both sides of a stretch, odd numbers to its left; some numbers and some houses are missing."""
        (ax, ay), (bx, by) = self.osm.spot(first), self.osm.spot(last)
        length = hypot(bx - ax, by - ay)
        if length < 50:
            return
        east, north = (bx - ax) / length, (by - ay) / length
        size = (26.0, 12.0) if flats else (11.0, 9.0)
        for side, start in ((1, 1), (-1, 2)):
            at = 24.0
            while at + size[0] < length - 18:
                number = self.numbers.get((locality, street + str(side)), start)
                self.numbers[locality, street + str(side)] = number + 2
                if self.random.random() > 0.16:
                    tags = {"building": "apartments" if flats else "house", "addr:city": locality}
                    tags |= {"addr:street": street, "addr:housenumber": str(number)}
                    if flats:
                        tags["building:flats"] = str(self.random.randrange(6, 25))
                    off = 9.0
                    corners = [
                        (ax + east * along - north * side * across, ay + north * along + east * side * across)
                        for along, across in ((at, off), (at + size[0], off), (at + size[0], off + size[1]), (at, off + size[1]))
                    ]  # fmt: skip
                    self.osm.area(corners, tags)
                at += size[0] + gap


def keys(tags: dict[str, str]) -> dict[str, str]:
    """Tags written as Python's keywords: ``addr__street`` is addr:street."""
    return {key.replace("__", ":").rstrip("_"): value for key, value in tags.items()}


def village(
    maker: Maker, name: str, spot: tuple[float, float], joined: int | None, ref: str, *, homes: int
) -> None:
    """Homes along a numbered road and two side roads, a school, a shop, a path beside the road
    without lamps, and a tunnel under the road."""
    x, y = spot
    maker.node(x, y, place="village", name=name)
    street = f"{name}vägen" if name[-1] in "aeiouyåäö" else f"{name}svägen"
    road = [maker.node(x + off, y + 0.12 * off) for off in (-420, -200, 0, 210, 430)]
    if joined is not None:
        maker.way([joined, road[0]], highway="secondary", ref=ref)
    for first, last in pairwise(road):
        maker.way([first, last], highway="secondary", ref=ref, name=street)
        maker.homes(first, last, street, name, flats=False, gap=34.0)
    path = [maker.node(x + off, y + 0.12 * off - 16) for off in (-420, 0, 430)]
    maker.way(path[:2], highway="cycleway", lit="no")
    maker.way(path[1:], highway="cycleway")
    for one, two in ((road[0], path[0]), (road[2], path[1]), (road[4], path[2])):
        maker.way([one, two], highway="footway")
    mouths = [maker.node(x + 215, y + 26 + off) for off in (9, -9)]
    maker.way([road[3], mouths[0]], highway="footway")
    maker.way(mouths, highway="cycleway", tunnel="yes", layer="-1")
    maker.way([mouths[1], path[2]], highway="cycleway")
    for at, side in zip((1, 2, 3), maker.random.sample(VILLAGE_STREETS, 3), strict=True):
        before = road[at]
        for step in range(1, homes + 1):
            bend = maker.node(
                x + (at - 2) * 210 + maker.random.uniform(-20, 20), y + (at - 2) * 25 + step * 95
            )
            tags = {"highway": "residential", "name": side}
            maker.osm.way(
                [before, bend], tags | ({"lit": "yes"} if step == 1 else {"lit": "no"} if at == 2 else {})
            )
            maker.homes(before, bend, side, name, flats=False, gap=20.0)
            before = bend
    for off in (-30, -22):
        maker.node(
            x + off, y - 6, highway="bus_stop", name=f"{name} E4" if ref == "E 4" else f"{name} centrum"
        )
    maker.node(x + 60, y + 25, amenity="school", name=f"{name}skolan")
    maker.node(x - 90, y + 22, shop="convenience", name=f"Handlar'n i {name}")
    maker.node(x + 150, y + 40, amenity="community_centre", name=f"{name} bygdegård")
    maker.area(x - 160, y + 30, 30, 14, building="church", amenity="place_of_worship", name=f"{name} kyrka")
