"""``trygg`` as a user runs it: a process with files, an exit code and words."""

import hashlib
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

TRYGG = Path(sys.executable).parent / "trygg"


def trygg(
    *arguments: str | Path, url: str, stdin: bytes = b"", language: str = "sv", **more: str
) -> subprocess.CompletedProcess[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "TRYGG_DATABASE_URL": url,
        "TRYGG_LANGUAGE": language,
        "COLUMNS": "120",
        **more,
    }
    return subprocess.run(
        [str(TRYGG), *map(str, arguments)], input=stdin, env=environment, capture_output=True, check=False
    )


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'cli.sqlite'}"


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_an_excel_survey_with_odd_headers(url: str, tmp_path: Path) -> None:
    file = workbook(
        tmp_path / "svar.xlsx",
        [
            ["Trygghetsundersökning", None, None],
            [],
            ["Löpnr", "Vilken plats känns otrygg?", "Varför känns platsen otrygg?"],
            [1, "busstationen på kvällen", "Dålig belysning; Buskage"],
            [2, "vet ej", None],
        ],
    )
    done = trygg("import", "survey", file, "--survey", "Enkät 2022", "--json", url=url)
    assert done.returncode == 0, done.stderr.decode()
    counts = json.loads(done.stdout)
    assert (counts["read"], counts["new"], counts["located"], counts["not_located"]) == (2, 2, 1, 1)
    again = trygg("import", "survey", file, "--survey", "Enkät 2022", url=url)
    assert again.returncode == 0
    assert "redan kända" in again.stdout.decode()


