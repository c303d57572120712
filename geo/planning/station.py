"""What planners say of a station: itself, its trains and light, scenarios, figures to hold later ones against."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from shapely import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from geo.actions.plans import clean
from geo.analysis.edit import Edit
from geo.analysis.network import SNAP_M, Network
from geo.analysis.origins import PEOPLE
from geo.errors import BadInput
from geo.model import Person, Point3006, RoadOwner, Train
from geo.store import audit, stations
from geo.store.engine import Store
from geo.store.stations import Scenario, Station

MAX_NAME = 200
MAX_WORDS = 300
MAX_ENTRANCES = 40
MAX_DROP_OFFS = 40
MAX_EDITS = 50
MAX_TRAINS = 2_000
_LONGEST_SEASON = 366
SPEEDS = (0.3, 3.0)
"""The least and the greatest walking speed, metres a second."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a station must lie in: the municipality or area, and near its paths, where they are known."""

    boundary: BaseGeometry | None = None
    network: Network | None = None


def faults(station: Station, ground: Ground) -> Iterator[BadInput]:
    """Everything of a station that can't be used, each with the ``field`` that is to blame."""
    if not clean(station.name):
        yield BadInput("The station needs a name.", field="name")
    for field, text, most in (
        ("name", station.name, MAX_NAME),
        ("precision", station.precision, MAX_WORDS),
        ("source", station.source, MAX_WORDS),
    ):
        if len(clean(text)) > most:
            yield BadInput("The text is longer than %(most)s characters.", field=field, most=most)
    if not clean(station.source):
        yield BadInput("Say where the position is from.", field="source")
    if not station.entrances:
        yield BadInput("There is no entrance.", field="entrances")
    if len(station.entrances) > MAX_ENTRANCES:
        yield BadInput("A station has at most %(most)s entrances.", field="entrances", most=MAX_ENTRANCES)
    if len(station.drop_offs) > MAX_DROP_OFFS:
        yield BadInput(
            "A station has at most %(most)s drop-off places.", field="drop_offs", most=MAX_DROP_OFFS
        )
    if station.area is not None and not station.area.is_valid:
        yield BadInput("The area crosses itself. Draw it so that its outline doesn't.", field="area")
    yield from _outside(station, ground)
    yield from _far(station, ground)
    if not SPEEDS[0] <= station.speed <= SPEEDS[1]:
        yield BadInput("The speed must be between 0.3 and 3 metres a second.", field="speed")
    if any(not 0 <= number <= 1000 for number in station.people.values()):
        yield BadInput("The number must be between 0 and 1,000.", field="people")
    if station.last_day < station.first_day:
        yield BadInput("The last day can't be before the first.", field="last_day")
    elif (station.last_day - station.first_day).days >= _LONGEST_SEASON:
        yield BadInput("The season can be a year at most.", field="last_day")


def _outside(station: Station, ground: Ground) -> Iterator[BadInput]:
    if ground.boundary is None:
        return
    if any(ground.boundary.distance(Point(door)) > 0 for door in station.entrances):
        yield BadInput("An entrance lies outside the municipality.", field="entrances")
    if any(ground.boundary.distance(Point(spot)) > 0 for spot in station.drop_offs):
        yield BadInput("A drop-off place lies outside the municipality.", field="drop_offs")
    if station.area is not None and ground.boundary.disjoint(station.area):
        yield BadInput("The station's area lies outside the municipality.", field="area")


def _far(station: Station, ground: Ground) -> Iterator[BadInput]:
    if ground.network is None or not station.entrances:
        return
    off = ground.network.snap(np.asarray(station.entrances, np.float64)).off
    for number, metres in enumerate(off.tolist(), 1):
        if metres > SNAP_M:
            yield BadInput(
                "Entrance %(number)s lies %(metres)s m from the nearest path. Move it, or add the path.",
                field="entrances",
                number=number,
                metres=round(metres),
            )


def save_station(
    store: Store, by: Person, station: Station, ground: Ground, *, version: int, now: datetime
) -> None:
    """Keeps the station in place of the one of this version.

    Raises:
        BadInput: something in it can't be used; the first of ``faults``.
        Stale: somebody else changed it in the meantime.
    """
    for fault in faults(station, ground):
        raise fault
    with store.write() as connection:
        before = stations.one_station(connection)
        stations.put_station(connection, station, version=version)
        audit.record(
            connection,
            at=now,
            by=by,
            action="station.save",
            subject=clean(station.name),
            before=_told(before) if before else {},
            after=_told(station),
        )


def _told(station: Station) -> dict[str, Any]:
    return {
        "name": station.name,
        "entrances": [[round(x, 1), round(y, 1)] for x, y in station.entrances],
        "drop_offs": [[round(x, 1), round(y, 1)] for x, y in station.drop_offs],
        "approximate": station.approximate,
        "precision": station.precision,
        "source": station.source,
        "speed": station.speed,
        "people": dict(station.people),
        "season": [station.first_day.isoformat(), station.last_day.isoformat()],
        "area_m2": round(station.area.area) if station.area is not None else None,
    }


