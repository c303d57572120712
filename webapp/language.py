"""Which language a page is in: Swedish, until the reader chose another."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from flask import Blueprint, abort, g, redirect, request
from flask_babel import force_locale
from werkzeug.wrappers import Response

from geo.messages import LANGUAGES
from webapp.access import everyone

COOKIE = "language"
DEFAULT = "sv"
YEAR_S = 365 * 24 * 3600

blueprint = Blueprint("language", __name__)


def chosen_language() -> str:
    """The language of the answer. The browser's Accept-Language is not asked: see docs/decisions."""
    if (spoken := g.get("spoken")) is not None:
        return str(spoken)
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in LANGUAGES else DEFAULT


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within it everything is said in one language, whichever the reader chose: for what says it in all of them."""
    g.spoken = language
    try:
        with force_locale(language):
            yield
    finally:
        g.spoken = None


def local_path(target: str) -> str:
    """``target`` where it is a path on this site, else the start page: a redirect never leaves the site."""
    # Browsers read a backslash as a slash and drop tabs and line breaks before they look.
    if not target.startswith("/") or target.startswith("//") or "\\" in target or not target.isprintable():
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc else target


@blueprint.get("/language/<code>")
@everyone
def choose(code: str) -> Response:
    """Remembers the language for a year and goes back to where the reader was."""
    if code not in LANGUAGES:
        abort(404)
    answer = redirect(local_path(request.args.get("next", "/")), code=303)
    answer.set_cookie(COOKIE, code, max_age=YEAR_S, httponly=True, samesite="Lax", secure=request.is_secure)
    answer.headers["Cache-Control"] = "no-store"
    return answer
