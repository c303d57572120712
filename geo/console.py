"""What the command line shows: progress, tables and errors."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from geo.errors import GeoError
from geo.messages import N_, catalogue, say
from geo.model import Rejected

if TYPE_CHECKING:
    from geo.report import Report

SHOWN_ROWS = 20
"""Rejected rows shown on screen; the rest go to the file named by --rejected."""

_LINES = (
    ("read", N_("read")),
    ("new", N_("new")),
    ("known", N_("already known")),
    ("located", N_("located")),
    ("locality", N_("only to locality")),
    ("municipality", N_("only to municipality")),
    ("outside", N_("in another municipality")),
    ("not_located", N_("not located")),
    ("rejected", N_("rejected")),
)
_WHERE_ANY = (
    ("refused", N_("of which refused: kinds we never keep")),
    ("duplicates", N_("possible duplicates, counted once")),
    ("dangers", N_("tell of a danger: see trygg queue")),
    ("held", N_("held back until somebody has looked: see /held")),
    ("changed", N_("brought up to date")),
)


CLICK_WORDS = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Error: {message}"),
    N_("Error"),
    N_("Aborted!"),
    N_("Show this message and exit."),
    N_("Show the version and exit."),
    N_("Try '{command} {option}' for help."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing command."),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a directory."),
    N_("File"),
    N_("default: {default}"),
    N_("required"),
)
"""What the command-line library says itself; it asks gettext's own catalogue, which is ours."""


@contextmanager
def progress_bar(language: str) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on standard error, one line a stage; nothing where nobody watches."""
    text = catalogue(language).gettext
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(text(stage), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield show


def show_report(report: "Report", language: str) -> None:
    """The numbers of an import as a table."""
    text = catalogue(language).gettext
    rows = [[text(label), str(getattr(report, name))] for name, label in _LINES]
    rows += [[text(label), str(getattr(report, name))] for name, label in _WHERE_ANY if getattr(report, name)]
    found = Table(show_header=False)
    found.add_column()
    found.add_column(justify="right")
    for row in rows:
        found.add_row(*row)
    Console().print(found)
    if report.dry_run:
        Console().print(text(N_("Rehearsal: nothing was kept.")))


def show_notes(report: "Report", language: str, *, listed: bool) -> None:
    """The rejected rows and the notes in words; ``listed``: on screen, as no file takes them."""
    if not listed:
        return
    tell_rejected(
        (*report.rows, *report.notes),
        language,
        more=N_("… and %(number)s more. Write them all to a file with --rejected."),
    )


def tell_rejected(
    rows: Sequence[Rejected], language: str, *, more: str = N_("… and %(number)s more.")
) -> None:
    """The first ``SHOWN_ROWS`` rejected rows in words, on standard error; ``more`` says how many follow."""
    text = catalogue(language).gettext
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for row in rows[:SHOWN_ROWS]:
        console.print(escape(_line(row, text)))
    if len(rows) > SHOWN_ROWS:
        console.print(text(more) % {"number": len(rows) - SHOWN_ROWS})


def _line(row: Rejected, text: Callable[[str], str]) -> str:
    # What is said of a whole column has no row.
    where = [text(N_("row %(row)s")) % {"row": row.row}] if row.row else []
    column = [_printable(row.column)] if row.column else []
    value = "" if row.refused or not row.value else f" “{_printable(row.value)}”"
    return f"{', '.join(where + column)}{value}: {text(row.reason) % row.params}"


def _printable(value: str) -> str:
    """A cell's text without anything that a terminal would obey."""
    return "".join(mark if mark.isprintable() else "·" for mark in value[:80])


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on standard output."""
    found = Table(*headers)
    for row in rows:
        found.add_row(*(escape(_printable(cell)) for cell in row))
    Console().print(found)


def show_error(error: GeoError, language: str) -> None:
    """An error in the user's language, on standard error."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(escape(say(error, language)), style="bold")
