"""Rejected rows written back as CSV for the office that sent the file."""

import csv
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from geo.messages import N_
from geo.model import Rejected

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What spreadsheet programs take for the start of a formula, or skip before one."""
_WIDE_FORMULA = ("＝", "＋", "－", "＠")
"""Full-width forms of the same: some programs make them plain."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HEADINGS = (N_("Row"), N_("Column"), N_("Value"), N_("Reason"))


def write_rejected(path: Path, rejected: Sequence[Rejected], translate: Callable[[str], str]) -> None:
    """Writes rejected rows (or notes) as CSV that Excel opens: UTF-8 with its mark, semicolons.

    Cells that a spreadsheet program would take for a formula get an apostrophe before them. The value of a
    row refused by policy is left out.

    Args:
        path: written anew.
        translate: a message id in the user's language; parameters are put in afterwards.

    Raises:
        OSError: the file can't be written.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(translate(heading) for heading in _HEADINGS)
        for one in rejected:
            value = "" if one.refused else one.value
            reason = translate(one.reason) % one.params
            row = str(one.row) if one.row else ""
            writer.writerow((row, *(harmless(cell) for cell in (one.column, value, reason))))


def harmless(cell: str) -> str:
    """A cell that no spreadsheet program runs: with an apostrophe before it where it looks like a formula.

    Control characters, which workbooks can't hold, are left out.
    """
    cell = _CONTROL.sub("", cell)
    bare = cell.lstrip(" \u00a0\ufeff\u200b")
    return f"'{cell}" if bare.startswith(_FORMULA + _WIDE_FORMULA) else cell
