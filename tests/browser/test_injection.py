"""Stored text of every kind × texts that would run × every page and popup: nothing runs, nothing is refused by the policy."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Error, Page
from readers import PLACE, comes_true, serving
from routes import ROLES, ROUTES
from shapely import Point
from sqlalchemy import JSON, Connection, MetaData, String, Text, func, insert, select, update
from staff import one_of_each

from geo.actions.sessions import Limits, begin
from geo.actions.tokens import create as make_token
from geo.analysis.origins import PEOPLE
from geo.model import Person, Role
from geo.privacy.cells import Cells
from geo.privacy.statements import Key, Quarter, Release, Scope, plain
from geo.settings import Settings
from geo.store.cells import CellSet, add_cell_set
from geo.store.engine import Store, open_store
from geo.store.releases import add_release
from geo.store.rows import text_key
from geo.store.schema import (
    APPEND_ONLY,
    alias,
    answer_location,
    audit,
    baseline,
    finding,
    incident,
    light_source,
    measure,
    measure_log,
    metadata,
    scenario,
    survey_answer,
)
from geo.store.stations import Station, put_station

CORPUS = {
    "elements": (
        "<script>ran('script')</script><img src=x onerror=ran('img')><svg onload=ran('svg')><b data-evil>b</b>"
        "<iframe srcdoc='<script>parent.ran(1)</script>'></iframe><object data=x></object><base href=//evil.example>"
    ),
    "ends": (
        "</title></textarea></style></script></template></noscript><script>ran('end')</script>--><img src=x onerror=ran('c')>"
        "]]><b data-evil>"
    ),
    "attributes": (
        "\" onmouseover=\"ran('dq')\" autofocus onfocus=\"ran('f')\" x=\"' onclick='ran(1)' style='x:expression(ran(1))' data-evil='"
    ),
    "programs": (
        "';ran('q');//\";ran('dq');//`;ran('t');//${ran('tpl')}{{constructor.constructor('ran(1)')()}}{{7*7}}{%raw%}#{ran(1)}"
        "\\u003cscript\\u003eran('u')\\u003c/script\\u003e\u2028ran('ls')\u2029&lt;img src=x onerror=ran('e')&gt;"
    ),
    "addresses": "javascript:ran('url')//https://evil.example/ data:text/html,<script>ran(1)</script> //evil.example/\t@evil.example",
    "letters": (
        "\u202egpj.\u202d\u2066\u200b\ufeff%(anchor)s %s $& $1 \\ \u0000ej".replace("\u0000", "")
        + "＜script＞ran('w')＜/script＞ &#x3c;img src=x onerror=ran('x')&#x3e; ‹b data-evil›"
    ),
}  # fmt: skip
"""Kind → a text with several of that kind; each calls ``ran`` or leaves an element behind where it isn't taken as text."""

MADE = datetime(2026, 1, 5, 12, tzinfo=UTC)

TEXTS: dict[str, tuple[str, ...]] = {
    "import_run": ("file_name",),
    "survey": ("name",),
    "survey_answer": ("text", "comment", "respondent"),
    "place": ("anchor", "locality"),
    "answer_location": ("name", "locality"),
    "incident": ("source", "category", "text", "municipality", "name", "locality", "place_key"),
    "measure": ("title", "description", "kind", "responsible", "text", "name", "locality", "internal_note"),
    "measure_log": ("note", "organisation"),
    "layer": ("title_sv", "title_en", "source", "licence", "precision", "credit"),
    "layer_feature": ("properties",),
    "account": ("name", "organisation"),
    "access_token": ("title",),
    "audit": ("actor", "subject", "before", "after"),
    "finding": ("locality", "where_words", "seen", "owner", "plan"),
    "answer_review": ("note",),
    "alias": ("text", "targets"),
    "station": ("name", "precision", "source"),
    "light_source": ("owner",),
    "scenario": ("name",),
    "baseline": ("name",),
    "cell_set": ("reason", "actor", "made"),
    "release": ("reason", "actor", "sources"),
    "release_statement": ("area",),
}
"""Table → the columns whose text comes from people or their files."""

