"""JSON of unknown origin: read whole, checked, cut down to what is asked for. Runs in the child process."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geo.errors import UnreadableInput
from geo.importing.limits import Limits, too_many_rows
from geo.importing.sniff import FileKind, kind_of_bytes, refusal

_EVENT_FIELDS = ("id", "datetime", "name", "summary", "type")


def load(path: Path) -> Any:
    """The JSON in a file.

    Raises:
        UnreadableInput: it is something else, or broken off.
    """
    data = path.read_bytes()
    kind = kind_of_bytes(data[:4_096])
    if kind in (FileKind.MARKUP, FileKind.ZIP, FileKind.OLE, FileKind.GEOPACKAGE, FileKind.BINARY):
        raise refusal(kind)
    try:
        text = data.decode(json.detect_encoding(data))
        del data
        return json.loads(text.removeprefix("\ufeff"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(
            "The file is not whole JSON: it may be broken off, or be something else.", detail=str(error)[:200]
        ) from error


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def read_events(path: Path, limits: Limits) -> Iterator[Any]:
    """Yields one list per event of the police's API: id, datetime, name, summary, type, location's name.

    A field that is missing or of the wrong type is null; an event that is no object is an empty list.

    Raises:
        UnreadableInput: no JSON, no list of events, or beyond a limit.
    """
    events = load(path)
    if isinstance(events, dict):
        message = next((events[key] for key in ("message", "error", "Message", "title") if key in events), "")
        raise UnreadableInput(
            "The file holds one object and not a list of events; the police's API answers so when it refuses. "
            "It says: “%(said)s”.",
            said=str(message)[:200],
        )
    if not isinstance(events, list):
        raise UnreadableInput("The file holds no list of events.")
    if len(events) > limits.max_rows:
        raise too_many_rows(limits)
    for event in events:
        yield _event(event)


def _event(event: Any) -> list[str | None]:
    if not isinstance(event, dict):
        return []
    fields = [_text(event.get(field)) for field in _EVENT_FIELDS]
    location = event.get("location")
    return [*fields, _text(location.get("name")) if isinstance(location, dict) else None]


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return " ".join(str(value).replace("\x00", " ").split())
