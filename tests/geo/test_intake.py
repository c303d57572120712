"""Files in, places and counts out: the whole way from an office's file to the read model, on both databases."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ground import ground_layers
from sqlalchemy import func, select

from geo.actions.releases import Ground, last_quarter, publish
from geo.bootstrap import demo_steps, put_layers
from geo.crs import to_3006
from geo.errors import NotFound, NotPossible, SettingsError, StoreError, UnreadableInput
from geo.gazetteer import load_gazetteer
from geo.intake import Intake, Report
from geo.model import CategoryGroup, LayerInfo, MeasureStatus, PlaceStatus, Promise, Reason, TimeOfDay
from geo.publish.course import AsOf
from geo.publish.incidents import PublicIncidents, incidents
from geo.publish.layers import layer_infos, one_layer
from geo.publish.measures import measures
from geo.publish.places import Filters, PublicPlaces, places
from geo.settings import ROOT
from geo.store.engine import Store, open_store
from geo.store.schema import answer_location, incident, measure_log, survey_answer
from geo.store.surveys import queue

DATA = ROOT / "data"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AS_OF = AsOf(NOW, timedelta(minutes=10))
GAZETTEER = load_gazetteer(DATA / "places" / "gazetteer.csv")
LAYERS = ground_layers()


@pytest.fixture
def store(store_url: str):
    opened = open_store(store_url)
    put_layers(opened, LAYERS)
    yield opened
    opened.close()


def intake(store: Store, *, dry_run: bool = False) -> Intake:
    return Intake(store, GAZETTEER, now=NOW, dry_run=dry_run)


def survey_file(path: Path, rows: list[tuple[str, str, str, str]]) -> Path:
    """A survey export: respondent, place, reasons, times."""
    lines = ["Respondent;Vilken plats känns otrygg?;Varför?;När på dygnet?"]
    lines += [";".join(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="cp1252")
    return path


def people(
    number: int, place: str, reasons: str = "Dålig belysning", times: str = "kväll", who: str = "r"
) -> list[tuple[str, str, str, str]]:
    return [(f"{who}{index}", place, reasons, times) for index in range(number)]


def take_survey(store: Store, path: Path, rows: list[tuple[str, str, str, str]]) -> Report:
    return intake(store).survey(survey_file(path / "s.csv", rows), survey="Enkät 2022")


def picture_of(store: Store) -> PublicPlaces:
    return places(store, measures(store, AS_OF).measures)


def count(store: Store, table) -> int:  # type: ignore[no-untyped-def]
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


class TestSurvey:
    def test_five_respondents_make_a_place_and_four_do_not(self, store: Store, tmp_path: Path) -> None:
        report = take_survey(
            store,
            tmp_path,
            [*people(5, "busstationen i Robertsfors"), *people(4, "Jenningsskolan", who="x")],
        )
        assert (report.read, report.new, report.located) == (9, 9, 9)
        picture = picture_of(store)
        assert [(found.anchor, found.distance_m) for found in picture.places] == [
            ("Robertsfors busstation", 0)
        ]
        found = picture.places[0]
        assert found.locality == "Robertsfors"
        assert found.reasons == (Reason.LIGHTING,)
        assert found.times == (TimeOfDay.EVENING,)
        assert found.status is PlaceStatus.FLAGGED
        assert (found.surveys, found.years) == (("Enkät 2022",), (2022,))
        assert picture.further == ("Robertsfors",)

    def test_one_respondent_who_answers_ten_times_is_one(self, store: Store, tmp_path: Path) -> None:
        rows = [("same", "busstationen", f"Buskage {n}", "natt") for n in range(10)]
        assert take_survey(store, tmp_path, rows).new == 10
        assert picture_of(store).places == ()

    def test_reasons_need_three_mentions_and_groups_are_never_told_of_a_place(
        self, store: Store, tmp_path: Path
    ) -> None:
        rows = [
            *people(3, "busstationen", "Buskage, Stökiga grupper"),
            *people(2, "busstationen", "Klotter, Stökiga grupper", who="x"),
            *people(4, "busstationen", "Dålig belysning, Droger", who="y"),
        ]
        take_survey(store, tmp_path, rows)
        picture = picture_of(store)
        assert picture.places[0].reasons == (Reason.LIGHTING, Reason.VEGETATION)
        assert picture.municipal == (Reason.GROUPS,)

    def test_the_same_file_again_is_known_and_changes_nothing(self, store: Store, tmp_path: Path) -> None:
        rows = people(6, "busstationen")
        take_survey(store, tmp_path, rows)
        before = picture_of(store)
        again = take_survey(store, tmp_path, rows)
        assert (again.read, again.new, again.known) == (6, 0, 6)
        assert picture_of(store) == before

    def test_a_place_keeps_its_address_when_more_is_known(self, store: Store, tmp_path: Path) -> None:
        take_survey(store, tmp_path, people(5, "Jenningsskolan"))
        first = picture_of(store).places[0].id
        take_survey(
            store, tmp_path, [*people(9, "busstationen", who="b"), *people(2, "Jenningskolan", who="c")]
        )
        anchors = {found.id: found.anchor for found in picture_of(store).places}
        assert anchors[first] == "Jenningsskolan"

    def test_a_place_of_few_is_not_there(self, store: Store, tmp_path: Path) -> None:
        take_survey(store, tmp_path, [*people(5, "busstationen"), *people(1, "Ånäset busstation", who="x")])
        assert [found.anchor for found in picture_of(store).places] == ["Robertsfors busstation"]

    def test_a_hamlet_is_not_named_for_one_answer(self, store: Store, tmp_path: Path) -> None:
        take_survey(store, tmp_path, people(1, "Åkullsjön"))
        picture = picture_of(store)
        assert picture.further == ()
        assert picture.elsewhere

    def test_two_places_in_one_answer_count_for_both(self, store: Store, tmp_path: Path) -> None:
        take_survey(store, tmp_path, people(5, "busstationen och Jenningsskolan"))
        assert len(picture_of(store).places) == 2

    def test_what_names_no_place_waits_for_the_staff(self, store: Store, tmp_path: Path) -> None:
        report = take_survey(store, tmp_path, people(3, "vet ej"))
        assert report.not_located == 3
        with store.read() as connection:
            assert [row.text for row in queue(connection)] == ["vet ej"] * 3

    @pytest.mark.parametrize(
        "text",
        [
            "räcket saknas på bron vid Tundalsskolan",
            "stort hål i gångvägen vid busstationen",
            "lös kabel hänger vid Coop",
            "mörkt övergångsställe vid E4 i Sikeå",
        ],
    )
    def test_a_danger_goes_to_the_queue_at_once(self, store: Store, tmp_path: Path, text: str) -> None:
        report = take_survey(store, tmp_path, [*people(1, text), *people(1, "busstationen", who="x")])
        assert report.dangers == 1
        with store.read() as connection:
            assert [row.text for row in queue(connection)][:1] == [text]

    def test_a_rehearsal_says_the_same_and_keeps_nothing(self, store: Store, tmp_path: Path) -> None:
        path = survey_file(tmp_path / "s.csv", people(6, "busstationen"))
        rehearsed = intake(store, dry_run=True).survey(path, survey="Enkät 2022")
        assert count(store, survey_answer) == 0
        assert picture_of(store).places == ()
        real = intake(store).survey(path, survey="Enkät 2022")
        assert rehearsed.counts() == real.counts()

    def test_a_file_that_fails_halfway_leaves_nothing(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class PowerCut(Exception):
            pass

        def cut(stage: str, done: int, total: int) -> None:
            if stage == "clustering":
                raise PowerCut

        path = survey_file(tmp_path / "s.csv", people(6, "busstationen"))
        with pytest.raises(PowerCut):
            Intake(store, GAZETTEER, now=NOW, progress=cut).survey(path, survey="Enkät 2022")
        assert count(store, survey_answer) == count(store, answer_location) == 0

    def test_the_dark_words_of_a_respondent_are_nowhere_in_the_read_model(
        self, store: Store, tmp_path: Path
    ) -> None:
        take_survey(store, tmp_path, people(5, "busstationen på kvällen CANARY"))
        assert "CANARY" not in repr(picture_of(store))


def released(store: Store) -> PublicIncidents:
    """What residents see when all of it is released."""
    publish(store, None, last_quarter(NOW), now=NOW, ground=Ground())
    return incidents(store)


def incidents_file(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join(["id;kategori;start;plats;kommun", *rows]) + "\n", encoding="utf-8")
    return path


class TestIncidents:
    def take(self, store: Store, path: Path, rows: list[str]) -> Report:
        return intake(store).incidents(incidents_file(path / "i.csv", rows), source="EST")

    def test_counts_by_year_group_and_locality(self, store: Store, tmp_path: Path) -> None:
        rows = [f"{n};Trafikolycka;2024-0{n + 1}-03 12:00;E4, Sikeå;Robertsfors" for n in range(6)]
        rows += [f"{n};Stöld;2025-0{n - 9}-01 12:00;Ånäset;Robertsfors" for n in range(10, 15)]
        rows += [f"{n};Stöld;2026-01-0{n - 19} 12:00;;Robertsfors" for n in range(20, 27)]
        report = self.take(store, tmp_path, rows)
        assert (report.new, report.municipality, report.duplicates) == (18, 7, 0)
        picture = released(store)
        assert picture.years == (2024, 2025, 2026)
        accidents = picture.table[CategoryGroup.TRAFFIC_ACCIDENT]
        assert [found.value for found in accidents] == [6, 0, 0]
        assert [found.value for found in picture.table[CategoryGroup.THEFT]] == [0, 5, 7]
        assert {found.name: found.whole.value for found in picture.localities} == {"Sikeå": 6, "Ånäset": 5}

    def test_a_number_that_would_give_a_small_one_away_is_hidden(self, store: Store, tmp_path: Path) -> None:
        rows = [f"{n};Trafikolycka;2024-0{n + 1}-03 12:00;E4, Sikeå;Robertsfors" for n in range(6)]
        rows += ["7;Stöld;2025-01-01 12:00;Ånäset;Robertsfors", "8;Stöld;2025-02-01 12:00;;Robertsfors"]
        self.take(store, tmp_path, rows)
        picture = released(store)
        assert [found.small for found in picture.table[CategoryGroup.THEFT]] == [False, True, False]
        # All are eight: with Sikeå's six, the one of Ånäset could be no more than two.
        assert [found.whole.value for found in picture.localities if found.name == "Sikeå"] == [None]

    def test_traffic_controls_are_work_and_not_incidents(self, store: Store, tmp_path: Path) -> None:
        self.take(
            store,
            tmp_path,
            [f"{n};Trafikkontroll;2024-05-0{n + 1} 12:00;Ånäset;Robertsfors" for n in range(6)],
        )
        picture = released(store)
        assert picture.controls == (6,)
        assert picture.localities == ()
        assert CategoryGroup.TRAFFIC_CONTROL not in picture.table

    def test_what_is_told_twice_within_hours_counts_once(self, store: Store, tmp_path: Path) -> None:
        rows = [
            "1;Trafikolycka;2024-04-05 12:23;Sikeå, E4;Robertsfors",
            "2;Trafikolycka;2024-04-05 12:23;Sikeå, E4;Robertsfors",
            "3;Trafikolycka;2024-04-05 13:40;E4 Sikeå;Robertsfors",
            "4;Trafikolycka;2024-04-06 12:23;Sikeå, E4;Robertsfors",
            "5;Skadegörelse;2024-04-05 12:23;Sikeå, E4;Robertsfors",
        ]
        assert self.take(store, tmp_path, rows).duplicates == 2
        assert self.take(store, tmp_path, [rows[0].replace("1;", "6;", 1)]).duplicates == 1

    def test_refused_categories_are_counted_and_kept_nowhere(self, store: Store, tmp_path: Path) -> None:
        report = self.take(
            store,
            tmp_path,
            [
                "1;Våldtäkt;2024-04-05 12:23;Storgatan;Robertsfors",
                "2;Våld i nära relation;2024-04-05 12:23;Storgatan;Robertsfors",
                "3;Stöld;2024-04-05 12:23;Storgatan;Robertsfors",
            ],
        )
        assert (report.read, report.new, report.rejected, report.refused) == (3, 1, 2, 2)
        assert "våldtäkt" not in repr(report.rows).lower()
        with store.read() as connection:
            assert connection.execute(select(incident.c.category)).scalars().all() == ["Stöld"]

    def test_another_municipality_is_not_placed_and_not_counted(self, store: Store, tmp_path: Path) -> None:
        rows = [f"{n};Stöld;2024-04-0{n + 1} 12:23;Storgatan;Umeå" for n in range(6)]
        assert self.take(store, tmp_path, rows).outside == 6
        with pytest.raises(NotPossible, match="nothing to release"):
            released(store)

    def test_a_position_far_outside_is_rejected_with_its_row(self, store: Store, tmp_path: Path) -> None:
        path = tmp_path / "i.csv"
        path.write_text(
            "id;kategori;start;lat;lon\n1;Stöld;2024-04-05;64,1923;20,8473\n2;Stöld;2024-04-05;59,33;18,06\n",
            encoding="utf-8",
        )
        report = intake(store).incidents(path, source="EST")
        assert (report.new, report.located, report.rejected) == (1, 1, 1)
        assert report.rows[0].row == 3

    def test_positions_apart_are_two_places_though_no_words_tell_them_apart(
        self, store: Store, tmp_path: Path
    ) -> None:
        path = tmp_path / "i.csv"
        path.write_text(
            "id;kategori;start;lat;lon\n1;Stöld;2024-04-05 12:00;64,1923;20,8473\n"
            "2;Stöld;2024-04-05 12:10;64,1975;20,8473\n3;Stöld;2024-04-05 12:20;64,1923;20,8473\n",
            encoding="utf-8",
        )
        report = intake(store).incidents(path, source="EST")
        assert (report.new, report.duplicates) == (3, 1)

    def test_the_same_again_from_the_polices_own_format(self, store: Store, tmp_path: Path) -> None:
        event = {
            "id": 1,
            "datetime": "2024-05-19 8:37:11 +02:00",
            "name": "19 maj 08:13, Trafikolycka, vilt, Robertsfors",
            "summary": "Larm om en olycka med vilt på E4, Bygdeå.",
            "url": "/x/",
            "type": "Trafikolycka, vilt",
            "location": {"name": "Robertsfors", "gps": "64.191835,20.84891"},
        }
        path = tmp_path / "e.json"
        path.write_text(json.dumps([event]), encoding="utf-8")
        assert intake(store).police_events(path).located == 1
        assert intake(store).police_events(path).known == 1
        with store.read() as connection:
            row = connection.execute(select(incident)).one()
        centre = to_3006(20.84891, 64.191835, 4326)
        assert row.text == "E4, Bygdeå"
        assert row.locality == "Bygdeå"
        assert row.geom.distance(type(row.geom)(centre)) > 5_000


class TestMeasures:
    HEAD = "id;åtgärd;ansvarig;löfte;status;plats;klart senast\n"

    def take(self, store: Store, path: Path, *rows: str) -> Report:
        file = path / "m.csv"
        file.write_text(self.HEAD + "\n".join(rows) + "\n", encoding="utf-8")
        return intake(store).measures(file)

    def test_a_measure_finds_its_flagged_place(self, store: Store, tmp_path: Path) -> None:
        take_survey(store, tmp_path, people(5, "busstationen"))
        self.take(store, tmp_path, "1;Lampor;Kommunen;otrygga platser;planerad;busstationen;2026-12-01")
        found = picture_of(store).places[0]
        assert found.status is PlaceStatus.PLANNED
        assert [one.title for one in found.measures] == ["Lampor"]

    def test_it_also_finds_a_place_that_comes_later(self, store: Store, tmp_path: Path) -> None:
        self.take(store, tmp_path, "1;Lampor;Kommunen;otrygga platser;pågående;busstationen;2026-12-01")
        take_survey(store, tmp_path, people(5, "busstationen"))
        assert picture_of(store).places[0].status is PlaceStatus.ONGOING

    def test_a_new_status_is_a_new_line_in_the_log(self, store: Store, tmp_path: Path) -> None:
        self.take(store, tmp_path, "1;Lampor;Kommunen;otrygga platser;planerad;busstationen;2026-12-01")
        again = self.take(
            store, tmp_path, "1;Lampor;Kommunen;otrygga platser;pågående;busstationen;2026-12-01"
        )
        assert (again.known, again.changed) == (1, 1)
        with store.read() as connection:
            log = connection.execute(select(measure_log.c.status).order_by(measure_log.c.id))
            assert log.scalars().all() == ["planned", "ongoing"]

    def test_a_measure_becomes_wholly_what_the_new_file_says(self, store: Store, tmp_path: Path) -> None:
        take_survey(store, tmp_path, people(5, "busstationen"))
        file = tmp_path / "m.csv"
        file.write_text(self.HEAD + "1;Lampor;Kommunen;trafik;planerad;Jenningsskolan;2026-12-01\n")
        intake(store).measures(file, synthetic=True)
        again = self.take(
            store, tmp_path, "1;Lampor;Polisen;otrygga platser;planerad;busstationen;2026-12-01"
        )
        assert again.changed == 1
        [found] = measures(store, AS_OF).measures
        assert (found.responsible, found.promise, found.where) == (
            ("Polisen",),
            Promise.UNSAFE_PLACES,
            "busstationen",
        )
        assert not found.synthetic
        assert found.place_ids == (picture_of(store).places[0].id,)

    def test_ideas_are_not_promises_and_late_is_late(self, store: Store, tmp_path: Path) -> None:
        self.take(
            store,
            tmp_path,
            "1;Idé;Kommunen;otrygga platser;föreslagen;;2026-12-01",
            "2;Sen;Kommunen;trafik;planerad;;2026-01-01",
            "3;I tid;Kommunen;trafik;planerad;;2026-12-01",
        )
        found = measures(store, AS_OF).measures
        assert [(one.title, one.overdue) for one in found] == [("Sen", True), ("I tid", False)]
        assert {one.status for one in found} == {MeasureStatus.PLANNED}


class TestLayers:
    INFO = LayerInfo(
        name="station_area", title_sv="Stationen", title_en="The station", source="Kommunen",
        licence="CC0-1.0", precision="1 m", style="area",
    )  # fmt: skip

    def test_a_planner_replaces_the_station_area(self, store: Store, tmp_path: Path) -> None:
        ring = [[20.86, 64.18], [20.87, 64.18], [20.87, 64.19], [20.86, 64.18]]
        path = tmp_path / "s.geojson"
        path.write_text(
            json.dumps(
                {
                    "type": "FeatureCollection",
                    "features": [
                        {
                            "type": "Feature",
                            "properties": {"name": "S", "handläggare": "N. N."},
                            "geometry": {"type": "Polygon", "coordinates": [ring]},
                        }
                    ],
                }
            )
        )
        order = [info.name for info in layer_infos(store)]
        report = intake(store).layer(path, self.INFO)
        assert (report.read, report.changed) == (1, 1)
        assert [info.name for info in layer_infos(store)] == order
        layer = one_layer(store, "station_area")
        assert layer.info.title_sv == "Stationen"
        assert [feature.properties for feature in layer.features] == [{"name": "S"}]

    def test_a_staff_layer_is_not_there_for_residents(self, store: Store, tmp_path: Path) -> None:
        path = tmp_path / "s.geojson"
        path.write_text(
            '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},'
            '"geometry":{"type":"Point","coordinates":[20.86,64.18]}}]}'
        )
        secret = LayerInfo("hemligt", "H", "S", "x", "x", "x", audience="staff")
        intake(store).layer(path, secret)
        assert "hemligt" not in {info.name for info in layer_infos(store)}
        with pytest.raises(NotFound):
            one_layer(store, "hemligt")

    def test_nothing_readable_leaves_the_old_layer(self, store: Store, tmp_path: Path) -> None:
        path = tmp_path / "s.geojson"
        path.write_text("<OGRVRTDataSource></OGRVRTDataSource>")
        before = one_layer(store, "station_area")
        with pytest.raises(UnreadableInput):
            intake(store).layer(path, self.INFO)
        assert one_layer(store, "station_area") == before


def test_one_file_by_two_people_at_once_is_kept_once(store: Store, tmp_path: Path) -> None:
    path = survey_file(tmp_path / "s.csv", people(300, "busstationen i Robertsfors"))
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(intake(store).survey, path, survey="Enkät 2022") for _ in range(2)]
        reports = [run.result() for run in runs]
    assert sorted(report.new for report in reports) == [0, 300]
    assert count(store, survey_answer) == 300


def test_invented_and_real_answers_never_share_a_survey(store: Store, tmp_path: Path) -> None:
    take_survey(store, tmp_path, people(5, "busstationen i Robertsfors"))
    path = survey_file(tmp_path / "more.csv", people(5, "Jenningsskolan", who="x"))
    with pytest.raises(StoreError, match="other kind"):
        intake(store).survey(path, survey="Enkät 2022", synthetic=True)
    assert count(store, survey_answer) == 5


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_survey_needs_a_name(store: Store, tmp_path: Path, name: str) -> None:
    path = survey_file(tmp_path / "s.csv", people(1, "busstationen i Robertsfors"))
    with pytest.raises(SettingsError, match="200"):
        intake(store).survey(path, survey=name)


def test_a_survey_without_answers_is_no_source(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput):
        intake(store).survey(survey_file(tmp_path / "s.csv", []), survey="Tom 2023")
    take_survey(store, tmp_path, people(5, "busstationen i Robertsfors"))
    assert picture_of(store).surveys == ("Enkät 2022",)


class TestDemo:
    def test_the_demo_is_a_picture_worth_showing(self, store: Store) -> None:
        for step in demo_steps(intake(store), DATA):
            report = step.run()
            assert report.new > 10, step.name
            assert report.rejected == 0, step.name
        picture = picture_of(store)
        assert 6 <= len(picture.places) <= 20
        assert {"Robertsfors", "Ånäset", "Bygdeå"} <= set(picture.localities)
        assert {found.status for found in picture.places} >= {PlaceStatus.FLAGGED, PlaceStatus.PLANNED}
        assert all(found.synthetic for found in picture.places)
        dark = Filters(reason=Reason.LIGHTING, time=TimeOfDay.EVENING)
        assert any(dark.takes(found) for found in picture.places)
        told = released(store)
        assert len(told.localities) >= 3
        assert sum(told.controls) > 10
        assert len({measure.promise for measure in measures(store, AS_OF).measures}) == 5

    def test_no_real_event_is_put_at_the_municipalitys_centre(self, store: Store) -> None:
        steps: dict[str, Callable[[], Report]] = {
            step.name: step.run for step in demo_steps(intake(store), DATA)
        }
        steps["police_events.csv"]()
        centre = to_3006(20.84891, 64.191835, 4326)
        with store.read() as connection:
            rows = connection.execute(
                select(incident.c.text, incident.c.geom).where(incident.c.geom.is_not(None))
            ).all()
        assert len(rows) > 50
        assert [row.text for row in rows if row.geom.distance(type(row.geom)(centre)) < 1] == []
