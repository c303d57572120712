"""Import and geocoding: rows per second and memory, beside pandas and rapidfuzz over the same file."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import data
from benchmarks.data import Ground
from benchmarks.tables import Row, Table, count, ratio
from geo.gazetteer import Gazetteer
from geo.geocoder import Geocoder

PEER_ROWS = 5_000
"""The peer is timed on so many rows, for all of them would take it minutes; its memory is that of the
whole file."""


@dataclass(frozen=True, slots=True)
class _Spent:
    seconds: float
    peak: int
    told: dict[str, Any]


def _run(command: Sequence[str], environment: dict[str, str]) -> _Spent:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.spent", *command],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    *said, last = done.stdout.strip().splitlines()
    spent = json.loads(last)
    # 1 says that some rows were rejected, as some always are.
    if spent["code"] not in (0, 1) or not said:
        raise RuntimeError(f"{' '.join(command)} ended with {spent['code']}:\n{done.stderr[-2000:]}")
    return _Spent(spent["seconds"], spent["peak"], json.loads(said[-1]))


def measure(ground: Ground, rows: int, runs: int) -> Table:
    """Imports files of ``rows`` rows with ``trygg import``, each run into a new store."""
    survey, incidents = ground.folder / "survey.csv", ground.folder / "incidents.csv"
    data.survey_file(survey, rows, ground.gazetteer)
    data.incident_file(incidents, rows, ground.gazetteer)
    peer_rows = min(rows, PEER_ROWS)
    lines: list[Row] = []
    for name, file, words in (
        ("survey", survey, ["survey", str(survey), "--survey", "Bench 2022", "--json"]),
        ("incidents", incidents, ["incidents", str(incidents), "--source", "bench", "--json"]),
    ):
        ours, peers, alone = [], [], []
        for run in range(runs):
            ours.append(_import(ground, f"{name}-{run}", words))
            peers.append(_peer(ground, file, peer_rows))
            alone.append(_geocode_alone(file, ground.gazetteer, peer_rows))
        lines += _lines(name, rows, ours, peers, alone)
    return Table(
        title=f"3. Import and geocoding of {count(rows)} rows",
        notes=(
            f"Ours: `trygg import` as a process of its own, with its start, into a new SQLite store; {runs} runs.",
            "Peer: pandas.read_csv, then rapidfuzz.process.extractOne(WRatio) for each row over the same names;",
            f"its rate is taken from {count(peer_rows)} rows. It checks, keeps and clusters nothing.",
        ),
        header=("", "rows/s", "peer", "ratio", "memory", "peer"),
        rows=tuple(lines),
    )


def _import(ground: Ground, name: str, words: list[str]) -> _Spent:
    store = ground.store(name)
    trygg = str(Path(sys.executable).with_name("trygg"))
    spent = _run([trygg, "import", *words], ground.processes(store))
    store.unlink()
    return spent


def _peer(ground: Ground, file: Path, rows: int) -> _Spent:
    gazetteer = ground.settings.data / "places" / "gazetteer.csv"
    command = [sys.executable, "-m", "benchmarks.peer_geocoder", str(file), str(gazetteer), str(rows)]
    return _run(command, ground.environment)


def _geocode_alone(file: Path, gazetteer: Gazetteer, rows: int) -> float:
    """Seconds for the same texts in this process, by a geocoder that remembers nothing yet."""
    with file.open(encoding="utf-8") as lines:
        texts = [line.split(";")[2] for line in islice(lines, 1, rows + 1)]
    geocoder = Geocoder(gazetteer)
    started = time.perf_counter()
    for text in texts:
        geocoder.geocode_all(text)
    return time.perf_counter() - started


def _lines(name: str, rows: int, ours: list[_Spent], peers: list[_Spent], alone: list[float]) -> list[Row]:
    whole = [rows / one.seconds for one in ours]
    peer_whole = [
        one.told["rows"] / (one.told["read"] + one.told["placed"] * one.told["rows"] / one.told["sample"])
        for one in peers
    ]
    geocoding = [peers[0].told["sample"] / seconds for seconds in alone]
    peer_geocoding = [one.told["sample"] / one.told["placed"] for one in peers]
    told = ours[0].told
    return [
        (
            f"{name}: file to store",
            _rates(whole),
            _rates(peer_whole),
            ratio(median(whole) / median(peer_whole)),
            _megabytes(one.peak for one in ours),
            _megabytes(one.peak for one in peers),
        ),
        (
            f"{name}: geocoding alone",
            _rates(geocoding),
            _rates(peer_geocoding),
            ratio(median(geocoding) / median(peer_geocoding)),
            "",
            "",
        ),
        (
            f"  of {count(told['new'])} kept, located to a spot or locality",
            f"{100 * (told['located'] + told['locality']) / told['new']:.0f} %",
            "",
            "",
            "",
            "",
        ),
    ]


def _rates(samples: Sequence[float]) -> str:
    return f"{median(samples):,.0f} [{min(samples):,.0f}–{max(samples):,.0f}]"


def _megabytes(peaks: Iterable[int]) -> str:
    return f"{median(peaks) / 1e6:,.0f} MB"
