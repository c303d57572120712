"""What staff read to do their work: lists, one measure with its log, and what waits for the coordinator."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from geo.model import MeasureStatus, Person, Role
from geo.store import reviews, surveys, work
from geo.store.engine import Store
from geo.store.work import KeptMeasure
from geo.workflow import is_own

OPEN = (MeasureStatus.PLANNED, MeasureStatus.ONGOING, MeasureStatus.REOPENED)
"""Decided, and not done."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer nobody has decided about: it tells of a danger, or could not be placed.

    ``danger`` is the key of ``geo.danger.LABELS``, or empty; ``where`` is what its words were taken for.
    """

    answer_id: int
    survey: str
    text: str
    danger: str
    where: str


@dataclass(frozen=True, slots=True)
class Today:
    """What the coordinator starts the day with."""

    overdue: tuple[KeptMeasure, ...]
    to_verify: tuple[KeptMeasure, ...]
    proposed: tuple[KeptMeasure, ...]
    dangers: tuple[Waiting, ...]
    unplaced: tuple[Waiting, ...]
    to_settle: int
    """Texts whose place a coordinator is to settle."""


def overdue(measure: KeptMeasure, today: date) -> bool:
    """Whether a measure is open past its due date."""
    return measure.status in OPEN and measure.due is not None and measure.due < today


def my_measures(store: Store, person: Person, today: date) -> tuple[KeptMeasure, ...]:
    """The open measures of the person's organisation, overdue first, then by due date.

    Also those the person completed: within the undo time a wrong button can be taken back.
    """
    with store.read() as connection:
        found = work.open_measures(connection)
    mine = [
        one
        for one in found
        if is_own(person, one.responsible)
        and (one.status in OPEN or (one.status is MeasureStatus.COMPLETED and one.work.doer_id == person.id))
    ]
    return tuple(
        sorted(
            mine,
            key=lambda one: (
                one.status not in OPEN,
                not overdue(one, today),
                one.due or date.max,
                one.id,
            ),
        )
    )


def all_measures(store: Store) -> tuple[KeptMeasure, ...]:
    """Every measure, also proposed and closed ones, by due date."""
    with store.read() as connection:
        return work.measures(connection)


def one_measure(store: Store, measure_id: int) -> KeptMeasure:
    """One measure with its log.

    Raises:
        NotFound: there is no such measure.
    """
    with store.read() as connection:
        return work.one(connection, measure_id)


def start_of_day(store: Store, person: Person, today: date, *, below: float) -> Today:
    """What is overdue, waits for follow-up or a decision, tells of a danger, or has no place.

    Answers are for coordinators only: others get none. Places found with a probability under ``below``
    are to be settled.
    """
    with store.read() as connection:
        found = work.open_measures(connection)
        coordinates = person.role is Role.COORDINATOR
        rows = surveys.queue(connection) if coordinates else []
        to_settle = reviews.count_waiting(connection, below)[0] if coordinates else 0
    waiting = [Waiting(row.id, row.survey, row.text, row.danger, row.name) for row in rows]
    return Today(
        overdue=tuple(one for one in found if overdue(one, today)),
        to_verify=tuple(one for one in found if one.status is MeasureStatus.COMPLETED),
        proposed=tuple(one for one in found if one.status is MeasureStatus.PROPOSED),
        dangers=_once(one for one in waiting if one.danger),
        unplaced=_once(one for one in waiting if not one.danger),
        to_settle=to_settle,
    )


def _once(found: Iterable[Waiting]) -> tuple[Waiting, ...]:
    """One line an answer: a text with two places stands in the queue twice."""
    return tuple({one.answer_id: one for one in found}.values())
