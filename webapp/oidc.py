"""Signing in by the municipality's OpenID Connect provider: to it, and back from it.

Nothing the provider sends is kept but the account's own fields: no token outlives its request.
"""

from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext
from werkzeug.wrappers import Response

from geo.actions.people import MAX_NAME, folded, is_username
from geo.actions.provider import Provided, refuse_by_provider, sign_in_by_provider
from geo.errors import NotAllowed, NotPossible
from geo.messages import catalogue
from geo.model import Role
from geo.render.words import municipality
from geo.settings import Settings
from webapp.access import current_person, everyone, moment
from webapp.auth import begin_session
from webapp.language import chosen_language, local_path
from webapp.logs import current_log, request_id
from webapp.menu import start_page
from webapp.oidc_provider import Provider, ProviderFailed, StartAgain
from webapp.picture import current_picture, current_pictures
from webapp.throttle import costly

blueprint = Blueprint("oidc", __name__)

POLICE = "Polisen"
"""The organisation of the police where the provider names none, as measures name it."""


@blueprint.record_once
def know_provider(state: BlueprintSetupState) -> None:
    """Gives the application its provider, where the settings name one."""
    settings: Settings = state.app.extensions["settings"]
    state.app.extensions["oidc"] = Provider(settings) if settings.oidc_issuer else None
    state.app.jinja_env.globals.update(
        provider_is_known=lambda: bool(settings.oidc_issuer),
        whose_provider=_whose_provider,
    )


@blueprint.get("/login/oidc")
@everyone
@costly
def start() -> Response:
    """Sends the browser to the provider."""
    back_to = local_path(request.args.get("next", "/"))
    try:
        answer = _provider().begin(url_for("oidc.callback", _external=True), back_to)
    except ProviderFailed as failed:
        return _failed(failed, back_to)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/login/oidc/callback")
@everyone
@costly
def callback() -> Response:
    """Comes back from the provider: whom it vouches for, and gives a role, is signed in."""
    provider, store, settings = _provider(), current_pictures().store, _settings()
    try:
        claims, back_to = provider.finish()
    except StartAgain as failed:
        found = current_person()
        # The page was loaded twice, or another window was first.
        return _failed(failed, "/") if found is None else redirect(start_page(found), code=303)
    except ProviderFailed as failed:
        return _failed(failed, "/")
    subject, issuer = str(claims["sub"]), settings.oidc_issuer
    role = _role(claims, settings)
    if role is None:
        refuse_by_provider(store, issuer=issuer, subject=subject, now=moment())
        return _page(403, _why_no_role(claims, settings))
    username = _username(claims)
    if not username:
        return _page(403, _not_sent("preferred_username"))
    who = Provided(
        issuer=issuer,
        subject=subject,
        username=username,
        name=_text(claims, "name") or username,
        role=role,
        organisation=_text(claims, settings.oidc_organisation_claim) or _organisation(role),
    )
    try:
        person = sign_in_by_provider(store, who, now=moment())
    except (NotAllowed, NotPossible) as refused:
        return _page(403, gettext(refused.message, **refused.params))
    return begin_session(person, back_to, how="oidc")


def _provider() -> Provider:
    provider: Provider | None = current_app.extensions["oidc"]
    return provider or abort(404)


def _whose_provider() -> str:
    """Whose the provider is: "Robertsfors kommun", also before anybody has opened a page of the map."""
    return municipality(current_picture().municipality, gettext, chosen_language())


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _role(claims: dict[str, Any], settings: Settings) -> Role | None:
    """The role of the first line in the table whose word the provider says; the order is the operator's."""
    words = _words(claims, settings)
    return next((role for word, role in settings.oidc_role_table() if word in words), None)


def _words(claims: dict[str, Any], settings: Settings) -> list[str]:
    """What the role claim says: a word, or a list of words."""
    said = claims.get(settings.oidc_role_claim)
    return [word for word in (said if isinstance(said, list) else [said]) if isinstance(word, str)]


def _username(claims: dict[str, Any]) -> str:
    """The first of the person's names at the provider that can be a username here; empty where none can."""
    names = (folded(_text(claims, claim)) for claim in ("preferred_username", "email"))
    return next((name for name in names if is_username(name)), "")


def _text(claims: dict[str, Any], name: str) -> str:
    """A claim as one line of text that can be kept; empty where there is none."""
    said = claims.get(name)
    line = (
        "".join(letter if letter.isprintable() else " " for letter in said) if isinstance(said, str) else ""
    )
    return " ".join(line.split())[:MAX_NAME]


def _organisation(role: Role) -> str:
    """Whose work a person does where the provider doesn't say, as measures name it."""
    if role is Role.POLICE:
        return POLICE
    return municipality(current_picture().municipality, catalogue("sv").gettext, "sv")


def _why_no_role(claims: dict[str, Any], settings: Settings) -> str:
    claim = settings.oidc_role_claim
    if not _words(claims, settings):
        return _not_sent(claim)
    return gettext(
        "The municipality's sign-in service knows you, but nothing in the claim “%(claim)s” gives you a role here.",
        claim=claim,
    )


def _not_sent(claim: str) -> str:
    return gettext(
        "The municipality's sign-in service knows you, but didn't send the claim “%(claim)s”, "
        "without which nobody gets in here.",
        claim=claim,
    )


def _failed(failed: ProviderFailed, back_to: str) -> Response:
    # The detail is ours or the library's words, and at most an address: never a code, a claim or a token.
    current_log().warning(
        "oidc_failed", kind=type(failed).__name__, detail=str(failed), request_id=request_id()
    )
    return _page(failed.status, gettext(failed.why), back_to)


def _page(status: int, why: str, back_to: str = "/") -> Response:
    page = render_template("oidc_failed.html", why=why, ask=status == 403, back_to=back_to)
    answer = Response(page, status, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer
