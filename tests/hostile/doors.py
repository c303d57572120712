"""The doors that files come in by, and what each leaves behind: nothing, where it refuses."""

import hashlib
import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, func, select

from geo.actions.photos import add_photo
from geo.actions.review_file import learn_file
from geo.area.add import Source, add_names, add_population
from geo.bootstrap import base_layers, put_layers
from geo.errors import GeoError
from geo.gazetteer import load_gazetteer
from geo.geocoder import Geocoder
from geo.importing.lighting import read_lamps, read_road_owners
from geo.importing.stationfile import read_station
from geo.importing.tables import read_table
from geo.importing.timetable import parse_timetable
from geo.intake import Intake
from geo.model import LayerInfo, Person, Role
from geo.settings import ROOT
from geo.store.archive import bring_back
from geo.store.engine import open_store
from geo.store.migration import migrate
from geo.store.schema import metadata

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GAZETTEER = load_gazetteer(ROOT / "data" / "places" / "gazetteer.csv")
MEGA = 1024 * 1024
PRELOADED = [
    "geo.actions.review_file",
    "geo.area.add",
    "geo.bootstrap",
    "geo.geocoder",
    "geo.intake",
    "geo.store.archive",
]
"""What the doors' processes have in common is loaded once."""
LAYER = LayerInfo("ond", "Ond", "Evil", "Källa", "CC0-1.0", "10 m")


@dataclass(frozen=True)
class Outcome:
    """What came of a file at a door. Memory is the most of this process since it began, and of its readers."""

    error: str
    said: str
    seconds: float
    grown_mb: float
    readers_mb: float


class House:
    """A store, an area and a photo folder, and the doors to them."""

    def __init__(self, folder: Path, area: Path) -> None:
        self.folder, self.area = folder, area
        self.photos = folder / "photos"
        self.url = f"sqlite:///{folder / 'trygg.sqlite'}"
        store = open_store(self.url)
        migrate(store)
        put_layers(store, base_layers(ROOT / "data", GAZETTEER, "2409"))
        (folder / "m.csv").write_text(
            "id;åtgärd;ansvarig;medborgarlöfte;status\n1;A;Polisen;trafik;pågående\n"
        )
        Intake(store, GAZETTEER, now=NOW).measures(folder / "m.csv")
        store.close()

    def doors(self) -> dict[str, Callable[[Path], object]]:
        """Name → what takes a file in."""
        store = open_store(self.url)
        intake = Intake(store, GAZETTEER, now=NOW)
        kim = Person(1, "kim", "Kim", Role.COORDINATOR, "Kommunen")

        def quiet(_stage: str, _done: int, _total: int) -> None:
            pass

        return {
            "survey": lambda file: intake.survey(file, survey="Ond 2026"),
            "incidents": lambda file: intake.incidents(file, source="Ond"),
            "police": intake.police_events,
            "measures": intake.measures,
            "layer": lambda file: intake.layer(file, LAYER),
            "area": lambda file: add_names(self.area, file, Source("Ond")),
            "population": lambda file: add_population(self.area, file, Source("Ond")),
            "geocode": read_table,
            "review": lambda file: learn_file(store, Geocoder(GAZETTEER), file, now=NOW, languages=(str,)),
            "photo": lambda file: add_photo(store, self.photos, kim, 1, file.read_bytes(), now=NOW),
            "station": lambda file: read_station(file, epsg=3006),
            "timetable": parse_timetable,
            "lamps": read_lamps,
            "owners": read_road_owners,
            "restore": lambda file: bring_back(store, self.photos, file, now=NOW, progress=quiet),
        }

    def state(self) -> dict[str, Any]:
        """Everything that is kept: rows by table, and each file with a digest."""
        store = open_store(self.url)
        with store.read() as connection:
            there = MetaData()
            there.reflect(connection)
            rows: dict[str, Any] = {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in there.tables.items()
                if name in metadata.tables
            }
        rows["revision"] = store.revision()
        store.close()
        for folder in (self.folder, self.area):
            for file in sorted(folder.rglob("*")):
                if file.is_file() and not file.name.startswith("trygg.sqlite"):
                    rows[str(file)] = hashlib.sha256(file.read_bytes()).hexdigest()
        return rows

    def knock(self, file: Path, besides: frozenset[str] = frozenset()) -> dict[str, Outcome]:
        """Takes a file to every door, in a process of its own; not to those ``besides``."""
        # Not forked from the tests' own process: what that has grown to would count as the readers' memory.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=self._knock, args=(file, besides, theirs))
        process.start()
        theirs.close()
        found: dict[str, Outcome] = {}
        try:
            while True:
                door, outcome = ours.recv()
                found[door] = outcome
        except EOFError:
            process.join()
        if process.exitcode:
            found["the process"] = Outcome(f"ended with {process.exitcode}", "", 0, 0, 0)
        return found

    def _knock(self, file: Path, besides: frozenset[str], answer: Any) -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for door, take in self.doors().items():
            if door in besides:
                continue
            start = time.monotonic()
            error, said = "", ""
            try:
                take(file)
            except GeoError as refused:
                error, said = "refused", refused.message % refused.params
            except Exception as fault:
                error, said = type(fault).__name__, str(fault)[:500]
            seconds = time.monotonic() - start
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            readers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            answer.send((door, Outcome(error, said, seconds, grown / 1024, readers / 1024)))
