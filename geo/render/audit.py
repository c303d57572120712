"""Lines of the audit in words, and as a file for a spreadsheet."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from geo.importing.rejected import harmless
from geo.messages import N_
from geo.model import STOCKHOLM
from geo.publish.audit import CONSOLE, NOBODY, AuditLine
from geo.render import labels, words

Gettext = Callable[[str], str]

ACTIONS: dict[str, str] = {
    "sign_in.succeeded": N_("Signed in"),
    "sign_in.failed": N_("Failed to sign in"),
    "sign_in.refused": N_("Was refused to sign in"),
    "sign_out": N_("Signed out"),
    "sign_out.everywhere": N_("Signed out everywhere"),
    "account.created": N_("Made an account"),
    "account.changed": N_("Changed an account"),
    "account.disabled": N_("Shut an account"),
    "account.reset": N_("Reset an account"),
    "link.created": N_("Made a one-time link"),
    "password.set": N_("Set a password"),
    "token.created": N_("Made an access token"),
    "token.revoked": N_("Revoked an access token"),
    "calendar.renew": N_("Made a new calendar address"),
    "station.save": N_("Changed the station"),
    "station.trains": N_("Took a timetable in"),
    "station.lamps": N_("Changed the lamps"),
    "station.road_owners": N_("Changed the road owners"),
    "scenario.make": N_("Made a scenario"),
    "scenario.save": N_("Changed a scenario"),
    "scenario.remove": N_("Took a scenario away"),
    "baseline.freeze": N_("Froze figures"),
    "measure.create": N_("Made a measure"),
    "measure.edit": N_("Changed a measure"),
    "measure.step": N_("Changed the status of a measure"),
    "measure.occasion": N_("Counted a time of a measure"),
    "measure.undo": N_("Took back a completion"),
    "photo.add": N_("Added a photo"),
    "photo.publish": N_("Showed a photo to residents"),
    "photo.withdraw": N_("Hid a photo from residents"),
    "finding.create": N_("Wrote a finding"),
    "finding.edit": N_("Changed a finding"),
    "finding.repaired": N_("Marked a finding as repaired"),
    "answer.review": N_("Dealt with an answer"),
    "answers.read": N_("Read survey answers"),
    "incidents.read": N_("Read incidents of an area"),
    "incident_map.read": N_("Read incidents on the map"),
    "incident_areas.read": N_("Read numbers of incidents by area"),
    "places.read": N_("Read places that aren't shown"),
    "row.held_shown": N_("Let a row that was held back count"),
    "row.held_out": N_("Kept a row out for good"),
    "release.made": N_("Released what residents see of incidents"),
    "release.taken_back": N_("Took back what residents see of incidents"),
    "held.read": N_("Read rows that are held back"),
    "words.decided": N_("Settled what words mean"),
    "words.taken_back": N_("Took back what words mean"),
    "words.refreshed": N_("Looked up all places anew"),
    "words.exported": N_("Exported words without a place"),
    "audit.exported": N_("Exported the audit"),
    "file.imported": N_("Took in a file"),
    "database.restore": N_("Restored a backup"),
    "retention.run": N_("Removed what is no longer kept"),
}
"""What each action is called. A test looks for every action of the program in here."""

FAMILIES: dict[str, str] = {
    "sign_in": N_("Sign-ins"),
    "account": N_("Accounts"),
    "token": N_("Access tokens"),
    "measure": N_("Measures"),
    "photo": N_("Photos"),
    "finding": N_("Findings"),
    "words": N_("Words and places"),
}
"""Actions that are asked for together."""

_FIELDS: dict[str, str] = {
    "answer": N_("answer"),
    "area": N_("area"),
    "changed": N_("brought up to date"),
    "decision": N_("decision"),
    "description": N_("description"),
    "disabled": N_("shut"),
    "done": N_("times done"),
    "due": N_("to be finished by"),
    "expires": N_("valid until"),
    "from": N_("from"),
    "group": N_("kind of incident"),
    "how": N_("how"),
    "internal_note": N_("internal note"),
    "kind": N_("kind"),
    "light": N_("light outdoors"),
    "locality": N_("locality"),
    "name": N_("name"),
    "new": N_("new"),
    "note": N_("note"),
    "number": N_("number"),
    "one_household": N_("points at one household"),
    "organisation": N_("organisation"),
    "owner": N_("owner"),
    "photo": N_("photo"),
    "photos": N_("photos"),
    "places": N_("places"),
    "plan": N_("what happens"),
    "promise": N_("citizen promise"),
    "public": N_("shown to residents"),
    "repaired_on": N_("repaired"),
    "responsible": N_("responsible"),
    "role": N_("role"),
    "scopes": N_("what it opens"),
    "seen": N_("what was seen"),
    "seen_on": N_("seen on"),
    "sessions": N_("sessions ended"),
    "sha256": N_("fingerprint"),
    "starts": N_("begins"),
    "status": N_("status"),
    "target": N_("number of times"),
    "text": N_("place in words"),
    "time": N_("time of day"),
    "title": N_("title"),
    "to": N_("up to"),
    "token": N_("access token"),
    "tokens": N_("access tokens revoked"),
    "where_words": N_("place in words"),
    "why": N_("why"),
    "year": N_("year"),
}

_VALUES: dict[str, Mapping[Any, str]] = {
    "status": labels.MEASURE_STATUSES,
    "role": labels.ROLES,
    "promise": labels.PROMISES,
    "group": labels.GROUPS,
    "time": labels.HOURS,
    "light": labels.LIGHTS,
    "decision": {
        "nothing": N_("nothing to do"),
        "finding": N_("a finding was written"),
        **labels.DECISIONS,
    },
    "how": {
        "password": N_("by password"),
        "old password": N_("with the old password"),
        "new password": N_("with a new password"),
        "link": N_("by a one-time link"),
        "oidc": N_("by the municipality's own sign-in"),
    },
    "why": {
        "disabled": N_("the account is shut"),
        "username taken": N_("the username belongs to another account"),
        "no role": N_("no role is given"),
    },
}

_SUBJECTS: dict[str, str] = {
    "measure": N_("Measure %(which)s"),
    "answer": N_("Answer %(which)s"),
    "finding": N_("Finding %(which)s"),
    "account": N_("Account %(which)s"),
    "words": N_("Words %(which)s"),
}
_SUBJECT = re.compile(r"(measure|answer|finding|account|words)[ :](.+)")
_ACTORS = {CONSOLE: N_("The command line"), NOBODY: N_("Somebody not signed in")}
_HEADINGS = (
    N_("line"),
    N_("time"),
    N_("who"),
    N_("what"),
    N_("to what"),
    N_("before"),
    N_("after"),
    N_("action"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One field in words. ``before`` is None where nothing is told of how it was."""

    field: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class LineInWords:
    """A line of the audit as people read it. ``at`` is Swedish local time."""

    id: int
    at: datetime
    who: str
    what: str
    subject: str
    changes: tuple[Change, ...]


