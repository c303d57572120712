"""``trygg backup`` and ``trygg restore``: database and photos together, or neither."""

import hashlib
import io
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from geo.errors import StoreError
from geo.store import audit, photos
from geo.store.archive import archive, bring_back
from geo.store.backup import backup
from geo.store.engine import Store, open_store
from geo.store.migration import migrate
from geo.store.schema import account, login_session, measure, one_time_link, photo, survey

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def quiet(_stage: str, _done: int, _total: int) -> None:
    pass


class Office:
    """A store, its photo folder, and what is kept in them."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "a.sqlite"
        self.photos = folder / "photos"
        self.store: Store = open_store(f"sqlite:///{self.file}")
        migrate(self.store)
        with self.store.write() as connection:
            connection.execute(
                insert(account).values(
                    id=1, username="kim", name="Kim", role="police", organisation="Polisen", made_at=NOW
                )
            )
            connection.execute(
                insert(measure).values(
                    id=1, ref="m", title="M", description="", kind="", responsible=[], promise="drugs",
                    status="planned", text="", done=0, synthetic=False, level="unknown", rule="", name="",
                    locality="", radius_m=0, probability=0,
                )
            )  # fmt: skip

    def add(self, data: bytes) -> str:
        name = photos.keep_file(self.photos, data)
        with self.store.write() as connection:
            connection.execute(
                insert(photo).values(
                    measure_id=1, account_id=1, at=NOW, file=name, width=1, height=1,
                    sha256=hashlib.sha256(data).hexdigest(),
                )
            )  # fmt: skip
        return name

    def note(self, name: str) -> None:
        with self.store.write() as connection:
            connection.execute(insert(survey).values(name=name, year=2022, synthetic=True))

    def state(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The surveys and the photos; fails when a photo's row lacks its file or has another's bytes."""
        with self.store.read() as connection:
            names = connection.execute(select(survey.c.name).order_by(survey.c.id)).scalars().all()
            rows = connection.execute(select(photo.c.file, photo.c.sha256).order_by(photo.c.id)).all()
        for row in rows:
            assert hashlib.sha256((self.photos / row.file).read_bytes()).hexdigest() == row.sha256
        return tuple(names), tuple(row.file for row in rows)

    def archive(self, target: Path) -> Path:
        assert archive(self.store, self.photos, target, now=NOW, progress=quiet).lacking == ()
        return target

    def bring_back(self, source: Path) -> int:
        return bring_back(self.store, self.photos, source, now=NOW, progress=quiet)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.store.close()


def test_database_and_photos_come_back_together(office: Office, tmp_path: Path) -> None:
    office.note("before")
    kept = [office.add(b"one"), office.add(b"two")]
    file = office.archive(tmp_path / "b.zip")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("b.")) == ["b.zip"]
    office.note("after")
    later = office.add(b"three")
    (office.photos / kept[0]).unlink()
    (office.photos / kept[1]).write_bytes(b"damaged")
    revision = office.store.revision()
    assert office.bring_back(file) == 2
    assert office.state() == (("before",), tuple(kept))
    assert office.store.revision() > revision
    # The newer photo is nobody's now; it is left for the sweep.
    assert (office.photos / later).exists()
    assert not list(office.photos.glob("*.part")) + list(tmp_path.glob("*.restore"))
    with office.store.read() as connection:
        (line,) = audit.lines(connection, last=1)
    assert (line.actor, line.action, line.subject) == ("console", "database.restore", "b.zip")


def test_nobody_is_signed_in_again_by_a_backup(office: Office, tmp_path: Path) -> None:
    with office.store.write() as connection:
        connection.execute(
            insert(login_session).values(token_hash="a", account_id=1, started_at=NOW, seen_at=NOW)
        )
        connection.execute(insert(one_time_link).values(account_id=1, token_hash="b", expires_at=NOW))
    file = office.archive(tmp_path / "b.zip")
    office.bring_back(file)
    with office.store.read() as connection:
        assert connection.execute(select(login_session)).all() == []
        assert connection.execute(select(one_time_link)).all() == []


def test_it_comes_back_on_another_machine(office: Office, tmp_path: Path) -> None:
    office.note("mine")
    office.add(b"one")
    file = office.archive(tmp_path / "b.zip")
    (tmp_path / "other").mkdir()
    elsewhere = Office(tmp_path / "other")
    assert elsewhere.bring_back(file) == 1
    assert elsewhere.state() == office.state()
    elsewhere.store.close()


