"""Finding in a text the words that name something: entries, roads, kinds of places, the municipality.

Every run of words is looked up; of overlapping finds those are kept that together cover most letters
best (weighted interval scheduling), so that "Tundals skolan" is the one school and not any school.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rapidfuzz import process
from rapidfuzz.distance import OSA

from geo.gazetteer import LOCALITY_KINDS, Gazetteer, Hit, How, road_of
from geo.geocoder.words import (
    CENTRE_WORDS,
    COMMON,
    KIND_WORDS,
    MUNICIPALITY_WORDS,
    PART_WORDS,
    ROAD_WORDS,
    TOWN_WORDS,
    KindWord,
)
from geo.model import EntryKind
from geo.swedish import Word, expansions, key_of


class Sort(StrEnum):
    """What a mention is, as far as composing places goes."""

    FEATURE = "feature"
    """A stop, a school, a street, a shop ...: ``hits``."""
    KIND = "kind"
    """A word for a kind of place: ``kind``."""
    ROAD = "road"
    """A numbered road: ``road``."""
    LOCALITY = "locality"
    """A locality or village: ``hits``; ``is_name`` when it is the municipality's name too."""
    TOWN = "town"
    """A word for the built-up place itself; ``part`` when for the middle of it."""
    MUNICIPALITY = "municipality"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Mention:
    """Words ``start`` to ``end`` (exclusive) of a text, and what they name."""

    start: int
    end: int
    sort: Sort
    hits: tuple[Hit, ...] = ()
    kind: KindWord | None = None
    road: str = ""
    part: bool = False
    """A part of the named thing is meant: its parking, its yard; of a locality, its middle."""
    is_name: bool = False
    weight: float = 0.0


_QUALITY = {How.EXACT: 1.0, How.ALIAS: 0.98, How.SPELLING: 0.93}
_FUZZY_QUALITY = (1.0, 0.8, 0.6)
_KIND_QUALITY = 0.7
_PART_QUALITY = 0.75
_MIN_PART = 5
_MIN_FUZZY_KIND = 8
_MIN_TWO_EDITS_KIND = 12
_MIN_STRANGE = 4
_FEW_WORDS = 3
_KINDS_AND_TOWN = (*KIND_WORDS, *sorted(TOWN_WORDS | {"centrum"}))
_BREAKS = re.compile(r"[,;/\n.!?+&:()|]")
_EUROPEAN = re.compile(r"(e\d{1,2})(?:an)?$", re.ASCII)
_NUMBERED = re.compile(r"(\d{2,4})(an)?$", re.ASCII)
_ANY_LETTER = re.compile(r"[a-z]")


def find_mentions(words: Sequence[Word], gazetteer: Gazetteer) -> list[Mention]:
    """The mentions of ``words`` in order, none overlapping another."""
    found = _roads(words)
    for start in range(len(words)):
        if not any(mention.start == start and mention.sort is Sort.ROAD for mention in found):
            found += _exact(words, start, gazetteer)
    found += _inexact(words, found, gazetteer)
    return _best(found, len(words))


def _runs(words: Sequence[Word], start: int, longest: int) -> list[tuple[int, str]]:
    """(end, key) of the runs that begin at ``start`` and cross no punctuation, longest first."""
    runs: list[tuple[int, str]] = []
    key = ""
    for end in range(start, min(len(words), start + longest)):
        if end > start and _BREAKS.search(words[end].gap) and not words[end - 1].dot:
            break
        key += words[end].folded
        runs.append((end + 1, key))
    return runs[::-1]


def _roads(words: Sequence[Word]) -> list[Mention]:
    """E4, E 4, väg 651, lv 670, 651:an; a bare number is no road."""
    found: list[Mention] = []
    for place, word in enumerate(words):
        before = words[place - 1].folded if place else ""
        start = place - 1 if before in ROAD_WORDS else place
        european, numbered = _EUROPEAN.match(word.folded), _NUMBERED.match(word.folded)
        if european:
            found.append(_road(start, place + 1, european.group(1), words))
        elif before == "e" and word.folded.isdecimal() and word.folded.isascii():
            found.append(_road(place - 1, place + 1, f"e{word.folded[:2]}", words))
        elif numbered and (start < place or numbered.group(2)):
            found.append(_road(start, place + 1, numbered.group(1), words))
    return found


