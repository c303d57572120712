"""How fast the geocoder is among many names, and what it costs to have them; each number of names in a process of its own.

``python -m benchmarks.speed NAMES`` prints what it measured as JSON; progress goes to standard error.
"""

import json
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import click

from benchmarks import town
from benchmarks.memory import peak_mb
from benchmarks.tables import Bar, Row, Table, count, ratio
from geo.gazetteer import Gazetteer
from geo.geocoder import Geocoder
from geo.swedish import fold

_ROUNDS = 7
_TEXTS = 300
"""Texts in one round; each round has texts of its own, for the geocoder remembers."""
_PEER_TEXTS = 20
_WITH_PEERS = 100_000
"""Among more names the peers take minutes."""
_SENTENCES = ("mörkt och läskigt vid {} på kvällen", "undviker {} helt", "{}, där är lamporna trasiga")
_FORMS = ("exact", "folded", "in a sentence", "one edit", "two edits", "no place")


@dataclass(frozen=True, slots=True)
class _Promised:
    per_second: dict[str, int]
    build_s: float | None = None
    memory_mb: float | None = None


_MANY = _Promised({"exact": 10_000, "folded": 10_000, "one edit": 2_000, "two edits": 2_000})
_MOST = _Promised(
    {"exact": 1_000, "folded": 1_000, "one edit": 1_000, "two edits": 1_000}, build_s=60, memory_mb=1_500
)
_MOST_FROM = 1_000_000
_FASTER, _FASTER_FROM = 20.0, 100_000
"""How many times as many misspelt texts a second as SQLite's FTS5, and among how many names."""


def measure(sizes: tuple[int, ...]) -> Iterator[Table]:
    """One table for each number of names, as soon as it is measured."""
    return (_table(size, number) for number, size in enumerate(sizes, 8))


def _table(size: int, number: int) -> Table:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.speed", str(size)], stdout=subprocess.PIPE, text=True, check=True
    )
    told = json.loads(done.stdout)
    promised = _MOST if size >= _MOST_FROM else _MANY
    rows, bars = _rows(told, promised)
    return Table(
        title=f"{number}. The geocoder among {count(size)} names of streets",
        notes=(
            f"Texts per second of one thread's processor time; the median of {_ROUNDS} rounds of {_TEXTS} texts, none of which",
            "was asked for before. “Found”: how many are given the street they name.",
            *(
                ("The peers look only for the likest name; ratio: ours to FTS5's.",)
                if "peers" in told
                else ()
            ),
        ),
        header=("", "texts/s", "found", "WRatio", "FTS5", "ratio", "bar"),
        rows=tuple(rows),
        bars=tuple(bars),
    )


def _rows(told: dict[str, Any], promised: _Promised) -> tuple[list[Row], list[Bar]]:
    rows: list[Row] = []
    bars: list[Bar] = []
    peers = told.get("peers", {})
    for form in _FORMS:
        rate, found = told["per_second"][form], told["found"][form]
        cells = ["", "", ""]
        held: list[Bar] = []
        if form in promised.per_second:
            held.append(Bar(f"texts/s, {form}", rate, promised.per_second[form], at_least=True))
        if peers:
            faster = rate / peers["fts5"][form]
            cells = [f"{peers['wratio'][form]:,.1f}", f"{peers['fts5'][form]:,.1f}", ratio(faster)]
            if form == "two edits" and told["names"] >= _FASTER_FROM:
                held.append(Bar("texts/s with two edits beside FTS5", faster, _FASTER, at_least=True))
        bars += held
        rows.append((form, f"{rate:,.0f}", f"{100 * found:.1f} %", *cells, "  ".join(map(str, held))))
    seconds, peak = told["build_s"], told["peak_mb"]
    for what, value, unit, limit in (
        ("index built in", seconds, "s", promised.build_s),
        ("peak memory", peak, "MB", promised.memory_mb),
    ):
        bars += (kept := [Bar(f"{what}, {unit}", value, limit)] if limit else [])
        rows.append((what, f"{value:,.1f} {unit}", "", "", "", "", "".join(map(str, kept))))
    return rows, bars


def _texts(size: int, random: Random) -> dict[str, Callable[[], tuple[str, str]]]:
    """Form → a maker of (text, the name it means), each text drawn anew."""

    def name() -> str:
        return town.name(random.randrange(size))

    def pair(make: Callable[[str], str]) -> Callable[[], tuple[str, str]]:
        def made() -> tuple[str, str]:
            meant = name()
            return make(meant), meant

        return made

    return {
        "exact": pair(str),
        "folded": pair(town.folded),
        "in a sentence": pair(lambda meant: random.choice(_SENTENCES).format(meant)),
        "one edit": pair(lambda meant: town.misspelt(meant, 1, random)),
        "two edits": pair(lambda meant: town.misspelt(meant, 2, random)),
        "no place": lambda: (
            f"det är mörkt {random.randrange(10**9)} gånger på kvällen och buskarna stora",
            "",
        ),
    }


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _timed(find: Callable[[str], object], texts: list[str]) -> float:
    # The thread's own time: all of them, the peers too, answer in the thread that asks, and what other programs
    # take of the machine is none of theirs.
    started = time.thread_time()
    deque(map(find, texts), maxlen=0)
    return len(texts) / (time.thread_time() - started)


def _shown(stage: str, done: int, _total: int) -> None:
    click.echo(f"  {stage} {count(done)}\r", err=True, nl=False)


@click.command()
@click.argument("size", type=int)
def main(size: int) -> None:
    """Builds a gazetteer of SIZE names and asks for some of them."""
    random = Random(town.SEED)
    made = _seconds(lambda: deque(town.entries(size), maxlen=0))
    started = time.perf_counter()
    gazetteer = Gazetteer(town.entries(size), _shown if sys.stderr.isatty() else None)
    # The entries are made while they are indexed, for nowhere are they kept twice; to make them is no indexing.
    indexed = time.perf_counter() - started - made
    told: dict[str, Any] = {"names": size, "build_s": indexed, "per_second": {}, "found": {}}
    geocoder = Geocoder(gazetteer)
    makers = _texts(size, random)
    for form, make in makers.items():
        # The first of a form load what is loaded when it is needed.
        _timed(geocoder.geocode, [make()[0] for _ in range(20)])
        rates, found = [], 0
        for _ in range(_ROUNDS):
            pairs = [make() for _ in range(_TEXTS)]
            rates.append(_timed(geocoder.geocode, [text for text, _ in pairs]))
            found += sum(geocoder.geocode(text).name == meant for text, meant in pairs)
        told["per_second"][form] = sorted(rates)[_ROUNDS // 2]
        told["found"][form] = found / (_ROUNDS * _TEXTS)
    told["peak_mb"] = peak_mb()
    if size <= _WITH_PEERS:
        # Loaded here: what they need is no part of our memory.
        from benchmarks.peers import Fts5, WRatio

        names = [fold(town.name(number)) for number in range(size)]
        told["peers"] = {
            called: {
                form: _timed(peer.find, [fold(make()[0]) for _ in range(_PEER_TEXTS)])
                for form, make in makers.items()
            }
            for called, peer in (("wratio", WRatio(names)), ("fts5", Fts5(names)))
        }
    click.echo(json.dumps(told))


if __name__ == "__main__":
    main()
