"""Where a signed-in person goes: the pages that their role may open, and the one they start at."""

from dataclasses import dataclass

from flask import current_app
from werkzeug.exceptions import HTTPException

from geo.messages import N_
from geo.model import Person, Role
from webapp.access import access_of

PAGES: tuple[tuple[str, str], ...] = (
    ("/today", N_("Today")),
    ("/review", N_("Settle words")),
    ("/held", N_("Rows held back")),
    ("/publish", N_("Release incidents")),
    ("/my/measures", N_("My measures")),
    ("/measures/all", N_("All measures")),
    ("/work/incidents", N_("Incidents on the map")),
    ("/measures/new", N_("New measure")),
    ("/planning", N_("The station")),
    ("/findings", N_("Findings")),
    ("/audit", N_("Audit")),
    ("/account", N_("My account")),
)
"""Paths and what the menu calls them, in its order."""

STARTS: dict[Role, str] = {
    Role.COORDINATOR: "/today",
    Role.PLANNER: "/my/measures",
    Role.POLICE: "/my/measures",
    Role.ADMIN: "/audit",
}
"""The page each role comes to after signing in."""

ACCOUNT = "/account"


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the menu; ``words`` is a message id."""

    path: str
    words: str


def menu_of(person: Person) -> tuple[Item, ...]:
    """The pages the person may open."""
    return tuple(Item(path, words) for path, words in PAGES if _may_open(person, path))


def start_page(person: Person) -> str:
    """The path of the person's start page."""
    start = STARTS[person.role]
    return start if _may_open(person, start) else ACCOUNT


def _may_open(person: Person, path: str) -> bool:
    try:
        endpoint, _ = current_app.url_map.bind("").match(path)
    except HTTPException:
        return False
    access = access_of(current_app.view_functions[endpoint])
    return access is not None and person.role in access.roles
