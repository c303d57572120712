"""Marked secrets, and how they look when they get out: as words in any dress, as coordinates in any system."""

import base64
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import cos, radians
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer
from werkzeug.test import TestResponse

from geo.crs import SWEREF99TM, WEB_MERCATOR, WGS84
from geo.render.words import day as in_words

_MARK = "kanarie"
_NEAR_M = 60.0
"""Nearer than this a number points at the spot: three decimals of a degree do."""
_APART = 4
"""As many numbers on from one coordinate the other one is looked for: others may stand between them."""
_NUMBER = re.compile(r"\d+\.\d{3,}|\d{6,10}")
_GEOPACKAGE = b"SQLite format 3\x00"


@dataclass(frozen=True)
class Spot:
    """A spot in WGS 84."""

    lon: float
    lat: float

    @cached_property
    def looks(self) -> list[tuple[float, float, float, float]]:
        """How it can be written: two coordinates, and how far off each may be."""
        north = _NEAR_M / 111_320
        east = north / cos(radians(self.lat))
        found = [(self.lon * ten, self.lat * ten, east * ten, north * ten) for ten in (1, 1e5, 1e6, 1e7)]
        for system, scale in ((SWEREF99TM, 1.0), (SWEREF99TM, 100.0), (WEB_MERCATOR, 1.0)):
            x, y = _to(system).transform(self.lon, self.lat)
            off = _NEAR_M * scale / (cos(radians(self.lat)) if system == WEB_MERCATOR else 1)
            found.append((x * scale, y * scale, off, off))
        return found

    @property
    def metres(self) -> tuple[float, float]:
        """Easting and northing, EPSG:3006."""
        x, y = _to(SWEREF99TM).transform(self.lon, self.lat)
        return float(x), float(y)

    def is_in(self, numbers: NDArray[np.float64]) -> bool:
        """Whether it stands among numbers, its two coordinates near one another, in either order."""
        for x, y, off_x, off_y in self.looks:
            is_x, is_y = np.abs(numbers - x) < off_x, np.abs(numbers - y) < off_y
            if not (is_x.any() and is_y.any()):
                continue
            for step in range(1, _APART + 1):
                if (is_x[:-step] & is_y[step:]).any() or (is_y[:-step] & is_x[step:]).any():
                    return True
        return False


def _to(system: int) -> Transformer:
    return Transformer.from_crs(WGS84, system, always_xy=True)


