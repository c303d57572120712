"""A station's files from real offices: drawings, timetables, lamps and road owners."""

import json
from datetime import time
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point, Polygon

from geo.errors import BadInput, CrsError, UnreadableInput
from geo.importing.lighting import read_lamps, read_road_owners
from geo.importing.stationfile import read_station
from geo.importing.timetable import parse_timetable, parse_weekdays
from geo.importing.vector import read_vector

E, N = 781_500.0, 7_128_000.0
SQUARE = [(E, N), (E + 200, N), (E + 200, N + 100), (E, N + 100)]


def dxf(path: Path) -> Path:
    """A drawing as CAD programs write it: a closed outline, two points, a dimension line."""
    closed = ["0", "LWPOLYLINE", "5", "10", "8", "STATION", "90", "4", "70", "1"]
    for x, y in SQUARE:
        closed += ["10", str(x), "20", str(y)]
    points = []
    for at, (x, y) in enumerate(((E + 50, N + 50), (E + 150, N + 50))):
        points += ["0", "POINT", "5", str(20 + at), "8", "ENTRE", "10", str(x), "20", str(y), "30", "0"]
    body = ["0", "SECTION", "2", "ENTITIES", *closed, *points, "0", "ENDSEC", "0", "EOF"]
    path.write_text("\n".join(body) + "\n", encoding="ascii")
    return path


def test_a_drawing_has_an_area_and_entrances_once_its_system_is_said(tmp_path: Path) -> None:
    file = dxf(tmp_path / "station.dxf")
    found = read_station(file, epsg=3006)
    assert found.area is not None
    assert found.area.area == pytest.approx(20_000, rel=1e-6)
    assert found.entrances == ((E + 50, N + 50), (E + 150, N + 50))
    with pytest.raises(CrsError, match="coordinate system"):
        read_station(file)
    with pytest.raises(CrsError):
        read_station(file, epsg=4326)
    with pytest.raises(UnreadableInput, match="station"):
        read_vector(file, epsg=3006)


def test_a_drawing_that_is_something_else_is_told(tmp_path: Path) -> None:
    file = tmp_path / "station.dxf"
    file.write_text("0\nSECTION\n2\nENTI")
    with pytest.raises(UnreadableInput):
        read_station(file, epsg=3006)
    file.write_text(
        "0\nSECTION\n<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource>"
    )
    with pytest.raises(UnreadableInput):
        read_station(file, epsg=3006)


def test_a_geopackage_of_3016_and_a_file_without_either(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(geometry=[Polygon(SQUARE), Point(E + 10, N + 10)], crs=3006)
    file = tmp_path / "station.gpkg"
    frame.to_crs(3016).to_file(file, layer="station", driver="GPKG")
    found = read_station(file)
    assert found.area is not None
    assert found.area.symmetric_difference(Polygon(SQUARE)).area < 1
    assert found.entrances[0] == pytest.approx((E + 10, N + 10), abs=0.01)
    line = tmp_path / "line.geojson"
    line.write_text(gpd.GeoSeries([LineString(SQUARE)], crs=3006).to_crs(4326).to_json())
    with pytest.raises(BadInput, match="neither"):
        read_station(line)
    many = tmp_path / "many.geojson"
    many.write_text(gpd.GeoSeries([Point(E + i, N) for i in range(41)], crs=3006).to_crs(4326).to_json())
    with pytest.raises(BadInput, match="41"):
        read_station(many)


def test_a_timetable_of_an_office_in_latin1(tmp_path: Path) -> None:
    file = tmp_path / "tider.csv"
    file.write_bytes(
        "Tågtider 2030;;\nTid;Veckodagar;Riktning\n07:10;mån–fre;Avgång\n17.35;vardagar;ankomst\n"
        "10:00;lör, sön;\n25:61;mån;\n08:00;varannan;\n09:00;tis;snett\n".encode("cp1252")
    )
    found = parse_timetable(file)
    assert [(train.clock, sorted(train.weekdays)) for train in found.records] == [
        (time(7, 10), [0, 1, 2, 3, 4]),
        (time(17, 35), [0, 1, 2, 3, 4]),
        (time(10, 0), [5, 6]),
    ]
    assert [(train.arrives, train.departs) for train in found.records] == [
        (False, True),
        (True, False),
        (True, True),
    ]
    assert [(one.row, one.column, one.value) for one in found.rejected] == [
        (6, "Tid", "25:61"),
        (7, "Veckodagar", "varannan"),
        (8, "Riktning", "snett"),
    ]
    with pytest.raises(UnreadableInput, match="Tid"):
        other = tmp_path / "other.csv"
        other.write_text("plats;orsak\nx;y\n")
        parse_timetable(other)


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("", [0, 1, 2, 3, 4, 5, 6]),
        ("Dagligen", [0, 1, 2, 3, 4, 5, 6]),
        ("helger", [5, 6]),
        ("måndag-torsdag", [0, 1, 2, 3]),
        ("fre–mån", [0, 4, 5, 6]),
        ("lördagar och söndagar", [5, 6]),
        ("12345", [0, 1, 2, 3, 4]),
        ("1-5", [0, 1, 2, 3, 4]),
        ("Mon, Wed", [0, 2]),
        ("Tuesday", [1]),
        ("Saturday", [5]),
    ],
)
def test_weekdays_in_words_and_numbers(said: str, days: list[int]) -> None:
    assert sorted(parse_weekdays(said)) == days


def test_lamps_from_a_table_and_from_a_layer(tmp_path: Path) -> None:
    table = tmp_path / "lampor.csv"
    table.write_text(f"Nr;N;E\n1;{N};{E}\n2;{N + 30};{E}\n3;;\n4;1;2\n", encoding="utf-8")
    found = read_lamps(table)
    assert [(lamp.x, lamp.y) for lamp in found.records] == [(E, N), (E, N + 30)]
    assert [one.row for one in found.rejected] == [4, 5]
    layer = tmp_path / "lampor.geojson"
    shapes = [Point(E, N), LineString([(E, N), (E + 50, N)]), Polygon(SQUARE)]
    layer.write_text(gpd.GeoSeries(shapes, crs=3006).to_crs(4326).to_json())
    mixed = read_lamps(layer)
    assert [lamp.geom_type for lamp in mixed.records] == ["Point", "LineString"]
    assert [one.row for one in mixed.rejected] == [3]


def test_road_owners_say_who_and_whether_it_is_lit(tmp_path: Path) -> None:
    file = tmp_path / "vag.geojson"
    frame = gpd.GeoDataFrame(
        {"Väghållare": ["Trafikverket", "Enskild", "Kommunen"], "Belyst": ["Ja", "nej", None]},
        geometry=[LineString([(E, N + i), (E + 50, N + i)]) for i in range(3)],
        crs=3006,
    )
    file.write_text(json.dumps(json.loads(frame.to_crs(4326).to_json())), encoding="utf-8")
    found = read_road_owners(file)
    assert [(one.owner, one.lit) for one in found.records] == [
        ("Trafikverket", True),
        ("Enskild", False),
        ("Kommunen", None),
    ]
