"""The rules of DCAT-AP-SE 3.0.1 (docs.dataportal.se/dcat) that a catalogue is held against, in words of our own.

Each class has a table: property, how few and how many, and what its values are. A property that stands in no table is
an error too, so that a misspelt name is seen. Where the European profile asks for more than the Swedish (media types as
IANA's addresses, both languages, what the Swedish only recommends), that stands here as well.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

import shapely
from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
ODRS = Namespace("http://schema.theodi.org/odrs#")
EU = "http://publications.europa.eu/resource/authority/"
CC0 = URIRef("http://creativecommons.org/publicdomain/zero/1.0/")
WKT = URIRef("http://www.opengis.net/ont/geosparql#wktLiteral")
IANA = "https://www.iana.org/assignments/media-types/"
LANGUAGES = {"sv", "en"}
MEDIA_TYPES = {"application/geo+json", "application/geopackage+sqlite3", "text/csv"}
"""Those of IANA's registry that we send."""
THEMES = [
    "AGRI",
    "ECON",
    "EDUC",
    "ENER",
    "ENVI",
    "GOVE",
    "HEAL",
    "INTR",
    "JUST",
    "OP_DATPRO",
    "REGI",
    "SOCI",
    "TECH",
    "TRAN",
]
FREQUENCIES = [
    "CONT",
    "UPDATE_CONT",
    "DAILY_2",
    "DAILY",
    "WEEKLY_3",
    "WEEKLY_2",
    "WEEKLY",
    "MONTHLY_3",
    "BIWEEKLY",
    "MONTHLY_2",
    "MONTHLY",
    "BIMONTHLY",
    "QUARTERLY",
    "ANNUAL_3",
    "ANNUAL_2",
    "ANNUAL",
    "BIENNIAL",
    "TRIENNIAL",
    "IRREG",
    "OTHER",
    "UNKNOWN",
    "NEVER",
]
PUBLISHERS = [
    "Academia-ScientificOrganisation",
    "Company",
    "IndustryConsortium",
    "LocalAuthority",
    "NationalAuthority",
    "NonGovernmentalOrganisation",
    "NonProfitOrganisation",
    "PrivateIndividual(s)",
    "RegionalAuthority",
    "StandardisationBody",
    "SupraNationalAuthority",
]
MANY = 10_000

Check = Callable[[Graph, Node], bool]


class Rule(NamedTuple):
    """How few and how many values a property has, and what each is; ``both``: it is said in both languages."""

    least: int
    most: int
    right: Check
    both: bool = False


def said(_graph: Graph, value: Node) -> bool:
    """Words in a language."""
    return isinstance(value, Literal) and value.language in LANGUAGES and bool(value.strip())


def plain(_graph: Graph, value: Node) -> bool:
    """Words in no language."""
    return isinstance(value, Literal) and value.language is None and bool(value.strip())


def web(_graph: Graph, value: Node) -> bool:
    """An address on the web."""
    return isinstance(value, URIRef) and str(value).startswith(("https://", "http://")) and _is_iri(value)


def mail(_graph: Graph, value: Node) -> bool:
    """An e-mail address as an IRI."""
    return isinstance(value, URIRef) and value.startswith("mailto:") and "@" in value and _is_iri(value)


def day(_graph: Graph, value: Node) -> bool:
    """A calendar day, typed."""
    return isinstance(value, Literal) and value.datatype == XSD.date and isinstance(value.value, date)


def box(_graph: Graph, value: Node) -> bool:
    """A polygon in WKT, longitude first, on the Swedish side of the world."""
    if not (isinstance(value, Literal) and value.datatype == WKT):
        return False
    west, south, east, north = shapely.from_wkt(str(value)).bounds
    return 4 < west <= east < 32 and 54 < south <= north < 72


def media_type(_graph: Graph, value: Node) -> bool:
    """A media type as the Swedish profile writes it."""
    return isinstance(value, Literal) and value.language is None and str(value) in MEDIA_TYPES


