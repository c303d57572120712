"""The words of the domain as types: enums and frozen dataclasses.

Every geometry is in EPSG:3006 (SWEREF 99 TM), metres, as (easting, northing).
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Generic, Literal, TypeVar
from zoneinfo import ZoneInfo

from shapely.geometry.base import BaseGeometry

T = TypeVar("T")

Point3006 = tuple[float, float]
"""(easting, northing) in EPSG:3006, metres."""


STOCKHOLM = ZoneInfo("Europe/Stockholm")
"""The residents' clock and calendar."""
MAX_ID = 2**31 - 1
"""No row has a greater id, and the databases fail on one instead of finding none."""


class Reason(StrEnum):
    """Why a place feels unsafe, as the survey asks."""

    LIGHTING = "lighting"
    VISIBILITY = "visibility"
    VEGETATION = "vegetation"
    DESERTED = "deserted"
    TRAFFIC = "traffic"
    NEGLECT = "neglect"
    VANDALISM = "vandalism"
    GROUPS = "groups"
    DRUGS = "drugs"
    OTHER = "other"


PHYSICAL_REASONS = (
    Reason.LIGHTING,
    Reason.VISIBILITY,
    Reason.VEGETATION,
    Reason.DESERTED,
    Reason.TRAFFIC,
    Reason.NEGLECT,
    Reason.VANDALISM,
)
"""The reasons that may be told of a single place; the others are told of the municipality only."""


class TimeOfDay(StrEnum):
    """When a place feels unsafe: morning 06-10, day 10-18, evening 18-22, night 22-06 local time."""

    MORNING = "morning"
    DAY = "day"
    EVENING = "evening"
    NIGHT = "night"


class MeasureStatus(StrEnum):
    """Where a measure stands, from somebody's idea to somebody else's follow-up."""

    PROPOSED = "proposed"
    PLANNED = "planned"
    ONGOING = "ongoing"
    COMPLETED = "completed"
    VERIFIED = "verified"
    CANCELLED = "cancelled"
    REOPENED = "reopened"


class Role(StrEnum):
    """What a signed-in person is here to do. Residents have no role: they never sign in."""

    PLANNER = "planner"
    POLICE = "police"
    COORDINATOR = "coordinator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in. ``organisation`` is whose work they do, as measures name it."""

    id: int
    username: str
    name: str
    role: Role
    organisation: str


@dataclass(frozen=True, slots=True)
class Work:
    """What the rules ask of a measure. ``doer_id`` and ``doer_role``: of who completed it last, if known."""

    status: MeasureStatus
    responsible: tuple[str, ...]
    doer_id: int | None = None
    doer_role: Role | None = None


class LogKind(StrEnum):
    """What a line in a measure's log tells: a step, one of a recurring measure's times, or an undo."""

    STATUS = "status"
    OCCASION = "occasion"
    UNDO = "undo"


class PlaceStatus(StrEnum):
    """How far the work on a place has come: that of its most advanced measure that still counts."""

    FLAGGED = "flagged"
    PLANNED = "planned"
    ONGOING = "ongoing"
    COMPLETED = "completed"
    VERIFIED = "verified"


class Promise(StrEnum):
    """The five focus areas of the citizen promises 2023-2025."""

    DRUGS = "drugs"
    TRAFFIC = "traffic"
    HOME = "home"
    ECONOMIC_CRIME = "economic_crime"
    UNSAFE_PLACES = "unsafe_places"


class IncidentKind(StrEnum):
    """An incident happened to somebody; work is what the police did (a traffic control)."""

    INCIDENT = "incident"
    WORK = "work"


class CategoryGroup(StrEnum):
    """The published groups of incident categories."""

    TRAFFIC_ACCIDENT = "traffic_accident"
    TRAFFIC_OFFENCE = "traffic_offence"
    THEFT = "theft"
    DAMAGE = "damage"
    VIOLENCE = "violence"
    DRUGS = "drugs"
    ORDER = "order"
    FIRE_ACCIDENT = "fire_accident"
    OTHER = "other"
    TRAFFIC_CONTROL = "traffic_control"


