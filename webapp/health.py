"""Whether the service works, for whoever watches it."""

from flask import Blueprint, jsonify
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from geo.errors import StoreError
from webapp.access import everyone
from webapp.logs import current_log, request_id
from webapp.picture import current_pictures

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@everyone
def healthz() -> Response:
    """200 when the store answers, else 503."""
    try:
        current_pictures().store.revision()
    except (SQLAlchemyError, StoreError) as error:
        current_log().error("store_unreachable", request_id=request_id(), exc_info=error)
        answer = jsonify(status="store unreachable")
        answer.status_code = 503
    else:
        answer = jsonify(status="ok")
    answer.headers["Cache-Control"] = "no-store"
    return answer
