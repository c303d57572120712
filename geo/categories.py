"""Which incident categories are kept, in which published group, and which are refused.

The lists are allow-lists by name: what is not named here is not kept. Names are compared case-folded.
"""

import re
import unicodedata
from functools import lru_cache

from geo.model import CategoryGroup, IncidentKind

ALLOWED: dict[str, CategoryGroup] = {
    name: group
    for group, names in (
        (
            CategoryGroup.TRAFFIC_ACCIDENT,
            (
                "trafikolycka", "trafikolycka, personskada", "trafikolycka, singel",
                "trafikolycka, smitning från", "trafikolycka, vilt", "viltolycka", "singelolycka",
                "smitningsolycka", "smitning", "smitning från trafikolycka", "påkörning", "avåkning",
                "traffic accident", "traffic accident, wildlife", "hit and run",
            ),
        ),
        (
            CategoryGroup.TRAFFIC_OFFENCE,
            (
                "trafikbrott", "olovlig körning", "grov olovlig körning", "rattfylleri",
                "grovt rattfylleri", "rattfylleri, alkohol", "rattfylleri, drograttfylleri",
                "drograttfylleri", "trafikhinder", "vårdslös trafik", "vårdslöshet i trafik",
                "hastighetsöverträdelse", "fortkörning", "buskörning", "a-traktor", "a-traktorer",
                "epatraktor", "mopedkörning", "mopedåkning", "trafikstörning", "trafikfara", "parkering",
                "felparkering", "sjölagen", "traffic offence", "drunk driving", "speeding",
                "reckless driving", "obstructed traffic",
            ),
        ),
        (
            CategoryGroup.THEFT,
            (
                "stöld", "stöld, ringa", "ringa stöld", "grov stöld", "stöld/inbrott", "stöld, försök",
                "stöld, grov", "snatteri", "butiksstöld", "inbrott", "inbrott, försök", "inbrott i lokal",
                "inbrott i bil", "inbrott i fordon", "inbrott i skola", "inbrott i butik",
                "inbrott i förråd", "inbrott i källare eller förråd", "häleri", "cykelstöld",
                "stöld av cykel", "stöld av fordon", "stöld av motorfordon", "stöld av bil",
                "stöld av moped", "stöld av drivmedel", "stöld av båt", "stöld ur bil", "stöld ur fordon",
                "stöld ur och från motorfordon", "stöld från fordon", "stöld från motorfordon",
                "stöld från person", "fickstöld", "bilstöld", "fordonsstöld", "drivmedelsstöld",
                "dieselstöld", "båtstöld", "båtmotorstöld", "kopparstöld", "tillgrepp av fordon",
                "tillgrepp av fortskaffningsmedel", "motorfordon, stöld", "motorfordon, anträffat stulet",
                "larm inbrott", "inbrottslarm", "anträffat gods", "theft", "burglary", "shoplifting",
                "bicycle theft", "vehicle theft",
            ),
        ),
        (
            CategoryGroup.DAMAGE,
            (
                "skadegörelse", "skadegörelse, grov", "grov skadegörelse", "skadegörelse, klotter",
                "skadegörelse/klotter", "skadegörelse på fordon", "skadegörelse på bil",
                "skadegörelse mot kommun", "skadegörelse genom klotter", "skadegörelse genom brand",
                "klotter", "graffiti", "vandalism", "vandalisering", "åverkan", "glaskross", "anlagd brand",
                "mordbrand", "brand, anlagd", "bilbrand, anlagd", "vandalism and graffiti",
                "criminal damage", "arson",
            ),
        ),
        (
            CategoryGroup.VIOLENCE,
            (
                "misshandel", "misshandel, grov", "grov misshandel", "misshandel utomhus",
                "misshandel på allmän plats", "bråk", "slagsmål", "rån", "rån väpnat", "rån, väpnat",
                "rån övrigt", "rån, övrigt", "rån, försök", "personrån", "butiksrån", "ungdomsrån",
                "åldringsrån utomhus", "olaga hot", "hot", "bombhot", "ofredande", "ofredande/förargelse",
                "våld/hot mot tjänsteman", "våld mot tjänsteman", "hot mot tjänsteman", "vapenlagen",
                "vapenbrott", "grovt vapenbrott", "knivlagen", "brott mot knivlagen",
                "brott mot vapenlagen", "skottlossning", "skottlossning, misstänkt", "skjutning",
                "detonation", "sprängning", "våldsamt upplopp", "upplopp", "våldsamt motstånd", "assault",
                "robbery", "fight", "threat", "harassment", "shooting",
            ),
        ),
        (
            CategoryGroup.DRUGS,
            (
                "narkotikabrott", "narkotika", "brott mot narkotikastrafflagen", "ringa narkotikabrott",
                "narkotikabrott, ringa", "grovt narkotikabrott", "narkotikabrott, överlåtelse",
                "narkotikabrott, innehav", "narkotikabrott, eget bruk", "narkotikaförsäljning",
                "öppen droghandel", "droghandel", "droger", "langning", "langning av narkotika",
                "dopningsbrott", "dopningslagen", "kanyler", "drugs", "drug offence", "drug dealing",
            ),
        ),
        (
            CategoryGroup.ORDER,
            (
                "alkohollagen", "alkohol", "fylleri", "fylleri/lob", "lob", "lob/fylleri",
                "berusade personer", "ordningslagen", "ordningsstörning", "ordningsstörningar",
                "störningar", "störning", "störande ungdomar", "ungdomsstörning", "ungdomsgäng",
                "ofog barn/ungdom", "ofog", "förargelseväckande beteende", "langning av alkohol",
                "folkölsförsäljning", "larm överfall", "överfallslarm", "nedskräpning", "fyrverkerier",
                "smällare", "pyroteknik", "buller", "hög musik", "lagen om hundar och katter", "lös hund",
                "disorder", "public order", "drunkenness", "littering", "noise",
            ),
        ),
        (
            CategoryGroup.FIRE_ACCIDENT,
            (
                "brand", "bränder", "brand automatlarm", "brand, automatlarm", "automatlarm", "bilbrand",
                "containerbrand", "gräsbrand", "skogsbrand", "eldning", "arbetsplatsolycka",
                "fjällräddning", "sjöräddning", "räddningsinsats", "sjukdom/olycksfall", "olycksfall",
                "olycka", "olycka/fara", "gasläcka", "varningslarm/haveri",
                "spridning smittsamma kemikalier", "halkolycka", "isolycka", "drunkningstillbud", "fire",
                "accident", "rescue",
            ),
        ),
        (
            CategoryGroup.OTHER,
            (
                "farligt föremål, misstänkt", "djur", "djur skadat/omhändertaget", "miljöbrott",
                "naturkatastrof", "bedrägeri", "bluff", "övrigt", "övrig händelse", "annat", "iakttagelse",
                "iakttagelser", "observation", "polisinsats/kommendering", "kontroll person/fordon",
                "gränskontroll", "ekobrott", "förfalskningsbrott", "missbruk av urkund", "utlänningslagen",
                "olaga intrång", "vållande till kroppsskada", "jaktbrott", "fiskebrott", "olovligt fiske",
                "trasig belysning", "belysning", "bristande belysning", "skymd sikt", "snö/halka", "halka",
                "skräp", "other", "observation, other", "fraud", "environmental crime",
            ),
        ),
        (
            CategoryGroup.TRAFFIC_CONTROL,
            (
                "trafikkontroll", "trafikkontroller", "nykterhetskontroll", "hastighetskontroll",
                "fordonskontroll", "traffic control", "traffic check",
            ),
        ),
    )
    for name in names
}  # fmt: skip
"""Category (as the police's feed or an office writes it, case-folded) → published group."""

