"""A sentence of the police's feed → its place words, without who did what.

No gazetteer: Swedish writes names, and little else, with a capital, roads have numbers, and a few small words
tell how places lie to each other. What is kept must parse as such a phrase from its first word to its last;
all else falls.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_MAX_TEXT = 1_000
_MAX_WORDS = 200

_ROAD = re.compile(
    r"(?:\b(?:europaväg|riksväg|länsväg|lv|rv|väg|vägen)\.?\s?(?:E\s?)?\d{1,4}(?:[./]\d{1,4})?|\bE\s?\d{1,3}(?:[./]\d{1,3})?)"
    r"(?![\w])",
    re.IGNORECASE,
)
_JOINED_SPACE = "\u2007"
"""Holds a road's word and number together while the text is cut into words."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ\d])")
_SEGMENT = re.compile(r"\s*[,;]\s+|\s*:\s+|\s+[-–—]\s+|\s*[()\"”“]\s*|[.!?,;:]+$")
_ABBREVIATION = re.compile(r"\b(?:kl|ca|nr|St|S:t|tel|bl|tfn|resp|kv|cirk|trpl|mfl)\.$")

_NAME = re.compile(r"[A-ZÅÄÖÉÜ0-9][\w:'’´&.\u2007]*(?:[-/–][\w:'’´&.\u2007]+)*|[a-zåäö]+väg\u2007\d+(?:/.+)?")
_NUMBER = re.compile(r"\d{1,3}[A-Da-d]?(?:[-–]\d{1,3}[A-Da-d]?)?")
_STREET = re.compile(
    r"(?:gatan|gata|vägen|väg|gränden|gränd|stigen|allén|allé|backen|torget|torg|plan|leden)$", re.IGNORECASE
)
_PLACE_END = re.compile(
    r"(?:gatan|gata|vägen|väg|gränden|gränd|stigen|allén|allé|torget|torg|platsen|leden|bron|rondellen|parken|skolan)$",
    re.IGNORECASE,
)

