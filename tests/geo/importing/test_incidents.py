"""Incidents from offices' tables and GeoJSON."""

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from geo.errors import UnreadableInput
from geo.importing.incidents import parse_incidents
from geo.model import STOCKHOLM, CategoryGroup, Incident, Parsed


def parse(path: Path, text: str, source: str = "kommunen") -> Parsed[Incident]:
    file = path / "händelser.csv"
    file.write_text(text, encoding="utf-8")
    return parse_incidents(file, source=source)


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2022, 3, day, hour, minute, second, tzinfo=STOCKHOLM)


def test_a_row_with_all_its_columns(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        "Diarienr;Källa;Brottstyp;Starttid;Sluttid;Brottsplats;Ort;Kommun;Inkom\n"
        "D-1;EST;Skadegörelse (klotter);2022-03-21 22:00;2022-03-22 06:30;Skolgatan 3;Ånäset;Robertsfors;2022-03-23\n",
    )
    assert (parsed.rejected, parsed.notes) == ((), ())
    incident = parsed.records[0]
    assert (incident.source, incident.ref, incident.group) == ("EST", "D-1", CategoryGroup.DAMAGE)
    assert (incident.started, incident.ended, incident.published) == (at(21, 22), at(22, 6, 30), at(23))
    assert (incident.text, incident.municipality) == ("Skolgatan 3, Ånäset", "Robertsfors")


@pytest.mark.parametrize(
    ("headings", "cells", "started", "ended"),
    [
        ("Datum;Tid", "2022-03-21;12.30", at(21, 12, 30), None),
        ("Datum;Tid", "21/3 2022;22:30-01:15", at(21, 22, 30), at(22, 1, 15)),
        ("Datum;Tid från;Tid till", "2022-03-21;22:30;01:15", at(21, 22, 30), at(22, 1, 15)),
        ("Datum", "2022-03-21", at(21), at(21, 23, 59, 59)),
        ("Datum och tid", "21 mars 2022 kl 12:30", at(21, 12, 30), None),
        ("Brottstid", "2022-03-21 12:30 – 2022-03-22 08:00", at(21, 12, 30), at(22, 8)),
        ("Från;Till", "2022-03-21;2022-03-22", at(21), at(22, 23, 59, 59)),
        ("Start;Slut", "2022-03-21 12:30;14:00", at(21, 12, 30), at(21, 14)),
        ("Start;Slut", ";", None, None),
    ],
)
def test_when_in_one_column_or_two(
    tmp_path: Path, headings: str, cells: str, started: datetime | None, ended: datetime | None
) -> None:
    parsed = parse(tmp_path, f"Kategori;Plats;{headings}\nStöld;Sikeå;{cells}\n")
    assert parsed.rejected == ()
    assert (parsed.records[0].started, parsed.records[0].ended) == (started, ended)


@pytest.mark.parametrize(
    ("headings", "cells", "column"),
    [
        ("Datum", "igår", "Datum"),
        ("Start;Slut", "2022-03-21 12:00;2022-03-20 12:00", "Slut"),
        ("Datum;Tid", "2022-03-21;99", "Datum"),
        ("Datum;Inkom", "2022-03-21;sen", "Inkom"),
    ],
)
def test_a_time_that_cannot_be_read_rejects_the_row(
    tmp_path: Path, headings: str, cells: str, column: str
) -> None:
    parsed = parse(tmp_path, f"Kategori;Plats;{headings}\nStöld;Sikeå;{cells}\n")
    assert parsed.records == ()
    assert (parsed.rejected[0].row, parsed.rejected[0].column) == (2, column)


