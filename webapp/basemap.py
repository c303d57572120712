"""The base map of the area package: one file of vector tiles, of which the page's own script fetches ranges."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, current_app, send_file, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext

from geo.area.package import AreaPackage, open_area
from geo.messages import N_
from geo.settings import Settings
from webapp.access import everyone
from webapp.logs import current_log

KEPT_FOR = timedelta(days=365)
"""A new base map has a new address, so that the old address may be kept for as long as one likes."""

blueprint = Blueprint("basemap", __name__)

_WORDS = {"tunnel": N_("Pedestrian tunnel")}
"""What stands on the base map at things without a name of their own."""


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """Opens the area package where one is set; a start with one that is missing or broken fails here."""
    settings: Settings = state.app.extensions["settings"]
    state.app.extensions["area"] = None if settings.area is None else open_area(settings.area)


def current_area() -> AreaPackage | None:
    """The area package of the application that is answering, if it has one."""
    area: AreaPackage | None = current_app.extensions["area"]
    return area


def base_map() -> dict[str, Any] | None:
    """What the page's script needs to draw the base map, in the reader's language; None without one."""
    area = current_area()
    version = "" if area is None else _version(area)
    if not version:
        return None
    return {
        "url": url_for("basemap.tiles", version=version),
        "words": {key: gettext(message) for key, message in _WORDS.items()},
    }


@blueprint.get("/basemap/<version>.pmtiles")
@everyone
def tiles(version: str) -> Response:
    """The file of this version, or the asked-for ranges of it; 404 where there is none or there is a newer."""
    area = current_area()
    if area is None or version != _version(area):
        abort(404)
    answer = send_file(
        area.basemap,
        mimetype="application/vnd.pmtiles",
        conditional=True,
        max_age=int(KEPT_FOR.total_seconds()),
    )
    answer.cache_control.immutable = True
    return answer


def _version(area: AreaPackage) -> str:
    """Tells one base map from the next; empty where it has gone away under us: a map goes without then."""
    try:
        found = area.basemap.stat()
    except OSError as error:
        current_log().error("basemap_gone", file=str(area.basemap), why=str(error))
        return ""
    return f"{found.st_mtime_ns:x}-{found.st_size:x}"
