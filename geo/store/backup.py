"""Copying a SQLite store while it is being served, and putting a copy back."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import delete, inspect, update
from sqlalchemy.exc import SQLAlchemyError

from geo.errors import StoreError
from geo.store.engine import BUSY_MS, Store, current, open_store
from geo.store.migration import known_versions, migrate
from geo.store.schema import (
    APPEND_ONLY,
    SPATIAL,
    layer,
    login_attempt,
    login_session,
    metadata,
    one_time_link,
    revision,
)

_SHADOW = re.compile(rf"(?:{'|'.join(SPATIAL)})_rtree(?:_node|_parent|_rowid)?|sqlite_(?:sequence|stat\d)")
"""Tables of SQLite's own: those of the spatial index, and its notes."""


def sqlite_file(store: Store) -> str:
    """The path of a SQLite store's file.

    Raises:
        StoreError: the store is not SQLite.
    """
    if store.dialect != "sqlite":
        raise StoreError(
            "This command is for SQLite. Back up PostgreSQL with pg_dump and pg_restore: "
            "docs/operating.md says how."
        )
    return str(store.engine.url.database)


def backup(store: Store, target: Path) -> None:
    """A consistent copy of a SQLite store as a new file, also while it is being served.

    Raises:
        StoreError: the store is not SQLite, or the file exists already or can't be written.
    """
    source = sqlite_file(store)
    if target.exists():
        raise StoreError("The file %(file)s exists already; nothing was written.", file=target)
    part = target.with_name(target.name + ".part")
    try:
        # What is in it is for nobody else on the machine.
        part.touch(mode=0o600)
        with raw(source) as here, raw(str(part)) as there:
            here.backup(there)
            there.execute("PRAGMA journal_mode=DELETE")
        part.replace(target)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise StoreError("The backup %(file)s can't be written.", file=target, detail=str(error)) from error


def restore(store: Store, source: Path) -> None:
    """Puts a backup in the place of what a SQLite store holds, in one transaction.

    A copy is checked and brought to this program's version first, beside the store: what is wrong with the
    file shows there. Readers see the old picture until it is complete.

    Raises:
        StoreError: the store is not SQLite, or the file is not a whole backup of this program.
    """
    target = sqlite_file(store)
    if not source.is_file():
        raise StoreError("The backup %(file)s is not there.", file=source)
    before = store.revision() if current(store) else 0
    ready = Path(f"{target}.ready")
    try:
        _make_ready(source, ready)
        try:
            with raw(str(ready)) as here, raw(target) as there:
                here.backup(there)
        except sqlite3.Error as error:
            raise StoreError(
                "The database can't be written (%(why)s); nothing was kept.", why=error
            ) from error
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            Path(f"{ready}{end}").unlink(missing_ok=True)
    store.engine.dispose()
    with store.write() as connection:
        # Whoever remembers the picture of an older revision must see that this is another one.
        connection.execute(update(revision).values(number=before + 1))
        connection.execute(update(layer).values(revision=before + 1))
        # Nobody is signed in again, and no used link opens again, by what was true on the backup's day.
        for table in (login_session, one_time_link, login_attempt):
            connection.execute(delete(table))


def _make_ready(source: Path, ready: Path) -> None:
    """Copies a backup to ``ready`` and brings the copy to this program's version.

    Raises:
        StoreError: it is not a whole backup, or holds anything but this program's tables.
    """
    ready.unlink(missing_ok=True)
    # What is in it is for nobody else on the machine.
    ready.touch(mode=0o600)
    with raw(f"{source.resolve().as_uri()}?mode=ro") as here:
        check_backup(here, source)
        try:
            with raw(str(ready)) as there:
                here.backup(there)
        except sqlite3.Error as error:
            raise StoreError(
                "The database can't be written (%(why)s); nothing was kept.", why=error
            ) from error
    copy = open_store(f"sqlite:///{ready}")
    try:
        migrate(copy)
        faults = _strange(copy)
    except SQLAlchemyError as error:
        raise not_whole(source, f"its schema: {type(error).__name__}") from error
    finally:
        copy.close()
    if faults:
        raise not_whole(source, ", ".join(sorted(faults))[:200])


def _strange(copy: Store) -> set[str]:
    """What a migrated store has that it shouldn't, or lacks: tables, columns, and anything that acts by itself."""
    with copy.read() as connection:
        found = inspect(connection)
        there = {
            f"{table}.{column['name']}"
            for table in found.get_table_names()
            if table in metadata.tables
            for column in found.get_columns(table)
        }
        rows = connection.exec_driver_sql("SELECT type, name FROM sqlite_master").all()
    wanted = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns}
    own = {f"{table}_no_{action}" for table in APPEND_ONLY for action in ("update", "delete")}
    own |= set(metadata.tables) | {"alembic_version"}
    acting = {
        f"{row.type} {row.name}"
        for row in rows
        if row.type != "index" and row.name not in own and not _SHADOW.fullmatch(row.name)
    }
    return (wanted ^ there) | acting


def not_whole(source: Path, detail: str) -> StoreError:
    """The error of a file that can't take the store's place; ``detail`` is for the log."""
    return StoreError(
        "The file %(file)s is not a whole backup; nothing was changed.", file=source, detail=detail
    )


def check_backup(backup: sqlite3.Connection, source: Path) -> None:
    """Makes sure that a file may take the database's place.

    Raises:
        StoreError: it is not a whole backup, or one that this program can't bring up to its own version.
    """
    try:
        whole = backup.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        # Other programs use Alembic, too; the revision is ours.
        row = backup.execute("SELECT version_num FROM alembic_version, revision").fetchone()
    except sqlite3.Error as error:
        raise not_whole(source, str(error)) from error
    if not whole or row is None:
        raise not_whole(source, "damaged, or without a version")
    if row[0] not in known_versions():
        raise StoreError(
            "The backup %(file)s was made by a newer version of the program (%(found)s); nothing was changed. "
            "Upgrade the program.",
            file=source,
            found=row[0],
        )


@contextmanager
def raw(path: str) -> Iterator[sqlite3.Connection]:
    """A connection to a SQLite file (or ``file:`` address), past everything the store adds."""
    connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, uri=path.startswith("file:"))
    # What a foreign file's views and triggers call is not to be trusted.
    connection.execute("PRAGMA trusted_schema=OFF")
    try:
        yield connection
    finally:
        connection.close()