def test_a_copy_of_the_database_alone_still_comes_back(office: Office, tmp_path: Path) -> None:
    office.note("before")
    kept = office.add(b"one")
    backup(office.store, tmp_path / "old.sqlite")
    office.note("after")
    assert office.bring_back(tmp_path / "old.sqlite") == 0
    assert office.state() == (("before",), (kept,))


def test_what_is_not_as_it_was_kept_is_told_and_the_rest_saved(office: Office, tmp_path: Path) -> None:
    gone, damaged, whole = office.add(b"one"), office.add(b"two"), office.add(b"three")
    (office.photos / gone).unlink()
    (office.photos / damaged).write_bytes(b"x")
    photos.keep_file(office.photos, b"nobody's")
    made = archive(office.store, office.photos, tmp_path / "b.zip", now=NOW, progress=quiet)
    assert (made.photos, made.lacking) == (1, (gone, damaged))
    with zipfile.ZipFile(tmp_path / "b.zip") as archived:
        assert archived.namelist() == ["trygg.sqlite", f"photos/{whole}", "manifest.json"]


def test_it_never_overwrites_and_leaves_nothing_half(office: Office, tmp_path: Path) -> None:
    mine = tmp_path / "b.zip"
    mine.write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        archive(office.store, office.photos, mine, now=NOW, progress=quiet)
    assert mine.read_text() == "mine"
    with pytest.raises(StoreError, match="can't be written"):
        archive(office.store, office.photos, tmp_path / "no" / "b.zip", now=NOW, progress=quiet)


def test_progress_is_told(office: Office, tmp_path: Path) -> None:
    for number in range(3):
        office.add(b"%d" % number)
    told: list[tuple[str, int, int]] = []
    archive(
        office.store, office.photos, tmp_path / "b.zip", now=NOW, progress=lambda *step: told.append(step)
    )
    assert told[-3:] == [("photos", 1, 3), ("photos", 2, 3), ("photos", 3, 3)]


Members = dict[str, bytes]


def rewritten(source: Path, change: Callable[[Members], None], packing: int = zipfile.ZIP_STORED) -> None:
    """Makes the archive anew with other members; the manifest's sums follow unless ``change`` sets them."""
    with zipfile.ZipFile(source) as archived:
        members = {name: archived.read(name) for name in archived.namelist()}
    change(members)
    with zipfile.ZipFile(source, "w", packing) as out:
        for name, data in members.items():
            out.writestr(name, data)


def with_manifest(members: Members) -> None:
    """Makes the manifest true again."""
    files = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in members.items()
        if name != "manifest.json"
    }
    members["manifest.json"] = json.dumps({"format": 1, "files": files}).encode()


def _slip(name: str) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        members[name] = b"evil"
        with_manifest(members)

    return change


def _newer_database(members: Members) -> None:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(members["trygg.sqlite"])
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    members["trygg.sqlite"] = connection.serialize()
    with_manifest(members)


def _no_database(members: Members) -> None:
    del members["trygg.sqlite"]
    with_manifest(members)


def _not_a_database(members: Members) -> None:
    members["trygg.sqlite"] = b"hello" * 1000
    with_manifest(members)


def _other_photo(members: Members) -> None:
    name = next(name for name in members if name.startswith("photos/"))
    members[name] = members[name][::-1]


def _manifest(text: bytes) -> Callable[[Members], None]:
    return lambda members: members.update({"manifest.json": text})


SPOILED: dict[str, Callable[[Members], None]] = {
    "a way out of the folder": _slip("photos/../../evil.jpg"),
    "an absolute path": _slip("/etc/evil"),
    "a name that isn't ours": _slip("photos/evil.jpg"),
    "a folder": _slip("photos/"),
    "a newer database": _newer_database,
    "no database": _no_database,
    "something else as the database": _not_a_database,
    "another photo": _other_photo,
    "a photo that the manifest doesn't name": lambda members: members.update(
        {f"photos/{'a' * 32}.jpg": b"x"}
    ),
    "a photo too few": lambda members: (
        members.pop(next(name for name in members if name.startswith("photos/"))) and None
    ),
    "no manifest": lambda members: members.pop("manifest.json") and None,
    "a manifest of a newer program": _manifest(b'{"format": 2, "files": {}}'),
    "a manifest that is none": _manifest(b"[1, 2"),
    "a manifest of another kind": _manifest(b'{"format": 1, "files": [1]}'),
    "a manifest nested deep": _manifest(b"[" * 100_000),
}


