"""The way to the provider and back: what is sent, what is kept, and a provider that is down, moves or misspeaks."""

import re
import sqlite3
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from issuers import (
    ACCESS_TOKEN,
    CALLBACK,
    CLIENT,
    CODE,
    SECRET,
    FakeIssuer,
    begin,
    challenge_of,
    come_back,
    fake_issuer,
    new_key,
)

from geo.settings import Settings
from geo.store.engine import Store
from webapp import create_app, oidc_provider

SITE = "http://localhost"
Reader = Callable[..., FlaskClient]


def test_what_is_sent_to_the_provider(reader: Reader, fake: FakeIssuer) -> None:
    browser = reader(fake.issuer)
    sent, other = begin(browser), begin(browser)
    assert sent["response_type"] == "code"
    assert sent["client_id"] == CLIENT
    assert sent["redirect_uri"] == SITE + CALLBACK
    assert "openid" in sent["scope"].split()
    assert sent["code_challenge_method"] == "S256"
    for name in ("state", "nonce", "code_challenge"):
        assert len(sent[name]) >= 20
        assert sent[name] != other[name]
    fake.gives(fake.token(fake.claims(sent)))
    assert come_back(browser, sent).status_code == 303
    assert fake.form["code"] == CODE
    assert fake.form["redirect_uri"] == SITE + CALLBACK
    assert challenge_of(fake.form["code_verifier"]) == sent["code_challenge"]
    assert fake.form["client_secret"] == SECRET


def test_no_token_code_or_secret_is_kept_or_logged(
    store: Store, reader: Reader, fake: FakeIssuer, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = reader(fake.issuer)
    sent = begin(browser)
    token = fake.token(fake.claims(sent))
    fake.gives(token, refresh_token="a-refresh-token-that-nobody-keeps")
    assert come_back(browser, sent).status_code == 303
    come_back(browser, sent)
    bad = begin(browser)
    fake.gives(fake.token(fake.claims(bad, nonce="another")))
    come_back(browser, bad)
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


def test_an_hour_later_it_is_too_late(
    reader: Reader, fake: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = reader(fake.issuer)
    sent = begin(browser)
    fake.gives(fake.token(fake.claims(sent)))
    monkeypatch.setattr(oidc_provider, "STARTED_S", 0.0)
    assert come_back(browser, sent).status_code == 400


def test_an_error_of_the_provider_is_not_repeated_to_the_reader(reader: Reader, fake: FakeIssuer) -> None:
    browser = reader(fake.issuer, language="en")
    answer = come_back(browser, begin(browser), error="server_error", error_description="Call 555-1234")
    assert answer.status_code == 502
    # The language switch alone comes back here with all of the address.
    assert "555" not in re.sub(r'href="[^"]*"', "", answer.text)


def test_a_provider_that_is_down_and_comes_back(reader: Reader) -> None:
    with fake_issuer() as first:
        issuer = first.issuer
        browser = reader(issuer)
        sent = begin(browser)
    down = come_back(browser, sent)
    assert down.status_code == 503
    assert "svarar inte just nu" in down.text
    assert 'href="/login?next=/"' in down.text
    again = browser.get("/login/oidc?next=/places")
    assert again.status_code == 503
    assert 'href="/login/oidc?next=/places"' in again.text
    assert again.headers["Cache-Control"] == "no-store"
    with fake_issuer(int(issuer.rpartition(":")[2])) as second:
        sent = begin(browser)
        second.gives(second.token(second.claims(sent)))
        assert come_back(browser, sent).status_code == 303


def test_a_provider_that_hangs_is_not_waited_for(
    reader: Reader, fake: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc_provider, "TIMEOUT_S", 0.2)
    browser = reader(fake.issuer)
    sent = begin(browser)
    fake.delay = 1.0
    began = time.monotonic()
    assert come_back(browser, sent).status_code == 503
    assert browser.get("/login/oidc").status_code == 503
    assert time.monotonic() - began < 1.0


def test_the_description_is_kept_and_asked_for_again_after_a_failure(
    reader: Reader, fake: FakeIssuer
) -> None:
    browser = reader(fake.issuer)
    begin(browser)
    sent = begin(browser)
    described = "/.well-known/openid-configuration"
    assert fake.asked.count(described) == 1
    fake.describe(token_endpoint=f"{fake.issuer}/moved")
    fake.answers["/token"] = (404, b"gone")
    assert come_back(browser, sent).status_code == 503
    sent = begin(browser)
    assert fake.asked.count(described) == 2
    fake.gives(fake.token(fake.claims(sent)))
    fake.answers["/moved"] = fake.answers["/token"]
    assert come_back(browser, sent).status_code == 303


def test_new_keys_are_fetched_when_they_are_needed(reader: Reader, fake: FakeIssuer) -> None:
    browser = reader(fake.issuer)
    for kid in ("two", "three"):
        sent = begin(browser)
        fake.gives(fake.token(fake.claims(sent)))
        assert come_back(browser, sent).status_code == 303
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
    on = urlsplit(come_back(browser, sent).location)
    assert (on.scheme, on.netloc, on.path[:2].strip("/\\") != "") == ("", "", True)


def test_the_sign_in_page_shows_the_way_only_where_there_is_one(store: Store, reader: Reader) -> None:
    page = reader("http://localhost:1").get("/login?next=/places").text
    assert 'href="/login/oidc?next=/places"' in page
    assert "Logga in med kommunens konto" in page
    bare = create_app(Settings(database_url=str(store.engine.url))).test_client()
    assert "/login/oidc" not in bare.get("/login").text
    assert bare.get("/login/oidc").status_code == 404
    assert bare.get(CALLBACK).status_code == 404
