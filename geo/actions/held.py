"""What a coordinator decides about rows that are held back: let them count, or keep them out for good."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from geo.errors import NotAllowed
from geo.flagging import replace_places
from geo.model import Person, Role
from geo.store import audit, held
from geo.store.engine import Store
from geo.store.held import Held, HeldKind

if TYPE_CHECKING:
    from geo.gazetteer import Gazetteer

MOST = 200
"""Rows of a kind that are shown at once."""


def waiting(store: Store, by: Person, *, now: datetime) -> tuple[Held, ...]:
    """The rows that wait; that they were read is noted.

    Raises:
        NotAllowed: only coordinators read them.
    """
    _coordinator(by)
    with store.read() as connection:
        found = held.waiting(connection, MOST)
    if found:
        with store.write(quiet=True) as connection:
            audit.record(connection, at=now, by=by, action="held.read", after={"number": len(found)})
    return found


def decide(
    store: Store,
    gazetteer: "Callable[[], Gazetteer]",
    by: Person,
    kind: HeldKind,
    row_id: int,
    *,
    show: bool,
    now: datetime,
) -> None:
    """Lets a held row count and be shown, or keeps it out: an incident is then removed from the store.

    The audit says which row and what it told of, never its words. ``gazetteer`` is asked for only where flagged
    places have to be made anew.

    Raises:
        NotAllowed: only coordinators decide.
        NotFound: no such row waits.
    """
    _coordinator(by)
    with store.write() as connection:
        warning = held.take(connection, kind, row_id)
        (held.show if show else held.keep_out)(connection, kind, row_id)
        if show and kind is HeldKind.ANSWER and held.names_spots(connection, row_id):
            replace_places(connection, gazetteer())
        audit.record(
            connection,
            at=now,
            by=by,
            action="row.held_shown" if show else "row.held_out",
            subject=f"{kind.value} {row_id}",
            before={"warning": warning},
        )


def _coordinator(by: Person) -> None:
    if by.role is not Role.COORDINATOR:
        raise NotAllowed("Only coordinators decide about rows that are held back.")