def _road(start: int, end: int, number: str, words: Sequence[Word]) -> Mention:
    letters = sum(len(word.folded) for word in words[start:end])
    return Mention(start, end, Sort.ROAD, road=number, weight=letters)


def _exact(words: Sequence[Word], start: int, gazetteer: Gazetteer) -> list[Mention]:
    found: list[Mention] = []
    for end, key in _runs(words, start, gazetteer.max_words):
        last = words[end - 1]
        keys = [key]
        keys += [key[: -len(last.folded)] + full for full in expansions(last.folded)]
        if end - start > 1:
            keys += [full + key[len(words[start].folded) :] for full in expansions(words[start].folded)]
        elif key.endswith("s"):
            keys.append(key[:-1])
        for number, form in enumerate(keys):
            hits = gazetteer.named(form)
            if hits and not _is_plain_word(words, start, end, hits):
                quality = max(_QUALITY[hit.how] for hit in hits) - (0.03 if number else 0.0)
                found.append(_named(start, end, hits, len(key) * quality + 0.01 * (end - start)))
                break
    found += _by_word(words, start)
    return found


def _is_plain_word(words: Sequence[Word], start: int, end: int, hits: tuple[Hit, ...]) -> bool:
    """Whether a name that is a common word too ("Vallen", "Näset") is here only the word.

    An alias is never that: somebody who knows the place wrote it down.
    """
    if end - start > 1:
        return False
    word = words[start]
    if any(hit.how is How.ALIAS for hit in hits):
        return False
    if word.folded in KIND_WORDS or word.folded in TOWN_WORDS | CENTRE_WORDS | MUNICIPALITY_WORDS:
        return True
    names = {word.folded, *(key_of(hit.entry.name) for hit in hits)}
    return not word.capital and not names.isdisjoint(COMMON)


def _by_word(words: Sequence[Word], start: int) -> list[Mention]:
    """What one word is besides a name: a kind of place, the town, the municipality."""
    word = words[start].folded
    weight = len(word) * _KIND_QUALITY
    kind = KIND_WORDS.get(word)
    if kind is not None:
        return [Mention(start, start + 1, Sort.KIND, kind=kind, weight=weight)]
    if word in TOWN_WORDS or word in CENTRE_WORDS:
        return [Mention(start, start + 1, Sort.TOWN, part=word in CENTRE_WORDS, weight=weight)]
    if word in MUNICIPALITY_WORDS:
        return [Mention(start, start + 1, Sort.MUNICIPALITY, weight=weight)]
    return []


def _named(start: int, end: int, hits: tuple[Hit, ...], weight: float) -> Mention:
    fewest = min(hit.edits for hit in hits)
    kinds = {hit.entry.kind for hit in hits if hit.edits == fewest}
    roads = [hit for hit in hits if hit.entry.kind is EntryKind.ROAD]
    if kinds & LOCALITY_KINDS:
        here = tuple(hit for hit in hits if hit.entry.kind in LOCALITY_KINDS)
        is_name = EntryKind.MUNICIPALITY in kinds
        return Mention(start, end, Sort.LOCALITY, here, is_name=is_name, weight=weight)
    if roads and len(roads) == len(hits):
        return Mention(start, end, Sort.ROAD, road=road_of(roads[0].entry.name), weight=weight)
    if kinds == {EntryKind.MUNICIPALITY}:
        return Mention(start, end, Sort.MUNICIPALITY, weight=weight)
    if kinds == {EntryKind.OUTSIDE}:
        return Mention(start, end, Sort.OUTSIDE, hits, weight=weight)
    features = tuple(
        hit
        for hit in hits
        if hit.entry.kind not in (EntryKind.OUTSIDE, EntryKind.MUNICIPALITY, EntryKind.ROAD)
    )
    return Mention(start, end, Sort.FEATURE, features, weight=weight)


