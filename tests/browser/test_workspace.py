"""The planner's journey around the station in a real browser: by mouse and by keyboard, wide and narrow, looked at by axe."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from people import PASSWORD, add_people
from playwright.sync_api import BrowserContext, Page, expect
from readers import Visit, serving
from test_axe import problems
from test_planner import SMALL, WIDER

from geo.area.package import open_area
from geo.bootstrap import area_layers, put_layers
from geo.settings import ROOT
from geo.store.engine import open_store
from geo.store.migration import migrate

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TIMETABLE = "Tid;Veckodagar\n07:10;mån–fre\n17:35;mån–fre\n"
READERS = [
    {"language": "sv", "scheme": "light", "width": 1280},
    {"language": "en", "scheme": "dark", "width": 768},
    {"language": "sv", "scheme": "dark", "width": 360},
]


@pytest.fixture(scope="module")
def station_site(helsinki_area: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("station")
    url = f"sqlite:///{folder / 'trygg.sqlite'}"
    store = open_store(url)
    migrate(store)
    put_layers(store, area_layers(ROOT / "data", open_area(helsinki_area), "2409"))
    store.close()
    add_people(url)
    with serving(url, folder / "log", TRYGG_AREA=str(helsinki_area)) as address:
        yield address


Enter = Callable[..., Visit]


@pytest.fixture
def enter(contexts: Callable[..., BrowserContext], station_site: str) -> Enter:
    """Opens /planning as a planner."""

    def start(**reader: object) -> Visit:
        visit = Visit(contexts(station_site, **reader).new_page(), station_site)
        page = visit.open("/login?next=/planning")
        page.fill("[name=username]", "planner")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        drawn(page)
        return visit

    return start


def drawn(page: Page) -> None:
    page.wait_for_selector("#workspace-map[data-ready]")


def press_map(page: Page, right: float, down: float) -> None:
    """Presses the map at a share of its width and height."""
    chart = page.locator("#workspace-map")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + right * box["width"], box["y"] + down * box["height"])


def test_from_a_timetable_to_a_tunnel_without_a_reload(enter: Enter, tmp_path: Path) -> None:
    page = enter(width=1280, language="sv").page
    expect(page.get_by_role("heading", name="Stationen och vägarna dit")).to_be_visible()
    (tmp_path / "tider.csv").write_text(TIMETABLE, encoding="utf-8")
    page.get_by_role("link", name="Till tidtabellen").click()
    page.set_input_files("#field-timetable", tmp_path / "tider.csv")
    page.locator("#timetable button").first.click()
    expect(page.get_by_text("2 tåg är inlagda.")).to_be_visible()
    page.get_by_role("link", name="Stationen", exact=True).first.click()
    drawn(page)
    why = page.locator(".fix details").first
    why.locator("summary").click()
    expect(why.get_by_text("av gångerna är i mörker")).to_be_visible()
    # A name in the list shows its line on the map.
    page.locator(".fix [data-stretch]").first.click()
    expect(page.locator("#workspace-map .walk-now")).to_have_count(1)

    page.fill("#field-name", "Ny gångtunnel")
    page.get_by_role("button", name="Skapa").click()
    drawn(page)
    address = page.url
    page.evaluate("window.stayed = true")
    page.check("#kind-tunnel")
    press_map(page, 0.45, 0.4)
    press_map(page, 0.55, 0.5)
    expect(page.locator("#draw-status")).to_have_text("En linje med 2 punkter är satt på kartan.")
    page.get_by_role("button", name="Lägg till ändringen").click()
    expect(page.locator("#changes .changes li")).to_have_count(1)
    expect(page.get_by_role("heading", name="Vad scenariot ändrar")).to_be_visible()
    expect(page.locator("#workspace-map .walk-edit-tunnel")).to_have_count(1)
    expect(page.locator("#workspace-status")).to_have_text("Siffrorna gäller nu med ändringen.")
    # What can't be is told at the field, and nothing is lost.
    page.check("#kind-close")
    page.fill("#field-drawn", "24.9,60.1")
    page.get_by_role("button", name="Lägg till ändringen").click()
    expect(page.locator("#error-drawn")).to_contain_text("ingen väg att stänga")
    assert page.input_value("#field-drawn") == "24.9,60.1"
    expect(page.locator("#changes .changes li")).to_have_count(1)
    page.get_by_role("button", name="Ta tillbaka 1").click()
    expect(page.locator("#changes .changes li")).to_have_count(0)
    assert page.evaluate("window.stayed") is True
    assert page.url == address
    page.get_by_role("link", name="Jämför scenarier sida vid sida").click()
    page.get_by_role("checkbox", name="Ny gångtunnel").check()
    page.get_by_role("button", name="Jämför").click()
    expect(page.locator(".workspace-small[data-ready]")).to_have_count(2)


def test_december_at_ten_past_seven_is_dark_and_june_is_light(enter: Enter) -> None:
    page = enter(width=1280, language="sv").page
    slider = page.get_by_label("Dag på året")
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator("#year-said")).to_contain_text("mörkt")
    assert page.locator(".map-frame").first.get_attribute("data-sun") == "dark"
    slider.evaluate(
        "node => { node.value = 170; node.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    expect(page.locator("#year-said")).to_contain_text("ljust")


def test_with_the_keyboard_alone_a_stretch_is_closed(enter: Enter) -> None:
    page = enter(width=768, language="sv").page
    page.locator("#field-name").focus()
    page.keyboard.type("Stängt")
    page.keyboard.press("Enter")
    drawn(page)
    page.locator("#kind-add_path").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#kind-close")).to_be_checked()
    page.locator("#draw-middle").focus()
    page.keyboard.press("Enter")
    assert page.input_value("#field-drawn")
    line = page.evaluate(
        "fetch('/planning/answer.json').then((answer) => answer.json()).then((found) => found.stretches[5].lines[0])"
    )
    page.locator("#field-drawn").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(" ".join(f"{lon},{lat}" for lon, lat in line))
    page.keyboard.press("Enter")
    expect(page.locator("#changes .changes li")).to_have_count(1)
    # The focus is where one goes on.
    expect(page.locator("#changes input:checked").first).to_be_focused()


def test_a_press_on_the_map_puts_a_drop_off_place_beside_the_entrances(enter: Enter) -> None:
    visit = enter(width=1280, language="sv")
    page = visit.open("/planning/station")
    drawn(page)
    entrances = page.input_value("#field-entrances")
    page.get_by_label("En avlämningsplats").check()
    press_map(page, 0.4, 0.4)
    press_map(page, 0.6, 0.5)
    assert len(page.input_value("#field-drop_offs").split("\n")) == 2
    expect(page.locator("path.draw-point")).to_have_count(2)
    expect(page.locator("path.draw-line, path.draw-area")).to_have_count(0)
    assert page.input_value("#field-entrances") == entrances


@pytest.mark.parametrize("reader", READERS, ids=lambda one: "-".join(map(str, one.values())))
def test_axe_finds_nothing_and_everything_fits(enter: Enter, axe: str, reader: dict[str, object]) -> None:
    visit = enter(**reader, reduced_motion="reduce")
    found: dict[str, object] = {}
    for path in ("/planning", "/planning/station", "/planning/compare", "/station"):
        page = visit.open(path)
        wide, small = page.evaluate(WIDER), page.evaluate(SMALL)
        seen = problems(page, axe)
        if wide > 0 or small or seen:
            found[path] = (wide, small, seen)
    assert not found
