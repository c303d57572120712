"""The officer's work on a phone in a real browser: taps counted, the network off and on, and the one who follows up."""

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from handmade import fill
from PIL import Image
from playwright.sync_api import BrowserContext, Error, FilePayload, Locator, Page, Route, expect
from readers import Visit, comes_true, serving
from staff import one_of_each
from test_axe import problems

from geo.actions.measures import create, edit, take_step
from geo.actions.people import reset, set_password
from geo.actions.plans import Plan
from geo.actions.sessions import Limits, begin, end_everywhere
from geo.model import LogKind, MeasureStatus, Person, Promise, Role
from geo.publish.photos import photos_of
from geo.publish.work import one_measure
from geo.settings import Settings
from geo.store.engine import Store, open_store
from geo.store.work import KeptMeasure

PHONE = {"width": 360, "height": 640}
IN_VIEW = """(box) => {
  const { top, bottom, left, right } = box.getBoundingClientRect();
  return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
}"""


KEPT = """async () => {
  const links = [...document.querySelectorAll("#work-rows a, link[rel=stylesheet], script[src]")];
  const addresses = [location.href.split(/[?#]/)[0], ...links.map((one) => one.href || one.src)];
  const kept = await Promise.all(addresses.map((address) => caches.match(address)));
  return navigator.serviceWorker.controller !== null && kept.every(Boolean);
}"""
WHOSE = """async () => {
  const cache = await caches.open("trygg-work-pages");
  const kept = await Promise.all((await cache.keys()).map((request) => cache.match(request)));
  return [...new Set(kept.map((answer) => answer.headers.get("X-Trygg-Person")))];
}"""


def _picture() -> FilePayload:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(made, "JPEG")
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


PICTURE = _picture()
READERS = [
    {"language": language, "scheme": scheme, "width": width}
    for language in ("sv", "en")
    for scheme in ("light", "dark")
    for width in (1280, 360)
]


@dataclass
class Office:
    """A server with one person of each role, and its store."""

    site: str
    store: Store
    people: dict[Role, Person]

    def decided(self, title: str, target: int | None = None, due: date | None = None) -> int:
        """A planned measure of the police's."""
        now = datetime.now(UTC)
        plan = Plan(
            title,
            Promise.UNSAFE_PLACES,
            ("Polisen",),
            description="Se efter att lamporna lyser och att gången är plogad.",
            internal_note="Ring vaktmästaren först.",
            where="Robertsfors busstation",
            place_ids=(1,),
            due=due,
            target=target,
        )
        by = self.people[Role.COORDINATOR]
        key = create(self.store, by, plan, now=now)
        take_step(self.store, by, key, MeasureStatus.PLANNED, note="", version=1, now=now)
        return key

    def change(self, measure_id: int, title: str) -> None:
        """The planner changes the measure meanwhile."""
        plan = Plan(title, Promise.UNSAFE_PLACES, ("Polisen",), where="Robertsfors busstation")
        version = self.measure(measure_id).version
        planner = self.people[Role.PLANNER]
        edit(self.store, planner, measure_id, plan, version=version, now=datetime.now(UTC))

    def give_password(self, role: Role) -> str:
        """A password for the person of the role."""
        now = datetime.now(UTC)
        link = reset(self.store, self.people[role].username, now=now)
        set_password(self.store, link.token, password := "Sju mörka lyktor i rad", now=now)
        return password

    def measure(self, measure_id: int) -> KeptMeasure:
        return one_measure(self.store, measure_id)

    def sign_in(self, context: BrowserContext, role: Role) -> None:
        """Puts the cookie of a new session of the role's person into the browser."""
        now, limits = datetime.now(UTC), Limits.of(Settings())
        token = begin(self.store, self.people[role], now=now, limits=limits, how="password")
        context.add_cookies([{"name": "session", "value": token, "url": self.site}])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    url = f"sqlite:///{folder / 'trygg.sqlite'}"
    fill(url)
    store = open_store(url)
    people = one_of_each(store)
    with serving(url, folder / "log", TRYGG_PHOTOS=str(folder / "photos")) as site:
        yield Office(site, store, people)
    store.close()


