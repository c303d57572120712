"""The form where words are settled: what its buttons send, and what that means."""

import json
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from geo.crs import point_to_wgs84
from geo.errors import BadInput
from geo.model import Candidate, Level
from geo.store.aliases import Decision, Target

MAX_TEXT = 5_000


def value_of(candidate: Candidate | Target) -> str:
    """A place as its button sends it."""
    if candidate.point is None:
        raise ValueError("a candidate without a point can't be chosen")
    return json.dumps(
        {
            "name": candidate.name,
            "locality": candidate.locality,
            "level": candidate.level.value,
            "e": round(candidate.point[0], 1),
            "n": round(candidate.point[1], 1),
            "radius": round(candidate.radius_m, 1),
        },
        ensure_ascii=False,
    )


def target_of(text: str) -> Target:
    """The place that a button sent.

    Raises:
        BadInput: it isn't one.
    """
    try:
        told: Any = json.loads(text[:MAX_TEXT])
        return Target(
            point=(float(told["e"]), float(told["n"])),
            radius_m=float(told["radius"]),
            name=str(told["name"]),
            locality=str(told["locality"]),
            level=Level(told["level"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput("What was sent can't be read as a place.", field="places") from error


def lonlats_of(text: str) -> list[tuple[float, float]]:
    """The points drawn on the map: ``lon,lat`` in degrees, one after another; none where nothing was drawn.

    Raises:
        BadInput: it is something else.
    """
    try:
        return [
            (float(lon), float(lat)) for lon, lat in (part.split(",") for part in text[:MAX_TEXT].split())
        ]
    except ValueError as error:
        raise BadInput("What was sent can't be read as a place.", field="places") from error


def lonlat(point: Target | Candidate) -> str:
    """Where a place lies, as the page's script reads it; empty for one without a point."""
    if point.point is None:
        return ""
    lon, lat = point_to_wgs84(point.point)
    return f"{lon:.6f},{lat:.6f}"


def chosen_decision(form: Mapping[str, str] | MultiDict[str, str]) -> Decision:
    """What was decided besides the places."""
    return {"not_a_place": Decision.NOT_A_PLACE, "outside": Decision.OUTSIDE}.get(
        form.get("action", ""), Decision.PLACES
    )
