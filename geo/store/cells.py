"""The areas that releases count in: kept as they were made, and never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, insert, select

from geo.privacy.cells import Cells, Floats
from geo.store.schema import cell_set


@dataclass(frozen=True, slots=True)
class CellSet:
    """Cells and the year that counting in them begins with; 0 for the first, which count all years before too.

    ``names[i]`` is the locality that cell ``i`` lies nearest to, and the cell's number there. ``reason`` says why
    these took the place of others. ``localities`` are those with as many homes as a cell: no other is told of; None: nobody
    knows how many homes they have.
    """

    cells: Cells
    since: int
    names: tuple[tuple[str, int], ...]
    least: int
    at: datetime
    reason: str
    localities: tuple[str, ...] | None = None

    def ids(self) -> tuple[str, ...]:
        """What releases call the cells, in their order."""
        return tuple(f"{self.cells.version}:{at}" for at in range(len(self.cells.boxes)))

    def named(self) -> dict[str, tuple[str, int]]:
        """What releases call a cell → the locality that it lies nearest to, and its number there."""
        return dict(zip(self.ids(), self.names, strict=True))


def cell_sets(connection: Connection) -> tuple[CellSet, ...]:
    """All sets, the first one first."""
    return tuple(
        CellSet(
            Cells(
                row.version,
                np.array(row.made["boxes"], dtype=np.float64).reshape(-1, 4),
                np.array(row.made["homes"], dtype=np.int64),
                np.array(row.made["cuts"], dtype=np.float64).reshape(-1, 4),
            ),
            row.since,
            tuple((name, number) for name, number in row.made["names"]),
            row.least,
            row.at,
            row.reason,
            None if row.made.get("localities") is None else tuple(row.made["localities"]),
        )
        for row in connection.execute(select(cell_set).order_by(cell_set.c.since, cell_set.c.at))
    )


def add_cell_set(connection: Connection, made: CellSet, *, actor: str) -> None:
    """Keeps a set."""
    cells = made.cells
    shape: Mapping[str, object] = {
        "boxes": cells.boxes.tolist(),
        "homes": cells.homes.tolist(),
        "cuts": cells.cuts.tolist(),
        "names": made.names,
        "localities": made.localities,
    }
    connection.execute(
        insert(cell_set).values(
            version=cells.version,
            since=made.since,
            at=made.at,
            actor=actor,
            reason=made.reason,
            least=made.least,
            made=shape,
        )
    )


def locate(sets: Sequence[CellSet], points: Floats, years: Floats) -> list[str]:
    """The cell that each point (n, 2; metres in EPSG:3006) counts in for its year; "" where in none, or it is NaN."""
    found = [""] * len(points)
    known = ~np.isnan(points).any(axis=1)
    for at, one in enumerate(sets):
        until = sets[at + 1].since if at + 1 < len(sets) else np.inf
        here = np.flatnonzero(known & (years >= one.since) & (years < until))
        keys = one.ids()
        for row, cell in zip(here, one.cells.locate(points[here]), strict=True):
            if cell >= 0:
                found[row] = keys[cell]
    return found
