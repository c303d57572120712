"""Survey answers and what was made of them: locations and places."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from shapely import Point
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from geo.errors import StoreError
from geo.model import Level, Match, Point3006, SurveyAnswer
from geo.store import spatial
from geo.store.aliases import REVIEWED
from geo.store.rows import IN_CHUNK, chunks, location, text_key
from geo.store.schema import (
    answer_location,
    answer_review,
    measure,
    measure_place,
    place,
    survey,
    survey_answer,
)


def survey_id(connection: Connection, name: str, *, year: int | None, synthetic: bool) -> int:
    """The id of the survey with this name; it is made where there is none.

    Raises:
        StoreError: there is one, and its answers are invented where these are real, or the other way round.
    """
    found = connection.execute(
        select(survey.c.id, survey.c.synthetic).where(survey.c.name == name)
    ).one_or_none()
    if found is not None:
        if found.synthetic != synthetic:
            raise StoreError(
                "The survey “%(name)s” holds answers of the other kind: real and invented ones never share a "
                "survey. Give these a name of their own.",
                name=name,
            )
        return int(found.id)
    key: int = connection.execute(
        insert(survey).values(name=name, year=year, synthetic=synthetic).returning(survey.c.id)
    ).scalar_one()
    return key


def known_answers(connection: Connection, name: str, refs: Iterable[str]) -> dict[str, str]:
    """Those of ``refs`` that the survey of this name has already, each with the words that are kept."""
    found: dict[str, str] = {}
    for part in chunks(list(dict.fromkeys(refs)), IN_CHUNK):
        rows = connection.execute(
            select(survey_answer.c.ref, survey_answer.c.text)
            .join(survey, survey.c.id == survey_answer.c.survey_id)
            .where(survey.c.name == name, survey_answer.c.ref.in_(part))
        )
        found.update({row.ref: row.text for row in rows})
    return found


@dataclass(frozen=True, slots=True)
class PlacedAnswer:
    """An answer with its matches (one per place that it names), the danger that it tells of, and what it tells
    of that holds it back (``geo.sensitive``)."""

    answer: SurveyAnswer
    matches: tuple[Match, ...]
    danger: str
    warning: str = ""


def add_answers(
    connection: Connection,
    survey_key: int,
    import_id: int,
    placed: Sequence[PlacedAnswer],
    progress: Callable[[int], None],
) -> None:
    """Keeps answers that are new, with their locations."""
    written = 0
    for part in chunks(placed):
        connection.execute(
            insert(survey_answer),
            [
                {
                    "survey_id": survey_key,
                    "import_id": import_id,
                    "ref": one.answer.ref,
                    "respondent": one.answer.respondent,
                    "text": one.answer.text,
                    "reasons": [reason.value for reason in one.answer.reasons],
                    "times": [time.value for time in one.answer.times],
                    "comment": one.answer.comment,
                    "answered": one.answer.answered,
                    "danger": one.danger,
                    "text_key": text_key(one.answer.text),
                    "warning": one.warning,
                }
                for one in part
            ],
        )
        ids = _ids(connection, survey_key, [one.answer.ref for one in part])
        connection.execute(
            insert(answer_location),
            [
                {
                    "answer_id": ids[one.answer.ref],
                    "ordinal": ordinal,
                    "place_id": None,
                    **location(match),
                }
                for one in part
                for ordinal, match in enumerate(one.matches)
            ],
        )
        written += len(part)
        progress(written)


def _ids(connection: Connection, survey_key: int, refs: Sequence[str]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for part in chunks(refs, IN_CHUNK):
        rows = connection.execute(
            select(survey_answer.c.ref, survey_answer.c.id).where(
                survey_answer.c.survey_id == survey_key, survey_answer.c.ref.in_(part)
            )
        )
        ids.update({row.ref: row.id for row in rows})
    return ids


@dataclass(frozen=True, slots=True)
class LocatedAnswer:
    """One place that one respondent named, as the clustering needs it."""

    location_id: int
    survey_id: int
    respondent: str
    synthetic: bool
    reasons: tuple[str, ...]
    times: tuple[str, ...]
    locality: str
    point: Point3006
    radius_m: float
    probability: float


def located_answers(connection: Connection) -> list[LocatedAnswer]:
    """Every answer location known to a spot, but for answers that are held back."""
    rows = connection.execute(
        select(
            answer_location.c.id,
            answer_location.c.locality,
            answer_location.c.geom,
            answer_location.c.radius_m,
            answer_location.c.probability,
            survey_answer.c.survey_id,
            survey_answer.c.respondent,
            survey_answer.c.reasons,
            survey_answer.c.times,
            survey.c.synthetic,
        )
        .join(survey_answer, survey_answer.c.id == answer_location.c.answer_id)
        .join(survey, survey.c.id == survey_answer.c.survey_id)
        .where(answer_location.c.level == Level.SPOT.value, survey_answer.c.warning == "")
        .order_by(answer_location.c.id)
    )
    return [
        LocatedAnswer(
            location_id=row.id,
            survey_id=row.survey_id,
            respondent=row.respondent,
            synthetic=row.synthetic,
            reasons=tuple(row.reasons),
            times=tuple(row.times),
            locality=row.locality,
            point=(row.geom.x, row.geom.y),
            radius_m=row.radius_m,
            probability=row.probability,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place as clustering made it, before it has an id. ``members`` are answer location ids.

    ``anchor_kind`` is the EntryKind of the anchor, or empty.
    """

    anchor: str
    anchor_kind: str
    distance_m: int
    direction: str
    locality: str
    point: Point3006
    radius_m: float
    respondents: int
    reasons: dict[str, int]
    times: dict[str, int]
    surveys: tuple[int, ...]
    synthetic: bool
    members: tuple[int, ...]


