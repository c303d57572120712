"""Bringing the schema to a version, and the triggers that keep logs append-only."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from geo.errors import StoreError
from geo.store.engine import VERSION, Store, current, version_in
from geo.store.schema import APPEND_ONLY

MIGRATIONS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def known_versions() -> frozenset[str]:
    """The schema versions that this program can bring up to its own."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def migrate(store: Store, target: str = "head") -> None:
    """Brings the schema to a version, up or down, in one transaction, and makes the triggers again.

    Raises:
        StoreError: the database is of a newer program, or a foreign key no longer holds.
    """
    goal = VERSION if target == "head" else target
    if current(store) == goal:
        return
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    with store.engine.connect() as connection:
        if store.dialect == "sqlite":
            # Batch mode recreates tables; with foreign keys on, that would fail or cascade. The
            # pragma has no effect inside a transaction, so it stands before BEGIN.
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                # Read again under the lock: another process may have migrated in the meantime.
                found = version_in(connection)
                if found == goal:
                    return
                if found and found not in {script.revision for script in scripts.walk_revisions()}:
                    raise StoreError(
                        "The database was made by a newer version of the program (%(found)s). "
                        "Upgrade the program.",
                        found=found,
                    )
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
                if version_in(connection):
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


def create_triggers(connection: Connection) -> None:
    """Makes the triggers that keep logs append-only, on those of the tables that this version has."""
    there = set(inspect(connection).get_table_names())
    for table in (name for name in APPEND_ONLY if name in there):
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
