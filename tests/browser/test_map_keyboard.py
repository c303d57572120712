"""The map by keyboard, wheel and thumb: the order, the popup, and a focus that is never lost."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from readers import PLACE, Open, comes_true, focused, labels, still


def test_the_keyboard_goes_through_the_places_in_the_order_of_the_list(visit: Open) -> None:
    reader = visit(width=1280)
    page = reader.open("/places")
    listed = [text.strip() for text in page.locator(".row-name a").all_inner_texts()]
    page = reader.open("/")
    page.get_by_role("button", name="4 platser").click()
    still(page)
    shown = [label.rsplit(". ", 1)[0] for label in labels(page)]
    assert len(shown) == 4
    assert [name for name in listed if name in shown] == shown
    page.locator(PLACE).first.focus()
    reached = []
    for _ in shown:
        reached.append(focused(page).rsplit(". ", 1)[0])
        page.keyboard.press("Tab")
    assert reached == shown


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_key_opens_the_popup_and_escape_gives_the_focus_back(visit: Open, key: str) -> None:
    reader = visit()
    page = reader.open("/")
    symbol = page.get_by_role("button", name=re.compile("Bygdeå Centrum"))
    symbol.focus()
    name = focused(page)
    page.keyboard.press(key)
    popup = page.get_by_role("dialog")
    expect(popup).to_be_focused()
    page.keyboard.press("Tab")
    assert focused(page) == "Stäng"
    page.keyboard.press("Tab")
    assert focused(page) == "Mer om platsen"
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    assert focused(page) == name
    reader.clean()


def test_a_crowd_opens_by_key_and_the_focus_goes_to_its_first_place(visit: Open) -> None:
    reader = visit()
    page = reader.open("/")
    page.get_by_role("button", name="4 platser").focus()
    page.keyboard.press("Enter")
    comes_true(page, "document.activeElement.getAttribute('aria-label')?.includes('. ')")
    assert focused(page) == labels(page)[0]


def held_back(page: Page, address: str) -> list[Route]:
    """Where the requests to an address gather, to be let go one by one."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(address, hold)
    return held


def test_escape_calls_off_a_popup_that_waits_for_its_words(visit: Open) -> None:
    reader = visit()
    page = reader.page
    held = held_back(page, "**/api/places/5.json")
    reader.open("/")
    symbol = page.get_by_role("button", name=re.compile("Bygdeå Centrum"))
    with page.expect_request("**/api/places/5.json"):
        symbol.press("Enter")
    page.keyboard.press("Escape")
    held[0].continue_()
    page.wait_for_timeout(600)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(symbol).to_be_focused()
    reader.clean()


def test_the_focus_is_never_lost_when_the_symbols_change(visit: Open) -> None:
    reader = visit()
    page = reader.open("/?place=4")
    popup = page.get_by_role("dialog")
    expect(popup).to_be_focused()
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    assert "Tundalsskolan" in focused(page)
    for _ in range(4):
        page.evaluate("document.querySelector('.leaflet-control-zoom-out').click()")
        still(page)
    assert focused(page) == "4 platser"


def test_tab_leaves_the_map_at_both_ends(visit: Open) -> None:
    reader = visit()
    page = reader.open("/?place=5")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("Boolean(document.activeElement.closest('.folium-map'))"))
        if not reached[-1]:
            break
    assert reached[-1] is False
    page.locator(".folium-map").focus()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('.folium-map'))") is False


def test_arrows_move_the_map(visit: Open) -> None:
    page = visit().open("/")
    page.locator(".folium-map").focus()
    symbol = page.get_by_role("button", name=re.compile("Bygdeå Centrum"))
    before = symbol.bounding_box()
    page.keyboard.press("ArrowUp")
    still(page)
    after = symbol.bounding_box()
    assert before and after
    assert after["y"] > before["y"] + 40


