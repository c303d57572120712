"""Marked secrets, how they look when they get out, and a stranger who walks every public address to find one."""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from uuid import uuid4

from flask import Flask
from routes import ROUTES
from werkzeug.test import TestResponse

STRANGER = "198.51.100.77"
_IDS = range(1, 13)
_NEAR_DIGITS = 4
"""Degrees with so many decimals point at a spot of some ten metres."""


@dataclass
class Canaries:
    """Tokens by what they are, each made once and found nowhere else; and spots."""

    tokens: dict[str, str] = field(default_factory=dict)
    spots: dict[str, tuple[float, float]] = field(default_factory=dict)

    def __call__(self, what: str) -> str:
        """The token of this secret: letters and digits that no word and no number has."""
        return self.tokens.setdefault(what, f"kanarie{uuid4().hex}")

    def spot(self, what: str, lon: float, lat: float) -> None:
        """Marks a spot: degrees with seven decimals."""
        self.spots[what] = (lon, lat)

    def found_in(self, text: str) -> set[str]:
        """Which secrets are in a text: as they are, in other letters, percent-encoded, as hex digits, in base64."""
        small = text.lower()
        found = {
            what
            for what, token in self.tokens.items()
            if token in small
            or "".join(f"%{ord(letter):02x}" for letter in token) in small
            or token.encode().hex() in small
            or any(form in text for form in _base64(token))
        }
        numbers = set(re.findall(r"\d+\.\d+", text))
        for what, spot in self.spots.items():
            if all(any(number.startswith(near) for number in numbers for near in _near(one)) for one in spot):
                found.add(what)
        return found


def _near(degrees: float) -> tuple[str, str]:
    """The number cut off and rounded."""
    exact = f"{degrees:.7f}"
    return exact[: exact.index(".") + 1 + _NEAR_DIGITS], f"{degrees:.{_NEAR_DIGITS}f}"


def _base64(token: str) -> Iterator[str]:
    """What of the token stands in any text with it in base64, wherever in the text it begins."""
    for before in range(3):
        packed = base64.b64encode(b"x" * before + token.encode()).decode()
        yield packed[4 if before else 0 : len(packed) // 4 * 4 - 4]


QUERIES = (
    "", "?locality=Robertsfors", "?reason=lighting&time=night", "?status=ongoing", "?promise=traffic", "?place=1",
    "?q=a", "?bbox=20,63,22,65&limit=5", "?page=2", "?reason=%00", "?place=x&locality=%3Cb%3E",
)  # fmt: skip


def public_paths(app: Flask) -> list[str]:
    """Every address of the table of routes that a stranger may ask for by GET, with ids and names of many things."""
    layers = ["municipality", "secrets", "staff", "localities"]
    found = []
    for key, route in ROUTES.items():
        method, rule = key.split(" ", 1)
        if method != "GET" or "nobody" not in route.by:
            continue
        # Of what has several numbers, as a tile of the map, one is enough.
        one = rule.count("<int:") == 1
        choices = [
            [str(number) for number in _IDS] if one and "<int:" in part
            else layers if part == "<name>"
            else [part]
            for part in re.split(r"(<[^>]*>)", rule)
        ]  # fmt: skip
        paths = {"".join(parts) for parts in product(*choices)} | {route.path.format(measure=1, recurring=2)}
        found += sorted(path for path in paths if path and "<" not in path)
    return found


def staff_paths() -> list[tuple[str, str]]:
    """The methods and addresses that a stranger is refused."""
    ids = {"measure": 1, "recurring": 2, "answer": 1}
    return [
        (key.split(" ")[0], (route.path or key.split(" ")[1]).format(**ids))
        for key, route in ROUTES.items()
        if "nobody" not in route.by or key.startswith("POST")
    ]


def walk(app: Flask) -> Iterator[tuple[str, TestResponse]]:
    """Everything a stranger can ask for, in both languages, with filters, wrongly, too much and too often."""
    for language in ("sv", "en"):
        stranger = app.test_client()
        stranger.set_cookie("language", language)
        for path in public_paths(app):
            many = re.search(r"\d", path) is not None
            for query in QUERIES[:1] if many else QUERIES:
                yield f"GET {path}{query}", stranger.get(path + query)
            yield f"HEAD {path}", stranger.head(path)
            yield f"PUT {path}", stranger.put(path)
            yield f"OPTIONS {path}", stranger.options(path)
            answer = stranger.get(path, headers={"Accept": "application/json", "Accept-Encoding": "identity"})
            yield f"GET {path} as JSON", answer
            if "ETag" in answer.headers:
                again = stranger.get(path, headers={"If-None-Match": answer.headers["ETag"]})
                yield f"GET {path} again", again
        for method, path in staff_paths():
            yield f"{method} {path}", stranger.open(path, method=method)
            yield f"{method} {path} with a body", stranger.open(path, method=method, data=b"x" * 2_000_000)
        for path in ("/nowhere", "/api/nowhere", "/places/999999", "/static/../geo/model.py", "/%00"):
            yield f"GET {path}", stranger.get(path)
    often = app.test_client()
    for path in ("/calendar/wrong.ics", "/api/nowhere"):
        for _ in range(70):
            answer = often.get(path, environ_base={"REMOTE_ADDR": STRANGER})
        yield f"GET {path} too often", answer


def told(answer: TestResponse) -> str:
    """All that an answer says: status, headers and body."""
    return "\n".join([answer.status, str(answer.headers), answer.get_data().decode(errors="replace")])


def leaks(canaries: Canaries, answers: Iterable[tuple[str, TestResponse]]) -> dict[str, set[str]]:
    """What was asked → the secrets in its answer, where there are any."""
    found = {}
    for asked, answer in answers:
        if secrets := canaries.found_in(told(answer)):
            found[asked] = secrets
        answer.close()
    return found
