"""Files that attack the reader: too big, too slow, too greedy, or lying about themselves."""

import os
import signal
import struct
import threading
import time
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest

from geo.errors import UnreadableInput
from geo.importing.sandbox import run
from geo.importing.tables import Limits, read_table

MB = 1_000_000


def children() -> set[int]:
    """Process ids of this process's children."""
    return {
        int(pid)
        for task in Path("/proc/self/task").iterdir()
        for pid in (task / "children").read_text().split()
    }


def bomb(path: Path, megabytes: int, declared: int | None = None) -> Path:
    """A workbook whose one member unpacks to zeros; ``declared`` is the size it claims."""
    data = bytes(megabytes * MB)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", data)
    if declared is not None:
        raw = path.read_bytes()
        true = struct.pack("<I", len(data))
        assert raw.count(true) == 2
        path.write_bytes(raw.replace(true, struct.pack("<I", declared)))
    return path


def test_a_zip_bomb_is_told_by_what_it_declares(tmp_path: Path) -> None:
    file = bomb(tmp_path / "b.xlsx", 101)
    assert file.stat().st_size < MB
    with pytest.raises(UnreadableInput, match="too big"):
        read_table(file)


def test_a_zip_bomb_is_told_by_what_it_does_when_it_lies(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="too big"):
        read_table(bomb(tmp_path / "b.xlsx", 5, declared=1_000), Limits(max_bytes=2 * MB))


def test_many_overlapping_members_count_together(tmp_path: Path) -> None:
    file = tmp_path / "b.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(30):
            archive.writestr(f"{number}.xml", bytes(MB))
    with pytest.raises(UnreadableInput, match="too big"):
        read_table(file, Limits(max_bytes=20 * MB))


def test_an_encrypted_workbook_says_so(tmp_path: Path) -> None:
    packed = zlib.compress(b"x", 9)[2:-4]
    name = b"xl/workbook.xml"
    fields = struct.pack("<HHHHHIIIHH", 20, 1, 8, 0, 0, 0, len(packed), 1, len(name), 0)
    local = b"PK\x03\x04" + fields + name + packed
    central = b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    file = tmp_path / "p.xlsx"
    file.write_bytes(local + central + end)
    with pytest.raises(UnreadableInput, match="password"):
        read_table(file)


def test_a_file_beyond_the_bound_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "big.csv"
    with file.open("wb") as out:
        out.truncate(100 * MB + 1)
    started = time.monotonic()
    with pytest.raises(UnreadableInput, match="at most 100 MB"):
        read_table(file)
    assert time.monotonic() - started < 1


def test_a_million_rows_are_refused_soon(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("Plats;När\n" + "Sikeå;dag\n" * 1_000_000, encoding="utf-8")
    with pytest.raises(UnreadableInput, match="more than 100000 rows"):
        read_table(file)


def test_a_wide_file_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    file.write_text(";".join(f"k{number}" for number in range(2_000)) + "\n" + "x;\n" * 3_000)
    with pytest.raises(UnreadableInput, match="5000000 cells"):
        read_table(file)


def test_a_stray_cell_in_the_last_corner_is_said_to_need_memory(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "Plats"
    sheet["XFD1048576"] = "x"
    book.save(tmp_path / "s.xlsx")
    with pytest.raises(UnreadableInput, match="512 MB of memory"):
        read_table(tmp_path / "s.xlsx")


def test_greedy_json_runs_out_of_its_own_memory_only(tmp_path: Path) -> None:
    file = tmp_path / "e.json"
    file.write_text("[" + ",".join(["{}"] * 3_000_000) + "]")
    with pytest.raises(UnreadableInput, match="128 MB of memory"):
        run("events", file, Limits(memory=128 * 1024 * 1024))


def test_a_slow_file_is_stopped_and_leaves_no_child(tmp_path: Path) -> None:
    file = tmp_path / "slow.csv"
    file.write_text("Plats;När\n" + "Sikeå;dag\n" * 99_000, encoding="utf-8")
    before = children()
    with pytest.raises(UnreadableInput, match=r"more than 0\.1 seconds"):
        read_table(file, Limits(seconds=0.1))
    assert children() == before


def test_a_killed_child_is_said_and_gives_nothing(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("Plats;När\n" + "Sikeå;dag\n" * 99_000, encoding="utf-8")
    before = children()

    def kill() -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            started = children() - before
            if started:
                os.kill(started.pop(), signal.SIGKILL)
                return
            time.sleep(0.001)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(UnreadableInput, match="its reader stopped"):
        read_table(file)
    killer.join()


def test_the_child_gets_no_secrets_and_strict_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRYGG_DATABASE_URL", "postgresql://user:secret@host/db")
    # A pipe as the file holds the child where its environment can be looked at.
    pipe = tmp_path / "rows.csv"
    pipe.write_text("Plats;När\n" + "Sikeå;dag\n" * 99_000, encoding="utf-8")
    before = children()
    seen: dict[str, str] = {}

    def look() -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and "Max address space" not in seen.get("limits", ""):
            for pid in children() - before:
                try:
                    limits = Path(f"/proc/{pid}/limits").read_text()
                    if str(300 * 1024 * 1024) in limits:
                        seen["environ"] = Path(f"/proc/{pid}/environ").read_text()
                        seen["limits"] = limits
                except (FileNotFoundError, ProcessLookupError):
                    continue
            time.sleep(0.001)

    looker = threading.Thread(target=look)
    looker.start()
    read_table(pipe, Limits(memory=300 * 1024 * 1024))
    looker.join()
    names = {line.partition("=")[0] for line in seen["environ"].split("\0") if line}
    assert names == {"PATH", "LANG", "OGR_SKIP", "OPENBLAS_NUM_THREADS", "PROJ_NETWORK"}
    assert "OGR_SKIP=OGR_VRT,GDALG" in seen["environ"]


def test_a_name_with_dashes_and_spaces_is_a_path_and_no_option(tmp_path: Path) -> None:
    file = tmp_path / "--help; rm -rf $(x) å.csv"
    file.write_text("Plats;När\nSikeå;dag\n", encoding="utf-8")
    assert read_table(file).rows[0][1] == ("Sikeå", "dag")
