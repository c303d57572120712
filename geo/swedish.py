"""Swedish spelling: folding letters, cutting text into words, and bringing inflected words to one form.

Nothing here knows a place. A *key* is a folded name without spaces, so that "ICA-parkeringen",
"Ica parkeringen" and "icaparkeringen" share one.
"""

import re
import unicodedata
from dataclasses import dataclass

_LETTERS = str.maketrans("åäöéèêëáàâãüûúùôòóõîïíìñçøæ", "aaoeeeeaaaauuuuooooiiiincoa")
_WORD = re.compile(r"[^\W_]+(?:[:'\u2019][^\W_]+)*")
_NOT_WORD = re.compile(r"[\W_]+")
_SUFFIX = re.compile(r"[:'\u2019](?:s|n|an|en|ans|ens)$", re.IGNORECASE)
"""What people hang on abbreviations: ICA:s, E4:an. (651:an keeps it: it tells a road from a number.)"""
_COLON = re.compile(r"^(.*)(k:a)(n?s?)$|^([nsvöglNSVÖGL]|[Ss]t):a$")
"""What people write with a colon for a longer word: domk:a, n:a Kyrkogatan, l:a torget."""
_COLON_WORDS = {
    "n": "norra",
    "s": "södra",
    "v": "västra",
    "ö": "östra",
    "g": "gamla",
    "l": "lilla",
    "st": "stora",
}
_DOUBLED = re.compile(r"([^\W\d_])\1+")

MAX_WORDS = 80
"""Words of a text that are read; a place is never named after more."""

_DEFINITE = (
    ("stationen", "station"),
    ("terminalen", "terminal"),
    ("parkeringen", "parkering"),
    ("korsningen", "korsning"),
    ("platsen", "plats"),
    ("skolorna", "skola"),
    ("skolan", "skola"),
    ("gatan", "gata"),
    ("vagen", "vag"),
    ("stigen", "stig"),
    ("torget", "torg"),
    ("parken", "park"),
    ("hallen", "hall"),
    ("vallen", "vall"),
    ("planen", "plan"),
    ("museet", "museum"),
    ("kyrkan", "kyrka"),
    ("tunneln", "tunnel"),
    ("viadukten", "viadukt"),
    ("rondellen", "rondell"),
    ("huset", "hus"),
    ("kiosken", "kiosk"),
    ("macken", "mack"),
    ("butiken", "butik"),
    ("affaren", "affar"),
    ("garden", "gard"),
    ("bron", "bro"),
    ("badet", "bad"),
    ("omradet", "omrade"),
    ("biblioteket", "bibliotek"),
    ("apoteket", "apotek"),
    ("gymnasiet", "gymnasium"),
    ("centralen", "central"),
    ("gastgiveriet", "gastgiveri"),
    ("teatern", "teater"),
    ("hotellet", "hotell"),
    ("universitetet", "universitet"),
    ("centret", "centrum"),
    ("centrumet", "centrum"),
    ("sjukhuset", "sjukhus"),
    ("granden", "grand"),
    ("esplanaden", "esplanad"),
    ("promenaden", "promenad"),
    ("stranden", "strand"),
    ("backen", "backe"),
    ("kajen", "kaj"),
    ("hamnen", "hamn"),
    ("allen", "alle"),
    ("tradgarden", "tradgard"),
    ("kapellet", "kapell"),
    ("slottet", "slott"),
    ("tornet", "torn"),
    ("gallerian", "galleria"),
    ("perrongen", "perrong"),
    ("hallplatsen", "hallplats"),
    ("entren", "entre"),
)
"""Definite and plural endings of the nouns that place names end in, longest first where one ends another."""

_LAST = 3
_DEFINITE_BY_LAST = {
    last: tuple(pair for pair in _DEFINITE if pair[0].endswith(last))
    for last in {definite[-_LAST:] for definite, _ in _DEFINITE}
}
"""The last letters of a definite ending → the endings, for most names have none and all names are stemmed."""

_SHORT_ENDINGS = {
    "g": "gatan",
    "v": "vagen",
    "gat": "gatan",
    "vag": "vagen",
    "t": "torget",
    "pl": "platsen",
    "espl": "esplanaden",
    "gr": "granden",
    "sk": "skolan",
    "stn": "stationen",
    "st": "stigen",
    "p": "parken",
    "bibl": "biblioteket",
    "gymn": "gymnasiet",
    "prom": "promenaden",
}
_SHORT_LETTERS = tuple(_SHORT_ENDINGS)
_SHORT_WORDS = {
    "busstn": "busstation",
    "bussstn": "busstation",
    "stn": "station",
    "hpl": "hallplats",
    "ppl": "parkering",
    "n": "norra",
    "s": "sodra",
    "v": "vastra",
    "o": "ostra",
    "g": "gatan",
    "t": "torg",
    "pl": "plats",
    "espl": "esplanaden",
    "gr": "grand",
    "bibl": "bibliotek",
    "gymn": "gymnasium",
    "c": "centrum",
    "sk": "skola",
    "vc": "vardcentral",
}
_MIN_STEM = 6
"""Keys shorter than this keep their form: "Vallen" and "vall" are not the same word."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text. ``gap`` is what stands between it and the word before; ``dot``: one follows."""

    folded: str
    capital: bool
    gap: str
    dot: bool
    plain_o: bool
    """Written with an o, not an ö: "o" is "och", "ö" is "östra"."""


