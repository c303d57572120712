"""The store through its public doors, on both databases."""

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from shapely import Point
from sqlalchemy import delete, insert, inspect, select, update
from sqlalchemy.exc import DBAPIError

from geo.errors import StoreError
from geo.model import Layer, LayerInfo
from geo.store import spatial
from geo.store.backup import backup, restore
from geo.store.engine import VERSION, Store, current, open_store
from geo.store.layers import put_layer
from geo.store.migration import MIGRATIONS, migrate
from geo.store.schema import (
    APPEND_ONLY,
    SPATIAL,
    layer,
    measure,
    measure_log,
    metadata,
    place,
    survey,
)


@pytest.fixture
def store(database_url: str):
    opened = open_store(database_url)
    migrate(opened)
    yield opened
    opened.close()


def add_survey(store: Store, name: str) -> None:
    with store.write() as connection:
        connection.execute(insert(survey).values(name=name, year=2022, synthetic=True))


def survey_names(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.execute(select(survey.c.name).order_by(survey.c.id)).scalars())


def test_the_migrations_make_exactly_the_schema(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                # A geometry column comes back from either database under a type of its own.
                "compare_type": lambda _context, _found, _wanted, _type, wanted_type: (
                    False if isinstance(wanted_type, spatial.Geometry) else None
                ),
                # The spatial index and PostGIS's own tables are not in the metadata.
                "include_object": lambda _object, name, kind, _reflected, _compared: (
                    not (
                        (kind == "table" and ("_rtree" in name or name == "spatial_ref_sys"))
                        or (kind == "index" and name.endswith("_geom"))
                    )
                ),
            },
        )
        differences = compare_metadata(context, metadata)
    assert differences == []
    assert current(store) == VERSION
    assert max(script.stem.split("_")[0] for script in (MIGRATIONS / "versions").glob("*.py")) == VERSION


def test_down_and_up_again(store: Store) -> None:
    migrate(store, "base")
    left = {name for name in inspect(store.engine).get_table_names() if name in metadata.tables}
    assert left == set()
    assert current(store) == ""
    migrate(store)
    assert set(metadata.tables) <= set(inspect(store.engine).get_table_names())


def test_migrating_twice_changes_nothing(store: Store) -> None:
    add_survey(store, "A")
    migrate(store)
    assert survey_names(store) == ["A"]


