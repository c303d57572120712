"""What every template may use: words in the reader's language, and addresses."""

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, url_for
from flask_babel import format_decimal, gettext

from geo.messages import N_
from geo.model import PHYSICAL_REASONS, LayerInfo, MeasureStatus, PlaceStatus, TimeOfDay
from geo.publish.incidents import AreaIncidents, PublicIncidents
from geo.publish.measures import PublicMeasure
from geo.publish.places import PublicPlace
from geo.render import labels, timeline, words
from geo.settings import Settings
from webapp.access import back_here
from webapp.language import chosen_language
from webapp.picture import shown_picture
from webapp.security import csp_nonce


def name_of(place: PublicPlace) -> str:
    """A place's name in words, as a heading."""
    return words.sentence(
        words.place_name(place.anchor, place.distance_m, place.direction, gettext, at_stop=place.at_stop)
    )


def area_name(area: AreaIncidents) -> str:
    """What a locality or an area of it is called: "Bygdeå", "Bygdeå, area 2"."""
    return words.area_name(area.name, area.number, gettext)


def incidents_title(found: PublicIncidents) -> str:
    """What the incidents are called: after the police's feed only where all of them come from there."""
    if found.news:
        return gettext("Incidents that the police have told of")
    return gettext("Reported incidents")


def leading(measures: tuple[PublicMeasure, ...]) -> PublicMeasure | None:
    """The measure to speak of first; None where there is none that still counts."""
    return next((found for found in measures if found.status is not MeasureStatus.CANCELLED), None)


def where_of(measure: PublicMeasure) -> str:
    """Where a measure is for, in words: the area's title, and what else was written."""
    area = measure.area_sv if chosen_language() == "sv" else measure.area_en
    return ", ".join(part for part in (area, measure.where) if part)


def course_of_measure(measure: PublicMeasure) -> tuple[timeline.Moment, ...]:
    """What has happened with a measure, in the reader's language."""
    return timeline.of_measure(measure, gettext, chosen_language())


def course_of_place(place: PublicPlace) -> tuple[timeline.Moment, ...]:
    """What has happened with a place, in the reader's language."""
    return timeline.of_place(place, gettext, chosen_language())


def is_overdue(place: PublicPlace) -> bool:
    """Whether something that is to be done about a place is overdue."""
    return any(found.overdue for found in place.measures)


def layer_title(info: LayerInfo) -> str:
    """A layer's title in the reader's language."""
    return info.title_sv if chosen_language() == "sv" else info.title_en


def told(text: str) -> str:
    """Words kept in the store (a layer's source) in the reader's language where the catalogue has them."""
    return gettext(text) if text else ""


def asset(path: str) -> str:
    """The address of a file below static/, with a mark of its content so that it may be kept for long."""
    return url_for("static", filename=path, v=_mark(str(current_app.static_folder), path))


@lru_cache(maxsize=256)
def _mark(folder: str, path: str) -> str:
    return hashlib.sha256((Path(folder) / path).read_bytes()).hexdigest()[:12]


def offer_words(app: Flask) -> None:
    """Makes the words known to the application's templates."""
    app.jinja_env.globals.update(
        asset=asset,
        back_here=back_here,
        contact=contact,
        area_name=area_name,
        course_of_measure=course_of_measure,
        course_of_place=course_of_place,
        csp_nonce=csp_nonce,
        incidents_title=incidents_title,
        is_overdue=is_overdue,
        is_synthetic=_is_synthetic,
        labels=labels,
        layer_title=layer_title,
        leading=leading,
        municipality_name=municipality_name,
        name_of=name_of,
        round_up=_round_up,
        said_of=_said_of,
        reason_choices=PHYSICAL_REASONS,
        status_choices=tuple(PlaceStatus),
        time_choices=tuple(TimeOfDay),
        told=told,
        when_of=_when_of,
        where_of=where_of,
    )
    app.jinja_env.filters.update(
        as_told=_as_told,
        capital=words.sentence,
        decimal=format_decimal,
        day=lambda moment: words.day(moment, chosen_language()),
        isolated=words.isolated,
        quarter=lambda text: words.quarter(text, chosen_language()),
        number=lambda counted: words.number(counted, gettext),
        in_words=lambda items: words.in_words(items, chosen_language()),
        reasons=lambda found: words.reasons_in_words(found, gettext, chosen_language()),
        times=lambda found: words.times_in_words(found, gettext, chosen_language()),
        together=_together,
    )
    app.context_processor(_of_this_answer)


def _together(text: str) -> str:
    """The words with every "1–4" on one line."""
    return re.sub(r"(?<=\d)–(?=\d)", "–\N{WORD JOINER}", text)


def _as_told(value: Any) -> str:
    """A value of open data as a cell of a page."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext(N_("yes")) if value else gettext(N_("no"))
    return str(value)


def municipality_name() -> str:
    """Whose page this is: "Robertsfors kommun"."""
    picture = shown_picture()
    return words.municipality(picture.municipality if picture else "", gettext, chosen_language())


def _is_synthetic() -> bool:
    picture = shown_picture()
    return picture is not None and picture.synthetic


def _of_this_answer() -> dict[str, Any]:
    return {"language": chosen_language()}


def _said_of(place: PublicPlace) -> str:
    return words.felt_unsafe(place.years, place.times, gettext, chosen_language())


def _round_up(metres: float) -> int:
    # More digits than this would promise more than the words in an answer can.
    return int(-(-metres // 50) * 50)


def _when_of(measure: PublicMeasure) -> str:
    return words.when_of(measure, gettext, chosen_language())


def contact() -> dict[str, str]:
    """How to reach the municipality: what to show and where it leads; empty where it isn't set."""
    settings: Settings = current_app.extensions["settings"]
    text = settings.contact
    if text.startswith(("https://", "http://")):
        return {"text": text, "href": text}
    return {"text": text, "href": f"mailto:{text}" if "@" in text else ""}
