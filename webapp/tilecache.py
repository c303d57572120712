"""Map tiles on disk: a bounded folder of files, the least recently used removed first."""

import contextlib
import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

KEEP_SHARE = 0.9
"""A full cache is emptied down to this share of its bound, so that not every tile empties it a little."""

TileKey = tuple[int, int, int]
"""(zoom, column, row)."""


@dataclass(frozen=True, slots=True)
class KeptTile:
    """A tile's bytes, and the seconds since they were fetched."""

    body: bytes
    age_s: float


class TileCache:
    """Tiles of one source in a folder of at most ``bound`` bytes.

    The time a file was changed says when its tile was fetched; the time it was read, set by us, when it
    was last wanted. ``source`` is the tile server's address: another server's tiles are another's.
    """

    def __init__(self, folder: Path, source: str, bound: int, clock: Callable[[], float] = time.time) -> None:
        self._root = folder
        self._folder = folder / hashlib.sha256(source.encode()).hexdigest()[:16]
        self._bound = bound
        self._clock = clock
        self._lock = threading.Lock()
        self._size: int | None = None

    def get(self, key: TileKey) -> KeptTile | None:
        """The tile, or None where it isn't kept."""
        path = self._path(key)
        try:
            body = path.read_bytes()
            fetched = path.stat().st_mtime
            now = self._clock()
            os.utime(path, (now, fetched))
        except OSError:
            return None
        return KeptTile(body, max(0.0, now - fetched))

    def put(self, key: TileKey, body: bytes) -> None:
        """Keeps a tile: whole or not at all.

        Raises:
            OSError: the disk can't take it.
        """
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._root, suffix=".part", delete=False) as part:
            try:
                part.write(body)
                part.close()
                now = self._clock()
                os.utime(part.name, (now, now))
                with self._lock:
                    before = path.stat().st_size if path.exists() else 0
                    Path(part.name).replace(path)
                    self._grow(len(body) - before)
            except OSError:
                Path(part.name).unlink(missing_ok=True)
                raise

    def _path(self, key: TileKey) -> Path:
        zoom, column, row = key
        return self._folder / str(zoom) / str(column) / str(row)

    def _grow(self, by: int) -> None:
        # Counted once from the disk, then kept up to date: reading a folder of 10,000 tiles takes too
        # long to do for each.
        self._size = self._measured() if self._size is None else self._size + by
        if self._size > self._bound:
            self._size = self._emptied()

    def _measured(self) -> int:
        return sum(stat.st_size for _path, stat in self._files())

    def _emptied(self) -> int:
        files = sorted(self._files(), key=lambda found: found[1].st_atime)
        size = sum(stat.st_size for _path, stat in files)
        for path, stat in files:
            if size <= self._bound * KEEP_SHARE:
                break
            path.unlink(missing_ok=True)
            size -= stat.st_size
        return size

    def _files(self) -> list[tuple[Path, os.stat_result]]:
        found = []
        for path in self._root.rglob("*"):
            # Another process may remove a file between the listing and the look at it.
            with contextlib.suppress(FileNotFoundError):
                stat = path.stat()
                if path.is_file():
                    found.append((path, stat))
        return found
