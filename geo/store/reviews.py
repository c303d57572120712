"""Which words wait for a person's decision, and the rows that have them placed anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.sql import Subquery

from geo.errors import NotFound
from geo.model import Level, Match, MeasureStatus
from geo.store.aliases import GIVEN, REVIEWED
from geo.store.incidents import place_key
from geo.store.rows import IN_CHUNK, chunks, location
from geo.store.schema import answer_location, answer_review, incident, measure, survey_answer


@dataclass(frozen=True, slots=True)
class Group:
    """Words that wait, with how many rows of each kind have them. ``text`` is one way they are written."""

    key: str
    text: str
    answers: int
    incidents: int
    measures: int

    @property
    def rows(self) -> int:
        """Rows of all kinds."""
        return self.answers + self.incidents + self.measures


def waiting(
    connection: Connection, below: float, *, first: int = 0, number: int | None = None
) -> tuple[Group, ...]:
    """The words that wait, most rows first: not located, or with a probability under ``below``.

    ``first`` (0 is the one with most rows) and ``number`` cut the list.
    """
    every = _waiting(below)
    rows = connection.execute(
        select(
            every.c.text_key,
            func.min(every.c.text).label("text"),
            func.sum(every.c.answers).label("answers"),
            func.sum(every.c.incidents).label("incidents"),
            func.sum(every.c.measures).label("measures"),
        )
        .group_by(every.c.text_key)
        .order_by(func.count().desc(), every.c.text_key)
        .offset(first)
        .limit(number)
    )
    return tuple(
        Group(row.text_key, row.text, int(row.answers), int(row.incidents), int(row.measures)) for row in rows
    )


def count_waiting(connection: Connection, below: float) -> tuple[int, int]:
    """How many different words wait, and how many rows have them."""
    every = _waiting(below)
    row = connection.execute(
        select(func.count(every.c.text_key.distinct()).label("texts"), func.count().label("rows"))
    ).one()
    return row.texts, row.rows


def _unsure(table: Any, below: float, *more: Level) -> ColumnElement[bool]:
    unknown = table.c.level.in_([Level.UNKNOWN.value, *(level.value for level in more)])
    placed = table.c.level.in_([Level.SPOT.value, Level.LOCALITY.value])
    unsettled: ColumnElement[bool] = table.c.rule.not_in([GIVEN, REVIEWED]) & (
        unknown | (placed & (table.c.probability < below))
    )
    return unsettled


def _waiting(below: float) -> Subquery:
    def rows(table: Any, kind: str, *where: ColumnElement[bool]) -> Select[Any]:
        counts = [literal(int(kind == each)).label(each) for each in ("answers", "incidents", "measures")]
        return select(table.c.text_key, table.c.text, *counts).where(table.c.text_key != "", *where)

    # A survey's "Robertsfors" is a place nobody can be sent to; an incident's is all that its source tells.
    unsure = _unsure(answer_location, below, Level.MUNICIPALITY)
    answers = rows(
        survey_answer,
        "answers",
        survey_answer.c.id.in_(select(answer_location.c.answer_id).where(unsure)),
        survey_answer.c.id.not_in(select(answer_review.c.answer_id)),
    )
    # Several municipalities in one event: there is no place that a person could tell either.
    incidents = rows(
        incident,
        "incidents",
        _unsure(incident, below),
        incident.c.rule != "several_municipalities",
        incident.c.duplicate_of.is_(None),
    )
    closed = [MeasureStatus.CANCELLED.value, MeasureStatus.VERIFIED.value]
    measures = rows(
        measure,
        "measures",
        _unsure(measure, below),
        ~measure.c.by_hand,
        measure.c.status.not_in(closed),
    )
    return union_all(answers, incidents, measures).subquery()


@dataclass(frozen=True, slots=True)
class Words:
    """Every row that has the same words. ``texts`` are the ways they are written, the commonest first.

    ``answer_ids`` are all answers with them; ``localities`` those that rows with them lie in now.
    """

    key: str
    texts: tuple[str, ...]
    answer_ids: tuple[int, ...]
    incidents: int
    measures: int


def words(connection: Connection, key: str) -> Words:
    """The rows with these words.

    Raises:
        NotFound: no row has them.
    """
    texts: dict[str, int] = {}
    for table in (survey_answer, incident, measure):
        rows = connection.execute(
            select(table.c.text, func.count().label("n"))
            .where(table.c.text_key == key)
            .group_by(table.c.text)
        )
        for row in rows:
            texts[row.text] = texts.get(row.text, 0) + row.n
    if not texts or not key:
        raise NotFound("No row has these words.")
    return Words(
        key,
        tuple(sorted(texts, key=lambda text: (-texts[text], text))),
        tuple(
            connection.execute(
                select(survey_answer.c.id).where(survey_answer.c.text_key == key).order_by(survey_answer.c.id)
            ).scalars()
        ),
        _count(connection, incident, key),
        _count(connection, measure, key),
    )


def _count(connection: Connection, table: Any, key: str) -> int:
    found: int = connection.execute(
        select(func.count()).select_from(table).where(table.c.text_key == key)
    ).scalar_one()
    return found


AnswersOf = Callable[[str], tuple[Match, ...]]
"""The matches of a survey answer's text."""
OneOf = Callable[[str, str], Match | None]
"""The match of a text and the municipality its source names; None to leave the row as it is."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows got another place, or none instead of one.

    ``spots``: some of the answers had or got a spot, so that flagged places may differ.
    """

    answers: int = 0
    incidents: int = 0
    measures: int = 0
    spots: bool = False

    @property
    def rows(self) -> int:
        """Rows of all kinds."""
        return self.answers + self.incidents + self.measures

    def __add__(self, other: "Moved") -> "Moved":
        return Moved(
            self.answers + other.answers,
            self.incidents + other.incidents,
            self.measures + other.measures,
            self.spots or other.spots,
        )


