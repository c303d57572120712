"""Words in free text that tell of what must not become public by itself: the row waits for a person.

The categories of ``geo.categories`` refuse a row by what it is called. This looks at what is told: a row whose
category is harmless ("ofredande") may tell of a home, of somebody close, of a sexual offence or a child, or name a
person. Such a row is kept, waits in the staff's queue, and is neither counted nor shown until a coordinator has
looked. Too much is caught on purpose: a row that waits costs a click, one that is shown can't be taken back.
"""

import re
import unicodedata
from collections.abc import Collection

from geo.messages import N_

_WARNINGS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (key, label, re.compile(pattern))
    for key, label, pattern in (
        (
            "person",
            N_("a person's number, address or telephone"),
            # An identity number needs its dash, or all twelve digits: other numbers have ten.
            r"\b(?:19|20)?\d{2}[01]\d[0-3]\d\s?[-+–]\s?\d{4}\b|\b(?:19|20)\d{2}[01]\d[0-3]\d{5}\b"
            r"|[\w.+-]{1,64}@[\w-]{1,63}\.\w"
            r"|(?<!\d)(?:\+46|0046|0)\s?\(?0?\)?\s?7[02369](?:[\s-]?\d){7}(?!\d)"
            r"|\b(?:lgh|lägenhet)\.?\s?(?:nr\.? ?)?\d{1,4}\b|\b(?:skyddad\w* (?:identitet|person|adress)\w*|sekretessmarker\w*|personnummer\w*)",
        ),
        (
            "sexual",
            N_("a sexual offence"),
            r"\bv[åa]ldt[äao](?:kt|g)\w*|\bsexuel\w*|\bsexual\w*|\bsex(?:köp|brott|ofred|trakasser)\w*|\bköp av sex"
            r"|\bantasta\w*|\btafsa\w*|\bblotta(?:re|ren|rna|t sig|de sig)\b|\bonaner\w*|\bgrooming\w*|\bpedofil\w*"
            r"|\bprostitu\w*|\bmänniskohand\w*|\bövergrepp\w*|\bsamlag\w*|\bhämndporr\w*|\bbarnporr\w*"
            r"|\braped?\b|\bsexual\w*|\bgroped?\b|\bmolest\w*",
        ),
        (
            "close",
            N_("violence by somebody close"),
            r"\bnära relation\w*|\bnärstående|\b(?:relations|partner|familje|heders?)(?:våld|brott|bråk|förtryck)\w*"
            r"|\bhedersrel\w*|\bkvinnofrid\w*|\bkvinnojour\w*|\bskydda[dt]e? boende\w*|\bkontaktförbud\w*"
            r"|\bvårdnadstvist\w*|\bdomestic\b|\bintimate partner\b|\bhonou?r[- ]based\b",
        ),
        (
            "relation",
            N_("somebody's partner or family"),
            r"\b(?:min|sin|hennes|hans|din|vår|ens) (?:f\.?\s?d\.? |före detta |ex[- ]?)?(?:man|fru|make|maka|sambo|särbo|kille"
            r"|tjej|pojkvän|flickvän|hustru|partner|pappa|mamma|far|mor|bror|son|styvfar|styvpappa)\b"
            r"|\b(?:mitt|sitt|hennes|hans) ex\b|\bex[- ]?(?:man|fru|make|sambo|pojkvän|flickvän|partner)\w*"
            r"|\b(?:my|his|her) (?:ex|husband|wife|boyfriend|girlfriend|partner)\b",
        ),
        (
            "child",
            N_("an offence against a child"),
            r"\bbarn(?:misshandel|aga|frid|äktenskap|rån)\w*|\b(?:misshandl|slag|slår|slog|våld|hot|kränk)\w*.{0,40}\bbarn(?:et|en)?\b"
            r"|\bbarn(?:et|en)?\b.{0,30}\b(?:misshandl|slag[ei][tn]|utsatt|far illa|fara illa)\w*|\borosanmäl\w*|\blv[um]\b"
            r"|\b(?:flicka|flickan|pojke|pojken|barn|tjej|kille)\w*,? (?:på |om )?\d{1,2}[ -]?år\w*|\b\d{1,2}[ -]årig\w* (?:flick|pojk|barn|tjej|kill)\w*"
            r"|\bchild (?:abuse|neglect)\w*|\bminors?\b",
        ),
        (
            "home",
            N_("something in a home"),
            r"\blägenhet(?:en|er|erna|s|ens)?\b|\blgh\b|\blägenhetsbråk\w*|\bhemma hos\b|\bhemma\b"
            r"|\bi (?:(?:sitt|mitt|ett|hennes|hans|deras|vårt|målsägandes|offrets) )(?:eget )?hem\b|\bi hemmet\b|\bhemfrid\w*"
            r"|\bi (?:en |sin |min |hennes |hans |deras |målsägandens |offrets )?bostad(?:en)?\b|\bbostadsinbrott\w*"
            r"|\bi (?:en |sin |min )?vill(?:a|an)\b|\bi (?:ett |sitt )?radhus(?:et)?\b|\b(?:inne|inuti|in) (?:i|hos) (?:huset|mig|oss|henne|honom|dem|grannen)\b"
            r"|\binomhus\b|\bsovrum\w*|\bvardagsrum\w*|\btrapphus\w*|\bportuppgång\w*|\bporten till\b|\bhos grannen\b"
            r"|\b(?:på|inne på) (?:ett |ett särskilt |sitt )?(?:hvb|lss|äldre|grupp)[- ]?(?:boende|bostad|hem)(?:t|et|en)?\b"
            r"|\bvåningen (?:ovan|under)\w*"
            r"|\bat home\b|\b(?:my|his|her|their) (?:home|house|flat|apartment)\b|\bapartment\b|\bdwelling\b|\bresidence\b",
        ),
        (
            "life",
            N_("a death, a suicide or a missing person"),
            r"\bsjälvmord\w*|\bsuicid\w*|\bta(?:git|r|git)? (?:sitt|sina|hennes|hans) liv\b|\bhäng(?:t|de) sig\b|\bsjälvskad\w*"
            r"|\bavlid\w*|\bavled\b|\bomkom\w*|\bdödsfall\w*|\bdödsoffer\w*|\b(?:hittad|hittades|anträffad|anträffades|funnen) (?:död|livlös)\w*"
            r"|\bdöd (?:person|man|kvinna|kropp)\w*|\bförsvunn\w* (?:person|man|kvinna|flicka|pojke|barn)\w*|\befterlyst\w*"
            r"|\bpsykisk\w* (?:ohälsa|sjuk|mår)\w*|\bmurdered?\b|\bmissing person\b|\bkilled\b",
        ),
    )
)

