"""Survey answers from an office's table: one respondent flagging one place on each row."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from geo.importing.coordinates import point_of
from geo.importing.headers import POSITION, SURVEY, field_of
from geo.importing.limits import Limits
from geo.importing.sheet import BadRow, Sheet, content_ref
from geo.importing.tables import Table, read_table
from geo.importing.values import parse_date
from geo.importing.words import parse_reasons, parse_times
from geo.messages import N_
from geo.model import Parsed, Reason, Rejected, SurveyAnswer, TimeOfDay
from geo.swedish import fold

_YES = frozenset(
    ("x", "1", "ja", "yes", "true", "sant", "v", "j", "y", "vald", "markerad", "selected", "checked")
)
_NO = frozenset(("", "0", "nej", "no", "false", "falskt", "ej vald", "n", "unchecked", "not selected"))
_TICKS = frozenset("✓✔☑√✗✘☒")
_TAIL = re.compile(
    r".*?\[(?P<bracket>[^\]]+)\]\s*$|.*[?:]\s*[-–:]?\s*(?P<tail>[^?:]+)$|.*\s[-–]\s(?P<dash>.+)$", re.DOTALL
)
_PRIVATE = re.compile(r"@|\b(?:19|20)?\d{6}\s?[-+]?\s?\d{4}\b|[^\W\d_]{2,}\s+[^\W\d_]{2,}")
"""An e-mail address, a personal identity number, or two words that may be a name."""
_ANONYMOUS = frozenset(("anonymous", "anonym", "anonymt", "okand", "unknown", "ej angivet", "ej angiven"))
_DIGEST = 12
_SAID = ("respondent", "contact", "text", "reasons", "times", "comment", *POSITION)
"""What an answer without an id is known by, beside its date."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A column that marks one choice of a question with X, 1 or Ja."""

    index: int
    reasons: tuple[Reason, ...]
    times: tuple[TimeOfDay, ...]


def pseudonym(text: str) -> str:
    """A respondent's pseudonym ``r-<12 hex digits>``: SHA-256 of the folded text.

    The same person gets the same pseudonym in every survey. It is pseudonymisation, not anonymisation: who
    knows a name or an identity number can compute its pseudonym, so it stays personal data.
    """
    return f"r-{hashlib.sha256(fold(text).encode()).hexdigest()[:_DIGEST]}"


def parse_survey(path: Path, *, limits: Limits = Limits()) -> Parsed[SurveyAnswer]:  # noqa: B008 - frozen
    """The answers in a survey's table.

    A row needs a place, in words or as a position; without one it is rejected, as it is with a position
    that can't be right. A date, reason or time of day that can't be read does not lose the row: it is told
    in ``notes`` with its cell. A reason in words we don't know becomes ``Reason.OTHER`` where nothing else
    in the cell is known. Several columns for the place are joined with a semicolon.

    ``ref`` is the answer's id in the file, and with ``#2``, ``#3`` where an id comes again on a later row.
    Without ids it is a hash of what the row says, so that the same rows in another order are known again;
    rows that say exactly the same are numbered. Respondents are never kept as written: see ``pseudonym``.
    Without a column for respondents each row (each id) is a respondent of its own.

    Raises:
        UnreadableInput: the file can't be read, or has no column for the place.
    """
    table = read_table(path, limits)
    marks = _marks(table)
    sheet = Sheet(table, SURVEY, frozenset(mark.index for mark in marks))
    sheet.require("text", *POSITION, wanted="Plats")
    records: list[SurveyAnswer] = []
    rejected: list[Rejected] = []
    notes = list(sheet.notes())
    seen: Counter[str] = Counter()
    for row, cells in sheet.rows():
        try:
            answer, noted = _answer(sheet, marks, row, cells, seen)
        except BadRow as error:
            rejected.append(error.at(row))
        else:
            records.append(answer)
            notes.extend(noted)
    return Parsed(len(table.rows), tuple(records), tuple(rejected), tuple(notes))


