"""Forms whose words are never lost: read as they were sent, shown again with their faults, and compared.

A draft is a form's fields as they were written. Where somebody else saved in the meantime, the two drafts
are compared group by group, and the person chooses.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from geo.errors import BadInput, GeoError

T = TypeVar("T")

Draft = Mapping[str, tuple[str, ...]]
"""Field → what was written in it; a field with several boxes has several values."""

FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together and are chosen together. ``label`` is a message id."""

    name: str
    label: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A group as the person wrote it and as it stands now, in words.

    ``keep_now``: only the other one changed it, so that what stands now is the likelier choice.
    """

    group: Group
    mine: str
    now: str
    keep_now: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """What can't be used, in the reader's words; ``field`` is empty where no field is to blame."""

    field: str
    message: str


class Faults(list[BadInput]):
    """What was found wrong so far: a form is read to its end, so that everything is said at once."""

    def take(self, read: Callable[[], T], otherwise: T) -> T:
        """What ``read`` gives, or ``otherwise`` where it can't be used."""
        try:
            return read()
        except BadInput as error:
            self.append(error)
            return otherwise

    def told(self) -> list[Fault]:
        """The faults in the reader's words."""
        return [fault_of(error) for error in self]


def first(draft: Draft, name: str) -> str:
    """The value of a field that has one; empty where it wasn't sent."""
    return next(iter(draft.get(name, ())), "")


def sent(form: MultiDict[str, str], names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The fields as they came."""
    return {
        name: tuple(value.replace("\r\n", "\n").strip() for value in form.getlist(name)) for name in names
    }


def fault_of(error: GeoError) -> Fault:
    """A domain error in the reader's words."""
    return Fault(str(error.params.get("field", "")), gettext(error.message, **error.params))


def day_of(draft: Draft, name: str) -> date | None:
    """A field's date; None where it is empty.

    Raises:
        BadInput: it is no date, or of another century.
    """
    text = first(draft, name)
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("Write the date as year, month and day: 2026-11-22.", field=name) from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadInput("Check the year.", field=name)
    return found


def mark_of(draft: Draft, groups: Sequence[Group]) -> str:
    """A mark of each group's values, for a form to carry: it tells later what the person changed."""
    return " ".join(_digest(draft, group) for group in groups)


def differences(
    mine: Draft, now: Draft, groups: Sequence[Group], seen: str, show: Callable[[str, Draft], str]
) -> tuple[Difference, ...]:
    """The groups that are not the same in both. ``seen`` is the ``mark_of`` what the person began with."""
    began = seen.split(" ")
    if len(began) != len(groups):
        began = [""] * len(groups)
    return tuple(
        Difference(
            group,
            show(group.name, mine),
            show(group.name, now),
            keep_now=_digest(mine, group) == mark,
        )
        for group, mark in zip(groups, began, strict=True)
        if _digest(mine, group) != _digest(now, group)
    )


def chosen(form: MultiDict[str, str], mine: Draft, now: Draft, groups: Sequence[Group]) -> Draft:
    """``mine``, but for the groups where the person chose what stands now."""
    kept = dict(mine)
    for group in groups:
        if form.get(f"pick-{group.name}") == "now":
            kept |= {name: now.get(name, ()) for name in group.fields}
    return kept


def _digest(draft: Draft, group: Group) -> str:
    written = repr([sorted(value for value in draft.get(name, ()) if value) for name in group.fields])
    return hashlib.sha256(written.encode()).hexdigest()[:12]
