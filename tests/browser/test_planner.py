"""The planner's and the coordinator's pages in a real browser: by mouse, by keyboard, on a phone, two at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from handmade import fill
from people import PASSWORD, add_people
from playwright.sync_api import BrowserContext, Page, expect
from readers import Visit, serving
from sqlalchemy import insert
from test_axe import problems

from geo.actions import people
from geo.actions.findings import Seen, create
from geo.model import Level, MeasureStatus, Person
from geo.publish.answers import all_findings
from geo.publish.work import all_measures, one_measure
from geo.store.engine import Store, open_store
from geo.store.schema import answer_location, survey_answer
from geo.store.work import KeptMeasure

READERS = [
    {"language": language, "scheme": scheme, "width": width}
    for language in ("sv", "en")
    for scheme in ("light", "dark")
    for width in (1280, 360)
]
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll("main a, main button, main select, main summary, main label.choice")]
  .filter((one) => one.checkVisibility() && !one.closest("p, dd, li:not(.row), .errors"))
  .map((one) => [one.textContent.trim().slice(0, 40), Math.round(one.getBoundingClientRect().height)])
  .filter(([, height]) => height < 44)"""


@dataclass
class Office:
    """A server with an account of each role, and its store."""

    site: str
    store: Store

    @property
    def newest(self) -> KeptMeasure:
        return max(all_measures(self.store), key=lambda one: one.id)

    @property
    def coordinator(self) -> Person:
        return people.find(self.store, "coordinator").person


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    url = f"sqlite:///{folder / 'trygg.sqlite'}"
    fill(url)
    add_people(url)
    store = open_store(url)
    with store.write() as connection:
        for key, text, danger in ((50, "Räcket saknas vid bron", "railing"), (51, "överallt", "")):
            connection.execute(
                insert(survey_answer).values(
                    id=key, survey_id=1, import_id=1, ref=str(key), respondent=str(key), text=text, reasons=[],
                    times=[], comment="", answered=date(2022, 3, 1), danger=danger,
                )
            )  # fmt: skip
            connection.execute(
                insert(answer_location).values(
                    answer_id=key, ordinal=0, level=Level.UNKNOWN.value, rule="none", name="", locality="",
                    radius_m=0.0, probability=0.0, geom=None, place_id=None,
                )
            )  # fmt: skip
    with serving(url, folder / "log") as address:
        yield Office(address, store)
    store.close()


Enter = Callable[..., Visit]


@pytest.fixture
def enter(contexts: Callable[..., BrowserContext], office: Office) -> Enter:
    """Opens a page as somebody who has signed in by the form."""

    def start(who: str, **reader: object) -> Visit:
        visit = Visit(contexts(office.site, **reader).new_page(), office.site)
        page = visit.open("/login")
        page.fill("[name=username]", who)
        page.fill("[name=password]", PASSWORD)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(lambda url: "/login" not in url)
        return visit

    return start


@pytest.mark.parametrize("width", [1280, 360])
def test_a_planner_makes_and_changes_a_measure_by_mouse(enter: Enter, office: Office, width: int) -> None:
    planner = enter("planner", width=width)
    page = planner.open("/measures/all")
    page.get_by_role("main").get_by_role("link", name="Ny åtgärd").click()
    page.get_by_label("Rubrik").fill(f"Lampa {width}")
    page.get_by_label("Beskrivning för invånarna").fill("Sex stolpar.")
    page.get_by_label("Anteckning för personalen").fill("Ring först")
    page.get_by_text("Robertsfors kommun", exact=True).last.click()
    page.get_by_text("Platser som känns otrygga", exact=True).last.click()
    expect(page.locator("details.places").first).to_be_hidden()
    page.get_by_text("En eller flera platser").click()
    page.get_by_label("Sök en plats i listan").fill("tundal")
    expect(page.locator("#place-count")).to_have_text("1 av 6 platser visas, 0 valda.")
    page.get_by_text("Vid Tundalsskolan").click()
    expect(page.locator("#place-count")).to_have_text("1 av 6 platser visas, 1 valda.")
    page.get_by_label("Sök en plats i listan").fill("")
    page.get_by_label("Ska vara klar senast").fill("2027-01-31")
    page.get_by_role("button", name="Spara och planera").click()
    made = office.newest
    expect(page).to_have_url(f"{office.site}/my/measures/{made.id}")
    assert (made.title, made.place_ids, made.due) == (f"Lampa {width}", (4,), date(2027, 1, 31))
    assert made.status is MeasureStatus.PLANNED

    planner.open("/measures/all")
    row = page.locator("li.row", has_text=f"Lampa {width}")
    row.get_by_role("link", name="Ändra").click()
    page.get_by_text("Ett område", exact=True).click()
    expect(page.locator("details.places").first).to_be_hidden()
    page.get_by_text("Lager station_area").click()
    page.get_by_text("Flera gånger").click()
    page.get_by_label("Antal gånger som ska nås").fill("12")
    page.get_by_role("button", name="Spara ändringarna").click()
    expect(page).to_have_url(f"{office.site}/my/measures/{made.id}")
    changed = one_measure(office.store, made.id)
    assert (changed.area, changed.place_ids, changed.target) == ("station_area", (), 12)
    planner.clean()


