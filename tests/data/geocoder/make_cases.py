"""Makes the geocoder's development cases out of an area package: ``python make_cases.py AREA OUT``.

The truth of each case is a feature of the area (its id), or a point computed from features here (``@x,y`` in
EPSG:3006): never an answer of the geocoder. Written with a fixed seed: the same area gives the same cases.
"""

import csv
import hashlib
import random
import sys
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import shapely
from shapely.geometry import Point

from geo.area.package import open_area
from geo.model import EntryKind as K

NOISE = [
    "{}", "{}", "{}", "{} på kvällen", "mörkt och läskigt vid {}", "det är otäckt på {} när det är mörkt",
    "{} är dåligt upplyst", "känner mig otrygg vid {} efter klockan 22", "{}, där hänger det alltid ungdomar",
    "undviker {} helt", "trasiga lampor {}", "{} - mycket skräp", "jag vill inte gå ensam förbi {} sent",
    "vid {} kör epatraktorer fort", "{} på vintern, halt och oplogat", "Runt {} är det stökigt på helgerna",
]  # fmt: skip
RELATIONS = [
    "vid {}", "bakom {}", "framför {}", "utanför {}", "mot {}", "nära {}", "i höjd med {}", "bredvid {}",
    "mittemot {}", "i närheten av {}", "strax intill {}", "på baksidan av {}", "nedanför {}", "runt {}",
    "på väg till {}", "vid ingången till {}",
]  # fmt: skip
KIND_WORDS = {
    K.TUNNEL: ["tunneln", "gångtunneln", "undergången"],
    K.PARKING: ["parkeringen", "parkeringsplatsen", "p-platsen"],
    K.BUS_STOP: ["hållplatsen", "busshållplatsen"],
    K.PLAYGROUND: ["lekplatsen", "lekparken"],
    K.STEPS: ["trappan", "trapporna"],
    K.BRIDGE: ["bron", "gångbron"],
    K.PARK: ["parken"],
    K.SCHOOL: ["skolgården", "skolan"],
    K.LIBRARY: ["biblioteket"],
    K.CHURCH: ["kyrkan"],
}
NONE = """vet ej|överallt|hemma|på kvällen|ingenstans|vet inte|nej|inga platser|alla mörka gator|när det är mörkt|där det
är mörkt|inget särskilt|mitt hem|hela stan|utomhus|när jag går ensam|på bussen|bland folk|känner mig trygg överallt|ingen kommentar|kan inte
svara|i skogen|på landet|där jag bor|hos grannen|vid mitt hus|på nätet|i trafiken|på helgerna|nattetid|dåligt med belysning|för lite poliser|
mer belysning tack|ungdomar som skräpar ner|allmänt stökigt|ute|var som helst|ensam ute sent|cyklister som kör för fort|jag går aldrig ut|se
ovan|samma som förra året|-|?|xxx|asdf|bra fråga|det finns inga otrygga platser här|mörker|snö och is|överallt där lamporna är trasiga|
gångvägar utan ljus|bakgator|trånga gränder|folktomma platser|öde parkeringar|vid busken|bakom huset|i trappuppgången|i hissen|i tvättstugan|
på jobbet|till och från jobbet""".replace("\n", " ").split("|")  # fmt: skip
OUTSIDE = """Umeå|Stortorget i Malmö|Storgatan i Umeå|Skellefteå busstation|Resecentrum i Linköping|Vasagatan i Göteborg|Drottninggatan i
Stockholm|Möllevångstorget|Rosengård|Rinkeby centrum|Avenyn i Göteborg|Hötorget i Stockholm|Uppsala centralstation|Stora torget i Västerås|
Kungsgatan i Luleå|Lycksele|gångtunneln i Sundsvall|Järntorget i Göteborg|Kiruna|Hagaparken i Örebro|Slottsparken i Kalmar|parkeringen vid ICA
i Vännäs|Nygatan 4, Norrköping|Östra Hamngatan, Göteborg|Fjällgatan i Östersund|Sergels torg|Liseberg|Arlanda|Storgatan 12 i Gävle|Borås|
Torggatan i Katrineholm|simhallen i Piteå|Backaplan|stationen i Hässleholm|Trollhättan|Sveavägen i Stockholm|Köpenhamn|Nordstan|Holmsund|
Bergsgatan i Malmö|Eskilstuna station|Vallgatan i Kungsbacka|torget i Arvika|biblioteket i Mora|Hisingen|Gamla stan i Stockholm""".replace("\n", " ").split("|")  # fmt: skip
INVENTED = """Trollstigsvägen|Knallegatan|Blåklintsgatan|Kornknarrsvägen|Hjulmakargränd|Frösåkersgatan|Gneisvägen|Orrspelsvägen|
Tjärdalsgatan|Rallargatan|Kolarstigen|Timotejvägen|Brudsporregatan|Ängsvaktarvägen|Lokföraregatan|Hammarbandsvägen|Nyponrosvägen|
Sågbladsgatan|Vargmossevägen|Bävergränd|Kättingvägen|Tistelfjärilsgatan|Gasverksvägen|Pepparrotsvägen|Lantbrevbärarvägen|Åkervindegatan|
Harkrankvägen|Fiskgjusevägen|Skördetröskan|Dikesrensarvägen|Rågbrödsgatan|Ishackegatan|Skidspårsvägen|Myrmarksgatan|Pigvarsvägen|
Kvarnstensgränd|Lommarpsgatan|Ljusterövägen|Vinkelhaksgatan|Höstackevägen|Järpsgatan|Trindgatan|Granbarksvägen|Kyndelsgatan|
Ripstigen|Sälgvägen|Knipgatan|Loftgatan|Rubanksgatan|Slipvägen""".replace("\n", "").split("|")  # fmt: skip


