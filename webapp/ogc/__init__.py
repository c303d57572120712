"""Open data by OGC API Features: what residents may see, for QGIS and other programs, and as pages to look through."""

import json
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from geo.errors import NotFound
from geo.render.featurefiles import as_csv, as_geopackage
from geo.render.geojson import encode
from webapp.access import everyone
from webapp.filters import checked
from webapp.kept import kept
from webapp.ogc import dcat, documents
from webapp.ogc.collections import Collection, all_collections, one_collection, publisher
from webapp.ogc.query import read_crs, read_items_query, wants_html
from webapp.openapi.operation import CSV, GEOJSON, GEOPACKAGE, JSON, RDF
from webapp.picture import current_picture
from webapp.throttle import costly

blueprint = Blueprint("ogc", __name__, url_prefix="/api")


@blueprint.after_request
def tell_caches(response: Response) -> Response:
    """The same address answers differently by what is accepted and by the language; errors, too."""
    response.vary.update(("Accept", "Cookie"))
    return response


@blueprint.get("/", strict_slashes=False)
@everyone
def landing() -> Response:
    """What there is, and how to connect QGIS to it."""
    checked(request.args, ("f",))
    if wants_html():
        return _page("ogc_landing.html", collections=all_collections(), publisher=publisher())
    return _answer(encode(documents.landing()))


@blueprint.get("/conformance")
@everyone
def conformance() -> Response:
    """What of the standard is held."""
    checked(request.args, ("f",))
    if wants_html():
        return _page("ogc_conformance.html", classes=documents.CONFORMANCE)
    return _answer(encode(documents.conformance()))


@blueprint.get("/collections")
@everyone
def collections() -> Response:
    """All collections."""
    checked(request.args, ("f",))
    found = all_collections()
    if wants_html():
        return _page("ogc_collections.html", collections=found)
    return _answer(encode(documents.collections(found)))


@blueprint.get("/collections/<collection>")
@everyone
def collection(collection: str) -> Response:
    """One collection: what it is, where and when it is about, and the ways to have it."""
    checked(request.args, ("f",))
    found = one_collection(collection)
    if wants_html():
        return _page("ogc_collection.html", collection=found, table=found.table)
    return _answer(encode(documents.collection(found)))


@blueprint.get("/collections/<collection>/items")
@everyone
def items(collection: str) -> Response:
    """A page of a collection's features, by box and time."""
    found = one_collection(collection)
    query = read_items_query()
    if not wants_html():
        answer = _answer(documents.items(found, query), GEOJSON)
        answer.headers["Content-Crs"] = documents.content_crs(query.epsg)
        return answer
    matched = found.table.select(query.selection)
    page = matched[query.offset : query.offset + query.limit]
    return _page(
        "ogc_items.html",
        collection=found,
        names=found.table.names,
        rows=[(key, json.loads(properties)) for key, properties in found.table.rows(page)],
        matched=len(matched),
        first=query.offset + 1,
        pages={one["rel"]: one["href"] for one in documents.pages(query, len(matched))},
        as_json=documents.here_with(f="json"),
    )


@blueprint.get("/collections/<collection>/items/<feature>")
@everyone
def item(collection: str, feature: str) -> Response:
    """One feature."""
    checked(request.args, ("f", "crs"))
    found, epsg = one_collection(collection), read_crs()
    at = found.table.find(feature)
    if at is None:
        raise NotFound("There is no such feature.")
    if not wants_html():
        answer = _answer(documents.item(found, at, epsg), GEOJSON)
        answer.headers["Content-Crs"] = documents.content_crs(epsg)
        return answer
    ((key, properties),) = found.table.rows(range(at, at + 1))
    written = json.loads(found.table.geojson(range(at, at + 1), epsg)[0])
    return _page(
        "ogc_item.html",
        collection=found,
        key=key,
        properties=json.loads(properties),
        geometry=written["geometry"],
        page=url_for("pages.place", place_id=key) if found.id == "places" else "",
    )


@blueprint.get("/collections/<collection>/features.gpkg")
@everyone
@costly
def geopackage(collection: str) -> Response:
    """A whole collection as a GeoPackage in EPSG:3006."""
    found = one_collection(collection)
    today = current_picture().today
    body = kept(f"ogc gpkg {found.id}", lambda: as_geopackage(found.table, found.id, today))
    return _file(found, body, GEOPACKAGE, "gpkg")


@blueprint.get("/collections/<collection>/features.csv")
@everyone
@costly
def csv(collection: str) -> Response:
    """A whole collection as a table for spreadsheets."""
    found = one_collection(collection)
    body = kept(f"ogc csv {found.id}", lambda: as_csv(found.table))
    return _file(found, body, CSV, "csv")


@blueprint.get("/dcat.rdf")
@everyone
def catalogue() -> Response:
    """All collections as a catalogue by DCAT-AP-SE, in every language, for data portals to harvest."""
    checked(request.args, ())
    text = render_template("dcat.xml", **dcat.described())
    return _answer(text.encode(), RDF)


def _page(template: str, **values: Any) -> Response:
    return Response(render_template(template, **values), mimetype="text/html")


def _answer(body: bytes, mimetype: str = JSON) -> Response:
    """The bytes, to be kept by the client and asked for again: the same content has the same ETag."""
    answer = Response(body, mimetype=mimetype)
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _file(found: Collection, body: bytes, mimetype: str, ending: str) -> Response:
    checked(request.args, ())
    answer = _answer(body, mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{found.id}.{ending}")
    return answer
