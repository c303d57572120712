"""A scenario's changes on a network drawn by hand and on central Helsinki, held against networks built anew."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon

from geo.analysis.crow import estimate
from geo.analysis.darkness import DarkShares
from geo.analysis.edit import Edit, EditKind
from geo.analysis.edits import apply
from geo.analysis.light import LightSource, light_of
from geo.analysis.network import Network
from geo.analysis.origins import OriginKind, Origins, origins_of_area
from geo.analysis.outcome import Outcome, compare, evaluate, fix_first, geometry_of
from geo.analysis.walking import Walks
from geo.area.package import open_area
from geo.errors import BadInput
from geo.model import EntryKind, RoadOwner

E, N = 700_000.0, 7_100_000.0


def at(x: float, y: float) -> tuple[float, float]:
    return E + x, N + y


def line(*spots: tuple[float, float]) -> LineString:
    return LineString([at(*spot) for spot in spots])


def village() -> Network:
    """Two long streets 200 m apart, joined in the west by a lit tunnel and 600 m east of it by a road without light."""
    return Network(
        [
            line((0, 0), (600, 0)),
            line((0, 200), (600, 200)),
            line((0, 0), (0, 200)),
            line((600, 0), (600, 200)),
        ],
        [1, 2, 1, 3],
        [3, 4, 2, 4],
        names=["Södra gatan", "Norra gatan", "Tunneln", "Östra vägen"],
        lit=["yes", "unknown", "yes", "no"],
        tunnel=[False, False, True, False],
    )


def homes(*spots: tuple[float, float], people: float = 2.0) -> Origins:
    n = len(spots)
    return Origins(
        np.array([OriginKind.ADDRESS.value] * n, object),
        np.array([f"Hus {i}" for i in range(n)], object),
        np.array([at(*spot) for spot in spots]),
        np.full(n, people),
        np.full(n, np.nan),
    )


ALWAYS_DARK = DarkShares((1.0,) * 31, 1)


def outcome(network: Network, origins: Origins, *edits: Edit, dark: DarkShares = ALWAYS_DARK) -> Outcome:
    changed = apply(network, edits)
    return evaluate(
        changed,
        np.array([at(0, 0)]),
        origins,
        network.snap(origins.points),
        light_of(changed),
        speed=1.0,
        dark=dark,
    )


def test_without_changes_it_is_the_baseline_to_the_last_bit() -> None:
    network, origins = village(), homes((300, 5), (300, 190))
    base = evaluate(
        network, np.array([at(0, 0)]), origins, network.snap(origins.points), light_of(network), speed=1.0
    )
    same = outcome(network, origins)
    assert same.cost.tolist() == base.cost.tolist() == pytest.approx([300.0, 500.0])
    assert same.flows.through.tolist() == base.flows.through.tolist()
    found = compare(base, same)
    assert (found.longer, found.shorter, found.affected, found.cut_off, found.gained) == (0, 0, 0.0, (), ())


def test_a_closed_tunnel_makes_a_detour_and_says_who_no_longer_gets_there() -> None:
    network, origins = village(), homes((10, 200), (300, 200), (500, 0))
    base = outcome(network, origins)
    shut = outcome(network, origins, Edit(EditKind.CLOSE, Point(at(0, 100))))
    found = compare(base, shut)
    # The nearest home had 210 m; round by the east it has 590 + 200 + 600, and 900 is the most in 15 minutes.
    assert base.cost[0] == pytest.approx(210.0)
    assert np.isinf(shut.cost[0])
    assert found.cut_off == (0, 1)
    assert found.affected == 4.0
    longer = evaluate(
        apply(network, [Edit(EditKind.CLOSE, Point(at(0, 100)))]),
        np.array([at(0, 0)]),
        origins,
        network.snap(origins.points),
        light_of(network),
        speed=1.0,
        minutes=(30,),
    )
    longest = compare(evaluate_in(network, origins, 30), longer)
    assert longest.detour_m == pytest.approx(1390.0 - 210.0)
    assert (longest.longer, longest.shorter) == (2, 0)


def evaluate_in(network: Network, origins: Origins, minutes: float) -> Outcome:
    return evaluate(
        network,
        np.array([at(0, 0)]),
        origins,
        network.snap(origins.points),
        light_of(network),
        speed=1.0,
        minutes=(minutes,),
    )


def test_a_path_is_joined_at_its_ends_and_where_it_crosses_and_a_tunnel_only_at_its_ends() -> None:
    network = Network(
        [
            line((0, 0), (600, 0)),
            line((0, 200), (600, 200)),
            line((0, 100), (600, 100)),
            line((600, 0), (600, 200)),
        ],
        [1, 2, 5, 3],
        [3, 4, 6, 4],
    )
    middle = homes((300, 100))
    reached = Edit(EditKind.ADD_PATH, line((100, 190), (100, 10)))
    over = outcome(network, middle, reached)
    # 10 m short at both ends, and joined; and in the middle to the street there.
    assert over.cost[0] == pytest.approx(300.0)
    assert over.walks.graph.ends.tolist().count(_node(over, (100, 100))) == 4
    under = outcome(network, middle, Edit(EditKind.TUNNEL, line((100, 190), (100, 10))))
    assert under.network.lines[under.network.open][-1].length == pytest.approx(200.0)
    north = homes((100, 200))
    assert compare(outcome(network, north), outcome(network, north, reached)).gained == (0,)


def _node(found: Outcome, spot: tuple[float, float]) -> int:
    ends = [
        (node, each.coords[0]) for node, each in zip(found.network.first, found.network.lines, strict=True)
    ]
    return next(int(node) for node, end in ends if Point(end).distance(Point(at(*spot))) < 0.1)


def test_a_path_in_the_air_is_refused_and_says_which_change() -> None:
    lost = Edit(EditKind.ADD_PATH, line((200, 60), (300, 120)))
    with pytest.raises(BadInput, match="within 30 m") as refused:
        apply(village(), [Edit(EditKind.LIGHT, Point(at(5, 5))), lost])
    assert refused.value.params["field"] == "edits.1"
    for edit in (
        Edit(EditKind.CLOSE, Point(at(300, 100))),
        Edit(EditKind.LIGHT, Polygon([at(200, 50), at(210, 50), at(210, 60)])),
        Edit(EditKind.CLOSE, Polygon([at(0, 0), at(100, 100), at(100, 0), at(0, 100)])),
        Edit(EditKind.ADD_PATH, Point(at(0, 0))),
        Edit(EditKind.MOVE_ENTRANCE, line((0, 0), (5, 5))),
        Edit(EditKind.ADD_PATH, line((0, 0), (30_000, 0))),
        Edit(EditKind.ADD_PATH, LineString([at(0, 0), at(0, 0)])),
    ):
        with pytest.raises(BadInput):
            apply(village(), [edit])


def test_an_edit_is_the_same_after_it_was_kept() -> None:
    for edit in (
        Edit(EditKind.TUNNEL, line((0.25, 0), (50, 60.5)), "Ny tunnel", lit=False),
        Edit(EditKind.MOVE_ENTRANCE, Point(at(3, 4)), entrance=2),
    ):
        assert Edit.from_dict(edit.as_dict()) == edit
    for told in (
        {},
        {"kind": "fly"},
        {"kind": "close", "geometry": "POINT(a b)"},
        {"kind": "close", "geometry": ""},
    ):
        with pytest.raises(BadInput):
            Edit.from_dict(told)


def test_a_moved_entrance_and_light_put_there() -> None:
    network, origins = village(), homes((300, 200))
    moved = outcome(network, origins, Edit(EditKind.MOVE_ENTRANCE, Point(at(250, 198))))
    assert moved.cost[0] == pytest.approx(50.0)
    base, lit = (
        outcome(network, origins),
        outcome(network, origins, Edit(EditKind.LIGHT, line((0, 200), (600, 200)))),
    )
    # 2 people, 300 m of Norra gatan at 1 m/s, there and back, always dark: not known before, lit with the change.
    assert base.dark_time.high == pytest.approx(2 * 300 / 60 * 2)
    assert base.dark_time.low == 0.0
    assert lit.dark_time.high == 0.0
    assert lit.dark_time.lit == pytest.approx(base.dark_time.lit + base.dark_time.unknown)
    assert compare(base, lit).dark_high == pytest.approx(-20.0)


def test_what_is_not_known_is_a_range_and_unlit_is_counted() -> None:
    network, origins = village(), homes((600, 100), people=6.0)
    found = outcome(network, origins, dark=DarkShares((0.5,) * 31, 10))
    first = fix_first(found)[0]
    assert first.name == "Östra vägen"
    # 6 people, 100 m at 1 m/s, there and back, half of it in the dark.
    assert first.dark.unlit == pytest.approx(6 * 100 / 60 * 2 * 0.5)
    assert (first.dark.low, first.dark.high) == (first.dark.unlit, first.dark.unlit)
    assert first.unlit_m == pytest.approx(200.0)
    assert geometry_of(found, first).length == pytest.approx(200.0)


def test_own_lamps_and_the_roads_owner_go_before_openstreetmap() -> None:
    network = village()
    lamps = [Point(at(x, 195)) for x in range(0, 320, 40)]
    light = light_of(network, lamps, [RoadOwner(line((600, 0), (600, 200)), "Trafikverket", True)])
    assert light.lit[1] == pytest.approx(305 / 600, abs=0.01)
    assert light.unknown[1] == pytest.approx(1 - light.lit[1])
    assert (light.lit[3], light.unlit[3], light.source[3]) == (1.0, 0.0, LightSource.OWNER.value)
    assert light.source[1] == LightSource.LAMPS.value
    assert light_of(network, owners=[RoadOwner(line((600, 0), (600, 200)), "X", None)]).unlit[3] == 1.0


def test_without_a_network_all_is_estimated_and_says_so() -> None:
    origins = homes((0, 500), (0, 700), people=3.0)
    near, far = estimate(np.array([at(0, 0)]), origins, minutes=(10, 15), speed=1.2)
    # 10 minutes are 720 m of walking, which is 554 m as the crow flies.
    assert (near.counts, near.people) == ({OriginKind.ADDRESS: 1}, 3.0)
    assert (far.counts, far.people) == ({OriginKind.ADDRESS: 2}, 6.0)
    assert near.estimated and near.street_m is None
    assert near.shape().area == pytest.approx(np.pi * (720 / 1.3) ** 2, rel=0.01)


@pytest.fixture(scope="module")
def helsinki(helsinki_area: Path) -> tuple[Network, Origins, np.ndarray]:
    package = open_area(helsinki_area)
    network = Network.of_area(package)
    station = next(
        entry for entry in package.entries() if entry.kind is EntryKind.STATION and "central" in entry.name
    )
    spot = station.geometry.centroid
    return network, origins_of_area(package), np.array([[spot.x, spot.y]])


def test_in_helsinki_a_change_is_as_if_the_network_had_been_built_with_it(helsinki) -> None:
    network, origins, door = helsinki
    snapped = network.snap(origins.points)
    base = evaluate(network, door, origins, snapped, light_of(network))
    busy = base.stretches[1]
    edited = apply(network, [Edit(EditKind.CLOSE, geometry_of(base, busy))])
    gone = np.flatnonzero(~edited.open)
    assert set(busy.edges) <= set(gone.tolist())
    kept = np.setdiff1d(np.arange(len(network.lines)), gone)
    anew = Network(network.lines[kept], network.first[kept], network.last[kept], network.steps[kept])
    tree, wanted = Walks(edited).tree(door, 1_080.0), Walks(anew).tree(door, 1_080.0)
    nodes = np.unique(np.concatenate([network.first[kept], network.last[kept]]))
    assert np.allclose(
        np.nan_to_num(tree.cost[nodes], posinf=-1), np.nan_to_num(wanted.cost, posinf=-1), atol=0.01
    )
    shut = evaluate(edited, door, origins, snapped, light_of(edited))
    # Nobody is lost on the way: as many come in at the doors as set out.
    arrives = shut.origins.people[np.isfinite(shut.cost)].sum()
    for each in (base, shut):
        ends = np.unique(each.tree.entrances.edge)
        assert each.flows.through[ends].sum() >= 0
    assert arrives <= base.origins.people[np.isfinite(base.cost)].sum()


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_in_helsinki_a_path_more_never_lengthens_a_walk(helsinki, data: st.DataObject) -> None:
    network, origins, door = helsinki
    west, south, east, north = shapely.total_bounds(network.lines)
    edge = data.draw(st.integers(0, len(network.lines) - 1))
    start = network.lines[edge].interpolate(0.3, normalized=True)
    end = (data.draw(st.floats(west, east)), data.draw(st.floats(south, north)))
    kind = data.draw(st.sampled_from([EditKind.ADD_PATH, EditKind.TUNNEL]))
    snapped = network.snap(origins.points)
    light = light_of(network)
    base = evaluate(network, door, origins, snapped, light)
    edited = apply(network, [Edit(kind, LineString([(start.x, start.y), end]))])
    more = evaluate(edited, door, origins, snapped, light_of(edited))
    assert (more.cost <= base.cost + 0.05).all()
    assert more.walking_m > 0


def test_the_sums_of_groups_are_the_sum_of_all(helsinki) -> None:
    network, origins, door = helsinki
    found = evaluate(network, door, origins, network.snap(origins.points), light_of(network))
    walks = Walks(network)
    tree = walks.tree(door, 15 * 60 * found.speed)
    alone = walks.flows(tree, network.snap(origins.points), origins.people)
    assert found.flows.through.sum(axis=1).tolist() == alone.through.tolist()
    assert [each.people for each in found.reach] == sorted(each.people for each in found.reach)
    assert found.reach[-1].people == pytest.approx(origins.people[np.isfinite(found.cost)].sum())
    assert found.reach[0].shape().within(found.reach[1].shape().buffer(1))
