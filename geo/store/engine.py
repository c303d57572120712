"""Opening a store: connections and transactions on SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    ExceptionContext,
    RootTransaction,
    create_engine,
    event,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, OperationalError

from geo.errors import StoreError
from geo.store.schema import revision

VERSION = "0009"
"""The newest migration. Kept here so that a start of the server need not load Alembic."""

BUSY_MS = 30_000
"""How long a writer waits for another on SQLite: an import of 100,000 rows holds the lock for seconds."""

_REVISION = str(select(revision.c.number))


class Store:
    """An open database. ``read()`` and ``write()`` are the only ways in."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one consistent picture and can't write."""
        with self.engine.connect() as connection:
            yield connection.execution_options(trygg_read=True)
            connection.rollback()

    @contextmanager
    def write(
        self, *, keep: bool = True, quiet: bool = False, patience_ms: int = BUSY_MS
    ) -> Iterator[Connection]:
        """A transaction: all of it is kept, or none. The store's revision grows by one.

        With ``keep=False`` it is a rehearsal: everything runs and nothing is kept. With ``quiet=True``
        the revision stays: for what no picture is made of, such as sessions and the audit's lines.
        ``patience_ms`` is how long to wait for others who write.

        Raises:
            StoreError: the database took none of it: it is full, read-only, locked for too long or gone.
        """
        try:
            with self.engine.connect() as connection, self._patient(connection, patience_ms) as transaction:
                # First, for the row's lock: PostgreSQL would let two imports of one file run side by side,
                # each blind to what the other writes.
                if not quiet:
                    connection.execute(update(revision).values(number=revision.c.number + 1))
                yield connection
                if not keep:
                    transaction.rollback()
        except (OperationalError, DataError) as error:
            raise StoreError(
                "The database can't be written (%(why)s); nothing was kept.", why=_why(error)
            ) from error

    @contextmanager
    def _patient(self, connection: Connection, patience_ms: int) -> Iterator[RootTransaction]:
        """A transaction that waits for others no longer than that."""
        if patience_ms == BUSY_MS:
            with connection.begin() as transaction:
                yield transaction
            return
        if self.dialect == "postgresql":
            with connection.begin() as transaction:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {patience_ms:d}")
                yield transaction
            return
        # Before BEGIN, which is what waits.
        raw: Any = connection.connection.driver_connection
        raw.execute(f"PRAGMA busy_timeout={patience_ms:d}")
        try:
            with connection.begin() as transaction:
                yield transaction
        finally:
            raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")

    def revision(self) -> int:
        """The number that grows with every write.

        Raises:
            StoreError: the database doesn't answer.
        """
        # Every request asks: one statement needs no transaction, and no more of SQLAlchemy than its pool.
        raw = self.engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute(_REVISION)
            row: Any = cursor.fetchone()
            cursor.close()
        except self.engine.dialect.loaded_dbapi.Error as error:
            raise StoreError("The database doesn't answer.", detail=str(error)) from error
        finally:
            raw.close()
        return int(row[0])

    def close(self) -> None:
        """Gives the connections back."""
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Opens the database at a SQLAlchemy URL; the file of a new SQLite database is made.

    Raises:
        StoreError: the URL is wrong or the database can't be reached.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            engine = _sqlite(parsed.database or "", url)
        elif parsed.get_backend_name() == "postgresql":
            engine = create_engine(parsed, pool_pre_ping=True, pool_size=8, hide_parameters=True)
            event.listen(engine, "begin", _begin_postgresql)
            event.listen(engine, "handle_error", _say_no_values)
        else:
            raise StoreError(
                "The database must be sqlite:///file or postgresql+psycopg://…, not “%(backend)s”.",
                backend=parsed.get_backend_name(),
            )
        with engine.connect():
            pass
    except (ArgumentError, OSError) as error:
        raise StoreError("The database can't be opened (%(why)s).", why=error) from error
    except ValueError as error:
        # What couldn't be read isn't said again: there may be a password in it.
        raise StoreError(
            "The database's address can't be read. Write it as sqlite:///file or "
            "postgresql+psycopg://user:password@host:5432/name."
        ) from error
    except DBAPIError as error:
        raise StoreError("The database can't be opened (%(why)s).", why=_why(error)) from error
    return Store(engine)


def _why(error: DBAPIError) -> str:
    """What the database itself says, in one line: SQLAlchemy adds the statement to it."""
    return " ".join(str(error.orig).split())


def _sqlite(path: str, url: str) -> Engine:
    if not path or path == ":memory:":
        raise StoreError("The SQLite database needs a file: sqlite:///path/to/file.")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    # Answers and comments are parameters: they must not stand in an error, which may end up in a log.
    engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000}, pool_size=8, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",
            f"busy_timeout={BUSY_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: Connection) -> None:
    # A deferred BEGIN that later writes fails at once with "database is locked" when another wrote
    # in between; IMMEDIATE waits its turn instead.
    reads = connection.get_execution_options().get("trygg_read", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _say_no_values(context: ExceptionContext) -> None:
    """Takes out of a database's complaint what was to be written: PostgreSQL quotes the row in its details.

    A complaint may end up in a log, where people's words must not stand.
    """
    error: Any = context.original_exception
    told = getattr(error, "diag", None)
    if told is None or told.message_primary is None:
        return
    # Complaints about a value (class 22) quote it in their first line, too.
    said = f"SQLSTATE {told.sqlstate}" if told.sqlstate.startswith("22") else told.message_primary
    error.args = (said,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(error).__name__}) {said}",)


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("trygg_read", False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def current(store: Store) -> str:
    """The schema version of the database, or an empty string where there is none yet."""
    with store.read() as connection:
        return version_in(connection)


def version_in(connection: Connection) -> str:
    """The schema version as seen inside a transaction, or an empty string."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
