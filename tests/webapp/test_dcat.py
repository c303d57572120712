"""The catalogue is held against the rules of DCAT-AP-SE, however the municipality has set it up, and leads nowhere in vain."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urldefrag

import pytest
from dcat_ap_se import CC0, MEDIA_TYPES, RULES, VCARD, faults
from flask.testing import FlaskClient
from handmade import TODAY, fill
from rdflib import BNode, Graph, Literal, URIRef, namespace

from geo.model import STOCKHOLM
from geo.settings import Settings
from geo.store.engine import open_store
from geo.store.migration import migrate
from webapp import create_app
from webapp.ogc.dcat import canonical

SITE = "http://localhost/"
SETTINGS: dict[str, dict[str, str]] = {
    "all set": {
        "publisher": "Robertsfors kommun & bolag",
        "licence": "https://creativecommons.org/publicdomain/zero/1.0/deed.sv",
        "contact": "data@kommunen.example",
    },
    "nothing set": {},
    "a contact on the web, a licence of one's own": {
        "licence": "https://kommunen.example/licens",
        "contact": "https://kommunen.example/kontakt",
    },
    "a contact that is words": {"contact": "Växeln, 0934-140 00 eller data@kommunen.example"},
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of a database with the picture made by hand; tests only read it."""
    found = f"sqlite:///{tmp_path_factory.mktemp('dcat') / 'trygg.sqlite'}"
    fill(found)
    return found


@pytest.fixture(params=SETTINGS)
def client(url: str, request: pytest.FixtureRequest) -> Iterator[FlaskClient]:
    yield client_of(url, request.param)


def client_of(url: str, named: str) -> FlaskClient:
    def clock() -> datetime:
        return datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=STOCKHOLM)

    return create_app(Settings(database_url=url, log_level="ERROR", **SETTINGS[named]), clock).test_client()


def graph_of(client: FlaskClient) -> Graph:
    answer = client.get("/api/dcat.rdf")
    assert answer.mimetype == "application/rdf+xml"
    return Graph().parse(data=answer.data, format="xml")


def test_it_breaks_no_rule(client: FlaskClient) -> None:
    assert not sorted(faults(graph_of(client)))


def test_every_address_of_ours_answers_and_every_name_is_told_of(client: FlaskClient) -> None:
    graph = graph_of(client)
    named = {node for node in graph.all_nodes() if isinstance(node, URIRef) and node.startswith(SITE)}
    assert len(named) > 30
    for node in named:
        address, fragment = urldefrag(node)
        assert client.get(address).status_code == 200, node
        assert not fragment or (node, namespace.RDF.type, None) in graph, node
    for way in graph.subjects(namespace.RDF.type, namespace.DCAT.Distribution):
        answer = client.get(str(graph.value(way, namespace.DCAT.accessURL)), headers={"Accept": "*/*"})
        assert answer.mimetype == str(graph.value(way, namespace.DCTERMS.format))
    (service,) = graph.subjects(namespace.RDF.type, namespace.DCAT.DataService)
    assert (
        client.get(str(graph.value(service, namespace.DCAT.endpointDescription)))
        .json["openapi"]
        .startswith("3.0")
    )


def test_every_collection_is_in_it_in_both_languages_whatever_the_reader_chose(client: FlaskClient) -> None:
    graph = graph_of(client)
    datasets = set(graph.objects(None, namespace.DCAT.dataset))
    for dataset in datasets:
        ways = graph.objects(dataset, namespace.DCAT.distribution)
        assert {str(graph.value(way, namespace.DCTERMS.format)) for way in ways} == MEDIA_TYPES
    for language in ("sv", "en"):
        client.set_cookie("language", language)
        assert set(graph_of(client).objects(None, namespace.DCTERMS.title)) == set(
            graph.objects(None, namespace.DCTERMS.title)
        )
        found = client.get("/api/collections").json["collections"]
        assert {URIRef(f"{SITE}api/collections/{one['id']}#dataset") for one in found} == datasets
        for one in found:
            said = set(
                graph.objects(URIRef(f"{SITE}api/collections/{one['id']}#dataset"), namespace.DCTERMS.title)
            )
            assert Literal(one["title"], lang=language) in said
            assert one["title"] in client.get(f"/api/collections/{one['id']}?f=html").text


