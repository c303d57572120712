"""The officer's map of incidents as they grow in number, its filters, and beside Folium's FastMarkerCluster."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from benchmarks import data, peer
from benchmarks.browser import View, chromium, first_view
from benchmarks.data import Ground
from benchmarks.serving import Client, our_command, served
from benchmarks.tables import Bar, Row, Table, count, kilobytes, ratio, times
from geo.actions import people, sessions
from geo.crs import points_to_wgs84
from geo.model import Role
from geo.publish.incident_grid import IncidentGrids
from geo.store.engine import Store, open_store

GROWTH = 1.2
FILTER_MS = 100.0
TIMES_SOONER = 40.0
TIMES_SMALLER = 200.0
JUDGED = 1_000_000
PAGE = "/work/incidents"
MARKER, POPUP = ".map-place", ".map-popup"
PEER_MARKER = ".leaflet-marker-icon"
PEER_VIEWS = 2
"""A view of the peer's takes a minute and gigabytes: it is looked at so often."""

FILTERS = (
    "",
    "group=theft",
    "from=2024-01-01&to=2024-12-31",
    "time=night",
    "light=dark",
    "group=violence&from=2023-06-01&time=evening&light=twilight",
)
VIEWS = (
    ("whole municipality", "box=19.2,63.6,22.4,64.7&zoom=9"),
    ("a locality", "box=20.6,64.1,21.04,64.29&zoom=12"),
    ("a street", "box=20.84,64.185,20.867,64.197&zoom=16"),
)


@dataclass(slots=True)
class _Site:
    """One running server, and what was measured of it."""

    size: int
    address: str
    path: str
    marker: str
    popup: str
    session: str = ""
    loaded: float = 0.0
    received: int = 0
    first: int = 0
    interactive: list[float] = field(default_factory=list)

    def look(self, browser: Browser, *, whole: bool) -> View:
        """A first view of the page."""
        return first_view(
            browser, self.address + self.path, self.marker, self.popup, whole=whole, session=self.session
        )


def measure(ground: Ground, sizes: Sequence[int], runs: int) -> Iterator[Table]:
    """The map over stores that differ in their number of incidents, all with a spot; then the peer's with the most."""
    pages = ground.folder / "clusters"
    pages.mkdir()
    with ExitStack() as stack:
        ours = [_ours(stack, ground, size, pages if size == max(sizes) else None) for size in sizes]
        address = stack.enter_context(
            served(
                [sys.executable, "-m", "benchmarks.peer"],
                {**ground.environment, peer.PAGES_VARIABLE: str(pages)},
                ground.folder / "clusters.log",
            )
        )
        other = _Site(max(sizes), address, f"/{max(sizes)}", PEER_MARKER, "")
        answers = {site.size: _ask(site, runs) for site in ours}
        with chromium() as browser:
            for site in ours:
                whole = site.look(browser, whole=True)
                site.received, site.first = whole.received, whole.first
            for _run in range(runs):
                for site in ours:
                    site.interactive.append(site.look(browser, whole=False).interactive)
            for _view in range(min(runs, PEER_VIEWS)):
                seen = other.look(browser, whole=True)
                other.received, other.first = seen.received, seen.first
                other.interactive.append(seen.interactive)
    yield _filter_table(ours, answers, runs)
    yield _view_table(ours, other, runs)


def _ours(stack: ExitStack, ground: Ground, size: int, pages: Path | None) -> _Site:
    path = ground.store(f"officers-{size}")
    store = open_store(data.url(path))
    data.put_incidents(store, size, ground.gazetteer)
    spots = data.spread_incidents(store, ground.gazetteer)
    if pages is not None:
        peer.cluster_page(points_to_wgs84(spots), pages / f"{size}.html")
    session = _officer(store, ground)
    started = time.perf_counter()
    found = IncidentGrids(store).newest()
    loaded = time.perf_counter() - started
    store.close()
    if found.columns.placed != size:
        raise RuntimeError(f"{found.columns.placed} incidents have a spot of {size}")
    log = path.with_suffix(".log")
    address = stack.enter_context(served(our_command(), ground.processes(path), log))
    return _Site(size, address, PAGE, MARKER, POPUP, session, loaded)


def _officer(store: Store, ground: Ground) -> str:
    """The token of an officer's session, begun now."""
    now = datetime.now(UTC)
    people.add(store, "bench", role=Role.POLICE, organisation="Polisen", now=now)
    limits = sessions.Limits.of(ground.settings)
    return sessions.begin(store, people.find(store, "bench").person, now=now, limits=limits, how="bench")