_REFUSED = re.compile(
    # in a home or a close relation
    r"nära relation|närstående|relationsvåld|relationsbrott|partnervåld|kvinnofrid|fridskränkning|familjevåld|"
    r"familjebråk|hedersrel|hedersbrott|hedersförtryck|könsstympning|äktenskapstvång|barnäktenskap|inomhus|bekant med|"
    r"bostad|lägenhet|hemfrid|\bhemmet\b|i hem\b|hembesök|stöld ur hem|\bvillan?\b|villainbrott|radhus|fritidshus|"
    r"mot kvinn|mot barn|mot ungdom|mot äldre|mot funktions|åldringsbrott|barnmisshandel|misshandel av barn|"
    r"barnfrid|barnpornografi|\d\s?[-–]\s?\d+\s?år|orosanmälan|lvu\b|lvm\b|"
    r"relationsrelat|partnerrelat|familjerelat|hustrumiss|kvinnomiss|kvinnovåld|av kvinna|, kvinna|hedersm|\binne\b|"
    r"kontaktförbud|barnaga|barnrån|barn (?:som )?far illa|(?:av|för|med) barn|, barn\b|minderårig|vanvård|mobbning|"
    r"kränkande|hustru|villabrand|stuginbrott|sommarstug|\bgrann|granne\b|störningsjour|hemtjänst|trapphus|"
    r"källarinbrott|vindsinbrott|åldrings(?!rån utomhus)|boende\b|\bhvb\b|\bsis\b|\blss\b|familjehem|"
    # sexual offences
    r"övergrepp|sexofred|sextrakass|utnyttjande|integritetsintrång|hämndporr|sexual|sexuell|sexköp|köp av sex|våldtäkt|sedlighet|koppleri|människohandel|människoexploatering|"
    r"blottning|blottare|\brape\b|gromning|grooming|prostitution|"
    # about one person: missing, dead, deprived of freedom, in distress
    r"försvunn|saknad person|eftersökt|efterlys|anträffad död|avliden|döds|självmord|suicid|\bmord(?!brand)|"
    r"mordförsök|dråp|människorov|frihetsberöv|hatbrott|stalkning|olaga förföljelse|psykisk|självskad|omhändertagande av person|"
    r"handräckning|\blpt\b|rymning|drunkning(?!stillbud)|dödsolycka|olaga tvång|utpressning|"
    # the same in English
    r"indecent|house burglary|home invasion|elder abuse|family|molest|domestic|intimate partner|honou?r[- ](?:based|related)|child|minors?\b|elderly|dwelling|residential|"
    r"\bhome\b|missing person|homicide|murder|manslaughter|suicid|\bdeath|kidnap|traffick|stalking|hate crime|mental health"
)
"""What makes a category refused: it happens in homes, or to particularly vulnerable people, or is about
one person (a missing or dead one). Refused rows are counted and stored nowhere."""

