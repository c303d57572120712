"""What the bodies of /api look like, as JSON Schema 2020-12: the components of the OpenAPI document."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from geo.actions.measures import MAX_NOTE
from geo.model import CategoryGroup, LogKind, MeasureStatus, PlaceStatus, Promise, Role, TimeOfDay
from geo.privacy import PUBLIC_GROUPS
from geo.render.geojson import REASONS
from geo.workflow import RULES, Step

Schema = dict[str, Any]

CLIENT_REF = r"^[A-Za-z0-9._:-]{1,64}$"
"""What a client may call something that it sends, so that it counts once however often it is sent."""

TARGETS = tuple(rule.target for rule in RULES)
"""The statuses that a step leads to."""

_STRING: Schema = {"type": "string"}
_BOOLEAN: Schema = {"type": "boolean"}
_NUMBER: Schema = {"type": "integer", "minimum": 0}
_ID: Schema = {"type": "integer", "minimum": 1}
_DAY: Schema = {"type": ["string", "null"], "format": "date"}
_LONLAT: Schema = {
    "description": "[longitude, latitude] in WGS 84, five decimals.",
    "type": "array",
    "items": {"type": "number", "minimum": -180, "maximum": 180},
    "minItems": 2,
    "maxItems": 2,
}


def ref(name: str) -> Schema:
    """A reference to one of ``SCHEMAS``."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: Mapping[str, Schema], *, optional: Iterable[str] = (), words: str = "") -> Schema:
    """An object that has these properties and no other: what isn't named here doesn't leave the house."""
    left_out = set(optional)
    return {
        "type": "object",
        **({"description": words} if words else {}),
        "properties": dict(properties),
        "required": [name for name in properties if name not in left_out],
        "additionalProperties": False,
    }


def _list(of: Schema, words: str = "") -> Schema:
    return {"type": "array", "items": of, **({"description": words} if words else {})}


def _enum(values: Iterable[StrEnum], words: str = "") -> Schema:
    return {
        "type": "string",
        "enum": [value.value for value in values],
        **({"description": words} if words else {}),
    }


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _geometry() -> Schema:
    kinds = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
    return _object(
        {"type": {"type": "string", "enum": list(kinds)}, "coordinates": {"type": "array"}},
        words="A GeoJSON geometry in WGS 84, (longitude, latitude).",
    )


def _collection(geometry: Schema, properties: Schema, *, with_id: bool) -> Schema:
    """A GeoJSON FeatureCollection that carries what must be said of it."""
    feature = {
        "type": {"const": "Feature"},
        **({"id": _ID} if with_id else {}),
        "geometry": geometry,
        "properties": properties,
    }
    return _object(
        {
            "type": {"const": "FeatureCollection"},
            "title": _STRING,
            "source": {**_STRING, "description": "Where the data comes from."},
            "licence": _STRING,
            "precision": {**_STRING, "description": "How exact the geometries are, in words."},
            "synthetic": {**_BOOLEAN, "description": "Whether anything in it was made up as an example."},
            "features": _list(_object(feature)),
        }
    )


_TOLD = _list(
    {
        "type": "array",
        "items": {"anyOf": [_STRING, _list(_STRING)]},
        "minItems": 2,
        "maxItems": 2,
    },
    "What a popup says: pairs of a heading and its lines, in the reader's language.",
)
_COUNT: Schema = {
    "description": "A number; from 1 to 4 it is not said, but told as “1-4”; hidden where it would give such a one away.",
    "anyOf": [{"type": "integer", "minimum": 0}, {"enum": ["1-4", "hidden"]}],
}
_REASONS = _list(_enum(REASONS), "Physical reasons, most mentioned first; never counts.")
_TIMES = _list(_enum(TimeOfDay))
_STATUS = _enum(MeasureStatus, "See docs/roles.md for the steps between them.")
_OVERDUE: Schema = {**_BOOLEAN, "description": "Something that is done about it is past its due date."}
_SYNTHETIC: Schema = {**_BOOLEAN, "description": "Made up to show how the service works."}

