"""The planner's areas of incidents in a real browser: numbers on the map, the table, a phone, axe."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ground import ground_layers
from people import PASSWORD, add_people
from playwright.sync_api import BrowserContext, expect
from readers import Visit, serving
from test_axe import problems
from town_incidents import make_town_areas, put_town_incidents

from geo.bootstrap import put_layers
from geo.store.engine import open_store
from geo.store.migration import migrate

NUMBER = "#incident-map .map-incidents-number"


@pytest.fixture(scope="module")
def area_site(tmp_path_factory: pytest.TempPathFactory, town_area: Path) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("areas")
    url = f"sqlite:///{folder / 'trygg.sqlite'}"
    store = open_store(url)
    migrate(store)
    put_layers(store, ground_layers())
    put_town_incidents(store, town_area)
    make_town_areas(store, town_area)
    store.close()
    add_people(url)
    with serving(url, folder / "log", TRYGG_AREA=str(town_area)) as address:
        yield address


@pytest.mark.parametrize(
    "reader",
    [
        {"language": "sv", "scheme": "light", "width": 1280},
        {"language": "en", "scheme": "dark", "width": 1280},
        {"language": "sv", "scheme": "dark", "width": 360},
        {"language": "en", "scheme": "light", "width": 360},
    ],
)
def test_the_areas_are_drawn_listed_and_open_to_all_readers(
    contexts: Callable[..., BrowserContext], area_site: str, axe: str, reader: dict[str, Any]
) -> None:
    visit = Visit(contexts(area_site, **reader).new_page(), area_site)
    page = visit.open("/login?next=/work/incidents")
    page.fill("[name=username]", "planner")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("#incident-map[data-ready]")
    areas = page.locator("#incident-map .map-incident-area").count()
    assert areas == page.locator("tbody tr").count() - 1 > 10
    for _step in range(4):
        page.locator(".leaflet-control-zoom-in").press("Enter")
        page.wait_for_timeout(400)
    expect(page.locator(NUMBER).first).to_be_visible()
    page.evaluate("document.getElementById('incident-map').classList.add('folium-map')")
    assert problems(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= reader["width"]
    page.select_option("#filter-year", "2025")
    page.locator(".filters button").click()
    expect(page.locator("caption")).to_contain_text("2025")
    page.wait_for_selector("#incident-map[data-ready]")
    visit.clean()
