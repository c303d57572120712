"""What a user would else take to find a place by its name: three ways to look up a text among names.

Each is given the names and the texts folded (lower case, no marks on letters), in their favour, and answers with the
name that it finds likest and how like it is. From which likeness on it answers is learnt from half of the cases.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import psycopg
from rapidfuzz import fuzz, process

from tests.private_postgres import administrator, cluster

_LOOKED_AT = 20
"""So many of what the full-text index ranks first are compared with the text; by its rank alone it does worse."""


class Peer(Protocol):
    """Finds the likest name."""

    def find(self, text: str) -> tuple[int, float] | None:
        """The number of the likest name and its likeness, 0 to 1; None where nothing is like it."""


class WRatio:
    """rapidfuzz's ``extractOne`` with ``WRatio``."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def find(self, text: str) -> tuple[int, float] | None:
        _, likeness, row = process.extractOne(text, self._names, scorer=fuzz.WRatio)
        return row, likeness / 100


class Fts5:
    """SQLite's full-text index over trigrams, in memory; likeness is the share of the name's trigrams that the text has."""

    def __init__(self, names: Sequence[str]) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("CREATE VIRTUAL TABLE names USING fts5(name, tokenize='trigram')")
        self._connection.executemany("INSERT INTO names (rowid, name) VALUES (?, ?)", enumerate(names))

    def find(self, text: str) -> tuple[int, float] | None:
        asked = _trigrams(text)
        if not asked:
            return None
        query = " OR ".join(f'"{each}"' for each in sorted(asked))
        rows = self._connection.execute(
            "SELECT rowid, name FROM names WHERE names MATCH ? ORDER BY rank LIMIT ?", (query, _LOOKED_AT)
        ).fetchall()
        rated = [(_share(_trigrams(name), asked), len(name), row) for row, name in rows]
        likeness, _, row = max(rated, default=(0.0, 0, 0))
        return (row, likeness) if likeness else None


class Trigrams:
    """PostgreSQL's pg_trgm: ``word_similarity`` of a name to the text, over all names."""

    def __init__(self, names: Sequence[str], connection: psycopg.Connection) -> None:
        self._connection = connection
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE TABLE names (row integer, name text)")
        with connection.cursor() as cursor, cursor.copy("COPY names FROM STDIN") as copy:
            for row in enumerate(names):
                copy.write_row(row)
        connection.execute("ANALYZE names")

    def find(self, text: str) -> tuple[int, float] | None:
        return self._connection.execute(
            "SELECT row, word_similarity(name, %s) AS likeness FROM names ORDER BY likeness DESC, length(name) DESC LIMIT 1",
            (text,),
        ).fetchone()


@contextmanager
def peers(names: Sequence[str]) -> Iterator[dict[str, Peer]]:
    """The three, by what they are called."""
    with cluster() as server, administrator(server) as connection:
        yield {
            "rapidfuzz WRatio": WRatio(names),
            "SQLite FTS5 trigram": Fts5(names),
            "PostgreSQL pg_trgm": Trigrams(names, connection),
        }


def _trigrams(text: str) -> set[str]:
    return {text[at : at + 3] for at in range(len(text) - 2)}


def _share(name: set[str], asked: set[str]) -> float:
    return len(name & asked) / len(name) if name else 0.0
