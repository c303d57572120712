"""Signing in with a password: the same answer, and the same time, whoever it was not."""

from datetime import datetime

from argon2 import PasswordHasher

from geo.actions.attempts import reserve
from geo.actions.passwords import HASHER, check_rules, hashed, is_right
from geo.actions.people import folded, is_username, replace_password
from geo.errors import BadInput, SignInNeeded
from geo.model import Person
from geo.store import people
from geo.store.audit import record
from geo.store.engine import Store


def sign_in(
    store: Store,
    username: str,
    password: str,
    *,
    address: str,
    now: datetime,
    hasher: PasswordHasher = HASHER,
) -> Person:
    """Who has this username and this password.

    Raises:
        SignInNeeded: nobody has: no such account, a wrong password, or a disabled account.
        TooManyTries: there were too many failed tries for the account or from the address.
    """
    key = folded(username)
    attempt = reserve(store, key, address, now=now)
    with store.read() as connection:
        found = people.by_username(connection, key) if is_username(key) else None
    open_now = found is not None and found.disabled_at is None
    kept = found.password if found and open_now else None
    right = is_right(password, kept, hasher)
    stronger = hashed(password, hasher) if right and kept and hasher.check_needs_rehash(kept) else ""
    with store.write(quiet=True) as connection:
        if found is not None and right:
            # Making sure takes a while: the account may have been shut or its password changed meanwhile.
            again = people.by_id(connection, found.person.id)
            right = again is not None and again.disabled_at is None and again.password == kept
        if found is None or not right:
            record(
                connection,
                at=now,
                by=None,
                unknown=True,
                action="sign_in.failed",
                # Not what was typed where no account has that name: people type passwords there.
                subject=f"account:{found.person.username}" if found else "",
                after={"how": "password"},
            )
        else:
            people.drop_try(connection, attempt)
            if stronger:
                people.rehash(connection, found.person.id, found.password or "", stronger)
    if found is None or not right:
        raise SignInNeeded("The username or the password is wrong.")
    return found.person


def change_password(
    store: Store,
    person: Person,
    old: str,
    new: str,
    *,
    address: str,
    now: datetime,
    hasher: PasswordHasher = HASHER,
) -> None:
    """A person sets a new password by the old one; every session of theirs ends.

    Raises:
        BadInput: the old password is wrong, or the new one doesn't follow the rules.
        TooManyTries: as for signing in.
    """
    check_rules(new, person.username)
    attempt = reserve(store, person.username, address, now=now)
    with store.read() as connection:
        found = people.by_id(connection, person.id)
    right = found is not None and is_right(old, found.password, hasher)
    if not right:
        raise BadInput("The old password is wrong.", field="old")
    kept = hashed(new, hasher)
    with store.write(quiet=True) as connection:
        people.drop_try(connection, attempt)
        replace_password(connection, person, kept, now=now, by=person, how="old password")
