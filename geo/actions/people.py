"""Accounts: made, disabled, and given passwords by a link that works once."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import Connection

from geo.actions.attempts import KEY, account_key
from geo.actions.passwords import HASHER, check_rules, hashed
from geo.actions.secrets import new_token, own_key, token_hash
from geo.errors import BadInput, NotFound, NotPossible
from geo.model import Person, Role
from geo.store import people
from geo.store.audit import CONSOLE, NOBODY, record
from geo.store.engine import Store
from geo.store.people import Account

LINK_LIFE = timedelta(hours=72)
"""How long a one-time link can be used."""

MAX_USERNAME = 90
MAX_NAME = 200

_USERNAME = re.compile(r"[^\W_][\w.@+-]*")


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link's token, which can't be shown again, and until when it can be used."""

    username: str
    token: str
    expires_at: datetime


def folded(username: str) -> str:
    """A username as it is kept and looked up: case and the keyboard's way of writing å don't matter."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username.strip()).casefold())


def is_username(username: str) -> bool:
    """Whether a folded name can be a username: letters, digits and . _ @ + -, a letter or digit first.

    What the audit calls those who have no account is taken.
    """
    taken = username in (CONSOLE, NOBODY)
    return not taken and len(username) <= MAX_USERNAME and _USERNAME.fullmatch(username) is not None


def add(
    store: Store,
    username: str,
    *,
    role: Role,
    organisation: str,
    now: datetime,
    name: str = "",
    by: Person | None = None,
) -> Link:
    """Makes an account without a password, and the link by which its person sets one.

    Raises:
        BadInput: the username, the name or the organisation can't be used.
        NotPossible: the username is taken.
    """
    key = folded(username)
    if not is_username(key):
        raise BadInput(
            "The username “%(username)s” can't be used: it has letters, digits and . _ @ + - only, "
            "begins with a letter or digit, and has at most %(number)s characters.",
            username=username,
            number=MAX_USERNAME,
            field="username",
        )
    name = _words(name, "name") or key
    organisation = _words(organisation, "organisation")
    with store.write(quiet=True) as connection:
        made = people.add(connection, username=key, name=name, role=role, organisation=organisation, at=now)
        if made is None:
            raise NotPossible("There is already an account called “%(username)s”.", username=key)
        record(
            connection,
            at=now,
            by=by,
            action="account.created",
            subject=_subject(made),
            after={"name": name, "role": role.value, "organisation": organisation},
        )
        return _new_link(connection, made, now, by)


def accounts(store: Store) -> tuple[Account, ...]:
    """Every account, by username."""
    with store.read() as connection:
        return people.accounts(connection)


def find(store: Store, username: str) -> Account:
    """The account with this username.

    Raises:
        NotFound: there is none.
    """
    with store.read() as connection:
        return _found(connection, username)


def disable(store: Store, username: str, *, now: datetime, by: Person | None = None) -> None:
    """Shuts an account: its sessions end, its links and access tokens are of no use.

    Raises:
        NotFound: there is none of that name.
        NotPossible: it is disabled already.
    """
    with store.write(quiet=True) as connection:
        found = _found(connection, username)
        if found.disabled_at is not None:
            raise NotPossible(
                "The account “%(username)s” is disabled already.", username=found.person.username
            )
        people.change(connection, found.person.id, disabled_at=now, calendar_hash=None)
        closed = _close(connection, found.person, now)
        record(
            connection, at=now, by=by, action="account.disabled", subject=_subject(found.person), after=closed
        )


def reset(store: Store, username: str, *, now: datetime, by: Person | None = None) -> Link:
    """Takes away an account's password and all that was opened with it, and makes a new one-time link.

    A disabled account is open again once the link was used.

    Raises:
        NotFound: there is no account of that name.
        NotPossible: the account signs in by the municipality's provider: it has no password here.
    """
    key = own_key(store, KEY)
    with store.write(quiet=True) as connection:
        found = _found(connection, username)
        if found.oidc_subject is not None:
            raise NotPossible(
                "“%(username)s” signs in by the municipality's own sign-in and has no password here.",
                username=found.person.username,
            )
        people.change(connection, found.person.id, password=None, disabled_at=None, calendar_hash=None)
        closed = _close(connection, found.person, now)
        people.drop_tries(connection, account_key(key, found.person.username))
        record(
            connection,
            at=now,
            by=by,
            action="account.reset",
            subject=_subject(found.person),
            before={"disabled": found.disabled_at is not None},
            after=closed | {"disabled": False},
        )
        return _new_link(connection, found.person, now, by)


def link_owner(store: Store, token: str, *, now: datetime) -> Person:
    """Whose one-time link this is.

    Raises:
        NotFound: it was used, is too old or never was one.
    """
    with store.read() as connection:
        return _owner(connection, token, now).person


def set_password(
    store: Store, token: str, password: str, *, now: datetime, hasher: PasswordHasher = HASHER
) -> Person:
    """Sets the password by a one-time link, which is used up; every session of the account ends.

    Raises:
        NotFound: the link can't be used.
        BadInput: the password doesn't follow the rules; the link can still be used.
    """
    person = link_owner(store, token, now=now)
    check_rules(password, person.username)
    kept = hashed(password, hasher)
    with store.write(quiet=True) as connection:
        person = _owner(connection, token, now).person
        if not people.use_link(connection, token_hash(token), now):
            raise NotFound("The link was used before, is too old, or is not whole. Ask for a new one.")
        replace_password(connection, person, kept, now=now, by=person, how="link")
    return person


def replace_password(
    connection: Connection, person: Person, kept: str, *, now: datetime, by: Person | None, how: str
) -> None:
    """Writes a password's hash: every session of the account ends, and so do its links."""
    people.change(connection, person.id, password=kept)
    ended = people.end_sessions(connection, person.id)
    record(
        connection,
        at=now,
        by=by,
        action="password.set",
        subject=_subject(person),
        after={"how": how, "sessions": ended},
    )


