"""Every route there is, and how it answers whom: one line each. ``test_access.py`` asks them all.

Each is asked by nobody (not signed in) and by a person of each role, for a measure of the person's own
organisation and for another's where the address names a measure. A route that isn't here fails the test.
"""

from dataclasses import dataclass, field

ROLES = ("planner", "police", "coordinator", "admin")

Status = int | tuple[int, int]
"""One status, or two: for the work of one's own organisation, and for another's."""


@dataclass(frozen=True)
class Route:
    """How a route answers. ``path`` may hold {measure} and {answer}; so may the values of ``form``."""

    by: dict[str, Status]
    path: str = ""
    form: dict[str, str] = field(default_factory=dict)
    query: str = ""
    json: bool = False


def everyone(status: int = 200, path: str = "", **form: str) -> Route:
    """The same for all, signed in or not."""
    return Route(dict.fromkeys(("nobody", *ROLES), status), path, form)


def only(roles: str, status: int, path: str = "", **form: str) -> Route:
    """For these roles, with this answer; for others not."""
    return Route({role: status if role in roles.split() else 403 for role in ROLES}, path, form)


def signed_in(status: int, path: str = "", **form: str) -> Route:
    """For whoever is signed in, with this answer."""
    return only(" ".join(ROLES), status, path, **form)


def each(path: str, form: dict[str, str] | None = None, *, json: bool = False, **by: Status) -> Route:
    """Each role by itself."""
    return Route(dict(by), path, form or {}, json=json)


ALL = "planner police coordinator admin"
EDITORS = "planner coordinator"
EXACT = "police coordinator"

