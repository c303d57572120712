"""Sessions: who is behind a request, and how a session begins and ends."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from geo.actions.secrets import new_token, token_hash
from geo.errors import StoreError
from geo.model import Person
from geo.settings import Settings
from geo.store import people
from geo.store.audit import record
from geo.store.engine import Store

SEEN = timedelta(minutes=1)
"""A session's last sign of life is kept this exactly: reading must not write each time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts: without a sign of life, and at most."""

    idle: timedelta
    absolute: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The limits the operator chose."""
        return cls(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))


def begin(store: Store, person: Person, *, now: datetime, limits: Limits, how: str, ending: str = "") -> str:
    """Begins a session of somebody whose identity was made sure of, and gives its token.

    ``how`` says by what ("password", "oidc"); ``ending`` is the token of a session that this one takes
    the place of: nobody keeps a session that somebody else may have set for them.
    """
    token = new_token()
    with store.write(quiet=True) as connection:
        people.drop_old_sessions(
            connection, started_before=now - limits.absolute, seen_before=now - limits.idle
        )
        if ending:
            people.end_session(connection, token_hash(ending))
        people.add_session(connection, person.id, token_hash(token), now)
        record(connection, at=now, by=person, action="sign_in.succeeded", after={"how": how})
    return token


def person_of_session(store: Store, token: str, *, now: datetime, limits: Limits) -> Person | None:
    """Whose session this is; None where it is over, was ended or never was."""
    key = token_hash(token)
    with store.read() as connection:
        found = people.session(
            connection, key, started_after=now - limits.absolute, seen_after=now - limits.idle
        )
    if found is None:
        return None
    if now - found.seen_at >= SEEN:
        # Who only reads need not wait for a writer, nor for room on a full disk: then the session's
        # idle time counts from the last sign of life that could be kept.
        with suppress(StoreError), store.write(quiet=True) as connection:
            people.touch_session(connection, key, now)
    return found.person


def end(store: Store, person: Person, token: str, *, now: datetime) -> None:
    """Ends one session: the person signs out here."""
    with store.write(quiet=True) as connection:
        if people.end_session(connection, token_hash(token)):
            record(connection, at=now, by=person, action="sign_out")


def end_everywhere(store: Store, person: Person, *, now: datetime) -> None:
    """Ends every session of the person, this one too."""
    with store.write(quiet=True) as connection:
        ended = people.end_sessions(connection, person.id)
        record(connection, at=now, by=person, action="sign_out.everywhere", after={"sessions": ended})
