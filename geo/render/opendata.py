"""What residents may see, as rows of open data: what each feature is called, where it is and when it is about."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from shapely.geometry import Point

from geo.model import CategoryGroup, Layer
from geo.privacy.statements import Said
from geo.publish.incident_areas import IncidentArea
from geo.publish.measures import PublicMeasure
from geo.publish.places import PublicPlace
from geo.render.features import Row
from geo.render.geojson import measure_properties, place_properties
from geo.render.labels import GROUPS

Gettext = Callable[[str], str]


def place_rows(
    places: Iterable[PublicPlace], words_of: Callable[[PublicPlace], Mapping[str, Any]]
) -> Iterator[Row]:
    """Shown places; they are about the years of their surveys. ``words_of``: properties in the reader's language."""
    for place in places:
        yield Row(
            id=place.id,
            geometry=Point(place.point),
            properties={**words_of(place), **place_properties(place)},
            period=(date(min(place.years), 1, 1), date(max(place.years), 12, 31)) if place.years else None,
        )


def measure_rows(
    measures: Iterable[PublicMeasure], words_of: Callable[[PublicMeasure], Mapping[str, Any]]
) -> Iterator[Row]:
    """Public measures; they are about the time from their start until they were finished, or are due."""
    for measure in measures:
        first, last = measure.starts, measure.finished or measure.due
        yield Row(
            id=measure.id,
            geometry=None if measure.point is None else Point(measure.point),
            properties={
                "title": measure.title,
                **words_of(measure),
                "locality": measure.locality,
                "description": measure.description,
                "kind": measure.kind,
                "starts": first.isoformat() if first else None,
                **measure_properties(measure),
            },
            # Files say when something ends before it begins; then only the end is known to be true.
            period=None
            if first is None and last is None
            else (None if first and last and first > last else first, last),
        )


def incident_rows(areas: Iterable[IncidentArea], gettext: Gettext) -> Iterator[Row]:
    """The statements of a release: ``said`` is number, small (1–4) or hidden, and ``number`` is there for the first only."""
    for found in areas:
        yield Row(
            id=found.key,
            geometry=found.geometry,
            properties={
                "area": found.area,
                "scope": found.scope,
                "year": found.year or None,
                "first": found.first.isoformat(),
                "last": found.last.isoformat(),
                "group": found.group or None,
                "group_label": gettext(GROUPS[CategoryGroup(found.group)]) if found.group else None,
                "said": found.said,
                "number": found.value if found.said is Said.NUMBER else None,
            },
            period=(found.first, found.last),
        )


def layer_rows(layer: Layer) -> Iterator[Row]:
    """The features of a public layer, numbered from 1 in their order."""
    for number, feature in enumerate(layer.features, 1):
        yield Row(id=number, geometry=feature.geometry, properties=feature.properties)
