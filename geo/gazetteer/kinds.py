"""The Swedish words for kinds of places, and which kinds of entries each may mean.

They stand in names ("Hotell Svea", "Stora torget"), for names ("macken"), and beside names that don't have them
("Valhalla badhus" for a thing registered as "Valhalla"). All are folded (``geo.swedish.fold``).
"""

from dataclasses import dataclass

from geo.model import EntryKind as K


@dataclass(frozen=True, slots=True)
class KindWord:
    """A word for a kind of place: "macken". ``kinds`` may be empty where gazetteers know no such kind.

    ``default``: when no locality is named, the municipality's main one is meant.
    ``label``: how a thing of the kind that has no name of its own is called.
    """

    kinds: tuple[K, ...]
    default: bool = True
    label: str = ""


_TABLE: tuple[tuple[str, str, tuple[K, ...], bool], ...] = (
    (
        "station",
        "busstation busstationen busstationens bussterminal bussterminalen bussation bussationen "
        "station stationen stations resecentrum resecentret bussplan bussplanen terminal terminalen",
        (K.STATION,),
        True,
    ),
    (
        "station",
        "tagstation tagstationen jarnvagsstation jarnvagsstationen centralstation centralstationen centralen "
        "metrostation metrostationen tunnelbanestation tunnelbanestationen metron metro tunnelbana "
        "tunnelbanan pendeltagsstation pendeltagsstationen stationshus stationshuset perrong perrongen",
        (K.STATION,),
        False,
    ),
    (
        "hållplats",
        "hallplats hallplatsen hallplatsens busshallplats busshallplatsen busshallplatsens busskur busskuren "
        "busskurerna bussstopp busstopp sparvagnshallplats sparvagnshallplatsen sparvagnsstopp",
        (K.STATION, K.BUS_STOP),
        True,
    ),
    (
        "skola",
        "skola skolan skolans skol skolorna grundskolan grundskola lagstadieskola lagstadieskolan "
        "hogstadieskola hogstadieskolan gymnasium gymnasiet gymnasieskola gymnasieskolan laroverk laroverket "
        "yrkesskola yrkesskolan folkhogskola folkhogskolan skolgard skolgarden skolgardens",
        (K.SCHOOL,),
        True,
    ),
    (
        "mack",
        "mack macken mackens bensinmack bensinmacken bensinstation bensinstationen tappen tankstation "
        "tankstationen",
        (K.FUEL,),
        True,
    ),
    (
        "idrottsplats",
        "idrottsplats idrottsplatsen ip fotbollsplan fotbollsplanen idrottsplan idrottsplanen "
        "idrottshall idrottshallen sportplan sportplanen bollplan bollplanen stadion arena arenan",
        (K.SPORTS_GROUND,),
        True,
    ),
    (
        "affär",
        "affar affaren affarens mataffar mataffaren butik butiken matbutik matbutiken livsmedelsbutik "
        "livsmedelsbutiken varuhus varuhuset",
        (K.SHOP, K.MALL),
        True,
    ),
    ("torg", "torg torget torgets", (K.SQUARE,), True),
    ("bibliotek", "bibliotek biblioteket bibliotekets bibblan biblan", (K.LIBRARY,), True),
    (
        "hus",
        "kommunhus kommunhuset kommunalhus kommunalhuset stadshus stadshuset radhus radhuset "
        "brandstation brandstationen polishus polishuset polisstation polisstationen ungdomsgard ungdomsgarden "
        "fritidsgard fritidsgarden medborgarhus medborgarhuset folketshus posten postkontor postkontoret",
        (K.PUBLIC_BUILDING,),
        True,
    ),
    (
        "simhall",
        "simhall simhallen simhallens badhus badhuset badhusets ishall ishallen sporthall sporthallen gym gymmet",
        (K.SPORTS_GROUND, K.PUBLIC_BUILDING),
        True,
    ),
    (
        "vårdcentral",
        "vardcentral vardcentralen halsocentral halsocentralen halsostation halsostationen sjukhus sjukhuset "
        "lasarett lasarettet apotek apoteket klinik kliniken tandlakare tandlakaren tandvarden aldreboende "
        "aldreboendet",
        (K.HEALTH,),
        True,
    ),
    (
        "kyrka",
        "kyrka kyrkan kyrkans domkyrka domkyrkan kapell kapellet kyrkogard kyrkogarden moske mosken synagoga "
        "synagogan forsamlingshem forsamlingshemmet",
        (K.CHURCH,),
        False,
    ),
    ("lekpark", "lekpark lekparken lekplats lekplatsen lekplatsens", (K.PLAYGROUND,), False),
    (
        "badplats",
        "badplats badplatsen badstrand badstranden hamn hamnen gasthamn gasthamnen smabatshamn smabatshamnen "
        "sjo sjon tjarn tjarnen damm dammen vik viken alv alven",
        (K.WATER,),
        False,
    ),
    (
        "park",
        "park parken parkens parkomrade parkomradet parklek parkleken lund lunden tradgard tradgarden",
        (K.PARK,),
        False,
    ),
    (
        "förskola",
        "forskola forskolan forskolans dagis daghem daghemmet lekskola lekskolan",
        (K.PRESCHOOL,),
        False,
    ),
    ("bygdegård", "bygdegard bygdegarden folketspark", (K.PUBLIC_BUILDING,), False),
    ("camping", "camping campingen", (), False),
    (
        "tunnel",
        "tunnel tunneln tunnlar tunnlarna gangtunnel gangtunneln gangtunnlar gangtunnlarna cykeltunnel "
        "cykeltunneln undergang undergangen passage passagen gangpassage gangpassagen viadukt viadukten "
        "portgang portgangen",
        (K.TUNNEL,),
        False,
    ),
    (
        "bro",
        "bro bron broar broarna gangbro gangbron jarnvagsbro jarnvagsbron vagbro vagbron cykelbro cykelbron",
        (K.BRIDGE,),
        False,
    ),
    (
        "gångväg",
        "gangvag gangvagen gangvagar cykelvag cykelvagen gangstig gangstigen gangbana gangbanan cykelbana "
        "cykelbanan stig stigen stigar promenadvag promenadvagen promenad promenaden gangstrak gangstraket "
        "genvag genvagen",
        (K.PATH,),
        False,
    ),
    ("trappa", "trappa trappan trappen trappor trapporna trapporn", (K.STEPS,), False),
    (
        "parkering",
        "parkering parkeringen parkeringens parkeringar parkeringarna parkeringsplats parkeringsplatsen pplats "
        "pplatsen parkeringshus parkeringshuset phus phuset parkeringsgarage parkeringsgaraget "
        "pendlarparkering pendlarparkeringen bilparkering bilparkeringen",
        (K.PARKING,),
        False,
    ),
    ("museum", "museum museet museets konstmuseum konstmuseet konsthall konsthallen", (K.CULTURE,), False),
    (
        "teater",
        "teater teatern teaterns biograf biografen bio bion konserthus konserthuset operahus operahuset",
        (K.CULTURE,),
        False,
    ),
    ("hotell", "hotell hotellet hotellets hotel vandrarhem vandrarhemmet", (K.HOTEL,), False),
    (
        "köpcentrum",
        "kopcentrum kopcentret kopcentrumet kopcenter galleria gallerian kopcentra shoppingcenter "
        "affarscentrum affarscentret",
        (K.MALL,),
        False,
    ),
    (
        "restaurang",
        "restaurang restaurangen krog krogen pub puben pizzeria pizzerian kafe kafeet cafe cafeet grill "
        "grillen gatukok gatukoket bar baren konditori konditoriet",
        (K.RESTAURANT,),
        False,
    ),
    (
        "korsning",
        "rondell rondellen cirkulationsplats cirkulationsplatsen trafikplats trafikplatsen",
        (K.CROSSING,),
        False,
    ),
)


