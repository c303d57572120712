"""The sun over many moments at once: for 10^6 incidents, what ``darkness`` tells of one. A test holds the two together.

After NOAA's Solar Calculation Details (Global Monitoring Laboratory; Meeus, Astronomical Algorithms, 2nd ed.), the method
that astral follows: the same numbers, an array at a time.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_J2000_S = 946_728_000
"""1 January 2000, 12:00 UTC, in seconds since 1970."""
_CENTURY_S = 36_525 * 86_400.0
_DAY_S = 86_400


def sun_elevations(lonlat: Floats, moments: NDArray[np.int64]) -> Floats:
    """The sun's elevation in degrees, without refraction, (n,).

    Args:
        lonlat: where, (n, 2) of WGS 84 degrees.
        moments: when, (n,) of seconds since 1970 UTC.
    """
    century = (moments - _J2000_S) / _CENTURY_S
    longitude = np.radians((280.46646 + century * (36000.76983 + 0.0003032 * century)) % 360.0)
    anomaly = np.radians(357.52911 + century * (35999.05029 - 0.0001537 * century))
    eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
    node = np.radians(125.04 - 1934.136 * century)
    centre = (
        np.sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
        + np.sin(2 * anomaly) * (0.019993 - 0.000101 * century)
        + np.sin(3 * anomaly) * 0.000289
    )
    apparent = longitude + np.radians(centre - 0.00569 - 0.00478 * np.sin(node))
    arcseconds = 21.448 - century * (46.815 + century * (0.00059 - century * 0.001813))
    obliquity = np.radians(23.0 + (26.0 + arcseconds / 60.0) / 60.0 + 0.00256 * np.cos(node))
    declination = np.arcsin(np.sin(obliquity) * np.sin(apparent))
    tilt = np.tan(obliquity / 2) ** 2
    # How far the sun's own clock goes before the mean one, minutes.
    equation = 4.0 * np.degrees(
        tilt * np.sin(2 * longitude)
        - 2 * eccentricity * np.sin(anomaly)
        + 4 * eccentricity * tilt * np.sin(anomaly) * np.cos(2 * longitude)
        - 0.5 * tilt**2 * np.sin(4 * longitude)
        - 1.25 * eccentricity**2 * np.sin(2 * anomaly)
    )
    minutes = (moments % _DAY_S) / 60.0 + equation + 4.0 * lonlat[:, 0]
    hour_angle = np.radians(minutes / 4.0 - 180.0)
    latitude = np.radians(lonlat[:, 1])
    height = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(
        hour_angle
    )
    elevation: Floats = np.degrees(np.arcsin(np.clip(height, -1.0, 1.0)))
    return elevation
