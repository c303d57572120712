"""The routes of OGC API Features. Their schemas hold in OpenAPI 3.0 and 3.1 alike: the standard asks for 3.0."""

from collections.abc import Iterable, Mapping

from webapp.ogc.query import CRS84, LIMIT, MAX_LIMIT, SYSTEMS
from webapp.openapi.operation import CSV, GEOJSON, GEOPACKAGE, OPEN_DATA, RDF, Operation
from webapp.openapi.schemas import Schema, ref

_STRING: Schema = {"type": "string"}
_LINKS: Schema = {"type": "array", "items": ref("Link")}
_FORMAT: Schema = {
    "type": "string",
    "enum": ["json", "html"],
    "description": "The form of the answer; by itself what the client accepts.",
}
_CRS: Schema = {"type": "string", "enum": list(SYSTEMS), "default": CRS84}
_FORM: Mapping[str, Schema] = {"f": _FORMAT}
_ID: Schema = {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}
_COLLECTION: Mapping[str, Schema] = {
    "collection": {**_ID, "description": "The id of a collection.", "examples": ["places"]}
}
_FEATURE: Mapping[str, Schema] = {
    **_COLLECTION,
    "feature": {**_ID, "description": "The id of a feature.", "examples": ["1"]},
}
_ITEMS: Mapping[str, Schema] = {
    **_FORM,
    "bbox": {
        "type": "array",
        "items": {"type": "number"},
        "minItems": 4,
        "maxItems": 6,
        "description": "Least and greatest coordinates, in the order of the axes of bbox-crs; with six numbers the heights "
        "are read over. Whole features that it meets, and those without a geometry; nothing is counted anew.",
        "examples": [[20.7, 64.1, 21.0, 64.3]],
    },
    "bbox-crs": {
        **_CRS,
        "description": "The coordinate system of bbox. EPSG:3006 is northing before easting.",
    },
    "datetime": {
        "type": "string",
        "description": "A moment or a day, or an interval a/b, with .. for an open end. Whole features that it meets, and "
        "those that are about no time.",
        "examples": ["2025-01-01T00:00:00Z/.."],
    },
    "limit": {
        "type": "integer",
        "minimum": 1,
        "default": LIMIT,
        "description": f"The most features on a page; more than {MAX_LIMIT} is taken for {MAX_LIMIT}.",
    },
    "offset": {
        "type": "integer",
        "minimum": 0,
        "default": 0,
        "description": "How many to pass over; the links say it.",
    },
    "crs": {
        **_CRS,
        "description": "The coordinate system of the answer. EPSG:3006 is northing before easting.",
    },
}


def _object(properties: Mapping[str, Schema], *, optional: Iterable[str] = ()) -> Schema:
    left_out = set(optional)
    required = [name for name in properties if name not in left_out]
    # OpenAPI 3.0 takes no empty list here.
    return {
        "type": "object",
        "properties": dict(properties),
        **({"required": required} if required else {}),
    }


_GEOMETRY: Schema = {"description": "A GeoJSON geometry in the coordinate system of Content-Crs, or null."}
_BOX: Schema = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}
_INTERVAL: Schema = {
    "type": "array",
    # 3.0 and 3.1 write differently that a value may be null, and so nothing is said of its type.
    "items": {"description": "A moment, or null where it is open."},
    "minItems": 2,
    "maxItems": 2,
}
_FEATURE_PARTS: Mapping[str, Schema] = {
    "type": {"type": "string", "enum": ["Feature"]},
    "id": {
        "oneOf": [{"type": "integer"}, {"type": "string"}],
        "description": "The same in the next version of the data.",
    },
    "geometry": _GEOMETRY,
    "properties": {
        "type": "object",
        "description": "The id once more, and words, numbers and true or false. Lists are words with semicolons.",
    },
}

