"""Answers that tell of a danger somebody should look at now, whatever the number of answers."""

import re

from geo.messages import N_

_DANGERS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (key, label, re.compile(pattern, re.IGNORECASE))
    for key, label, pattern in (
        (
            "hole",
            N_("a hole or a broken surface"),
            r"\b(hål|hålet|grop|gropen|gropar|groparna|potthål\w*|håla|brunn\w* (?:utan|saknar) lock|\w*lock\w* (?:saknas|är borta|borta))\b"
            r"|\b(?:trasig|sprucken|lös)\w* (?:asfalt|trappa|trappsteg|platt\w*)",
        ),
        (
            "railing",
            N_("a missing or broken railing"),
            r"räcke\w*.{0,25}\b(saknas|borta|trasig\w*|löst|lossnat|sönder)"
            r"|\b(saknas|inget|trasig\w*|löst|utan) (?:\w+ )?räck\w*",
        ),
        (
            "wire",
            N_("a loose wire or open electricity"),
            r"\b(lös\w*|hängande|öpp\w*|blottad\w*|bar|bara|trasig\w*) (?:\w+ )?(?:el)?(?:kabel|kablar|ledning\w*|sladd\w*|elskåp|skåp)\b"
            r"|\b(kabel|kablar|ledning\w*|sladd\w*|elskåp\w*).{0,20}\b(hänger|löst?|lösa|öppe[tn]|blottad\w*)\b",
        ),
        (
            "crossing",
            N_("a dark crossing"),
            r"(mörk\w*|obelyst\w*|släckt\w*|ingen belysning|syns inte).{0,30}(övergångsställe\w*|överfart\w*|korsning\w*|gångpassage\w*)"
            r"|(övergångsställe\w*|överfart\w*|gångpassage\w*).{0,30}(mörk\w*|obelyst\w*|släckt\w*|ingen belysning|syns inte)",
        ),
        (
            "ice",
            N_("dangerous ice or falling snow"),
            r"\b(blixthalt|glashalt|livsfarligt? halt|takras|istapp\w*|snöras)\b",
        ),
        (
            "sharp",
            N_("glass, needles or sharp objects"),
            r"\b(glassplitter|krossat glas|sprutor|kanyl\w*|nålar)\b",
        ),
    )
)

LABELS: dict[str, str] = {key: label for key, label, _pattern in _DANGERS}
"""Key of a danger → message id of its name."""


def find_danger(*texts: str) -> str:
    """The key of the first danger that one of the Swedish texts tells of, or an empty string."""
    for text in texts:
        for key, _label, pattern in _DANGERS:
            if pattern.search(text):
                return key
    return ""
