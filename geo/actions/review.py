"""What people decide that words mean: learned for every row with those words, and taken back again."""

import math
from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np
from shapely import LineString
from sqlalchemy import Connection

from geo.crs import points_to_3006
from geo.errors import BadInput, NotAllowed, Stale
from geo.flagging import replace_places
from geo.geocoder import Geocoder
from geo.messages import N_
from geo.model import Level, Match, Person, Role
from geo.store import aliases, audit, reviews
from geo.store import measures as measure_store
from geo.store.aliases import Alias, Decision, Meaning, Target
from geo.store.engine import Store
from geo.store.layers import municipality_box
from geo.store.reviews import Moved

DRAWN_RADIUS_M = 25.0
"""How far off a point put on the map by hand may be."""
MAX_TARGETS = 10
MAX_RADIUS_M = 50_000.0
MAX_LINE = 200
MAX_NAME = 200
MAX_LOCALITY = 100


def decide(
    store: Store,
    geocoder: Geocoder,
    by: Person | None,
    key: str,
    meaning: Meaning,
    *,
    now: datetime,
) -> tuple[int, Moved]:
    """Learns what the words ``key`` mean, and places every row with them; gives the decision's id.

    ``by`` is None on the command line. The same decision once more changes nothing.

    Raises:
        NotAllowed: only coordinators decide.
        NotFound: no row has these words.
        BadInput: a place can't be used; ``params["field"]`` is ``places``.
        Stale: something else was decided about them in the meantime.
    """
    coordinator(by)
    with store.write() as connection:
        found = learn(connection, geocoder, by, key, meaning, now=now)
        settle(connection, geocoder, found[1])
    return found


def learn(
    connection: Connection,
    geocoder: Geocoder,
    by: Person | None,
    key: str,
    meaning: Meaning,
    *,
    now: datetime,
) -> tuple[int, Moved]:
    """As ``decide``, as a part of a transaction that ends with ``settle``."""
    words = reviews.words(connection, key)
    _check(connection, meaning)
    held = aliases.aliases(connection, [key]).get(key)
    if held is not None:
        if held.meaning == meaning.as_kept():
            return held.id, Moved()
        raise Stale("It was settled in the meantime. Take that back first if it is wrong.")
    made = aliases.add(connection, key, words.texts[0], meaning, at=now, by=by)
    alias = aliases.one_alias(connection, made)
    moved = _place(connection, geocoder, alias)
    # The words themselves are the respondents' and stay out of the audit, which is read by others.
    audit.record(
        connection,
        at=now,
        by=by,
        action="words.decided",
        subject=f"words {made}",
        after={
            "decision": meaning.decision.value,
            "places": [target.name or _spot(target) for target in meaning.targets],
            "number": moved.rows,
        },
    )
    return made, moved


def take_back(store: Store, geocoder: Geocoder, by: Person | None, alias_id: int, *, now: datetime) -> Moved:
    """Unlearns a decision: every row with its words is placed by the geocoder again.

    One that was taken back before stays so, and nothing moves.

    Raises:
        NotAllowed: only coordinators decide.
        NotFound: there is no such decision.
    """
    coordinator(by)
    with store.write() as connection:
        alias = aliases.one_alias(connection, alias_id)
        if not aliases.take_back(connection, alias_id, at=now, by=by):
            return Moved()
        moved = reviews.replace(connection, geocoder.geocode_all, _one_by(geocoder), keys=[alias.key])
        settle(connection, geocoder, moved)
        audit.record(
            connection,
            at=now,
            by=by,
            action="words.taken_back",
            subject=f"words {alias_id}",
            before={"decision": alias.meaning.decision.value},
            after={"number": moved.rows},
        )
    return moved


