"""The coordinator's rows held back and releases in a real browser: with the keyboard alone, and looked at by axe."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ground import ground_layers
from people import PASSWORD, add_people
from playwright.sync_api import BrowserContext, Page, expect
from readers import Visit, focused, serving
from test_axe import problems
from test_planner import READERS, SMALL, WIDER

from geo.actions.releases import Ground, publish, take_back
from geo.bootstrap import put_layers
from geo.gazetteer import load_gazetteer
from geo.intake import Intake
from geo.privacy.statements import Quarter
from geo.settings import ROOT
from geo.store.engine import Store, open_store
from geo.store.migration import migrate

FILES = {
    "answers": (
        "Respondent;Plats;Varför;När på dygnet;Kommentar",
        "a1;busstationen i Robertsfors;Ödsligt;kväll;min man väntar på mig där",
    ),
    "incidents": (
        "id;kategori;plats;datum;beskrivning",
        "7;Ofredande;Storgatan i Robertsfors;2025-07-02 12:00;Kvinnan utsattes för ett sexuellt övergrepp",
    ),
    "measures": (
        "id;åtgärd;beskrivning;ansvarig;medborgarlöfte;status",
        "M2;Samtal;Ring Anna, 070-123 45 67;Kommunen;hemmet;pågående",
    ),
}
"""A row of each kind with words that hold it back."""


def seed(url: str, folder: Path) -> Store:
    """A store with a row held back of each kind, and the police's own incidents."""
    store, now = open_store(url), datetime.now(UTC)
    migrate(store)
    put_layers(store, ground_layers())
    for name, lines in FILES.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    intake = Intake(store, load_gazetteer(ROOT / "data" / "places" / "gazetteer.csv"), now=now)
    reports = (
        intake.survey(folder / "answers.csv", survey="Enkät 2025", synthetic=True),
        intake.incidents(folder / "incidents.csv", source="EST"),
        intake.measures(folder / "measures.csv", synthetic=True),
        intake.incidents(ROOT / "data" / "places" / "police_events.csv"),
    )
    assert [report.held for report in reports[:3]] == [1, 1, 1]
    add_people(url)
    return store


@pytest.fixture
def fresh_site(tmp_path: Path) -> Iterator[str]:
    """Address of a server where nothing was released yet; for one test alone."""
    url = f"sqlite:///{tmp_path / 'trygg.sqlite'}"
    seed(url, tmp_path).close()
    with serving(url, tmp_path / "log") as address:
        yield address


@pytest.fixture(scope="module")
def released_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server with two releases, of which one was taken back; tests only look at it."""
    folder = tmp_path_factory.mktemp("released")
    url = f"sqlite:///{folder / 'trygg.sqlite'}"
    store, now = seed(url, folder), datetime.now(UTC)
    for quarter in (Quarter(2026, 1), Quarter(2026, 2)):
        publish(store, None, quarter, now=now, ground=Ground())
    take_back(store, None, 2, "Fel fil hade lästs in.", now=now)
    publish(store, None, Quarter(2026, 2), now=now, ground=Ground())
    store.close()
    with serving(url, folder / "log") as address:
        yield address


def enter(context: BrowserContext, site: str, path: str) -> Visit:
    """Opens a page as the coordinator, who signs in by the form."""
    visit = Visit(context.new_page(), site)
    page = visit.open(f"/login?next={path}")
    page.fill("[name=username]", "coordinator")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**{path}")
    return visit


def go_to(page: Page, name: str) -> None:
    """Goes on by the keyboard until what has this name has the focus."""
    for _step in range(80):
        page.keyboard.press("Tab")
        if focused(page).startswith(name):
            return
    pytest.fail(f"the keyboard does not come to {name}")


def test_rows_are_let_through_and_kept_out_with_the_keyboard(
    contexts: Callable[..., BrowserContext], fresh_site: str
) -> None:
    visit = enter(contexts(fresh_site), fresh_site, "/held")
    page = visit.page
    main = page.get_by_role("main")
    expect(page.locator(".staff-row")).to_have_count(3)
    # Which row a button is about is in its name.
    go_to(page, "Ofarlig: låt den räknas: Ofredande")
    page.keyboard.press("Enter")
    page.wait_for_url("**/held#incident")
    expect(page.locator(".staff-row")).to_have_count(2)
    go_to(page, "Håll utanför: busstationen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/held#answer")
    expect(main).not_to_contain_text("min man väntar på mig där")
    go_to(page, "Ofarlig: visa den: Samtal")
    page.keyboard.press("Enter")
    page.wait_for_url("**/held#measure")
    expect(main.get_by_text("Här väntar ingenting.")).to_have_count(3)
    expect(visit.open("/measures").get_by_role("main")).to_contain_text("Samtal")
    visit.clean()


def test_a_quarter_is_looked_at_released_and_taken_back_with_the_keyboard(
    contexts: Callable[..., BrowserContext], fresh_site: str
) -> None:
    visit = enter(contexts(fresh_site), fresh_site, "/publish")
    page = visit.page
    main = page.get_by_role("main")
    expect(main).to_contain_text("Ingenting har publicerats än.")
    page.get_by_label("Till och med").select_option("2026Q2")
    go_to(page, "Titta")
    page.keyboard.press("Enter")
    page.wait_for_url("**/publish?quarter=2026Q2*")
    # What the press made is what is read next.
    expect(page.locator("#preview")).to_be_focused()
    expect(main).to_contain_text("Det här skulle bli den första publiceringen.")
    assert "Inga händelser har publicerats än." in visit.open("/incidents").get_by_role("main").inner_text()
    page.go_back()
    go_to(page, "Publicera 2:a kvartalet 2026")
    page.keyboard.press("Enter")
    page.wait_for_url("**/publish#release-1")
    expect(page.locator("#release-1")).to_contain_text("Det invånarna ser")
    expect(visit.open("/incidents").get_by_role("main")).to_contain_text("Publicering 1")
    visit.open("/publish")
    go_to(page, "Ta tillbaka")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Fel fil.")
    go_to(page, "Ta tillbaka publicering 1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/publish#release-2")
    expect(page.locator("#release-1")).to_contain_text("Tillbakatagen")
    visit.open("/publish?quarter=1999Q1")
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#errors")).to_contain_text("Ingenting publicerades")
    visit.clean()


@pytest.mark.parametrize("reader", READERS, ids=lambda one: "-".join(map(str, one.values())))
def test_axe_finds_nothing_and_everything_fits(
    contexts: Callable[..., BrowserContext], released_site: str, axe: str, reader: dict[str, object]
) -> None:
    visit = enter(contexts(released_site, **reader, reduced_motion="reduce"), released_site, "/held")
    found: dict[str, object] = {}
    for path in (
        "/held",
        "/publish",
        "/publish?quarter=2026Q2",
        "/publish?quarter=2026Q3",
        "/publish?quarter=2199Q1",
    ):
        page = visit.open(path)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => (one.open = true))")
        wide, small = page.evaluate(WIDER), page.evaluate(SMALL)
        found[path] = [*problems(page, axe), *([wide] if wide > 0 else []), *small]
    assert {name: faults for name, faults in found.items() if faults} == {}
