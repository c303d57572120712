"""Errors in the page's own look, and as JSON under /api."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo.errors import BadQuery, GeoError, SettingsError, StoreError
from geo.settings import Settings
from webapp import create_app
from webapp.access import everyone
from webapp.errors import STATUS
from webapp.picture import Pictures


@pytest.fixture
def faulty(store_url: str) -> FlaskClient:
    """The site with addresses that fail, each in its own way."""
    app = create_app(Settings(database_url=store_url, max_content_length=1000, log_level="ERROR"))
    failures: dict[str, Exception] = {
        "bad": BadQuery("The filter “%(name)s” can't be “%(value)s”.", name="<b>", value="x"),
        "store": StoreError("The database can't be opened.", detail="secret path"),
        "crash": RuntimeError("secret words"),
        "domain": GeoError("There is no such place."),
    }

    def failing(error: Exception) -> Callable[[], str]:
        def view() -> str:
            raise error

        return view

    for name, error in failures.items():
        app.add_url_rule(f"/fail/{name}", f"fail_{name}", everyone(failing(error)))
        app.add_url_rule(f"/api/fail/{name}", f"api_fail_{name}", everyone(failing(error)))
    return app.test_client()


CASES = [
    ("/nowhere", 404, "Sidan finns inte här"),
    ("/places/999999", 404, "Platsen finns inte."),
    ("/fail/bad", 400, "Filtret ”&lt;b&gt;” kan inte vara ”x”."),
    ("/fail/store", 503, "Tjänsten går inte att nå just nu"),
    ("/fail/crash", 500, "Något gick fel hos oss"),
    ("/fail/domain", 500, "Något gick fel hos oss"),
]


@pytest.mark.parametrize(("path", "status", "said"), CASES)
def test_pages(faulty: FlaskClient, path: str, status: int, said: str) -> None:
    answer = faulty.get(path)
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert said in answer.text
    assert '<html lang="sv">' in answer.text
    assert 'class="site-header"' in answer.text
    assert "secret" not in answer.text
    if status >= 500:
        assert answer.headers["X-Request-ID"] in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/nowhere", 404), ("/api/fail/bad", 400), ("/api/fail/store", 503), ("/api/fail/crash", 500)],
)
def test_json_under_api(faulty: FlaskClient, path: str, status: int) -> None:
    answer = faulty.get(path)
    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    error = json.loads(answer.text)["error"]
    assert set(error) == {"code", "message"}
    assert error["code"] == status
    assert error["message"] and "secret" not in error["message"]


def test_errors_speak_the_readers_language(faulty: FlaskClient) -> None:
    faulty.set_cookie("language", "en")
    assert "The page is not here" in faulty.get("/nowhere").text
    assert json.loads(faulty.get("/api/fail/bad").text)["error"]["message"].startswith("The filter “<b>”")


def test_method_not_allowed_says_which_are(faulty: FlaskClient) -> None:
    answer = faulty.post("/places")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "Det går inte att göra här" in answer.text


def test_too_much(faulty: FlaskClient) -> None:
    body = b"username=" + b"x" * 991
    form = "application/x-www-form-urlencoded"
    assert faulty.post("/login", data=body, content_type=form).status_code == 400
    answer = faulty.post("/login", data=body + b"x", content_type=form)
    assert answer.status_code == 413
    assert "För mycket skickades" in answer.text


def test_every_domain_error_has_a_status() -> None:
    own = {found for found in GeoError.__subclasses__() if found.__module__ == GeoError.__module__}
    assert own <= set(STATUS)
    assert {status for kind, status in STATUS.items() if kind not in (SettingsError, StoreError)} <= set(
        range(400, 500)
    )


def test_a_store_that_has_gone_away_still_gives_a_page(store_url: str) -> None:
    app: Flask = create_app(Settings(database_url=store_url, log_level="ERROR"))
    client = app.test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    pictures: Pictures = app.extensions["pictures"]
    with pictures.store.write() as connection:
        connection.exec_driver_sql("DROP TABLE revision" + (" CASCADE" if "postgresql" in store_url else ""))
        connection.exec_driver_sql("CREATE TABLE revision (number integer)")
    with pictures.store.write() as connection:
        connection.exec_driver_sql("DROP TABLE revision")
        connection.exec_driver_sql("CREATE TABLE revision (number integer)")
    answer = client.get("/places")
    assert answer.status_code == 500
    assert 'class="site-header"' in answer.text
