"""What people do to measures: make and change them, take them a step, count a time, undo."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from geo import workflow
from geo.actions.plans import NOWHERE, Plan, clean, columns
from geo.errors import BadInput, NotAllowed, NotPossible, Stale
from geo.model import STOCKHOLM, LogKind, MeasureStatus, Person
from geo.sensitive import POINTING, find_warning
from geo.store import audit, work
from geo.store.engine import Store
from geo.store.layers import areas
from geo.store.measures import TOLD

MAX_NOTE = 2_000

_DOABLE = (MeasureStatus.PLANNED, MeasureStatus.ONGOING, MeasureStatus.REOPENED)


def create(store: Store, by: Person, plan: Plan, *, now: datetime, client_ref: str = "") -> int:
    """Keeps a new proposed measure; gives its id.

    What the same person sent before under the same ``client_ref`` counts once: the measure from then is
    given back.

    Raises:
        NotAllowed: the person's role makes no measures.
        BadInput: a field can't be used; ``params["field"]`` names it. ``client_ref``: it was sent before
            with other words.
        NotFound: a place is not there.
    """
    values = _columns(by, plan)
    places = sorted(set(plan.place_ids))
    _check_ref(client_ref)
    ref = f"app-{by.id}-{client_ref}" if client_ref else f"app-{secrets.token_hex(8)}"
    with store.write() as connection:
        earlier = work.by_ref(connection, ref)
        if earlier is not None:
            if _as_values(earlier) != {**values, "places": places}:
                raise BadInput(
                    "This form was sent before with other words, and that measure was saved. "
                    "Send it again if you want one more.",
                    field="client_ref",
                )
            return earlier.id
        _check_area(connection, plan.area)
        key = work.add(
            connection,
            ref,
            {**values, **NOWHERE, "status": MeasureStatus.PROPOSED.value, "warning": _warning(values)},
        )
        work.choose_places(connection, key, places)
        work.append(
            connection,
            key,
            kind=LogKind.STATUS,
            status=MeasureStatus.PROPOSED,
            at=now,
            by=by,
            note="",
        )
        audit.record(
            connection,
            at=now,
            by=by,
            action="measure.create",
            subject=_subject(key),
            after=_plain({**values, "places": places}),
        )
    return key


def edit(store: Store, by: Person, measure_id: int, plan: Plan, *, version: int, now: datetime) -> None:
    """Changes what a measure says; its status stays.

    Raises:
        NotAllowed: the person's role changes no measures.
        BadInput: a field can't be used; ``params["field"]`` names it.
        NotFound: the measure or a place is not there.
        Stale: the measure was changed in the meantime.
    """
    values = _columns(by, plan)
    places = sorted(set(plan.place_ids))
    with store.write() as connection:
        found = _of_version(connection, measure_id, version)
        if plan.target is None and found.done and found.target is not None:
            raise BadInput("Times are counted already: it can't become a measure for once.", field="target")
        _check_area(connection, plan.area)
        spot = {} if plan.keep_spot else NOWHERE
        told = _as_values(found)
        # Who looked at the old words has not seen the new ones.
        looked = (
            {}
            if all(told[name] == values[name] for name in TOLD)
            else {"warning": _warning(values), "kept_out": False}
        )
        work.change(connection, measure_id, version, {**values, **spot, **looked, "by_hand": True})
        work.choose_places(connection, measure_id, places)
        before, after = audit.changes(
            _plain({**_as_values(found), "spot": found.at_spot}),
            _plain({**values, "places": places, "spot": found.at_spot and plan.keep_spot}),
        )
        audit.record(
            connection,
            at=now,
            by=by,
            action="measure.edit",
            subject=_subject(measure_id),
            before=before,
            after=after,
        )


def take_step(
    store: Store,
    by: Person,
    measure_id: int,
    target: MeasureStatus,
    *,
    note: str,
    version: int,
    now: datetime,
    done_at: datetime | None = None,
    client_ref: str = "",
) -> int:
    """Brings a measure to ``target`` and gives the id of the log's new line.

    What was sent before under the same ``client_ref`` by the same person counts once: the line from then
    is given back, whatever the version.

    Args:
        done_at: when it was done by the doer's own clock; one that is ahead of ours counts as now.

    Raises:
        NotFound, Stale, NotPossible, NotAllowed, BadInput: nothing was written.
    """
    note = _note(note)
    with store.write() as connection:
        earlier = _sent(connection, by, measure_id, client_ref)
        if earlier is not None:
            return earlier
        found = _of_version(connection, measure_id, version)
        workflow.check(by, found.work, target, note)
        done_at = None if done_at is None else min(done_at, now)
        values: dict[str, Any] = {"status": target.value}
        if target is MeasureStatus.COMPLETED:
            values["finished"] = (done_at or now).astimezone(STOCKHOLM).date()
        elif target is MeasureStatus.REOPENED:
            values["finished"] = None
        work.change(connection, measure_id, version, values)
        line = work.append(
            connection,
            measure_id,
            kind=LogKind.STATUS,
            status=target,
            at=now,
            by=by,
            note=note,
            done_at=done_at,
            client_ref=client_ref,
        )
        audit.record(
            connection,
            at=now,
            by=by,
            action="measure.step",
            subject=_subject(measure_id),
            before={"status": found.status.value},
            after={"status": target.value, "note": note},
        )
    return line


def count_occasion(
    store: Store,
    by: Person,
    measure_id: int,
    *,
    note: str,
    version: int,
    now: datetime,
    done_at: datetime | None = None,
    client_ref: str = "",
) -> int:
    """Counts one more time of a recurring measure and gives the id of the log's new line.

    Raises:
        NotFound, Stale, NotPossible, NotAllowed, BadInput: nothing was written.
    """
    note = _note(note)
    with store.write() as connection:
        earlier = _sent(connection, by, measure_id, client_ref)
        if earlier is not None:
            return earlier
        found = _of_version(connection, measure_id, version)
        if found.target is None or found.status not in _DOABLE:
            raise NotPossible("Only a recurring measure that is planned or under way is counted.")
        if not may_count(by, found):
            raise NotAllowed("Your role may not take this step for this measure.")
        work.change(connection, measure_id, version, {"done": found.done + 1})
        line = work.append(
            connection,
            measure_id,
            kind=LogKind.OCCASION,
            status=found.status,
            at=now,
            by=by,
            note=note,
            done_at=None if done_at is None else min(done_at, now),
            client_ref=client_ref,
        )
        audit.record(
            connection,
            at=now,
            by=by,
            action="measure.occasion",
            subject=_subject(measure_id),
            before={"done": found.done},
            after={"done": found.done + 1, "note": note},
        )
    return line


def undo(store: Store, by: Person, measure_id: int, *, version: int, now: datetime, window: timedelta) -> int:
    """Takes back the person's own last completion or counted time; gives the id of the log's new line.

    The log keeps both lines.

    Raises:
        NotFound, Stale: nothing was written.
        NotPossible: there is nothing of the person's to undo, or the window has passed.
    """
    with store.write() as connection:
        found = _of_version(connection, measure_id, version)
        line = undoable(found, by, now=now, window=window)
        if line is None:
            raise NotPossible("There is nothing to undo: the time for it has passed, or it isn't yours.")
        if line.kind is LogKind.OCCASION:
            back_to = found.status
            values: dict[str, Any] = {"done": found.done - 1}
        else:
            back_to = _status_before(found, line.id)
            values = {"status": back_to.value, "finished": None}
        work.change(connection, measure_id, version, values)
        made = work.append(
            connection,
            measure_id,
            kind=LogKind.UNDO,
            status=back_to,
            at=now,
            by=by,
            note="",
            undoes=line.id,
        )
        audit.record(
            connection,
            at=now,
            by=by,
            action="measure.undo",
            subject=_subject(measure_id),
            before={"status": found.status.value, "done": found.done},
            after={"status": back_to.value, "done": values.get("done", found.done)},
        )
    return made


def may_count(person: Person, measure: work.KeptMeasure) -> bool:
    """Whether the person may count a time of a recurring measure: who may complete it."""
    rule = workflow.BY_TARGET[MeasureStatus.COMPLETED]
    return workflow.may(person, rule, measure.work)


def undoable(
    measure: work.KeptMeasure, by: Person, *, now: datetime, window: timedelta
) -> work.LogLine | None:
    """The line the person could undo now: their own completion or time, the log's last that counts."""
    counting = [line for line in measure.log if line.kind is not LogKind.UNDO and not line.undone]
    if not counting:
        return None
    last = counting[-1]
    completion = last.kind is LogKind.OCCASION or last.status is MeasureStatus.COMPLETED
    in_time = now - last.at < window
    return last if completion and in_time and last.account_id == by.id else None