def test_a_database_of_a_newer_program_is_refused(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version"):
        migrate(store)


def test_what_fails_halfway_leaves_nothing(store: Store) -> None:
    before = store.revision()
    with pytest.raises(RuntimeError), store.write() as connection:
        connection.execute(insert(survey).values(name="half", year=None, synthetic=False))
        raise RuntimeError
    assert survey_names(store) == []
    assert store.revision() == before


def test_a_rehearsal_keeps_nothing(store: Store) -> None:
    before = store.revision()
    with store.write(keep=False) as connection:
        connection.execute(insert(survey).values(name="rehearsed", year=None, synthetic=False))
    assert survey_names(store) == []
    assert store.revision() == before


def test_a_full_database_is_said_so_without_what_was_being_written(store: Store) -> None:
    before = store.revision()
    with pytest.raises(StoreError, match="can't be written") as refused, store.write() as connection:
        if store.dialect == "sqlite":
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
        connection.execute(insert(survey).values(name="secret " * 100_000, year=None, synthetic=False))
    assert "secret" not in f"{refused.value} {refused.value.__cause__}"
    assert survey_names(store) == []
    assert store.revision() == before


def test_every_write_is_seen_by_its_revision(store: Store) -> None:
    before = store.revision()
    add_survey(store, "A")
    assert store.revision() == before + 1


def test_a_reader_can_not_write(store: Store) -> None:
    if store.dialect == "postgresql":
        with pytest.raises(DBAPIError, match="read-only"), store.read() as connection:
            connection.execute(insert(survey).values(name="A", year=None, synthetic=False))
    else:
        with store.read() as connection:
            connection.execute(insert(survey).values(name="A", year=None, synthetic=False))
    assert survey_names(store) == []


def test_fifty_writers_at_once_all_get_their_turn(store: Store) -> None:
    failures: list[Exception] = []

    def write(number: int) -> None:
        try:
            for turn in range(4):
                add_survey(store, f"{number}-{turn}")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(survey_names(store)) == 200


def put_measure(store: Store) -> int:
    with store.write() as connection:
        key = connection.execute(
            insert(measure)
            .values(
                ref="1", title="t", description="", kind="", responsible=[], promise="traffic",
                status="planned", text="", done=0, synthetic=True, level="unknown", rule="unknown",
                name="", locality="", radius_m=0.0, probability=0.0,
            )
            .returning(measure.c.id)
        ).scalar_one()  # fmt: skip
        connection.execute(
            insert(measure_log).values(
                measure_id=key, status="planned", at=datetime(2026, 1, 1, tzinfo=UTC), note=""
            )
        )
    return key


@pytest.mark.parametrize("after", ["fresh", "migrated down and up"])
def test_the_log_can_only_grow(store: Store, after: str) -> None:
    if after != "fresh":
        migrate(store, "base")
        migrate(store)
    put_measure(store)
    for statement in (update(measure_log).values(note="x"), delete(measure_log)):
        with pytest.raises(DBAPIError, match="append-only"), store.write() as connection:
            connection.execute(statement)
    assert APPEND_ONLY == (
        "measure_log",
        "audit",
        "answer_review",
        "baseline",
        "cell_set",
        "release",
        "release_statement",
        "release_count",
    )
    with store.read() as connection:
        assert connection.execute(select(measure_log.c.note)).scalars().all() == [""]


def test_replace_can_not_slip_past_the_log(tmp_path: Path) -> None:
    """REPLACE is SQLite's own; it deletes without firing triggers unless they are recursive."""
    store = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
    migrate(store)
    put_measure(store)
    with pytest.raises(DBAPIError, match="append-only"), store.write() as connection:
        connection.exec_driver_sql(
            "REPLACE INTO measure_log (id, measure_id, status, at, note) VALUES (1, 1, 'x', '2026-01-01', '')"
        )


def put_places(store: Store, points: list[tuple[float, float]]) -> list[int]:
    with store.write() as connection:
        keys = [
            connection.execute(
                insert(place)
                .values(
                    anchor="A", anchor_kind="", distance_m=0, direction="", locality="", geom=Point(point), radius_m=50.0,
                    respondents=5, reasons={}, times={}, surveys=[], synthetic=True,
                )
                .returning(place.c.id)
            ).scalar_one()
            for point in points
        ]  # fmt: skip
        spatial.index(connection, place, keys)
    return keys


def test_nearness_is_exact_although_the_tree_is_coarse(store: Store) -> None:
    """float32 boxes of an R*Tree are off by up to half a metre at these northings."""
    centre = (785_000.3, 7_126_000.7)
    inside, outside = put_places(store, [(centre[0] + 99.9, centre[1]), (centre[0] + 100.1, centre[1])])
    with store.read() as connection:
        found = spatial.within(connection, place, centre, 100.0)
    assert [key for key, _metres in found] == [inside]
    assert found[0][1] == pytest.approx(99.9, abs=1e-6)
    assert outside not in [key for key, _metres in found]
    assert "place" in SPATIAL


def test_nearest_first_and_moved_rows_are_found_where_they_are(store: Store) -> None:
    far, near = put_places(store, [(80.0, 0.0), (10.0, 0.0)])
    with store.write() as connection:
        connection.execute(update(place).where(place.c.id == near).values(geom=Point(500.0, 0.0)))
        spatial.index(connection, place, [near])
    with store.read() as connection:
        assert [key for key, _ in spatial.within(connection, place, (0.0, 0.0), 100.0)] == [far]
        assert [key for key, _ in spatial.within(connection, place, (0.0, 0.0), 600.0)] == [far, near]


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite://", "sqlite:////proc/none/x.sqlite"])
def test_a_wrong_address_is_said_so(url: str) -> None:
    with pytest.raises(StoreError):
        open_store(url)


class TestBackup:
    """trygg backup and restore, for SQLite."""

    def test_there_and_back_while_others_read_and_write(self, tmp_path: Path) -> None:
        store = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
        migrate(store)
        add_survey(store, "before")
        with store.write() as connection:
            put_layer(connection, Layer(LayerInfo("a", "A", "A", "Kommunen", "CC0", "1 m"), ()))
        with store.read() as reader:
            reader.execute(select(survey.c.name)).all()
            backup(store, tmp_path / "b.sqlite")
        add_survey(store, "after")
        old = store.revision()
        restore(store, tmp_path / "b.sqlite")
        assert survey_names(store) == ["before"]
        assert store.revision() > old
        # What somebody made of a layer before must not be taken for what the backup has of it.
        with store.read() as connection:
            assert set(connection.execute(select(layer.c.revision)).scalars()) == {store.revision()}
        add_survey(store, "again")
        assert survey_names(store) == ["before", "again"]

    def test_it_never_overwrites(self, tmp_path: Path) -> None:
        store = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
        migrate(store)
        target = tmp_path / "b.sqlite"
        target.write_text("mine")
        with pytest.raises(StoreError, match="exists already"):
            backup(store, target)
        assert target.read_text() == "mine"

    @pytest.mark.parametrize(
        "kind", ["missing", "text", "truncated", "another program's", "another's with Alembic", "newer"]
    )
    def test_what_is_no_backup_changes_nothing(self, tmp_path: Path, kind: str) -> None:
        store = open_store(f"sqlite:///{tmp_path / 'a.sqlite'}")
        migrate(store)
        add_survey(store, "mine")
        bad = tmp_path / "bad.sqlite"
        if kind == "text":
            bad.write_text("hello" * 1000)
        elif kind == "truncated":
            backup(store, bad)
            bad.write_bytes(bad.read_bytes()[:20_000])
        elif kind == "another program's":
            with sqlite3.connect(bad) as other:
                other.execute("CREATE TABLE t (x)")
        elif kind == "another's with Alembic":
            with sqlite3.connect(bad) as other:
                other.execute("CREATE TABLE alembic_version (version_num)")
                other.execute("INSERT INTO alembic_version VALUES ('0001')")
        elif kind == "newer":
            backup(store, bad)
            with sqlite3.connect(bad) as other:
                other.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(StoreError):
            restore(store, bad)
        assert survey_names(store) == ["mine"]


def test_json_and_text_come_back_as_they_went_in(store: Store) -> None:
    with store.write() as connection:
        connection.execute(
            insert(layer).values(
                name="x", title_sv="Åäö ${alert(1)} \u202e", title_en="'\"", source="", licence="",
                precision="", synthetic=False, audience="public", style="area", min_zoom=0, credit="", position=1,
            )
        )  # fmt: skip
    with store.read() as connection:
        row = connection.execute(select(layer)).one()
    assert (row.title_sv, row.title_en) == ("Åäö ${alert(1)} \u202e", "'\"")
