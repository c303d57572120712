"""What a person's calendar says: the due dates of open measures. For staff, by a secret link."""

from dataclasses import dataclass
from datetime import date

from geo.errors import NotFound
from geo.model import Person, Role
from geo.publish.work import OPEN
from geo.store import calendars, work
from geo.store.engine import Store
from geo.store.work import KeptMeasure
from geo.workflow import is_own


@dataclass(frozen=True, slots=True)
class DueDates:
    """The open measures that a person has to do with, each with its due date, by that date."""

    person: Person
    measures: tuple[tuple[date, KeptMeasure], ...]


def has_calendar(store: Store, person: Person) -> bool:
    """Whether the person has made a link."""
    with store.read() as connection:
        return calendars.has_link(connection, person.id)


def due_dates(store: Store, token_hash: str) -> DueDates:
    """The measures of the organisation of whose link it is; a coordinator has those of all.

    Raises:
        NotFound: there is no such link, or its account is shut; nothing tells which.
    """
    with store.read() as connection:
        person = calendars.owner(connection, token_hash)
        if person is None:
            raise NotFound("There is no such calendar.")
        found = work.open_measures(connection)
    return DueDates(
        person,
        tuple(
            (one.due, one)
            for one in found
            if one.status in OPEN
            and one.due is not None
            and (person.role is Role.COORDINATOR or is_own(person, one.responsible))
        ),
    )
