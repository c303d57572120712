"""The ways to write a name that are all the same name."""

import re

from geo.swedish import fold

_IN_BRACKETS = re.compile(r"\s*\([^)]*\)")
_ROAD = re.compile(r"(?:^|\b)(e ?\d{1,2}|\d{2,4})$")
_SIDES = {
    "norra",
    "sodra",
    "ostra",
    "vastra",
    "inre",
    "yttre",
    "ovre",
    "nedre",
    "nya",
    "gamla",
    "stora",
    "lilla",
}
_SHORT_SIDES = {"norra": "n", "sodra": "s", "ostra": "o", "vastra": "v"}
_LONG_SIDES = {"n": "norra", "s": "sodra", "o": "ostra", "v": "vastra"}
_SAINTS = {"st": "sankt", "sankt": "st", "sta": "sankta", "sankta": "sta"}
_ENDING = re.compile(r"[:'\u2019](?:s|n|an|en)\b", re.IGNORECASE)
_SAINT = re.compile(r"\bs t(a?) ")


def road_of(name: str) -> str:
    """The number that a road's name or a stop's name ends in (``e4``, ``651``), or an empty string."""
    found = _ROAD.search(fold(name))
    return found.group(1).replace(" ", "") if found else ""


def written_forms(name: str) -> set[str]:
    """The folded ways to write a name: without brackets, its side word first, last or short, S:t or Sankt."""
    bare = _ENDING.sub("", name) if ":" in name or "'" in name or "\u2019" in name else name
    # What people hang on a name in a text ("Robert's", "ICA:s") stands in some names too.
    return _forms(name) | _forms(bare) if bare != name else _forms(name)


def _forms(name: str) -> set[str]:
    # "S:t Eriksgatan" folds to "s t eriksgatan".
    whole = fold(name)
    if " " not in whole:
        return {whole} if whole else set()
    if ":" in name:
        whole = _SAINT.sub(r"st\1 ", whole)
    forms = {whole}
    if "(" in name:
        forms.add(fold(_IN_BRACKETS.sub("", name)))
    for form in tuple(forms):
        words = form.split()
        if len(words) < 2:
            continue
        if words[0] in _SAINTS:
            forms.add(" ".join([_SAINTS[words[0]], *words[1:]]))
        words[0] = _LONG_SIDES.get(words[0], words[0])
        forms.add(" ".join(words))
        for side, rest in ((words[0], words[1:]), (words[-1], words[:-1])):
            if side in _SIDES:
                forms |= {" ".join([side, *rest]), " ".join([*rest, side])}
                if side in _SHORT_SIDES:
                    forms.add(" ".join([_SHORT_SIDES[side], *rest]))
    forms.discard("")
    return forms
