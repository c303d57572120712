"""Places that feel unsafe, as residents may see them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from geo.model import LOCALITIES_LAYER, EntryKind, Level, PlaceStatus, Point3006, Reason, TimeOfDay
from geo.privacy import MIN_RESPONDENTS, municipal_reasons, ordered_reasons, ordered_times
from geo.publish.measures import PublicMeasure, status_of
from geo.store.engine import Store
from geo.store.schema import answer_location, layer_feature, place, survey, survey_answer


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """A place five respondents or more agree about. No number of respondents, no counts, no words of theirs.

    Its name in words is made of ``anchor`` (``at_stop``: a bus stop), ``distance_m`` (0: at the anchor) and ``direction`` (n, ne,
    e, se, s, sw, w, nw, or empty). ``point`` is EPSG:3006. ``reasons`` are ordered, most mentioned
    first; ``times`` in the day's order. ``surveys`` names the surveys and ``years`` their years.
    """

    id: int
    anchor: str
    at_stop: bool
    distance_m: int
    direction: str
    locality: str
    point: Point3006
    radius_m: float
    status: PlaceStatus
    reasons: tuple[Reason, ...]
    times: tuple[TimeOfDay, ...]
    surveys: tuple[str, ...]
    years: tuple[int, ...]
    synthetic: bool
    measures: tuple[PublicMeasure, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader asked for; None or empty means all. Works on published words only."""

    reason: Reason | None = None
    time: TimeOfDay | None = None
    status: PlaceStatus | None = None
    locality: str = ""

    def takes(self, found: PublicPlace) -> bool:
        """Whether a place is among what was asked for."""
        return (
            (self.reason is None or self.reason in found.reasons)
            and (self.time is None or self.time in found.times)
            and (self.status is None or self.status is found.status)
            and (not self.locality or self.locality == found.locality)
        )


@dataclass(frozen=True, slots=True)
class PublicPlaces:
    """The shown places, and what is said of the rest.

    ``localities`` are all localities with a shown place. ``further`` are localities where answers named
    places beside the shown ones; ``elsewhere`` says that places outside every locality were named.
    ``municipal`` are the reasons told of the whole municipality only.
    """

    places: tuple[PublicPlace, ...]
    localities: tuple[str, ...]
    further: tuple[str, ...]
    elsewhere: bool
    municipal: tuple[Reason, ...]
    surveys: tuple[str, ...]


def places(store: Store, measures: Iterable[PublicMeasure]) -> PublicPlaces:
    """Every place that may be shown, with its ``measures``, ordered by locality and name: no ranking.

    The rest is told of real localities (tätorter) only, never of a hamlet with three houses.
    """
    with store.read() as connection:
        shown = _read_places(connection, measures)
        further, elsewhere = _read_rest(connection, _towns(connection))
        told = {
            (reason, row.survey_id, row.respondent)
            for row in connection.execute(
                select(survey_answer.c.respondent, survey_answer.c.survey_id, survey_answer.c.reasons).where(
                    survey_answer.c.warning == ""
                )
            )
            for reason in row.reasons
        }
        answered = select(survey_answer.c.survey_id)
        surveys = connection.execute(
            select(survey.c.name).where(survey.c.id.in_(answered)).order_by(survey.c.id)
        ).scalars()
        return PublicPlaces(
            places=shown,
            localities=tuple(sorted({found.locality for found in shown if found.locality})),
            further=further,
            elsewhere=elsewhere,
            municipal=municipal_reasons(Counter(reason for reason, _survey, _respondent in told)),
            surveys=tuple(surveys),
        )


def _read_places(connection: Connection, measures: Iterable[PublicMeasure]) -> tuple[PublicPlace, ...]:
    rows = connection.execute(select(place).where(place.c.respondents >= MIN_RESPONDENTS)).all()
    names = {
        row.id: (row.name, row.year, row.synthetic)
        for row in connection.execute(select(survey.c.id, survey.c.name, survey.c.year, survey.c.synthetic))
    }
    by_place: dict[int, list[PublicMeasure]] = {}
    for found in measures:
        for key in found.place_ids:
            by_place.setdefault(key, []).append(found)
    shown = []
    for row in rows:
        own = tuple(by_place.get(row.id, ()))
        asked = [names[key] for key in row.surveys if key in names]
        shown.append(
            PublicPlace(
                id=row.id,
                anchor=row.anchor,
                at_stop=row.anchor_kind == EntryKind.BUS_STOP,
                distance_m=row.distance_m,
                direction=row.direction,
                locality=row.locality,
                point=(row.geom.x, row.geom.y),
                radius_m=row.radius_m,
                status=status_of(own),
                reasons=ordered_reasons(row.reasons),
                times=ordered_times(row.times),
                surveys=tuple(name for name, _year, _synthetic in asked),
                years=tuple(sorted({year for _name, year, _synthetic in asked if year})),
                synthetic=row.synthetic,
                measures=own,
            )
        )
    return tuple(sorted(shown, key=lambda p: (p.locality, p.anchor, p.distance_m, p.id)))


def _towns(connection: Connection) -> frozenset[str]:
    features = connection.execute(
        select(layer_feature.c.properties).where(layer_feature.c.layer == LOCALITIES_LAYER)
    ).scalars()
    return frozenset(
        str(found["name"]) for found in features if found.get("kind") == EntryKind.LOCALITY.value
    )


def _read_rest(connection: Connection, localities: frozenset[str]) -> tuple[tuple[str, ...], bool]:
    below = (
        select(answer_location.c.locality, func.count())
        .join(survey_answer, survey_answer.c.id == answer_location.c.answer_id)
        .outerjoin(place, place.c.id == answer_location.c.place_id)
        .where(
            answer_location.c.level.in_([Level.SPOT.value, Level.LOCALITY.value]),
            place.c.id.is_(None) | (place.c.respondents < MIN_RESPONDENTS),
            survey_answer.c.warning == "",
        )
        .group_by(answer_location.c.locality)
    )
    named = {row.locality for row in connection.execute(below)}
    return tuple(sorted(named & localities)), bool(named - localities)
