"""Finding in a text the words that name something: entries, roads, kinds of places, the municipality.

Every run of words is looked up; of overlapping finds those are kept that together cover most letters
best (weighted interval scheduling), so that "Tundals skolan" is the one school and not any school.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from geo.gazetteer import LOCALITY_KINDS, Gazetteer, Hit, How
from geo.gazetteer.kinds import KIND_WORDS
from geo.geocoder.elsewhere import elsewhere
from geo.geocoder.inexact import inexact
from geo.geocoder.mention import BREAKS, JOINED, KIND_QUALITY, QUALITY, Mention, Sort, named, runs
from geo.geocoder.words import (
    CENTRE_WORDS,
    COMMON,
    MUNICIPALITY_WORDS,
    PLACE_NOUNS,
    ROAD_WORDS,
    TOWN_WORDS,
)
from geo.model import EntryKind
from geo.swedish import Word, expansions, key_of, stem

_INTO = frozenset(["i", "till", "fran"])
_HARD_BREAKS = re.compile(r"[,;/\n?:()|]")
_EUROPEAN = re.compile(r"(e\d{1,2})(?:an)?$", re.ASCII)
_NUMBERED = re.compile(r"(\d{2,4})(an)?$", re.ASCII)
_HOUSE = re.compile(r"(\d{1,4})([a-z]?)$", re.ASCII)
_HOUSE_LETTERS = frozenset("abcdefgh")
_MAX_HOUSE = 1500
"""Greater numbers after a street are years."""
_UNITS = frozenset(["m", "meter", "metrar", "km", "min", "minuter", "kr", "procent", "st"])
_NOT_WHOLE = LOCALITY_KINDS | {EntryKind.MUNICIPALITY, EntryKind.ROAD, EntryKind.OUTSIDE, EntryKind.DISTRICT}
_WITH_NUMBERS = frozenset({EntryKind.STREET, EntryKind.PATH, EntryKind.SQUARE})


def find_mentions(words: Sequence[Word], gazetteer: Gazetteer) -> list[Mention]:
    """The mentions of ``words`` in order, none overlapping another."""
    found = _roads(words)
    for start in range(len(words)):
        if not any(mention.start == start and mention.sort is Sort.ROAD for mention in found):
            found += _exact(words, start, gazetteer)
    found += _kinded(words, found, gazetteer)
    found += inexact(words, found, gazetteer)
    return [_numbered(mention, words) for mention in _best(found, len(words))]


def whole_name(text: str, gazetteer: Gazetteer) -> Mention | None:
    """The mention of a text that is as a whole the name of one thing, exactly as written, and no common word."""
    if BREAKS.search(text):
        return None
    key = key_of(text)
    if not key or key in COMMON or key in KIND_WORDS:
        return None
    hits = gazetteer.named(key)
    if len(hits) != 1 or hits[0].how is not How.EXACT or hits[0].entry.kind in _NOT_WHOLE:
        return None
    words = 1 + text.count(" ")
    return Mention(0, words, Sort.FEATURE, hits, weight=len(key))


def _roads(words: Sequence[Word]) -> list[Mention]:
    """E4, E 4, väg 651, lv 670, 651:an; a bare number is no road."""
    found: list[Mention] = []
    for place, word in enumerate(words):
        before = words[place - 1].folded if place else ""
        shortened = before == "v" and words[place - 1].dot
        start = place - 1 if before in ROAD_WORDS or shortened else place
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
    # Names have exclamation marks and ampersands in them; where all of one agrees, it is the name.
    for end, key in runs(words, start, gazetteer.max_words, _HARD_BREAKS):
        last = words[end - 1]
        keys = [key]
        if not last.plain_o:
            # "Kyrkogatan o torget" is no Östra Kyrkogatan.
            keys += [key[: -len(last.folded)] + full for full in expansions(last.folded)]
        if end - start > 1:
            keys += [full + key[len(words[start].folded) :] for full in expansions(words[start].folded)]
        elif key.endswith("s"):
            keys.append(key[:-1])
        for number, form in enumerate(keys):
            hits = gazetteer.named(form)
            if hits and not _is_plain_word(words, start, end, hits):
                quality = max(QUALITY[hit.how] for hit in hits) - (0.03 if number else 0.0)
                found.append(named(start, end, hits, len(key) * quality + JOINED * (end - start - 1)))
                break
    if not found and start and words[start - 1].folded in _INTO and words[start].capital:
        # "simhallen i Lund": no grove.
        found = _elsewhere(words, start)
        if found:
            return found
    found += _by_word(words, start)
    return found or _elsewhere(words, start)


def _elsewhere(words: Sequence[Word], start: int) -> list[Mention]:
    """A well-known place somewhere else, where nothing here has the name."""
    for end, key in runs(words, start, 3):
        entry = elsewhere(key, capital=words[start].capital)
        if entry is not None:
            return [named(start, end, (Hit(entry, How.EXACT),), len(key))]
    word = words[start]
    if word.folded.endswith("s") and start + 1 < len(words) and words[start + 1].folded in KIND_WORDS:
        # "Stockholms domkyrka"
        entry = elsewhere(word.folded[:-1], capital=word.capital)
        if entry is not None:
            return [named(start, start + 1, (Hit(entry, How.EXACT),), len(word.folded))]
    return []


def _numbered(mention: Mention, words: Sequence[Word]) -> Mention:
    """A street with the house number after it: "Storgatan 29", "Storgatan nr 29 b"; no year, time or way."""
    if mention.sort is not Sort.FEATURE or not any(hit.entry.kind in _WITH_NUMBERS for hit in mention.hits):
        return mention
    at = mention.end
    if at < len(words) and words[at].folded in ("nr", "nummer"):
        at += 1
    if at >= len(words) or (BREAKS.search(words[at].gap) and not words[at - 1].dot):
        return mention
    found = _HOUSE.match(words[at].folded)
    after = words[at + 1].folded if at + 1 < len(words) else ""
    if not found or after in _UNITS or int(found.group(1)) > _MAX_HOUSE:
        return mention
    end = at + 1
    letter = found.group(2)
    if not letter and len(after) == 1 and words[end].capital and after in _HOUSE_LETTERS:
        letter, end = after, end + 1
    streets = tuple(hit for hit in mention.hits if hit.entry.kind is EntryKind.STREET) or tuple(
        hit for hit in mention.hits if hit.entry.kind in _WITH_NUMBERS
    )
    return replace(mention, end=end, hits=streets, number=found.group(1) + letter)


def _kinded(words: Sequence[Word], found: list[Mention], gazetteer: Gazetteer) -> list[Mention]:
    """Things called by a name and their kind, where the name they are registered under says it otherwise:
    "hotell Svea" for Svea, "Kampens metrostation" for Kampen, "Valhallabadet" for Valhalla simhall."""
    more: list[Mention] = []
    for mention in found:
        if mention.sort is not Sort.KIND or mention.kind is None or not mention.kind.kinds:
            continue
        start, end = mention.start, mention.end
        spans = [(start - count, start) for count in (3, 2, 1) if start >= count]
        spans += [(end, end + count) for count in (3, 2, 1) if end + count <= len(words)]
        for first, last in spans:
            inner = words[min(first, start) + 1 : max(last, end)]
            if any(BREAKS.search(word.gap) for word in inner):
                continue
            key = "".join(word.folded for word in words[first:last])
            if last - first == 1 and (words[first].folded in COMMON or words[first].folded in KIND_WORDS):
                continue
            hits = gazetteer.kinded(key, mention.kind.kinds)
            if hits:
                weight = (len(key) + end - start) * QUALITY[How.KINDED] + 0.3
                more.append(named(min(first, start), max(last, end), hits, weight))
                break
    return more


def _is_plain_word(words: Sequence[Word], start: int, end: int, hits: tuple[Hit, ...]) -> bool:
    """Whether a name that is a common word too ("Vallen", "Näset") is here only the word.

    An alias is never that: somebody who knows the place wrote it down.
    """
    if end - start > 1:
        return False
    word = words[start]
    if any(hit.how is How.ALIAS for hit in hits):
        return False
    if word.folded in TOWN_WORDS | CENTRE_WORDS | MUNICIPALITY_WORDS:
        return True
    if word.folded in KIND_WORDS:
        # "Stadshuset" is one house's whole name here; "Skolan" would have to be one too.
        keys = {key_of(hit.entry.name) for hit in hits}
        if start and words[start - 1].folded not in COMMON:
            # "Vinbergs simhall" is not the Simhallen here.
            return word.folded not in keys
        return stem(word.folded) not in map(stem, keys)
    names = {word.folded, *(key_of(hit.entry.name) for hit in hits)}
    return not word.capital and word.folded not in PLACE_NOUNS and not names.isdisjoint(COMMON)


def _by_word(words: Sequence[Word], start: int) -> list[Mention]:
    """What one word is besides a name: a kind of place, the town, the municipality."""
    word = words[start].folded
    if start + 1 < len(words) and words[start + 1].gap == "-":
        # "p-platsen", "idrotts-platsen"
        whole = word + words[start + 1].folded
        kind = KIND_WORDS.get(whole)
        if kind is not None:
            return [
                Mention(start, start + 2, Sort.KIND, kind=kind, word=whole, weight=len(whole) * KIND_QUALITY)
            ]
    weight = len(word) * KIND_QUALITY
    kind = KIND_WORDS.get(word)
    if kind is not None:
        return [Mention(start, start + 1, Sort.KIND, kind=kind, word=word, weight=weight)]
    if word in TOWN_WORDS or word in CENTRE_WORDS:
        return [Mention(start, start + 1, Sort.TOWN, part=word in CENTRE_WORDS, weight=weight)]
    if word in MUNICIPALITY_WORDS:
        return [Mention(start, start + 1, Sort.MUNICIPALITY, weight=weight)]
    return []


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
