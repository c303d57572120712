import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geo.clustering import FURTHEST_SAME_M, MAX_RADIUS_M, Spot, cluster, name_place
from geo.gazetteer import Gazetteer
from geo.model import NAMING_KINDS, EntryKind, GazetteerEntry

X, Y = 780_000.0, 7_130_000.0


def spot(key, x=0.0, y=0.0, *, radius=75.0, who=None, probability=0.9):
    return Spot(key, who or f"r{key}", (X + x, Y + y), radius, probability)


def members(clusters):
    return {each.members for each in clusters}


class TestCluster:
    def test_answers_at_one_point_are_one_place_of_so_many_people(self):
        (found,) = cluster([spot(1, who="a"), spot(2, who="b"), spot(3, who="a")])
        assert found.members == (1, 2, 3)
        assert found.respondents == 2
        assert found.centre == (X, Y)
        assert found.radius_m == 75.0

    def test_neighbours_that_lie_in_each_others_radius_are_one_place(self):
        assert members(cluster([spot(1, radius=100), spot(2, x=90, radius=100)])) == {(1, 2)}

    def test_one_wide_answer_does_not_swallow_a_narrow_one(self):
        assert members(cluster([spot(1, radius=60), spot(2, x=90, radius=300)])) == {(1,), (2,)}

    def test_very_exact_answers_a_few_steps_apart_are_one_place(self):
        assert members(cluster([spot(1, radius=5), spot(2, x=40, radius=5)])) == {(1, 2)}

    def test_vague_and_unlikely_answers_take_no_part(self):
        assert cluster([spot(1, radius=MAX_RADIUS_M + 1), spot(2, probability=0.4)]) == ()
        assert members(cluster([spot(1, radius=MAX_RADIUS_M)])) == {(1,)}

    def test_a_row_of_answers_never_grows_into_one_place(self):
        row = [spot(number, x=100.0 * number, radius=300) for number in range(40)]
        found = cluster(row)
        assert len(found) >= 8
        assert sorted(key for each in found for key in each.members) == list(range(40))

    def test_an_answer_joins_the_nearer_of_two_places(self):
        left = [spot(n, x=0, radius=200) for n in range(3)]
        right = [spot(n, x=350, radius=200) for n in range(3, 6)]
        found = cluster([*left, *right, spot(9, x=190, radius=200)])
        assert members(found) == {(0, 1, 2), (3, 4, 5, 9)}

    def test_a_stray_answer_does_not_move_the_centre(self):
        (found,) = cluster([*(spot(n, radius=200) for n in range(9)), spot(9, x=180, radius=200)])
        assert found.centre == (X, Y)

    def test_most_people_come_first(self):
        found = cluster([spot(1, x=5000), spot(2), spot(3)])
        assert [each.respondents for each in found] == [2, 1]

    def test_no_answers_are_no_places(self):
        assert cluster([]) == ()

    def test_many_answers_take_seconds(self):
        rng = np.random.default_rng(5)
        many = [
            spot(n, *place, radius=radius)
            for n, (*place, radius) in enumerate(rng.uniform((0, 0, 20), (20_000, 20_000, 300), (20_000, 3)))
        ]
        start = time.process_time()
        found = cluster(many)
        assert sum(len(each.members) for each in found) == len(many)
        assert time.process_time() - start < 5

    @settings(max_examples=80, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.floats(-800, 800),
                st.floats(-800, 800),
                st.floats(1, 400),
                st.integers(0, 9),
                st.floats(0.3, 1),
            ),
            max_size=40,
        ),
        st.randoms(use_true_random=False),
    )
    def test_places_are_bounded_complete_and_independent_of_order(self, rows, rng):
        spots = [
            spot(key, x, y, radius=radius, who=f"r{who}", probability=p)
            for key, (x, y, radius, who, p) in enumerate(rows)
        ]
        found = cluster(spots)
        taken = {s.key: s for s in spots if s.radius_m <= MAX_RADIUS_M and s.probability >= 0.5}
        assert sorted(key for each in found for key in each.members) == sorted(taken)
        for each in found:
            points = [taken[key].point for key in each.members]
            assert all(math.dist(a, b) <= 2 * FURTHEST_SAME_M + 1e-6 for a in points for b in points)
            assert each.respondents == len({taken[key].respondent for key in each.members})
            assert each.radius_m > 0
        rng.shuffle(spots)
        assert cluster(spots) == found


