"""The station workspace: the area's paths, the station that is kept and a scenario → who walks where, and in the dark."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.analysis.crow import estimate
from geo.analysis.darkness import DarkShares, Season, Spot, dark_shares
from geo.analysis.edit import Edit
from geo.analysis.edits import apply
from geo.analysis.light import light_of
from geo.analysis.network import Network, Snapped
from geo.analysis.origins import OriginKind, Origins, origins_of, origins_of_area
from geo.analysis.outcome import Outcome, Reach, evaluate
from geo.area.package import AreaPackage
from geo.crs import point_to_wgs84
from geo.errors import BadInput, NotFound
from geo.model import MUNICIPALITY_LAYER, EntryKind, GazetteerEntry, RoadOwner, Train
from geo.planning.station import Ground, new_station
from geo.publish.layers import one_layer
from geo.store import stations
from geo.store.engine import Store
from geo.store.stations import Station

STATION_LAYER = "station_area"
_KEPT = 24
"""Answers kept: a scenario that is looked at again is there at once."""


@dataclass(frozen=True, slots=True)
class Walked:
    """The answer for a station and a scenario. Without paths ``outcome`` is None, and ``reach`` is estimated.

    ``far`` are the entrances' metres to the path that each was brought to.
    """

    station: Station
    reach: tuple[Reach, ...]
    outcome: Outcome | None
    far: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Ground:
    """What doesn't change while the server runs: the area's paths and what people set out from."""

    network: Network | None
    origins: Origins
    snapped: Snapped | None
    boundary: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is read of the store at one revision."""

    revision: int
    station: Station
    dark: DarkShares | None
    trains: tuple[Train, ...]
    lamps: tuple[BaseGeometry, ...]
    owners: tuple[RoadOwner, ...]


