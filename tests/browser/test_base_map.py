"""The base map as a browser draws it: from this site alone, with names, light and dark, at a desk and on a phone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from readers import Open, Visit, serving
from test_axe import problems

STATION = (60.1712, 24.9425)

WRITTEN = """() => {
  window.written = new Set();
  const write = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    window.written.add(text);
    return write.call(this, text, ...rest);
  };
}"""
"""Takes down what is lettered: a canvas doesn't tell."""

PAINTED = """() => {
  const tiles = [...document.querySelectorAll(".leaflet-basemap-pane canvas")];
  const frame = document.querySelector(".leaflet-container").getBoundingClientRect();
  return tiles.filter((tile) => {
    const { left, right, top, bottom } = tile.getBoundingClientRect();
    return right > frame.left && left < frame.right && bottom > frame.top && top < frame.bottom;
  }).map((tile) => {
    const copy = new OffscreenCanvas(tile.width, tile.height).getContext("2d");
    copy.drawImage(tile, 0, 0);
    const { data } = copy.getImageData(0, 0, tile.width, tile.height);
    const colours = new Map();
    for (let i = 0; i < data.length; i += 4) {
      const key = `${data[i]},${data[i + 1]},${data[i + 2]},${data[i + 3]}`;
      colours.set(key, (colours.get(key) || 0) + 1);
    }
    return [colours.size, [...colours].sort((a, b) => b[1] - a[1])[0][0]];
  });
}"""
"""For each tile in sight how many colours it has, and which most."""


@pytest.fixture(scope="module")
def area_site(helsinki_area: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server with the area of Helsinki and the made-up answers of `make serve AREA=helsinki`."""
    folder = tmp_path_factory.mktemp("area-site")
    url = f"sqlite:///{folder / 'trygg.sqlite'}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRYGG_")}
    settings = {"TRYGG_AREA": str(helsinki_area), "TRYGG_DEMO_PASSWORD": "lösenord för prov"}
    made = subprocess.run(
        [Path(sys.executable).with_name("trygg"), "demo"],
        env=environment | settings | {"TRYGG_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    with serving(url, folder / "log", **settings) as address:
        yield address


def look(reader: Visit, zoom: int, path: str = "/") -> Page:
    """Opens the map at the station at a zoom, and waits until the base map is drawn there."""
    reader.page.add_init_script(f"({WRITTEN})()")
    page = reader.open(path)
    page.evaluate(f"map_trygg.setView({list(STATION)}, {zoom}, {{ animate: false }})")
    page.wait_for_selector(".folium-map[data-base=drawn]", state="attached")
    page.wait_for_timeout(200)
    return page


def ground(page: Page) -> list[int]:
    """The brightness of what there is most of in each tile, 0 to 765."""
    most = [most.split(",") for _colours, most in page.evaluate(PAINTED)]
    return sorted(sum(int(part) for part in colour[:3]) for colour in most if colour[3] != "0")


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("zoom", [14, 16, 18])
def test_it_is_drawn_from_this_site_alone(visit: Open, area_site: str, zoom: int, width: int) -> None:
    reader = visit(at=area_site, width=width)
    page = look(reader, zoom)
    drawn = [colours for colours, _most in page.evaluate(PAINTED) if colours > 50]
    assert len(drawn) >= 2
    reader.clean()


@pytest.mark.parametrize(("language", "tunnel"), [("sv", "Gångtunnel"), ("en", "Pedestrian")])
def test_streets_and_tunnels_have_names_where_one_stands(
    visit: Open, area_site: str, language: str, tunnel: str
) -> None:
    reader = visit(at=area_site, language=language)
    page = look(reader, 17)
    written = set(page.evaluate("[...window.written]"))
    assert {"Brunngatan", "Vilhelmsgatan", "Järnvägstorget", tunnel} <= written
    assert not written & {"Kaivokatu", "Vilhonkatu", "Rautatientori"}
    reader.clean()


def test_a_whole_street_s_name_can_be_read_at_street_zoom(visit: Open, area_site: str) -> None:
    page = look(visit(at=area_site), 16)
    written = set(page.evaluate("[...window.written]"))
    assert {"Mannerheimvägen", "Alexandersgatan", "Kajsaniemigatan", "Universitetsgatan"} <= written


def test_light_and_dark_differ_and_follow_the_reader(visit: Open, area_site: str) -> None:
    light = ground(look(visit(at=area_site, scheme="light"), 16))
    reader = visit(at=area_site, scheme="dark")
    page = look(reader, 16)
    dark = ground(page)
    assert sum(dark) < sum(light) / 2
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(1000)
    assert ground(page) == light
    reader.clean()


def test_a_screen_reader_and_a_keyboard_meet_only_the_places(visit: Open, area_site: str) -> None:
    reader = visit(at=area_site)
    page = look(reader, 15)
    pane = page.locator(".leaflet-basemap-pane")
    expect(pane).to_have_attribute("aria-hidden", "true")
    assert page.locator(".leaflet-basemap-pane :is(a, button, [tabindex])").count() == 0
    place = page.locator(".map-place").first
    place.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    reader.clean()


def test_who_made_it_stands_on_the_map_and_the_answers_are_made_up(visit: Open, area_site: str) -> None:
    page = look(visit(at=area_site, width=360), 15)
    expect(page.locator(".map-credit")).to_have_text("© OpenStreetMap contributors")
    expect(page.get_by_text("Demonstration.")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Open, area_site: str, axe: str, scheme: str, width: int) -> None:
    reader = visit(at=area_site, scheme=scheme, width=width, reduced_motion="reduce")
    found = {"/": problems(look(reader, 16), axe), "/about": problems(reader.open("/about"), axe)}
    assert found == {"/": [], "/about": []}
