"""The work of those who do it: their measures as a list, and one with its steps, on a phone in the cold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote

from flask import Blueprint, current_app, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from geo.actions.measures import MAX_NOTE, may_count, undo, undoable
from geo.actions.photos import add_photo
from geo.crs import point_to_wgs84
from geo.errors import BadInput, GeoError, NotAllowed, NotFound, NotPossible, Stale, UnreadableInput
from geo.messages import N_
from geo.model import MAX_ID, STOCKHOLM, Person, Role
from geo.planning.newplaces import new_places
from geo.publish.choices import last_change
from geo.publish.photos import photos_of
from geo.publish.work import OPEN, my_measures, one_measure, overdue
from geo.settings import Settings
from geo.store.engine import Store
from geo.store.work import KeptMeasure, LogLine
from geo.workflow import LABELS, Rule, Step, steps_for
from webapp.access import allow, moment, person
from webapp.errors import STATUS
from webapp.photos import UPLOAD_BYTES, sent_photo
from webapp.picture import current_pictures
from webapp.security import allow_position, allow_worker
from webapp.versions import expected_version, tag_of
from webapp.work_forms import Sent, new_reference, read_occasion, read_step
from webapp.workspace_sheet import place_words
from webapp.workspaces import current_workspace

MOST_NEW = 10
"""New places that a planner's list begins with; the feed has more."""

QUESTIONS: dict[Step, str] = {
    Step.PLAN: N_("A word about it (you can leave it empty)"),
    Step.START: N_("A word about it (you can leave it empty)"),
    Step.COMPLETE: N_("What was done?"),
    Step.VERIFY: N_("How could you see that it is done?"),
    Step.REOPEN: N_("Why is it taken up again?"),
    Step.CANCEL: N_("Why is it cancelled?"),
}
"""What is asked with each step; only those for staff read the answer."""

