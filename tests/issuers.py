"""OpenID Connect providers on loopback: a real one, and one that says whatever a test wants it to."""

import base64
import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

HERE = Path(__file__).parent / "oidc"
CLIENT = "trygghetskartan"
SECRET = "a secret of the tests: 100 % + & = ~"
CALLBACK = "/login/oidc/callback"

Claims = dict[str, Any]


def settings_for(issuer: str, **more: Any) -> dict[str, Any]:
    """The settings of a site that trusts this issuer."""
    return {
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_roles": ("SG-Admin=admin", "SG-Polis=police", "SG-Planering=planner"),
    } | more


@dataclass
class RealProvider:
    """The npm package oidc-provider in a process of its own."""

    issuer: str
    process: "subprocess.Popen[str]"

    def change(self, subject: str, claims: Claims) -> None:
        """From now on the provider says this of a person."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({subject: claims}) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "changed\n"

    def visit(self, address: str, form: dict[str, str]) -> str:
        """Follows an address of ours to the provider, answers its page, and gives the way back."""
        with requests.Session() as browser:
            browser.trust_env = False
            page = browser.get(address, timeout=10)
            assert "municipality's account" in page.text
            answer = browser.post(page.url, data=form, timeout=10, allow_redirects=False)
            while urlsplit(answer.headers["Location"]).path != CALLBACK:
                answer = browser.get(answer.headers["Location"], timeout=10, allow_redirects=False)
            return answer.headers["Location"]


@contextmanager
def real_provider(site: str, people: dict[str, Claims], *, in_token: bool = True) -> Iterator[RealProvider]:
    """Starts the provider for the site at this address; ``in_token``: the ID token holds all claims."""
    if not (HERE / "node_modules" / "oidc-provider").exists():
        pytest.fail("oidc-provider is not installed. Run: make setup", pytrace=False)
    client = {"client_id": CLIENT, "client_secret": SECRET, "redirect_uris": [site + CALLBACK]}
    words = json.dumps({"client": client, "people": people, "inToken": in_token})
    process = subprocess.Popen(
        [Path(sys.executable).with_name("node"), HERE / "provider.mjs", words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdout:
        issuer = process.stdout.readline().strip()
        try:
            assert issuer, "the provider did not start"
            yield RealProvider(issuer, process)
        finally:
            process.stdin.close()
            process.wait(10)


@cache
def new_key(kid: str) -> RSAKey:
    """A key for signing, the same for the same name: to make one takes its time."""
    return RSAKey.generate_key(2048, {"kid": kid})


@dataclass
class FakeIssuer:
    """An issuer that answers as it is told. ``asked`` holds the paths it was asked for, ``form`` the last form."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: new_key("one"))
    description: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    delay: float = 0.0
    asked: list[str] = field(default_factory=list)
    form: dict[str, str] = field(default_factory=dict)

    def describe(self, **other: Any) -> None:
        """What it says of itself, with ``other`` in place of the truth."""
        self.description = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        } | other

    def token(self, claims: Claims) -> str:
        """A signed ID token."""
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def claims(self, sent: dict[str, str], **other: Any) -> Claims:
        """Claims that fit what was ``sent`` to it, with ``other`` in their place; None takes one away."""
        now = int(time.time())
        right = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "sara",
            "nonce": sent["nonce"],
            "iat": now,
            "exp": now + 300,
            "name": "Sara Nyström",
            "preferred_username": "sara@kommunen.example",
            "groups": ["SG-Polis"],
        } | other
        return {name: value for name, value in right.items() if value is not None}

    def gives(self, id_token: object, **more: Any) -> None:
        """What the token endpoint answers next."""
        answer = {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": id_token} | more
        self.answers["/token"] = (200, {name: value for name, value in answer.items() if value is not None})

    def answer(self, path: str) -> tuple[int, Any]:
        """Status and body for a path."""
        if path in self.answers:
            return self.answers[path]
        if path.endswith("/.well-known/openid-configuration"):
            return 200, self.description
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        return 404, {"error": "not here"}


ACCESS_TOKEN = "an-access-token-that-nobody-keeps"


@contextmanager
def fake_issuer(port: int = 0) -> Iterator[FakeIssuer]:
    """Starts an issuer that is all right until a test says otherwise."""
    fake = FakeIssuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            sent = parse_qs(self.rfile.read(length).decode())
            fake.form = {name: values[0] for name, values in sent.items()}
            self._answer()

        def _answer(self) -> None:
            path = urlsplit(self.path).path
            fake.asked.append(path)
            time.sleep(fake.delay)
            status, body = fake.answer(path)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: the tests look at ``asked``."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    fake.issuer = f"http://127.0.0.1:{server.server_port}"
    fake.describe()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier, computed here."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


CODE = "a-code-that-nobody-keeps"


def begin(browser: FlaskClient) -> dict[str, str]:
    """Begins a sign-in at our site, and gives what was sent along to the issuer."""
    begun = browser.get("/login/oidc")
    assert begun.status_code == 303
    return {name: values[0] for name, values in parse_qs(urlsplit(begun.location).query).items()}


def come_back(browser: FlaskClient, sent: dict[str, str], **other: str) -> TestResponse:
    """Comes back from the issuer with a code and the state that was sent, or with ``other`` words."""
    return browser.get(f"{CALLBACK}?{urlencode({'code': CODE, 'state': sent['state']} | other)}")


def signed_in(browser: FlaskClient) -> bool:
    """Whether somebody is: they are sent on from the form."""
    return browser.get("/login").status_code == 303
