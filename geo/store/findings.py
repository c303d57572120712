"""Findings and what was decided about answers: keeping them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from geo.errors import NotFound, Stale
from geo.store.schema import account, answer_review, finding, survey_answer


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """A finding with everything internal. ``made_by`` is the name of the person who wrote it.

    ``one_household``: published only once it is repaired.
    """

    id: int
    version: int
    answer_id: int | None
    account_id: int
    made_by: str
    made_at: datetime
    where_words: str
    locality: str
    seen: str
    seen_on: date
    owner: str
    plan: str
    due: date | None
    repaired_on: date | None
    one_household: bool


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody decided about an answer. ``decision`` is ``finding`` or ``nothing``."""

    at: datetime
    name: str
    decision: str
    note: str


def findings(connection: Connection, *where: ColumnElement[bool]) -> tuple[KeptFinding, ...]:
    """The findings of which ``where`` holds: those not repaired first, then the newest."""
    rows = connection.execute(
        select(finding, account.c.name.label("made_by"))
        .join(account, account.c.id == finding.c.account_id)
        .where(*where)
        .order_by(finding.c.repaired_on.is_not(None), finding.c.seen_on.desc(), finding.c.id.desc())
    )
    return tuple(_kept(row) for row in rows)


def one(connection: Connection, finding_id: int) -> KeptFinding:
    """One finding.

    Raises:
        NotFound: there is no such finding.
    """
    found = findings(connection, finding.c.id == finding_id)
    if not found:
        raise NotFound("There is no such finding.")
    return found[0]


def of_answer(connection: Connection, answer_id: int) -> tuple[KeptFinding, ...]:
    """The findings that were written from an answer."""
    return findings(connection, finding.c.answer_id == answer_id)


def add(connection: Connection, values: Mapping[str, Any]) -> int:
    """Keeps a new finding; gives its id."""
    key: int = connection.execute(insert(finding).values(**values).returning(finding.c.id)).scalar_one()
    return key


def change(connection: Connection, finding_id: int, version: int, values: Mapping[str, Any]) -> None:
    """Writes ``values`` to a finding of this version; its version grows by one.

    Raises:
        Stale: it has another version by now; nothing was written.
    """
    changed = connection.execute(
        update(finding)
        .where(finding.c.id == finding_id, finding.c.version == version)
        .values(version=version + 1, **values)
    )
    if changed.rowcount != 1:
        raise Stale("It was changed in the meantime, and nothing of yours was written over it.")


def words_of(connection: Connection, answer_id: int) -> tuple[str, str]:
    """The text and the comment of an answer.

    Raises:
        NotFound: there is no such answer.
    """
    row = connection.execute(
        select(survey_answer.c.text, survey_answer.c.comment).where(survey_answer.c.id == answer_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such answer.")
    return row.text, row.comment


def add_review(
    connection: Connection, answer_id: int, *, at: datetime, account_id: int, decision: str, note: str
) -> None:
    """Appends what was decided about an answer."""
    connection.execute(
        insert(answer_review).values(
            answer_id=answer_id, at=at, account_id=account_id, decision=decision, note=note
        )
    )


def reviews(connection: Connection, answer_id: int) -> tuple[Review, ...]:
    """What was decided about an answer, in order."""
    rows = connection.execute(
        select(answer_review.c.at, account.c.name, answer_review.c.decision, answer_review.c.note)
        .join(account, account.c.id == answer_review.c.account_id)
        .where(answer_review.c.answer_id == answer_id)
        .order_by(answer_review.c.id)
    )
    return tuple(Review(row.at, row.name, row.decision, row.note) for row in rows)


def _kept(row: Row[Any]) -> KeptFinding:
    return KeptFinding(
        id=row.id,
        version=row.version,
        answer_id=row.answer_id,
        account_id=row.account_id,
        made_by=row.made_by,
        made_at=row.made_at,
        where_words=row.where_words,
        locality=row.locality,
        seen=row.seen,
        seen_on=row.seen_on,
        owner=row.owner,
        plan=row.plan,
        due=row.due,
        repaired_on=row.repaired_on,
        one_household=row.one_household,
    )
