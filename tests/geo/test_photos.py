"""Photos from the phone to the folder: who may add them, that they are kept once, and whole."""

import hashlib
import io
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from handmade import fill
from PIL import Image
from sqlalchemy import func, insert, select, update

from geo.actions import photos as actions
from geo.actions.photos import add_photo, publish_photo
from geo.errors import NotAllowed, NotFound, NotPossible, StoreError, UnreadableInput
from geo.model import Person, Role
from geo.publish.photos import one_photo, photos_of, published_photos
from geo.store import audit, photos
from geo.store.engine import Store, open_store
from geo.store.schema import account, measure, photo

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LIGHTS = 1


def jpeg(colour: str = "red", size: tuple[int, int] = (60, 40)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    fill(database_url)
    opened = open_store(database_url)
    with opened.write() as connection:
        connection.execute(update(measure).values(responsible=["Polisen"]))
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "photos"


def person(store: Store, role: Role, organisation: str = "Robertsfors kommun") -> Person:
    username = f"{role.value}-{organisation}"
    with store.write() as connection:
        key = connection.execute(
            insert(account)
            .values(username=username, name="Kim", role=role.value, organisation=organisation, made_at=NOW)
            .returning(account.c.id)
        ).scalar_one()
    return Person(key, username, "Kim", role, organisation)


def audited(store: Store) -> list[tuple[str, str, str]]:
    with store.read() as connection:
        return [(line.actor, line.action, line.subject) for line in audit.lines(connection)]


def test_a_photo_is_kept_clean_with_its_row_and_its_line_in_the_audit(store: Store, folder: Path) -> None:
    police = person(store, Role.POLICE, "Polisen")
    revision = store.revision()
    key = add_photo(store, folder, police, LIGHTS, jpeg(), now=NOW)
    (kept,) = photos_of(store, LIGHTS)
    assert (kept.id, kept.width, kept.height, kept.name, kept.at) == (key, 60, 40, "Kim", NOW)
    assert kept.published_at is None
    data = photos.read_file(folder, kept.file)
    assert hashlib.sha256(data).hexdigest() == kept.sha256
    assert [file.name for file in folder.iterdir()] == [kept.file]
    assert (folder.stat().st_mode & 0o777, (folder / kept.file).stat().st_mode & 0o777) == (0o700, 0o600)
    assert audited(store) == [("police-Polisen", "photo.add", "measure 1")]
    assert store.revision() == revision


@pytest.mark.parametrize(
    ("role", "organisation", "allowed"),
    [
        (Role.POLICE, "polisen", True),
        (Role.POLICE, "Räddningstjänsten", False),
        (Role.PLANNER, "Robertsfors kommun", False),
        (Role.PLANNER, "Polisen", True),
        (Role.COORDINATOR, "Robertsfors kommun", True),
        (Role.ADMIN, "Polisen", False),
    ],
)
def test_who_could_complete_the_measure_adds_photos(
    store: Store, folder: Path, role: Role, organisation: str, allowed: bool
) -> None:
    somebody = person(store, role, organisation)
    if allowed:
        assert add_photo(store, folder, somebody, LIGHTS, jpeg(), now=NOW)
    else:
        with pytest.raises(NotAllowed):
            add_photo(store, folder, somebody, LIGHTS, jpeg(), now=NOW)
        assert not folder.exists()


def test_what_cannot_be_kept_leaves_nothing(store: Store, folder: Path) -> None:
    police = person(store, Role.POLICE, "Polisen")
    with pytest.raises(UnreadableInput):
        add_photo(store, folder, police, LIGHTS, b"hej", now=NOW)
    with pytest.raises(NotFound):
        add_photo(store, folder, police, 999, jpeg(), now=NOW)
    with pytest.raises(NotFound):
        one_photo(store, 10**20)
    folder.write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="can't be kept"):
        add_photo(store, folder, police, LIGHTS, jpeg(), now=NOW)
    assert photos_of(store, LIGHTS) == ()
    assert audited(store) == []


