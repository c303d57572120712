"""What every page shows, read once per change of the store and day."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import current_app, g

from geo.errors import NotFound
from geo.model import MUNICIPALITY_LAYER, STOCKHOLM, LayerInfo
from geo.publish.course import AsOf
from geo.publish.findings import PublicFinding, findings
from geo.publish.incidents import PublicIncidents, incidents
from geo.publish.layers import layer_infos, one_layer
from geo.publish.measures import PublicMeasure, measures
from geo.publish.places import PublicPlace, PublicPlaces, places
from geo.store.engine import Store

Clock = Callable[[], datetime]


def stockholm_now() -> datetime:
    """The moment, in Swedish local time: a measure is overdue by the residents' calendar."""
    return datetime.now(STOCKHOLM)


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything public at one revision of the store, on one day.

    ``municipality`` is the municipality's name without "kommun", empty where the store has no boundary.
    From ``stale_at`` on it is old though nobody wrote anything: a completion can no longer be undone.
    """

    revision: int
    today: date
    stale_at: datetime | None
    municipality: str
    places: PublicPlaces
    measures: tuple[PublicMeasure, ...]
    findings: tuple[PublicFinding, ...]
    incidents: PublicIncidents
    layers: tuple[LayerInfo, ...]

    @property
    def stamp(self) -> tuple[int, date, datetime | None]:
        """What tells this picture from every other of the same store."""
        return self.revision, self.today, self.stale_at

    @property
    def synthetic(self) -> bool:
        """Whether anything shown was made up to demonstrate the service."""
        return any(found.synthetic for found in self.places.places) or any(
            found.synthetic for found in self.measures
        )

    def place(self, place_id: int) -> PublicPlace:
        """One shown place.

        Raises:
            NotFound: there is no such place, or too few flagged it to be shown; nothing tells which.
        """
        for found in self.places.places:
            if found.id == place_id:
                return found
        raise NotFound("There is no such place.")


class Pictures:
    """Keeps the newest picture, so that a page's cost does not grow with the answers in the store."""

    def __init__(self, store: Store, clock: Clock, undo: timedelta) -> None:
        self.store = store
        self._clock = clock
        self._undo = undo
        self._lock = threading.Lock()
        self._newest: Picture | None = None

    @property
    def kept(self) -> Picture | None:
        """The picture last made, however old: for an error page, which must not ask the store."""
        return self._newest

    def newest(self) -> Picture:
        """The picture of the store as it is now."""
        as_of = AsOf(self._clock(), self._undo)
        with self._lock:
            revision = self.store.revision()
            kept = self._newest
            if kept is None or _is_old(kept, revision, as_of):
                # A write in the midst of reading is noticed by the next request: the key is the
                # revision from before.
                kept = self._newest = _read(self.store, revision, as_of)
            return kept


def _is_old(kept: Picture, revision: int, as_of: AsOf) -> bool:
    stale = kept.stale_at is not None and kept.stale_at <= as_of.now
    return stale or (kept.revision, kept.today) != (revision, as_of.today)


def _read(store: Store, revision: int, as_of: AsOf) -> Picture:
    told = measures(store, as_of)
    return Picture(
        revision=revision,
        today=as_of.today,
        stale_at=told.changes_at,
        municipality=_municipality(store),
        places=places(store, told.measures),
        measures=told.measures,
        findings=findings(store, as_of.today),
        incidents=incidents(store),
        layers=layer_infos(store),
    )


def _municipality(store: Store) -> str:
    try:
        features = one_layer(store, MUNICIPALITY_LAYER).features
    except NotFound:
        return ""
    return next((str(feature.properties.get("name", "")) for feature in features), "")


def current_pictures() -> Pictures:
    """The pictures of the application that is answering."""
    pictures: Pictures = current_app.extensions["pictures"]
    return pictures


def current_picture() -> Picture:
    """The newest picture of the application that is answering; the same one throughout a request."""
    if "picture" not in g:
        g.picture = current_pictures().newest()
    picture: Picture = g.picture
    return picture


def shown_picture() -> Picture | None:
    """The picture to name the municipality by: this answer's, the last one made, or a new one.

    An answer that tells of a fault (``g.failing``) gets no new one: it must not ask the store.
    """
    found: Picture | None = g.get("picture") or current_pictures().kept
    if found is None and not g.get("failing", False):
        return current_picture()
    return found
