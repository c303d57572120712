"""The officer's map and list of incidents: who may read, what the filters take, that both tell the same, and the trace."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from desk import Desk, Tags, words
from flask import Flask
from ground import ground_layers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import add_people
from sqlalchemy import delete, select, update

from geo.analysis.darkness import Spot, SunState, sun_elevation, sun_state
from geo.bootstrap import put_layers
from geo.crs import point_to_wgs84
from geo.model import STOCKHOLM, CategoryGroup, Incident, IncidentKind, Level, Match, TimeOfDay
from geo.settings import Settings
from geo.store.engine import Store, open_store
from geo.store.incidents import add_incidents
from geo.store.migration import migrate
from geo.store.rows import start_import
from geo.store.schema import audit, incident
from webapp import create_app

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVERYWHERE = "10,55,25,69.5"
PLACED, LOCALITY, MUNICIPALITY = 240, 40, 20
GROUPS = [group for group in CategoryGroup if group is not CategoryGroup.TRAFFIC_CONTROL]
_databases = count(1)


class Clock:
    """A clock that a test sets."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


CLOCK = Clock()


def _made(number: int) -> list[tuple[Incident, Match]]:
    """Incidents at random around Robertsfors, some known only to a locality or the municipality, some of long bounds."""
    random = Random(number)
    made = []
    for at in range(number):
        level = (
            Level.SPOT if at < PLACED else Level.LOCALITY if at < PLACED + LOCALITY else Level.MUNICIPALITY
        )
        started = NOW - timedelta(minutes=random.randrange(3 * 365 * 24 * 60))
        lasting = timedelta(hours=random.choice((0, 0, 1, 9)))
        group = random.choice(GROUPS)
        point = (random.gauss(764_000, 3_000), random.gauss(7_134_000, 3_000))
        made.append(
            (
                Incident(
                    source="test",
                    ref=str(at),
                    category=f"slag {at}",
                    group=group,
                    kind=IncidentKind.INCIDENT,
                    text=f"Plats {at}",
                    municipality="Robertsfors",
                    started=started if at % 10 else None,
                    ended=started + lasting,
                    published=started + timedelta(hours=30),
                ),
                Match(
                    text=f"Plats {at}",
                    level=level,
                    rule="test",
                    name=f"Plats {at}",
                    locality="" if level is Level.MUNICIPALITY else "Robertsfors",
                    point=None if level is Level.MUNICIPALITY else point,
                    radius_m=30.0,
                    probability=1.0,
                ),
            )
        )
    return made


MADE = _made(PLACED + LOCALITY + MUNICIPALITY)


def _take_in(url: str) -> None:
    store = open_store(url)
    migrate(store)
    put_layers(store, ground_layers())
    add_people(url, now=NOW)
    held = Incident(
        source="test",
        ref="held",
        category="hålls",
        group=GROUPS[0],
        kind=IncidentKind.INCIDENT,
        text="Hemligt",
        started=NOW,
        warning="home",
    )
    work = Incident(
        source="test",
        ref="work",
        category="kontroll",
        group=CategoryGroup.TRAFFIC_CONTROL,
        kind=IncidentKind.WORK,
        text="Vägen",
        started=NOW,
    )
    again = Incident(
        source="other",
        ref="again",
        category="slag 1",
        group=MADE[1][0].group,
        kind=IncidentKind.INCIDENT,
        text="Plats 1",
        municipality="Robertsfors",
        started=MADE[1][0].started,
    )
    with store.write() as connection:
        run = start_import(connection, kind="incidents", file_name="x", sha256="", at=NOW)
        add_incidents(
            connection,
            [*MADE, (held, MADE[0][1]), (work, MADE[0][1]), (again, MADE[1][1])],
            run,
            lambda _done: None,
        )
    store.close()


