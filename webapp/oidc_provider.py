"""The municipality's OpenID Connect provider: what it says of itself, and whom it says has signed in."""

import time
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from flask import redirect, request, session
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError
from werkzeug.wrappers import Response

from geo.messages import N_
from geo.settings import Settings, is_safe

TIMEOUT_S = 5.0
"""How long to wait for the provider, for a connection and for each part of an answer."""

LEEWAY_S = 120
"""How far the provider's clock may be from ours."""

KEPT_S = 3600.0
"""How long the provider's description and keys are kept before they are asked for again."""

STARTED_S = 3600.0
"""How long a person may take at the provider."""

MOST_STARTED = 4
"""How many sign-ins a browser may have under way: their secrets share its cookie, which has bounds."""

MAX_SUBJECT = 255
"""The longest subject that the specification allows, characters."""

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures that only the provider can make: neither "none" nor those of a shared secret."""

_UNDER_WAY = "oidc_under_way"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderFailed(Exception):
    """A sign-in by the provider came to nothing. ``why`` is a message id; the text is for the log."""

    why = N_("The municipality's sign-in service sent something that can't be trusted. Nobody was signed in.")
    status = 502


class ProviderUnreachable(ProviderFailed):
    """The provider doesn't answer, or not as a provider does."""

    why = N_("The municipality's sign-in service doesn't answer just now.")
    status = 503


class ProviderMisset(ProviderFailed):
    """The provider and our settings don't fit each other."""

    why = N_(
        "The municipality's sign-in service and this service are not set up for each other as they should be. "
        "Tell the administrator."
    )


class ClocksDiffer(ProviderFailed):
    """The provider's word has run out, or lies in the future."""

    why = N_(
        "The clock of the municipality's sign-in service and ours differ by more than two minutes. "
        "Tell the administrator."
    )


class SaidNo(ProviderFailed):
    """The person, or the provider for them, said no."""

    why = N_("The sign-in was broken off at the municipality's sign-in service. Nobody was signed in.")
    status = 403


class StartAgain(ProviderFailed):
    """This sign-in wasn't begun here, was begun too long ago, or is already over."""

    why = N_(
        "This sign-in can't be finished: it was begun in another browser or too long ago, "
        "or its page was opened twice. Start again."
    )
    status = 400


