"""Which collections there are, what is said of each, and their tables: made once for each version of the picture."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext

from geo.errors import NotFound
from geo.messages import N_
from geo.model import LayerInfo
from geo.privacy import MIN_INCIDENTS, MIN_RESPONDENTS
from geo.privacy.statements import Scope
from geo.publish.incident_areas import incident_areas
from geo.publish.layers import one_layer
from geo.publish.measures import PublicMeasure
from geo.publish.places import PublicPlace
from geo.render import opendata, words
from geo.render.features import FeatureTable, Row
from geo.render.labels import (
    MEASURE_STATUSES,
    OVERDUE_STATUSES,
    PLACE_STATUSES,
    PROMISES,
    REASONS,
    TIMES,
)
from geo.settings import Settings
from webapp.kept import kept, kept_of_layers
from webapp.language import chosen_language
from webapp.picture import current_picture, current_pictures
from webapp.words import is_overdue, layer_title, municipality_name, name_of, told, where_of

_LAYER = "layer-"
"""Before a layer's name: so none is taken for one of the others."""

_LICENCES = {
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "ODbL": "https://opendatacommons.org/licenses/odbl/1-0/",
}
"""The addresses of licences by the words that their names begin with."""


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection, in the reader's language. ``licence`` is an address, or words where none is known."""

    id: str
    title: str
    description: str
    source: str
    licence: str
    synthetic: bool
    rows: Callable[[], Iterable[Row]]
    keep: Callable[[str, Callable[[], FeatureTable]], FeatureTable] = kept
    """How long the features stay the same: by itself, until anything in the store changes."""

    @property
    def table(self) -> FeatureTable:
        """The features, made at the first asking after the data changed."""
        return self.keep(f"ogc {self.id}", lambda: FeatureTable(self.rows()))

    @property
    def licence_address(self) -> str:
        """Where the licence stands; empty where only its words are known."""
        return self.licence if self.licence.startswith(("https://", "http://")) else ""


def all_collections() -> tuple[Collection, ...]:
    """Every collection that residents may read: places, measures, incidents by area, and the public layers."""
    return kept("ogc collections", _all_collections)


def _all_collections() -> tuple[Collection, ...]:
    picture = current_picture()
    return (
        Collection(
            id="places",
            title=gettext(N_("Places that feel unsafe")),
            description=gettext(
                N_(
                    "Places that at least %(number)s people pointed out in a survey: where, why, when, and how far the work has "
                    "come. Each says how far off it may be, in metres (precision_m). That a place feels unsafe says nothing "
                    "about the risk of crime there."
                )
            )
            % {"number": MIN_RESPONDENTS},
            source=words.in_words(picture.places.surveys, chosen_language()),
            licence=_licence(),
            synthetic=any(found.synthetic for found in picture.places.places),
            rows=lambda: opendata.place_rows(picture.places.places, _place_words),
        ),
        Collection(
            id="measures",
            title=gettext(N_("Measures")),
            description=gettext(
                N_(
                    "What is being done and by whom. A measure has a point only where it is known to a spot; “places” names the "
                    "places it is for."
                )
            ),
            source=municipality_name(),
            licence=_licence(),
            synthetic=any(found.synthetic for found in picture.measures),
            rows=lambda: opendata.measure_rows(picture.measures, _measure_words),
        ),
        # One kind of shape each: QGIS draws only the kind of a layer's first feature.
        _of_incidents("incident-areas", gettext(N_("Incidents by area")), (Scope.MUNICIPALITY, Scope.CELL)),
        _of_incidents("incident-localities", gettext(N_("Incidents by locality")), (Scope.LOCALITY,)),
        *(_of_layer(info) for info in picture.layers),
    )


def one_collection(collection: str) -> Collection:
    """The collection with this id.

    Raises:
        NotFound: there is none, or it is not public; nothing tells which.
    """
    for found in all_collections():
        if found.id == collection:
            return found
    raise NotFound("There is no such collection.")


def publisher() -> str:
    """Who answers for the data."""
    settings: Settings = current_app.extensions["settings"]
    return settings.publisher or municipality_name()


def _of_incidents(name: str, title: str, scopes: tuple[Scope, ...]) -> Collection:
    return Collection(
        id=name,
        title=title,
        description=gettext(
            N_(
                "What the newest release says of incidents that the police have told of, by area and year; news, not "
                "statistics. “said” tells how: “number”, “small” (1–%(most)s) or “hidden”, where it would give another "
                "away. A box or a time picks whole areas and years, nothing is counted anew."
            )
        )
        % {"most": MIN_INCIDENTS - 1},
        source=gettext(N_("The police's public news feed")),
        licence=_licence(),
        synthetic=False,
        rows=lambda: opendata.incident_rows(
            (found for found in incident_areas(current_pictures().store) if found.scope in scopes), gettext
        ),
    )


def _of_layer(info: LayerInfo) -> Collection:
    known = (address for name, address in _LICENCES.items() if info.licence.startswith(name))
    return Collection(
        id=_LAYER + info.name,
        title=layer_title(info),
        description=told(info.precision),
        source=told(info.source),
        licence=next(known, info.licence),
        synthetic=info.synthetic,
        rows=lambda: opendata.layer_rows(one_layer(current_pictures().store, info.name)),
        keep=kept_of_layers,
    )


def _licence() -> str:
    settings: Settings = current_app.extensions["settings"]
    if settings.licence:
        return settings.licence
    return gettext(N_("Ask the publisher: %(contact)s")) % {
        "contact": settings.contact or url_for("about.about", _external=True)
    }


def _place_words(found: PublicPlace) -> dict[str, Any]:
    overdue = is_overdue(found)
    label = OVERDUE_STATUSES[found.status] if overdue else PLACE_STATUSES[found.status]
    return {
        "name": name_of(found),
        "status_label": gettext(label),
        "overdue": overdue,
        "reasons_label": [gettext(REASONS[reason]) for reason in found.reasons],
        "times_label": [gettext(TIMES[time]) for time in found.times],
    }


def _measure_words(found: PublicMeasure) -> dict[str, Any]:
    return {
        "status_label": gettext(MEASURE_STATUSES[found.status]),
        "promise_label": gettext(PROMISES[found.promise]),
        "where": where_of(found),
    }
