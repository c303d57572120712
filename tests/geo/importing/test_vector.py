"""Vector files: honest ones, and those that would make GDAL read something else."""

import json
import shutil
import sqlite3
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from shapely import LineString, Point, Polygon

from geo.errors import CrsError, UnreadableInput
from geo.importing.limits import Limits
from geo.importing.vector import read_vector

HERE = [20.8473, 64.1923]
HERE_3006 = (783_730.4, 7_131_492.6)


def geojson(path: Path, *geometries: Any, name: str = "a.geojson", **members: Any) -> Path:
    features = [
        {"type": "Feature", "properties": {"n": n}, "geometry": one} for n, one in enumerate(geometries)
    ]
    return written(path, {"type": "FeatureCollection", "features": features, **members}, name)


def written(path: Path, data: Any, name: str = "a.geojson") -> Path:
    file = path / name
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def gpkg(
    path: Path, geometries: list[Any], crs: Any = 3006, file_name: str = "a.gpkg", **columns: Any
) -> Path:
    file = path / file_name
    geopandas.GeoDataFrame(columns, geometry=geometries, crs=crs).to_file(file, driver="GPKG")
    return file


def point(*coordinates: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(coordinates)}


def named(crs: str) -> dict[str, Any]:
    return {"type": "name", "properties": {"name": crs}}


def test_geojson_is_wgs84_and_comes_out_in_metres(tmp_path: Path) -> None:
    (feature,) = read_vector(geojson(tmp_path, point(*HERE, 12.0)))
    assert feature.geometry.coords[0] == pytest.approx(HERE_3006, abs=0.1)
    assert not feature.geometry.has_z
    assert feature.properties == {"n": 0}


@pytest.mark.parametrize(
    ("crs", "coordinates"),
    [
        ("EPSG:3006", (783_730.4, 7_131_492.6)),
        ("urn:ogc:def:crs:EPSG::3006", (783_730.4, 7_131_492.6)),
        ("urn:ogc:def:crs:EPSG::3016", (179_025.575, 7_121_427.688)),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", tuple(HERE)),
        ("EPSG:4326", tuple(HERE)),
    ],
)
def test_the_older_crs_member_is_believed(tmp_path: Path, crs: str, coordinates: tuple[float, float]) -> None:
    (feature,) = read_vector(geojson(tmp_path, point(*coordinates), crs=named(crs)))
    assert feature.geometry.coords[0] == pytest.approx(HERE_3006, abs=0.1)


def test_the_user_may_say_what_the_file_does_not(tmp_path: Path) -> None:
    file = geojson(tmp_path, point(*HERE_3006))
    assert read_vector(file, epsg=3006)[0].geometry.coords[0] == pytest.approx(HERE_3006)
    with pytest.raises(CrsError, match="do not fit"):
        read_vector(file)
    with pytest.raises(CrsError, match="not accepted"):
        read_vector(file, epsg=3857)
    told = geojson(tmp_path, point(*HERE_3006), crs=named("EPSG:3006"))
    with pytest.raises(CrsError, match="EPSG:3016 was asked for"):
        read_vector(told, epsg=3016)


@pytest.mark.parametrize("crs", [{}, {"type": "link"}, "EPSG:3006", named("EPSG:3857"), named("?"), 7])
def test_a_crs_member_that_cannot_be_used_is_refused(tmp_path: Path, crs: Any) -> None:
    with pytest.raises(CrsError):
        read_vector(geojson(tmp_path, point(*HERE), crs=crs))


@pytest.mark.parametrize(
    ("coordinates", "crs"), [((64.1923, 20.8473), None), ((7_131_492.6, 783_730.4), "EPSG:3006")]
)
def test_swapped_axes_are_recognised_and_refused(
    tmp_path: Path, coordinates: tuple[float, float], crs: str | None
) -> None:
    members = {"crs": named(crs)} if crs else {}
    good = HERE if crs is None else HERE_3006
    with pytest.raises(CrsError, match="swapped"):
        read_vector(geojson(tmp_path, point(*good), point(*coordinates), **members))


def test_a_point_elsewhere_among_others_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CrsError, match="not in Sweden"):
        read_vector(geojson(tmp_path, point(*HERE), point(0, 0), point(*HERE)))


def square(west: float = 20.8, south: float = 64.1) -> list[list[float]]:
    return [[west, south], [west + 0.1, south], [west + 0.1, south + 0.1], [west, south + 0.1], [west, south]]


