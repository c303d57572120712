"""What several tables share: how a match is written, and how known references are found."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from shapely import Point
from sqlalchemy import Column, ColumnElement, Connection, insert, select

from geo.model import Match
from geo.store.schema import import_run
from geo.swedish import fold

CHUNK = 5_000
"""Rows a statement takes at a time: bounds memory without costing speed."""
IN_CHUNK = 900
"""Values an IN list takes: SQLite's oldest limit is 999."""

JsonCounts = dict[str, int]


def text_key(words: str) -> str:
    """What texts share that differ in capitals, accents, signs and spaces only; empty where there is no word.

    A digest: it stands in addresses and logs, where people's words must not. Begins with a letter, so that
    no spreadsheet program takes it for a number.
    """
    folded = fold(words)
    return f"t{hashlib.sha256(folded.encode()).hexdigest()[:31]}" if folded else ""


def location(match: Match) -> dict[str, Any]:
    """A match as the columns level, rule, name, locality, radius_m, probability and geom."""
    return {
        "level": match.level.value,
        "rule": match.rule,
        "name": match.name,
        "locality": match.locality,
        "radius_m": match.radius_m,
        "probability": match.probability,
        "geom": None if match.point is None else Point(match.point),
    }


def chunks(items: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    """The items in order, ``size`` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def known_refs(
    connection: Connection,
    column: Column[str],
    refs: Iterable[str],
    *where: ColumnElement[bool],
) -> set[str]:
    """Those of ``refs`` that ``column`` holds already."""
    wanted = list(dict.fromkeys(refs))
    found: set[str] = set()
    for part in chunks(wanted, IN_CHUNK):
        found.update(connection.execute(select(column).where(column.in_(part), *where)).scalars())
    return found


def start_import(connection: Connection, *, kind: str, file_name: str, sha256: str, at: datetime) -> int:
    """Notes that a file is being taken in, and gives the import's id."""
    key: int = connection.execute(
        insert(import_run)
        .values(kind=kind, file_name=file_name, sha256=sha256, at=at, counts={})
        .returning(import_run.c.id)
    ).scalar_one()
    return key


def end_import(connection: Connection, import_id: int, counts: JsonCounts) -> None:
    """Notes what came of an import."""
    connection.execute(import_run.update().where(import_run.c.id == import_id).values(counts=counts))
