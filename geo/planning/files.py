"""Files that planners hand in: a station, a timetable, lamps, roads with their owner. All of a file is kept, or none."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from geo.errors import BadInput
from geo.importing.lighting import read_lamps, read_road_owners
from geo.importing.stationfile import StationFile, read_station
from geo.importing.timetable import parse_timetable
from geo.model import Person, Rejected
from geo.planning import station
from geo.store.engine import Store

__all__ = ["StationFile", "read_station", "take_lamps", "take_road_owners", "take_timetable"]


def take_timetable(store: Store, by: Person, path: Path, *, now: datetime) -> int:
    """Keeps the timetable in a file in place of the one there was; how many trains it has.

    Raises:
        BadInput: a row can't be read (``field`` is ``timetable``, with its number, column and value), or there is none.
        UnreadableInput: the file can't be read.
    """
    found = parse_timetable(path)
    _all_taken(found.rejected, "timetable")
    station.save_trains(store, by, found.records, now=now)
    return len(found.records)


def take_lamps(store: Store, by: Person, path: Path, *, epsg: int | None, now: datetime) -> int:
    """Keeps the lamps in a file in place of those there were; how many.

    Raises:
        BadInput: a row can't be read (``field`` is ``lamps``).
        UnreadableInput: the file can't be read.
    """
    found = read_lamps(path, epsg=epsg)
    _all_taken(found.rejected, "lamps")
    station.save_lamps(store, by, found.records, now=now)
    return len(found.records)


def take_road_owners(store: Store, by: Person, path: Path, *, epsg: int | None, now: datetime) -> int:
    """Keeps the roads with their owners in a file in place of those there were; how many.

    Raises:
        BadInput: a feature is no line (``field`` is ``owners``).
        UnreadableInput: the file can't be read.
    """
    found = read_road_owners(path, epsg=epsg)
    _all_taken(found.rejected, "owners")
    station.save_road_owners(store, by, found.records, now=now)
    return len(found.records)


def _all_taken(rejected: Sequence[Rejected], field: str) -> None:
    if not rejected:
        return
    first = rejected[0]
    raise BadInput(
        "Row %(row)s can't be read: “%(value)s” in the column “%(column)s”. %(more)s rows in all are wrong; nothing was kept.",
        field=field,
        row=first.row,
        value=first.value[:60],
        column=first.column,
        more=len(rejected),
    )
