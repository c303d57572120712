"""The OpenAPI documents: 3.1 of everything under /api, and 3.0 of the open data, as OGC API Features asks for."""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.routing import Rule

from geo.render.geojson import encode
from webapp.access import everyone
from webapp.ogc.query import MAX_LIMIT
from webapp.openapi import features
from webapp.openapi.operation import HTML, JSON, OPEN_DATA, OPENAPI_30, PROBLEM, Operation
from webapp.openapi.operations import ERRORS, OPERATIONS
from webapp.openapi.schemas import SCHEMAS, Schema, ref

PREFIX = "/api/"
_ITEMS = "/api/collections/{collection}/items"
_SILENT = frozenset({"HEAD", "OPTIONS"})
"""Methods that Flask answers by itself."""

_SECURITY: dict[str, Any] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A personal access token, made by `trygg token create USER --scope measures:write` (or "
        "measures:read). Cookies are not read then.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "session",
        "description": "The session of somebody who signed in at /login.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRFToken",
        "description": "With a session, for what changes something: the token in the signed-in page's "
        '`<meta name="csrf-token">`.',
    },
}
_INTRODUCTION = (
    "What the map shows, as data, and the work with measures. Geometries are in WGS 84. Words are in Swedish, or "
    "in English with the cookie `language=en`. An error is `{error: {code, message}}`; of the open data it is a problem "
    "by RFC 9457, or a page."
)
_OPEN_DATA = (
    "What residents see on the map, by OGC API Features, Part 1 (core, GeoJSON, HTML, OpenAPI 3.0) and Part 2 (coordinate "
    "reference systems). Words are in Swedish, or in English with the cookie `language=en`."
)
_PROBLEMS = (400, 404, 503)

blueprint = Blueprint("openapi", __name__)


@blueprint.get("/api/openapi.json")
@everyone
def openapi() -> Response:
    """The description of the API, for programs that make clients and for tests."""
    return _served(document(current_app), JSON)


@blueprint.get("/api/openapi-3.0.json")
@everyone
def openapi30() -> Response:
    """The description of the open data, for clients of OGC API Features."""
    return _served(open_data_document(current_app), OPENAPI_30)


def _served(described: dict[str, Any], mimetype: str) -> Response:
    answer = Response(encode(described), content_type=mimetype)
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def api_routes(app: Flask) -> dict[tuple[str, str], Rule]:
    """Every method of every route under /api, by method and endpoint."""
    return {
        (method, rule.endpoint): rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in sorted((rule.methods or set()) - _SILENT)
    }


def document(app: Flask) -> dict[str, Any]:
    """The document of an application's routes.

    Raises:
        KeyError: a route under /api is not described in ``OPERATIONS``.
    """
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Trygghetskartan",
            "version": version("trygghetskartan"),
            "description": _INTRODUCTION,
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(one.tag for one in OPERATIONS.values())],
        "paths": _paths(api_routes(app)),
        "components": {
            "schemas": {**SCHEMAS, **features.SCHEMAS},
            "securitySchemes": _SECURITY,
            "responses": {f"Error{status}": _error(status) for status in ERRORS} | _problems(),
        },
    }


def open_data_document(app: Flask) -> dict[str, Any]:
    """The document of the open data alone, in OpenAPI 3.0."""
    routes = {key: rule for key, rule in api_routes(app).items() if key in features.FEATURES}
    paths = _paths(routes)
    of_items = paths[_ITEMS]["get"]["parameters"]
    limit = next(one for one in of_items if one["name"] == "limit")
    of_items[of_items.index(limit)] = {"$ref": "#/components/parameters/limit"}
    # In the standard's own documents more than the maximum is cut down, not refused. QGIS looks for it by this name, to ask for
    # 1,000 features at a time: without it they are 100.
    limit["schema"]["maximum"] = MAX_LIMIT
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Trygghetskartan",
            "version": version("trygghetskartan"),
            "description": _OPEN_DATA,
            "license": {"name": "EUPL-1.2"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": OPEN_DATA}],
        "paths": paths,
        "components": {
            "schemas": dict(features.SCHEMAS),
            "parameters": {"limit": limit},
            "responses": _problems(),
        },
    }


def _paths(routes: Mapping[tuple[str, str], Rule]) -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for (method, endpoint), rule in sorted(routes.items(), key=lambda found: found[1].rule):
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        paths.setdefault(path, {})[method.lower()] = _operation(OPERATIONS[method, endpoint])
    return paths


def _operation(one: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {"operationId": one.id, "summary": one.summary, "tags": [one.tag]}
    if one.description:
        found["description"] = one.description
    parameters = [
        *_parameters("path", one.path, required=True),
        *_parameters("query", one.query, required=False),
        *_parameters("header", one.headers, required=True),
    ]
    if parameters:
        found["parameters"] = parameters
    if one.body is not None:
        content: dict[str, Any] = {"schema": one.body}
        if one.example is not None:
            content["examples"] = {"example": {"value": one.example}}
        found["requestBody"] = {"required": True, "content": {JSON: content}}
    found["security"] = [dict(way) for way in one.security]
    found["responses"] = _responses(one)
    return found


def _parameters(where: str, schemas: Mapping[str, Schema], *, required: bool) -> Iterable[dict[str, Any]]:
    for name, schema in schemas.items():
        said = {key: value for key, value in schema.items() if key not in ("description", "examples")}
        found: dict[str, Any] = {"name": name, "in": where, "required": required, "schema": said}
        if schema.get("type") == "array":
            found |= {"style": "form", "explode": False}
        if "description" in schema:
            found["description"] = schema["description"]
        if "examples" in schema:
            found["example"] = schema["examples"][0]
        yield found


def _responses(one: Operation) -> dict[str, Any]:
    schema = one.answers[0] if len(one.answers) == 1 else {"anyOf": list(one.answers)}
    headers: dict[str, Any] = {"ETag": {"required": True, "schema": {"type": "string"}}}
    # A page carries no coordinates, and so says nothing of their system.
    headers |= {name: {"required": not one.page, "schema": {"type": "string"}} for name in one.sent}
    content = {one.mimetype: {"schema": schema}}
    if one.page:
        content[HTML] = {"schema": {"type": "string"}}
    found: dict[str, Any] = {"200": {"description": one.summary, "headers": headers, "content": content}}
    if one.cached:
        found["304"] = {"description": "It is as it was (If-None-Match)."}
    kind = "Problem" if one.tag == OPEN_DATA else "Error"
    for status in sorted({*one.errors, 503}):
        found[str(status)] = {"$ref": f"#/components/responses/{kind}{status}"}
    return found


def _problems() -> dict[str, Any]:
    content = {PROBLEM: {"schema": ref("Problem")}, HTML: {"schema": {"type": "string"}}}
    return {f"Problem{status}": {"description": ERRORS[status], "content": content} for status in _PROBLEMS}


def _error(status: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": ERRORS[status],
        "content": {JSON: {"schema": ref("Error")}},
    }
    if status == 401:
        found["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return found
