"""The officer's map in a real browser: clusters opened by mouse and keyboard, filters said aloud, a phone, axe."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from ground import ground_layers
from people import PASSWORD, add_people
from playwright.sync_api import BrowserContext, Page, expect
from readers import Visit, comes_true, serving, still
from test_axe import problems

from geo.bootstrap import put_layers
from geo.model import CategoryGroup, Incident, IncidentKind, Level, Match
from geo.store.engine import open_store
from geo.store.incidents import add_incidents
from geo.store.migration import migrate
from geo.store.rows import start_import

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
MARK = "#incident-map .map-place"
Enter = Callable[..., Visit]


def _incident(at: int, point: tuple[float, float], text: str) -> tuple[Incident, Match]:
    group = CategoryGroup.THEFT if at % 3 else CategoryGroup.DAMAGE
    return (
        Incident("test", str(at), "stöld" if at % 3 else "klotter", group, IncidentKind.INCIDENT, text,
                 started=START + timedelta(hours=7 * at)),
        Match(text=text, level=Level.SPOT, rule="test", name=text, locality="Robertsfors", point=point, radius_m=30.0, probability=1.0),
    )  # fmt: skip


@pytest.fixture(scope="module")
def incident_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("incidents")
    url = f"sqlite:///{folder / 'trygg.sqlite'}"
    store = open_store(url)
    migrate(store)
    put_layers(store, ground_layers())
    random = Random(1)
    spread = [(random.gauss(764_000, 4_000), random.gauss(7_134_000, 4_000)) for _at in range(60)]
    made = [_incident(at, point, f"${{alert({at})}} <b>{at}</b>") for at, point in enumerate(spread)]
    made += [_incident(100 + at, (764_100.0, 7_134_100.0), f"Torget {at}") for at in range(9)]
    with store.write() as connection:
        run = start_import(connection, kind="incidents", file_name="x", sha256="", at=START)
        add_incidents(connection, made, run, lambda _done: None)
    store.close()
    add_people(url)
    with serving(url, folder / "log") as address:
        yield address


@pytest.fixture
def enter(contexts: Callable[..., BrowserContext], incident_site: str) -> Enter:
    """Opens the map as an officer."""

    def start(**reader: object) -> Visit:
        visit = Visit(
            contexts(incident_site, **{"reduced_motion": "reduce", **reader}).new_page(), incident_site
        )
        page = visit.open("/login?next=/work/incidents")
        page.fill("[name=username]", "police")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_selector("#incident-map[data-ready]")
        return visit

    return start


def largest(page: Page) -> str:
    return str(page.locator(MARK).first.get_attribute("aria-label"))


def opened(page: Page, press: Callable[[], None]) -> None:
    """Presses, and waits until what was pressed has told of itself or the marks have been drawn anew."""
    page.evaluate(f"for (const one of document.querySelectorAll('{MARK}')) one.dataset.seen = 'true'")
    press()
    comes_true(page, f"document.querySelector('[role=dialog], {MARK}:not([data-seen])') !== null")
    still(page)


def test_clusters_open_by_mouse_down_to_a_list(enter: Enter) -> None:
    visit = enter()
    page = visit.page
    assert "Zooma in" in largest(page)
    for _step in range(16):
        opened(page, page.locator(MARK).first.click)
        if page.get_by_role("dialog").count():
            break
    box = page.get_by_role("dialog")
    expect(box).to_be_visible()
    expect(box).to_contain_text("Torget")
    expect(box).to_contain_text("Känd på 30 m när")
    visit.clean()


def test_clusters_open_by_keyboard_and_escape_comes_back(enter: Enter) -> None:
    visit = enter()
    page = visit.page
    page.locator(MARK).first.focus()
    for _step in range(16):
        label = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert "händelse" in label
        opened(page, lambda: page.keyboard.press("Enter"))
        if page.get_by_role("dialog").count():
            break
    expect(page.get_by_role("dialog")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.matches('.map-place')")
    visit.clean()


def test_a_filter_says_how_many_and_keeps_the_focus_and_the_address(enter: Enter) -> None:
    visit = enter()
    page = visit.page
    expect(page.locator("#map-status")).to_have_text("69 händelser på kartan.")
    page.locator(".map-filters summary").click()
    page.locator("#filter-group").focus()
    page.select_option("#filter-group", "damage")
    expect(page.locator("#map-status")).to_have_text("23 händelser på kartan.")
    expect(page.locator("#filter-group")).to_be_focused()
    assert page.url.endswith("/work/incidents?group=damage")
    page.locator("#as-list").click()
    expect(page.locator("main")).to_contain_text("23 händelser, de nyaste först.")
    page.get_by_role("link", name="Visa på kartan", exact=True).first.click()
    expect(page.locator("#map-status")).to_have_text("23 händelser på kartan.")
    visit.clean()


def test_without_javascript_the_list_takes_the_same_filters(
    contexts: Callable[..., BrowserContext], incident_site: str
) -> None:
    page = contexts(incident_site, javascript=False).new_page()
    page.goto(f"{incident_site}/login?next=/work/incidents")
    page.fill("[name=username]", "police")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.get_by_role("link", name="Till listan över händelser").click()
    page.select_option("#filter-group", "damage")
    page.get_by_role("button", name="Visa", exact=True).click()
    expect(page.locator("main")).to_contain_text("23 händelser, de nyaste först.")


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("sv", "light", 1280), ("en", "dark", 1280), ("sv", "dark", 360), ("en", "light", 360)],
)
def test_axe_finds_nothing_and_a_phone_scrolls_one_way(
    enter: Enter, axe: str, language: str, scheme: str, width: int
) -> None:
    visit = enter(language=language, scheme=scheme, width=width)
    page = visit.page
    page.locator(".map-filters summary").click()
    page.evaluate("document.getElementById('incident-map').classList.add('folium-map')")
    assert problems(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    visit.open("/work/incidents/list")
    assert problems(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    visit.clean()
