"""Copies what the page takes from npm into webapp/static/vendor/: exactly these files, with their licences."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "webapp" / "static" / "vendor"

FILES = {
    "leaflet": (
        "dist/leaflet.js",
        "dist/leaflet.css",
        "dist/images/layers.png",
        "dist/images/layers-2x.png",
        "dist/images/marker-icon.png",
        "LICENSE",
    ),
    "supercluster": ("dist/supercluster.min.js", "LICENSE"),
    "kdbush": ("LICENSE",),
    "protomaps-leaflet": ("dist/protomaps-leaflet.js", "LICENSE"),
}
"""Package → files. kdbush is inside supercluster's bundle; leaflet.css refers to the three images."""

INSIDE = {
    "protomaps-leaflet": (
        "@mapbox/point-geometry/LICENSE",
        "@mapbox/vector-tile/LICENSE.txt",
        "color2k/LICENSE",
        "fflate/LICENSE",
        "pbf/LICENSE",
        "potpack/LICENSE",
        "quickselect/LICENSE",
        "rbush/LICENSE",
    ),
}
"""Package → licences of what its bundle holds. pmtiles and @protomaps/basemaps in it are under the package's own."""


def main() -> None:
    """Makes the folder anew, so that a file taken off the list is gone."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for package, names in FILES.items():
        for name in names:
            _copy(MODULES / package / name, VENDOR / package / name.removeprefix("dist/"))
    for package, names in INSIDE.items():
        for name in names:
            _copy(MODULES / name, VENDOR / package / "inside" / name.removeprefix("@"))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    main()
