"""Signing in by the municipality's OpenID Connect provider: who gets in, as what, and everything that doesn't."""

import base64
import hmac
import json
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from issuers import (
    ACCESS_TOKEN,
    CALLBACK,
    CLIENT,
    SECRET,
    Claims,
    FakeIssuer,
    RealProvider,
    challenge_of,
    fake_issuer,
    new_key,
    real_provider,
    settings_for,
)
from joserfc import jwt
from werkzeug.test import TestResponse

from geo.model import Person, Role
from geo.settings import Settings
from geo.store import people
from geo.store.audit import AuditLine, lines
from geo.store.engine import Store, open_store
from geo.store.migration import migrate
from webapp import create_app, oidc_provider

SITE = "http://localhost"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SARA = {
    "name": "Sara Nyström",
    "preferred_username": "Sara@Kommunen.example",
    "groups": ["SG-Alla", "SG-Polis"],
    "organisation": "Polisen Lycksele",
}


@pytest.fixture(scope="module")
def provider() -> Iterator[RealProvider]:
    with real_provider(SITE, {}) as provider:
        yield provider


@pytest.fixture
def fake() -> Iterator[FakeIssuer]:
    with fake_issuer() as fake:
        yield fake


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database with the schema and nothing in it."""
    file = tmp_path_factory.mktemp("oidc") / "trygg.sqlite"
    store = open_store(f"sqlite:///{file}")
    migrate(store)
    store.close()
    return file


@pytest.fixture
def store(migrated: Path, tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{shutil.copy(migrated, tmp_path)}")
    yield store
    store.close()


Reader = Callable[..., FlaskClient]


@pytest.fixture
def reader(store: Store) -> Reader:
    """Makes the browser of somebody at a site that trusts an issuer."""

    def make(issuer: str, language: str = "sv", **more: Any) -> FlaskClient:
        settings = Settings(database_url=str(store.engine.url), **settings_for(issuer, **more))
        browser = create_app(settings).test_client()
        browser.set_cookie("language", language)
        return browser

    return make


def _account(store: Store) -> Person:
    with store.read() as connection:
        (account,) = people.accounts(connection)
    return account.person


def _audit(store: Store) -> list[AuditLine]:
    with store.read() as connection:
        return list(lines(connection))


def _sign_in(
    browser: FlaskClient, provider: RealProvider, who: str, start: str = "/login/oidc"
) -> TestResponse:
    """Goes all the way: to the provider, signs in there, and comes back."""
    begun = browser.get(start)
    assert begun.status_code == 303
    back = urlsplit(provider.visit(begun.location, {"login": who}))
    return browser.get(f"{back.path}?{back.query}")


def _signed_in(browser: FlaskClient) -> bool:
    # Who is signed in is sent on from the form.
    return browser.get("/login").status_code == 303


def test_an_officer_signs_in_with_the_municipalitys_account(
    store: Store, reader: Reader, provider: RealProvider
) -> None:
    provider.change("s-1", SARA)
    browser = reader(provider.issuer)
    assert not _signed_in(browser)
    answer = _sign_in(browser, provider, "s-1", "/login/oidc?next=/account")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert _signed_in(browser)
    person = _account(store)
    assert (person.username, person.name) == ("sara@kommunen.example", "Sara Nyström")
    assert (person.role, person.organisation) == (Role.POLICE, "Polisen Lycksele")
    assert [(line.action, line.actor) for line in _audit(store)] == [
        ("account.created", "sara@kommunen.example"),
        ("sign_in.succeeded", "sara@kommunen.example"),
    ]
    assert _audit(store)[-1].after == {"how": "oidc"}


def test_claims_that_only_userinfo_tells(store: Store, reader: Reader) -> None:
    with real_provider(SITE, {"s-1": SARA}, in_token=False) as shy:
        assert _sign_in(reader(shy.issuer), shy, "s-1").status_code == 303
    assert (_account(store).name, _account(store).role) == ("Sara Nyström", Role.POLICE)


@pytest.mark.parametrize(
    ("groups", "role", "organisation"),
    [
        ("SG-Polis", Role.POLICE, "Polisen"),
        (["SG-Planering"], Role.PLANNER, "kommunen"),
        (["SG-Planering", "SG-Polis", "SG-Admin"], Role.ADMIN, "kommunen"),
    ],
)
def test_the_order_of_the_table_decides_and_the_organisation_follows_the_role(
    store: Store,
    reader: Reader,
    provider: RealProvider,
    *,
    groups: object,
    role: Role,
    organisation: str,
) -> None:
    provider.change("s-2", {"email": "eva@kommunen.example", "groups": groups})
    assert _sign_in(reader(provider.issuer), provider, "s-2").status_code == 303
    assert _account(store) == Person(1, "eva@kommunen.example", "eva@kommunen.example", role, organisation)


def test_what_changes_at_the_provider_changes_here(
    store: Store, reader: Reader, provider: RealProvider
) -> None:
    provider.change("s-1", SARA)
    browser = reader(provider.issuer)
    _sign_in(browser, provider, "s-1")
    provider.change("s-1", SARA | {"groups": ["SG-Planering"], "organisation": "Robertsfors kommun"})
    _sign_in(browser, provider, "s-1")
    assert (_account(store).role, _account(store).organisation) == (Role.PLANNER, "Robertsfors kommun")
    (line,) = [line for line in _audit(store) if line.action == "account.changed"]
    assert (line.before["role"], line.after["role"]) == ("police", "planner")


@pytest.mark.parametrize("groups", [["SG-Alla"], [], None, 7, {"SG-Polis": True}, [["SG-Polis"]]])
def test_without_a_role_nobody_gets_in_and_what_was_open_is_closed(
    store: Store, reader: Reader, provider: RealProvider, groups: object
) -> None:
    provider.change("s-1", SARA)
    phone, office = (reader(provider.issuer, contact="it@kommunen.example") for _ in range(2))
    _sign_in(phone, provider, "s-1")
    provider.change("s-1", SARA | {"groups": groups})
    refused = _sign_in(office, provider, "s-1")
    assert refused.status_code == 403
    assert "groups" in refused.text
    assert "it@kommunen.example" in refused.text
    assert not _signed_in(office)
    assert not _signed_in(phone)
    assert (_audit(store)[-1].action, _audit(store)[-1].after["why"]) == ("sign_in.refused", "no role")


def test_no_username_no_account(store: Store, reader: Reader, provider: RealProvider) -> None:
    provider.change("s-3", {"name": "Utan namn", "groups": ["SG-Polis"], "preferred_username": "två ord"})
    refused = _sign_in(reader(provider.issuer), provider, "s-3")
    assert refused.status_code == 403
    assert "preferred_username" in refused.text
    with store.read() as connection:
        assert people.accounts(connection) == ()


def test_an_account_with_a_password_is_not_taken_over(
    store: Store, reader: Reader, provider: RealProvider
) -> None:
    with store.write(quiet=True) as connection:
        people.add(
            connection,
            username="sara@kommunen.example",
            name="Lokal",
            role=Role.ADMIN,
            organisation="Kommunen",
            at=NOW,
        )
    provider.change("s-1", SARA)
    browser = reader(provider.issuer, language="en")
    refused = _sign_in(browser, provider, "s-1")
    assert refused.status_code == 403
    assert "sara@kommunen.example" in refused.text
    assert not _signed_in(browser)
    assert _account(store).name == "Lokal"


def test_a_disabled_account_stays_out(store: Store, reader: Reader, provider: RealProvider) -> None:
    provider.change("s-1", SARA)
    browser = reader(provider.issuer)
    _sign_in(browser, provider, "s-1")
    with store.write(quiet=True) as connection:
        people.change(connection, _account(store).id, disabled_at=NOW)
    assert _sign_in(browser, provider, "s-1").status_code == 403
    assert not _signed_in(browser)


def test_who_says_no_at_the_provider_can_still_use_a_password(reader: Reader, provider: RealProvider) -> None:
    provider.change("s-1", SARA)
    browser = reader(provider.issuer, language="en")
    back = urlsplit(provider.visit(browser.get("/login/oidc").location, {"cancel": ""}))
    answer = browser.get(f"{back.path}?{back.query}")
    assert answer.status_code == 403
    assert "broken off" in answer.text
    assert 'href="/login?next=/"' in answer.text
    assert 'href="/login/oidc?next=/"' in answer.text
    assert not _signed_in(browser)


def test_a_way_back_works_once(reader: Reader, provider: RealProvider) -> None:
    provider.change("s-1", SARA)
    browser = reader(provider.issuer)
    begun = browser.get("/login/oidc")
    kept = browser.get_cookie("form")
    assert kept is not None
    back = urlsplit(provider.visit(begun.location, {"login": "s-1"}))
    assert browser.get(f"{back.path}?{back.query}").status_code == 303
    # Loaded once more by who is signed in: on to where they work.
    assert browser.get(f"{back.path}?{back.query}").status_code == 303
    browser.delete_cookie("session")
    assert browser.get(f"{back.path}?{back.query}").status_code == 400
    # With the form's cookie from before it gets as far as the provider, which knows that the code was used.
    browser.set_cookie("form", kept.value)
    again = browser.get(f"{back.path}?{back.query}")
    assert again.status_code == 400
    assert "/login/oidc" in again.text
    assert not _signed_in(browser)


def test_another_browser_cannot_finish_it(reader: Reader, provider: RealProvider) -> None:
    provider.change("s-1", SARA)
    back = urlsplit(provider.visit(reader(provider.issuer).get("/login/oidc").location, {"login": "s-1"}))
    victim = reader(provider.issuer)
    assert victim.get(f"{back.path}?{back.query}").status_code == 400
    assert not _signed_in(victim)


def test_two_windows_at_once(reader: Reader, provider: RealProvider) -> None:
    provider.change("s-1", SARA)
    browser = reader(provider.issuer)
    backs = [
        urlsplit(provider.visit(browser.get(f"/login/oidc?next=/{name}").location, {"login": "s-1"}))
        for name in ("places", "measures")
    ]
    first, second = (browser.get(f"{back.path}?{back.query}") for back in backs)
    assert (first.status_code, first.location) == (303, "/places")
    # The first window signed the browser in, and so the second is let in too.
    assert second.status_code == 303
    assert _signed_in(browser)


def test_many_beginnings_do_not_outgrow_the_cookie(reader: Reader, provider: RealProvider) -> None:
    browser = reader(provider.issuer)
    for _ in range(12):
        browser.get("/login/oidc?next=/places?" + "x" * 200)
    cookie = browser.get_cookie("form")
    assert cookie is not None
    assert len(cookie.value) < 3500
    provider.change("s-1", SARA)
    assert _sign_in(browser, provider, "s-1").status_code == 303


def test_a_wrong_secret_is_the_administrators_to_put_right(
    reader: Reader, provider: RealProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    provider.change("s-1", SARA)
    browser = reader(provider.issuer, language="en", oidc_client_secret="a wrong one")
    answer = _sign_in(browser, provider, "s-1")
    assert answer.status_code == 502
    assert "Tell the administrator" in answer.text
    told = capsys.readouterr().out
    assert "invalid_client" in told
    assert "a wrong one" not in told


# With an issuer that says whatever it is told to.


def _begin(browser: FlaskClient) -> dict[str, str]:
    """Begins a sign-in, and gives what was sent to the provider."""
    begun = browser.get("/login/oidc")
    assert begun.status_code == 303
    return {name: values[0] for name, values in parse_qs(urlsplit(begun.location).query).items()}


def _come_back(browser: FlaskClient, sent: dict[str, str], **other: str) -> TestResponse:
    return browser.get(f"{CALLBACK}?{urlencode({'code': CODE, 'state': sent['state']} | other)}")


CODE = "a-code-that-nobody-keeps"


def test_what_is_sent_to_the_provider(reader: Reader, fake: FakeIssuer) -> None:
    browser = reader(fake.issuer)
    sent, other = _begin(browser), _begin(browser)
    assert sent["response_type"] == "code"
    assert sent["client_id"] == CLIENT
    assert sent["redirect_uri"] == SITE + CALLBACK
    assert "openid" in sent["scope"].split()
    assert sent["code_challenge_method"] == "S256"
    for name in ("state", "nonce", "code_challenge"):
        assert len(sent[name]) >= 20
        assert sent[name] != other[name]
    fake.gives(fake.token(fake.claims(sent)))
    assert _come_back(browser, sent).status_code == 303
    assert fake.form["code"] == CODE
    assert fake.form["redirect_uri"] == SITE + CALLBACK
    assert challenge_of(fake.form["code_verifier"]) == sent["code_challenge"]
    assert fake.form["client_secret"] == SECRET


def test_no_token_code_or_secret_is_kept_or_logged(
    store: Store, reader: Reader, fake: FakeIssuer, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = reader(fake.issuer)
    sent = _begin(browser)
    token = fake.token(fake.claims(sent))
    fake.gives(token, refresh_token="a-refresh-token-that-nobody-keeps")
    assert _come_back(browser, sent).status_code == 303
    _come_back(browser, sent)
    bad = _begin(browser)
    fake.gives(fake.token(fake.claims(bad, nonce="another")))
    _come_back(browser, bad)
    database = sqlite3.connect(str(store.engine.url.database))
    kept = "\n".join(database.iterdump())
    database.close()
    assert "sara@kommunen.example" in kept
    told = capsys.readouterr().out
    assert "/login/oidc/callback" in told
    cookies = "".join(cookie.value for cookie in browser._cookies.values())
    for secret in (
        token,
        token.rpartition(".")[2],
        ACCESS_TOKEN,
        CODE,
        SECRET,
        "a-refresh-token",
        sent["state"],
    ):
        assert secret not in kept
        assert secret not in told
        assert secret not in cookies


def _forged(fake: FakeIssuer, claims: Claims) -> dict[str, str]:
    """What somebody without the issuer's key could make, by what it is made with."""
    own, kid = new_key("own"), fake.key.kid
    return {
        "nobody's signature": _by_hand({"alg": "none"}, claims),
        "the public key as a shared secret": _by_hand(
            {"alg": "HS256", "kid": kid}, claims, fake.key.as_pem(private=False)
        ),
        "the client's secret": _by_hand({"alg": "HS256"}, claims, SECRET.encode()),
        "somebody else's key": jwt.encode({"alg": "RS256", "kid": kid}, claims, own),
        "a key it brings itself": jwt.encode(
            {"alg": "RS256", "jwk": own.as_dict(private=False)}, claims, own
        ),
        "claims changed afterwards": _changed(fake.token(claims), fake.token(claims | {"sub": "eva"})),
    }


