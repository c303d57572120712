import math

import pytest
from shapely.geometry import Point, Polygon

from geo.errors import GeoError
from geo.gazetteer import Gazetteer, How, load_gazetteer, point_of
from geo.model import EntryKind, GazetteerEntry

HEADER = "name,kind,locality,lat,lon,precision_m,aliases,source\n"
TOWN = "Byxfors,locality,,64.19,20.85,800,,own\n"


def entry(name, kind=EntryKind.BUS_STOP, x=700_000.0, y=7_100_000.0, **more):
    return GazetteerEntry(
        id=name, name=name, kind=kind, geometry=Point(x, y), precision_m=30, source="test", **more
    )


def write(tmp_path, text):
    path = tmp_path / "gazetteer.csv"
    path.write_text(text, encoding="utf-8")
    return path


def names(hits):
    return [hit.entry.name for hit in hits]


class TestLoading:
    def test_a_row_becomes_an_entry_in_metres(self, tmp_path):
        path = write(
            tmp_path, HEADER + 'Storgatan 29,address,Byxfors,64.1927,20.8479,50,"Storg 29|banken",a list\n'
        )
        (found,) = load_gazetteer(path).entries
        assert found.kind is EntryKind.ADDRESS
        assert found.aliases == ("Storg 29", "banken")
        assert (found.locality, found.precision_m, found.source) == ("Byxfors", 50.0, "a list")
        # Robertsfors lies some 784 km east and 7,131.5 km north in SWEREF 99 TM.
        east, north = point_of(found)
        assert math.isclose(east, 784_200, abs_tol=500)
        assert math.isclose(north, 7_131_500, abs_tol=500)

    def test_a_road_and_a_municipality_need_no_point(self, tmp_path):
        path = write(tmp_path, HEADER + "Byxfors,municipality,,,,,,x\nE4,road,,,,,,x\nUmeå,outside,,,,,,x\n")
        gazetteer = load_gazetteer(path, municipality="Byxfors")
        assert gazetteer.municipality == "Byxfors"
        assert all(point_of(each) is None for each in gazetteer.entries)

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            (",locality,,64.19,20.85,800,,own\n", "name"),
            ("A,locality,,64.19,20.85,800,,\n", "source"),
            ("A,palace,,64.19,20.85,800,,own\n", "kind"),
            ("A,locality,,sixty,20.85,800,,own\n", "lat"),
            ("A,locality,,64.19,,800,,own\n", "lon"),
            ("A,locality,,64.19,nan,800,,own\n", "lon"),
            ("A,locality,,64.19,20.85,,,own\n", "precision_m"),
            ("A,locality,,64.19,20.85,0,,own\n", "precision_m"),
            ("A,locality,,20.85,64.19,800,,own\n", "lat"),
            ("A,locality,,4.19,20.85,800,,own\n", "lat"),
            (TOWN, "id"),
        ],
    )
    def test_a_bad_row_is_named_with_its_column(self, tmp_path, row, column):
        with pytest.raises(GeoError) as caught:
            load_gazetteer(write(tmp_path, HEADER + TOWN + row))
        assert caught.value.params["row"] == 3
        assert caught.value.params["column"] == column

    def test_a_missing_column_is_named(self, tmp_path):
        with pytest.raises(GeoError) as caught:
            load_gazetteer(write(tmp_path, "name,kind,lat,lon,precision_m,source\n"))
        assert caught.value.params["column"] == "locality"

    def test_a_missing_file_and_one_in_another_encoding_are_told(self, tmp_path):
        with pytest.raises(GeoError, match=r"nowhere\.csv"):
            load_gazetteer(tmp_path / "nowhere.csv")
        path = tmp_path / "latin.csv"
        path.write_bytes((HEADER + "Sikeå,village,,64.1,20.9,900,,own\n").encode("latin-1"))
        with pytest.raises(GeoError, match="UTF-8"):
            load_gazetteer(path)

    def test_the_gazetteer_of_another_municipality_is_refused(self, tmp_path):
        path = write(tmp_path, HEADER + "Byxfors,municipality,,,,,,x\n")
        with pytest.raises(GeoError, match="Umeå"):
            load_gazetteer(path, municipality="Umeå")