@dataclass
class Canaries:
    """Tokens by what they are, each made once and found nowhere else; and spots."""

    tokens: dict[str, str] = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What is as good as marked though nobody marked it: digests, random names, days."""

    def __call__(self, what: str) -> str:
        """The token of this secret: letters and digits that no word and no number has."""
        return self.tokens.setdefault(what, f"{_MARK}{uuid4().hex}")

    def spot(self, what: str, lon: float, lat: float) -> Spot:
        """Marks a spot."""
        return self.spots.setdefault(what, Spot(lon, lat))

    def know(self, what: str, *texts: str) -> None:
        """Marks what is found nowhere else by itself."""
        self.known[what] = (*self.known.get(what, ()), *(text.lower() for text in texts))

    def day(self, what: str, day: date) -> str:
        """Marks a day on which nothing else is, however it is written; gives it as a file does."""
        self.know(what, day.isoformat(), in_words(day, "sv"), in_words(day, "en"))
        return day.isoformat()

    def found_in(self, text: str) -> set[str]:
        """Which secrets are in a text: as they are, in other letters, percent-encoded, as hex digits, in base64."""
        small = text.lower()
        found = {what for what, texts in self.known.items() if any(one in small for one in texts)}
        if any(form in small for form in _lower(_MARK)) or any(form in text for form in _base64(_MARK)):
            found |= {
                what
                for what, token in self.tokens.items()
                if any(form in small for form in _lower(token))
                or any(form in text for form in _base64(token))
            }
        numbers = np.array([float(number) for number in _NUMBER.findall(text)])
        return found | self._spots_in(numbers)

    def found_in_bytes(self, data: bytes) -> set[str]:
        """Which secrets are in bytes that are no text: words in the encodings of programs, numbers as they compute."""
        found = {
            what
            for what, token in self.tokens.items()
            if any(token.encode(code) in data for code in ("utf-8", "utf-16-le", "utf-16-be"))
        }
        for kind in ("<f8", ">f8", "<f4", ">f4", "<i4", ">i4"):
            size = int(kind[-1])
            for start in range(size):
                end = start + (len(data) - start) // size * size
                with np.errstate(invalid="ignore"):
                    numbers = np.frombuffer(data[start:end], dtype=kind).astype(np.float64)
                    found |= self._spots_in(numbers)
        return found

    def _spots_in(self, numbers: NDArray[np.float64]) -> set[str]:
        return {what for what, spot in self.spots.items() if spot.is_in(numbers)}


def _lower(token: str) -> tuple[str, ...]:
    """How a token looks in small letters: as it is, percent-encoded, as hex digits."""
    return token, "".join(f"%{ord(letter):02x}" for letter in token), token.encode().hex()


def _base64(token: str) -> Iterator[str]:
    """What of the token stands in any text with it in base64, wherever in the text it begins."""
    for before in range(3):
        packed = base64.b64encode(b"x" * before + token.encode()).decode()
        yield packed[4 if before else 0 : len(packed) // 4 * 4 - 4]


def told(answer: TestResponse) -> str:
    """All that an answer says: status, headers, body, and what a program makes of its body."""
    data = answer.get_data()
    parts = [answer.status, str(answer.headers), data.decode(errors="replace")]
    if data.startswith(_GEOPACKAGE):
        parts += _tables(data)
    elif answer.is_json and data:
        parts += _columns(json.loads(data))
    return "\n".join(parts)


def _tables(data: bytes) -> Iterator[str]:
    """Every table of a GeoPackage: the features, what it says of itself, and the index."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data)
    for name, made_by in connection.execute("SELECT name, sql FROM sqlite_master").fetchall():
        yield f"{name} {made_by}"
        if made_by and made_by.startswith("CREATE TABLE"):
            yield from map(repr, connection.execute(f'SELECT * FROM "{name}"'))
    connection.close()


def _columns(found: object) -> Iterator[str]:
    """Coordinates that lie in columns, also as the difference from the one before, put beside one another."""
    if isinstance(found, dict):
        for values in found.values():
            yield from _columns(values)
        columns = [
            np.array(values, dtype=np.float64)
            for values in found.values()
            if isinstance(values, list) and values and all(type(one) in (int, float) for one in values)
        ]
        for at, first in enumerate(columns):
            for second in columns[at + 1 :]:
                if len(first) == len(second):
                    yield from (f"{x:.5f} {y:.5f}" for x, y in zip(first, second, strict=True))
                    summed = zip(np.cumsum(first), np.cumsum(second), strict=True)
                    yield from (f"{x:.0f} {y:.0f}" for x, y in summed)
    elif isinstance(found, list):
        for one in found:
            yield from _columns(one)


def secrets_in(canaries: Canaries, answer: TestResponse) -> set[str]:
    """The secrets in an answer, looked at as text and as bytes."""
    found = canaries.found_in(told(answer))
    data = answer.get_data()
    try:
        data.decode()
    except UnicodeDecodeError:
        found |= canaries.found_in_bytes(data)
    return found


def leaks(canaries: Canaries, answers: Iterable[tuple[str, TestResponse]]) -> dict[str, set[str]]:
    """What was asked → the secrets in its answer, where there are any."""
    found = {}
    for asked, answer in answers:
        if secrets := secrets_in(canaries, answer):
            found[asked] = secrets
        answer.close()
    return found
