"""The photos of measures: their rows, and their files in a folder under names drawn at random.

A file is complete on the disk before its row is written, so that no row ever lacks its file. A file without a
row, which a crash between the two leaves, is seen by nobody and swept later.
"""

import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from geo.errors import NotFound, StoreError
from geo.model import MAX_ID, Person
from geo.store.schema import account, photo

FILE_NAME = re.compile(r"[0-9a-f]{32}\.jpg")
"""What the name of a kept photo looks like."""

_PART = ".part"
_LEFT_BEHIND = timedelta(days=1)
"""A file without a row is left alone for this long: somebody may be about to write the row."""


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photo's row. ``width`` and ``height`` in pixels; ``published_at`` is None while only staff see it.

    ``name`` is who added it: for staff only.
    """

    id: int
    measure_id: int
    at: datetime
    name: str
    file: str
    sha256: str
    width: int
    height: int
    published_at: datetime | None


def add(
    connection: Connection,
    measure_id: int,
    *,
    by: Person,
    at: datetime,
    file: str,
    sha256: str,
    size: tuple[int, int],
) -> int:
    """Keeps the row of a photo whose file is there; gives its id. ``size`` is (width, height)."""
    key: int = connection.execute(
        insert(photo)
        .values(
            measure_id=measure_id,
            account_id=by.id,
            at=at,
            file=file,
            sha256=sha256,
            width=size[0],
            height=size[1],
        )
        .returning(photo.c.id)
    ).scalar_one()
    return key


def of_measure(connection: Connection, measure_id: int) -> tuple[KeptPhoto, ...]:
    """The photos of a measure, oldest first."""
    rows = connection.execute(_query().where(photo.c.measure_id == measure_id).order_by(photo.c.id))
    return tuple(_kept(row) for row in rows)


def published(connection: Connection) -> tuple[KeptPhoto, ...]:
    """The photos that a coordinator has published, oldest first."""
    rows = connection.execute(_query().where(photo.c.published_at.is_not(None)).order_by(photo.c.id))
    return tuple(_kept(row) for row in rows)


def one(connection: Connection, photo_id: int) -> KeptPhoto:
    """One photo.

    Raises:
        NotFound: there is no such photo.
    """
    known = photo_id <= MAX_ID
    row = connection.execute(_query().where(photo.c.id == photo_id)).first() if known else None
    if row is None:
        raise NotFound("There is no such photo.")
    return _kept(row)


def set_published(connection: Connection, photo_id: int, at: datetime | None) -> None:
    """Notes when a photo was published, or None: that only staff see it."""
    connection.execute(update(photo).where(photo.c.id == photo_id).values(published_at=at))


def keep_file(folder: Path, jpeg: bytes) -> str:
    """Writes a photo's bytes for good under a new name, and gives the name.

    Raises:
        StoreError: the folder can't be written, or the disk is full; nothing was kept.
    """
    name = f"{secrets.token_hex(16)}.jpg"
    put_file(folder, name, jpeg)
    return name


def put_file(folder: Path, name: str, jpeg: bytes) -> None:
    """Writes a photo's bytes for good under this name: all of them, or none.

    Raises:
        StoreError: the folder can't be written, or the disk is full; nothing was kept.
    """
    part = folder / (name + _PART)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(part, flags, 0o600), "wb") as file:
            file.write(jpeg)
            file.flush()
            os.fsync(file.fileno())
        part.rename(folder / name)
        sync_folder(folder)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise StoreError(
            "The photo can't be kept (%(why)s); nothing was kept.", why=error.strerror or error
        ) from error


def read_file(folder: Path, name: str) -> bytes:
    """The bytes of a kept photo.

    Raises:
        NotFound: its file is not there.
    """
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError as error:
        raise NotFound("There is no such photo.", detail=f"{name} is missing") from error


def remove_file(folder: Path, name: str) -> None:
    """Removes the file of a photo whose row is gone; one that is missing already is no fault.

    Raises:
        StoreError: the folder can't be written.
    """
    try:
        (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            "The file %(file)s can't be removed (%(why)s).", file=folder / name, why=error.strerror or error
        ) from error


def sync_folder(folder: Path) -> None:
    """Makes sure that the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(connection: Connection, folder: Path, *, now: datetime) -> int:
    """Removes the files that have no row and are older than a day; how many. Other files stay."""
    if not folder.is_dir():
        return 0
    known = set(connection.execute(select(photo.c.file)).scalars())
    old = (now - _LEFT_BEHIND).timestamp()
    found = [
        file
        for file in folder.iterdir()
        if FILE_NAME.fullmatch(file.name.removesuffix(_PART))
        and file.name not in known
        and file.stat().st_mtime < old
    ]
    for file in found:
        file.unlink()
    return len(found)


def _query() -> Any:
    return select(photo, account.c.name).join(account, account.c.id == photo.c.account_id)


def _kept(row: Row[Any]) -> KeptPhoto:
    return KeptPhoto(
        id=row.id,
        measure_id=row.measure_id,
        at=row.at,
        name=row.name,
        file=row.file,
        sha256=row.sha256,
        width=row.width,
        height=row.height,
        published_at=row.published_at,
    )
