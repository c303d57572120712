"""A map of its own on a staff page: what its script is told, but for what the page adds."""

from collections.abc import Mapping
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext

from geo.render.maps import leaflet_bounds
from geo.settings import Settings
from webapp.basemap import base_map
from webapp.extent import limits, opening
from webapp.maps import tile_address
from webapp.picture import current_picture
from webapp.security import allow_data_images
from webapp.words import layer_title

_LETTERING = ("land", "boundary", "road", "stops", "localities", "area-approximate")
"""Styles of layers that help to tell where one is."""


def small_map(words: Mapping[str, str], **urls: str) -> dict[str, Any]:
    """The map's base, box, layers and credits; ``words`` are message ids by the name the script knows them by.

    ``urls`` are what the page's script asks for.
    """
    settings: Settings = current_app.extensions["settings"]
    if settings.tile_url:
        allow_data_images()
    area = current_app.extensions["area"]
    layers = [info for info in current_picture().layers if info.style in _LETTERING]
    tiles = tile_address() if settings.tile_url else ""
    credits = [settings.tile_attribution if tiles else "", area.info.attribution if area else ""]
    return {
        "base": base_map(),
        # There are no switches for layers here: all of them are drawn.
        "every": True,
        "bounds": leaflet_bounds(opening()),
        "limits": leaflet_bounds(limits()),
        "urls": {"tiles": tiles, "measures": "", "incidents": "", **urls},
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
        "attribution": ", ".join(
            dict.fromkeys(each for each in [*credits, *(info.credit for info in layers)] if each)
        ),
        "words": {key: gettext(message) for key, message in words.items()}
        | {"measuresTitle": "", "incidentsTitle": ""},
    }