def test_the_wheel_scrolls_the_page_until_the_map_is_taken_hold_of(visit: Open) -> None:
    page = visit().open("/")
    scale = page.locator(".leaflet-control-scale-line").inner_text()
    page.mouse.move(800, 450)
    page.mouse.wheel(0, 120)
    comes_true(page, "window.scrollY > 0")
    still(page)
    assert page.locator(".leaflet-control-scale-line").inner_text() == scale
    page.locator(".folium-map").focus()
    page.mouse.wheel(0, 120)
    expect(page.locator(".leaflet-control-scale-line")).not_to_have_text(scale)


def test_a_thumb_opens_a_place_and_the_page_can_still_be_scrolled(visit: Open) -> None:
    reader = visit(width=360, has_touch=True, is_mobile=True)
    page = reader.open("/")
    page.get_by_role("button", name=re.compile("Bygdeå Centrum")).tap()
    expect(page.get_by_role("dialog")).to_be_visible()
    box = page.get_by_role("dialog").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    frame = page.locator(".map-frame").bounding_box()
    assert frame
    assert frame["height"] < 0.7 * 740
    reader.clean()


def test_nothing_moves_for_those_who_want_it_still(visit: Open) -> None:
    page = visit(reduced_motion="reduce").open("/")
    assert page.evaluate("map_trygg.options.zoomAnimation === false && map_trygg.options.inertia === false")
    page.get_by_role("button", name="4 platser").click()
    assert page.locator(PLACE).count() == 4


def test_places_at_one_spot_are_a_choice_between_them(visit: Open) -> None:
    reader = visit()
    page = reader.page

    def at_one_spot(route: Route) -> None:
        columns = route.fetch().json()
        columns["lon"] = [columns["lon"][0]] + [0] * 5
        columns["lat"] = [columns["lat"][0]] + [0] * 5
        route.fulfill(json=columns)

    page.route("**/api/map.json", at_one_spot)
    reader.open("/")
    page.get_by_role("button", name="6 platser").focus()
    page.keyboard.press("Enter")
    choice = page.get_by_role("dialog", name="6 platser")
    expect(choice).to_be_focused()
    expect(choice.get_by_role("button")).to_have_count(7)
    choice.get_by_role("button", name="Stantorsvallen").press("Enter")
    expect(page.get_by_role("dialog", name="Vid Stantorsvallen")).to_be_focused()
    page.keyboard.press("Escape")
    assert focused(page) == "6 platser"
    reader.clean()


def test_a_measure_elsewhere_has_a_symbol_when_one_is_near_and_a_popup(visit: Open) -> None:
    reader = visit(reduced_motion="reduce")
    page = reader.open("/")
    assert page.locator(".map-measure").count() == 0
    reader.open("/?place=1")
    expect(page.get_by_role("dialog")).to_be_focused()
    page.keyboard.press("Escape")
    measure = page.get_by_role("button", name="Ny busskur. Planerad")
    expect(page.locator(".map-measure")).to_have_count(2)
    measure.focus()
    page.keyboard.press("Enter")
    popup = page.get_by_role("dialog", name="Ny busskur")
    expect(popup).to_contain_text("Robertsfors kommun")
    page.keyboard.press("Escape")
    assert focused(page) == "Ny busskur. Planerad"
    reader.clean()


def test_words_that_come_late_come_into_the_open_popup_and_leave_the_focus(visit: Open) -> None:
    reader = visit()
    page = reader.page
    held = held_back(page, "**/api/places/5.json")
    reader.open("/")
    page.get_by_role("button", name=re.compile("Bygdeå Centrum")).press("Enter")
    popup = page.get_by_role("dialog")
    expect(popup).to_be_focused()
    expect(popup.locator("dl")).to_have_count(0)
    expect(popup.get_by_role("link", name="Mer om platsen")).to_be_visible()
    held[0].continue_()
    expect(popup.locator("dl")).to_be_visible()
    expect(popup).to_be_focused()
    reader.clean()
