"""What the catalogue by DCAT-AP-SE 3 says: in every language at once, since a portal asks for it only in one."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from flask import current_app
from flask_babel import gettext

from geo.messages import LANGUAGES, N_
from geo.model import STOCKHOLM
from geo.render.features import Box
from geo.settings import Settings
from webapp.language import DEFAULT, speaking
from webapp.ogc import documents
from webapp.ogc.collections import Collection, all_collections, publisher
from webapp.openapi.operation import CSV, GEOJSON, GEOPACKAGE

T = TypeVar("T")
Said = Mapping[str, str]
"""The same in every language, by language."""

METADATA_LICENCE = "http://creativecommons.org/publicdomain/zero/1.0/"
"""The licence of the catalogue itself, which is not that of the data: DCAT-AP-SE takes no other."""

_CREATIVE_COMMONS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(licenses|publicdomain)/([\w-]+)/([\d.]+)(?:/.*)?"
)
_EMAIL = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+")

_OWN = ("places", "measures", "incident-areas", "incident-localities")
_FREQUENCIES = {
    "measures": "UPDATE_CONT",
    "incident-areas": "QUARTERLY",
    "incident-localities": "QUARTERLY",
}
"""How often a collection changes, by the EU's words; the others when there is something new."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to have a collection: a distribution."""

    endpoint: str
    kind: str
    title: str
    description: Said


@dataclass(frozen=True, slots=True)
class Entry:
    """A collection as the catalogue says it. ``licence`` is an address, or empty where ``rights`` says whom to ask."""

    id: str
    title: Said
    description: Said
    source: Said
    licence: str
    rights: Said
    theme: str
    frequency: str
    keyword: Said
    box: Box | None
    period: tuple[date | None, date | None]


def described() -> dict[str, Any]:
    """The values that the catalogue is written with."""
    settings: Settings = current_app.extensions["settings"]
    found = {language: _collections(language) for language in LANGUAGES}
    landing = {language: _in(language, documents.landing) for language in LANGUAGES}
    return {
        "title": {language: one["title"] for language, one in landing.items()},
        "description": {language: one["description"] for language, one in landing.items()},
        "publisher": _said(publisher),
        "email": settings.contact if _EMAIL.fullmatch(settings.contact) else "",
        "homepage": settings.contact if settings.contact.startswith(("https://", "http://")) else "",
        "metadata_licence": METADATA_LICENCE,
        "licence": canonical(settings.licence),
        "service": _said(
            lambda: gettext(N_("Every collection page by page, by box and time, by OGC API Features."))
        ),
        "service_kind": GEOJSON,
        "entries": [
            _entry({language: found[language][key] for language in LANGUAGES}) for key in found[DEFAULT]
        ],
        "ways": _ways(),
        "default": DEFAULT,
    }


def canonical(licence: str) -> str:
    """A licence's address as portals know it: Creative Commons names its licences by http and without "deed"."""
    known = _CREATIVE_COMMONS.fullmatch(licence)
    return "http://creativecommons.org/{}/{}/{}/".format(*known.groups()) if known else licence


def _collections(language: str) -> dict[str, Collection]:
    with speaking(language):
        return {one.id: one for one in all_collections()}


def _entry(one: Mapping[str, Collection]) -> Entry:
    first = one[DEFAULT]
    with speaking(DEFAULT):
        box, period = first.table.extent(), first.table.period()
    return Entry(
        id=first.id,
        title={language: found.title for language, found in one.items()},
        description={language: found.description or found.title for language, found in one.items()},
        source={language: found.source for language, found in one.items()},
        licence=canonical(first.licence_address),
        rights={language: found.licence for language, found in one.items()},
        theme="JUST" if first.id in _OWN else "REGI",
        frequency=_FREQUENCIES.get(first.id, "IRREG"),
        keyword=_said(lambda: gettext(N_("safety") if first.id in _OWN else N_("map"))),
        box=box,
        period=(_day(period[0]), _day(period[1])) if period else (None, None),
    )


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(STOCKHOLM).date() if moment else None


def _ways() -> tuple[Way, ...]:
    return (
        Way(
            "ogc.items",
            GEOJSON,
            "GeoJSON",
            _said(lambda: gettext(N_("Page by page, by box and time, in WGS 84 or SWEREF 99 TM."))),
        ),
        Way(
            "ogc.geopackage",
            GEOPACKAGE,
            "GeoPackage",
            _said(lambda: gettext(N_("All of it as a file for map programs, in SWEREF 99 TM."))),
        ),
        Way(
            "ogc.csv",
            CSV,
            "CSV",
            _said(lambda: gettext(N_("All of it as a table for spreadsheets."))),
        ),
    )


def _said(say: Callable[[], str]) -> Said:
    return {language: _in(language, say) for language in LANGUAGES}


def _in(language: str, say: Callable[[], T]) -> T:
    with speaking(language):
        return say()