OWN_WORDS: dict[str, tuple[str, ...]] = {
    "import_run": ("kind", "sha256", "counts"),
    "survey_answer": ("ref", "reasons", "times", "danger", "text_key", "warning"),
    "place": ("anchor_kind", "direction", "reasons", "times", "surveys"),
    "answer_location": ("level", "rule"),
    "incident": ("ref", "grp", "kind", "level", "rule", "text_key", "warning"),
    "measure": ("ref", "promise", "status", "level", "rule", "area", "text_key", "warning"),
    "measure_log": ("status", "kind", "client_ref"),
    "layer": ("name", "audience", "style"),
    "layer_feature": ("layer",),
    "account": ("username", "role", "password", "oidc_issuer", "oidc_subject", "calendar_hash"),
    "one_time_link": ("token_hash",),
    "login_session": ("token_hash",),
    "login_attempt": ("account_key", "address_key"),
    "request_count": ("key",),
    "access_token": ("token_hash", "scopes"),
    "secret": ("name", "value"),
    "audit": ("action",),
    "photo": ("file", "sha256"),
    "answer_review": ("decision",),
    "alias": ("text_key", "decision"),
    "station": ("people",),
    "train": ("clock", "weekdays"),
    "light_source": ("kind",),
    "scenario": ("slug", "edits"),
    "baseline": ("figures",),
    "cell_set": ("version",),
    "release": ("cells", "controls"),
    "release_statement": ("scope", "grp", "said"),
    "station_entrance": ("kind",),
    "release_count": ("locality", "cell", "grp"),
}
"""Table → the columns whose text is the program's own: keys, words of lists, hashes; and references, which no page shows."""

SETTINGS = Limits.of(Settings())
WATCH = """
  window.found = [];
  window.ran = (what) => window.found.push("ran " + what);
  addEventListener("securitypolicyviolation", (e) => window.found.push(`refused ${e.violatedDirective} ${e.sample}`));
"""
LEFT = """() => {
  const odd = document.querySelectorAll("[data-evil], iframe, object, base, script:not([src]):not([nonce]), [onerror], [onload], [onclick], [onfocus], [onmouseover]");
  const links = [...document.querySelectorAll("a[href], form[action], img[src], link[href], script[src]")];
  const away = links.map((one) => one.href || one.action || one.src).filter((to) => /^(javascript|data|vbscript):|evil\\.example/i.test(String(to)));
  return [...window.found, ...[...odd].map((one) => one.outerHTML.slice(0, 200)), ...away];
}"""


def test_every_column_of_text_is_attacked_or_the_programs_own() -> None:
    for table in metadata.tables.values():
        found = {one.name for one in table.columns if isinstance(one.type, String | Text | JSON)}
        texts, own = set(TEXTS.get(table.name, ())), set(OWN_WORDS.get(table.name, ()))
        assert texts | own == found, f"{table.name}: say whose text {sorted(found ^ (texts | own))} is"


@dataclass
class Site:
    """A server whose stored texts can be made evil, and the people who look at them."""

    address: str
    store: Store
    people: dict[Role, Person]

    def poison(self, text: str) -> None:
        """Puts a text into every column that holds people's words, in every row."""
        with self.store.write() as connection:
            there = MetaData()
            there.reflect(connection)
            for name, columns in TEXTS.items():
                table = metadata.tables[name]
                values = {one: _value(name, one, _short(table.c[one], text)) for one in columns}
                if name in APPEND_ONLY:
                    continue
                if "name" in values and name == "survey":
                    values["name"] = func.substr(values["name"], 1, 190).concat(table.c.id)
                connection.execute(update(table).values(values))
            _release(connection, text)
            connection.execute(insert(baseline).values(name=text[:200], at=MADE, account_id=1, figures={}))
            connection.execute(update(measure).values(text_key=text_key(text)))
            connection.execute(
                insert(audit).values(
                    at=MADE, account_id=None, actor=text[:100], action="measure.edit", subject=text[:100],
                    before={text[:90]: text, "title": text}, after={text[:90]: text, "title": text, "note": [text]},
                )
            )  # fmt: skip
            connection.execute(
                insert(measure_log).values(
                    measure_id=1, status="ongoing", at=MADE, note=text, organisation=text[:200], account_id=1
                )
            )

    def cookies(self, role: str) -> list[dict[str, Any]]:
        """What the browser of somebody signed in holds."""
        token = begin(self.store, self.people[Role(role)], now=datetime.now(UTC), limits=SETTINGS, how="test")
        return [{"name": "session", "value": token, "url": self.address}]


_numbers = count()


def _release(connection: Connection, text: str) -> None:
    """A release, its areas and its reasons, with the text in all that comes from people or their files."""
    corner = (783_000.0, 7_131_000.0)
    boxes = np.array([[*corner, corner[0] + 900, corner[1] + 900]])
    cells = Cells(f"evil{next(_numbers)}", boxes, np.array([20]), np.empty((0, 4)))
    made = CellSet(cells, 0, ((text, 1),), 20, datetime.now(UTC), text)
    add_cell_set(connection, made, actor=text[:100])
    keys = [Key(Scope.MUNICIPALITY, "", 2025, "theft")]
    keys += [Key(Scope.LOCALITY, text[:100], year, "") for year in (0, 2025)]
    keys += [Key(Scope.CELL, made.ids()[0], year, "") for year in (0, 2025)]
    add_release(
        connection, Release(Quarter(2025, 4), tuple(plain(key, 7) for key in keys)), {},
        actor=text[:100], at=MADE, cells=cells.version, controls={2025: 7}, sources=(text,), reason=text,
    )  # fmt: skip


