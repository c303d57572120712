"""The named places that the settings choose, and the geocoder over them, read when they are first asked for."""

import threading
from typing import TYPE_CHECKING

from geo.settings import Settings

if TYPE_CHECKING:
    from geo.area.package import AreaPackage
    from geo.gazetteer import Gazetteer
    from geo.geocoder import Geocoder


def area_of(settings: Settings) -> "AreaPackage | None":
    """The area package that TRYGG_AREA points to, if any.

    Raises:
        UnreadableInput: it isn't there, or is broken.
    """
    from geo.area.package import open_area

    return None if settings.area is None else open_area(settings.area)


def gazetteer_of(settings: Settings) -> "Gazetteer":
    """The named places of the area package that TRYGG_AREA points to, else of the file in TRYGG_DATA.

    Raises:
        UnreadableInput: they can't be read.
    """
    from geo.gazetteer import Gazetteer, load_gazetteer

    area = area_of(settings)
    if area is not None:
        return Gazetteer(area.entries())
    return load_gazetteer(settings.data / "places" / "gazetteer.csv")


class Names:
    """The geocoder of a server: made at the first asking, for a start of the server need not wait for it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._geocoder: Geocoder | None = None

    @property
    def geocoder(self) -> "Geocoder":
        """The geocoder over the settings' named places.

        Raises:
            UnreadableInput: they can't be read.
        """
        from geo.geocoder import Geocoder

        with self._lock:
            if self._geocoder is None:
                self._geocoder = Geocoder(gazetteer_of(self._settings))
            return self._geocoder
