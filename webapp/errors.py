"""Errors in the page's own look, as JSON under /api; one table says which status an error gets."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, g, jsonify, render_template, request
from flask_babel import gettext
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError
from werkzeug.wrappers import Response

from geo.errors import (
    BadInput,
    BadQuery,
    CrsError,
    GeoError,
    NotAllowed,
    NotFound,
    NotPossible,
    SettingsError,
    SignInNeeded,
    Stale,
    StoreError,
    TooManyRequests,
    TooManyTries,
    UnreadableInput,
    VersionMissing,
)
from geo.messages import N_
from webapp.logs import current_log, request_id
from webapp.ogc.query import wants_html
from webapp.openapi.operation import PROBLEM

STATUS: dict[type[GeoError], int] = {
    NotFound: 404,
    BadQuery: 400,
    CrsError: 400,
    UnreadableInput: 400,
    SettingsError: 500,
    StoreError: 503,
    SignInNeeded: 401,
    NotAllowed: 403,
    NotPossible: 409,
    Stale: 412,
    BadInput: 422,
    VersionMissing: 428,
    TooManyTries: 429,
    TooManyRequests: 429,
}
"""The status of each of the domain's errors."""

MINUTE_S = 60
"""When one who asked too often may ask again, seconds."""

_WORDS: dict[int, tuple[str, str]] = {
    400: (
        N_("The address can't be used"),
        N_("Something in the address or in what was sent can't be understood."),
    ),
    401: (
        N_("Sign in first"),
        N_("This is for those who are signed in."),
    ),
    403: (
        N_("That is not for you to do"),
        N_("Your role doesn't open this. Ask the coordinator if it should."),
    ),
    404: (
        N_("The page is not here"),
        N_("The page may have been moved, or the address is mistyped."),
    ),
    405: (
        N_("That can't be done here"),
        N_("The page doesn't take that kind of request."),
    ),
    409: (
        N_("That doesn't fit how things stand"),
        N_("Look at it again: it may have changed in the meantime."),
    ),
    412: (
        N_("Somebody else was here first"),
        N_("It was changed in the meantime, and nothing of yours was written over it."),
    ),
    413: (
        N_("Too much was sent"),
        N_("What was sent is larger than the page takes."),
    ),
    415: (
        N_("That isn't what is taken here"),
        N_("What was sent is of a kind that isn't taken here."),
    ),
    422: (
        N_("Something has to be put right"),
        N_("A field has a value that can't be used."),
    ),
    428: (
        N_("It isn't said what the change is of"),
        N_("A change must say which version it is a change of. Open the page again and send it from there."),
    ),
    429: (
        N_("Too many tries"),
        N_("Wait a quarter of an hour and try again."),
    ),
    500: (
        N_("Something went wrong with us"),
        N_("The fault is ours and has been logged. Try again in a while."),
    ),
    503: (
        N_("The service can't be reached just now"),
        N_("Try again in a while."),
    ),
}
"""Heading and explanation by status; a status that isn't here is spoken of as 400 or 500."""

_NOT_KEPT = N_(
    "What you sent was not kept: the service can't write just now, perhaps for want of room. Send it again in a "
    "while."
)


def handle_errors(app: Flask) -> None:
    """Registers the handlers of the application."""
    app.register_error_handler(GeoError, domain_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, _unexpected)


def domain_error(error: GeoError) -> Response:
    """What the visitor is answered when the domain raises."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    if status >= 500:
        current_log().error("domain_error", request_id=request_id(), exc_info=error)
        unkept = isinstance(error, StoreError) and request.method not in ("GET", "HEAD")
        return _answer(status, gettext(_NOT_KEPT) if unkept else "")
    answer = _answer(status, gettext(error.message, **error.params), _fields(error))
    if isinstance(error, TooManyRequests):
        answer.retry_after = MINUTE_S
        # It is this address's answer, and nobody else's.
        answer.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        # Browsers ask nobody for a name and password by this one: only programs send tokens.
        answer.www_authenticate = WWWAuthenticate("bearer")
    return answer


def _fields(error: GeoError) -> dict[str, str]:
    """What is wrong with each field, by name: an error has ``fields`` with message ids, or one ``field``."""
    told = error.params.get("fields")
    if isinstance(told, dict):
        return {name: gettext(message) for name, message in told.items()}
    field = error.params.get("field")
    return {str(field): gettext(error.message, **error.params)} if field else {}


def http_error(error: HTTPException) -> Response:
    """The page, or JSON, of an HTTP status."""
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    answer = _plain(error) if isinstance(error, SecurityError) else _answer(error.code or 500)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            answer.headers.add(name, value)
    return answer


def _unexpected(error: Exception) -> Response:
    current_log().error("unexpected_error", request_id=request_id(), exc_info=error)
    return _answer(InternalServerError.code)


def _plain(error: HTTPException) -> Response:
    # A request for a host that isn't ours has no addresses, so there is no page to put around it.
    return Response(
        gettext("This site does not answer to that host name."), error.code, mimetype="text/plain"
    )


def _answer(status: int, why: str = "", fields: Mapping[str, str] | None = None) -> Response:
    title, explanation = _WORDS.get(status) or _WORDS[500 if status >= 500 else 400]
    if request.blueprint == "ogc" and not _wants_page():
        return _problem(status, gettext(title), why or gettext(explanation))
    if request.blueprint != "ogc" and request.path.startswith("/api/"):
        return _json(status, why or gettext(explanation), fields or {})
    if status >= 500:
        # Who is signed in, and whose page this is, is asked of the store, which may be what failed.
        g.setdefault("person", None)
        g.failing = True
    page = render_template(
        "error.html",
        status=status,
        heading=gettext(title),
        why=why or gettext(explanation),
        request_id=request_id() if status >= 500 else "",
    )
    return Response(page, status, mimetype="text/html")


def _wants_page() -> bool:
    try:
        return wants_html()
    except BadQuery:
        return False


def _problem(status: int, title: str, detail: str) -> Response:
    """What the open data answers to programs: RFC 9457."""
    answer = jsonify({"title": title, "status": status, "detail": detail})
    answer.status_code = status
    answer.mimetype = PROBLEM
    return answer


def _json(status: int, message: str, fields: Mapping[str, str]) -> Response:
    body: dict[str, Any] = {"error": {"code": status, "message": message}}
    if fields:
        body["error"]["fields"] = dict(fields)
    answer = jsonify(body)
    answer.status_code = status
    return answer
