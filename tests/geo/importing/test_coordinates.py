"""Positions in tables, in every way an office may write them: all the same point."""

from pathlib import Path

import pytest

from geo.importing.survey import parse_survey
from geo.model import Parsed, SurveyAnswer


def parse(path: Path, headings: str, cells: str) -> Parsed[SurveyAnswer]:
    file = path / "p.csv"
    file.write_text(f"Plats\t{headings}\nSikeå\t{cells}\n", encoding="utf-8")
    return parse_survey(file)


@pytest.fixture(scope="module")
def expected() -> tuple[float, float]:
    from geo.crs import to_3006  # the reference: the one module that transforms

    return to_3006(20.8473, 64.1923, 4326)


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        ("lat\tlon", "64.1923\t20.8473"),
        ("Latitud\tLongitud", "64,1923\t20,8473"),
        ("Long\tLat", "20.8473\t64.1923"),
        ("x\ty", "20.8473\t64.1923"),
        ("N\tE", "64.1923° N\t20.8473° Ö"),
        ("koordinater", "64.1923, 20.8473"),
        ("koordinater", "64,1923 20,8473"),
        ("koordinater", "64,1923, 20,8473"),
        ("koordinater", "64,1923; 20,8473"),
        ("koordinater", "64,1923,20,8473"),
        ("koordinater", "64.1923/20.8473"),
        ("position", "N 64.1923 E 20.8473"),
        ("WKT", "POINT (20.8473 64.1923)"),
        ("WKT", "SRID=4326;POINT Z (20.8473 64.1923 12)"),
    ],
)
def test_degrees(tmp_path: Path, expected: tuple[float, float], headings: str, cells: str) -> None:
    parsed = parse(tmp_path, headings, cells)
    assert parsed.rejected == ()
    assert parsed.records[0].point == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        ("E\tN", "784366\t7128492"),
        ("Easting\tNorthing", "784 366\t7 128 492"),
        ("SWEREF N\tSWEREF E", "7128492,0\t784366,0"),
        ("X\tY\tEPSG", "784366\t7128492\t3006"),
        ("X\tY\tKoordinatsystem", "784366\t7128492\tSWEREF 99 TM"),
        ("position", "7128492, 784366"),
        ("position", "7 128 492, 784 366"),
    ],
)
def test_metres(tmp_path: Path, headings: str, cells: str) -> None:
    parsed = parse(tmp_path, headings, cells)
    assert parsed.rejected == ()
    assert parsed.records[0].point == pytest.approx((784_366, 7_128_492))


def test_the_local_zone_is_known_by_its_numbers(tmp_path: Path, expected: tuple[float, float]) -> None:
    parsed = parse(tmp_path, "E\tN", "179025.575\t7121427.688")
    point = parsed.records[0].point
    assert point is not None
    assert point == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        ("lat\tlon", "20.8473\t64.1923"),
        ("x\ty", "64.1923\t20.8473"),
        ("X\tY", "7128492\t784366"),
        ("N\tE", "784366\t7128492"),
        ("koordinater", "20.8473, 64.1923"),
        ("WKT", "POINT(64.1923 20.8473)"),
    ],
)
def test_swapped_axes_are_recognised_and_refused(tmp_path: Path, headings: str, cells: str) -> None:
    parsed = parse(tmp_path, headings, cells)
    assert parsed.records == ()
    assert "swapped" in parsed.rejected[0].reason
    assert parsed.rejected[0].reason % parsed.rejected[0].params


@pytest.mark.parametrize(
    ("headings", "cells", "reason"),
    [
        ("lat\tlon", "64.1923\t", "missing"),
        ("lat\tlon", "\t20.8", "missing"),
        ("lat\tlon", "sextiofyra\t20.8", "not a number"),
        ("lat\tlon", "0\t0", "not in Sweden"),
        ("lat\tlon", "nan\t20.8", "not a number"),
        ("koordinater", "här", "can't be read"),
        ("koordinater", "64.1923", "can't be read"),
        ("E\tN\tEPSG", "784366\t7128492\t3016", "do not fit"),
        ("E\tN\tEPSG", "784366\t7128492\t3021", "not accepted"),
        ("E\tN\tEPSG", "784366\t7128492\tmånen", "not known"),
        ("WKT", "SRID=3006;POINT(20.8473 64.1923)", "do not fit"),
    ],
)
def test_what_cannot_be_right_is_rejected_with_its_cell(
    tmp_path: Path, headings: str, cells: str, reason: str
) -> None:
    parsed = parse(tmp_path, headings, cells)
    assert parsed.records == ()
    (rejected,) = parsed.rejected
    assert reason in rejected.reason
    assert rejected.column in headings.split("\t")
    assert rejected.reason % rejected.params


def test_an_empty_position_is_none(tmp_path: Path) -> None:
    assert parse(tmp_path, "lat\tlon", "\t").records[0].point is None