def entry(name, kind, x=0.0, y=0.0):
    return GazetteerEntry(name, name, kind, Point(X + x, Y + y), 30, "t")


class TestNaming:
    def test_near_a_stop_it_is_told_from_the_stop(self):
        gazetteer = Gazetteer(
            [entry("Torgby", EntryKind.LOCALITY, y=-100), entry("Stationen", EntryKind.STATION, y=300)]
        )
        name = name_place((X, Y), gazetteer)
        assert (name.anchor, name.distance_m, name.direction) == ("Stationen", 300, "s")
        assert name.kind is EntryKind.STATION

    @pytest.mark.parametrize(
        ("x", "y", "direction"),
        [(0, 200, "n"), (150, 150, "ne"), (200, 0, "e"), (150, -150, "se"), (0, -200, "s"), (-150, -150, "sw"),
         (-200, 0, "w"), (-150, 150, "nw")],
    )  # fmt: skip
    def test_the_direction_is_seen_from_the_anchor(self, x, y, direction):
        name = name_place((X + x, Y + y), Gazetteer([entry("Skolan", EntryKind.SCHOOL)]))
        assert (name.direction, name.distance_m) == (direction, 200)

    def test_at_the_thing_there_is_no_distance_and_no_direction(self):
        name = name_place((X + 15, Y), Gazetteer([entry("Skolan", EntryKind.SCHOOL)]))
        assert (name.anchor, name.distance_m, name.direction) == ("Skolan", 0, "")

    def test_a_distance_that_is_told_is_never_nought(self):
        assert name_place((X + 25, Y), Gazetteer([entry("Skolan", EntryKind.SCHOOL)])).distance_m == 50

    def test_a_public_building_is_named_only_where_it_is_clearly_nearer(self):
        police, stop = (
            entry("Polisstationen", EntryKind.PUBLIC_BUILDING, x=80),
            entry("Stationen", EntryKind.STATION, x=-150),
        )
        assert name_place((X, Y), Gazetteer([police, stop])).anchor == "Stationen"
        far = entry("Stationen", EntryKind.STATION, x=-400)
        assert name_place((X, Y), Gazetteer([police, far])).anchor == "Polisstationen"

    def test_far_from_everything_it_is_told_from_the_locality_in_kilometres(self):
        gazetteer = Gazetteer(
            [entry("Torgby", EntryKind.VILLAGE, y=3400), entry("Skolan", EntryKind.SCHOOL, y=2100)]
        )
        name = name_place((X, Y), gazetteer)
        assert (name.anchor, name.distance_m, name.direction) == ("Torgby", 3000, "s")

    def test_within_half_a_kilometre_of_a_lone_village_it_is_at_it(self):
        name = name_place((X + 300, Y), Gazetteer([entry("Torgby", EntryKind.VILLAGE)]))
        assert (name.anchor, name.distance_m, name.direction) == ("Torgby", 0, "")

    @pytest.mark.parametrize("kind", sorted(set(EntryKind) - NAMING_KINDS))
    def test_homes_shops_and_persons_are_never_named(self, kind):
        gazetteer = Gazetteer([entry("Hemlig", kind), entry("Stationen", EntryKind.STATION, x=1500)])
        assert name_place((X, Y), gazetteer).anchor == "Stationen"
        assert name_place((X, Y), Gazetteer([entry("Hemlig", kind)])).anchor == ""
