"""Which stretches a scenario makes better or worse for those who walk in the dark."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.analysis.edited import Edited
from geo.analysis.network import Floats, Ints
from geo.analysis.outcome import Outcome


@dataclass(frozen=True, slots=True)
class StretchChange:
    """A stretch before and after: people a day, and person-minutes a day in the dark where it may be without light."""

    name: str
    line: BaseGeometry
    people_before: float
    people_after: float
    dark_before: float
    dark_after: float

    @property
    def more_dark(self) -> float:
        """How much more dark walking time there is; below 0 it is better."""
        return self.dark_after - self.dark_before


def stretch_changes(base: Outcome, other: Outcome, least: float = 0.5) -> tuple[StretchChange, ...]:
    """The stretches whose dark walking time changes by at least ``least`` person-minutes a day, the worst first.

    ``base`` is without a scenario, ``other`` of the same network with one. A stretch's time is spread over it by length;
    stretches are those of ``base``, and for paths that nobody walked before, those of ``other``.
    """
    whose = _base_edges(other)
    before, after = _by_edge(base), _by_edge(other)
    passing = other.flows.through.sum(axis=1)
    there = whose >= 0
    on_base = np.bincount(whose[there], after[there], len(base.network.lines))
    people = np.zeros(len(base.network.lines))
    np.maximum.at(people, whose[there], passing[there])
    walked = np.zeros(len(base.network.lines), bool)
    changes = []
    for stretch in base.stretches:
        edges = np.array(stretch.edges)
        walked[edges] = True
        was, now = float(before[edges].sum()), float(on_base[edges].sum())
        if abs(now - was) >= least:
            line = _line(base, edges)
            changes.append(
                StretchChange(stretch.name, line, stretch.everybody, float(people[edges].max()), was, now)
            )
    for stretch in other.stretches:
        edges = np.array(stretch.edges)
        new = edges[(whose[edges] < 0) | ~walked[np.maximum(whose[edges], 0)]]
        now = float(after[new].sum())
        if len(new) and now >= least:
            changes.append(
                StretchChange(stretch.name, _line(other, new), 0.0, float(passing[new].max()), 0.0, now)
            )
    return tuple(sorted(changes, key=lambda change: -change.more_dark))


def _line(outcome: Outcome, edges: Ints) -> BaseGeometry:
    # Only of what is told: to join the lines of a whole town takes longer than all the rest.
    return shapely.line_merge(shapely.union_all(outcome.network.lines[edges]))


def _base_edges(outcome: Outcome) -> Ints:
    """For each edge that of the network without changes that it is a part of; -1 for what was added."""
    network = outcome.network
    return network.origin if isinstance(network, Edited) else np.arange(len(network.lines))


def _by_edge(outcome: Outcome) -> Floats:
    """(edges,) the stretches' dark walking time that may be without light, spread over their edges by length."""
    spread = np.zeros(len(outcome.network.lines))
    for stretch in outcome.stretches:
        edges = np.array(stretch.edges)
        spread[edges] = stretch.dark.high * outcome.network.length[edges] / stretch.length_m
    return spread
