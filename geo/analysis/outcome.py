"""The whole answer for a station: who reaches it within minutes, which way they walk, and how much of that in the dark.

Dark walking time (mörk gångtid) of a stretch, person-minutes a day: people times minutes times the share of their passages
that are dark, told apart by how much of the stretch is lit, unlit, or not known. What is not known is a range, never zero.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.analysis.darkness import DarkShares
from geo.analysis.edited import Edited
from geo.analysis.light import Light
from geo.analysis.network import Floats, Network, Snapped
from geo.analysis.origins import OriginKind, Origins
from geo.analysis.stretches import Stretches, stretches_of
from geo.analysis.walking import SPEED_M_S, Flows, Tree, Walks

MINUTES = (5.0, 10.0, 15.0)
DOORSTEP_M = 10.0
GROUPS: Mapping[str, tuple[OriginKind, ...]] = {
    "home": (OriginKind.ADDRESS, OriginKind.BUILDING, OriginKind.SCHOOL),
    "bus": (OriginKind.STOP,),
    "car": (OriginKind.PARKING, OriginKind.DROP_OFF),
}
"""How people come before they walk; each has figures of its own."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What lies within so many minutes' walk. ``counts`` by kind of origin; ``dwellings`` where they are known, else None.

    ``shape`` gives the polygon (it takes a while), ``street_m`` the metres of path, None where no paths are known: then all
    of it is ``estimated`` by the straight line.
    """

    minutes: float
    shape: Callable[[], BaseGeometry]
    street_m: float | None
    counts: dict[OriginKind, int]
    people: float
    dwellings: int | None
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class DarkTime:
    """Person-minutes a day in the dark on lit, unlit and not known stretches."""

    lit: float
    unlit: float
    unknown: float

    @property
    def low(self) -> float:
        """In the dark without light, if all that is not known were lit."""
        return self.unlit

    @property
    def high(self) -> float:
        """In the dark without light, if nothing that is not known were lit."""
        return self.unlit + self.unknown


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch that people walk. ``people`` by ``GROUPS``; metres are of the stretch, ``dark_share`` of the passages.

    ``walked_min`` are the minutes that all of them walk on it in a day there and back; ``edges`` its numbers of edges.
    """

    number: int
    name: str
    edges: tuple[int, ...]
    length_m: float
    lit_m: float
    unlit_m: float
    unknown_m: float
    sources: tuple[str, ...]
    tunnel: bool
    steps: bool
    people: dict[str, float]
    walked_min: float
    dark_share: float
    dark: DarkTime

    @property
    def everybody(self) -> float:
        """People of all groups."""
        return sum(self.people.values())


@dataclass(frozen=True)
class Outcome:
    """What a station, with or without a scenario, means for those who walk.

    ``cost`` (origins,) is the walk to the nearest entrance in metres of level path, infinite where there is none within
    the longest time; ``off`` (origins,) marks those too far from every path.
    """

    network: Network
    origins: Origins
    tree: Tree
    walks: Walks
    light: Light
    speed: float
    minutes: tuple[float, ...]
    dark: DarkShares | None
    cost: Floats
    off: NDArray[np.bool_]
    flows: Flows

    @cached_property
    def reach(self) -> tuple[Reach, ...]:
        """What lies within each of ``minutes``, the shortest first."""
        return tuple(self._reach(each) for each in self.minutes)

    def _reach(self, minutes: float) -> Reach:
        limit = minutes * 60 * self.speed
        found = self.walks.catchment(self.tree, limit)
        return reach_of(minutes, self.origins, self.cost <= limit, lambda: found.area, found.metres)

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """The stretches that anybody walks, the busiest first."""
        through = self.flows.through.sum(axis=1)
        found = stretches_of(self.network, through)
        busy = found.most(through)
        order = np.argsort(-busy, kind="stable")
        columns = _Columns(self, found)
        return tuple(columns.stretch(int(at)) for at in order if busy[at] > 0)

    @cached_property
    def dark_time(self) -> DarkTime:
        """The dark walking time of all stretches together."""
        times = [stretch.dark for stretch in self.stretches]
        return DarkTime(*(sum(getattr(each, name) for each in times) for name in ("lit", "unlit", "unknown")))

    @cached_property
    def walking_m(self) -> float:
        """The mean walk of a person who comes by foot all the way, metres of level path; nan where nobody does."""
        there = np.isfinite(self.cost)
        people = self.origins.people[there]
        return float((self.cost[there] * people).sum() / people.sum()) if people.sum() else float("nan")


