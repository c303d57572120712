"""What a file is, told by its content and not by its name."""

import re
from enum import StrEnum
from pathlib import Path

from geo.errors import UnreadableInput

_HEAD = 4_096
_SPACE = b" \t\r\n"
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_MARKUP = re.compile(
    rb"<(?:!doctype|html|head|body|table|\?xml|meta|script|div|!--|[a-z]+:|ogr)", re.IGNORECASE
)
_DXF = re.compile(rb"(?:999\s*\r?\n[^\n]*\n\s*)*0\s*\r?\n\s*SECTION\b")
_SQLITE = b"SQLite format 3\x00"
_GEOPACKAGE_ID = slice(68, 72)
"""Where an SQLite file says which application it belongs to."""


class FileKind(StrEnum):
    """The kinds of content that are told apart."""

    TEXT = "text"
    ZIP = "zip"
    OLE = "ole"
    """Old Excel files (.xls) and workbooks with a password."""
    JSON = "json"
    GEOPACKAGE = "geopackage"
    DXF = "dxf"
    """A drawing of a CAD program, as text."""
    MARKUP = "markup"
    BINARY = "binary"


def kind_of(path: Path) -> FileKind:
    """The kind of a file, by its first bytes.

    Raises:
        UnreadableInput: the file can't be opened.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise UnreadableInput(
            "The file “%(file)s” can't be opened.", file=path.name, detail=str(error)
        ) from error
    return kind_of_bytes(head)


def kind_of_bytes(head: bytes) -> FileKind:
    """The kind of content that begins with ``head``."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return FileKind.ZIP
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return FileKind.OLE
    if head.startswith(_SQLITE) and head[_GEOPACKAGE_ID] in (b"GPKG", b"GP10", b"GP11"):
        return FileKind.GEOPACKAGE
    text = head
    for bom in _BOMS:
        text = text.removeprefix(bom)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = text.replace(b"\x00", b"")
    text = text.lstrip(_SPACE)
    if _DXF.match(text):
        return FileKind.DXF
    if _MARKUP.match(text):
        return FileKind.MARKUP
    if text[:1] in (b"{", b"["):
        return FileKind.JSON
    return FileKind.BINARY if b"\x00" in text or head.startswith((b"%PDF", b"\x89PNG")) else FileKind.TEXT


def refusal(kind: FileKind) -> UnreadableInput:
    """The error that says what a file is, where it can't be read as what was asked for."""
    if kind is FileKind.MARKUP:
        return UnreadableInput(
            "The file is a web page or XML, whatever its name says. Open it, and save the data as CSV, XLSX "
            "or GeoJSON."
        )
    if kind is FileKind.OLE:
        return UnreadableInput(
            "The file is an old Excel file (.xls) or has a password. Open it and save it as .xlsx, without a "
            "password."
        )
    if kind is FileKind.JSON:
        return UnreadableInput("The file is JSON, not a table. A table is CSV or XLSX.")
    if kind is FileKind.GEOPACKAGE:
        return UnreadableInput("The file is a GeoPackage, not a table. A table is CSV or XLSX.")
    if kind is FileKind.DXF:
        return UnreadableInput(
            "The file is a drawing (DXF). It can be read where a station's file is asked for."
        )
    if kind is FileKind.ZIP:
        return UnreadableInput(
            "The file is a zip archive or a workbook, whatever its name says. It can't be read as what was "
            "asked for."
        )
    return UnreadableInput(
        "The file is neither a table nor a vector file that can be read: CSV, XLSX, GeoJSON."
    )