SAME_PLACE_M = 100.0
"""A place keeps its id, and so its address on the web, while its centre moves less than this."""


def replace_places(connection: Connection, found: Sequence[NewPlace]) -> None:
    """Puts clustered places in the place of the old ones; those that are the same keep their ids."""
    old = connection.execute(select(place.c.id, place.c.geom)).all()
    ids = _adopt(found, [(row.id, (row.geom.x, row.geom.y)) for row in old])
    connection.execute(update(answer_location).values(place_id=None))
    gone = sorted({row.id for row in old} - {key for key in ids if key is not None})
    chosen = _chosen(connection, gone)
    for part in chunks(gone, IN_CHUNK):
        connection.execute(delete(measure_place).where(measure_place.c.place_id.in_(part)))
        connection.execute(delete(place).where(place.c.id.in_(part)))
    written: list[int] = []
    for key, one in zip(ids, found, strict=True):
        values = {
            "anchor": one.anchor,
            "anchor_kind": one.anchor_kind,
            "distance_m": one.distance_m,
            "direction": one.direction,
            "locality": one.locality,
            "geom": Point(one.point),
            "radius_m": one.radius_m,
            "respondents": one.respondents,
            "reasons": one.reasons,
            "times": one.times,
            "surveys": list(one.surveys),
            "synthetic": one.synthetic,
        }
        if key is None:
            written.append(
                connection.execute(insert(place).values(values).returning(place.c.id)).scalar_one()
            )
        else:
            connection.execute(update(place).where(place.c.id == key).values(values))
            written.append(key)
    for part in chunks([*gone, *written], IN_CHUNK):
        spatial.index(connection, place, list(part))
    members = [
        {"location": member, "place": key}
        for key, one in zip(written, found, strict=True)
        for member in one.members
    ]
    if members:
        connection.execute(
            update(answer_location)
            .where(answer_location.c.id == bindparam("location"))
            .values(place_id=bindparam("place")),
            members,
        )
    _hand_on(connection, chosen, list(zip(written, (one.point for one in found), strict=True)))


