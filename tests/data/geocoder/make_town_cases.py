"""Makes development cases out of a town's area package: ``python make_town_cases.py AREA OUT``.

The forms of ``make_cases.py``, and those that need villages, roads and car parks, or more ways to say one thing.
"""

import sys
from pathlib import Path

import shapely
from make_cases import Maker, write
from shapely.ops import nearest_points

from geo.model import EntryKind as K

MEETINGS = [
    "där {} och {} möts", "där {} går ihop med {}", "{} i korsningen med {}", "{}, korsningen med {}", "{} korsning {}",
    "{} och {}s korsning", "gathörnet {} {}", "trafikljusen {}/{}", "övergångsstället {} {}", "hörnet av {} och {}",
]  # fmt: skip
STRETCHES = ["sträckan {} till {}", "emellan {} och {}", "från {} till {}", "biten mellan {} och {}"]
PARTS = ["{}-parkeringen", "{}s parkering", "{}parkeringen", "{} parkering", "parkeringen vid {}"]
SHORT = [
    ("kyrka", "k:a"), ("bibliotek", "bibl."), ("station", "stn"), ("skolan", "sk."), ("Norra ", "N:a "), ("Östra ", "Ö:a "),
    ("Lilla ", "L:a "), ("gränd", "gr."), ("Esplanaden", "Espl."), ("parken", "p."),
]  # fmt: skip
HERE = {K.SCHOOL: "skolan", K.CHURCH: "kyrkan", K.SHOP: "affären"}
LISTS = [
    "{} men även bakom {}",
    "dels {}, dels {}",
    "främst {} men också {}",
    "{} samt utanför {}",
    "1. {} 2. {}",
    "{} + {}",
]
ANY = """gångtunnlar|busshållplatser överlag|i parkeringshus|vid en skola|alla broar|mörka tunnlar|parkeringsplatser|skogspartier|
vid övergångsställen|utanför affärer|varje lekplats|någon park""".replace("\n", "").split("|")
AWAY = """Vinbergs simhall|Mjölnarlunda skola|simhallen i Lund|Stadsparken i Lund|Sikeå hamn|Storgatan i Umeå|Coop i Skellefteå|
Järnvägsgatan i Boden|Kungsgatan 5, Uppsala|Hallarums kyrka|Ringvägen i Stockholm|Ica Maxi i Kalmar""".replace(
    "\n", ""
).split("|")


class TownMaker(Maker):
    def make(self) -> None:
        super().make()
        self.meetings()
        self.parts()
        self.villages()
        self.roads()
        for text in ANY:
            self.add("none", text, "-")
        for text in AWAY:
            self.add("outside", text, "!")

    def meetings(self) -> None:
        streets = {each.name: each for each in self.streets if self._spread(each.name) < 60}
        pairs = [
            (one, two)
            for at, one in enumerate(streets)
            for two in list(streets)[at + 1 :]
            if streets[one].geometry.distance(streets[two].geometry) < 1
        ]
        for one, two in self.sample(pairs, 60):
            met = streets[one].geometry.intersection(streets[two].geometry)
            if met.is_empty or met.length > 5 or len(shapely.get_parts(met)) > 1:
                continue
            text = self.random.choice(MEETINGS).format(one, two)
            point = met.centroid
            self.add("meeting", text, f"@{point.x:.1f},{point.y:.1f}")
        for _ in range(40):
            one, two = self.sample(self.things, 2)
            alone = len(self.by_name[one.name.casefold()]) == len(self.by_name[two.name.casefold()]) == 1
            if alone and 60 < one.geometry.distance(two.geometry) < 400:
                middle = shapely.shortest_line(one.geometry, two.geometry).interpolate(0.5, normalized=True)
                text = self.random.choice(STRETCHES).format(one.name, two.name)
                self.add("stretch", text, f"@{middle.x:.1f},{middle.y:.1f}")
            if one.name not in two.name and two.name not in one.name:
                self.add(
                    "list",
                    self.random.choice(LISTS).format(one.name, two.name),
                    self.truth(one.name, two.name),
                )

    def parts(self) -> None:
        car_parks = [each for each in self.entries if each.kind is K.PARKING]
        for each in self.sample([one for one in self.things if "arkering" not in one.name], 30):
            # Its own car park where one is mapped beside it, else the thing itself.
            near = [park.id for park in car_parks if park.geometry.distance(each.geometry) < 150]
            text = self.random.choice(PARTS).format(each.name)
            self.add("part", text, " / ".join([self.truth(each.name), *near]))
        for each in [*self.things, *self.streets]:
            for long, short in SHORT:
                ends = each.name.startswith(long) or each.name.endswith(long)
                if ends and each.name != long.strip() and self._spread(each.name) < 120:
                    self.add("colon", each.name.replace(long, short), self.truth(each.name))

    def villages(self) -> None:
        for village in [each for each in self.entries if each.kind in (K.LOCALITY, K.VILLAGE)]:
            inside = [each for each in self.entries if each.locality == village.name]
            for kind, word in HERE.items():
                those = [each for each in inside if each.kind is kind]
                if len(those) == 1:
                    forms = ["{w} i {v}", "{w}, {v}", "bakom {w} i {v}", "{v}, vid {w}"]
                    text = self.random.choice(forms).format(w=word, v=village.name)
                    self.add("village", text, those[0].id)
            for street in [each for each in inside if each.kind is K.STREET]:
                if sum(each.name == street.name for each in inside) == 1 and self.random.random() < 0.4:
                    text = self.random.choice(["{s} i {v}", "{s}, {v}"]).format(s=street.name, v=village.name)
                    self.add("village", text, street.id)

    def roads(self) -> None:
        places = [each for each in self.entries if each.kind in (K.LOCALITY, K.VILLAGE)]
        for road in [each for each in self.entries if each.kind is K.ROAD]:
            number = road.name.replace(" ", "").removeprefix("väg")
            for place in places:
                if road.geometry.distance(place.geometry) > 1500:
                    continue
                forms = ["E4 vid {}", "E4:an vid {}", "E4 i höjd med {}"] if number == "E4" else [
                    f"väg {number} i {{}}", f"länsväg {number}, {{}}", f"{number}:an vid {{}}", f"vägen {number} genom {{}}"
                ]  # fmt: skip
                there = nearest_points(road.geometry, place.geometry)[0]
                for form in self.sample(forms, 2):
                    self.add("road", form.format(place.name), f"@{there.x:.1f},{there.y:.1f}")


if __name__ == "__main__":
    write(TownMaker(Path(sys.argv[1])), Path(sys.argv[2]))