_MEASURE: dict[str, Schema] = {
    "id": _ID,
    "title": _STRING,
    "description": _STRING,
    "kind": _STRING,
    "responsible": _list(_STRING, "The organisations that do it."),
    "promise": _enum(Promise, "The citizen promise it belongs to."),
    "status": _STATUS,
    "where": {**_STRING, "description": "Where, in words; empty for work that has no place."},
    "locality": _STRING,
    "lonlat": _or_null(_LONLAT),
    "starts": _DAY,
    "due": _DAY,
    "finished": {**_DAY, "description": "The day it was completed, Swedish local time."},
    "target": _or_null({**_ID, "description": "How many times were promised, for recurring work."}),
    "done": {**_NUMBER, "description": "How many of the times are done."},
    "overdue": {**_BOOLEAN, "description": "Open and past its due date."},
    "places": _list(_ID, "The places it is for; residents are told of published ones."),
    "synthetic": _SYNTHETIC,
}
_HISTORY: dict[str, Schema] = {
    "history": _list(
        _object({"status": _STATUS, "day": _DAY, "organisation": _STRING}),
        "Its way so far: a day where one is known, and whose work it was; never a person.",
    )
}
_STEP = _object(
    {
        "step": _enum(Step),
        "status": _enum(TARGETS, "What to send as status."),
        "needs_note": _BOOLEAN,
    }
)
_INTERNAL: dict[str, Schema] = {
    "version": {**_ID, "description": "Grows by one with every change; stands in the ETag."},
    "internal_note": _STRING,
    "area": {**_STRING, "description": "The layer whose polygon it is for, or empty."},
    "steps": _list(_STEP, "What the person who asks may do to it now."),
}
_LOG_LINE = _object(
    {
        "id": _ID,
        "kind": _enum(LogKind),
        "status": _STATUS,
        "at": {"type": "string", "format": "date-time", "description": "When it was received."},
        "done_at": {
            "type": ["string", "null"],
            "format": "date-time",
            "description": "When it was done, by the doer's own clock.",
        },
        "name": {**_STRING, "description": "Who; empty for what came by a file."},
        "role": _or_null(_enum(Role)),
        "organisation": _STRING,
        "note": _STRING,
        "undoes": _or_null({**_ID, "description": "The line that this one takes back."}),
        "undone": _BOOLEAN,
    }
)


def _page(of: Schema) -> Schema:
    return _object(
        {
            "measures": _list(of),
            "total": {**_NUMBER, "description": "How many there are in all with these filters."},
            "limit": _ID,
            "offset": _NUMBER,
        }
    )


_ERROR = _object(
    {
        "error": _object(
            {
                "code": {"type": "integer", "minimum": 400, "maximum": 599},
                "message": {**_STRING, "description": "What went wrong, in the reader's language."},
                "fields": {
                    "type": "object",
                    "description": "For 422: what is wrong with each field that can't be used.",
                    "additionalProperties": _STRING,
                },
            },
            optional=["fields"],
        )
    }
)

