"""One JSON line per request, without anything about who asked."""

import logging
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import structlog
from flask import Flask, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from structlog.tracebacks import ExceptionDictTransformer
from werkzeug.wrappers import Response

from geo.errors import GeoError


class _Exceptions(ExceptionDictTransformer):
    """An exception as JSON: its words only where they are known to hold nothing that somebody typed.

    A ``ValueError`` or ``KeyError`` quotes the value that it is about.
    """

    def __call__(self, exc_info: Any) -> list[dict[str, Any]]:
        known = {type(error).__name__ for error in _chain(exc_info[1]) if _is_known(error)}
        told = super().__call__(exc_info)
        for one in told:
            if one["exc_type"] not in known:
                one["exc_value"] = ""
        return told


_KNOWN = (GeoError, SQLAlchemyError, OSError, ArithmeticError, AttributeError, TypeError, RuntimeError)
_DATABASES = ("sqlite3", "psycopg")


def _is_known(error: BaseException) -> bool:
    return isinstance(error, _KNOWN) or type(error).__module__.partition(".")[0] in _DATABASES


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and those that it came from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def make_logger(level: str) -> Any:
    """A logger that prints JSON lines of ``level`` and above on standard output."""
    return structlog.wrap_logger(
        structlog.PrintLogger(sys.stdout),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Without the values of local names: a request is among them, and with it its query string.
            structlog.processors.ExceptionRenderer(_Exceptions(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def current_log() -> Any:
    """The logger of the application that is answering."""
    return current_app.extensions["log"]


def request_id() -> str:
    """A random name for this request: in the log, in the answer's header and on the error page."""
    if "request_id" not in g:
        g.request_id = uuid.uuid4().hex[:12]
    return str(g.request_id)


def _has_secret() -> bool:
    return bool({"secret", "token"} & (request.view_args or {}).keys())


def log_requests(app: Flask) -> None:
    """Logs every answer: method, route, status and milliseconds.

    Neither address, user agent nor query string: what a reader typed or filtered by is theirs. A path
    that matched no route may hold anything, so the route stands in its place; also where the path itself
    lets somebody in.
    """

    def log_failed_answer(exc_info: Any) -> None:
        # Flask's own line, for what fails in an error's answer, has the path in it, which may let somebody in.
        app.extensions["log"].error("unexpected_error", request_id=request_id(), exc_info=exc_info[1])

    app.log_exception = log_failed_answer  # type: ignore[method-assign]

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def log(response: Response) -> Response:
        response.headers["X-Request-ID"] = request_id()
        took = time.perf_counter() - g.started if "started" in g else 0.0
        app.extensions["log"].info(
            "request",
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            path=request.path if response.status_code < 400 and not _has_secret() else None,
            status=response.status_code,
            ms=round(took * 1000, 1),
            request_id=request_id(),
        )
        return response
