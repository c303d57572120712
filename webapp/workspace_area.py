"""The report of an area that a planner draws: on the page, on paper, for a spreadsheet and for QGIS."""

from flask import Blueprint, Response, render_template, request

from geo.actions.reading import note_reading
from geo.errors import BadInput
from geo.model import Role
from geo.planning.area import AreaReport, area_of, report_of
from geo.planning.workspace import Walked
from geo.privacy import MIN_RESPONDENTS
from geo.render.areafile import as_geopackage
from geo.render.sheet import Sheet, as_csv, as_pdf
from webapp.access import allow, moment, person
from webapp.drafts import Fault, fault_of
from webapp.errors import STATUS
from webapp.picture import current_pictures
from webapp.throttle import costly
from webapp.workspace_form import spots_of
from webapp.workspace_sheet import place_words, sheet_of
from webapp.workspace_words import chart
from webapp.workspaces import current_workspace

areas = Blueprint("areas", __name__)


@areas.get("/planning/area")
@allow(Role.PLANNER, Role.COORDINATOR)
def report() -> str | tuple[str, int]:
    """The report of the area that the address says (``?area=lon,lat lon,lat ...``); without one the map to draw it on."""
    if not _text():
        return _page(None)
    try:
        sheet, _found, _walked = _asked()
    except BadInput as error:
        return _page(None, fault_of(error)), STATUS[BadInput]
    return _page(sheet)


@areas.get("/planning/area.csv")
@allow(Role.PLANNER, Role.COORDINATOR)
@costly
def report_csv() -> Response:
    """The report for a spreadsheet."""
    return _file(as_csv(_asked()[0]), "text/csv", "csv")


@areas.get("/planning/area.pdf")
@allow(Role.PLANNER, Role.COORDINATOR)
@costly
def report_pdf() -> Response:
    """The report on paper."""
    return _file(as_pdf(_asked()[0]), "application/pdf", "pdf")


@areas.get("/planning/area.gpkg")
@allow(Role.PLANNER, Role.COORDINATOR)
@costly
def report_geopackage() -> Response:
    """The report's geometry for QGIS: area, places, measures, stretches."""
    sheet, found, walked = _asked()
    names = [place_words(place) for place in found.places]
    content = as_geopackage(
        found, names, walked.outcome if walked else None, title=sheet.title, notes=sheet.notes
    )
    return _file(content, "application/geopackage+sqlite3", "gpkg")


def _text() -> str:
    return request.args.get("area", "").strip()


def _asked() -> tuple[Sheet, AreaReport, Walked | None]:
    """The report of the area that was asked for; that somebody read it is noted."""
    store, by = current_pictures().store, person()
    area = area_of(spots_of(_text(), "area"))
    walked = current_workspace().as_it_is(moment().date())
    found = report_of(store, by, area, walked)
    hidden = sum(place.respondents < MIN_RESPONDENTS for place in found.places)
    note_reading(store, by, "places", hidden, now=moment())
    note_reading(store, by, "incidents", sum((found.incidents or {}).values()), now=moment())
    return sheet_of(found, walked, moment()), found, walked


def _page(sheet: Sheet | None, fault: Fault | None = None) -> str:
    return render_template(
        "workspace_area.html",
        sheet=sheet,
        text=_text(),
        draft={"area": (_text(),)},
        faults=[fault] if fault else [],
        wrong={fault.field: fault.message} if fault else {},
        labels_of={"area": "Area"},
        chart=chart(),
    )


def _file(content: bytes, mimetype: str, ending: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="area.{ending}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
