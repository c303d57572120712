"""``trygg geocode`` with an office's file: CSV and XLSX in and out, with the answers in columns."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from geo.settings import ROOT

TRYGG = Path(sys.executable).with_name("trygg")
HEAD = [
    "geo_place", "geo_name", "geo_locality", "geo_lat", "geo_lon", "geo_e", "geo_n", "geo_radius_m", "geo_probability",
    "geo_rule", "geo_level",
]  # fmt: skip


def trygg(
    *arguments: str | Path, cwd: Path, code: int = 0, stdin: bytes = b"", **more: str
) -> tuple[str, str]:
    done = subprocess.run(
        [TRYGG, "geocode", *map(str, arguments)],
        check=False,
        capture_output=True,
        input=stdin,
        cwd=cwd,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(cwd),
            "TRYGG_DATA": str(ROOT / "data"),
            "TRYGG_LANGUAGE": "en",
        }
        | more,
    )
    assert done.returncode == code, done.stderr.decode()
    return done.stdout.decode(), done.stderr.decode()


def rows_in(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_a_latin1_csv_gets_the_answers_in_columns(tmp_path: Path) -> None:
    text = "Nr;Plats;Kommentar\n1;Ånäset busstation;=1+1\n2;vet ej;\n3;Jenningsskolan och Tundalsskolan;två\n"
    (tmp_path / "svar.csv").write_bytes(text.encode("cp1252"))
    trygg("svar.csv", "--column", "plats", "--out", "ut.csv", cwd=tmp_path)
    head, first, none, *several = rows_in((tmp_path / "ut.csv").read_text(encoding="utf-8-sig"))
    assert head == ["Nr", "Plats", "Kommentar", *HEAD]
    assert first[:5] == ["1", "Ånäset busstation", "'=1+1", "1", "Ånäset busstation"]
    told = dict(zip(head, first, strict=True))
    assert float(told["geo_lat"]) == pytest.approx(64.28, abs=0.02)
    assert float(told["geo_n"]) == pytest.approx(7_143_000, abs=5_000)
    assert (told["geo_level"], told["geo_rule"]) == ("spot", "exact")
    assert none[3:] == ["1", "", "", "", "", "", "", "", "0.0", "unknown", "unknown"]
    # A row for each place that a text names.
    assert [row[:5] for row in several] == [
        ["3", "Jenningsskolan och Tundalsskolan", "två", "1", "Jenningsskolan"],
        ["3", "Jenningsskolan och Tundalsskolan", "två", "2", "Tundalsskolan"],
    ]


def test_a_workbook_with_a_title_above_its_headings(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["Trygghetsundersökning 2022"], [], ["Respondent", "Vilken plats känns otrygg?"], ["a", "Jenningsskolan"],
                ["b", "Tundalsskolan"]):  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "svar.xlsx")
    trygg("svar.xlsx", "--column", "vilken plats känns otrygg", "--out", "ut.xlsx", cwd=tmp_path)
    sheet = load_workbook(tmp_path / "ut.xlsx").active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0][2:] == HEAD
    assert [row[3] for row in rows[1:]] == ["Jenningsskolan", "Tundalsskolan"]
    assert isinstance(rows[1][rows[0].index("geo_lat")], float)
    # Done again, the answers take the place of the earlier ones.
    trygg("ut.xlsx", "--column", "Vilken plats känns otrygg?", "--out", "igen.xlsx", cwd=tmp_path)
    again = load_workbook(tmp_path / "igen.xlsx").active
    assert [list(row) for row in again.iter_rows(values_only=True)] == rows


def test_one_column_needs_no_name_and_standard_output_is_csv(tmp_path: Path) -> None:
    (tmp_path / "svar.csv").write_text("plats\nJenningsskolan\nan\u000bka\n", encoding="utf-8")
    out, _err = trygg("svar.csv", cwd=tmp_path)
    assert [row[2] for row in rows_in(out)][:2] == ["geo_name", "Jenningsskolan"]
    trygg("svar.csv", "--out", "ut.xlsx", cwd=tmp_path)


def test_an_area_by_option_or_by_setting(tmp_path: Path, helsinki_area: Path) -> None:
    (tmp_path / "svar.csv").write_text("plats\nJärnvägstorget\n", encoding="utf-8")
    by_option, _ = trygg("svar.csv", "--area", helsinki_area, cwd=tmp_path)
    assert rows_in(by_option)[1][2] == "Järnvägstorget"
    by_setting, _ = trygg("svar.csv", cwd=tmp_path, TRYGG_AREA=str(helsinki_area))
    assert by_setting == by_option
    lines, _ = trygg("--area", helsinki_area, cwd=tmp_path, stdin="Järnvägstorget\n".encode())
    assert '"name": "Järnvägstorget"' in lines


def test_what_is_wrong_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "svar.csv").write_text("Nr;Plats\n1;Jenningsskolan\n", encoding="utf-8")
    before = (tmp_path / "svar.csv").read_bytes()
    for arguments, said in (
        (["svar.csv", "--column", "Adress", "--out", "ut.csv"], "Nr, Plats"),
        (["svar.csv", "--out", "ut.csv"], "Nr, Plats"),
        (["svar.csv", "--column", "Plats", "--out", "svar.csv"], "not written over"),
        (["svar.csv", "--column", "Plats", "--out", "nowhere/ut.csv"], "can't be written"),
        (["--column", "Plats"], "--column"),
    ):
        _out, err = trygg(*arguments, cwd=tmp_path, code=2)
        assert said in err
    (tmp_path / "tom.csv").write_bytes(b"")
    trygg("tom.csv", cwd=tmp_path, code=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["svar.csv", "tom.csv"]
    assert (tmp_path / "svar.csv").read_bytes() == before
