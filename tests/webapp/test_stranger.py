"""Somebody on the net who means ill: odd addresses, odd headers, half a request. A fault of ours is an answer of 500."""

import re
import select
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from browser.readers import serving
from routes import ROUTES

ODD = (
    "%00", "%ff", "%c0%af", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "%5c..%5c..", "%0d%0aSet-Cookie:x=1", "%u0041",
    "%EF%BC%91", "99999999999999999999999", "-1", "1e9", "%F0%9F%92%A9", "a" * 8_000, "..;/", "%E2%80%AE", "%3Cscript%3E",
    "%0a", "null", "NaN", "$%7B7*7%7D", "1%00.jpg", "../" * 50 + "etc/passwd",
)  # fmt: skip
NAMES = (
    "locality",
    "next",
    "limit",
    "offset",
    "place",
    "reason",
    "bbox",
    "datetime",
    "crs",
    "q",
    "page",
    "from",
)
HEADERS = (
    b"Cookie: session=\xff\xfe\x80", b"Cookie: session=" + b"a" * 6_000, b"Cookie: language=<script>; form=" + b"x." * 500,
    b"Authorization: Bearer \xff", b"Authorization: Bearer " + b"x" * 6_000, b"If-None-Match: " + b'"a",' * 1_500,
    b"Range: bytes=" + b"0-1," * 1_200 + b"2-3", b"Range: bytes=99999999999999999999-", b"If-Modified-Since: Thu, 99 Foo 99999",
    b"Accept-Encoding: " + b"gzip;q=0.5," * 500, b"Content-Length: -1", b"X-Original-URL: /audit\r\nX-HTTP-Method-Override: POST",
    b"X-Forwarded-Host: evil.example\r\nX-Forwarded-Prefix: //evil.example\r\nForwarded: host=evil.example",
)  # fmt: skip
WAIT_S = 30.0


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, handmade_file: Path) -> Iterator[tuple[str, int]]:
    """Host and port of the real server, over a copy of the picture made by hand."""
    folder = tmp_path_factory.mktemp("stranger")
    (folder / "t.sqlite").write_bytes(handmade_file.read_bytes())
    with serving(f"sqlite:///{folder / 't.sqlite'}", folder / "log") as site:
        host, port = site.removeprefix("http://").split(":")
        yield host, int(port)
    assert "Traceback" not in (folder / "log").read_text()


def ask(
    address: tuple[str, int], path: str, head: bytes = b"", method: bytes = b"GET", body: bytes = b""
) -> bytes:
    """The whole answer to a request made by hand."""
    with socket.create_connection(address, timeout=WAIT_S) as sent:
        lines = [
            method + b" " + path.encode() + b" HTTP/1.1",
            b"Host: trygg.example",
            b"Connection: close",
            *([head] if head else []),
        ]
        # It may be refused before it was heard out.
        with suppress(ConnectionError):
            sent.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        answer = b""
        while part := _received(sent):
            answer += part
    return answer


def _received(sent: socket.socket) -> bytes:
    try:
        return sent.recv(65_536)
    except ConnectionError:
        return b""


def status(answer: bytes) -> int:
    return int(answer[9:12])


def _public() -> list[str]:
    return [
        key.split(" ", 1)[1]
        for key, route in ROUTES.items()
        if key.startswith("GET") and "nobody" in route.by
    ]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_an_odd_address_is_no_fault(address: tuple[str, int], odd: str) -> None:
    paths = [
        re.sub(r"<[^>]+>", lambda _: odd, rule) if "<" in rule else f"{rule}/{odd}" for rule in _public()
    ]
    paths += [
        f"{path}?{name}={odd}"
        for path in ("/", "/places", "/api/places.geojson", "/login", "/language/sv")
        for name in NAMES
    ]
    for path in paths:
        answer = ask(address, path)
        assert 200 <= status(answer) < 500, path[:100]
        head, _, body = answer.partition(b"\r\n\r\n")
        assert b"root:" not in body
        assert not re.search(rb"(?im)^set-cookie: ?x=", head), path
        assert not re.search(rb"(?im)^location: ?(?://|https?:|javascript:)", head), path
        # JSON says so, and is never guessed to be anything else.
        assert b"<script>" not in body or b"application/json" in head, path


@pytest.mark.parametrize("head", HEADERS, ids=range(len(HEADERS)))
def test_an_odd_header_is_no_fault(address: tuple[str, int], head: bytes) -> None:
    for path in (
        "/",
        "/places",
        "/api/map.json",
        "/api/measures",
        "/static/site.css",
        "/my/measures",
        "/login",
        "/nowhere",
    ):
        answer = ask(address, path, head)
        assert 200 <= status(answer) < 500, path
        assert b"evil.example" not in answer


def test_odd_methods_and_bodies_are_no_fault(address: tuple[str, int]) -> None:
    for method in (b"TRACE", b"PUT", b"DELETE", b"PATCH", b"PROPFIND", b"FOO"):
        assert status(ask(address, "/", method=method)) == 405
    form = b"application/x-www-form-urlencoded"
    parts = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n' % n for n in range(10_000)
    )
    for path, kind, body in (
        ("/login", form, b"username=" + b"a" * 900_000),
        ("/login", form, b"&".join(b"a%d=1" % n for n in range(50_000))),
        ("/login", form, b"username=%00%ff&password=%ed%a0%80&next=//evil.example&resume_to=//evil.example"),
        ("/login", b"multipart/form-data; boundary=x", parts + b"--x--\r\n"),
        ("/login", b"application/json", b"[" * 100_000),
        ("/password/x", form, b"password=" + b"%" * 100_000),
        ("/logout", b"text/plain", b"x" * 2_000_000),
        ("/api/measures/1/status", b"application/json", b"[" * 100_000),
    ):
        head = b"Content-Type: " + kind + b"\r\nContent-Length: " + str(len(body)).encode()
        answer = ask(address, path, head, b"POST", body)
        # A body that is too large may be refused by hanging up on it.
        assert not answer or 400 <= status(answer) < 500, (path, kind, answer[:60])
        assert b"evil.example" not in answer


def test_a_long_question_costs_no_more_than_it_says(address: tuple[str, int]) -> None:
    for path in ("/places?" + "a=1&" * 15_000, "/api/measures?" + "&".join(f"k{n}=1" for n in range(8_000))):
        assert status(ask(address, path)) in (200, 400, 414, 431)


def test_who_sends_half_a_form_and_waits_holds_up_nobody(address: tuple[str, int]) -> None:
    half = b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\nuser"
    waiting = [socket.create_connection(address, timeout=WAIT_S) for _ in range(20)]
    try:
        for one in waiting:
            one.sendall(half)
        # All but those whose forms are being waited for are sent away, so that there is a thread for others.
        answered: set[socket.socket] = set()
        while len(answered) < len(waiting) - 2:
            ready, _, _ = select.select([one for one in waiting if one not in answered], [], [], WAIT_S)
            assert ready, "the site waits for halves of forms"
            answered |= set(ready)
        assert {one.recv(20)[9:12] for one in answered} == {b"429"}
        for path in ("/", "/places", "/api/map.json", "/login"):
            assert status(ask(address, path)) == 200
    finally:
        for one in waiting:
            one.close()
