"""What residents see of the work: overdue is said so wherever a place stands, and the way it has come is told."""

import pytest
from playwright.sync_api import expect
from readers import Open

LATE = "Vid Stantorsvallen. Åtgärd planerad, försenad"


def test_overdue_is_said_on_the_symbol_and_in_the_popup(visit: Open) -> None:
    reader = visit()
    page = reader.open("/?place=3")
    popup = page.get_by_role("dialog", name="Vid Stantorsvallen")
    expect(popup.locator(".map-popup-status")).to_have_text("Åtgärd planerad, försenad")
    expect(popup).to_contain_text("försenad: skulle ha varit klar 31 januari 2026")
    expect(popup.locator("dt").last).to_have_text("Vad som har hänt")
    expect(popup.locator("dd").last).to_have_text("Planerad")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=LATE)).to_be_visible()
    reader.clean()


def test_overdue_is_said_in_the_list_and_on_the_page(visit: Open) -> None:
    reader = visit(javascript=False, width=360)
    page = reader.open("/places")
    row = page.locator(".row", has_text="Vid Stantorsvallen")
    expect(row.locator(".tag-overdue")).to_have_text("Försenad")
    row.get_by_role("link", name="Vid Stantorsvallen").click()
    course = page.locator(".course li")
    expect(course.first).to_contain_text("Utpekad av invånare")
    expect(course.nth(1)).to_contain_text("Planerad: Röjning av buskar")
    expect(course.last).to_contain_text("Skulle ha varit klar 31 januari 2026")
    reader.clean()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_menu_stays_in_one_row_on_a_phone(visit: Open, language: str) -> None:
    reader = visit(width=360, language=language)
    for path in ("/promises", "/measures", "/places/3"):
        page = reader.open(path)
        tops = {round(link.bounding_box()["y"]) for link in page.locator(".site-nav a").all()}  # type: ignore[index]
        assert len(tops) == 1, path
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    reader.clean()