class Workspace:
    """The answers of one server, over one store and at most one area package. Safe to ask from several threads.

    Args:
        area: the area package, if there is one.
        names: the named places, asked for where there is no area package: stops and schools to set out from.
    """

    def __init__(
        self, store: Store, area: AreaPackage | None, names: Callable[[], Sequence[GazetteerEntry]]
    ) -> None:
        self._store, self._area, self._names = store, area, names
        self._lock = threading.Lock()
        self._ground: _Ground | None = None
        self._kept: _Kept | None = None
        self._answers: OrderedDict[tuple[Edit, ...], Walked] = OrderedDict()

    def ground(self) -> Ground:
        """What a station must lie in."""
        made = self._made()
        return Ground(made.boundary, made.network)

    def station(self, today: date) -> Station:
        """The station that is kept; else where the layers or the area say that one is or will be, approximately.

        Raises:
            NotFound: nothing says where a station might be.
        """
        return self._read(today).station

    def trains(self, today: date) -> tuple[Train, ...]:
        """The timetable."""
        return self._read(today).trains

    def dark(self, today: date) -> DarkShares | None:
        """When trains come and go in the dark; None without a timetable."""
        return self._read(today).dark

    def spot(self, today: date) -> Spot:
        """Where the station is, for the sun."""
        lon, lat = point_to_wgs84(self._read(today).station.entrances[0])
        return Spot(lon, lat)

    def answer(self, edits: Sequence[Edit], today: date) -> Walked:
        """Who walks where, with a scenario's changes; without any as it is.

        Raises:
            NotFound: nothing says where a station might be.
            BadInput: a change has no path to be made to, or an entrance lies too far from every path.
        """
        kept, key = self._read(today), tuple(edits)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        made = self._walk(kept, key)
        with self._lock:
            if self._kept is kept:
                self._answers[key] = made
                while len(self._answers) > _KEPT:
                    self._answers.popitem(last=False)
        return made

    def as_it_is(self, today: date) -> Walked | None:
        """The answer without any change; None where nothing says where the station is, or no path leads to it.

        For pages that have more to tell: after a new area package the station may lie far from every path.
        """
        try:
            return self.answer((), today)
        except (BadInput, NotFound):
            return None

    def _walk(self, kept: _Kept, edits: tuple[Edit, ...]) -> Walked:
        ground, station = self._made(), kept.station
        doors = np.array(station.entrances, np.float64).reshape(-1, 2)
        people = {kind: float(station.people.get(kind.value, 0)) for kind in OriginKind}
        drop_offs = np.array(station.drop_offs, np.float64).reshape(-1, 2)
        origins = ground.origins.with_points(OriginKind.DROP_OFF, drop_offs).with_people(people)
        if ground.network is None or ground.snapped is None:
            if edits:
                raise BadInput(
                    "Without the area's paths nothing can be changed. Build an area package first."
                )
            return Walked(station, estimate(doors, origins, speed=station.speed), None, ())
        network = apply(ground.network, edits) if edits else ground.network
        outcome = evaluate(
            network,
            doors,
            origins,
            ground.snapped.with_more(ground.network.snap(drop_offs)),
            light_of(network, kept.lamps, kept.owners),
            speed=station.speed,
            dark=kept.dark,
        )
        return Walked(station, outcome.reach, outcome, tuple(outcome.tree.entrances.off.tolist()))

    def _made(self) -> _Ground:
        with self._lock:
            if self._ground is None:
                self._ground = self._make()
            return self._ground

    def _make(self) -> _Ground:
        if self._area is None:
            return _Ground(None, origins_of(self._names()), None, _boundary(self._store))
        network = Network.of_area(self._area)
        origins = origins_of_area(self._area)
        return _Ground(network, origins, network.snap(origins.points), self._area.boundary())

    def _read(self, today: date) -> _Kept:
        revision = self._store.revision()
        with self._lock:
            if self._kept is not None and self._kept.revision == revision:
                return self._kept
        with self._store.read() as connection:
            station = stations.one_station(connection)
            trains = stations.trains(connection)
            lamps, owners = stations.lamps(connection), stations.road_owners(connection)
        if station is None:
            station = self._supposed(today)
        lon, lat = point_to_wgs84(station.entrances[0])
        season = Season(station.first_day, station.last_day)
        dark = dark_shares(Spot(lon, lat), trains, season) if trains else None
        kept = _Kept(revision, station, dark, trains, lamps, owners)
        with self._lock:
            self._kept = kept
            self._answers.clear()
        return kept

    def _supposed(self, today: date) -> Station:
        """Where a station may be, as long as nobody has said it: the layer of its area, or a railway station there is."""
        try:
            features = one_layer(self._store, STATION_LAYER).features
        except NotFound:
            features = ()
        if features:
            area = shapely.union_all([feature.geometry for feature in features])
            middle = area.representative_point()
            found = new_station(
                str(features[0].properties.get("name", "")),
                [(middle.x, middle.y)],
                today,
                source=str(features[0].properties.get("source", "")),
                precision=f"{features[0].properties['precision_m']} m"
                if "precision_m" in features[0].properties
                else "",
            )
            return replace(found, area=area)
        entry = _railway_station(self._area.entries()) if self._area else None
        if entry is None:
            raise NotFound("Nothing says where the station is. Put it in first.")
        spot = entry.geometry.centroid
        return new_station(entry.name, [(spot.x, spot.y)], today, source=entry.source, precision="")


def _railway_station(entries: Iterable[GazetteerEntry]) -> GazetteerEntry | None:
    """The railway station of an area: of several the one that is called so."""
    found = [entry for entry in entries if entry.kind is EntryKind.STATION and entry.name]
    return max(found, key=lambda entry: ("station" in entry.name.lower(), -len(entry.name)), default=None)


def _boundary(store: Store) -> BaseGeometry | None:
    try:
        features = one_layer(store, MUNICIPALITY_LAYER).features
    except NotFound:
        return None
    return shapely.union_all([feature.geometry for feature in features]) if features else None
