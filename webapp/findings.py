"""Answers that tell of a danger, and what staff write of it: findings, in the municipality's own words."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geo.actions import findings
from geo.actions.reading import note_reading
from geo.danger import LABELS as DANGERS
from geo.errors import BadInput, NotFound, NotPossible, Stale
from geo.messages import N_
from geo.model import MAX_ID, Level, Role
from geo.publish.answers import (
    Answer,
    all_findings,
    answer_words,
    locality_names,
    one_answer,
    one_finding,
)
from geo.publish.choices import last_change
from geo.publish.findings import PublicFinding
from geo.render.words import swedish_order
from geo.store.engine import Store
from geo.store.findings import KeptFinding
from webapp import finding_form as form
from webapp.access import allow, moment, person
from webapp.drafts import Draft, Fault, chosen, day_of, differences, fault_of, mark_of, sent
from webapp.errors import STATUS
from webapp.picture import current_picture, current_pictures
from webapp.versions import expected_version, tag_of

blueprint = Blueprint("findings", __name__)


LEVELS: dict[Level, str] = {
    Level.SPOT: N_("found on the map"),
    Level.LOCALITY: N_("somewhere in the locality"),
    Level.MUNICIPALITY: N_("somewhere in the municipality"),
    Level.OUTSIDE: N_("in another municipality"),
    Level.UNKNOWN: N_("no place found"),
}
"""How exactly an answer's words were placed."""


@blueprint.get("/answers/<int:answer_id>")
@allow(Role.COORDINATOR)
def answer(answer_id: int) -> str:
    """One answer with its words, and what can be done about it."""
    return _answer_page(_read_answer(answer_id), form.empty(current_picture().today))


@blueprint.post("/answers/<int:answer_id>/review")
@allow(Role.COORDINATOR)
def review(answer_id: int) -> Response | tuple[str, int]:
    """Says that it was looked at and nothing is to be done."""
    note = request.form.get("note", "")
    try:
        findings.nothing_to_do(_store(), person(), _known(answer_id), note, now=moment())
    except BadInput as error:
        draft = form.empty(current_picture().today)
        return _answer_page(_read_answer(answer_id), draft, faults=[fault_of(error)], note=note), 422
    return redirect(url_for("today.today"), code=303)


@blueprint.post("/answers/<int:answer_id>/finding")
@allow(Role.COORDINATOR)
def create(answer_id: int) -> Response | tuple[str, int] | str:
    """Shows how a finding will read, and publishes it."""
    found, draft = _read_answer(answer_id), form.read_form(request.form)
    seen, faults = form.read_seen(draft, (found.text, found.comment), current_picture().today)
    if faults:
        return _answer_page(found, draft, faults=faults), 422
    if "publish" not in request.form:
        return _answer_page(found, draft, preview=form.preview(seen, current_picture().today))
    made = findings.create(_store(), person(), answer_id, seen, now=moment())
    return redirect(url_for("findings.listed", _anchor=f"finding-{made}"), code=303)


@blueprint.get("/findings")
@allow(Role.COORDINATOR)
def listed() -> str:
    """Every finding, open and repaired, also those that residents don't see yet."""
    found = all_findings(_store())
    return render_template(
        "findings.html",
        waiting=[one for one in found if one.repaired_on is None],
        repaired=[one for one in found if one.repaired_on is not None],
        today=current_picture().today,
    )


@blueprint.get("/findings/<int:finding_id>/edit")
@allow(Role.COORDINATOR)
def edit(finding_id: int) -> str:
    """The form of a finding."""
    found = one_finding(_store(), _known(finding_id))
    return _finding_page(found, form.draft_of(found))


