"""Reading of exact data leaves a line in the audit: who read how many of what."""

from datetime import date, datetime

from geo.model import Person
from geo.store import audit
from geo.store.engine import Store


def note_reading(
    store: Store, by: Person, what: str, number: int, *, now: datetime, subject: str = ""
) -> None:
    """Records that ``by`` was shown ``number`` of ``what`` (``answers``, ``places``); nothing for none."""
    if number:
        with store.write(quiet=True) as connection:
            audit.record(
                connection, at=now, by=by, action=f"{what}.read", subject=subject, after={"number": number}
            )


def note_export(
    store: Store, first: date | None, last: date | None, *, now: datetime, by: Person | None = None
) -> None:
    """Records that the audit itself was taken out for these days; without ``by``, on the command line."""
    with store.write(quiet=True) as connection:
        audit.record(
            connection,
            at=now,
            by=by,
            action="audit.exported",
            after={
                "from": first.isoformat() if first else None,
                "to": last.isoformat() if last else None,
            },
        )
