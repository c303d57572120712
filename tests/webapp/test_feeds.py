"""What gets done, as a feed for everybody; what is due, as a calendar behind a secret link."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from handmade import fill
from icalendar import Calendar
from sqlalchemy import select, update
from staff import one_of_each

from geo.actions.measures import take_step
from geo.actions.sessions import Limits, begin
from geo.model import MeasureStatus, Person, Role
from geo.settings import Settings
from geo.store.engine import Store
from geo.store.schema import account, audit, measure
from webapp import create_app

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
FEED = "/feeds/measures.atom"


class Office:
    """The application over the picture made by hand, with a person of each role."""

    def __init__(self, url: str) -> None:
        fill(url)
        self.now = NOW
        self.settings = Settings(database_url=url)
        self.app: Flask = create_app(self.settings, lambda: self.now)
        self.store: Store = self.app.extensions["pictures"].store
        self.people = one_of_each(self.store, "Robertsfors kommun")
        self.reader = self.app.test_client()

    def signed_in(self, role: Role) -> FlaskClient:
        client = self.app.test_client()
        limits = Limits.of(self.settings)
        token = begin(self.store, self.people[role], now=self.now, limits=limits, how="password")
        client.set_cookie("session", token)
        return client

    def set(self, key: int, **values: object) -> None:
        with self.store.write() as connection:
            connection.execute(update(measure).where(measure.c.id == key).values(**values))

    def complete(self, key: int, by: Person) -> None:
        with self.store.read() as connection:
            version = connection.execute(select(measure.c.version).where(measure.c.id == key)).scalar_one()
        target = MeasureStatus.COMPLETED
        take_step(self.store, by, key, target, note="Hemligt", version=version, now=self.now)

    def link(self, role: Role) -> str:
        """Makes the person's link as the page's form does, and gives its path."""
        client = self.signed_in(role)
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/my/calendar").text)
        assert token is not None
        page = client.post("/my/calendar", data={"csrf_token": token[1]})
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        found = re.search(r'value="http://localhost(/calendar/[^"]+\.ics)"', page.text)
        assert found is not None
        return found[1]

    def events(self, path: str) -> dict[str, date]:
        answer = self.app.test_client().get(path)
        assert answer.status_code == 200
        parsed = Calendar.from_ical(answer.data)
        return {str(event["summary"]): event.decoded("dtstart") for event in parsed.walk("VEVENT")}


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    made = Office(database_url)
    yield made
    made.store.close()


def entries(client: FlaskClient) -> list[dict[str, str]]:
    root = ElementTree.fromstring(client.get(FEED).data)  # noqa: S314 - our own answer
    return [
        {
            "id": entry.findtext(f"{ATOM}id") or "",
            "title": entry.findtext(f"{ATOM}title") or "",
            "updated": entry.findtext(f"{ATOM}updated") or "",
            "summary": entry.findtext(f"{ATOM}summary") or "",
            "link": entry.find(f"{ATOM}link").get("href"),  # type: ignore[union-attr]
        }
        for entry in root.iter(f"{ATOM}entry")
    ]


class TestAtom:
    def test_has_what_is_done_and_nothing_else(self, office: Office) -> None:
        assert sorted(entry["title"] for entry in entries(office.reader)) == [
            "Genomförd: Trygghetsvandring vid skolan",
            "Uppföljd: Lägre häckar",
        ]

    def test_is_a_feed_that_readers_take(self, office: Office) -> None:
        answer = office.reader.get(FEED)
        assert answer.mimetype == "application/atom+xml"
        root = ElementTree.fromstring(answer.data)  # noqa: S314 - our own answer
        assert root.tag == f"{ATOM}feed"
        for name in ("id", "title", "updated", "author"):
            assert root.find(f"{ATOM}{name}") is not None, name
        links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
        assert links == {"self": f"http://localhost{FEED}", "alternate": "http://localhost/measures"}
        again = office.reader.get(FEED, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304

    def test_a_completion_comes_when_it_is_public_with_that_moment(self, office: Office) -> None:
        before = entries(office.reader)
        office.complete(1, office.people[Role.COORDINATOR])
        office.now = NOW + timedelta(minutes=9)
        assert entries(office.reader) == before
        office.now = NOW + timedelta(minutes=10)
        newest = entries(office.reader)[0]
        assert newest["title"] == "Genomförd: Ny belysning längs gångvägen"
        assert datetime.fromisoformat(newest["updated"]) == NOW + timedelta(minutes=10)
        assert newest["link"] == "http://localhost/measures#measure-1"
        assert "Robertsfors kommun" in newest["summary"]
        assert "Genomförd 1 juni 2026" in newest["summary"]
        for secret in ("Hemligt", "Coordinator"):
            assert secret not in office.reader.get(FEED).text

    def test_names_stay_when_the_words_change(self, office: Office) -> None:
        before = {entry["id"] for entry in entries(office.reader)}
        assert all(name.startswith("tag:localhost,2026:measures/") for name in before)
        office.set(3, title="Ett annat namn")
        assert {entry["id"] for entry in entries(office.reader)} == before

    def test_what_xml_can_t_hold_does_no_harm(self, office: Office) -> None:
        office.set(3, title="<b>\x0bfet\x1b & \ufffe\u202eklar")
        titles = [entry["title"] for entry in entries(office.reader)]
        assert "Genomförd: <b>fet & klar" in titles

    def test_an_empty_feed_is_a_feed(self, store_url: str) -> None:
        app = create_app(Settings(database_url=store_url), lambda: NOW)
        assert entries(app.test_client()) == []
        app.extensions["pictures"].store.close()

    @pytest.mark.parametrize("page", ["/measures", "/promises"])
    def test_pages_lead_to_it(self, office: Office, page: str) -> None:
        text = office.reader.get(page).text
        assert re.search(rf'<link rel="alternate" type="application/atom\+xml" [^>]*href="{FEED}"', text)


class TestCalendar:
    def test_has_the_open_measures_of_the_own_organisation_by_due_date(self, office: Office) -> None:
        office.set(1, responsible=["Polisen", "Robertsfors kommun"], due=date(2026, 6, 15))
        office.set(2, responsible=["polisen"], due=date(2026, 5, 20))
        office.set(5, responsible=["Polisen"], due=None)
        assert office.events(office.link(Role.POLICE)) == {
            "Ny belysning längs gångvägen": date(2026, 6, 15),
            "Försenad: Röjning av buskar": date(2026, 5, 20),
        }

    def test_a_coordinator_has_those_of_all(self, office: Office) -> None:
        office.set(2, responsible=["Polisen"])
        assert set(office.events(office.link(Role.COORDINATOR))) == {
            "Ny belysning längs gångvägen",
            "Försenad: Röjning av buskar",
            "Fartkontroller",
            "Ny busskur",
            "Drogförebyggande arbete",
        }

    def test_what_is_done_is_due_no_more(self, office: Office) -> None:
        path = office.link(Role.COORDINATOR)
        office.complete(1, office.people[Role.COORDINATOR])
        assert "Ny belysning längs gångvägen" not in office.events(path)

    def test_is_whole_days_that_block_no_time_and_keeps_out_of_caches(self, office: Office) -> None:
        answer = office.app.test_client().get(office.link(Role.COORDINATOR))
        assert answer.mimetype == "text/calendar"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        event = Calendar.from_ical(answer.data).walk("VEVENT")[0]
        assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1)
        assert event["transp"] == "TRANSPARENT"
        assert str(event["uid"]).startswith("measure-")
        assert "internal" not in answer.text

    def test_a_new_link_shuts_the_old_one(self, office: Office) -> None:
        old = office.link(Role.POLICE)
        new = office.link(Role.POLICE)
        assert old != new
        assert office.reader.get(old).status_code == 404
        assert office.reader.get(new).status_code == 200

    def test_a_wrong_link_and_that_of_a_shut_account_say_the_same(self, office: Office) -> None:
        path = office.link(Role.POLICE)
        with office.store.write(quiet=True) as connection:
            connection.execute(update(account).where(account.c.username == "police").values(disabled_at=NOW))
        shut, wrong = office.reader.get(path), office.reader.get("/calendar/" + "x" * 43 + ".ics")
        assert (shut.status_code, wrong.status_code) == (404, 404)
        plain = [re.sub(r"[0-9a-f]{12}|/calendar/[^&\"]+", "", answer.text) for answer in (shut, wrong)]
        assert plain[0] == plain[1]

    def test_only_a_hash_is_kept_and_nothing_is_logged(
        self, office: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = office.link(Role.POLICE)
        capsys.readouterr()
        office.reader.get(path)
        secret = path.removeprefix("/calendar/").removesuffix(".ics")
        assert len(secret) >= 43
        [line] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert (line["route"], line["path"], line["status"]) == ("/calendar/<secret>.ics", None, 200)
        with office.store.read() as connection:
            kept = connection.execute(select(account)).all()
            told = connection.execute(select(audit).where(audit.c.action == "calendar.renew")).all()
        assert len(told) == 1
        assert secret not in repr(kept) + repr(told)

    def test_the_page_is_for_those_signed_in(self, office: Office) -> None:
        answer = office.reader.get("/my/calendar")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=%2Fmy%2Fcalendar")
        assert office.signed_in(Role.ADMIN).post("/my/calendar").status_code == 400