def test_a_self_crossing_area_is_mended(tmp_path: Path) -> None:
    bow = [[20.8, 64.1], [20.9, 64.2], [20.9, 64.1], [20.8, 64.2], [20.8, 64.1]]
    (feature,) = read_vector(geojson(tmp_path, {"type": "Polygon", "coordinates": [bow]}))
    assert feature.geometry.is_valid
    assert feature.geometry.geom_type == "MultiPolygon"
    assert feature.geometry.area > 1e6


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        (None, "has no geometry"),
        ({"type": "Point", "coordinates": []}, "empty|broken"),
        ({"type": "Point"}, "broken"),
        ({"type": "Point", "coordinates": ["a", "b"]}, "broken"),
        ({"type": "Point", "coordinates": [20.8]}, "broken|empty|not numbers"),
        ({"type": "Polygon", "coordinates": [[[20.8, 64.1], [20.9, 64.2]]]}, "broken"),
        (
            {"type": "Polygon", "coordinates": [[[20.8, 64.1], [20.9, 64.2], [20.8, 64.1], [20.8, 64.1]]]},
            "broken",
        ),
        ({"type": "LineString", "coordinates": [[20.8, 64.1]]}, "broken"),
        ({"type": "Polygon", "coordinates": "x"}, "broken"),
        ({"type": "GeometryCollection", "geometries": [point(*HERE)]}, "collection of geometries"),
        ({"type": "CircularString", "coordinates": []}, "can't be read"),
        ({"type": ["Point"], "coordinates": HERE}, "can't be read"),
    ],
)
def test_a_geometry_that_cannot_be_used_is_refused_by_number(
    tmp_path: Path, geometry: Any, message: str
) -> None:
    with pytest.raises(UnreadableInput, match=message) as caught:
        read_vector(geojson(tmp_path, point(*HERE), geometry))
    assert caught.value.params["number"] == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type": "FeatureCollection", "features": []}', "no features"),
        ('{"type": "FeatureCollection"}', "not GeoJSON"),
        ('{"type": "Topology"}', "not GeoJSON"),
        ("[1, 2]", "not GeoJSON"),
        ('{"type": "FeatureCollection", "features": [7]}', "not a GeoJSON feature"),
        ('{"type": "Point", "coordinates": [NaN, 64.1]}', "not whole JSON"),
        ('{"type": "Point", "coordinates": [20.8, 1e999]}', "not numbers|broken"),
        (
            '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [20.8, 64.1]}, "properties": 7}',
            "properties",
        ),
        ('{"type": "FeatureColl', "not whole JSON"),
    ],
)
def test_other_json_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "a.geojson"
    file.write_text(text)
    with pytest.raises(UnreadableInput, match=message):
        read_vector(file)


def test_a_bare_geometry_and_a_single_feature_are_geojson_too(tmp_path: Path) -> None:
    assert len(read_vector(written(tmp_path, point(*HERE)))) == 1
    assert (
        len(read_vector(written(tmp_path, {"type": "Feature", "geometry": point(*HERE), "properties": None})))
        == 1
    )


def test_properties_become_plain(tmp_path: Path) -> None:
    properties = {"a": [1, {"b": "å"}], "c": None, "d": True, "e": 1.5, "f": "x"}
    file = written(tmp_path, {"type": "Feature", "geometry": point(*HERE), "properties": properties})
    (feature,) = read_vector(file)
    assert feature.properties == {**properties, "a": '[1, {"b": "å"}]'}


def test_a_geopackage_by_its_own_coordinate_system(tmp_path: Path) -> None:
    file = gpkg(
        tmp_path,
        [Point(*HERE_3006, 5.0), Point(*HERE_3006)],
        name=["å", None],
        number=[1, 2],
        day=geopandas.pd.to_datetime(["2022-03-21", None]),
    )
    first, second = read_vector(file)
    assert first.geometry.equals(Point(*HERE_3006))
    assert not first.geometry.has_z
    assert (first.properties["name"], first.properties["number"]) == ("å", 1)
    assert str(first.properties["day"]).startswith("2022-03-21")
    assert second.properties["name"] is None
    assert second.properties["day"] is None


