"""Swedish first; another language by choice, remembered; and no way out of the site."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo.settings import Settings
from webapp import create_app


def test_swedish_whatever_the_browser_asks_for(client: FlaskClient) -> None:
    page = client.get("/places", headers={"Accept-Language": "en-GB,en;q=0.9"}).text
    assert '<html lang="sv">' in page
    assert "Platser som känns otrygga" in page


def test_the_switch_comes_back_to_the_same_page_with_its_filters(client: FlaskClient) -> None:
    page = client.get("/places?reason=lighting&locality=Ånäset").text
    start = page.index('href="/language/en') + len('href="')
    link = page[start : page.index('"', start)].replace("&amp;", "&")
    answer = client.get(link)
    assert answer.status_code == 303
    assert answer.location == "/places?reason=lighting&locality=%C3%85n%C3%A4set"
    chosen = client.get(answer.location).text
    assert '<html lang="en">' in chosen
    assert "2 places are shown." not in chosen
    assert "1 place is shown." in chosen
    assert 'href="/language/sv?next=/places?reason%3Dlighting' in chosen.replace("%3F", "?")
    client.get("/language/sv?next=/places")
    assert '<html lang="sv">' in client.get("/places").text


def test_the_cookie_is_kept_for_a_year_and_from_scripts(client: FlaskClient) -> None:
    cookie = client.get("/language/en").headers["Set-Cookie"]
    for part in ("language=en", "Max-Age=31536000", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Secure" not in cookie
    assert "Secure" in client.get("/language/en", base_url="https://localhost").headers["Set-Cookie"]


def test_the_cookie_is_secure_behind_a_proxy_that_is_believed(store_url: str) -> None:
    told = {"X-Forwarded-Proto": "https"}
    believed = create_app(Settings(database_url=store_url, proxies=1)).test_client()
    assert "Secure" in believed.get("/language/en", headers=told).headers["Set-Cookie"]
    doubted = create_app(Settings(database_url=store_url)).test_client()
    assert "Secure" not in doubted.get("/language/en", headers=told).headers["Set-Cookie"]


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "http://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        " //evil.example",
        "",
    ],
)
def test_no_redirect_leaves_the_site(client: FlaskClient, target: str) -> None:
    answer = client.get("/language/en", query_string={"next": target})
    assert answer.status_code == 303
    assert answer.location == "/"


def test_unknown_languages(client: FlaskClient) -> None:
    assert client.get("/language/de").status_code == 404
    client.set_cookie("language", "de")
    assert '<html lang="sv">' in client.get("/places").text


def test_no_cookie_but_by_choice(client: FlaskClient) -> None:
    for path in ("/", "/places", "/nowhere", "/healthz", "/api/map.json"):
        assert "Set-Cookie" not in client.get(path).headers


def test_caches_ask_again_and_keep_the_languages_apart(app: Flask) -> None:
    swedish, english = app.test_client(), app.test_client()
    english.set_cookie("language", "en")
    for path in ("/places", "/measures", "/incidents", "/about", "/accessibility"):
        first = swedish.get(path)
        assert first.headers["Cache-Control"] == "no-cache"
        assert "Cookie" in first.vary
        tag = first.headers["ETag"]
        again = swedish.get(path, headers={"If-None-Match": tag})
        assert again.status_code == 304
        assert again.get_data() == b""
        assert "Cookie" in again.vary
        other = english.get(path, headers={"If-None-Match": tag})
        assert other.status_code == 200
        assert '<html lang="en">' in other.text


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_not_modified_also_when_compressed(client: FlaskClient, encoding: str) -> None:
    asked = {"Accept-Encoding": encoding}
    first = client.get("/places", headers=asked)
    assert first.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in first.vary
    assert len(first.get_data()) < len(client.get("/places").get_data()) / 2
    assert client.get("/places", headers={**asked, "If-None-Match": first.headers["ETag"]}).status_code == 304