def _by_hand(header: Claims, claims: Claims, secret: bytes = b"") -> str:
    parts = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims)
    )
    signed = ".".join(parts)
    signature = hmac.digest(secret, signed.encode(), "sha256") if secret else b""
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def _changed(token: str, other: str) -> str:
    """The head and signature of one token around the claims of another."""
    header, _, signature = token.split(".")
    return ".".join((header, other.split(".")[1], signature))


@pytest.mark.parametrize(
    "how",
    [
        "nobody's signature",
        "the public key as a shared secret",
        "the client's secret",
        "somebody else's key",
        "a key it brings itself",
        "claims changed afterwards",
    ],
)
def test_a_forged_token_opens_nothing(store: Store, reader: Reader, fake: FakeIssuer, how: str) -> None:
    browser = reader(fake.issuer, language="en")
    sent = _begin(browser)
    fake.gives(_forged(fake, fake.claims(sent))[how])
    answer = _come_back(browser, sent)
    assert answer.status_code == 502
    assert "can&#39;t be trusted" in answer.text
    _nobody_came_in(store, browser)


def _nobody_came_in(store: Store, browser: FlaskClient) -> None:
    assert not _signed_in(browser)
    with store.read() as connection:
        assert people.accounts(connection) == ()


@pytest.mark.parametrize(
    "other",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": ""},
        {"aud": "another-service"},
        {"aud": None},
        {"aud": ["another-service"], "azp": CLIENT},
        {"aud": [CLIENT, "another-service"], "azp": "another-service"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_sign_in_opens_nothing(
    store: Store, reader: Reader, fake: FakeIssuer, other: Claims
) -> None:
    browser = reader(fake.issuer)
    sent = _begin(browser)
    fake.gives(fake.token(fake.claims(sent, **other)))
    assert _come_back(browser, sent).status_code == 502
    _nobody_came_in(store, browser)


@pytest.mark.parametrize(
    ("seconds", "status"),
    [({"exp": -60}, 303), ({"exp": -180}, 502), ({"iat": 60}, 303), ({"iat": 180}, 502), ({"nbf": 180}, 502)],
    ids=str,
)
def test_clocks_may_differ_by_two_minutes(
    store: Store, reader: Reader, fake: FakeIssuer, seconds: dict[str, int], status: int
) -> None:
    browser = reader(fake.issuer, language="en")
    sent = _begin(browser)
    moments = {name: int(time.time()) + offset for name, offset in seconds.items()}
    fake.gives(fake.token(fake.claims(sent, **moments)))
    answer = _come_back(browser, sent)
    assert answer.status_code == status
    assert ("clock" in answer.text) == (status == 502)
    assert _signed_in(browser) == (status == 303)


@pytest.mark.parametrize("id_token", [None, "", "x", "a.b.c", 7, ["x"], {"a": 1}], ids=str)
def test_what_is_no_token_opens_nothing(
    store: Store, reader: Reader, fake: FakeIssuer, id_token: object
) -> None:
    browser = reader(fake.issuer)
    sent = _begin(browser)
    fake.gives(id_token, userinfo={"sub": "sara", "preferred_username": "sara", "groups": ["SG-Admin"]})
    assert _come_back(browser, sent).status_code == 502
    _nobody_came_in(store, browser)


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"<html>"),
        (200, ["x"]),
        (200, None),
        (500, {"error": "server_error"}),
        (429, b"slow down"),
        (400, {"error": "unauthorized_client"}),
        (200, {"error": ["x"]}),
    ],
    ids=str,
)
def test_a_token_endpoint_out_of_order(
    store: Store, reader: Reader, fake: FakeIssuer, answer: tuple[int, object]
) -> None:
    browser = reader(fake.issuer)
    sent = _begin(browser)
    fake.answers["/token"] = answer
    assert _come_back(browser, sent).status_code in (502, 503)
    _nobody_came_in(store, browser)