class TestNames:
    def test_a_name_is_found_as_written_inflected_and_without_its_spaces(self):
        gazetteer = Gazetteer([entry("Tundalsskolan"), entry("Storgatan")])
        for form in ("tundalsskolan", "tundalsskolans", "tundalsskola"):
            assert names(gazetteer.named(form)) == ["Tundalsskolan"]
        assert gazetteer.by_name("tundals skolan")[0].name == "Tundalsskolan"

    def test_how_it_was_found_is_told(self):
        gazetteer = Gazetteer([entry("Tundalsskolan", aliases=("Tundal",))])
        assert gazetteer.named("tundalsskolan")[0].how is How.EXACT
        assert gazetteer.named("tundal")[0].how is How.ALIAS
        assert gazetteer.named("tundalskolan")[0].how is How.SPELLING
        assert gazetteer.misspelt("tundolsskolan", capital=False)[0].how is How.FUZZY

    def test_side_words_may_stand_first_last_or_short(self):
        gazetteer = Gazetteer([entry("Flarken Östra"), entry("N Stortjärn")])
        for form in ("ostraflarken", "flarkenostra", "oflarken"):
            assert names(gazetteer.named(form)) == ["Flarken Östra"]
        assert names(gazetteer.named("norrastortjarn")) == ["N Stortjärn"]

    def test_words_in_brackets_may_be_left_out(self):
        gazetteer = Gazetteer([entry("Nyliden (Bygdsiljum)")])
        assert names(gazetteer.named("nyliden")) == ["Nyliden (Bygdsiljum)"]

    def test_one_and_two_edits_are_found_nearest_first(self):
        gazetteer = Gazetteer([entry("Stantorsvallen"), entry("Stantorsvillan")])
        hits = gazetteer.misspelt("stantorzvallen", capital=False)
        assert names(hits)[0] == "Stantorsvallen"
        assert hits[0].edits == 1
        assert gazetteer.misspelt("stentorzvullon", capital=False) == ()

    def test_the_first_letter_may_be_wrong_in_a_long_name(self):
        gazetteer = Gazetteer([entry("Stantorsvallen"), entry("Noret")])
        assert names(gazetteer.misspelt("ztantorsvallen", capital=False)) == ["Stantorsvallen"]
        assert gazetteer.misspelt("horet", capital=True) == ()

    def test_digits_are_no_spelling_mistakes(self):
        gazetteer = Gazetteer([entry("Storgatan 29", EntryKind.ADDRESS)])
        assert names(gazetteer.misspelt("sturgatan29", capital=True)) == ["Storgatan 29"]
        assert gazetteer.misspelt("storgatan28", capital=True) == ()

    def test_a_doubled_digit_is_another_number(self):
        gazetteer = Gazetteer([entry("Storgatan 1", EntryKind.ADDRESS)])
        assert gazetteer.named("storgatan11") == ()

    def test_short_names_and_everyday_aliases_are_never_misspelt(self):
        gazetteer = Gazetteer([entry("Bäck"), entry("Systembolaget", aliases=("Systemet",))])
        assert gazetteer.misspelt("black", capital=True) == ()
        assert gazetteer.misspelt("systemen", capital=False) == ()


class TestRoads:
    def test_a_stop_named_after_a_road_anchors_the_road_at_its_locality(self):
        gazetteer = Gazetteer([entry("Sikeå E4"), entry("Sikeå"), entry("E4", EntryKind.ROAD)])
        assert gazetteer.road("e4").name == "E4"
        assert gazetteer.road_stop("e4", "Sikeå").name == "Sikeå E4"
        assert gazetteer.road_stop("e4", "Jomark") is None
        assert [stop.name for stop in gazetteer.road_stops("e4")] == ["Sikeå E4"]


class TestNearest:
    def test_nearest_first_of_the_kinds_asked_for(self):
        gazetteer = Gazetteer(
            [
                entry("Far", x=700_500.0),
                entry("Near", x=700_030.0, y=7_100_040.0),
                entry("Shop", EntryKind.SHOP, x=700_001.0),
            ]
        )
        found = gazetteer.nearest((700_000.0, 7_100_000.0), limit=5)
        assert [near.entry.name for near in found] == ["Near", "Far"]
        assert found[0].distance_m == pytest.approx(50.0)
        shops = gazetteer.nearest((700_000.0, 7_100_000.0), kinds=frozenset({EntryKind.SHOP}))
        assert [near.entry.name for near in shops] == ["Shop"]

    def test_nothing_of_the_kind_is_no_answer(self):
        assert Gazetteer([]).nearest((0.0, 0.0)) == ()

    def test_a_polygon_counts_by_its_edge(self):
        park = GazetteerEntry(
            "p", "Parken", EntryKind.PARK, Polygon([(0, 0), (10, 0), (10, 10), (0, 10)]), 5, "t"
        )
        assert Gazetteer([park]).nearest((5.0, 110.0))[0].distance_m == pytest.approx(100.0)