@pytest.mark.parametrize("epsg", [3016, 4326])
def test_a_geopackage_in_another_system_is_transformed(tmp_path: Path, epsg: int) -> None:
    frame = geopandas.GeoSeries([Polygon(square())], crs=4326).to_crs(epsg)
    (feature,) = read_vector(gpkg(tmp_path, list(frame), crs=epsg))
    expected = geopandas.GeoSeries([Polygon(square())], crs=4326).to_crs(3006)[0]
    assert feature.geometry.symmetric_difference(expected).area < 1


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_geopackage_without_a_usable_system_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CrsError, match="not accepted"):
        read_vector(gpkg(tmp_path, [Point(0, 0)], crs=3857))
    bare = gpkg(tmp_path, [Point(*HERE_3006)], crs=None, file_name="b.gpkg")
    with pytest.raises(CrsError, match="no coordinate system"):
        read_vector(bare)
    assert len(read_vector(bare, epsg=3006)) == 1


def test_a_geopackage_with_several_layers_names_them(tmp_path: Path) -> None:
    file = gpkg(tmp_path, [Point(*HERE_3006)])
    frame = geopandas.GeoDataFrame(geometry=[LineString([HERE_3006, (783_000, 7_131_000)])], crs=3006)
    frame.to_file(file, driver="GPKG", layer="vägar")
    with pytest.raises(UnreadableInput, match="vägar"):
        read_vector(file)


def test_styles_that_qgis_keeps_in_the_file_do_not_count(tmp_path: Path) -> None:
    file = gpkg(tmp_path, [Point(*HERE_3006)])
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, styleName TEXT)")
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('layer_styles', 'attributes', 'l')"
        )
    assert len(read_vector(file)) == 1


def test_a_geopackage_left_open_by_qgis_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    file = gpkg(tmp_path, [Point(*HERE_3006)])
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(file, alone / "a.gpkg")
    before = (alone / "a.gpkg").read_bytes()
    assert len(read_vector(alone / "a.gpkg")) == 1
    assert (alone / "a.gpkg").read_bytes() == before


def test_a_damaged_geopackage_is_refused(tmp_path: Path) -> None:
    file = gpkg(tmp_path, [Point(*HERE_3006)])
    whole = file.read_bytes()
    file.write_bytes(whole[:2_000] + b"\xff" * (len(whole) - 2_000))
    with pytest.raises(UnreadableInput):
        read_vector(file)


VRT = """<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{path}</SrcDataSource>
<GeometryType>wkbNone</GeometryType></OGRVRTLayer></OGRVRTDataSource>"""


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.vrt", "a.json"])
@pytest.mark.parametrize("start", ["", "\ufeff", "  \n", "<!-- x -->"])
def test_a_vrt_is_refused_under_any_name(tmp_path: Path, name: str, start: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("id,word\n1,hemligt\n")
    file = tmp_path / name
    file.write_text(start + VRT.format(path=secret), encoding="utf-8")
    with pytest.raises(UnreadableInput) as caught:
        read_vector(file)
    assert "hemligt" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "gdal_vector_pipeline", "command_line": "gdal vector pipeline ! read /etc/passwd"}',
        "/vsicurl/http://127.0.0.1:9/x.geojson",
        "GPKG:/etc/passwd",
        "x,y\n20.8,64.1\n",
        "<kml></kml>",
    ],
)
def test_other_recipes_for_gdal_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.geojson"
    file.write_text(text)
    with pytest.raises(UnreadableInput):
        read_vector(file)


def test_a_geopackage_that_points_elsewhere_is_no_way_out(tmp_path: Path) -> None:
    file = tmp_path / "a.gpkg"
    file.write_bytes(
        b"SQLite format 3\x00" + b"\x00" * 52 + b"GPKG" + VRT.format(path="/etc/passwd").encode()
    )
    with pytest.raises(UnreadableInput, match="damaged"):
        read_vector(file)


def test_a_name_that_looks_like_a_geojson_is_told_by_its_content(tmp_path: Path) -> None:
    file = gpkg(tmp_path, [Point(*HERE_3006)])
    renamed = file.rename(tmp_path / "b.geojson")
    assert len(read_vector(renamed)) == 1


def test_bounds_on_features(tmp_path: Path) -> None:
    limits = Limits(max_rows=2)
    for file in (geojson(tmp_path, *[point(*HERE)] * 3), gpkg(tmp_path, [Point(*HERE_3006)] * 3)):
        with pytest.raises(UnreadableInput, match="more than 2 rows"):
            read_vector(file, limits=limits)


def test_all_features_keep_their_order_across_batches(tmp_path: Path) -> None:
    file = geojson(tmp_path, *[point(20 + n / 10_000, 64.1) for n in range(2_500)])
    features = read_vector(file)
    assert [feature.properties["n"] for feature in features] == list(range(2_500))
    xs = shapely.get_x([feature.geometry for feature in features])
    assert all(first < second for first, second in pairwise(xs))
