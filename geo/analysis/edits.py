"""Lays a scenario's changes on a network, one after another."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Point

from geo.analysis.edit import Edit, EditKind
from geo.analysis.edited import AT_NODE_M, COLUMNS, JOIN_M, Edited
from geo.analysis.network import Floats, Ints, Network
from geo.analysis.outline import cut
from geo.errors import BadInput


def apply(network: Network, edits: Sequence[Edit]) -> Edited:
    """The network with the changes, in their order.

    Raises:
        BadInput: a change has no path to be made to; ``field`` is ``edits.N``, N from 0.
    """
    made = Edited(network)
    for number, edit in enumerate(edits):
        try:
            edit.check()
            made.of_edit.append(_STEPS[edit.kind](made, edit))
        except BadInput as error:
            raise BadInput(
                error.message, detail=error.detail, **{**error.params, "field": f"edits.{number}"}
            ) from error
    return made


def _close(made: Edited, edit: Edit) -> Ints:
    edges = made.meant(edit.geometry)
    if not len(edges):
        raise BadInput("There is no path there to close.")
    made.close(edges.tolist())
    return edges


def _light(made: Edited, edit: Edit) -> Ints:
    edges = made.meant(edit.geometry)
    if not len(edges):
        raise BadInput("There is no path there to light.")
    made.lit_by_edit = made.lit_by_edit.copy()
    made.lit_by_edit[edges] = True
    return edges


def _move(made: Edited, edit: Edit) -> Ints:
    point = shapely.get_coordinates(edit.geometry)[0]
    made.moved[edit.entrance] = (float(point[0]), float(point[1]))
    return np.empty(0, np.int64)


def _add(made: Edited, edit: Edit) -> Ints:
    line = LineString(shapely.get_coordinates(edit.geometry))
    cuts: dict[int, list[tuple[float, int]]] = defaultdict(list)
    start, end = Point(line.coords[0]), Point(line.coords[-1])
    first, last = _joint(made, start, cuts), _joint(made, end, cuts)
    if first is None and last is None:
        raise BadInput(
            "Neither end of the path is within %(metres)s m of a path: nobody could walk there.",
            metres=round(JOIN_M),
        )
    coords = [*([first[1]] if first else []), *line.coords, *([last[1]] if last else [])]
    line = LineString(shapely.get_coordinates(shapely.remove_repeated_points(LineString(coords))))
    marks: list[tuple[float, int]] = []
    if edit.kind is EditKind.ADD_PATH:
        marks = _crossings(made, line, cuts)
    split, split_ends, like = made.split(cuts)
    ends = (first[0] if first else made.new_node(), last[0] if last else made.new_node())
    whole = [(0.0, ends[0]), *sorted(marks), (line.length, ends[1])]
    pieces = [(a, b) for a, b in pairwise(whole) if b[0] - a[0] > 1e-6]
    new: dict[str, Any] = {
        "tunnel": edit.kind is EditKind.TUNNEL,
        "names": edit.title,
        "lit": "yes" if edit.lit else "no",
        "lit_by_edit": edit.lit,
    }
    # All at once: every column is copied when edges are added.
    numbers = made.append(
        [*split, *cut(np.full(len(pieces), line, object), *_ends_of(pieces))],
        [*split_ends, *((a[1], b[1]) for a, b in pieces)],
        {
            name: np.concatenate(
                [like[name], np.full(len(pieces), new.get(name, otherwise), like[name].dtype)]
            )
            for name, otherwise in COLUMNS.items()
        },
    )
    return numbers[len(split) :]


def _ends_of(pieces: Sequence[tuple[tuple[float, int], tuple[float, int]]]) -> tuple[Floats, Floats]:
    """Where pieces begin and end, metres along their line."""
    return np.array([a[0] for a, _ in pieces]), np.array([b[0] for _, b in pieces])


def _joint(
    made: Edited, end: Point, cuts: dict[int, list[tuple[float, int]]]
) -> tuple[int, tuple[float, float]] | None:
    """The node by which an end is joined, and where; None where no path is near."""
    near = made.near(end, JOIN_M)
    if not len(near):
        return None
    edge = int(near[int(np.argmin(shapely.distance(made.lines[near], end)))])
    along = float(made.lines[edge].project(end))
    spot = made.lines[edge].interpolate(along)
    return _cut(made, edge, along, cuts), (spot.x, spot.y)


def _crossings(
    made: Edited, line: LineString, cuts: dict[int, list[tuple[float, int]]]
) -> list[tuple[float, int]]:
    """Where a new path crosses others at grade: (metres along it, node)."""
    marks: list[tuple[float, int]] = []
    for edge in made.near(line, 0.0).tolist():
        if made.tunnel[edge] or made.bridge[edge]:
            continue
        for spot in shapely.get_parts(shapely.intersection(line, made.lines[edge])):
            middle = spot.centroid
            along = float(line.project(middle))
            if AT_NODE_M < along < line.length - AT_NODE_M:
                marks.append((along, _cut(made, edge, float(made.lines[edge].project(middle)), cuts)))
    return marks


def _cut(made: Edited, edge: int, along: float, cuts: dict[int, list[tuple[float, int]]]) -> int:
    """The node at a spot of an edge: one of its own, one that is cut already, or a new one."""
    if along <= AT_NODE_M:
        return int(made.first[edge])
    if along >= made.length[edge] - AT_NODE_M:
        return int(made.last[edge])
    for at, node in cuts[edge]:
        if abs(at - along) <= AT_NODE_M:
            return node
    node = made.new_node()
    cuts[edge].append((along, node))
    return node


_STEPS = {
    EditKind.ADD_PATH: _add,
    EditKind.TUNNEL: _add,
    EditKind.CLOSE: _close,
    EditKind.LIGHT: _light,
    EditKind.MOVE_ENTRANCE: _move,
}