def new_station(
    name: str, entrances: Sequence[Point3006], today: date, *, source: str, precision: str
) -> Station:
    """A station that nobody has said anything of yet: approximate, with the assumptions that the program begins with.

    Its season is the darkest half of a year: from the latest 1 October to the 31 March after it.
    """
    year = today.year if today.month >= 10 else today.year - 1
    return Station(
        name=name,
        area=None,
        entrances=tuple(entrances),
        approximate=True,
        precision=precision,
        source=source,
        speed=1.2,
        people={kind.value: number for kind, number in PEOPLE.items()},
        first_day=date(year, 10, 1),
        last_day=date(year + 1, 3, 31),
    )


def save_trains(store: Store, by: Person, trains: Sequence[Train], *, now: datetime) -> None:
    """Keeps a timetable in place of the one there was.

    Raises:
        BadInput: there is no train in it, or more than any station has.
    """
    if not trains:
        raise BadInput("There is no train in the timetable.", field="timetable")
    if len(trains) > MAX_TRAINS:
        raise BadInput("A timetable has at most %(most)s trains.", field="timetable", most=MAX_TRAINS)
    with store.write() as connection:
        before = len(stations.trains(connection))
        stations.put_trains(connection, trains)
        audit.record(
            connection,
            at=now,
            by=by,
            action="station.trains",
            before={"trains": before},
            after={"trains": len(trains)},
        )


def save_lamps(store: Store, by: Person, lamps: Sequence[BaseGeometry], *, now: datetime) -> None:
    """Keeps the municipality's lamps in place of those there were; none takes them away."""
    with store.write() as connection:
        before = stations.count_light(connection)[stations.LAMP]
        stations.put_lamps(connection, lamps)
        _note(connection, by, "station.lamps", (before, len(lamps)), now=now)


def save_road_owners(store: Store, by: Person, owners: Sequence[RoadOwner], *, now: datetime) -> None:
    """Keeps roads with their owners in place of those there were; none takes them away."""
    with store.write() as connection:
        before = stations.count_light(connection)[stations.ROAD]
        stations.put_road_owners(connection, owners)
        _note(connection, by, "station.road_owners", (before, len(owners)), now=now)


def _note(
    connection: Connection, by: Person, action: str, numbers: tuple[int, int], *, now: datetime
) -> None:
    before, after = numbers
    audit.record(connection, at=now, by=by, action=action, before={"number": before}, after={"number": after})


def new_scenario(store: Store, by: Person, name: str, edits: Sequence[Edit] = (), *, now: datetime) -> str:
    """Makes a scenario and gives its address' last part, which nobody guesses.

    Raises:
        BadInput: it has no name, or too long a one.
    """
    name = _named(name)
    slug = secrets.token_urlsafe(9)
    with store.write(quiet=True) as connection:
        told = [edit.as_dict() for edit in edits]
        stations.add_scenario(connection, slug, name, told, by=by.id, at=now)
        audit.record(connection, at=now, by=by, action="scenario.make", subject=name, after={"edits": told})
    return slug


def save_scenario(
    store: Store, by: Person, slug: str, name: str, edits: Sequence[Edit], *, version: int, now: datetime
) -> None:
    """Keeps a scenario's changes in place of those of this version.

    Raises:
        BadInput: no name, or too many changes.
        NotFound: there is no such scenario.
        Stale: somebody else changed it in the meantime.
    """
    name = _named(name)
    if len(edits) > MAX_EDITS:
        raise BadInput("A scenario has at most %(most)s changes.", field="edits", most=MAX_EDITS)
    told: list[Mapping[str, Any]] = [edit.as_dict() for edit in edits]
    with store.write(quiet=True) as connection:
        before = stations.one_scenario(connection, slug)
        stations.put_scenario(connection, slug, name, told, version=version, by=by.id, at=now)
        audit.record(
            connection,
            at=now,
            by=by,
            action="scenario.save",
            subject=name,
            before={"name": before.name, "edits": list(before.edits)},
            after={"name": name, "edits": told},
        )


def remove_scenario(store: Store, by: Person, slug: str, *, now: datetime) -> None:
    """Takes a scenario away; what it was stays in the audit.

    Raises:
        NotFound: there is no such scenario.
    """
    with store.write(quiet=True) as connection:
        before = stations.one_scenario(connection, slug)
        stations.remove_scenario(connection, slug)
        audit.record(
            connection,
            at=now,
            by=by,
            action="scenario.remove",
            subject=before.name,
            before={"name": before.name, "edits": list(before.edits)},
        )


def edits_of(scenario: Scenario) -> tuple[Edit, ...]:
    """A scenario's changes as the analysis takes them."""
    return tuple(Edit.from_dict(told) for told in scenario.edits)


def freeze(store: Store, by: Person, name: str, figures: Mapping[str, Any], *, now: datetime) -> None:
    """Keeps today's figures for good.

    Raises:
        BadInput: they have no name.
    """
    name = _named(name)
    with store.write(quiet=True) as connection:
        stations.add_baseline(connection, name, figures, by=by.id, at=now)
        audit.record(connection, at=now, by=by, action="baseline.freeze", subject=name, after=figures)


def _named(name: str) -> str:
    name = clean(name)
    if not name:
        raise BadInput("Give it a name.", field="name")
    if len(name) > MAX_NAME:
        raise BadInput("The text is longer than %(most)s characters.", field="name", most=MAX_NAME)
    return name
