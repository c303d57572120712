"""What lies beside a stretch, and which stretches a scenario makes better or worse."""

from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import LineString, Point

from geo.analysis.changes import stretch_changes
from geo.analysis.darkness import DarkShares
from geo.analysis.edit import Edit, EditKind
from geo.analysis.edits import apply
from geo.analysis.light import light_of
from geo.analysis.near import Spots, beside
from geo.analysis.network import Network
from geo.analysis.origins import OriginKind, Origins, origins_of_area
from geo.analysis.outcome import Outcome, compare, evaluate, geometry_of
from geo.area.package import open_area
from geo.model import EntryKind, Level

DARK = DarkShares((1.0,) * 31, 1)


def outcome(network: Network, door: np.ndarray, origins: Origins, *edits: Edit) -> Outcome:
    changed = apply(network, edits) if edits else network
    return evaluate(changed, door, origins, network.snap(origins.points), light_of(changed), dark=DARK)


@pytest.fixture(scope="module")
def town(town_area: Path) -> tuple[Network, np.ndarray, Origins, Outcome]:
    package = open_area(town_area)
    network, origins = Network.of_area(package), origins_of_area(package)
    spot = next(each for each in package.entries() if each.kind is EntryKind.STATION).geometry.centroid
    door = np.array([[spot.x, spot.y]])
    return network, door, origins, outcome(network, door, origins)


def test_drop_off_places_are_origins_with_numbers_of_their_own(town) -> None:
    network, door, origins, base = town
    spots = door + np.array([[40.0, 0.0], [0.0, 60.0]])
    numbers = {OriginKind.DROP_OFF: 30.0}
    more = origins.with_points(OriginKind.DROP_OFF, spots)
    assert more.points[-2:].tolist() == spots.tolist()
    assert more.people.sum() == origins.people.sum()
    people = more.with_people(numbers)
    assert people.people.sum() == 60
    snapped = network.snap(origins.points).with_more(network.snap(spots))
    found = evaluate(network, door, people, snapped, light_of(network), dark=DARK)
    assert found.reach[-1].counts[OriginKind.DROP_OFF] == 2
    assert OriginKind.DROP_OFF not in base.reach[-1].counts
    assert found.reach[-1].people == 60


def test_what_is_known_to_a_road_or_a_locality_only_is_said_of_no_stretch(town) -> None:
    _network, door, _origins, _base = town
    (x, y) = door[0]
    spots = Spots(
        np.array([[x, y], [x + 30, y], [x, y + 49], [x, y + 70], [x + 5, y], [x + 6, y]]),
        np.array([15.0, 50.0, 10.0, 10.0, 300.0, 20.0]),
        np.array([Level.SPOT, Level.SPOT, Level.SPOT, Level.SPOT, Level.SPOT, Level.LOCALITY], object),
    )
    near, far = beside([Point(x, y), LineString([(x, y + 900), (x + 1, y + 900)])], spots)
    assert near.tolist() == [0, 1, 2]
    assert far.tolist() == []


def test_the_stretches_changes_add_up_to_the_whole_change(town) -> None:
    network, door, origins, base = town
    unlit = max(base.stretches, key=lambda stretch: stretch.dark.high)
    lit = outcome(network, door, origins, Edit(EditKind.LIGHT, geometry_of(base, unlit).buffer(3)))
    better = stretch_changes(base, lit, least=0.0)
    assert sum(change.more_dark for change in better) == pytest.approx(compare(base, lit).dark_high)
    best = better[-1]
    assert (best.name, best.dark_after) == (unlit.name, 0.0)
    assert best.more_dark == pytest.approx(-unlit.dark.high)
    assert best.people_after == best.people_before == unlit.everybody

    # Where the busiest stretch is closed, others have its people.
    shut = outcome(network, door, origins, Edit(EditKind.CLOSE, geometry_of(base, base.stretches[2])))
    changes = stretch_changes(base, shut, least=0.0)
    assert sum(change.more_dark for change in changes) == pytest.approx(compare(base, shut).dark_high)
    assert any(change.people_after > change.people_before for change in changes)
    closed = next(change for change in changes if change.line.equals(geometry_of(base, base.stretches[2])))
    assert closed.people_after == closed.dark_after == 0.0
    assert stretch_changes(base, base) == ()
