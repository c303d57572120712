"""Who finds out what the published picture hides: guessing homes, asking again and again, subtracting all that was ever released.

The attackers share no code with the audit. They know where every home is, and in which cells anything was ever counted.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence

from benchmarks import data
from benchmarks.asking import Heard, addresses, ask
from benchmarks.attacked import NOW, QUARTERS, Lair, lairs, publish_all, put_incidents
from benchmarks.data import Ground
from benchmarks.guessing import DRAWN, Guessed, guess, guess_donut, guess_uneven, shown_as
from benchmarks.serving import our_command, served
from benchmarks.subtracting import subtract
from benchmarks.tables import Bar, Row, Table, count
from geo.actions import releases
from geo.store.engine import Store, open_store
from geo.store.migration import migrate

_FIRST, _HIT_PERCENT = 14, 5.0
_SERVED = 3_000
_MANY = 100_000
"""A release of more incidents than this is made on one ground only: it is the store that takes the time."""
_MANY_ON = "Granfors"


def measure(ground: Ground, released: Sequence[int], requests: int) -> Iterator[Table]:
    """One table of guesses for each kind of ground, then what the numbers mean at worst, what was asked, and what subtraction gives."""
    grounds = list(lairs(ground.folder))
    heard = [_asked(ground, one, requests) for one in grounds]
    for number, (one, told) in enumerate(zip(grounds, heard, strict=True), _FIRST):
        yield _guesses(one, told, number)
    yield _worst(grounds, _FIRST + len(grounds))
    yield _answers(grounds, heard, _FIRST + len(grounds) + 1)
    yield _counts(ground, grounds, released, _FIRST + len(grounds) + 2)


def _empty(ground: Ground, name: str) -> Store:
    store = open_store(data.url(ground.folder / f"{name}.sqlite"))
    migrate(store)
    return store


def _asked(ground: Ground, attacked: Lair, requests: int) -> Heard:
    """What a server of a released store answers."""
    name = f"asked-{attacked.name.split()[0]}"
    store = _empty(ground, name)
    put_incidents(store, attacked, _SERVED, seed=3)
    releases.publish(store, None, QUARTERS[-1], now=NOW, ground=releases.Ground(attacked.area))
    store.close()
    file = ground.folder / f"{name}.sqlite"
    with served(our_command(), ground.processes(file), file.with_suffix(".log")) as address:
        return ask(address, addresses(attacked), requests)


def _guesses(ground: Lair, heard: Heard, number: int) -> Table:
    ways: dict[str, Guessed] = {
        name: guess(ground, show(ground.homes)) for name, show in shown_as(ground).items()
    }
    ways["a donut of 50–200 m"] = guess_donut(ground)
    averaged = guess(ground, heard.mean_shown(ground)).expected
    rows: list[Row] = []
    bars: list[Bar] = []
    for name, found in ways.items():
        mean, told = found.averaged, ""
        if name == "our cells":
            mean = averaged
            bar = Bar(
                f"{ground.name}: homes found from our cells, percent",
                100 * max(found.expected, found.drawn, found.best, mean),
                _HIT_PERCENT,
            )
            bars.append(bar)
            told = str(bar)
        rows.append(
            (
                name,
                _percent(found.expected),
                f"{_percent(found.drawn)} ± {200 * found.error:.1f}",
                _percent(found.best),
                _percent(mean),
                told,
            )
        )
    return Table(
        f"{number}. Guessing the home: {ground.name}",
        (
            f"{count(len(ground.homes))} homes, {len(ground.cells.boxes)} cells. Nearest: the home nearest to what is shown, each as likely as any",
            f"other, counted out (of the donut, drawn); drawn: the same for {count(DRAWN)} incidents by lot, with two standard",
            "errors; likeliest: the home that is likeliest by what is shown; averaged: nearest to the mean of what",
            f"{count(heard.asked)} answers show, ours by HTTP.",
        ),
        ("shown as", "nearest", "drawn", "likeliest", "averaged", "bar"),
        tuple(rows),
        tuple(bars),
    )


def _worst(grounds: Sequence[Lair], number: int) -> Table:
    rows: list[Row] = []
    bars: list[Bar] = []
    for ground in grounds:
        fewest = int(ground.cells.homes.min())
        uneven = guess_uneven(ground)
        bar = Bar(f"{ground.name}: found in the worst cell, percent", 100 / fewest, _HIT_PERCENT)
        bars.append(bar)
        rows.append(
            (
                ground.name,
                f"{fewest}–{int(ground.cells.homes.max())}",
                f"{_percent(1 / fewest)} {bar}",
                _percent(len(ground.cells.boxes) / len(ground.homes)),
                _percent(uneven.cells),
                _percent(uneven.alone),
            )
        )
    return Table(
        f"{number}. The worst cell, and what a reader knows who knows more",
        (
            "A cell has 20 homes or more, so that no guess is right more often than once in 20, whatever the ground. Who knows",
            "beforehand at which homes most happens (1, 1/2, 1/3, ... dealt out by lot) is right more often, also where",
            "only the municipality is told; no size of cell helps against what is known already.",
        ),
        (
            "",
            "homes in a cell",
            "worst cell",
            "all cells",
            "knows where most happens",
            "told the municipality only",
        ),
        tuple(rows),
        tuple(bars),
    )


def _answers(grounds: Sequence[Lair], heard: Sequence[Heard], number: int) -> Table:
    rows: list[Row] = []
    bars: list[Bar] = []
    for ground, told in zip(grounds, heard, strict=True):
        bar = Bar(f"{ground.name}: answers or counts that change", told.changing + told.wavering, 0)
        bars.append(bar)
        rows.append(
            (
                ground.name,
                count(told.asked),
                count(len(told.bodies)),
                count(told.changing),
                count(len(told.said)),
                f"{told.wavering} {bar}",
            )
        )
    return Table(
        f"{number}. Asking again and again",
        (
            f"A running server, {count(_SERVED)} incidents released: the map page, its data, the page of incidents, areas as features by box round",
            "homes (from 10 m on), time, page and coordinate system, as CSV and GeoPackage; each address several times.",
        ),
        ("", "requests", "addresses", "whose answers differ", "counts told", "told in two ways"),
        tuple(rows),
        tuple(bars),
    )


def _counts(ground: Ground, grounds: Sequence[Lair], released: Sequence[int], number: int) -> Table:
    rows: list[Row] = []
    bars: list[Bar] = []
    for attacked in grounds:
        for size in released:
            if size <= _MANY or attacked.name.startswith(_MANY_ON):
                row, bar = _subtracted(ground, attacked, size)
                rows.append(row)
                bars.append(bar)
    return Table(
        f"{number}. Subtracting counts",
        (
            "Through 2025Q3, 2025Q4, that taken back, 2026Q1 in new areas, 2026Q2; a twentieth of the incidents come late. Shown, small and",
            "hidden are the last release's. Release: the slowest, with its reading of the store and its audits. The attacker",
            "solves integer programmes over all that was said, for every small and hidden count of all releases, and",
            "for what came between any two of them and what lies in no locality or cell (unsaid).",
        ),
        (
            "incidents",
            "shown",
            "small",
            "hidden",
            "release",
            "attack",
            "attacked",
            "unsaid",
            "narrowed",
            "got back",
        ),
        tuple(rows),
        tuple(bars),
    )


def _subtracted(ground: Ground, attacked: Lair, size: int) -> tuple[Row, Bar]:
    store = _empty(ground, f"subtracted-{attacked.name.split()[0]}-{size}")
    published = publish_all(store, attacked, size)
    store.close()
    started = time.perf_counter()
    found = subtract(published.releases, published.areas, QUARTERS)
    took = time.perf_counter() - started
    said = Counter(told.said.value for told in published.releases[-1].statements)
    exact, narrowed = sum(one.exact for one in found), sum(one.narrowed for one in found)
    unsaid = sum(one.said == "unsaid" for one in found)
    bar = Bar(f"{attacked.name}, {size} incidents: counts got back or narrowed", exact + narrowed, 0)
    row = (
        f"{attacked.name.split(',')[0]}, {count(size)}",
        *(count(said[how]) for how in ("number", "small", "hidden")),
        f"{max(published.took):.1f} s",
        f"{took:.1f} s",
        count(len(found) - unsaid),
        count(unsaid),
        count(narrowed),
        f"{exact} {bar}",
    )
    return row, bar


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
