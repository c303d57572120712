"""Honest files with bytes turned, cut and doubled: each is read or refused in words, by the real readers."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import geopandas
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from shapely import Point

from geo.errors import GeoError
from geo.importing.incidents import parse_incidents
from geo.importing.limits import Limits
from geo.importing.measures import parse_measures
from geo.importing.polisen import parse_police_events
from geo.importing.survey import parse_survey
from geo.importing.vector import read_vector

LIMITS = Limits(max_bytes=5_000_000, max_rows=1_000)
EXAMPLES = 25
"""For each kind: a reader takes a process of its own, a tenth of a second or two."""


def _xlsx() -> bytes:
    book, file = Workbook(), BytesIO()
    book.active.append(["Plats", "Kategori", "Åtgärd", "Datum"])
    book.active.append(["Skolan", "Stöld", "Lampa", "2025-01-01"])
    book.save(file)
    return file.getvalue()


def _geojson() -> bytes:
    point = {"type": "Point", "coordinates": [20.84, 64.19]}
    feature = {"type": "Feature", "properties": {"kategori": "Stöld"}, "geometry": point}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


CSV = "Respondent;Plats;Kategori;Varför;Datum;x;y\na;Skolan;Stöld;Mörkt;2025-01-01;783730;7131492\n".encode()
EVENTS = json.dumps(
    [
        {
            "id": 1,
            "datetime": "2023-05-19 8:37:11 +02:00",
            "name": "19 maj 08:10, Stöld, R",
            "summary": "S",
            "type": "Stöld",
        }
    ]
).encode()


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    file = tmp_path_factory.mktemp("honest") / "a.gpkg"
    places = geopandas.GeoDataFrame({"kategori": ["Stöld"]}, geometry=[Point(783_730, 7_131_492)], crs=3006)
    places.to_file(file, driver="GPKG")
    return {"csv": CSV, "xlsx": _xlsx(), "geojson": _geojson(), "json": EVENTS, "gpkg": file.read_bytes()}


_TURNS = st.lists(
    st.tuples(
        st.sampled_from(["set", "cut", "double", "insert"]),
        st.floats(0, 1),
        st.integers(0, 255),
        st.integers(1, 400),
    ),
    min_size=1,
    max_size=6,
)


def turned(data: bytes, turns: list[tuple[str, float, int, int]]) -> bytes:
    """The bytes with each turn made: at a share of their length, with a value, over some bytes."""
    for kind, share, value, number in turns:
        at = int(share * max(0, len(data) - 1))
        if kind == "set":
            data = data[:at] + bytes([value]) * min(number, 4) + data[at + min(number, 4) :]
        elif kind == "cut":
            data = data[:at] + data[at + number :]
        elif kind == "double":
            data = data[:at] + data[at : at + number] * 2 + data[at + number :]
        else:
            data = data[:at] + bytes([value]) * number + data[at:]
    return data


@pytest.mark.parametrize("kind", ["csv", "xlsx", "geojson", "json", "gpkg"])
def test_what_was_turned_is_read_or_refused(kind: str, honest: dict[str, bytes], tmp_path: Path) -> None:
    file = tmp_path / f"a.{kind}"
    reader = {
        "csv": lambda: parse_survey(file, limits=LIMITS),
        "xlsx": lambda: parse_measures(file, limits=LIMITS),
        "geojson": lambda: parse_incidents(file, source="X", limits=LIMITS),
        "json": lambda: parse_police_events(file, limits=LIMITS),
        "gpkg": lambda: read_vector(file, limits=LIMITS),
    }[kind]

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(_TURNS)
    def read(turns: list[tuple[str, float, int, int]]) -> None:
        file.write_bytes(turned(honest[kind], turns))
        try:
            reader()
        except GeoError as refused:
            assert refused.message % refused.params

    read()


def test_a_workbook_with_its_members_turned_is_read_or_refused(
    honest: dict[str, bytes], tmp_path: Path
) -> None:
    file = tmp_path / "a.xlsx"
    with zipfile.ZipFile(BytesIO(honest["xlsx"])) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    inner = sorted(name for name in members if name.endswith((".xml", ".rels")))

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(inner), _TURNS)
    def read(name: str, turns: list[tuple[str, float, int, int]]) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
            for one, data in members.items():
                out.writestr(one, turned(data, turns) if one == name else data)
        try:
            parse_survey(file, limits=LIMITS)
        except GeoError as refused:
            assert refused.message % refused.params

    read()
