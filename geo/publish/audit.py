"""The audit for those who may read it: page by page, newest first."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from geo.model import STOCKHOLM
from geo.store import audit, people
from geo.store.audit import CONSOLE, NOBODY, AuditLine
from geo.store.engine import Store

__all__ = ["CONSOLE", "NOBODY", "AuditFilters", "AuditLine", "AuditPage", "audit_lines", "audit_page"]

PAGE = 50
"""Lines of a page."""


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """Which lines are wanted. ``action`` may be a whole family such as ``measure``; the days are Swedish.

    ``until`` is the last day that counts. Empty and None: all.
    """

    actor: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some lines, newest first. ``older``: the page of older lines begins before this id; 0 at the end.

    ``actors`` are all who can have done something, by username.
    """

    lines: tuple[AuditLine, ...]
    older: int
    actors: tuple[str, ...]


def audit_page(store: Store, wanted: AuditFilters, *, before: int = 0) -> AuditPage:
    """The newest lines that are wanted, or those before the line ``before``."""
    since, until = _moments(wanted.since, wanted.until)
    with store.read() as connection:
        found = tuple(
            audit.lines(
                connection,
                since,
                until,
                actor=wanted.actor,
                action=wanted.action,
                before_id=before,
                last=PAGE + 1,
            )
        )
        actors = tuple(one.person.username for one in people.accounts(connection))
    shown = found[:PAGE]
    return AuditPage(shown, shown[-1].id if len(found) > PAGE else 0, (*actors, CONSOLE, NOBODY))


def audit_lines(store: Store, since: date | None, until: date | None) -> tuple[AuditLine, ...]:
    """All lines from one Swedish day to another, both included, oldest first."""
    with store.read() as connection:
        return tuple(audit.lines(connection, *_moments(since, until)))


def _moments(since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    """When the first of two Swedish days begins, and when the last is over."""
    return (
        None if since is None else datetime.combine(since, time(), STOCKHOLM),
        None if until is None else datetime.combine(until + timedelta(days=1), time(), STOCKHOLM),
    )