def rename(store: Store, person: Person, name: str, *, now: datetime) -> None:
    """A person changes their own name.

    Raises:
        BadInput: the name is empty or too long.
    """
    name = _words(name, "name")
    if not name:
        raise BadInput("Write a name.", field="name")
    if name == person.name:
        return
    with store.write(quiet=True) as connection:
        people.change(connection, person.id, name=name)
        record(
            connection,
            at=now,
            by=person,
            action="account.changed",
            subject=_subject(person),
            before={"name": person.name},
            after={"name": name},
        )


def _owner(connection: Connection, token: str, now: datetime) -> Account:
    found = people.link_owner(connection, token_hash(token), now)
    if found is None:
        raise NotFound("The link was used before, is too old, or is not whole. Ask for a new one.")
    return found


def _found(connection: Connection, username: str) -> Account:
    key = folded(username)
    found = people.by_username(connection, key) if is_username(key) else None
    if found is None:
        raise NotFound("There is no account called “%(username)s”.", username=username)
    return found


def _new_link(connection: Connection, person: Person, now: datetime, by: Person | None) -> Link:
    link = Link(person.username, new_token(), now + LINK_LIFE)
    people.add_link(connection, person.id, token_hash(link.token), link.expires_at)
    record(
        connection,
        at=now,
        by=by,
        action="link.created",
        subject=_subject(person),
        after={"expires": link.expires_at.isoformat()},
    )
    return link


def _close(connection: Connection, person: Person, now: datetime) -> dict[str, int]:
    people.drop_links(connection, person.id)
    return {
        "sessions": people.end_sessions(connection, person.id),
        "tokens": people.revoke_tokens(connection, person.id, now),
    }


def _subject(person: Person) -> str:
    return f"account:{person.username}"


def _words(text: str, field: str) -> str:
    """A name in one line: without what can't be seen, and with single spaces."""
    line = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    if len(line) > MAX_NAME:
        raise BadInput("A name has at most %(number)s characters.", number=MAX_NAME, field=field)
    return line