def refresh(
    store: Store,
    geocoder: Geocoder,
    *,
    now: datetime,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Moved:
    """Places every row anew, as after a new area. What a person or a file placed stays where it is."""
    with store.write() as connection:
        moved = reviews.replace(connection, geocoder.geocode_all, _one_by(geocoder), progress=progress)
        settle(connection, geocoder, moved)
        audit.record(connection, at=now, by=None, action="words.refreshed", after={"number": moved.rows})
    return moved


def settle(connection: Connection, geocoder: Geocoder, moved: Moved) -> None:
    """Brings up to date what is made of the rows' places: flagged places, and links."""
    if moved.spots:
        replace_places(connection, geocoder.gazetteer)
    elif moved.measures:
        measure_store.link(connection)


def drawn(geocoder: Geocoder, lonlats: Sequence[tuple[float, float]]) -> Target:
    """What somebody drew on the map as (lon, lat) degrees: one point, or a line of several.

    A line's place is its middle, and its radius reaches its ends.

    Raises:
        BadInput: nothing was drawn, too much, or what isn't numbers; ``params["field"]`` is ``places``.
    """
    if not lonlats or not np.isfinite(lonlats).all():
        raise BadInput("Put a point or a line on the map first.", field="places")
    if len(lonlats) > MAX_LINE:
        raise BadInput("A line can have at most %(most)s points.", field="places", most=MAX_LINE)
    points = [(float(e), float(n)) for e, n in points_to_3006(np.asarray(lonlats, dtype=np.float64))]
    middle = points[0]
    if len(points) > 1:
        at = LineString(points).interpolate(0.5, normalized=True)
        middle = (at.x, at.y)
    reach = max(math.dist(middle, point) for point in points)
    return Target(
        middle,
        max(DRAWN_RADIUS_M, reach),
        locality=geocoder.gazetteer.locality_near(middle),
        line=tuple(points) if len(points) > 1 else (),
    )


def coordinator(by: Person | None) -> None:
    """Lets a coordinator and the command line pass.

    Raises:
        NotAllowed: somebody else.
    """
    if by is not None and by.role is not Role.COORDINATOR:
        raise NotAllowed("Only coordinators decide what words mean.")


def _place(connection: Connection, geocoder: Geocoder, alias: Alias) -> Moved:
    def one_of(text: str, municipality: str) -> Match | None:
        return None if geocoder.is_elsewhere(municipality) else alias.meaning.matches(text)[0]

    return reviews.replace(connection, alias.meaning.matches, one_of, keys=[alias.key])


def _one_by(geocoder: Geocoder) -> reviews.OneOf:
    return lambda text, municipality: geocoder.geocode(text, municipality=municipality)


def _check(connection: Connection, meaning: Meaning) -> None:
    targets = meaning.targets
    if (meaning.decision is Decision.PLACES) != bool(targets):
        raise BadInput("Say which place is meant.", field="places")
    if len(targets) > MAX_TARGETS:
        raise BadInput("A text can mean at most %(most)s places.", field="places", most=MAX_TARGETS)
    box = municipality_box(connection)
    for target in targets:
        if (fault := _fault(target, box)) is not None:
            raise BadInput(fault, field="places")


def _fault(target: Target, box: tuple[float, float, float, float] | None) -> str | None:
    points = (target.point, *target.line)
    if not all(math.isfinite(value) for point in points for value in point):
        return N_("The place has no position.")
    if box is not None and not all(box[0] <= e <= box[2] and box[1] <= n <= box[3] for e, n in points):
        return N_("The place lies outside the municipality.")
    if not 0 < target.radius_m <= MAX_RADIUS_M or len(target.line) > MAX_LINE:
        return N_("The place can't be that large.")
    if target.level not in (Level.SPOT, Level.LOCALITY):
        return N_("The place has no position.")
    if len(target.name) > MAX_NAME or len(target.locality) > MAX_LOCALITY:
        return N_("The place's name is too long.")
    return None


def _spot(target: Target) -> str:
    e, n = target.point
    return f"{e:.0f}, {n:.0f}"
