"""The map as residents use it: with a mouse, a thumb, a keyboard, and without JavaScript."""

import re
from pathlib import Path

import pytest
from handmade import fill
from playwright.sync_api import expect
from readers import HOSTILE, PLACE, Open, Visit, labels, serving, still
from upstream import upstream_server


def test_the_journey_from_the_map_to_a_place_and_back(visit: Open) -> None:
    reader = visit()
    page = reader.open("/")
    expect(page.locator("#map-status")).to_have_text("6 platser visas.")
    page.get_by_role("button", name="4 platser").click()
    page.get_by_role("button", name="300 m söder om Robertsfors busstation. Arbete pågår").click()
    popup = page.get_by_role("dialog", name="300 m söder om Robertsfors busstation")
    expect(popup.locator("dt").first).to_have_text("Vad som görs")
    expect(popup.locator("dd").first).to_contain_text("Ny belysning längs gångvägen")
    assert page.url.endswith("/?place=2")
    popup.get_by_role("link", name="Mer om platsen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("300 m söder om Robertsfors busstation")
    page.go_back()
    reader.drawn()
    expect(page.get_by_role("dialog", name="300 m söder om Robertsfors busstation")).to_be_visible()
    reader.clean()


def test_a_popup_stays_where_it_opened(visit: Open) -> None:
    reader = visit(width=360)
    page = reader.open("/")
    page.evaluate(
        """() => {
          window.seen = new Set();
          const look = () => {
            const link = document.querySelector(".map-popup-link");
            if (link) window.seen.add(Math.round(link.getBoundingClientRect().bottom));
            requestAnimationFrame(look);
          };
          look();
        }"""
    )
    page.get_by_role("button", name="4 platser").click()
    page.get_by_role("button", name="300 m söder om Robertsfors busstation. Arbete pågår").click()
    expect(page.get_by_role("dialog").locator("dt").first).to_have_text("Vad som görs")
    page.wait_for_timeout(600)
    assert page.evaluate("() => window.seen.size") == 1
    box = page.get_by_role("dialog").bounding_box()
    frame = page.locator(".leaflet-container").bounding_box()
    assert box and frame
    assert frame["x"] <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"]
    assert frame["y"] <= box["y"] and box["y"] + box["height"] <= frame["y"] + frame["height"]


def test_a_shared_address_opens_the_place(visit: Open) -> None:
    reader = visit(language="en")
    page = reader.open("/?place=5")
    expect(page.get_by_role("dialog")).to_contain_text("150 m north-east of Bygdeå Centrum")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url == reader.site + "/"
    reader.clean()


@pytest.mark.parametrize("path", ["/?place=99", "/?place=x", "/?reason=x"])
def test_an_address_that_means_nothing_says_so(visit: Open, path: str) -> None:
    page = visit().page
    answer = page.goto(visit().site + path)
    assert answer is not None
    assert answer.status in (400, 404)
    expect(page.locator("main h1")).to_be_visible()


def test_the_page_tells_nobody_else_and_breaks_no_policy(visit: Open) -> None:
    reader = visit()
    page = reader.open("/")
    for box in page.locator("[data-layer]").all():
        box.set_checked(True)
    for _ in range(3):
        page.get_by_role("button", name="Zooma in").click()
        still(page)
    expect(page.locator(".map-incidents-number")).to_have_count(3)
    policy = page.request.get(reader.site + "/").headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    reader.clean()


def test_a_filter_is_announced_shared_and_keeps_the_focus(visit: Open) -> None:
    reader = visit()
    page = reader.open("/")
    page.get_by_text("Filtrera platserna").click()
    page.locator("#filter-reason").focus()
    page.locator("#filter-reason").select_option("lighting")
    status = page.get_by_role("status")
    expect(status).to_have_text("2 platser visas.")
    expect(page.locator("#filter-reason")).to_be_focused()
    assert page.url == reader.site + "/?reason=lighting"
    page.locator("#filter-time").select_option("evening")
    expect(status).to_have_text("1 plats visas.")
    assert labels(page) == ["Vid Robertsfors busstation. Ingen åtgärd beslutad än"]
    page.get_by_role("link", name="Visa som lista").click()
    assert page.url == reader.site + "/places?reason=lighting&time=evening"
    expect(page.locator(".row-name")).to_have_count(1)
    page.go_back()
    reader.drawn()
    expect(status).to_have_text("1 plats visas.")
    expect(page.locator("#filter-time")).to_have_value("evening")
    page.locator("#filter-status").select_option("verified")
    expect(status).to_have_text("Ingen plats passar in på valen.")
    page.get_by_role("link", name="Rensa").click()
    expect(status).to_have_text("6 platser visas.")
    assert page.url == reader.site + "/"
    reader.clean()


def test_the_language_switch_keeps_the_filters(visit: Open) -> None:
    reader = visit()
    page = reader.open("/?status=ongoing")
    page.locator("#filter-locality").select_option("Ånäset")
    page.get_by_role("link", name="In English").click()
    reader.drawn()
    expect(page.get_by_role("status")).to_have_text("1 place is shown.")
    assert "status=ongoing" in page.url
    reader.clean()


def test_every_filter_gives_as_many_as_the_list(visit: Open) -> None:
    reader = visit()
    for query in (
        "reason=traffic",
        "time=night",
        "status=planned",
        "locality=Robertsfors",
        "time=day&reason=neglect",
    ):
        page = reader.open(f"/places?{query}")
        number = page.locator(".row-name").count()
        page = reader.open(f"/?{query}")
        drawn = [label.split(" ")[0] for label in labels(page)]
        assert (
            sum(
                int(word) if word.isdigit() and "platser" in label else 1
                for word, label in zip(drawn, labels(page), strict=True)
            )
            == number
        )


def test_without_javascript_the_way_to_the_list_is_shown(visit: Open) -> None:
    reader = visit(javascript=False)
    page = reader.page
    page.goto(reader.site + "/?reason=lighting")
    expect(page.locator(".map-noscript")).to_contain_text("JavaScript")
    expect(page.get_by_role("status")).to_have_text("2 platser visas.")
    page.locator("#filter-time").select_option("evening")
    page.get_by_role("button", name="Visa", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("1 plats visas.")
    page.get_by_role("link", name="Till listan över platser").click()
    assert page.url == reader.site + "/places?reason=lighting&time=evening"
    expect(page.locator(".row-name")).to_have_count(1)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_hostile_names_run_nowhere(visit: Open, hostile_site: str, language: str) -> None:
    reader = visit(at=hostile_site, language=language)
    page = reader.open("/")
    for box in page.locator("[data-layer]").all():
        box.set_checked(True)
    for place in range(1, 7):
        page = reader.open(f"/?place={place}")
        popup = page.get_by_role("dialog")
        expect(popup.locator("dl")).to_be_visible()
        title = popup.locator("h2").inner_text()
        assert HOSTILE[place - 1] in title or place == 5
    for measure in page.locator(".map-measure").all():
        measure.evaluate("one => one.click()")
    for path in (
        "/places",
        "/measures",
        "/promises",
        "/incidents",
        "/about",
        "/places/1",
        "/places/3",
        "/places/5",
    ):
        reader.open(path)
    reader.clean()
    assert page.locator("img").count() == 0


def test_a_name_with_a_pattern_in_it_stays_a_name(visit: Open, hostile_site: str) -> None:
    page = visit(at=hostile_site).open("/?place=5")
    expect(page.get_by_role("dialog").locator("h2")).to_contain_text("$& $1 %(anchor)s")


def test_layers_come_and_go_with_their_boxes(visit: Open) -> None:
    reader = visit()
    page = reader.open("/")
    expect(page.locator(".map-road")).to_have_count(1)
    expect(page.locator(".map-area-approximate")).to_have_count(1)
    page.get_by_label("Lager e4").uncheck()
    expect(page.locator(".map-road")).to_have_count(0)
    page.get_by_label("Lager e4").check()
    expect(page.locator(".map-road")).to_have_count(1)
    assert page.locator(".map-stop").count() == 0
    for _ in range(3):
        page.get_by_role("button", name="Zooma in").click()
        still(page)
    expect(page.locator(".map-stop").first).to_be_attached()
    reader.clean()


def test_incidents_are_off_until_asked_for_and_then_numbers_of_localities(visit: Open) -> None:
    page = visit().open("/")
    assert page.locator(".map-incidents-number").count() == 0
    page.get_by_label("Händelser som polisen berättat om").check()
    expect(page.locator(".map-incidents-number")).to_have_count(3)
    told = page.locator(".map-incidents-number").all_inner_texts()
    assert sorted(int(text.split()[0]) for text in told) == [5, 14, 31]


def test_from_near_incidents_are_numbers_of_areas(visit: Open) -> None:
    page = visit().open("/?place=1")
    expect(page.get_by_role("dialog")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_label("Händelser som polisen berättat om").check()
    areas = page.locator(".map-incidents-number-area")
    expect(areas).to_have_count(3)
    told = [text.split()[0] for text in areas.all_inner_texts()]
    assert sorted(told) == ["0", "12", "1–4"]
    expect(page.locator(".map-incident-area")).to_have_count(3)
    assert "Robertsfors, område 1" in areas.first.inner_text()
    for _ in range(6):
        page.get_by_role("button", name="Zooma ut").click()
        still(page)
    expect(areas).to_have_count(0)
    expect(page.locator(".map-incidents-number")).to_have_count(3)


def test_all_places_have_equal_symbols_and_none_is_red(visit: Open) -> None:
    page = visit().open("/")
    faces = page.locator(f"{PLACE} .map-place-face")
    looks = faces.evaluate_all(
        "faces => faces.map(face => [face.offsetWidth, face.offsetHeight, getComputedStyle(face).backgroundColor].join())"
    )
    assert len(looks) >= 3
    assert len(set(looks)) == 1
    red, _green, blue = (int(part) for part in re.findall(r"\d+", looks[0].split(",", 2)[2])[:3])
    assert red < blue


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("path", ["/", "/?place=2"])
def test_nothing_is_wider_than_the_window_and_targets_fit_a_thumb(visit: Open, width: int, path: str) -> None:
    page = visit(width=width, has_touch=width < 600).open(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        "() => [...document.querySelectorAll('.map-place, .leaflet-control-zoom a, .map-popup button,"
        " .map-popup-link, .map-layers label, .map-filters summary, #as-list')]"
        ".filter(one => one.offsetParent && Math.round(one.getBoundingClientRect().height) < 44).map(one => one.outerHTML)"
    )
    assert small == []


def test_symbols_names_and_lines_follow_the_reader_s_colours(visit: Open) -> None:
    looks = {}
    for scheme in ("light", "dark"):
        page = visit(scheme=scheme).open("/")
        looks[scheme] = [
            page.locator(selector).first.evaluate(f"one => getComputedStyle(one).{name}")
            for selector, name in (
                (".map-land", "fill"),
                (".map-place-face", "backgroundColor"),
                (".map-name", "color"),
            )
        ]
    assert all(light != dark for light, dark in zip(looks["light"], looks["dark"], strict=True))


def test_the_map_prints_with_its_legend(visit: Open) -> None:
    page = visit().open("/")
    page.emulate_media(media="print")
    expect(page.locator(".folium-map")).to_be_visible()
    expect(page.locator("#legend")).to_be_visible()
    expect(page.locator(".leaflet-control-zoom")).to_be_hidden()
    assert page.pdf()[:4] == b"%PDF"


@pytest.mark.parametrize("kind", ["well", "down"])
def test_tiles_come_through_our_own_address_and_without_them_the_map_is_ours(
    visit: Open, tmp_path: Path, kind: str
) -> None:
    database = f"sqlite:///{tmp_path / 'trygg.sqlite'}"
    fill(database)
    with upstream_server() as upstream:
        if kind == "down":
            upstream.status = 500
        settings = {
            "TRYGG_TILE_URL": f"{upstream.address}/{{z}}/{{x}}/{{y}}.png",
            "TRYGG_TILE_ATTRIBUTION": "© <b>Kartmakarna</b>",
            "TRYGG_TILE_CACHE": str(tmp_path / "tiles"),
        }
        with serving(database, tmp_path / "log", **settings) as address:
            reader = visit(at=address)
            page = reader.open("/")
            expect(page.locator(".map-credit")).to_contain_text("© <b>Kartmakarna</b>")
            expect(page.locator(".map-land").first).to_be_attached()
            shown = page.locator(".folium-map.map-has-tiles")
            expect(shown).to_have_count(1 if kind == "well" else 0)
            page.wait_for_timeout(500)
            names = page.locator(".map-name-locality:not(.map-name-crowded) .map-name-text")
            expect(names.first).to_be_visible(visible=kind == "down")
            reader.clean()
        assert upstream.asked


def test_what_can_t_be_fetched_is_said(visit: Open) -> None:
    reader: Visit = visit()
    page = reader.page
    page.route("**/api/map.json", lambda route: route.fulfill(status=503, body=""))
    page.goto(reader.site + "/")
    expect(page.get_by_role("status")).to_have_text("Platserna gick inte att hämta. Alla finns i listan.")
    expect(page.get_by_role("link", name="Visa som lista")).to_be_visible()