def _answer(
    sheet: Sheet, marks: tuple[_Mark, ...], row: int, cells: tuple[str, ...], seen: Counter[str]
) -> tuple[SurveyAnswer, list[Rejected]]:
    sheet.check(cells)
    point = point_of(sheet, cells)
    text = " ".join(sheet.all(cells, "text", "; ").split())
    if not text and point is None:
        raise BadRow(N_("The row names no place."), column=sheet.heading("text"))
    notes: list[Rejected] = []

    def note(column: str, value: str, reason: str) -> None:
        notes.append(BadRow(reason, column=column, value=value).at(row))

    marked = [mark for mark in marks if _is_marked(cells[mark.index], sheet.table.columns[mark.index])]
    reasons, unknown_reasons = parse_reasons(sheet.all(cells, "reasons", "; "))
    for word in unknown_reasons:
        note(
            sheet.heading("reasons"),
            word,
            N_("The reason is not known; it counts as “other” where no other is given."),
        )
    times, unknown_times = parse_times(sheet.all(cells, "times", "; "))
    for word in unknown_times:
        note(sheet.heading("times"), word, N_("The time of day is not known; it was left out."))
    if marked:
        reasons = tuple(
            one for one in Reason if one in reasons or any(one in mark.reasons for mark in marked)
        )
        times = tuple(one for one in TimeOfDay if one in times or any(one in mark.times for mark in marked))
    answered = _date(sheet.get(cells, "answered"))
    if answered is None and sheet.get(cells, "answered"):
        note(
            sheet.heading("answered"),
            sheet.get(cells, "answered"),
            N_("The date can't be read; it was left out."),
        )
    ref = _numbered(_ref(sheet, marks, cells, answered), seen)
    return (
        SurveyAnswer(
            ref=ref,
            respondent=pseudonym(_respondent(sheet, cells) or sheet.get(cells, "ref") or ref),
            text=text,
            reasons=reasons,
            times=times,
            comment=sheet.all(cells, "comment", "\n"),
            answered=answered,
            point=point,
            row=row,
        ),
        notes,
    )


def _respondent(sheet: Sheet, cells: tuple[str, ...]) -> str:
    """The respondent as written. Form tools write "anonymous" where they don't know."""
    for field in ("respondent", "contact"):
        text = sheet.get(cells, field)
        if fold(text) and fold(text) not in _ANONYMOUS:
            return text
    return ""


@lru_cache(maxsize=4_096)
def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _ref(sheet: Sheet, marks: tuple[_Mark, ...], cells: tuple[str, ...], answered: date | None) -> str:
    own = sheet.get(cells, "ref")
    if own:
        return pseudonym(own) if _PRIVATE.search(own) else own
    said = [sheet.all(cells, field, "; ") for field in _SAID]
    return content_ref(*said, str(answered or ""), *(cells[mark.index] for mark in marks))


def _numbered(ref: str, seen: Counter[str]) -> str:
    seen[ref] += 1
    return ref if seen[ref] == 1 else f"{ref}#{seen[ref]}"


def _marks(table: Table) -> tuple[_Mark, ...]:
    """The columns of a question that has one column for each choice."""
    marks = []
    for index, heading in enumerate(table.columns):
        field = field_of(heading, SURVEY)
        if field in ("text", "respondent", "contact", "ref", "answered", *POSITION):
            continue
        cells = {cells[index] for _row, cells in table.rows}
        if not any(cells) or not all(_is_mark(cell, heading) for cell in cells):
            continue
        choice = _choice(heading)
        reasons, unknown_reason = parse_reasons(choice)
        times, unknown_time = parse_times(choice)
        if times and field != "reasons" and not (reasons and not unknown_reason and unknown_time):
            marks.append(_Mark(index, (), times))
        elif reasons and (field == "reasons" or not unknown_reason):
            marks.append(_Mark(index, reasons, ()))
    return tuple(marks)


def _choice(heading: str) -> str:
    """The words of the choice in a heading like "Varför? [Buskage]" or "Varför? - Buskage"."""
    found = _TAIL.fullmatch(heading)
    return (found["bracket"] or found["tail"] or found["dash"]) if found else heading


def _is_mark(cell: str, heading: str) -> bool:
    return fold(cell) in _NO or _is_marked(cell, heading)


def _is_marked(cell: str, heading: str) -> bool:
    """Whether a cell marks its choice: X, 1, Ja, a tick, or the choice's own words again."""
    folded = fold(cell)
    return folded in _YES or bool(_TICKS & set(cell)) or (bool(folded) and folded == fold(_choice(heading)))
