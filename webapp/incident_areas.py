"""The planner's page of incidents: how many there are in each area, and never one of them."""

from flask import current_app, render_template, request
from flask_babel import gettext

from geo.actions.reading import MapReadings
from geo.messages import N_
from geo.privacy import Count
from geo.publish.incident_area_counts import AreaCounter, CountedArea
from geo.publish.incident_grid import IncidentGrid
from geo.render import geojson, words
from webapp.access import moment, person
from webapp.filters import checked, one_of, refused
from webapp.incident_filters import GROUPS
from webapp.smallmap import small_map

_WORDS = {
    "map": N_("Map of incidents by area"),
    "zoomIn": N_("Zoom in"),
    "zoomOut": N_("Zoom out"),
    "layerFailed": N_("The layer “%(name)s” could not be fetched."),
}
_NAMES = ("group", "year")
"""The filters: no day, time of day or light, which would single out what happened when somebody was seen."""


def areas_page(grid: IncidentGrid) -> str:
    """The areas as a map and a table.

    Raises:
        BadQuery: a filter isn't offered here, is given twice, or has a value that isn't offered.
    """
    checked(request.args, _NAMES)
    group = one_of(request.args, "group", GROUPS)
    asked = request.args.get("year", "")
    counter: AreaCounter = current_app.extensions["area_counter"]
    counts = counter.counts(grid)
    if counts is None:
        return render_template("incident_areas.html", counts=None)
    if asked and asked not in map(str, counts.years):
        raise refused("year", asked)
    year = int(asked) if asked else None

    readings: MapReadings = current_app.extensions["map_readings"]
    query = {name: request.args[name] for name in _NAMES if request.args.get(name)}
    readings.note(person(), query, counts.total(group, year), now=moment(), what="incident_areas")
    areas = counts.areas(group, year)
    return render_template(
        "incident_areas.html",
        counts=counts,
        areas=areas,
        outside=counts.outside(group, year),
        chart=small_map(_WORDS) | {"areas": [_drawn(area) for area in areas]},
        groups=GROUPS,
        group=group,
        year=year,
        query=query,
    )


def _drawn(area: CountedArea) -> dict[str, object]:
    return {
        "name": words.area_name(area.name, area.number, gettext),
        "number": _short(area.count),
        "geometry": geojson.geometry(area.shape),
    }


def _short(number: Count) -> str:
    return "1–4" if number.small else str(number.value)