def test_userinfo_about_somebody_else_is_not_believed(store: Store, reader: Reader, fake: FakeIssuer) -> None:
    browser = reader(fake.issuer)
    for subject, status in (("eva", 502), ("sara", 303)):
        sent = _begin(browser)
        fake.gives(fake.token(fake.claims(sent, groups=None)))
        fake.answers["/userinfo"] = (200, {"sub": subject, "groups": ["SG-Admin"]})
        assert _come_back(browser, sent).status_code == status
    assert _account(store).role is Role.ADMIN


@pytest.mark.parametrize("state", ["", "another", "x" * 5000, "../\0"])
def test_a_state_that_was_not_given_out(store: Store, reader: Reader, fake: FakeIssuer, state: str) -> None:
    browser = reader(fake.issuer)
    sent = _begin(browser)
    fake.gives(fake.token(fake.claims(sent)))
    assert _come_back(browser, sent, state=state).status_code == 400
    assert browser.get(f"{CALLBACK}?code=x").status_code == 400
    assert "/token" not in fake.asked
    _nobody_came_in(store, browser)


def test_an_hour_later_it_is_too_late(
    reader: Reader, fake: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = reader(fake.issuer)
    sent = _begin(browser)
    fake.gives(fake.token(fake.claims(sent)))
    monkeypatch.setattr(oidc_provider, "STARTED_S", 0.0)
    assert _come_back(browser, sent).status_code == 400


def test_an_answer_from_another_issuer(store: Store, reader: Reader, fake: FakeIssuer) -> None:
    browser = reader(fake.issuer)
    sent = _begin(browser)
    fake.gives(fake.token(fake.claims(sent)))
    assert _come_back(browser, sent, iss="https://evil.example").status_code == 502
    assert "/token" not in fake.asked
    _nobody_came_in(store, browser)


def test_an_error_of_the_provider_is_not_repeated_to_the_reader(reader: Reader, fake: FakeIssuer) -> None:
    browser = reader(fake.issuer, language="en")
    answer = _come_back(browser, _begin(browser), error="server_error", error_description="Call 555-1234")
    assert answer.status_code == 502
    # The language switch alone comes back here with all of the address.
    assert "555" not in re.sub(r'href="[^"]*"', "", answer.text)


def test_a_provider_that_is_down_and_comes_back(reader: Reader) -> None:
    with fake_issuer() as first:
        issuer = first.issuer
        browser = reader(issuer)
        sent = _begin(browser)
    down = _come_back(browser, sent)
    assert down.status_code == 503
    assert "svarar inte just nu" in down.text
    assert 'href="/login?next=/"' in down.text
    again = browser.get("/login/oidc?next=/places")
    assert again.status_code == 503
    assert 'href="/login/oidc?next=/places"' in again.text
    assert again.headers["Cache-Control"] == "no-store"
    with fake_issuer(int(issuer.rpartition(":")[2])) as second:
        sent = _begin(browser)
        second.gives(second.token(second.claims(sent)))
        assert _come_back(browser, sent).status_code == 303


def test_a_provider_that_hangs_is_not_waited_for(
    reader: Reader, fake: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc_provider, "TIMEOUT_S", 0.2)
    browser = reader(fake.issuer)
    sent = _begin(browser)
    fake.delay = 1.0
    began = time.monotonic()
    assert _come_back(browser, sent).status_code == 503
    assert browser.get("/login/oidc").status_code == 503
    assert time.monotonic() - began < 1.0


def test_the_description_is_kept_and_asked_for_again_after_a_failure(
    reader: Reader, fake: FakeIssuer
) -> None:
    browser = reader(fake.issuer)
    _begin(browser)
    sent = _begin(browser)
    described = "/.well-known/openid-configuration"
    assert fake.asked.count(described) == 1
    fake.describe(token_endpoint=f"{fake.issuer}/moved")
    fake.answers["/token"] = (404, b"gone")
    assert _come_back(browser, sent).status_code == 503
    sent = _begin(browser)
    assert fake.asked.count(described) == 2
    fake.gives(fake.token(fake.claims(sent)))
    fake.answers["/moved"] = fake.answers["/token"]
    assert _come_back(browser, sent).status_code == 303


def test_new_keys_are_fetched_when_they_are_needed(reader: Reader, fake: FakeIssuer) -> None:
    browser = reader(fake.issuer)
    for kid in ("two", "three"):
        sent = _begin(browser)
        fake.gives(fake.token(fake.claims(sent)))
        assert _come_back(browser, sent).status_code == 303
        fake.key = new_key(kid)
    assert fake.asked.count("/.well-known/openid-configuration") == 1


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"issuer": "https://evil.example"}, "evil.example"),
        ({"issuer": None}, "None"),
        ({"token_endpoint": "http://id.kommunen.example/token"}, "token_endpoint"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint"),
        ({"jwks_uri": None}, "jwks_uri"),
        ({"id_token_signing_alg_values_supported": ["none", "HS256"]}, "signs with none"),
    ],
    ids=str,
)
def test_a_description_that_does_not_fit(
    reader: Reader, fake: FakeIssuer, capsys: pytest.CaptureFixture[str], other: dict[str, object], why: str
) -> None:
    fake.describe(**other)
    answer = reader(fake.issuer, language="en").get("/login/oidc")
    assert answer.status_code == 502
    assert "Tell the administrator" in answer.text
    assert why in capsys.readouterr().out


