"""Which entry is meant: the entries that words may name, with a probability each.

The numbers are first values, set by hand from what each way of naming can know; docs/geocoding.md
explains them.
"""

import math
from dataclasses import dataclass

from geo.gazetteer import LOCALITY_KINDS, Gazetteer, Hit, How, point_of
from geo.geocoder.mentions import Mention
from geo.geocoder.words import KindWord
from geo.model import EntryKind, GazetteerEntry, Point3006
from geo.swedish import key_of

BESIDE_M = 300.0
"""A thing of a kind "at" a named thing lies within this distance of it."""
P_NAME = {How.EXACT: 0.95, How.ALIAS: 0.9, How.SPELLING: 0.88}
P_EDITS = {1: 0.8, 2: 0.65}
P_KIND = 0.85
P_DEFAULT = 0.8
"""Factor: the main locality was meant, though none was named."""
P_DISAGREE = 0.7
"""Factor: the text names another locality than the thing's."""
_SHORT_NAME = 7
_SHORT_FUZZY = 0.9

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


class Chooser:
    """Chooses among the entries of one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer

    def options(self, mention: Mention, where: str, beside: Mention | None = None) -> list[Option]:
        """The entries that a mention may mean, best first among equals by the gazetteer's order.

        Args:
            mention: a feature, a locality or a kind word.
            where: the locality that the text or the record names, or an empty string.
            beside: the named thing that a kind word's thing stands beside, if any.
        """
        if mention.kind is not None:
            return self._of_kind(mention.kind, where, beside)
        hits = [hit for hit in mention.hits if point_of(hit.entry) is not None]
        least = min((hit.edits for hit in hits), default=0)
        best = [hit for hit in hits if hit.edits == least]
        # One more edit is a rarer mistake: the runners-up take a little from the best, and stay candidates.
        doubt = 0.9 if len(best) < len(hits) else 1.0
        options = self._share([(hit.entry, certainty(hit) * doubt, rule_of(hit)) for hit in best], where)
        if not options:
            return []
        known = {id(option.entry) for option in options}
        options += [
            Option(hit.entry, certainty(hit) * 0.2, rule_of(hit))
            for hit in hits
            if id(hit.entry) not in known
        ]
        return options

    def _of_kind(self, kind: KindWord, where: str, beside: Mention | None) -> list[Option]:
        entries = self.gazetteer.of_kinds(kind.kinds)
        anchor = self._anchor(beside, where)
        if anchor is not None:
            near = [entry for entry in entries if distance(point_of(entry), anchor) <= BESIDE_M]
            entries = tuple(sorted(near, key=lambda entry: distance(point_of(entry), anchor))[:1])
        return self._share([(entry, P_KIND, "kind") for entry in entries], where)

    def _share(self, rated: list[tuple[GazetteerEntry, float, str]], where: str) -> list[Option]:
        """Options in the locality ``where``; with none named the main one's are likelier, not sure."""
        if not rated:
            return []
        if where:
            here = [each for each in rated if same_place(each[0], where)]
            if not here:
                # A proper name is worth more than the locality beside it; a shop's or a street's is not.
                own = [each for each in rated if not each[0].locality or _is_proper(each[0], each[2])]
                return [Option(entry, p * P_DISAGREE / len(own), rule) for entry, p, rule in own]
            return [Option(entry, p / len(here), rule) for entry, p, rule in here]
        if len(rated) == 1:
            return [Option(*rated[0])]
        main = self.gazetteer.main_locality
        home = [each for each in rated if main is not None and same_place(each[0], main.name)]
        rest = [each for each in rated if each not in home]
        if not home:
            return [Option(entry, p / len(rest), rule) for entry, p, rule in rest]
        left = [Option(entry, p * (1 - P_DEFAULT) / len(rest), rule) for entry, p, rule in rest]
        return [Option(entry, p * P_DEFAULT / len(home), rule) for entry, p, rule in home] + left

    def _anchor(self, mention: Mention | None, where: str) -> Point3006 | None:
        if mention is None:
            return None
        options = self.options(mention, where)
        best = max(options, key=lambda option: option.probability, default=None)
        return point_of(best.entry) if best is not None else None


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
    if hit.how is not How.FUZZY:
        return P_NAME[hit.how]
    short = _SHORT_FUZZY if len(key_of(hit.entry.name)) <= _SHORT_NAME else 1.0
    return P_EDITS.get(hit.edits, 0.5) * short


def rule_of(hit: Hit) -> str:
    """The rule's name of a plain name."""
    return {How.EXACT: "exact", How.ALIAS: "alias"}.get(hit.how, "fuzzy")


def distance(first: Point3006 | None, second: Point3006 | None) -> float:
    """Metres between two points; infinite where one is not known."""
    if first is None or second is None:
        return math.inf
    return math.hypot(first[0] - second[0], first[1] - second[1])
