"""Counts of requests by address, shared by every process that serves this store."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from geo.store.schema import request_count

_KEPT = timedelta(minutes=5)


def lease(connection: Connection, key: str, began: datetime, wanted: int, budget: int) -> int:
    """Counts ``wanted`` more requests from an address in the minute that began then, before they are made.

    Gives how many of them there was room for; counts of minutes long past are forgotten.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(
        dialect.insert(request_count).values(key=key, began=began, n=0).on_conflict_do_nothing()
    )
    total: int = connection.execute(
        update(request_count)
        .where(request_count.c.key == key, request_count.c.began == began)
        .values(n=request_count.c.n + wanted)
        .returning(request_count.c.n)
    ).scalar_one()
    connection.execute(delete(request_count).where(request_count.c.began < began - _KEPT))
    return max(0, min(wanted, budget - (total - wanted)))