def _inexact(words: Sequence[Word], found: list[Mention], gazetteer: Gazetteer) -> list[Mention]:
    """Misspelt names and compounds, among the words that are neither found nor common."""
    sure = {
        place
        for mention in found
        if mention.sort is not Sort.KIND
        for place in range(mention.start, mention.end)
    }
    kinds = {mention.start for mention in found if mention.sort is Sort.KIND}
    strange = {
        place
        for place, word in enumerate(words)
        if len(word.folded) >= _MIN_STRANGE
        and place not in sure
        and place not in kinds
        and word.folded not in COMMON
        and word.folded not in PART_WORDS
        and word.folded not in ROAD_WORDS
        and _ANY_LETTER.search(word.folded)
    }
    things = (Sort.FEATURE, Sort.KIND, Sort.ROAD, Sort.TOWN)
    beside = {
        place for mention in found if mention.sort in things for place in range(mention.start, mention.end)
    }
    more: list[Mention] = []
    for start in sorted(strange | {place - 1 for place in strange if place - 1 in kinds}):
        for end, key in _runs(words, start, 3):
            places = set(range(start, end))
            # A common word may end a name written apart ("Stantros vallen"), never begin one.
            joins = (
                start in strange
                and end == start + 2
                and end - 1 not in sure
                and len(words[end - 1].folded) >= _MIN_STRANGE
            )
            if places & strange and (places <= strange | kinds or joins):
                hits = gazetteer.misspelt(key, capital=_is_capital(words, start))
                if not hits and beside & {start - 1, end}:
                    # Beside a stop, a shop or a road a locality is expected: "okq8 ånäeet", "gumbod e4".
                    named = gazetteer.misspelt(key, capital=True)
                    hits = tuple(hit for hit in named if hit.entry.kind in LOCALITY_KINDS)
                if hits:
                    fewest = min(hit.edits for hit in hits)
                    more.append(_named(start, end, hits, len(key) * _FUZZY_QUALITY[fewest]))
                elif end == start + 1:
                    more += _compound(words, start, gazetteer) or _misspelt_kind(key, start)
    return more


def _is_capital(words: Sequence[Word], place: int) -> bool:
    """Whether a word's capital says that it is a name; that of a longer text's first word does not."""
    return words[place].capital and (place > 0 or len(words) <= _FEW_WORDS)


def _compound(words: Sequence[Word], place: int, gazetteer: Gazetteer) -> list[Mention]:
    """ "icaparkeringen": a name and a part of it written as one word."""
    word = words[place].folded
    for cut in range(len(word) - _MIN_PART, 1, -1):
        if word[cut:] not in PART_WORDS:
            continue
        head = word[:cut]
        for name in (head, head.removesuffix("s")):
            hits = gazetteer.named(name)
            if hits and name not in COMMON:
                named = _named(place, place + 1, hits, len(word) * _PART_QUALITY)
                return [replace(named, part=True)]
            kind = KIND_WORDS.get(name)
            if kind is not None:
                weight = len(word) * _KIND_QUALITY
                return [Mention(place, place + 1, Sort.KIND, kind=kind, part=True, weight=weight)]
    return []


def _misspelt_kind(key: str, place: int) -> list[Mention]:
    edits = (len(key) >= _MIN_FUZZY_KIND) + (len(key) >= _MIN_TWO_EDITS_KIND)
    best = process.extractOne(key, _KINDS_AND_TOWN, scorer=OSA.distance, score_cutoff=edits)
    if not edits or best is None or best[0][0] != key[0]:
        return []
    weight = len(key) * _KIND_QUALITY * _FUZZY_QUALITY[int(best[1])]
    kind = KIND_WORDS.get(best[0])
    sort = Sort.TOWN if kind is None else Sort.KIND
    return [Mention(place, place + 1, sort, kind=kind, part=best[0] in CENTRE_WORDS, weight=weight)]


def _best(found: list[Mention], words: int) -> list[Mention]:
    """The mentions of greatest total weight among which none overlap."""
    ending: dict[int, list[Mention]] = {}
    for mention in found:
        ending.setdefault(mention.end, []).append(mention)
    total = [0.0] * (words + 1)
    taken: list[Mention | None] = [None] * (words + 1)
    for end in range(1, words + 1):
        total[end] = total[end - 1]
        for mention in ending.get(end, ()):
            weight = total[mention.start] + mention.weight
            if weight > total[end]:
                total[end], taken[end] = weight, mention
    chosen: list[Mention] = []
    end = words
    while end:
        best = taken[end]
        if best is None:
            end -= 1
        else:
            chosen.append(best)
            end = best.start
    return chosen[::-1]
