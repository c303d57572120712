"""What the map shows, as data: columns for our own map, GeoJSON for others to use."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import gettext

from geo.errors import NotFound
from geo.messages import N_
from geo.model import LOCALITIES_LAYER, Layer, MeasureStatus, PlaceStatus
from geo.privacy import Count
from geo.publish.layers import one_layer
from geo.publish.measures import PublicMeasure
from geo.publish.places import PublicPlace
from geo.render import geojson, timeline, words
from geo.render.labels import (
    MEASURE_STATUSES,
    MEASURE_SYMBOLS,
    OVERDUE_STATUSES,
    PLACE_STATUS_MEANINGS,
    PLACE_STATUSES,
)
from geo.settings import Settings
from webapp.access import everyone
from webapp.filters import read_filters
from webapp.kept import kept, kept_of_layers
from webapp.language import chosen_language
from webapp.picture import current_picture, current_pictures
from webapp.words import (
    area_name,
    course_of_measure,
    course_of_place,
    incidents_title,
    is_overdue,
    name_of,
    where_of,
)

blueprint = Blueprint("api", __name__, url_prefix="/api")

_ANCHOR = "%(anchor)s"
_MOMENTS = 5
_SIZES = (10, 25)
"""From these numbers on a locality's symbol is of the second and of the third size."""


@blueprint.get("/map.json")
@everyone
def map_data() -> Response:
    """The shown places as columns: see ``geo.render.geojson.place_columns``."""
    return _kept("map", lambda: geojson.place_columns(_listed(current_picture().places.places), _phrase))


@blueprint.get("/places.geojson")
@everyone
def places() -> Response:
    """The shown places as GeoJSON, with the same filters as the list."""
    picture = current_picture()
    filters = read_filters(request.args, picture.places.localities)
    found = [place for place in _listed(picture.places.places) if filters.takes(place)]
    said = geojson.Said(
        title=gettext(N_("Places that feel unsafe")),
        source=words.in_words(picture.places.surveys, chosen_language()),
        licence=_licence(),
        precision=gettext(N_("Each place says how far off it may be, in metres (precision_m).")),
        synthetic=any(place.synthetic for place in found),
    )
    return _answer(
        geojson.encode(geojson.place_collection(found, said, _place_words)), "application/geo+json"
    )


@blueprint.get("/places/<int:place_id>.json")
@everyone
def place(place_id: int) -> Response:
    """One shown place in words, as the map's popup tells of it."""
    found = current_picture().place(place_id)
    return _answer(
        geojson.encode(
            {
                "id": found.id,
                **_place_words(found),
                "status": found.status,
                "told": _told_of_place(found),
                "note": words.felt_unsafe(found.years, found.times, gettext, chosen_language()),
                "lonlat": geojson.lonlat(found.point),
                "precision_m": round(found.radius_m),
                "reasons": list(found.reasons),
                "times": list(found.times),
                "surveys": list(found.surveys),
                "synthetic": found.synthetic,
                "url": url_for("pages.place", place_id=found.id),
            }
        )
    )


@blueprint.get("/measures.geojson")
@everyone
def measures() -> Response:
    """The public measures as GeoJSON; those that are not at a spot have no geometry."""

    def make() -> dict[str, Any]:
        found = current_picture().measures
        said = geojson.Said(
            title=gettext(N_("Measures")),
            source=_owner(),
            licence=_licence(),
            precision=gettext(N_("A measure has a point only where it is known to a spot.")),
            synthetic=any(measure.synthetic for measure in found),
        )
        return geojson.measure_collection(found, said, _measure_words)

    return _kept("measures", make, "application/geo+json")


@blueprint.get("/incidents.json")
@everyone
def incidents() -> Response:
    """The newest release of incidents as counts: never a point, never a number from 1 to 4."""

    def make() -> dict[str, Any]:
        found = current_picture().incidents
        spots = _locality_spots()
        return {
            "title": incidents_title(found),
            "note": gettext(N_("News from the police's public feed, not crime statistics."))
            if found.news
            else "",
            "release": found.release or None,
            "released": found.at.date().isoformat() if found.at else None,
            "through": found.through or None,
            "years": list(found.years),
            "groups": {group: [_number(count) for count in row] for group, row in found.table.items()},
            "localities": [
                {
                    "name": locality.name,
                    "number": _number(locality.whole),
                    "by_year": [_number(count) for count in locality.by_year],
                    "size": 1 + sum((locality.whole.value or 0) >= least for least in _SIZES),
                    "lonlat": spots.get(locality.name),
                }
                for locality in found.localities
            ],
            "areas": [
                {
                    "id": area.key,
                    "name": area_name(area),
                    "number": _number(area.whole),
                    "since": area.years[0] if area.years else None,
                    "by_year": [_number(count) for count in area.by_year],
                    "geometry": geojson.geometry(area.shape),
                }
                for area in found.areas
                if area.shape
            ],
            "traffic_controls": list(found.controls),
        }

    return _kept("incidents", make)


@blueprint.get("/layers/<name>.geojson")
@everyone
def layer(name: str) -> Response:
    """One public layer as GeoJSON, with its source, licence and precision."""
    if name not in {info.name for info in current_picture().layers}:
        raise NotFound("There is no such layer.")

    def make() -> dict[str, Any]:
        return geojson.layer_collection(_layer(name), chosen_language())

    body = kept_of_layers(f"{chosen_language()} {name}", lambda: geojson.encode(make()))
    return _answer(body, "application/geo+json")