def _short(column: Any, text: str) -> str:
    return text[: getattr(column.type, "length", None) or 5_000]


def _value(table: str, column: str, text: str) -> Any:
    if table == "measure" and column == "responsible":
        return [text, "Robertsfors kommun"]
    if table == "layer_feature":
        return {"name": text, "kind": "locality", text: text, "code": "2409"}
    if table == "alias" and column == "targets":
        return [
            {"e": 783_730.0, "n": 7_131_492.0, "radius_m": 25.0, "name": text, "locality": text, "level": "spot", "line": []}
        ]  # fmt: skip
    return text


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory, handmade_file: Path) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("evil")
    shutil.copy(handmade_file, folder / "trygg.sqlite")
    store = open_store(f"sqlite:///{folder / 'trygg.sqlite'}")
    people = one_of_each(store, "Robertsfors kommun")
    for person in people.values():
        make_token(store, person, ("measures:read",), title="Titel", now=MADE)
    _rows_of_every_kind(store)
    with serving(f"sqlite:///{folder / 'trygg.sqlite'}", folder / "log") as address:
        yield Site(address, store, people)
    store.close()


def _rows_of_every_kind(store: Store) -> None:
    at = {"level": "unknown", "rule": "none", "name": "", "locality": "", "radius_m": 0.0, "probability": 0.0}
    with store.write() as connection:
        for key, danger, warning in ((50, "railing", ""), (51, "", ""), (52, "", "home")):
            connection.execute(
                insert(survey_answer).values(
                    id=key, survey_id=1, import_id=1, ref=str(key), respondent="r", text="T", reasons=[], times=[],
                    comment="K", answered=date(2022, 3, 1), danger=danger, text_key=text_key("T"), warning=warning,
                )
            )  # fmt: skip
            connection.execute(
                insert(answer_location).values(answer_id=key, ordinal=0, geom=None, place_id=None, **at)
            )
        connection.execute(
            insert(incident).values(
                import_id=1, source="EST", ref="1", category="Stöld", grp="theft", kind="incident", text="T",
                municipality="R", started=MADE, published=MADE, year=2026, place_key="T", geom=None, warning="sexual", **at,
            )
        )  # fmt: skip
        spot = Point(783_730, 7_131_492)
        made = Station(
            "S", spot.buffer(90), ((spot.x, spot.y),), True, "P", "K", 1.2, PEOPLE, MADE.date(), MADE.date()
        )
        put_station(connection, made, version=0)
        connection.execute(
            insert(light_source).values(kind="road", geom=spot.buffer(9).exterior, owner="O", lit=True)
        )
        connection.execute(
            insert(scenario).values(slug="s", name="S", edits=[], account_id=1, changed_at=MADE)
        )
        for repaired in (None, date(2026, 1, 4)):
            connection.execute(
                insert(finding).values(
                    answer_id=50, account_id=1, made_at=MADE, locality="L", where_words="V", seen="S",
                    seen_on=date(2026, 1, 2), owner="O", plan="P", due=date(2026, 1, 3), repaired_on=repaired,
                    one_household=False,
                )
            )  # fmt: skip
        for key, decision in (("t1", "places"), ("t2", "outside")):
            connection.execute(
                insert(alias).values(
                    text_key=key, text="T", decision=decision, targets=[], at=MADE, account_id=1
                )
            )


EXTRA = {
    "nobody": ("/?place=1", "/?place=2", "/?place=6", "/places?locality=x", "/places/2", "/measures?promise=traffic", "/places/999", "/nowhere<b data-evil>"),
    "coordinator": (f"/review/{text_key('T')}", "/answers/50", "/answers/51", "/findings/1/edit", "/audit?q=x", "/my/measures/1"),
}  # fmt: skip
MORE = {
    "coordinator": ("/", "/places/2", "/api/measures"),
    "police": ("/my/measures", "/my/measures/1"),
    "admin": ("/account",),
}
SKIPPED = (
    ".ics",
    ".jpg",
    ".png",
    ".pmtiles",
    ".csv",
    ".gpkg",
    ".atom",
    "/static/",
    "/language/",
    "/logout",
    "/oidc",
)


