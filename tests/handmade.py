"""A small picture made by hand, row by row: what the page's tests look at without an import before them.

Six places in three localities, one of every status but one twice; measures at them, beside them and
without a spot; a boundary, land, a road, an approximate area, names, stops, and one layer for staff only.
"""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from shapely.geometry import LineString, Point, box
from sqlalchemy import Connection, insert, text

from geo.crs import geometry_to_3006, to_3006
from geo.model import POLICE_FEED, Feature, Layer, LayerInfo
from geo.privacy.cells import Cells
from geo.privacy.statements import Key, Quarter, Release, Said, Scope, Statement, plain
from geo.store.cells import CellSet, add_cell_set
from geo.store.engine import Store, open_store
from geo.store.layers import put_layer
from geo.store.migration import migrate
from geo.store.releases import add_release
from geo.store.rows import start_import
from geo.store.schema import (
    measure,
    measure_log,
    measure_place,
    place,
    survey,
    survey_answer,
)

TODAY = date(2026, 6, 1)
ANSWERED = datetime(2022, 12, 1, tzinfo=UTC)
SURVEY = "Enkät 2022 (syntetisk)"

PLACES: tuple[tuple[str, str, float, float, int, str], ...] = (
    ("Robertsfors busstation", "Robertsfors", 20.84734, 64.19230, 0, ""),
    ("Robertsfors busstation", "Robertsfors", 20.84750, 64.18960, 300, "s"),
    ("Stantorsvallen", "Robertsfors", 20.86400, 64.18797, 0, ""),
    ("Tundalsskolan", "Robertsfors", 20.85210, 64.19510, 0, ""),
    ("Bygdeå Centrum", "Bygdeå", 20.85984, 64.06403, 150, "ne"),
    ("Ånäset busstn", "Ånäset", 21.04330, 64.27972, 1200, "w"),
)
"""Anchor, locality, lon, lat, metres and direction from the anchor. The id is the position, from 1."""

STATUSES = ("flagged", "ongoing", "planned", "completed", "verified", "ongoing")
"""The status that the measures give each place."""

REASONS: tuple[dict[str, int], ...] = (
    {"lighting": 5, "traffic": 3, "groups": 6, "vandalism": 2},
    {"lighting": 4},
    {"vegetation": 6, "visibility": 3},
    {"deserted": 3},
    {"neglect": 3},
    {"traffic": 7},
)
TIMES: tuple[dict[str, int], ...] = (
    {"evening": 5, "night": 4},
    {"night": 3},
    {"evening": 3, "morning": 1},
    {"morning": 5},
    {"day": 3},
    {"morning": 4, "day": 4, "evening": 4, "night": 4},
)

_MEASURES: tuple[tuple[str, str, tuple[int, ...], tuple[float, float] | None], ...] = (
    ("Ny belysning längs gångvägen", "ongoing", (2, 6), None),
    ("Röjning av buskar", "planned", (3,), None),
    ("Trygghetsvandring vid skolan", "completed", (4,), None),
    ("Lägre häckar", "verified", (5,), None),
    ("Fartkontroller", "ongoing", (), (20.9251, 64.1684)),
    ("Ny busskur", "planned", (), (20.8200, 64.1900)),
    ("Drogförebyggande arbete", "ongoing", (), None),
    ("En idé som inte är beslutad", "proposed", (1,), (20.8500, 64.1900)),
)

OVERDUE = 2
"""The id of the measure that is overdue, on TODAY and on every day since."""

DUE, LATE = date(2099, 12, 1), date(2026, 1, 31)

_TOWN = (20.8489, 64.1918)
_INCIDENTS = (("Robertsfors", 31), ("Ånäset", 14), ("Bygdeå", 5), ("Sikeå", 4))