def _listed(places: tuple[PublicPlace, ...]) -> list[PublicPlace]:
    """The places in the order of the list, which is the keyboard's order on the map."""
    return sorted(
        places,
        key=lambda found: (
            not found.locality,
            words.swedish_order(found.locality),
            words.swedish_order(name_of(found)),
        ),
    )


def _phrase(distance_m: int, direction: str, at_stop: bool) -> str:
    return words.sentence(words.place_name(_ANCHOR, distance_m, direction, gettext, at_stop=at_stop))


def _place_words(found: PublicPlace) -> dict[str, Any]:
    label = PLACE_STATUSES[found.status]
    if is_overdue(found):
        label = OVERDUE_STATUSES[found.status]
    return {"name": name_of(found), "status_label": gettext(label), "overdue": is_overdue(found)}


def _measure_words(found: PublicMeasure) -> dict[str, Any]:
    return {
        "status_label": gettext(MEASURE_STATUSES[found.status]),
        "symbol": MEASURE_SYMBOLS[found.status],
        "where": where_of(found),
        "told": [row for row in _told_of_measure(found) if row[1]],
    }


def _told_of_place(found: PublicPlace) -> list[list[Any]]:
    """What the popup says, as [term, lines]: what is being done first, then why and when."""
    done = [_line(measure) for measure in found.measures if measure.status is not MeasureStatus.CANCELLED]
    language = chosen_language()
    why = words.reasons_in_words(found.reasons, gettext, language)
    when = words.times_in_words(found.times, gettext, language)
    rows = [
        [gettext(N_("What is being done")), done or [gettext(PLACE_STATUS_MEANINGS[PlaceStatus.FLAGGED])]],
        [gettext(N_("Why")), [words.sentence(why)] if why else []],
        [gettext(N_("When")), [words.sentence(when)] if when else []],
        [gettext(N_("What has happened")), _happened(course_of_place(found))],
    ]
    return [row for row in rows if row[1]]


def _happened(course: tuple[timeline.Moment, ...]) -> list[str]:
    """The newest of what has happened, after how it began: a popup is small, and the page has it all."""
    past = [moment for moment in course if not moment.coming]
    short = past if len(past) <= _MOMENTS else [past[0], *past[1 - _MOMENTS :]]
    # Whose survey it was stands on the page; here a line is a line.
    short = [replace(moment, who="") if moment.symbol == PlaceStatus.FLAGGED else moment for moment in short]
    one_measure = len({moment.title for moment in past if moment.title}) <= 1
    return [timeline.in_one_line(moment, gettext, titled=not one_measure) for moment in short]


def _line(measure: PublicMeasure) -> str:
    language = chosen_language()
    status = gettext(MEASURE_STATUSES[measure.status]).lower()
    how = ", ".join(part for part in (status, words.when_of(measure, gettext, language)) if part)
    who = words.in_words(measure.responsible, language)
    said = gettext(N_("%(title)s – %(status)s")) % {"title": measure.title, "status": how}
    return f"{said} ({who})" if who else said


def _told_of_measure(found: PublicMeasure) -> list[list[Any]]:
    language = chosen_language()
    when = words.when_of(found, gettext, language)
    where = where_of(found)
    return [
        [gettext(N_("Who")), list(found.responsible)],
        [gettext(N_("Where")), [where] if where else []],
        [gettext(N_("When")), [words.sentence(when)] if when else []],
        [gettext(N_("What has happened")), _happened(course_of_measure(found))],
    ]


def _number(counted: Count) -> int | str:
    if counted.hidden:
        return "hidden"
    return "1-4" if counted.value is None else counted.value


def _locality_spots() -> dict[str, list[float]]:
    """Where each locality's number is drawn: on its name, or where no layer has that, in the smallest of its areas."""
    try:
        features = _layer(LOCALITIES_LAYER).features
    except NotFound:
        areas = [area for area in current_picture().incidents.areas if area.shape]
        areas.sort(key=lambda area: -area.shape.area if area.shape else 0)
        middles = ((area.name, area.shape.centroid) for area in areas if area.shape)
        return {name: geojson.lonlat((middle.x, middle.y)) for name, middle in middles}
    centres = ((str(feature.properties["name"]), feature.geometry.centroid) for feature in features)
    return {name: geojson.lonlat((centre.x, centre.y)) for name, centre in centres}


def _layer(name: str) -> Layer:
    return one_layer(current_pictures().store, name)


def _owner() -> str:
    return current_picture().municipality or gettext(N_("The municipality"))


def _licence() -> str:
    settings: Settings = current_app.extensions["settings"]
    return gettext(N_("Ask the publisher: %(contact)s")) % {
        "contact": settings.contact or url_for("about.about")
    }


def _kept(name: str, make: Any, mimetype: str = "application/json") -> Response:
    return _answer(kept(f"api {name}", lambda: geojson.encode(make())), mimetype)


def _answer(body: bytes, mimetype: str = "application/json") -> Response:
    """The bytes, to be kept by the browser and asked for again: the same content has the same ETag."""
    answer = Response(body, mimetype=mimetype)
    answer.headers["Cache-Control"] = "no-cache"
    answer.vary.add("Cookie")
    answer.add_etag()
    answer.make_conditional(request)
    return answer
