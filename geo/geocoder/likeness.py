"""Whether a word a few letters from a name can be that name misspelt, or is another name.

Two edits make Södra of Norra and Algatan of Elgatan. So what tells one name from another must agree: the side, the
kind of street, and most of what it is named after, which must not be what another street is named after.
"""

from rapidfuzz.distance import OSA

from geo.geocoder.elsewhere import STREET_HEADS
from geo.swedish import squeeze

_SIDES = (
    "norra",
    "sodra",
    "ostra",
    "vastra",
    "ovre",
    "nedre",
    "inre",
    "ytre",
    "stora",
    "lila",
    "nya",
    "gamla",
)
"""Folded, with doubled letters written once, as all keys are compared here."""
_ENDINGS = tuple(
    squeeze(ending)
    for ending in [
        "gatan",
        "vagen",
        "stigen",
        "grand",
        "granden",
        "torget",
        "parken",
        "skolan",
        "backen",
        "allen",
        "kajen",
        "platsen",
        "plan",
        "esplanaden",
        "bron",
        "tunneln",
        "stranden",
        "gangen",
        "promenaden",
        "kyrkan",
        "hallen",
        "stationen",
        "gata",
        "vag",
        "stig",
        "torg",
        "park",
        "skola",
        "kyrka",
        "station",
    ]
)


def may_be(query: str, name: str) -> bool:
    """Whether ``query`` can be ``name`` with a slip of the pen; both are keys a few edits apart."""
    return _may_be(query, name) or _may_be(squeeze(query), squeeze(name))


def _may_be(query: str, name: str) -> bool:
    side, other = _side(query), _side(name)
    if side and other and squeeze(side) != squeeze(other):
        return False
    if not (side and other):
        # "Sömdra kajen": the side itself is misspelt.
        side = other = ""
    ending, asked_ending = _ending(name), _ending(query)
    if asked_ending and not _same_ending(asked_ending, ending, name):
        # "Storvägen" is no misspelt Storgatan, for it is a word of its own; "storgatn" is one.
        return False
    if not (ending and asked_ending):
        return True
    head = name[len(other) : -len(ending)]
    asked = query[len(side) : -len(asked_ending)]
    edits = int(OSA.distance(asked, head))
    if asked.removesuffix("e") == head.removesuffix("e"):
        # Garvargatan and Garvaregatan are one.
        return True
    return edits <= _allowed(head) and not (edits and squeeze(asked) in STREET_HEADS)


def _ending(key: str) -> str:
    return next((each for each in _ENDINGS if key.endswith(each) and len(key) > len(each) + 1), "")


def _same_ending(asked: str, ending: str, name: str) -> bool:
    return asked.startswith(ending) or ending.startswith(asked) if ending else name.endswith(asked)


def _side(key: str) -> str:
    return next((side for side in _SIDES if key.startswith(side) and len(key) > len(side)), "")


def _allowed(head: str) -> int:
    """Edits in what a street is named after: none in three letters, for too many are one letter apart."""
    return (len(head) > 3) + (len(head) > 5)
