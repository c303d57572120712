"""Rows that are held back: their words tell of what a person must look at before they count or are shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from geo.errors import NotFound
from geo.model import MAX_ID
from geo.store.schema import answer_location, incident, measure, survey, survey_answer


class HeldKind(StrEnum):
    """What a held row is."""

    INCIDENT = "incident"
    ANSWER = "answer"
    MEASURE = "measure"


_TABLES: dict[HeldKind, Any] = {
    HeldKind.INCIDENT: incident,
    HeldKind.ANSWER: survey_answer,
    HeldKind.MEASURE: measure,
}


@dataclass(frozen=True, slots=True)
class Held:
    """A row that waits. ``warning`` is a key of ``geo.sensitive.LABELS``; ``title`` and ``text`` are its words,
    ``source`` who told it, ``day`` when it happened or was answered (UTC), where that is known."""

    kind: HeldKind
    id: int
    warning: str
    title: str
    text: str
    source: str
    day: date | None


def waiting(connection: Connection, most: int) -> tuple[Held, ...]:
    """The rows that nobody has looked at: incidents, answers, then measures, oldest first; ``most`` of each."""
    return (*_incidents(connection, most), *_answers(connection, most), *_measures(connection, most))


def number(connection: Connection) -> int:
    """How many rows nobody has looked at."""
    return sum(
        int(connection.execute(select(func.count()).select_from(table).where(*_waits(table))).scalar_one())
        for table in _TABLES.values()
    )


def waiting_measures(connection: Connection) -> int:
    """How many measures nobody has looked at."""
    found: int = connection.execute(
        select(func.count()).select_from(measure).where(*_waits(measure))
    ).scalar_one()
    return found


def _waits(table: Any) -> list[Any]:
    return [table.c.warning != "", *([~table.c.kept_out] if "kept_out" in table.c else [])]


def _incidents(connection: Connection, most: int) -> Iterator[Held]:
    rows = connection.execute(select(incident).where(*_waits(incident)).order_by(incident.c.id).limit(most))
    for row in rows:
        text = ", ".join(part for part in (row.text, row.municipality) if part)
        moment = row.started or row.published
        yield Held(
            HeldKind.INCIDENT,
            row.id,
            row.warning,
            row.category,
            text,
            f"{row.source} {row.ref}",
            moment.date() if moment else None,
        )


def _answers(connection: Connection, most: int) -> Iterator[Held]:
    rows = connection.execute(
        select(survey_answer, survey.c.name.label("survey"))
        .join(survey, survey.c.id == survey_answer.c.survey_id)
        .where(*_waits(survey_answer))
        .order_by(survey_answer.c.id)
        .limit(most)
    )
    for row in rows:
        yield Held(HeldKind.ANSWER, row.id, row.warning, row.text, row.comment, row.survey, row.answered)


def _measures(connection: Connection, most: int) -> Iterator[Held]:
    rows = connection.execute(select(measure).where(*_waits(measure)).order_by(measure.c.id).limit(most))
    for row in rows:
        yield Held(
            HeldKind.MEASURE,
            row.id,
            row.warning,
            row.title,
            row.description,
            ", ".join(row.responsible),
            row.due,
        )


def take(connection: Connection, kind: HeldKind, row_id: int) -> str:
    """The warning of a row that waits; holds the row until the transaction ends.

    Raises:
        NotFound: no such row waits.
    """
    table = _TABLES[kind]
    found = (
        connection.execute(
            select(table.c.warning).where(table.c.id == row_id, *_waits(table)).with_for_update()
        ).scalar()
        if row_id <= MAX_ID
        else None
    )
    if found is None:
        raise NotFound("No such row waits. Somebody may have dealt with it in the meantime.")
    return str(found)


def show(connection: Connection, kind: HeldKind, row_id: int) -> None:
    """Lets a row count and be shown like others."""
    table = _TABLES[kind]
    connection.execute(update(table).where(table.c.id == row_id).values(warning=""))


def keep_out(connection: Connection, kind: HeldKind, row_id: int) -> None:
    """Keeps a row out for good: an incident is removed, an answer or a measure stays with the staff."""
    table = _TABLES[kind]
    if kind is HeldKind.INCIDENT:
        connection.execute(
            update(incident).where(incident.c.duplicate_of == row_id).values(duplicate_of=None)
        )
        connection.execute(delete(incident).where(incident.c.id == row_id))
        return
    connection.execute(update(table).where(table.c.id == row_id).values(kept_out=True))


def names_spots(connection: Connection, answer_id: int) -> bool:
    """Whether an answer names places, so that flagged places may differ by it."""
    return (
        connection.execute(
            select(answer_location.c.id).where(answer_location.c.answer_id == answer_id).limit(1)
        ).first()
        is not None
    )
