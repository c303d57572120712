"""The audit's page: everything that was done, in words, for administrators only; and the file of it."""

import ast
import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import add_people, sign_in

from geo.actions.people import find
from geo.model import Person, Role
from geo.render.audit import ACTIONS, FAMILIES
from geo.settings import ROOT, Settings
from geo.store import audit
from geo.store.engine import Store
from webapp import create_app

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Office:
    """The application with a clock that the test sets, and people."""

    def __init__(self, url: str) -> None:
        add_people(url, now=NOW)
        self.now = NOW
        self.app: Flask = create_app(Settings(database_url=url, log_level="ERROR"), lambda: self.now)
        self.store: Store = self.app.extensions["pictures"].store

    def person(self, role: Role) -> Person:
        return find(self.store, role.value).person

    def client(self, role: Role = Role.ADMIN) -> FlaskClient:
        browser = self.app.test_client()
        sign_in(browser, role)
        return browser

    def record(self, action: str, by: Role = Role.POLICE, *, at: datetime = NOW, **more: object) -> None:
        with self.store.write(quiet=True) as connection:
            audit.record(connection, at=at, by=self.person(by), action=action, **more)  # type: ignore[arg-type]

    def lines(self) -> list[audit.AuditLine]:
        with self.store.read() as connection:
            return list(audit.lines(connection))


@pytest.fixture
def office(store_url: str) -> Iterator[Office]:
    made = Office(store_url)
    yield made
    made.store.close()


def headings(page: str) -> list[str]:
    return re.findall(r'<h2 class="row-name">([^<]*)</h2>', page)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page))


def test_a_line_is_told_in_words_with_before_and_after(office: Office) -> None:
    office.record(
        "measure.step",
        subject="measure 12",
        before={"status": "planned"},
        after={"status": "completed", "note": "Bytte lampa <b>7</b>"},
    )
    page = office.client().get("/audit").text
    assert headings(page)[:2] == ["Loggade in", "Ändrade en åtgärds status"]
    said = words(page)
    assert "police, 1 juni 2026 14:00:00 · Åtgärd 12 Status Planerad blev Genomförd" in said
    assert "Bytte lampa &lt;b&gt;7&lt;/b&gt;" in said
    assert "{" not in said
    assert "measure.step" not in said


def test_only_administrators_read_it(office: Office) -> None:
    for address in ("/audit", "/audit.csv"):
        assert office.app.test_client().get(address).status_code == 303
        for role in Role:
            wanted = 200 if role is Role.ADMIN else 403
            assert office.client(role).get(address).status_code == wanted, (address, role)


def test_it_is_never_kept_by_the_browser_and_reading_it_is_no_line(office: Office) -> None:
    browser = office.client()
    before = len(office.lines())
    answer = browser.get("/audit")
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(office.lines()) == before


def test_older_lines_are_pages_on(office: Office) -> None:
    for number in range(120):
        office.record("sign_out", at=NOW + timedelta(seconds=number))
    browser = office.client()
    address: str | None = "/audit?person=police&action=sign_out"
    seen: list[str] = []
    pages = 0
    while address:
        page = browser.get(address).text
        seen += re.findall(r'id="line-(\d+)"', page)
        found = re.search(r'href="([^"]*)" rel="next"', page)
        address = found.group(1).replace("&amp;", "&") if found else None
        pages += 1
    assert (len(seen), len(set(seen)), pages) == (120, 120, 3)
    assert seen == sorted(seen, key=int, reverse=True)


def test_lines_are_chosen_by_person_action_and_day(office: Office) -> None:
    # Half past eleven in the evening UTC is the next day in Sweden.
    late = datetime(2026, 5, 31, 22, 30, tzinfo=UTC)
    office.record("sign_out", Role.PLANNER, at=late)
    office.record("photo.add", Role.POLICE, at=NOW + timedelta(days=3))
    office.record("photo.publish", Role.COORDINATOR, at=NOW + timedelta(days=4))
    browser = office.client()

    def shown(query: str) -> list[str]:
        return headings(browser.get(f"/audit?{query}").text)

    assert shown("person=planner") == ["Loggade ut", "Valde ett lösenord"]
    assert shown("action=photo") == ["Visade ett foto för invånarna", "Lade till ett foto"]
    assert shown("action=photo.add") == ["Lade till ett foto"]
    assert shown("action=phot") == []
    assert shown("from=2026-06-05") == ["Visade ett foto för invånarna"]
    assert shown("from=2026-06-04&to=2026-06-04") == ["Lade till ett foto"]
    assert "Loggade ut" in shown("from=2026-06-01&to=2026-06-01&person=planner")
    assert shown("to=2026-05-31") == []
    assert "Kommandoraden" in browser.get("/audit?person=console").text
    page = browser.get("/audit?person=planner&from=2026-06-01").text
    assert '<option value="planner" selected>' in page
    assert 'href="/audit.csv?from=2026-06-01"' in page


@pytest.mark.parametrize(
    "query",
    [
        "from=idag",
        "to=2026-13-01",
        "from=0001-01-01",
        "before=x",
        "before=-1",
        "before=" + "9" * 30,
        "person=%00",
    ],
)
def test_what_cannot_be_asked_is_said(office: Office, query: str) -> None:
    assert office.client().get(f"/audit?{query}").status_code == 400


def test_a_page_far_out_is_empty_and_no_fault(office: Office) -> None:
    browser = office.client()
    assert headings(browser.get("/audit?action=nothing.like.that").text) == []
    assert browser.get("/audit?before=" + "9" * 9).status_code == 200
    assert browser.get("/audit?before=1").status_code == 200


def test_the_file_holds_the_days_and_its_taking_is_a_line(office: Office) -> None:
    office.record("measure.edit", subject="measure 1", before={"title": "=1+1"}, after={"title": "@SUM(A1)"})
    office.record("sign_out", at=NOW + timedelta(days=10))
    answer = office.client().get("/audit.csv?from=2026-06-01&to=2026-06-02")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Rad", "Tid", "Vem", "Vad", "Gäller", "Före", "Efter", "Händelse"]
    edited = next(row for row in rows if row[7] == "measure.edit")
    assert edited[1:5] == ["2026-06-01 14:00:00+02:00", "police", "Ändrade en åtgärd", "Åtgärd 1"]
    assert edited[5:7] == ["rubrik: =1+1", "rubrik: @SUM(A1)"]
    assert all(row[1].startswith("2026-06-01") for row in rows[1:])
    line = office.lines()[-1]
    assert (line.actor, line.action) == ("admin", "audit.exported")
    assert line.after == {"from": "2026-06-01", "to": "2026-06-02"}
    assert rows[-1][0] == str(line.id)


def test_every_action_of_the_program_has_words(office: Office) -> None:
    found: set[str] = set()
    for file in sorted(Path(ROOT, "geo").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "action":
                found |= {
                    part.value
                    for part in ast.walk(node.value)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    # What is read is put before ".read".
    found = {name for name in found if not name.startswith(".")} - {""}
    assert len(found) > 20
    assert found <= set(ACTIONS)
    assert set(FAMILIES) <= {name.split(".")[0] for name in ACTIONS}
