"""The coordinator's start page: what waits, and where each thing is dealt with."""

from flask import Blueprint, current_app, render_template, request

from geo.actions.reading import note_reading
from geo.danger import LABELS as DANGERS
from geo.model import Role
from geo.publish.work import start_of_day
from geo.settings import Settings
from webapp.access import allow, moment, person
from webapp.picture import current_picture, current_pictures

blueprint = Blueprint("today", __name__)


SHOWN = 20
"""Rows of a kind that are shown at first: a survey read for the first time leaves hundreds."""


@blueprint.get("/today")
@allow(Role.COORDINATOR, Role.PLANNER)
def today() -> str:
    """What is overdue, waits for follow-up or a decision, tells of a danger, or has no place."""
    store, by, day = current_pictures().store, person(), current_picture().today
    settings: Settings = current_app.extensions["settings"]
    found = start_of_day(store, by, day, below=settings.review_below)
    most = None if "all" in request.args else SHOWN
    # Dangers are all shown, whatever their number.
    read = {one.answer_id for one in (*found.dangers, *found.unplaced[:most])}
    note_reading(store, by, "answers", len(read), now=moment())
    return render_template(
        "today.html",
        found=found,
        unplaced=found.unplaced[:most],
        date=day,
        reads_answers=by.role is Role.COORDINATOR,
        dangers=DANGERS,
    )