HEIR_M = 150.0
"""What a person has chosen a place for goes over to the nearest new one within this distance."""


def _chosen(connection: Connection, gone: Sequence[int]) -> list[tuple[int, Point3006]]:
    """The measures that a person made for places that are gone now, each with where that was."""
    found: list[tuple[int, Point3006]] = []
    for part in chunks(gone, IN_CHUNK):
        rows = connection.execute(
            select(measure_place.c.measure_id, place.c.geom)
            .join(place, place.c.id == measure_place.c.place_id)
            .join(measure, measure.c.id == measure_place.c.measure_id)
            .where(measure_place.c.place_id.in_(part), measure.c.by_hand)
        )
        found += [(row.measure_id, (row.geom.x, row.geom.y)) for row in rows]
    return found


def _tree(points: Any) -> Any:
    # Loaded here: a start of the server needs none of it, and it takes long.
    from scipy.spatial import cKDTree

    return cKDTree(points)


def _hand_on(
    connection: Connection,
    chosen: Sequence[tuple[int, Point3006]],
    places: Sequence[tuple[int, Point3006]],
) -> None:
    """Two places that became one, or one that moved: the measure is for what is there now."""
    if not chosen or not places:
        return
    near, at = _tree([point for _key, point in places]).query(
        [point for _key, point in chosen], distance_upper_bound=HEIR_M
    )
    for (measure_id, _point), metres, i in zip(chosen, near, at, strict=True):
        if not np.isfinite(metres):
            continue
        link = {"measure_id": measure_id, "place_id": places[int(i)][0]}
        known = select(measure_place).where(
            measure_place.c.measure_id == measure_id, measure_place.c.place_id == link["place_id"]
        )
        if connection.execute(known).first() is None:
            connection.execute(insert(measure_place), link)


def _adopt(found: Sequence[NewPlace], old: Sequence[tuple[int, Point3006]]) -> list[int | None]:
    """For each new place the id of the old one it continues, nearest pairs first."""
    ids: list[int | None] = [None] * len(found)
    if not found or not old:
        return ids
    new_xy = np.array([one.point for one in found])
    old_xy = np.array([point for _key, point in old])
    pairs = _tree(new_xy).sparse_distance_matrix(_tree(old_xy), SAME_PLACE_M, output_type="ndarray")
    taken: set[int] = set()
    for pair in sorted(pairs, key=lambda p: (p["v"], p["i"], p["j"])):
        key = old[int(pair["j"])][0]
        if ids[int(pair["i"])] is None and key not in taken:
            ids[int(pair["i"])] = key
            taken.add(key)
    return ids


def queue(connection: Connection) -> list[Any]:
    """What waits for the staff: answers that tell of a danger, and answers without a place.

    An answer about which staff have decided something waits no longer, nor one whose words they have settled. Rows have: survey, id, text, danger, level, rule, name, probability.
    """
    return list(
        connection.execute(
            select(
                survey.c.name.label("survey"),
                survey_answer.c.id,
                survey_answer.c.text,
                survey_answer.c.danger,
                answer_location.c.level,
                answer_location.c.rule,
                answer_location.c.name,
                answer_location.c.probability,
            )
            .join(survey, survey.c.id == survey_answer.c.survey_id)
            .join(answer_location, answer_location.c.answer_id == survey_answer.c.id)
            .where(
                (survey_answer.c.danger != "")
                | (
                    answer_location.c.level.in_([Level.UNKNOWN.value, Level.MUNICIPALITY.value])
                    & (answer_location.c.rule != REVIEWED)
                ),
                survey_answer.c.id.not_in(select(answer_review.c.answer_id)),
                # One whose words are gone tells nobody anything.
                survey_answer.c.text != "",
            )
            .order_by(survey_answer.c.danger == "", survey_answer.c.id, answer_location.c.ordinal)
        )
    )
