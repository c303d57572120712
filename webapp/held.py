"""Rows whose words tell of what a person must look at: each is let through, or kept out."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geo.actions import held as actions
from geo.errors import BadInput, NotFound
from geo.messages import N_
from geo.model import Role
from geo.publish.names import Names
from geo.sensitive import LABELS
from geo.store.held import HeldKind
from webapp.access import allow, moment, person
from webapp.picture import current_pictures

blueprint = Blueprint("held", __name__)

KINDS: dict[HeldKind, str] = {
    HeldKind.INCIDENT: N_("Incidents"),
    HeldKind.ANSWER: N_("Survey answers"),
    HeldKind.MEASURE: N_("Measures"),
}
"""The kinds of rows as the page's headings name them, in its order."""


@blueprint.get("/held")
@allow(Role.COORDINATOR)
def listed() -> str:
    """What waits, by kind."""
    found = actions.waiting(current_pictures().store, person(), now=moment())
    return render_template(
        "held.html",
        kinds=[(kind, words, [one for one in found if one.kind is kind]) for kind, words in KINDS.items()],
        warnings=LABELS,
        most=actions.MOST,
    )


@blueprint.post("/held/<kind>/<int:row_id>")
@allow(Role.COORDINATOR)
def decide(kind: str, row_id: int) -> Response:
    """Lets a row through, or keeps it out."""
    if kind not in set(HeldKind):
        raise NotFound("The page may have been moved, or the address is mistyped.")
    action = request.form.get("action")
    if action not in ("show", "out"):
        raise BadInput("Say what is to be done with the row.", field="action")
    names: Names = current_app.extensions["names"]
    actions.decide(
        current_pictures().store,
        lambda: names.geocoder.gazetteer,
        person(),
        HeldKind(kind),
        row_id,
        show=action == "show",
        now=moment(),
    )
    return redirect(url_for("held.listed", _anchor=kind), code=303)
