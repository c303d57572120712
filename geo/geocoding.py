"""``trygg geocode``: where texts are, from lines of text or a column of an office's file."""

import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.console import progress_bar
from geo.edge import FILE, LANGUAGE, _, errors, example, settings_of
from geo.errors import BadInput, UnreadableInput
from geo.publish.names import Names

if TYPE_CHECKING:
    from geo.geocoder import Geocoder
    from geo.importing.tables import Table

_TOLD_EVERY = 200
_SHEETS = (".xlsx",)


@click.command(
    help=_(
        "Say where texts are. Without a file: read texts, one a line, and print an answer for each as JSON. With one "
        "(CSV, XLSX, ODS): write it anew with the answers in columns, a row for each place that a text names."
    )
    + "\n\n"
    + example("trygg geocode < texter.txt")
    + "\n  trygg geocode svar.xlsx --column plats --out svar-med-lägen.xlsx --area areas/2409"
)
@click.argument("file", type=FILE, required=False)
@click.option(
    "--area",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=_("The area package; left out, TRYGG_AREA, else the names in TRYGG_DATA."),
)
@click.option("--column", help=_("The column with the texts; may be left out where there is only one."))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("The file to write, .csv or .xlsx; left out, CSV on standard output."),
)
def geocode(*, file: Path | None, folder: Path | None, column: str | None, out: Path | None) -> None:
    with errors():
        settings = settings_of()
        geocoder = Names(replace(settings, area=folder) if folder else settings).geocoder
        if file is None:
            if column or out:
                raise BadInput("--column and --out go with a file.")
            _lines(geocoder)
        else:
            _file(geocoder, file, column, out)


def _lines(geocoder: "Geocoder") -> None:
    from geo.render.answers import match_json

    for line in sys.stdin.buffer:
        text = _decode(line).rstrip("\r\n")
        answer = match_json(geocoder.geocode_all(text)) | {"text": text}
        click.echo(json.dumps(answer, ensure_ascii=False))


def _decode(line: bytes) -> str:
    """UTF-8, or Windows-1252 as Swedish offices write it."""
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def _file(geocoder: "Geocoder", file: Path, column: str | None, out: Path | None) -> None:
    from geo.importing.tables import read_table

    if out is not None and out.exists() and out.samefile(file):
        raise BadInput("The file is not written over: give --out another name.")
    table = read_table(file)
    rows = _answered(geocoder, table, _place_of(table, column))
    if out is None:
        csv.writer(sys.stdout, delimiter=";").writerows(rows)
        return
    part = out.with_name(f"{out.name}.part")
    try:
        _write(part, rows, workbook=out.suffix.lower() in _SHEETS)
        os.replace(part, out)
    except OSError as error:
        raise UnreadableInput("The file %(file)s can't be written: %(why)s", file=out, why=error) from error
    finally:
        part.unlink(missing_ok=True)


def _place_of(table: "Table", column: str | None) -> int:
    """The number of the column with the texts."""
    from geo.swedish import fold

    named = [name for name in table.columns if name]
    if column is None and len(named) == 1:
        return table.columns.index(named[0])
    if column is None:
        raise BadInput(
            "Say with --column which column has the texts. The columns are: %(columns)s.",
            columns=", ".join(named),
        )
    for same in (lambda name: name == column, lambda name: bool(name) and fold(name) == fold(column)):
        found = [place for place, name in enumerate(table.columns) if same(name)]
        if found:
            return found[0]
    raise BadInput(
        "There is no column “%(column)s”. The columns are: %(columns)s.",
        column=column,
        columns=", ".join(named),
    )


def _answered(geocoder: "Geocoder", table: "Table", place: int) -> Iterator[list[str | int | float]]:
    """The heading and the rows with the answers' columns; those of an earlier run are left out."""
    from geo.importing.rejected import harmless
    from geo.render.answers import ANSWER_COLUMNS, answer_cells

    own = [number for number, name in enumerate(table.columns) if name not in ANSWER_COLUMNS]
    yield [*(harmless(table.columns[number]) for number in own), *ANSWER_COLUMNS]
    with progress_bar(LANGUAGE) as progress:
        for done, (_row, cells) in enumerate(table.rows, 1):
            kept = [harmless(cells[number]) if number < len(cells) else "" for number in own]
            text = cells[place] if place < len(cells) else ""
            for ordinal, match in enumerate(geocoder.geocode_all(text), 1):
                yield [*kept, *answer_cells(match, ordinal)]
            if done % _TOLD_EVERY == 0 or done == len(table.rows):
                progress("placing", done, len(table.rows))


def _write(path: Path, rows: Iterable[Sequence[str | int | float]], *, workbook: bool) -> None:
    if workbook:
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
        book.save(path)
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\r\n").writerows(rows)