@pytest.fixture(scope="module", params=["sqlite", "postgis"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over incidents made at random, on both databases; a test may change them and puts them back."""
    if request.param == "sqlite":
        url = f"sqlite:///{Path(tmp_path_factory.mktemp('incidents')) / 'trygg.sqlite'}"
    else:
        server = request.getfixturevalue("postgis_server")
        name = f"incident_map_{next(_databases)}"
        with psycopg.connect(host=server, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE with_postgis STRATEGY FILE_COPY")
        url = f"postgresql+psycopg://postgres@/{name}?host={server}"
    _take_in(url)
    made = create_app(Settings(database_url=url), clock=CLOCK)
    yield made
    made.extensions["pictures"].store.close()


@pytest.fixture
def officer(app: Flask) -> Desk:
    return Desk(app, "police")


@pytest.fixture
def store(app: Flask) -> Store:
    found: Store = app.extensions["pictures"].store
    return found


def clusters(desk: Desk, query: str = "", zoom: int = 9, box: str = EVERYWHERE) -> list[list[Any]]:
    answer = desk.client.get(f"/work/incidents/clusters.json?box={box}&zoom={zoom}&{query}")
    assert answer.status_code == 200, answer.text
    found: list[list[Any]] = answer.get_json()["clusters"]
    return found


def on_the_map(desk: Desk, query: str = "", zoom: int = 9) -> int:
    return sum(int(cluster[2]) for cluster in clusters(desk, query, zoom))


def listed(desk: Desk, query: str = "") -> tuple[list[str], int]:
    """The categories of every page of the list, and how many of its incidents have no spot."""
    path, found, without = f"/work/incidents/list?{query}", [], 0
    while path:
        page = desk.client.get(path).text
        found += re.findall(r'<h2 class="row-name"><bdi>([^<]+)</bdi>', page)
        without += len(re.findall(r"Known only to", page))
        older = re.search(r'href="([^"]+)" rel="next"', page)
        path = older.group(1).replace("&amp;", "&") if older else ""
    return found, without


def expected(group: str = "", first: str = "", last: str = "", time: str = "", light: str = "") -> list[str]:
    """What the filters take by the words of the design, an incident at a time."""
    hours = {TimeOfDay.MORNING: range(6, 10), TimeOfDay.DAY: range(10, 18), TimeOfDay.EVENING: range(18, 22)}
    middle = ground_middle()
    found = []
    for one, match in MADE:
        told = one.started or one.published
        assert told is not None
        day = told.astimezone(STOCKHOLM).date()
        sure = (
            one.started is not None
            and one.ended is not None
            and one.ended - one.started <= timedelta(hours=4)
        )
        hour = told.astimezone(STOCKHOLM).hour
        name = next((each for each, span in hours.items() if hour in span), TimeOfDay.NIGHT)
        lon, lat = point_to_wgs84(match.point if match.level is Level.SPOT and match.point else middle)
        sun = sun_state(sun_elevation(Spot(lon, lat), told))
        takes = (
            (not group or one.group == group)
            and (not first or day >= date.fromisoformat(first))
            and (not last or day <= date.fromisoformat(last))
            and (not time or (sure and name == time))
            and (not light or (sure and sun == light))
        )
        if takes:
            found.append(one.category.capitalize())
    return found


def ground_middle() -> tuple[float, float]:
    boundary = next(layer for layer in ground_layers() if layer.info.name == "municipality")
    middle = boundary.features[0].geometry.centroid
    return middle.x, middle.y


days = st.dates(date(2023, 6, 1), date(2026, 11, 22)).map(str)
choices = st.fixed_dictionaries(
    {},
    optional={
        "group": st.sampled_from([str(group) for group in GROUPS]),
        "first": days,
        "last": days,
        "time": st.sampled_from([str(time) for time in TimeOfDay]),
        "light": st.sampled_from([str(state) for state in SunState]),
    },
).filter(lambda choice: choice.get("first", "") <= choice.get("last", "9"))


@given(choice=choices, zoom=st.integers(4, 18))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_list_is_the_maps_equal_and_both_take_what_the_words_say(
    officer: Desk, choice: dict[str, str], zoom: int
) -> None:
    names = {"first": "from", "last": "to"}
    query = "&".join(f"{names.get(name, name)}={value}" for name, value in choice.items())
    rows, without = listed(officer, query)
    assert sorted(rows) == sorted(expected(**choice))
    assert on_the_map(officer, query, zoom) == len(rows) - without


def test_held_rows_work_and_what_is_told_twice_are_nowhere(officer: Desk) -> None:
    rows, without = listed(officer)
    assert len(rows) == len(set(rows)) == len(MADE)
    assert without == LOCALITY + MUNICIPALITY
    assert on_the_map(officer) == PLACED
    page = words(officer.client.get("/work/incidents").text)
    assert f"{PLACED} incidents on the map." in page
    assert (
        f"{LOCALITY} more are known only to a locality. {MUNICIPALITY} more are known only to the municipality."
        in page
    )


def test_the_list_goes_from_the_newest_to_the_oldest(officer: Desk) -> None:
    rows, _without = listed(officer)
    told = {one.category.capitalize(): one.started or one.published for one, _match in MADE}
    moments = [told[row] for row in rows]
    assert moments == sorted(moments, key=lambda moment: moment or NOW, reverse=True)


def test_a_cluster_opens_into_as_many_as_it_said_down_to_each_incident(officer: Desk) -> None:
    waiting, opened = [(9, cluster) for cluster in clusters(officer)], 0
    seen: list[str] = []
    while waiting:
        zoom, (_lon, _lat, number, *box) = waiting.pop()
        box = box[:4]
        text = ",".join(f"{edge:.7f}" for edge in box)
        spot = officer.client.get(f"/work/incidents/spot.json?box={text}").get_json()
        if number == 1 or zoom == 18 or len(spot["incidents"]) == number:
            assert len(spot["incidents"]) == number
            seen += [one["category"] for one in spot["incidents"]]
            opened += 1
            continue
        inner = clusters(officer, zoom=zoom + 2, box=text)
        assert sum(int(each[2]) for each in inner) >= number
        opened += 1
        # The squares on the edge count whole: only what lies within is a part of what was opened.
        waiting += [
            (zoom + 2, each)
            for each in inner
            if box[0] <= each[3] and each[5] <= box[2] and box[1] <= each[4] and each[6] <= box[3]
        ]
    assert opened > 5
    assert {f"Slag {at}" for at in range(PLACED)} >= set(seen)


def test_nearest_the_ground_a_symbol_lists_exactly_what_it_counts(app: Flask, store: Store) -> None:
    """Even where its box holds a neighbour's: two rows of spots, so near that squares are gathered."""
    random = Random(9)
    spots = [(764_000 + random.uniform(0, 80), 7_134_000 + random.uniform(0, 80)) for _at in range(240)]
    with store.write() as connection:
        run = start_import(connection, kind="incidents", file_name="y", sha256="", at=NOW)
        made = [
            (
                replace(
                    one,
                    source="near",
                    ref=f"near {at}",
                    category=f"nära {at}",
                    text=f"Nära {at}",
                    group=GROUPS[at % 3],
                ),
                replace(match, point=point),
            )
            for (at, point), (one, match) in zip(enumerate(spots), MADE, strict=False)
        ]
        add_incidents(connection, made, run, lambda _done: None)
    desk = Desk(app, "police")
    try:
        lon, lat = point_to_wgs84((764_075, 7_134_075))
        box = f"{lon - 0.002},{lat - 0.001},{lon + 0.002},{lat + 0.001}"
        found = clusters(desk, zoom=18, box=box)
        gathered = [one for one in found if "," in one[7]]
        assert gathered
        boxes_tell_another = 0
        for one in found:
            told = desk.client.get(f"/work/incidents/spot.json?squares={one[7]}").get_json()
            assert int(told["title"].split()[0]) == one[2]
            page = words(desk.client.get(f"/work/incidents/list?squares={one[7]}").text)
            assert f"{one[2]} incident" in page
            by_box = ",".join(map(str, one[3:7]))
            other = desk.client.get(f"/work/incidents/spot.json?box={by_box}").get_json()
            boxes_tell_another += other["title"] != told["title"]
        assert boxes_tell_another
    finally:
        with store.write() as connection:
            connection.execute(delete(incident).where(incident.c.source == "near"))


def test_the_page_holds_what_the_map_would_ask_for(officer: Desk) -> None:
    page = officer.client.get("/work/incidents").text
    config = json.loads(
        str(next(one["data-config"] for one in Tags(page).all("div") if "data-config" in one))
    )
    assert config["first"]
    for zoom, first in config["first"].items():
        box = ",".join(map(str, first["box"]))
        assert first["clusters"] == clusters(officer, zoom=int(zoom), box=box)
    filtered = officer.client.get("/work/incidents?group=theft").text
    config = next(one["data-config"] for one in Tags(filtered).all("div") if "data-config" in one)
    assert json.loads(str(config))["first"] == {}


def test_a_spot_is_told_with_what_when_where_and_how_exactly(officer: Desk) -> None:
    one, match = MADE[1]
    assert match.point is not None
    lon, lat = point_to_wgs84(match.point)
    box = f"{lon - 1e-5},{lat - 1e-5},{lon + 1e-5},{lat + 1e-5}"
    told = officer.client.get(f"/work/incidents/spot.json?box={box}").get_json()
    assert told["title"] == "1 incident here"
    assert [(each["category"], each["place"], each["known"]) for each in told["incidents"]] == [
        ("Slag 1", "Plats 1", "Known to within 30 m")
    ]
    assert one.started is not None
    assert f"{one.started.astimezone(STOCKHOLM):%H:%M}" in told["incidents"][0]["when"]
    assert words(officer.client.get(f"/work/incidents/list?box={box}").text).count("Plats 1 ") >= 1


@pytest.mark.parametrize(
    "query",
    ["group=x", "group=traffic_control", "from=2026-13-01", "from=2026-02-02&to=2026-02-01", "time=noon", "light=dim",
     "page=0", "page=99", "box=1,2,3", "box=3,2,1,0", "box=nan,1,2,3", "box=1,2,1e999,3", "squares=x", "squares=1,,2", "squares=-1",
     "other=1", "time=day&time=day"],
)  # fmt: skip
def test_what_is_not_offered_is_refused(officer: Desk, query: str) -> None:
    assert officer.client.get(f"/work/incidents/list?{query}").status_code == 400


@pytest.mark.parametrize("query", ["zoom=9", "box=1,2,3,4", "box=1,2,3,4&zoom=19", "box=1,2,3,4&zoom=x"])
def test_the_map_needs_a_box_and_a_zoom_that_it_can_have(officer: Desk, query: str) -> None:
    assert officer.client.get(f"/work/incidents/clusters.json?{query}").status_code == 400


def test_a_resident_is_sent_to_sign_in_and_told_nothing(app: Flask) -> None:
    for path in ("", "/list", f"/clusters.json?zoom=9&box={EVERYWHERE}", f"/spot.json?box={EVERYWHERE}"):
        answer = app.test_client().get(f"/work/incidents{path}")
        assert answer.status_code == 303
        assert "Plats" not in answer.text


def test_what_an_officer_sees_is_kept_by_no_cache(officer: Desk) -> None:
    for path in ("", "/list", f"/clusters.json?zoom=9&box={EVERYWHERE}"):
        assert officer.client.get(f"/work/incidents{path}").headers["Cache-Control"] == "no-store"


def _noted(store: Store) -> list[tuple[str, dict[str, object]]]:
    with store.read() as connection:
        return [
            (row.actor, row.after)
            for row in connection.execute(
                select(audit).where(audit.c.action == "incident_map.read").order_by(audit.c.id)
            )
        ]


def test_reading_leaves_one_line_for_a_person_a_choice_and_ten_minutes(app: Flask, store: Store) -> None:
    start = datetime(2027, 1, 1, 12, tzinfo=UTC)
    before = len(_noted(store))
    try:
        CLOCK.now = start
        police, coordinator = Desk(app, "police"), Desk(app, "coordinator")
        police.client.get("/work/incidents")
        # The page holds what the map shows first.
        assert len(_noted(store)) == before + 1
        for zoom in (6, 9, 12):
            clusters(police, zoom=zoom)
        police.client.get("/work/incidents/list")
        police.client.get("/work/incidents/list?page=2")
        clusters(police, "time=night")
        clusters(coordinator)
        # Another server over the same store knows of it from the audit.
        other = create_app(
            Settings(database_url=str(store.engine.url.render_as_string(hide_password=False))), clock=CLOCK
        )
        clusters(Desk(other, "police"))
        other.extensions["pictures"].store.close()
        CLOCK.now = start + timedelta(minutes=9, seconds=59)
        clusters(police)
        CLOCK.now = start + timedelta(minutes=10)
        clusters(police)
        clusters(police)
    finally:
        CLOCK.now = NOW
    everything = {"number": len(MADE)}
    night = {"time": "night", "number": len(expected(time="night"))}
    assert _noted(store)[before:] == [
        ("police", everything),
        ("police", night),
        ("coordinator", everything),
        ("police", everything),
    ]


def test_the_audit_says_it_in_words(app: Flask, officer: Desk) -> None:
    clusters(officer, "group=theft&light=dark")
    told = words(Desk(app, "admin").client.get("/audit?action=incident_map.read").text)
    assert "Read incidents on the map" in told
    assert "Thefts and break-ins" in told


def test_a_change_in_the_store_is_seen_at_once(officer: Desk, store: Store) -> None:
    assert on_the_map(officer) == PLACED
    wanted = (incident.c.source == "test") & (incident.c.ref == "1")
    with store.write() as connection:
        connection.execute(update(incident).where(wanted).values(warning="home"))
    assert on_the_map(officer) == PLACED - 1
    assert "Slag 1" not in listed(officer)[0]
    with store.write() as connection:
        connection.execute(update(incident).where(wanted).values(warning=""))
    assert on_the_map(officer) == PLACED


def test_without_incidents_it_says_so(store_url: str) -> None:
    store = open_store(store_url)
    add_people(store_url, now=NOW)
    with store.write() as connection:
        connection.execute(delete(incident))
    store.close()
    app = create_app(Settings(database_url=store_url), clock=lambda: NOW)
    desk = Desk(app, "police")
    assert "No incident on the map fits the choices." in words(desk.client.get("/work/incidents").text)
    assert "No incident fits the choices." in words(desk.client.get("/work/incidents/list").text)
    assert clusters(desk) == []
    app.extensions["pictures"].store.close()
