"""A real browser against the real server: what the browser tests share."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from handmade import fill
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from readers import ARGUMENTS, HOSTILE, Open, Visit, serving

from geo.settings import ROOT

INSTALL = "sudo apt-get install --yes --no-install-recommends chromium fonts-dejavu-core"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server with the picture made by hand."""
    folder = tmp_path_factory.mktemp("site")
    fill(f"sqlite:///{folder / 'trygg.sqlite'}")
    with serving(f"sqlite:///{folder / 'trygg.sqlite'}", folder / "log") as address:
        yield address


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server whose names would all run somewhere."""
    folder = tmp_path_factory.mktemp("hostile")
    fill(f"sqlite:///{folder / 'trygg.sqlite'}", anchors=HOSTILE)
    with serving(f"sqlite:///{folder / 'trygg.sqlite'}", folder / "log") as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail(f"Chromium is not installed. Run: {INSTALL}", pytrace=False)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes readers: each with a language, colours, a width, and with JavaScript or without."""
    made: list[BrowserContext] = []

    def make(
        site: str,
        *,
        scheme: str = "light",
        width: int = 1280,
        language: str = "sv",
        javascript: bool = True,
        **more: object,
    ) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": 800 if width > 600 else 740},
            color_scheme=scheme,
            java_script_enabled=javascript,
            **more,
        )
        context.add_cookies([{"name": "language", "value": language, "url": site}])
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def visit(contexts: Callable[..., BrowserContext], site: str) -> Open:
    """Opens a new page as a reader; ``at`` is another server than the ordinary one."""

    def start(*, at: str = "", **reader: object) -> Visit:
        return Visit(contexts(at or site, **reader).new_page(), at or site)

    return start


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    source = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not source.exists():
        pytest.fail("axe-core is not installed. Run: make setup", pytrace=False)
    return source.read_text()