LABELS: dict[str, str] = {key: label for key, label, _pattern in _WARNINGS}
"""Key of a warning → message id of what the words tell of."""


_BEGINNINGS = frozenset(
    re.findall(
        r"\w+",
        """ant apa avl bar blo bos boy bro chi dem dom dwe död eft ex exb exf exh exk exm exp exs ext fam far fla fli fru
        för gir gra gro gru hed hem hen hom hon hou hus hvb häm hän ino int kil kon kvi lgh liv lss lvm
        lvu läg mak mam man mig min mis mol mor mur män när omk ona oro oss pap par ped per poj por pro
        psy rad rap rel res sam sek sex sit sjä sky son sov sty sui sär taf tje tra val var vil vål vån
        vår wif äld åri öve""",
    )
)
"""The first three letters of a word of each pattern; a test holds the two together."""
_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"(?:\d\W?){4}")


_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def _plain(text: str) -> str:
    """Letters as they are read: composed, in lower case, of the ordinary width, with nothing unseen between them."""
    if text.isascii():
        return text.lower()
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _may_warn(text: str) -> bool:
    """Whether a plain text has any of the words that the patterns are made of, at a twentieth of their cost: a file has a
    million rows, and nearly none of them tells of anything."""
    if "@" in text or _DIGITS.search(text):
        return True
    return not _BEGINNINGS.isdisjoint({word[:3] for word in _WORD.findall(text)})


POINTING = ("person", "relation")
"""The warnings that hold for what an office itself writes to be read, too: a measure against violence in close
relations is told of, and points at nobody."""


def find_warning(*texts: str, among: Collection[str] = LABELS) -> str:
    """The key of the first of the warnings ``among`` that one of the texts holds, or an empty string."""
    for text in map(_plain, texts):
        if text and _may_warn(text):
            for key, _label, pattern in _WARNINGS:
                if key in among and pattern.search(text):
                    return key
    return ""
