"""Everything that is kept as one file, and back: the database and the photos.

A zip whose members are stored as they are: the database's copy, the photos its rows name, and last a manifest
with the size and SHA-256 of each.
"""

import hashlib
import json
import os
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from geo.errors import StoreError
from geo.messages import N_
from geo.store import audit, photos
from geo.store.backup import backup, check_backup, not_whole, raw, restore, sqlite_file
from geo.store.engine import Store

Progress = Callable[[str, int, int], None]
"""Told of the stage (a message id), how many are done, and of how many."""

_FORMAT = 1
_MANIFEST = "manifest.json"
_DATABASE = "trygg.sqlite"
_PHOTO = re.compile(r"photos/(?P<name>" + photos.FILE_NAME.pattern + ")")
_CHUNK = 1024 * 1024
_MAX_MANIFEST = 64_000_000
_MAX_PHOTO = 20_000_000
_JOURNAL = slice(18, 20)
"""Where a SQLite file says how it is written to."""
_NOT_AHEAD = b"\x01\x01"
_MAGIC = b"PK\x03\x04"

_Manifest = dict[str, tuple[int, str]]
"""Size and SHA-256 of each member by its name."""


@dataclass(frozen=True, slots=True)
class Archived:
    """What a backup holds: the number of photos, and the files that were missing or not as they were kept."""

    photos: int
    lacking: tuple[str, ...]


def archive(store: Store, folder: Path, target: Path, *, now: datetime, progress: Progress) -> Archived:
    """Writes a SQLite store and its photos to one new file, also while they are being served.

    Raises:
        StoreError: the store is not SQLite, or the file exists already or can't be written.
    """
    if target.exists():
        raise StoreError("The file %(file)s exists already; nothing was written.", file=target)
    copy = target.with_name(target.name + ".database")
    part = target.with_name(target.name + ".part")
    copy.unlink(missing_ok=True)
    try:
        # The database first: a photo's file is there before its row is, so every row in the copy has one.
        progress(N_("database"), 0, 1)
        backup(store, copy)
        progress(N_("database"), 1, 1)
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            made = _write(file, copy, folder, now, progress)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        photos.sync_folder(target.absolute().parent)
    except (OSError, sqlite3.Error) as error:
        raise StoreError("The backup %(file)s can't be written.", file=target, detail=str(error)) from error
    finally:
        copy.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return made


def _write(file: IO[bytes], copy: Path, folder: Path, now: datetime, progress: Progress) -> Archived:
    manifest: _Manifest = {}
    lacking: list[str] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as out:
        with copy.open("rb") as database:
            manifest[_DATABASE] = _add(out, _DATABASE, database)
        rows = _photo_rows(copy)
        for number, (name, sha256) in enumerate(rows, 1):
            try:
                data = (folder / name).read_bytes()
            except FileNotFoundError:
                lacking.append(name)
                continue
            if hashlib.sha256(data).hexdigest() == sha256:
                out.writestr(f"photos/{name}", data)
                manifest[f"photos/{name}"] = (len(data), sha256)
            else:
                lacking.append(name)
            progress(N_("photos"), number, len(rows))
        told = {name: {"bytes": size, "sha256": sha256} for name, (size, sha256) in manifest.items()}
        body = {"format": _FORMAT, "made_at": now.isoformat(), "files": told, "lacking": lacking}
        out.writestr(_MANIFEST, json.dumps(body, indent=1))
    return Archived(len(manifest) - 1, tuple(lacking))


