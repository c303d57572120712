"""The pages in words, as a browser without JavaScript gets them."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo.settings import Settings
from webapp import create_app
from webapp.picture import Pictures

PAGES = ("/", "/places", "/places/1", "/measures", "/incidents", "/about", "/accessibility", "/nowhere")
DATA_ADDRESSES = (
    "/api/map.json",
    "/api/places.geojson",
    "/api/measures.geojson",
    "/api/incidents.json",
    "/api/places/1.json",
)
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Outline(HTMLParser):
    """What a page is made of; fails on elements that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]

    def ids(self) -> list[str]:
        return [str(attrs["id"]) for _tag, attrs in self.tags if "id" in attrs]


def words(page: str) -> str:
    """The text of a page, as one line."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", page)))


def address_of(client: FlaskClient, name: str) -> str:
    """The address of the place with this name in the list."""
    found = re.search(rf'href="(/places/\d+)"><bdi>{re.escape(name)}<', client.get("/places").text)
    assert found, name
    return found.group(1)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_well_made(app: Flask, path: str, language: str) -> None:
    client = app.test_client()
    client.set_cookie("language", language)
    answer = client.get(path)
    assert answer.status_code == (404 if path == "/nowhere" else 200)
    page = Outline(answer.text)
    assert page.all("html") == [{"lang": language}]
    assert len(page.all("h1")) == 1
    assert len(page.all("title")) == 1
    assert len(page.all("main")) == 1
    assert page.all("header") and page.all("footer") and page.all("nav")
    assert page.all("a")[0] == {"class": "skip", "href": "#main"}
    assert "main" in page.ids()
    assert len(page.ids()) == len(set(page.ids()))
    viewport = next(meta for meta in page.all("meta") if meta.get("name") == "viewport")
    assert "user-scalable" not in str(viewport["content"])
    labels = {label["for"] for label in page.all("label") if "for" in label}
    assert {str(select["id"]) for select in page.all("select")} <= labels
    assert not [tag for tag, attrs in page.tags if "style" in attrs or any(a.startswith("on") for a in attrs)]


@pytest.mark.parametrize("path", PAGES)
def test_every_link_inside_the_site_leads_somewhere(client: FlaskClient, path: str) -> None:
    for link in Outline(client.get(path).text).all("a"):
        target = str(link["href"])
        if target.startswith("/"):
            assert client.get(target.partition("#")[0]).status_code in (200, 303), target


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_loaded_from_elsewhere(client: FlaskClient, path: str) -> None:
    page = Outline(client.get(path).text)
    for tag, attribute in (("script", "src"), ("link", "href"), ("img", "src"), ("form", "action")):
        for found in page.all(tag):
            assert str(found.get(attribute, "/")).startswith("/"), found


def test_titles_tell_the_pages_apart(client: FlaskClient) -> None:
    titles = [re.findall(r"<title>(.*?)</title>", client.get(path).text)[0] for path in PAGES[1:]]
    assert len(set(titles)) == len(titles)
    assert all(title.endswith("– Trygghetskartan") for title in titles)


class TestPlaces:
    def test_what_is_being_done_stands_first(self, client: FlaskClient) -> None:
        text = words(client.get("/places").text)
        assert "3 platser visas." in text
        row = text[text.index("Arbete pågår: Vid Robertsfors busstation") :]
        row = row[: row.index("Vid Ånäset busstation")]
        order = [
            "Arbete pågår",
            "Ny belysning.",
            "Kommunen, klar senast 15 december 2026.",
            "Varför: dålig belysning",
        ]
        assert [row.index(part) for part in order] == sorted(row.index(part) for part in order)
        assert "När: på kvällen och på natten." in row
        assert "Varför: dålig belysning och ödsligt." in row

    def test_grouped_by_locality_in_swedish_order_with_a_sentence_for_the_rest(
        self, client: FlaskClient
    ) -> None:
        page = client.get("/places").text
        headings = re.findall(r"<h2[^>]*><bdi>(.*?)</bdi>", page)
        assert headings == ["Bygdeå", "Robertsfors", "Ånäset"]
        text = words(page)
        assert "I Bygdeå nämndes platser; alla är lästa." in text
        assert "I Robertsfors nämndes ytterligare platser; alla är lästa." in text
        assert "De som svarade nämnde också grupper som upplevs stökiga." in text

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("reason=lighting", ["Vid Robertsfors busstation", "Vid Ånäset busstation"]),
            ("reason=traffic", ["Vid Jenningsskolan"]),
            ("time=night", ["Vid Robertsfors busstation", "Vid Ånäset busstation"]),
            ("status=planned", ["Vid Jenningsskolan"]),
            ("status=verified", []),
            ("locality=Ånäset", ["Vid Ånäset busstation"]),
            (
                "reason=lighting&time=evening&status=ongoing&locality=Robertsfors",
                ["Vid Robertsfors busstation"],
            ),
            (
                "reason=&time=&status=&locality=",
                ["Vid Jenningsskolan", "Vid Robertsfors busstation", "Vid Ånäset busstation"],
            ),
        ],
    )
    def test_filters(self, client: FlaskClient, query: str, names: list[str]) -> None:
        page = client.get(f"/places?{query}").text
        assert sorted(re.findall(r'href="/places/\d+"><bdi>(.*?)</bdi>', page)) == sorted(names)
        shown = {0: "Ingen plats passar in på filtren.", 1: "1 plats visas."}.get(
            len(names), f"{len(names)} platser visas."
        )
        status = next(part for part in page.split("<p ") if 'role="status"' in part)
        assert shown in words(status)

    def test_the_form_shows_what_was_chosen_and_the_map_is_asked_the_same(self, client: FlaskClient) -> None:
        page = client.get("/places?reason=lighting&locality=Ånäset").text
        assert re.findall(r'<option value="([^"]+)" selected>', page) == ["lighting", "Ånäset"]
        assert 'href="/?reason=lighting&amp;locality=%C3%85n%C3%A4set"' in page

    @pytest.mark.parametrize(
        "query",
        [
            "reason=kaffe",
            "reason=groups",
            "reason=drugs",
            "time=noon",
            "status=proposed",
            "locality=Tundal",
            "time=day&time=night",
        ],
    )
    def test_a_filter_that_is_not_offered_is_refused_by_name(self, client: FlaskClient, query: str) -> None:
        answer = client.get(f"/places?{query}")
        assert answer.status_code == 400
        name, _, value = query.partition("=")
        assert f"Filtret ”{name}”" in words(answer.text)
        assert ("mer än en gång" if "&" in query else f"”{value}”") in words(answer.text)
        assert client.get(f"/?{query}").status_code == 400

    def test_the_rest_is_not_told_beside_a_choice_of_reasons(self, client: FlaskClient) -> None:
        assert "alla är lästa" not in words(client.get("/places?reason=lighting").text)
        assert "I Robertsfors nämndes" in words(client.get("/places?locality=Robertsfors").text)
        assert "I Bygdeå nämndes" not in words(client.get("/places?locality=Robertsfors").text)

    def test_an_empty_store_says_so(self, empty_app: Flask) -> None:
        client = empty_app.test_client()
        text = words(client.get("/places").text)
        assert "Det finns ingen plats att visa än." in text
        assert "Demonstration." not in text
        assert "Inga händelser har publicerats än." in words(client.get("/incidents").text)
        for path in ("/", "/measures", "/about", "/accessibility"):
            assert client.get(path).status_code == 200


class TestPlace:
    def test_tells_what_why_and_when_and_not_more(self, client: FlaskClient) -> None:
        path = address_of(client, "Vid Robertsfors busstation")
        page = client.get(path).text
        text = words(page)
        order = [
            "Arbete pågår",
            "Ny belysning.",
            "Varför och när",
            "Dålig belysning",
            "Ödsligt",
            "Det säger inget om risken för brott.",
        ]
        assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
        assert (
            "Några som svarade 2022 kände sig otrygga här, mest på kvällen och på natten. "
            "Det säger inget om risken för brott." in text
        )
        assert "Klippta häckar" in text
        assert "3 december 2025" in text
        assert "Påhittat exempel" in text
        assert f'href="/?place={path.rpartition("/")[2]}"' in page
        assert 'href="/places"' in page
        assert "grupper" not in text.lower()

    def test_overdue_is_said(self, client: FlaskClient) -> None:
        text = words(client.get(address_of(client, "Vid Jenningsskolan")).text)
        assert "Försenad: skulle ha varit klar 31 oktober 2026." in text

    def test_a_place_at_all_hours(self, client: FlaskClient) -> None:
        text = words(client.get(address_of(client, "Vid Ånäset busstation")).text)
        assert "otrygga här, dygnet runt." in text
        assert "Ingen åtgärd är beslutad för den här platsen än." in text

    def test_in_english(self, english: FlaskClient) -> None:
        text = words(english.get(address_of(english, "At Robertsfors busstation")).text)
        assert "Work in progress" in text
        assert (
            "Some of those who answered in 2022 felt unsafe here, mostly in the evening and at night." in text
        )
        assert "to be finished by 15 December 2026" in text.lower().replace("december", "December")


def test_measures_by_promise(client: FlaskClient) -> None:
    text = words(client.get("/measures").text)
    sections = [
        "Droger",
        "Säkrare trafik",
        "Trygghet i hemmet",
        "Ekonomisk brottslighet",
        "Platser som känns otrygga",
    ]
    places = [text.index(f"{title} ", text.index("ordnade efter")) for title in sections]
    assert places == sorted(places)
    assert "3 av 12 gjorda" in text
    assert "31 oktober 2026 – försenad" in text
    assert "15 december 2026 – försenad" not in text
    assert "Här finns ingen åtgärd för det här löftet." in text
    assert "Vid Robertsfors busstation" in text
    assert "En hemlig idé" not in text


class TestIncidents:
    def test_counts_zero_as_zero_and_few_as_few(self, client: FlaskClient) -> None:
        page = client.get("/incidents").text
        rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', page, re.DOTALL)
        table = {label: re.findall(r"<td>(.*?)</td>", cells) for label, cells in rows}
        assert re.findall(r'<th scope="col">(\d+)</th>', page)[:3] == ["2023", "2024", "2025"]
        assert table["Trafikolyckor"] == ["7", "0", "0"]
        assert table["Stölder och inbrott"] == ["0", "0", "1–4"]
        localities = {re.sub("<.*?>", "", label): cells for label, cells in table.items()}
        assert localities["Robertsfors"] == ["7", "7", "0", "0"]
        assert localities["Bygdeå"] == ["1–4", "0", "0", "1–4"]
        assert "<caption>" in page

    def test_a_release_says_what_it_is_and_controls_are_work(self, client: FlaskClient) -> None:
        text = words(client.get("/incidents").text)
        assert (
            "Publicering 1, 22 november 2026. Den räknar det som hänt till och med 4:e kvartalet 2025" in text
        )
        assert "2024 2 trafikkontroller" in text
        assert "inte händelser utan arbete" in text


def test_about_tells_of_every_layer_in_the_readers_language(
    client: FlaskClient, english: FlaskClient
) -> None:
    swedish = words(client.get("/about").text)
    for part in (
        "Framtida stationsområde",
        "ODbL-1.0",
        "Statistiska centralbyrån",
        "minst 5 personer",
        "minst 3 personer",
        "1–4",
    ):
        assert part in swedish
    assert "Statistics Sweden" in words(english.get("/about").text)
    assert 'href="mailto:trygg@kommunen.example"' in client.get("/about").text


def test_accessibility_statement_says_what_the_law_asks_for(
    client: FlaskClient, english: FlaskClient
) -> None:
    text = words(client.get("/accessibility").text).replace("\u00ad", "")
    for part in (
        "Tillgänglighetsredogörelse",
        "Robertsfors kommun ansvarar",
        "2018:1937",
        "delvis förenlig",
        "WCAG 2.1",
        "Kända brister",
        "Rapportera brister",
        "Myndigheten för digital förvaltning",
        "22 november 2026",
    ):
        assert part in text
    assert 'href="mailto:trygg@kommunen.example"' in client.get("/accessibility").text
    assert "Agency for Digital Government" in words(english.get("/accessibility").text)


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ("", "har ännu inte angett här vart du rapporterar"),
        ("https://kommunen.example/fel", 'href="https://kommunen.example/fel"'),
        ("javascript:alert(1)", "<bdi>javascript:alert(1)</bdi>"),
    ],
)
def test_contact_is_honest(store_url: str, contact: str, expected: str) -> None:
    client = create_app(Settings(database_url=store_url, contact=contact)).test_client()
    page = client.get("/accessibility").text
    assert expected in page
    assert 'href="javascript' not in page


class TestSecrecy:
    @pytest.mark.parametrize("path", [*PAGES, *DATA_ADDRESSES])
    def test_small_places_and_answers_are_nowhere(self, client: FlaskClient, path: str) -> None:
        text = client.get(path).text
        for secret in ("Tundalsskolan", "hemlig", "respondent", "En hemlig idé"):
            assert secret not in text, secret

    def test_a_place_of_four_is_as_absent_as_one_that_never_was(self, app: Flask) -> None:
        client = app.test_client()
        pictures: Pictures = app.extensions["pictures"]
        with pictures.store.read() as connection:
            known = set(connection.exec_driver_sql("SELECT id FROM place").scalars())
        shown = {found.id for found in pictures.newest().places.places}
        hidden = known - shown
        assert len(shown) == 3 and hidden
        never = max(known) + 1
        for path in ("/places/{}", "/api/places/{}.json", "/?place={}"):
            absent = client.get(path.format(never))
            assert absent.status_code == 404
            for key in hidden:
                answer = client.get(path.format(key))
                assert answer.status_code == 404
                # The language switch comes back to the address that was asked for.
                assert re.sub(r"next=[^\"]*", "", answer.text) == re.sub(r"next=[^\"]*", "", absent.text)

    def test_a_hostile_title_is_only_words(self, client: FlaskClient) -> None:
        for path in ("/places", "/measures", address_of(client, "Vid Jenningsskolan")):
            page = client.get(path).text
            assert "<img src=x" not in page
            assert "<bdi>${alert(1)} `x` &lt;img src=x onerror=alert(2)&gt; &#34;&#39;\u202e</bdi>" in page
        assert "2022 <b>" not in client.get("/about").text


def test_a_measure_is_overdue_by_the_swedish_calendar(picture_url: str) -> None:
    def text_at(moment: datetime) -> str:
        app = create_app(Settings(database_url=picture_url), clock=lambda: moment)
        return words(app.test_client().get("/measures").text)

    # Half past eleven in the evening in UTC is already tomorrow in Sweden.
    assert "31 oktober 2026 – försenad" not in text_at(datetime(2026, 10, 31, 22, 30, tzinfo=UTC))
    assert "31 oktober 2026 – försenad" in text_at(datetime(2026, 10, 31, 23, 30, tzinfo=UTC))


def test_the_same_bytes_a_hundred_times(client: FlaskClient) -> None:
    read: Callable[[], bytes] = lambda: client.get("/places").get_data()  # noqa: E731
    assert len({read() for _ in range(100)}) == 1
