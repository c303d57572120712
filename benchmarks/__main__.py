"""``make bench``: measures, prints its tables, and ends with 1 where a promise does not hold."""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import click

from benchmarks import areas, attackers, geocoding, imports, officers, opendata, pages, speed, walks
from benchmarks.data import Ground
from benchmarks.tables import Table

_PARTS = ("pages", "imports", "areas", "geocoder", "walks", "incidents", "attackers", "ogc")


@click.command()
@click.option("--incidents", multiple=True, type=int, default=(1_000, 100_000, 1_000_000), show_default=True)
@click.option("--places", multiple=True, type=int, default=(50, 500, 5_000), show_default=True)
@click.option("--rows", type=int, default=100_000, show_default=True, help="Rows of the imported files.")
@click.option("--runs", type=int, default=7, show_default=True, help="Runs of each page.")
@click.option("--import-runs", type=int, default=2, show_default=True, help="Runs of each import.")
@click.option(
    "--copies", type=int, default=200, show_default=True, help="Extracts side by side to cut one out."
)
@click.option("--texts", type=int, help="Labelled texts, of some thousand; all if not said.")
@click.option("--names", multiple=True, type=int, default=(100_000, 3_000_000), show_default=True)
@click.option("--edges", multiple=True, type=int, default=(2_000, 200_000), show_default=True)
@click.option(
    "--released",
    multiple=True,
    type=int,
    default=(121, 3_000, 1_000_000),
    show_default=True,
    help="Incidents of a release.",
)
@click.option("--features", type=int, default=1_000_000, show_default=True, help="Features of open data.")
@click.option("--asked", type=int, default=1_000, show_default=True, help="Requests of an attacker who asks.")
@click.option("--only", type=click.Choice(_PARTS), multiple=True, default=_PARTS, show_default=True)
def main(
    *,
    incidents: tuple[int, ...],
    places: tuple[int, ...],
    rows: int,
    runs: int,
    import_runs: int,
    copies: int,
    texts: int | None,
    names: tuple[int, ...],
    edges: tuple[int, ...],
    released: tuple[int, ...],
    features: int,
    asked: int,
    only: tuple[str, ...],
) -> None:
    """Measures the map page as the store grows, beside plain Folium; the import of files; areas; the geocoder; walks; the officer's map; attackers; open data."""
    started = time.monotonic()
    click.echo(
        f"Trygghetskartan, {date.today()}: {os.cpu_count()} cores, Python {platform.python_version()}\n"
    )
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        makers: dict[str, tuple[Callable[[Ground], Iterable[Table]], ...]] = {
            "pages": (
                lambda ground: [pages.measure_growth(ground, sizes=incidents, runs=runs)],
                lambda ground: [pages.measure_peer(ground, sizes=places, runs=runs)],
            ),
            "imports": (lambda ground: [imports.measure(ground, rows=rows, runs=import_runs)],),
            "areas": (lambda _: [areas.measure(folder, copies)],),
            "geocoder": (
                lambda _: geocoding.measure(folder, texts),
                lambda _: speed.measure(names),
            ),
            "walks": (lambda _: walks.measure(edges, runs),),
            "incidents": (lambda ground: officers.measure(ground, sizes=incidents, runs=runs),),
            "attackers": (lambda ground: attackers.measure(ground, released, asked),),
            "ogc": (lambda ground: opendata.measure(ground, features=features, runs=runs),),
        }
        tables = list(_shown([make for part in only for make in makers[part]], folder))
    missed = [bar for table in tables for bar in table.bars if not bar.met]
    click.echo(
        f"{sum(len(table.bars) for table in tables) - len(missed)} bars met, {len(missed)} missed,", nl=False
    )
    click.echo(f" in {time.monotonic() - started:.0f} s.")
    for bar in missed:
        click.echo(f"  {bar.what}: {bar.value:.2f}, {bar}")
    sys.exit(1 if missed else 0)


def _shown(makers: Sequence[Callable[[Ground], Iterable[Table]]], folder: Path) -> Iterator[Table]:
    """Each table as soon as it is measured, printed."""
    ground = Ground.make(folder)
    for make in makers:
        for table in make(ground):
            click.echo(f"{table}\n")
            yield table


if __name__ == "__main__":
    main()
