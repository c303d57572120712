"""What each route under /api does, takes and answers: the one place where the API is described."""

from collections.abc import Mapping
from typing import Any

from geo.model import MAX_ID, MeasureStatus, PlaceStatus, Promise, TimeOfDay
from geo.render.geojson import REASONS
from webapp.openapi.features import FEATURES
from webapp.openapi.operation import GEOJSON, OPENAPI_30, Operation
from webapp.openapi.schemas import Schema, ref

MAX_LIMIT = 200
"""The most measures on one page."""
LIMIT = 50
"""How many there are on a page where nothing else is asked for."""
MAX_OFFSET = 1_000_000
"""The largest id that a database row can have."""

READERS: tuple[Mapping[str, list[str]], ...] = ({}, {"token": []}, {"session": []})
"""Anybody; those who say who they are see more."""
WRITERS: tuple[Mapping[str, list[str]], ...] = ({"token": []}, {"session": [], "csrf": []})

ERRORS: dict[int, str] = {
    400: "The address or the body can't be understood.",
    401: "Nobody is signed in, or the token is not (or no longer) valid.",
    403: "The role, or the token's scope, does not open this.",
    404: "It is not there, or not for the one who asks to know of.",
    409: "No step leads there from the status it has.",
    412: "It was changed in the meantime: get it again. Nothing was written.",
    413: "More was sent than is taken.",
    415: "The body must be application/json.",
    422: "A field can't be used; `fields` says which.",
    428: "The If-Match header is missing.",
    503: "The store can't be reached, or is full; what was sent was not kept. Send it again later.",
}
"""What the errors mean; every operation may answer 503."""


def _choice(values: Any, words: str) -> Schema:
    return {"type": "string", "enum": ["", *(str(value) for value in values)], "description": words}


_LOCALITY: Schema = {"type": "string", "description": "The name of a locality that has shown places."}
_ROW_ID: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_ID, "examples": [1]}
_PATH_ID: Mapping[str, Schema] = {"measure_id": _ROW_ID}
_IF_MATCH: Schema = {
    "type": "string",
    "description": "The ETag of the version that this is a change of, as the answer gave it.",
    "examples": ['"1-1"'],
}
_DONE = {
    "status": "completed",
    "note": "Lampan är bytt.",
    "done_at": "2026-11-22T14:30:00+01:00",
    "client_ref": "0b7c9d5e-4a53-4a39-9d0c-6f2f6a1f0a11",
}

OPERATIONS: dict[tuple[str, str], Operation] = {
    ("GET", "api.map_data"): Operation("map", "The shown places, compact", "places", (ref("PlaceColumns"),)),
    ("GET", "api.places"): Operation(
        "places",
        "The shown places as GeoJSON",
        "places",
        (ref("PlaceCollection"),),
        GEOJSON,
        description="The filters are those of the list at /places. An empty filter is none.",
        query={
            "reason": _choice(REASONS, "Why it feels unsafe."),
            "time": _choice(TimeOfDay, "When: morning 06–10, day 10–18, evening 18–22, night 22–06."),
            "status": _choice(PlaceStatus, "How far the work has come."),
            "locality": _LOCALITY,
        },
        errors=(400,),
    ),
    ("GET", "api.place"): Operation(
        "place",
        "One shown place in words",
        "places",
        (ref("Place"),),
        path={"place_id": _ROW_ID},
        errors=(404,),
    ),
    ("GET", "api.measures"): Operation(
        "measuresOnTheMap",
        "The public measures as GeoJSON",
        "measures",
        (ref("MeasureCollection"),),
        GEOJSON,
        description="Those that aren't known to a spot have no geometry.",
    ),
    ("GET", "api.incidents"): Operation(
        "incidents", "What the police have told of, as counts", "incidents", (ref("Incidents"),)
    ),
    ("GET", "api.layer"): Operation(
        "layer",
        "One public map layer as GeoJSON",
        "layers",
        (ref("LayerCollection"),),
        GEOJSON,
        path={"name": {"type": "string", "minLength": 1, "pattern": "^[^/]+$", "examples": ["municipality"]}},
        errors=(404,),
    ),
    ("GET", "measure_api.measures"): Operation(
        "measures",
        "Measures, a page at a time",
        "measures",
        (ref("PublicMeasures"), ref("StaffMeasures")),
        description="Residents see what is decided and, for a completion, what can't be undone any more. With a "
        "token (measures:read or measures:write) or a session it is all of them, as they are now, with their "
        "version.",
        query={
            "status": _choice(MeasureStatus, "Only those of this status."),
            "promise": _choice(Promise, "Only those of this citizen promise."),
            "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": LIMIT},
            "offset": {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0},
        },
        errors=(400, 401, 403),
        security=READERS,
    ),
    ("GET", "measure_api.measure"): Operation(
        "measure",
        "One measure",
        "measures",
        (ref("PublicMeasure"), ref("StaffMeasureWithLog")),
        description='For staff the ETag is its version, `"<id>-<version>"`, and its log is in it.',
        path=_PATH_ID,
        errors=(401, 403, 404),
        security=READERS,
    ),
    ("POST", "measure_api.give_status"): Operation(
        "giveStatus",
        "Take a measure a step",
        "measures",
        (ref("StaffMeasureWithLog"),),
        description="Answers with the measure as it is now and its new ETag. Takes a token with the scope "
        "measures:write, or a session with its CSRF token. Who may take which step: docs/roles.md.",
        path=_PATH_ID,
        headers={"If-Match": _IF_MATCH},
        body=ref("StatusChange"),
        errors=(400, 401, 403, 404, 409, 412, 413, 415, 422, 428),
        security=WRITERS,
        cached=False,
        example=_DONE,
    ),
    ("GET", "openapi.openapi"): Operation("openapi", "This document", "about", (ref("OpenAPI"),)),
    ("GET", "openapi.openapi30"): Operation(
        "openapi30",
        "The description of the open data alone, in OpenAPI 3.0",
        "about",
        (ref("OpenAPI"),),
        OPENAPI_30,
    ),
    **FEATURES,
}
"""By method and Flask's name of the endpoint."""
