"""Hostile files at every door: each is refused in words, soon, within its memory, and leaves nothing behind."""

from pathlib import Path

import pytest
from hostile.conftest import Trap
from hostile.doors import House
from hostile.files import FILES, SECRET

SECONDS, MEGABYTES = 30, 512
"""What a file may take of time, and of memory in this process and in its reader."""

TAKEN = {
    # A heading, as any other; and there is nothing under it.
    ("the name of a file elsewhere", "geocode"),
    # GDAL sees no such table. The layer that is in the file is read.
    *(("a GeoPackage that names an extension", door) for door in ("layer", "station", "lamps", "owners")),
    # Who brings a station's file may say its system, and this one says the right one.
    ("SWEREF numbers called WGS 84", "station"),
}
"""What and where: a door that takes the file after all, for there it does no harm."""


@pytest.mark.parametrize("name", FILES)
def test_no_door_lets_a_hostile_file_in(name: str, house: House, evil: dict[str, Path], trap: Trap) -> None:
    before = house.state()
    assert trap.untouched()
    wrong = {}
    besides = frozenset(door for taken, door in TAKEN if taken == name)
    for door, found in house.knock(evil[name], besides).items():
        good = (
            found.error == "refused"
            and bool(found.said)
            and SECRET not in found.said
            and found.seconds < SECONDS
            and max(found.grown_mb, found.readers_mb) < MEGABYTES
        )
        if not good:
            wrong[door] = found
    assert wrong == {}
    assert house.state() == before
    assert trap.untouched()
