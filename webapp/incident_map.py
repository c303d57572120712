"""The officer's map of incidents, and the same as a list: exact, by role, and the reading of it is noted."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import format_decimal, ngettext

from geo.actions.reading import MapReadings
from geo.analysis.darkness import SunState
from geo.analysis.incidents import Choice
from geo.analysis.screen import Box, Cluster, box_around, zoom_to_fit
from geo.crs import point_to_wgs84
from geo.errors import BadQuery
from geo.messages import N_
from geo.model import Level, Role
from geo.publish.incident_area_counts import AreaCounter
from geo.publish.incident_grid import Chosen, IncidentGrid, IncidentGrids, Squares
from geo.store.incident_rows import IncidentWords
from webapp.access import allow, moment, person
from webapp.filters import refused
from webapp.incident_areas import areas_page
from webapp.incident_filters import (
    GROUPS,
    as_query,
    read_box,
    read_choice,
    read_page,
    read_squares,
    read_zoom,
)
from webapp.incident_words import elsewhere, of_them, said, told
from webapp.picture import current_pictures
from webapp.smallmap import small_map

blueprint = Blueprint("incident_map", __name__)

ON_A_PAGE = 50
_SMALL_SCREEN, _LARGE_SCREEN = (300, 320), (1920, 1080)
"""Maps on screens between these are given what they show first in the page itself, pixels."""
AT_A_SPOT = 50
"""Incidents that a popup names; the list names them all."""

_WORDS = {
    "map": N_("Map of incidents"),
    "cluster": N_("%(number)s incidents. Zoom in"),
    "crowd": N_("%(number)s incidents. Show them"),
    "single": N_("1 incident. Show it"),
    "close": N_("Close"),
    "more": N_("Show all of them in the list"),
    "zoomIn": N_("Zoom in"),
    "zoomOut": N_("Zoom out"),
    "failed": N_("The incidents could not be fetched. They are all in the list."),
    "layerFailed": N_("The layer “%(name)s” could not be fetched."),
}


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """Makes what is shared by all requests; the incidents are read when somebody first asks for them."""
    store = state.app.extensions["pictures"].store
    state.app.extensions["incident_grids"] = IncidentGrids(store)
    state.app.extensions["map_readings"] = MapReadings(store)
    state.app.extensions["area_counter"] = AreaCounter(store)


@blueprint.get("/work/incidents")
@allow(Role.PLANNER, Role.POLICE, Role.COORDINATOR)
def chart() -> str:
    """The map; ``?box=`` opens it there. A planner sees how many there are in each area, and no incident."""
    if person().role is Role.PLANNER:
        return areas_page(_grid())
    choice, box = read_choice(request.args, "box"), read_box(request.args)
    grid = _grid()
    chosen = _read(grid, choice) if choice == Choice() else grid.choose(choice)
    config = small_map(
        _WORDS,
        clusters=url_for("incident_map.clusters"),
        spot=url_for("incident_map.spot"),
        list=url_for("incident_map.listed"),
    )
    return render_template(
        "incident_map.html",
        chart=config | {"bounds": [[box[1], box[0]], [box[3], box[2]]]}
        if box
        else config | {"first": _first(grid, config["bounds"]) if choice == Choice() else {}},
        said=said(chosen),
        elsewhere=elsewhere(chosen),
        **_form(choice),
    )


@blueprint.get("/work/incidents/list")
@allow(Role.POLICE, Role.COORDINATOR)
def listed() -> str:
    """The list: the map's equal, with the same filters, and also of what has no spot; ``?box=`` shows what lies there."""
    choice = read_choice(request.args, "box", "squares", "page")
    where, page = _where(), read_page(request.args)
    grid = _grid()
    chosen = _read(grid, choice)
    found = grid.page(current_pictures().store, chosen, (page - 1) * ON_A_PAGE, ON_A_PAGE, where)
    pages = max(1, -(-found.number // ON_A_PAGE))
    if page > pages:
        raise BadQuery("The page asked for is not there. Begin at the newest lines.")
    more = _where_asked()

    return render_template(
        "incident_list.html",
        incidents=[told(one, _spot_box(one)) for one in found.words],
        number=found.number,
        of_them=of_them(chosen),
        where=more,
        page=page,
        pages=pages,
        newer=_list(choice, more | {"page": str(page - 1)}) if page > 1 else "",
        older=_list(choice, more | {"page": str(page + 1)}) if page < pages else "",
        **_form(choice),
    )


@blueprint.get("/work/incidents/clusters.json")
@allow(Role.POLICE, Role.COORDINATOR)
def clusters() -> dict[str, Any]:
    """What the map shows in a ``box`` at a ``zoom``: longitude, latitude, number and, of several, the box they lie in."""
    choice, box, zoom = read_choice(request.args, "box", "zoom"), _box(), read_zoom(request.args)
    grid = _grid()
    chosen = _read(grid, choice)
    return {
        "said": said(chosen),
        "elsewhere": elsewhere(chosen),
        "clusters": _told(grid.clusters(chosen, box, zoom)),
    }


@blueprint.get("/work/incidents/spot.json")
@allow(Role.POLICE, Role.COORDINATOR)
def spot() -> dict[str, Any]:
    """The incidents in a ``box`` or in ``squares``, the newest first: the first ``AT_A_SPOT`` in words, and how many."""
    choice, where = read_choice(request.args, "box", "squares"), _where()
    if where is None:
        raise refused("box", "")
    grid = _grid()
    found = grid.page(current_pictures().store, _read(grid, choice), 0, AT_A_SPOT, where)
    listing = _list(choice, _where_asked())
    return {
        "title": ngettext(
            "%(number)s incident here",
            "%(number)s incidents here",
            found.number,
            number=format_decimal(found.number),
        ),
        "incidents": [
            {"category": one.category, "when": one.when, "place": one.place, "known": one.known}
            for one in (told(each, "") for each in found.words)
        ],
        "list": listing if found.number > len(found.words) else "",
    }


def _grid() -> IncidentGrid:
    grids: IncidentGrids = current_app.extensions["incident_grids"]
    return grids.newest()


def _read(grid: IncidentGrid, choice: Choice) -> Chosen:
    """The incidents of a choice; that somebody reads them is noted."""
    chosen = grid.choose(choice)
    readings: MapReadings = current_app.extensions["map_readings"]
    readings.note(person(), as_query(choice), chosen.number, now=moment())
    return chosen


def _first(grid: IncidentGrid, bounds: list[list[float]]) -> dict[int, dict[str, Any]]:
    """What the map shows first, by the zoom that a screen's size gives it: it needs to ask for nothing.

    ``bounds`` are Leaflet's: south-west and north-east, (lat, lon).
    """
    (south, west), (north, east) = bounds
    box = (west, south, east, north)
    zooms = range(zoom_to_fit(box, *_SMALL_SCREEN), zoom_to_fit(box, *_LARGE_SCREEN) + 1)
    views = {zoom: box_around(box, *_LARGE_SCREEN, zoom) for zoom in zooms}
    return {zoom: {"box": view, "clusters": _told(grid.opening(view, zoom))} for zoom, view in views.items()}


def _told(clusters: Iterable[Cluster]) -> list[list[Any]]:
    """Longitude, latitude, number, and the box or, of several at the deepest zoom, their squares after it."""
    return [
        [one.lon, one.lat, one.number, *one.box, *([",".join(map(str, one.squares))] if one.squares else [])]
        for one in clusters
    ]


def _where() -> Box | Squares | None:
    return read_squares(request.args) or read_box(request.args)


def _where_asked() -> dict[str, str]:
    """The parameter that ``_where`` reads, as it came."""
    name = "squares" if request.args.get("squares") else "box"
    return {name: request.args[name]} if request.args.get(name) else {}


def _box() -> Box:
    box = read_box(request.args)
    if box is None:
        raise refused("box", "")
    return box


def _spot_box(incident: IncidentWords) -> str:
    """Where the map shows an incident, as ``box`` says it; empty where it has no spot."""
    if incident.level is not Level.SPOT or incident.point is None:
        return ""
    lon, lat = point_to_wgs84(incident.point)
    return f"{lon:.6f},{lat:.6f},{lon:.6f},{lat:.6f}"


def _list(choice: Choice, more: dict[str, str]) -> str:
    query: dict[str, Any] = as_query(choice) | more
    return url_for("incident_map.listed", **query)


def _form(choice: Choice) -> dict[str, Any]:
    """What the form of the filters shows."""
    return {"choice": choice, "query": as_query(choice), "groups": GROUPS, "lights": tuple(SunState)}
