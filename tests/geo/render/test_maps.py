"""The Folium figure: the same bytes each time, nothing fetched from elsewhere, no text that can run."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import to_3006
from geo.render.maps import draw, inert_json

WEST, SOUTH, EAST, NORTH = 20.30, 63.88, 21.20, 64.44
BOX = (*to_3006(20.8, 64.1, 4326), *to_3006(20.9, 64.2, 4326))
LIMITS = (*to_3006(WEST, SOUTH, 4326), *to_3006(EAST, NORTH, 4326))

HOSTILE = (
    "</script><script>alert(1)</script>",
    "${alert(1)}",
    "`${alert(1)}`",
    "<!-- <script>",
    "'\"\\",
    "\u2028alert(1)\u2029",
    "{{ 7*7 }}{% raw %}{# {{{ {",
    "\u202egnirts\u202c",
)


def config_in(script: str) -> dict[str, object]:
    """What a JavaScript engine reads between the brackets of the call: JSON is a part of its language."""
    found = re.search(r"Trygghetskartan\.start\(map_trygg, (\{.*\})\);", script, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert draw(BOX, LIMITS, {"a": 1}) == draw(BOX, LIMITS, {"a": 1})


def test_only_here_lon_lat_becomes_lat_lon() -> None:
    config = config_in(draw(BOX, LIMITS, {}).script)
    (south, west), (north, east) = config["bounds"]  # type: ignore[misc]
    assert 64.0 < south < north < 64.3
    assert 20.7 < west < east < 21.0
    centre = re.search(r"center: \[([\d.]+), ([\d.]+)\]", draw(BOX, LIMITS, {}).script)
    assert centre
    assert (float(centre[1]), float(centre[2])) == pytest.approx(((south + north) / 2, (west + east) / 2))


def test_nothing_is_fetched_from_elsewhere() -> None:
    chart = draw(BOX, LIMITS, {})
    assert all(":" not in path and not path.startswith("/") for path in (*chart.scripts, *chart.styles))
    for part in (chart.html, chart.script):
        assert "http" not in part
        assert "jquery" not in part.lower()
        assert "bootstrap" not in part.lower()


def test_the_page_needs_no_style_and_no_handler_in_its_html() -> None:
    assert draw(BOX, LIMITS, {}).html == '<div class="folium-map" id="map_trygg" ></div>'


def test_drawing_leaves_no_trace_in_folium() -> None:
    import folium

    before = list(folium.Map.default_js), list(folium.Map.default_css)
    draw(BOX, LIMITS, {})
    assert (folium.Map.default_js, folium.Map.default_css) == before


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_inert_and_arrive_whole(text: str) -> None:
    script = draw(BOX, LIMITS, {"words": {"name": text}}).script
    assert config_in(script)["words"] == {"name": text}
    tail = script.split("Trygghetskartan.start(", 1)[1]
    assert not set("<>&'`$\u2028\u2029\u202e") & set(tail)


@settings(deadline=None)  # each example compiles templates: quick, but not on a busy machine
@given(st.text(alphabet='{%#}\\"a'))
def test_a_name_is_no_template_for_branca(text: str) -> None:
    assert config_in(draw(BOX, LIMITS, {"name": text, text: [text]}).script)["name"] == text


@given(st.text())
def test_any_text_comes_back_from_inert_json(text: str) -> None:
    written = inert_json([text])
    assert json.loads(written) == [text]
    assert written.isascii()
    assert not set("<>&'`$") & set(written)
