"""Tables of all makes: letters, separators, title lines, row numbers, workbooks."""

import csv
import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import UnreadableInput
from geo.importing.csvtext import decode, rows_of
from geo.importing.tables import Limits, read_table

ROWS = (("Plats", "Varför"), ("gångvägen", "mörkt; läskigt"), ("Ånäset", "buskage"))


def written(path: Path, data: bytes | str, name: str = "svar.csv") -> Path:
    file = path / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return file


def as_csv(rows: tuple[tuple[str, ...], ...], delimiter: str = ";", **options: object) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, **options).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


def workbook(path: Path, rows: list[list[object]], name: str = "svar.xlsx") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path / name)
    return path / name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_letters_and_separators_are_told_by_the_content(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    table = read_table(written(tmp_path, as_csv(ROWS, delimiter).encode(encoding)))
    assert table.columns == ROWS[0]
    assert table.rows == ((2, ROWS[1]), (3, ROWS[2]))
    assert table.delimiter == delimiter


def test_windows_quotes_and_dashes_survive(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "Plats;Varför\n”Hörnan” – bakom;mörkt…\n".encode("cp1252")))
    assert table.encoding == "cp1252"
    assert table.rows[0][1] == ("”Hörnan” – bakom", "mörkt…")


@pytest.mark.parametrize("encoding", ["cp850", "mac-roman"])
def test_letters_of_other_machines_are_refused_not_garbled(tmp_path: Path, encoding: str) -> None:
    file = written(tmp_path, "Plats;När\ngångvägen;kväll\n".encode(encoding))
    with pytest.raises(UnreadableInput, match="letters of the file"):
        read_table(file)


def test_utf8_with_one_broken_byte_is_refused_not_garbled(tmp_path: Path) -> None:
    file = written(tmp_path, "Plats;När\ngångvägen;kväll\n".encode() + b"\xff\xe5\n")
    with pytest.raises(UnreadableInput, match="letters of the file"):
        read_table(file)


def test_decomposed_letters_are_composed_and_control_characters_fall(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "Plats;När\nA\u030ana\u0308set\x07 ;kva\u0308ll\n"))
    assert table.rows[0][1] == ("Ånäset", "kväll")


def test_title_lines_blank_rows_and_empty_columns(tmp_path: Path) -> None:
    text = "Trygghetsundersökning 2022;;;\n;;;\nPlats;Varför;;\n;;;\nSikeå;mörkt;;\n"
    table = read_table(written(tmp_path, text))
    assert table.columns == ("Plats", "Varför")
    assert table.rows == ((5, ("Sikeå", "mörkt")),)


def test_excels_sep_line_is_no_row(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "sep=|\r\nPlats|Varför\r\nSikeå|mörkt; ensligt, tyst\r\n"))
    assert table.delimiter == "|"
    assert table.rows == ((2, ("Sikeå", "mörkt; ensligt, tyst")),)


def test_a_quoted_newline_is_one_row_as_in_excel(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, 'Plats;Kommentar\n"Sikeå";"en\nrad; till"\nBygdeå;x\n'))
    assert table.rows == ((2, ("Sikeå", "en\nrad; till")), (3, ("Bygdeå", "x")))


def test_decimal_commas_do_not_look_like_separators(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "Plats;Lat;Lon\nSikeå;64,16;20,92\nBygdeå;64,06;20,84\n"))
    assert table.delimiter == ";"
    assert table.rows[0][1] == ("Sikeå", "64,16", "20,92")


def test_one_column_has_no_separator(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "Plats\nbusstationen, på kvällen\nSikeå\n"))
    assert table.columns == ("Plats",)
    assert table.rows[0] == (2, ("busstationen, på kvällen",))


@pytest.mark.parametrize(
    "text", ['Plats;När\n"Sikeå;kväll\nBygdeå;dag\n', 'Plats;När\n"Kiosken "Hörnan" där";dag\n']
)
def test_unmatched_quotes_name_their_row_and_swallow_nothing(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        read_table(written(tmp_path, text))
    assert caught.value.params["row"] == 2


def test_extra_cells_are_kept_for_the_importer_to_reject(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "Plats,När\nbusstationen, mörkt,kväll\n"))
    assert table.rows == ((2, ("busstationen", "mörkt", "kväll")),)


def test_duplicate_and_unknown_headings_stay_as_written(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "Plats;Plats;Ålder\na;b;7\n"))
    assert table.columns == ("Plats", "Plats", "Ålder")


