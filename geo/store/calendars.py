"""The secret links of calendars: only a hash of each is kept, with its account."""

from sqlalchemy import Connection, select, update

from geo.model import Person, Role
from geo.store.schema import account


def set_link(connection: Connection, account_id: int, token_hash: str) -> None:
    """Makes this the account's link, in place of the one it had."""
    connection.execute(update(account).where(account.c.id == account_id).values(calendar_hash=token_hash))


def has_link(connection: Connection, account_id: int) -> bool:
    """Whether an account has a link."""
    found = connection.execute(select(account.c.calendar_hash).where(account.c.id == account_id))
    return found.scalar_one_or_none() is not None


def owner(connection: Connection, token_hash: str) -> Person | None:
    """Whose link this is; None for an unknown one and for that of an account that is shut."""
    row = connection.execute(
        select(account).where(account.c.calendar_hash == token_hash, account.c.disabled_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    return Person(row.id, row.username, row.name, Role(row.role), row.organisation)
