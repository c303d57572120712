"""A reading: one place that a text speaks of, and how it lies to what is named."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from geo.geocoder.mention import Mention, Sort
from geo.geocoder.words import CLOSE_WORDS, Relation
from geo.model import EntryKind
from geo.swedish import Word

_STREETS = frozenset({EntryKind.STREET, EntryKind.PATH})
_UNITS = {"m": 1.0, "meter": 1.0, "metrar": 1.0, "km": 1000.0, "kilometer": 1000.0, "mil": 10_000.0}
_COUNTS = {"en": 1.0, "ett": 1.0, "nagon": 1.0, "nan": 1.0, "halv": 0.5, "tva": 2.0, "tre": 3.0, "fem": 5.0}
_GLUED = re.compile(r"(\d{1,5})(m|meter|km)$", re.ASCII)
_MAX_METRES = 50_000.0
"""A direction with a longer way is no place any more."""


class Form(StrEnum):
    """The shape of a reading: what it needs to be placed."""

    FEATURE = "feature"
    KIND = "kind"
    CROSSING = "crossing"
    BETWEEN = "between"
    ROAD = "road"
    LOCALITY = "locality"


@dataclass(frozen=True, slots=True)
class Direction:
    """ "norr om": a unit vector (east, north); ``metres`` where the text says how far."""

    unit: tuple[float, float]
    close: bool = False
    metres: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One place that a text speaks of. ``other`` is a crossing's or a between's second end.

    For a kind word, ``other`` is the named thing it stands beside ("hållplatsen vid skolan"). ``along``
    is the street of a between ("Storgatan mellan Kyrkogatan och torget").
    """

    form: Form
    mention: Mention
    other: Mention | None = None
    context: Mention | None = None
    relation: Relation | None = None
    direction: Direction | None = None
    junction: bool = False
    along: Mention | None = None


def is_street(mention: Mention) -> bool:
    """Whether a mention names a street; other things may have its name too."""
    return mention.sort is Sort.FEATURE and any(hit.entry.kind in _STREETS for hit in mention.hits)


def direction_of(unit: tuple[float, float], before: Sequence[Word]) -> Direction:
    """The direction of a word with the words ``before`` it: "strax", "300 m"."""
    metres = None
    for spot, word in enumerate(before):
        glued = _GLUED.match(word.folded)
        if glued and 0 < int(glued[1]) * _UNITS[glued[2]] <= _MAX_METRES:
            metres = int(glued[1]) * _UNITS[glued[2]]
        if spot and word.folded in _UNITS:
            number = _number(before[:spot])
            if number is not None and 0 < number * _UNITS[word.folded] <= _MAX_METRES:
                metres = number * _UNITS[word.folded]
    close = any(word.folded in CLOSE_WORDS for word in before)
    return Direction(unit, close, metres)


def _number(words: Sequence[Word]) -> float | None:
    """The number that ``words`` end in: "300", "2,5", "två"."""
    last = words[-1].folded
    if not (last.isdecimal() and last.isascii()):
        return _COUNTS.get(last)
    whole = words[-2].folded if len(words) > 1 else ""
    if words[-1].gap in (",", ".") and whole.isdecimal() and whole.isascii():
        return float(f"{whole}.{last}")
    return float(last)