def _ask(site: _Site, runs: int) -> dict[tuple[str, str], list[float]]:
    """Seconds for each filter on each view, and on the list; the server has read the incidents before."""
    client = Client(site.address, site.session)
    client.get(PAGE)
    asked = {
        (name, filters): f"{PAGE}/clusters.json?{view}&{filters}"
        for name, view in VIEWS
        for filters in FILTERS
    } | {("the list", filters): f"{PAGE}/list?{filters}" for filters in FILTERS}
    taken: dict[tuple[str, str], list[float]] = {key: [] for key in asked}
    # The first reading of a choice is written into the audit; both are answers that somebody waits for.
    for _run in range(runs):
        for key, path in asked.items():
            taken[key].append(client.get(path))
    client.close()
    return taken


def _filter_table(
    sites: Sequence[_Site], answers: dict[int, dict[tuple[str, str], list[float]]], runs: int
) -> Table:
    rows: list[Row] = [
        ("incidents read from the store", *(f"{site.loaded:.1f} s" for site in sites), ""),
    ]
    bars: list[Bar] = []
    for name in dict.fromkeys(name for name, _filters in answers[sites[0].size]):
        cells, slowest = [], 0.0
        for site in sites:
            samples = [taken for (view, _filters), taken in answers[site.size].items() if view == name]
            worst = max(samples, key=median)
            cells.append(times(worst, 1))
            slowest = 1000 * median(worst)
        judged = Bar(f"ms for any filter, {name}", slowest, FILTER_MS)
        if sites[-1].size == JUDGED:
            bars.append(judged)
        rows.append((f"{name}, slowest filter", *cells, str(judged) if sites[-1].size == JUDGED else ""))
    return Table(
        title="12. Filters of the officer's map, by number of incidents (SQLite)",
        notes=(
            f"{len(FILTERS)} choices of kind, period, time of day and light, each on three views and in the list;",
            "the whole answer over one kept connection, gzip. Of each view the choice that takes longest:",
            f"median [least–greatest] of {runs} askings, of which the first is noted in the audit.",
        ),
        header=("", *(count(site.size) for site in sites), "bar"),
        rows=tuple(rows),
        bars=tuple(bars),
    )


def _view_table(sites: Sequence[_Site], other: _Site, runs: int) -> Table:
    small, large = sites[0], sites[-1]
    grown = median(b / a for a, b in zip(small.interactive, large.interactive, strict=True))
    bars = [
        Bar("growth of the officer's map: to interactive", grown, GROWTH),
        Bar("growth of the officer's map: bytes", large.received / small.received, GROWTH),
    ]
    sooner = median(other.interactive) / median(large.interactive)
    smaller = other.first / large.first
    beside = ["", ""]
    if large.size == JUDGED:
        judged = (
            Bar("times sooner than FastMarkerCluster", sooner, TIMES_SOONER, at_least=True),
            Bar("times smaller than FastMarkerCluster", smaller, TIMES_SMALLER, at_least=True),
        )
        bars += judged
        beside = [str(bar) for bar in judged]
    rows: list[Row] = [
        (
            "to interactive",
            *(times(site.interactive) for site in sites),
            f"{ratio(grown)} {bars[0]}",
            times(other.interactive),
            f"{ratio(sooner)} {beside[0]}",
        ),
        (
            "received until then",
            *(kilobytes(site.first) for site in sites),
            ratio(large.first / small.first),
            kilobytes(other.first),
            f"{ratio(smaller)} {beside[1]}",
        ),
        (
            "received in all",
            *(kilobytes(site.received) for site in sites),
            f"{ratio(large.received / small.received)} {bars[1]}",
            kilobytes(other.received),
            ratio(other.received / large.received),
        ),
    ]
    return Table(
        title="13. The officer's map beside Folium's FastMarkerCluster, by number of incidents",
        notes=(
            "First view at 1280×800 with an empty cache, gzip, assets and headers included.",
            "To interactive: until the end of the frame that shows the clusters, when each can be pressed; one is.",
            "Received until then: the page, its assets and the first answer; the ground and its names come after them.",
            f"Folium: a page with the largest number's spots, as it writes them; {len(other.interactive)} views of it, ours {runs}.",
        ),
        header=("", *(count(site.size) for site in sites), "growth", f"Folium, {count(other.size)}", "ratio"),
        rows=tuple(rows),
        bars=tuple(bars),
    )
