"""The station workspace: what planners see of walks to the station, and what they change in a scenario."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from geo.actions.reading import note_reading
from geo.analysis.changes import stretch_changes
from geo.analysis.darkness import year_at
from geo.analysis.edit import Edit
from geo.analysis.outcome import Comparison, compare, fix_first, names_near
from geo.errors import BadInput, BadQuery, NotFound, Stale
from geo.model import Role
from geo.planning import station as saying
from geo.planning.near import beside_stretches
from geo.planning.workspace import Walked, Workspace
from geo.publish.names import Names
from geo.render import geojson, walks
from geo.store import stations
from geo.store.stations import Scenario
from webapp import workspace_form as form
from webapp.access import allow, moment, person
from webapp.basemap import current_area
from webapp.drafts import Fault, fault_of
from webapp.errors import STATUS
from webapp.picture import current_pictures
from webapp.workspace_area import areas
from webapp.workspace_files import files
from webapp.workspace_words import (
    EDIT_KINDS,
    EDIT_LABELS,
    FIGURES,
    Row,
    brought,
    chart,
    figures_of,
    rows_of,
    said_of,
)
from webapp.workspaces import current_workspace

blueprint = Blueprint("workspace", __name__)
blueprint.register_blueprint(files)
blueprint.register_blueprint(areas)

BUSIEST = 15
FIX_FIRST = 10
MOST_COMPARED = 3


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """One workspace for the server: the area's paths are read once, when first asked for."""
    names: Names = state.app.extensions["names"]
    state.app.extensions["workspace"] = Workspace(
        state.app.extensions["pictures"].store,
        state.app.extensions["area"],
        lambda: tuple(names.geocoder.gazetteer.entries),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer as the page tells it. ``change`` is None for how it is without a scenario."""

    title: str
    walked: Walked
    reach: tuple[Row, ...]
    busiest: tuple[Row, ...]
    fix: tuple[Row, ...]
    change: Comparison | None
    better: tuple[Row, ...] = ()
    worse: tuple[Row, ...] = ()
    brought: tuple[str, ...] = ()


@blueprint.get("/planning")
@allow(Role.PLANNER, Role.COORDINATOR)
def index() -> str:
    """How it is, or will be, without any scenario."""
    return _page(None, ())


@blueprint.get("/planning/scenarios/<slug>")
@allow(Role.PLANNER, Role.COORDINATOR)
def one(slug: str) -> str:
    """A scenario: what it changes, and what that means."""
    scenario = _scenario(slug)
    return _page(scenario, saying.edits_of(scenario))


@blueprint.post("/planning/scenarios")
@allow(Role.PLANNER, Role.COORDINATOR)
def make() -> AnyResponse | tuple[str, int]:
    """Makes a scenario."""
    try:
        slug = saying.new_scenario(
            current_pictures().store, person(), request.form.get("name", ""), now=moment()
        )
    except BadInput as error:
        return _page(None, (), (fault_of(error),)), 422
    return redirect(url_for(".one", slug=slug), code=303)


@blueprint.post("/planning/scenarios/<slug>")
@allow(Role.PLANNER, Role.COORDINATOR)
def change(slug: str) -> AnyResponse | tuple[str, int]:
    """Adds a change to a scenario, takes one back, names it, or takes it away."""
    scenario = _scenario(slug)
    store, by, action = current_pictures().store, person(), request.form.get("action", "add")
    edits = saying.edits_of(scenario)
    try:
        if action == "remove":
            saying.remove_scenario(store, by, slug, now=moment())
            return redirect(url_for(".index"), code=303)
        if form.version_of(request.form) != scenario.version:
            # Before the change is tried: on the newer scenario it may make no sense.
            raise Stale(
                "Somebody else changed the scenario in the meantime. Look at it, then change it again."
            )
        name = request.form.get("name", scenario.name) if action == "rename" else scenario.name
        if action == "add":
            edits = (*edits, form.read_edit(request.form))
            # Before anything is kept: a change that can't be made is told of at once.
            current_workspace().answer(edits, _today())
        elif action.startswith("drop-") and action[5:].isascii() and action[5:].isdigit():
            gone = int(action[5:])
            edits = tuple(edit for at, edit in enumerate(edits) if at != gone)
        saying.save_scenario(
            store, by, slug, name, edits, version=form.version_of(request.form), now=moment()
        )
    except (BadInput, Stale) as error:
        fault = fault_of(error)
        if fault.field.startswith("edits."):
            fault = Fault("drawn", fault.message)
        return _page(scenario, saying.edits_of(scenario), (fault,)), STATUS[type(error)]
    return redirect(url_for(".one", slug=slug, _anchor="changes"), code=303)


@blueprint.get("/planning/answer.json")
@allow(Role.PLANNER, Role.COORDINATOR)
def answer() -> Response:
    """What the map draws, for a scenario (``?scenario=``) or without one; its outlines apart (``?outlines``): they take longer."""
    slug = request.args.get("scenario", "")
    edits = saying.edits_of(_scenario(slug)) if slug else ()
    walked = current_workspace().answer(edits, _today())
    if "outlines" in request.args:
        return _unkept({"catchments": walks.catchments(walked.reach[-1:])})
    body: dict[str, Any] = {
        "station": {
            "name": walked.station.name,
            "approximate": walked.station.approximate,
            "entrances": walks.spots(_doors(walked)),
            "area": None if walked.station.area is None else walks.catchment(walked.station.area),
        },
        "stretches": walks.stretch_lines(walked.outcome) if walked.outcome else [],
        "edits": [
            {"kind": edit.kind.value, "title": edit.title, "shape": walks.edit_lines(edit.geometry)}
            for edit in edits
        ],
    }
    return _unkept(body)


def _unkept(body: dict[str, Any]) -> Response:
    found = Response(geojson.encode(body), mimetype="application/json")
    found.headers["Cache-Control"] = "no-store"
    return found


@blueprint.get("/planning/sun.json")
@allow(Role.PLANNER, Role.COORDINATOR)
def sun() -> Response:
    """The sun at a clock time (``?clock=07:10``) on every day of this year: elevation in degrees and what that means."""
    days = year_at(current_workspace().spot(_today()), _today().year, _clock())
    body = {"days": [[day.day.isoformat(), round(day.elevation, 1), day.state.value] for day in days]}
    return Response(geojson.encode(body), mimetype="application/json")


@blueprint.get("/planning/compare")
@allow(Role.PLANNER, Role.COORDINATOR)
def side_by_side() -> str:
    """Two or three scenarios (``?s=`` several times) beside how it is without one."""
    slugs = list(dict.fromkeys(request.args.getlist("s")))[:MOST_COMPARED]
    store = current_pictures().store
    with store.read() as connection:
        every = stations.scenarios(connection)
    chosen = [_scenario(slug) for slug in slugs]
    shown = [_shown(None, ())]
    shown += [_shown(scenario, saying.edits_of(scenario)) for scenario in chosen]
    return render_template(
        "workspace_compare.html",
        every=every,
        chosen=slugs,
        shown=shown,
        maps=[("", gettext("Without changes")), *((each.slug, each.name) for each in chosen)],
        chart=chart(),
        said=said_of,
    )


@blueprint.post("/planning/baselines")
@allow(Role.PLANNER, Role.COORDINATOR)
def freeze() -> AnyResponse | tuple[str, int]:
    """Keeps today's figures, to hold later ones against."""
    try:
        figures = figures_of(current_workspace().answer((), _today()))
        saying.freeze(current_pictures().store, person(), request.form.get("name", ""), figures, now=moment())
    except BadInput as error:
        return _page(None, (), (Fault("baseline", fault_of(error).message),)), 422
    return redirect(url_for(".index", _anchor="baselines"), code=303)


def _page(scenario: Scenario | None, edits: Sequence[Edit], faults: Sequence[Fault] = ()) -> str:
    store, today = current_pictures().store, _today()
    with store.read() as connection:
        every = stations.scenarios(connection)
        frozen = stations.baselines(connection)
    try:
        shown = _shown(scenario, edits)
    except BadInput as error:
        # The station or the area changed under a scenario: the page must open, so that it can be mended.
        shown, faults = None, (*faults, fault_of(error))
    except NotFound:
        shown = None
    clock = _clock()
    workspace = current_workspace()
    days = year_at(workspace.spot(today), today.year, clock) if shown else ()
    return render_template(
        "workspace.html",
        scenario=scenario,
        edits=list(edits),
        every=every,
        frozen=frozen,
        now=figures_of(workspace.answer((), today)) if shown else {},
        shown=shown,
        faults=list(faults),
        wrong={fault.field: fault.message for fault in faults},
        labels_of=EDIT_LABELS,
        kinds=EDIT_KINDS,
        written=request.form,
        chart=chart(),
        clock=clock,
        days=days,
        today=today,
        trains=workspace.trains(today) if shown else (),
        network=current_area() is not None,
        said=said_of,
        figures=FIGURES,
    )


def _shown(scenario: Scenario | None, edits: Sequence[Edit]) -> Shown:
    workspace, today = current_workspace(), _today()
    walked = workspace.answer(edits, today)
    base = workspace.answer((), today)
    outcome = walked.outcome
    busiest = outcome.stretches[:BUSIEST] if outcome else ()
    fix = fix_first(outcome, FIX_FIRST) if outcome else ()
    store, by = current_pictures().store, person()
    there = beside_stretches(store, by, outcome, (*busiest, *fix)) if outcome else ()
    near = names_near(outcome, (*busiest, *fix)) if outcome else ()
    note_reading(store, by, "incidents", sum(each.incidents or 0 for each in there), now=moment())
    change: Comparison | None = None
    better: tuple[Row, ...] = ()
    worse: tuple[Row, ...] = ()
    if edits and outcome and base.outcome:
        change = compare(base.outcome, outcome)
        better, worse = rows_of.changes(stretch_changes(base.outcome, outcome))
    return Shown(
        title=scenario.name if scenario else gettext("Without changes"),
        walked=walked,
        reach=rows_of.reach(walked),
        busiest=rows_of.stretches(busiest, near[: len(busiest)], there[: len(busiest)]),
        fix=rows_of.fix(
            fix,
            near[len(busiest) :],
            there[len(busiest) :],
            walked,
            workspace.dark(today),
        ),
        change=change,
        better=better,
        worse=worse,
        brought=brought(base),
    )


def _doors(walked: Walked) -> list[tuple[float, float]]:
    moved = getattr(walked.outcome.network, "moved", {}) if walked.outcome else {}
    return [moved.get(at, door) for at, door in enumerate(walked.station.entrances)]


def _scenario(slug: str) -> Scenario:
    with current_pictures().store.read() as connection:
        return stations.one_scenario(connection, slug)


def _today() -> date:
    return moment().date()


def _clock() -> time:
    text = request.args.get("clock", "07:10")
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise BadQuery(
            "The filter “%(name)s” can't be “%(value)s”.", name="clock", value=text[:60]
        ) from error
