"""Measures from an office's table."""

from datetime import date
from pathlib import Path

import pytest

from geo.errors import UnreadableInput
from geo.importing.measures import parse_measures
from geo.model import Measure, MeasureStatus, Parsed, Promise


def parse(path: Path, text: str) -> Parsed[Measure]:
    file = path / "åtgärder.csv"
    file.write_text(text, encoding="utf-8")
    return parse_measures(file)


def row(path: Path, headings: str = "", cells: str = "", *, status: str = "planerad") -> Parsed[Measure]:
    return parse(path, f"Åtgärd;Status;Löfte;{headings}\nNy lampa;{status};otrygga platser;{cells}\n")


@pytest.mark.parametrize("heading", ["Kommentar", "Anteckning", "Intern anteckning", "Handläggare"])
def test_the_offices_own_notes_are_not_read(tmp_path: Path, heading: str) -> None:
    parsed = row(tmp_path, f"{heading};Ansvarig", "ring N. N. först;Kommunen")
    assert "N. N." not in repr(parsed.records)
    assert [note.column for note in parsed.notes] == [heading]


@pytest.mark.parametrize(("heading", "most"), [("Id", 90), ("Typ", 100), ("Plats", 2_000)])
def test_a_cell_that_can_not_be_kept_whole_is_rejected(tmp_path: Path, heading: str, most: int) -> None:
    assert len(row(tmp_path, heading, "x" * most).records) == 1
    [rejected] = row(tmp_path, heading, "x" * (most + 1)).rejected
    assert rejected.column == heading
    assert str(most) in rejected.reason % rejected.params


def test_a_row_with_all_its_columns(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        "Id;Åtgärd;Beskrivning;Typ;Ansvarig;Medborgarlöfte;Status;Plats;Start;Klart senast;Genomförd;"
        "Antal planerade;Antal gjorda;Lat;Lon\n"
        "Å1;Vandring;Tillsammans;möte;Kommunen och Polisen; Trygga platser ;Genomförd;Sikeå;2025-01-10;"
        "1 mars 2025;2025-02-03;12;3;64,1923;20,8473\n",
    )
    assert (parsed.rejected, parsed.notes) == ((), ())
    measure = parsed.records[0]
    assert measure == Measure(
        ref="Å1",
        title="Vandring",
        description="Tillsammans",
        kind="möte",
        responsible=("Kommunen", "Polisen"),
        promise=Promise.UNSAFE_PLACES,
        status=MeasureStatus.COMPLETED,
        text="Sikeå",
        starts=date(2025, 1, 10),
        due=date(2025, 3, 1),
        finished=date(2025, 2, 3),
        target=12,
        done=3,
        point=measure.point,
        row=2,
    )
    assert measure.point == pytest.approx((783_730.4, 7_131_492.6), abs=0.1)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("föreslagen", MeasureStatus.PROPOSED), ("Proposed", MeasureStatus.PROPOSED),
        ("Planerad", MeasureStatus.PLANNED), ("ej påbörjad", MeasureStatus.PLANNED),
        ("PÅGÅENDE", MeasureStatus.ONGOING), ("pågår", MeasureStatus.ONGOING), ("in progress", MeasureStatus.ONGOING),
        ("Genomförd", MeasureStatus.COMPLETED), ("klart", MeasureStatus.COMPLETED), ("done", MeasureStatus.COMPLETED),
        ("Uppföljd", MeasureStatus.VERIFIED), ("verified", MeasureStatus.VERIFIED),
        ("Avbruten", MeasureStatus.CANCELLED), ("inställd", MeasureStatus.CANCELLED),
        ("Återöppnad", MeasureStatus.REOPENED),
    ],
)  # fmt: skip
def test_statuses(tmp_path: Path, text: str, status: MeasureStatus) -> None:
    assert row(tmp_path, status=text).records[0].status is status