def _words() -> dict[str, KindWord]:
    return {
        form: KindWord(kinds, default, label)
        for label, forms, kinds, default in _TABLE
        for form in forms.split()
    }


KIND_WORDS: dict[str, KindWord] = _words()
"""Folded word → the kind of place it asks for."""

CALLED_SO = frozenset({"hus", "bygdegård"})
"""Labels of words of which each means another thing of the kind: "polishuset" is no town hall."""

WORDS_OF_KIND: dict[K, frozenset[str]] = {
    kind: frozenset(form for form, word in KIND_WORDS.items() if kind in word.kinds) for kind in K
}
"""Kind → the words that may stand in the names of its things without telling one from another."""

LABELS: dict[K, str] = {
    K.TUNNEL: "tunnel",
    K.BRIDGE: "bro",
    K.PATH: "gångväg",
    K.STEPS: "trappa",
    K.PARKING: "parkering",
    K.PLAYGROUND: "lekplats",
}
"""How a thing of the kind is called that has no name: Swedish, as all names here are."""


def without_kind_word(words: tuple[str, ...], kind: K) -> str:
    """The key of a name's ``words`` (folded) without the word for its kind, or an empty string.

    "hotell svea" and "svea" both give "svea"; a word that ends in one is cut: "stadsparken" gives "stad".
    A genitive s at the end does not count: "runebergs park" gives "runeberg".
    """
    generic = WORDS_OF_KIND[kind]
    rest = list(words)
    if len(rest) > 1 and rest[-1] in generic:
        rest.pop()
    elif len(rest) > 1 and rest[0] in generic:
        rest.pop(0)
    elif rest:
        rest[-1] = _cut(rest[-1], generic)
    key = "".join(rest)
    return key[:-1] if len(key) > 3 and key.endswith("s") and not key.endswith("ss") else key


def _cut(word: str, generic: frozenset[str]) -> str:
    for at in range(3, len(word) - 2):
        if word[at:] in generic:
            return word[:at]
    return word