def until(found: Callable[[], bool]) -> None:
    """Waits until something has come about in the store."""
    deadline = time.monotonic() + 20
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@dataclass
class Phone:
    """A phone in somebody's hand, which counts its taps."""

    visit: Visit
    context: BrowserContext
    taps: int = 0

    @property
    def page(self) -> Page:
        return self.visit.page

    def open(self, path: str) -> Page:
        self.page.goto(self.visit.site + path)
        return self.page

    def tap(self, found: Locator, *, look: bool = True) -> None:
        """Taps what is seen without scrolling. Without JavaScript the browser can't be asked for it."""
        if look:
            assert found.evaluate(IN_VIEW), "it is not seen without scrolling"
        found.tap()
        self.taps += 1

    def walk_to(self, tag: str, words: str) -> None:
        """Goes on with the tabulator until such an element has the focus."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(
                "[document.activeElement.localName, document.activeElement.textContent]"
            )
            if here[0] == tag and words in here[1]:
                return
        pytest.fail(f"the keyboard never came to {words}")

    def controlled(self) -> None:
        """Waits until the service worker and the kept pages are there, as they are on a second visit."""
        until(lambda: bool(self.page.evaluate(KEPT)))


PickUp = Callable[..., Phone]


@pytest.fixture
def pick_up(contexts: Callable[..., BrowserContext], office: Office) -> PickUp:
    """Gives somebody of a role a phone in which they are signed in."""

    def give(role: Role = Role.POLICE, **more: object) -> Phone:
        context = contexts(office.site, **({"width": 360, "has_touch": True, "is_mobile": True} | more))
        office.sign_in(context, role)
        page = context.new_page()
        if more.get("width", 360) == 360:
            page.set_viewport_size(PHONE)
        return Phone(Visit(page, office.site), context)

    return give


def waiting(page: Page) -> None:
    expect(page.get_by_text("Väntar på nät: 1 att skicka.")).to_be_visible()


def test_three_taps_without_scrolling(office: Office, pick_up: PickUp) -> None:
    key = office.decided("Byt lampan vid busstationen", due=date(2020, 1, 1))
    phone = pick_up()
    # Once anybody has seen a page of the map, the head of every page says that it is a demonstration.
    phone.open("/about")
    phone.open("/my/measures")
    expect(phone.page.get_by_text("Demonstration.")).to_be_visible()
    phone.tap(phone.page.get_by_role("link", name="Byt lampan vid busstationen"))
    phone.tap(phone.page.locator("summary", has_text="Genomförd").first)
    phone.tap(phone.page.get_by_role("button", name="Skicka"))
    expect(phone.page.get_by_text("Sparat: genomförd")).to_be_in_viewport()
    expect(phone.page.get_by_role("button", name="Ångra")).to_be_in_viewport()
    assert phone.taps == 3
    assert office.measure(key).status is MeasureStatus.COMPLETED
    assert office.measure(key).work.doer_id == office.people[Role.POLICE].id
    phone.visit.clean()


def test_without_javascript_it_is_three_taps_too(office: Office, pick_up: PickUp) -> None:
    key = office.decided("Utan skript", due=date(2019, 1, 1))
    phone = pick_up(javascript=False)
    phone.open("/my/measures")
    phone.tap(phone.page.get_by_role("link", name="Utan skript"), look=False)
    phone.tap(phone.page.locator("summary", has_text="Genomförd").first, look=False)
    phone.tap(phone.page.get_by_role("button", name="Skicka"), look=False)
    expect(phone.page.get_by_text("Sparat: genomförd")).to_be_visible()
    assert office.measure(key).status is MeasureStatus.COMPLETED


def test_what_is_pressed_is_large(office: Office, pick_up: PickUp) -> None:
    key = office.decided("Stora knappar", target=3)
    page = pick_up().open("/my/measures")
    small = """(selector) => [...document.querySelectorAll(selector)]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 47.5)
      .map((one) => one.textContent.trim())"""
    assert page.evaluate(small, ".work-row, main button") == []
    page.goto(f"{office.site}/my/measures/{key}")
    page.get_by_text("Med några ord eller ett foto").tap()
    assert (
        page.evaluate(small, "main button, main summary, main textarea, main input:not([type=hidden])") == []
    )


def test_the_same_by_keyboard_alone(office: Office, pick_up: PickUp) -> None:
    key = office.decided("Bara tangenter", due=date(2018, 1, 1))
    phone = pick_up(width=1280, has_touch=False, is_mobile=False)
    page = phone.open("/my/measures")
    phone.walk_to("a", "Bara tangenter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/measures/*")
    phone.walk_to("summary", "Genomförd")
    page.keyboard.press("Enter")
    phone.walk_to("textarea", "")
    page.keyboard.type("Bytte lampan.")
    phone.walk_to("button", "Skicka")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sparat: genomförd")).to_be_visible()
    assert office.measure(key).log[-1].note == "Bytte lampan."
    # The confirmation is where the reader is: the next key is the way to undo.
    phone.walk_to("button", "Ångra")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ångrat. Invånarna såg det aldrig.")).to_be_visible()
    assert office.measure(key).status is MeasureStatus.PLANNED
    phone.visit.clean()


def test_the_wrong_button_is_undone_and_the_log_keeps_both(office: Office, pick_up: PickUp) -> None:
    key = office.decided("Fel knapp", target=12)
    page = pick_up().open(f"/my/measures/{key}")
    page.get_by_role("button", name="Gjord i dag").tap()
    expect(page.get_by_text("1 av 12 gjorda")).to_be_visible()
    page.get_by_role("button", name="Ångra").tap()
    expect(page.get_by_text("0 av 12 gjorda")).to_be_visible()
    kinds = [line.kind for line in office.measure(key).log[-2:]]
    assert (kinds, office.measure(key).done) == ([LogKind.OCCASION, LogKind.UNDO], 0)


def test_without_a_network_it_waits_and_is_sent_once_with_its_own_time(
    office: Office, pick_up: PickUp
) -> None:
    key = office.decided("Utan nät", due=date(2017, 1, 1))
    phone = pick_up()
    page = phone.open("/my/measures")
    phone.controlled()
    phone.context.set_offline(True)
    # Never opened before: the list has brought it along.
    page.get_by_role("link", name="Utan nät").tap()
    page.locator("summary", has_text="Genomförd").first.tap()
    page.get_by_label("Vad gjordes?").fill("Bytte lampan.")
    page.set_input_files("input[type=file]", files=[PICTURE])
    page.get_by_role("button", name="Skicka").tap()
    waiting(page)
    written = datetime.now(UTC)
    expect(page.locator("summary", has_text="Genomförd").first).to_be_hidden()

    page.reload()
    waiting(page)
    expect(page.get_by_text("Bytte lampan.")).to_be_visible()
    expect(page.get_by_text("med foto")).to_be_visible()
    page.goto(f"{office.site}/my/measures")
    waiting(page)
    expect(
        page.locator(".work-row", has_text="Utan nät").get_by_text("Väntar på att skickas")
    ).to_be_visible()
    assert office.measure(key).status is MeasureStatus.PLANNED
    page.goto(f"{office.site}/my/measures/{key}")

    time.sleep(1)
    back = datetime.now(UTC)
    phone.context.set_offline(False)
    expect(page.get_by_text("Sparat: genomförd")).to_be_visible()
    kept = office.measure(key)
    assert kept.log[-1].done_at is not None
    assert kept.log[-1].done_at <= written < back <= kept.log[-1].at
    assert (kept.log[-1].note, len(photos_of(office.store, key))) == ("Bytte lampan.", 1)
    assert [line.status for line in kept.log].count(MeasureStatus.COMPLETED) == 1
    page.goto(f"{office.site}/my/measures")
    expect(page.get_by_text("att skicka")).to_have_count(0)


def test_two_times_without_a_network_are_two(office: Office, pick_up: PickUp) -> None:
    key = office.decided("Två gånger", target=12)
    phone = pick_up()
    page = phone.open(f"/my/measures/{key}")
    phone.controlled()
    phone.context.set_offline(True)
    for number in (1, 2):
        page.get_by_role("button", name="Gjord i dag").tap()
        expect(page.get_by_text(f"Väntar på nät: {number} att skicka.")).to_be_visible()
    phone.context.set_offline(False)
    expect(page.get_by_text("2 av 12 gjorda")).to_be_visible()
    assert office.measure(key).done == 2


@pytest.mark.parametrize(("taken_away", "counted"), [(False, 2), (True, 1)])
def test_what_changes_while_another_is_on_its_way(
    office: Office, pick_up: PickUp, taken_away: bool, counted: int
) -> None:
    key = office.decided("Segt nät", target=12)
    phone = pick_up(service_workers="block")
    page = phone.open(f"/my/measures/{key}")
    held: list[Route] = []
    phone.context.route("**/occasions", lambda route: route.continue_() if held else held.append(route))
    phone.context.set_offline(True)
    for number in (1, 2):
        page.get_by_role("button", name="Gjord i dag").tap()
        expect(page.get_by_text(f"Väntar på nät: {number} att skicka.")).to_be_visible()
    phone.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    deadline = time.monotonic() + 10
    while not held and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    if taken_away:
        page.evaluate(
            """async (user) => {
              const items = await TryggQueue.all(user);
              await TryggQueue.drop(items.at(-1).ref);
            }""",
            "police",
        )
    held[0].continue_()
    expect(page.get_by_text(f"{counted} av 12 gjorda")).to_be_visible()
    page.wait_for_timeout(300)
    assert office.measure(key).done == counted
    assert page.evaluate("TryggQueue.all('police')") == []


def test_who_comes_to_sign_in_is_shown_nobodys_pages(office: Office, pick_up: PickUp) -> None:
    phone = pick_up()
    page = phone.open("/my/measures")
    phone.controlled()
    assert page.evaluate("caches.has('trygg-work-pages')")
    phone.context.clear_cookies(name="session")
    page.goto(f"{office.site}/login")
    comes_true(page, "async () => !(await caches.has('trygg-work-pages'))")


def test_an_answer_that_never_came_counts_once(office: Office, pick_up: PickUp) -> None:
    key = office.decided("Dåligt nät", target=12)
    phone = pick_up(service_workers="block")
    page = phone.open(f"/my/measures/{key}")
    lost = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    phone.context.route("**/occasions", lose)
    page.get_by_role("button", name="Gjord i dag").tap()
    waiting(page)
    assert (lost, office.measure(key).done) == ([200], 1)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("1 av 12 gjorda")).to_be_visible()
    assert office.measure(key).done == 1


def test_what_another_tab_sent_is_seen_here(office: Office, pick_up: PickUp) -> None:
    key = office.decided("Två flikar", target=12)
    phone = pick_up()
    page = phone.open(f"/my/measures/{key}")
    phone.controlled()
    phone.context.set_offline(True)
    page.get_by_role("button", name="Gjord i dag").tap()
    waiting(page)
    # This tab is asleep: it doesn't notice that the network is back.
    page.evaluate("TryggQueue.flush = async () => ({ sent: [], stopped: 'network' })")
    phone.context.set_offline(False)
    phone.context.new_page().goto(f"{office.site}/my/measures")
    expect(page.get_by_text("1 av 12 gjorda")).to_be_visible()
    assert office.measure(key).done == 1


def test_too_large_a_photo_is_said_before_it_is_sent(office: Office, pick_up: PickUp, tmp_path: Path) -> None:
    large = tmp_path / "stor.jpg"
    large.write_bytes(bytes(10_000_001))
    key = office.decided("Stor bild")
    page = pick_up().open(f"/my/measures/{key}")
    page.locator("summary", has_text="Genomförd").first.tap()
    page.get_by_label("Vad gjordes?").fill("Bytte lampan.")
    page.set_input_files("input[type=file]", files=[large])
    page.get_by_role("button", name="Skicka").tap()
    expect(page.get_by_text("Fotot är större än 10 MB.")).to_be_in_viewport()
    expect(page.get_by_label("Vad gjordes?")).to_have_value("Bytte lampan.")
    assert office.measure(key).status is MeasureStatus.PLANNED


def test_a_double_tap_counts_once(office: Office, pick_up: PickUp) -> None:
    key = office.decided("Kalla fingrar", target=12)
    page = pick_up().open(f"/my/measures/{key}")
    page.evaluate("""() => {
      const button = document.querySelector(".work-big");
      button.click();
      button.click();
    }""")
    expect(page.get_by_text("1 av 12 gjorda")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert office.measure(key).done == 1


def test_a_stale_page_shows_both_and_sends_what_is_chosen(office: Office, pick_up: PickUp) -> None:
    key = office.decided("Två om samma")
    page = pick_up().open(f"/my/measures/{key}")
    office.change(key, "Två om samma, med nytt namn")
    page.locator("summary", has_text="Genomförd").first.tap()
    page.get_by_label("Vad gjordes?").fill("Bytte lampan.")
    page.get_by_role("button", name="Skicka").tap()
    expect(page.get_by_role("heading", name="Så är det nu")).to_be_visible()
    expect(page.get_by_text("Två om samma, med nytt namn")).to_be_visible()
    expect(page.get_by_text("Planner Namn")).to_be_visible()
    expect(page.get_by_label("Vad gjordes?")).to_have_value("Bytte lampan.")
    assert office.measure(key).status is MeasureStatus.PLANNED
    page.get_by_role("button", name="Skicka mitt ändå").tap()
    expect(page.get_by_text("Sparat: genomförd")).to_be_visible()
    assert office.measure(key).log[-1].note == "Bytte lampan."
    page.goto(f"{office.site}/my/measures")
    expect(page.get_by_text("Någon annan hann före")).to_be_hidden()


def test_what_waited_and_is_stale_is_a_choice_and_not_lost(office: Office, pick_up: PickUp) -> None:
    key = office.decided("Krock utan nät")
    phone = pick_up()
    page = phone.open(f"/my/measures/{key}")
    phone.controlled()
    phone.context.set_offline(True)
    page.locator("summary", has_text="Genomförd").first.tap()
    page.get_by_label("Vad gjordes?").fill("Bytte lampan.")
    page.get_by_role("button", name="Skicka").tap()
    waiting(page)
    office.change(key, "Krock med nytt namn")
    phone.context.set_offline(False)
    page.goto(f"{office.site}/my/measures")
    expect(page.get_by_text("Någon annan hann före")).to_be_visible()
    page.get_by_role("button", name="Se båda").tap()
    expect(page.get_by_text("Krock med nytt namn")).to_be_visible()
    expect(page.get_by_label("Vad gjordes?")).to_have_value("Bytte lampan.")
    page.get_by_role("link", name="Låt det vara som det är nu").tap()
    page.wait_for_url("**/my/measures/*")
    assert office.measure(key).status is MeasureStatus.PLANNED
    page.goto(f"{office.site}/my/measures")
    expect(page.get_by_text("Krock med nytt namn")).to_be_visible()
    expect(page.get_by_text("Någon annan hann före")).to_be_hidden()


def test_what_is_not_accepted_stays_until_it_is_taken_away(office: Office, pick_up: PickUp) -> None:
    key = office.decided("Redan inställd")
    phone = pick_up()
    page = phone.open(f"/my/measures/{key}")
    phone.controlled()
    phone.context.set_offline(True)
    page.locator("summary", has_text="Genomförd").first.tap()
    page.get_by_label("Vad gjordes?").fill("Skrevs utan nät.")
    page.evaluate("document.querySelector('#note-complete').form.elements.client_ref.value = 'x'.repeat(65)")
    page.get_by_role("button", name="Skicka").tap()
    waiting(page)
    phone.context.set_offline(False)
    expect(page.get_by_text("Det togs inte emot.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Skrevs utan nät.")).to_be_visible()
    page.get_by_role("button", name="Ta bort").tap()
    page.get_by_role("button", name="Behåll det").tap()
    expect(page.get_by_text("Skrevs utan nät.")).to_be_visible()
    page.get_by_role("button", name="Ta bort").tap()
    page.get_by_role("button", name="Ja, ta bort").tap()
    expect(page.get_by_text("Skrevs utan nät.")).to_be_hidden()


def test_a_session_that_runs_out_in_the_midst_of_writing_loses_nothing(
    office: Office, pick_up: PickUp
) -> None:
    key = office.decided("Utloggad")
    phone = pick_up()
    page = phone.open(f"/my/measures/{key}")
    phone.controlled()
    page.locator("summary", has_text="Genomförd").first.tap()
    page.get_by_label("Vad gjordes?").fill("Skrevs länge.")
    end_everywhere(office.store, office.people[Role.POLICE], now=datetime.now(UTC))
    page.get_by_role("button", name="Skicka").tap()
    expect(page.get_by_text("Logga in igen för att skicka det som väntar: 1.")).to_be_visible()
    expect(page.get_by_text("Skrevs länge.")).to_be_visible()
    page.get_by_role("link", name="Logga in").first.tap()
    page.wait_for_url(lambda url: "/login?next=" in url)
    assert page.evaluate("caches.has('trygg-work-pages')") is False
    office.sign_in(phone.context, Role.POLICE)
    page.goto(f"{office.site}/my/measures/{key}")
    expect(page.get_by_text("Sparat: genomförd")).to_be_visible()
    assert office.measure(key).log[-1].note == "Skrevs länge."


def test_without_javascript_the_words_go_with_the_sign_in(office: Office, pick_up: PickUp) -> None:
    key = office.decided("Utloggad utan skript")
    password = office.give_password(Role.POLICE)
    phone = pick_up(javascript=False)
    page = phone.open(f"/my/measures/{key}")
    page.locator("summary", has_text="Genomförd").first.tap()
    page.get_by_label("Vad gjordes?").fill("Skrevs länge utan skript.")
    end_everywhere(office.store, office.people[Role.POLICE], now=datetime.now(UTC))
    page.get_by_role("button", name="Skicka").tap()
    page.get_by_label("Användarnamn").fill("police")
    page.get_by_label("Lösenord").fill(password)
    page.locator("main").get_by_role("button", name="Logga in").tap()
    expect(page.get_by_text("Skrevs länge utan skript.")).to_be_visible()
    page.locator("main form button").first.tap()
    expect(page.get_by_text("Sparat: genomförd")).to_be_visible()
    assert office.measure(key).log[-1].note == "Skrevs länge utan skript."


def test_another_person_on_the_same_phone_sends_and_sees_nothing_of_it(
    office: Office, pick_up: PickUp
) -> None:
    key = office.decided("Delad telefon")
    phone = pick_up()
    page = phone.open(f"/my/measures/{key}")
    phone.controlled()
    phone.context.set_offline(True)
    page.locator("summary", has_text="Genomförd").first.tap()
    page.get_by_label("Vad gjordes?").fill("Polisens ord.")
    page.get_by_role("button", name="Skicka").tap()
    waiting(page)
    office.sign_in(phone.context, Role.PLANNER)
    phone.context.set_offline(False)
    page.goto(f"{office.site}/my/measures/{key}")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("Polisens ord.")).to_have_count(0)
    expect(page.get_by_text("att skicka")).to_have_count(0)
    assert office.measure(key).status is MeasureStatus.PLANNED
    assert page.evaluate(WHOSE) == ["planner"]
    office.sign_in(phone.context, Role.POLICE)
    page.goto(f"{office.site}/my/measures/{key}")
    expect(page.get_by_text("Sparat: genomförd")).to_be_visible()


def test_who_signs_out_leaves_no_pages_in_the_phone(office: Office, pick_up: PickUp) -> None:
    phone = pick_up()
    page = phone.open("/my/measures")
    phone.controlled()
    assert page.evaluate("caches.has('trygg-work-pages')")
    page.get_by_role("button", name="Logga ut").tap()
    page.wait_for_url(f"{office.site}/")
    assert page.evaluate("caches.has('trygg-work-pages')") is False
    phone.context.set_offline(True)
    with pytest.raises(Error):
        page.goto(f"{office.site}/my/measures")


def test_a_page_kept_past_the_sessions_end_is_not_shown(office: Office, pick_up: PickUp) -> None:
    phone = pick_up()
    page = phone.open("/my/measures")
    expect(page.get_by_role("heading", name="Mina åtgärder")).to_be_visible()
    phone.controlled()
    page.evaluate("""async () => {
      const cache = await caches.open("trygg-work-pages");
      for (const request of await cache.keys()) {
        const answer = await cache.match(request);
        const headers = new Headers(answer.headers);
        headers.set("X-Trygg-Until", "2020-01-01T00:00:00+01:00");
        await cache.put(request, new Response(await answer.blob(), { headers }));
      }
    }""")
    phone.context.set_offline(True)
    with pytest.raises(Error):
        page.goto(f"{office.site}/my/measures")
    # The browser's own page of the failure takes a while to come: only then is nothing of ours left.
    expect(page.get_by_role("heading", name="Mina åtgärder")).to_have_count(0)


def test_nearest_first_without_telling_anybody(office: Office, pick_up: PickUp) -> None:
    office.decided("I Robertsfors, närmast", due=date(2030, 1, 1))
    there = {"latitude": 64.1925, "longitude": 20.8475}
    phone = pick_up(geolocation=there, permissions=["geolocation"])
    page = phone.open("/my/measures")
    phone.controlled()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.post_data}"))
    nearest = page.get_by_role("button", name="Närmast först")
    before = page.locator(".work-row h2").all_text_contents()
    nearest.tap()
    expect(nearest).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("50 m bort").first).to_be_visible()
    assert [one for one in asked if "64." in one or "20.8" in one] == []
    nearest.tap()
    assert page.locator(".work-row h2").all_text_contents() == before


def test_who_follows_up_says_how_it_was_seen_and_nobody_their_own(office: Office, pick_up: PickUp) -> None:
    key = office.decided("Följs upp")
    doer = pick_up(Role.COORDINATOR).open(f"/my/measures/{key}")
    doer.locator("summary", has_text="Genomförd").first.tap()
    doer.get_by_role("button", name="Skicka").first.tap()
    expect(doer.get_by_text("Sparat: genomförd")).to_be_visible()
    expect(doer.locator("summary", has_text="Följ upp")).to_have_count(0)

    page = pick_up(Role.PLANNER).open(f"/my/measures/{key}")
    page.locator("summary", has_text="Följ upp").tap()
    page.locator(".work-act").get_by_role("button", name="Skicka").tap()
    assert page.evaluate("document.querySelector('#note-verify').validity.valueMissing")
    page.get_by_label("Hur syntes det att det är gjort?").fill("Lampan lyser.")
    page.locator(".work-act").get_by_role("button", name="Skicka").tap()
    expect(page.get_by_text("Sparat: Uppföljd")).to_be_visible()
    kept = office.measure(key)
    assert (kept.status, kept.log[-1].name) == (MeasureStatus.VERIFIED, "Planner Namn")

    page.locator("summary", has_text="Öppna igen").tap()
    page.get_by_label("Varför tas den upp igen?").fill("Den blinkar.")
    page.locator("details[open]").get_by_role("button", name="Skicka").tap()
    expect(page.get_by_text("Sparat: Återupptagen")).to_be_visible()
    assert office.measure(key).status is MeasureStatus.REOPENED


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: "-".join(map(str, reader.values())))
def test_axe_finds_nothing(office: Office, pick_up: PickUp, axe: str, reader: dict[str, Any]) -> None:
    once = office.decided("Tillgänglig", due=date(2016, 1, 1))
    often = office.decided("Tillgänglig ofta", target=12)
    is_phone = reader["width"] == 360
    phone = pick_up(reduced_motion="reduce", has_touch=is_phone, is_mobile=is_phone, **reader)
    page = phone.open("/my/measures")
    found = {"list": problems(page, axe)}
    page.goto(f"{office.site}/my/measures/{once}")
    found["one"] = problems(page, axe)
    page.locator(".work-act summary").click()
    # On a phone the opened form lies over words that are read by scrolling. axe can't tell the contrast of
    # what is covered, so it looks at them beside each other.
    page.locator(".work-act").evaluate("one => { one.style.position = 'static'; }")
    found["open"] = problems(page, axe)
    office.change(once, "Tillgänglig krock")
    page.fill("#note-complete", "Bytte lampan.")
    page.locator(".work-act .work-send").click()
    page.wait_for_selector(".work-both")
    found["both"] = problems(page, axe)
    page.goto(f"{office.site}/my/measures/{often}")
    page.locator(".work-big").click()
    page.wait_for_selector(".work-done")
    found["done"] = problems(page, axe)
    phone.context.set_offline(True)
    page.locator(".work-big").click()
    page.wait_for_selector("#work-waiting li")
    found["waiting"] = problems(page, axe)
    assert {name: faults for name, faults in found.items() if faults} == {}
