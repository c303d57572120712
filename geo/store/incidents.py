"""Incidents: keeping them, and finding those told twice."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select, update

from geo.model import STOCKHOLM, Incident, Level, Match
from geo.store.aliases import GIVEN
from geo.store.rows import CHUNK, chunks, known_refs, location, text_key
from geo.store.schema import incident

SQUARE_M = 100.0
"""Two positions in the same square of this side, metres, are taken for one place."""
SAME_WITHIN = timedelta(hours=3)
"""Two tellings of the same category at the same place within this time are taken for one event."""
SAME_UNPLACED = timedelta(minutes=10)
"""As ``SAME_WITHIN`` for what is known only to the municipality, where less speaks for one event."""


def known_incidents(connection: Connection, records: Sequence[Incident]) -> set[tuple[str, str]]:
    """The (source, ref) of those records that are kept already."""
    by_source: dict[str, list[str]] = {}
    for record in records:
        by_source.setdefault(record.source, []).append(record.ref)
    return {
        (source, ref)
        for source, refs in by_source.items()
        for ref in known_refs(connection, incident.c.ref, refs, incident.c.source == source)
    }


def place_key(text: str, match: Match) -> str:
    """What makes two incidents' places the same: the name that was found, the words as folded, or the municipality.

    A position that a file gives without a name is the same as others within the same square of 100 m.
    """
    words = " ".join(text.casefold().split())
    if match.level is Level.MUNICIPALITY:
        return f"{Level.MUNICIPALITY}:{words}"[:300]
    square = ""
    if match.rule == GIVEN and match.point is not None:
        square = f":{match.point[0] // SQUARE_M:.0f}:{match.point[1] // SQUARE_M:.0f}"
    return f"{match.locality}:{match.rule}:{match.name or words}"[:250] + square


def add_incidents(
    connection: Connection,
    placed: Sequence[tuple[Incident, Match]],
    import_id: int,
    progress: Callable[[int], None],
) -> dict[tuple[str, str], str]:
    """Keeps incidents that are new, and marks those told twice.

    ``progress`` is told how many rows have been written so far. The answer names the marked ones by
    (source, ref), each with the ref of the incident that it seems to tell again.
    """
    written = 0
    for part in chunks(placed):
        connection.execute(
            insert(incident),
            [
                {
                    "import_id": import_id,
                    "source": record.source,
                    "ref": record.ref,
                    "category": record.category,
                    "grp": record.group.value,
                    "kind": record.kind.value,
                    "text": record.text,
                    "municipality": record.municipality,
                    "started": record.started,
                    "ended": record.ended,
                    "published": record.published,
                    "year": _year(record.started or record.published),
                    "place_key": place_key(record.text, match),
                    "duplicate_of": None,
                    "text_key": text_key(record.text),
                    "warning": record.warning,
                    **location(match),
                }
                for record, match in part
            ],
        )
        written += len(part)
        progress(written)
    return _mark_duplicates(connection, import_id)


def _year(moment: datetime | None) -> int | None:
    return None if moment is None else moment.astimezone(STOCKHOLM).year


def _mark_duplicates(connection: Connection, import_id: int) -> dict[tuple[str, str], str]:
    """Marks rows that tell again, within hours, what an earlier row at the same place told.

    The rows that share place and category with one of this import are read in order of time; each is
    compared with the last one that counts, so that three tellings make one event.
    """
    fresh = (
        select(incident.c.place_key, incident.c.category)
        .where(incident.c.import_id == import_id, incident.c.started.is_not(None))
        .distinct()
        .subquery()
    )
    rows = connection.execute(
        select(
            incident.c.id,
            incident.c.source,
            incident.c.ref,
            incident.c.place_key,
            incident.c.category,
            incident.c.started,
            incident.c.import_id,
        )
        .join(
            fresh,
            (fresh.c.place_key == incident.c.place_key) & (fresh.c.category == incident.c.category),
        )
        .where(incident.c.started.is_not(None), incident.c.duplicate_of.is_(None))
        .order_by(incident.c.place_key, incident.c.category, incident.c.started, incident.c.id)
        .execution_options(yield_per=CHUNK)
    )
    marked: list[dict[str, int]] = []
    told: dict[tuple[str, str], str] = {}
    first_id, first_ref, first_key, first_at = 0, "", ("", ""), None
    for row in rows:
        key = (row.place_key, row.category)
        unplaced = row.place_key.startswith(f"{Level.MUNICIPALITY}:")
        window = SAME_UNPLACED if unplaced else SAME_WITHIN
        if key == first_key and first_at is not None and row.started - first_at <= window:
            if row.import_id == import_id:
                marked.append({"key": row.id, "first": first_id})
                told[row.source, row.ref] = first_ref
            continue
        first_id, first_ref, first_key, first_at = row.id, row.ref, key, row.started
    if marked:
        connection.execute(
            update(incident).where(incident.c.id == bindparam("key")).values(duplicate_of=bindparam("first")),
            marked,
        )
    return told