def _status_before(measure: work.KeptMeasure, line_id: int) -> MeasureStatus:
    before = [
        line for line in measure.log if line.id < line_id and line.kind is LogKind.STATUS and not line.undone
    ]
    if not before:
        raise NotPossible("There is nothing to undo: the time for it has passed, or it isn't yours.")
    return before[-1].status


def _of_version(connection: Connection, measure_id: int, version: int) -> work.KeptMeasure:
    found = work.one(connection, measure_id, for_change=True)
    if found.version != version:
        raise Stale("It was changed in the meantime, and nothing of yours was written over it.")
    return found


def _sent(connection: Connection, by: Person, measure_id: int, client_ref: str) -> int | None:
    _check_ref(client_ref)
    earlier = work.sent_before(connection, client_ref)
    if earlier is None:
        return None
    if earlier.measure_id != measure_id or earlier.account_id != by.id:
        raise BadInput("The reference of what was sent is used already.", field="client_ref")
    return int(earlier.id)


def _check_ref(client_ref: str) -> None:
    if len(client_ref) > 64 or not client_ref.isprintable():
        raise BadInput(
            "The reference of what was sent must have at most 64 plain characters.", field="client_ref"
        )


def _note(text: str) -> str:
    text = clean(text)
    if len(text) > MAX_NOTE:
        raise BadInput("The text is longer than %(most)s characters.", field="note", most=MAX_NOTE)
    return text


def _columns(by: Person, plan: Plan) -> dict[str, Any]:
    """A plan as columns.

    Raises:
        NotAllowed, BadInput: see ``create``.
    """
    if by.role not in workflow.EDITORS:
        raise NotAllowed("Planners and coordinators make measures and change them.")
    return columns(plan)


def _check_area(connection: Connection, name: str) -> None:
    if name and name not in {info.name for info in areas(connection)}:
        raise BadInput("There is no such area.", field="area")


def _warning(values: Mapping[str, Any]) -> str:
    return find_warning(*(values[name] for name in TOLD), among=POINTING)


def _as_values(found: work.KeptMeasure) -> dict[str, Any]:
    return {
        "title": found.title,
        "description": found.description,
        "internal_note": found.internal_note,
        "kind": found.kind,
        "responsible": list(found.responsible),
        "promise": found.promise.value,
        "text": found.where,
        "locality": found.locality,
        "area": found.area,
        "starts": found.starts,
        "due": found.due,
        "target": found.target,
        "places": list(found.place_ids),
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _subject(measure_id: int) -> str:
    return f"measure {measure_id}"
