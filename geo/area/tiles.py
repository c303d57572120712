"""The base map of an area package: vector tiles in one PMTiles file, drawn from the layers of area.gpkg.

GDAL writes one layer a file; a tile of several layers is those layers' tiles one after the other, as the format is made
to allow. The page draws a zoom from the tiles of the zoom below, and closer views from those of the last zoom.
"""

import gzip
import math
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pmtiles.reader import MmapSource, all_tiles
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geo.area.osm import Box
from geo.model import EntryKind as K

XY = tuple[float, float]

MIN_ZOOM, MAX_ZOOM = 3, 15
WEB_MERCATOR = CRS.from_epsg(3857)
"""The frame that tiles are cut in; nothing is measured in it."""

ROADS = {
    "motorway": "motorway", "trunk": "motorway", "primary": "main", "secondary": "main", "tertiary": "mid",
    "unclassified": "minor", "residential": "minor", "living_street": "minor", "road": "minor",
    "pedestrian": "pedestrian", "service": "service", "track": "track", "steps": "steps", "cycleway": "cycleway",
}  # fmt: skip
"""highway → what it is drawn as; all else that may be walked is a path."""
_FAR = ("motorway", "main", "mid")
_NEAR = ("minor", "pedestrian")
_GREEN = {
    "park": "park garden nature_reserve golf_course common dog_park allotments village_green recreation_ground",
    "wood": "forest wood scrub orchard",
    "grass": "grass meadow grassland heath",
    "field": "farmland",
    "pitch": "pitch playground",
    "cemetery": "cemetery",
    "wetland": "wetland",
}
_GREEN_OF = {kind: look for look, kinds in _GREEN.items() for kind in kinds.split()}

NAMED_FROM = {
    K.LOCALITY: 8, K.VILLAGE: 11, K.DISTRICT: 13, K.WATER: 13, K.STATION: 14, K.SCHOOL: 16, K.SPORTS_GROUND: 16,
    K.CHURCH: 16, K.SQUARE: 16, K.MALL: 16, K.BUS_STOP: 16, K.TUNNEL: 16, K.BRIDGE: 16, K.PARK: 16, K.FUEL: 16,
    K.PRESCHOOL: 17, K.LIBRARY: 17, K.HEALTH: 17, K.PUBLIC_BUILDING: 17, K.CULTURE: 17, K.PLAYGROUND: 17,
    K.PARKING: 17, K.HOTEL: 17, K.REST_AREA: 14, K.SHOP: 18, K.BUILDING: 18,
}  # fmt: skip
"""Kind of a thing → the zoom of the page from which it has its name on the map; kinds that aren't here have none."""
_WORTH_M2 = ((60_000, 14), (10_000, 15))
"""A park, a water or a sports ground as large as this is named from that zoom."""
_LARGE = (K.PARK, K.WATER, K.SPORTS_GROUND)
_UNNAMED = (K.TUNNEL, K.PLAYGROUND, K.PARKING)
"""Kinds that are marked without a name of their own."""
_LEAST_PARKING_M2 = 300.0
_ONE_NAME_M = 150.0
"""Things of one kind and name nearer each other than this are named once: a stop has two sides."""
_ONWARD = math.radians(35)
"""A line of names goes on past a junction that turns it less than this."""
_LOOK_M = 10.0
_STRAIGHT_M = 4.0
"""How far a line of names may leave its street: names are written along what is nearly straight."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer of the tiles; ``frame`` is in EPSG:3006, ``lowest`` the first zoom of the tiles it is in."""

    name: str
    lowest: int
    frame: Any


def write_tiles(gpkg: Path, out: Path, bbox: Box) -> None:
    """Writes the base map of the layers in ``gpkg`` (EPSG:3006) to the PMTiles file ``out``.

    Args:
        gpkg: the area's GeoPackage.
        out: the file to write.
        bbox: (west, south, east, north) in WGS 84 degrees, told to who opens the file.

    Raises:
        OSError: a file can't be written.
        pyogrio.errors.DataSourceError: the GeoPackage can't be read, or the disk is full.
    """
    tiles: dict[int, bytes] = defaultdict(bytes)
    layers = [layer for layer in _layers(gpkg) if len(layer.frame)]
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        for layer in layers:
            file = Path(folder) / f"{layer.name}.pmtiles"
            pyogrio.write_dataframe(
                layer.frame.to_crs(WEB_MERCATOR),
                file,
                layer=layer.name,
                driver="PMTiles",
                geometry_type="Unknown",
                MINZOOM=layer.lowest,
                MAXZOOM=MAX_ZOOM,
                NAME=layer.name,
            )
            with file.open("rb") as source:
                for (z, x, y), data in all_tiles(MmapSource(source)):
                    tiles[zxy_to_tileid(z, x, y)] += gzip.decompress(data)
    _write(out, tiles, layers, bbox)


