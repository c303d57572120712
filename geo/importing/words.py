"""Reasons and times of day as people and survey tools write them, Swedish and English."""

import re
from functools import lru_cache

from geo.model import Reason, TimeOfDay
from geo.swedish import fold

# Patterns are searched in the text in lower case and again folded (å, ä → a, ö → o), so that letters without
# their marks do too. What folding would confuse is written with its marks: gäng is not gång.
_REASONS: dict[Reason, str] = {
    Reason.LIGHTING: r"belys|mörk|\bmork|\blys(?:e|et|er|te|a)?\b|\blamp|dunkel|darkness|\bdark\b|\bunlit|lighting|"
    r"\blights?\b|street ?light|släckt|slackt",
    Reason.VISIBILITY: r"\bsikt(?:en)?\b|sikt(?:förh|forh)|skym(?:d|m|t)|insyn|uppsikt|(?:över|over)sikt|överblick|overblick|"
    r"visibility|\bsight|\bhidden|gömställ|gomstall|gömma sig|gomma sig|\bdold|prång|sikten",
    Reason.VEGETATION: r"busk|växtl|vaxtl|vegetation|\bträden?\b|\btraden?\b|\bsly(?:et)?\b|\bhäck(?:en|ar|arna)?\b|"
    r"\bhack(?:en|ar|arna)\b|skog|grönska|gronska|igenvux|igenväx|igenvax|overgrown|\bbush|shrub|hedge|\btrees?\b|"
    r"\bsnår",
    Reason.DESERTED: r"\böde\b|\bode\b|ödslig|odslig|folktom|folktomt|\btomt\b|\bensam|\bensl|få människ|fa mannisk|"
    r"inga människ|inga mannisk|få personer|fa personer|lite folk|inget folk|få folk|avsides|avlägs|avlags|isoler|"
    r"desert|lonel|\balone\b|\bempty\b|few people|no people|nobody around|remote|isolat",
    Reason.TRAFFIC: r"trafik|a[ -]?traktor|\bepa\b|epatraktor|moped|fortkör|fortkor|buskör|buskor|hastighet|"
    r"\bbil(?:ar|arna|en|ister)?\b|övergångsst|overgangsst|korsning|lastbil|skoter|cykl|\bcycl|bicyc|traffic|speed|"
    r"vehicle|\bcars?\b|crossing|kör fort|kor fort",
    Reason.NEGLECT: r"skräp|skrap|ovårdad|ovardad|förfall|forfall|vanskött|vanskot|underhåll|underhall|skötsel|skotsel|"
    r"\bhalt?\b|\bhalka|\bhala\b|\bhål(?:et|en|or)?\b|snö|\bsno\b|snorojning|snoskott|snohog|plog|\bis(?:en|ig|igt|iga|gata)?\b|"
    r"sandning|trasig|sönder|\bsonder|\bsliten|\bslitet|smuts|litter|garbage|\btrash|neglect|run[ -]?down|broken|"
    r"\bice\b|\bicy\b|\bsnow|slipper|untidy|\bdirty|mainten|räcke|racke saknas",
    Reason.VANDALISM: r"skadegör|skadegor|vandal|klotter|graffiti|förstör|forstor|krossa|sabot|glaskross|glassplitter",
    Reason.GROUPS: r"\bgäng|gängen|ungdomsgang|grupp|stök|stokig|ungdom|\bungar\b|hänger|hanger|samlas|\bfyll|berusa|"
    r"alkohol|onykter|onyktra|bråk|brakig|hotful|trakass|loiter|\bgangs?\b(?=.*\b(?:of|youth))|youth|group|drunk|"
    r"teenag|rowdy|alcohol",
    Reason.DRUGS: r"drog|narkot|knark|langning|langare|missbruk|cannabis|\bhasch|kanyl|\bsprut|drugs?\b|dealing|"
    r"dealer|syring|needle",
    Reason.OTHER: r"^annat|^annan|^övrig|^ovrig|^other|något annat|nagot annat",
}  # fmt: skip
_REASON_PATTERNS = tuple((reason, re.compile(pattern)) for reason, pattern in _REASONS.items())

_TIMES: dict[TimeOfDay, str] = {
    TimeOfDay.MORNING: r"morg[eo]?n|morgn|morning",
    TimeOfDay.DAY: r"\bdag(?:en|ar|tid|arna)?\b|(?<!\w)dagtid|förmiddag|formiddag|eftermiddag|lunch|\bday(?:s|time)?\b|"
    r"afternoon|\bnoon|skoltid",
    TimeOfDay.EVENING: r"kväll|kvall|evening|skymning|\bdusk",
    TimeOfDay.NIGHT: r"\bnatt|\bnätter|\bnatter|midnatt|\bnights?\b|midnight",
}  # fmt: skip
_TIME_PATTERNS = tuple((time, re.compile(pattern)) for time, pattern in _TIMES.items())
_DARK = re.compile(r"mörk|\bmork|\bdark")
_ALWAYS = re.compile(
    r"alltid|dygnet runt|hela dygnet|hela tiden|alla tider|när som helst|nar som helst|jämt|\bjamt\b|always|all day|"
    r"any ?time|all the time|around the clock|24 ?h|24/7|spelar ingen roll|oavsett tid"
)

_NOTHING = frozenset(
    ("", "vet ej", "vet inte", "ej svar", "inget svar", "inget", "ingen", "inga", "ingen uppfattning", "nej", "na",
     "n a", "none", "nothing", "no answer", "don t know", "dont know", "otryggt", "otrygg", "laskigt", "obehagligt",
     "unsafe", "scary", "kanns otryggt", "kanns laskigt", "kanns obehagligt", "och", "and")
)  # fmt: skip
"""Parts of an answer that give no reason and no time, folded."""

