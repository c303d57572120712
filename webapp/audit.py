"""The audit: who did what, when, to what; for administrators."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from geo.actions.reading import note_export
from geo.errors import BadQuery
from geo.model import Role
from geo.publish.audit import AuditFilters, audit_lines, audit_page
from geo.render import audit as telling
from webapp.access import allow, moment, person
from webapp.language import chosen_language
from webapp.picture import current_pictures

blueprint = Blueprint("audit", __name__)

_DIGITS = 9
_YEARS = range(2000, 2200)


@blueprint.get("/audit")
@allow(Role.ADMIN)
def audit() -> str:
    """The newest lines, or those before ``before``; ``person``, ``action``, ``from`` and ``to`` choose."""
    wanted = AuditFilters(
        actor=_name("person"),
        action=_name("action"),
        since=_day("from"),
        until=_day("to"),
    )
    found = audit_page(current_pictures().store, wanted, before=_before())
    return render_template(
        "audit.html",
        lines=[telling.in_words(line, gettext, chosen_language()) for line in found.lines],
        older=_address(wanted, before=found.older) if found.older else "",
        newest=_address(wanted) if request.args.get("before") else "",
        export=url_for("audit.audit_csv", **_days(wanted)),
        wanted=wanted,
        actors=[(name, telling.actor(name, gettext)) for name in found.actors],
        families=telling.FAMILIES,
        actions=telling.ACTIONS,
    )


@blueprint.get("/audit.csv")
@allow(Role.ADMIN)
def audit_csv() -> Response:
    """All lines ``from`` one day ``to`` another, oldest first, for a spreadsheet. Leaves a line of its own."""
    store, since, until = current_pictures().store, _day("from"), _day("to")
    note_export(store, since, until, now=moment(), by=person())
    lines = audit_lines(store, since, until)
    answer = Response(telling.as_csv(lines, gettext, chosen_language()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return answer


def _before() -> int:
    text = request.args.get("before", "")
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise BadQuery("The page asked for is not there. Begin at the newest lines.")
    return int(text)


def _name(field: str) -> str:
    text = request.args.get(field, "")
    if not text.isprintable():
        raise BadQuery("Nobody and nothing is called that.")
    return text


def _day(name: str) -> date | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise BadQuery("Write the date as year, month and day: 2026-11-22.") from error
    if found.year not in _YEARS:
        raise BadQuery("Check the year.")
    return found


def _days(wanted: AuditFilters) -> dict[str, Any]:
    days = {"from": wanted.since, "to": wanted.until}
    return {name: day.isoformat() for name, day in days.items() if day is not None}


def _address(wanted: AuditFilters, **more: Any) -> str:
    chosen = {"person": wanted.actor, "action": wanted.action, **_days(wanted), **more}
    return url_for("audit.audit", **{name: value for name, value in chosen.items() if value})
