"""Cells on real and made-up ground."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from geo.area.homes import homes
from geo.area.package import open_area
from geo.errors import SettingsError
from geo.privacy.cells import Cells, make_cells

Floats = npt.NDArray[np.float64]


def _cells(points: Floats, least: int = 20) -> Cells:
    frame = (*(points.min(axis=0) - 50), *(points.max(axis=0) + 50))
    found = make_cells(points, (frame[0], frame[1], frame[2], frame[3]), least=least)
    assert found is not None
    return found


@pytest.fixture(params=["helsinki_area", "town_area", "village_area"])
def points(request: pytest.FixtureRequest) -> Floats:
    folder: Path = request.getfixturevalue(request.param)
    return homes(open_area(folder))


def test_every_cell_has_enough_homes_and_every_home_one_cell(points: Floats) -> None:
    cells = _cells(points)
    at = cells.locate(points)
    assert (at >= 0).all()
    assert (np.bincount(at, minlength=len(cells.boxes)) == cells.homes).all()
    assert cells.homes.min() >= 20
    assert cells.homes.sum() == len(points)
    for box, count in zip(cells.boxes, cells.homes, strict=True):
        inside = (points >= box[:2]).all(axis=1) & (points <= box[2:]).all(axis=1)
        assert inside.sum() >= count
    assert _cells(points[::-1]).version == cells.version


def test_few_homes_are_no_cells_and_a_setting_has_a_floor() -> None:
    some = np.arange(38.0).reshape(19, 2)
    assert make_cells(some, (0, 0, 100, 100)) is None
    assert make_cells(some, (0, 0, 100, 100), least=8) is not None
    with pytest.raises(SettingsError):
        make_cells(some, (0, 0, 100, 100), least=7)


def test_a_population_grid_counts_its_people() -> None:
    squares = np.array([[0.0, 0], [1000, 0], [2000, 0], [3000, 0]])
    found = make_cells(squares, (-500, -500, 3500, 500), homes=np.array([5, 40, 19, 21]))
    assert found is not None
    assert sorted(found.homes.tolist()) == [40, 45]
    assert found.locate(np.array([[9000.0, 0]])).tolist() == [-1]
