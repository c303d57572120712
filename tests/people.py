"""The people of the tests: one account per role, and how they sign in."""

import re
from datetime import UTC, datetime

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo.actions import people, sessions
from geo.model import Role
from geo.store.engine import open_store

PASSWORD = "ett långt lösenord för prov"
ORGANISATIONS = {Role.POLICE: "Polisen"}
OWN = "Robertsfors kommun"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashing that takes no time: the tests' passwords are no secret."""


def add_people(url: str, *extra: tuple[str, Role], now: datetime | None = None) -> None:
    """Makes an account per role, named after the role, and the ``extra`` ones (username, role).

    All have PASSWORD. The police work for "Polisen", all others for "Robertsfors kommun".
    """
    store = open_store(url)
    moment = now or datetime.now(UTC)
    for username, role in (*((role.value, role) for role in Role), *extra):
        organisation = ORGANISATIONS.get(role, OWN)
        link = people.add(store, username, role=role, organisation=organisation, now=moment)
        people.set_password(store, link.token, PASSWORD, now=moment, hasher=CHEAP)
    store.close()


def token_in(page: str) -> str:
    """The forms' token on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "the page has no form with a token"
    return found.group(1)


def sign_in(client: FlaskClient, who: str) -> str:
    """Signs in with a session of its own, and gives the token for this person's forms (``csrf_token``).

    ``who`` is a role or a username. Without a password, so that it takes no time: the form has tests of
    its own.
    """
    app = client.application
    store, now = app.extensions["pictures"].store, app.extensions["clock"]()
    limits = sessions.Limits.of(app.extensions["settings"])
    found = people.find(store, str(who)).person
    client.set_cookie("session", sessions.begin(store, found, now=now, limits=limits, how="test"))
    return token_in(client.get("/account").text)


def sign_in_by_form(client: FlaskClient, who: str, password: str = PASSWORD, **fields: str) -> TestResponse:
    """Sends the sign-in form."""
    token = token_in(client.get("/login").text)
    return client.post(
        "/login", data={"username": str(who), "password": password, "csrf_token": token, **fields}
    )