_STRONG = re.compile(r"[;\n|•]+")
_WEAK = re.compile(r"[,/+&]|\s(?:och|samt|and)\s")
_HOUR = r"(\d{1,2})(?:[:.](\d{2}))?"
_BETWEEN = re.compile(rf"\b{_HOUR}\s*(?:-|–|—|till|to|och|and)\s*(?:kl\.?\s*)?{_HOUR}\b")
_AFTER = re.compile(rf"\b(?:efter|från|fran|after|from)\s*(?:kl(?:\.|ockan)?\s*)?{_HOUR}\b")
_BEFORE = re.compile(rf"\b(?:före|fore|innan|before)\s*(?:kl(?:\.|ockan)?\s*)?{_HOUR}\b")
_AT = re.compile(rf"\b(?:kl(?:\.|ockan)?|at|vid)\s*{_HOUR}\b")
_SPANS = (
    (TimeOfDay.MORNING, 360, 600),
    (TimeOfDay.DAY, 600, 1080),
    (TimeOfDay.EVENING, 1080, 1320),
    (TimeOfDay.NIGHT, 1320, 1800),
    (TimeOfDay.NIGHT, -120, 360),
)
"""Minutes from midnight; the night stands on both sides of it."""
_DAY_MINUTES = 1440
_CACHED = 8_192
"""Cells remembered: in a survey most choose among the same few."""


@lru_cache(maxsize=_CACHED)
def parse_reasons(text: str) -> tuple[tuple[Reason, ...], tuple[str, ...]]:
    """The reasons that a cell gives, in the order of the enum, and the parts of it that name none we know.

    Several may stand in a cell, parted by semicolon, comma, slash, line or "och". A cell where nothing is
    known still says that there is a reason: it is ``Reason.OTHER``, and the words are handed back to be
    reported. Beside a known reason an unknown word adds none; it's handed back all the same.
    """
    found: set[Reason] = set()
    unknown: list[str] = []
    for part in _parts(text):
        reasons = _search(part)
        found.update(reasons)
        if not reasons:
            unknown.append(part)
    if unknown and not found:
        found.add(Reason.OTHER)
    return tuple(reason for reason in Reason if reason in found), tuple(unknown)


@lru_cache(maxsize=_CACHED)
def parse_times(text: str) -> tuple[tuple[TimeOfDay, ...], tuple[str, ...]]:
    """The times of day that a cell gives, in the order of the enum, and the parts of it that tell none.

    Words, hours ("efter 22", "06-10": every time of day the interval touches), "mörkt" (evening and night)
    and "alltid" (all four). Where a word stands beside hours ("Kväll 17–22"), the word counts.
    """
    found: set[TimeOfDay] = set()
    unknown: list[str] = []
    for strong in _STRONG.split(text):
        if _ALWAYS.search(_both(strong)):
            found.update(TimeOfDay)
            continue
        # With a dash, so that "mellan 18 och 23" isn't parted at its "och".
        for part in _parts(_BETWEEN.sub(_dashed, strong)):
            times = _named(part) or _hours(part.casefold())
            found.update(times)
            if not times:
                unknown.append(part)
    return tuple(time for time in TimeOfDay if time in found), tuple(unknown)


def _dashed(hours: re.Match[str]) -> str:
    first, second = (f"{hours[at]}:{hours[at + 1] or '00'}" for at in (1, 3))
    return f"{first}-{second}"


def _parts(text: str) -> list[str]:
    strong = (part for part in _STRONG.split(text) if fold(part) not in _NOTHING)
    parts = (part.strip(" .:!?()\t-–") for whole in strong for part in _WEAK.split(whole))
    return [part for part in parts if fold(part) not in _NOTHING]


def _both(text: str) -> str:
    return f"{text.casefold()}\n{fold(text)}"


def _search(part: str) -> list[Reason]:
    text = _both(part)
    return [reason for reason, pattern in _REASON_PATTERNS if pattern.search(text)]


def _named(part: str) -> tuple[TimeOfDay, ...]:
    text = _both(part)
    found = {time for time, pattern in _TIME_PATTERNS if pattern.search(text)}
    if _DARK.search(text):
        found |= {TimeOfDay.EVENING, TimeOfDay.NIGHT}
    return tuple(found)


def _hours(text: str) -> tuple[TimeOfDay, ...]:
    found: set[TimeOfDay] = set()
    for match in _BETWEEN.finditer(text):
        found |= _touched(_minute(match[1], match[2]), _minute(match[3], match[4]))
    if found:
        return tuple(found)
    for match in _AFTER.finditer(text):
        found |= _touched(_minute(match[1], match[2]), _DAY_MINUTES + 360)
    for match in _BEFORE.finditer(text):
        found |= _touched(min(360, _minute(match[1], match[2])), _minute(match[1], match[2]))
    for match in _AT.finditer(text):
        minute = _minute(match[1], match[2])
        found |= _touched(minute, minute + 1)
    return tuple(found)


def _minute(hour: str, minute: str | None) -> int:
    return int(hour) * 60 + int(minute or 0)


def _touched(start: int, end: int) -> set[TimeOfDay]:
    if max(start, end) > 2 * _DAY_MINUTES or start > _DAY_MINUTES:
        return set()
    if end <= start:
        end += _DAY_MINUTES
    return {
        time
        for time, first, last in _SPANS
        for shift in (0, _DAY_MINUTES)
        if start < last + shift and first + shift < end
    }
