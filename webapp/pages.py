"""The pages that say in words what the map draws: places, measures, incidents."""

from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, render_template, request

from geo.model import Promise
from geo.publish.places import Filters, PublicPlace
from geo.render.words import swedish_order
from webapp.access import everyone
from webapp.filters import as_query, read_filters
from webapp.picture import Picture, current_picture
from webapp.words import name_of

blueprint = Blueprint("pages", __name__)


@dataclass(frozen=True, slots=True)
class LocalityGroup:
    """The shown places of one locality; ``name`` is empty for those outside every locality.

    ``further`` says that answers named more places there than the shown ones.
    """

    name: str
    places: tuple[PublicPlace, ...]
    further: bool


@blueprint.get("/places")
@everyone
def places() -> str:
    """The list: the map's equal, with the same filters."""
    picture = current_picture()
    filters = read_filters(request.args, picture.places.localities)
    shown = tuple(found for found in picture.places.places if filters.takes(found))
    return render_template(
        "places.html",
        shown=shown,
        groups=_groups(picture, filters, shown),
        filters=filters,
        query=as_query(filters),
        found=picture.places,
    )


@blueprint.get("/places/<int:place_id>")
@everyone
def place(place_id: int) -> str:
    """One place."""
    return render_template("place.html", place=current_picture().place(place_id))


@blueprint.get("/measures")
@everyone
def measures() -> str:
    """What was promised and done, by promise."""
    picture = current_picture()
    return render_template(
        "measures.html",
        by_promise={
            promise: tuple(found for found in picture.measures if found.promise is promise)
            for promise in Promise
        },
        places={found.id: found for found in picture.places.places},
    )


@blueprint.get("/incidents")
@everyone
def incidents() -> str:
    """What the police told of, as counts."""
    return render_template("incidents.html", incidents=current_picture().incidents)


def _groups(picture: Picture, filters: Filters, shown: tuple[PublicPlace, ...]) -> tuple[LocalityGroup, ...]:
    ordered = sorted(shown, key=lambda found: (not found.locality, swedish_order(found.locality)))
    by_name = {name: tuple(found) for name, found in groupby(ordered, key=lambda found: found.locality)}
    # The rest of a locality is told as a whole: beside a choice of reasons it would seem to answer it.
    narrowed = filters.reason or filters.time or filters.status
    further = (
        set() if narrowed else {name for name in picture.places.further if filters.locality in ("", name)}
    )
    names = sorted({*by_name, *further}, key=lambda name: (not name, swedish_order(name)))
    return tuple(
        LocalityGroup(
            name,
            tuple(sorted(by_name.get(name, ()), key=lambda found: swedish_order(name_of(found)))),
            name in further,
        )
        for name in names
    )
