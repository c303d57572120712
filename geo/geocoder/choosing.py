"""Which entry is meant: the entries that words may name, with a probability each.

The numbers are first values, set by hand from what each way of naming can know; docs/geocoding.md
explains them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString, Point

from geo.gazetteer import LOCALITY_KINDS, Gazetteer, Hit, How, point_of
from geo.gazetteer.kinds import CALLED_SO, KindWord
from geo.geocoder.mention import Mention, Sort
from geo.model import EntryKind, GazetteerEntry, Point3006
from geo.swedish import key_of, stem

BESIDE_M = 300.0
"""A thing of a kind "at" a named thing lies within this distance of it."""
PART_M = 120.0
"""What belongs to a named thing ("Coops parkering"), and a path beside it, lie nearer."""
P_NAME = {How.EXACT: 0.99, How.ALIAS: 0.98, How.KINDED: 0.98, How.SPELLING: 0.98, How.PART: 0.8}
P_STREET_PART = 0.45
"""Strandgatan is as likely a street somewhere else as Östra Strandgatan here."""
P_EDITS = {1: 0.96, 2: 0.92}
P_KIND = 0.96
P_DEFAULT = 0.8
"""Factor: the main locality was meant, though none was named."""
P_DISAGREE = 0.7
"""Factor: the text names another locality than the thing's."""
TOGETHER_M = 90.0
"""Things of one name that lie so near each other are one place for whoever names it."""
_LATER = 0.0001
DISTRICT_M = 700.0
"""How far from a part of town's point it reaches, where its extent is not known."""
_MANY = 30
"""A word for a kind of which there are more things says nothing alone."""
_MOST_NEAR = 5
_SPOT_EVERY_M = 120
_MOST_SPOTS = 12
_WEIGHTS = {
    EntryKind.STREET: 4.0,
    EntryKind.SQUARE: 4.0,
    EntryKind.PARK: 3.0,
    EntryKind.STATION: 3.0,
    EntryKind.SCHOOL: 2.0,
    EntryKind.PATH: 2.0,
}
"""How much oftener than another a thing of the kind is meant by a name that several have."""
_SHORT_NAME = 7
_SHORT_FUZZY = 0.95

STREET_KINDS = frozenset({EntryKind.STREET, EntryKind.PATH})
_SHARED_KINDS = frozenset(
    {
        EntryKind.STREET,
        EntryKind.ADDRESS,
        EntryKind.SHOP,
        EntryKind.FUEL,
        EntryKind.RESTAURANT,
        EntryKind.BUS_STOP,
        EntryKind.STATION,
    }
)
"""Kinds whose names are found in many localities."""


@dataclass(frozen=True, slots=True)
class Option:
    """An entry that may be meant, with the probability that it is."""

    entry: GazetteerEntry
    probability: float
    rule: str
    apart_m: float = 0.0
    """How far a thing of a kind is from the named thing that it stands beside."""


