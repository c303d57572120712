"""The demo's accounts: one per role, named after it. Only ever in a database that holds nothing real."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher

from geo.actions.passwords import HASHER, MAX_LENGTH, hashed, is_right
from geo.actions.people import replace_password
from geo.actions.secrets import own_key
from geo.errors import SettingsError
from geo.model import Role
from geo.store import people
from geo.store.audit import record
from geo.store.engine import Store

MARK = "demo"
"""The name of the key whose being there says that the accounts are the demo's."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account just made, with its password: it can't be shown again."""

    username: str
    password: str


def demo_people(
    store: Store,
    organisation_of: Callable[[Role], str],
    *,
    password: str,
    now: datetime,
    hasher: PasswordHasher = HASHER,
) -> tuple[DemoAccount, ...]:
    """Makes the accounts where the database is the demo's and has none, and gives those made.

    Their passwords are random, or all ``password`` where it isn't empty; then accounts made before get it
    too. A database with accounts of its own, or with real answers, is left alone.

    Raises:
        SettingsError: the password is too long.
    """
    if len(password) > MAX_LENGTH:
        raise SettingsError("TRYGG_DEMO_PASSWORD can have at most %(number)s characters.", number=MAX_LENGTH)
    with store.read() as connection:
        ours = people.secret_value(connection, MARK) is not None
        empty = not people.accounts(connection) and people.all_synthetic(connection)
    if ours:
        if password:
            _give(store, password, now, hasher)
        return ()
    return _make(store, organisation_of, password, now, hasher) if empty else ()


def _make(
    store: Store, organisation_of: Callable[[Role], str], password: str, now: datetime, hasher: PasswordHasher
) -> tuple[DemoAccount, ...]:
    made = tuple(DemoAccount(role.value, password or secrets.token_urlsafe(12)) for role in Role)
    kept = [
        (role, organisation_of(role), hashed(one.password, hasher))
        for role, one in zip(Role, made, strict=True)
    ]
    own_key(store, MARK)
    with store.write(quiet=True) as connection:
        for role, organisation, hash_kept in kept:
            person = people.add(
                connection,
                username=role.value,
                name=role.value.capitalize(),
                role=role,
                organisation=organisation,
                at=now,
            )
            if person is None:
                # Another process was first; its passwords are the ones that hold.
                return ()
            record(
                connection,
                at=now,
                by=None,
                action="account.created",
                subject=f"account:{person.username}",
                after={"role": role.value, "organisation": person.organisation, "how": "demo"},
            )
            replace_password(connection, person, hash_kept, now=now, by=None, how="demo")
    return made


def _give(store: Store, password: str, now: datetime, hasher: PasswordHasher) -> None:
    with store.read() as connection:
        found = [people.by_username(connection, role.value) for role in Role]
    for one in found:
        if one is None or one.disabled_at is not None or is_right(password, one.password, hasher):
            continue
        kept = hashed(password, hasher)
        with store.write(quiet=True) as connection:
            replace_password(connection, one.person, kept, now=now, by=None, how="demo")
