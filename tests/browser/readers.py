"""Servers and readers: what the browser tests are made of."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_S = 60.0
TIMEOUT_MS = 10_000
PLACE = ".map-place"
"""The symbols of places on the map."""

HOSTILE = (
    "${alert(1)}",
    "`${alert(1)}`",
    "<img src=x onerror=alert(1)>",
    "\"'><script>alert(1)</script>",
    "\u202eegap eht\u202c $& $1 %(anchor)s",
    "</script></textarea>{{ 7*7 }}",
)
"""Names that would run somewhere, were they anything but text."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(database_url: str, log: Path, *, port: int = 0, **settings: str) -> Iterator[str]:
    """The address of `trygg serve` on a free port, or on this one, in a process of its own."""
    port = port or free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRYGG_")}
    environment |= {"TRYGG_DATABASE_URL": database_url} | settings
    with log.open("wb") as output:
        server = subprocess.Popen(
            [Path(sys.executable).with_name("trygg"), "serve", "--port", str(port)],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(server, address, log)
        yield address
    finally:
        server.terminate()
        server.wait(START_S)


def _wait(server: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    deadline = time.monotonic() + START_S
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            direct.open(f"{address}/healthz", timeout=START_S).close()
            return
        except (urllib.error.URLError, ConnectionError):
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server did not start:\n{log.read_text()}", pytrace=False)
            time.sleep(0.05)


@dataclass
class Visit:
    """A page and everything about it that a good page has none of."""

    page: Page
    site: str
    faults: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(TIMEOUT_MS)
        self.page.on("console", lambda said: self._said(said.type, said.text))
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on(
            "dialog", lambda dialog: (self.faults.append(f"ran: {dialog.message}"), dialog.dismiss())
        )
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("requestfailed", lambda request: self._failed(request.url, str(request.failure)))

    def open(self, path: str = "/") -> Page:
        """Goes to a path of the site; on the map, waits until it is drawn."""
        self.page.goto(self.site + path)
        if self.page.locator(".folium-map").count():
            self.drawn()
        return self.page

    def drawn(self) -> None:
        """Waits until the map is drawn."""
        self.page.wait_for_selector(".folium-map[data-ready=true]", state="attached")

    def clean(self) -> None:
        """Nothing was said in the console, nothing ran, and nobody else was asked."""
        assert self.faults == []
        assert self.elsewhere == []

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.faults.append(f"{kind}: {text}")

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "data" and f"{parts.scheme}://{parts.netloc}" != self.site:
            self.elsewhere.append(url)

    def _failed(self, url: str, why: str) -> None:
        # A reader who goes on before an answer has come is no fault.
        if "ERR_ABORTED" not in why:
            self.faults.append(f"{why}: {url}")


Open = Callable[..., Visit]


def comes_true(page: Page, expression: str) -> None:
    """Waits until a piece of JavaScript is true: Playwright's own way evaluates text in the page, which our policy forbids."""
    deadline = time.monotonic() + TIMEOUT_MS / 1000
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


def still(page: Page) -> None:
    """Waits until the map has come to rest: Leaflet takes no zoom while it draws another, however slow the machine is."""
    page.wait_for_timeout(50)
    expect(page.locator(".leaflet-zoom-anim, .leaflet-pan-anim")).to_have_count(0)
    # What is drawn anew at its end, comes with the next frame.
    page.wait_for_timeout(250)


def focused(page: Page) -> str:
    """The name of what has the focus."""
    return str(
        page.evaluate(
            "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"
        )
    )


def labels(page: Page, selector: str = PLACE) -> list[str]:
    """The names of the symbols in the order in which the keyboard comes to them."""
    return [str(one.get_attribute("aria-label")) for one in page.locator(selector).all()]
