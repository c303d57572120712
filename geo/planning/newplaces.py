"""Places that were flagged of late within a walk of the station: what a planner wants to know before the train comes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from geo.errors import NotFound
from geo.model import STOCKHOLM, Role
from geo.planning.workspace import Workspace
from geo.store import calendars, inside
from geo.store.engine import Store
from geo.store.inside import PlaceInside

NEW = timedelta(days=365)
READERS = (Role.PLANNER, Role.COORDINATOR)


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place within the longest walk, and when its first answer was taken in."""

    place: PlaceInside
    since: datetime


def new_places(store: Store, workspace: Workspace, now: datetime) -> tuple[NewPlace, ...]:
    """The places within the longest walk whose first answer was taken in during the year before ``now``, the newest first.

    Also those that too few have flagged to be shown to residents. None without a station.
    """
    walked = workspace.as_it_is(now.astimezone(STOCKHOLM).date())
    if walked is None:
        return ()
    reached = walked.reach[-1].shape()
    with store.read() as connection:
        seen = inside.first_seen(connection)
        found = inside.places_inside(connection, reached)
    new = [
        NewPlace(place, seen[place.id])
        for place in found
        if place.id in seen and now - NEW <= seen[place.id] <= now
    ]
    return tuple(sorted(new, key=lambda one: (one.since, one.place.id), reverse=True))


def new_places_by_link(
    store: Store, workspace: Workspace, token_hash: str, now: datetime
) -> tuple[NewPlace, ...]:
    """The same for whoever has a planner's or coordinator's secret link.

    Raises:
        NotFound: there is no such link, its account is shut, or its owner is neither; nothing tells which.
    """
    with store.read() as connection:
        owner = calendars.owner(connection, token_hash)
    if owner is None or owner.role not in READERS:
        raise NotFound("There is no such feed.")
    return new_places(store, workspace, now)
