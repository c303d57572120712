"""What staff saw when they went there, as the municipality's own words: without respondent or survey."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from geo.store.engine import Store
from geo.store.schema import finding


@dataclass(frozen=True, slots=True)
class PublicFinding:
    """One finding. ``where`` is in words; ``plan`` says what is to happen and ``owner`` whose it is.

    ``overdue``: not repaired and past its due date.
    """

    id: int
    locality: str
    where: str
    seen: str
    seen_on: date
    owner: str
    plan: str
    due: date | None
    repaired_on: date | None
    overdue: bool


def findings(store: Store, today: date) -> tuple[PublicFinding, ...]:
    """Every finding that may be told of: what is not repaired first, then the newest.

    One that would point at a single household is told of when it is repaired, and not before.
    """
    columns = finding.c
    with store.read() as connection:
        rows = connection.execute(
            select(
                columns.id,
                columns.locality,
                columns.where_words,
                columns.seen,
                columns.seen_on,
                columns.owner,
                columns.plan,
                columns.due,
                columns.repaired_on,
            ).where(or_(~columns.one_household, columns.repaired_on.is_not(None)))
        ).all()
    found = [
        PublicFinding(
            id=row.id,
            locality=row.locality,
            where=row.where_words,
            seen=row.seen,
            seen_on=row.seen_on,
            owner=row.owner,
            plan=row.plan,
            due=row.due,
            repaired_on=row.repaired_on,
            overdue=row.repaired_on is None and row.due is not None and row.due < today,
        )
        for row in rows
    ]
    return tuple(
        sorted(found, key=lambda one: (one.repaired_on is not None, -one.seen_on.toordinal(), one.id))
    )