@blueprint.post("/findings/<int:finding_id>/edit")
@allow(Role.COORDINATOR)
def save(finding_id: int) -> Response | tuple[str, int] | str:
    """Shows how the changed finding will read, and publishes it; where somebody else was first, shows both."""
    store = _store()
    found = one_finding(store, _known(finding_id))
    draft = chosen(request.form, form.read_form(request.form), form.draft_of(found), form.GROUPS)
    try:
        version = _expected(found)
        seen, faults = form.read_seen(draft, answer_words(store, found.answer_id), current_picture().today)
        if faults:
            return _finding_page(found, draft, faults=faults), 422
        if "publish" not in request.form:
            return _finding_page(
                found, draft, preview=form.preview(seen, current_picture().today, found.repaired_on)
            )
        findings.edit(store, person(), finding_id, seen, version=version, now=moment())
    except Stale:
        return _both(draft, one_finding(store, finding_id)), 412
    return redirect(url_for("findings.listed", _anchor=f"finding-{finding_id}"), code=303)


@blueprint.post("/findings/<int:finding_id>/repaired")
@allow(Role.COORDINATOR)
def repaired(finding_id: int) -> Response | tuple[str, int]:
    """Says that it is put right, and since when."""
    store = _store()
    found = one_finding(store, _known(finding_id))
    try:
        on = day_of(sent(request.form, ("repaired_on",)), "repaired_on")
        if on is None:
            raise BadInput("Say which day it was put right.", field="repaired_on")
        findings.mark_repaired(store, person(), finding_id, on, version=_expected(found), now=moment())
    except (BadInput, NotPossible, Stale) as error:
        there = one_finding(store, finding_id)
        page = _finding_page(there, form.draft_of(there), faults=[fault_of(error)])
        return page, STATUS[type(error)]
    return redirect(url_for("findings.listed", _anchor=f"finding-{finding_id}"), code=303)


def _expected(found: KeptFinding) -> int:
    version = expected_version(found.id)
    if version != found.version:
        raise Stale("It was changed in the meantime, and nothing of yours was written over it.")
    return version


def _read_answer(answer_id: int) -> Answer:
    """An answer; that it was read is noted."""
    found = one_answer(_store(), _known(answer_id))
    note_reading(_store(), person(), "answers", 1, now=moment(), subject=f"answer {answer_id}")
    return found


def _answer_page(
    found: Answer,
    draft: Draft,
    *,
    faults: list[Fault] | None = None,
    preview: PublicFinding | None = None,
    note: str = "",
) -> str:
    return render_template(
        "answer.html",
        answer=found,
        danger=DANGERS.get(found.danger, ""),
        levels=LEVELS,
        note=note,
        **_of_form(draft, faults, preview),
    )


def _finding_page(
    found: KeptFinding,
    draft: Draft,
    *,
    faults: list[Fault] | None = None,
    preview: PublicFinding | None = None,
) -> str:
    began = request.form.get("seen_mark", "")
    return render_template(
        "finding_form.html",
        finding=found,
        tag=tag_of(found.id, found.version),
        seen_mark=began or mark_of(draft, form.GROUPS),
        repaired_on=request.form.get("repaired_on", current_picture().today.isoformat()),
        today=current_picture().today,
        **_of_form(draft, faults, preview),
    )


def _of_form(draft: Draft, faults: list[Fault] | None, preview: PublicFinding | None) -> dict[str, Any]:
    """What the form of a finding wants, wherever it stands."""
    return {
        "draft": draft,
        "faults": faults or [],
        "wrong": {fault.field: fault.message for fault in reversed(faults or [])},
        "preview": preview,
        "labels_of": {**form.LABELS, "note": N_("What was looked at"), "repaired_on": N_("Put right on")},
        "localities": sorted(locality_names(_store()), key=swedish_order),
    }


def _both(mine: Draft, found: KeptFinding) -> str:
    there = form.draft_of(found)
    return render_template(
        "stale.html",
        title=found.where_words,
        status=None,
        change=last_change(_store(), f"finding {found.id}"),
        rows=differences(mine, there, form.GROUPS, request.form.get("seen_mark", ""), form.show),
        mine=mine,
        action=url_for("findings.save", finding_id=found.id),
        back=url_for("findings.edit", finding_id=found.id),
        tag=tag_of(found.id, found.version),
        seen_mark=mark_of(there, form.GROUPS),
    )


def _known(row_id: int) -> int:
    if row_id > MAX_ID:
        raise NotFound("The page may have been moved, or the address is mistyped.")
    return row_id


def _store() -> Store:
    return current_pictures().store
