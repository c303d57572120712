"""The start page: the map, its filters, its layers and its legend."""

from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask_babel import gettext

from geo.errors import BadQuery
from geo.messages import N_
from geo.model import LayerInfo
from geo.render import geojson
from geo.render.labels import OVERDUE_STATUSES, PLACE_STATUSES
from geo.render.maps import draw
from geo.settings import Settings
from webapp.access import everyone
from webapp.basemap import base_map, current_area
from webapp.extent import limits, opening
from webapp.filters import as_query, read_filters
from webapp.kept import kept
from webapp.picture import current_picture
from webapp.security import allow_data_images
from webapp.words import layer_title

blueprint = Blueprint("maps", __name__)

GROUND = "land"
"""The style of the layer that is the ground everything stands on: it has no switch."""

_WORDS = {
    "map": N_("Map of places that feel unsafe"),
    "symbol": N_("%(name)s. %(status)s"),
    "crowd": N_("%(number)s places"),
    "close": N_("Close"),
    "more": N_("More about the place"),
    "waiting": N_("Fetching …"),
    "zoomIn": N_("Zoom in"),
    "zoomOut": N_("Zoom out"),
    "none": N_("No place fits the choices."),
    "one": N_("1 place is shown."),
    "many": N_("%(number)s places are shown."),
    "incidents": N_("incidents told of in %(name)s"),
    "hidden": N_("not shown"),
    "incidentsTitle": N_("Incidents that the police have told of"),
    "measuresTitle": N_("Measures elsewhere"),
    "failed": N_("The places could not be fetched. They are all in the list."),
    "placeFailed": N_("The words could not be fetched. They are on the place's own page."),
    "layerFailed": N_("The layer “%(name)s” could not be fetched."),
}
"""What the script says, by the name it knows it by."""


@blueprint.get("/")
@everyone
def index() -> str:
    """The map; ``?place=`` opens it at a place."""
    picture = current_picture()
    filters = read_filters(request.args, picture.places.localities)
    _check_place(request.args.get("place", ""))
    settings: Settings = current_app.extensions["settings"]
    if settings.tile_url:
        allow_data_images()
    base = base_map()
    name = f"chart {base['url'] if base else ''}"
    chart = kept(name, lambda: draw(opening(), limits(), _config(picture.layers, settings), base))
    return render_template(
        "map.html",
        chart=chart,
        filters=filters,
        query=as_query(filters),
        localities=picture.places.localities,
        shown=sum(filters.takes(place) for place in picture.places.places),
        said=_said,
        measures_elsewhere=any(found.point and not found.place_ids for found in picture.measures),
        layers=[info for info in picture.layers if info.style != GROUND],
        incidents=picture.incidents,
    )


def _check_place(text: str) -> None:
    """Refuses an address that opens the map at a place that isn't there; the script opens it."""
    if not text:
        return
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadQuery("The filter “%(name)s” can't be “%(value)s”.", name="place", value=text[:60])
    current_picture().place(int(text))


def _said(number: int) -> str:
    """How many places are shown, in the words the script uses after a change."""
    pattern = {0: _WORDS["none"], 1: _WORDS["one"]}.get(number, _WORDS["many"])
    return gettext(pattern) % {"number": number}


def _config(layers: tuple[LayerInfo, ...], settings: Settings) -> dict[str, Any]:
    """What the script is told: addresses, words in the reader's language, and the order of the columns."""
    return {
        "urls": {
            "here": url_for("maps.index"),
            "list": url_for("pages.places"),
            "places": url_for("api.map_data"),
            "place": url_for("api.place", place_id=0),
            "page": url_for("pages.place", place_id=0),
            "measures": url_for("api.measures"),
            "incidents": url_for("api.incidents"),
            "tiles": tile_address() if settings.tile_url else "",
        },
        "words": {key: gettext(message) for key, message in _WORDS.items()},
        "reasons": list(geojson.REASONS),
        "times": list(geojson.TIMES),
        "statuses": [
            {
                "key": status,
                "label": gettext(PLACE_STATUSES[status]),
                "overdue": gettext(OVERDUE_STATUSES.get(status, PLACE_STATUSES[status])),
            }
            for status in geojson.STATUSES
        ],
        "layers": [
            {
                "name": info.name,
                "title": layer_title(info),
                "style": info.style,
                "minZoom": info.min_zoom,
                "url": url_for("api.layer", name=info.name),
            }
            for info in layers
        ],
        "attribution": _credits(layers, settings),
    }


def _credits(layers: tuple[LayerInfo, ...], settings: Settings) -> str:
    """What the licences want to be seen on the map itself."""
    tiles = [settings.tile_attribution] if settings.tile_url else []
    area = current_area()
    base = [area.info.attribution] if area else []
    return ", ".join(dict.fromkeys([*tiles, *base, *(info.credit for info in layers if info.credit)]))


def tile_address() -> str:
    """The address of the caching proxy's tiles, as Leaflet wants it."""
    pattern = url_for("tiles.tile", z=0, x=0, y=0)
    return pattern.replace("/0/0/0.", "/{z}/{x}/{y}.")
