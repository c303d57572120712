"""The police's public events: every trap of their API. The events here are our own."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from geo.errors import UnreadableInput
from geo.importing.limits import Limits
from geo.importing.polisen import parse_police_events
from geo.model import STOCKHOLM, CategoryGroup, Incident, IncidentKind, Parsed


def event(**changes: Any) -> dict[str, Any]:
    whole = {
        "id": 900001,
        "datetime": "2024-05-19 8:37:11 +02:00",
        "name": "19 maj 08:13, Trafikolycka, vilt, Klippdal",
        "summary": "Någon ringer om en kollision med en räv på E4, Granboda.",
        "url": "/aktuellt/handelser/2024/maj/19/x/",
        "type": "Trafikolycka, vilt",
        "location": {"name": "Klippdal", "gps": "64.191835,20.84891"},
    }
    return {**whole, **changes}


def parse(path: Path, data: Any) -> Parsed[Incident]:
    file = path / "events.json"
    text = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    file.write_bytes(text)
    return parse_police_events(file)


def one(path: Path, **changes: Any) -> Incident:
    parsed = parse(path, [event(**changes)])
    assert parsed.rejected == ()
    return parsed.records[0]


def test_an_event_becomes_facts_without_its_sentence(tmp_path: Path) -> None:
    incident = one(tmp_path)
    assert incident == Incident(
        source="polisen.se",
        ref="900001",
        category="Trafikolycka, vilt",
        group=CategoryGroup.TRAFFIC_ACCIDENT,
        kind=IncidentKind.INCIDENT,
        text="E4, Granboda",
        municipality="Klippdal",
        started=datetime(2024, 5, 19, 8, 13, tzinfo=STOCKHOLM),
        published=datetime(2024, 5, 19, 6, 37, 11, tzinfo=UTC),
        row=1,
    )
    assert incident.published is not None
    assert incident.published.utcoffset() == timedelta(hours=2)


def test_the_centre_of_the_municipality_is_never_a_position(tmp_path: Path) -> None:
    for gps in ("64.191835,20.84891", "", None, 7):
        assert one(tmp_path, location={"name": "Klippdal", "gps": gps}).point is None


@pytest.mark.parametrize(
    ("name", "published", "started"),
    [
        ("21 mars 12:30, Brand, A", "2024-03-21 13:13:32 +01:00", "2024-03-21T12:30+01:00"),
        ("24 november 12.02, Brand, A", "2024-11-24 13:26:52 +01:00", "2024-11-24T12:02+01:00"),
        ("05 april 12:23, Brand, A", "2024-04-05 13:07:11 +02:00", "2024-04-05T12:23+02:00"),
        ("31 december 23.50, Brand, A", "2025-01-01 0:15:00 +01:00", "2024-12-31T23:50+01:00"),
        ("01 januari 00.10, Brand, A", "2024-12-31 23:58:00 +01:00", "2025-01-01T00:10+01:00"),
        ("29 februari 10.00, Brand, A", "2025-01-05 10:00:00 +01:00", "2024-02-29T10:00+01:00"),
        ("30 mars 03.30, Brand, A", "2024-03-31 8:00:00 +02:00", "2024-03-30T03:30+01:00"),
        ("21 mars 12:30, Brand, A", "2024-03-21T13:13:32+01:00", "2024-03-21T12:30+01:00"),
    ],
)
def test_the_events_own_time_has_its_year_from_the_publication(
    tmp_path: Path, name: str, published: str, started: str
) -> None:
    found = one(tmp_path, name=name, type="Brand", datetime=published).started
    assert found == datetime.fromisoformat(started)


def test_the_municipality_is_in_the_name_and_not_in_the_location(tmp_path: Path) -> None:
    county = {"name": "Västerbottens län", "gps": "65.333731,16.516169"}
    assert one(tmp_path, location=county).municipality == "Klippdal"
    name = "05 september 18.00, Trafikkontroll, Västerbottens län"
    control = one(tmp_path, name=name, type="Trafikkontroll", location=county)
    assert control.municipality == "Västerbottens län"
    assert (control.group, control.kind) == (CategoryGroup.TRAFFIC_CONTROL, IncidentKind.WORK)


def test_a_name_without_a_time_is_kept_and_noted(tmp_path: Path) -> None:
    parsed = parse(tmp_path, [event(name="Trafikolycka, vilt, Klippdal")])
    assert parsed.records[0].started is None
    assert [(note.row, note.column) for note in parsed.notes] == [(1, "name")]


@pytest.mark.parametrize("kind", ["Sammanfattning natt", "Sammanfattning kväll och natt", "Uppdatering"])
def test_digests_are_rejected(tmp_path: Path, kind: str) -> None:
    (rejected,) = parse(tmp_path, [event(type=kind)]).rejected
    assert (rejected.row, rejected.column, rejected.refused) == (1, "type", False)


@pytest.mark.parametrize("kind", ["Våldtäkt", "Försvunnen person", "Mord/dråp, försök", "Anträffad död"])
def test_refused_types_are_counted_and_not_repeated(tmp_path: Path, kind: str) -> None:
    hidden = event(type=kind, name=f"19 maj 08:13, {kind}, Klippdal", summary="Hemligt i Granboda")
    parsed = parse(tmp_path, [event(), hidden])
    (rejected,) = parsed.rejected
    assert (rejected.row, rejected.refused, rejected.value) == (2, True, "")
    assert kind not in repr(rejected)
    assert "Granboda" not in repr(rejected)


def test_no_sentence_survives_in_a_rejection(tmp_path: Path) -> None:
    broken = [
        event(type=kind, id=ref, datetime=when)
        for kind, ref, when in (("Nytt slag", 1, ""), ("Brand", 2, "igår"))
    ]
    for rejected in parse(tmp_path, broken).rejected:
        assert "räv" not in repr(rejected)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"id": None}, "id"),
        ({"id": "x"}, "id"),
        ({"id": True}, "id"),
        ({"datetime": "2024-13-19 08:37:11 +02:00"}, "datetime"),
        ({"datetime": None}, "datetime"),
        ({"name": None}, "name"),
        ({"name": ["a"]}, "name"),
        ({"type": None}, "type"),
        ({"type": "Okänt slag"}, "type"),
    ],
)
def test_a_broken_field_rejects_its_event_only(tmp_path: Path, changes: dict[str, Any], column: str) -> None:
    parsed = parse(tmp_path, [event(), event(**{"id": 900002, **changes}), event(id=900003)])
    assert [record.ref for record in parsed.records] == ["900001", "900003"]
    assert [(row.row, row.column) for row in parsed.rejected] == [(2, column)]


def test_missing_or_odd_summary_and_location_do_not_matter(tmp_path: Path) -> None:
    assert one(tmp_path, summary=None, location=None).text == ""
    assert one(tmp_path, summary={"x": 1}, location=[1]).text == ""


def test_an_id_that_comes_again_is_rejected(tmp_path: Path) -> None:
    parsed = parse(tmp_path, [event(), event(summary="Annat")])
    assert parsed.read == 2
    assert [(row.row, row.column, row.value) for row in parsed.rejected] == [(2, "id", "900001")]


def test_a_repeated_event_with_a_new_id_is_left_to_the_store(tmp_path: Path) -> None:
    assert len(parse(tmp_path, [event(), event(id=900002)]).records) == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"message": "Too many requests"}, "Too many requests"),
        ({"statusCode": 404, "error": "Not Found"}, "Not Found"),
        (b"<html><body>503</body></html>", "web page"),
        (b'[{"id": 1, "name": "21 m', "not whole JSON"),
        (b"nonsense", "not whole JSON"),
        (b"[NaN]", "not whole JSON"),
        (b"[" * 100_000, "not whole JSON"),
        (b"7", "no list of events"),
        (b'"x"', "no list of events"),
        ([1, 2], "not of the police's events"),
        ([[], {}][:1], "not of the police's events"),
    ],
)
def test_what_is_no_list_of_events_is_said(tmp_path: Path, data: Any, message: str) -> None:
    with pytest.raises(UnreadableInput, match=message):
        parse(tmp_path, data)


def test_an_empty_list_is_an_answer(tmp_path: Path) -> None:
    assert parse(tmp_path, []) == Parsed(0, (), ())


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    assert len(parse(tmp_path, b"\xef\xbb\xbf" + json.dumps([event()]).encode()).records) == 1


def test_too_many_events_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "many.json"
    file.write_text(json.dumps([event(id=number) for number in range(11)]))
    with pytest.raises(UnreadableInput, match="more than 10 rows"):
        parse_police_events(file, limits=Limits(max_rows=10))