_COLUMNS = _object(
    {
        "phrases": _list(_STRING, "Patterns with %(anchor)s, by which places are named."),
        "anchors": _list(_STRING),
        "localities": _list(_STRING),
        "id": _list(_ID),
        "lon": _list({"type": "integer"}, "Hundred-thousandths of a degree, as differences."),
        "lat": _list({"type": "integer"}, "Hundred-thousandths of a degree, as differences."),
        "phrase": _list(_NUMBER, "Positions in phrases."),
        "anchor": _list(_NUMBER, "Positions in anchors."),
        "locality": _list(_NUMBER, "Positions in localities."),
        "status": _list(
            {"type": "integer", "minimum": 0, "maximum": len(PlaceStatus) - 1},
            "Positions in: " + ", ".join(PlaceStatus),
        ),
        "reasons": _list(_NUMBER, "Bits, lowest first: " + ", ".join(REASONS)),
        "times": _list(_NUMBER, "Bits, lowest first: " + ", ".join(TimeOfDay)),
        "overdue": _list(_ID, "The places that a measure is overdue for."),
    },
    words="The shown places as columns: one list of n numbers per property. It is what our own map draws; "
    "for other uses take the GeoJSON.",
)
_PLACE_PROPERTIES: dict[str, Schema] = {
    "name": _STRING,
    "status_label": _STRING,
    "locality": _STRING,
    "status": _enum(PlaceStatus),
    "measures": _list(_STRING, "Titles of what is done about it."),
    "reasons": _REASONS,
    "times": _TIMES,
    "surveys": _list(_STRING),
    "precision_m": {**_NUMBER, "description": "How far off it may be, metres."},
    "overdue": _OVERDUE,
    "synthetic": _SYNTHETIC,
}
_PLACE = _object(
    {
        "id": _ID,
        "name": _STRING,
        "status_label": _STRING,
        "status": _enum(PlaceStatus),
        "told": _TOLD,
        "note": {**_STRING, "description": "How the answers are to be read."},
        "lonlat": _LONLAT,
        "precision_m": _NUMBER,
        "reasons": _REASONS,
        "times": _TIMES,
        "surveys": _list(_STRING),
        "overdue": _OVERDUE,
        "synthetic": _SYNTHETIC,
        "url": {**_STRING, "description": "Path of its page."},
    }
)
_MEASURE_FEATURE = _object(
    {
        "title": _STRING,
        "status_label": _STRING,
        "symbol": _STRING,
        "told": _TOLD,
        **{
            name: _MEASURE[name]
            for name in (
                *("status", "promise", "responsible", "where", "due", "finished", "target", "done"),
                *("overdue", "places", "synthetic"),
            )
        },
    }
)
_INCIDENTS = _object(
    {
        "title": _STRING,
        "note": _STRING,
        "release": {
            "type": ["integer", "null"],
            "description": "The release's number; null before the first.",
        },
        "released": {"type": ["string", "null"], "format": "date"},
        "through": {
            "type": ["string", "null"],
            "description": "The last quarter that is counted, as 2026Q3.",
        },
        "years": _list({"type": "integer"}),
        "groups": {
            "type": "object",
            "description": "By group of categories, the number of each year in the whole municipality.",
            "propertyNames": {"enum": [group.value for group in PUBLIC_GROUPS]},
            "additionalProperties": _list(_COUNT),
        },
        "localities": _list(
            _object(
                {
                    "name": _STRING,
                    "number": _COUNT,
                    "by_year": _list(_COUNT),
                    "size": {"type": "integer", "minimum": 1, "maximum": 3},
                    "lonlat": _or_null(_LONLAT),
                }
            ),
            "Localities that an incident is told of in: over the whole period, and by year.",
        ),
        "areas": _list(
            _object(
                {
                    "id": _STRING,
                    "name": _STRING,
                    "number": _COUNT,
                    "since": {"type": ["integer", "null"]},
                    "by_year": _list(_COUNT),
                    "geometry": _geometry(),
                }
            ),
            "Areas with homes enough that a count in one points at none of them; `by_year` begins with `since`.",
        ),
        "traffic_controls": _list(_NUMBER, f"{CategoryGroup.TRAFFIC_CONTROL} of each year: work done."),
    },
    words="News from the police's public feed as counts: not crime statistics, and never a point.",
)
_STATUS_CHANGE = _object(
    {
        "status": _enum(TARGETS, "The status to give it; `steps` of the measure says which are possible."),
        "note": {
            **_STRING,
            "maxLength": MAX_NOTE,
            "description": "What was done, how it was seen, or why. For staff only. Following up, reopening "
            "and cancelling need one.",
        },
        "done_at": {
            **_STRING,
            "format": "date-time",
            "description": "When it was done, by the doer's clock, where it is sent later. Within a year.",
        },
        "client_ref": {
            **_STRING,
            "pattern": CLIENT_REF,
            "description": "A name that the client makes up for this change, such as a UUID. Sent again under "
            "the same name it counts once, whatever version it names, and is answered with 200.",
        },
    },
    optional=["note", "done_at", "client_ref"],
)

SCHEMAS: dict[str, Schema] = {
    "Error": _ERROR,
    "PlaceColumns": _COLUMNS,
    "PlaceCollection": _collection(_geometry(), _object(_PLACE_PROPERTIES), with_id=True),
    "Place": _PLACE,
    "MeasureCollection": _collection(_or_null(_geometry()), _MEASURE_FEATURE, with_id=True),
    "Incidents": _INCIDENTS,
    "LayerCollection": _collection(
        _geometry(),
        {
            "type": "object",
            "description": "The layer's own columns.",
            "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
        },
        with_id=False,
    ),
    "PublicMeasure": _object(_MEASURE | _HISTORY, words="A measure as residents may know it."),
    "PublicMeasures": _page(ref("PublicMeasure")),
    "StaffMeasure": _object(_MEASURE | _INTERNAL, words="A measure as those who work with it know it."),
    "StaffMeasures": _page(ref("StaffMeasure")),
    "StaffMeasureWithLog": _object(
        {**_MEASURE, **_INTERNAL, "log": _list(_LOG_LINE, "Every line, oldest first; nothing is edited.")}
    ),
    "StatusChange": _STATUS_CHANGE,
    "OpenAPI": {
        "type": "object",
        "description": "This document.",
        "properties": {"openapi": {"type": "string", "pattern": r"^3\.[01]\."}},
        "required": ["openapi", "info", "paths", "components"],
    },
}