def _paths(who: str) -> list[str]:
    """The pages that somebody may open: all of the table of routes, and some that it has no row for."""
    ids = {"measure": 1, "recurring": 1, "answer": 50}
    found = []
    for key, route in ROUTES.items():
        method, rule = key.split(" ", 1)
        path = (route.path or rule).format(**ids)
        if method == "GET" and route.by.get(who) in (200, 404) and not any(end in path for end in SKIPPED):
            found.append(path)
    return [*found, *EXTRA.get(who, ())]


def _look(page: Page, site: Site, path: str) -> list[str]:
    """What is amiss with a page, its popups and its boxes."""
    try:
        answer = page.goto(site.address + path)
    except Error as error:
        return [] if "Download is starting" in str(error) else [str(error)]
    if answer is None or answer.status >= 500:
        return [f"status {answer and answer.status}"]
    if page.locator(".folium-map").count():
        page.wait_for_selector(".folium-map[data-ready=true]", state="attached")
        page.evaluate("document.querySelectorAll('[data-layer]:not(:checked)').forEach((box) => box.click())")
        for number in range(3):
            for symbol in (PLACE, ".map-measure"):
                # A click may take the others away: what is there is looked for anew.
                page.evaluate("([one, n]) => document.querySelectorAll(one)[n]?.click()", [symbol, number])
        if "place=" in path:
            page.wait_for_selector("[role=dialog] dl")
        else:
            page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(
        "document.querySelectorAll('main *').forEach((one) => one.dispatchEvent(new Event('mouseover')))"
    )
    left: list[str] = page.evaluate(LEFT)
    return left


@pytest.mark.parametrize("kind", CORPUS)
def test_no_stored_text_runs_on_any_page(
    kind: str, evil: Site, contexts: Callable[..., BrowserContext]
) -> None:
    evil.poison(CORPUS[kind])
    wrong: dict[str, list[str]] = {}
    seen: set[str] = set()
    for who in ("nobody", "coordinator", *ROLES):
        # A page is looked at by the first who may open it; by the others, what they see more of.
        paths = [
            path
            for path in (*_paths(who), *MORE.get(who, ()))
            if path not in seen or path in MORE.get(who, ())
        ]
        seen.update(paths)
        context = contexts(evil.address, service_workers="block")
        context.add_init_script(WATCH)
        if who != "nobody":
            context.add_cookies(evil.cookies(who))
        page = context.new_page()
        said: list[str] = []
        page.on(
            "dialog", lambda dialog, said=said: (said.append(f"dialog {dialog.message}"), dialog.dismiss())
        )
        page.on("pageerror", lambda error, said=said: said.append(f"error {error}"))
        page.on(
            "console",
            lambda line, said=said: said.append(line.text) if "Content Security" in line.text else None,
        )
        page.on(
            "request",
            lambda asked, said=said: said.append(asked.url) if "evil.example" in asked.url else None,
        )
        for path in dict.fromkeys(paths):
            said.clear()
            found = [*_look(page, evil, path), *said]
            if found:
                wrong[f"{who} {path}"] = found
        context.close()
    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)[:4_000]


def test_the_watch_sees_what_runs_and_what_is_refused(
    evil: Site, contexts: Callable[..., BrowserContext]
) -> None:
    context = contexts(evil.address)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(evil.address + "/places")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', `<img src=x onerror=ran(1)><b data-evil>b</b>`)"
    )
    comes_true(page, "window.found.length > 0")
    assert len(page.evaluate(LEFT)) >= 2
    page.evaluate("ran('this')")
    assert "ran this" in page.evaluate(LEFT)


def test_the_texts_are_shown_as_they_are(evil: Site, contexts: Callable[..., BrowserContext]) -> None:
    # Were a column left out of the pages, or emptied, nothing would run either.
    evil.poison(CORPUS["elements"])
    public = contexts(evil.address).new_page()
    staff = contexts(evil.address)
    staff.add_cookies(evil.cookies("coordinator"))
    for page, path in (
        (public, "/places"), (public, "/places/2"), (public, "/measures"), (public, "/about"),
        (staff.new_page(), "/answers/50"), (staff.new_page(), "/held"), (staff.new_page(), "/today"),
        (public, "/incidents"), (staff.new_page(), "/publish"), (staff.new_page(), "/findings"), (staff.new_page(), "/my/measures/1"), (staff.new_page(), "/review/decisions"),
    ):  # fmt: skip
        page.goto(evil.address + path)
        assert "<script>ran('script')</script>" in page.locator("main").inner_text(), path


def test_how_many_rows_were_made_evil(evil: Site) -> None:
    with evil.store.read() as connection:
        for name in TEXTS:
            table = metadata.tables[name]
            number = connection.execute(select(func.count()).select_from(table)).scalar_one()
            assert number or name in ("answer_review",), f"no row of {name}"