def test_what_the_municipality_set_is_said(url: str) -> None:
    graph = graph_of(client_of(url, "all set"))
    assert {str(name) for name in graph.objects(None, namespace.FOAF.name)} == {"Robertsfors kommun & bolag"}
    places = URIRef(f"{SITE}api/collections/places/items#distribution")
    assert graph.value(places, namespace.DCTERMS.license) == CC0
    assert set(graph.objects(None, VCARD.hasEmail)) == {URIRef("mailto:data@kommunen.example")}
    assert (
        len(set(graph.subjects(namespace.DCAT.contactPoint)))
        == len(set(graph.objects(None, namespace.DCAT.dataset))) + 1
    )


@pytest.mark.parametrize("named", [name for name in SETTINGS if name != "all set"])
def test_what_it_did_not_set_is_not_made_up(url: str, named: str) -> None:
    graph = graph_of(client_of(url, named))
    assert {str(name) for name in graph.objects(None, namespace.FOAF.name)} == {
        "Robertsfors kommun", "Robertsfors Municipality",
    }  # fmt: skip
    # The profile has no contact without an e-mail address: then there is none.
    assert not set(graph.objects(None, namespace.DCAT.contactPoint))
    places = URIRef(f"{SITE}api/collections/places/items#distribution")
    told = SETTINGS[named].get("licence")
    assert graph.value(places, namespace.DCTERMS.license) == (URIRef(told) if told else None)
    # The catalogue itself is free to use in any case.
    (catalogue,) = graph.subjects(namespace.RDF.type, namespace.DCAT.Catalog)
    assert graph.value(catalogue, namespace.DCTERMS.license) == CC0


def test_times_are_those_of_the_collections(url: str) -> None:
    client = client_of(url, "all set")
    graph = graph_of(client)
    places = URIRef(f"{SITE}api/collections/places#dataset")
    period = graph.value(places, namespace.DCTERMS.temporal)
    assert str(graph.value(period, namespace.DCAT.startDate)) == "2022-01-01"
    assert str(graph.value(period, namespace.DCAT.endDate)) == "2022-12-31"


def test_before_there_is_any_data_no_rule_is_broken(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'trygg.sqlite'}"
    store = open_store(url)
    migrate(store)
    store.close()
    assert not sorted(faults(graph_of(client_of(url, "nothing set"))))


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (
            "https://creativecommons.org/licenses/by/4.0/deed.sv",
            "http://creativecommons.org/licenses/by/4.0/",
        ),
        ("https://creativecommons.org/licenses/by-sa/4.0", "http://creativecommons.org/licenses/by-sa/4.0/"),
        ("http://www.creativecommons.org/publicdomain/zero/1.0/legalcode", str(CC0)),
        ("https://creativecommons.org/share-your-work/", "https://creativecommons.org/share-your-work/"),
        ("https://kommunen.example/licens", "https://kommunen.example/licens"),
    ],
)
def test_creative_commons_is_named_as_portals_know_it(address: str, name: str) -> None:
    assert canonical(address) == name


def test_the_rules_see_what_is_missing_twice_or_of_the_wrong_kind(url: str) -> None:
    whole = graph_of(client_of(url, "all set"))
    for kind, rules in RULES.items():
        subject = next(iter(whole.subjects(namespace.RDF.type, kind)), None)
        for name, rule in rules.items():
            if subject is None or whole.value(subject, name) is None:
                continue
            less, other = Graph() + whole, Graph() + whole
            less.remove((subject, name, None))
            # A licence or, without one, words of whom to ask.
            needed = rule.least > 0 or (kind, name) == (
                namespace.DCAT.Distribution,
                namespace.DCTERMS.license,
            )
            assert bool(list(faults(less))) == needed, (kind, name)
            other.add((subject, name, BNode()))
            assert list(faults(other)), (kind, name)
