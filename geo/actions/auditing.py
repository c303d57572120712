"""Taking the audit out: the reading of it is itself a line in it."""

from datetime import datetime

from geo.model import Person
from geo.store import audit
from geo.store.audit import AuditLine
from geo.store.engine import Store


def export_audit(
    store: Store, by: Person | None, since: datetime | None, until: datetime | None, *, now: datetime
) -> tuple[AuditLine, ...]:
    """The lines from ``since`` up to, not including, ``until``, oldest first; that they were taken is kept.

    ``by`` is None for the command line.
    """
    with store.write(quiet=True) as connection:
        found = tuple(audit.lines(connection, since, until))
        audit.record(
            connection,
            at=now,
            by=by,
            action="audit.export",
            after={
                "since": since.isoformat() if since else None,
                "until": until.isoformat() if until else None,
                "number": len(found),
            },
        )
    return found
