"""A report as a sheet of words and tables, written the same way to a page, a CSV file and a tagged PDF."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import typst

from geo.importing.rejected import harmless

_PDF = """\
#let sheet = json(bytes(sys.inputs.sheet))
#set document(title: sheet.title)
#set text(lang: sheet.language, size: 10pt)
#set page(paper: "a4", margin: 2cm, footer: context align(center, text(size: 8pt)[
  #sheet.title · #counter(page).display("1 / 1", both: true)]))
#set table(stroke: (x, y) => if y == 0 { (bottom: 0.8pt) } else { (bottom: 0.3pt + luma(180)) }, inset: (x: 4pt, y: 4pt))
#show table.cell.where(y: 0): strong
#show heading.where(level: 1): set text(size: 18pt)
#show heading.where(level: 2): set block(above: 1.4em, below: 0.7em)
#set par(justify: false)
#heading(level: 1, sheet.title)
#for line in sheet.lead { par(line) }
#for part in sheet.tables {
  heading(level: 2, part.heading)
  if part.rows.len() == 0 { par(part.empty) } else {
    table(
      columns: part.columns.map(_ => 1fr),
      table.header(..part.columns.map(each => text(each))),
      ..part.rows.flatten().map(each => text(each)),
    )
  }
}
#heading(level: 2, sheet.notes_heading)
#list(..sheet.notes.map(each => text(each)))
"""
"""What is said comes as data, never as markup: no text of a user can be run."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its heading; ``empty`` is said where it has no row."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report in one language. ``notes`` are its sources and how sure it is."""

    title: str
    language: str
    lead: tuple[str, ...]
    tables: tuple[Table, ...]
    notes_heading: str
    notes: tuple[str, ...]


def as_csv(sheet: Sheet) -> bytes:
    """The sheet for a spreadsheet: UTF-8 with a mark and semicolons, as Swedish ones want it; nothing in it is run."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    _write(writer, [(sheet.title,), *((line,) for line in sheet.lead)])
    for table in sheet.tables:
        _write(writer, [(), (table.heading,), table.columns, *(table.rows or ((table.empty,),))])
    _write(writer, [(), (sheet.notes_heading,), *((note,) for note in sheet.notes)])
    return out.getvalue().encode("utf-8-sig")


def _write(writer: Any, rows: Sequence[Sequence[str]]) -> None:
    writer.writerows([harmless(cell) for cell in row] for row in rows)


def as_pdf(sheet: Sheet) -> bytes:
    """The sheet on A4 as a tagged PDF (PDF/UA-1)."""
    made: bytes = typst.compile(
        _PDF.encode(),
        format="pdf",
        sys_inputs={"sheet": json.dumps(asdict(sheet), ensure_ascii=False)},
        ignore_system_fonts=True,
        pdf_standards="ua-1",
    )
    return made
