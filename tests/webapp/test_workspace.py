"""The station workspace as a browser without JavaScript gets it, on both databases, over the made-up town Granfors."""

import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from desk import Desk, words
from flask import Flask
from people import add_people
from shapely import Point
from sqlalchemy import insert, select

from geo.analysis.origins import OriginKind
from geo.area.package import open_area
from geo.bootstrap import area_layers, put_layers
from geo.crs import points_to_3006, points_to_wgs84
from geo.gazetteer import Gazetteer
from geo.intake import Intake
from geo.settings import ROOT, Settings
from geo.store import stations
from geo.store.engine import Store, open_store
from geo.store.migration import migrate
from geo.store.rows import start_import
from geo.store.schema import audit, incident, place
from geo.store.stations import Station
from webapp import create_app

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TIMETABLE = "Tid;Veckodagar;Riktning\n07:10;mån–fre;avgång\n17:35;mån–fre;ankomst\n"
STATION = {
    "name": "Centralen <b>", "source": "Järnvägsplan 2026", "precision": "inom 20 m", "approximate": "yes",
    "entrances": "20.6944,64.1277", "area": "", "speed": "1,2", "first_day": "2026-10-01", "last_day": "2027-03-31",
    "people_address": "2", "people_stop": "5",
}  # fmt: skip


@pytest.fixture
def app(database_url: str, town_area: Path) -> Iterator[Flask]:
    store = open_store(database_url)
    migrate(store)
    put_layers(store, area_layers(ROOT / "data", open_area(town_area), "2409"))
    add_people(database_url, now=NOW)
    store.close()
    made = create_app(Settings(database_url=database_url, area=town_area), clock=lambda: NOW)
    yield made
    store_of(made).close()


def store_of(app: Flask) -> Store:
    found: Store = app.extensions["pictures"].store
    return found


def planner(app: Flask) -> Desk:
    """A planner who reads Swedish."""
    desk = Desk(app, "planner")
    desk.client.set_cookie("language", "sv")
    return desk


def kept(app: Flask) -> stations.Station | None:
    with store_of(app).read() as connection:
        return stations.one_station(connection)


def actions(app: Flask) -> list[str]:
    with store_of(app).read() as connection:
        return list(connection.execute(select(audit.c.action).order_by(audit.c.id)).scalars())


def upload(desk: Desk, path: str, field: str, content: bytes, **more: str) -> int:
    return desk.send(path, {field: (io.BytesIO(content), "fil.csv"), **more}).status_code


def scenario_of(desk: Desk, name: str = "Ny tunnel") -> str:
    answer = desk.send("/planning/scenarios", {"name": name})
    assert answer.status_code == 303
    return str(answer.headers["Location"]).split("#")[0]


def busiest(desk: Desk) -> list[list[float]]:
    """The line of a busy stretch that isn't at the door."""
    stretches = desk.client.get("/planning/answer.json").get_json()["stretches"]
    return next(one["lines"][0] for one in stretches[3:] if len(one["lines"]) == 1)


def test_the_station_that_osm_knows_is_shown_as_approximate_until_somebody_says_more(app: Flask) -> None:
    desk = planner(app)
    page = words(desk.client.get("/planning").text)
    assert "Granfors station" in page
    assert "Ungefärligt" in page
    assert "15 minuter" in page
    assert re.search(r"Entréerna fördes till närmaste väg: [\d,]+ m", page)
    answer = desk.send("/planning/station", STATION | {"approximate": "", "version": "0"})
    assert answer.status_code == 303
    found = kept(app)
    assert found is not None
    assert (found.name, found.approximate, found.version) == ("Centralen <b>", False, 1)
    page = desk.client.get("/planning").text
    assert "Centralen &lt;b&gt;" in page
    assert "Ungefärligt" not in words(page)
    assert actions(app)[-1] == "station.save"


WRONG = (
    ("entrances", "64.17;20.69", "longitud"),
    ("entrances", "", "entré"),
    ("entrances", "18.07,59.33", "utanför kommunen"),
    ("entrances", "nan,64", "longitud"),
    ("drop_offs", "vid torget", "longitud"),
    ("drop_offs", "18.07,59.33", "avlämningsplats ligger utanför"),
    ("drop_offs", "20.6944,64.1277\n" * 41, "högst 40 avlämningsplatser"),
    ("entrances", "20.6944,64.1277\n20.66,64.10", "Entré 2 ligger"),
    ("area", "20.694,64.127 20.696,64.129 20.696,64.127 20.694,64.129", "korsar sig"),
    ("area", "20.694,64.127 20.696,64.129", "tre hörn"),
    ("name", "  ", "namn"),
    ("source", "", "läget"),
    ("speed", "fort", "tal"),
    ("speed", "9", "0,3"),
    ("first_day", "i höst", "2026-10-01"),
    ("last_day", "2026-09-01", "före"),
    ("people_stop", "-1", "1 000"),
)
"""A field, what is written in it, and a word of what is said."""


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_saved(app: Flask) -> None:
    desk = planner(app)
    for field, value, said in WRONG:
        answer = desk.send("/planning/station", STATION | {"version": "0", field: value})
        assert answer.status_code == 422
        assert said in words(answer.text), field
        assert "entry-wrong" in answer.text
        assert kept(app) is None
        # What was written is still there.
        assert "Järnvägsplan 2026" in answer.text or field == "source"


