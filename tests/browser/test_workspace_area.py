"""The report of an area in a real browser: drawn by mouse and by keyboard alone, what it says, wide and narrow, axe."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from people import PASSWORD, add_people
from playwright.sync_api import BrowserContext, Page, expect
from readers import Visit, focused, serving, still
from test_axe import problems
from test_planner import READERS, SMALL, WIDER
from test_workspace import press_map
from town_places import drawn, flag, middle_of

from geo.area.package import open_area
from geo.bootstrap import area_layers, put_layers
from geo.settings import ROOT
from geo.store.engine import open_store
from geo.store.migration import migrate


@pytest.fixture(scope="module")
def town_site(town_area: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("areas")
    url = f"sqlite:///{folder / 'trygg.sqlite'}"
    store = open_store(url)
    migrate(store)
    put_layers(store, area_layers(ROOT / "data", open_area(town_area), "2409"))
    flag(store, middle_of(town_area))
    store.close()
    add_people(url)
    with serving(url, folder / "log", TRYGG_AREA=str(town_area)) as address:
        yield address


@pytest.fixture(scope="module")
def around(town_area: Path) -> str:
    """The corners of an area about the flagged place, as one writes them."""
    return unquote(drawn(middle_of(town_area)))


Enter = Callable[..., Visit]


@pytest.fixture
def enter(contexts: Callable[..., BrowserContext], town_site: str) -> Enter:
    """Opens /planning/area as somebody of a role."""

    def start(who: str = "planner", **reader: object) -> Visit:
        visit = Visit(contexts(town_site, **reader).new_page(), town_site)
        page = visit.open("/login?next=/planning/area")
        page.fill("[name=username]", who)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        on_map(page)
        return visit

    return start


def on_map(page: Page) -> None:
    page.wait_for_selector("#workspace-map[data-ready]")


def test_with_the_mouse_an_area_is_drawn_and_told_of(enter: Enter) -> None:
    visit = enter()
    page = visit.page
    for number, (right, down) in enumerate(((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)), 1):
        press_map(page, right, down)
        assert len(page.input_value("#field-area").split()) == number
    expect(page.locator("#draw-status")).to_have_text("Ett område med 4 hörn är satt på kartan.")
    expect(page.locator("path.draw-area")).to_have_count(1)
    page.get_by_role("button", name="Ta tillbaka sista punkten").click()
    expect(page.locator("#draw-status")).to_have_text("Ett område med 3 hörn är satt på kartan.")
    press_map(page, 0.1, 0.9)
    page.get_by_role("button", name="Gör rapporten").click()
    on_map(page)
    expect(page.locator("#report")).to_be_focused()
    expect(page.locator("path.draw-area")).to_have_count(1)
    with page.expect_download() as found:
        page.get_by_role("link", name="Som CSV").click()
    assert Path(found.value.path()).read_text(encoding="utf-8-sig").startswith("Rapport")
    visit.clean()


def test_with_the_keyboard_alone_an_area_is_drawn_and_told_of(enter: Enter, around: str) -> None:
    visit = enter()
    page = visit.page
    main = page.get_by_role("main")
    # The map is moved by arrows, and the button puts a corner where its middle is then.
    for number, (key, times) in enumerate(
        (("ArrowLeft", 3), ("ArrowUp", 3), ("ArrowRight", 6), ("ArrowDown", 6)), 1
    ):
        page.locator("#workspace-map").focus()
        for _time in range(times):
            page.keyboard.press(key)
            still(page)
        page.locator("#draw-middle").focus()
        page.keyboard.press("Enter")
        assert len(page.input_value("#field-area").split()) == number
    corners = page.input_value("#field-area").split()
    assert len(set(corners)) == 4
    page.locator("#field-area").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(around)
    expect(page.locator("#draw-status")).to_have_text("Ett område med 4 hörn är satt på kartan.")
    page.keyboard.press("Tab")
    assert focused(page) == "Gör rapporten"
    page.keyboard.press("Enter")
    on_map(page)
    expect(page.locator("#report")).to_be_focused()
    expect(main).to_contain_text("64 hektar")
    expect(main).to_contain_text("Bron")
    expect(main).not_to_contain_text("Utanför")
    visit.clean()


def test_an_area_that_is_none_is_said_where_it_stands(enter: Enter) -> None:
    page = enter().page
    page.fill("#field-area", "20.8,64.1")
    page.get_by_role("button", name="Gör rapporten").click()
    on_map(page)
    expect(page.locator("#errors")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#field-area")).to_be_focused()
    expect(page.locator("#field-area")).to_have_attribute("aria-invalid", "true")
    assert page.input_value("#field-area") == "20.8,64.1"


@pytest.mark.parametrize("reader", READERS, ids=lambda one: "-".join(map(str, one.values())))
def test_axe_finds_nothing_and_everything_fits(
    enter: Enter, axe: str, around: str, reader: dict[str, object]
) -> None:
    visit = enter("coordinator", reduced_motion="reduce", **reader)
    found: dict[str, object] = {}
    for name, query in {"empty": "", "told": f"?area={around}", "wrong": "?area=20.8,64.1"}.items():
        page = visit.open(f"/planning/area{query}")
        on_map(page)
        # What stands on drawn ground is reviewed as on the residents' map.
        page.evaluate("document.getElementById('workspace-map').classList.add('folium-map')")
        wide, small = page.evaluate(WIDER), page.evaluate(SMALL)
        found[name] = [*problems(page, axe), *([wide] if wide > 0 else []), *small]
    assert {name: faults for name, faults in found.items() if faults} == {}
