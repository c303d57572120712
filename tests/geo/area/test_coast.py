"""The sea made of coastlines: land to the left, water to the right."""

from shapely import LineString, Point, Polygon, box

from geo.area.coast import sea

FRAME = box(0, 0, 1000, 1000)
NORTHWARD = LineString([(600, -100), (580, 400), (620, 1100)])
"""A coast drawn from south to north: the land is in the west."""


def test_the_sea_is_to_the_right_of_a_coast() -> None:
    (water,) = sea([NORTHWARD], FRAME)
    assert water.contains(Point(900, 500))
    assert not water.contains(Point(100, 500))


def test_a_coast_drawn_the_other_way_has_the_sea_on_the_other_side() -> None:
    (water,) = sea([NORTHWARD.reverse()], FRAME)
    assert water.contains(Point(100, 500))


def test_a_coast_in_pieces_is_one_coast() -> None:
    south, north = LineString([(600, -100), (580, 400)]), LineString([(580, 400), (620, 1100)])
    (water,) = sea([north, south], FRAME)
    assert water.contains(Point(900, 500))


def test_islands_are_land_whether_ring_or_polygon() -> None:
    ring = [(800, 400), (900, 400), (900, 500), (800, 500), (800, 400)]
    for island in (LineString(ring), Polygon(ring)):
        water = sea([NORTHWARD, island], FRAME)
        assert not any(part.contains(Point(850, 450)) for part in water)
        assert any(part.contains(Point(950, 450)) for part in water)


def test_a_coast_that_ends_within_parts_nothing() -> None:
    assert sea([LineString([(600, -100), (600, 500)])], FRAME) == ()


def test_a_coast_that_the_extract_cut_off_short_of_the_edge_goes_on_to_it() -> None:
    (water,) = sea([LineString([(600, 15), (600, 970)])], FRAME)
    assert water.contains(Point(900, 5))
    assert water.contains(Point(900, 995))
    assert not water.contains(Point(100, 500))


def test_without_a_coast_there_is_no_sea() -> None:
    assert sea([], FRAME) == ()