class Provider:
    """The provider of the settings. Its description is kept for an hour, and forgotten when something fails."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: FlaskOAuth2App | None = None
        self._asked = 0.0

    def client(self) -> FlaskOAuth2App:
        """Authlib's client for the provider.

        Raises:
            ProviderFailed: the provider can't be reached, or describes itself as another.
        """
        client = self._client
        if client is None or time.monotonic() - self._asked > KEPT_S:
            client = self._client = self._make(self._described())
            self._asked = time.monotonic()
        return client

    def forget(self) -> None:
        """Lets the next sign-in ask the provider anew: it may have moved or changed its keys."""
        self._client = None

    def begin(self, redirect_uri: str, back_to: str) -> Response:
        """Sends the browser to the provider; it comes back to ``redirect_uri``, and then goes to ``back_to``.

        Raises:
            ProviderFailed: the provider can't be reached, or describes itself as another.
        """
        client = self.client()
        made = client.create_authorization_url(redirect_uri)
        address, state = made.pop("url"), made["state"]
        client.save_authorize_data(redirect_uri=redirect_uri, back_to=back_to, at=time.time(), **made)
        under_way = [*session.get(_UNDER_WAY, ()), state]
        for old in under_way[:-MOST_STARTED]:
            client.framework.clear_state_data(session, old)
        session[_UNDER_WAY] = under_way[-MOST_STARTED:]
        return redirect(address, code=303)

    def finish(self) -> tuple[dict[str, Any], str]:
        """What the provider says of who comes back from it in this request, checked; and where to go then.

        Raises:
            ProviderFailed: there is nothing, or nothing that can be trusted.
        """
        try:
            client = self.client()
            back_to = self._begun_here(client)
            return self._claims(client), back_to
        except (SaidNo, StartAgain):
            raise
        except ProviderFailed:
            self.forget()
            raise
        except OAuthError as error:
            self.forget()
            # A code that was used or has run out: the page was loaded twice, or lay open for long.
            kind = StartAgain if error.error == "invalid_grant" else ProviderMisset
            raise kind(f"token endpoint: {error.error}") from error
        except requests.RequestException as error:
            self.forget()
            raise ProviderUnreachable(str(error)) from error
        except JoseError as error:
            self.forget()
            late = isinstance(error, ExpiredTokenError)
            early = isinstance(error, InvalidClaimError) and error.claim in ("iat", "nbf")
            raise (ClocksDiffer if late or early else ProviderFailed)(str(error)) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # Authlib and joserfc take the shape of answers for granted.
            self.forget()
            raise ProviderFailed(f"{type(error).__name__} in the provider's answer") from error

    def _begun_here(self, client: FlaskOAuth2App) -> str:
        """Where this browser wanted to go when it began the sign-in that comes back now."""
        state = request.args.get("state", "")
        begun = client.framework.get_state_data(session, state)
        if begun is None or time.time() - begun["at"] > STARTED_S:
            raise StartAgain("no such state")
        issuer = self._settings.oidc_issuer
        if request.args.get("iss", issuer) != issuer:
            raise ProviderFailed("the answer comes from another issuer")
        if "error" in request.args:
            client.framework.clear_state_data(session, state)
            if request.args["error"] == "access_denied":
                raise SaidNo("access_denied")
            raise ProviderFailed(f"authorization endpoint: {request.args['error'][:40]}")
        return str(begun["back_to"])

    def _claims(self, client: FlaskOAuth2App) -> dict[str, Any]:
        settings = self._settings
        token = client.authorize_access_token(
            leeway=LEEWAY_S,
            claims_options={
                "iss": {"essential": True, "value": settings.oidc_issuer},
                "aud": {"essential": True, "value": settings.oidc_client_id},
                "sub": {"essential": True},
                "nonce": {"essential": True},
            },
        )
        if "id_token" not in token:
            raise ProviderFailed("no ID token in the answer")
        claims: dict[str, Any] = dict(token["userinfo"])
        if not 0 < len(claims["sub"]) <= MAX_SUBJECT:
            raise ProviderFailed("the subject has no length that can be kept")
        # Many providers keep all but the name of the person out of the ID token.
        if settings.oidc_role_claim not in claims and "userinfo_endpoint" in client.server_metadata:
            told = client.userinfo(token=token)
            if told.get("sub") != claims["sub"]:
                raise ProviderFailed("userinfo is about somebody else")
            claims = dict(told) | claims
        return claims

    def _described(self) -> dict[str, Any]:
        issuer = self._settings.oidc_issuer
        try:
            answer = requests.get(
                issuer.rstrip("/") + "/.well-known/openid-configuration",
                headers={"Accept": "application/json"},
                timeout=TIMEOUT_S,
            )
            answer.raise_for_status()
            found = answer.json()
        except requests.RequestException as error:
            raise ProviderUnreachable(str(error)) from error
        if not isinstance(found, dict) or found.get("issuer") != issuer:
            named = found.get("issuer") if isinstance(found, dict) else None
            raise ProviderMisset(f"TRYGG_OIDC_ISSUER is {issuer}, and the provider calls itself {named}")
        for name in _ENDPOINTS:
            if not is_safe(str(found.get(name, ""))):
                raise ProviderMisset(f"the provider's {name} is no https address: {found.get(name)}")
        return found

    def _make(self, found: dict[str, Any]) -> FlaskOAuth2App:
        signed = found.get("id_token_signing_alg_values_supported") or ["RS256"]
        algorithms = [name for name in ALGORITHMS if name in signed]
        if not algorithms:
            raise ProviderMisset(f"the provider signs with none of {', '.join(ALGORITHMS)}")
        # In the body a secret stands as it is; in the header clients and providers differ in how they quote it.
        ways = found.get("token_endpoint_auth_methods_supported") or []
        more = {"userinfo_endpoint": found["userinfo_endpoint"]} if found.get("userinfo_endpoint") else {}
        return FlaskOAuth2App(
            FlaskIntegration("oidc"),
            "oidc",
            client_id=self._settings.oidc_client_id,
            client_secret=self._settings.oidc_client_secret,
            authorize_url=found["authorization_endpoint"],
            access_token_url=found["token_endpoint"],
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT_S,
                "token_endpoint_auth_method": "client_secret_post"
                if "client_secret_post" in ways
                else "client_secret_basic",
            },
            issuer=found["issuer"],
            jwks_uri=found["jwks_uri"],
            id_token_signing_alg_values_supported=algorithms,
            **more,
        )
