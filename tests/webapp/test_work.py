"""The pages for work, as a phone without JavaScript gets them: both databases, and a clock of our own."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from handmade import fill
from PIL import Image
from staff import one_of_each
from werkzeug.test import TestResponse

from geo.actions.measures import create, edit, take_step
from geo.actions.plans import Plan
from geo.actions.sessions import Limits, begin
from geo.model import LogKind, MeasureStatus, Person, Promise, Role
from geo.publish.photos import photos_of
from geo.publish.work import one_measure
from geo.settings import Settings
from geo.store.engine import Store
from geo.store.work import KeptMeasure
from webapp import create_app

NOON = datetime(2026, 11, 22, 11, 2, tzinfo=UTC)
"""Two minutes past twelve in Sweden, in winter."""
LAMP = Plan(
    "Byt lampan vid <busstationen>",
    Promise.UNSAFE_PLACES,
    ("Polisen",),
    description="Lampan närmast gångvägen.",
    internal_note="Ring vaktmästaren först.",
    where="Robertsfors busstation",
    place_ids=(1,),
    due=date(2026, 11, 1),
)
CONTROLS = Plan("Trafikkontroller", Promise.TRAFFIC, ("Polisen",), target=12)
OTHERS = Plan("Klippta häckar", Promise.UNSAFE_PLACES, ("Kommunen",))


@dataclass
class Form:
    """A form of a page: where it goes, what it carries, and what its buttons say."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    words: str = ""


