"""Rejected rows written back: no formula runs, nothing refused is repeated."""

import csv
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo.importing.rejected import harmless, write_rejected
from geo.model import Rejected


def rows(path: Path) -> list[list[str]]:
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(data.decode("utf-8-sig").splitlines(keepends=True), delimiter=";"))


def test_rows_in_the_users_language(tmp_path: Path) -> None:
    words = {
        "Row": "Rad",
        "Column": "Kolumn",
        "Value": "Värde",
        "Reason": "Skäl",
        "Bad %(what)s.": "Fel %(what)s.",
    }
    file = tmp_path / "r.csv"
    write_rejected(
        file, [Rejected(7, "Datum", 'igår; "kanske"', "Bad %(what)s.", {"what": "dag"})], words.__getitem__
    )
    assert rows(file) == [["Rad", "Kolumn", "Värde", "Skäl"], ["7", "Datum", 'igår; "kanske"', "Fel dag."]]


def test_a_refused_value_is_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    write_rejected(file, [Rejected(7, "Brott", "hemligt", "No.", refused=True)], str)
    assert rows(file)[1] == ["7", "Brott", "", "No."]


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00a0=1",
        "\ufeff=1",
        "＝1",
        "=cmd|'/c calc'!A0",
    ],
)
def test_formulas_are_made_harmless_in_every_column(tmp_path: Path, cell: str) -> None:
    file = tmp_path / "r.csv"
    write_rejected(file, [Rejected(2, cell, cell, "%(said)s", {"said": cell})], str)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        (_head, written) = csv.reader(stream, delimiter=";")
    assert written[1:] == [f"'{cell}"] * 3


@settings(max_examples=200)
@given(st.text(max_size=20))
@example("\x1f")
@example("\x00=1")
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    made = harmless(cell)
    assert made.lstrip()[:1] not in ("=", "+", "-", "@")
    # Nothing else is changed but what no workbook can hold.
    kept = "".join(sign for sign in cell if sign >= " " or sign in "\t\n\r")
    assert made in (kept, f"'{kept}")