class Maker:
    def __init__(self, area: Path) -> None:
        self.random = random.Random(20261123)
        self.entries = [entry for entry in open_area(area).entries() if not entry.geometry.is_empty]
        self.by_name: dict[str, list] = defaultdict(list)
        for entry in self.entries:
            if entry.name and entry.kind not in (K.ADDRESS, K.CROSSING):
                self.by_name[entry.name.casefold()].append(entry)
        self.all_names = {name.casefold() for entry in self.entries for name in (entry.name, *entry.aliases)}
        self.streets = [each for each in self.entries if each.kind is K.STREET]
        kinds = {K.SQUARE, K.PARK, K.STATION, K.SCHOOL, K.CHURCH, K.LIBRARY, K.CULTURE, K.HOTEL, K.MALL,
                 K.PUBLIC_BUILDING, K.HEALTH, K.SPORTS_GROUND, K.RESTAURANT, K.SHOP}  # fmt: skip
        self.things = [each for each in self.entries if each.kind in kinds and self._plain(each.name)]
        # Of a chain with several shops nobody can say which is meant.
        self.things = [each for each in self.things if self._spread(each.name) <= 150]
        self.rows: list[dict[str, str]] = []

    def _spread(self, name: str) -> float:
        shapes = [each.geometry for each in self.by_name[name.casefold()]]
        return max(one.distance(two) for one in shapes for two in shapes)

    @staticmethod
    def _plain(name: str) -> bool:
        return 4 < len(name) < 32 and not any(mark in name for mark in "/,&()|;+") and not name.isupper()

    def truth(self, *names: str) -> str:
        return " & ".join(" / ".join(entry.id for entry in self.by_name[name.casefold()]) for name in names)

    def add(self, form: str, text: str, truth: str, *, noise: bool = False) -> None:
        if noise:
            text = self.random.choice(NOISE).format(text)
        half = "ab"[hashlib.sha256(truth.encode() if truth not in "-!" else text.encode()).digest()[0] % 2]
        self.rows.append({"text": text, "form": form, "half": half, "truth": truth})

    def sample(self, from_: list, count: int) -> list:
        return self.random.sample(from_, min(count, len(from_)))

    def mixed(self, count: int) -> list:
        picked = self.sample(self.streets, count // 2) + self.sample(self.things, count - count // 2)
        return [each for each in picked if self._plain(each.name)]

    def make(self) -> None:
        self.plain()
        self.misspelt()
        self.inflected()
        self.crossings()
        self.related()
        self.near()
        self.numbers()
        self.several()
        for text in NONE:
            self.add("none", " ".join(text.split()), "-")
        for text in OUTSIDE:
            self.add("outside", " ".join(text.split()), "!")
        for text in INVENTED:
            if text.casefold() not in self.all_names:
                self.add("invented", text, "!", noise=True)
        for street in self.sample(INVENTED, 25):
            self.add("invented", f"{street} {self.random.randint(1, 60)}", "!")

    def plain(self) -> None:
        for each in self.mixed(50):
            self.add("exact", each.name, self.truth(each.name), noise=True)
        for each in self.mixed(30):
            self.add("exact", each.name.lower(), self.truth(each.name), noise=True)

    def misspelt(self) -> None:
        table = str.maketrans("åäöÅÄÖé", "aaoAAOe")
        for each in self.mixed(40):
            if each.name.translate(table) != each.name:
                self.add("folded", each.name.translate(table).lower(), self.truth(each.name), noise=True)
        for each in self.mixed(120):
            name = each.name
            if len(name) >= 8:
                self.add("edit1", self.slip(name), self.truth(name), noise=self.random.random() < 0.5)
            if len(name) >= 11:
                self.add(
                    "edit2", self.slip(self.slip(name)), self.truth(name), noise=self.random.random() < 0.5
                )
        for each in self.mixed(120):
            name = each.name
            doubled = [at for at in range(1, len(name)) if name[at] == name[at - 1]]
            if doubled:
                at = self.random.choice(doubled)
                self.add("doubled", name[:at] + name[at + 1 :], self.truth(name), noise=True)
            elif len(name) > 6 and self.random.random() < 0.3:
                at = self.random.randrange(2, len(name) - 1)
                self.add("doubled", name[:at] + name[at - 1] + name[at:], self.truth(name), noise=True)
        for each in self.mixed(150):
            if " " in each.name:
                self.add("nospace", each.name.replace(" ", "").lower(), self.truth(each.name), noise=True)
            elif (
                each.name.endswith(("gatan", "torget", "parken", "vägen", "platsen"))
                and self.random.random() < 0.4
            ):
                cut = next(
                    len(end)
                    for end in ("gatan", "torget", "parken", "vägen", "platsen")
                    if each.name.endswith(end)
                )
                self.add("space", f"{each.name[:-cut]} {each.name[-cut:]}", self.truth(each.name), noise=True)

    def slip(self, name: str) -> str:
        at = self.random.randrange(2, len(name) - 1)
        while not (name[at].isalpha() and name[at - 1].isalpha()):
            at = self.random.randrange(2, len(name) - 1)
        other = self.random.choice("aeioustrnlkmdg")
        return self.random.choice(
            [
                name[:at] + name[at + 1 :],
                name[:at] + other + name[at:],
                name[:at] + (other if other != name[at] else "v") + name[at + 1 :],
                name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :],
            ]
        )

    def inflected(self) -> None:
        for each in self.streets:
            name = each.name
            for ending, short in (("gatan", "g."), ("gatan", "g"), ("vägen", "v."), ("torget", "t."), ("torget", "t"),
                                  ("esplanaden", "espl."), ("platsen", "pl.")):  # fmt: skip
                if name.endswith(ending) and len(name) > len(ending) + 3 and self.random.random() < 0.35:
                    self.add(
                        "abbreviated",
                        name[: -len(ending)] + short,
                        self.truth(name),
                        noise=self.random.random() < 0.3,
                    )
            for long, short in (("Norra ", "N. "), ("Södra ", "S. "), ("Västra ", "V "), ("Östra ", "Ö. ")):
                if name.startswith(long):
                    self.add("abbreviated", short + name[len(long) :], self.truth(name))
            if self.random.random() < 0.12:
                self.add(
                    "genitive",
                    f"{name}s korsning" if self.random.random() < 0.3 else f"{name}s mörka del",
                    self.truth(name),
                )
        for each in self.things:
            name = each.name
            for bare, definite in (("bibliotek", "biblioteket"), ("skola", "skolan"), ("station", "stationen"), ("kyrka", "kyrkan"),
                                   ("museum", "museet"), ("torg", "torget"), ("park", "parken"), ("teater", "teatern"),
                                   ("köpcentrum", "köpcentret"), ("hotell", "hotellet"), ("gymnasium", "gymnasiet")):  # fmt: skip
                if name.lower().endswith(bare):
                    stem = name[: -len(bare)]
                    self.add("definite", stem + definite, self.truth(name), noise=True)
                    self.add("definite", stem + definite + "s entré", self.truth(name))
                elif name.lower().endswith(definite):
                    self.add("definite", name + "s", self.truth(name), noise=True)
                    self.add("definite", name[: -len(definite)] + bare, self.truth(name))
            kind = {K.HOTEL: "hotell", K.RESTAURANT: "restaurang", K.LIBRARY: "biblioteket", K.CHURCH: "kyrkan", K.MALL: "köpcentret",
                    K.STATION: "stationen", K.SCHOOL: "skolan", K.SHOP: "affären"}.get(each.kind)  # fmt: skip
            if kind and self.random.random() < (0.08 if each.kind in (K.SHOP, K.RESTAURANT) else 0.5):
                self.add(
                    "kinded",
                    self.random.choice(["{k} {n}", "{n} {k}"]).format(k=kind, n=name),
                    self.truth(name),
                )

    def crossings(self) -> None:
        for one, two in self.sample(list(combinations(self.streets, 2)), 40_000):
            near = one.geometry.distance(two.geometry)
            if near > 1 or not (self._plain(one.name) and self._plain(two.name)):
                continue
            met = one.geometry.intersection(two.geometry)
            if met.is_empty or met.length > 5:
                continue
            spots = shapely.get_parts(met)
            if max(a.distance(b) for a in spots for b in spots) > 60:
                continue
            point = met.centroid
            form = self.random.choice(
                ["{}/{}", "korsningen {} och {}", "{} vid {}", "där {} möter {}", "hörnet {} {}", "{} x {}", "korsningen {}/{}",
                 "i hörnet av {} och {}", "vid korsningen mellan {} och {}"]
            )  # fmt: skip
            text = form.format(one.name, two.name)
            if self.random.random() < 0.3:
                text = text.lower()
            self.add("crossing", text, f"@{point.x:.1f},{point.y:.1f}")
            if sum(row["form"] == "crossing" for row in self.rows) >= 60:
                break

    def related(self) -> None:
        for form in RELATIONS:
            for each in self.mixed(4):
                self.add("relation", form.format(each.name), self.truth(each.name))
        for word in ("norr", "söder", "öster", "väster"):
            for each in self.sample(self.things, 3):
                self.add(
                    "direction",
                    f"{self.random.choice(['', 'strax '])}{word} om {each.name}",
                    self.truth(each.name),
                )
        moves = {"norr": (0, 1), "söder": (0, -1), "öster": (1, 0), "väster": (-1, 0)}
        for word, (east, north) in moves.items():
            for each in self.sample([one for one in self.things if isinstance(one.geometry, Point)], 3):
                if len(self.by_name[each.name.casefold()]) == 1:
                    metres = self.random.choice([100, 150, 200, 300])
                    point = each.geometry
                    text = f"{metres} {self.random.choice(['m', 'meter'])} {word} om {each.name}"
                    self.add(
                        "direction", text, f"@{point.x + east * metres:.1f},{point.y + north * metres:.1f}"
                    )
        done = 0
        for one, two in self.sample(list(combinations(self.things, 2)), 4_000):
            apart = one.geometry.distance(two.geometry)
            if (
                60 < apart < 350
                and len(self.by_name[one.name.casefold()]) == len(self.by_name[two.name.casefold()]) == 1
            ):
                line = shapely.shortest_line(one.geometry, two.geometry)
                middle = line.interpolate(0.5, normalized=True)
                text = self.random.choice(
                    ["mellan {} och {}", "gångvägen mellan {} och {}", "sträckan mellan {} och {}"]
                )
                self.add("between", text.format(one.name, two.name), f"@{middle.x:.1f},{middle.y:.1f}")
                done += 1
            if done == 25:
                break

    def near(self) -> None:
        for kind, words in KIND_WORDS.items():
            those = [each for each in self.entries if each.kind is kind]
            found = 0
            for thing in self.sample(self.things + self.streets, 400):
                if (
                    thing.kind is kind
                    or not self._plain(thing.name)
                    or len(self.by_name[thing.name.casefold()]) > 1
                ):
                    continue
                ranked = sorted((each.geometry.distance(thing.geometry), each.id) for each in those)
                if ranked and ranked[0][0] < 120 and (len(ranked) == 1 or ranked[1][0] > ranked[0][0] + 80):
                    word, how = (
                        self.random.choice(words),
                        self.random.choice(["vid", "nära", "intill", "bredvid"]),
                    )
                    self.add("kind", f"{word} {how} {thing.name}", ranked[0][1])
                    found += 1
                if found == 7:
                    break

    def numbers(self) -> None:
        by_street: dict[str, dict[int, object]] = defaultdict(dict)
        for entry in self.entries:
            if entry.kind is K.ADDRESS:
                digits = entry.name.rsplit(" ", 1)[-1]
                if digits.isdecimal():
                    by_street[entry.streets[0]][int(digits)] = entry
        streets = [
            name for name in sorted(by_street) if name.casefold() in self.by_name and len(by_street[name]) > 3
        ]
        for name in self.sample(streets, 25):
            number = self.random.choice(sorted(by_street[name]))
            text = self.random.choice(
                ["{} {}", "{} nr {}", "vid {} {}", "utanför {} {}", "{} {}, på kvällen"]
            )
            self.add("address", text.format(name, number), by_street[name][number].id)
        for name in self.sample(streets, 60):
            known = by_street[name]
            gaps = [n for n in known if n + 4 in known and n + 2 not in known]
            if gaps:
                low = self.random.choice(sorted(gaps))
                a, b = known[low].geometry, known[low + 4].geometry
                if a.distance(b) < 200:
                    self.add(
                        "interpolated", f"{name} {low + 2}", f"@{(a.x + b.x) / 2:.1f},{(a.y + b.y) / 2:.1f}"
                    )

    def several(self) -> None:
        forms = ["{} och {}", "{}, {}", "både {} och {}", "{} samt {}", "{}. Även {}", "{} och även {}"]
        for _ in range(40):
            one, two = self.sample(self.things, 2)
            if one.name not in two.name and two.name not in one.name:
                self.add(
                    "several",
                    self.random.choice(forms).format(one.name, two.name),
                    self.truth(one.name, two.name),
                )


def write(maker: Maker, out: Path) -> None:
    """Makes the cases and writes them."""
    maker.make()
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["text", "form", "half", "truth"])
        writer.writeheader()
        writer.writerows(maker.rows)
    print(len(maker.rows), "cases")


if __name__ == "__main__":
    write(Maker(Path(sys.argv[1])), Path(sys.argv[2]))