def test_people_who_are_let_out_of_cars_walk_from_where_the_planner_says(app: Flask) -> None:
    desk = planner(app)

    def reached() -> tuple[int, float]:
        answer = app.extensions["workspace"].answer((), NOW.date())
        return answer.reach[-1].counts.get(OriginKind.DROP_OFF, 0), answer.reach[-1].people

    alone = STATION | {"people_drop_off": "70", "version": "0"}
    assert desk.send("/planning/station", alone).status_code == 303
    none, before = reached()
    assert none == 0
    (lon, lat), *_ = busiest(desk)
    spots = f"{lon:.6f},{lat:.6f}\n20.694400,64.127700"
    assert desk.send("/planning/station", alone | {"version": "1", "drop_offs": spots}).status_code == 303
    assert reached() == (2, pytest.approx(before + 140))
    assert "avlämningsplatser" in words(desk.client.get("/planning").text)
    # They stay as they were written, apart from the entrances, and the audit tells them.
    form = desk.client.get("/planning/station").text
    written = re.search(r"<textarea[^>]*name=\"drop_offs\"[^>]*>\s*([^<]*)</textarea>", form)
    assert written is not None and written[1].split() == spots.split()
    found = kept(app)
    assert found is not None and (len(found.entrances), len(found.drop_offs)) == (1, 2)
    with store_of(app).read() as connection:
        told = connection.execute(select(audit.c.before, audit.c.after).order_by(audit.c.id.desc())).first()
    assert told is not None and (len(told.before["drop_offs"]), len(told.after["drop_offs"])) == (0, 2)
    # Taken out of the form, they are gone.
    assert desk.send("/planning/station", alone | {"version": "2"}).status_code == 303
    assert reached() == (0, pytest.approx(before))


def test_two_planners_who_save_the_same_station_are_told(app: Flask) -> None:
    desk = planner(app)
    assert desk.send("/planning/station", STATION | {"version": "0"}).status_code == 303
    late = desk.send("/planning/station", STATION | {"version": "0", "name": "En annan"})
    assert late.status_code == 412
    found = kept(app)
    assert found is not None and found.name == "Centralen <b>"


def test_a_drawing_needs_its_coordinate_system_and_then_gives_area_and_entrances(app: Flask) -> None:
    desk = planner(app)
    lon, lat = 20.6944, 64.1277
    file = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [lon, lat]}},
            {
                "type": "Feature",
                "properties": {},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[lon, lat], [lon + 0.002, lat], [lon + 0.002, lat + 0.001], [lon, lat]]],
                },
            },
        ],
    }
    sent = STATION | {
        "version": "0",
        "entrances": "",
        "file": (io.BytesIO(json.dumps(file).encode()), "s.geojson"),
    }
    assert desk.send("/planning/station", sent).status_code == 303
    found = kept(app)
    assert found is not None and found.area is not None
    assert points_to_wgs84(np.array(found.entrances))[0] == pytest.approx([lon, lat], abs=1e-6)
    drawing = b"0\nSECTION\n2\nENTITIES\n0\nPOINT\n8\n0\n10\n775000\n20\n7121000\n0\nENDSEC\n0\nEOF\n"
    refused = desk.send(
        "/planning/station", STATION | {"version": "1", "file": (io.BytesIO(drawing), "s.dxf")}
    )
    assert refused.status_code == 422
    assert "koordinatsystem" in words(refused.text)


def test_a_timetable_gives_dark_walking_time_with_its_reasons(app: Flask) -> None:
    desk = planner(app)
    assert "Lägg in tidtabellen" in words(desk.client.get("/planning").text)
    wrong = desk.send("/planning/timetable", {"timetable": (io.BytesIO(b"Tid\n07:10\n25:61\n"), "t.csv")})
    assert wrong.status_code == 422
    assert "25:61" in words(wrong.text)
    assert upload(desk, "/planning/timetable", "timetable", TIMETABLE.encode("cp1252")) == 303
    page = words(desk.client.get("/planning").text)
    assert "Varför denna siffra?" in page
    assert "min om dagen" in page
    assert re.search(r"medelvärdet av 2\d\d ankomster och avgångar", page)
    assert "station.trains" in actions(app)


