"""Reading an OpenStreetMap extract: the things with their tags, and the network, both in EPSG:3006."""

import json
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from google.protobuf.message import DecodeError
from pyrosm import OSM
from pyrosm.exceptions import PBFException
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import SWEREF99TM
from geo.errors import UnreadableInput

Box = tuple[float, float, float, float]
"""(west, south, east, north) in WGS 84 degrees."""

_THINGS: dict[str, Any] = {
    "name": True,
    "addr:housenumber": True,
    "amenity": True,
    "building": True,
    "harbour": True,
    "healthcare": True,
    "highway": ["bus_stop", "rest_area", "services", "motorway_junction"],
    "junction": True,
    "landuse": True,
    "leisure": True,
    "man_made": ["bridge"],
    "natural": True,
    "office": True,
    "place": True,
    "public_transport": True,
    "railway": True,
    "shop": True,
    "tourism": True,
    "waterway": True,
}
_NETWORK_TAGS = ("name:sv", "name:fi", "ref", "alt_name", "alt_name:sv", "short_name", "old_name:sv", "bridge:name",
                 "bridge:name:sv", "tunnel:name", "tunnel:name:sv")  # fmt: skip
_OWN = frozenset(
    {"id", "lon", "lat", "tags", "visible", "version", "timestamp", "changeset", "geometry", "osm_type"}
)


@dataclass(frozen=True, slots=True)
class Thing:
    """A tagged thing: ``ref`` is "node/1", "way/2" or "relation/3"; geometry in EPSG:3006."""

    ref: str
    tags: dict[str, str]
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Extract:
    """What an extract holds within a box.

    ``edges``: a GeoDataFrame in EPSG:3006 with a LineString, u, v (node numbers), id and tag columns; empty
    where there are no streets. ``newest``: seconds since 1970 of the newest change, 0 where it isn't said.
    """

    things: tuple[Thing, ...]
    edges: Any
    newest: int


def read_extract(file: Path, box: Box | None, scratch: Path, progress: Callable[[int, int], None]) -> Extract:
    """Reads an extract, cropped to a box before it is read: what lies outside is never kept in memory.

    Args:
        file: the extract, .osm.pbf.
        box: what to cut out; None for all.
        scratch: a file to write the cut-out to, which is removed.
        progress: told how much of the cutting is done, and of how much.

    Raises:
        UnreadableInput: the file can't be read, or isn't a whole OpenStreetMap extract.
        OSError: ``scratch`` can't be written.
    """
    if not file.is_file():
        raise UnreadableInput("There is no file %(file)s.", file=file)
    try:
        if box is None:
            return _read(file, None)
        # Read with a box, pyrosm takes three passes and seven times the memory of cutting the box out first.
        _cut(file, box, scratch, progress)
        return _read(scratch, box)
    except (PBFException, DecodeError, ValueError) as error:
        raise UnreadableInput(
            "The file %(file)s is not a whole OpenStreetMap extract (.osm.pbf). Fetch it again.",
            file=file.name,
            detail=str(error),
        ) from error
    finally:
        scratch.unlink(missing_ok=True)


def _cut(file: Path, box: Box, target: Path, progress: Callable[[int, int], None]) -> None:
    with warnings.catch_warnings():
        # A box with nothing in it is told by what is returned, too.
        warnings.simplefilter("ignore")
        OSM(str(file), bounding_box=list(box), progress=progress).to_pbf(str(target))


def _read(file: Path, box: Box | None) -> Extract:
    with warnings.catch_warnings():
        # pyrosm warns where a part of the file is empty; that it is, is told by what is returned.
        warnings.simplefilter("ignore")
        osm = OSM(str(file), bounding_box=list(box) if box else None, progress=False)
        edges = osm.get_network("all", nodes=True, extra_attributes=list(_NETWORK_TAGS))
        # A way that is part of a relation (a tram line's rails, a street's houses) is not given beside it: so
        # the two are asked for one by one.
        things = osm.get_data_by_custom_criteria(
            custom_filter=_THINGS, tags_as_columns=["name"], keep_relations=False
        )
        areas = osm.get_data_by_custom_criteria(
            custom_filter=_THINGS, tags_as_columns=["name"], keep_nodes=False, keep_ways=False
        )
    lines = edges[1] if edges is not None else None
    network = gpd.GeoDataFrame(geometry=[], crs=SWEREF99TM) if lines is None else lines.to_crs(SWEREF99TM)
    newest = max((_newest(frame) for frame in (things, areas, network) if frame is not None), default=0)
    return Extract((*_things(things), *_areas(areas)), network, newest)


def _newest(frame: Any) -> int:
    return int(np.nan_to_num(frame["timestamp"].max())) if "timestamp" in frame and len(frame) else 0


def _areas(frame: Any) -> Iterator[Thing]:
    """The relations that are an area; others join what has its own place: a bus line, a street, a stop's sides."""
    return (thing for thing in _things(frame) if isinstance(thing.geometry, Polygon | MultiPolygon))


def _things(frame: Any) -> Iterator[Thing]:
    if frame is None:
        return
    frame = frame.to_crs(SWEREF99TM)
    columns = [column for column in frame.columns if column not in _OWN]
    values = {column: frame[column].tolist() for column in columns}
    rows = zip(frame["osm_type"], frame["id"], frame["tags"], frame.geometry, strict=True)
    for at, (kind, number, more, geometry) in enumerate(rows):
        if geometry is None or geometry.is_empty:
            continue
        tags = json.loads(more) if isinstance(more, str) else {}
        for column in columns:
            value = values[column][at]
            if isinstance(value, str):
                tags[column] = value
        yield Thing(f"{kind}/{number}", {key: str(value) for key, value in tags.items()}, geometry)
