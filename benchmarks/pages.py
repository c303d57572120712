"""The map page as the store grows, and beside the page that plain Folium makes."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from benchmarks import data, peer
from benchmarks.browser import View, chromium, first_view
from benchmarks.data import Ground
from benchmarks.serving import Client, our_command, served
from benchmarks.tables import Bar, Row, Table, count, kilobytes, ratio, times
from geo.publish.places import places
from geo.store.engine import Store, open_store

GROWTH = 1.2
LARGEST_KB = 250.0
TIMES_BETTER = 5.0
JUDGED_PLACES = 5_000
TURNS = 2
"""An address is asked for so many times as often as the page is viewed."""

OUR_MARKER, OUR_POPUP = ".map-place", ".map-popup"
PEER_MARKER, PEER_POPUP = ".leaflet-marker-icon", ".leaflet-popup-content"


@dataclass(slots=True)
class _Site:
    """One running server and what was measured of it."""

    size: int
    address: str
    marker: str
    popup: str
    path: str = "/"
    store: Store | None = None
    whole: View | None = None
    interactive: list[float] = field(default_factory=list)
    warm: dict[str, list[float]] = field(default_factory=dict)
    first: dict[str, list[float]] = field(default_factory=dict)

    @property
    def paths(self) -> tuple[str, ...]:
        """What the first view asks for, the page itself first."""
        assert self.whole is not None
        return tuple(dict.fromkeys(self.whole.paths))

    def received(self) -> int:
        """Bytes of the first view."""
        assert self.whole is not None
        return self.whole.received


def _view(browser: Browser, site: _Site, *, whole: bool) -> View:
    return first_view(browser, site.address + site.path, site.marker, site.popup, whole=whole)


def _look(browser: Browser, sites: Sequence[_Site], runs: int) -> None:
    """The first views, by turns, so that what slows the machine for a while slows all of them."""
    for site in sites:
        site.whole = _view(browser, site, whole=True)
    for _run in range(runs):
        for site in sites:
            site.interactive.append(_view(browser, site, whole=False).interactive)


def _ask(sites: Sequence[_Site], turns: int) -> None:
    """The server's time for each address of the first view, by turns: kept warm, and after a change."""
    clients = [Client(site.address) for site in sites]
    for path in dict.fromkeys(path for site in sites for path in site.paths):
        for client in clients:
            client.get(path)
        for _turn in range(turns):
            for site, client in zip(sites, clients, strict=True):
                site.warm.setdefault(path, []).append(client.get(path))
        if _is_asset(path):
            continue
        for _turn in range(turns):
            for site, client in zip(sites, clients, strict=True):
                assert site.store is not None
                with site.store.write():
                    pass
                site.first.setdefault(path, []).append(client.get(path))
    for client in clients:
        client.close()


def _is_asset(path: str) -> bool:
    return path.startswith("/static/")


def _serve_ours(stack: ExitStack, ground: Ground, path: Path) -> str:
    return stack.enter_context(served(our_command(), ground.processes(path), path.with_suffix(".log")))


def measure_growth(ground: Ground, sizes: Sequence[int], runs: int) -> Table:
    """The map page over stores that differ in their number of incidents only."""
    sites: list[_Site] = []
    with ExitStack() as stack:
        for size in sizes:
            path = ground.store(f"incidents-{size}")
            store = open_store(data.url(path))
            stack.callback(store.close)
            data.put_survey(store, ground)
            data.put_incidents(store, size, ground.gazetteer)
            address = _serve_ours(stack, ground, path)
            sites.append(_Site(size, address, OUR_MARKER, OUR_POPUP, store=store))
        with chromium() as browser:
            _look(browser, sites, runs)
        _ask(sites, runs * TURNS)
    return _growth_table(sites, runs)