_DROPPED = frozenset(("i", "på", "inom"))
"""Prepositions that lead to a place and add nothing: "i Sikeå" is "Sikeå". "Från Umeå" tells about people."""
_COMPASS = "norr|söder|öster|väster|nordost|nordväst|sydost|sydväst|nordöst|sydöst|nordnordost|nordnordväst"
_RELATION = re.compile(
    rf"(?:(?:strax|precis|alldeles|en bit|(?:ca|cirka|omkring|ungefär|drygt|knappt|någon|några|en|ett par|\d+(?:[.,]\d+)?)"
    rf"(?: (?:ca|hundra|\d+))?(?: (?:km|kilometer|mil|m|meter))) )?(?:(?:{_COMPASS}) om|utanför|innanför|bakom)"
    rf"|\d+ (?:km|kilometer|mil|m|meter) (?:före|efter|innan|från)"
    r"|i höjd med|i jämnhöjd med|i trakten av|i trakterna av|i trakten kring|i närheten av|i anslutning till|"
    r"i korsningen(?: av| mellan)?|i utkanten av|i området (?:kring|runt|vid)|i området|på gränsen (?:till|mellan)|"
    r"på sträckan(?: mellan)?|på båda sidor om|vid|nära|intill|bredvid|bakom|framför|utmed|längs med|längs|mellan|"
    r"kring|omkring|runt|under|mittemot|mitt emot|invid|i nivå med",
    re.IGNORECASE,
)
_MODIFIERS = frozenset(
    ("norra", "södra", "östra", "västra", "centrala", "mellersta", "inre", "yttre", "gamla", "nya", "stora",
     "lilla", "nordöstra", "nordvästra", "sydöstra", "sydvästra", "övre", "nedre", "hela")
)  # fmt: skip
_PLACE_NOUNS = frozenset(
    ("tätort", "tätorten", "centrum", "centrumet", "kommun", "kommunen", "län", "stan", "staden", "innerstad",
     "innerstaden", "samhälle", "samhället", "by", "byn", "torg", "torget", "rastplats", "rastplatsen", "rondell",
     "rondellen", "cirkulationsplats", "cirkulationsplatsen", "trafikplats", "trafikplatsen", "korsning",
     "korsningen", "vägkorsning", "vägkorsningen", "infart", "infarten", "utfart", "utfarten", "avfart",
     "avfarten", "påfart", "påfarten", "mot", "motet", "bro", "bron", "viadukt", "viadukten", "tunnel", "tunneln",
     "gångtunnel", "gångtunneln", "gångväg", "gångvägen", "cykelväg", "cykelvägen", "busstation", "busstationen",
     "busshållplats", "busshållplatsen", "hållplats", "hållplatsen", "station", "stationen", "järnvägsstation",
     "järnvägsstationen", "tågstation", "tågstationen", "tågstationer", "centralstation", "centralstationen",
     "resecentrum", "skola", "skolan", "gymnasium", "gymnasiet", "gymnasieskola", "kyrka", "kyrkan", "bibliotek",
     "biblioteket", "parkering", "parkeringen", "parkeringsplats", "parkeringsplatsen", "industriområde",
     "industriområdet", "köpcentrum", "köpcentrumet", "galleria", "gallerian", "badplats", "badplatsen", "park",
     "parken", "idrottsplats", "idrottsplatsen", "idrottshall", "idrottshallen", "ishall", "ishallen", "simhall",
     "simhallen", "sporthall", "sporthallen", "camping", "campingen", "hamn", "hamnen", "flygplats",
     "flygplatsen", "strand", "stranden", "bensinstation", "bensinstationen", "lekplats", "lekplatsen", "delen",
     "delarna", "änden", "sidan", "stadsdelen", "området", "sjukhus", "gata", "gatan", "väg", "vägen", "gränd",
     "backe", "allé", "plan", "km", "stadshus", "stadshuset", "torp", "älv", "älven", "sjö", "sjön", "ö", "ön")
)  # fmt: skip
_BARE_NOUNS = _PLACE_NOUNS - frozenset(
    ("kommun", "län", "by", "mot", "bro", "tunnel", "viadukt", "skola", "kyrka", "parkering", "park", "delen",
     "delarna", "änden", "sidan", "området", "sjukhus", "gata", "gatan", "väg", "vägen", "gränd", "backe", "allé",
     "plan", "km", "torp", "älv", "älven", "sjö", "sjön", "ö", "ön", "strand", "hamn", "station", "korsning",
     "infart", "utfart", "avfart", "påfart", "bibliotek", "gymnasium", "camping", "galleria", "torg", "samhälle",
     "staden", "kommunen", "stadsdelen", "rondell", "lekplats", "badplats", "motet")
)  # fmt: skip
"""Nouns that name a place on their own, in a municipality where there are few of the kind."""
_CONNECTORS = frozenset(("till", "från", "av", "mot", "i", "på", "vid", "mellan", "för"))
_LIVES = frozenset(
    ("boende", "bosatt", "bosatta", "hemmahörande", "skriven", "skrivna", "född", "bor", "hemma", "häktad",
     "häktade", "vårdas", "sjukhus")
)  # fmt: skip
"""After these, a place tells about a person and not about where it happened."""

