"""The report of an area in words: its tables, its sources, and how sure it is."""

from collections.abc import Iterable
from datetime import datetime

from flask import current_app
from flask_babel import gettext, ngettext

from geo.analysis.outcome import names_near
from geo.model import STOCKHOLM, CategoryGroup, EntryKind, Reason, TimeOfDay
from geo.planning.area import PLACED_M, AreaReport
from geo.planning.workspace import Walked
from geo.privacy import MIN_RESPONDENTS
from geo.render import words
from geo.render.labels import GROUPS, MEASURE_STATUSES, REASONS, TIMES
from geo.render.sheet import Sheet, Table
from geo.store.inside import PlaceInside
from webapp.language import chosen_language
from webapp.workspace_words import number, rows_of

MOST_STRETCHES = 25


def sheet_of(found: AreaReport, walked: Walked | None, now: datetime) -> Sheet:
    """A report in the reader's language."""
    language = chosen_language()
    return Sheet(
        title=gettext("Report of an area"),
        language=language,
        lead=tuple(_lead(found, walked, now)),
        tables=tuple(_tables(found, walked)),
        notes_heading=gettext("Sources and how sure this is"),
        notes=tuple(_notes(found, walked)),
    )


def place_words(place: PlaceInside) -> str:
    """What a place is called."""
    return words.sentence(
        words.place_name(
            place.anchor,
            place.distance_m,
            place.direction,
            gettext,
            at_stop=place.anchor_kind == EntryKind.BUS_STOP,
        )
    )


def _lead(found: AreaReport, walked: Walked | None, now: datetime) -> Iterable[str]:
    yield gettext("%(hectares)s hectares. Made on %(day)s.") % {
        "hectares": number(found.area.area / 10_000, 1),
        "day": words.day(now.astimezone(STOCKHOLM).date(), chosen_language()),
    }
    places, measures = len(found.places), len(found.measures)
    yield " ".join(
        (
            ngettext("%(num)s place that feels unsafe.", "%(num)s places that feel unsafe.", places),
            ngettext("%(num)s measure.", "%(num)s measures.", measures),
        )
    )
    if walked is not None and walked.station.approximate:
        yield gettext("Where the station will be is approximate, and so is who passes here on the way to it.")


def _tables(found: AreaReport, walked: Walked | None) -> Iterable[Table]:
    yield Table(
        gettext("Places that feel unsafe"),
        (gettext("Place"), gettext("Locality"), gettext("Flagged by")),
        tuple((place_words(each), each.locality or "–", _few(each.respondents)) for each in found.places),
        gettext("Nobody has flagged a place here."),
    )
    yield Table(
        gettext("Why, by time of day"),
        (gettext("Reason"), *(gettext(TIMES[time]) for time in TimeOfDay)),
        tuple(
            (
                gettext(REASONS[reason]),
                *(_few(found.mentions[reason, time]) for time in TimeOfDay),
            )
            for reason in Reason
            if any(found.mentions[reason, time] for time in TimeOfDay)
        ),
        gettext("No reason was given."),
    )
    if found.incidents is not None:
        yield Table(
            gettext("Incidents"),
            (gettext("Kind"), gettext("Year"), gettext("Number")),
            tuple(
                (gettext(GROUPS[CategoryGroup(group)]), str(year) if year else "–", _few(count))
                for (group, year), count in sorted(found.incidents.items())
            ),
            gettext("None is placed here to within %(metres)s m.") % {"metres": number(PLACED_M)},
        )
    yield Table(
        gettext("Measures"),
        (gettext("Measure"), gettext("Status"), gettext("Responsible")),
        tuple(
            (
                each.title,
                gettext(MEASURE_STATUSES[each.status]),
                words.in_words(each.responsible, chosen_language()),
            )
            for each in found.measures
        ),
        gettext("No measure is for a spot in this area."),
    )
    yield _light(found)
    passing = found.passing[:MOST_STRETCHES]
    near = names_near(walked.outcome, passing) if walked and walked.outcome else ()
    yield Table(
        gettext("Who passes on the way to the station"),
        (
            gettext("Stretch"),
            gettext("People a day"),
            gettext("From where"),
            gettext("Light"),
            gettext("Length"),
        ),
        tuple((row.head, *row.cells) for row in rows_of.stretches(passing, near)),
        gettext("Nobody within a quarter of an hour's walk passes here, or the paths are not known."),
    )


def _light(found: AreaReport) -> Table:
    rows: tuple[tuple[str, ...], ...] = ()
    if found.light is not None:
        rows = (
            (gettext("lit"), f"{number(found.light.lit_m)} m"),
            (gettext("unlit"), f"{number(found.light.unlit_m)} m"),
            (gettext("light not known"), f"{number(found.light.unknown_m)} m"),
        )
    return Table(
        gettext("Light on paths and streets"),
        (gettext("Light"), gettext("Length")),
        rows,
        gettext("Without an area package the paths here are not known."),
    )


def _few(count: int) -> str:
    """A number; a small one is not told, since a report is handed on."""
    if not count:
        return "0"
    if count < MIN_RESPONDENTS:
        return gettext("fewer than %(number)s") % {"number": MIN_RESPONDENTS}
    return number(count)


def _notes(found: AreaReport, walked: Walked | None) -> Iterable[str]:
    yield gettext(
        "Places and reasons: the municipality's own surveys. They say what people felt, not how common crime is."
    )
    if found.incidents is None:
        yield gettext("Incidents are shown to coordinators only.")
    else:
        yield gettext(
            "Incidents: only those placed to within %(metres)s m. What is known only to a road, a locality or the "
            "municipality is not counted."
        ) % {"metres": number(PLACED_M)}
    if walked is not None:
        station = walked.station
        yield gettext("The station: %(name)s. Source: %(source)s. Precision: %(precision)s.") % {
            "name": station.name,
            "source": station.source or "–",
            "precision": station.precision or "–",
        }
        yield gettext(
            "How many set out from each address, stop and car park is an assumption that you can change."
        )
    area = current_app.extensions["area"]
    if area is not None:
        yield gettext("Paths and addresses: %(source)s.") % {"source": area.info.attribution}
        yield gettext(
            "Light: the municipality's lamps and road owners before OpenStreetMap; not known is never taken for lit."
        )
