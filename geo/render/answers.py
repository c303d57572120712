"""The geocoder's answers as JSON for other programs: WGS 84, lat and lon apart."""

from typing import Any

from geo.crs import point_to_wgs84
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
