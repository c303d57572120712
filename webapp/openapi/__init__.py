"""The OpenAPI 3.1 document of everything under /api, served at /api/openapi.json."""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.routing import Rule

from geo.render.geojson import encode
from webapp.access import everyone
from webapp.openapi.operations import ERRORS, JSON, OPERATIONS, Operation
from webapp.openapi.schemas import SCHEMAS, Schema, ref

PREFIX = "/api/"
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
    "in English with the cookie `language=en`. An error is `{error: {code, message}}`."
)

blueprint = Blueprint("openapi", __name__)


@blueprint.get("/api/openapi.json")
@everyone
def openapi() -> Response:
    """The description of the API, for programs that make clients and for tests."""
    answer = Response(encode(document(current_app)), mimetype=JSON)
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
    paths: dict[str, dict[str, Any]] = {}
    for (method, endpoint), rule in sorted(api_routes(app).items(), key=lambda found: found[1].rule):
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        paths.setdefault(path, {})[method.lower()] = _operation(OPERATIONS[method, endpoint])
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
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": _SECURITY,
            "responses": {f"Error{status}": _error(status) for status in ERRORS},
        },
    }


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
        if "description" in schema:
            found["description"] = schema["description"]
        if "examples" in schema:
            found["example"] = schema["examples"][0]
        yield found


def _responses(one: Operation) -> dict[str, Any]:
    schema = one.answers[0] if len(one.answers) == 1 else {"anyOf": list(one.answers)}
    tag = {"ETag": {"required": True, "schema": {"type": "string"}}}
    found: dict[str, Any] = {
        "200": {"description": one.summary, "headers": tag, "content": {one.mimetype: {"schema": schema}}}
    }
    if one.cached:
        found["304"] = {"description": "It is as it was (If-None-Match)."}
    for status in sorted({*one.errors, 503}):
        found[str(status)] = {"$ref": f"#/components/responses/Error{status}"}
    return found


def _error(status: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": ERRORS[status],
        "content": {JSON: {"schema": ref("Error")}},
    }
    if status == 401:
        found["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return found
