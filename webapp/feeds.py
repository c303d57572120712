"""Feeds: what gets done, for everybody (Atom); what is due, for those who do it (iCalendar)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from feedgen.feed import FeedGenerator
from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext
from icalendar import Calendar, Event

from geo.actions.calendars import renew_link
from geo.actions.secrets import token_hash
from geo.messages import N_
from geo.model import STOCKHOLM, MeasureStatus
from geo.planning.newplaces import READERS, NewPlace, new_places_by_link
from geo.publish.calendars import DueDates, due_dates, has_calendar
from geo.publish.measures import PublicMeasure
from geo.publish.work import overdue
from geo.render import words
from geo.render.labels import MEASURE_STATUSES
from geo.store.work import KeptMeasure
from webapp.access import allow, everyone, moment, person
from webapp.language import chosen_language
from webapp.picture import Picture, current_picture, current_pictures
from webapp.throttle import costly
from webapp.words import municipality_name, where_of
from webapp.workspace_sheet import place_words
from webapp.workspaces import current_workspace

blueprint = Blueprint("feeds", __name__)

DONE = (MeasureStatus.COMPLETED, MeasureStatus.VERIFIED)
NEWEST = 100
"""A reader who asks once a week misses nothing, and the feed stays small."""

_SINCE = 2026
"""The year in the names of entries (RFC 4151): from when on the site's name is ours."""
_EMPTY = datetime(_SINCE, 1, 1, tzinfo=STOCKHOLM)
"""When a feed without entries was changed last: no moment of asking, so that its bytes stay the same."""


@blueprint.get("/feeds/measures.atom")
@everyone
def measures() -> Response:
    """The newest completed and followed-up measures, each from when it became public."""
    answer = make_response(_atom(current_picture()))
    answer.mimetype = "application/atom+xml"
    answer.headers["Cache-Control"] = "no-cache"
    answer.vary.add("Cookie")
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@blueprint.get("/my/calendar")
@allow()
def my_calendar() -> str:
    """How to have the due dates in a calendar of one's own."""
    return render_template(
        "my_calendar.html", has_link=has_calendar(current_pictures().store, person()), link="", feed=""
    )


@blueprint.post("/my/calendar")
@allow()
def renew_calendar() -> str:
    """Makes a new link and shows it, this once."""
    secret = renew_link(current_pictures().store, person(), now=moment())
    link = url_for("feeds.calendar", secret=secret, _external=True)
    planner = person().role in READERS
    feed = url_for("feeds.new_places_feed", secret=secret, _external=True) if planner else ""
    return render_template("my_calendar.html", has_link=True, link=link, feed=feed)


@blueprint.get("/calendar/<secret>.ics")
@everyone
@costly
def calendar(secret: str) -> Response:
    """The due dates for whoever has the link: a calendar program can't sign in."""
    answer = make_response(_calendar(due_dates(current_pictures().store, token_hash(secret))))
    answer.mimetype = "text/calendar"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/planning/places/<secret>.atom")
@everyone
@costly
def new_places_feed(secret: str) -> Response:
    """New places within a walk of the station, for whoever has the link: a feed reader can't sign in."""
    store = current_pictures().store
    found = new_places_by_link(store, current_workspace(), token_hash(secret), moment())
    answer = make_response(_atom_of_places(found))
    answer.mimetype = "application/atom+xml"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _atom_of_places(found: Sequence[NewPlace]) -> bytes:
    feed = FeedGenerator()
    feed.id(_name("new-places"))
    feed.title(gettext(N_("New places within a walk of the station")))
    feed.author(name=_plain(words.sentence(municipality_name())))
    feed.language(chosen_language())
    feed.generator("Trygghetskartan")
    feed.link(href=url_for("workspace.index", _external=True), rel="alternate", type="text/html")
    feed.updated(found[0].since if found else _EMPTY)
    for one in found[:NEWEST]:
        entry = feed.add_entry(order="append")
        entry.id(_name(f"new-places/{one.place.id}"))
        entry.title(_plain(place_words(one.place)))
        entry.link(href=url_for("workspace.index", _external=True))
        entry.updated(one.since)
        entry.summary(_plain(one.place.locality or place_words(one.place)))
    written: bytes = feed.atom_str(pretty=True)
    return written


def _atom(picture: Picture) -> bytes:
    # Kept without a log, a measure has no moment to stand in a feed by.
    done = [(found.since, found) for found in picture.measures if found.status in DONE and found.since]
    done.sort(key=lambda one: (one[0], one[1].id), reverse=True)
    feed = FeedGenerator()
    feed.id(_name("measures"))
    feed.title(gettext(N_("Measures that are done")))
    feed.subtitle(gettext(N_("What the municipality and the police have completed and followed up.")))
    feed.author(name=_plain(words.sentence(municipality_name())))
    feed.language(chosen_language())
    feed.generator("Trygghetskartan")
    feed.link(href=url_for("feeds.measures", _external=True), rel="self", type="application/atom+xml")
    feed.link(href=url_for("pages.measures", _external=True), rel="alternate", type="text/html")
    feed.updated(done[0][0] if done else _EMPTY)
    for since, found in done[:NEWEST]:
        entry = feed.add_entry(order="append")
        entry.id(_name(f"measures/{found.id}"))
        entry.title(_plain(f"{gettext(MEASURE_STATUSES[found.status])}: {found.title}"))
        entry.link(href=url_for("pages.measures", _anchor=f"measure-{found.id}", _external=True))
        entry.updated(since)
        entry.summary(_plain(_summary(found)))
    written: bytes = feed.atom_str(pretty=True)
    return written


def _summary(found: PublicMeasure) -> str:
    language = chosen_language()
    parts = (
        words.sentence(words.in_words(found.responsible, language)),
        words.sentence(words.when_of(found, gettext, language)),
        where_of(found),
        found.description,
    )
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def _name(what: str) -> str:
    """A name that stays when addresses change (RFC 4151), below that of the site."""
    return f"tag:{urlsplit(request.url_root).hostname},{_SINCE}:{what}"


def _plain(text: str) -> str:
    """The text without what XML can't hold."""
    return "".join(mark for mark in text if mark in "\t\n" or mark.isprintable() or mark == "\u00a0")


def _calendar(found: DueDates) -> bytes:
    title = gettext(N_("Due dates on the safety map"))
    made = Calendar()
    made.add("prodid", "-//Trygghetskartan//SV")
    made.add("version", "2.0")
    made.add("name", title)
    made.add("x-wr-calname", title)
    made.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", timedelta(hours=6))
    for due, measure in found.measures:
        made.add_component(_event(due, measure))
    written: bytes = made.to_ical()
    return written


def _event(due: date, measure: KeptMeasure) -> Event:
    now = moment()
    late = overdue(measure, now.astimezone(STOCKHOLM).date())
    title = gettext(N_("Overdue: %(title)s")) % {"title": measure.title} if late else measure.title
    language = chosen_language()
    status = gettext(MEASURE_STATUSES[measure.status])
    who = words.in_words(measure.responsible, language)
    event = Event()
    event.add("uid", f"measure-{measure.id}@{urlsplit(request.url_root).hostname}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", measure.version)
    event.add("dtstart", due)
    event.add("dtend", due + timedelta(days=1))
    event.add("summary", _plain(title))
    event.add("description", _plain("\n".join(part for part in (status, who, measure.where) if part)))
    event.add("transp", "TRANSPARENT")
    event.add("url", url_for("work.one", measure_id=measure.id, _external=True))
    return event
