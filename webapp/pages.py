"""The pages that say in words what the map draws: places, measures, incidents."""

from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, current_app, render_template, request

from geo.model import Promise
from geo.publish.findings import PublicFinding
from geo.publish.places import Filters, PublicPlace
from geo.publish.promises import promise_work
from geo.render.promises import AGREEMENTS
from geo.render.words import swedish_order
from geo.settings import Settings
from webapp.access import everyone
from webapp.filters import as_query, read_filters
from webapp.picture import Picture, current_picture
from webapp.words import name_of

blueprint = Blueprint("pages", __name__)


@dataclass(frozen=True, slots=True)
class LocalityGroup:
    """The shown places of one locality; ``name`` is empty for those outside every locality.

    ``further`` says that answers named more places there than the shown ones. ``findings`` are what staff
    saw there.
    """

    name: str
    places: tuple[PublicPlace, ...]
    further: bool
    findings: tuple[PublicFinding, ...]


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


@blueprint.get("/promises")
@everyone
def promises() -> str:
    """What was promised, and what is done for it, with a place or without."""
    picture = current_picture()
    settings: Settings = current_app.extensions["settings"]
    return render_template(
        "promises.html",
        agreement=AGREEMENTS.get(settings.municipality),
        works=promise_work(picture.measures),
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
    # So are findings: they are about what staff saw, not about why somebody felt unsafe.
    narrowed = filters.reason or filters.time or filters.status
    further = (
        set() if narrowed else {name for name in picture.places.further if filters.locality in ("", name)}
    )
    told: dict[str, list[PublicFinding]] = {}
    for found in () if narrowed else picture.findings:
        if filters.locality in ("", found.locality):
            told.setdefault(found.locality, []).append(found)
    names = sorted({*by_name, *further, *told}, key=lambda name: (not name, swedish_order(name)))
    return tuple(
        LocalityGroup(
            name,
            tuple(sorted(by_name.get(name, ()), key=lambda found: swedish_order(name_of(found)))),
            name in further,
            tuple(told.get(name, ())),
        )
        for name in names
    )