@pytest.mark.parametrize("width", [1280, 360])
def test_the_same_by_keyboard_alone_from_the_first_fault_to_the_end(
    enter: Enter, office: Office, width: int
) -> None:
    planner = enter("planner", width=width)
    page = planner.open("/measures/new")
    page.locator("#field-title").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#errors")).to_be_focused()
    assert page.title().startswith("Fel: Ny åtgärd")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#field-title")).to_be_focused()
    page.keyboard.type(f"Med tangenter {width}")
    walk(page, "responsible-1")
    page.keyboard.press("Space")
    walk(page, "promise-drugs")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#promise-traffic")).to_be_checked()
    walk(page, "mode-none")
    page.keyboard.press("ArrowDown")
    walk(page, "place-filter")
    page.keyboard.type("vallen")
    page.keyboard.press("Enter")
    walk(page, "place-3")
    page.keyboard.press("Space")
    walk(page, "times-once")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "propose"
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/measures/*")
    made = office.newest
    assert (made.title, made.place_ids, made.promise) == (f"Med tangenter {width}", (3,), "traffic")
    assert made.status is MeasureStatus.PROPOSED
    planner.faults = [fault for fault in planner.faults if "422" not in fault]
    planner.clean()


def walk(page: Page, target: str) -> None:
    """Presses Tab until the element with this id has the focus; everything on the way shows its focus."""
    for _ in range(40):
        if page.evaluate("document.activeElement.id") == target:
            return
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.checkVisibility()")
    pytest.fail(f"the keyboard doesn't come to {target}")


def test_without_javascript_every_place_is_there(enter: Enter, office: Office) -> None:
    planner = enter("planner", javascript=False)
    page = planner.open("/measures/new")
    page.locator("#field-title").fill("Utan skript")
    page.locator("#responsible-1").check()
    page.locator("#promise-home").check()
    page.locator("#mode-places").check()
    expect(page.locator("#place-filter")).to_be_hidden()
    page.locator("details.places summary", has_text="Bygdeå").click()
    page.locator("#place-5").check()
    page.get_by_role("button", name="Spara som förslag").click()
    page.wait_for_url("**/my/measures/*")
    assert office.newest.place_ids == (5,)


@pytest.mark.parametrize("width", [1280, 360])
def test_who_comes_second_sees_both_versions_and_chooses(enter: Enter, office: Office, width: int) -> None:
    anna, bo = enter("planner", width=width), enter("coordinator", width=width)
    mine = anna.open("/measures/6/edit")
    theirs = bo.open("/measures/6/edit")
    theirs.get_by_label("Rubrik").fill(f"Bos {width}")
    theirs.get_by_label("Var, i ord").fill(f"Vid ån {width}")
    theirs.get_by_role("button", name="Spara ändringarna").click()
    theirs.wait_for_url("**/my/measures/6*")
    mine.get_by_label("Rubrik").fill(f"Annas {width}")
    mine.get_by_role("button", name="Spara ändringarna").click()
    expect(mine.get_by_role("heading", level=1)).to_have_text("Någon annan hann före")
    expect(mine.locator(".errors")).to_be_focused()
    expect(mine.locator(".errors")).to_contain_text("coordinator ändrade det här")
    yours, now = (mine.locator(f"label[for=title-{pick}]") for pick in ("mine", "now"))
    expect(yours).to_contain_text(f"Annas {width}")
    expect(now).to_contain_text(f"Bos {width}")
    one, other = yours.bounding_box(), now.bounding_box()
    assert one is not None
    assert other is not None
    # Side by side where there is room, one below the other on a phone.
    assert (one["y"] == other["y"]) == (width > 600)
    expect(mine.locator("#where-now")).to_be_checked()
    expect(mine.locator("#title-mine")).to_be_checked()
    mine.get_by_role("button", name="Spara det jag valde").click()
    mine.wait_for_url("**/my/measures/6*")
    found = one_measure(office.store, 6)
    assert (found.title, found.where) == (f"Annas {width}", f"Vid ån {width}")
    anna.faults = [fault for fault in anna.faults if "412" not in fault]
    anna.clean()


