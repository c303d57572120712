"""The named peer: the page that plain Folium makes, with one Marker and Popup per unsafe place.

Folium's default assets are served from this machine. What npm does not have is served empty, every answer
is compressed beforehand, and there are no tiles: each of these makes the peer lighter or faster than it is
in use, never slower.
"""

import gzip
import html
import mimetypes
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click
import folium
import numpy as np
from branca.element import MacroElement
from folium.plugins import FastMarkerCluster, MarkerCluster
from folium.template import Template
from numpy.typing import NDArray

from benchmarks.browser import MARK
from geo.crs import point_to_wgs84
from geo.messages import catalogue
from geo.publish.places import PublicPlace
from geo.render import labels, words

MODULES = Path(__file__).parent / "node_modules"

ASSETS = {
    "leaflet": "leaflet/dist/leaflet.js",
    "jquery": "jquery/dist/jquery.min.js",
    "bootstrap": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "awesome_markers": "drmonty-leaflet-awesome-markers/js/leaflet.awesome-markers.js",
    "leaflet_css": "leaflet/dist/leaflet.css",
    "bootstrap_css": "bootstrap/dist/css/bootstrap.min.css",
    "awesome_markers_font_css": "@fortawesome/fontawesome-free/css/all.min.css",
    "awesome_markers_css": "drmonty-leaflet-awesome-markers/css/leaflet.awesome-markers.css",
    "markerclusterjs": "leaflet.markercluster/dist/leaflet.markercluster.js",
    "markerclustercss": "leaflet.markercluster/dist/MarkerCluster.css",
    "markerclusterdefaultcss": "leaflet.markercluster/dist/MarkerCluster.Default.css",
    "glyphicons_css": "",
    "awesome_rotate_css": "",
}
"""Folium's name of a default asset → the same file from npm; nothing where npm does not have it."""

PAGES_VARIABLE = "BENCH_PAGES"
GZIP_LEVEL = 6


def _local(assets: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, f"/assets/{ASSETS[name]}" if ASSETS[name] else f"/empty/{name}") for name, _url in assets]


class _LocalMap(folium.Map):
    """Folium's map as it is, with its default assets under this server's addresses."""

    default_js = _local(folium.Map.default_js)
    default_css = _local(folium.Map.default_css)


class _LocalClusters(FastMarkerCluster):
    """Folium's FastMarkerCluster as it is, likewise."""

    default_js = _local(MarkerCluster.default_js)
    default_css = _local(MarkerCluster.default_css)


class _Mark(MacroElement):
    """The last statement of the page's script: by then every marker stands on the map with its popup."""

    _template = Template("{% macro script(this, kwargs) %}performance.mark('" + MARK + "');{% endmacro %}")


def folium_page(places: Sequence[PublicPlace], target: Path) -> None:
    """Writes the page that Folium makes for these places, with their status, measures, reasons and times."""
    points = [point_to_wgs84(place.point) for place in places]
    lons, lats = [lon for lon, _lat in points], [lat for _lon, lat in points]
    chart = _LocalMap(tiles=None)
    for place, (lon, lat) in zip(places, points, strict=True):
        folium.Marker((lat, lon), popup=folium.Popup(_told(place))).add_to(chart)
    chart.fit_bounds(((min(lats), min(lons)), (max(lats), max(lons))))
    chart.add_child(_Mark())  # type: ignore[no-untyped-call]
    chart.save(str(target))


def cluster_page(lonlat: NDArray[np.float64], target: Path) -> None:
    """Writes the page that Folium makes of these spots, (n, 2) of (lon, lat) degrees, with FastMarkerCluster."""
    # Without tiles Folium leaves the deepest zoom out, which the clusters need: 18 is that of its own tiles.
    chart = _LocalMap(tiles=None, maxZoom=18)
    (west, south), (east, north) = lonlat.min(axis=0).tolist(), lonlat.max(axis=0).tolist()
    chart.fit_bounds(((south, west), (north, east)))
    chart.add_child(_LocalClusters(lonlat[:, ::-1].tolist()))  # type: ignore[no-untyped-call]
    chart.add_child(_Mark())  # type: ignore[no-untyped-call]
    chart.save(str(target))


def _told(place: PublicPlace) -> str:
    gettext = catalogue("sv").gettext
    name = words.sentence(
        words.place_name(place.anchor, place.distance_m, place.direction, gettext, at_stop=place.at_stop)
    )
    lines = [
        gettext(labels.PLACE_STATUSES[place.status]),
        *(measure.title for measure in place.measures),
        words.reasons_in_words(place.reasons, gettext, "sv"),
        words.times_in_words(place.times, gettext, "sv"),
    ]
    return f"<b>{html.escape(name)}</b><br>" + "<br>".join(html.escape(line) for line in lines if line)


class Site:
    """A WSGI application that answers with what was compressed when it was first asked for.

    ``/5000`` is the page 5000.html of the folder ``pages``.
    """

    def __init__(self, pages: Path) -> None:
        self._kept = {
            f"/{page.stem}": (gzip.compress(page.read_bytes(), GZIP_LEVEL), "text/html; charset=utf-8")
            for page in pages.glob("*.html")
        }

    def __call__(
        self, environ: dict[str, str], start: Callable[[str, list[tuple[str, str]]], object]
    ) -> list[bytes]:
        path = environ["PATH_INFO"]
        if path not in self._kept:
            self._kept[path] = _asset(path)
        body, kind = self._kept[path]
        headers = {"Content-Type": kind, "Content-Encoding": "gzip", "Content-Length": str(len(body))}
        start("200 OK", list(headers.items()))
        return [body]


def _asset(path: str) -> tuple[bytes, str]:
    file = (MODULES / path.removeprefix("/assets/")).resolve()
    body = file.read_bytes() if file.is_relative_to(MODULES) and file.is_file() else b""
    kind = mimetypes.guess_type(path)[0] or ("text/css" if path.endswith("_css") else "text/plain")
    return gzip.compress(body, GZIP_LEVEL), kind


def create() -> Site:
    """The application over the folder that the environment names."""
    return Site(Path(os.environ[PAGES_VARIABLE]))


@click.command()
@click.option("--port", type=int, required=True)
def main(port: int) -> None:
    """Serves as ``trygg serve`` does: Granian, one process, four threads."""
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "benchmarks.peer:create",
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=4,
        log_enabled=False,
        websockets=False,
    ).serve()


if __name__ == "__main__":
    main()
