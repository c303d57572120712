"""What is taken in though somebody means ill with it: as text it does no harm, here or in an office's program."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hostile.conftest import Trap
from hostile.doors import GAZETTEER, NOW
from hostile.files import FORMULAS
from openpyxl import load_workbook

from geo.intake import Intake
from geo.store.engine import open_store

TRYGG = Path(sys.executable).parent / "trygg"
STARTS = ("=", "+", "-", "@", "\t", "\r")
FORMULA_ROWS = (
    "Plats;Kategori;Datum",
    "=cmd|'/C calc'!A0;=1+1;2025-01-01",
    '@SUM(1);"=HYPERLINK(""http://evil.example"")";2025-01-01',
    "Skolan;+Stöld;inget datum",
    "\ufeff=1+1;Stöld;-",
    "＝1+1;Okänt;2025-01-01",
)


def trygg(*words: object, url: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "TRYGG_DATABASE_URL": url, "TRYGG_LANGUAGE": "sv"}
    return subprocess.run(
        [TRYGG, *map(str, words)], env=environment, capture_output=True, text=True, check=False
    )


def cells_of(file: Path) -> list[str]:
    if file.suffix == ".xlsx":
        sheet = load_workbook(file).active
        found = [cell for row in sheet.iter_rows() for cell in row]
        assert all(cell.data_type != "f" for cell in found)
        return [str(cell.value) for cell in found if isinstance(cell.value, str)]
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [cell for row in csv.reader(lines, delimiter=";") for cell in row]


def test_formulas_leave_as_text(store_url: str, tmp_path: Path) -> None:
    file = tmp_path / "i.csv"
    file.write_text("\n".join(FORMULA_ROWS) + "\n", encoding="utf-8")
    outs = {name: tmp_path / name for name in ("fel.csv", "svar.csv", "svar.xlsx", "ord.xlsx", "ord.csv")}
    done = trygg("import", "incidents", file, "--source", "=X", "--rejected", outs["fel.csv"], url=store_url)
    assert done.returncode in (0, 1), done.stderr
    for name in ("svar.csv", "svar.xlsx"):
        done = trygg("geocode", file, "--column", "Plats", "--out", outs[name], url=store_url)
        assert done.returncode == 0, done.stderr
    (tmp_path / "s.csv").write_text(FORMULA_ROWS[0] + "\n=1+1;x;\n@plats;x;\n", encoding="utf-8")
    done = trygg("import", "survey", tmp_path / "s.csv", "--survey", "=1+1", url=store_url)
    assert done.returncode == 0, done.stderr
    for name in ("ord.xlsx", "ord.csv"):
        done = trygg("review", "export", outs[name], url=store_url)
        assert done.returncode == 0, done.stderr
    for out in outs.values():
        cells = cells_of(out)
        assert len(cells) > 4, out
        assert [cell for cell in cells if cell.startswith(STARTS) and not _number(cell)] == [], out


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_a_workbook_of_formulas_calls_nobody(store_url: str, tmp_path: Path, trap: Trap) -> None:
    store = open_store(store_url)
    file = FORMULAS(tmp_path, trap.bait)
    report = Intake(store, GAZETTEER, now=NOW).survey(file, survey="Formler 2026")
    store.close()
    # A formula without a value is an empty cell: the row names no place.
    assert (report.read, report.new) == (1, 0) or report.new == report.read
    assert trap.untouched()


def test_halves_of_letters_and_nothing_between_them_are_kept_by_no_database(
    store_url: str, tmp_path: Path
) -> None:
    store = open_store(store_url)
    intake = Intake(store, GAZETTEER, now=NOW)
    event = {
        "id": 1,
        "datetime": "2023-05-19 8:37:11 +02:00",
        "name": "19 maj 08:10, Stöld, Robertsfors",
        "summary": "Storgatan \ud800\x00.",
        "type": "Stöld",
        "location": {"name": "Robertsfors"},
    }
    file = tmp_path / "e.json"
    file.write_text(json.dumps([event, {**event, "id": 2, "name": "\ud800\x00", "type": "\x00"}]))
    assert intake.police_events(file).new == 1
    properties = {"kategori": "Stöld", "plats": "Sko\x00lan \udfff", "källa\x00": "\ud800"}
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [20.84, 64.19]},
    }
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert intake.incidents(file, source="EST").new == 1
    from hostile.doors import LAYER

    assert intake.layer(file, LAYER).new == 1
    store.close()


@pytest.mark.parametrize(
    "piece", ["(", "mellan ", "300 m ", "och ", "vid ", "\u0301", "a-", "1 ", ",", "å" * 50 + " "]
)
def test_a_text_of_one_thing_over_and_over_is_read_like_any_other(piece: str) -> None:
    from geo.danger import find_danger
    from geo.geocoder import Geocoder
    from geo.importing.placewords import place_words

    # As long as a place can be that the importers take; were one of the patterns to multiply, no test would end.
    text = (piece * 2_000)[:2_000]
    Geocoder(GAZETTEER).geocode_all(text)
    find_danger(text * 10)
    place_words(text * 10)
