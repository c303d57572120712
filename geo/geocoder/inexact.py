"""Names that a text does not write as they are: misspelt, as a compound with a part, or by one telling word."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from geo.gazetteer import LOCALITY_KINDS, Gazetteer, Hit, How
from geo.gazetteer.kinds import KIND_WORDS
from geo.geocoder.likeness import may_be
from geo.geocoder.mention import BREAKS, KIND_QUALITY, QUALITY, Mention, Sort, named, runs
from geo.geocoder.words import (
    AND_WORDS,
    CENTRE_WORDS,
    COMMON,
    PART_WORDS,
    RELATIONS,
    ROAD_WORDS,
    SIDE_WORDS,
    TOWN_WORDS,
)
from geo.swedish import Word, key_of

_FUZZY_QUALITY = (1.0, 0.8, 0.6)
_PER_EDIT = 3.0
"""Letters that an edit costs in a long name, where a share of all its letters would be more."""
_JOINED = 1.2
"""Added for each word more: two misspelt words are sooner one known name than two."""
_PART_QUALITY = 0.75
_MIN_PART = 5
_MIN_FUZZY_KIND = 8
_MIN_TWO_EDITS_KIND = 12
_MIN_STRANGE = 4
_FEW_WORDS = 3
_LONGEST_FUZZY = 4
_SHORT_NOUNS = frozenset(["hus", "bro", "bad", "kaj", "by", "vag"])
"""Common nouns of less letters that names end in: "Flokets hus"."""
_BEFORE_COMPOUND = 3
_CACHED = 8_192
_BETWEEN_WORDS = {word for phrase in RELATIONS for word in phrase.split()} | AND_WORDS
"""Words between names, never in them."""
_NOT_IN_NAMES = COMMON | _BETWEEN_WORDS
_KINDS_AND_TOWN = (*KIND_WORDS, *sorted(TOWN_WORDS | {"centrum"}))
_ANY_LETTER = re.compile(r"[a-z]")


def inexact(words: Sequence[Word], found: list[Mention], gazetteer: Gazetteer) -> list[Mention]:
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
        if len(word.folded) >= _MIN_STRANGE - word.capital
        and place not in sure
        and place not in kinds
        and word.folded not in COMMON
        and word.folded not in PART_WORDS
        and word.folded not in ROAD_WORDS
        and _ANY_LETTER.search(word.folded)
    }
    odd = {
        place
        for place, word in enumerate(words)
        if place not in sure and not word.folded.isdecimal() and word.folded not in _NOT_IN_NAMES
    }
    sides = {place for place, word in enumerate(words) if word.folded in SIDE_WORDS}
    things = (Sort.FEATURE, Sort.KIND, Sort.ROAD, Sort.TOWN)
    beside = {
        place for mention in found if mention.sort in things for place in range(mention.start, mention.end)
    }
    joinable = odd | kinds | sides | sure
    more: list[Mention] = []
    for start in sorted({place - back for place in strange for back in range(_LONGEST_FUZZY)} & joinable):
        for end, key in runs(words, start, _LONGEST_FUZZY):
            places = set(range(start, end))
            # One common word may stand in a misspelt name, after its first: "Stantros vallen", "Jon Stens strand".
            common = [place for place in places - joinable if place > start]
            joins = len(common) <= 1 and all(
                (
                    len(words[place].folded) >= _MIN_STRANGE
                    or words[place].folded in _SHORT_NOUNS
                    or words[place].capital
                )
                and words[place].folded not in _BETWEEN_WORDS
                for place in common
            )
            if places & strange and start in joinable and joins:
                hits = _misspelt(key, gazetteer, capital=_is_capital(words, start))
                if not hits and beside & {start - 1, end}:
                    # Beside a stop, a shop or a road a locality is expected: "okq8 ånäeet", "gumbod e4".
                    likely = _misspelt(key, gazetteer, capital=True)
                    hits = tuple(hit for hit in likely if hit.entry.kind in LOCALITY_KINDS)
                if hits:
                    fewest = min(hit.edits for hit in hits)
                    letters = max(len(key) * _FUZZY_QUALITY[fewest], len(key) - _PER_EDIT * fewest)
                    more.append(named(start, end, hits, letters + _JOINED * (end - start - 1)))
                elif end == start + 1:
                    more += (
                        _compound(words, start, gazetteer)
                        or _misspelt_kind(key, start)
                        or _partly_named(words, start, gazetteer)
                    )
    return more


def _misspelt(key: str, gazetteer: Gazetteer, *, capital: bool) -> tuple[Hit, ...]:
    """The entries that ``key`` may be misspelt for: those that no other name stands between."""
    hits = gazetteer.misspelt(key, capital=capital)
    return tuple(hit for hit in hits if any(may_be(key, form) for form in _names_of(hit)))


def _names_of(hit: Hit) -> tuple[str, ...]:
    return tuple(key_of(name) for name in (hit.entry.name, *hit.entry.aliases))


def _is_capital(words: Sequence[Word], place: int) -> bool:
    """Whether a word's capital says that it is a name; that of a longer text's first word does not."""
    return words[place].capital and (place > 0 or len(words) <= _FEW_WORDS)


def _compound(words: Sequence[Word], place: int, gazetteer: Gazetteer) -> list[Mention]:
    """ "icaparkeringen": a name, or the last word of one, and a part of it written as one word."""
    word = words[place].folded
    longest = [start for start in range(place - _BEFORE_COMPOUND, place) if start >= 0]
    for cut in range(len(word) - _MIN_PART, 1, -1):
        if word[cut:] not in PART_WORDS:
            continue
        head = word[:cut]
        for start in longest:
            before = words[start + 1 : place + 1]
            key = "".join(each.folded for each in words[start:place]) + head
            hits = () if any(BREAKS.search(each.gap) for each in before) else gazetteer.named(key)
            if hits:
                return [replace(named(start, place + 1, hits, len(key) * _PART_QUALITY), part=True)]
        for name in (head, head.removesuffix("s")):
            hits = gazetteer.named(name)
            if hits and name not in COMMON:
                return [replace(named(place, place + 1, hits, len(word) * _PART_QUALITY), part=True)]
            kind = KIND_WORDS.get(name)
            if kind is not None:
                weight = len(word) * KIND_QUALITY
                return [Mention(place, place + 1, Sort.KIND, kind=kind, part=True, weight=weight)]
    return []


def _partly_named(words: Sequence[Word], place: int, gazetteer: Gazetteer) -> list[Mention]:
    """One telling word of a longer name, where it stands in no other: "bakom Nationalteatern"."""
    hits = gazetteer.partly_named(words[place].folded)
    if not hits or len({key_of(hit.entry.name) for hit in hits}) > 1:
        return []
    return [named(place, place + 1, hits, len(words[place].folded) * QUALITY[How.PART])]


def _misspelt_kind(key: str, place: int) -> list[Mention]:
    edits = (len(key) >= _MIN_FUZZY_KIND) + (len(key) >= _MIN_TWO_EDITS_KIND)
    best = _likest_kind(key, edits) if edits else None
    if best is None or best[0][0] != key[0]:
        return []
    word, apart = best
    kind = KIND_WORDS.get(word)
    sort = Sort.TOWN if kind is None else Sort.KIND
    weight = len(key) * KIND_QUALITY * _FUZZY_QUALITY[apart]
    return [Mention(place, place + 1, sort, kind=kind, part=word in CENTRE_WORDS, weight=weight)]


# The same words, which are no names, stand in most texts.
@lru_cache(maxsize=_CACHED)
def _likest_kind(key: str, edits: int) -> tuple[str, int] | None:
    """The word for a kind or for the town that is nearest, and how many edits away; None if more than ``edits``."""
    best = process.extractOne(key, _KINDS_AND_TOWN, scorer=OSA.distance, score_cutoff=edits)
    return None if best is None else (best[0], int(best[1]))
