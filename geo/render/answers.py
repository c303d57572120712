"""The geocoder's answers as JSON for other programs: WGS 84, lat and lon apart."""

from typing import Any

from geo.crs import point_to_wgs84
from geo.importing.rejected import harmless
from geo.model import Candidate, Match


def match_json(matches: tuple[Match, ...]) -> dict[str, Any]:
    """The answer to one text. ``more`` holds further places where the text names several."""
    first, *rest = matches
    return {
        "text": first.text,
        **_fields(first),
        "candidates": [_fields(candidate) for candidate in first.candidates if candidate.name],
        "more": [_fields(match) for match in rest],
    }


ANSWER_COLUMNS = (
    "geo_place",
    "geo_name",
    "geo_locality",
    "geo_lat",
    "geo_lon",
    "geo_e",
    "geo_n",
    "geo_radius_m",
    "geo_probability",
    "geo_rule",
    "geo_level",
)
"""The headings of ``answer_cells``: the same in every language, for programs read them."""


def answer_cells(match: Match, ordinal: int) -> list[str | int | float]:
    """A match as cells of a table: which of the text's places it is, WGS 84 degrees, EPSG:3006 metres.

    What isn't known is empty.
    """
    if match.point is None:
        position: list[str | int | float] = [""] * 5
    else:
        lon, lat = point_to_wgs84(match.point)
        east, north = match.point
        position = [round(lat, 6), round(lon, 6), round(east, 1), round(north, 1), round(match.radius_m)]
    return [
        ordinal,
        harmless(match.name),
        harmless(match.locality),
        *position,
        round(match.probability, 3),
        match.rule,
        match.level.value,
    ]


def _fields(found: Match | Candidate) -> dict[str, Any]:
    lon, lat = point_to_wgs84(found.point) if found.point else (None, None)
    return {
        "name": found.name or None,
        "lat": None if lat is None else round(lat, 6),
        "lon": None if lon is None else round(lon, 6),
        "radius_m": round(found.radius_m) if found.point else None,
        "probability": round(found.probability, 3),
        "rule": found.rule,
        "level": found.level.value,
        "locality": found.locality or None,
    }
