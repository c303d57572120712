"""What staff do about an answer: write what they saw in their own words, or say that nothing is to be done."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from geo.actions.plans import clean
from geo.errors import BadInput, NotAllowed, NotPossible, Stale
from geo.messages import N_
from geo.model import STOCKHOLM, Person, Role
from geo.sensitive import POINTING, find_warning
from geo.store import audit
from geo.store import findings as kept
from geo.store.engine import Store

MAX_WORDS = 200
MAX_LOCALITY = 100
MAX_TEXT = 2_000
SAME_WORDS = 5
"""As many words in a row as in the answer are no longer the municipality's own."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen: all of it public but ``one_household``, which holds it back until it is repaired."""

    where_words: str
    seen: str
    seen_on: date
    owner: str
    plan: str
    locality: str = ""
    due: date | None = None
    one_household: bool = False


def faults(seen: Seen, answer: tuple[str, ...], today: date) -> Iterator[BadInput]:
    """Everything that can't be used, each with the ``field`` that is to blame.

    ``answer`` are the texts of the answer it is written from; ``today`` is the Swedish date.
    """
    needed = {
        "where_words": (seen.where_words, MAX_WORDS, N_("Say where it is, in words.")),
        "seen": (seen.seen, MAX_TEXT, N_("Say what was seen.")),
        "owner": (seen.owner, MAX_WORDS, N_("Say whose it is to put right.")),
        "plan": (seen.plan, MAX_TEXT, N_("Say what happens now.")),
    }
    for field, (text, most, missing) in needed.items():
        if not clean(text):
            yield BadInput(missing, field=field)
        elif len(clean(text)) > most:
            yield BadInput("The text is longer than %(most)s characters.", field=field, most=most)
        elif same := same_words(clean(text), answer):
            yield BadInput(
                "“%(words)s” stands so in the answer. What is published must be the municipality's own words.",
                field=field,
                words=same,
            )
        elif find_warning(clean(text), among=POINTING) and field != "owner":
            yield BadInput(
                "The words point at a person. Write of the place alone.",
                field=field,
            )
    if len(clean(seen.locality)) > MAX_LOCALITY:
        yield BadInput("The text is longer than %(most)s characters.", field="locality", most=MAX_LOCALITY)
    if seen.seen_on > today:
        yield BadInput("It can't have been seen on a day that has not come.", field="seen_on")
    if seen.due and seen.due < seen.seen_on:
        yield BadInput("It can't be due before it was seen.", field="due")


def same_words(text: str, answer: tuple[str, ...]) -> str:
    """The first ``SAME_WORDS`` words in a row of ``text`` that an answer has too; empty where none are."""
    taken = {run for told in answer for run in _runs(told.casefold())}
    found = list(_WORD.finditer(text))
    for i in range(len(found) - SAME_WORDS + 1):
        part = found[i : i + SAME_WORDS]
        if tuple(word.group().casefold() for word in part) in taken:
            return text[part[0].start() : part[-1].end()]
    return ""


def create(store: Store, by: Person, answer_id: int, seen: Seen, *, now: datetime) -> int:
    """Keeps what was seen because of an answer; gives its id. The answer waits no longer.

    The same words by the same person about the same answer count once.

    Raises:
        NotAllowed: only coordinators write findings.
        NotFound: there is no such answer.
        BadInput: a field can't be used; ``params["field"]`` names it.
    """
    _coordinator(by)
    with store.write() as connection:
        values = _columns(connection, seen, answer_id, now)
        for earlier in kept.of_answer(connection, answer_id):
            if earlier.account_id == by.id and values.items() <= asdict(earlier).items():
                return earlier.id
        key = kept.add(connection, {**values, "answer_id": answer_id, "account_id": by.id, "made_at": now})
        kept.add_review(connection, answer_id, at=now, account_id=by.id, decision="finding", note="")
        audit.record(
            connection,
            at=now,
            by=by,
            action="finding.create",
            subject=_subject(key),
            after=_plain({**values, "answer": answer_id}),
        )
    return key


