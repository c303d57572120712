"""Who may open what: every view says so, and one that doesn't can't be opened by anybody."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, current_app, g, redirect, request
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from geo.actions.secrets import own_key
from geo.actions.sessions import Limits, person_of_session
from geo.actions.tokens import person_of_token
from geo.errors import NotAllowed, SignInNeeded, TooManyRequests
from geo.model import Person, Role
from geo.settings import Settings
from webapp.picture import Clock, current_pictures

View = TypeVar("View", bound=Callable[..., Any])

READING = frozenset({"GET", "HEAD", "OPTIONS"})
_MARK = "trygg_access"
_strangers = threading.BoundedSemaphore(2)
"""Half of the threads that the site has by default."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may open a view. ``scope``: a personal access token with this scope opens it too.

    ``body``: the largest request it takes, bytes, where that is not the usual one.
    """

    everyone: bool
    roles: frozenset[Role] = frozenset()
    scope: str = ""
    body: int = 0


def everyone(view: View) -> View:
    """Marks a view that residents open too."""
    setattr(view, _MARK, Access(everyone=True))
    return view


def open_to_all(scope: str) -> Callable[[View], View]:
    """Marks a view that residents open too, and that shows more to a person, or to a token with this scope."""

    def mark(view: View) -> View:
        setattr(view, _MARK, Access(everyone=True, scope=scope))
        return view

    return mark


def allow(*roles: Role, scope: str = "", body: int = 0) -> Callable[[View], View]:
    """Marks a view for those signed in with one of the roles; without roles, for anybody signed in."""

    def mark(view: View) -> View:
        setattr(view, _MARK, Access(False, frozenset(roles) or frozenset(Role), scope, body))
        return view

    return mark


def access_of(view: Callable[..., Any]) -> Access | None:
    """What a view says of who may open it; None where it says nothing."""
    return getattr(view, _MARK, None)


class _FormCookie(SecureCookieSessionInterface):
    """Flask's own session: the forms' token and what a sign-in by the provider needs on its way, no more."""

    def get_cookie_name(self, app: Flask) -> str:
        return "__Host-form" if request.is_secure else "form"

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def guard(app: Flask, clock: Clock) -> None:
    """Lets nobody past who may not, asks forms for their token, and keeps what staff see out of caches."""
    app.extensions["clock"] = clock
    app.config.update(
        SECRET_KEY=own_key(app.extensions["pictures"].store, "forms"),
        SESSION_COOKIE_SAMESITE="Lax",
        # As long as the browser is open: a form may be written for hours.
        WTF_CSRF_TIME_LIMIT=None,
        # Browsers can be told to send no Referer. What the check is for, a cookie set by another site of
        # the same domain, the cookies' names prevent.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_CHECK_DEFAULT=False,
    )
    app.session_interface = _FormCookie()
    csrf = CSRFProtect(app)
    everyone(app.view_functions["static"])

    @app.before_request
    def admit() -> ResponseReturnValue | None:
        access = _access()
        if access is None:
            if request.endpoint is None:
                return None
            raise RuntimeError(f"{request.endpoint} doesn't say who may open it")
        if not access.everyone:
            found = current_person()
            if found is None:
                return _sign_in_first()
            if found.role not in access.roles:
                raise NotAllowed("Your role doesn't open this. Ask the coordinator if it should.")
        if access.body:
            # Here, for the form is read to find its token.
            request.max_content_length = access.body
        if request.method not in READING and bearer_token() is None:
            if current_person() is None:
                _read_strangers_form()
            csrf.protect()
        return None

    @app.after_request
    def keep_private(response: Response) -> Response:
        if g.get("person") is not None and "Cache-Control" not in response.headers:
            access = _access()
            if response.mimetype == "text/html" or access is None or not access.everyone:
                response.headers["Cache-Control"] = "no-store"
        return response

    @app.context_processor
    def offer_person() -> dict[str, Person | None]:
        return {"signed_in": current_person()}


def _read_strangers_form() -> None:
    """Reads what somebody sends who isn't signed in: only so many at the same time.

    Who sends the half of a form and waits holds a thread: without this, four of them would hold the site.

    Raises:
        TooManyRequests: as many are sending already.
    """
    if not _strangers.acquire(blocking=False):
        raise TooManyRequests("Too many are sending something just now. Wait a minute and try again.")
    try:
        # Asking for it is what reads it.
        _ = request.form
    finally:
        _strangers.release()


def _access() -> Access | None:
    """The mark of the view that answers; None where no view does (404, 405)."""
    return access_of(current_app.view_functions[request.endpoint]) if request.endpoint else None


def _sign_in_first() -> ResponseReturnValue:
    if request.path.startswith("/api/") or request.method not in READING:
        raise SignInNeeded("Sign in first: this is for those who are signed in.")
    answer = redirect(f"/login?{urlencode({'next': back_here()})}", code=303)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def back_here() -> str:
    """This page with its filters: where the language switch and the sign-in come back to."""
    if request.method not in READING:
        return "/"
    query = request.query_string.decode("utf-8", "replace")
    return f"{request.path}?{query}" if query else request.path


def moment() -> datetime:
    """Now, by the application's clock; timezone-aware."""
    clock: Clock = current_app.extensions["clock"]
    return clock()


def limits() -> Limits:
    """How long a session lasts here."""
    settings: Settings = current_app.extensions["settings"]
    return Limits.of(settings)


def cookie_name() -> str:
    """The name of the session's cookie. ``__Host-``: no other site of the same domain can set it."""
    return "__Host-session" if request.is_secure else "session"


def session_token() -> str:
    """The token in the session's cookie, or an empty string."""
    return request.cookies.get(cookie_name(), "")


def bearer_token() -> str | None:
    """The access token that came with the request, where the view takes one; then no cookie is read."""
    access = _access()
    if access is None or not access.scope:
        return None
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.casefold() == "bearer" else None


def current_person() -> Person | None:
    """Who is signed in: by the session's cookie, or by an access token on views that take one."""
    if "person" not in g:
        g.person = _find_person()
    person: Person | None = g.person
    return person


def _find_person() -> Person | None:
    store = current_pictures().store
    bearer, cookie = bearer_token(), session_token()
    if bearer is not None:
        access = _access()
        return person_of_token(store, bearer, access.scope if access else "", now=moment())
    return person_of_session(store, cookie, now=moment(), limits=limits()) if cookie else None


def person() -> Person:
    """Who is signed in.

    Raises:
        SignInNeeded: nobody is.
    """
    found = current_person()
    if found is None:
        raise SignInNeeded("Sign in first: this is for those who are signed in.")
    return found
