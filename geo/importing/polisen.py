"""The police's public events, as their API gives them: news about what happened, not statistics.

Of an event are kept its id, type, times, municipality and the words for the place; never a sentence.
``location.gps`` is not even read: it's the centre of a municipality or county.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from geo.categories import group_of, is_digest, is_refused, kind_of
from geo.errors import UnreadableInput
from geo.importing.limits import Limits
from geo.importing.placewords import place_words
from geo.importing.sandbox import run
from geo.importing.sheet import BadRow
from geo.importing.values import MONTHS
from geo.messages import N_
from geo.model import POLICE_FEED, STOCKHOLM, Incident, Parsed, Rejected
from geo.sensitive import find_warning

__all__ = ["parse_police_events", "place_words"]


_PUBLISHED = re.compile(
    r"(?P<day>\d{4}-\d{1,2}-\d{1,2})[ T](?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2}))?(?:\.\d+)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_HAPPENED = re.compile(
    r"(?P<d>\d{1,2}) (?P<month>[a-zåäö]+)\.?,? (?:kl\.? ?)?(?P<h>\d{1,2})[:.](?P<m>\d{2})", re.IGNORECASE
)
_EARLY = timedelta(hours=12)
"""How long after it was told of an event may seem to have happened: typing errors, not last year's."""
_FIELDS = 6


def parse_police_events(path: Path, *, limits: Limits = Limits()) -> Parsed[Incident]:  # noqa: B008 - frozen
    """The incidents in a file with the police API's list of events.

    ``started`` is the time in the event's name, whose year is the latest that isn't after its publication;
    ``published`` is the feed's ``datetime``. ``municipality`` is the last part of the name: that may be a
    county ("Västerbottens län"), and is then kept as written, since several municipalities may be meant.
    ``text`` is what ``place_words`` leaves of the summary; ``warning`` is what the whole summary tells of.

    Rows are counted from 1 in the list's order. Rejected are: digests, unknown types, events with broken
    fields, ids that come again; and, refused by policy, types that are never kept. A name without a time
    that can be read is told in ``notes``.

    Raises:
        UnreadableInput: the file is no JSON list of events, or beyond a limit.
    """
    events = run("events", path, limits)
    if events and not any(events):
        raise UnreadableInput("The file holds a list, but not of the police's events.")
    records: list[Incident] = []
    rejected: list[Rejected] = []
    notes: list[Rejected] = []
    seen: Counter[str] = Counter()
    for row, event in enumerate(events, 1):
        try:
            record = _incident(row, event, seen)
        except BadRow as error:
            rejected.append(error.at(row))
            continue
        records.append(record)
        if record.started is None:
            missing = BadRow(
                N_("The name has no time of the event; only when it was published is known."), column="name"
            )
            notes.append(missing.at(row))
    return Parsed(len(events), tuple(records), tuple(rejected), tuple(notes))


def _incident(row: int, event: Sequence[str | None], seen: Counter[str]) -> Incident:
    if len(event) != _FIELDS:
        raise BadRow(N_("The event is not an object with fields."))
    ref, published_text, name, summary, category, _location = event
    if not category:
        raise BadRow(N_("The event has no type."), column="type")
    if is_refused(category):
        raise BadRow(N_("Events of this type are never kept."), column="type", refused=True)
    if is_digest(category):
        raise BadRow(
            N_("The row tells of several events at once and is no event."), column="type", value=category
        )
    group = group_of(category)
    if group is None:
        raise BadRow(N_("The category is not known."), column="type", value=category)
    if not ref or not ref.isdigit():
        raise BadRow(N_("The event has no id."), column="id", value=ref or "")
    seen[ref] += 1
    if seen[ref] > 1:
        raise BadRow(N_("The id stands on an earlier row, too."), column="id", value=ref)
    if not name:
        raise BadRow(
            N_("The event has no name, so that neither time nor municipality is known."), column="name"
        )
    published = _published(published_text or "")
    return Incident(
        source=POLICE_FEED,
        ref=ref,
        category=category,
        group=group,
        kind=kind_of(group),
        text=place_words(summary or ""),
        municipality=_municipality(name),
        started=_started(name, published),
        published=published,
        row=row,
        warning=find_warning(name, summary or ""),
    )


def _published(text: str) -> datetime:
    """When it was told: the feed doesn't always write two digits for the hour."""
    found = _PUBLISHED.fullmatch(text)
    try:
        if not found:
            raise ValueError(text)
        year, month, day = (int(part) for part in found["day"].split("-"))
        zone = found["zone"] or ""
        iso = f"{year:04}-{month:02}-{day:02}T{int(found['h']):02}:{found['m']}:{found['s'] or '00'}{zone}"
        moment = datetime.fromisoformat(iso)
    except ValueError as error:
        raise BadRow(N_("The time of publication can't be read."), column="datetime", value=text) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM)


def _started(name: str, published: datetime) -> datetime | None:
    """The time in the name, in the latest year that puts it before its publication."""
    found = _HAPPENED.match(name)
    month = MONTHS.get(found["month"].casefold()) if found else None
    if found is None or month is None:
        return None
    local_year = published.astimezone(STOCKHOLM).year
    for year in (local_year + 1, local_year, local_year - 1):
        try:
            moment = datetime(
                year, month, int(found["d"]), int(found["h"]), int(found["m"]), tzinfo=STOCKHOLM
            )
        except ValueError:
            continue
        if moment <= published + _EARLY:
            return moment
    return None


def _municipality(name: str) -> str:
    """The last part of a name like "21 mars 12:30, Trafikolycka, vilt, Robertsfors"."""
    parts = name.split(", ")
    return parts[-1].strip() if len(parts) > 2 else ""
