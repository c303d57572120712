"""Read models as JSON: coordinates, precision, simplification and the columns."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon, box, shape

from geo.crs import geometry_to_3006, to_3006
from geo.model import Feature, Layer, LayerInfo, MeasureStatus, PlaceStatus, Promise, Reason, TimeOfDay
from geo.publish.measures import PublicMeasure
from geo.publish.places import PublicPlace
from geo.render import geojson

SAID = geojson.Said("Titel", "Källa", "CC0-1.0", "10 m", True)
HERE = to_3006(20.84734, 64.19230, 4326)
PLACE = PublicPlace(
    id=7,
    anchor="Busstationen",
    at_stop=False,
    distance_m=300,
    direction="s",
    locality="Robertsfors",
    point=HERE,
    radius_m=149.6,
    status=PlaceStatus.ONGOING,
    reasons=(Reason.TRAFFIC, Reason.LIGHTING),
    times=(TimeOfDay.EVENING,),
    surveys=("Enkät",),
    years=(2022,),
    synthetic=False,
    measures=(),
)
MEASURE = PublicMeasure(
    id=3,
    title="Lampa",
    description="",
    kind="",
    responsible=("Kommunen",),
    promise=Promise.UNSAFE_PLACES,
    status=MeasureStatus.PLANNED,
    where="vid skolan",
    locality="",
    point=None,
    starts=None,
    due=date(2026, 12, 1),
    finished=None,
    target=None,
    done=0,
    overdue=False,
    synthetic=True,
    place_ids=(7,),
)


def layer(style: str, *geometries: shapely.Geometry) -> Layer:
    info = LayerInfo("x", "På svenska", "In English", "Källa", "CC0-1.0", "10 m", style=style)
    return Layer(info, tuple(Feature(geometry, {"name": "N"}) for geometry in geometries))


def test_points_are_lon_lat_with_five_decimals() -> None:
    found = geojson.place_collection([PLACE], SAID, lambda place: {"name": place.anchor})
    assert found["features"][0]["geometry"] == {"type": "Point", "coordinates": (20.84734, 64.1923)}


def test_a_feature_says_its_own_precision_and_origin() -> None:
    found = geojson.place_collection([PLACE, replace(PLACE, synthetic=True)], SAID, lambda place: {})
    assert [feature["properties"]["precision_m"] for feature in found["features"]] == [150, 150]
    assert [feature["properties"]["synthetic"] for feature in found["features"]] == [False, True]
    assert {key: found[key] for key in ("title", "source", "licence", "precision", "synthetic")} == {
        "title": "Titel",
        "source": "Källa",
        "licence": "CC0-1.0",
        "precision": "10 m",
        "synthetic": True,
    }


def test_a_measure_without_a_spot_has_no_geometry() -> None:
    without, at = geojson.measure_collection([MEASURE, replace(MEASURE, point=HERE)], SAID, lambda m: {})[
        "features"
    ]
    assert without["geometry"] is None
    assert at["geometry"]["coordinates"] == (20.84734, 64.1923)
    assert at["properties"]["due"] == "2026-12-01"


@pytest.mark.parametrize(("language", "title"), [("sv", "På svenska"), ("en", "In English")])
def test_a_layer_has_its_title_in_the_language(language: str, title: str) -> None:
    assert geojson.layer_collection(layer("stops", Point(HERE)), language)["title"] == title


def test_base_layers_get_lighter_and_stay_where_they_are() -> None:
    turns = np.linspace(0, 2 * np.pi, 5_000)
    coast = Polygon(np.column_stack([HERE[0] + 20_000 * np.cos(turns), HERE[1] + 20_000 * np.sin(turns)]))
    drawn = geojson.layer_collection(layer("land", coast), "sv")["features"][0]["geometry"]
    assert len(drawn["coordinates"][0]) < 200
    again = geometry_to_3006(shape(drawn), 4326)
    assert again.is_valid
    assert again.hausdorff_distance(coast) < 45


def test_what_is_too_small_to_see_is_left_out_of_the_land_only() -> None:
    x, y = HERE
    speck, island = box(x, y, x + 50, y + 50), box(x + 1_000, y, x + 2_000, y + 1_000)
    assert len(geojson.layer_collection(layer("land", speck, island), "sv")["features"]) == 1
    assert len(geojson.layer_collection(layer("area-approximate", speck, island), "sv")["features"]) == 2


def test_a_lake_known_by_three_corners_is_not_drawn() -> None:
    x, y = HERE
    pond = [(x + 5_000, y + 5_000), (x + 5_800, y + 5_000), (x + 5_000, y + 5_800)]
    lake = box(x + 8_000, y + 8_000, x + 12_000, y + 12_000).exterior.coords
    land = Polygon(box(x, y, x + 20_000, y + 20_000).exterior, [pond, lake])
    drawn = geojson.layer_collection(layer("land", land), "sv")["features"][0]["geometry"]
    assert len(drawn["coordinates"]) == 2


def test_a_road_stays_a_line() -> None:
    x, y = HERE
    drawn = geojson.layer_collection(
        layer("road", LineString([(x, y), (x + 900, y), (x + 900, y + 900)])), "sv"
    )
    assert drawn["features"][0]["geometry"]["type"] == "LineString"
    assert len(drawn["features"][0]["geometry"]["coordinates"]) == 3


def test_columns_without_places_are_empty_and_not_an_error() -> None:
    columns = geojson.place_columns([], lambda metres, direction, at_stop: "")
    assert all(column == [] for column in columns.values())


def test_columns_name_each_phrase_and_anchor_once() -> None:
    other = replace(PLACE, id=8, distance_m=0, direction="")
    columns = geojson.place_columns(
        [PLACE, other, PLACE], lambda metres, direction, at_stop: f"{metres}{direction} %(anchor)s"
    )
    assert columns["phrases"] == ["300s %(anchor)s", "0 %(anchor)s"]
    assert columns["phrase"] == [0, 1, 0]
    assert columns["anchors"] == ["Busstationen"]
    assert columns["lon"] == [2084734, 0, 0]
    assert columns["lat"] == [6419230, 0, 0]


def test_bits_stand_for_reasons_and_times_in_the_fixed_order() -> None:
    columns = geojson.place_columns([PLACE], lambda metres, direction, at_stop: "")
    assert columns["reasons"] == [1 << geojson.REASONS.index(Reason.TRAFFIC) | 1]
    assert columns["times"] == [1 << geojson.TIMES.index(TimeOfDay.EVENING)]


def test_encoding_refuses_what_is_not_json() -> None:
    assert json.loads(geojson.encode({"å": [1, None]})) == {"å": [1, None]}
    with pytest.raises(ValueError, match="JSON"):
        geojson.encode([float("nan")])
