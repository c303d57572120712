"""The sun over many moments is the sun of one, at every place and time of Sweden."""

from datetime import UTC, datetime

import numpy as np
import pytest

from geo.analysis.darkness import Spot, sun_elevation
from geo.analysis.sun import sun_elevations


def test_it_agrees_with_the_sun_of_one_moment() -> None:
    random = np.random.default_rng(7)
    moments = random.integers(-86_400 * 365 * 60, 86_400 * 365 * 80, 3_000)
    lonlat = np.column_stack([random.uniform(10.5, 24.5, 3_000), random.uniform(55.0, 69.5, 3_000)])
    single = [
        sun_elevation(Spot(*place), datetime.fromtimestamp(int(moment), UTC))
        for place, moment in zip(lonlat.tolist(), moments.tolist(), strict=True)
    ]
    assert sun_elevations(lonlat, moments) == pytest.approx(single, abs=1e-6)
