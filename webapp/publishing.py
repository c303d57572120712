"""The coordinator's page of releases: what would be shown of incidents, what wouldn't and why; releasing, and taking back."""

from dataclasses import dataclass

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from geo.actions import releases as actions
from geo.errors import BadInput, NotPossible, Stale
from geo.model import CategoryGroup, Role
from geo.privacy.audit import Target
from geo.privacy.statements import Key, Quarter, Said, Scope
from geo.publish.incidents import as_count, as_read, release_log
from geo.publish.names import area_of
from geo.render import labels, words
from geo.render.audit import actor
from geo.settings import Settings
from webapp.access import allow, moment, person
from webapp.errors import STATUS
from webapp.language import chosen_language
from webapp.picture import current_pictures

blueprint = Blueprint("publishing", __name__)

OFFERED = 8
"""Quarters to choose from where none was released yet."""


@dataclass(frozen=True, slots=True)
class Line:
    """A count in words: what it is of, how it is said, and how it was said before or for whose sake it isn't."""

    of: str
    said: str
    other: str


@blueprint.get("/publish")
@allow(Role.COORDINATOR)
def index() -> str:
    """The releases so far; with ``?quarter=`` what releasing it would show."""
    return _page()


@blueprint.post("/publish")
@allow(Role.COORDINATOR)
def release() -> Response | tuple[str, int]:
    """Releases what was looked at."""
    try:
        done = actions.publish(
            current_pictures().store,
            person(),
            actions.parse_quarter(request.form.get("quarter", "")),
            now=moment(),
            ground=_ground(request.form.get("new_areas", "")),
            mark=request.form.get("mark", "") or "-",
        )
    except (BadInput, NotPossible, Stale) as error:
        return _page(error), STATUS[type(error)]
    return redirect(url_for("publishing.index", _anchor=f"release-{done.head.number}"), code=303)


@blueprint.post("/publish/back")
@allow(Role.COORDINATOR)
def back() -> Response | tuple[str, int]:
    """Takes the newest release back."""
    number = request.form.get("number", "")
    try:
        told = actions.take_back(
            current_pictures().store,
            person(),
            int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0,
            request.form.get("reason", ""),
            now=moment(),
        )
    except (BadInput, NotPossible, Stale) as error:
        return _page(error), STATUS[type(error)]
    return redirect(url_for("publishing.index", _anchor=f"release-{told}"), code=303)


def _ground(reason: str) -> actions.Ground:
    settings: Settings = current_app.extensions["settings"]
    return actions.Ground(area_of(settings), settings.least_homes, reason)


def _page(error: BadInput | NotPossible | Stale | None = None) -> str:
    store, asked = current_pictures().store, request.values
    log = release_log(store)
    quarter, new_areas = asked.get("quarter", ""), asked.get("new_areas", "").strip()
    found = None
    if quarter and error is None:
        try:
            through = actions.parse_quarter(quarter)
            found = actions.rehearse(store, person(), through, now=moment(), ground=_ground(new_areas))
        except (BadInput, NotPossible) as refused:
            error = refused
    newest = max((head.through for head in log), default=None)
    return render_template(
        "publish.html",
        log=log[::-1],
        gone={head.takes_back for head in log},
        quarters=_offered(newest, actions.last_quarter(moment())),
        quarter=quarter.strip().upper(),
        new_areas=new_areas,
        error=_told(error) if error else "",
        found=found,
        repeats=found is not None and found.repeats,
        would=as_read(store, found.head, found.release, found.cells) if found else None,
        hidden=_hidden(found) if found else (),
        changed=_changed(found) if found else (),
        said={said.value: found.count(said) for said in Said} if found else {},
        max_reason=actions.MAX_REASON,
        actor=lambda name: actor(name, gettext),
    )


def _told(error: BadInput | NotPossible | Stale) -> str:
    """What was wrong, with the quarter in words as everywhere on the page."""
    told = {
        name: words.quarter(str(value), chosen_language()) if name == "quarter" else value
        for name, value in error.params.items()
    }
    return gettext(error.message, **told)


def _offered(newest: Quarter | None, last: Quarter) -> list[Quarter]:
    """The quarters that can be released, the newest one first."""
    offered = [last]
    while offered[-1] > newest if newest else len(offered) < OFFERED:
        offered.append(offered[-1].previous)
    return offered


def _hidden(found: actions.Outcome) -> tuple[Line, ...]:
    keys = [told.key for told in found.release.statements if told.said is Said.HIDDEN]
    earlier, cells = gettext("as in an earlier release"), _cells(found)
    return tuple(
        Line(
            _of(key, cells),
            "",
            _for(found.because[key], cells) if key in found.because else earlier,
        )
        for key in keys
    )


def _for(target: Target, cells: dict[str, tuple[str, int]]) -> str:
    """For which count's sake another is hidden, in words."""
    other = _of(target.key, cells)
    if target.since is None:
        return gettext("for the sake of %(other)s") % {"other": other}
    return gettext("for the sake of what came after %(quarter)s: %(other)s") % {
        "other": other,
        "quarter": words.quarter(str(target.since), chosen_language()),
    }


def _changed(found: actions.Outcome) -> tuple[Line, ...]:
    if found.before is None:
        return ()
    was, now = (
        {told.key: words.number(as_count(told), gettext) for told in release.statements}
        for release in (found.before, found.release)
    )
    cells = _cells(found)
    return tuple(Line(_of(key, cells), now[key], was.get(key, "–")) for key in found.changed)


def _cells(found: actions.Outcome) -> dict[str, tuple[str, int]]:
    return found.cells.named() if found.cells else {}


def _of(key: Key, cells: dict[str, tuple[str, int]]) -> str:
    """What a count is of, in words: "Bygdeå 2025", "the whole municipality 2025, thefts"."""
    year = str(key.year) if key.year else gettext("all years")
    if key.scope is Scope.MUNICIPALITY:
        group = gettext(labels.GROUPS[CategoryGroup(key.group)])
        return gettext("%(kind)s in the whole municipality, %(year)s") % {"kind": group, "year": year}
    name = key.area or gettext("the rest of the municipality")
    if key.scope is Scope.CELL and key.area in cells:
        name = words.area_name(*cells[key.area], gettext)
    return f"{name}, {year}"
