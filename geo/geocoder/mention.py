"""A mention: words of a text, and what they name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from geo.gazetteer import LOCALITY_KINDS, Hit, How, road_of
from geo.gazetteer.kinds import KindWord
from geo.model import EntryKind
from geo.swedish import Word

QUALITY = {How.EXACT: 1.0, How.ALIAS: 0.98, How.KINDED: 0.97, How.SPELLING: 0.93, How.PART: 0.6}
"""What a letter weighs that agrees in this way, against one that agrees as written."""
KIND_QUALITY = 0.7
JOINED = 0.3
"""Added for each word more: of equally many letters, those of one long name go before two short ones."""
BREAKS = re.compile(r"[,;/\n.!?+&:()|]")


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
    number: str = ""
    """The house number written after a street: "29", "29b"."""
    part: bool = False
    """A part of the named thing is meant: its parking, its yard; of a locality, its middle."""
    is_name: bool = False
    word: str = ""
    """A kind word as written, folded."""
    weight: float = 0.0


def runs(
    words: Sequence[Word], start: int, longest: int, breaks: re.Pattern[str] = BREAKS
) -> list[tuple[int, str]]:
    """(end, key) of the runs that begin at ``start`` and cross no punctuation, longest first."""
    found: list[tuple[int, str]] = []
    key = ""
    for end in range(start, min(len(words), start + longest)):
        if end > start and breaks.search(words[end].gap) and not words[end - 1].dot:
            break
        key += words[end].folded
        found.append((end + 1, key))
    return found[::-1]


def named(start: int, end: int, hits: tuple[Hit, ...], weight: float) -> Mention:
    """The mention of what ``hits`` are: a locality, a road, the municipality, a place outside, or else a thing."""
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
