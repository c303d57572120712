"""What offices call their columns, in Swedish and English.

A heading is compared folded (case, accents and punctuation don't matter): first whole, against ``names``;
then by the ``phrases`` it contains, for headings that are whole survey questions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from geo.swedish import fold


@dataclass(frozen=True, slots=True)
class Heading:
    """The headings of one field: whole ``names``, and ``phrases`` that a longer heading contains."""

    names: tuple[str, ...]
    phrases: tuple[str, ...] = ()


Headings = Mapping[str, Heading]
"""Field → its headings. Earlier fields win where phrases of several fit."""

POSITION: Headings = {
    "lat": Heading(("lat", "latitude", "latitud", "breddgrad", "wgs84 lat", "lat wgs84", "latitude wgs84")),
    "lon": Heading(("lon", "long", "lng", "longitude", "longitud", "langdgrad", "wgs84 lon", "lon wgs84")),
    "north": Heading(
        ("n", "north", "northing", "nord", "norr", "n koordinat", "nordkoordinat", "sweref n", "sweref99 n",
         "sweref 99 n", "n sweref", "n sweref99tm", "n sweref 99 tm", "sweref99tm n", "sweref 99 tm n"),
    ),
    "east": Heading(
        ("e", "east", "easting", "ost", "oster", "e koordinat", "ostkoordinat", "sweref e", "sweref99 e",
         "sweref 99 e", "e sweref", "e sweref99tm", "e sweref 99 tm", "sweref99tm e", "sweref 99 tm e"),
    ),
    "x": Heading(("x", "x koordinat", "koordinat x", "xkoord", "x koord", "x coordinate", "coord x", "pos x")),
    "y": Heading(("y", "y koordinat", "koordinat y", "ykoord", "y koord", "y coordinate", "coord y", "pos y")),
    "position": Heading(
        ("koordinat", "koordinater", "position", "coordinates", "coordinate", "gps", "wkt", "geometri",
         "geometry", "geom", "punkt", "point", "lat lon", "lat long", "latlon", "lat lng", "kartposition",
         "gps position", "gps koordinater"),
    ),
    "epsg": Heading(
        ("epsg", "epsg kod", "srid", "crs", "koordinatsystem", "referenssystem", "coordinate system"),
    ),
}  # fmt: skip

SURVEY: Headings = {
    "times": Heading(
        ("tid pa dygnet", "tidpunkt pa dygnet", "dygnstid", "nar", "tidpunkt", "tider", "time of day", "when",
         "times", "nar pa dygnet", "nar pa dagen", "tid"),
        ("nar pa dygnet", "nar pa dagen", "vilken tid", "vilka tider", "tid pa dygnet", "tidpunkt pa dygnet",
         "time of day", "what time", "nar kanner", "nar kanns", "nar upplever", "nar ar platsen",
         "nar ar det otryggt", "when do", "when does", "when is", "times of day"),
    ),
    "reasons": Heading(
        ("varfor", "anledning", "anledningar", "orsak", "orsaker", "skal", "why", "reason", "reasons",
         "cause", "causes", "otrygghetsfaktorer", "faktorer", "vad gor platsen otrygg"),
        ("varfor", "av vilken anledning", "av vilka anledningar", "vilken orsak", "vilka orsaker",
         "orsak till", "anledning till", "vad gor att", "vad ar det som gor", "vad gor platsen", "vad beror",
         "why ", "what makes", "reason for", "reasons for"),
    ),
    "respondent": Heading(
        ("respondent", "respondent id", "respondentid", "respondent nr", "respondentnummer", "respondent no",
         "svarande", "svarande id", "deltagare", "deltagar id", "deltagarid", "participant", "participant id",
         "user id", "person", "personnr", "personnummer", "anvandare", "anvandar id", "uppgiftslamnare"),
    ),
    "contact": Heading(
        ("e post", "epost", "e postadress", "epostadress", "mejl", "mejladress", "mail", "mailadress",
         "email", "e mail", "email address", "e mail address", "username", "anvandarnamn", "namn", "name",
         "ditt namn", "your name"),
    ),
    "ref": Heading(
        ("id", "svars id", "svarsid", "svar id", "svar nr", "svarsnr", "svarsnummer", "enkat id", "enkatid",
         "lopnr", "lopnummer", "lop nr", "nr", "nummer", "no", "number", "answer id", "answerid",
         "response id", "responseid", "submission id", "submissionid", "radnr", "rad id", "guid", "uuid",
         "referens", "ref", "entry id"),
    ),
    "answered": Heading(
        ("datum", "date", "tidsstampel", "tidstampel", "timestamp", "svarsdatum", "svarade", "besvarad",
         "besvarad datum", "inkom", "inkommet", "inkom datum", "inskickad", "inskickat", "inlamnad",
         "slutforandetid", "slutford", "completion time", "submitted", "submitted at", "submission date",
         "answered", "answered at", "date submitted", "response date", "registrerad", "skapad", "created",
         "created at", "end date"),
    ),
    "text": Heading(
        ("plats", "platser", "platsen", "otrygg plats", "otrygga platser", "place", "places", "location",
         "unsafe place", "unsafe places", "var", "where", "platsnamn", "platsbeskrivning", "beskriv platsen",
         "place name", "platsangivelse", "ange plats", "adress", "address", "gata", "stalle"),
        ("vilken plats", "vilka platser", "vilket stalle", "vilka stallen", "var kanner du", "var kanns",
         "var upplever du", "var ar du otrygg", "plats som kanns", "platser som kanns", "plats dar du",
         "platser dar du", "ange plats", "ange en plats", "ange den plats", "namnge plats", "beskriv plats",
         "which place", "what place", "where do you", "where does", "name the place", "name a place",
         "place where you", "places where you"),
    ),
    "comment": Heading(
        ("kommentar", "kommentarer", "ovrig kommentar", "ovriga kommentarer", "ovrigt", "ovriga synpunkter",
         "synpunkter", "fritext", "fri text", "annat", "anteckning", "anteckningar", "beskrivning",
         "comment", "comments", "other comments", "free text", "notes", "remarks", "forslag",
         "fritextsvar", "utveckla", "utveckla garna"),
        ("kommentar", "ovrigt", "nagot mer", "nagot annat du vill", "vill du tillagga", "berätta mer",
         "beratta mer", "utveckla", "forslag", "tryggare", "comment", "anything else", "suggestion"),
    ),
    **POSITION,
}  # fmt: skip

INCIDENTS: Headings = {
    "ref": Heading(
        ("id", "handelse id", "handelseid", "handelsenr", "handelsenummer", "arende", "arende id",
         "arendenr", "arendenummer", "diarienr", "diarienummer", "dnr", "k nr", "knr", "k nummer",
         "anmalningsnr", "anmalningsnummer", "lopnr", "lopnummer", "nr", "nummer", "ref", "referens",
         "reference", "incident id", "case number", "case id", "no", "number", "est nr", "guid", "uuid"),
    ),
    "source": Heading(
        ("kalla", "source", "uppgiftslamnare", "rapportor", "rapporterad av", "inrapporterad av",
         "reported by", "system", "datakalla"),
    ),
    "category": Heading(
        ("kategori", "brottstyp", "handelsetyp", "brottskod", "brottskod text", "brottskodstext", "brott",
         "brottsrubricering", "rubricering", "brottskategori", "typ", "typ av handelse", "typ av brott",
         "handelsekategori", "handelse", "type", "category", "incident type", "offence", "offense", "crime",
         "crime type", "event type", "arendetyp", "avvikelse", "avvikelsetyp"),
    ),
    "started": Heading(
        ("start", "starttid", "startdatum", "startad", "borjade", "fran", "fran och med", "from", "started",
         "start time", "start date", "starttidpunkt", "brottstid", "brottstid fran", "brottstidpunkt",
         "brottsdatum", "tidpunkt", "tidpunkt fran", "handelsetid", "handelsedatum", "handelsetidpunkt",
         "datum och tid", "datum tid", "tidsstampel", "timestamp", "datetime", "intraffade", "occurred",
         "occurred at", "datum fran", "nar"),
    ),
    "ended": Heading(
        ("slut", "sluttid", "slutdatum", "slutade", "till", "till och med", "to", "ended", "end", "end time",
         "end date", "sluttidpunkt", "brottstid till", "tidpunkt till", "datum till"),
    ),
    "day": Heading(("datum", "date", "dag", "day")),
    "clock": Heading(("tid", "klockslag", "time", "kl", "klockan", "tid fran", "klockslag fran")),
    "clock_end": Heading(("tid till", "klockslag till", "time to")),
    "published": Heading(
        ("publicerad", "publicerat", "published", "rapporterad", "rapporterat", "anmald", "anmalt",
         "anmalningsdatum", "registrerad", "registreringsdatum", "inkom", "reported", "reported at",
         "registered", "skapad", "created"),
    ),
    "text": Heading(
        ("plats", "platsen", "brottsplats", "handelseplats", "adress", "brottsadress", "gatuadress", "gata",
         "platsbeskrivning", "platsnamn", "place", "location", "address", "street", "var", "where",
         "olycksplats", "text", "stalle", "lokalisering"),
    ),
    "locality": Heading(
        ("ort", "tatort", "postort", "by", "samhalle", "locality", "town", "village", "omrade", "stadsdel",
         "area", "district", "delomrade"),
    ),
    "municipality": Heading(("kommun", "kommunnamn", "municipality", "brottskommun")),
    **POSITION,
}  # fmt: skip

MEASURES: Headings = {
    "ref": Heading(
        ("id", "atgard id", "atgardsid", "atgardsnr", "atgardsnummer", "lopnr", "lopnummer", "nr", "nummer",
         "ref", "referens", "measure id", "no", "number", "arende", "arendenr", "diarienr", "dnr"),
    ),
    "title": Heading(
        ("atgard", "atgarder", "titel", "rubrik", "title", "measure", "action", "aktivitet", "activity",
         "insats", "vad", "what", "namn", "name", "vad ska goras"),
    ),
    "description": Heading(
        # Comments and notes are the office's own: what is read here is published.
        ("beskrivning", "description", "innehall", "detaljer", "details", "om atgarden",
         "beskrivning av atgard"),
    ),
    "kind": Heading(("typ", "kind", "type", "slag", "atgardstyp", "typ av atgard", "kategori", "category")),
    "responsible": Heading(
        ("ansvarig", "ansvariga", "responsible", "ansvar", "ansvarig part", "ansvarig aktor", "utforare",
         "ansvarig organisation", "aktor", "owner", "vem", "who", "ansvarig for atgarden"),
    ),
    "promise": Heading(
        ("medborgarlofte", "lofte", "promise", "fokusomrade", "focus area", "lofteomrade", "malomrade",
         "prioriterat omrade", "citizen promise"),
    ),
    "status": Heading(("status", "lage", "state", "skede", "fas", "nulage")),
    "text": Heading(("plats", "platser", "platsen", "place", "where", "var", "location", "adress", "address")),
    "starts": Heading(
        ("start", "startdatum", "starts", "start date", "paborjas", "borjar", "fran", "from", "startar"),
    ),
    "due": Heading(
        ("klart senast", "klar senast", "senast", "due", "due date", "deadline", "slutdatum", "tidplan",
         "till", "to", "klart", "klar", "planerat klart", "planerad klar", "sista datum", "ska vara klart"),
    ),
    "finished": Heading(
        ("genomford", "genomfort", "genomforda", "finished", "completed", "avslutad", "avslutat", "fardig",
         "fardigt", "finished on", "completed on", "utford", "utfort", "genomford datum", "datum genomford"),
    ),
    "target": Heading(
        ("antal planerade", "planerat antal", "mal", "target", "antal", "antal utlovade", "utlovat antal",
         "antal mal", "planned count", "number planned", "malantal"),
    ),
    "done": Heading(
        ("antal gjorda", "gjorda", "antal genomforda", "done", "utfall", "antal utforda", "count done",
         "number done", "hittills", "antal klara"),
    ),
    **POSITION,
}  # fmt: skip

TIMETABLE: Headings = {
    "clock": Heading(
        ("tid", "klockslag", "time", "kl", "klockan", "avgang", "ankomst", "avgangstid", "ankomsttid", "departure",
         "arrival", "tag", "train"),
    ),
    "weekdays": Heading(
        ("veckodag", "veckodagar", "dag", "dagar", "weekday", "weekdays", "day", "days", "kor", "trafikerar", "gar"),
    ),
    "way": Heading(("riktning", "typ", "avgang eller ankomst", "way", "direction", "type")),
}  # fmt: skip

LIGHTING: Headings = {
    "owner": Heading(
        ("vaghallare", "agare", "owner", "road owner", "vaghallartyp", "forvaltare", "belysningsagare"),
    ),
    "lit": Heading(("belyst", "belysning", "lit", "light", "lighting", "upplyst")),
    **POSITION,
}  # fmt: skip


def field_of(heading: str, headings: Headings) -> str | None:
    """The field that a column with this heading holds, or None where none is recognised."""
    folded = fold(heading)
    if not folded:
        return None
    for field, known in headings.items():
        if folded in known.names:
            return field
    padded = f" {folded} "
    for field, known in headings.items():
        if any(f" {phrase.strip()} " in padded or f" {phrase}" in padded for phrase in known.phrases):
            return field
    return None


@lru_cache(maxsize=1)
def _all_names() -> frozenset[str]:
    tables: Iterable[Headings] = (SURVEY, INCIDENTS, MEASURES, TIMETABLE, LIGHTING)
    return frozenset(name for table in tables for known in table.values() for name in known.names)


@lru_cache(maxsize=4_096)
def _known(cell: str) -> bool:
    return fold(cell) in _all_names() or field_of(cell, SURVEY) is not None


def known_cells(row: Sequence[object]) -> int:
    """How many different cells of a row are headings that some importer knows."""
    return len({cell for cell in row if isinstance(cell, str) and 0 < len(cell) < 200 and _known(cell)})
