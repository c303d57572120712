"""A tile server's base map through our own address, so that no third party sees residents."""

import math
import threading
import time
from collections.abc import Callable

import shapely
from flask import Blueprint, Response, abort, current_app
from flask.blueprints import BlueprintSetupState

from geo.crs import to_wgs84
from geo.render.maps import MAX_ZOOM
from geo.settings import Settings
from webapp.access import everyone
from webapp.extent import limits
from webapp.kept import kept
from webapp.logs import current_log
from webapp.tilecache import TileCache, TileKey
from webapp.tileserver import TileError, TileServer, image_type

FRESH_S = 7 * 24 * 3600.0
"""A tile is asked for again when it is older; until then the tile server is left in peace."""
ABSENT_S = 600.0
"""How long "there is no such tile" is remembered."""
MAX_ABSENT = 10_000

blueprint = Blueprint("tiles", __name__)


class TileProxy:
    """Tiles from the cache, else from the server; from the cache however old when the server fails."""

    def __init__(
        self, server: TileServer, cache: TileCache, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._server = server
        self._cache = cache
        self._clock = clock
        self._lock = threading.Lock()
        self._absent: dict[TileKey, float] = {}

    def tile(self, key: TileKey) -> bytes | None:
        """The image, or None where there is none to be had just now."""
        found = self._cache.get(key)
        if found and found.age_s < FRESH_S:
            return found.body
        if self._known_absent(key):
            return None
        try:
            body = self._server.fetch(key)
        except TileError as error:
            if error.absent:
                self._remember_absent(key)
            current_log().warning("tile_failed", tile=key, why=str(error), stale=found is not None)
            return found.body if found else None
        try:
            self._cache.put(key, body)
        except OSError as error:
            current_log().error("tile_not_kept", tile=key, why=str(error))
        return body

    def _known_absent(self, key: TileKey) -> bool:
        with self._lock:
            return self._absent.get(key, float("-inf")) > self._clock()

    def _remember_absent(self, key: TileKey) -> None:
        with self._lock:
            if len(self._absent) >= MAX_ABSENT:
                self._absent.clear()
            self._absent[key] = self._clock() + ABSENT_S


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """Makes the proxy where a tile server is set."""
    settings: Settings = state.app.extensions["settings"]
    if settings.tile_url:
        state.app.extensions["tiles"] = TileProxy(
            TileServer(settings.tile_url, settings.tile_timeout),
            TileCache(settings.tile_cache, settings.tile_url, settings.tile_cache_mb * 1_000_000),
        )


@blueprint.get("/tiles/<int:z>/<int:x>/<int:y>.png")
@everyone
def tile(z: int, x: int, y: int) -> Response:
    """One tile of the base map, whatever image format the server speaks.

    404 where no tile server is set or the tile lies outside the municipality with its margin; 204 where
    the tile can't be had just now, for an error status would fill the reader's console.
    """
    proxy: TileProxy | None = current_app.extensions.get("tiles")
    if proxy is None or z > MAX_ZOOM:
        abort(404)
    west, north, east, south = kept(f"tiles {z}", lambda: _tile_box(z))
    if not (west <= x <= east and north <= y <= south):
        abort(404)
    body = proxy.tile((z, x, y))
    if body is None:
        return Response(status=204, headers={"Cache-Control": "no-store"})
    return Response(body, mimetype=image_type(body), headers={"Cache-Control": "public, max-age=86400"})


def _tile_box(zoom: int) -> tuple[int, int, int, int]:
    """(west, north, east, south) of the tiles at a zoom that the map can show: columns and rows."""
    west, south, east, north = to_wgs84(shapely.box(*limits())).bounds
    first, last = _tile_at(west, north, zoom), _tile_at(east, south, zoom)
    return first[0], first[1], last[0], last[1]


def _tile_at(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Column and row of the tile a point lies in: the web's Mercator, counted from the north-west."""
    tiles = 2**zoom
    column = (lon + 180) / 360 * tiles
    row = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * tiles
    return int(column), int(row)
