"""Copying a SQLite store while it is being served, and putting a copy back."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import delete, update

from geo.errors import StoreError
from geo.store.engine import BUSY_MS, Store, current
from geo.store.migration import known_versions, migrate
from geo.store.schema import login_attempt, login_session, one_time_link, revision


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

    The copy is checked first: it must be whole and made by this program. Readers see the old
    picture until it is complete.

    Raises:
        StoreError: the store is not SQLite, or the file is not a whole backup of this program.
    """
    target = sqlite_file(store)
    if not source.is_file():
        raise StoreError("The backup %(file)s is not there.", file=source)
    before = store.revision() if current(store) else 0
    with raw(f"{source.resolve().as_uri()}?mode=ro") as here:
        check_backup(here, source)
        try:
            with raw(target) as there:
                here.backup(there)
        except sqlite3.Error as error:
            raise StoreError(
                "The database can't be written (%(why)s); nothing was kept.", why=error
            ) from error
    store.engine.dispose()
    migrate(store)
    with store.write() as connection:
        # Whoever remembers the picture of an older revision must see that this is another one.
        connection.execute(update(revision).values(number=before + 1))
        # Nobody is signed in again, and no used link opens again, by what was true on the backup's day.
        for table in (login_session, one_time_link, login_attempt):
            connection.execute(delete(table))


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
        raise StoreError(
            "The file %(file)s is not a whole backup; nothing was changed.", file=source, detail=str(error)
        ) from error
    if not whole or row is None:
        raise StoreError("The file %(file)s is not a whole backup; nothing was changed.", file=source)
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
    try:
        yield connection
    finally:
        connection.close()
