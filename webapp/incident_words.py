"""One incident in words: when it happened, and how exactly its place is known."""

from dataclasses import dataclass
from datetime import datetime, time

from flask_babel import format_decimal, gettext, ngettext

from geo.model import STOCKHOLM, Level
from geo.publish.incident_grid import Chosen
from geo.render import words
from geo.store.incident_rows import IncidentWords
from webapp.language import chosen_language


@dataclass(frozen=True, slots=True)
class Told:
    """An incident as the list and the map's popup tell it. ``box`` is the place on the map, or empty where it has none."""

    id: int
    category: str
    when: str
    place: str
    known: str
    box: str


def told(incident: IncidentWords, box: str) -> Told:
    """An incident in the reader's language."""
    return Told(
        id=incident.id,
        category=words.sentence(incident.category),
        when=words.sentence(_when(incident)),
        place=incident.text,
        known=words.sentence(_known(incident)),
        box=box,
    )


def said(chosen: Chosen) -> str:
    """How many are on the map."""
    if not chosen.placed:
        return gettext("No incident on the map fits the choices.")
    return ngettext(
        "%(number)s incident on the map.",
        "%(number)s incidents on the map.",
        chosen.placed,
        number=format_decimal(chosen.placed),
    )


def elsewhere(chosen: Chosen) -> str:
    """How many are nowhere in particular; empty where all have a spot."""
    parts = []
    if chosen.locality:
        parts.append(
            ngettext(
                "%(number)s more is known only to a locality.",
                "%(number)s more are known only to a locality.",
                chosen.locality,
                number=format_decimal(chosen.locality),
            )
        )
    if chosen.municipality:
        parts.append(
            ngettext(
                "%(number)s more is known only to the municipality.",
                "%(number)s more are known only to the municipality.",
                chosen.municipality,
                number=format_decimal(chosen.municipality),
            )
        )
    return " ".join(parts)


def of_them(chosen: Chosen) -> str:
    """How many of a list have no spot; empty where all have one."""
    if not chosen.locality and not chosen.municipality:
        return ""
    return gettext(
        "Of these, %(locality)s are known only to a locality and %(municipality)s only to the municipality: they aren't on the map.",
        locality=format_decimal(chosen.locality),
        municipality=format_decimal(chosen.municipality),
    )


def _when(incident: IncidentWords) -> str:
    if incident.started is None:
        if incident.published is None:
            return gettext("time not known")
        return gettext("told of on %(day)s", day=_day(incident.published.astimezone(STOCKHOLM)))
    began = incident.started.astimezone(STOCKHOLM)
    ended = began if incident.ended is None else incident.ended.astimezone(STOCKHOLM)
    if ended.date() == began.date():
        if began.time() == time() and ended.time() >= time(23, 59):
            return _day(began)
        span = f"{began:%H:%M}" if f"{ended:%H:%M}" == f"{began:%H:%M}" else f"{began:%H:%M}–{ended:%H:%M}"
        return f"{_day(began)} {span}"
    if began.time() == time() and ended.time() >= time(23, 59):
        return f"{_day(began)} – {_day(ended)}"
    return f"{_day(began)} {began:%H:%M} – {_day(ended)} {ended:%H:%M}"


def _day(moment: datetime) -> str:
    return words.day(moment, chosen_language())


def _known(incident: IncidentWords) -> str:
    if incident.level is Level.MUNICIPALITY:
        return gettext("known only to lie somewhere in the municipality")
    if incident.level is Level.LOCALITY or incident.point is None:
        if not incident.locality:
            return gettext("known only to a locality")
        return gettext("known only to lie somewhere in %(locality)s", locality=incident.locality)
    metres = max(1, round(incident.radius_m))
    return gettext("known to within %(distance)s", distance=words.distance(metres, gettext))
