"""Both descriptions of the API are valid by OpenAPI's own schemas, and the open data answers as the one in 3.0 says."""

import copy
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from handmade import TODAY, fill
from openapi_schema_validator import OAS30ReadValidator
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from geo.model import STOCKHOLM
from geo.settings import Settings
from webapp import create_app
from webapp.ogc.query import CRS84, SWEREF

COLLECTIONS = "/api/collections"
WHOLE = (
    "places",
    "measures",
    "incident-areas",
    "incident-localities",
    *(f"layer-{name}" for name in ("land", "municipality", "e4", "station_area", "localities", "stops")),
)
QUERIES = (
    {},
    {"limit": 1},
    {"limit": 2, "offset": 1},
    {"bbox": "20,64,22,65"},
    {"bbox": "0,0,1,1"},
    {"datetime": "2022-01-01/.."},
    {"crs": SWEREF},
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application over the picture made by hand; tests only read."""
    url = f"sqlite:///{tmp_path_factory.mktemp('openapi') / 'trygg.sqlite'}"
    fill(url)
    return create_app(
        Settings(
            database_url=url,
            log_level="ERROR",
            licence="https://creativecommons.org/publicdomain/zero/1.0/",
        ),
        lambda: datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=STOCKHOLM),
    )


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    """The document in OpenAPI 3.0 as it is served, its objects closed: what it does not name is seen."""
    found: dict[str, Any] = copy.deepcopy(app.test_client().get("/api/openapi-3.0.json").json)
    for part in _parts(found["components"]["schemas"]):
        if "properties" in part and part.get("type") == "object":
            part["additionalProperties"] = False
    return found


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _parts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _parts(part)


def conforms(document: dict[str, Any], client: FlaskClient, route: str, path: str, **query: Any) -> Any:
    """Asks; sees that status, media type, headers and content are what the document says of the route."""
    answer = client.get(path, query_string=query or None)
    said = document["paths"][route]["get"]["responses"][str(answer.status_code)]
    if "$ref" in said:
        said = document["components"]["responses"][said["$ref"].rsplit("/", 1)[1]]
    assert answer.mimetype in said["content"], path
    for name, header in said.get("headers", {}).items():
        assert not header["required"] or name in answer.headers, (path, name)
    schema = said["content"][answer.mimetype]["schema"]
    if answer.is_json:
        validator = OAS30ReadValidator({"allOf": [schema], "components": document["components"]})
        assert not [
            f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(answer.json)
        ]
    else:
        assert schema["type"] == "string"
    return answer


def test_the_description_of_everything_is_valid_in_3_1(client: FlaskClient) -> None:
    OpenAPIV31SpecValidator(client.get("/api/openapi.json").json).validate()


def test_the_description_of_the_open_data_is_valid_in_3_0(client: FlaskClient) -> None:
    OpenAPIV30SpecValidator(client.get("/api/openapi-3.0.json").json).validate()


@pytest.mark.parametrize("query", [{}, {"f": "json"}, {"f": "html"}, {"f": "xml"}])
@pytest.mark.parametrize("path", ["/api/", "/api/conformance", COLLECTIONS])
def test_what_there_is_conforms(
    document: dict[str, Any], client: FlaskClient, path: str, query: dict[str, str]
) -> None:
    conforms(document, client, path, path, **query)


def test_these_are_all_the_collections(client: FlaskClient) -> None:
    assert tuple(one["id"] for one in client.get(COLLECTIONS).json["collections"]) == WHOLE


@pytest.mark.parametrize("name", WHOLE)
def test_a_collection_conforms(document: dict[str, Any], client: FlaskClient, name: str) -> None:
    route = f"{COLLECTIONS}/{{collection}}"
    path = f"{COLLECTIONS}/{name}"
    conforms(document, client, route, path)
    conforms(document, client, route, path, f="html")
    for query in QUERIES:
        answer = conforms(document, client, f"{route}/items", f"{path}/items", **query)
        for feature in answer.json["features"]:
            one = conforms(
                document,
                client,
                f"{route}/items/{{feature}}",
                f"{path}/items/{feature['id']}",
                crs=query.get("crs", CRS84),
            )
            assert {key: one.json[key] for key in feature} == feature
    conforms(document, client, f"{route}/items", f"{path}/items", f="html")
    for ending in ("csv", "gpkg"):
        conforms(document, client, f"{route}/features.{ending}", f"{path}/features.{ending}")


@pytest.mark.parametrize(
    ("route", "path", "status"),
    [
        ("", "/nothing", 404),
        ("/items", "/nothing/items", 404),
        ("/items", "/places/items?bbox=1,2", 400),
        ("/items", "/places/items?what=ever", 400),
        ("/items/{feature}", "/places/items/999999", 404),
        ("/items/{feature}", "/places/items/1?crs=x", 400),
        ("/features.csv", "/nothing/features.csv", 404),
        ("/features.gpkg", "/places/features.gpkg?f=json", 400),
    ],
)
def test_an_error_conforms(
    document: dict[str, Any], client: FlaskClient, route: str, path: str, status: int
) -> None:
    answer = conforms(document, client, f"{COLLECTIONS}/{{collection}}{route}", COLLECTIONS + path)
    assert answer.status_code == status


def test_the_catalogue_conforms(document: dict[str, Any], client: FlaskClient) -> None:
    conforms(document, client, "/api/dcat.rdf", "/api/dcat.rdf")


def test_a_schema_refuses_what_is_wrong(document: dict[str, Any], client: FlaskClient) -> None:
    answer = client.get(f"{COLLECTIONS}/places/items").json
    answer["features"][0]["id"] = None
    schema = {"allOf": [{"$ref": "#/components/schemas/Features"}], "components": document["components"]}
    assert not OAS30ReadValidator(schema).is_valid(answer)
