"""Names of streets as a country has them, in any number: no gazetteer with three million may be had for tests."""

from collections.abc import Iterator
from random import Random

from shapely.geometry import Point

from geo.model import EntryKind, GazetteerEntry

SEED = 2409
_FIRST = [
    "sko",
    "stor",
    "kyr",
    "lin",
    "björk",
    "dal",
    "berg",
    "sten",
    "norr",
    "söd",
    "öst",
    "väst",
    "kung",
    "drott",
    "råd",
    "has",
    "hav",
    "sjö",
    "lund",
    "ek",
    "ask",
    "alm",
    "tall",
    "gran",
    "vin",
    "ros",
    "lilj",
    "hov",
    "slott",
    "kvarn",
    "bruk",
    "smed",
    "mölle",
    "väg",
    "barr",
    "fisk",
    "rönn",
    "hassel",
]
_LINK = [
    "la",
    "ga",
    "ka",
    "en",
    "holms",
    "torps",
    "bo",
    "valla",
    "hult",
    "ryds",
    "stads",
    "by",
    "lunda",
    "åker",
    "ängs",
    "ströms",
    "forsa",
    "marks",
    "näs",
    "viks",
    "hagen",
]
_LAST = ["gatan", "vägen", "stigen", "gränden", "torget", "parken", "backen", "allén", "skolan", "kajen"]
_PARTS = (_FIRST, _LINK, _FIRST, _LINK, _LAST)
_TOTAL = len(_FIRST) ** 2 * len(_LINK) ** 2 * len(_LAST)
_STRIDE = 2_654_435_761
"""Coprime with the total: steps of it meet each combination once, and neighbours have little in common."""
_SPACING_M = 50
_LETTERS = "abcdefghijklmnoprstuvyåäö"
_SHORT_OF_FORM = str.maketrans("åäöé", "aaoe")


def name(number: int) -> str:
    """One of ``_TOTAL`` names, each of them another; one in eight begins with a side of town."""
    at = number * _STRIDE % _TOTAL
    parts = []
    for choices in _PARTS:
        at, place = divmod(at, len(choices))
        parts.append(choices[place])
    whole = "".join(parts).capitalize()
    return f"{('Norra', 'Södra', 'Östra', 'Lilla')[number // 8 % 4]} {whole}" if number % 8 == 0 else whole


def entries(number: int) -> Iterator[GazetteerEntry]:
    """So many streets, each a point of its own."""
    for at in range(number):
        point = Point(600_000 + at % 1000 * _SPACING_M, 6_600_000 + at // 1000 * _SPACING_M)
        yield GazetteerEntry(f"w{at}", name(at), EntryKind.STREET, point, 300.0, "bench")


def folded(text: str) -> str:
    """As people write who have no Swedish keyboard."""
    return text.lower().translate(_SHORT_OF_FORM)


def misspelt(text: str, edits: int, random: Random) -> str:
    """``text`` with so many letters put in, left out, changed or swapped; the first stays."""
    for _ in range(edits):
        at = random.randrange(1, len(text) - 1)
        letter = random.choice(_LETTERS)
        text = random.choice(
            (
                text[:at] + text[at + 1 :],
                text[:at] + letter + text[at:],
                text[:at] + letter + text[at + 1 :],
                text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            )
        )
    return text
