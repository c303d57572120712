"""Points in a box by the grid, against asking each of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.render.pointgrid import PointGrid

COORDINATE = st.integers(-20, 20).map(float)
POINTS = st.lists(st.tuples(COORDINATE, COORDINATE) | st.just((np.nan, np.nan)), max_size=400)


@given(
    points=POINTS, box=st.tuples(COORDINATE, COORDINATE, COORDINATE, COORDINATE), copies=st.integers(1, 20)
)
def test_a_box_holds_what_each_point_says(
    points: list[tuple[float, float]], box: tuple[float, float, float, float], copies: int
) -> None:
    x, y = np.array(points * copies, dtype=np.float64).reshape(-1, 2).T
    west, south, east, north = box
    with np.errstate(invalid="ignore"):
        expected = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
    assert sorted(PointGrid(x, y).within(*box).tolist()) == expected.tolist()
