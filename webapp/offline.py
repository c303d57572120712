"""What an officer's phone needs for work without a network: the service worker, and who it works for."""

from flask import Blueprint, jsonify, make_response, render_template
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from webapp.access import allow, everyone, person

blueprint = Blueprint("offline", __name__)


@blueprint.get("/sw.js")
@everyone
def worker() -> Response:
    """The service worker of /my/. It holds no data: its caches and its queue are in the browser."""
    answer = make_response(render_template("sw.js"))
    answer.mimetype = "text/javascript"
    # Asked for anew each time, so that a new version takes over at once.
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Service-Worker-Allowed"] = "/my/"
    return answer


@blueprint.get("/my/token.json")
@allow()
def token() -> Response:
    """Who is signed in, and a fresh token for what waited in the phone to be sent."""
    answer = jsonify({"username": person().username, "csrf_token": generate_csrf()})
    answer.headers["Cache-Control"] = "no-store"
    return answer