def replace(
    connection: Connection,
    answers_of: AnswersOf,
    one_of: OneOf,
    *,
    keys: Sequence[str] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Moved:
    """Places rows anew: those with the words ``keys``, or all. What a person or a file placed stays.

    With ``keys``, what an earlier decision about them placed is placed anew too: that is what is being decided.
    ``progress`` is told how many rows have been seen, and how many there are.
    """
    total = sum(
        connection.execute(select(func.count()).select_from(table).where(*_of(table, keys))).scalar_one()
        for table in (survey_answer, incident, measure)
    )
    done = 0

    def told(rows: int) -> None:
        nonlocal done
        done += rows
        progress(done, total)

    answers, spots = _replace_answers(connection, answers_of, keys, told)
    return Moved(
        answers,
        _replace_incidents(connection, one_of, keys, told),
        _replace_measures(connection, one_of, keys, told),
        spots,
    )


def _of(table: Any, keys: Sequence[str] | None) -> list[ColumnElement[bool]]:
    return [table.c.text_key != ""] if keys is None else [table.c.text_key.in_(keys)]


def _fixed(keys: Sequence[str] | None) -> tuple[str, ...]:
    return (GIVEN, REVIEWED) if keys is None else (GIVEN,)


def _replace_answers(
    connection: Connection, answers_of: AnswersOf, keys: Sequence[str] | None, told: Callable[[int], None]
) -> tuple[int, bool]:
    fixed = select(answer_location.c.answer_id).where(answer_location.c.rule.in_(_fixed(keys)))
    moved, spots = 0, False
    rows = connection.execute(
        select(survey_answer.c.id, survey_answer.c.text).where(
            *_of(survey_answer, keys), survey_answer.c.id.not_in(fixed)
        )
    ).all()
    for part in chunks(rows, IN_CHUNK):
        before = _locations(connection, [row.id for row in part])
        new = {row.id: [location(match) for match in answers_of(row.text)] for row in part}
        changed = [key for key, rows in new.items() if rows != before.get(key, [])]
        if changed:
            connection.execute(delete(answer_location).where(answer_location.c.answer_id.in_(changed)))
            connection.execute(
                insert(answer_location),
                [
                    {"answer_id": key, "ordinal": ordinal, "place_id": None, **values}
                    for key in changed
                    for ordinal, values in enumerate(new[key])
                ],
            )
        moved += len(changed)
        spots = spots or any(
            values["level"] == Level.SPOT.value
            for key in changed
            for values in (*before.get(key, ()), *new[key])
        )
        told(len(part))
    return moved, spots


_COLUMNS = ("level", "rule", "name", "locality", "radius_m", "probability", "geom")


def _locations(connection: Connection, answer_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    rows = connection.execute(
        select(answer_location)
        .where(answer_location.c.answer_id.in_(answer_ids))
        .order_by(answer_location.c.answer_id, answer_location.c.ordinal)
    )
    for row in rows:
        found.setdefault(row.answer_id, []).append(_place_of(row))
    return found


def _place_of(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COLUMNS}


def _replace_incidents(
    connection: Connection, one_of: OneOf, keys: Sequence[str] | None, told: Callable[[int], None]
) -> int:
    moved = 0
    rows = connection.execute(
        select(incident).where(*_of(incident, keys), incident.c.rule.not_in(_fixed(keys)))
    ).all()
    for part in chunks(rows, IN_CHUNK):
        for row in part:
            match = one_of(row.text, row.municipality)
            if match is None or location(match) == _place_of(row):
                continue
            moved += 1
            connection.execute(
                update(incident)
                .where(incident.c.id == row.id)
                .values(place_key=place_key(row.text, match), **location(match))
            )
        told(len(part))
    return moved


def _replace_measures(
    connection: Connection, one_of: OneOf, keys: Sequence[str] | None, told: Callable[[int], None]
) -> int:
    moved = 0
    rows = connection.execute(
        select(measure).where(*_of(measure, keys), measure.c.rule.not_in(_fixed(keys)), ~measure.c.by_hand)
    ).all()
    for row in rows:
        match = one_of(row.text, "")
        if match is None or location(match) == _place_of(row):
            continue
        moved += 1
        connection.execute(
            update(measure)
            .where(measure.c.id == row.id)
            .values(version=measure.c.version + 1, **location(match))
        )
    told(len(rows))
    return moved