ROUTES: dict[str, Route] = {
    # What residents see
    "GET /": everyone(),
    "GET /about": everyone(),
    "GET /accessibility": everyone(),
    "GET /basemap/<version>.pmtiles": everyone(404, "/basemap/1-1.pmtiles"),
    "GET /feeds/measures.atom": everyone(),
    "GET /healthz": everyone(),
    "GET /how-we-protect": everyone(),
    "GET /incidents": everyone(),
    "GET /language/<code>": everyone(303, "/language/sv"),
    "GET /measures": everyone(),
    "GET /photos/<int:photo_id>.jpg": everyone(404, "/photos/1.jpg"),
    "GET /places": everyone(),
    "GET /places/<int:place_id>": everyone(200, "/places/1"),
    "GET /promises": everyone(),
    "GET /station": everyone(),
    "GET /station.json": everyone(),
    "GET /static/<path:filename>": everyone(200, "/static/site.css"),
    "GET /sw.js": everyone(),
    "GET /tiles/<int:z>/<int:x>/<int:y>.png": everyone(404, "/tiles/1/0/0.png"),
    "GET /api/incidents.json": everyone(),
    "GET /api/layers/<name>.geojson": everyone(200, "/api/layers/municipality.geojson"),
    "GET /api/map.json": everyone(),
    "GET /api/measures": everyone(),
    "GET /api/measures.geojson": everyone(),
    "GET /api/measures/<int:measure_id>": everyone(200, "/api/measures/{measure}"),
    "GET /api/": everyone(),
    "GET /api/collections": everyone(),
    "GET /api/collections/<collection>": everyone(200, "/api/collections/places"),
    "GET /api/collections/<collection>/features.csv": everyone(200, "/api/collections/places/features.csv"),
    "GET /api/collections/<collection>/features.gpkg": everyone(200, "/api/collections/places/features.gpkg"),
    "GET /api/collections/<collection>/items": everyone(200, "/api/collections/places/items"),
    "GET /api/collections/<collection>/items/<feature>": everyone(200, "/api/collections/places/items/1"),
    "GET /api/conformance": everyone(),
    "GET /api/dcat.rdf": everyone(),
    "GET /api/openapi-3.0.json": everyone(),
    "GET /api/openapi.json": everyone(),
    "GET /api/places.geojson": everyone(),
    "GET /api/places/<int:place_id>.json": everyone(200, "/api/places/1.json"),
    # Signing in and out; a link or a secret is its own key
    "GET /login": Route({"nobody": 200, **dict.fromkeys(ROLES, 303)}),
    "POST /login": everyone(401, username="nobody", password="wrong"),
    "GET /login/oidc": everyone(404),
    "GET /login/oidc/callback": everyone(404),
    "POST /logout": everyone(303),
    "GET /password/<token>": everyone(404, "/password/wrong"),
    "POST /password/<token>": everyone(404, "/password/wrong", password="x", password_again="x"),
    "GET /calendar/<secret>.ics": everyone(404, "/calendar/wrong.ics"),
    "GET /planning/places/<secret>.atom": everyone(404, "/planning/places/wrong.atom"),
    # Everybody's own
    "POST /logout/everywhere": signed_in(303),
    "GET /account": signed_in(200),
    "POST /account": signed_in(303, action="name", name="Någon Annan"),
    "GET /my/calendar": signed_in(200),
    "POST /my/calendar": signed_in(200),
    "GET /my/token.json": signed_in(200),
    # Measures
    "GET /my/measures": signed_in(200),
    "GET /measures/all": signed_in(200),
    "GET /my/measures/<int:measure_id>": signed_in(200, "/my/measures/{measure}"),
    "POST /my/measures/<int:measure_id>/steps": each(
        "/my/measures/{measure}/steps",
        {"status": "completed", "note": "Klart", "if_match": "{measure}-1"},
        planner=(303, 403),
        police=(303, 403),
        coordinator=303,
        admin=403,
    ),
    "POST /my/measures/<int:measure_id>/occasions": each(
        "/my/measures/{recurring}/occasions",
        {"note": "En gång", "if_match": "{recurring}-1"},
        planner=(303, 403),
        police=(303, 403),
        coordinator=303,
        admin=403,
    ),
    "POST /my/measures/<int:measure_id>/undo": signed_in(
        409, "/my/measures/{measure}/undo", if_match="{measure}-1"
    ),
    "POST /api/measures/<int:measure_id>/status": each(
        "/api/measures/{measure}/status",
        {"status": "completed", "note": "Klart", "if_match": "{measure}-1"},
        json=True,
        planner=(200, 403),
        police=(200, 403),
        coordinator=200,
        admin=403,
    ),
    "GET /measures/new": only(EDITORS, 200),
    "POST /measures/new": only(EDITORS, 422, title=""),
    "GET /measures/<int:measure_id>/edit": only(EDITORS, 200, "/measures/{measure}/edit"),
    "POST /measures/<int:measure_id>/edit": only(
        EDITORS, 422, "/measures/{measure}/edit", title="", if_match="{measure}-1"
    ),
    "POST /photos/<int:photo_id>/publish": only("coordinator", 404, "/photos/1/publish", public="yes"),
    # Answers and findings
    "GET /today": only(EDITORS, 200),
    "GET /answers/<int:answer_id>": only("coordinator", 200, "/answers/{answer}"),
    "POST /answers/<int:answer_id>/review": only("coordinator", 303, "/answers/{answer}/review", note="Sett"),
    "POST /answers/<int:answer_id>/finding": only("coordinator", 422, "/answers/{answer}/finding", seen=""),
    "GET /planning": only(EDITORS, 200),
    "GET /planning/answer.json": only(EDITORS, 200),
    "GET /planning/area": only(EDITORS, 200),
    "GET /planning/area.csv": only(EDITORS, 422),
    "GET /planning/area.gpkg": only(EDITORS, 422),
    "GET /planning/area.pdf": only(EDITORS, 422),
    "GET /planning/compare": only(EDITORS, 200),
    "GET /planning/sun.json": only(EDITORS, 200),
    "GET /planning/station": only(EDITORS, 200),
    "POST /planning/station": only(EDITORS, 422),
    "POST /planning/timetable": only(EDITORS, 422),
    "POST /planning/lamps": only(EDITORS, 422),
    "POST /planning/owners": only(EDITORS, 422),
    "POST /planning/baselines": only(EDITORS, 422),
    "POST /planning/scenarios": only(EDITORS, 422),
    "GET /planning/scenarios/<slug>": only(EDITORS, 404, "/planning/scenarios/none"),
    "POST /planning/scenarios/<slug>": only(EDITORS, 404, "/planning/scenarios/none"),
    "GET /review": only("coordinator", 200),
    "GET /review/<key>": only("coordinator", 404, "/review/t0"),
    "POST /review/<key>": only("coordinator", 404, "/review/t0", action="outside"),
    "GET /review/decisions": only("coordinator", 200),
    "POST /review/decisions/<int:alias_id>/undo": only("coordinator", 404, "/review/decisions/99/undo"),
    "GET /held": only("coordinator", 200),
    "GET /publish": only("coordinator", 200),
    "POST /publish": only("coordinator", 422),
    "POST /publish/back": only("coordinator", 422),
    "POST /held/<kind>/<int:row_id>": only("coordinator", 404, "/held/answer/99", action="show"),
    "GET /findings": only("coordinator", 200),
    "GET /findings/<int:finding_id>/edit": only("coordinator", 404, "/findings/1/edit"),
    "POST /findings/<int:finding_id>/edit": only("coordinator", 404, "/findings/1/edit", if_match="1-1"),
    "POST /findings/<int:finding_id>/repaired": only(
        "coordinator", 404, "/findings/1/repaired", if_match="1-1"
    ),
    # Incidents as they are
    "GET /work/incidents": only("planner police coordinator", 200),
    "GET /work/incidents/list": only(EXACT, 200),
    "GET /work/incidents/clusters.json": only(
        EXACT, 200, "/work/incidents/clusters.json?zoom=9&box=10,55,25,70"
    ),
    "GET /work/incidents/spot.json": only(EXACT, 200, "/work/incidents/spot.json?box=10,55,25,70"),
    # Who did what
    "GET /audit": only("admin", 200),
    "GET /audit.csv": only("admin", 200),
}
"""Method and rule → how it answers. Who isn't signed in is sent to the sign-in page (303), or refused (401)
where something was sent or a program asked, unless a line says otherwise."""


def expected(key: str, route: Route, who: str, own: bool) -> int:
    """The status a route answers with."""
    if who not in route.by:
        return 401 if key.startswith("POST") or " /api/" in key else 303
    status = route.by[who]
    return status if isinstance(status, int) else status[0 if own else 1]
