"""What a planner says of a measure, and what can be wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.errors import BadInput
from geo.model import Level, Promise

MAX_TEXT = 5_000
MAX_TITLE = 300
MAX_KIND = 100
MAX_ORGANISATION = 200
MAX_TARGET = 10_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a planner says of a measure. ``area`` names a layer with a polygon; ``target`` makes it recurring.

    ``description`` is public, ``internal_note`` never. Without ``place_ids``, ``area`` and ``where`` it is
    a promise's activity without a place. ``keep_spot`` leaves a measure where a file had put it.
    """

    title: str
    promise: Promise
    responsible: tuple[str, ...]
    description: str = ""
    internal_note: str = ""
    kind: str = ""
    where: str = ""
    locality: str = ""
    area: str = ""
    place_ids: tuple[int, ...] = ()
    starts: date | None = None
    due: date | None = None
    target: int | None = None
    keep_spot: bool = False


NOWHERE: dict[str, Any] = {
    "level": Level.UNKNOWN.value,
    "rule": "by_hand",
    "name": "",
    "radius_m": 0.0,
    "probability": 0.0,
    "geom": None,
}
"""The columns of a measure that stands on no spot of its own."""


def clean(text: str) -> str:
    """The text without control characters, which PostgreSQL refuses or terminals obey."""
    kept = "".join(mark for mark in text.replace("\r\n", "\n") if mark.isprintable() or mark == "\n")
    return kept.strip()


def faults(plan: Plan) -> Iterator[BadInput]:
    """Everything in a plan that can't be used, each with the ``field`` that is to blame."""
    responsible = _organisations(plan)
    if not clean(plan.title):
        yield BadInput("The measure needs a title.", field="title")
    if not responsible:
        yield BadInput("Say which organisation is responsible.", field="responsible")
    lengths = {
        "title": (plan.title, MAX_TITLE),
        "description": (plan.description, MAX_TEXT),
        "internal_note": (plan.internal_note, MAX_TEXT),
        "kind": (plan.kind, MAX_KIND),
        "where": (plan.where, MAX_TITLE),
        "locality": (plan.locality, MAX_KIND),
        "responsible": (max(responsible, key=len, default=""), MAX_ORGANISATION),
    }
    for field, (text, most) in lengths.items():
        if len(clean(text)) > most:
            yield BadInput("The text is longer than %(most)s characters.", field=field, most=most)
    if plan.starts and plan.due and plan.due < plan.starts:
        yield BadInput("It can't be due before it begins.", field="due")
    if plan.target is not None and not 1 <= plan.target <= MAX_TARGET:
        yield BadInput("The number of times must be between 1 and 10,000.", field="target")


def columns(plan: Plan) -> dict[str, Any]:
    """A plan as the columns of a measure.

    Raises:
        BadInput: something in it can't be used; the first of ``faults``.
    """
    for fault in faults(plan):
        raise fault
    return {
        "title": clean(plan.title),
        "description": clean(plan.description),
        "internal_note": clean(plan.internal_note),
        "kind": clean(plan.kind),
        "responsible": list(_organisations(plan)),
        "promise": plan.promise.value,
        "text": clean(plan.where),
        "locality": clean(plan.locality),
        "area": plan.area,
        "starts": plan.starts,
        "due": plan.due,
        "target": plan.target,
    }


def _organisations(plan: Plan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in plan.responsible if (name := clean(part))))
