"""Opening an area package: a folder with area.gpkg, basemap.pmtiles and area.toml."""

import struct
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from pmtiles.tile import MagicNumberNotFound, SpecVersionUnsupported, deserialize_header
from shapely.geometry.base import BaseGeometry

from geo.errors import UnreadableInput
from geo.model import EntryKind, GazetteerEntry

AREA_FORMAT = 1
"""The version of the folder's contents; another one has to be built anew."""
LAYERS = ("boundary", "gazetteer", "streets", "buildings", "water", "green", "rail")
HEADER_BYTES = 127
"""What comes first in a PMTiles file, by its specification."""
_SQLITE_MAGIC = b"SQLite format 3\0"
_SQLITE_HEADER = struct.Struct(">16sH10xI")
"""A GeoPackage is a SQLite file: its mark, the size of its pages, and how many they are."""
GPKG, TILES, TOML = "area.gpkg", "basemap.pmtiles", "area.toml"


@dataclass(frozen=True, slots=True)
class AreaInfo:
    """What area.toml says. ``bbox`` is (west, south, east, north) in WGS 84 degrees; ``counts`` by layer."""

    name: str
    code: str
    bbox: tuple[float, float, float, float]
    counts: dict[str, int]
    source: str
    source_date: date
    licence: str
    attribution: str


@dataclass(frozen=True, slots=True)
class AreaPackage:
    """An area package that is there and whole. Layers are read when asked for."""

    path: Path
    info: AreaInfo

    @property
    def basemap(self) -> Path:
        """The base map's file."""
        return self.path / TILES

    def layer(self, name: str) -> Any:
        """A layer of area.gpkg as a GeoDataFrame in EPSG:3006.

        Raises:
            UnreadableInput: the layer is missing or broken.
        """
        # With pyogrio comes all of geopandas: a server that only shows the base map starts without them.
        import pyogrio

        try:
            return pyogrio.read_dataframe(self.path / GPKG, layer=name)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
            raise _broken(self.path, str(error)) from error

    def layers(self) -> frozenset[str]:
        """The names of the layers in area.gpkg.

        Raises:
            UnreadableInput: the file is broken.
        """
        import pyogrio

        try:
            return frozenset(str(name) for name, _ in pyogrio.list_layers(self.path / GPKG))
        except pyogrio.errors.DataSourceError as error:
            raise _broken(self.path, str(error)) from error

    def boundary(self) -> BaseGeometry:
        """The area's boundary in EPSG:3006."""
        shape: BaseGeometry = self.layer("boundary").geometry.iloc[0]
        return shape

    def entries(self) -> Iterator[GazetteerEntry]:
        """The named places, in the order they are kept.

        Raises:
            UnreadableInput: the layer is missing or broken, or has a kind that this version doesn't know.
        """
        import pyogrio

        try:
            meta, _, shapes, columns = pyogrio.raw.read(self.path / GPKG, layer="gazetteer")
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
            raise _broken(self.path, str(error)) from error
        table = dict(zip(meta["fields"], columns, strict=True))
        known = {kind.value: kind for kind in EntryKind}
        try:
            for at, wkb in enumerate(shapes):
                yield GazetteerEntry(
                    id=table["id"][at],
                    name=table["name"][at] or "",
                    kind=known[table["kind"][at]],
                    geometry=shapely.from_wkb(wkb) if wkb is not None else shapely.Point(),
                    precision_m=float(table["precision_m"][at]),
                    source=table["source"][at],
                    locality=table["locality"][at] or "",
                    aliases=_parts(table["aliases"][at]),
                    streets=_parts(table["streets"][at]),
                )
        except KeyError as error:
            raise _broken(self.path, f"gazetteer: {error}") from error


def _parts(text: str | None) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()


def _broken(path: Path, detail: str) -> UnreadableInput:
    return UnreadableInput(
        "The area package %(folder)s is broken. Build it anew with trygg area build.",
        folder=path,
        detail=detail,
    )


def open_area(path: Path) -> AreaPackage:
    """The area package in a folder.

    Raises:
        UnreadableInput: there is no such package, it is of another format, or it is broken.
    """
    file = path / TOML
    if not file.is_file():
        raise UnreadableInput(
            "There is no area package in %(folder)s. Build one with trygg area build.", folder=path
        )
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        found = said["format"]
        if found != AREA_FORMAT:
            raise UnreadableInput(
                "The area package %(folder)s is of format %(found)s, not %(wanted)s. Build it anew with trygg "
                "area build.",
                folder=path,
                found=found,
                wanted=AREA_FORMAT,
            )
        west, south, east, north = (float(edge) for edge in said["bbox"])
        info = AreaInfo(
            name=str(said["name"]),
            code=str(said["code"]),
            bbox=(west, south, east, north),
            counts={str(layer): int(count) for layer, count in said["counts"].items()},
            source=str(said["source"]),
            source_date=date.fromisoformat(str(said["source_date"])),
            licence=str(said["licence"]),
            attribution=str(said["attribution"]),
        )
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(path, str(error)) from error
    for name in (GPKG, TILES):
        if not (path / name).is_file():
            raise _broken(path, f"{name} is missing")
    _check_gpkg(path)
    _check_tiles(path)
    return AreaPackage(path, info)


def _check_gpkg(path: Path) -> None:
    """Refuses a GeoPackage that is something else, or was cut off: the geocoder would stumble over it days later."""
    file = path / GPKG
    try:
        with file.open("rb") as opened:
            magic, page_bytes, pages = _SQLITE_HEADER.unpack(opened.read(_SQLITE_HEADER.size))
    except (OSError, struct.error) as error:
        raise _broken(path, f"{GPKG}: {error}") from error
    if magic != _SQLITE_MAGIC:
        raise _broken(path, f"{GPKG} is no GeoPackage")
    # A page of 65536 bytes doesn't fit the field: the format says 1 then.
    if file.stat().st_size < pages * (65_536 if page_bytes == 1 else page_bytes):
        raise _broken(path, f"{GPKG} is cut off")


def _check_tiles(path: Path) -> None:
    """Refuses a base map that is something else, or was cut off: a page would show half of it without a word."""
    file = path / TILES
    try:
        with file.open("rb") as opened:
            header = deserialize_header(opened.read(HEADER_BYTES))
    except (OSError, MagicNumberNotFound, SpecVersionUnsupported, IndexError, ValueError) as error:
        raise _broken(path, f"{TILES}: {error}") from error
    if file.stat().st_size < header["tile_data_offset"] + header["tile_data_length"]:
        raise _broken(path, f"{TILES} is cut off")