def _add(out: zipfile.ZipFile, name: str, source: IO[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with out.open(name, "w", force_zip64=True) as member:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            member.write(chunk)
    return size, digest.hexdigest()


def _photo_rows(copy: Path) -> list[tuple[str, str]]:
    with raw(str(copy)) as connection:
        return connection.execute("SELECT file, sha256 FROM photo ORDER BY id").fetchall()


def bring_back(store: Store, folder: Path, source: Path, *, now: datetime, progress: Progress) -> int:
    """Puts a backup in the place of what a SQLite store holds; gives the number of its photos.

    Also a copy of the database alone, as older versions made it. All of the file is checked before anything
    is changed. The photos come first, beside those that are there, and the database last, in one
    transaction: whenever it stops, what is there is whole.

    Raises:
        StoreError: the store is not SQLite, or the file is not a whole backup of this program.
    """
    target = Path(sqlite_file(store))
    if not _is_archive(source):
        restore(store, source)
        found = 0
    else:
        copy = target.with_name(target.name + ".restore")
        try:
            with _opened(source) as archived:
                manifest = _checked(archived, source)
                _unpack_database(archived, manifest, copy, source)
                found = _bring_photos(archived, manifest, folder, source, progress)
            restore(store, copy)
        finally:
            copy.unlink(missing_ok=True)
    with store.write(quiet=True) as connection:
        audit.record(
            connection,
            at=now,
            by=None,
            action="database.restore",
            subject=source.name[:100],
            after={"photos": found},
        )
    return found


def is_backup(file: Path) -> bool:
    """Whether a file is a backup as this program makes them, by what is in it and not by its name.

    A database that is in use, or was, writes ahead, as its header says; a copy of one doesn't.
    """
    try:
        if not _is_archive(file):
            with file.open("rb") as database_file:
                if database_file.read(_JOURNAL.stop)[_JOURNAL] != _NOT_AHEAD:
                    return False
            with raw(f"{file.resolve().as_uri()}?mode=ro") as database:
                database.execute("SELECT version_num FROM alembic_version, revision").fetchone()
            return True
        with zipfile.ZipFile(file) as archived:
            return {_MANIFEST, _DATABASE} <= set(archived.namelist())
    except (OSError, sqlite3.Error, zipfile.BadZipFile):
        return False


def _is_archive(source: Path) -> bool:
    try:
        with source.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except FileNotFoundError:
        return False


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as archived:
            yield archived
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise not_whole(source, str(error)) from error
    except OSError as error:
        raise StoreError(
            "The database can't be written (%(why)s); nothing was kept.", why=error.strerror or error
        ) from error


def _checked(archived: zipfile.ZipFile, source: Path) -> _Manifest:
    """The manifest, when the archive holds exactly what it names and nothing is packed or too big.

    Raises:
        StoreError: it doesn't.
    """
    members = archived.infolist()
    sizes = {member.filename: member.file_size for member in members}
    packed = any(
        member.compress_type != zipfile.ZIP_STORED
        or member.compress_size != member.file_size
        or member.flag_bits & 1
        for member in members
    )
    # Members that lie over each other would be a bomb of another kind.
    if packed or len(sizes) != len(members) or sum(sizes.values()) > source.stat().st_size:
        raise not_whole(source, "packed, twice the same name, or bigger than the file")
    if not 0 < sizes.get(_MANIFEST, 0) <= _MAX_MANIFEST:
        raise not_whole(source, "no manifest")
    manifest = _read_manifest(archived.read(_MANIFEST), source)
    told = {name: size for name, (size, _sha256) in manifest.items()}
    if told != {name: size for name, size in sizes.items() if name != _MANIFEST} or _DATABASE not in told:
        raise not_whole(source, "the manifest names other files than there are")
    for name, size in told.items():
        if name != _DATABASE and (not _PHOTO.fullmatch(name) or size > _MAX_PHOTO):
            raise not_whole(source, f"what is {name[:100]!r}?")
    return manifest


def _read_manifest(text: bytes, source: Path) -> _Manifest:
    try:
        body: Any = json.loads(text)
        if body["format"] != _FORMAT:
            raise StoreError(
                "The backup %(file)s was made by a newer version of the program (%(found)s); nothing was changed. "
                "Upgrade the program.",
                file=source,
                found=body["format"],
            )
        return {
            str(name): (int(about["bytes"]), str(about["sha256"])) for name, about in body["files"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise not_whole(source, f"manifest: {error!r}"[:200]) from error


def _unpack_database(archived: zipfile.ZipFile, manifest: _Manifest, copy: Path, source: Path) -> None:
    digest = hashlib.sha256()
    copy.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with archived.open(_DATABASE) as member, open(os.open(copy, flags, 0o600), "wb") as out:
        while chunk := member.read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != manifest[_DATABASE][1]:
        raise not_whole(source, "the database is not what the manifest says")
    with raw(f"{copy.resolve().as_uri()}?mode=ro") as database:
        check_backup(database, source)


def _bring_photos(
    archived: zipfile.ZipFile, manifest: _Manifest, folder: Path, source: Path, progress: Progress
) -> int:
    """Checks all photos, then puts those into the folder that are not there as they should be."""
    names = [name for name in manifest if name != _DATABASE]
    for number, name in enumerate(names, 1):
        if hashlib.sha256(archived.read(name)).hexdigest() != manifest[name][1]:
            raise not_whole(source, f"{name} is not what the manifest says")
        progress(N_("checked"), number, len(names))
    for number, name in enumerate(names, 1):
        file = name.removeprefix("photos/")
        if not _is_there(folder / file, manifest[name][1]):
            photos.put_file(folder, file, archived.read(name))
        progress(N_("photos"), number, len(names))
    return len(names)


def _is_there(file: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest() == sha256
    except FileNotFoundError:
        return False