class Forms(HTMLParser):
    """The forms of a page, by what stands in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._form: Form | None = None
        self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(told.get("action", ""))
            self.found.append(self._form)
        elif self._form and tag in ("input", "textarea") and told.get("type") != "file":
            self._area = told["name"] if tag == "textarea" else ""
            self._form.fields[told["name"]] = told.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._form and self._area:
            # A line break right after <textarea> is none of the text's.
            self._form.fields[self._area] += data
        elif self._form:
            self._form.words += data.strip()


@dataclass
class Office:
    """The application with one person of each role, their measures, and a clock that is set by hand."""

    app: Flask
    store: Store
    people: dict[Role, Person]
    settings: Settings
    now: datetime = NOON
    lamp: int = 0
    controls: int = 0
    others: int = 0

    def sign_in(self, role: Role) -> FlaskClient:
        """A browser in which the person of the role is signed in."""
        client = self.app.test_client()
        token = begin(
            self.store, self.people[role], now=self.now, limits=Limits.of(self.settings), how="password"
        )
        client.set_cookie("session", token)
        return client

    def measure(self, measure_id: int) -> KeptMeasure:
        return one_measure(self.store, measure_id)

    def decided(self, plan: Plan) -> int:
        """A planned measure."""
        by = self.people[Role.COORDINATOR]
        key = create(self.store, by, plan, now=self.now)
        take_step(self.store, by, key, MeasureStatus.PLANNED, note="", version=1, now=self.now)
        return key


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """An office at noon on 22 November 2026."""
    fill(database_url)
    settings = Settings(database_url=database_url, photos=tmp_path / "photos")
    clock = {"now": NOON}
    app = create_app(settings, clock=lambda: made.now if made else clock["now"])
    made: Office | None = None
    store = app.extensions["pictures"].store
    made = Office(app, store, one_of_each(store), settings)
    made.lamp, made.controls, made.others = (made.decided(plan) for plan in (LAMP, CONTROLS, OTHERS))
    yield made
    store.close()


def form_of(page: TestResponse, words: str) -> Form:
    """The form in which these words stand."""
    found = [one for one in Forms(page.text).found if words in one.words]
    assert len(found) == 1, (words, [one.words for one in Forms(page.text).found])
    return found[0]


def words(page: TestResponse) -> str:
    """The page's text as one line, markup and all that isn't said left out."""
    return re.sub(r"\s+", " ", re.sub(r"<(script|template)\b.*?</\1>|<[^>]*>", " ", page.text, flags=re.S))


def send(client: FlaskClient, form: Form, **fields: object) -> TestResponse:
    return client.post(form.action, data={**form.fields, **fields})


def picture(kind: str = "JPEG") -> tuple[io.BytesIO, str]:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(made, kind)
    made.seek(0)
    return made, "../foto.jpg"


def complete(office: Office, client: FlaskClient, measure_id: int, **fields: object) -> TestResponse:
    page = client.get(f"/my/measures/{measure_id}")
    return send(client, form_of(page, "Vad gjordes?"), **fields)


def test_the_list_has_the_own_organisations_measures_overdue_first(office: Office) -> None:
    page = office.sign_in(Role.POLICE).get("/my/measures")
    assert page.status_code == 200
    assert "Byt lampan vid &lt;busstationen&gt;" in page.text
    text = words(page)
    assert text.index("Försenad: skulle ha varit klar 1 november 2026") < text.index("Trafikkontroller")
    assert "0 av 12 gjorda" in text
    assert "Klippta häckar" not in text
    lon, lat = re.findall(r'data-(?:lon|lat)="([\d.]+)"', page.text)
    assert (round(float(lon), 3), round(float(lat), 3)) == (20.847, 64.192)


def test_only_the_list_may_ask_for_the_position(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    policies = {
        path: "geolocation=(self)" in client.get(path).headers["Permissions-Policy"]
        for path in ("/my/measures", f"/my/measures/{office.lamp}", "/", "/sw.js")
    }
    assert policies == {
        "/my/measures": True,
        f"/my/measures/{office.lamp}": False,
        "/": False,
        "/sw.js": False,
    }


def test_nobody_signed_in_is_sent_to_sign_in(office: Office) -> None:
    client = office.app.test_client()
    answer = client.get(f"/my/measures/{office.lamp}")
    assert answer.status_code == 303
    assert answer.location == f"/login?next=%2Fmy%2Fmeasures%2F{office.lamp}"
    assert client.get("/my/token.json").status_code == 303
    assert client.post(f"/my/measures/{office.lamp}/steps", data={"note": "x"}).status_code == 401


def test_a_completion_is_kept_and_said_with_the_time_to_undo(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    answer = complete(office, client, office.lamp, note="Bytte lampan.")
    assert answer.status_code == 303
    text = words(client.get(answer.location))
    assert "Sparat: genomförd 12:02." in text
    assert "Du kan ångra till 12:12. Därefter ser invånarna det." in text
    kept = office.measure(office.lamp)
    assert (kept.status, kept.finished) == (MeasureStatus.COMPLETED, date(2026, 11, 22))
    assert (kept.log[-1].note, kept.log[-1].name) == ("Bytte lampan.", "Police Namn")


def test_the_wrong_button_is_undone_at_minute_nine_and_not_at_minute_ten(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    page = client.get(complete(office, client, office.lamp).location)
    office.now = NOON + timedelta(minutes=9, seconds=59)
    undone = send(client, form_of(page, "Ångra"))
    assert undone.status_code == 303
    assert "Ångrat. Invånarna såg det aldrig." in words(client.get(undone.location))
    assert office.measure(office.lamp).status is MeasureStatus.PLANNED
    assert [line.kind for line in office.measure(office.lamp).log[-2:]] == [LogKind.STATUS, LogKind.UNDO]

    page = client.get(complete(office, client, office.lamp).location)
    office.now += timedelta(minutes=10)
    late = send(client, form_of(page, "Ångra"))
    assert late.status_code == 409
    assert "Det finns inget att ångra" in words(late)
    assert office.measure(office.lamp).status is MeasureStatus.COMPLETED


def test_the_same_form_sent_twice_counts_once(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    form = form_of(client.get(f"/my/measures/{office.controls}"), "Gjord i dag")
    first, second = send(client, form), send(client, form)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert office.measure(office.controls).done == 1
    again = form_of(client.get(f"/my/measures/{office.controls}"), "Gjord i dag")
    assert send(client, again).status_code == 303
    assert office.measure(office.controls).done == 2


def test_a_phone_tells_when_it_was_done(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    office.now = NOON + timedelta(days=2)
    client = office.sign_in(Role.POLICE)
    done = NOON.isoformat().replace("+00:00", "Z")
    answer = complete(office, client, office.lamp, note="I skogen.", done_at=done)
    assert "Gjort 22 november 2026 klockan 12:02, skickat senare." in words(client.get(answer.location))
    kept = office.measure(office.lamp)
    assert (kept.log[-1].done_at, kept.log[-1].at, kept.finished) == (NOON, office.now, date(2026, 11, 22))


@pytest.mark.parametrize(
    "done_at", ["i går", "2026-11-22T12:00:00", "1970-01-01T00:00:00Z", "2026-13-01T00:00:00Z"]
)
def test_a_phones_clock_that_can_t_be_right_is_said_and_the_text_stays(office: Office, done_at: str) -> None:
    client = office.sign_in(Role.POLICE)
    answer = complete(office, client, office.lamp, note="Bytte lampan.", done_at=done_at)
    assert answer.status_code == 422
    assert "Ställ klockan och skicka igen." in words(answer)
    assert form_of(answer, "Vad gjordes?").fields["note"] == "Bytte lampan."


def test_too_long_a_text_comes_back_whole_under_the_same_reference(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    answer = complete(office, client, office.lamp, note="ord " * 600, client_ref="abc")
    form = form_of(answer, "Vad gjordes?")
    assert answer.status_code == 422
    assert (form.fields["note"], form.fields["client_ref"]) == ("ord " * 600, "abc")
    assert send(client, form, note="kortare").status_code == 303


def test_the_page_shows_the_steps_the_person_can_take_and_no_other(office: Office) -> None:
    def steps(role: Role, measure_id: int) -> set[str]:
        page = office.sign_in(role).get(f"/my/measures/{measure_id}")
        return set(re.findall(r'name="status" value="(\w+)"', page.text))

    assert steps(Role.POLICE, office.lamp) == {"ongoing", "completed"}
    assert steps(Role.POLICE, office.others) == set()
    assert steps(Role.PLANNER, office.lamp) == {"cancelled"}
    assert steps(Role.COORDINATOR, office.lamp) == {"ongoing", "completed", "cancelled"}
    assert steps(Role.ADMIN, office.lamp) == set()


def test_a_step_that_isn_t_the_persons_is_refused_and_the_words_come_back(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    form = form_of(client.get(f"/my/measures/{office.lamp}"), "Vad gjordes?")
    tag = f"{office.others}-{office.measure(office.others).version}"
    action = f"/my/measures/{office.others}/steps"
    answer = client.post(action, data={**form.fields, "if_match": tag, "note": "Inte mitt."})
    assert answer.status_code == 403
    assert "Inte mitt." in answer.text
    odd = client.post(form.action, data={**form.fields, "status": "flying", "note": "Upp."})
    assert odd.status_code == 422
    assert "Upp." in odd.text


def test_another_follows_up_with_a_word_and_nobody_their_own(office: Office) -> None:
    complete(office, office.sign_in(Role.COORDINATOR), office.lamp, note="Klart.")
    own = office.sign_in(Role.COORDINATOR).get(f"/my/measures/{office.lamp}")
    assert "Hur syntes det" not in own.text

    # A coordinator did it: anybody else who went there may follow up.
    client = office.sign_in(Role.POLICE)
    form = form_of(client.get(f"/my/measures/{office.lamp}"), "Hur syntes det att det är gjort?")
    silent = send(client, form, note="  ")
    assert silent.status_code == 422
    assert send(client, form, note="Lampan lyser.").status_code == 303
    kept = office.measure(office.lamp)
    assert (kept.status, kept.log[-1].note) == (MeasureStatus.VERIFIED, "Lampan lyser.")


def test_who_did_it_can_t_follow_it_up_by_hand_either(office: Office) -> None:
    client = office.sign_in(Role.COORDINATOR)
    answer = complete(office, client, office.lamp)
    kept = office.measure(office.lamp)
    fields = form_of(client.get(answer.location), "Ångra").fields
    forged = {**fields, "if_match": f"{kept.id}-{kept.version}", "status": "verified", "note": "Fint."}
    refused = client.post(f"/my/measures/{office.lamp}/steps", data=forged)
    assert refused.status_code == 403
    assert "Ingen följer upp sitt eget arbete" in words(refused)
    assert office.measure(office.lamp).status is MeasureStatus.COMPLETED


def test_who_finds_it_undone_opens_it_again_with_a_reason(office: Office) -> None:
    complete(office, office.sign_in(Role.POLICE), office.lamp)
    client = office.sign_in(Role.PLANNER)
    form = form_of(client.get(f"/my/measures/{office.lamp}"), "Varför tas den upp igen?")
    assert send(client, form, note="Den är mörk igen.").status_code == 303
    assert office.measure(office.lamp).status is MeasureStatus.REOPENED


def test_a_stale_page_shows_both_and_lets_the_person_choose(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    form = form_of(client.get(f"/my/measures/{office.lamp}"), "Vad gjordes?")
    version = office.measure(office.lamp).version
    planner = office.people[Role.PLANNER]
    changed = Plan("Byt båda lamporna", LAMP.promise, LAMP.responsible, due=LAMP.due)
    edit(office.store, planner, office.lamp, changed, version=version, now=office.now)
    stale = send(client, form, note="Bytte en lampa.")
    assert stale.status_code == 412
    assert "Byt båda lamporna" in words(stale)
    mine = form_of(stale, "Skicka mitt ändå")
    assert mine.fields["note"] == "Bytte en lampa."
    assert mine.fields["client_ref"] == form.fields["client_ref"]
    assert office.measure(office.lamp).status is MeasureStatus.PLANNED
    assert send(client, mine).status_code == 303
    assert office.measure(office.lamp).log[-1].note == "Bytte en lampa."


def test_a_stale_step_that_is_no_longer_there_keeps_the_words(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    form = form_of(client.get(f"/my/measures/{office.lamp}"), "Vad gjordes?")
    complete(office, office.sign_in(Role.COORDINATOR), office.lamp, note="Redan gjort.")
    stale = send(client, form, note="Bytte lampan.")
    assert stale.status_code == 412
    assert "Det steget går inte längre att ta" in words(stale)
    assert ">Bytte lampan.</textarea>" in stale.text
    assert "Redan gjort." in words(stale)
    assert "Coordinator Namn" in words(stale)


def test_a_change_of_no_version_is_told_so(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    answer = complete(office, client, office.lamp, if_match="")
    assert answer.status_code == 428
    assert office.measure(office.lamp).status is MeasureStatus.PLANNED
    with_header = form_of(client.get(f"/my/measures/{office.lamp}"), "Vad gjordes?")
    tag = with_header.fields.pop("if_match")
    answer = client.post(with_header.action, data=with_header.fields, headers={"If-Match": f'"{tag}"'})
    assert answer.status_code == 303


def test_a_form_without_its_token_does_nothing(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    assert complete(office, client, office.lamp, csrf_token="").status_code == 400
    assert office.measure(office.lamp).status is MeasureStatus.PLANNED


def test_a_photo_comes_along_and_staff_see_it(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    answer = complete(office, client, office.lamp, note="Bytte.", photo=picture())
    assert "photo" not in answer.location
    (kept,) = photos_of(office.store, office.lamp)
    assert f'src="/photos/{kept.id}.jpg"' in client.get(answer.location).text


def test_a_bad_photo_loses_neither_the_completion_nor_the_text(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    answer = complete(office, client, office.lamp, note="Bytte.", photo=(io.BytesIO(b"no picture"), "a.jpg"))
    assert answer.status_code == 303
    assert "Fotot gick inte att använda." in words(client.get(answer.location))
    kept = office.measure(office.lamp)
    assert (kept.status, kept.log[-1].note) == (MeasureStatus.COMPLETED, "Bytte.")
    assert photos_of(office.store, office.lamp) == ()


def test_a_program_gets_the_new_version_and_errors_as_json(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    form = form_of(client.get(f"/my/measures/{office.controls}"), "Gjord i dag")
    asked = {"Accept": "application/json", "X-CSRFToken": client.get("/my/token.json").json["csrf_token"]}
    form.fields.pop("csrf_token")
    done = client.post(form.action, data=form.fields, headers=asked)
    kept = office.measure(office.controls)
    assert done.json == {"line": kept.log[-1].id, "tag": f"{kept.id}-{kept.version}", "photo": ""}
    stale = client.post(form.action, data={**form.fields, "client_ref": "other"}, headers=asked)
    assert (stale.status_code, stale.json["error"]["code"]) == (412, 412)
    wrong = {**form.fields, "client_ref": "x" * 65, "if_match": done.json["tag"]}
    refused = client.post(form.action, data=wrong, headers=asked)
    assert (refused.status_code, refused.json["error"]["code"]) == (422, 422)


def test_pages_say_whose_they_are_and_no_cache_but_the_phones_own_keeps_them(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    for path in ("/my/measures", f"/my/measures/{office.lamp}"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Trygg-Person"] == "police"
        assert headers["X-Trygg-Made"] == "2026-11-22T12:02:00+01:00"
        assert headers["X-Trygg-Until"] == "2026-11-23T00:02:00+01:00"
        assert "worker-src 'self'" in headers["Content-Security-Policy"]
    # By this the list's script sees which of the pages that the phone has are old.
    (tag,) = re.findall(rf'data-tag="({office.lamp}-\d+)"', client.get("/my/measures").text)
    assert client.get(f"/my/measures/{office.lamp}").headers["X-Trygg-Tag"] == tag
    told = client.get("/my/token.json")
    assert told.headers["Cache-Control"] == "no-store"
    assert told.json["username"] == "police"


def test_the_service_worker_is_everybodys_and_holds_nothing(office: Office) -> None:
    answer = office.app.test_client().get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in answer.headers
    assert re.search(
        r'importScripts\("/static/work-pages.js\?v=\w+", "/static/work-queue.js\?v=\w+"\)', answer.text
    )


def test_no_such_measure(office: Office) -> None:
    client = office.sign_in(Role.POLICE)
    for key in (999, 10**30):
        assert client.get(f"/my/measures/{key}").status_code == 404