@pytest.mark.parametrize("kind", SPOILED)
def test_what_is_no_whole_archive_changes_nothing(office: Office, tmp_path: Path, kind: str) -> None:
    office.add(b"one")
    file = office.archive(tmp_path / "b.zip")
    rewritten(file, SPOILED[kind])
    office.note("mine")
    later = office.add(b"two")
    before, there = office.state(), sorted(tmp_path.rglob("*"))
    (office.photos / later).touch()
    with pytest.raises(StoreError, match="nothing was changed"):
        office.bring_back(file)
    assert office.state() == before
    assert sorted(tmp_path.rglob("*")) == there


def _truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def _flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 3] ^= 0xFF
    file.write_bytes(data)


def _pack(file: Path) -> None:
    rewritten(file, lambda members: None, zipfile.ZIP_DEFLATED)


def _twice(file: Path) -> None:
    with zipfile.ZipFile(file, "a") as out, pytest.warns(UserWarning, match="Duplicate"):
        out.writestr("manifest.json", out.read("manifest.json"))


def _bomb(file: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("trygg.sqlite", bytes(50_000_000))
        out.writestr("manifest.json", "{}")
    file.write_bytes(packed.getvalue())


@pytest.mark.parametrize("spoil", [_truncate, _flip, _pack, _twice, _bomb])
def test_a_damaged_file_changes_nothing(
    office: Office, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    office.add(b"one" * 100_000)
    file = office.archive(tmp_path / "b.zip")
    spoil(file)
    office.note("mine")
    before = office.state()
    with pytest.raises(StoreError, match="nothing was changed"):
        office.bring_back(file)
    assert office.state() == before


def test_a_folder_that_cannot_be_written_stops_before_the_database(office: Office, tmp_path: Path) -> None:
    kept = office.add(b"one")
    file = office.archive(tmp_path / "b.zip")
    office.note("after")
    (office.photos / kept).unlink()
    office.photos.rmdir()
    office.photos.write_text("no folder")
    with pytest.raises(StoreError, match="can't be"):
        office.bring_back(file)
    with office.store.read() as connection:
        assert connection.execute(select(survey.c.name)).scalars().all() == ["after"]


RESTORE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from geo.store.archive import bring_back
from geo.store.engine import open_store
print("ready", flush=True)
sys.stdin.readline()
store = open_store("sqlite:///" + sys.argv[1])
bring_back(store, Path(sys.argv[2]), Path(sys.argv[3]), now=datetime(2026, 6, 1, tzinfo=UTC), progress=lambda *_: None)
"""


def test_killed_at_any_moment_old_or_new_is_whole(office: Office, tmp_path: Path) -> None:
    for number in range(40):
        office.add(b"%d" % number * 20_000)
    office.note("new")
    file, new = office.archive(tmp_path / "b.zip"), office.state()
    (tmp_path / "other").mkdir()
    there = Office(tmp_path / "other")
    seen = []
    for run, moment in enumerate((0, 0.05, 0.1, 0.2, 0.4)):
        there.note(f"old {run}")
        there.add(b"old %d" % run)
        old = there.state()
        for name in new[1]:
            if name not in old[1]:
                (there.photos / name).unlink(missing_ok=True)
        there.store.close()
        child = subprocess.Popen(
            [sys.executable, "-c", RESTORE, there.file, there.photos, file],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert child.stdin
        assert child.stdout
        child.stdout.readline()
        child.stdin.write(b"\n")
        child.stdin.flush()
        time.sleep(moment)
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        found = there.state()
        assert found in (old, new)
        seen.append(found == old)
        with sqlite3.connect(there.file) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert seen[0]
    assert there.bring_back(file) == 40
    assert there.state() == new
    there.store.close()


def test_postgresql_has_its_own_way(postgis_url: str, tmp_path: Path) -> None:
    store = open_store(postgis_url)
    with pytest.raises(StoreError, match="pg_dump"):
        archive(store, tmp_path, tmp_path / "b.zip", now=NOW, progress=quiet)
    with pytest.raises(StoreError, match="pg_dump"):
        bring_back(store, tmp_path, tmp_path / "b.zip", now=NOW, progress=quiet)
    assert list(tmp_path.iterdir()) == []
    store.close()