def only(*values: str) -> Check:
    """One of these addresses."""
    known = {URIRef(value) for value in values}
    return lambda _graph, value: value in known


def of(*kinds: URIRef, named: bool = True) -> Check:
    """A thing of one of these classes that the same document tells of; with an address of its own where ``named``."""

    def right(graph: Graph, value: Node) -> bool:
        return isinstance(value, URIRef if named else BNode) and not set(kinds).isdisjoint(
            graph.objects(value, RDF.type)
        )

    return right


def licence(graph: Graph, value: Node) -> bool:
    """A licence: Creative Commons' under the address that the portal knows."""
    known = not str(value).startswith("https://creativecommons.org/")
    return web(graph, value) and known and of(DCTERMS.LicenseDocument)(graph, value)


def _is_iri(value: URIRef) -> bool:
    return not any(sign in value for sign in ' <>"{}|\\^`\n')


agent = of(FOAF.Agent, FOAF.Person, FOAF.Organization)
contact = of(VCARD.Organization, VCARD.Individual)
languages = only(EU + "language/SWE", EU + "language/ENG")
public = only(EU + "access-right/PUBLIC")

RULES: Mapping[URIRef, Mapping[URIRef, Rule]] = {
    DCAT.Catalog: {
        DCTERMS.title: Rule(1, MANY, said, both=True),
        DCTERMS.description: Rule(1, MANY, said, both=True),
        DCTERMS.publisher: Rule(1, 1, agent),
        DCTERMS.license: Rule(1, 1, only(str(CC0))),
        DCAT.dataset: Rule(1, MANY, of(DCAT.Dataset)),
        DCAT.service: Rule(0, MANY, of(DCAT.DataService)),
        DCTERMS.language: Rule(2, 2, languages),
        DCAT.themeTaxonomy: Rule(1, 1, only(EU + "data-theme")),
        FOAF.homepage: Rule(1, 1, of(FOAF.Document)),
    },
    DCAT.Dataset: {
        DCTERMS.title: Rule(1, MANY, said, both=True),
        DCTERMS.description: Rule(1, MANY, said, both=True),
        DCTERMS.publisher: Rule(1, 1, agent),
        DCAT.contactPoint: Rule(0, MANY, contact),
        DCAT.keyword: Rule(1, MANY, said, both=True),
        DCAT.theme: Rule(1, MANY, only(*(EU + "data-theme/" + name for name in THEMES))),
        DCTERMS.accessRights: Rule(1, 1, public),
        DCTERMS.accrualPeriodicity: Rule(1, 1, only(*(EU + "frequency/" + name for name in FREQUENCIES))),
        DCAT.landingPage: Rule(1, MANY, web),
        DCTERMS.provenance: Rule(0, MANY, of(DCTERMS.ProvenanceStatement, named=False)),
        DCTERMS.spatial: Rule(0, MANY, of(DCTERMS.Location, named=False)),
        DCTERMS.temporal: Rule(0, MANY, of(DCTERMS.PeriodOfTime, named=False)),
        DCAT.distribution: Rule(1, MANY, of(DCAT.Distribution)),
    },
    DCAT.Distribution: {
        DCAT.accessURL: Rule(1, 1, web),
        DCAT.downloadURL: Rule(0, MANY, web),
        DCAT.accessService: Rule(0, MANY, of(DCAT.DataService)),
        DCTERMS.format: Rule(1, 1, media_type),
        DCAT.mediaType: Rule(1, 1, only(*(IANA + name for name in MEDIA_TYPES))),
        DCTERMS.title: Rule(1, MANY, said, both=True),
        DCTERMS.description: Rule(1, MANY, said, both=True),
        DCTERMS.license: Rule(0, 1, licence),
        DCTERMS.rights: Rule(0, 1, of(ODRS.RightsStatement, named=False)),
    },
    DCAT.DataService: {
        DCTERMS.title: Rule(1, MANY, said, both=True),
        DCTERMS.description: Rule(1, MANY, said, both=True),
        DCAT.endpointURL: Rule(1, MANY, web),
        DCAT.endpointDescription: Rule(1, MANY, web),
        DCTERMS.format: Rule(1, 1, media_type),
        DCTERMS.type: Rule(0, 1, only("http://www.wikidata.org/entity/Q749568")),
        DCTERMS.publisher: Rule(0, MANY, agent),
        DCTERMS.conformsTo: Rule(0, MANY, of(DCTERMS.Standard)),
        DCTERMS.license: Rule(0, 1, licence),
        DCTERMS.accessRights: Rule(1, 1, public),
        DCAT.contactPoint: Rule(0, MANY, contact),
        DCAT.servesDataset: Rule(1, MANY, of(DCAT.Dataset)),
    },
    FOAF.Organization: {
        FOAF.name: Rule(1, MANY, said, both=True),
        DCTERMS.type: Rule(
            1, 1, only(*("http://purl.org/adms/publishertype/" + name for name in PUBLISHERS))
        ),
        FOAF.homepage: Rule(0, 1, of(FOAF.Document)),
    },
    VCARD.Organization: {
        VCARD.fn: Rule(1, MANY, plain),
        VCARD.hasEmail: Rule(1, MANY, mail),
        VCARD.hasURL: Rule(0, MANY, web),
    },
    DCTERMS.ProvenanceStatement: {DCTERMS.description: Rule(1, MANY, said, both=True)},
    DCTERMS.Location: {DCAT.bbox: Rule(1, 1, box)},
    DCTERMS.PeriodOfTime: {DCAT.startDate: Rule(0, 1, day), DCAT.endDate: Rule(0, 1, day)},
    ODRS.RightsStatement: {ODRS.copyrightNotice: Rule(1, MANY, said, both=True)},
    DCTERMS.LicenseDocument: {},
    DCTERMS.LinguisticSystem: {},
    DCTERMS.Standard: {},
    FOAF.Document: {},
    FOAF.Agent: {},
}