_EVENT_ENDS = re.compile(
    r"(?:olyck(?:a|an|or|orna)|kontroll(?:en|er|erna)?|brott(?:et|en|slig\w*)?|stöld(?:en|er)?|inbrott(?:et)?|"
    r"brand(?:en)?|bränder|eldning|rån(?:et|en)?|bråk(?:et)?|hot(?:et)?|slagsmål(?:et)?|misshandel(?:n)?|skadegörelse(?:n)?|larm(?:et)?|"
    r"fylleri(?:et)?|körning(?:en|ar)?|lossning(?:en)?|förföljelse|störning(?:en|ar)?|insats(?:en|er)?|krock(?:en|ar)?|"
    r"kollision(?:en|er)?|påkörning|avåkning(?:en|ar)?|explosion(?:en)?|detonation(?:en)?|föremål(?:et)?|anmälan|"
    r"anmälningar|händelse(?:n|r)?|undersökning(?:en)?|utredning(?:en)?|person(?:en|er|erna)?|förare(?:n)?|bilist(?:en|er)?|"
    r"cyklist(?:en|er)?|patrull(?:en|er)?|polis(?:en|er|man|män)?|bil(?:en|ar|arna)|cykel(?:n)?|moped(?:en|er)?|skoter(?:n|trafik)?|"
    r"lastbil|personbil|skåpbil|buss(?:en|ar)|traktor(?:n|er)?|trafik(?:en)?|stopp(?:et)?|hinder|arbete(?:t)?|räddning(?:en)?|"
    r"vårdslöshet|smitning|fynd(?:et)?|försök(?:et)?|[a-zåäö]ande(?:t)?|[a-zåäö]ning(?:en|ar)?|[a-z]ism|innehav(?:et)?|"
    r"bedrägeri(?:er|et)?|klotter|häleri|rattfylleri|drograttfylleri|verksamhet|våld(?:et)?|knivdåd|skjutning(?:en|ar)?|sprängning(?:en|ar)?|"
    r"åring(?:en|ar|arna)?|drabbad(?:e|es)?|[^s]tad|rad|nad|lad|dad|gad|kad|pad|sad|ats|gits|kits|rits|erade|nade|lade|kade|tade)$",
    re.IGNORECASE,
)
"""How words end that begin a report but name no place. Swedish puts what a thing is last in a compound."""
_EVENT_WORDS = frozenset(
    ("larm", "resultat", "urval", "polis", "man", "män", "mannen", "kvinna", "kvinnor", "kvinnan", "pojke",
     "pojkar", "flicka", "flickor", "barn", "ungdom", "ungdomar", "tonåring", "tonåringar", "äldre", "förälder",
     "en", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "flera", "många", "några",
     "någon", "okänd", "okända", "okänt", "gripen", "gripna", "misstänkt", "misstänkta", "skadad", "skadade",
     "avliden", "död", "försvunnen", "försvunna", "personal", "ambulans", "räddningstjänst",
     "räddningstjänsten", "räddningstjänstens", "sos", "smhi", "trafikverket", "åklagare", "åklagaren",
     "polisen", "polisens", "polispatrull", "patrull", "bil", "bilar", "mc", "atv", "moped", "buss", "cykel",
     "fyrhjuling", "motorcykel", "släp", "husbil", "husvagn", "älg", "rådjur", "ren", "renar", "hund", "häst",
     "hästar", "djur", "vilt", "vildsvin", "tappat", "tappad", "sten", "träd", "rök", "eld", "glas", "ras",
     "spår", "dimma", "halka", "snö", "under", "vid", "efter", "på", "i", "det", "den", "de", "man", "här", "när",
     "nu", "ny", "nytt", "nya", "uppdatering", "uppdaterad", "komplettering", "fotgängare", "motorfordon",
     "fordon", "bilbrand", "gräsbrand", "gäng", "grupp", "fest", "musik", "oljud", "inbrott", "stöld", "rån",
     "bråk", "hot", "ofredande", "våld", "narkotika", "droger", "vapen", "kniv", "knivar", "skott", "mord",
     "mordförsök", "dråp", "tjuv", "tjuvar", "gärningsman", "vittne", "vittnen", "inga", "ingen", "inget",
     "förundersökning", "insats", "stor", "stort", "större", "mindre", "tidig", "sen", "trolig", "troligt",
     "facebook", "instagram", "snapchat", "tiktok", "blocket", "tradera", "volvo", "bmw", "audi", "saab", "tesla",
     "toyota", "mercedes", "volkswagen", "ford", "scania", "epa", "a-traktor", "a-traktorer", "epa-traktor",
     "jämthandel", "ofog", "ordningsstörning", "omhändertagen", "omhändertagna", "berusad", "berusade",
     "påverkad", "onykter", "fylleri", "lob", "snatteri", "bluff", "bedragare", "internet", "tv", "dna", "id",
     "gps", "sms", "jultomten", "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti",
     "september", "oktober", "november", "december", "stulen", "stulet", "stulna", "upphittat", "upphittad",
     "påkörd", "nedslagen", "slagen", "rånad", "kl", "vi", "han", "hon", "båt", "båtar", "drunkning", "tåg")
)  # fmt: skip
"""Words with a capital that name no place: mostly those a report begins with."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    end: int
    words: str


@lru_cache(maxsize=8_192)
def place_words(summary: str) -> str:
    """The place that a sentence of the feed tells of, in its own words, or an empty string.

    Kept are names, road numbers, streets with their numbers and the small words between places ("strax norr
    om", "i höjd med"); pieces are joined with a comma. Nothing about people or what happened is kept. Only
    the first sentence that names a place is used: the next ones tell what happened.
    """
    text = " ".join(summary[:_MAX_TEXT].split())
    if text.isupper():
        # Nothing tells names from other words then; roads are still known.
        text = text.lower()
    text = _ROAD.sub(lambda road: road.group().replace(" ", _JOINED_SPACE), text)
    for sentence in _sentences(text):
        pieces: list[str] = []
        for number, segment in enumerate(_segments(sentence)):
            for piece in _pieces(segment.split(" ")[:_MAX_WORDS], first=number == 0):
                if piece not in pieces:
                    pieces.append(piece)
        if pieces:
            return ", ".join(pieces).replace(_JOINED_SPACE, " ")
    return ""


def _sentences(text: str) -> list[str]:
    sentences: list[str] = []
    for part in _SENTENCE.split(text):
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] += f" {part}"
        else:
            sentences.append(part)
    return sentences


def _segments(sentence: str) -> list[str]:
    return [segment for part in _SEGMENT.split(sentence) if part and (segment := part.strip(" .!?,;:"))]


def _pieces(words: list[str], *, first: bool) -> list[str]:
    """The place phrases of a segment: the whole of it, or those that a preposition leads to."""
    whole = _place(words, 0)
    if whole and whole.end == len(words):
        return [whole.words]
    pieces: list[str] = []
    index = 0
    if whole and (_leads(words[0]) or (first and _is_road(words[0])) or not _is_name(words[0])):
        pieces.append(whole.words)
        index = whole.end
    while index < len(words):
        phrase = _led(words, index)
        if phrase:
            pieces.append(phrase.words)
            index = phrase.end
        else:
            index += 1
    return pieces


def _leads(word: str) -> bool:
    """Whether a word is a place even before a report that no comma parts from it."""
    return _is_road(word) or bool(_PLACE_END.search(word))


def _led(words: list[str], index: int) -> _Phrase | None:
    """A place after a preposition or a relation at ``index``."""
    if index and words[index - 1].casefold() in _LIVES:
        return None
    related = _relation(words, index)
    if related:
        place = _noun_phrase(words, related.end)
        if place:
            return _Phrase(place.end, f"{related.words} {place.words}")
    word = words[index].casefold()
    following = words[index + 1 : index + 2]
    if word in _DROPPED or (word == "efter" and following and _is_road(following[0])):
        return _noun_phrase(words, index + 1)
    return None


def _place(words: list[str], index: int) -> _Phrase | None:
    return _led(words, index) or _noun_phrase(words, index)


def _relation(words: list[str], index: int) -> _Phrase | None:
    rest = " ".join(words[index : index + 6])
    found = _RELATION.match(rest)
    if not found or rest[found.end() : found.end() + 1] not in (" ",):
        return None
    return _Phrase(index + len(found.group().split(" ")), found.group())


def _noun_phrase(words: list[str], index: int) -> _Phrase | None:
    """Modifiers, a name, a road or a place noun, and what is tied to it by a relation."""
    start = index
    while index < len(words) and words[index].casefold() in _MODIFIERS:
        index += 1
    core = _core(words, index, bare=index == start)
    if core is None:
        return None
    index = core
    while index < len(words):
        nxt = _tail(words, index)
        if nxt is None:
            break
        index = nxt
    return _Phrase(index, " ".join(words[start:index]))


def _core(words: list[str], index: int, *, bare: bool) -> int | None:
    begin = index
    while index < len(words) and (_is_road(words[index]) or _is_name(words[index])):
        index += 1
    named = index > begin
    if named and index < len(words) and _NUMBER.fullmatch(words[index]) and _STREET.search(words[index - 1]):
        index += 1
    nouns = index
    while index < len(words) and words[index].casefold() in _PLACE_NOUNS:
        index += 1
    if not named:
        if index == nouns:
            return None
        tied = _tied(words, index)
        if tied is not None:
            return tied
        if index < len(words) and _is_name(words[index]):
            return _core(words, index, bare=False)
        return index if words[nouns].casefold() in _BARE_NOUNS or not bare else None
    if index > nouns and index < len(words):
        tied = _tied(words, index)
        if tied is not None:
            return tied
        if _is_name(words[index]) or _is_road(words[index]):
            return _core(words, index, bare=False)
    return index


def _tied(words: list[str], index: int) -> int | None:
    """The end of the name that a place noun's connector leads to: "infarten till Ånäset"."""
    if index < len(words) and words[index].casefold() in _CONNECTORS:
        phrase = _noun_phrase(words, index + 1)
        return phrase.end if phrase else None
    return None


def _tail(words: list[str], index: int) -> int | None:
    """The end of a further place tied to the one before: "och Umeå", "söder om Sikeå", "i Överklinten"."""
    related = _relation(words, index)
    if related:
        phrase = _noun_phrase(words, related.end)
        return phrase.end if phrase else None
    word = words[index].casefold()
    if word in ("och", "i", "på"):
        phrase = _noun_phrase(words, index + 1)
        return phrase.end if phrase else None
    return None


def _is_road(word: str) -> bool:
    return bool(_ROAD.match(word.replace(_JOINED_SPACE, " ")))


def _is_name(word: str) -> bool:
    if not _NAME.fullmatch(word) or word[0].isdigit():
        return False
    folded = word.casefold()
    return folded not in _EVENT_WORDS and (not _EVENT_ENDS.search(folded) or folded.endswith("stad"))
