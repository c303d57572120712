"""The coordinator's start page: what waits, and where each thing is dealt with."""

from flask import Blueprint, render_template

from geo.actions.reading import note_reading
from geo.danger import LABELS as DANGERS
from geo.model import Role
from geo.publish.course import STOCKHOLM
from geo.publish.work import start_of_day
from webapp.access import allow, moment, person
from webapp.picture import current_pictures

blueprint = Blueprint("today", __name__)


@blueprint.get("/today")
@allow(Role.COORDINATOR, Role.PLANNER)
def today() -> str:
    """What is overdue, waits for follow-up or a decision, tells of a danger, or has no place."""
    store, by, now = current_pictures().store, person(), moment()
    day = now.astimezone(STOCKHOLM).date()
    found = start_of_day(store, by, day)
    answers = {one.answer_id for one in (*found.dangers, *found.unplaced)}
    note_reading(store, by, "answers", len(answers), now=now)
    return render_template(
        "today.html",
        found=found,
        date=day,
        reads_answers=by.role is Role.COORDINATOR,
        dangers=DANGERS,
    )