def test_a_session_that_ran_out_in_the_middle_loses_no_words(enter: Enter, office: Office) -> None:
    planner = enter("planner")
    page = planner.open("/measures/new")
    page.locator("#field-title").fill("Skriven för länge")
    page.locator("#field-description").fill("Rad ett\nRad två")
    page.locator("#responsible-1").check()
    page.locator("#promise-drugs").check()
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Spara som förslag").click()
    page.fill("[name=username]", "planner")
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("main")).to_contain_text("Skriven för länge")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/my/measures/*")
    assert (office.newest.title, office.newest.description) == ("Skriven för länge", "Rad ett\nRad två")


def test_the_coordinator_goes_from_the_day_to_a_published_finding(enter: Enter, office: Office) -> None:
    coordinator = enter("coordinator", width=360)
    page = coordinator.open("/today")
    page.get_by_role("link", name="Svar 50").click()
    page.get_by_label("Var, i ord").fill("Gångbron över Rickleån")
    page.get_by_label("Vad ni såg", exact=True).fill("Ett stycke av räcket är borta.")
    page.get_by_label("Vem som ska åtgärda det").fill("Gatuenheten")
    page.get_by_label("Vad som händer nu").fill("Nytt räcke är beställt.")
    page.get_by_role("button", name="Granska hur det läses").click()
    expect(page.locator("#preview")).to_be_focused()
    expect(page.locator("#preview")).to_contain_text("Gångbron över Rickleån")
    assert all_findings(office.store) == ()
    page.get_by_role("button", name="Publicera").click()
    page.wait_for_url("**/findings*")
    expect(page.get_by_role("main")).to_contain_text("Gångbron över Rickleån")
    page.get_by_role("link", name="Ändra eller markera som åtgärdad").click()
    page.get_by_role("button", name="Markera som åtgärdat").click()
    page.wait_for_url("**/findings#*")
    assert [one.repaired_on is not None for one in all_findings(office.store)] == [True]
    coordinator.clean()


@pytest.mark.parametrize("reader", READERS, ids=lambda one: "-".join(map(str, one.values())))
def test_axe_finds_nothing_and_everything_fits(
    enter: Enter, office: Office, axe: str, reader: dict[str, object]
) -> None:
    # Theirs alone: another reader's choice on the stale page would change what this one sees.
    when = datetime.now(UTC)
    seen = Seen("Trappan vid ån", "Ett steg är löst.", when.date(), "Gatuenheten", "Lagas i veckan.")
    finding = create(office.store, office.coordinator, 51, seen, now=when)
    visit = enter("coordinator", reduced_motion="reduce", **reader)
    page = visit.page
    found: dict[str, object] = {}

    def look(name: str) -> None:
        wide, small = page.evaluate(WIDER), page.evaluate(SMALL)
        found[name] = [*problems(page, axe), *([wide] if wide > 0 else []), *small]

    for path in (
        "/today", "/measures/all", "/measures/all?promise=drugs&status=verified", "/measures/new",
        "/measures/5/edit", "/answers/50", "/findings", f"/findings/{finding}/edit",
    ):  # fmt: skip
        visit.open(path)
        look(path)
    visit.open("/measures/new")
    page.locator("#mode-places").check()
    page.locator("#times-many").check()
    for group in page.locator("details.places summary").all():
        group.click()
    page.locator(".draft-end button").first.click()
    page.wait_for_selector("#errors")
    look("faults")
    visit.open(f"/findings/{finding}/edit")
    page.locator("#field-plan").fill("Avspärrad.")
    page.locator(".draft-end button").last.click()
    page.wait_for_selector("#preview")
    look("preview")
    visit.open("/measures/4/edit")
    page.locator("#field-title").fill("Min rubrik")
    page.locator("[name=if_match]").evaluate("(one) => { one.value = '4-0'; }")
    page.locator(".draft-end button").click()
    page.wait_for_selector(".versions")
    look("stale")
    assert found == {name: [] for name in found}