def test_a_table_without_known_headings_begins_with_its_first_full_row(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "rapport;;\nalfa;beta;gamma\n1;2;3\n"))
    assert table.columns == ("alfa", "beta", "gamma")
    assert table.rows == ((3, ("1", "2", "3")),)


def test_a_workbook_with_titles_dates_numbers_and_a_cover_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    cover = book.active
    assert cover is not None
    cover["B2"] = "Om filen"
    sheet = book.create_sheet("Svar")
    sheet["B3"] = "Trygghetsundersökning"
    sheet.merge_cells("B3:E3")
    for column, heading in enumerate(("Id", "Plats", "Datum", "Tid", "Lat", "Vald"), 2):
        sheet.cell(5, column, heading)
    for column, value in enumerate((17, " Sikeå ", date(2022, 3, 21), time(12, 30), 64.168, True), 2):
        sheet.cell(6, column, value)
    sheet.cell(7, 4, datetime(2022, 3, 22, 8, 5))
    hidden = book.create_sheet("Kodlista", 0)
    hidden.append(["Plats", "Varför"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "svar.csv")
    table = read_table(tmp_path / "svar.csv")
    assert table.columns == ("Id", "Plats", "Datum", "Tid", "Lat", "Vald")
    assert table.rows == (
        (6, ("17", "Sikeå", "2022-03-21", "12:30:00", "64.168", "true")),
        (7, ("", "", "2022-03-22T08:05:00", "", "", "")),
    )


def test_an_ods_workbook_is_read_too(tmp_path: Path) -> None:
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in ROWS
    )
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="A">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    file = tmp_path / "svar.ods"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    assert read_table(file).columns == ROWS[0]


def test_cells_beside_a_workbooks_headings_are_remarks(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path, [["Plats", "När"], ["Sikeå", "dag", None, "obs!"]]))
    assert table.rows == ((2, ("Sikeå", "dag")),)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"\n\n;;\n", "no row has anything"),
        (b"<!DOCTYPE html><html><body>Logga in</body></html>", "web page"),
        (b"\xef\xbb\xbf  <table><tr><td>1</td></tr></table>", "web page"),
        (bytes(range(256)) * 40, "neither a table"),
        (b"Plats;N\x00r\n", "neither a table"),
        (b"%PDF-1.7 text", "neither a table"),
        (b'[{"id": 1}]', "JSON, not a table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old Excel"),
        (b"SQLite format 3\x00" + b"\x00" * 52 + b"GPKG", "GeoPackage, not a table"),
        (b"PK\x03\x04 and then nothing", "damaged"),
    ],
)
def test_other_things_say_what_they_are(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(UnreadableInput, match=message):
        read_table(written(tmp_path, data))


def test_a_folder_and_a_missing_file_are_said(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(UnreadableInput, match="no file"):
            read_table(path)


def test_a_workbook_cut_off_is_damaged(tmp_path: Path) -> None:
    file = workbook(tmp_path, [["Plats"], ["Sikeå"]])
    whole = file.read_bytes()
    for length in (100, len(whole) // 2, len(whole) - 10):
        file.write_bytes(whole[:length])
        with pytest.raises(UnreadableInput):
            read_table(file)


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cf")), max_size=12
)


@settings(max_examples=150)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8),
    delimiter=st.sampled_from(";,\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_is_written_is_read(
    rows: list[tuple[str, ...]], delimiter: str, quoting: int, encoding: str
) -> None:
    table = (("Plats", "Varför", "Kommentar"), *rows)
    text, _name = decode(as_csv(table, delimiter, quoting=quoting).encode(encoding))
    found, cells = rows_of(text)
    assert found == delimiter
    assert [tuple(row) for row in cells] == list(table)


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_no_bytes_crash_the_decoder(data: bytes) -> None:
    try:
        text, _encoding = decode(data)
        list(rows_of(text)[1])
    except UnreadableInput as error:
        assert str(error)


def test_limits_are_told_to_the_reader(tmp_path: Path) -> None:
    file = written(tmp_path, "Plats;När\n" + "Sikeå;dag\n" * 11)
    assert len(read_table(file, Limits(max_rows=11)).rows) == 11
    with pytest.raises(UnreadableInput, match="more than 10 rows"):
        read_table(file, Limits(max_rows=10))