@pytest.mark.parametrize("body", [b"<html>", ["x"], None, "x"], ids=str)
def test_a_description_that_is_none(reader: Reader, fake: FakeIssuer, body: object) -> None:
    fake.answers["/.well-known/openid-configuration"] = (200, body)
    assert reader(fake.issuer).get("/login/oidc").status_code in (502, 503)


def test_the_way_back_goes_through_the_proxy_that_is_believed(reader: Reader, fake: FakeIssuer) -> None:
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "trygg.kommunen.example"}
    behind = reader(fake.issuer, proxies=1, trusted_hosts=("trygg.kommunen.example",))
    answer = behind.get("/login/oidc", headers=told)
    assert parse_qs(urlsplit(answer.location).query)["redirect_uri"] == [
        "https://trygg.kommunen.example" + CALLBACK
    ]
    assert "Secure" in answer.headers["Set-Cookie"]
    stranger = told | {"X-Forwarded-Host": "evil.example"}
    assert behind.get("/login/oidc", headers=stranger).status_code == 400
    direct = reader(fake.issuer).get("/login/oidc", headers=told)
    assert parse_qs(urlsplit(direct.location).query)["redirect_uri"] == [SITE + CALLBACK]


def test_the_cookie_comes_along_on_the_way_back_and_no_script_reads_it(
    reader: Reader, fake: FakeIssuer
) -> None:
    cookie = reader(fake.issuer).get("/login/oidc").headers["Set-Cookie"]
    assert "SameSite=Lax" in cookie
    assert "HttpOnly" in cookie


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_way_on_stays_on_the_site(reader: Reader, fake: FakeIssuer, target: str) -> None:
    browser = reader(fake.issuer)
    begun = browser.get("/login/oidc", query_string={"next": target})
    sent = {name: values[0] for name, values in parse_qs(urlsplit(begun.location).query).items()}
    fake.gives(fake.token(fake.claims(sent)))
    on = urlsplit(_come_back(browser, sent).location)
    assert (on.scheme, on.netloc, on.path[:2].strip("/\\") != "") == ("", "", True)


def test_the_sign_in_page_shows_the_way_only_where_there_is_one(store: Store, reader: Reader) -> None:
    page = reader("http://localhost:1").get("/login?next=/places").text
    assert 'href="/login/oidc?next=/places"' in page
    assert "Logga in med kommunens konto" in page
    bare = create_app(Settings(database_url=str(store.engine.url))).test_client()
    assert "/login/oidc" not in bare.get("/login").text
    assert bare.get("/login/oidc").status_code == 404
    assert bare.get(CALLBACK).status_code == 404
