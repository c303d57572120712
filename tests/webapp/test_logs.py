"""The log tells what happened, and nothing about who asked."""

import json

import pytest
from flask import request

from geo.errors import NotFound
from geo.settings import Settings
from webapp import create_app
from webapp.access import everyone


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_one_line_for_each_request_without_personal_data(
    store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    client = create_app(Settings(database_url=store_url)).test_client()
    answer = client.get(
        "/places?locality=Hemgatan+3&name=Anna",
        headers={
            "User-Agent": "Annas browser",
            "X-Forwarded-For": "192.0.2.7",
            "Cookie": "language=en; a=secret",
        },
        environ_base={"REMOTE_ADDR": "192.0.2.9"},
    )
    client.get("/anna.andersson@example.se")
    client.get("/about?note=Anna")
    output = capsys.readouterr().out
    told = [json.loads(line) for line in output.splitlines()]
    assert [(one["method"], one["route"], one["path"], one["status"]) for one in told] == [
        ("GET", "/places", None, 400),
        ("GET", None, None, 404),
        ("GET", "/about", "/about", 200),
    ]
    assert told[0]["request_id"] == answer.headers["X-Request-ID"]
    assert all(isinstance(one["ms"], float) and one["timestamp"] for one in told)
    for secret in ("Anna", "anna", "Hemgatan", "192.0.2", "browser", "secret"):
        assert secret not in output


def test_a_crash_is_logged_with_the_number_the_reader_was_given(
    store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(Settings(database_url=store_url))
    app.add_url_rule("/crash", "crash", everyone(lambda: 1 / 0))
    answer = app.test_client().get("/crash?name=Anna")
    crash, request_line = lines(capsys)
    assert crash["event"] == "unexpected_error"
    assert crash["request_id"] == request_line["request_id"] == answer.headers["X-Request-ID"]
    assert "ZeroDivisionError" in json.dumps(crash)
    assert "Anna" not in json.dumps([crash, request_line])


def test_what_somebody_typed_is_in_no_exception(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    app = create_app(Settings(database_url=store_url))

    def typed() -> str:
        try:
            return str(int(request.args["name"]))
        except ValueError as error:
            raise KeyError(request.args["name"]) from error

    app.add_url_rule("/typed", "typed", everyone(typed))
    assert app.test_client().get("/typed?name=Anna").status_code == 500
    crash, _request_line = lines(capsys)
    told = json.dumps(crash)
    assert "Anna" not in told
    assert "KeyError" in told and "ValueError" in told and "test_logs.py" in told


def test_an_answer_to_an_error_that_fails_itself_is_told_of_without_its_path(
    store_url: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(Settings(database_url=store_url))
    app.register_error_handler(NotFound, lambda error: 1 / 0)
    assert app.test_client().get("/password/hemlig").status_code == 500
    output = capfd.readouterr()
    crash, _request_line = [json.loads(line) for line in output.out.splitlines()]
    assert crash["event"] == "unexpected_error"
    assert "ZeroDivisionError" in json.dumps(crash)
    assert "hemlig" not in output.out + output.err + caplog.text


def test_a_stranger_who_sends_too_much_is_told_to_sign_in(
    store_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    app = create_app(Settings(database_url=store_url))
    answer = app.test_client().post("/answers/1/review", data=b"x" * 2_000_000)
    assert answer.status_code == 401
    output = capfd.readouterr()
    assert [json.loads(line)["event"] for line in output.out.splitlines()] == ["request"]
    assert output.err == ""


def test_the_level_is_kept(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    app = create_app(Settings(database_url=store_url, log_level="ERROR"))
    app.test_client().get("/about")
    assert lines(capsys) == []