def test_a_photo_sent_twice_is_kept_once_also_at_the_same_time(store: Store, folder: Path) -> None:
    police = person(store, Role.POLICE, "Polisen")
    keys: list[int] = []

    def send() -> None:
        keys.append(add_photo(store, folder, police, LIGHTS, jpeg(), now=NOW))

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    send()
    assert len(keys) == 4
    assert len(set(keys)) == 1
    assert len(photos_of(store, LIGHTS)) == 1
    assert len(audited(store)) == 1
    other = add_photo(store, folder, police, LIGHTS, jpeg("blue"), now=NOW)
    assert other not in keys


def test_a_measure_has_a_bounded_number_of_photos(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_PHOTOS", 2)
    police = person(store, Role.POLICE, "Polisen")
    for colour in ("red", "blue"):
        add_photo(store, folder, police, LIGHTS, jpeg(colour), now=NOW)
    with pytest.raises(NotPossible, match="2 photos"):
        add_photo(store, folder, police, LIGHTS, jpeg("lime"), now=NOW)


def test_only_a_coordinator_publishes_and_both_ways_are_audited(store: Store, folder: Path) -> None:
    police = person(store, Role.POLICE, "Polisen")
    key = add_photo(store, folder, police, LIGHTS, jpeg(), now=NOW)
    for role in (Role.PLANNER, Role.ADMIN):
        with pytest.raises(NotAllowed):
            publish_photo(store, person(store, role), key, public=True, now=NOW)
    with pytest.raises(NotAllowed):
        publish_photo(store, police, key, public=True, now=NOW)
    coordinator = person(store, Role.COORDINATOR)
    revision = store.revision()
    assert publish_photo(store, coordinator, key, public=True, now=NOW) == LIGHTS
    assert [found.id for found in published_photos(store)[LIGHTS]] == [key]
    assert store.revision() > revision
    publish_photo(store, coordinator, key, public=True, now=NOW + timedelta(days=1))
    assert one_photo(store, key).published_at == NOW
    publish_photo(store, coordinator, key, public=False, now=NOW)
    assert published_photos(store) == {}
    assert [action for _who, action, _what in audited(store)] == [
        "photo.add", "photo.publish", "photo.withdraw",
    ]  # fmt: skip
    with pytest.raises(NotFound):
        publish_photo(store, coordinator, 999, public=True, now=NOW)


def test_files_without_a_row_are_swept_when_they_are_old_and_others_left(store: Store, folder: Path) -> None:
    police = person(store, Role.POLICE, "Polisen")
    key = add_photo(store, folder, police, LIGHTS, jpeg(), now=NOW)
    old, young = photos.keep_file(folder, b"old"), photos.keep_file(folder, b"young")
    (folder / f"{'a' * 32}.jpg.part").write_bytes(b"cut off")
    (folder / "README.txt").write_text("the office's own")
    for file in folder.iterdir():
        os.utime(file, (NOW.timestamp() - 2 * 86_400,) * 2)
    os.utime(folder / young, (NOW.timestamp() - 3_600,) * 2)
    with store.read() as connection:
        assert photos.sweep(connection, folder, now=NOW) == 2
        assert photos.sweep(connection, folder / "nowhere", now=NOW) == 0
    left = {file.name for file in folder.iterdir()}
    assert left == {one_photo(store, key).file, young, "README.txt"}
    assert old not in left


def test_rows_name_files_that_are_there(store: Store, folder: Path) -> None:
    police = person(store, Role.POLICE, "Polisen")
    for colour in ("red", "blue", "lime"):
        add_photo(store, folder, police, LIGHTS, jpeg(colour), now=NOW)
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(photo)).scalar_one() == 3
        for file in connection.execute(select(photo.c.file)).scalars():
            assert photos.FILE_NAME.fullmatch(file)
            assert (folder / file).is_file()
