"""The audit: who did what, when, to what, before and after. Written in the change's own transaction."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from geo.model import Person
from geo.store.schema import audit

CONSOLE = "console"
"""The actor of what was done on the command line."""
NOBODY = "nobody"
"""The actor of what was tried by somebody who isn't signed in."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line. ``before`` and ``after`` hold only what changed; ``actor`` is the username at that time."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]


def record(
    connection: Connection,
    *,
    at: datetime,
    by: Person | None,
    unknown: bool = False,
    action: str,
    subject: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Appends a line. ``by`` is None for the command line and, with ``unknown``, for somebody not signed in.

    Values must be plain JSON.
    """
    connection.execute(
        insert(audit).values(
            at=at,
            account_id=by.id if by else None,
            actor=by.username if by else NOBODY if unknown else CONSOLE,
            action=action,
            subject=subject,
            before=dict(before or {}),
            after=dict(after or {}),
        )
    )


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two without what is the same in both."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def lines(
    connection: Connection,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    actor: str = "",
    action: str = "",
    before_id: int = 0,
    last: int = 0,
) -> Iterator[AuditLine]:
    """The lines from ``since`` up to, not including, ``until``, oldest first.

    Where they are set: only those by ``actor``, of ``action`` (or of all that begin with it and a dot), and
    older than the line ``before_id``. With ``last``, only that many, newest first.
    """
    query = select(audit).order_by(audit.c.id.desc() if last else audit.c.id)
    if since is not None:
        query = query.where(audit.c.at >= since)
    if until is not None:
        query = query.where(audit.c.at < until)
    if actor:
        query = query.where(audit.c.actor == actor)
    if action:
        query = query.where(
            (audit.c.action == action) | audit.c.action.startswith(f"{action}.", autoescape=True)
        )
    if before_id:
        query = query.where(audit.c.id < before_id)
    if last:
        query = query.limit(last)
    for row in connection.execute(query):
        yield _line(row)


def _line(row: Row[Any]) -> AuditLine:
    return AuditLine(row.id, row.at, row.actor, row.action, row.subject, row.before, row.after)
