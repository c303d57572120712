"""What the service is: the data behind it, and how accessible it is."""

from datetime import date

from flask import Blueprint, current_app, render_template

from geo.privacy import MIN_INCIDENTS, MIN_MENTIONS, MIN_RESPONDENTS
from geo.settings import Settings
from webapp.access import everyone
from webapp.basemap import current_area
from webapp.picture import current_picture

ASSESSED = date(2026, 11, 22)
"""When the accessibility was last gone through; the statement says so."""

blueprint = Blueprint("about", __name__)


@blueprint.get("/about")
@everyone
def about() -> str:
    """The sources, how the answers were read, and what is not shown."""
    settings: Settings = current_app.extensions["settings"]
    return render_template(
        "about.html",
        undo_minutes=settings.undo_minutes,
        picture=current_picture(),
        area=current_area(),
        min_respondents=MIN_RESPONDENTS,
        min_mentions=MIN_MENTIONS,
        min_incidents=MIN_INCIDENTS,
    )


@blueprint.get("/accessibility")
@everyone
def accessibility() -> str:
    """The accessibility statement that Swedish law asks for."""
    return render_template("accessibility.html", picture=current_picture(), assessed=ASSESSED)


@blueprint.get("/how-we-protect")
@everyone
def how_we_protect() -> str:
    """What is shown of people's answers and of incidents, at what precision, and why."""
    settings: Settings = current_app.extensions["settings"]
    return render_template(
        "how_we_protect.html",
        incidents=current_picture().incidents,
        settings=settings,
        min_respondents=MIN_RESPONDENTS,
        min_mentions=MIN_MENTIONS,
        min_incidents=MIN_INCIDENTS,
    )