class Chooser:
    """Chooses among the entries of one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer

    def options(
        self, mention: Mention, context: Mention | None, where: str, beside: Mention | None = None
    ) -> list[Option]:
        """The entries that a mention may mean, best first among equals by the gazetteer's order.

        Args:
            mention: a feature, a locality or a kind word.
            context: the locality, or the part of a town, that the text names with it, if any.
            where: the locality's name that the text or the record names, or an empty string.
            beside: the named thing that a kind word's thing stands beside, if any.
        """
        if mention.kind is not None:
            return self._of_kind(mention, mention.kind, context, where, beside)
        hits = [hit for hit in mention.hits if point_of(hit.entry) is not None]
        least = min((hit.edits for hit in hits), default=0)
        best = [hit for hit in hits if hit.edits == least]
        # One more edit is a rarer mistake: the runners-up take a little from the best, and stay candidates.
        doubt = 0.97 if len(best) < len(hits) else 1.0
        rated = [(hit.entry, certainty(hit) * doubt, rule_of(hit)) for hit in best]
        options = self._share(_in_district(rated, context), where)
        if not options:
            return []
        known = {option.entry.id for option in options}
        options += [
            Option(hit.entry, certainty(hit) * 0.2, rule_of(hit)) for hit in hits if hit.entry.id not in known
        ]
        return options

    def _of_kind(
        self, mention: Mention, kind: KindWord, context: Mention | None, where: str, beside: Mention | None
    ) -> list[Option]:
        anchor = self._anchor(beside, context, where)
        if anchor is not None:
            return self._near(mention, kind, anchor)
        if self.gazetteer.count(kind.kinds) > _MANY and not where and context is None:
            return []
        entries = _called(self.gazetteer.of_kinds(kind.kinds), mention.word, kind)
        rated = _in_district([(entry, P_KIND, "kind") for entry in entries], context)
        if len(rated) > 1:
            # Where some have a name of their own, the word alone means one of those sooner.
            rated = [each for each in rated if each[0].name] or rated
        return self._share(rated, where)

    def _near(self, mention: Mention, kind: KindWord, anchor: GazetteerEntry) -> list[Option]:
        """The things of a kind near a named thing: the nearest is meant, unless another is about as near."""
        within_m = PART_M if mention.part else BESIDE_M
        if EntryKind.PATH in kind.kinds:
            if anchor.kind in STREET_KINDS:
                # A street's cycle path is the street.
                return []
            within_m = PART_M
        found: dict[str, tuple[float, GazetteerEntry]] = {}
        for spot in _spots(anchor):
            for near in self.gazetteer.nearest(spot, frozenset(kind.kinds), limit=3, unnamed=True):
                apart = near.entry.geometry.distance(anchor.geometry)
                if apart <= within_m:
                    found.setdefault(near.entry.id, (apart, near.entry))
        meant = {entry.id for entry in _called([entry for _, entry in found.values()], mention.word, kind)}
        beside = sorted(
            (each for each in found.values() if each[1].id in meant), key=lambda each: (each[0], each[1].id)
        )
        ordered = beside[:_MOST_NEAR]
        weights = [1.0 / (20.0 + apart) ** 3 for apart, _ in ordered]
        return [
            Option(entry, P_KIND * weight / sum(weights), "kind", _from_point(entry, anchor))
            for (_, entry), weight in zip(ordered, weights, strict=True)
        ]

    def _share(self, rated: list[tuple[GazetteerEntry, float, str]], where: str) -> list[Option]:
        """Options in the locality ``where``; with none named the main one's are likelier, not sure."""
        if not rated:
            return []
        if where:
            here = [each for each in rated if same_place(each[0], where)]
            if not here:
                # A proper name is worth more than the locality beside it; a shop's or a street's is not.
                own = [each for each in rated if not each[0].locality or _is_proper(each[0], each[2])]
                return _split(own, P_DISAGREE)
            return _split(here)
        if len(rated) == 1:
            return [Option(*rated[0])]
        main = self.gazetteer.main_locality
        home = [each for each in rated if main is not None and same_place(each[0], main.name)]
        rest = [each for each in rated if each not in home]
        if not home or not rest:
            return _split(home or rest)
        return _split(home, P_DEFAULT) + _split(rest, 1 - P_DEFAULT)

    def _anchor(self, mention: Mention | None, context: Mention | None, where: str) -> GazetteerEntry | None:
        if mention is None:
            return None
        if mention.sort is Sort.ROAD:
            road = self.gazetteer.road(mention.road)
            return road if road is not None and not road.geometry.is_empty else None
        options = self.options(mention, context, where)
        best = max(options, key=lambda option: option.probability, default=None)
        return best.entry if best is not None else None


def _called(entries: Sequence[GazetteerEntry], word: str, kind: KindWord) -> Sequence[GazetteerEntry]:
    """Those that are called what a kind word says: "domkyrkan" is the church that is called one, if one is."""
    if not word:
        return entries
    called = stem(word)
    found = [each for each in entries if called in stem(key_of(each.name))]
    if found or kind.label in CALLED_SO:
        return found
    # A town hall that isn't called a sports hall is none, either.
    return [each for each in entries if each.kind is not EntryKind.PUBLIC_BUILDING]