def test_lamps_of_ones_own_go_before_openstreetmap(app: Flask) -> None:
    desk = planner(app)
    line = busiest(desk)
    lamps = {"type": "LineString", "coordinates": line}
    before = [
        one
        for one in desk.client.get("/planning/answer.json").get_json()["stretches"]
        if one["lines"][0] == line
    ]
    sent = {"lamps": (io.BytesIO(json.dumps(lamps).encode()), "l.geojson")}
    assert desk.send("/planning/lamps", sent).status_code == 303
    after = [
        one
        for one in desk.client.get("/planning/answer.json").get_json()["stretches"]
        if one["lines"][0] == line
    ]
    assert before[0]["people"] == after[0]["people"]
    assert after[0]["light"] == "lit"
    assert "1 lampa är inlagd" in words(desk.client.get("/planning/station").text)
    assert desk.send("/planning/lamps", {"none": "yes"}).status_code == 303
    assert "0 lampor är inlagda" in words(desk.client.get("/planning/station").text)
    assert upload(desk, "/planning/owners", "owners", b"inte en karta") == 422


def test_a_scenario_is_made_changed_compared_and_taken_away(app: Flask) -> None:
    desk = planner(app)
    address = scenario_of(desk)
    line = " ".join(f"{lon},{lat}" for lon, lat in busiest(desk))
    shut = {"action": "add", "version": "1", "kind": "close", "drawn": line}
    assert desk.send(address, shut).status_code == 303
    page = words(desk.client.get(address).text)
    assert "Stäng en väg" in page
    assert "Berörda personer" in page
    assert "Sämre sträckor" not in page
    stale = desk.send(address, shut | {"version": "1"})
    assert stale.status_code == 412
    wrong = desk.send(
        address, {"action": "add", "version": "2", "kind": "add_path", "drawn": "20.7,64.17 20.71,64.17"}
    )
    assert wrong.status_code == 422
    assert "30 m" in words(wrong.text)
    assert "20.7,64.17 20.71,64.17" in wrong.text
    empty = desk.send(address, {"action": "add", "version": "2", "kind": "tunnel", "drawn": ""})
    assert "Rita det på kartan först" in words(empty.text)
    assert desk.send(address, {"action": "rename", "version": "2", "name": "Stängd gång"}).status_code == 303
    slug = address.rsplit("/", 1)[1]
    other = scenario_of(desk, "Ljus").rsplit("/", 1)[1]
    compared = words(desk.client.get(f"/planning/compare?s={slug}&s={other}").text)
    assert "Stängd gång" in compared and "Ljus" in compared and "Utan ändringar" in compared
    drawn = desk.client.get(f"/planning/answer.json?scenario={slug}").get_json()
    assert [edit["kind"] for edit in drawn["edits"]] == ["close"]
    assert desk.send(address, {"action": "drop-0", "version": "3"}).status_code == 303
    assert desk.client.get(f"/planning/answer.json?scenario={slug}").get_json()["edits"] == []
    assert desk.send(address, {"action": "remove", "version": "4"}).status_code == 303
    assert desk.client.get(address).status_code == 404
    assert [one for one in actions(app) if one.startswith("scenario")] == [
        "scenario.make", "scenario.save", "scenario.save", "scenario.make", "scenario.save", "scenario.remove",
    ]  # fmt: skip


def test_what_lies_beside_a_stretch_is_told_by_role(app: Flask) -> None:
    """A flagged place, a measure and an incident at a busy stretch; the incident is the coordinator's, and read with a trace."""
    desk = planner(app)
    lon, lat = busiest(desk)[0]
    spot = Point(points_to_3006(np.array([[lon, lat]]))[0])
    with store_of(app).write() as connection:
        connection.execute(
            insert(place).values(
                anchor="Hörnet", anchor_kind="", distance_m=0, direction="", locality="", geom=spot, radius_m=90.0,
                respondents=2, reasons={}, times={}, surveys=[], synthetic=True,
            )
        )  # fmt: skip
        run = start_import(connection, kind="incidents", file_name="f", sha256="x", at=NOW)
        for ref, level, radius in (("1", "spot", 20.0), ("2", "spot", 400.0), ("3", "locality", 20.0)):
            connection.execute(
                insert(incident).values(
                    import_id=run, source="s", ref=ref, category="c", grp="order", kind="incident", text="", municipality="",
                    place_key=ref, level=level, rule="exact", name="", locality="", radius_m=radius, probability=1.0,
                    geom=spot,
                )
            )  # fmt: skip
    page = words(desk.client.get("/planning").text)
    assert "1 plats som känns otrygg inom 50 m" in page
    assert "händelse inom 50 m" not in page
    assert "incidents.read" not in actions(app)
    boss = Desk(app, "coordinator")
    boss.client.set_cookie("language", "sv")
    page = words(boss.client.get("/planning").text)
    assert "1 händelse inom 50 m" in page
    assert "2 händelser inom 50 m" not in page
    assert "incidents.read" in actions(app)