def fold(text: str) -> str:
    """``text`` in lower case a-z and digits, å, ä and ö as a, a and o, one space between words."""
    letters = fold_letters(text)
    return letters if letters.isalnum() else _NOT_WORD.sub(" ", letters).strip()


def fold_letters(text: str) -> str:
    """``text`` in lower case without marks on its letters, punctuation kept."""
    lowered = text.casefold().translate(_LETTERS)
    if lowered.isascii():
        return lowered
    parts = unicodedata.normalize("NFKD", lowered)
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return bare.casefold().translate(_LETTERS)


def key_of(text: str) -> str:
    """The key of a name: folded, without spaces and punctuation."""
    return fold(text).replace(" ", "")


def words_of(text: str) -> tuple[Word, ...]:
    """The first ``MAX_WORDS`` words of ``text`` in order."""
    text = unicodedata.normalize("NFC", text)
    words: list[Word] = []
    end = 0
    for found in _WORD.finditer(text):
        raw = found.group()
        if ":" in raw:
            raw = _without_colon(raw)
        if not raw[0].isdecimal():
            raw = _SUFFIX.sub("", raw)
        folded = fold_letters(raw)
        if not folded.isalnum():
            folded = fold(raw).replace(" ", "")
        if not folded:
            continue
        words.append(
            Word(
                folded=folded,
                capital=raw[0].isupper(),
                gap=text[end : found.start()],
                dot=text[found.end() : found.end() + 1] == ".",
                plain_o=raw in ("o", "O"),
            )
        )
        end = found.end()
        if len(words) == MAX_WORDS:
            break
    return tuple(words)


def _without_colon(raw: str) -> str:
    short = _COLON.match(raw)
    if short is None:
        return raw
    if short[4]:
        whole = _COLON_WORDS[short[4].lower()]
        return whole.capitalize() if raw[0].isupper() else whole
    return f"{short[1]}{'K' if not short[1] and raw[0].isupper() else 'k'}yrka{short[3]}"


def stem(key: str) -> str:
    """The form that a key shares with its definite and genitive forms: busstationens → busstation.

    It is a key to compare by, not a Swedish word: a final s is taken for a genitive in every name.
    """
    if len(key) < _MIN_STEM:
        return key
    if key.endswith("s") and not key.endswith("ss"):
        key = key[:-1]
    for definite, bare in _DEFINITE_BY_LAST.get(key[-_LAST:], ()):
        if key.endswith(definite) and len(key) > len(definite):
            return key[: -len(definite)] + bare
    return key


def squeeze(key: str) -> str:
    """A key with every doubled letter (no digit) written once: what people most often get wrong."""
    # All names are squeezed: to look for the next is quicker than to replace by a pattern, or letter by letter.
    found = _DOUBLED.search(key)
    while found:
        end = found.start() + 1
        key = key[:end] + key[found.end() :]
        found = _DOUBLED.search(key, end)
    return key


def expansions(folded: str) -> tuple[str, ...]:
    """What a word may be short for: storg → storgatan, n → norra; empty where it is short for nothing."""
    whole = _SHORT_WORDS.get(folded)
    if whole:
        return (whole,)
    if not folded.endswith(_SHORT_LETTERS):
        return ()
    return tuple(
        folded[: -len(ending)] + full
        for ending, full in _SHORT_ENDINGS.items()
        if folded.endswith(ending) and len(folded) >= len(ending) + 3
    )


def digits_of(key: str) -> str:
    """The digits of a key: they are never a spelling mistake, Storgatan 29 is not Storgatan 28."""
    return "" if key.isalpha() else "".join(letter for letter in key if letter.isdigit())


def edits_allowed(key: str, *, capital: bool) -> int:
    """How many edits a misspelt key may be away.

    Short words are never misspelt names: too many words are one letter apart. A word with a capital is
    more likely a name, so for it one edit is allowed from 5 letters and two from 9, else from 7 and 10.
    """
    one, two = (5, 9) if capital else (7, 10)
    return (len(key) >= one) + (len(key) >= two)
