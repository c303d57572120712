"""Words that wait as a file for a spreadsheet program, and the decisions that come back in it."""

import csv
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

from geo.actions import review
from geo.crs import WGS84, guess_epsg, point_to_wgs84, to_3006
from geo.errors import BadInput, CrsError, NotFound, Stale, UnreadableInput
from geo.geocoder import Geocoder
from geo.importing.rejected import harmless
from geo.importing.tables import Limits, Table, read_table
from geo.messages import N_
from geo.model import Candidate, Level, Rejected
from geo.store import audit
from geo.store.aliases import Decision, Meaning, Target
from geo.store.engine import Store
from geo.store.reviews import Group, Moved
from geo.swedish import fold

Gettext = Callable[[str], str]

COLUMNS = (
    N_("key"),
    N_("text"),
    N_("rows"),
    N_("decision"),
    N_("place"),
    N_("locality"),
    N_("latitude"),
    N_("longitude"),
    N_("radius"),
    N_("probability"),
)
"""The headings, as message ids; what comes back may have them in any of the languages."""
_NEEDED = ("key", "decision")
WORDS: dict[Decision, str] = {
    Decision.PLACES: N_("place"),
    Decision.NOT_A_PLACE: N_("no place"),
    Decision.OUTSIDE: N_("outside"),
}
"""What is written in the column of decisions, as message ids."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the file: words, and what they are the likeliest to mean."""

    group: Group
    candidate: Candidate | None


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a file. ``learned`` counts texts, ``moved`` the rows they stand in; ``left`` had no decision."""

    learned: int
    left: int
    moved: int
    rejected: tuple[Rejected, ...]


def write_waiting(
    path: Path, lines: Iterable[Waiting], gettext: Gettext, *, store: Store, now: datetime
) -> int:
    """Writes what waits as XLSX or, by the name's ending, CSV that Excel opens; gives how many lines.

    Cells that a spreadsheet program would take for a formula get an apostrophe. The audit notes it.

    Raises:
        OSError: the file can't be written.
    """
    rows = [_cells(line) for line in lines]
    headings = [gettext(column) for column in COLUMNS]
    part = path.with_name(f"{path.name}.part")
    try:
        if path.suffix.lower() == ".xlsx":
            book = Workbook(write_only=True)
            sheet = book.create_sheet(gettext(N_("Words")))
            for row in (headings, *rows):
                sheet.append(row)
            book.save(part)
        else:
            with part.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
                writer.writerows((headings, *rows))
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    with store.write(quiet=True) as connection:
        audit.record(connection, at=now, by=None, action="words.exported", after={"number": len(rows)})
    return len(rows)


def _cells(line: Waiting) -> list[str | int | float]:
    group, found = line.group, line.candidate
    cells: list[str | int | float] = [group.key, harmless(group.text), group.rows, ""]
    # A whole locality is no spot that a line with two numbers could say.
    if found is None or found.point is None or found.level is not Level.SPOT:
        return cells + [""] * (len(COLUMNS) - len(cells))
    lon, lat = point_to_wgs84(found.point)
    return [
        *cells,
        harmless(found.name),
        harmless(found.locality),
        round(lat, 6),
        round(lon, 6),
        round(found.radius_m),
        round(found.probability, 2),
    ]


def learn_file(
    store: Store,
    geocoder: Geocoder,
    path: Path,
    languages: Sequence[Gettext],
    *,
    now: datetime,
    dry_run: bool = False,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Report:
    """Learns the decisions in a file: all that can be used, in one transaction. Lines without one are left.

    Several lines with the same key and a place each mean several places. ``languages`` translate the
    headings and the decisions' words; the message ids themselves are known too.

    Raises:
        UnreadableInput: it is no table, or has no column for the key or the decision.
    """
    table = read_table(path, limits)
    places = _columns(table, languages)
    meanings, rejected, left = _read(table, places, _decisions(languages))
    moved = Moved()
    learned = 0
    with store.write(keep=not dry_run) as connection:
        for key, (row, meaning) in meanings.items():
            try:
                made, told = review.learn(connection, geocoder, None, key, meaning, now=now)
            except (BadInput, NotFound, Stale) as error:
                rejected.append(_reject(row, "key", key, error.message, **error.params))
                continue
            learned += bool(made)
            moved += told
        review.settle(connection, geocoder, moved)
    return Report(learned, left, moved.rows, tuple(sorted(rejected, key=lambda one: one.row)))


def _columns(table: Table, languages: Sequence[Gettext]) -> dict[str, int]:
    every: list[Gettext] = [str, *languages]
    known = {fold(words(column)): column for column in COLUMNS for words in every}
    found = {known[fold(name)]: i for i, name in enumerate(table.columns) if fold(name) in known}
    for needed in _NEEDED:
        if needed not in found:
            raise UnreadableInput(
                "The file has no column “%(column)s”. Use a file that “trygg review export” has written.",
                column=languages[0](needed) if languages else needed,
            )
    return found


def _decisions(languages: Sequence[Gettext]) -> dict[str, Decision]:
    every: list[Gettext] = [str, *languages]
    return {fold(words(word)): decision for decision, word in WORDS.items() for words in every}


def _read(
    table: Table, places: dict[str, int], decisions: dict[str, Decision]
) -> tuple[dict[str, tuple[int, Meaning]], list[Rejected], int]:
    meanings: dict[str, tuple[int, Meaning]] = {}
    rejected: list[Rejected] = []
    left = 0
    for row, cells in table.rows:
        told = {name: cells[i].strip() if i < len(cells) else "" for name, i in places.items()}
        word = told["decision"]
        if not word:
            left += 1
            continue
        decision = decisions.get(fold(word))
        if decision is None:
            rejected.append(
                _reject(
                    row, "decision", word, N_("The decision is not known. Write place, no place or outside.")
                )
            )
            continue
        try:
            meaning = Meaning(decision, (_target(told),) if decision is Decision.PLACES else ())
        except (BadInput, CrsError) as error:
            rejected.append(_reject(row, "latitude", told.get("latitude", ""), error.message, **error.params))
            continue
        first, before = meanings.get(told["key"], (row, None))
        if before is not None:
            if before.decision is not decision or decision is not Decision.PLACES:
                rejected.append(
                    _reject(
                        row, "decision", word, N_("Another line decides something else about these words.")
                    )
                )
                continue
            meaning = Meaning(decision, (*before.targets, *meaning.targets))
        meanings[told["key"]] = (first, meaning)
    return meanings, rejected, left


def _target(told: dict[str, str]) -> Target:
    try:
        lat, lon = (float(told.get(name, "").replace(",", ".")) for name in ("latitude", "longitude"))
        radius = float((told.get("radius") or "0").replace(",", "."))
    except ValueError as error:
        raise BadInput("A place needs latitude and longitude as numbers.") from error
    if guess_epsg(lon, lat) != WGS84:
        raise BadInput("A place needs latitude and longitude as numbers.")
    return Target(
        to_3006(lon, lat, WGS84),
        radius or review.DRAWN_RADIUS_M,
        name=told.get("place", "").removeprefix("'"),
        locality=told.get("locality", "").removeprefix("'"),
        level=Level.SPOT,
    )


def _reject(row: int, column: str, value: str, reason: str, **params: object) -> Rejected:
    return Rejected(
        row=row,
        column=column,
        value=value,
        reason=reason,
        params={name: str(each) for name, each in params.items()},
    )
