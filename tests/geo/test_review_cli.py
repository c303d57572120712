"""``trygg review``: the waiting words to a spreadsheet and the decisions back, as a coordinator's shell does it."""

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from geo.settings import ROOT

TRYGG = Path(sys.executable).with_name("trygg")
TEXTS = ["skejten", "Skejten", "vet ej", "=HYPERLINK(1)", "ladan", "Jenningsskolan"]


def trygg(folder: Path, *arguments: str | Path, code: int = 0, language: str = "sv") -> str:
    done = subprocess.run(
        [TRYGG, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TRYGG_DATABASE_URL": f"sqlite:///{folder / 't.sqlite'}",
            "TRYGG_DATA": str(ROOT / "data"),
            "TRYGG_LANGUAGE": language,
            "COLUMNS": "200",
        },
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the answers of one survey."""
    folder = tmp_path_factory.mktemp("filled")
    lines = ["Respondent;Plats", *(f"r{i};{text}" for i, text in enumerate(TEXTS))]
    (folder / "svar.csv").write_text("\n".join(lines), encoding="cp1252")
    trygg(folder, "import", "survey", "svar.csv", "--survey", "Enkät 2022")
    return folder / "t.sqlite"


@pytest.fixture
def run(filled: Path, tmp_path: Path) -> Callable[..., str]:
    """``trygg`` in a folder of its own, with a copy of the database."""
    shutil.copy(filled, tmp_path)
    return partial(trygg, tmp_path)


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


def write(path: Path, rows: list[list[object]]) -> None:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def test_the_list_shows_what_waits(run) -> None:
    said = run("review", "list")
    assert [text in said for text in ("Skejten", "vet ej", "ladan", "Jenningsskolan")] == [
        True,
        True,
        True,
        False,
    ]
    assert said.index("Skejten") < said.index("vet ej")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_decisions_written_in_a_workbook_are_learned(run, tmp_path: Path, language: str) -> None:
    run("review", "export", "ut.xlsx", language=language)
    sheet = load_workbook(tmp_path / "ut.xlsx").active
    head, *rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert head[:4] == (
        ["nyckel", "text", "rader", "beslut"] if language == "sv" else ["key", "text", "rows", "decision"]
    )
    texts = {str(row[1]): row for row in rows}
    assert set(texts) == {"Skejten", "vet ej", "'=HYPERLINK(1)", "ladan"}
    place, none, outside = (
        ("plats", "Ingen plats", "UTANFÖR") if language == "sv" else ("place", "no place", "outside")
    )
    texts["Skejten"][3:9] = [place, "Skateparken", "Robertsfors", "64,1880", 20.85, ""]
    texts["vet ej"][3] = none
    texts["'=HYPERLINK(1)"][3] = outside
    write(tmp_path / "in.xlsx", [head, *texts.values()])
    said = run("review", "import", "in.xlsx", "--dry-run", language=language)
    assert ("3 texter lärdes in och placerade 4 rader; 1 saknade beslut." in said) == (language == "sv")
    assert "skejten" in run("review", "list").lower()
    run("review", "import", "in.xlsx", language="sv" if language == "en" else "en")
    left = run("review", "list")
    assert "ladan" in left
    assert "vet ej" not in left
    # Once more changes nothing, and is no fault.
    run("review", "import", "in.xlsx")
    assert run("review", "refresh", language="en").startswith("0 rows")


def test_several_lines_are_several_places_in_csv(run, tmp_path: Path) -> None:
    run("review", "export", "ut.csv")
    head, *rows = rows_of(tmp_path / "ut.csv")
    skejten = next(row for row in rows if row[1] == "Skejten")
    both = [[*skejten[:3], "plats", "", "", lat, "20,85", "30", ""] for lat in ("64,188", "64,198")]
    (tmp_path / "in.csv").write_text("\n".join(";".join(row) for row in [head, *both]), encoding="cp1252")
    assert "1 texter lärdes in och placerade 2 rader" in run("review", "import", "in.csv")


def test_lines_that_can_t_be_used_are_told_and_the_others_are_learned(run, tmp_path: Path) -> None:
    run("review", "export", "ut.csv")
    head, *rows = rows_of(tmp_path / "ut.csv")
    keys = {row[1]: row[0] for row in rows}
    bad = [
        ["kanske", "", "", "64.19", "20.85", ""],
        ["plats", "", "", "", "", ""],
        ["plats", "", "", "20.85", "64.19", ""],
        ["plats", "", "", "nan", "20.85", ""],
        ["plats", "", "", "57.0", "12.0", ""],
    ]
    lines = [[keys["ladan"], "ladan", "1", *cells, ""] for cells in bad]
    good = [keys["vet ej"], "vet ej", "1", "ingen plats", "", "", "", "", "", ""]
    text = "\n".join(";".join(row) for row in [head, *lines, good])
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    told = run("review", "import", "in.csv", code=1)
    assert re.findall(r"rad (\d)", told) == ["2", "3", "4", "5", "6"]
    for said in ("Beslutet är okänt", "latitud och longitud som tal", "utanför kommunen"):
        assert said in told
    left = run("review", "list")
    assert "ladan" in left
    assert "vet ej" not in left


def test_a_file_without_the_columns_says_which(run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    assert "nyckel" in run("review", "import", "in.csv", code=2)
    (tmp_path / "in.csv").write_bytes(b"")
    run("review", "import", "in.csv", code=2)


def test_a_key_of_no_text_and_a_contradiction_are_told(run, tmp_path: Path) -> None:
    run("review", "export", "ut.csv")
    head, *rows = rows_of(tmp_path / "ut.csv")
    key = rows[0][0]
    lines = [
        [key, "", "", "ingen plats"],
        [key, "", "", "utanför"],
        ["t" + "0" * 31, "", "", "utanför"],
    ]
    (tmp_path / "in.csv").write_text("\n".join(";".join(row) for row in [head, *lines]), encoding="utf-8")
    told = run("review", "import", "in.csv", code=1)
    assert "beslutar något annat" in told
    assert "Ingen rad har de orden" in told


def test_a_file_that_can_t_be_written_leaves_nothing(run, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    run("review", "export", "folder.csv", code=2)
    assert "går inte att skriva" in run("review", "export", "nowhere/ut.csv", code=2)
    assert not list(tmp_path.glob("*.part"))
