"""Photos of measures: what residents and staff see, and the coordinator's button.

A page that takes a photo is marked ``@allow(..., body=UPLOAD_BYTES)`` and reads it with ``sent_photo``.
"""

from datetime import timedelta

from flask import Blueprint, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from geo.actions.photos import UPLOAD_BYTES, publish_photo
from geo.errors import BadInput, NotFound
from geo.model import Role
from geo.publish.course import AsOf
from geo.publish.measures import PublicMeasure
from geo.publish.photos import PublicPhoto, is_public, one_photo, published_photos, shown
from geo.settings import Settings
from geo.store.photos import read_file
from webapp.access import allow, current_person, everyone, moment, person
from webapp.kept import kept
from webapp.language import local_path
from webapp.picture import current_picture, current_pictures

__all__ = ["UPLOAD_BYTES", "blueprint", "sent_photo", "shown_photos"]

blueprint = Blueprint("photos", __name__)


def sent_photo() -> bytes | None:
    """The file in the form's field ``photo`` as it came; None where none was chosen."""
    file = request.files.get("photo")
    return file.read() if file else None


@blueprint.app_template_global()
def shown_photos(measure: PublicMeasure) -> tuple[PublicPhoto, ...]:
    """The photos that residents see of a measure."""
    published = kept("photos", lambda: published_photos(current_pictures().store))
    return shown(published, measure, _as_of())


@blueprint.get("/photos/<int:photo_id>.jpg")
@everyone
def photo(photo_id: int) -> Response:
    """A photo: for residents when it and its work are public, else for those signed in."""
    found = one_photo(current_pictures().store, photo_id)
    measure = next((one for one in current_picture().measures if one.id == found.measure_id), None)
    public = is_public(found, measure, _as_of())
    if not public and current_person() is None:
        # In the words of a photo that isn't there: nothing tells which.
        raise NotFound("There is no such photo.")
    answer = Response(read_file(_settings().photos, found.file), mimetype="image/jpeg")
    if not public:
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
    # Asked about each time: the coordinator can take it back.
    answer.headers["Cache-Control"] = "no-cache"
    answer.set_etag(found.sha256)
    return answer.make_conditional(request)


@blueprint.post("/photos/<int:photo_id>/publish")
@allow(Role.COORDINATOR)
def publish(photo_id: int) -> Response:
    """Shows a photo to residents (``public`` is yes) or takes it back (no).

    It names no version: it sets one switch and writes over nobody's words.
    """
    wanted = request.form.get("public", "")
    if wanted not in ("yes", "no"):
        raise BadInput("Say whether residents may see the photo: yes or no.", field="public")
    measure_id = publish_photo(
        current_pictures().store, person(), photo_id, public=wanted == "yes", now=moment()
    )
    there = url_for("pages.measures", _anchor=f"measure-{measure_id}")
    return redirect(local_path(request.form.get("next", there)), code=303)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _as_of() -> AsOf:
    return AsOf(moment(), timedelta(minutes=_settings().undo_minutes))
