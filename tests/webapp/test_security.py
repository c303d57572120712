"""What every answer carries, whatever it is."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo.errors import SettingsError, StoreError
from geo.settings import Settings
from webapp import create_app

ANSWERS = (
    "/",
    "/places",
    "/places/999999",
    "/places?reason=x",
    "/nowhere",
    "/api/nowhere",
    "/api/map.json",
    "/language/en",
    "/healthz",
    "/static/site.css",
    "/static/nowhere.css",
)


def policy(value: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in value.split(";"))}


@pytest.mark.parametrize("path", ANSWERS)
def test_headers_on_every_answer(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    rules = policy(headers["Content-Security-Policy"])
    assert rules.pop("script-src")[0] == "'self'"
    assert rules == {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert re.fullmatch(r"[0-9a-f]{12}", headers["X-Request-ID"])
    assert "Server" not in headers


def test_only_the_map_has_a_script_in_the_page_and_its_nonce_is_used_once(client: FlaskClient) -> None:
    seen = set()
    for _ in range(2):
        answer = client.get("/")
        (nonce,) = re.findall(r"'nonce-([\w-]+)'", answer.headers["Content-Security-Policy"])
        assert f'<script nonce="{nonce}">' in answer.text
        assert not re.findall(r"<script(?![^>]*(?:nonce|src)=)", answer.text)
        # "Not modified" would put a new nonce on a page that has the old one in it.
        assert "ETag" not in answer.headers
        seen.add(nonce)
    assert len(seen) == 2
    for path in ("/places", "/measures", "/about", "/nowhere"):
        answer = client.get(path)
        assert "nonce" not in answer.headers["Content-Security-Policy"]
        assert not re.findall(r"<script(?![^>]*src=)", answer.text)


def test_a_secure_site_stays_secure(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/places").headers
    secure = client.get("/places", base_url="https://localhost")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_assets_are_kept_for_a_year_under_their_own_mark(client: FlaskClient) -> None:
    page = client.get("/places").text
    (address,) = re.findall(r'href="(/static/site\.css\?v=[0-9a-f]{12})"', page)
    assert client.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in client.get("/static/site.css").headers["Cache-Control"]
    assert "immutable" not in client.get("/static/nowhere.css?v=1").headers.get("Cache-Control", "")


def test_other_hosts_are_refused(store_url: str) -> None:
    client = create_app(Settings(database_url=store_url, trusted_hosts=("trygg.example",))).test_client()
    assert client.get("/places", base_url="http://trygg.example").status_code == 200
    for path in ("/places", "/api/map.json", "/nowhere"):
        answer = client.get(path, base_url="http://evil.example")
        assert answer.status_code == 400
        assert "evil.example" not in answer.text
        assert "Content-Security-Policy" in answer.headers


def test_the_address_of_the_reader_is_taken_from_believed_proxies_only(store_url: str) -> None:
    told = {"X-Forwarded-Host": "evil.example"}
    settings = Settings(database_url=store_url, trusted_hosts=("localhost",))
    assert create_app(settings).test_client().get("/places", headers=told).status_code == 200
    behind = Settings(database_url=store_url, trusted_hosts=("localhost",), proxies=1)
    assert create_app(behind).test_client().get("/places", headers=told).status_code == 400


def test_a_visitor_can_not_set_the_addresses_that_others_get(store_url: str) -> None:
    client = create_app(Settings(database_url=store_url, proxies=1)).test_client()
    client.get("/", headers={"X-Forwarded-Prefix": "//evil.example"})
    client.get("/api/measures.geojson", headers={"X-Forwarded-Prefix": "//evil.example"})
    assert "evil.example" not in client.get("/").text
    assert "evil.example" not in client.get("/api/measures.geojson").text


def test_templates_fail_on_a_name_that_is_not_there_and_escape_always(app: Flask) -> None:
    assert app.jinja_env.autoescape is True
    assert app.jinja_env.undefined.__name__ == "StrictUndefined"
    assert app.jinja_env.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"


def test_a_database_of_another_version_is_refused(database_url: str) -> None:
    with pytest.raises(StoreError) as refused:
        create_app(Settings(database_url=database_url))
    assert "Run “trygg init”." in str(refused.value)


def test_missing_translations_are_refused(store_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("geo.messages.TRANSLATIONS", tmp_path)
    from geo.messages import catalogue

    catalogue.cache_clear()
    try:
        with pytest.raises(SettingsError):
            create_app(Settings(database_url=store_url))
    finally:
        catalogue.cache_clear()