class EntryKind(StrEnum):
    """What a gazetteer entry is. The kind decides whether a public place may be named after it."""

    MUNICIPALITY = "municipality"
    LOCALITY = "locality"
    VILLAGE = "village"
    STREET = "street"
    ROAD = "road"
    BUS_STOP = "bus_stop"
    STATION = "station"
    CROSSING = "crossing"
    SCHOOL = "school"
    SPORTS_GROUND = "sports_ground"
    PUBLIC_BUILDING = "public_building"
    PARK = "park"
    REST_AREA = "rest_area"
    SHOP = "shop"
    RESTAURANT = "restaurant"
    FUEL = "fuel"
    DISTRICT = "district"
    """A part of a town: a suburb, a quarter, a neighbourhood."""
    SQUARE = "square"
    TUNNEL = "tunnel"
    BRIDGE = "bridge"
    PATH = "path"
    """A way for walking and cycling."""
    STEPS = "steps"
    PARKING = "parking"
    PLAYGROUND = "playground"
    PRESCHOOL = "preschool"
    CHURCH = "church"
    LIBRARY = "library"
    CULTURE = "culture"
    """A museum, theatre, cinema or concert hall."""
    HOTEL = "hotel"
    HEALTH = "health"
    """A hospital, clinic or pharmacy."""
    MALL = "mall"
    WATER = "water"
    """A named lake, river, bay, beach or harbour."""
    BUILDING = "building"
    OTHER = "other"
    """A named thing of no other kind: a monument, an office, an island."""
    ADDRESS = "address"
    OUTSIDE = "outside"
    """A name outside the municipality: known in order not to be mistaken for one inside."""


NAMING_KINDS = frozenset(
    {
        EntryKind.LOCALITY,
        EntryKind.VILLAGE,
        EntryKind.BUS_STOP,
        EntryKind.STATION,
        EntryKind.CROSSING,
        EntryKind.SCHOOL,
        EntryKind.SPORTS_GROUND,
        EntryKind.PUBLIC_BUILDING,
        EntryKind.PARK,
        EntryKind.REST_AREA,
        EntryKind.DISTRICT,
        EntryKind.SQUARE,
        EntryKind.TUNNEL,
        EntryKind.BRIDGE,
        EntryKind.PARKING,
        EntryKind.PLAYGROUND,
        EntryKind.LIBRARY,
        EntryKind.CULTURE,
        EntryKind.CHURCH,
        EntryKind.WATER,
    }
)
"""Kinds after which an unsafe place may be named: never a home, a shop or a person."""


class Level(StrEnum):
    """How exactly a text was located."""

    SPOT = "spot"
    """A point with a radius that is better than its locality."""
    LOCALITY = "locality"
    """Somewhere in a named locality or village."""
    MUNICIPALITY = "municipality"
    """Somewhere in the municipality: never drawn as a point."""
    OUTSIDE = "outside"
    """A place in another municipality: not placed."""
    UNKNOWN = "unknown"
    """No known place is meant."""


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    """A named thing with a geometry.

    ``geometry`` is EPSG:3006: a point, a line (a street in parts) or a polygon. ``precision_m`` is how far
    off the geometry may be, metres. ``locality`` names the locality the entry lies in, or is empty.
    ``name`` is empty for a thing that only its kind tells: a tunnel, a parking. ``streets`` are the
    names of the street of an address (``name`` is then street and number) and of the two of a crossing.
    """

    id: str
    name: str
    kind: EntryKind
    geometry: BaseGeometry
    precision_m: float
    source: str
    locality: str = ""
    aliases: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer the geocoder considered. ``point`` is None where it names no point."""

    name: str
    point: Point3006 | None
    radius_m: float
    probability: float
    rule: str
    level: Level
    locality: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """What the geocoder answers for one place in a text.

    ``point`` is set for the levels spot and locality only. ``radius_m`` says how far from ``point``
    the meant place may honestly be; ``probability`` that it is within that radius; ``rule`` what
    decided. ``candidates`` holds at most the five best, best first, this one included.
    """

    text: str
    name: str
    point: Point3006 | None
    radius_m: float
    probability: float
    rule: str
    level: Level
    locality: str = ""
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """One respondent flagging one place. ``comment`` is never published.

    ``ref`` identifies the answer within its survey, so that a second import knows it again.
    ``respondent`` is a pseudonym that is the same for all answers of one person.
    ``point`` is a position given in the file; else ``text`` is to be geocoded.
    """

    ref: str
    respondent: str
    text: str
    reasons: tuple[Reason, ...] = ()
    times: tuple[TimeOfDay, ...] = ()
    comment: str = ""
    answered: date | None = None
    point: Point3006 | None = None
    row: int = 0


@dataclass(frozen=True, slots=True)
class Incident:
    """Something observed or reported. ``text`` is the place in words, never a sentence about people.

    ``started`` and ``ended`` bound when it happened (timezone-aware); ``published`` is when the
    source told of it. ``municipality`` is the municipality the source names, or empty. ``warning`` is a key of
    ``geo.sensitive.LABELS`` where the row's words tell of what a person must look at first, or empty; the words
    themselves are not kept.
    """

    source: str
    ref: str
    category: str
    group: CategoryGroup
    kind: IncidentKind
    text: str
    municipality: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    published: datetime | None = None
    point: Point3006 | None = None
    row: int = 0
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is done about places. ``text`` says where in words; empty for a measure without a place.

    ``target`` is set for a recurring measure: the number of times promised; ``done`` how many are done.
    """

    ref: str
    title: str
    status: MeasureStatus
    promise: Promise
    description: str = ""
    kind: str = ""
    responsible: tuple[str, ...] = ()
    text: str = ""
    starts: date | None = None
    due: date | None = None
    finished: date | None = None
    target: int | None = None
    done: int = 0
    point: Point3006 | None = None
    row: int = 0


