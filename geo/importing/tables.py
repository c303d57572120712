"""Tables (CSV, XLSX, ODS) of any office: headings and rows of text."""

from dataclasses import dataclass
from pathlib import Path

from geo.importing.limits import Limits
from geo.importing.sandbox import run

__all__ = ["Limits", "Table", "read_table"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text.

    ``columns`` are the headings as written, empty where a column has none. ``rows`` are (row number,
    cells): the number is the one the user's spreadsheet program shows; blank rows are left out. There are
    as many cells as columns, but in CSV a broken row may have more. Dates of a workbook are ISO text.
    ``encoding`` and ``delimiter`` are empty for a workbook, ``delimiter`` also for a single column.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str = ""
    delimiter: str = ""


def read_table(path: Path, limits: Limits = Limits()) -> Table:  # noqa: B008 - frozen
    """The table in a file; what kind of file is told by its content.

    In a workbook it's the first visible sheet whose headings are recognised, else the first with data.

    Raises:
        UnreadableInput: the file is missing, no table, beyond a limit, damaged, or in letters that can't
            be told.
    """
    head, *batches = run("table", path, limits)
    return Table(
        columns=tuple(head["columns"]),
        rows=tuple((number, tuple(cells)) for batch in batches for number, cells in batch),
        encoding=head["encoding"],
        delimiter=head["delimiter"],
    )