def _growth_table(sites: Sequence[_Site], runs: int) -> Table:
    small, large = sites[0], sites[-1]
    paths = list(dict.fromkeys(path for site in sites for path in site.paths))
    pages = [path for path in paths if not _is_asset(path)]
    assets = [path for path in paths if _is_asset(path)]
    bars: list[Bar] = []
    rows: list[Row] = []

    def line(name: str, cells: Sequence[str], grown: float, *bar: Bar) -> None:
        bars.extend(bar)
        rows.append((name, *cells, ratio(grown), "  ".join(str(one) for one in bar)))

    def timed(name: str, samples: Sequence[list[float]], *, judged: bool) -> None:
        # Within a turn, for what slows the machine for a while slows all of them.
        grown = median(after / before for before, after in zip(samples[0], samples[-1], strict=True))
        bar = (Bar(f"growth of {name}", grown, GROWTH),) if judged else ()
        line(name, [times(one, 1) for one in samples], grown, *bar)

    for path in pages:
        timed(f"{path}, warm", [site.warm[path] for site in sites], judged=False)
    timed(f"{len(assets)} assets, warm", [_sum(site.warm, assets) for site in sites], judged=False)
    timed("server in all, warm", [_sum(site.warm, paths) for site in sites], judged=True)
    for path in pages:
        timed(f"{path}, first", [site.first[path] for site in sites], judged=False)
    timed("server without assets, first", [_sum(site.first, pages) for site in sites], judged=True)
    timed("to interactive", [site.interactive for site in sites], judged=True)
    kb = large.received() / 1000
    grown = large.received() / small.received()
    line(
        "received in all",
        [kilobytes(site.received()) for site in sites],
        grown,
        Bar("growth of bytes", grown, GROWTH),
        Bar("kB received", kb, LARGEST_KB),
    )
    return Table(
        title="1. The map page and its data, by number of incidents in the store (SQLite)",
        notes=(
            "First view at 1280×800 with an empty cache, gzip, assets and headers included.",
            "warm: asked before; first: the first asking after the store has changed.",
            f"Median [least–greatest] of {runs} views and {runs * TURNS} askings, by turns; growth is the median",
            "of the largest store's time to the smallest's within a turn.",
        ),
        header=("", *(count(site.size) for site in sites), "growth", "bar"),
        rows=tuple(rows),
        bars=tuple(bars),
    )


def _sum(samples: dict[str, list[float]], paths: Sequence[str]) -> list[float]:
    return [sum(turn) for turn in zip(*(samples[path] for path in paths), strict=True)]


def measure_peer(ground: Ground, sizes: Sequence[int], runs: int) -> Table:
    """The map page beside plain Folium's, over the same unsafe places."""
    pages = ground.folder / "folium"
    pages.mkdir()
    ours: list[_Site] = []
    with ExitStack() as stack:
        for size in sizes:
            path = ground.store(f"places-{size}")
            store = open_store(data.url(path))
            stack.callback(store.close)
            data.put_places(store, size, ground.gazetteer)
            shown = places(store, ()).places
            if len(shown) != size:
                raise RuntimeError(f"{len(shown)} places are shown of {size}")
            peer.folium_page(shown, pages / f"{size}.html")
            ours.append(_Site(size, _serve_ours(stack, ground, path), OUR_MARKER, OUR_POPUP))
        address = stack.enter_context(
            served(
                [sys.executable, "-m", "benchmarks.peer"],
                {**ground.environment, peer.PAGES_VARIABLE: str(pages)},
                ground.folder / "folium.log",
            )
        )
        peers = [_Site(size, address, PEER_MARKER, PEER_POPUP, f"/{size}") for size in sizes]
        with chromium() as browser:
            _look(browser, [site for pair in zip(ours, peers, strict=True) for site in pair], runs)
    return _peer_table(ours, peers, runs)


def _peer_table(ours: Sequence[_Site], peers: Sequence[_Site], runs: int) -> Table:
    rows: list[Row] = []
    bars: list[Bar] = []
    for own, other in zip(ours, peers, strict=True):
        smaller = other.received() / own.received()
        faster = median(other.interactive) / median(own.interactive)
        judged: tuple[Bar, ...] = ()
        if own.size == JUDGED_PLACES:
            judged = (
                Bar(f"times smaller at {count(own.size)}", smaller, TIMES_BETTER, at_least=True),
                Bar(f"times faster at {count(own.size)}", faster, TIMES_BETTER, at_least=True),
            )
        bars.extend(judged)
        verdicts = [str(bar) for bar in judged] or ["", ""]
        name = f"{count(own.size)} places"
        rows.append(
            (
                f"{name}: received",
                kilobytes(own.received()),
                kilobytes(other.received()),
                ratio(smaller),
                verdicts[0],
            )
        )
        rows.append(
            (
                f"{name}: to interactive",
                times(own.interactive),
                times(other.interactive),
                ratio(faster),
                verdicts[1],
            )
        )
    return Table(
        title="2. The map page beside plain Folium's (one Marker with Popup per unsafe place)",
        notes=(
            "First view at 1280×800 with an empty cache, gzip, assets and headers included.",
            "To interactive: from the start of navigation to the end of the frame that shows the places, when",
            "each can be opened. Ours gathers crowded places into one symbol; Folium's has them all.",
            "For Folium: no tiles, answers compressed beforehand, two small style sheets served empty.",
            f"Median [least–greatest] of {runs} runs, by turns; the ratio is Folium's to ours.",
        ),
        header=("", "ours", "Folium", "ratio", "bar"),
        rows=tuple(rows),
        bars=tuple(bars),
    )
