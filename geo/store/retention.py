"""What is older than it is kept, taken out of the store. ``geo.actions.retention`` says how old that is."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    String,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    type_coerce,
    union,
    update,
)

from geo.model import MeasureStatus
from geo.store.engine import Store
from geo.store.migration import create_triggers, drop_triggers
from geo.store.rows import CHUNK, IN_CHUNK, chunks
from geo.store.schema import (
    access_token,
    alias,
    audit,
    import_run,
    incident,
    login_attempt,
    login_session,
    measure,
    measure_log,
    one_time_link,
    photo,
    request_count,
    survey_answer,
)

GONE = "gone-"
"""A respondent of whom nothing is kept but that they were one: the number after it leads nowhere."""
NO_WORDS = "…"
"""Stands for the words of a decision whose rows are all gone."""

_CLOSED = (MeasureStatus.VERIFIED.value, MeasureStatus.CANCELLED.value)
_READING = ("sign_in", "sign_out")


def overwrite_what_is_removed(connection: Connection) -> None:
    """Makes SQLite fill what this connection removes with zeros: its file keeps it otherwise for years."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def empty_journal(store: Store) -> None:
    """Writes SQLite's journal into its file, and cuts it: it holds pages as they were before."""
    if store.dialect == "sqlite":
        # Past the engine's own connection, which begins a transaction: inside one nothing can be written over.
        connection: Any = store.engine.raw_connection()
        try:
            connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


def answers(connection: Connection, before: date) -> int:
    """Takes words, comment and pseudonym out of the answers of whoever last answered a survey before a day.

    Where they felt unsafe, why and when stays, and with it the places; two answers of one person are still of one.
    How many answers.
    """
    last = func.max(func.coalesce(survey_answer.c.answered, func.date(import_run.c.at)))
    # SQLite keeps days as text, and so it compares them.
    text = connection.dialect.name == "sqlite"
    is_old = type_coerce(last, String) < before.isoformat() if text else type_coerce(last, Date) < before
    old = connection.execute(
        select(
            survey_answer.c.survey_id, survey_answer.c.respondent, func.min(survey_answer.c.id).label("first")
        )
        .join(import_run, import_run.c.id == survey_answer.c.import_id)
        .where(~survey_answer.c.respondent.startswith(GONE))
        .group_by(survey_answer.c.survey_id, survey_answer.c.respondent)
        .having(is_old)
    ).all()
    changed = 0
    for part in chunks(old, CHUNK):
        changed += connection.execute(
            update(survey_answer)
            .where(
                survey_answer.c.survey_id == bindparam("survey"),
                survey_answer.c.respondent == bindparam("who"),
            )
            .values(
                text="",
                comment="",
                text_key="",
                danger="",
                respondent=bindparam("gone"),
                # Nobody can look at it any more.
                kept_out=case((survey_answer.c.warning != "", True), else_=survey_answer.c.kept_out),
            ),
            [{"survey": row.survey_id, "who": row.respondent, "gone": f"{GONE}{row.first}"} for row in part],
        ).rowcount
    _forget_words(connection)
    return changed


def _forget_words(connection: Connection) -> None:
    """Takes the words out of decisions about words that no row has any more. The decision still holds."""
    used = union(*(select(table.c.text_key) for table in (survey_answer, incident, measure)))
    connection.execute(
        update(alias)
        .where(alias.c.text != NO_WORDS, alias.c.text_key.not_in(used.scalar_subquery()))
        .values(text=NO_WORDS)
    )


def incidents(connection: Connection, before: datetime) -> int:
    """Removes the incidents that were over before a moment; how many."""
    at = func.coalesce(incident.c.ended, incident.c.started, incident.c.published, import_run.c.at)
    old = select(incident.c.id).join(import_run, import_run.c.id == incident.c.import_id)
    ids = list(connection.execute(old.where(at < before)).scalars())
    for part in chunks(ids, IN_CHUNK):
        connection.execute(
            update(incident).where(incident.c.duplicate_of.in_(part)).values(duplicate_of=None)
        )
        connection.execute(delete(incident).where(incident.c.id.in_(part)))
    if ids:
        _forget_words(connection)
    return len(ids)


def signing_in(connection: Connection, before: datetime) -> int:
    """Removes sessions, tries, links and tokens that ended before a moment, and old counts of requests."""
    gone: Iterable[tuple[Any, ColumnElement[bool]]] = (
        (login_session, login_session.c.seen_at < before),
        (login_attempt, login_attempt.c.at < before),
        (one_time_link, one_time_link.c.expires_at < before),
        (access_token, or_(access_token.c.revoked_at < before, access_token.c.expires_at < before)),
        (request_count, request_count.c.began < before),
    )
    return sum(connection.execute(delete(table).where(where)).rowcount for table, where in gone)


def photos(connection: Connection, before: datetime) -> tuple[str, ...]:
    """Removes the rows of photos of measures that came to their end before a moment; the names of their files."""
    last = (
        select(measure_log.c.measure_id)
        .group_by(measure_log.c.measure_id)
        .having(func.max(measure_log.c.at) < before)
    )
    rows = connection.execute(
        select(photo.c.id, photo.c.file)
        .join(measure, measure.c.id == photo.c.measure_id)
        .where(measure.c.status.in_(_CLOSED), measure.c.id.in_(last), photo.c.at < before)
    ).all()
    for part in chunks([row.id for row in rows], IN_CHUNK):
        connection.execute(delete(photo).where(photo.c.id.in_(part)))
    return tuple(row.file for row in rows)


def audit_lines(connection: Connection, *, reading_before: datetime | None, before: datetime | None) -> int:
    """Removes lines of the audit: of reading and signing in, and all others; None keeps them. How many.

    The audit is append-only by the databases' triggers. They are taken away for this and made again in the
    same transaction, by the only function that does so beside migrations.
    """
    read = or_(
        audit.c.action.endswith(".read"),
        *(audit.c.action == name for name in _READING),
        *(audit.c.action.startswith(f"{name}.", autoescape=True) for name in _READING),
    )
    old: list[ColumnElement[bool]] = []
    if reading_before is not None:
        old.append(read & (audit.c.at < reading_before))
    if before is not None:
        old.append(audit.c.at < before)
    if not old or connection.execute(select(audit.c.id).where(or_(*old)).limit(1)).first() is None:
        return 0
    drop_triggers(connection)
    removed = connection.execute(delete(audit).where(or_(*old))).rowcount
    create_triggers(connection)
    return removed
