"""The filters of the map and of the list: the same parameters, checked in one place."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from geo.errors import BadQuery
from geo.model import PHYSICAL_REASONS, PlaceStatus, TimeOfDay
from geo.publish.places import Filters

NAMES = ("reason", "time", "status", "locality")
"""The query parameters, in the form's order."""

E = TypeVar("E", bound=StrEnum)


def read_filters(args: MultiDict[str, str], localities: tuple[str, ...]) -> Filters:
    """The filters in a query string; an absent or empty parameter means all.

    ``localities`` are the names that may be asked for. Parameters other than ``NAMES`` are not read.

    Raises:
        BadQuery: a filter has a value that is not offered, or is given twice.
    """
    _once(args, NAMES)
    locality = args.get("locality", "")
    if locality and locality not in localities:
        raise refused("locality", locality)
    return Filters(
        reason=one_of(args, "reason", PHYSICAL_REASONS),
        time=one_of(args, "time", tuple(TimeOfDay)),
        status=one_of(args, "status", tuple(PlaceStatus)),
        locality=locality,
    )


def as_query(filters: Filters) -> dict[str, str]:
    """The query parameters that give these filters; only those that are set."""
    values = {name: getattr(filters, name) for name in NAMES}
    return {name: str(value) for name, value in values.items() if value}


def checked(args: MultiDict[str, str], names: Sequence[str]) -> None:
    """Refuses parameters that aren't offered, or are given twice.

    Raises:
        BadQuery: there is one.
    """
    for name in args:
        if name not in names:
            raise BadQuery("There is no filter “%(name)s”.", name=name[:60])
    _once(args, names)


def _once(args: MultiDict[str, str], names: Sequence[str]) -> None:
    for name in names:
        if len(args.getlist(name)) > 1:
            raise BadQuery("The filter “%(name)s” is given more than once.", name=name)


def one_of(args: MultiDict[str, str], name: str, allowed: tuple[E, ...]) -> E | None:
    """The member of ``allowed`` that a parameter names; None where it is absent or empty.

    Raises:
        BadQuery: it names none of them.
    """
    value = args.get(name, "")
    if not value:
        return None
    for member in allowed:
        if member.value == value:
            return member
    raise refused(name, value)


def refused(name: str, value: str) -> BadQuery:
    """What to raise for a parameter with a value that isn't offered."""
    return BadQuery("The filter “%(name)s” can't be “%(value)s”.", name=name, value=value[:60])