def faults(graph: Graph) -> Iterator[str]:
    """Every way in which the catalogue breaks a rule."""
    if len(list(graph.subjects(RDF.type, DCAT.Catalog))) != 1:
        yield "not one catalogue"
    for subject in set(graph.subjects()):
        kinds = set(graph.objects(subject, RDF.type))
        if not kinds:
            yield f"{subject} is of no class"
        rules: dict[Node, Rule] = {}
        for kind in kinds:
            if kind not in RULES:
                yield f"{subject} is of the unknown class {kind}"
                continue
            rules |= RULES[URIRef(str(kind))]
        for unknown in set(graph.predicates(subject)) - set(rules) - {RDF.type}:
            yield f"{subject} has the unknown property {unknown}"
        for name, rule in rules.items():
            yield from _faults_of(graph, subject, name, list(graph.objects(subject, name)), rule)
    for way in graph.subjects(RDF.type, DCAT.Distribution):
        if (way, DCTERMS.license, None) not in graph and (way, DCTERMS.rights, None) not in graph:
            yield f"{way} says nothing of its licence"
    for period in graph.subjects(RDF.type, DCTERMS.PeriodOfTime):
        start, end = graph.value(period, DCAT.startDate), graph.value(period, DCAT.endDate)
        if start is None and end is None:
            yield f"{period} has neither start nor end"
        if isinstance(start, Literal) and isinstance(end, Literal) and start.value > end.value:
            yield f"{period} ends before it starts"


def _faults_of(graph: Graph, subject: Node, name: Node, values: list[Node], rule: Rule) -> Iterator[str]:
    if not rule.least <= len(values) <= rule.most:
        yield f"{subject} has {len(values)} of {name}"
    for value in values:
        if not rule.right(graph, value):
            yield f"{subject} has {name} = {value!r}"
    if rule.both and values:
        spoken = [value.language for value in values if isinstance(value, Literal)]
        if set(spoken) != LANGUAGES:
            yield f"{subject} says {name} in {spoken} only"
