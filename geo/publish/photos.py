"""Photos: those that residents see, and those of a measure for staff."""

from dataclasses import dataclass

from geo.model import MeasureStatus
from geo.publish.course import AsOf
from geo.publish.measures import PublicMeasure
from geo.store import photos
from geo.store.engine import Store
from geo.store.photos import KeptPhoto

__all__ = ["KeptPhoto", "PublicPhoto", "is_public", "one_photo", "photos_of", "published_photos", "shown"]

_DONE = (MeasureStatus.COMPLETED, MeasureStatus.VERIFIED)


@dataclass(frozen=True, slots=True)
class PublicPhoto:
    """A photo that residents see: its id, and its size in pixels. Never who took it, or when."""

    id: int
    width: int
    height: int


def is_public(photo: KeptPhoto, measure: PublicMeasure | None, as_of: AsOf) -> bool:
    """Whether residents see a photo: it is published, and so is the work it shows.

    ``measure`` is the photo's as residents see it, None where they don't.
    """
    if photo.published_at is None or measure is None or photo.at + as_of.undo > as_of.now:
        return False
    return measure.status in _DONE or (measure.target is not None and measure.done > 0)


def shown(
    published: dict[int, tuple[KeptPhoto, ...]], measure: PublicMeasure, as_of: AsOf
) -> tuple[PublicPhoto, ...]:
    """Those of ``published`` that residents see of a measure, oldest first."""
    return tuple(
        PublicPhoto(photo.id, photo.width, photo.height)
        for photo in published.get(measure.id, ())
        if is_public(photo, measure, as_of)
    )


def published_photos(store: Store) -> dict[int, tuple[KeptPhoto, ...]]:
    """The published photos by measure, oldest first."""
    found: dict[int, tuple[KeptPhoto, ...]] = {}
    with store.read() as connection:
        for photo in photos.published(connection):
            found[photo.measure_id] = (*found.get(photo.measure_id, ()), photo)
    return found


def photos_of(store: Store, measure_id: int) -> tuple[KeptPhoto, ...]:
    """All photos of a measure, oldest first, for staff."""
    with store.read() as connection:
        return photos.of_measure(connection, measure_id)


def one_photo(store: Store, photo_id: int) -> KeptPhoto:
    """One photo.

    Raises:
        NotFound: there is no such photo.
    """
    with store.read() as connection:
        return photos.one(connection, photo_id)
