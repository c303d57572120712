"""What people do to photos: add one to a measure, show it to residents, take it back."""

import hashlib
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from geo import workflow
from geo.errors import NotAllowed, NotPossible
from geo.importing.photo import MAX_BYTES, clean_photo
from geo.model import MeasureStatus, Person, Role
from geo.store import audit, photos, work
from geo.store.engine import Store

MOST_PHOTOS = 100
"""Photos of one measure."""

UPLOAD_BYTES = MAX_BYTES + 1_000_000
"""Bytes of a request that brings a photo: the largest one, and the form around it."""


def add_photo(store: Store, folder: Path, by: Person, measure_id: int, data: bytes, *, now: datetime) -> int:
    """Keeps a photo of a measure, drawn anew from ``data``, and gives its id. Only staff see it yet.

    The same photo sent twice is kept once: the id of the first is given back.

    Raises:
        NotFound: there is no such measure.
        NotAllowed: the person could not complete it either.
        NotPossible: it has as many photos as a measure can have.
        UnreadableInput: no JPEG, PNG or WebP, too big, or damaged; the message says what to do.
        StoreError: the folder or the database can't be written; nothing was kept.
    """
    with store.read() as connection:
        _check_may_add(connection, by, measure_id)
    clean = clean_photo(data)
    sha256 = hashlib.sha256(clean.jpeg).hexdigest()
    with store.read() as connection:
        earlier = _same(connection, measure_id, sha256)
    if earlier is not None:
        return earlier
    file = photos.keep_file(folder, clean.jpeg)
    # Quiet: no public picture is made of what only staff see.
    with store.write(quiet=True) as connection:
        _check_may_add(connection, by, measure_id, for_change=True)
        earlier = _same(connection, measure_id, sha256)
        if earlier is not None:
            return earlier
        key = photos.add(
            connection,
            measure_id,
            by=by,
            at=now,
            file=file,
            sha256=sha256,
            size=(clean.width, clean.height),
        )
        audit.record(
            connection,
            at=now,
            by=by,
            action="photo.add",
            subject=f"measure {measure_id}",
            after={"photo": key, "sha256": sha256},
        )
    return key


def publish_photo(store: Store, by: Person, photo_id: int, *, public: bool, now: datetime) -> int:
    """Shows a photo to residents, or takes it back; gives the id of its measure.

    A photo that is so already stays as it is.

    Raises:
        NotAllowed: only a coordinator publishes photos.
        NotFound: there is no such photo.
    """
    if by.role is not Role.COORDINATOR:
        raise NotAllowed("Only a coordinator shows photos to residents, or takes them back.")
    with store.write() as connection:
        found = photos.one(connection, photo_id)
        was = found.published_at is not None
        if was is not public:
            photos.set_published(connection, photo_id, now if public else None)
            audit.record(
                connection,
                at=now,
                by=by,
                action="photo.publish" if public else "photo.withdraw",
                subject=f"measure {found.measure_id}",
                before={"public": was},
                after={"public": public, "photo": photo_id},
            )
    return found.measure_id


def _check_may_add(connection: Connection, by: Person, measure_id: int, *, for_change: bool = False) -> None:
    found = work.one(connection, measure_id, for_change=for_change)
    if not workflow.may(by, workflow.BY_TARGET[MeasureStatus.COMPLETED], found.work):
        raise NotAllowed("Photos are added by those who do the work, or by a coordinator.")
    if len(photos.of_measure(connection, measure_id)) >= MOST_PHOTOS:
        raise NotPossible("The measure has %(most)s photos, and can't have more.", most=MOST_PHOTOS)


def _same(connection: Connection, measure_id: int, sha256: str) -> int | None:
    return next(
        (one.id for one in photos.of_measure(connection, measure_id) if one.sha256 == sha256),
        None,
    )