def fill(url: str, anchors: Sequence[str] | None = None, copies: int = 0, *, released: bool = True) -> None:
    """Makes the picture in the empty database at ``url``.

    ``anchors`` replace the places' anchors, and the names of layers and measures, one by one.
    ``copies`` further places are strewn around the six, always the same way. ``released``: also a release.
    """
    store = open_store(url)
    try:
        migrate(store)
        _fill(store, tuple(anchors or ()), copies)
        if released:
            with store.write() as connection:
                _release(connection)
    finally:
        store.close()


def _fill(store: Store, anchors: tuple[str, ...], copies: int) -> None:
    def named(text: str, i: int) -> str:
        return anchors[i % len(anchors)] if anchors else text

    with store.write() as connection:
        for position, layer in enumerate(_layers(named)):
            put_layer(connection, layer, position=position)
        survey_id = connection.execute(
            insert(survey).values(name=named(SURVEY, 0), year=2022, synthetic=True).returning(survey.c.id)
        ).scalar_one()
        _answer(connection, survey_id)
        rows = [
            _place(i, (named(anchor, i - 1), *rest), survey_id) for i, (anchor, *rest) in enumerate(PLACES, 1)
        ]
        rows += _strewn(copies, survey_id)
        connection.execute(insert(place), rows)
        for i, (title, status, places, lonlat) in enumerate(_MEASURES, 1):
            connection.execute(insert(measure).values(_measure(i, named(title, i), status, lonlat)))
            connection.execute(
                insert(measure_log).values(measure_id=i, status=status, at=ANSWERED, note="Hemlig anteckning")
            )
            for place_id in places:
                connection.execute(insert(measure_place).values(measure_id=i, place_id=place_id))
        if store.dialect == "postgresql":
            # Rows that came with their own ids don't move the sequence that gives the next one.
            for name in ("place", "measure"):
                highest = f"(SELECT max(id) FROM {name})"
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {highest})"))


def _release(connection: Connection) -> None:
    """A release with each way of saying a count, for the municipality, its localities and three areas."""
    east, north = to_3006(*_TOWN, 4326)
    boxes = np.array([(east + 500 * i, north - 250, east + 500 * i + 500, north + 250) for i in range(3)])
    cells = Cells("handmade0001", boxes, np.array([20, 24, 31]), np.empty((0, 4)))
    made = CellSet(cells, 0, tuple(("Robertsfors", i) for i in (1, 2, 3)), 20, ANSWERED, "")
    add_cell_set(connection, made, actor="handmade")
    told = [
        (Scope.MUNICIPALITY, "", 2024, "theft", 2),
        (Scope.MUNICIPALITY, "", 2025, "theft", 31),
        *((Scope.LOCALITY, name, 0, "", number) for name, number in _INCIDENTS),
        *((Scope.LOCALITY, name, 2024, "", 0) for name, _ in _INCIDENTS),
        *((Scope.LOCALITY, name, 2025, "", number) for name, number in _INCIDENTS),
        *(
            (Scope.CELL, key, year, "", n)
            for key, n in zip(made.ids(), (12, 3, 0), strict=True)
            for year in (0, 2024, 2025)
        ),
    ]
    statements = [plain(Key(*key), n) for *key, n in told]
    statements += [
        Statement(Key(Scope.LOCALITY, "Överklinten", year, ""), Said.HIDDEN, None) for year in (0, 2024, 2025)
    ]
    add_release(
        connection, Release(Quarter(2025, 4), tuple(statements)), {},
        actor="handmade", at=ANSWERED, cells=cells.version, controls={2025: 7}, sources=(POLICE_FEED,),
    )  # fmt: skip


def _answer(connection: Connection, survey_id: int) -> None:
    """One answer that names no spot: a survey without answers is no source of anything."""
    import_id = start_import(connection, kind="survey", file_name="", sha256="", at=ANSWERED)
    connection.execute(
        insert(survey_answer).values(
            survey_id=survey_id, import_id=import_id, ref="1", respondent="1", text="vet ej", reasons=[],
            times=[], comment="", danger="",
        )
    )  # fmt: skip


