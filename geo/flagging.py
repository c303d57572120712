"""Answers that mean the same spot → places, kept with the measures that reach them."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection

from geo.clustering import Spot, cluster, name_place
from geo.gazetteer import Gazetteer
from geo.store import measures as measure_store
from geo.store import surveys as survey_store


def replace_places(connection: Connection, gazetteer: Gazetteer) -> None:
    """Clusters all located answers anew, keeps the places, and links the measures to them."""
    located = {one.location_id: one for one in survey_store.located_answers(connection)}
    clusters = cluster(
        [
            Spot(
                key=key,
                respondent=f"{one.survey_id}:{one.respondent}",
                point=one.point,
                radius_m=one.radius_m,
                probability=one.probability,
            )
            for key, one in located.items()
        ]
    )
    found = []
    for group in clusters:
        members = [located[key] for key in group.members]
        name = name_place(group.centre, gazetteer)
        found.append(
            survey_store.NewPlace(
                anchor=name.anchor,
                anchor_kind=name.kind or "",
                distance_m=name.distance_m,
                direction=name.direction,
                locality=_commonest(one.locality for one in members),
                point=group.centre,
                radius_m=group.radius_m,
                respondents=group.respondents,
                reasons=_mentions((one, one.reasons) for one in members),
                times=_mentions((one, one.times) for one in members),
                surveys=tuple(sorted({one.survey_id for one in members})),
                synthetic=any(one.synthetic for one in members),
                members=group.members,
            )
        )
    survey_store.replace_places(connection, found)
    measure_store.link(connection)


def _commonest(words: Iterable[str]) -> str:
    counted = Counter(words)
    return min(counted, key=lambda word: (-counted[word], word))


def _mentions(
    members: Iterable[tuple[survey_store.LocatedAnswer, tuple[str, ...]]],
) -> dict[str, int]:
    """How many respondents mention each word: a respondent with two answers counts once."""
    said = {(one.survey_id, one.respondent, word) for one, words in members for word in words}
    return dict(sorted(Counter(word for _survey, _respondent, word in said).items()))
