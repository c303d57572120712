"""First views in Chromium: what is sent, and when the places can be opened."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
VIEWPORT: ViewportSize = {"width": 1280, "height": 800}

QUIET_MS = 700
"""A page on which nothing has arrived for so long has all of its first view."""

MARK = "places-ready"
"""The mark that a page sets as soon as its places stand on the map and can be opened."""

_WATCH = """
window.benchInteractive = new Promise((resolve, reject) => {
  new PerformanceObserver((list, observer) => {
    if (!list.getEntriesByName("places-ready").length) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now());
      channel.port2.postMessage(0);
    });
  }).observe({ type: "mark", buffered: true });
  setTimeout(() => reject(new Error("the places were never ready")), 600000);
});
"""
"""Tells the end of the first frame that is drawn after the mark: the places are then to be seen, and the
page has come to its next task, so that a click would be answered."""


@dataclass(frozen=True, slots=True)
class View:
    """One first view with an empty cache: seconds until interactive; for a whole one also the bytes
    received (headers included), those of them until it was interactive, and what was asked for, in order."""

    interactive: float
    received: int
    first: int
    paths: tuple[str, ...]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, without a window.

    Raises:
        RuntimeError: it is not installed.
    """
    binary = shutil.which("chromium")
    if binary is None:
        raise RuntimeError("Chromium is not installed. Run: make bench")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def first_view(
    browser: Browser, address: str, marker: str, popup: str, *, whole: bool, session: str = ""
) -> View:
    """Opens a page in a fresh profile, whose cache is empty, over gzip; with ``session`` as somebody signed in.

    ``whole`` waits until nothing is loading any more, counts the bytes, and opens a place by the selectors
    ``marker`` and ``popup``, to be sure that "interactive" is true. Without ``popup`` a press is enough.
    """
    context = browser.new_context(viewport=VIEWPORT, service_workers="block")
    if session:
        context.add_cookies([{"name": "session", "value": session, "url": address}])
    try:
        page = context.new_page()
        page.add_init_script(_WATCH)
        devtools = context.new_cdp_session(page)
        paths: list[str] = []
        sent: list[float] = []
        sizes: list[tuple[float, int]] = []
        devtools.on("Network.requestWillBeSent", lambda event: paths.append(_path(event["request"]["url"])))
        devtools.on("Network.requestWillBeSent", lambda event: sent.append(event["timestamp"]))
        devtools.on(
            "Network.loadingFinished",
            lambda event: sizes.append((event["timestamp"], int(event["encodedDataLength"]))),
        )
        devtools.send("Network.enable")
        devtools.send("Network.setExtraHTTPHeaders", {"headers": {"Accept-Encoding": "gzip"}})
        page.goto(address, wait_until="commit", timeout=600_000)
        interactive = page.evaluate("window.benchInteractive") / 1000
        if not whole:
            return View(interactive, 0, 0, ())
        _wait_until_quiet(page, sizes)
        first = sum(size for at, size in sizes if at - sent[0] <= interactive)
        view = View(interactive, sum(size for _at, size in sizes), first, tuple(paths))
        _open_place(page, marker, popup)
        return view
    finally:
        context.close()


def _wait_until_quiet(page: Page, sizes: list[tuple[float, int]]) -> None:
    # Not Playwright's "networkidle": thousands of images out of the page's own memory never end for it.
    page.wait_for_load_state("load", timeout=600_000)
    seen = -1
    while seen != len(sizes):
        seen = len(sizes)
        page.wait_for_timeout(QUIET_MS)


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _open_place(page: Page, marker: str, popup: str) -> None:
    # A symbol may stand for a crowd of places: pressing it goes nearer.
    for _press in range(200):
        page.locator(marker).first.dispatch_event("click")
        page.wait_for_timeout(50)
        if not popup or page.locator(popup).count():
            return
    raise RuntimeError(f"no place could be opened on {page.url}")