Audience = Literal["public", "staff"]


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """What a layer is: said on the map, on the about page and in the API."""

    name: str
    title_sv: str
    title_en: str
    source: str
    licence: str
    precision: str
    synthetic: bool = False
    audience: Audience = "public"
    style: str = "area"
    """Name of a drawing style the page knows: land, boundary, road, area-approximate, stops, ..."""
    min_zoom: int = 0
    credit: str = ""
    """Words that the licence wants to be seen on the map itself, such as "© OpenStreetMap contributors"."""
    revision: int = field(default=0, compare=False)
    """The store's revision in which it was kept: of the same name and revision, it is the same layer."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a layer: geometry in EPSG:3006 and plain properties."""

    geometry: BaseGeometry
    properties: dict[str, str | float | int | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layer:
    """A set of features with what must be said about them."""

    info: LayerInfo
    features: tuple[Feature, ...]


LOCALITIES_LAYER = "localities"
"""Name of the layer of localities and villages: points with ``name`` and ``kind`` (an EntryKind)."""

POLICE_FEED = "polisen.se"
"""Source of incidents from the police's public feed: news, not crime statistics."""

MUNICIPALITY_LAYER = "municipality"
"""Name of the layer with the municipality's boundary: one feature with ``name`` and ``code``."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken, and why.

    ``row`` counts as the user's program does (the header is row 1); ``column`` is the header as
    written in the file, or empty where the whole row is meant. ``reason`` is a gettext message id
    with ``params``; ``refused`` marks rows refused by policy (categories we never keep), whose
    value is not repeated.
    """

    row: int
    column: str
    value: str
    reason: str
    params: dict[str, str] = field(default_factory=dict)
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Train:
    """A train that comes and goes at a clock time (Swedish) on some weekdays, 0 for Monday.

    Who arrives walks from the station after it; who departs walks there before it.
    """

    clock: time
    weekdays: frozenset[int] = frozenset(range(7))
    arrives: bool = True
    departs: bool = True


@dataclass(frozen=True, slots=True)
class RoadOwner:
    """A stretch of road with its owner (väghållare). ``lit`` is None where the owner doesn't say."""

    geometry: BaseGeometry
    owner: str
    lit: bool | None


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """What an importer read: ``read`` rows in all, the usable records, and the rows not taken.

    ``notes`` tell of cells that were not understood in rows that were taken all the same, and of columns
    that were not read: nothing is dropped in silence. They are not counted among the rejected.
    """

    read: int
    records: tuple[T, ...]
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[Rejected, ...] = ()
