"""OpenStreetMap's tags → kinds of entries, names in Swedish, and what may be walked."""

from collections.abc import Mapping

from geo.model import EntryKind as K

Tags = Mapping[str, str]

_RULES: tuple[tuple[str, frozenset[str], K], ...] = tuple(
    (key, frozenset(values.split()), kind)
    for key, values, kind in (
        ("highway", "bus_stop", K.BUS_STOP),
        ("amenity", "bus_station ferry_terminal", K.STATION),
        ("railway", "station halt", K.STATION),
        ("public_transport", "station", K.STATION),
        ("railway", "tram_stop", K.BUS_STOP),
        ("public_transport", "platform stop_position stop_area", K.BUS_STOP),
        ("amenity", "school university college music_school language_school", K.SCHOOL),
        ("building", "school university", K.SCHOOL),
        ("amenity", "kindergarten childcare", K.PRESCHOOL),
        ("amenity", "library", K.LIBRARY),
        ("amenity", "theatre cinema arts_centre concert_hall exhibition_centre events_venue", K.CULTURE),
        ("tourism", "museum gallery", K.CULTURE),
        ("tourism", "hotel hostel motel guest_house apartment", K.HOTEL),
        ("amenity", "hospital clinic doctors dentist pharmacy nursing_home social_facility", K.HEALTH),
        ("healthcare", "*", K.HEALTH),
        ("amenity", "place_of_worship monastery", K.CHURCH),
        ("building", "church chapel cathedral mosque synagogue", K.CHURCH),
        ("landuse", "cemetery", K.CHURCH),
        ("shop", "mall department_store", K.MALL),
        ("amenity", "fuel charging_station", K.FUEL),
        (
            "amenity",
            "restaurant cafe pub bar fast_food nightclub biergarten ice_cream food_court",
            K.RESTAURANT,
        ),
        ("amenity", "parking parking_entrance bicycle_parking", K.PARKING),
        (
            "amenity",
            "townhall courthouse police fire_station post_office community_centre social_centre",
            K.PUBLIC_BUILDING,
        ),
        ("amenity", "public_building embassy government", K.PUBLIC_BUILDING),
        ("office", "government diplomatic", K.PUBLIC_BUILDING),
        ("leisure", "playground", K.PLAYGROUND),
        (
            "leisure",
            "sports_centre pitch stadium track ice_rink swimming_pool sports_hall fitness_centre",
            K.SPORTS_GROUND,
        ),
        ("amenity", "swimming_pool sauna public_bath", K.SPORTS_GROUND),
        ("leisure", "park garden nature_reserve common dog_park", K.PARK),
        ("landuse", "recreation_ground village_green", K.PARK),
        ("place", "square", K.SQUARE),
        ("place", "city town village", K.LOCALITY),
        ("place", "hamlet isolated_dwelling farm", K.VILLAGE),
        ("place", "suburb quarter neighbourhood", K.DISTRICT),
        ("highway", "rest_area services", K.REST_AREA),
        ("leisure", "swimming_area bathing_place beach_resort marina", K.WATER),
        ("natural", "water bay beach strait", K.WATER),
        ("waterway", "river stream canal", K.WATER),
        ("harbour", "*", K.WATER),
        ("shop", "*", K.SHOP),
        ("amenity", "bank marketplace bureau_de_change", K.SHOP),
        ("place", "island islet locality city_block", K.OTHER),
        ("building", "*", K.BUILDING),
    )
)
"""Key, values ("*" for any), kind; the first that holds decides."""

UNNAMED = frozenset(
    {K.TUNNEL, K.BRIDGE, K.PARKING, K.PLAYGROUND, K.STEPS, K.SPORTS_GROUND, K.PRESCHOOL, K.SCHOOL}
)
"""Kinds whose things are kept without a name of their own: "tunneln vid stationen"."""

NAME_KEYS = ("name:sv", "name")
ALIAS_KEYS = (
    "name", "name:fi", "name:se", "alt_name", "alt_name:sv", "old_name:sv", "short_name", "short_name:sv", "loc_name",
    "loc_name:sv", "official_name", "official_name:sv", "brand", "operator",
)  # fmt: skip
_BRANDED = frozenset({K.SHOP, K.FUEL, K.RESTAURANT, K.HOTEL, K.MALL})
_ROADS = frozenset(
    [
        "motorway",
        "motorway_link",
        "trunk",
        "trunk_link",
        "primary",
        "primary_link",
        "secondary",
        "secondary_link",
        "tertiary",
        "tertiary_link",
        "unclassified",
        "residential",
        "living_street",
        "service",
        "pedestrian",
        "track",
        "road",
    ]
)
_PATHS = frozenset(["footway", "cycleway", "path", "steps", "corridor", "bridleway", "elevator"])
_NOT_ON_FOOT = frozenset(["motorway", "motorway_link", "trunk_link", "construction", "proposed", "raceway"])


def kind_of(tags: Tags) -> K | None:
    """The kind of entry that a thing's tags make it, or None where it is none of its own."""
    for key, values, kind in _RULES:
        value = tags.get(key)
        if value and value != "no" and (value in values or "*" in values):
            return kind
    return K.OTHER if tags.get("name") else None


def name_of(tags: Tags) -> str:
    """A thing's name, Swedish first; empty where it has none."""
    return next((clean(tags[key]) for key in NAME_KEYS if tags.get(key)), "")


def aliases_of(tags: Tags, kind: K | None) -> tuple[str, ...]:
    """Its other names: the official one, those in other languages, short and old ones, and the brand."""
    own = name_of(tags)
    keys = ALIAS_KEYS if kind in _BRANDED else ALIAS_KEYS[:-2]
    found = [clean(part) for key in keys for part in tags.get(key, "").split(";")]
    return tuple(dict.fromkeys(name for name in found if name and name != own))


def clean(text: str) -> str:
    """A name without the mark that separates names here, and without double spaces."""
    return " ".join(text.replace("|", " ").split())


def is_path(highway: str) -> bool:
    """Whether a way is for walking and cycling only."""
    return highway in _PATHS


def is_street(highway: str) -> bool:
    """Whether a way is a street or road."""
    return highway in _ROADS


def walkable(tags: Tags) -> bool:
    """Whether one may walk there. In Sweden a cycleway is one for walking too, where no sign says otherwise."""
    highway, foot, access = tags.get("highway", ""), tags.get("foot", ""), tags.get("access", "")
    if foot in ("yes", "designated", "permissive"):
        return True
    return not (
        highway in _NOT_ON_FOOT or foot in ("no", "use_sidepath", "private") or access in ("no", "private")
    )


def lit(tags: Tags) -> str:
    """``yes``, ``no`` or ``unknown``."""
    value = tags.get("lit", "")
    if value in ("no", "disused", "limited") or not value:
        return "no" if value in ("no", "disused") else "unknown"
    return "yes"


def yes(tags: Tags, key: str) -> bool:
    """Whether a tag is there and doesn't say no."""
    return tags.get(key, "no") not in ("no", "")
