"""Opening a store: connections, transactions, migrations and triggers on SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from geo.errors import StoreError
from geo.store.schema import APPEND_ONLY, revision

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 30_000
"""How long a writer waits for another on SQLite: an import of 100,000 rows holds the lock for seconds."""


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
    def write(self, *, keep: bool = True) -> Iterator[Connection]:
        """A transaction: all of it is kept, or none. The store's revision grows by one.

        With ``keep=False`` it is a rehearsal: everything runs and nothing is kept.
        """
        with self.engine.connect() as connection, connection.begin() as transaction:
            yield connection
            if keep:
                connection.execute(update(revision).values(number=revision.c.number + 1))
            else:
                transaction.rollback()

    def revision(self) -> int:
        """The number that grows with every write."""
        with self.read() as connection:
            number: int = connection.execute(select(revision.c.number)).scalar_one()
            return number

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
            engine = create_engine(parsed, pool_pre_ping=True, pool_size=8)
            event.listen(engine, "begin", _begin_postgresql)
        else:
            raise StoreError(
                "The database must be sqlite:///file or postgresql+psycopg://…, not “%(backend)s”.",
                backend=parsed.get_backend_name(),
            )
        with engine.connect():
            pass
    except (ArgumentError, DBAPIError, OSError) as error:
        raise StoreError("The database can't be opened.", detail=str(error)) from error
    return Store(engine)


def _sqlite(path: str, url: str) -> Engine:
    if not path or path == ":memory:":
        raise StoreError("The SQLite database needs a file: sqlite:///path/to/file.")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000}, pool_size=8)

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


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("trygg_read", False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def head() -> str:
    """The newest schema version this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current(store: Store) -> str:
    """The schema version of the database, or an empty string where there is none yet."""
    with store.read() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def migrate(store: Store, target: str = "head") -> None:
    """Brings the schema to a version, up or down, in one transaction, and makes the triggers again.

    Raises:
        StoreError: the database is of a newer program, or a foreign key no longer holds.
    """
    found = current(store)
    scripts = ScriptDirectory.from_config(_config())
    known = {script.revision for script in scripts.walk_revisions()}
    if found and found not in known:
        raise StoreError(
            "The database was made by a newer version of the program (%(found)s). Upgrade the program.",
            found=found,
        )
    goal = head() if target == "head" else target
    if found == goal:
        return
    config = _config()
    with store.engine.connect() as connection:
        if store.dialect == "sqlite":
            # Batch mode recreates tables; with foreign keys on, that would fail or cascade. The
            # pragma has no effect inside a transaction, so it stands before BEGIN.
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                drop_triggers(connection)
                config.attributes["connection"] = connection
                downwards = (
                    not goal
                    or goal == "base"
                    or (
                        bool(found) and goal in {s.revision for s in scripts.iterate_revisions(found, "base")}
                    )
                )
                (command.downgrade if downwards else command.upgrade)(config, goal or "base")
                if current_in(connection):
                    create_triggers(connection)
                if store.dialect == "sqlite":
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                    if broken:
                        raise StoreError(
                            "The migration would break the database; nothing was changed.",
                            detail=str(broken[:5]),
                        )
        finally:
            if store.dialect == "sqlite":
                raw.execute("PRAGMA foreign_keys=ON")


def current_in(connection: Connection) -> str | None:
    """The schema version as seen inside a transaction."""
    return MigrationContext.configure(connection).get_current_revision()


def create_triggers(connection: Connection) -> None:
    """Makes the triggers that keep logs append-only."""
    for table in APPEND_ONLY:
        if connection.dialect.name == "sqlite":
            for action in ("UPDATE", "DELETE"):
                connection.execute(
                    text(
                        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{action.lower()} BEFORE {action}"
                        f" ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                    )
                )
        else:
            connection.execute(
                text(
                    "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS"
                    " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
                )
            )
            connection.execute(
                text(
                    f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
                    f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
                )
            )


def drop_triggers(connection: Connection) -> None:
    """Removes the triggers for the time of a migration."""
    for table in APPEND_ONLY:
        if connection.dialect.name == "sqlite":
            for action in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{action}"))
        else:
            exists = connection.execute(text("SELECT to_regclass(:name)"), {"name": table}).scalar()
            if exists:
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"))


def _sqlite_file(store: Store) -> str:
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
    source = _sqlite_file(store)
    if target.exists():
        raise StoreError("The file %(file)s exists already; nothing was written.", file=target)
    part = target.with_name(target.name + ".part")
    try:
        with _raw(source) as here, _raw(str(part)) as there:
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
    target = _sqlite_file(store)
    if not source.is_file():
        raise StoreError("The backup %(file)s is not there.", file=source)
    before = store.revision() if current(store) else 0
    try:
        with _raw(f"{source.resolve().as_uri()}?mode=ro") as here:
            whole = here.execute("PRAGMA integrity_check").fetchone()[0]
            version = here.execute("SELECT version_num FROM alembic_version").fetchone()
            if whole != "ok" or version is None:
                raise StoreError("The file %(file)s is not a whole backup; nothing was changed.", file=source)
            with _raw(target) as there:
                here.backup(there)
    except sqlite3.Error as error:
        raise StoreError(
            "The file %(file)s is not a whole backup; nothing was changed.", file=source, detail=str(error)
        ) from error
    store.engine.dispose()
    migrate(store)
    with store.write() as connection:
        # Whoever remembers the picture of an older revision must see that this is another one.
        connection.execute(update(revision).values(number=before + 1))


@contextmanager
def _raw(path: str) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, uri=path.startswith("file:"))
    try:
        yield connection
    finally:
        connection.close()
