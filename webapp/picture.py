"""What every page shows, read once per change of the store and day."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import current_app, g

from geo.errors import NotFound
from geo.model import MUNICIPALITY_LAYER, LayerInfo
from geo.publish.incidents import PublicIncidents, incidents
from geo.publish.layers import layer_infos, one_layer
from geo.publish.measures import PublicMeasure, measures
from geo.publish.places import PublicPlace, PublicPlaces, places
from geo.store.engine import Store

STOCKHOLM = ZoneInfo("Europe/Stockholm")
Clock = Callable[[], datetime]


def stockholm_now() -> datetime:
    """The moment, in Swedish local time: a measure is overdue by the residents' calendar."""
    return datetime.now(STOCKHOLM)


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything public at one revision of the store, on one day.

    ``municipality`` is the municipality's name without "kommun", empty where the store has no boundary.
    """

    revision: int
    today: date
    municipality: str
    places: PublicPlaces
    measures: tuple[PublicMeasure, ...]
    incidents: PublicIncidents
    layers: tuple[LayerInfo, ...]

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

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._newest: Picture | None = None

    @property
    def kept(self) -> Picture | None:
        """The picture last made, however old: for an error page, which must not ask the store."""
        return self._newest

    def newest(self) -> Picture:
        """The picture of the store as it is now, today."""
        today = self._clock().astimezone(STOCKHOLM).date()
        with self._lock:
            revision = self.store.revision()
            kept = self._newest
            if kept is None or (kept.revision, kept.today) != (revision, today):
                # A write in the midst of reading is noticed by the next request: the key is the
                # revision from before.
                kept = self._newest = _read(self.store, revision, today)
            return kept


def _read(store: Store, revision: int, today: date) -> Picture:
    return Picture(
        revision=revision,
        today=today,
        municipality=_municipality(store),
        places=places(store, today),
        measures=measures(store, today),
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
    """The picture this answer already uses, or the last one made; never asks the store."""
    return g.get("picture") or current_pictures().kept
