"""What the workspace rests on: the station itself, its timetable, the municipality's lamps, and the roads' owners."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import shapely
from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from geo.crs import point_to_wgs84, points_to_wgs84
from geo.errors import BadInput, GeoError, NotFound, Stale, UnreadableInput
from geo.messages import N_
from geo.model import Point3006, Role
from geo.planning import files as taking
from geo.planning import station as saying
from geo.store import stations
from geo.store.stations import Station
from webapp import workspace_form as form
from webapp.access import allow, moment, person
from webapp.drafts import Draft, Fault, Faults, fault_of
from webapp.errors import STATUS
from webapp.extent import opening
from webapp.picture import current_pictures
from webapp.workspace_words import chart
from webapp.workspaces import current_workspace

files = Blueprint("files", __name__)

LABELS = {
    "name": N_("Name"),
    "source": N_("Where the position is from"),
    "precision": N_("How exact it is"),
    "entrances": N_("Entrances"),
    "drop_offs": N_("Drop-off places"),
    "area": N_("Area"),
    "file": N_("File"),
    "speed": N_("Walking speed, metres a second"),
    "people": N_("People who set out"),
    "first_day": N_("First day of the season"),
    "last_day": N_("Last day of the season"),
    "timetable": N_("Timetable"),
    "lamps": N_("Lamps"),
    "owners": N_("Road owners"),
}


@files.get("/planning/station")
@allow(Role.PLANNER, Role.COORDINATOR)
def edit() -> str:
    """The station's form, and the files that go with it."""
    station = _station()
    return _page(_draft(station), station)


@files.post("/planning/station")
@allow(Role.PLANNER, Role.COORDINATOR, body=form.UPLOAD_BYTES)
def save() -> Response | tuple[str, int]:
    """Keeps the station as its form says, or what an uploaded file says of its area and entrances."""
    before = _station()
    draft, made, faults = form.read_station(request.form, before)
    store, ground = current_pictures().store, current_workspace().ground()
    try:
        if request.files.get("file"):
            made = _from_file(made)
            draft = {**draft, **_drawn(made)}
            faults = Faults(
                fault for fault in faults if fault.params.get("field") not in ("entrances", "area")
            )
        found = [*faults, *(() if faults else saying.faults(made, ground))]
        if found:
            return _page(draft, before, [fault_of(fault) for fault in found]), 422
        saying.save_station(
            store, person(), made, ground, version=form.version_of(request.form), now=moment()
        )
    except Stale as error:
        return _page(draft, before, [fault_of(BadInput(error.message))]), STATUS[Stale]
    except (BadInput, UnreadableInput) as error:
        return _page(draft, before, [_told(error, "file")]), STATUS[BadInput]
    return redirect(url_for("workspace.index"), code=303)


@files.post("/planning/timetable")
@allow(Role.PLANNER, Role.COORDINATOR, body=form.UPLOAD_BYTES)
def timetable() -> Response | tuple[str, int]:
    """Takes a timetable in."""
    store, by = current_pictures().store, person()
    return _taken("timetable", lambda path: taking.take_timetable(store, by, path, now=moment()))


@files.post("/planning/lamps")
@allow(Role.PLANNER, Role.COORDINATOR, body=form.UPLOAD_BYTES)
def lamps() -> Response | tuple[str, int]:
    """Takes the municipality's own lamps in, or away."""
    store, by, epsg = current_pictures().store, person(), form.chosen_epsg(request.form)
    if "none" in request.form:
        saying.save_lamps(store, by, (), now=moment())
        return redirect(url_for(".edit", _anchor="lamps"), code=303)
    return _taken("lamps", lambda path: taking.take_lamps(store, by, path, epsg=epsg, now=moment()))


@files.post("/planning/owners")
@allow(Role.PLANNER, Role.COORDINATOR, body=form.UPLOAD_BYTES)
def owners() -> Response | tuple[str, int]:
    """Takes the roads' owners in, or away."""
    store, by, epsg = current_pictures().store, person(), form.chosen_epsg(request.form)
    if "none" in request.form:
        saying.save_road_owners(store, by, (), now=moment())
        return redirect(url_for(".edit", _anchor="owners"), code=303)
    return _taken("owners", lambda path: taking.take_road_owners(store, by, path, epsg=epsg, now=moment()))


def _taken(field: str, take: Callable[..., int]) -> Response | tuple[str, int]:
    station = _station()
    try:
        form.with_file(request.files.get(field), field, take)
    except (BadInput, UnreadableInput) as error:
        return _page(_draft(station), station, [_told(error, field)]), STATUS[BadInput]
    return redirect(url_for(".edit", _anchor=field), code=303)


def _from_file(made: Station) -> Station:
    epsg = form.chosen_epsg(request.form)
    found = form.with_file(
        request.files.get("file"), "file", lambda path: taking.read_station(path, epsg=epsg)
    )
    return replace(
        made,
        area=found.area if found.area is not None else made.area,
        entrances=found.entrances or made.entrances,
        approximate=made.approximate,
    )


def _told(error: GeoError, field: str) -> Fault:
    """A file's fault at the field that it was chosen in."""
    said = fault_of(BadInput(error.message, detail=error.detail, **error.params))
    return said if said.field else Fault(field, said.message)


def _page(draft: Draft, station: Station, faults: Sequence[Fault] = ()) -> str:
    with current_pictures().store.read() as connection:
        light = stations.count_light(connection)
        trains = stations.trains(connection)
    return render_template(
        "workspace_station.html",
        draft=draft,
        station=station,
        faults=list(faults),
        wrong={fault.field: fault.message for fault in faults},
        labels_of=LABELS,
        light=light,
        trains=trains,
        chart=chart(),
        epsg_choices=form.EPSG_CHOICES,
    )


def _draft(station: Station) -> Draft:
    drawn = _drawn(station)
    return form.draft_of(station, drawn["entrances"][0], _lines(station.drop_offs), drawn["area"][0])


def _drawn(station: Station) -> dict[str, tuple[str]]:
    shape = station.area
    ring = getattr(shape, "exterior", None) if shape is not None else None
    corners = points_to_wgs84(shapely.get_coordinates(ring))[:-1].tolist() if ring is not None else []
    return {
        "entrances": (_lines(station.entrances),),
        "area": (" ".join(f"{lon:.6f},{lat:.6f}" for lon, lat in corners),),
    }


def _lines(spots: Sequence[Point3006]) -> str:
    return "\n".join("{:.6f},{:.6f}".format(*point_to_wgs84(spot)) for spot in spots)


def _station() -> Station:
    today = moment().date()
    try:
        return current_workspace().station(today)
    except NotFound:
        west, south, east, north = opening()
        return saying.new_station(
            "",
            [((west + east) / 2, (south + north) / 2)],
            today,
            source="",
            precision=gettext("Not said yet"),
        )
