"""Workbooks (XLSX, ODS): unpacked within bounds, then read by calamine."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from geo.errors import UnreadableInput
from geo.importing.headers import known_cells
from geo.importing.limits import Limits, too_big
from geo.importing.sniff import FileKind, refusal

Cell = int | float | str | bool | time | date | datetime | timedelta | None

_MEMBERS = 2_000
_CHUNK = 65_536
_LOCAL_HEADER = 30
"""Bytes of a member's own header before its name."""
_NAME_LENGTHS = slice(26, 30)
_ENCRYPTED = 0x1
_HEADER_SAMPLE = 20
_RECIPES = (b"<!doctype", b"<!entity")
"""What no office program writes into a workbook: it lets XML multiply itself or fetch other files."""


def read_sheets(path: Path, limits: Limits) -> Iterator[list[str]]:
    """The rows of the sheet that holds the data, from its first row on, as text.

    That is the first visible sheet in whose upper rows the headings are recognised, else the first with
    anything in it.

    Raises:
        UnreadableInput: no workbook, too big unpacked, with a password, damaged, or empty.
    """
    check_zip(path, limits)
    try:
        book = CalamineWorkbook.from_path(path)
        first: CalamineSheet | None = None
        for info in book.sheets_metadata:
            if info.visible is not SheetVisibleEnum.Visible:
                continue
            sheet = book.get_sheet_by_name(info.name)
            if sheet.end is None:
                continue
            if any(known_cells(row) > 1 for _, row in zip(range(_HEADER_SAMPLE), _rows(sheet), strict=False)):
                return _rows(sheet)
            first = first or sheet
    except PasswordError as error:
        raise refusal(FileKind.OLE) from error
    except (CalamineError, OSError) as error:
        raise UnreadableInput(
            "The workbook is damaged or of a kind that can't be read. Save it anew as .xlsx.",
            detail=str(error),
        ) from error
    if first is None:
        raise UnreadableInput("The workbook has no visible sheet with data.")
    return _rows(first)


def _rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    for row in sheet.iter_rows():
        yield [text_of(cell) for cell in row]


def text_of(cell: Cell) -> str:
    """A cell as text: dates as ISO, whole numbers without decimals, true and false."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat() if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    if isinstance(cell, time | date):
        return cell.isoformat()
    return str(cell)


def check_zip(path: Path, limits: Limits) -> None:
    """Makes sure that a zip unpacks within the bound: as it says, and as it does.

    Raises:
        UnreadableInput: it doesn't, or it is no zip, damaged, encrypted or packed in an unusual way.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MEMBERS or sum(member.file_size for member in members) > limits.max_bytes:
                raise too_big(limits)
            left = limits.max_bytes
            with path.open("rb") as file:
                for member in members:
                    left -= _unpacked_size(file, member, left, limits)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
        raise UnreadableInput(
            "The workbook is damaged or of a kind that can't be read. Save it anew as .xlsx.",
            detail=str(error),
        ) from error


def _unpacked_size(file: BinaryIO, member: zipfile.ZipInfo, left: int, limits: Limits) -> int:
    """The bytes a member really unpacks to: what the archive says of itself may be a lie."""
    if member.flag_bits & _ENCRYPTED:
        raise refusal(FileKind.OLE)
    file.seek(member.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER:
        raise EOFError("a member's header is cut off")
    name, extra = struct.unpack("<HH", header[_NAME_LENGTHS])
    file.seek(name + extra, 1)
    if member.compress_type == zipfile.ZIP_STORED:
        _check_xml(file.read(min(_CHUNK, member.compress_size)))
        return member.compress_size
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise NotImplementedError(f"packed by method {member.compress_type}")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    size, packed = 0, member.compress_size
    while not unpacker.eof:
        chunk = unpacker.unconsumed_tail or file.read(min(_CHUNK, packed))
        if not chunk:
            raise EOFError("a member is cut off")
        if not unpacker.unconsumed_tail:
            packed -= len(chunk)
        data = unpacker.decompress(chunk, _CHUNK * 16)
        if size < _CHUNK:
            _check_xml(data)
        size += len(data)
        if size > left:
            raise too_big(limits)
    return size


def _check_xml(start: bytes) -> None:
    # As UTF-16 every other byte is none.
    text = start[: 2 * _CHUNK].replace(b"\x00", b"").lower()
    if any(recipe in text for recipe in _RECIPES):
        raise UnreadableInput(
            "The workbook holds XML with rules of its own (a DTD), which no office program writes. Open it, and save "
            "it anew as .xlsx."
        )
