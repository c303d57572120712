"""Settling words in a real browser: with the keyboard alone, with the mouse on the map, and looked at by axe."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ground import ground_layers
from people import PASSWORD, add_people
from playwright.sync_api import BrowserContext, Page, expect
from readers import Visit, serving
from sqlalchemy import select
from test_axe import problems
from test_planner import READERS, SMALL, WIDER

from geo.bootstrap import put_layers
from geo.gazetteer import load_gazetteer
from geo.intake import Intake
from geo.publish.review import decisions
from geo.settings import ROOT
from geo.store.engine import Store, open_store
from geo.store.migration import migrate
from geo.store.schema import answer_location, survey_answer

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GAZETTEER = load_gazetteer(ROOT / "data" / "places" / "gazetteer.csv")
TEXTS = ["skolan", "Jenningsskolan", "vet ej", "fjällstugan", "skejten", "ladan", "kvarnen"]
"""More answers the earlier they stand; with a bar of 1, what is found waits too."""


@dataclass
class Office:
    """A server with words that wait, and its store."""

    site: str
    store: Store

    def rules(self, text: str) -> list[tuple[str, str, str]]:
        with self.store.read() as connection:
            rows = connection.execute(
                select(answer_location.c.rule, answer_location.c.level, answer_location.c.name)
                .join(survey_answer, survey_answer.c.id == answer_location.c.answer_id)
                .where(survey_answer.c.text == text)
                .distinct()
            )
            return [tuple(row) for row in rows]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    url = f"sqlite:///{tmp_path / 'trygg.sqlite'}"
    store = open_store(url)
    migrate(store)
    put_layers(store, ground_layers())
    lines = ["Respondent;Plats"]
    lines += [f"r{i}-{k};{text}" for i, text in enumerate(TEXTS) for k in range(len(TEXTS) + 1 - i)]
    (tmp_path / "s.csv").write_text("\n".join(lines), encoding="utf-8")
    Intake(store, GAZETTEER, now=NOW).survey(tmp_path / "s.csv", survey="Enkät 2022")
    add_people(url)
    with serving(url, tmp_path / "log", TRYGG_REVIEW_BELOW="1") as address:
        yield Office(address, store)
    store.close()


Enter = Callable[..., Page]


@pytest.fixture
def enter(contexts: Callable[..., BrowserContext], office: Office) -> Enter:
    """Opens /review as the coordinator."""

    def start(**reader: object) -> Page:
        visit = Visit(contexts(office.site, **reader).new_page(), office.site)
        page = visit.open("/login?next=/review")
        page.fill("[name=username]", "coordinator")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_selector("#review-map[data-ready]")
        return page

    return start


def now_at(page: Page, text: str) -> None:
    expect(page.locator("#words")).to_have_text(text)
    page.wait_for_selector("#review-map[data-ready]")


def test_with_the_keyboard_alone(enter: Enter, office: Office) -> None:
    page = enter()
    now_at(page, "skolan")
    second = page.locator(".candidate-name").nth(1).inner_text()
    page.keyboard.press("2")
    now_at(page, "Jenningsskolan")
    expect(page.locator(".candidate").first).to_be_focused()
    page.keyboard.press("Enter")
    now_at(page, "vet ej")
    page.keyboard.press("x")
    now_at(page, "fjällstugan")
    page.keyboard.press("u")
    now_at(page, "skejten")
    page.keyboard.press("s")
    now_at(page, "ladan")
    # Look for another place, and take it.
    page.keyboard.press("/")
    page.keyboard.type("Jenningsskolan")
    page.keyboard.press("Enter")
    expect(page.locator("#candidates")).to_have_text("Träffar på ”Jenningsskolan”")
    page.wait_for_selector("#review-map[data-ready]")
    page.keyboard.press("1")
    now_at(page, "kvarnen")
    # A point in the middle of the map; then back again.
    page.keyboard.press("p")
    expect(page.locator("#draw-status")).to_have_text("En punkt är satt på kartan.")
    page.keyboard.press("r")
    now_at(page, "skejten")
    page.keyboard.press("z")
    now_at(page, "kvarnen")
    assert [found[0] for found in office.rules("kvarnen")] == ["unknown"]
    assert office.rules("ladan") == [("reviewed", "spot", "Jenningsskolan")]
    assert office.rules("Jenningsskolan") == [("reviewed", "spot", "Jenningsskolan")]
    assert office.rules("skolan")[0][2] == second.split(",")[0]
    assert office.rules("vet ej") == [("reviewed", "unknown", "")]
    assert office.rules("fjällstugan") == [("reviewed", "outside", "")]


def test_a_line_drawn_with_the_mouse(enter: Enter, office: Office) -> None:
    page = enter()
    chart = page.locator("#review-map")
    for x in (150, 200, 250):
        chart.click(position={"x": x, "y": 150})
    expect(page.locator("#draw-status")).to_have_text("En linje med 3 punkter är satt på kartan.")
    page.get_by_role("button", name="Ta bort den sista punkten").click()
    expect(page.locator("#draw-status")).to_have_text("En linje med 2 punkter är satt på kartan.")
    page.get_by_role("button", name="Det är det ritade").click()
    now_at(page, "Jenningsskolan")
    target = decisions(office.store, first=0, number=1)[0].meaning.targets[0]
    assert len(target.line) == 2
    assert office.rules("skolan") == [("reviewed", "spot", "")]


def test_several_places_found_one_after_the_other(enter: Enter, office: Office) -> None:
    page = enter()
    page.locator(".candidate-part input").first.check()
    page.get_by_label("Sök en plats").fill("Tundalsskolan")
    page.get_by_role("button", name="Sök", exact=True).click()
    expect(page.get_by_role("heading", name="Ikryssat hittills")).to_be_visible()
    page.locator(".candidate-part input").first.check()
    page.get_by_role("button", name="Alla ikryssade menas").click()
    now_at(page, "Jenningsskolan")
    found = office.rules("skolan")
    assert len(found) == 2
    assert ("reviewed", "spot", "Tundalsskolan") in found


def test_keys_can_be_turned_off_and_stay_so(enter: Enter, office: Office) -> None:
    page = enter()
    page.locator("#keys").uncheck()
    page.locator("h1").click()
    page.keyboard.press("x")
    page.reload()
    now_at(page, "skolan")
    expect(page.locator("#keys")).not_to_be_checked()
    assert decisions(office.store, first=0, number=1) == ()


def test_a_key_in_the_search_field_is_a_letter(enter: Enter, office: Office) -> None:
    page = enter()
    page.locator("#field-q").press_sequentially("x1u")
    expect(page.locator("#field-q")).to_have_value("x1u")
    assert decisions(office.store, first=0, number=1) == ()


@pytest.mark.parametrize("reader", READERS, ids=lambda one: "-".join(str(value) for value in one.values()))
def test_every_look_of_it(enter: Enter, office: Office, axe: str, reader: dict[str, object]) -> None:
    page = enter(**reader)
    assert page.evaluate(WIDER) == 0
    assert page.evaluate(SMALL) == []
    # Its lettering stands on a drawn ground, which axe can't see; the list says the same in words.
    page.evaluate("document.getElementById('review-map').style.visibility = 'hidden'")
    assert problems(page, axe) == []
    page.keyboard.press("x")
    page.wait_for_url("**/review?done=*")
    page.goto(f"{office.site}/review/decisions")
    assert page.evaluate(WIDER) == 0
    assert page.evaluate(SMALL) == []
    assert problems(page, axe) == []
