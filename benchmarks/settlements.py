"""A town and a village made up, as OpenStreetMap extracts: what central Helsinki is too small and too dense to show.

``python -m benchmarks.settlements town|village FILE.osm.pbf [--seed N]`` writes one. Everything in it is invented: streets
with the names that Swedish towns have, homes with addresses and gaps between their numbers, a river and a railway with their
bridges and tunnels, cycleways that are lit, unlit and not said to be either, and what people call by its kind alone.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from pathlib import Path

import click

from benchmarks.plots import Maker, village
from benchmarks.townnames import PLACES, STREETS, VILLAGES

NAMES = {"town": "Granfors", "village": "Lillmyra"}
_STATION_COLUMN, _TUNNEL_COLUMN, _BRIDGE_COLUMN = 5, 8, 2
_SPECIAL = {(4, 4): "square", (6, 5): "park", (3, 5): "church", (7, 3): "school", (9, 6): "sports"}
"""Blocks (column, row) that are no homes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How large: columns and rows of streets, and villages round about."""

    columns: int
    rows: int
    villages: int


TOWN = Plan(columns=13, rows=11, villages=3)


class _Town(Maker):
    """Streets in a grid that isn't quite one; the railway runs between rows, the river between columns."""

    def __init__(self, seed: int, plan: Plan) -> None:
        super().__init__(seed)
        self.plan = plan
        self.name = NAMES["town"]
        self.rail, self.river = 2, plan.columns - 4
        steps_x = [self.random.uniform(85, 135) for _ in range(plan.columns)]
        steps_y = [self.random.uniform(80, 120) for _ in range(plan.rows)]
        steps_x[self.river] += 60
        steps_y[self.rail] += 70
        self.xs = [sum(steps_x[:column]) - sum(steps_x) / 2 for column in range(plan.columns)]
        self.ys = [sum(steps_y[:row]) - sum(steps_y) / 2 for row in range(plan.rows)]
        self.spots = {
            (column, row): (x + self.random.uniform(-9, 9), y + self.random.uniform(-9, 9))
            for column, x in enumerate(self.xs)
            for row, y in enumerate(self.ys)
        }
        self.nodes = {key: self.node(*spot) for key, spot in self.spots.items()}
        self.names = self.random.sample(STREETS[6:], len(STREETS) - 6)
        self.banks: dict[int, tuple[int, int]] = {}
        """Row → the nodes on the river's two banks."""

    def make(self) -> None:
        self.node(0, 0, place="town", name=self.name)
        self.streets()
        self.rails()
        self.waterside()
        self.special()
        self.things()
        self.stops()
        self.country()

    def streets(self) -> None:
        plan = self.plan
        main = {("row", 4): "Storgatan", ("row", 3): "Järnvägsgatan", ("column", 5): "Stationsgatan", ("column", 4): "Kungsgatan",
                ("row", 5): "Norra Esplanaden", ("column", 3): "Östra Kyrkogatan"}  # fmt: skip
        for row in range(plan.rows):
            line = [(column, row) for column in range(plan.columns)]
            self.street(line, main.get(("row", row), ""), major=row == 4)
        for column in range(plan.columns):
            line = [(column, row) for row in range(plan.rows)]
            self.street(line, main.get(("column", column), ""), major=column == 4)

    def street(self, line: list[tuple[int, int]], name: str, *, major: bool) -> None:
        """One line of the grid: one street, or several one after another; some blocks have none."""
        names = [name] if name else [self.names.pop() for _ in range(self.random.choice((1, 2, 2, 3)))]
        share = len(line) / len(names)
        for at, (first, last) in enumerate(pairwise(line)):
            street = names[int(at / share)]
            edge = hypot(first[0] - (self.plan.columns - 1) / 2, first[1] - (self.plan.rows - 1) / 2)
            if first[0] != last[0] and first[0] == self.river:
                if first[1] in (1, 4, 7):
                    self.over_water(first, last, street)
                continue
            if first[1] != last[1] and first[1] == self.rail:
                if first[0] == _BRIDGE_COLUMN:
                    self.way([self.nodes[first], self.nodes[last]], highway="tertiary", name=street, bridge="yes",
                             layer="1", lit="yes", bridge__name="Järnvägsbron")  # fmt: skip
                continue
            if not name and self.random.random() < 0.1:
                continue
            lit = "yes" if major or edge < 4 else self.random.choice(("yes", "yes", "", "no"))
            tags = {"highway": "tertiary" if major else "residential", "name": street}
            self.osm.way([self.nodes[first], self.nodes[last]], tags | ({"lit": lit} if lit else {}))
            if not {first, (first[0] - 1, first[1]), (first[0], first[1] - 1)} & set(_SPECIAL):
                self.homes(self.nodes[first], self.nodes[last], street, self.name, flats=edge < 2.5, gap=9.0)

    def over_water(self, first: tuple[int, int], last: tuple[int, int], street: str) -> None:
        (ax, ay), (bx, by) = self.spots[first], self.spots[last]
        banks = [self.node(ax + (bx - ax) * part, ay + (by - ay) * part) for part in (0.3, 0.7)]
        self.banks[first[1]] = (banks[0], banks[1])
        tags = {"highway": "residential", "name": street, "lit": "yes"}
        self.osm.way([self.nodes[first], banks[0]], tags)
        self.osm.way(banks, tags | {"bridge": "yes", "layer": "1"})
        self.osm.way([banks[1], self.nodes[last]], tags)

    def rails(self) -> None:
        """The railway, its station, a tunnel with steps and a lift on the way, and a cycle tunnel that is dark."""
        low, high = self.ys[self.rail], self.ys[self.rail + 1]
        middle = (low + high) / 2
        ends = [self.node(x, middle + off) for x, off in ((-2500, 60), (-600, 0), (600, 0), (2500, -80))]
        self.way(ends, railway="rail", name="Granforsbanan")
        x = self.spots[_STATION_COLUMN, self.rail + 1][0]
        self.area(x - 110, middle + 4, 220, 6, railway="platform", public_transport="platform", ref="1")
        self.area(x - 45, middle + 18, 40, 14, building="train_station", name="Granfors stationshus")
        self.node(x, middle + 6, railway="station", name="Granfors station")
        self.area(x + 40, middle + 16, 80, 40, amenity="bus_station", name="Granfors resecentrum")
        self.area(x - 130, middle + 18, 70, 40, amenity="parking", name="Pendlarparkeringen")
        self.area(x + 10, middle - 60, 60, 30, amenity="parking")
        for column, lit, name in (
            (_STATION_COLUMN, "yes", "Stationstunneln"),
            (_TUNNEL_COLUMN, "no", ""),
            (_TUNNEL_COLUMN + 3, "", ""),
        ):
            north, south = self.nodes[column, self.rail + 1], self.nodes[column, self.rail]
            x = self.spots[column, self.rail][0]
            mouths = [self.node(x, middle + 14), self.node(x, middle - 14)]
            lamp = {"lit": lit} if lit else {}
            tunnel = (
                lamp
                | {"highway": "cycleway", "tunnel": "yes", "layer": "-1"}
                | ({"name": name} if name else {})
            )
            self.osm.way([north, mouths[0]], {"highway": "cycleway"} | lamp)
            self.osm.way(mouths, tunnel)
            self.osm.way([mouths[1], south], {"highway": "cycleway"} | lamp)
            if name:
                top = self.node(x, middle + 7)
                self.way([mouths[0], top], highway="steps", lit="yes")
        along = [self.nodes[column, self.rail] for column in range(0, self.plan.columns, 2)]
        beside = [self.node(*self._below(node)) for node in along]
        for one, two in pairwise(beside):
            self.way([one, two], highway="cycleway", name="Banvallen")
        for node, path in zip(along, beside, strict=True):
            self.way([node, path], highway="footway", lit="no")

    def _below(self, node: int) -> tuple[float, float]:
        key = next(key for key, number in self.nodes.items() if number == node)
        return self.spots[key][0], self.ys[self.rail] + 30

    def waterside(self) -> None:
        """The river with a path on each bank: lit in the middle of town, unlit below, not said above."""
        x = (self.xs[self.river] + self.xs[self.river + 1]) / 2
        bends = [self.node(x + self.random.uniform(-12, 12), y) for y in (-2000, *self.ys, 2000)]
        self.way(bends, waterway="river", name="Granån")
        for side in (0, 1):
            rows = sorted(self.banks)
            column = self.river + side
            stops = [
                self.nodes[column, 0],
                *(self.banks[row][side] for row in rows),
                self.nodes[column, self.plan.rows - 1],
            ]
            for (one, two), lit in zip(pairwise(stops), ("no", "yes", "yes", ""), strict=True):
                tags = {"highway": "cycleway"} | ({"lit": lit} if lit else {})
                self.osm.way([one, two], tags | ({"name": "Åpromenaden"} if not side else {}))
        west, east = self.nodes[self.river, 8], self.nodes[self.river + 1, 8]
        self.way(
            [west, east],
            highway="footway",
            bridge="yes",
            layer="1",
            bridge__name="Kvarnbron",
            name="Kvarnbron",
        )

    def special(self) -> None:
        for (column, row), what in _SPECIAL.items():
            x, y = self.xs[column] + 14, self.ys[row] + 14
            wide, high = self.xs[column + 1] - x - 14, self.ys[row + 1] - y - 14
            corner, opposite = self.nodes[column, row], self.nodes[column + 1, row + 1]
            if what == "square":
                self.area(
                    x, y, wide, high, place="square", name="Stora torget", highway="pedestrian", area="yes"
                )
            elif what == "park":
                self.area(x, y, wide, high, leisure="park", name="Stadsparken")
                self.way([corner, opposite], highway="cycleway", lit="no")
                self.area(x + 8, y + high - 26, 18, 18, leisure="playground")
            elif what == "church":
                self.area(
                    x + 10,
                    y + 10,
                    34,
                    16,
                    building="church",
                    amenity="place_of_worship",
                    name="Granfors kyrka",
                )
                self.area(x, y + 34, wide, high - 34, landuse="cemetery", name="Kyrkogården")
            elif what == "school":
                self.area(x, y, wide, high, amenity="school", name="Centralskolan")
                self.area(x + 8, y + 8, 44, 18, building="school")
                self.way([corner, opposite], highway="footway")
            else:
                self.area(x, y, wide, high, leisure="sports_centre", name="Granforsvallen")
                self.way([corner, opposite], highway="cycleway", lit="yes")
        # A wood at the edge, with a path through it that is not lit.
        edge = self.plan.columns - 1
        self.area(
            self.xs[edge] + 40,
            self.ys[0],
            400,
            self.ys[-1] - self.ys[0],
            landuse="forest",
            name="Stadsskogen",
        )
        bends = [self.nodes[edge, 1], self.node(self.xs[edge] + 180, self.ys[3]), self.node(self.xs[edge] + 220, self.ys[6]),
                 self.nodes[edge, 8]]  # fmt: skip
        self.way(
            bends,
            highway="path",
            lit="no",
            name="Tallstigen" if "Tallstigen" in self.names else "Skogsstigen",
        )
        self.way([bends[0], bends[1], bends[2]], highway="footway", lit="yes", name="Elljusspåret")

    def things(self) -> None:
        """Shops, houses of the public and the like, each beside a crossing of its own."""
        rows = range(self.rail + 1, self.plan.rows)
        free = [
            (column, row)
            for column in range(1, self.plan.columns - 1)
            for row in rows
            if column != self.river
        ]
        free.sort(key=lambda key: hypot(key[0] - 5, key[1] - 4) + self.random.uniform(0, 2.5))
        for (name, *tags), key in zip(PLACES, free, strict=False):
            x, y = self.spots[key]
            all_tags = dict(tag.split("=") for tag in tags) | ({"name": name} if name else {})
            if "amenity=parking" in tags or "leisure=playground" in tags:
                self.osm.area(
                    [self.at(x + a, y + b) for a, b in ((16, 14), (44, 14), (44, 36), (16, 36))], all_tags
                )
            else:
                self.osm.node(*self.at(x + 16, y + 13), all_tags)

    def stops(self) -> None:
        for column, row, name in ((2, 4, "Storgatan västra"), (7, 4, "Storgatan östra"), (4, 7, "Kungsgatan"), (7, 3, "Centralskolan"),
                                  (9, 6, "Granforsvallen"), (3, 8, "Sjukhuset"), (1, 1, "Industriområdet"), (11, 6, "Åbrinken")):  # fmt: skip
            x, y = self.spots[column, row]
            for off in (5, -5):
                self.node(x + 22 + off, y + off, highway="bus_stop", name=name)

    def country(self) -> None:
        """The E4 past the town, a road to each village, and the villages with their homes along it."""
        edge = self.plan.columns - 1
        bends = [
            self.node(x, y) for x, y in ((900, -5200), (1150, -1800), (1200, 0), (1100, 2400), (700, 5600))
        ]
        self.way(bends, highway="trunk", ref="E 4")
        start = self.nodes[edge, 4]
        self.way([start, bends[2]], highway="secondary", ref="670", name="Storgatan", lit="yes")
        spots = ((2600.0, 900.0), (-2900.0, 1500.0), (1500.0, -3600.0))
        ends = (bends[2], self.nodes[0, 4], bends[1])
        names = self.random.sample(VILLAGES, self.plan.villages)
        for number, (name, spot, joined) in enumerate(zip(names, spots, ends, strict=True)):
            village(self, name, spot, joined, str(651 + number), homes=self.random.randrange(2, 5))


def write_town(file: Path, *, seed: int = 1) -> None:
    """Writes the extract of Granfors, a town of some 1,400 homes' buildings; another seed is another town of that name."""
    town = _Town(seed, TOWN)
    town.make()
    town.osm.write(file)


def write_village(file: Path, *, seed: int = 1) -> None:
    """Writes the extract of Lillmyra, a village of some hundred houses with a road and no railway."""
    maker = Maker(seed)
    village(maker, NAMES["village"], (0.0, 0.0), None, "651", homes=6)
    maker.osm.write(file)


WRITERS = {"town": write_town, "village": write_village}


@click.command()
@click.argument("what", type=click.Choice(list(WRITERS)))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--seed", default=1, show_default=True)
def main(what: str, file: Path, seed: int) -> None:
    """Writes a made-up town or village as an OpenStreetMap extract."""
    WRITERS[what](file, seed=seed)


if __name__ == "__main__":
    main()
