"""The attackers of ``make bench`` in small: what they find of what is published, and that they find what is wrong."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from benchmarks.asking import ITEMS, Heard, addresses, take
from benchmarks.attacked import NOW, QUARTERS, Lair, lair, publish_all, put_incidents
from benchmarks.guessing import guess, guess_donut, shown_as
from benchmarks.subtracting import Found, subtract
from geo.actions.releases import Ground, publish
from geo.crs import points_to_wgs84
from geo.privacy.cells import make_cells
from geo.privacy.statements import Atom, Quarter, Release, count_all, plain
from geo.settings import Settings
from geo.store.engine import Store, open_store
from geo.store.migration import migrate
from geo.store.releases import ledger
from webapp import create_app


@pytest.fixture(scope="session")
def village(village_area: Path) -> Lair:
    return lair("Lillmyra", village_area)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'attacked.sqlite'}")
    migrate(opened)
    yield opened
    opened.close()


@pytest.mark.parametrize("area", ["helsinki_area", "town_area", "village_area"])
def test_a_home_is_guessed_at_most_once_in_twenty(area: str, request: pytest.FixtureRequest) -> None:
    ground = lair(area, request.getfixturevalue(area))
    found = guess(ground, shown_as(ground)["our cells"](ground.homes))
    assert max(found.expected, found.drawn, found.best, found.averaged) <= 0.05
    assert 1 / ground.cells.homes.min() <= 0.05
    # The same attacker finds what others show, and what cells too small would.
    assert guess(ground, shown_as(ground)["rounded to 3 decimals"](ground.homes)).expected > 0.2
    assert guess_donut(ground).averaged > 0.9
    west, south, east, north = ground.area.boundary().bounds
    small = make_cells(ground.homes, (west, south, east, north), least=8)
    assert small is not None
    weak = Lair("", ground.area, ground.homes, small)
    assert guess(weak, shown_as(weak)["our cells"](ground.homes)).best > 0.05


def test_asking_again_and_again_tells_what_asking_once_does(
    village: Lair, store: Store, tmp_path: Path
) -> None:
    put_incidents(store, village, 500, seed=3)
    publish(store, None, QUARTERS[-1], now=NOW, ground=Ground(village.area))
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'attacked.sqlite'}", log_level="ERROR")
    app = create_app(settings, clock=lambda: datetime(2026, 11, 28, 12, tzinfo=UTC))
    heard = Heard()
    for _ in range(2):
        for path in addresses(village):
            answer = app.test_client().get(
                path, headers={"Accept": "application/json" if "/api" in path else "*/*"}
            )
            assert answer.status_code == 200, path
            take(heard, path, answer.get_data())
    app.extensions["pictures"].store.close()
    assert heard.asked > 400
    assert len(heard.said) > 80
    assert (heard.changing, heard.wavering) == (0, 0)
    assert guess(village, heard.mean_shown(village)).expected <= 0.05


def test_who_asks_hears_when_answers_are_blurred_anew_each_time(village: Lair) -> None:
    chance = np.random.default_rng(1)
    heard = Heard()
    true = village.homes[0]
    cell = int(village.cells.locate(true[None])[0])
    for at in range(300):
        spot = (true + chance.normal(0, 100, 2))[None] + np.array([[0, 0], [9, 0], [9, 9], [0, 0]])
        ring = points_to_wgs84(spot).tolist()
        told = {"scope": "cell", "said": "number", "number": 20 + at % 3}
        feature = {
            "id": f"cell:v:{cell}:all:all",
            "properties": told,
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        take(heard, ITEMS, json.dumps({"features": [feature]}).encode())
    assert (heard.changing, heard.wavering) == (1, 1)
    assert np.hypot(*(np.mean(heard.middles[f"v:{cell}"], axis=0) - true)) < 30


def _summed(found: list[Found]) -> tuple[int, int]:
    return sum(one.exact for one in found), sum(one.narrowed for one in found)


def test_subtracting_all_that_was_ever_released_gives_nothing_back(village: Lair, store: Store) -> None:
    published = publish_all(store, village, 121)
    assert len(published.releases) == 5
    found = subtract(published.releases, published.areas, QUARTERS)
    assert {one.said for one in found} == {"small", "hidden", "unsaid"}
    assert len(found) > 80
    assert _summed(found) == (0, 0)
    # Were every count said by itself, as if nothing else were known, the same attacker would get many back.
    with store.read() as connection:
        counted = ledger(connection)
    careless = tuple(_said(counted, end) for end in (Quarter(2025, 3), Quarter(2026, 2)))
    weak = subtract(careless, published.areas, QUARTERS)
    exact, narrowed = _summed(weak)
    assert exact >= 5
    assert narrowed > 0
    assert {one.said for one in weak if one.exact} == {"small", "unsaid"}


def _said(counted: dict[Atom, int], through: Quarter) -> Release:
    cells = {atom.cell for atom in counted} - {""}
    return Release(
        through, tuple(plain(key, number) for key, number in count_all(counted, through, cells).items())
    )
