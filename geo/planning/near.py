"""What lies beside the stretches that people walk: places that feel unsafe, measures, and for coordinators incidents."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.analysis.near import Spots, beside
from geo.analysis.outcome import Outcome, Stretch, geometry_of
from geo.model import Level, MeasureStatus, Person, Role
from geo.store import inside, work
from geo.store.engine import Store
from geo.store.inside import Spot

_AHEAD = frozenset({MeasureStatus.PLANNED, MeasureStatus.ONGOING, MeasureStatus.REOPENED})


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies within 50 m of one stretch. ``places`` are ids, also of those that too few have flagged to be shown;
    ``measures`` the titles of those decided and not done; ``incidents`` is None for who may not see them."""

    places: tuple[int, ...]
    measures: tuple[str, ...]
    incidents: int | None


def beside_stretches(
    store: Store, by: Person, outcome: Outcome, stretches: Sequence[Stretch]
) -> tuple[Beside, ...]:
    """For each stretch what ``by`` may know of what lies there; only what is known exactly enough."""
    if not stretches:
        return ()
    lines = [geometry_of(outcome, stretch) for stretch in stretches]
    with store.read() as connection:
        places = inside.place_spots(connection)
        incidents = inside.incident_spots(connection) if by.role is Role.COORDINATOR else None
        measures = [
            measure
            for measure in work.measures(connection)
            if measure.point is not None and measure.status in _AHEAD
        ]
    flagged = beside(lines, _spots(places))
    done = beside(
        lines,
        Spots(
            np.array([measure.point for measure in measures], np.float64).reshape(-1, 2),
            np.zeros(len(measures)),
            np.full(len(measures), Level.SPOT, object),
        ),
    )
    told = beside(lines, _spots(incidents)) if incidents is not None else None
    return tuple(
        Beside(
            places=tuple(places[number].id for number in flagged[at].tolist()),
            measures=tuple(measures[number].title for number in done[at].tolist()),
            incidents=len(told[at]) if told is not None else None,
        )
        for at in range(len(stretches))
    )


def _spots(found: Sequence[Spot]) -> Spots:
    return Spots(
        np.array([spot.point for spot in found], np.float64).reshape(-1, 2),
        np.array([spot.radius_m for spot in found], np.float64),
        np.array([spot.level for spot in found], object),
    )
