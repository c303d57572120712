"""Which incident categories are kept, in which published group, and which are refused.

The lists are allow-lists by name: what is not named here is not kept. Names are compared case-folded.
"""

from geo.model import CategoryGroup, IncidentKind

ALLOWED: dict[str, CategoryGroup] = {
    "trafikolycka": CategoryGroup.TRAFFIC_ACCIDENT,
    "trafikolycka, personskada": CategoryGroup.TRAFFIC_ACCIDENT,
    "trafikolycka, singel": CategoryGroup.TRAFFIC_ACCIDENT,
    "trafikolycka, smitning från": CategoryGroup.TRAFFIC_ACCIDENT,
    "trafikolycka, vilt": CategoryGroup.TRAFFIC_ACCIDENT,
    "trafikbrott": CategoryGroup.TRAFFIC_OFFENCE,
    "olovlig körning": CategoryGroup.TRAFFIC_OFFENCE,
    "rattfylleri": CategoryGroup.TRAFFIC_OFFENCE,
    "trafikhinder": CategoryGroup.TRAFFIC_OFFENCE,
    "vårdslös trafik": CategoryGroup.TRAFFIC_OFFENCE,
    "a-traktor": CategoryGroup.TRAFFIC_OFFENCE,
    "mopedkörning": CategoryGroup.TRAFFIC_OFFENCE,
    "stöld": CategoryGroup.THEFT,
    "stöld, ringa": CategoryGroup.THEFT,
    "stöld/inbrott": CategoryGroup.THEFT,
    "stöld, försök": CategoryGroup.THEFT,
    "snatteri": CategoryGroup.THEFT,
    "inbrott": CategoryGroup.THEFT,
    "inbrott, försök": CategoryGroup.THEFT,
    "häleri": CategoryGroup.THEFT,
    "cykelstöld": CategoryGroup.THEFT,
    "motorfordon, stöld": CategoryGroup.THEFT,
    "motorfordon, anträffat stulet": CategoryGroup.THEFT,
    "skadegörelse": CategoryGroup.DAMAGE,
    "klotter": CategoryGroup.DAMAGE,
    "åverkan": CategoryGroup.DAMAGE,
    "misshandel": CategoryGroup.VIOLENCE,
    "misshandel, grov": CategoryGroup.VIOLENCE,
    "bråk": CategoryGroup.VIOLENCE,
    "rån": CategoryGroup.VIOLENCE,
    "rån väpnat": CategoryGroup.VIOLENCE,
    "rån övrigt": CategoryGroup.VIOLENCE,
    "rån, försök": CategoryGroup.VIOLENCE,
    "olaga hot": CategoryGroup.VIOLENCE,
    "ofredande/förargelse": CategoryGroup.VIOLENCE,
    "våld/hot mot tjänsteman": CategoryGroup.VIOLENCE,
    "vapenlagen": CategoryGroup.VIOLENCE,
    "knivlagen": CategoryGroup.VIOLENCE,
    "skottlossning": CategoryGroup.VIOLENCE,
    "skottlossning, misstänkt": CategoryGroup.VIOLENCE,
    "detonation": CategoryGroup.VIOLENCE,
    "narkotikabrott": CategoryGroup.DRUGS,
    "alkohollagen": CategoryGroup.ORDER,
    "fylleri/lob": CategoryGroup.ORDER,
    "ordningslagen": CategoryGroup.ORDER,
    "ordningsstörning": CategoryGroup.ORDER,
    "störningar": CategoryGroup.ORDER,
    "larm överfall": CategoryGroup.ORDER,
    "larm inbrott": CategoryGroup.THEFT,
    "brand": CategoryGroup.FIRE_ACCIDENT,
    "brand automatlarm": CategoryGroup.FIRE_ACCIDENT,
    "anlagd brand": CategoryGroup.DAMAGE,
    "arbetsplatsolycka": CategoryGroup.FIRE_ACCIDENT,
    "fjällräddning": CategoryGroup.FIRE_ACCIDENT,
    "sjukdom/olycksfall": CategoryGroup.FIRE_ACCIDENT,
    "olycka/fara": CategoryGroup.FIRE_ACCIDENT,
    "gasläcka": CategoryGroup.FIRE_ACCIDENT,
    "farligt föremål, misstänkt": CategoryGroup.OTHER,
    "djur": CategoryGroup.OTHER,
    "djur skadat/omhändertaget": CategoryGroup.OTHER,
    "miljöbrott": CategoryGroup.OTHER,
    "naturkatastrof": CategoryGroup.OTHER,
    "bedrägeri": CategoryGroup.OTHER,
    "bluff": CategoryGroup.OTHER,
    "övrigt": CategoryGroup.OTHER,
    "iakttagelse": CategoryGroup.OTHER,
    "trafikkontroll": CategoryGroup.TRAFFIC_CONTROL,
}
"""Category (as the police's feed or an office writes it, case-folded) → published group."""

REFUSED_WORDS: tuple[str, ...] = (
    "våld i nära relation",
    "relationsvåld",
    "kvinnofrid",
    "fridskränkning",
    "familjevåld",
    "hedersrelaterat",
    "sexual",
    "sexuell",
    "våldtäkt",
    "barnpornografi",
    "brott mot barn",
    "barnmisshandel",
    "misshandel av barn",
    "våld mot barn",
    "domestic",
    "rape",
    "offences against children",
    "bostadsinbrott",
    "inbrott i bostad",
    "lägenhetsbråk",
    "hemfridsbrott",
    "olaga hot i bostad",
    "mord/dråp",
    "mord",
    "dråp",
    "försvunnen",
    "anträffad död",
    "avliden",
    "dödsfall",
    "självmord",
    "suicid",
    "människorov",
    "människohandel",
    "brott mot äldre",
)
"""Words that make a category refused: it happens in homes, or to particularly vulnerable people, or
is about one person (a missing or dead one). Refused rows are counted and stored nowhere."""

DIGEST_PREFIX = "sammanfattning"
"""The feed's digests ("Sammanfattning natt") tell of several events at once and are no event."""


def is_refused(category: str) -> bool:
    """Whether rows of this category must not be kept at all."""
    folded = category.casefold()
    return any(word in folded for word in REFUSED_WORDS)


def is_digest(category: str) -> bool:
    """Whether this category tells of several events at once."""
    return category.casefold().strip().startswith(DIGEST_PREFIX)


def group_of(category: str) -> CategoryGroup | None:
    """The published group of an allowed category, or None where the category is not known."""
    return ALLOWED.get(" ".join(category.casefold().split()))


def kind_of(group: CategoryGroup) -> IncidentKind:
    """Whether a group is something that happened or work that the police did."""
    return IncidentKind.WORK if group is CategoryGroup.TRAFFIC_CONTROL else IncidentKind.INCIDENT
