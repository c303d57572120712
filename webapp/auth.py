"""Signing in and out, setting a password by a one-time link, and a person's own account."""

from collections.abc import Callable

from argon2 import PasswordHasher
from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext
from werkzeug.wrappers import Response

from geo.actions import passwords, people, sessions, signing_in, tokens
from geo.errors import BadInput, SignInNeeded, TooManyTries
from geo.model import Person
from geo.store.engine import Store
from webapp.access import allow, cookie_name, current_person, everyone, limits, moment, person, session_token
from webapp.language import local_path
from webapp.menu import start_page
from webapp.picture import current_pictures
from webapp.resume import carried, confirm_page, login_page
from webapp.throttle import costly

blueprint = Blueprint("auth", __name__)


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """Makes what the first sign-in would else wait for."""
    state.app.extensions["hasher"] = passwords.HASHER
    passwords.prepare(passwords.HASHER)


@blueprint.get("/login")
@everyone
def login() -> Response:
    """The sign-in form; who is signed in goes on."""
    back_to = local_path(request.args.get("next", "/"))
    found = current_person()
    if found is not None:
        return _private(redirect(_goal(found, back_to), code=303))
    return login_page(200, back_to=back_to)


@blueprint.post("/login")
@everyone
@costly
def sign_in() -> Response:
    """Takes the form; what somebody was writing when their session ran out is shown again afterwards."""
    back_to = local_path(request.form.get("next", "/"))
    username, kept = request.form.get("username", ""), carried()
    try:
        found = signing_in.sign_in(
            _store(),
            username,
            request.form.get("password", ""),
            address=request.remote_addr or "",
            now=moment(),
            hasher=_hasher(),
        )
    except SignInNeeded as error:
        return login_page(401, gettext(error.message), back_to=back_to, username=username, kept=kept)
    except TooManyTries as error:
        return login_page(429, gettext(error.message), back_to=back_to, username=username, kept=kept)
    answer = begin_session(found, back_to, how="password")
    return answer if kept is None else _with_cookies_of(answer, confirm_page(200, kept))


def begin_session(found: Person, back_to: str, *, how: str) -> Response:
    """Signs somebody in whose identity was made sure of, and sends them on to ``back_to``.

    ``how`` says by what, for the audit. The start page of the site means that of the person's role.
    """
    token = sessions.begin(_store(), found, now=moment(), limits=limits(), how=how, ending=session_token())
    session.clear()
    g.person = found
    answer = redirect(_goal(found, local_path(back_to)), code=303)
    answer.set_cookie(
        cookie_name(),
        token,
        max_age=int(limits().absolute.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return _private(answer)


@blueprint.post("/logout")
@everyone
def logout() -> Response:
    """Ends this session."""
    found = current_person()
    if found is not None:
        sessions.end(_store(), found, session_token(), now=moment())
    return _signed_out()


@blueprint.post("/logout/everywhere")
@allow()
def logout_everywhere() -> Response:
    """Ends every session of the person's."""
    sessions.end_everywhere(_store(), person(), now=moment())
    return _signed_out()


@blueprint.get("/password/<token>")
@everyone
@costly
def password(token: str) -> Response:
    """The form behind a one-time link."""
    return _password_page(200, people.link_owner(_store(), token, now=moment()))


@blueprint.post("/password/<token>")
@everyone
@costly
def set_password(token: str) -> Response:
    """Sets the password, and signs in."""
    new = request.form.get("password", "")
    owner = people.link_owner(_store(), token, now=moment())
    try:
        _check_again(new)
        found = people.set_password(_store(), token, new, now=moment(), hasher=_hasher())
    except BadInput as error:
        return _password_page(422, owner, gettext(error.message, **error.params))
    return begin_session(found, "/", how="link")


@blueprint.get("/account")
@allow()
def account() -> Response:
    """The person's own account."""
    return _account_page(200)


@blueprint.post("/account")
@allow()
def change_account() -> Response:
    """Changes the name or the password, or revokes an access token: ``action`` says which."""
    action = _ACTIONS.get(request.form.get("action", ""))
    if action is None:
        raise BadInput("The form doesn't say what to do.", field="action")
    try:
        return action()
    except BadInput as error:
        return _account_page(422, error)
    except TooManyTries as error:
        return _account_page(429, error)


def _rename() -> Response:
    people.rename(_store(), person(), request.form.get("name", ""), now=moment())
    return _back_to_account("name")


def _change_password() -> Response:
    new = request.form.get("password", "")
    _check_again(new)
    signing_in.change_password(
        _store(),
        person(),
        request.form.get("old_password", ""),
        new,
        address=request.remote_addr or "",
        now=moment(),
        hasher=_hasher(),
    )
    # Every session ended, this one too: it goes on under a new token.
    return begin_session(person(), url_for("auth.account", done="password"), how="new password")


def _revoke() -> Response:
    tokens.revoke(_store(), request.form.get("token", 0, type=int), now=moment(), by=person())
    return _back_to_account("token")


_ACTIONS: dict[str, Callable[[], Response]] = {
    "name": _rename,
    "password": _change_password,
    "token": _revoke,
}


def _check_again(new: str) -> None:
    if new != request.form.get("password_again", ""):
        raise BadInput("The two passwords are not the same.", field="password_again")


def _back_to_account(done: str) -> Response:
    return redirect(url_for("auth.account", done=done), code=303)


def _account_page(status: int, error: BadInput | TooManyTries | None = None) -> Response:
    page = render_template(
        "account.html",
        own=people.find(_store(), person().username),
        tokens=[
            (found, ", ".join(gettext(tokens.SCOPES[scope]) for scope in found.scopes))
            for found in tokens.of(_store(), person())
            if found.revoked_at is None
        ],
        min_length=passwords.MIN_LENGTH,
        done=request.args.get("done", ""),
        tried=request.form.get("action", "") if error else "",
        why=gettext(error.message, **error.params) if error else "",
    )
    return Response(page, status, mimetype="text/html")


def _password_page(status: int, owner: Person, why: str = "") -> Response:
    page = render_template("password.html", owner=owner, min_length=passwords.MIN_LENGTH, why=why)
    return _private(Response(page, status, mimetype="text/html"))


def _signed_out() -> Response:
    session.clear()
    g.person = None
    answer = redirect(url_for("maps.index"), code=303)
    answer.delete_cookie(cookie_name(), httponly=True, samesite="Lax", secure=request.is_secure)
    return _private(answer)


def _goal(found: Person, back_to: str) -> str:
    return start_page(found) if back_to == "/" else back_to


def _private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _with_cookies_of(answer: Response, page: Response) -> Response:
    for cookie in answer.headers.getlist("Set-Cookie"):
        page.headers.add("Set-Cookie", cookie)
    return page


def _store() -> Store:
    return current_pictures().store


def _hasher() -> PasswordHasher:
    hasher: PasswordHasher = current_app.extensions["hasher"]
    return hasher