_HOME = re.compile(
    r"\b(?:bostad(?:en)?|lägenhet(?:en)?|hemmet|hemma|hemma hos|i sitt hem|i ett hem|i villan?|villan|radhuset|sovrum\w*|"
    r"trapphus(?:et)?|portuppgång(?:en)?|skyddat boende|kvinnojour\w*|(?:ett|på|i) (?:särskilt |äldre|hvb[- ]?)boende|"
    r"at home|apartment|dwelling|residence|flat)\b"
)
"""Places that are homes, as a place column says them. "Bostadsområdet" is outdoors and none of them."""

_NO_EVENT = (
    "sammanfattning",
    "uppdatering",
    "tillfälligt obemannat",
    "pressmeddelande",
    "information från polisen",
)
"""Types of the feed that are no event: digests of several ("Sammanfattning natt") and notices."""

_CODE = re.compile(r"^(?:bk\s*)?\d{3,5}\s*[-–:.]?\s*")
_COMMA = re.compile(r"\s*,\s*|\s+[-–—]\s+|\s*:\s*|\s*\((?=[^)]*\)$)|\)$")
_SLASH = re.compile(r"\s*/\s*")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


@lru_cache(maxsize=4_096)
def is_refused(category: str) -> bool:
    """Whether rows of this category must not be kept at all."""
    return bool(_REFUSED.search(_plain(category)))


def is_home(place: str) -> bool:
    """Whether a place in words is somebody's home, of which nothing is kept."""
    return bool(_HOME.search(_plain(place)))


def is_digest(category: str) -> bool:
    """Whether this category tells of several events at once, or of none."""
    return _plain(category).startswith(_NO_EVENT)


@lru_cache(maxsize=4_096)
def group_of(category: str) -> CategoryGroup | None:
    """The published group of an allowed category, or None where the category is not known.

    A leading code ("0365 Skadegörelse") and how dashes and commas are spaced don't matter.
    """
    name = _CODE.sub("", _plain(category))
    name = _COMMA.sub(", ", name).strip(" .,:;")
    return ALLOWED.get(name) or ALLOWED.get(_SLASH.sub("/", name))


def kind_of(group: CategoryGroup) -> IncidentKind:
    """Whether a group is something that happened or work that the police did."""
    return IncidentKind.WORK if group is CategoryGroup.TRAFFIC_CONTROL else IncidentKind.INCIDENT
