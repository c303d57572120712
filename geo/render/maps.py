"""The interactive map: a Folium map whose features come as JSON and are drawn by our own script.

This is the only module that turns (lon, lat) into the (lat, lon) that Folium and Leaflet want. No text
of a user's goes through Folium: branca does not escape, and what lands in a template literal runs.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import folium
import shapely
from branca.element import Element, Figure, MacroElement
from folium.template import Template

from geo.crs import to_wgs84

BBox3006 = tuple[float, float, float, float]
"""(west, south, east, north) in EPSG:3006, metres."""

MIN_ZOOM = 4
MAX_ZOOM = 18
MAP_ID = "trygg"
"""Folium names the element and the variable after it; its own ids are random."""

_INERT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&'`$"}
_JINJA = re.compile(r"\{(?=[{%#])")
"""What opens an expression, a statement or a comment of Jinja. In JSON itself no brace stands before these."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map ready for a page of our own.

    ``html`` is the element it is drawn in, ``script`` the JavaScript that draws it (for a script element
    with the page's nonce, after ``scripts``). ``scripts`` and ``styles`` are paths below the static folder.
    """

    html: str
    script: str
    scripts: tuple[str, ...]
    styles: tuple[str, ...]


class _SafetyMap(folium.Map):
    """A Folium map with our own copies of Leaflet and nothing of what Folium adds beside it."""

    default_js = [  # noqa: RUF012 - this is where Folium looks for it
        ("leaflet", "vendor/leaflet/leaflet.js"),
        ("supercluster", "vendor/supercluster/supercluster.min.js"),
        ("map-symbols", "map-symbols.js"),
        ("map-layers", "map-layers.js"),
        ("map-places", "map-places.js"),
        ("map", "map.js"),
    ]
    default_css = [  # noqa: RUF012
        ("leaflet", "vendor/leaflet/leaflet.css"),
        ("map", "map.css"),
    ]


class _BaseMap(MacroElement):
    """The base map of an area package, drawn by our own script from vector tiles of our own server."""

    default_js = [  # noqa: RUF012
        ("protomaps-leaflet", "vendor/protomaps-leaflet/protomaps-leaflet.js"),
        ("map-base-look", "map-base-look.js"),
        ("map-base", "map-base.js"),
    ]
    _template = Template(
        "{% macro script(this, kwargs) %}"
        "Trygghetskartan.baseMap({{ this._parent.get_name() }}, {{ this.config }});"
        "{% endmacro %}"
    )

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "BaseMap"
        self._id = MAP_ID
        self.config = inert_json(config)


class _Start(MacroElement):
    """Hands the map and its configuration to our own script."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "Trygghetskartan.start({{ this._parent.get_name() }}, {{ this.config }});"
        "{% endmacro %}"
    )

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Start"
        self._id = MAP_ID
        self.config = inert_json(config)


def draw(
    opening: BBox3006,
    limits: BBox3006,
    config: Mapping[str, Any],
    base: Mapping[str, Any] | None = None,
) -> Drawn:
    """The map that opens on ``opening`` and can't be moved far outside ``limits``.

    ``config`` is handed to ``Trygghetskartan.start`` as JSON, with ``bounds`` and ``limits`` added as
    Leaflet's [[south, west], [north, east]] in WGS 84; ``base``, where there is an area package, to
    ``Trygghetskartan.baseMap``: the ``url`` of its tiles and the ``words`` the map has for what has no name.
    The same arguments give the same bytes.
    """
    bounds = leaflet_bounds(opening)
    (south, west), (north, east) = bounds
    chart = _SafetyMap(
        location=((south + north) / 2, (west + east) / 2),
        tiles=None,
        zoom_start=10,
        zoom_control=False,
        minZoom=MIN_ZOOM,
        maxZoom=MAX_ZOOM,
        attributionControl=False,
    )
    chart._id = MAP_ID
    scripts = [path for _name, path in _SafetyMap.default_js]
    if base is not None:
        chart.add_child(_BaseMap(base))
        scripts += [path for _name, path in _BaseMap.default_js]
    chart.add_child(_Start({**config, "bounds": bounds, "limits": leaflet_bounds(limits)}))
    figure = chart.get_root()
    assert isinstance(figure, Figure)  # noqa: S101 - folium's type says Element
    for child in figure._children.values():
        child.render()
    return Drawn(
        html=_text(figure.html),
        script=_text(figure.script),
        scripts=tuple(scripts),
        styles=tuple(path for _name, path in _SafetyMap.default_css),
    )


def inert_json(value: object) -> str:
    """JSON that can stand in a script element and in any JavaScript literal without becoming code.

    Everything that ends a script, opens a template literal or a comment, or breaks a line in an old
    JavaScript is written as an escape; the value is the same. So are Jinja's own marks, for branca takes
    what a macro gave and renders it as a template once more.
    """
    written = json.dumps(value, ensure_ascii=True, separators=(",", ":")).translate(_INERT)
    return _JINJA.sub(r"\\u007b", written)


def leaflet_bounds(box: BBox3006) -> list[list[float]]:
    """A box as Leaflet wants it: [[south, west], [north, east]] in WGS 84 degrees."""
    west, south, east, north = to_wgs84(shapely.box(*box)).bounds
    return [[round(south, 5), round(west, 5)], [round(north, 5), round(east, 5)]]


def _text(element: Element) -> str:
    return "\n".join(line.strip() for line in element.render().splitlines() if line.strip())
