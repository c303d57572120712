"""Measures: keeping them, their log, and which places they are for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from geo.model import Level, Match, Measure
from geo.sensitive import POINTING, find_warning
from geo.store import spatial
from geo.store.rows import known_refs, location, text_key
from geo.store.schema import measure, measure_log, measure_place, place

REACH_M = 150.0
"""A measure at a spot is for the flagged places within this distance, or its own radius if that is more."""


def known_measures(connection: Connection, records: Sequence[Measure]) -> set[str]:
    """The refs of those records that are kept already."""
    return known_refs(connection, measure.c.ref, [record.ref for record in records])


def add_measures(
    connection: Connection,
    placed: Sequence[tuple[Measure, Match]],
    *,
    synthetic: bool,
    at: datetime,
) -> None:
    """Keeps measures that are new, each with the first line of its log."""
    for record, match in placed:
        key = connection.execute(
            insert(measure)
            .values(ref=record.ref, warning=_warning(record), **_values(record, match, synthetic=synthetic))
            .returning(measure.c.id)
        ).scalar_one()
        connection.execute(
            insert(measure_log).values(measure_id=key, status=record.status.value, at=at, note="")
        )


def update_measures(
    connection: Connection,
    placed: Sequence[tuple[Measure, Match]],
    *,
    synthetic: bool,
    at: datetime,
) -> int:
    """Takes over what a file says anew of known measures; a change of status is a new line in the log.

    A person's word goes before a file's: a measure changed by hand stays as it is, and where somebody
    took a step, the file decides neither status nor times done. How many measures changed.
    """
    changed = 0
    for record, match in placed:
        values = _values(record, match, synthetic=synthetic)
        row = connection.execute(select(measure).where(measure.c.ref == record.ref)).one()
        if row.by_hand:
            continue
        if touched(connection, row.id):
            values |= {"status": row.status, "finished": row.finished, "done": row.done}
        if all(getattr(row, name) == value for name, value in values.items()):
            continue
        changed += 1
        # Who looked at the old words has not seen the new ones.
        if any(getattr(row, name) != values[name] for name in TOLD):
            values |= {"warning": _warning(record), "kept_out": False}
        connection.execute(
            update(measure).where(measure.c.id == row.id).values(version=measure.c.version + 1, **values)
        )
        if row.status != values["status"]:
            connection.execute(
                insert(measure_log).values(measure_id=row.id, status=record.status.value, at=at, note="")
            )
    return changed


TOLD = ("title", "description", "kind", "text", "locality")
"""The columns of a measure that residents read."""


def _warning(record: Measure) -> str:
    return find_warning(record.title, record.description, record.kind, record.text, among=POINTING)


def touched(connection: Connection, measure_id: int) -> bool:
    """Whether the measure's log has a line by a person."""
    return (
        connection.execute(
            select(measure_log.c.id)
            .where(measure_log.c.measure_id == measure_id, measure_log.c.account_id.is_not(None))
            .limit(1)
        ).first()
        is not None
    )


def _values(record: Measure, match: Match, *, synthetic: bool) -> dict[str, Any]:
    """All columns but the id and the reference."""
    return {
        "title": record.title,
        "description": record.description,
        "kind": record.kind,
        "responsible": list(record.responsible),
        "promise": record.promise.value,
        "status": record.status.value,
        "text": record.text,
        "starts": record.starts,
        "due": record.due,
        "finished": record.finished,
        "target": record.target,
        "done": record.done,
        "synthetic": synthetic,
        "text_key": text_key(record.text),
        **location(match),
    }


def link(connection: Connection) -> None:
    """Makes anew which flagged places each measure is for: those its spot reaches.

    What a person has chosen stays chosen.
    """
    automatic = select(measure.c.id).where(~measure.c.by_hand)
    connection.execute(delete(measure_place).where(measure_place.c.measure_id.in_(automatic)))
    rows = connection.execute(
        select(measure.c.id, measure.c.geom, measure.c.radius_m).where(
            measure.c.level == Level.SPOT.value, ~measure.c.by_hand
        )
    ).all()
    pairs = [
        {"measure_id": row.id, "place_id": key}
        for row in rows
        for key, _metres in spatial.within(
            connection, place, (row.geom.x, row.geom.y), max(REACH_M, row.radius_m)
        )
    ]
    if pairs:
        connection.execute(insert(measure_place), pairs)
