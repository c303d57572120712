"""`make fuzz`: mutated files and texts through everything that reads what offices and respondents send.

Each reader may refuse what it gets, in the domain's own words; anything else it raises is a fault, and so is a
single input that takes longer than ``SLOWEST_S``. The readers run in this process, where atheris sees which
branches an input reaches; in the product they run in a child with bounds on memory and time. GeoPackages are left
out: GDAL's code isn't instrumented, and tests/hostile mutates them through the child.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["geo"]):
    from geo import danger, sensitive
    from geo.errors import GeoError
    from geo.gazetteer import load_gazetteer
    from geo.geocoder import Geocoder
    from geo.importing import child, incidents, measures, polisen, survey, tables, values, vector
    from geo.importing.limits import Limits
    from geo.importing.photofile import draw

from geo.settings import ROOT

LIMITS = Limits(max_bytes=2_000_000, max_rows=2_000)
SLOWEST_S = 20
"""Bounds one input; libFuzzer counts whole seconds."""

_SEEDS = (
    "Respondent;Plats;Varför;När på dygnet;Kommentar\na;busstationen;Dålig belysning;kväll;hemlig\n",
    "id,kategori,plats,datum,tid,east,north\n1,Stöld,Storgatan,2022-03-21,12:30,756000,7130000\n",
    "åtgärd;ansvarig;medborgarlöfte;status;plats;klart senast\nLampa;Kommunen;trafik;planerad;Skolan;2026-12-15\n",
    '[{"id":1,"datetime":"2023-05-19 8:37:11 +02:00","name":"19 maj 08:10, Stöld, Robertsfors",'
    '"summary":"Storgatan.","type":"Stöld","location":{"name":"Robertsfors","gps":"64,20"}}]',
    '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point",'
    '"coordinates":[20.84,64.19]},"properties":{"kategori":"Stöld"}}]}',
    "300 meter söder om busstationen i Robertsfors, mellan skolan och E4",
)

_geocoder = Geocoder(load_gazetteer(ROOT / "data" / "places" / "gazetteer.csv"))


def _in_process(task: str, path: Path, limits: Limits, *, epsg: int | None = None) -> list[Any]:
    """What ``sandbox.run`` gives, read here: through JSON, as from the child."""
    return [json.loads(json.dumps(line)) for line in child._read(task, path, limits, epsg)]


def _text(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    danger.find_danger(text)
    sensitive.find_warning(text)
    polisen.place_words(text)
    _geocoder.geocode_all(text[:2_000])
    for reader in (values.parse_date, values.parse_clock, values.parse_interval, values.parse_number):
        try:
            reader(text)
        except ValueError:
            continue


def _readers(path: Path) -> tuple[Callable[[], object], ...]:
    return (
        lambda: survey.parse_survey(path, limits=LIMITS),
        lambda: incidents.parse_incidents(path, source="fuzz", limits=LIMITS),
        lambda: measures.parse_measures(path, limits=LIMITS),
        lambda: polisen.parse_police_events(path, limits=LIMITS),
        lambda: vector.read_vector(path, limits=LIMITS),
        lambda: list(draw(path.open("rb"), LIMITS)),
    )


def target(folder: Path) -> Callable[[bytes], None]:
    """What atheris calls with each input: its first byte chooses the reader."""
    file = folder / "input"

    def run(data: bytes) -> None:
        if not data:
            return
        readers = _readers(file)
        number = data[0] % (len(readers) + 1)
        if number == len(readers):
            _text(data[1:])
            return
        file.write_bytes(data[1:])
        try:
            readers[number]()
        except GeoError as refused:
            # A refusal must be one that can be said.
            str(refused)

    return run


def seeds(folder: Path) -> None:
    """Writes an input of each kind, so that no time is lost in finding what a table looks like."""
    for number in range(len(_SEEDS) + 1):
        for index, seed in enumerate(_SEEDS):
            (folder / f"seed-{number}-{index}").write_bytes(bytes([number]) + seed.encode())


def main(arguments: Sequence[str]) -> None:
    """Fuzzes for as long as is asked; ends with another code than 0, and the input in a file, at the first fault."""
    options = argparse.ArgumentParser(prog="make fuzz")
    options.add_argument("--seconds", type=int, default=600)
    options.add_argument(
        "--runs", type=int, default=-1, help="inputs after which to stop; -1: go by the time"
    )
    options.add_argument("--seed", type=int, default=0, help="0: another one each time")
    options.add_argument("--cases", type=Path, help="folder to begin with and to add to")
    asked = options.parse_args(arguments)
    for module in (tables, polisen, vector):
        module.run = _in_process  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases = asked.cases or folder / "cases"
        cases.mkdir(parents=True, exist_ok=True)
        seeds(cases)
        found = ROOT / "var" / "fuzz"
        found.mkdir(parents=True, exist_ok=True)
        print(f"Fuzzing for {asked.seconds} s from {datetime.now(UTC):%H:%M:%S} UTC; faults go to {found}")
        atheris.Setup(
            [
                sys.argv[0],
                str(cases),
                f"-max_total_time={asked.seconds}",
                f"-runs={asked.runs}",
                f"-seed={asked.seed}",
                f"-timeout={SLOWEST_S}",
                "-max_len=20000",
                "-len_control=0",
                "-rss_limit_mb=2048",
                "-print_final_stats=1",
                f"-artifact_prefix={found}/",
            ],
            target(folder),
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