def _write(out: Path, tiles: dict[int, bytes], layers: list[_Layer], bbox: Box) -> None:
    west, south, east, north = (round(edge * 1e7) for edge in bbox)
    said = [
        {"id": layer.name, "fields": _fields(layer.frame), "minzoom": layer.lowest, "maxzoom": MAX_ZOOM}
        for layer in layers
    ]
    with out.open("wb") as file:
        writer = Writer(file)
        for tile in sorted(tiles):
            # No time of day in the gzip header: the same extract gives the same bytes.
            writer.write_tile(tile, gzip.compress(tiles[tile], mtime=0))
        writer.finalize(
            {
                "tile_type": TileType.MVT,
                "tile_compression": Compression.GZIP,
                "min_lon_e7": west,
                "min_lat_e7": south,
                "max_lon_e7": east,
                "max_lat_e7": north,
                "center_zoom": MIN_ZOOM,
                "center_lon_e7": (west + east) // 2,
                "center_lat_e7": (south + north) // 2,
            },
            {"vector_layers": said},
        )


def _fields(frame: Any) -> dict[str, str]:
    """A layer's columns and their types, in the words of the tiles' metadata: by these QGIS and GDAL read them."""
    words = {"b": "Boolean", "i": "Number", "f": "Number"}
    columns = [name for name in frame.columns if name != frame.geometry.name]
    return {name: words.get(frame[name].dtype.kind, "String") for name in columns}


def _layers(gpkg: Path) -> Iterator[_Layer]:
    def read(layer: str, *columns: str) -> Any:
        return pyogrio.read_dataframe(gpkg, layer=layer, columns=list(columns))

    yield _Layer("earth", MIN_ZOOM, read("boundary"))
    water = read("water", "kind")
    areas = water.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    yield _Layer("water", MIN_ZOOM, water[areas][["geometry"]])
    yield _Layer("streams", 10, water[~areas][["kind", "geometry"]])
    green = read("green", "kind")
    green["kind"] = green["kind"].map(_GREEN_OF).fillna("grass")
    # What is large lies under what is small.
    yield _Layer("green", 9, green.loc[(-green.area).sort_values(kind="stable").index])
    entries = read("gazetteer", "name", "kind")
    entries = entries[entries.geometry.notna()]
    grounds = entries["kind"].isin([K.SQUARE, K.PARKING]) & (entries.area > 0)
    yield _Layer("grounds", 12, entries[grounds][["kind", "geometry"]])
    yield _Layer("buildings", 13, read("buildings")[["geometry"]])
    yield _Layer("rail", 9, _joined(read("rail", "kind", "tunnel"), ["kind", "tunnel"]))
    streets = read("streets", "name", "highway", "tunnel", "bridge")
    streets["kind"] = streets["highway"].str.removesuffix("_link").map(ROADS).fillna("path")
    streets["name"] = streets["name"].fillna("")
    drawn = _joined(streets, ["kind", "tunnel", "bridge"])
    far, near = drawn["kind"].isin(_FAR), drawn["kind"].isin(_NEAR)
    yield _Layer("roads", 7, drawn[far])
    yield _Layer("streets", 11, drawn[near])
    yield _Layer("paths", 12, drawn[~far & ~near])
    yield _Layer("names", 12, _lines_of_names(streets))
    marks = _marks(entries)
    yield _Layer("places", 6, marks[marks["from"] <= 13])
    yield _Layer("spots", 13, marks[marks["from"] > 13])
    yield _Layer("numbers", MAX_ZOOM, _numbers(entries))


def _joined(lines: Any, keys: list[str]) -> Any:
    """Lines that are alike in ``keys``, joined end to end: routing edges and OpenStreetMap's ways are cut up."""
    rows = [
        dict(zip(keys, key, strict=True)) | {"geometry": part}
        for key, group in lines.groupby(keys, sort=True)
        for part in shapely.get_parts(shapely.line_merge(shapely.union_all(group.geometry.to_numpy())))
        if part.length
    ]
    return gpd.GeoDataFrame(rows, columns=[*keys, "geometry"], geometry="geometry", crs=lines.crs)


def _lines_of_names(streets: Any) -> Any:
    """A line for each street to write its name along, main streets first: joined over tunnels and bridges."""
    order = {kind: at for at, kind in enumerate(dict.fromkeys(ROADS.values()))}
    rank = streets["kind"].map(order).fillna(len(order))
    named = streets.assign(rank=rank)[streets["name"] != ""]
    best = named.groupby("name")["rank"].transform("min")
    on_road = best <= order["service"]
    # A pavement with its street's name is not named again beside it.
    named = named.assign(best=best)[~on_road | (named["rank"] <= order["service"])]
    rows = [
        {"name": name, "rank": int(kind), "geometry": line}
        for (name, kind), group in named.groupby(["name", "best"], sort=True)
        for line in _onward(
            shapely.get_parts(shapely.line_merge(shapely.union_all(group.geometry.to_numpy())))
        )
    ]
    frame = gpd.GeoDataFrame(rows, columns=["name", "rank", "geometry"], geometry="geometry", crs=streets.crs)
    return frame.loc[np.lexsort((-frame.length.to_numpy(), frame["rank"].to_numpy()))]


