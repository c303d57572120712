"""Where a coordinator settles what words mean that the geocoder isn't sure of: once, and it is learned."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from geo.actions import review as actions
from geo.actions.reading import note_reading
from geo.errors import BadInput, NotFound, Stale
from geo.messages import N_
from geo.model import MAX_ID, Candidate, Role
from geo.publish import review as reading
from geo.publish.names import Names
from geo.publish.review import Item, Waiting
from geo.render.labels import DECISIONS
from geo.store.aliases import Alias, Decision, Meaning, Target
from webapp.access import allow, moment, person
from webapp.drafts import Fault, fault_of
from webapp.errors import STATUS
from webapp.picture import current_pictures
from webapp.review_form import chosen_decision, lonlat, lonlats_of, target_of, value_of
from webapp.smallmap import small_map

blueprint = Blueprint("review", __name__)

PAGE = 50
MAX_PARTS = 10
_KEY = re.compile(r"t[0-9a-f]{31}")
_SHOWN_ANSWERS = 3
_WORDS = {
    "map": N_("Map of what the words may mean"),
    "zoomIn": N_("Zoom in"),
    "zoomOut": N_("Zoom out"),
    "layerFailed": N_("The layer “%(name)s” could not be fetched."),
    "point": N_("A point is on the map."),
    "line": N_("A line of %(number)s points is on the map."),
    "none": N_("Nothing is drawn."),
}
"""What the script says, by the name it knows it by."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A place to choose: what its button sends, where it lies, and what it is called."""

    value: str
    lonlat: str
    place: Target | Candidate


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person has done on the page so far: looked for something, ticked parts, drawn."""

    query: str = ""
    parts: tuple[Target, ...] = ()
    drawn: str = ""
    faults: tuple[Fault, ...] = ()


@blueprint.get("/review")
@allow(Role.COORDINATOR)
def index() -> str:
    """The next words to settle; ``?from=`` passes that many by."""
    waiting = _waiting(_first())
    if not waiting.groups:
        return _page(waiting, None, Draft())
    return _page(waiting, _item(waiting.groups[0].key), Draft())


@blueprint.get("/review/<key>")
@allow(Role.COORDINATOR)
def one(key: str) -> str:
    """Certain words."""
    return _page(_waiting(_first()), _item(_known(key)), Draft())


@blueprint.post("/review/<key>")
@allow(Role.COORDINATOR)
def settle(key: str) -> Response | tuple[str, int] | str:
    """Learns what the words mean, or looks for more places."""
    key = _known(key)
    draft = Draft(query=request.form.get("q", "").strip()[:200], drawn=request.form.get("drawn", ""))
    try:
        parts = tuple(target_of(text) for text in request.form.getlist("part")[:MAX_PARTS])
        draft = Draft(draft.query, parts, draft.drawn)
        if request.form.get("action") == "search":
            return _page(_waiting(_first()), _item(key), draft)
        meaning = _meaning(draft)
        made, _moved = actions.decide(
            current_pictures().store, _names().geocoder, person(), key, meaning, now=moment()
        )
    except (BadInput, Stale) as error:
        shown = Draft(draft.query, draft.parts, draft.drawn, (fault_of(error),))
        return _page(_waiting(_first()), _item(key), shown), STATUS[type(error)]
    return redirect(url_for("review.index", **_onward(done=made)), code=303)


@blueprint.get("/review/decisions")
@allow(Role.COORDINATOR)
def decisions() -> str:
    """What was settled, by whom and when; each can be taken back."""
    page = _number("page")
    found = reading.decisions(current_pictures().store, first=page * PAGE, number=PAGE + 1)
    return render_template(
        "review_decisions.html", decisions=found[:PAGE], page=page, more=len(found) > PAGE, spots=_spots
    )


@blueprint.post("/review/decisions/<int:alias_id>/undo")
@allow(Role.COORDINATOR)
def undo(alias_id: int) -> Response:
    """Takes a decision back: its words wait again."""
    if alias_id > MAX_ID:
        raise NotFound("There is no such decision.")
    store = current_pictures().store
    actions.take_back(store, _names().geocoder, person(), alias_id, now=moment())
    if "list" in request.form:
        return redirect(url_for("review.decisions", _anchor=f"decision-{alias_id}"), code=303)
    key = reading.one_decision(store, alias_id).key
    return redirect(url_for("review.one", key=key, **_onward()), code=303)


def _meaning(draft: Draft) -> Meaning:
    decision = chosen_decision(request.form)
    if decision is not Decision.PLACES:
        return Meaning(decision)
    action = request.form.get("action", "")
    if action not in ("drawn", "several"):
        return Meaning(decision, (target_of(request.form.get("take", "")),))
    lonlats = lonlats_of(draft.drawn)
    drawn = (actions.drawn(_names().geocoder, lonlats),) if lonlats or action == "drawn" else ()
    if action == "drawn":
        return Meaning(decision, drawn)
    if len(draft.parts) + len(drawn) < 2:
        raise BadInput("Tick two places or more, or tick one and draw another.", field="places")
    return Meaning(decision, (*draft.parts, *drawn))


def _page(waiting: Waiting, item: Item | None, draft: Draft) -> str:
    found: Sequence[Candidate] = item.candidates if item else ()
    if draft.query:
        found = reading.candidates(_names().geocoder, draft.query)
    return render_template(
        "review.html",
        waiting=waiting,
        item=item,
        draft=draft,
        faults=draft.faults,
        labels_of={"places": N_("Places")},
        candidates=[Choice(value_of(one), lonlat(one), one) for one in found],
        parts=[Choice(value_of(one), lonlat(one), one) for one in draft.parts],
        answers=item.answer_ids[:_SHOWN_ANSWERS] if item else (),
        chart=small_map(_WORDS),
        first=_first(),
        done=_done(),
        spots=_spots,
    )


def _item(key: str) -> Item:
    """The words with this key; that they were read is noted."""
    store = current_pictures().store
    found = reading.one_item(store, _names().geocoder, key)
    note_reading(store, person(), "answers", len(found.answer_ids), now=moment(), subject=f"words {key}")
    return found


def _done() -> Alias | None:
    """The decision that was just made, if it still holds."""
    number = _number("done")
    if not 0 < number <= MAX_ID:
        return None
    try:
        found = reading.one_decision(current_pictures().store, number)
    except NotFound:
        return None
    return None if found.taken_back_at else found


def _spots(alias: Alias) -> str:
    """What was decided, in words."""
    if alias.meaning.decision is not Decision.PLACES:
        return gettext(DECISIONS[alias.meaning.decision])
    return ", ".join(
        ", ".join(part for part in (target.name or gettext("a point on the map"), target.locality) if part)
        for target in alias.meaning.targets
    )


def _waiting(first: int) -> Waiting:
    store, below = current_pictures().store, current_app.extensions["settings"].review_below
    found = reading.waiting(store, below, first=first, number=1)
    if not found.groups and found.texts:
        return reading.waiting(store, below, first=0, number=1)
    return found


def _first() -> int:
    return _number("from")


def _number(name: str) -> int:
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _onward(**more: int) -> dict[str, Any]:
    """The address' query: how many were passed by stays as it is."""
    return {name: number for name, number in {"from": _first(), **more}.items() if number}


def _known(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise NotFound("No row has these words.")
    return key


def _names() -> Names:
    names: Names = current_app.extensions["names"]
    return names