def reach_of(
    minutes: float,
    origins: Origins,
    inside: NDArray[np.bool_],
    shape: Callable[[], BaseGeometry],
    street_m: float | None,
) -> Reach:
    """What lies within so many minutes, of the origins that are ``inside``. Without ``street_m`` it is estimated."""
    dwellings = origins.dwellings[inside]
    known = dwellings[~np.isnan(dwellings)]
    counts = {kind: int((inside & origins.of(kind)).sum()) for kind in OriginKind if origins.of(kind).any()}
    return Reach(
        minutes,
        shape,
        street_m,
        counts,
        float(origins.people[inside].sum()),
        int(known.sum()) if len(known) else None,
        estimated=street_m is None,
    )


class _Columns:
    """Figures of every stretch at once."""

    def __init__(self, outcome: Outcome, found: Stretches) -> None:
        network, light = outcome.network, outcome.light
        self.network, self.light, self.found = network, light, found
        self.people = np.stack([found.most(column) for column in outcome.flows.through.T])
        # There and back: each walks it twice a day.
        minutes = 2 * outcome.flows.walked.sum(axis=1) / outcome.speed / 60
        near = np.minimum(outcome.tree.cost[network.first], outcome.tree.cost[network.last])
        at = np.where(np.isfinite(near), near, 0) / outcome.speed / 60
        share = outcome.dark.at(at) if outcome.dark is not None else np.zeros(len(at))
        dark = minutes * share
        self.minutes, self.dark = found.total(minutes), found.total(dark)
        self.shares = [found.total(network.length * part) for part in (light.lit, light.unlit, light.unknown)]
        self.times = [found.total(dark * part) for part in (light.lit, light.unlit, light.unknown)]
        order = np.argsort(found.of, kind="stable")
        first = int((found.of < 0).sum())
        self._edges = order[first:]
        self._starts = np.searchsorted(found.of[self._edges], np.arange(found.count + 1))

    def stretch(self, at: int) -> Stretch:
        edges = self._edges[self._starts[at] : self._starts[at + 1]]
        lit, unlit, unknown = (float(column[at]) for column in self.shares)
        minutes = float(self.minutes[at])
        return Stretch(
            number=at,
            name=str(self.network.names[edges[0]]),
            edges=tuple(edges.tolist()),
            length_m=lit + unlit + unknown,
            lit_m=lit,
            unlit_m=unlit,
            unknown_m=unknown,
            sources=tuple(sorted(set(self.light.source[edges].tolist()))),
            tunnel=bool(self.network.tunnel[edges[0]]),
            steps=bool(self.network.steps[edges].any()),
            people={group: float(people) for group, people in zip(GROUPS, self.people[:, at], strict=True)},
            walked_min=minutes,
            dark_share=float(self.dark[at]) / minutes if minutes else 0.0,
            dark=DarkTime(*(float(column[at]) for column in self.times)),
        )


def evaluate(
    network: Network,
    entrances: Floats,
    origins: Origins,
    snapped: Snapped,
    light: Light,
    *,
    minutes: Sequence[float] = MINUTES,
    speed: float = SPEED_M_S,
    dark: DarkShares | None = None,
) -> Outcome:
    """Who walks where to the nearest of (k, 2) entrances in EPSG:3006.

    Args:
        network: the paths, with or without a scenario's changes (``geo.analysis.edits.apply``).
        snapped: the origins brought onto the network *without* a scenario: they are brought along.
        light: of this network (``geo.analysis.light.light_of``).
        speed: metres a second on a level path.
        dark: when trains come and go in the dark; without it dark walking time is 0.

    Raises:
        BadInput: an entrance lies too far from every path.
    """
    walks = Walks(network)
    limit = max(minutes) * 60 * speed
    tree = walks.tree(_doors(network, entrances), limit)
    placed = network.place(snapped, origins.points) if isinstance(network, Edited) else snapped
    cost = walks.costs(tree, placed)
    if isinstance(network, Edited):
        beside = network.beside_added(origins.points)
        other = walks.costs(tree, beside)
        nearer = (other < cost) & _beside(beside, placed)
        placed = Snapped(
            np.where(nearer, beside.edge, placed.edge),
            np.where(nearer, beside.along, placed.along),
            np.where(nearer, beside.off, placed.off),
        )
        cost = np.where(nearer, other, cost)
    people = np.stack(
        [np.where(origins.of(*kinds), origins.people, 0.0) for kinds in GROUPS.values()], axis=1
    )
    return Outcome(
        network=network,
        origins=origins,
        tree=tree,
        walks=walks,
        light=light,
        speed=speed,
        minutes=tuple(sorted(minutes)),
        dark=dark,
        cost=cost,
        off=~placed.on,
        flows=walks.flows(tree, placed, people),
    )