def test_rejected_rows_give_exit_code_one_and_a_file(url: str, tmp_path: Path) -> None:
    file = tmp_path / "h.csv"
    file.write_text("id,kategori,start,plats\n1,Våldtäkt,2024-01-01,Storgatan\n2,=1+1,2024-01-01,X\n")
    done = trygg("import", "incidents", file, "--source", "EST", "--rejected", tmp_path / "fel.csv", url=url)
    assert done.returncode == 1
    written = (tmp_path / "fel.csv").read_text(encoding="utf-8-sig")
    assert len(written.splitlines()) == 3
    assert "ldt" not in written
    assert "\n3;kategori;=1" not in written.replace('"', "")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tom.csv", b""),
        ("skräp.xlsx", b"PK\x03\x04 not really"),
        ("sida.csv", b"<!DOCTYPE html><html><body>Logga in</body></html>"),
        ("bild.csv", bytes(range(256)) * 20),
    ],
)
def test_nothing_readable_gives_exit_code_two_and_keeps_nothing(
    url: str, tmp_path: Path, name: str, content: bytes
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    done = trygg("import", "survey", file, "--survey", "E", url=url)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("language", ["sv", "en"])
def test_errors_are_in_the_users_language(url: str, tmp_path: Path, language: str) -> None:
    done = trygg("backup", tmp_path / "b.sqlite", url="mysql://x/y", language=language)
    assert done.returncode == 2
    assert ("Databasen måste" in done.stderr.decode()) == (language == "sv")
    assert ("The database must" in done.stderr.decode()) == (language == "en")


def test_what_was_not_taken_is_told_in_the_users_language(url: str, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    rows = ["busstationen;x", *[";y"] * 25]
    file.write_text("\n".join(["Plats;Handläggare", *rows]), encoding="utf-8")
    done = trygg("import", "survey", file, "--survey", "E", "--dry-run", url=url)
    assert done.returncode == 1
    said = done.stderr.decode().splitlines()
    assert "rad 3, Plats: Raden nämner ingen plats." in said
    assert said[-1] == "… och 6 till. Skriv alla till en fil med --rejected."
    assert done.stdout.decode().splitlines()[-1] == "Repetition: ingenting sparades."
    assert "row" not in done.stderr.decode()


def test_a_column_that_is_not_read_is_told_without_a_row(url: str, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    file.write_text("Plats;Handläggare\nbusstationen;x\n", encoding="utf-8")
    done = trygg("import", "survey", file, "--survey", "E", url=url)
    assert done.returncode == 0
    assert "Handläggare: Kolumnen läses inte." in done.stderr.decode().splitlines()


def test_geocode_answers_line_by_line(url: str) -> None:
    texts = [
        "busstationen",
        "E4 strax norr om Ånäset",
        "Robertsfors kommun",
        "Umeå",
        "vet ej",
        "",
        "bakom ICA",
    ]
    done = trygg("geocode", url=url, stdin="\n".join(texts).encode() + b"\n")
    assert done.returncode == 0, done.stderr.decode()
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["text"] for answer in answers] == texts
    fields = {"text", "name", "lat", "lon", "radius_m", "probability", "rule", "candidates"}
    assert all(fields <= set(answer) for answer in answers)
    station = answers[0]
    assert (round(station["lat"], 3), round(station["lon"], 3)) == (64.192, 20.847)
    assert station["radius_m"] > 0
    assert 0 < station["probability"] <= 1
    for number, rule in ((2, "municipality_only"), (3, "outside"), (4, "unknown"), (5, "unknown")):
        assert (answers[number]["lat"], answers[number]["lon"]) == (None, None)
        assert answers[number]["rule"] == rule
    assert all(len(answer["candidates"]) <= 5 for answer in answers)


def test_geocode_takes_latin1_and_hostile_lines(url: str) -> None:
    lines = ["Ånäset busstation".encode("latin-1"), b"\x00\xff\xfe", b"x" * 100_000, b"${alert(1)}"]
    done = trygg("geocode", url=url, stdin=b"\n".join(lines))
    assert done.returncode == 0, done.stderr.decode()
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 4
    assert answers[0]["lat"] == pytest.approx(64.2797, abs=0.001)
    assert all(answer["lat"] is None for answer in answers[1:])


def test_a_misspelt_setting_is_noticed(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(TRYGG), "init"],
        env={"PATH": os.environ["PATH"], "TRYGG_DATABSE_URL": "sqlite:///x", "TRYGG_LANGUAGE": "en"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"TRYGG_DATABSE_URL" in done.stderr


def test_a_layer_and_the_queue_and_a_backup(url: str, tmp_path: Path) -> None:
    layer = tmp_path / "l.geojson"
    layer.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"x"},'
        '"geometry":{"type":"Point","coordinates":[20.86,64.18]}}]}'
    )
    described = ["--title", "T", "--source", "S", "--licence", "CC0-1.0"]
    assert trygg("import", "layer", "lampor", layer, *described, url=url).returncode == 0
    assert trygg("import", "layer", "Fel Namn", layer, *described, url=url).returncode == 2
    survey = tmp_path / "s.csv"
    survey.write_text("Plats;Varför\nräcket saknas vid Tundalsskolan;Dålig belysning\n", encoding="utf-8")
    assert trygg("import", "survey", survey, "--survey", "E 2026", url=url).returncode == 0
    assert "räcket saknas" in trygg("queue", url=url).stdout.decode()
    copy = tmp_path / "kopia.sqlite"
    assert trygg("backup", copy, url=url).returncode == 0
    assert trygg("backup", copy, url=url).returncode == 2
    assert trygg("restore", copy, "--yes", url=url).returncode == 0
    assert "räcket saknas" in trygg("queue", url=url).stdout.decode()


def test_a_backup_holds_the_photos_and_init_sweeps_what_is_nobodys(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "foton"
    name = f"{'a' * 32}.jpg"
    assert trygg("init", url=url, TRYGG_PHOTOS=str(folder)).returncode == 0
    folder.mkdir()
    (folder / name).write_bytes(b"photo")
    with sqlite3.connect(tmp_path / "cli.sqlite") as connection:
        connection.execute(
            "INSERT INTO account VALUES (1,'kim','Kim','police','P',null,null,null,'2026-01-01',null,null)"
        )
        columns = "ref,title,description,kind,responsible,promise,status,text,done,synthetic,level,rule,name,locality,radius_m,probability"
        connection.execute(
            f"INSERT INTO measure ({columns}) VALUES ('m','M','','','[]','drugs','planned','',0,0,'unknown','','','',0,0)"
        )
        connection.execute(
            "INSERT INTO photo (measure_id,account_id,at,file,sha256,width,height) VALUES (1,1,'2026-01-01',?,?,1,1)",
            (name, hashlib.sha256(b"photo").hexdigest()),
        )
    copy = tmp_path / "kopia.zip"
    done = trygg("backup", copy, url=url, TRYGG_PHOTOS=str(folder))
    assert done.returncode == 0, done.stderr.decode()
    assert "1 foton" in done.stdout.decode()
    (folder / name).unlink()
    done = trygg("backup", tmp_path / "utan.zip", url=url, TRYGG_PHOTOS=str(folder))
    assert done.returncode == 1
    assert name in done.stderr.decode()
    assert trygg("restore", copy, "--yes", url=url, TRYGG_PHOTOS=str(folder)).returncode == 0
    assert (folder / name).read_bytes() == b"photo"
    orphan = folder / f"{'b' * 32}.jpg"
    orphan.write_bytes(b"nobody's")
    os.utime(orphan, (0, 0))
    assert trygg("init", url=url, TRYGG_PHOTOS=str(folder)).returncode == 0
    assert [file.name for file in folder.iterdir()] == [name]


def test_a_request_that_never_ends_does_not_keep_the_server_from_stopping(url: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {"PATH": os.environ["PATH"], "TRYGG_DATABASE_URL": url, "TRYGG_LOG_LEVEL": "ERROR"}
    server = subprocess.Popen([TRYGG, "serve", "--port", str(port)], env=environment)
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            assert server.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
    with socket.create_connection(("127.0.0.1", port)) as visitor:
        head = "POST /login HTTP/1.1\r\nHost: trygg\r\nContent-Length: 100\r\n\r\n"
        visitor.sendall(head.encode() + b"half")
        server.terminate()
        server.wait(60)


def test_a_taken_port_is_said_so(url: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = trygg("serve", "--port", str(port), url=url)
    assert done.returncode == 2
    assert str(port) in done.stderr.decode()
    assert b"Traceback" not in done.stderr


VINDELN = """name,kind,locality,lat,lon,precision_m,source
Vindeln,municipality,,,,,test
Vindeln,locality,,64.2014,19.7193,800,test
Vindelns station,station,Vindeln,64.2019,19.7170,50,test
"""
MANIFEST = """
[[layer]]
name = "municipality"
boundary = true
title_sv = "Kommungräns"
title_en = "Boundary"
source = "SCB"
licence = "CC0-1.0"
precision = "grov"
audience = "public"
style = "boundary"
"""


def test_another_municipality_with_a_folder_of_its_own(url: str, tmp_path: Path) -> None:
    data = tmp_path / "vindeln"
    (data / "places").mkdir(parents=True)
    (data / "layers").mkdir()
    (data / "places" / "gazetteer.csv").write_text(VINDELN, encoding="utf-8")
    (data / "layers" / "manifest.toml").write_text(MANIFEST, encoding="utf-8")
    own = {"TRYGG_DATA": str(data), "TRYGG_MUNICIPALITY": "2404"}
    assert trygg("init", url=url, **own).returncode == 0
    answer = json.loads(trygg("geocode", url=url, stdin=b"bakom stationen", **own).stdout)
    assert answer["lat"] == pytest.approx(64.2019, abs=0.01)
    file = tmp_path / "s.csv"
    file.write_text("Plats;Respondent\n" + "".join(f"stationen;{n}\n" for n in range(5)), encoding="utf-8")
    done = trygg("import", "survey", file, "--survey", "Enkät 2025", "--json", url=url, **own)
    assert json.loads(done.stdout)["located"] == 5


@pytest.mark.parametrize("code", ["0180", "9999", "24O9"])
def test_another_municipalitys_gazetteer_is_refused(url: str, code: str) -> None:
    done = trygg("init", url=url, TRYGG_MUNICIPALITY=code)
    assert done.returncode == 2
    assert code in done.stderr.decode()


def test_a_fault_of_the_programs_own_is_told_apart_from_rejected_rows(url: str) -> None:
    done = subprocess.run(  # noqa: S602 - a closed standard input needs a shell
        f"{TRYGG} geocode <&-",
        shell=True,
        env={"PATH": os.environ["PATH"], "TRYGG_DATABASE_URL": url, "TRYGG_LANGUAGE": "en"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 70
    assert b"fault in the program" in done.stderr


def test_headings_without_rows_are_nothing_to_read(url: str, tmp_path: Path) -> None:
    file = tmp_path / "tom.csv"
    file.write_text("Plats;Varför\n", encoding="utf-8")
    done = trygg("import", "survey", file, "--survey", "E 2026", url=url)
    assert done.returncode == 2


def test_an_export_that_numbers_from_one_again_is_noticed(url: str, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    file.write_text("Löpnr;Plats\n1;busstationen\n", encoding="utf-8")
    assert trygg("import", "survey", file, "--survey", "E 2026", url=url).returncode == 0
    file.write_text("Löpnr;Plats\n1;Tundalsskolan\n", encoding="utf-8")
    done = trygg("import", "survey", file, "--survey", "E 2026", url=url, language="en")
    assert "known with other words" in done.stderr.decode()
