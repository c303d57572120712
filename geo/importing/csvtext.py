"""CSV: bytes → text → rows of cells, whatever the office's program made of encoding and separator."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from geo.errors import UnreadableInput
from geo.importing.headers import known_cells

_DELIMITERS = ";,\t|"
_SAMPLE_ROWS = 60
_SAMPLE_CHARACTERS = 200_000
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_C1 = re.compile(rb"[\x80-\x9f]")
_FOREIGN = re.compile(r"[a-zåäö][†„ŒŠ][a-zåäö]|Ã[¥¤¶„…–]")
"""What å, ä and ö look like when text in DOS's or the old Macintosh's encoding, or UTF-8 with a broken byte
in it, is read as Windows-1252. No Swedish word has these."""


def decode(data: bytes) -> tuple[str, str]:
    """The text of a CSV file and the name of its encoding.

    Raises:
        UnreadableInput: it is none of UTF-8, UTF-16 with its mark, Latin-1 and Windows-1252, or no text.
    """
    encoding = next((name for bom, name in _BOMS.items() if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise _encoding_error(str(error)) from error
        text, encoding = _decode_western(data)
    if "\x00" in text:
        raise UnreadableInput("The file holds binary data, or UTF-16 without its mark. Save it as CSV UTF-8.")
    return text, encoding


def _decode_western(data: bytes) -> tuple[str, str]:
    encoding = "cp1252" if _C1.search(data) else "latin-1"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _encoding_error(str(error)) from error
    strange = _FOREIGN.search(text)
    if strange:
        raise _encoding_error(f"found {strange.group()!r}")
    return text, encoding


def _encoding_error(detail: str) -> UnreadableInput:
    return UnreadableInput(
        "The letters of the file can't be told: it is neither UTF-8, UTF-16, Latin-1 nor Windows-1252 all "
        "through. Save it as CSV UTF-8.",
        detail=detail,
    )


def rows_of(text: str) -> tuple[str, Iterator[list[str]]]:
    """The separator (empty where there is but one column) and the rows of a CSV text.

    A first line ``sep=;`` is an instruction to Excel, which does not count it as a row; nor do we.

    Raises:
        UnreadableInput: while rows are drawn, where a quotation mark is not closed or stands amiss.
    """
    told = _SEP_LINE.match(text)
    if told:
        text = text[told.end() :]
        delimiter = told[1]
    else:
        delimiter = _delimiter(text)
    return delimiter, _rows(text, delimiter)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    number = 0
    # A character that no text has stands for "no separator".
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or "\x00", strict=True)
    try:
        for row in reader:
            number += 1
            yield row
    except csv.Error as error:
        if "field limit" in str(error):
            raise UnreadableInput(
                "A cell in row %(row)s has more than %(most)s characters, or the quotation marks around it don't match.",
                row=number + 1,
                most=csv.field_size_limit(),
                detail=str(error),
            ) from error
        raise UnreadableInput(
            "The quotation marks in row %(row)s don't match, so its end can't be told: in a quoted cell, "
            "write a quotation mark twice.",
            row=number + 1,
            detail=str(error),
        ) from error


def _delimiter(text: str) -> str:
    """The separator under which the first rows look most like a table."""
    sample = text[:_SAMPLE_CHARACTERS]
    best = ""
    best_score = (
        max(known_cells([line.strip()]) for line in sample.splitlines()[:_SAMPLE_ROWS] or [""]),
        1,
        1.0,
    )
    for delimiter in _DELIMITERS:
        if delimiter not in sample:
            continue
        rows = [row for row in _sample(sample, delimiter) if any(cell.strip() for cell in row)]
        if not rows:
            return delimiter
        known = [known_cells([cell.strip() for cell in row]) for row in rows]
        widths = Counter(len(row) for row in rows)
        most = max(known)
        # With headings recognised, their row decides; else the separator that makes most rows equally wide.
        width = len(rows[known.index(most)]) if most else widths.most_common(1)[0][0]
        score = (most, min(width, 2), widths[width] / len(rows) * width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _sample(sample: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), _SAMPLE_ROWS))
    except csv.Error:
        return rows
    return rows