blueprint = Blueprint("work", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """A measure in the list, of the version ``tag``. ``lonlat`` is WGS 84, None for one without a point."""

    measure: KeptMeasure
    tag: str
    overdue: bool
    lonlat: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Undoable:
    """What the person can still take back, and until when; then residents see it."""

    line: LogLine
    until: datetime


@blueprint.app_template_filter("clock")
def clock(when: datetime) -> str:
    """The time of day in Sweden: "14:02"."""
    return f"{when.astimezone(STOCKHOLM):%H:%M}"


@blueprint.app_template_filter("local_day")
def local_day(when: datetime) -> date:
    """The Swedish date of a moment."""
    return when.astimezone(STOCKHOLM).date()


@blueprint.get("/my/measures")
@allow()
def mine() -> Response:
    """The open measures of the person's organisation, overdue first."""
    allow_position()
    today = _today()
    rows = [_row(found, today) for found in my_measures(_store(), person(), today)]
    return _kept_on_phone(
        render_template("work_list.html", rows=rows, made=moment(), new_places=_new_places())
    )


def _new_places() -> list[tuple[str, datetime]]:
    """What a planner's day begins with: what was flagged of late within a walk of the station."""
    if person().role is not Role.PLANNER:
        return []
    found = new_places(_store(), current_workspace(), moment())
    return [(place_words(one.place), one.since) for one in found[:MOST_NEW]]


@blueprint.get("/my/measures/<int:measure_id>")
@allow()
def one(measure_id: int) -> Response:
    """One measure, what is to be done, and the steps that the person can take."""
    found = _find(measure_id)
    answer = _kept_on_phone(_page(found))
    answer.headers["X-Trygg-Tag"] = tag_of(found.id, found.version)
    return answer


@blueprint.post("/my/measures/<int:measure_id>/steps")
@allow(body=UPLOAD_BYTES)
def step(measure_id: int) -> Response:
    """Takes the measure a step."""
    return _take(_find(measure_id), read_step())


@blueprint.post("/my/measures/<int:measure_id>/occasions")
@allow(body=UPLOAD_BYTES)
def occasion(measure_id: int) -> Response:
    """Counts one more time of a recurring measure."""
    return _take(_find(measure_id), read_occasion())


@blueprint.post("/my/measures/<int:measure_id>/undo")
@allow()
def take_back(measure_id: int) -> Response:
    """Undoes the person's own last completion or counted time."""
    found = _find(measure_id)
    try:
        line = undo(
            _store(),
            person(),
            found.id,
            version=expected_version(found.id),
            now=moment(),
            window=_window(),
        )
    except (Stale, NotPossible) as error:
        return _refused(found.id, error)
    return redirect(url_for("work.one", measure_id=found.id, sent=line, _anchor="sent"), code=303)


def _take(found: KeptMeasure, sent: Sent) -> Response:
    """Does what was sent, and says so; what can't be done comes back with every word that was written."""
    by, now = person(), moment()
    try:
        line = sent.carry_out(_store(), by, found.id, version=expected_version(found.id), now=now)
    except Stale as error:
        return _conflict(found.id, sent, error)
    except (BadInput, NotAllowed, NotPossible) as error:
        return _refused(found.id, error, sent)
    trouble = _keep_photo(found.id, now)
    if _wants_json():
        tag = tag_of(found.id, one_measure(_store(), found.id).version)
        return jsonify({"line": line, "tag": tag, "photo": trouble})
    photo = "refused" if trouble else None
    return redirect(
        url_for("work.one", measure_id=found.id, sent=line, photo=photo, _anchor="sent"), code=303
    )


def _keep_photo(measure_id: int, now: datetime) -> str:
    """Keeps the photo that came along; why it can't be used, where it can't.

    The step is kept already: what was done in the cold is not lost for a picture's sake.
    """
    data = sent_photo()
    if data is None:
        return ""
    try:
        add_photo(_store(), _settings().photos, person(), measure_id, data, now=now)
    except (UnreadableInput, NotAllowed, NotPossible) as error:
        return gettext(error.message, **error.params)
    return ""


def _conflict(measure_id: int, sent: Sent, error: GeoError) -> Response:
    """Both versions side by side: how it is now, and what was about to be sent."""
    if _wants_json():
        return _json_error(error)
    found = one_measure(_store(), measure_id)
    if sent.status:
        rule = next((one for one in steps_for(person(), found.work) if one.target == sent.target), None)
        possible = rule is not None
    else:
        rule, possible = None, _can_count(person(), found)
    page = render_template(
        "work_conflict.html",
        measure=found,
        overdue=overdue(found, _today()),
        change=last_change(_store(), f"measure {found.id}"),
        newest=found.log[:-4:-1],
        sent=sent,
        rule=rule,
        question=_question(rule),
        possible=possible,
        tag=tag_of(found.id, found.version),
        labels_of_steps=LABELS,
        max_note=MAX_NOTE,
        made=moment(),
        waited=_waited,
    )
    allow_worker()
    return Response(page, STATUS[Stale], mimetype="text/html")


def _refused(measure_id: int, error: GeoError, sent: Sent | None = None) -> Response:
    """The page once more with why, and what was written in its field."""
    if _wants_json():
        return _json_error(error)
    page = _page(one_measure(_store(), measure_id), sent=sent, wrong=gettext(error.message, **error.params))
    return Response(page, _status_of(error), mimetype="text/html")


def _json_error(error: GeoError) -> Response:
    status = _status_of(error)
    answer = jsonify({"error": {"code": status, "message": gettext(error.message, **error.params)}})
    answer.status_code = status
    return answer


def _status_of(error: GeoError) -> int:
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _page(found: KeptMeasure, *, sent: Sent | None = None, wrong: str = "") -> str:
    allow_worker()
    by = person()
    rules = steps_for(by, found.work)
    recurring = _can_count(by, found)
    last = undoable(found, by, now=moment(), window=_window())
    return render_template(
        "work_one.html",
        measure=found,
        overdue=overdue(found, _today()),
        tag=tag_of(found.id, found.version),
        main=None if recurring else _main(rules),
        rules=rules,
        recurring=recurring,
        labels_of_steps=LABELS,
        questions=QUESTIONS,
        undoable=Undoable(last, last.at + _window()) if last else None,
        told=_told(found, by),
        photo_trouble=request.args.get("photo") == "refused",
        sent=sent,
        homeless=_without_form(sent, rules, recurring=recurring),
        wrong=wrong,
        may_publish=by.role is Role.COORDINATOR,
        photos=photos_of(_store(), found.id),
        max_note=MAX_NOTE,
        new_reference=new_reference,
        made=moment(),
        waited=_waited,
    )


def _without_form(sent: Sent | None, rules: Sequence[Rule], *, recurring: bool) -> str:
    """What was written for a step that the page has no form for, and would else be lost."""
    if sent is None:
        return ""
    there = sent.target in {rule.target for rule in rules} if sent.status else recurring
    return "" if there else sent.note


def _main(rules: Sequence[Rule]) -> Rule | None:
    """The step of the big button: to complete, or to follow up what somebody else completed."""
    for wanted in (Step.COMPLETE, Step.VERIFY):
        for rule in rules:
            if rule.step is wanted:
                return rule
    return None


def _question(rule: Rule | None) -> str:
    return QUESTIONS[rule.step] if rule else QUESTIONS[Step.COMPLETE]


def _can_count(by: Person, found: KeptMeasure) -> bool:
    return found.target is not None and found.status in OPEN and may_count(by, found)


def _told(found: KeptMeasure, by: Person) -> LogLine | None:
    """The person's own line that was just kept, named in the address that the form led to."""
    told = request.args.get("sent", "")
    return next((line for line in found.log if str(line.id) == told and line.account_id == by.id), None)


def _waited(line: LogLine) -> bool:
    """Whether a line was sent so long after it was done that both times are worth telling."""
    return line.done_at is not None and line.at - line.done_at >= timedelta(minutes=2)


def _row(found: KeptMeasure, today: date) -> Row:
    lonlat = point_to_wgs84(found.point) if found.point else None
    return Row(found, tag_of(found.id, found.version), overdue(found, today), lonlat)


def _find(measure_id: int) -> KeptMeasure:
    if measure_id > MAX_ID:
        raise NotFound("There is no such measure.")
    return one_measure(_store(), measure_id)


def _kept_on_phone(page: str) -> Response:
    """A page that the service worker keeps for when there is no network: whose it is, and until when.

    No other cache may: on a shared phone it goes when the person signs out.
    """
    allow_worker()
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Trygg-Person"] = quote(person().username)
    now = moment().astimezone(STOCKHOLM)
    until = now + timedelta(hours=_settings().session_hours)
    answer.headers["X-Trygg-Made"] = now.isoformat(timespec="seconds")
    answer.headers["X-Trygg-Until"] = until.isoformat(timespec="seconds")
    return answer


def _wants_json() -> bool:
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def _today() -> date:
    return moment().astimezone(STOCKHOLM).date()


def _window() -> timedelta:
    return timedelta(minutes=_settings().undo_minutes)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _store() -> Store:
    return current_pictures().store