def test_a_workbook_with_excels_own_dates_and_times(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Händelser 2022"])
    sheet.append(["Id", "Händelsetyp", "Plats", "Datum", "Tid"])
    sheet.append([1, "Klotter", "Jenningsskolan", date(2022, 3, 21), time(12, 30)])
    sheet.append([2, "Klotter", "Jenningsskolan", 44641, 0.5])
    book.save(tmp_path / "h.xlsx")
    parsed = parse_incidents(tmp_path / "h.xlsx", source="kommunen")
    assert [incident.started for incident in parsed.records] == [at(21, 12, 30), at(21, 12)]
    assert [(incident.ref, incident.row) for incident in parsed.records] == [("1", 3), ("2", 4)]


@pytest.mark.parametrize(
    "category",
    [
        "Våld i nära relation",
        "Misshandel mot barn 7-14 år",
        "Bostadsinbrott",
        "Sexuellt ofredande",
        "Domestic violence",
    ],
)
def test_refused_categories_leave_nothing_behind(tmp_path: Path, category: str) -> None:
    parsed = parse(tmp_path, f"Id;Kategori;Plats;Datum\n1;{category};Ekgatan 3;2022-03-21;för;många;celler\n")
    assert parsed.records == ()
    (rejected,) = parsed.rejected
    assert (rejected.row, rejected.column, rejected.value, rejected.refused) == (2, "Kategori", "", True)
    assert "Ekgatan" not in repr(parsed)
    assert category not in repr(parsed)


@pytest.mark.parametrize("place", ["Bostad, Ekgatan 3", "i lägenhet", "hemma hos målsägande", "Hemmet"])
def test_what_happened_in_a_home_is_refused(tmp_path: Path, place: str) -> None:
    parsed = parse(tmp_path, f'Kategori;Plats\nMisshandel;"{place}"\n')
    assert parsed.records == ()
    assert parsed.rejected[0].refused
    assert place not in repr(parsed)


def test_a_housing_area_is_outdoors(tmp_path: Path) -> None:
    assert len(parse(tmp_path, "Kategori;Plats\nKlotter;bostadsområdet vid Ekgatan\n").records) == 1


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ("Enhörningar;Sikeå", "Kategori", "not known"),
        (";Sikeå", "Kategori", "no category"),
        ("Sammanfattning natt;Sikeå", "Kategori", "several events"),
        ("Stöld;", "Plats", "no place"),
        ("Stöld;" + "ord " * 60, "Plats", "more than %(characters)s characters"),
        ("Stöld;Sikeå;extra", "", "more cells"),
    ],
)
def test_other_rows_are_rejected_with_their_reason(
    tmp_path: Path, cells: str, column: str, reason: str
) -> None:
    parsed = parse(tmp_path, f"Kategori;Plats\n{cells}\nKlotter;Bygdeå\n")
    assert [incident.row for incident in parsed.records] == [3]
    (rejected,) = parsed.rejected
    assert (rejected.row, rejected.column) == (2, column)
    assert reason in rejected.reason
    assert rejected.reason % rejected.params


def test_a_municipality_alone_is_a_place(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "Kategori;Kommun\nStöld;Robertsfors\nStöld;\n")
    assert [(incident.text, incident.municipality) for incident in parsed.records] == [("", "Robertsfors")]
    assert [row.row for row in parsed.rejected] == [3]


def test_rows_without_ids_are_known_again_in_any_order(tmp_path: Path) -> None:
    rows = [
        "Stöld;Sikeå;2022-03-21",
        "Stöld;Bygdeå;2022-03-21",
        "Stöld;Sikeå;2022-03-22",
        "Stöld;Sikeå;2022-03-21",
    ]
    first, second = (
        parse(tmp_path, "Kategori;Plats;Datum\n" + "\n".join(order) + "\n").records
        for order in (rows, rows[::-1])
    )
    assert {incident.ref for incident in first} == {incident.ref for incident in second}
    assert len({incident.ref for incident in first}) == 4


def test_an_id_twice_is_rejected_but_not_of_two_sources(tmp_path: Path) -> None:
    parsed = parse(tmp_path, "Id;Källa;Kategori;Plats\n1;a;Stöld;Sikeå\n1;b;Stöld;Sikeå\n1;a;Stöld;Bäck\n")
    assert [incident.row for incident in parsed.records] == [2, 3]
    assert [(row.row, row.column, row.value) for row in parsed.rejected] == [(4, "Id", "1")]


def test_a_source_must_be_known(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="name the source"):
        parse(tmp_path, "Kategori;Plats\nStöld;Sikeå\n", source="")


def test_missing_columns_are_said(tmp_path: Path) -> None:
    for text in ("Plats;Datum\nSikeå;2022-03-21\n", "Kategori;Datum\nStöld;2022-03-21\n"):
        with pytest.raises(UnreadableInput, match="No column is called"):
            parse(tmp_path, text)


def feature(geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def geojson(path: Path, *features: dict[str, Any]) -> Path:
    file = path / "h.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return file


def test_geojson_points(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [20.8473, 64.1923]}
    file = geojson(
        tmp_path,
        feature(point, id=7, kategori="Klotter", datum="2022-03-21", lat=1, lon=2),
        feature(point, id=8, kategori="Våldtäkt"),
    )
    parsed = parse_incidents(file, source="kommunen")
    assert [(incident.ref, incident.row) for incident in parsed.records] == [("7", 1)]
    assert parsed.records[0].point == pytest.approx((783_730.4, 7_131_492.6), abs=0.1)
    assert [(row.row, row.refused) for row in parsed.rejected] == [(2, True)]


def test_geojson_of_lines_is_refused(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[20.8, 64.1], [20.9, 64.2]]}
    with pytest.raises(UnreadableInput, match="not a point"):
        parse_incidents(geojson(tmp_path, feature(line, kategori="Klotter")), source="x")
