"""Two mentions that are one place: a crossing of two streets, or what lies between two things.

Decided by the words before the first, between the two and after the second, and by the punctuation between them.
"""

import re
from collections.abc import Sequence

from geo.geocoder.mention import Mention, Sort
from geo.geocoder.readings import Form, is_street
from geo.geocoder.words import (
    AND_WORDS,
    BETWEEN_WORDS,
    CROSSING_WORDS,
    JUNCTION_WORDS,
    STRETCH_WORDS,
    TRAVEL_WORDS,
)
from geo.swedish import Word

STRONG = re.compile(r"[;\n!?+&]|\.\s")
"""Punctuation between two places."""
WEAK = re.compile(r"[,:()|]")
LOOK_BACK = 4
_DASHES = frozenset("-–—")
_ENDS = frozenset({Sort.FEATURE, Sort.KIND, Sort.LOCALITY, Sort.OUTSIDE})
_PLACES = frozenset({Sort.LOCALITY, Sort.OUTSIDE})


def pair_form(words: Sequence[Word], first: Mention, second: Mention) -> Form | None:
    """What two neighbouring mentions are together: a crossing, a between, or None where each is its own."""
    inner = [word.folded for word in words[first.end : second.start]]
    # "Storgatan & Kungsgatan": it stands for "och".
    gap = "".join(word.gap for word in words[first.end : second.start + 1]).replace("&", "")
    lead = [word.folded for word in words[max(0, first.start - 3) : first.start]]
    if STRONG.search(gap):
        return None
    if all(is_street(end) or end.sort is Sort.ROAD for end in (first, second)):
        after = [word.folded for word in words[second.end : second.end + 2] if not WEAK.search(word.gap)]
        if _meet(inner, gap, lead, after):
            return Form.CROSSING
    if first.sort not in _ENDS or second.sort not in _ENDS or Sort.OUTSIDE is first.sort is second.sort:
        return None
    if len(inner) > LOOK_BACK:
        return None
    until = bool(set(inner) & {"till", "mot"})
    if not BETWEEN_WORDS.isdisjoint(lead) and (until or not inner or not AND_WORDS.isdisjoint(inner)):
        return Form.BETWEEN
    if until and {"fran", "ifran", *STRETCH_WORDS} & set(lead):
        return Form.BETWEEN
    dashed = not inner and gap.strip() in _DASHES
    return Form.BETWEEN if dashed and first.sort in _PLACES and second.sort in _PLACES else None


def _meet(inner: list[str], gap: str, lead: list[str], after: list[str]) -> bool:
    """Whether two streets in a row are said to meet."""
    crossing = [word for word in inner if word in JUNCTION_WORDS or word in CROSSING_WORDS]
    if crossing and len(inner) <= LOOK_BACK:
        # "Storgatan, korsningen med Kungsgatan", "Storgatan korsar Kungsgatan"
        return True
    if not inner and lead and lead[-1] in JUNCTION_WORDS:
        # "korsningen Storgatan, Kungsgatan"
        return True
    if WEAK.search(gap):
        return False
    joined = all(word in AND_WORDS for word in inner)
    named_after = not JUNCTION_WORDS.isdisjoint(after[:1]) or (
        after[:1] == ["i"] and not JUNCTION_WORDS.isdisjoint(after)
    )
    if (joined and not JUNCTION_WORDS.isdisjoint(lead)) or ((joined or inner == ["mot"]) and named_after):
        # "hörnet av Storgatan och Kungsgatan", "Storgatan och Kungsgatans korsning"
        return True
    if lead[-1:] == ["fran"] and len(inner) == 2 and inner[1] == "pa":
        # "svängen från Storgatan in på Kungsgatan"
        return True
    if inner and lead[-1:] == ["dar"] and len(inner) <= LOOK_BACK and TRAVEL_WORDS.isdisjoint(inner):
        # "där Storgatan går ihop med Kungsgatan"
        return True
    return inner == ["vid"] or (not inner and ("/" in gap or gap.strip() in _DASHES))