def _place(key: int, spot: tuple[Any, ...], survey_id: int) -> dict[str, Any]:
    anchor, locality, lon, lat, metres, direction = spot
    return {
        "id": key,
        "anchor": anchor,
        "anchor_kind": "bus_stop" if anchor.startswith("Ånäset") else "school",
        "distance_m": metres,
        "direction": direction,
        "locality": locality,
        "geom": Point(to_3006(lon, lat, 4326)),
        "radius_m": 150.0,
        "respondents": 7,
        "reasons": REASONS[(key - 1) % len(REASONS)],
        "times": TIMES[(key - 1) % len(TIMES)],
        "surveys": [survey_id],
        "synthetic": True,
    }


def _strewn(number: int, survey_id: int) -> list[dict[str, Any]]:
    chance = random.Random(1)
    rows = []
    for key in range(len(PLACES) + 1, len(PLACES) + 1 + number):
        _anchor, locality, lon, lat, _metres, _direction = PLACES[key % len(PLACES)]
        spot = (
            f"{locality} hållplats {chance.randrange(40)}",
            locality,
            lon + chance.gauss(0, 0.04),
            lat + chance.gauss(0, 0.02),
            chance.choice((50, 100, 150, 300, 450, 1200)),
            chance.choice(("n", "ne", "e", "se", "s", "sw", "w", "nw")),
        )
        rows.append(_place(key, spot, survey_id))
    return rows


def _measure(key: int, title: str, status: str, lonlat: tuple[float, float] | None) -> dict[str, Any]:
    return {
        "ref": f"m{key}",
        "title": title,
        "description": "",
        "kind": "",
        "responsible": ["Robertsfors kommun"],
        "promise": "unsafe_places",
        "status": status,
        "text": "Robertsfors",
        "starts": None,
        "due": LATE if key == OVERDUE else DUE,
        "finished": None,
        "target": None,
        "done": 0,
        "synthetic": True,
        "level": "spot" if lonlat else "municipality",
        "rule": "by hand",
        "name": "",
        "locality": "",
        "radius_m": 50.0,
        "probability": 0.9,
        "geom": Point(to_3006(*lonlat, 4326)) if lonlat else None,
    }


def _layers(named: Any) -> list[Layer]:
    def wgs84(geometry: Any, **properties: str) -> Feature:
        return Feature(geometry_to_3006(geometry, 4326), dict(properties))

    def info(name: str, style: str, **more: Any) -> LayerInfo:
        return LayerInfo(
            name, f"Lager {name}", f"Layer {name}", "Källa", "CC0-1.0", "10 m", style=style, **more
        )

    localities = {
        "Robertsfors": (20.8480, 64.1910),
        "Bygdeå": (20.8559, 64.0599),
        "Ånäset": (21.0400, 64.2790),
    }
    return [
        Layer(info("land", "land"), (wgs84(box(20.15, 63.8, 21.0, 64.5)),)),
        Layer(
            info("municipality", "boundary"),
            (wgs84(box(20.30, 63.88, 21.20, 64.44), name="Robertsfors", code="2409"),),
        ),
        Layer(
            info("e4", "road"),
            (wgs84(LineString([(20.82, 64.00), (20.86, 64.06), (20.95, 64.17), (21.04, 64.28)])),),
        ),
        Layer(
            info("station_area", "area-approximate"),
            (wgs84(Point(20.8679, 64.18797).buffer(0.006, quad_segs=8)),),
        ),
        Layer(
            info("localities", "localities"),
            tuple(
                wgs84(Point(spot), name=named(name, i), kind="locality")
                for i, (name, spot) in enumerate(localities.items())
            ),
        ),
        Layer(
            info("stops", "stops", min_zoom=12),
            tuple(
                wgs84(Point(lon, lat), name=named(anchor, i), kind="bus_stop")
                for i, (anchor, _locality, lon, lat, _metres, _direction) in enumerate(PLACES)
            ),
        ),
        Layer(info("patrols", "stops", audience="staff"), (wgs84(Point(20.85, 64.19), name="Hemligt"),)),
    ]