@pytest.mark.parametrize(
    ("text", "promise"),
    [
        ("Droger", Promise.DRUGS), ("Trafik", Promise.TRAFFIC), ("trafiksäkerhet", Promise.TRAFFIC),
        ("Hemmet", Promise.HOME), ("våld i nära relation", Promise.HOME),
        ("Ekonomisk brottslighet", Promise.ECONOMIC_CRIME), ("economic_crime", Promise.ECONOMIC_CRIME),
        ("Otrygga platser", Promise.UNSAFE_PLACES), ("Löfte 5: otrygga platser", Promise.UNSAFE_PLACES),
        ("Medborgarlöfte om trafik", Promise.TRAFFIC),
    ],
)  # fmt: skip
def test_promises(tmp_path: Path, text: str, promise: Promise) -> None:
    assert parse(tmp_path, f"Åtgärd;Status;Löfte\nx;klar;{text}\n").records[0].promise is promise


def test_every_status_and_promise_is_known_by_its_own_name(tmp_path: Path) -> None:
    for status in MeasureStatus:
        assert row(tmp_path, status=status.value).records[0].status is status
    for promise in Promise:
        parsed = parse(tmp_path, f"Title;Status;Promise\nx;done;{promise.value}\n")
        assert parsed.records[0].promise is promise


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        ("Polisen; Robertsfors kommun", ("Polisen", "Robertsfors kommun")),
        ("Polisen, kommunen och Trafikverket", ("Polisen", "kommunen", "Trafikverket")),
        ("Polisen/kommunen", ("Polisen", "kommunen")),
        ("Polisen; Polisen", ("Polisen",)),
        ("", ()),
    ],
)
def test_several_parties(tmp_path: Path, text: str, parties: tuple[str, ...]) -> None:
    assert row(tmp_path, "Ansvarig", f'"{text}"').records[0].responsible == parties


@pytest.mark.parametrize(
    ("headings", "cells", "status", "column"),
    [
        ("Start", "snart", "planerad", "Start"),
        ("Start;Klart senast", "2025-03-01;2025-02-01", "planerad", "Klart senast"),
        ("Genomförd", "2025-03-01", "planerad", "Genomförd"),
        ("Antal gjorda", "3", "pågående", "Antal gjorda"),
        ("Antal planerade;Antal gjorda", "tolv;3", "pågående", "Antal planerade"),
        ("Antal planerade", "0", "pågående", "Antal planerade"),
        ("Antal planerade;Antal gjorda", "12;-1", "pågående", "Antal gjorda"),
        ("Lat;Lon", "20,8;64,1", "pågående", "Lon"),
        ("", "", "kanske", "Status"),
        ("", "", "", "Status"),
    ],
)
def test_what_cannot_be_right_is_rejected_with_its_cell(
    tmp_path: Path, headings: str, cells: str, status: str, column: str
) -> None:
    parsed = row(tmp_path, headings, cells, status=status)
    assert parsed.records == ()
    assert [(one.row, one.column) for one in parsed.rejected] == [(2, column)]


def test_a_finished_measure_need_not_say_the_day_and_may_do_more_than_promised(tmp_path: Path) -> None:
    measure = row(tmp_path, "Antal planerade;Antal gjorda", "12;13", status="klar").records[0]
    assert (measure.finished, measure.target, measure.done) == (None, 12, 13)


def test_none_done_needs_no_target(tmp_path: Path) -> None:
    assert row(tmp_path, "Antal gjorda", "0").records[0].done == 0


def test_a_later_file_with_another_status_means_the_same_measures(tmp_path: Path) -> None:
    text = "Åtgärd;Status;Löfte;Plats\nLampa;{0};trafik;Sikeå\nLampa;{0};trafik;Bäck\nLampa;{0};trafik;Bäck\n"
    first, second = (
        [measure.ref for measure in parse(tmp_path, text.format(status)).records]
        for status in ("planerad", "klar")
    )
    assert first == second
    assert len(set(first)) == 3


def test_an_id_or_a_title_amiss_rejects_the_row(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path, "Id;Åtgärd;Status;Löfte\n1;a;klar;trafik\n1;b;klar;trafik\n2;;klar;trafik\n3;c;klar;?\n"
    )
    assert [measure.ref for measure in parsed.records] == ["1"]
    assert [(one.row, one.column) for one in parsed.rejected] == [(3, "Id"), (4, "Åtgärd"), (5, "Löfte")]


@pytest.mark.parametrize("headings", ["Åtgärd;Status", "Åtgärd;Löfte", "Status;Löfte"])
def test_columns_that_must_be_there(tmp_path: Path, headings: str) -> None:
    with pytest.raises(UnreadableInput, match="No column is called"):
        parse(tmp_path, f"{headings}\na;b\n")
