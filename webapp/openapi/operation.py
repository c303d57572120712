"""What is said of one method of one route, and the media types of bodies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webapp.openapi.schemas import Schema

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
CSV = "text/csv"
GEOPACKAGE = "application/geopackage+sqlite3"
PROBLEM = "application/problem+json"
RDF = "application/rdf+xml"
OPENAPI_30 = "application/vnd.oai.openapi+json;version=3.0"

OPEN_DATA = "open data"
"""The tag of what OGC API Features asks for, which has a description of its own in OpenAPI 3.0."""
PUBLIC: tuple[Mapping[str, list[str]], ...] = ({},)
"""Nobody need say who they are."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one route. ``answers`` are the schemas of 200: by media type, one or several."""

    id: str
    summary: str
    tag: str
    answers: tuple[Schema, ...]
    mimetype: str = JSON
    description: str = ""
    path: Mapping[str, Schema] = field(default_factory=dict)
    query: Mapping[str, Schema] = field(default_factory=dict)
    headers: Mapping[str, Schema] = field(default_factory=dict)
    body: Schema | None = None
    errors: tuple[int, ...] = ()
    security: tuple[Mapping[str, list[str]], ...] = PUBLIC
    cached: bool = True
    """Whether an answer that hasn't changed is not sent again (If-None-Match, 304)."""
    example: Any = None
    page: bool = False
    """Whether it answers as a page, too: by the parameter f, or by what the client says it accepts."""
    sent: tuple[str, ...] = ()
    """Further headers of a 200 in ``mimetype``."""