def edit(store: Store, by: Person, finding_id: int, seen: Seen, *, version: int, now: datetime) -> None:
    """Changes what a finding says.

    Raises:
        NotAllowed: only coordinators write findings.
        NotFound, BadInput: as ``create``.
        Stale: it was changed in the meantime.
    """
    _coordinator(by)
    with store.write() as connection:
        found = _of_version(connection, finding_id, version)
        values = _columns(connection, seen, found.answer_id, now)
        _change(connection, by, found, values, action="finding.edit", now=now)


def mark_repaired(
    store: Store, by: Person, finding_id: int, repaired_on: date, *, version: int, now: datetime
) -> None:
    """Says that what was seen is put right, and since when. One that was held back is published by it.

    Raises:
        NotAllowed: only coordinators do.
        NotFound: there is no such finding.
        BadInput: the day can't be.
        NotPossible: it is marked already.
        Stale: it was changed in the meantime.
    """
    _coordinator(by)
    with store.write() as connection:
        found = _of_version(connection, finding_id, version)
        if found.repaired_on is not None:
            raise NotPossible("It is marked as repaired already.")
        if not found.seen_on <= repaired_on <= _today(now):
            raise BadInput("The day must lie between the day it was seen and today.", field="repaired_on")
        _change(connection, by, found, {"repaired_on": repaired_on}, action="finding.repaired", now=now)


def nothing_to_do(store: Store, by: Person, answer_id: int, note: str, *, now: datetime) -> None:
    """Says of an answer that it was looked at and nothing is to be done, and why. It waits no longer.

    Raises:
        NotAllowed: only coordinators decide about answers.
        NotFound: there is no such answer.
        BadInput: there is no word on why, or it is too long.
    """
    _coordinator(by)
    note = clean(note)
    if not note:
        raise BadInput("Say in a few words what was looked at.", field="note")
    if len(note) > MAX_TEXT:
        raise BadInput("The text is longer than %(most)s characters.", field="note", most=MAX_TEXT)
    with store.write(quiet=True) as connection:
        kept.words_of(connection, answer_id)
        kept.add_review(connection, answer_id, at=now, account_id=by.id, decision="nothing", note=note)
        audit.record(
            connection,
            at=now,
            by=by,
            action="answer.review",
            subject=f"answer {answer_id}",
            after={"decision": "nothing", "note": note},
        )


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = _WORD.findall(text)
    return zip(*(words[i:] for i in range(SAME_WORDS)), strict=False)


def _coordinator(by: Person) -> None:
    if by.role is not Role.COORDINATOR:
        raise NotAllowed("Only coordinators read answers and write findings.")


def _columns(connection: Connection, seen: Seen, answer_id: int | None, now: datetime) -> dict[str, Any]:
    answer = kept.words_of(connection, answer_id) if answer_id is not None else ()
    for fault in faults(seen, answer, _today(now)):
        raise fault
    values = asdict(seen)
    return {name: clean(value) if isinstance(value, str) else value for name, value in values.items()}


def _of_version(connection: Connection, finding_id: int, version: int) -> kept.KeptFinding:
    found = kept.one(connection, finding_id)
    if found.version != version:
        raise Stale("It was changed in the meantime, and nothing of yours was written over it.")
    return found


def _change(
    connection: Connection,
    by: Person,
    found: kept.KeptFinding,
    values: Mapping[str, Any],
    *,
    action: str,
    now: datetime,
) -> None:
    kept.change(connection, found.id, found.version, values)
    before, after = audit.changes(_plain(asdict(found)), _plain(values))
    audit.record(
        connection, at=now, by=by, action=action, subject=_subject(found.id), before=before, after=after
    )


def _today(now: datetime) -> date:
    return now.astimezone(STOCKHOLM).date()


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _subject(finding_id: int) -> str:
    return f"finding {finding_id}"
