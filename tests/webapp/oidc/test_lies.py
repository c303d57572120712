"""An issuer that lies: whatever it says that can't be trusted opens nothing."""

import base64
import hmac
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from issuers import (
    CALLBACK,
    CLIENT,
    SECRET,
    Claims,
    FakeIssuer,
    begin,
    come_back,
    fake_issuer,
    new_key,
    settings_for,
    signed_in,
)
from joserfc import jwt

from geo.model import Role
from geo.settings import Settings
from geo.store import people
from geo.store.engine import Store, open_store
from webapp import create_app

Reader = Callable[..., FlaskClient]


@dataclass
class Liar:
    """A site whose issuer tells one lie after another, and which nobody ever gets into."""

    app: Flask
    store: Store
    fake: FakeIssuer

    def begin(self) -> tuple[FlaskClient, dict[str, str]]:
        """A new browser that has been sent to the issuer, and what was sent along."""
        browser = self.app.test_client()
        browser.set_cookie("language", "en")
        return browser, begin(browser)

    def nobody_came_in(self, browser: FlaskClient) -> None:
        """No session, no account."""
        assert not signed_in(browser)
        with self.store.read() as connection:
            assert people.accounts(connection) == ()


@pytest.fixture(scope="module")
def lying(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Liar]:
    store = open_store(f"sqlite:///{shutil.copy(migrated, tmp_path_factory.mktemp('liar'))}")
    with fake_issuer() as fake:
        settings = Settings(database_url=str(store.engine.url), **settings_for(fake.issuer))
        yield Liar(create_app(settings), store, fake)
    store.close()


@pytest.fixture
def liar(lying: Liar) -> Liar:
    """The liar, who has said nothing yet."""
    lying.fake.answers.clear()
    lying.fake.asked.clear()
    return lying


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
def test_a_forged_token_opens_nothing(liar: Liar, how: str) -> None:
    browser, sent = liar.begin()
    liar.fake.gives(_forged(liar.fake, liar.fake.claims(sent))[how])
    answer = come_back(browser, sent)
    assert answer.status_code == 502
    assert "can&#39;t be trusted" in answer.text
    liar.nobody_came_in(browser)


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
def test_a_token_that_is_not_for_this_sign_in_opens_nothing(liar: Liar, other: Claims) -> None:
    browser, sent = liar.begin()
    liar.fake.gives(liar.fake.token(liar.fake.claims(sent, **other)))
    assert come_back(browser, sent).status_code == 502
    liar.nobody_came_in(browser)


@pytest.mark.parametrize(
    ("seconds", "status"),
    [({"exp": -60}, 303), ({"exp": -180}, 502), ({"iat": 60}, 303), ({"iat": 180}, 502), ({"nbf": 180}, 502)],
    ids=str,
)
def test_clocks_may_differ_by_two_minutes(
    store: Store, reader: Reader, fake: FakeIssuer, seconds: dict[str, int], status: int
) -> None:
    browser = reader(fake.issuer, language="en")
    sent = begin(browser)
    moments = {name: int(time.time()) + offset for name, offset in seconds.items()}
    fake.gives(fake.token(fake.claims(sent, **moments)))
    answer = come_back(browser, sent)
    assert answer.status_code == status
    assert ("clock" in answer.text) == (status == 502)
    assert signed_in(browser) == (status == 303)


@pytest.mark.parametrize("id_token", [None, "", "x", "a.b.c", 7, ["x"], {"a": 1}], ids=str)
def test_what_is_no_token_opens_nothing(liar: Liar, id_token: object) -> None:
    browser, sent = liar.begin()
    liar.fake.gives(id_token, userinfo={"sub": "sara", "preferred_username": "sara", "groups": ["SG-Admin"]})
    assert come_back(browser, sent).status_code == 502
    liar.nobody_came_in(browser)


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
def test_a_token_endpoint_out_of_order(liar: Liar, answer: tuple[int, object]) -> None:
    browser, sent = liar.begin()
    liar.fake.answers["/token"] = answer
    assert come_back(browser, sent).status_code in (502, 503)
    liar.nobody_came_in(browser)


def test_userinfo_about_somebody_else_is_not_believed(store: Store, reader: Reader, fake: FakeIssuer) -> None:
    browser = reader(fake.issuer)
    for subject, status in (("eva", 502), ("sara", 303)):
        sent = begin(browser)
        fake.gives(fake.token(fake.claims(sent, groups=None)))
        fake.answers["/userinfo"] = (200, {"sub": subject, "groups": ["SG-Admin"]})
        assert come_back(browser, sent).status_code == status
    with store.read() as connection:
        assert [account.person.role for account in people.accounts(connection)] == [Role.ADMIN]


@pytest.mark.parametrize("state", ["", "another", "x" * 5000, "../\0"])
def test_a_state_that_was_not_given_out(liar: Liar, state: str) -> None:
    browser, sent = liar.begin()
    liar.fake.gives(liar.fake.token(liar.fake.claims(sent)))
    assert come_back(browser, sent, state=state).status_code == 400
    assert browser.get(f"{CALLBACK}?code=x").status_code == 400
    assert "/token" not in liar.fake.asked
    liar.nobody_came_in(browser)


def test_an_answer_from_another_issuer(liar: Liar) -> None:
    browser, sent = liar.begin()
    liar.fake.gives(liar.fake.token(liar.fake.claims(sent)))
    assert come_back(browser, sent, iss="https://evil.example").status_code == 502
    assert "/token" not in liar.fake.asked
    liar.nobody_came_in(browser)
