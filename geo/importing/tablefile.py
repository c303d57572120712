"""A table file → its headings and rows. Runs in the child process."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from geo.errors import UnreadableInput
from geo.importing.csvtext import decode, rows_of
from geo.importing.headers import known_cells
from geo.importing.limits import Limits, too_many_rows
from geo.importing.sniff import FileKind, kind_of, refusal
from geo.importing.workbook import read_sheets

_HEADER_SAMPLE = 25
"""The headings stand in one of the first so many rows that aren't blank."""
_MAX_CELLS = 5_000_000
"""Bounds the memory of whoever keeps the table: some 60 bytes a cell and the text."""
_MAX_COLUMNS = 16_384
"""As many as a workbook has."""
_BATCH = 1_000
"""Rows to a line of the answer: fewer, longer lines are quicker."""
_CONTROLS = {code: " " for code in (*range(32), *range(0x7F, 0xA0)) if code != 0x0A}

Row = tuple[int, list[str]]
"""Row number from 1, and the cells without empty ones at the end."""


def read_rows(path: Path, limits: Limits) -> Iterator[Any]:
    """Yields ``{"columns", "encoding", "delimiter"}``, then lists of ``[row number, cells]`` for the data.

    Rows hold as many cells as there are columns; in CSV more, where a row has more than headings.

    Raises:
        UnreadableInput: the file is no table, has no headings, or is beyond a limit.
    """
    kind = kind_of(path)
    if kind is FileKind.TEXT:
        text, encoding = decode(path.read_bytes())
        delimiter, cells = rows_of(text)
        del text
    elif kind is FileKind.ZIP:
        encoding, delimiter = "", ""
        cells = read_sheets(path, limits)
    else:
        raise refusal(kind)
    rows = _numbered(cells)
    head = list(islice(rows, _HEADER_SAMPLE))
    found = _find_header(head)
    columns = head[found][1]
    # In a workbook a cell to the right of the headings is a remark; in CSV it's a sign of a broken row.
    width = len(columns)
    yield {"columns": columns, "encoding": encoding, "delimiter": delimiter}
    total, batch = 0, []
    for count, (number, row) in enumerate(chain(head[found + 1 :], rows), 1):
        if count > limits.max_rows:
            raise too_many_rows(limits)
        whole = [*(row[:width] if kind is FileKind.ZIP else row), *[""] * (width - len(row))]
        total += len(whole)
        if total > _MAX_CELLS:
            raise UnreadableInput(
                "The table has more than %(cells)s cells. Delete columns that aren't needed, or divide it.",
                cells=_MAX_CELLS,
            )
        batch.append((number, whole))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _numbered(cells: Iterator[list[str]]) -> Iterator[Row]:
    for number, row in enumerate(cells, 1):
        cleaned = [clean(cell) for cell in row]
        while cleaned and not cleaned[-1]:
            cleaned.pop()
        if len(cleaned) > _MAX_COLUMNS:
            raise UnreadableInput(
                "Row %(row)s has more than %(columns)s cells. Delete columns that aren't needed.",
                row=number,
                columns=_MAX_COLUMNS,
            )
        if cleaned:
            yield number, cleaned


def clean(cell: str) -> str:
    """A cell without control characters and outer space, its letters composed (å, not a and a ring)."""
    if not cell.isprintable():
        cell = cell.replace("\r\n", "\n").translate(_CONTROLS)
    if not cell.isascii():
        cell = unicodedata.normalize("NFC", cell)
    return cell.strip()


def _find_header(rows: Sequence[Row]) -> int:
    """The index of the row with the headings: titles may stand above it.

    It is the first with two headings that are known, or one where most cells are filled; else the first
    row as full as any.
    """
    filled = [sum(1 for cell in row if cell) for _number, row in rows]
    widest = max(filled, default=0)
    if widest == 0:
        raise UnreadableInput("The table is empty: no row has anything in it.")
    known = [known_cells(row) for _number, row in rows]
    for index, count in enumerate(known):
        if count > 1 or (count == 1 and filled[index] * 2 >= widest):
            return index
    return filled.index(widest)