def _doors(network: Network, entrances: Floats) -> Snapped:
    """The entrances on the network; with a scenario also on its added paths: a door may open onto both."""
    points = np.asarray(entrances, np.float64).reshape(-1, 2).copy()
    if not isinstance(network, Edited):
        return network.snap(points)
    for number, spot in network.moved.items():
        if number < len(points):
            points[number] = spot
    own, beside = network.snap(points), network.beside_added(points)
    too = _beside(beside, own)
    on = own.on | ~too
    return Snapped(
        np.concatenate([own.edge[on], beside.edge[too]]),
        np.concatenate([own.along[on], beside.along[too]]),
        np.concatenate([own.off[on], beside.off[too]]),
    )


def _beside(added: Snapped, own: Snapped) -> NDArray[np.bool_]:
    """Which points may set out on an added path: it comes as near as their own, or to the doorstep.

    What lies between a point and its path costs nothing: without this a new path would be a leap for all around it.
    """
    return added.on & (added.off <= np.maximum(np.where(own.on, own.off, np.inf), DOORSTEP_M))


@dataclass(frozen=True, slots=True)
class Comparison:
    """A scenario beside the baseline, over the same origins.

    ``longer`` and ``shorter`` are origins whose walk changes by more than a metre; ``affected`` the people among both;
    ``detour_m`` the most that a walk grows by; ``cut_off`` the numbers of the origins that no longer get there in time,
    ``gained`` of those that now do. ``dark_low`` and ``dark_high`` are changes in person-minutes a day.
    """

    longer: int
    shorter: int
    affected: float
    detour_m: float
    cut_off: tuple[int, ...]
    gained: tuple[int, ...]
    walking_m: float
    dark_low: float
    dark_high: float


def compare(base: Outcome, other: Outcome) -> Comparison:
    """What a scenario changes. Both must be of the same origins."""
    before, after = np.isfinite(base.cost), np.isfinite(other.cost)
    both = before & after
    change = np.where(both, other.cost, 0) - np.where(both, base.cost, 0)
    moved = both & (np.abs(change) > 1.0)
    lost, new = before & ~after, after & ~before
    return Comparison(
        longer=int((moved & (change > 0)).sum()),
        shorter=int((moved & (change < 0)).sum()),
        affected=float(base.origins.people[moved | lost | new].sum()),
        detour_m=float(max(change.max(initial=0.0), 0.0)),
        cut_off=tuple(np.flatnonzero(lost).tolist()),
        gained=tuple(np.flatnonzero(new).tolist()),
        walking_m=other.walking_m - base.walking_m,
        dark_low=other.dark_time.low - base.dark_time.low,
        dark_high=other.dark_time.high - base.dark_time.high,
    )


def fix_first(outcome: Outcome, most: int = 10) -> tuple[Stretch, ...]:
    """The stretches with most dark walking time that is not surely lit, the most first."""
    found = [stretch for stretch in outcome.stretches if stretch.dark.high > 0]
    return tuple(sorted(found, key=lambda each: (-each.dark.high, -each.everybody))[:most])


def geometry_of(outcome: Outcome, stretch: Stretch) -> BaseGeometry:
    """A stretch as a line in EPSG:3006."""
    return shapely.line_merge(shapely.union_all(outcome.network.lines[list(stretch.edges)]))


def names_near(outcome: Outcome, stretches: Sequence[Stretch]) -> tuple[str, ...]:
    """For stretches without a name: what the nearest named path is called; empty where none has a name."""
    network = outcome.network
    named = np.flatnonzero(network.open & (network.names != ""))
    if not len(named) or not stretches:
        return ("",) * len(stretches)
    middles = shapely.centroid(np.array([geometry_of(outcome, each) for each in stretches], object))
    nearest = shapely.STRtree(network.lines[named]).nearest(middles)
    return tuple(str(network.names[named[at]]) for at in nearest)
