"""Accounts of those who sign in by the municipality's own provider: made, kept up to date, and shut out."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from geo.actions.people import folded
from geo.errors import NotAllowed, NotPossible
from geo.model import Person, Role
from geo.store import people
from geo.store.audit import changes, record
from geo.store.engine import Store


@dataclass(frozen=True, slots=True)
class Provided:
    """What the provider says of a person. ``issuer`` and ``subject`` are who it is, for good; the rest may change."""

    issuer: str
    subject: str
    username: str
    name: str
    role: Role
    organisation: str


def sign_in_by_provider(store: Store, who: Provided, *, now: datetime) -> Person:
    """The person whom the provider has let in; at the first time with a new account.

    Name, role and organisation are the provider's to say, each time anew; the username stays.

    Raises:
        NotPossible: another account has the username: it is never taken over.
        NotAllowed: the account is disabled.
    """
    who = replace(who, username=folded(who.username))
    with store.write(quiet=True) as connection:
        known = people.by_subject(connection, who.issuer, who.subject)
        if known is None:
            made = _add(connection, who, now)
            if made is not None:
                return made
            # Taken: by the same person's other window a moment ago, or by somebody else.
            known = people.by_subject(connection, who.issuer, who.subject)
        if known is not None and known.disabled_at is None:
            return _update(connection, known.person, who, now)
        record(
            connection,
            at=now,
            by=known.person if known else None,
            unknown=known is None,
            action="sign_in.refused",
            subject=f"account:{who.username}",
            after={"how": "oidc", "why": "disabled" if known else "username taken"},
        )
    if known is not None:
        raise NotAllowed("The account is disabled. Ask the administrator.")
    raise NotPossible(
        "There is already another account called “%(username)s” here. "
        "Ask the administrator: one of the two must have another name.",
        username=who.username,
    )


def refuse_by_provider(store: Store, *, issuer: str, subject: str, now: datetime) -> None:
    """The provider knows the person but gives them no role here: what they had open is closed."""
    with store.write(quiet=True) as connection:
        known = people.by_subject(connection, issuer, subject)
        if known is None:
            return
        ended = people.end_sessions(connection, known.person.id)
        revoked = people.revoke_tokens(connection, known.person.id, now)
        people.change(connection, known.person.id, calendar_hash=None)
        record(
            connection,
            at=now,
            by=known.person,
            action="sign_in.refused",
            subject=f"account:{known.person.username}",
            after={"how": "oidc", "why": "no role", "sessions": ended, "tokens": revoked},
        )


def open_again(store: Store, account: people.Account, *, now: datetime, by: Person | None = None) -> None:
    """Lets somebody in again whose account was disabled. There is no password to make a link for."""
    with store.write(quiet=True) as connection:
        people.change(connection, account.person.id, disabled_at=None)
        record(
            connection,
            at=now,
            by=by,
            action="account.reset",
            subject=f"account:{account.person.username}",
            before={"disabled": account.disabled_at is not None},
            after={"disabled": False},
        )


def _add(connection: Connection, who: Provided, now: datetime) -> Person | None:
    made = people.add(
        connection,
        username=who.username,
        name=who.name,
        role=who.role,
        organisation=who.organisation,
        at=now,
        oidc=(who.issuer, who.subject),
    )
    if made is not None:
        record(
            connection,
            at=now,
            by=made,
            action="account.created",
            subject=f"account:{made.username}",
            after={
                "name": made.name,
                "role": made.role.value,
                "organisation": made.organisation,
                "how": "oidc",
            },
        )
    return made


def _update(connection: Connection, person: Person, who: Provided, now: datetime) -> Person:
    before, after = changes(
        {"name": person.name, "role": person.role.value, "organisation": person.organisation},
        {"name": who.name, "role": who.role.value, "organisation": who.organisation},
    )
    if after:
        people.change(connection, person.id, **after)
        record(
            connection,
            at=now,
            by=person,
            action="account.changed",
            subject=f"account:{person.username}",
            before=before,
            after=after | {"how": "oidc"},
        )
    return Person(person.id, person.username, who.name, who.role, who.organisation)
