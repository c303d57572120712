"""The JSON documents of the standard, and the links that lead from one to the next."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request, url_for
from flask_babel import gettext

from geo.messages import N_
from geo.render.features import FeatureTable
from geo.render.geojson import encode
from geo.settings import Settings
from webapp.ogc.collections import Collection, publisher
from webapp.ogc.query import SWEREF, SYSTEMS, URIS, ItemsQuery
from webapp.openapi.operation import CSV, GEOJSON, GEOPACKAGE, HTML, JSON, OPENAPI_30, RDF

CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-{part}/1.0/conf/{name}"
    for part, name in ((1, "core"), (1, "oas30"), (1, "html"), (1, "geojson"), (2, "crs"))
)
"""What of the standard is held: OGC API Features, Part 1 and Part 2."""

Link = dict[str, Any]


def link(rel: str, href: str, kind: str, title: str = "") -> Link:
    """A link of a document."""
    return {"rel": rel, "href": href, "type": kind, **({"title": title} if title else {})}


def itself(kind: str) -> list[Link]:
    """The links to this document, and to the page that says the same."""
    return [
        link("self", here_with(f="json"), kind),
        link("alternate", here_with(f="html"), HTML),
    ]


def here_with(**changed: str) -> str:
    """This address with other parameters."""
    return f"{request.base_url}?{urlencode({**request.args, **changed}, safe='/:,')}"


def landing() -> dict[str, Any]:
    """Where it all begins."""
    return {
        "title": gettext(N_("Open data from the safety map")),
        "description": gettext(
            N_("What residents see on the map, as data: places, measures, areas and layers. %(publisher)s.")
        )
        % {"publisher": publisher()},
        "links": [
            *itself(JSON),
            link("service-desc", _address("openapi.openapi30"), OPENAPI_30, "OpenAPI 3.0"),
            link("service-doc", _address("ogc.landing", f="html"), HTML),
            link("conformance", _address("ogc.conformance"), JSON),
            link("data", _address("ogc.collections"), JSON),
            link("describedby", _address("ogc.catalogue"), RDF, "DCAT-AP-SE"),
            *_licence_link(_settings().licence),
        ],
    }


def conformance() -> dict[str, Any]:
    """What of the standard is held."""
    return {"conformsTo": list(CONFORMANCE), "links": itself(JSON)}


def collections(found: Iterable[Collection]) -> dict[str, Any]:
    """All collections."""
    return {
        "links": itself(JSON),
        "crs": list(SYSTEMS),
        "collections": [_described(one, _own_links(one)) for one in found],
    }


def collection(found: Collection) -> dict[str, Any]:
    """One collection."""
    return _described(found, [*itself(JSON), *_ways(found)])


def items(found: Collection, query: ItemsQuery) -> bytes:
    """A page of a collection's features as GeoJSON.

    Without the optional time of answering: equal requests give equal bytes.
    """
    table = found.table
    matched = table.select(query.selection)
    page = matched[query.offset : query.offset + query.limit]
    head = {
        "type": "FeatureCollection",
        "title": found.title,
        "source": found.source,
        "licence": found.licence,
        "synthetic": found.synthetic,
        "numberMatched": len(matched),
        "numberReturned": len(page),
        "links": [*itself(GEOJSON), *pages(query, len(matched)), _up(found)],
    }
    features = b",".join(table.geojson(page, query.epsg))
    return encode(head)[:-1] + b',"features":[' + features + b"]}"


def item(found: Collection, at: int, epsg: int) -> bytes:
    """One feature as GeoJSON."""
    feature = found.table.geojson(range(at, at + 1), epsg)[0]
    links = [*itself(GEOJSON), _up(found)]
    return feature[:-1] + b',"links":' + encode(links) + b"}"


def pages(query: ItemsQuery, matched: int) -> list[Link]:
    """The links to the page before and after this one, where there are such."""
    html = request.args.get("f") == "html"
    found = []
    for rel, offset in (
        ("prev", max(0, query.offset - query.limit) if query.offset else -1),
        ("next", query.offset + query.limit if query.offset + query.limit < matched else -1),
    ):
        if offset >= 0:
            found.append(link(rel, here_with(offset=str(offset)), HTML if html else GEOJSON))
    return found


def _up(found: Collection) -> Link:
    return link("collection", _address("ogc.collection", collection=found.id), JSON, found.title)


def _own_links(found: Collection) -> list[Link]:
    return [
        link("self", _address("ogc.collection", collection=found.id, f="json"), JSON),
        link("alternate", _address("ogc.collection", collection=found.id, f="html"), HTML),
        *_ways(found),
    ]


def _ways(found: Collection) -> list[Link]:
    """Where a collection's features are to be had."""
    return [
        link("items", _address("ogc.items", collection=found.id, f="json"), GEOJSON, found.title),
        link("items", _address("ogc.items", collection=found.id, f="html"), HTML, found.title),
        link("enclosure", _address("ogc.geopackage", collection=found.id), GEOPACKAGE, "GeoPackage"),
        link("enclosure", _address("ogc.csv", collection=found.id), CSV, "CSV"),
        *_licence_link(found.licence_address),
    ]


def _described(found: Collection, links: list[Link]) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": found.title,
        "description": found.description,
        "attribution": found.source,
        "itemType": "feature",
        "extent": _extent(found.table),
        "crs": list(SYSTEMS),
        "storageCrs": SWEREF,
        "links": links,
    }


def _extent(table: FeatureTable) -> dict[str, Any]:
    extent: dict[str, Any] = {}
    box, period = table.extent(), table.period()
    if box is not None:
        extent["spatial"] = {"bbox": [list(box)], "crs": next(iter(SYSTEMS))}
    if period is not None:
        extent["temporal"] = {
            "interval": [
                [None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in period],
            ],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        }
    return extent


def content_crs(epsg: int) -> str:
    """The value of the header Content-Crs."""
    return f"<{URIS[epsg]}>"


def _licence_link(address: str) -> list[Link]:
    return [{"rel": "license", "href": address}] if address else []


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _address(endpoint: str, **values: str) -> str:
    return url_for(endpoint, _external=True, **values)