def _from_point(entry: GazetteerEntry, anchor: GazetteerEntry) -> float:
    """How far the point that stands for an entry is from a named thing, metres."""
    point = point_of(entry)
    return float(Point(point).distance(anchor.geometry)) if point is not None else 0.0


def _split(rated: list[tuple[GazetteerEntry, float, str]], share: float = 1.0) -> list[Option]:
    """Shares the probability among entries of one name, by how often each kind is what is meant.

    The answer is as sure as all of them together that lie within reach of its point.
    """
    if not rated:
        return []
    weights = [_WEIGHTS.get(entry.kind, 1.0) for entry, _, _ in rated]
    total = sum(weights)
    parts = [sum(weights[at] for at in _together(rated, first)) / total for first in range(len(rated))]
    # Of things that lie together the one that is oftenest meant goes first.
    return [
        Option(entry, p * part * share - _LATER * rank, rule)
        for (entry, p, rule), part, rank in zip(rated, parts, _ranks(weights), strict=True)
    ]


def _together(rated: list[tuple[GazetteerEntry, float, str]], first: int) -> list[int]:
    """Which of the entries a point of one of them is right for: who means them stands within its reach."""
    point = point_of(rated[first][0])
    if point is None:
        return [first]
    spot = Point(point)
    return [
        at for at, each in enumerate(rated) if each[0].geometry.distance(spot) <= TOGETHER_M or at == first
    ]


def _ranks(weights: list[float]) -> list[int]:
    order = sorted(range(len(weights)), key=lambda at: -weights[at])
    return [order.index(at) for at in range(len(weights))]


def _in_district(
    rated: list[tuple[GazetteerEntry, float, str]], context: Mention | None
) -> list[tuple[GazetteerEntry, float, str]]:
    """Those in or near the part of town that the text names, where there are any."""
    if context is None or len(rated) < 2:
        return rated
    parts = [hit.entry for hit in context.hits if hit.entry.kind is EntryKind.DISTRICT]
    near = [
        each
        for each in rated
        if any(
            each[0].geometry.distance(part.geometry) <= max(part.precision_m, DISTRICT_M) for part in parts
        )
    ]
    return near or rated


def _spots(anchor: GazetteerEntry) -> list[Point3006]:
    """Points of a thing to look around from: several along a street."""
    point = point_of(anchor)
    if point is None:
        return []
    lines = [part for part in shapely.get_parts(anchor.geometry) if isinstance(part, LineString)]
    steps = [line.interpolate(at) for line in lines for at in range(0, int(line.length) + 1, _SPOT_EVERY_M)]
    return [point, *((spot.x, spot.y) for spot in steps[:_MOST_SPOTS])]


def _is_proper(entry: GazetteerEntry, rule: str) -> bool:
    return rule == "exact" and entry.kind not in _SHARED_KINDS


def locality_of(entry: GazetteerEntry) -> str:
    """The locality an entry lies in; a locality or village lies in itself unless it says otherwise."""
    if entry.locality:
        return entry.locality
    return entry.name if entry.kind in LOCALITY_KINDS else ""


def same_place(entry: GazetteerEntry, where: str) -> bool:
    """Whether an entry lies in the locality of a name."""
    return key_of(locality_of(entry)) == key_of(where)


def certainty(hit: Hit) -> float:
    """The probability that the words of a hit mean its entry, if nothing else has that name."""
    if hit.how is How.PART and hit.entry.kind in STREET_KINDS:
        return P_STREET_PART
    if hit.how is not How.FUZZY:
        return P_NAME[hit.how]
    short = _SHORT_FUZZY if len(key_of(hit.entry.name)) <= _SHORT_NAME else 1.0
    return P_EDITS.get(hit.edits, 0.5) * short


def rule_of(hit: Hit) -> str:
    """The rule's name of a plain name."""
    return {How.EXACT: "exact", How.ALIAS: "alias", How.KINDED: "alias", How.PART: "part"}.get(
        hit.how, "fuzzy"
    )


def distance(first: Point3006 | None, second: Point3006 | None) -> float:
    """Metres between two points; infinite where one is not known."""
    if first is None or second is None:
        return math.inf
    return math.hypot(first[0] - second[0], first[1] - second[1])
