"""The audit and a measure's photos in a real browser, on a narrow phone and a desk."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from handmade import fill
from PIL import Image
from playwright.sync_api import BrowserContext, Page
from readers import HOSTILE, Visit, serving
from sqlalchemy import insert, select, update
from staff import one_of_each
from test_axe import problems

from geo.actions.measures import take_step
from geo.actions.photos import publish_photo
from geo.actions.sessions import Limits, begin
from geo.model import MeasureStatus, Person, Role
from geo.settings import Settings
from geo.store import audit
from geo.store.engine import Store, open_store
from geo.store.photos import keep_file
from geo.store.schema import measure, photo

LIGHTS, PLACE = 1, 2
SIZE = """async (img) => {
  await img.decode();
  return { real: img.naturalWidth, box: Math.round(img.getBoundingClientRect().width) };
}"""
WIDE = "document.documentElement.scrollWidth - innerWidth"


@dataclass
class Office:
    """A server whose photos and audit are as a year would leave them."""

    site: str
    store: Store
    people: dict[Role, Person]
    photo: int


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("audit")
    url = f"sqlite:///{folder / 'trygg.sqlite'}"
    fill(url)
    store = open_store(url)
    people = one_of_each(store)
    key = _photo(store, folder / "photos", people)
    with store.write() as connection:
        for text in (*HOSTILE, "x" * 400, "Sex stolpar längs gång- och cykelvägen. " * 20):
            audit.record(
                connection,
                at=datetime.now(UTC),
                by=people[Role.COORDINATOR],
                action="measure.edit",
                subject="measure 1",
                before={"title": "Belysning", "due": "2026-09-01", "responsible": ["Polisen"]},
                after={"title": text, "due": None, "responsible": ["Polisen", "Robertsfors kommun"]},
            )
    with serving(url, folder / "log", TRYGG_PHOTOS=str(folder / "photos")) as site:
        yield Office(site, store, people, key)
    store.close()


def _photo(store: Store, folder: Path, people: dict[Role, Person]) -> int:
    """A photo of the measure at the second place: completed and published an hour ago."""
    made = io.BytesIO()
    Image.linear_gradient("L").resize((2048, 1536)).convert("RGB").save(made, "JPEG")
    data, then = made.getvalue(), datetime.now(UTC) - timedelta(hours=1)
    with store.write() as connection:
        connection.execute(update(measure).where(measure.c.id == LIGHTS).values(responsible=["Polisen"]))
        version = connection.execute(select(measure.c.version).where(measure.c.id == LIGHTS)).scalar_one()
        key: int = connection.execute(
            insert(photo)
            .values(
                measure_id=LIGHTS,
                account_id=people[Role.POLICE].id,
                at=then,
                file=keep_file(folder, data),
                sha256=hashlib.sha256(data).hexdigest(),
                width=2048,
                height=1536,
            )
            .returning(photo.c.id)
        ).scalar_one()
    take_step(
        store, people[Role.POLICE], LIGHTS, MeasureStatus.COMPLETED, note="Klart", version=version, now=then
    )
    publish_photo(store, people[Role.COORDINATOR], key, public=True, now=then)
    return key


Opened = Callable[..., Visit]


@pytest.fixture
def opened(contexts: Callable[..., BrowserContext], office: Office) -> Opened:
    """Opens the site for somebody: signed in with ``role``, or a resident."""

    def start(role: Role | None = None, **reader: object) -> Visit:
        context = contexts(office.site, reduced_motion="reduce", **reader)
        if role:
            limits = Limits.of(Settings())
            token = begin(
                office.store, office.people[role], now=datetime.now(UTC), limits=limits, how="password"
            )
            context.add_cookies([{"name": "session", "value": token, "url": office.site}])
        return Visit(context.new_page(), office.site)

    return start


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (360, "dark"), (1280, "light")])
def test_the_audit_fits_and_says_everything_as_text(
    opened: Opened, axe: str, width: int, scheme: str
) -> None:
    reader = opened(Role.ADMIN, width=width, scheme=scheme)
    page = reader.open("/audit")
    assert page.evaluate(WIDE) <= 0
    for text in HOSTILE[:3]:
        assert page.get_by_text(text, exact=True).count()
    assert problems(page, axe) == []
    page.get_by_label("Vad", exact=True).select_option("sign_in")
    page.get_by_label("Från", exact=True).fill("2020-01-01")
    page.get_by_role("button", name="Visa", exact=True).click()
    headings = page.get_by_role("main").get_by_role("heading", level=2).all_inner_texts()
    assert set(headings) == {"Loggade in"}
    with page.expect_download() as download:
        page.get_by_role("link", name="Ladda ner dagarna som en fil (CSV)").click()
    assert download.value.suggested_filename == "audit.csv"
    reader.clean()


def shown(page: Page) -> dict[str, int]:
    """The photo's width on the page and in the file, after it was scrolled to."""
    photo = page.locator(".photos img")
    photo.scroll_into_view_if_needed()
    found: dict[str, int] = photo.evaluate(SIZE)
    return found


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", [f"/places/{PLACE}", "/measures"])
def test_a_photo_is_seen_and_fits(opened: Opened, axe: str, path: str, width: int) -> None:
    reader = opened(width=width)
    page = reader.open(path)
    size = shown(page)
    assert size["real"] == 2048
    assert 200 < size["box"] < width
    assert page.evaluate(WIDE) <= 0
    assert problems(page, axe) == []
    reader.clean()


def test_the_coordinator_takes_a_photo_back_and_shows_it_again(opened: Opened) -> None:
    reader = opened(Role.COORDINATOR, width=360)
    page = reader.open(f"/my/measures/{LIGHTS}")
    assert shown(page)["real"] == 2048
    page.get_by_role("button", name="Dölj foto 1 för invånarna").click()
    page.get_by_text("Bara personalen ser fotot.").wait_for()
    assert page.url.split("#")[0].endswith(f"/my/measures/{LIGHTS}")
    resident = opened(width=360)
    assert resident.open(f"/places/{PLACE}").locator(".photos").count() == 0
    assert page.evaluate(WIDE) <= 0
    page.get_by_role("button", name="Visa foto 1 för invånarna").click()
    page.get_by_text("Invånarna ser fotot när åtgärden är genomförd.").wait_for()
    assert shown(resident.open(f"/places/{PLACE}"))["real"] == 2048
    reader.clean()
    resident.clean()