def test_a_new_place_within_a_walk_is_on_the_planners_page_and_in_the_feed(
    app: Flask, tmp_path: Path
) -> None:
    desk = planner(app)
    assert "Nya platser" not in words(desk.client.get("/my/measures").text)
    file = tmp_path / "s.csv"
    file.write_text("Respondent;Plats\na;Granfors station\nb;Granfors station\n", encoding="utf-8")
    area = open_area(app.extensions["settings"].area)
    Intake(store_of(app), Gazetteer(area.entries()), now=NOW).survey(file, survey="Enkät 2026")
    page = words(desk.client.get("/my/measures").text)
    assert "Nya platser inom gångavstånd från stationen" in page
    assert "Granfors" in page
    assert "Nya platser" not in words(Desk(app, "police").client.get("/my/measures").text)
    made = desk.send("/my/calendar", {}).text
    feed = re.search(r'value="(http[^"]+\.atom)"', made)
    assert feed
    answer = app.test_client().get(feed.group(1).split("localhost", 1)[1])
    assert answer.mimetype == "application/atom+xml"
    assert answer.text.count("<entry>") == 1
    assert "Granfors" in answer.text
    police = Desk(app, "police").send("/my/calendar", {}).text
    assert ".atom" not in police


def test_a_scenario_opens_though_nobody_walks(app: Flask) -> None:
    desk = planner(app)
    nobody = {name: "0" for name in ("people_address", "people_stop", "people_parking")}
    assert desk.send("/planning/station", STATION | nobody | {"version": "0"}).status_code == 303
    address = scenario_of(desk)
    light = {"action": "add", "version": "1", "kind": "light", "drawn": "20.6944,64.1277"}
    assert desk.send(address, light).status_code == 303
    page = words(desk.client.get(address).text)
    assert page.split("Medelväg", 1)[1].startswith("– m")


def test_a_station_that_no_path_leads_to_any_longer_breaks_no_other_page(app: Flask) -> None:
    far = Station(
        name="Långt bort", area=None, entrances=((773_000.0, 7_118_000.0),), approximate=False, precision="", source="x",
        speed=1.2, people={}, first_day=date(2026, 10, 1), last_day=date(2027, 3, 31),
    )  # fmt: skip
    with store_of(app).write() as connection:
        stations.put_station(connection, far, version=0)
    desk = planner(app)
    assert desk.client.get("/my/measures").status_code == 200
    assert app.test_client().get("/station").status_code == 200
    page = desk.client.get("/planning")
    assert page.status_code == 200
    assert "från närmaste väg" in words(page.text)


def test_figures_are_frozen_for_good_and_stand_beside_todays(app: Flask) -> None:
    desk = planner(app)
    assert desk.send("/planning/baselines", {"name": "Före öppning"}).status_code == 303
    assert upload(desk, "/planning/timetable", "timetable", TIMETABLE.encode()) == 303
    page = words(desk.client.get("/planning").text)
    assert "Före öppning" in page
    assert "Personer inom 15 minuter" in page
    with store_of(app).read() as connection:
        (frozen,) = stations.baselines(connection)
    assert frozen.figures["people_15"] > frozen.figures["people_5"] > 0
    assert frozen.figures["dark_high"] == 0


def test_residents_see_how_far_it_is_and_nothing_exact(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("language", "sv")
    page = client.get("/station")
    assert page.status_code == 200
    assert "läget är ungefärligt" in words(page.text)
    assert re.search(r"15 minuter: ungefär \d+0 adresser", words(page.text))
    shape = client.get("/station.json").get_json()
    assert shape["station"]["entrances"] == []
    assert [one["minutes"] for one in shape["catchments"]] == [5, 10, 15]
    assert shape["stretches"] == []
    assert client.get("/planning").status_code == 303


def test_the_sun_of_the_year(app: Flask) -> None:
    desk = planner(app)
    days = desk.client.get("/planning/sun.json?clock=07:10").get_json()["days"]
    assert len(days) == 365
    states = {day: state for day, _height, state in days}
    assert (states["2026-12-15"], states["2026-06-15"]) == ("dark", "light")
    assert desk.client.get("/planning/sun.json?clock=25:61").status_code == 400
