"""Planning: a planner's or coordinator's pages for making measures and changing what they say."""

import secrets
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geo.actions import measures
from geo.actions.plans import Plan
from geo.actions.reading import note_reading
from geo.errors import BadInput, BadQuery, NotFound, Stale
from geo.model import MAX_ID, MeasureStatus, Promise, Role
from geo.publish.choices import Choices, choices, last_change
from geo.publish.work import all_measures, one_measure, overdue
from geo.store.work import KeptMeasure
from geo.workflow import EDITORS
from webapp import planning_form as form
from webapp.access import allow, moment, person
from webapp.drafts import Draft, Fault, chosen, differences, fault_of, mark_of
from webapp.picture import current_picture, current_pictures
from webapp.versions import expected_version, tag_of

blueprint = Blueprint("planning", __name__)


KEY_LENGTH = 40
"""Characters of a new form's own key at most; the step that plans it has one made of it."""


@blueprint.get("/measures/new")
@allow(Role.PLANNER, Role.COORDINATOR)
def new() -> str:
    """The form of a new measure."""
    return _form_page(form.empty(), _choices())


@blueprint.post("/measures/new")
@allow(Role.PLANNER, Role.COORDINATOR)
def create() -> Response | tuple[str, int]:
    """Keeps a new measure; "save and plan" decides it at once."""
    store, by, now = current_pictures().store, person(), moment()
    draft, found = form.read_form(request.form), choices(current_pictures().store)
    plan, faults = form.read_plan(draft, found, None)
    key = request.form.get("form_key", "")[:KEY_LENGTH]
    if not faults:
        try:
            made = measures.create(store, by, plan, now=now, client_ref=key)
        except BadInput as error:
            faults = [fault_of(error)]
        else:
            if "plan" in request.form:
                _plan(made, key)
            return redirect(url_for("work.one", measure_id=made), code=303)
    return _form_page(draft, found, faults=faults), 422


def _plan(measure_id: int, key: str) -> None:
    measures.take_step(
        current_pictures().store,
        person(),
        measure_id,
        MeasureStatus.PLANNED,
        note="",
        version=1,
        now=moment(),
        client_ref=f"plan-{measure_id}-{key}" if key else "",
    )


@blueprint.get("/measures/<int:measure_id>/edit")
@allow(Role.PLANNER, Role.COORDINATOR)
def edit(measure_id: int) -> str:
    """The form of a measure that is there."""
    measure = _find(measure_id)
    return _form_page(form.draft_of(measure), _choices(), measure)


@blueprint.post("/measures/<int:measure_id>/edit")
@allow(Role.PLANNER, Role.COORDINATOR)
def save(measure_id: int) -> Response | tuple[str, int]:
    """Changes what a measure says; where somebody else was first, shows both."""
    store = current_pictures().store
    measure = _find(measure_id)
    found, now_there = choices(store), form.draft_of(measure)
    draft = chosen(request.form, form.read_form(request.form), now_there, form.GROUPS)
    try:
        version = expected_version(measure_id)
        if version != measure.version:
            raise Stale("It was changed in the meantime, and nothing of yours was written over it.")
        plan, faults = form.read_plan(draft, found, measure)
        if not faults:
            return _save(measure, plan, version)
    except Stale:
        return _both(draft, one_measure(store, measure_id), found), 412
    except BadInput as error:
        faults = [fault_of(error)]
    return _form_page(draft, found, measure, faults=faults), 422


def _save(measure: KeptMeasure, plan: Plan, version: int) -> Response:
    measures.edit(current_pictures().store, person(), measure.id, plan, version=version, now=moment())
    return redirect(url_for("work.one", measure_id=measure.id), code=303)


@blueprint.get("/measures/all")
@allow()
def all_of_them() -> str:
    """Every measure, also ideas and closed ones, with filters."""
    found = all_measures(current_pictures().store)
    organisations = sorted({name for one in found for name in one.responsible}, key=str.casefold)
    wanted = {
        "status": _asked("status", [*MeasureStatus]),
        "organisation": _asked("organisation", organisations),
        "promise": _asked("promise", [*Promise]),
    }
    today = current_picture().today
    shown = [one for one in found if _fits(one, **wanted)]
    return render_template(
        "planning_list.html",
        shown=shown,
        number=len(found),
        late={one.id for one in shown if overdue(one, today)},
        wanted=wanted,
        organisations=organisations,
        statuses=tuple(MeasureStatus),
        promises=tuple(Promise),
        may_edit=person().role in EDITORS,
    )


def _find(measure_id: int) -> KeptMeasure:
    if measure_id > MAX_ID:
        raise NotFound("There is no such measure.")
    return one_measure(current_pictures().store, measure_id)


def _asked(name: str, offered: list[Any]) -> str:
    value = request.args.get(name, "")
    if value and value not in offered:
        raise BadQuery("The filter “%(name)s” can't be “%(value)s”.", name=name, value=value[:60])
    return value


def _fits(measure: KeptMeasure, status: str, organisation: str, promise: str) -> bool:
    return (
        status in ("", measure.status)
        and promise in ("", measure.promise)
        and (not organisation or organisation in measure.responsible)
    )


def _choices() -> Choices:
    """What can be chosen. The places few have flagged are exact data: to be shown them is noted."""
    store = current_pictures().store
    found = choices(store)
    hidden = sum(not place.public for place in found.places)
    note_reading(store, person(), "places", hidden, now=moment())
    return found


def _form_page(
    draft: Draft, found: Choices, measure: KeptMeasure | None = None, *, faults: list[Fault] | None = None
) -> str:
    return render_template(
        "planning_form.html",
        draft=draft,
        faults=faults or [],
        wrong={fault.field: fault.message for fault in reversed(faults or [])},
        measure=measure,
        tag=tag_of(measure.id, measure.version) if measure else "",
        seen_mark=_seen_mark(draft, measure, faults),
        form_key=secrets.token_urlsafe(16),
        localities=form.by_locality(found),
        choices=found,
        organisations=_organisations(draft, found),
        promises=tuple(Promise),
        labels_of=form.LABELS,
    )


def _seen_mark(draft: Draft, measure: KeptMeasure | None, faults: list[Fault] | None) -> str:
    if measure is None:
        return ""
    # A form that comes back with faults keeps its mark: the person began with what it tells of.
    return request.form.get("seen_mark", "") if faults else mark_of(draft, form.GROUPS)


def _organisations(draft: Draft, found: Choices) -> list[str]:
    """Those to tick: the known ones, and what the person wrote beside them."""
    known = {name.casefold() for name in found.organisations}
    written = [name for name in draft.get("responsible", ()) if name.casefold() not in known]
    return [*found.organisations, *written]


def _both(mine: Draft, measure: KeptMeasure, found: Choices) -> str:
    there = form.draft_of(measure)
    return render_template(
        "stale.html",
        title=measure.title,
        status=measure.status,
        change=last_change(current_pictures().store, f"measure {measure.id}"),
        rows=differences(
            mine,
            there,
            form.GROUPS,
            request.form.get("seen_mark", ""),
            lambda name, draft: form.show(name, draft, found),
        ),
        mine=mine,
        action=url_for("planning.save", measure_id=measure.id),
        back=url_for("planning.edit", measure_id=measure.id),
        tag=tag_of(measure.id, measure.version),
        seen_mark=mark_of(there, form.GROUPS),
    )