def _onward(parts: Any) -> list[BaseGeometry]:
    """Lines joined where they go on most nearly straight, also where others of the name branch off; then straightened.

    A name is written along one line: cut at each junction, a street of two carriageways has no room for any.
    """
    lines = {at: [(x, y) for x, y in part.coords] for at, part in enumerate(parts)}
    ends: dict[tuple[float, float], list[tuple[int, bool]]] = defaultdict(list)
    for at, coords in lines.items():
        ends[coords[0]].append((at, True))
        ends[coords[-1]].append((at, False))
    turns = sorted(
        (_turn(lines[one], first, lines[other], second), one, first, other, second)
        for meeting in ends.values()
        for (one, first), (other, second) in combinations(meeting, 2)
        if one != other
    )
    whole = {at: at for at in lines}
    used: set[tuple[int, bool]] = set()
    for turn, one, first, other, second in turns:
        mine, theirs = whole[one], whole[other]
        if turn > _ONWARD or mine == theirs or used & {(one, first), (other, second)}:
            continue
        used |= {(one, first), (other, second)}
        spot = parts[one].coords[0 if first else -1]
        before, after = lines[mine], lines.pop(theirs)
        before = before[::-1] if before[0] == spot else before
        after = after if after[0] == spot else after[::-1]
        lines[mine] = before + after[1:]
        whole = {at: mine if now == theirs else now for at, now in whole.items()}
    return [shapely.simplify(shapely.LineString(coords), _STRAIGHT_M) for coords in lines.values()]


def _turn(one: list[XY], first: bool, other: list[XY], second: bool) -> float:
    """How far two lines that meet are from going on straight into each other, 0 to pi."""
    here, there = _away(one, first), _away(other, second)
    return abs(math.pi - abs((here - there + math.pi) % (2 * math.pi) - math.pi))


def _away(line: list[XY], first: bool) -> float:
    """The direction a line goes from its first or last point, told some metres on: the very end may be a kink."""
    shape = shapely.LineString(line if first else line[::-1])
    (x0, y0), (x1, y1) = shape.coords[0], shape.interpolate(_LOOK_M).coords[0]
    return math.atan2(y1 - y0, x1 - x0)


def _marks(entries: Any) -> Any:
    """A point for each thing that has its name or its mark on the map, with the page's zoom it has it from."""
    rows: list[dict[str, Any]] = []
    taken: dict[tuple[str, str], list[BaseGeometry]] = defaultdict(list)
    names = entries["name"].fillna("")
    for name, kind, shape in zip(names, entries["kind"], entries.geometry, strict=True):
        if K(kind) not in NAMED_FROM or not _is_worth(name, K(kind), shape):
            continue
        point = _spot(shape)
        if name and any(point.distance(other) < _ONE_NAME_M for other in taken[kind, name]):
            continue
        taken[kind, name].append(point)
        rows.append({"name": name, "kind": kind, "from": _zoom(K(kind), shape.area), "geometry": point})
    frame = gpd.GeoDataFrame(
        rows, columns=["name", "kind", "from", "geometry"], geometry="geometry", crs=entries.crs
    )
    return frame.sort_values("from", kind="stable")


def _is_worth(name: str, kind: K, shape: BaseGeometry) -> bool:
    if name:
        return True
    return kind in _UNNAMED and (kind is not K.PARKING or shape.area >= _LEAST_PARKING_M2)


def _zoom(kind: K, area_m2: float) -> int:
    usual = NAMED_FROM[kind]
    if kind not in _LARGE:
        return usual
    return min(next((zoom for least, zoom in _WORTH_M2 if area_m2 >= least), usual), usual)


def _spot(shape: BaseGeometry) -> BaseGeometry:
    """Where the name of a thing stands: the middle of its longest line, or well within its area."""
    if shape.geom_type not in ("LineString", "MultiLineString"):
        point: BaseGeometry = shape.representative_point()
        return point
    longest = max(shapely.get_parts(shape), key=lambda part: part.length)
    middle: BaseGeometry = shapely.line_interpolate_point(longest, 0.5, normalized=True)
    return middle


def _numbers(entries: Any) -> Any:
    addresses = entries[entries["kind"] == K.ADDRESS]
    frame = addresses.assign(name=addresses["name"].str.rsplit(" ", n=1).str[-1])
    return frame[["name", "geometry"]].set_geometry(addresses.geometry.representative_point())