def in_words(line: AuditLine, gettext: Gettext, language: str) -> LineInWords:
    """A line in the reader's language."""
    names = [*line.after, *(name for name in line.before if name not in line.after)]
    return LineInWords(
        id=line.id,
        at=line.at.astimezone(STOCKHOLM),
        who=actor(line.actor, gettext),
        what=action(line.action, gettext),
        subject=_subject(line.subject, gettext),
        changes=tuple(
            Change(
                gettext(_FIELDS[name]) if name in _FIELDS else name,
                _value(name, line.before[name], gettext, language) if name in line.before else None,
                _value(name, line.after.get(name), gettext, language),
            )
            for name in names
        ),
    )


def actor(username: str, gettext: Gettext) -> str:
    """Who did it: a username, or words for the command line and for nobody."""
    return gettext(_ACTORS[username]) if username in _ACTORS else username


def action(name: str, gettext: Gettext) -> str:
    """What was done, as a heading."""
    return gettext(ACTIONS[name]) if name in ACTIONS else name


def as_csv(lines: Iterable[AuditLine], gettext: Gettext, language: str) -> str:
    """The lines as CSV that Excel opens: semicolons, and a mark of UTF-8 first.

    Cells that a spreadsheet program would take for a formula get an apostrophe before them.
    """
    file = io.StringIO(newline="")
    file.write("\ufeff")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(words.sentence(gettext(heading)) for heading in _HEADINGS)
    for line in lines:
        told = in_words(line, gettext, language)
        before = [f"{one.field}: {one.before}" for one in told.changes if one.before is not None]
        after = [f"{one.field}: {one.after}" for one in told.changes]
        cells = (told.who, told.what, told.subject, "\n".join(before), "\n".join(after), line.action)
        writer.writerow((told.id, told.at.isoformat(sep=" ", timespec="seconds"), *map(harmless, cells)))
    return file.getvalue()


def _subject(subject: str, gettext: Gettext) -> str:
    found = _SUBJECT.fullmatch(subject)
    return gettext(_SUBJECTS[found[1]]) % {"which": found[2]} if found else subject


def _value(name: str, value: Any, gettext: Gettext, language: str) -> str:
    known = _VALUES.get(name, {})
    if isinstance(value, str) and value in known:
        return gettext(known[value])
    if isinstance(value, bool):
        return gettext(N_("yes")) if value else gettext(N_("no"))
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return _moment(value, language) if isinstance(value, str) else str(value)


def _moment(text: str, language: str) -> str:
    """A day or moment as ISO 8601 writes it, in words; any other text as it is."""
    try:
        if len(text) == 10:
            return words.day(date.fromisoformat(text), language)
        if len(text) >= 19 and text[10] == "T":
            moment = datetime.fromisoformat(text).astimezone(STOCKHOLM)
            return f"{words.day(moment.date(), language)} {moment:%H:%M}"
    except ValueError:
        return text
    return text