SCHEMAS: Mapping[str, Schema] = {
    "Link": _object(
        {"rel": _STRING, "href": _STRING, "type": _STRING, "title": _STRING}, optional=("type", "title")
    ),
    "LandingPage": _object({"title": _STRING, "description": _STRING, "links": _LINKS}),
    "Conformance": _object({"conformsTo": {"type": "array", "items": _STRING}, "links": _LINKS}),
    "Collections": _object(
        {
            "links": _LINKS,
            "crs": {"type": "array", "items": _STRING},
            "collections": {"type": "array", "items": ref("Collection")},
        }
    ),
    "Collection": _object(
        {
            "id": _STRING,
            "title": _STRING,
            "description": _STRING,
            "attribution": _STRING,
            "itemType": _STRING,
            "extent": _object(
                {
                    "spatial": _object({"bbox": {"type": "array", "items": _BOX}, "crs": _STRING}),
                    "temporal": _object({"interval": {"type": "array", "items": _INTERVAL}, "trs": _STRING}),
                },
                optional=("spatial", "temporal"),
            ),
            "crs": {"type": "array", "items": _STRING},
            "storageCrs": _STRING,
            "links": _LINKS,
        }
    ),
    "Features": _object(
        {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "title": _STRING,
            "source": _STRING,
            "licence": _STRING,
            "synthetic": {
                "type": "boolean",
                "description": "Whether anything in it was made up as an example.",
            },
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0, "maximum": MAX_LIMIT},
            "links": _LINKS,
            "features": {"type": "array", "items": _object(_FEATURE_PARTS)},
        }
    ),
    "Feature": _object({**_FEATURE_PARTS, "links": _LINKS}),
    "Problem": _object({"title": _STRING, "status": {"type": "integer"}, "detail": _STRING}),
}

FEATURES: dict[tuple[str, str], Operation] = {
    ("GET", "ogc.landing"): Operation(
        "landingPage",
        "What there is",
        OPEN_DATA,
        (ref("LandingPage"),),
        query=_FORM,
        errors=(400,),
        page=True,
    ),
    ("GET", "ogc.conformance"): Operation(
        "conformance",
        "What of OGC API Features is held",
        OPEN_DATA,
        (ref("Conformance"),),
        query=_FORM,
        errors=(400,),
        page=True,
    ),
    ("GET", "ogc.collections"): Operation(
        "collections",
        "All collections",
        OPEN_DATA,
        (ref("Collections"),),
        query=_FORM,
        errors=(400,),
        page=True,
    ),
    ("GET", "ogc.collection"): Operation(
        "collection",
        "One collection",
        OPEN_DATA,
        (ref("Collection"),),
        path=_COLLECTION,
        query=_FORM,
        errors=(400, 404),
        page=True,
    ),
    ("GET", "ogc.items"): Operation(
        "features",
        "A page of a collection's features",
        OPEN_DATA,
        (ref("Features"),),
        GEOJSON,
        path=_COLLECTION,
        query=_ITEMS,
        errors=(400, 404),
        page=True,
        sent=("Content-Crs",),
    ),
    ("GET", "ogc.item"): Operation(
        "feature",
        "One feature",
        OPEN_DATA,
        (ref("Feature"),),
        GEOJSON,
        path=_FEATURE,
        query={**_FORM, "crs": _ITEMS["crs"]},
        errors=(400, 404),
        page=True,
        sent=("Content-Crs",),
    ),
    ("GET", "ogc.geopackage"): Operation(
        "geopackage",
        "A whole collection as a GeoPackage in EPSG:3006",
        OPEN_DATA,
        ({"type": "string", "format": "binary"},),
        GEOPACKAGE,
        path=_COLLECTION,
        errors=(400, 404),
    ),
    ("GET", "ogc.csv"): Operation(
        "csv",
        "A whole collection as CSV",
        OPEN_DATA,
        (_STRING,),
        CSV,
        path=_COLLECTION,
        errors=(400, 404),
    ),
    ("GET", "ogc.catalogue"): Operation(
        "catalogue", "All collections by DCAT-AP-SE", OPEN_DATA, (_STRING,), RDF, errors=(400,)
    ),
}
"""By method and Flask's name of the endpoint."""
