"""The command line under strace: the kernel's own list of what was opened and whom it called."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hostile.conftest import Trap

TRYGG = Path(sys.executable).parent / "trygg"

LAYER = ["import", "layer", "x", "--title", "X", "--source", "X", "--licence", "CC0-1.0"]
CASES = {
    "a VRT called GeoJSON": LAYER,
    "a GDALG that calls out": LAYER,
    "a GeoPackage that calls out": LAYER,
    "a GeoPackage with a table elsewhere": LAYER,
    "a workbook of billions of laughs": ["import", "survey", "--survey", "X 2026"],
    "a workbook whose members leave their folder": ["import", "incidents", "--source", "X"],
    "a backup that leaves its folder": ["restore", "--yes"],
    "a backup with a program in a view": ["restore", "--yes"],
}


@pytest.mark.parametrize("name", CASES)
def test_the_kernel_saw_no_file_opened_and_nobody_called(
    name: str, evil: dict[str, Path], trap: Trap, tmp_path: Path, handmade_file: Path
) -> None:
    database, trace = tmp_path / "trygg.sqlite", tmp_path / "trace"
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    database.write_bytes(handmade_file.read_bytes())
    asked = [
        "strace",
        "-f",
        "-qq",
        "-s",
        "500",
        "-o",
        str(trace),
        "-e",
        "trace=openat,open,connect,rename,renameat2",
    ]
    environment = {
        "PATH": os.environ["PATH"],
        "TRYGG_DATABASE_URL": f"sqlite:///{database}",
        "TRYGG_PHOTOS": str(tmp_path / "photos"),
        "TRYGG_LANGUAGE": "en",
        "TMPDIR": str(scratch),
    }
    words = CASES[name]
    done = subprocess.run(
        [*asked, TRYGG, *words, evil[name]], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    told = trace.read_text(errors="replace")
    assert f'"{evil[name]}"' in told, "strace saw the file itself being read"
    assert str(trap.bait.file) not in told
    assert not re.search(r"connect\([^)]*AF_INET", told)
    written = set(re.findall(r'open(?:at)?\([^"]*"([^"]+)", [^)]*O_(?:WRONLY|RDWR)', told))
    # The store's own files, temporary ones without a name, Python's compiled ones, and nothing else.
    own = (str(database), str(scratch), "/dev/")
    assert {file for file in written if not file.startswith(own) and "__pycache__" not in file} == set()
    assert list(scratch.iterdir()) == []
    assert not any("evil" in file for file in written)
    assert trap.untouched()
