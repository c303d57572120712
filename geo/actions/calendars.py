"""The secret link of a person's calendar: made, and made anew when the old one got into wrong hands."""

from datetime import datetime

from geo.actions.secrets import new_token, token_hash
from geo.model import Person
from geo.store import audit, calendars
from geo.store.engine import Store


def renew_link(store: Store, by: Person, *, now: datetime) -> str:
    """Makes a new secret and gives it: it can't be shown again. The one before opens nothing from now on."""
    secret = new_token()
    with store.write(quiet=True) as connection:
        calendars.set_link(connection, by.id, token_hash(secret))
        audit.record(connection, at=now, by=by, action="calendar.renew", subject=f"account {by.id}")
    return secret
