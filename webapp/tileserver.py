"""The tile server of others, asked as little and as carefully as can be."""

import threading
import time
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from webapp.tilecache import TileKey

MAX_BYTES = 1_000_000
"""A tile is 10-50 kB; anything near this is not one."""
READ_BYTES = 65_536
MAX_HOPS = 3
AT_ONCE = 3
"""Requests to the tile server at the same time: one fewer than the threads the site has by default."""
PATIENCE_S = 0.25
"""How long a request waits for its turn before it answers without the tile."""
REST_S = 30.0
"""How long a tile server that failed is left alone."""
FAILURES = 3
"""Wrong answers in a row that count as a failing server; not being reached counts at once."""
USER_AGENT = "Trygghetskartan/0.1 (caching proxy of a municipality's safety map)"

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"WEBP", 8, "image/webp"),
)


class TileError(Exception):
    """The tile server gave no tile. ``absent``: it answered, and has none there."""

    def __init__(self, why: str, *, absent: bool = False) -> None:
        super().__init__(why)
        self.absent = absent


def image_type(body: bytes) -> str | None:
    """The media type of a PNG, JPEG or WebP by its first bytes; None for anything else."""
    for magic, start, name in _MAGIC:
        if body[start : start + len(magic)] == magic:
            return name
    return None


class TileServer:
    """Fetches tiles from one server within bounds of time, size and number.

    Nothing of the visitor's request is handed on: neither headers, cookies nor address.
    """

    def __init__(self, template: str, timeout_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._template = template
        self._timeout_s = timeout_s
        self._clock = clock
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._failures = 0
        self._rests_until = float("-inf")
        self._session = requests.Session()
        self._session.headers.update(
            {"User-Agent": USER_AGENT, "Accept": "image/*", "Accept-Encoding": "identity"}
        )
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def fetch(self, key: TileKey) -> bytes:
        """The bytes of one tile: a PNG, JPEG or WebP.

        Raises:
            TileError: there is none, the server fails or is being left alone, or all turns are taken.
        """
        if self._clock() < self._rests_until:
            raise TileError("the tile server is being left alone after it failed")
        if not self._turns.acquire(timeout=PATIENCE_S):
            raise TileError("as many requests as may be are under way")
        try:
            body = self._read(key)
        except (requests.RequestException, HTTPError) as error:
            self._failed(at_once=True)
            raise TileError(f"not reached: {type(error).__name__}") from error
        except TileError as error:
            if not error.absent:
                self._failed(at_once=False)
            raise
        finally:
            self._turns.release()
        with self._lock:
            self._failures = 0
        return body

    def _failed(self, *, at_once: bool) -> None:
        with self._lock:
            self._failures += 1
            if at_once or self._failures >= FAILURES:
                self._rests_until = self._clock() + REST_S
                self._failures = 0

    def _read(self, key: TileKey) -> bytes:
        zoom, column, row = key
        address = (
            self._template.replace("{z}", str(zoom)).replace("{x}", str(column)).replace("{y}", str(row))
        )
        deadline = time.monotonic() + self._timeout_s
        for _hop in range(MAX_HOPS):
            with self._session.get(
                address, timeout=self._timeout_s, stream=True, allow_redirects=False
            ) as answer:
                if answer.is_redirect:
                    address = self._followed(address, answer.headers["Location"])
                    continue
                return _image(answer, deadline)
        raise TileError("too many redirects")

    def _followed(self, address: str, location: str) -> str:
        target = urljoin(address, location)
        before, after = urlsplit(address), urlsplit(target)
        if (before.scheme, before.netloc) != (after.scheme, after.netloc):
            raise TileError("redirected to another server")
        return target


def _image(answer: requests.Response, deadline: float) -> bytes:
    if answer.status_code in (204, 404, 410):
        raise TileError("no tile there", absent=True)
    if answer.status_code != 200:
        raise TileError(f"status {answer.status_code}")
    body = bytearray()
    # What has come, as it comes: requests' own reading waits for a whole part, and its timeout is that of
    # each wait, so that a server that drips would hold a thread for ever.
    while part := answer.raw.read1(READ_BYTES):
        body += part
        if len(body) > MAX_BYTES:
            raise TileError("larger than a tile")
        if time.monotonic() > deadline:
            raise requests.ReadTimeout
    if image_type(bytes(body)) is None:
        raise TileError("not an image")
    return bytes(body)
