"""``make bench``: measures, prints three tables, and ends with 1 where a promise does not hold."""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import click

from benchmarks import imports, pages
from benchmarks.data import Ground
from benchmarks.tables import Table


@click.command()
@click.option("--incidents", multiple=True, type=int, default=(1_000, 100_000, 1_000_000), show_default=True)
@click.option("--places", multiple=True, type=int, default=(50, 500, 5_000), show_default=True)
@click.option("--rows", type=int, default=100_000, show_default=True, help="Rows of the imported files.")
@click.option("--runs", type=int, default=7, show_default=True, help="Runs of each page.")
@click.option("--import-runs", type=int, default=2, show_default=True, help="Runs of each import.")
def main(incidents: tuple[int, ...], places: tuple[int, ...], rows: int, runs: int, import_runs: int) -> None:
    """Measures the map page as the store grows, beside plain Folium, and the import of files."""
    started = time.monotonic()
    click.echo(
        f"Trygghetskartan, {date.today()}: {os.cpu_count()} cores, Python {platform.python_version()}\n"
    )
    measures = (
        partial(pages.measure_growth, sizes=incidents, runs=runs),
        partial(pages.measure_peer, sizes=places, runs=runs),
        partial(imports.measure, rows=rows, runs=import_runs),
    )
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        tables = list(_shown(measures, Path(folder)))
    missed = [bar for table in tables for bar in table.bars if not bar.met]
    click.echo(
        f"{sum(len(table.bars) for table in tables) - len(missed)} bars met, {len(missed)} missed,", nl=False
    )
    click.echo(f" in {time.monotonic() - started:.0f} s.")
    for bar in missed:
        click.echo(f"  {bar.what}: {bar.value:.2f}, {bar}")
    sys.exit(1 if missed else 0)


def _shown(measures: Sequence[Callable[[Ground], Table]], folder: Path) -> Iterator[Table]:
    """Each table as soon as it is measured, printed."""
    ground = Ground.make(folder)
    for measure in measures:
        table = measure(ground)
        click.echo(f"{table}\n")
        yield table


if __name__ == "__main__":
    main()
