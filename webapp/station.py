"""The station as residents see it: what is planned, how far a walk reaches, and the measures there. Nothing exact."""

from typing import Any

import shapely
from flask import Blueprint, Response, render_template
from shapely.geometry import Point

from geo.analysis.origins import OriginKind
from geo.errors import NotFound
from geo.planning.workspace import Walked
from geo.publish.measures import PublicMeasure
from geo.render import geojson, walks
from webapp.access import everyone, moment
from webapp.kept import kept
from webapp.picture import current_picture
from webapp.workspace_words import public_chart
from webapp.workspaces import current_workspace

blueprint = Blueprint("station", __name__)

ROUNDED = 10
"""Numbers of addresses are told in tens: the way there is an estimate."""


@blueprint.get("/station")
@everyone
def station() -> str:
    """What will come, what lies within a walk, and what is being done there."""
    walked = _walked()
    return render_template(
        "station.html",
        walked=walked,
        within=_within(walked) if walked else (),
        measures=_measures(walked) if walked else (),
        chart=public_chart(),
    )


@blueprint.get("/station.json")
@everyone
def shape() -> Response:
    """The station's area, or where it will be approximately, and how far a walk reaches, in WGS 84."""
    walked = _walked()
    if walked is None:
        raise NotFound("Nothing says where the station is.")
    found = Response(
        kept("station shape", lambda: geojson.encode(_shape(walked))), mimetype="application/json"
    )
    found.headers["Cache-Control"] = "no-cache"
    found.add_etag()
    return found


def _shape(walked: Walked) -> dict[str, Any]:
    station = walked.station
    return {
        "station": {
            "name": station.name,
            "approximate": station.approximate,
            # Where the position is only approximate, a point would say more than is known.
            "entrances": [] if station.approximate else walks.spots(station.entrances),
            "area": None if station.area is None else walks.catchment(station.area),
        },
        "catchments": walks.catchments(walked.reach),
        "stretches": [],
        "edits": [],
    }


def _within(walked: Walked) -> tuple[tuple[float, int, bool], ...]:
    """Minutes, addresses in tens, and whether that is estimated by the straight line."""
    homes = (OriginKind.ADDRESS, OriginKind.BUILDING)
    return tuple(
        (
            reach.minutes,
            round(sum(reach.counts.get(kind, 0) for kind in homes) / ROUNDED) * ROUNDED,
            reach.estimated,
        )
        for reach in walked.reach
    )


def _measures(walked: Walked) -> tuple[PublicMeasure, ...]:
    reached = walked.reach[-1].shape()
    shapely.prepare(reached)
    return tuple(
        measure
        for measure in current_picture().measures
        if measure.point is not None and reached.contains(Point(measure.point))
    )


def _walked() -> Walked | None:
    return current_workspace().as_it_is(moment().date())
