"""Measures from an office's table: what is done about places, by whom and when."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

from geo.importing.coordinates import point_of
from geo.importing.headers import MEASURES
from geo.importing.limits import Limits
from geo.importing.sheet import BadRow, Sheet, content_ref
from geo.importing.tables import read_table
from geo.importing.values import parse_count, parse_date
from geo.messages import N_
from geo.model import Measure, MeasureStatus, Parsed, Promise, Rejected
from geo.swedish import fold

_STATUSES: dict[MeasureStatus, tuple[str, ...]] = {
    MeasureStatus.PROPOSED: ("proposed", "foreslagen", "foreslaget", "forslag", "ide", "inkommen", "ny", "nytt",
                             "onskad", "suggested", "idea"),
    MeasureStatus.PLANNED: ("planned", "planerad", "planerat", "beslutad", "beslutat", "bestalld", "bestallt", "godkand",
                            "ej paborjad", "ej pabörjad", "inte paborjad", "ej startad", "kommande", "decided",
                            "not started", "scheduled", "utlovad"),
    MeasureStatus.ONGOING: ("ongoing", "pagaende", "pagar", "paborjad", "paborjat", "startad", "startat", "under arbete",
                            "arbete pagar", "aterkommande", "lopande", "in progress", "started", "delvis genomford"),
    MeasureStatus.COMPLETED: ("completed", "genomford", "genomfort", "klar", "klart", "fardig", "fardigt", "avslutad",
                              "avslutat", "utford", "utfort", "atgardad", "atgardat", "gjord", "done", "finished",
                              "closed"),
    MeasureStatus.VERIFIED: ("verified", "uppfoljd", "uppfoljt", "kontrollerad", "verifierad", "utvarderad", "followed up",
                             "evaluated", "genomford och uppfoljd"),
    MeasureStatus.CANCELLED: ("cancelled", "canceled", "avbruten", "avbrutet", "installd", "installt", "utgatt", "utgar",
                              "struken", "avslagen", "nedlagd", "ej aktuell", "inte aktuell"),
    MeasureStatus.REOPENED: ("reopened", "ateroppnad", "ateroppnat", "ateropnad", "aterupptagen", "gors om"),
}  # fmt: skip
_PROMISES: dict[Promise, tuple[str, ...]] = {
    Promise.DRUGS: ("drugs", "droger", "narkotika", "drog", "alkohol och droger", "drogforebyggande",
                    "alkohol narkotika", "andt", "andts", "minska droger", "minskad drogforsaljning"),
    Promise.TRAFFIC: ("traffic", "trafik", "trafiken", "trafiksakerhet", "trygg trafik", "sakrare trafik",
                      "trafikmiljo", "trafiklofte", "i trafiken", "road safety"),
    Promise.HOME: ("home", "hemmet", "hem", "i hemmet", "vald i hemmet", "vald i nara relation", "trygghet i hemmet",
                   "trygg i hemmet", "trygga hem", "in the home"),
    Promise.ECONOMIC_CRIME: ("economic crime", "economic_crime", "ekonomisk brottslighet", "ekobrott", "bedragerier", "bedrageri",
                             "ekonomiska brott", "valfardsbrott", "fraud", "arbetslivskriminalitet"),
    Promise.UNSAFE_PLACES: ("unsafe places", "unsafe_places", "otrygga platser", "otrygg plats", "trygga platser", "platser",
                            "trygghet i det offentliga rummet", "offentliga rummet", "offentlig miljo", "offentliga miljoer",
                            "trygghet pa allman plats", "trygghetsskapande platser", "public places", "public space"),
}  # fmt: skip
_STATUS_BY_NAME = {fold(name): status for status, names in _STATUSES.items() for name in names}
_PROMISE_BY_NAME = {fold(name): promise for promise, names in _PROMISES.items() for name in names}
_PROMISE_PREFIX = re.compile(r"^(?:medborgar)?lofte\s*(?:nr\s*)?\d*\s*(?:om\s+)?|^\d+\s+")
_PARTIES = re.compile(r"\s*[;\n/&]\s*|\s*,\s*|\s+(?:och|samt|and)\s+")
_FINISHED = (MeasureStatus.COMPLETED, MeasureStatus.VERIFIED, MeasureStatus.REOPENED)


def parse_measures(path: Path, *, limits: Limits = Limits()) -> Parsed[Measure]:  # noqa: B008 - frozen
    """The measures in a table.

    A row needs a title, a status and a promise that are known. A number of times done needs a number of
    times promised (it may be more). A day on which the measure was finished needs a status that says so;
    a finished measure need not say the day, since offices often don't know it. The due day may not be
    before the start.

    ``ref`` is the row's id; without one a hash of title and place, so that a later file with another status
    still means the same measure. A position must be right, as in ``coordinates.point_of``.

    Raises:
        UnreadableInput: the file can't be read, or has no column for title, status or promise.
    """
    table = read_table(path, limits)
    sheet = Sheet(table, MEASURES)
    sheet.require("title", wanted="Åtgärd")
    sheet.require("status", wanted="Status")
    sheet.require("promise", wanted="Medborgarlöfte")
    records: list[Measure] = []
    rejected: list[Rejected] = []
    seen: Counter[str] = Counter()
    for row, cells in sheet.rows():
        try:
            records.append(_measure(sheet, row, cells, seen))
        except BadRow as error:
            rejected.append(error.at(row))
    return Parsed(len(table.rows), tuple(records), tuple(rejected), sheet.notes())


def _measure(sheet: Sheet, row: int, cells: tuple[str, ...], seen: Counter[str]) -> Measure:
    sheet.check(cells)
    title = " ".join(sheet.get(cells, "title").split())
    if not title:
        raise BadRow(N_("The measure has no title."), column=sheet.heading("title"))
    status_text, promise_text = sheet.get(cells, "status"), sheet.get(cells, "promise")
    status = _STATUS_BY_NAME.get(fold(status_text))
    if status is None:
        raise BadRow(N_("The status is not known."), column=sheet.heading("status"), value=status_text)
    promise = _PROMISE_BY_NAME.get(_PROMISE_PREFIX.sub("", fold(promise_text)).strip())
    if promise is None:
        raise BadRow(N_("The promise is not known."), column=sheet.heading("promise"), value=promise_text)
    starts, due, finished = (_date(sheet, cells, field) for field in ("starts", "due", "finished"))
    if starts and due and due < starts:
        raise BadRow(
            N_("The due day is before the start."), column=sheet.heading("due"), value=due.isoformat()
        )
    if finished and status not in _FINISHED:
        raise BadRow(
            N_("A day of finishing is given, but the status says that the measure isn't finished."),
            column=sheet.heading("finished"),
            value=finished.isoformat(),
        )
    target, done = _count(sheet, cells, "target"), _count(sheet, cells, "done")
    if target == 0:
        raise BadRow(
            N_("The number promised must be at least one."), column=sheet.heading("target"), value="0"
        )
    if done and target is None:
        raise BadRow(
            N_("A number done is given, but not the number promised."),
            column=sheet.heading("done"),
            value=str(done),
        )
    text = " ".join(sheet.all(cells, "text", "; ").split())
    return Measure(
        ref=_ref(sheet, cells, title, text, seen),
        title=title,
        status=status,
        promise=promise,
        description=sheet.all(cells, "description", "\n"),
        kind=sheet.get(cells, "kind"),
        responsible=tuple(
            dict.fromkeys(part for part in _PARTIES.split(sheet.all(cells, "responsible", ";")) if part)
        ),
        text=text,
        starts=starts,
        due=due,
        finished=finished,
        target=target,
        done=done or 0,
        point=point_of(sheet, cells),
        row=row,
    )


def _ref(sheet: Sheet, cells: tuple[str, ...], title: str, text: str, seen: Counter[str]) -> str:
    ref = sheet.get(cells, "ref")
    if ref:
        seen[ref] += 1
        if seen[ref] > 1:
            raise BadRow(N_("The id stands on an earlier row, too."), column=sheet.heading("ref"), value=ref)
        return ref
    ref = content_ref(title, text)
    seen[ref] += 1
    return ref if seen[ref] == 1 else f"{ref}#{seen[ref]}"


def _date(sheet: Sheet, cells: tuple[str, ...], field: str) -> date | None:
    text = sheet.get(cells, field)
    try:
        return parse_date(text) if text else None
    except ValueError as error:
        raise BadRow(
            N_("The date can't be read. Write it like 2022-03-21."), column=sheet.heading(field), value=text
        ) from error


def _count(sheet: Sheet, cells: tuple[str, ...], field: str) -> int | None:
    text = sheet.get(cells, field)
    try:
        return parse_count(text) if text else None
    except ValueError as error:
        raise BadRow(
            N_("The number is not a whole number."), column=sheet.heading(field), value=text
        ) from error
