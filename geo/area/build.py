"""Building an area package from an OpenStreetMap extract: beside the old one, then renamed into its place."""

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from geo.area.coast import sea
from geo.area.network import edges_of, network_entries, streets_layer
from geo.area.osm import Box, Extract, Thing, read_extract
from geo.area.package import AREA_FORMAT, GPKG, TILES, TOML
from geo.area.places import address_entries, place_entries, with_localities
from geo.area.tags import name_of
from geo.area.tiles import write_tiles
from geo.crs import SWEREF99TM, WGS84, to_wgs84
from geo.errors import BadInput, UnreadableInput
from geo.messages import N_
from geo.model import EntryKind, GazetteerEntry
from geo.swedish import fold, key_of

Progress = Callable[[str, int, int], None]

LICENCE = "ODbL-1.0"
ATTRIBUTION = "© OpenStreetMap contributors"
_STAGES = 6
_GREEN = {
    "leisure": frozenset(
        ["park", "garden", "playground", "pitch", "nature_reserve", "golf_course", "common", "dog_park"]
    ),
    "landuse": frozenset(
        [
            "forest",
            "grass",
            "meadow",
            "recreation_ground",
            "village_green",
            "cemetery",
            "allotments",
            "farmland",
            "orchard",
        ]
    ),
    "natural": frozenset(["wood", "scrub", "grassland", "heath", "wetland"]),
}
_RAILS = frozenset(["rail", "light_rail", "subway", "tram", "narrow_gauge", "preserved"])
_HOMES = frozenset(
    [
        "apartments",
        "house",
        "residential",
        "detached",
        "terrace",
        "semidetached_house",
        "dormitory",
        "farm",
        "bungalow",
        "cabin",
    ]
)
_NOT_HOMES = frozenset(
    ["commercial", "office", "retail", "industrial", "warehouse", "church", "chapel", "cathedral", "school", "university", "hospital", "hotel", "garage", "garages", "kiosk", "public", "civic", "train_station", "transportation", "parking", "stadium", "sports_hall", "roof", "service", "shed"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What area is asked for: see ``build_area``."""

    name: str
    code: str
    bbox: Box | None
    boundary: BaseGeometry | None


def build_area(
    osm: Path,
    out: Path,
    *,
    name: str,
    code: str = "",
    bbox: Box | None = None,
    boundary: BaseGeometry | None = None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> None:
    """Builds an area package in the folder ``out``; one that is there is replaced when the new one is whole.

    Args:
        osm: an extract, .osm.pbf.
        out: the folder to make.
        name: the area's name: a municipality's without "kommun", or any other.
        code: SCB's municipality code, or empty.
        bbox: (west, south, east, north) in WGS 84 degrees to cut out; without it, the boundary's box or all.
        boundary: the area's boundary in EPSG:3006; without it, the box.
        progress: told the stage, how many are done, and how many there are.

    Raises:
        UnreadableInput: the extract can't be read, holds no streets here, or the folder can't be written.
        BadInput: the box is no box.
    """
    if bbox is not None:
        _check(bbox)
    elif boundary is not None:
        bbox = to_wgs84(boundary).bounds
    part = out.with_name(f"{out.name}.part-{os.getpid()}")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        _write(part, osm, _Wanted(name, code, bbox, boundary), progress)
        _put(part, out)
    except (OSError, pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError, RuntimeError) as error:
        raise UnreadableInput(
            "The area package can't be written to %(folder)s: %(why)s. What was there is untouched.",
            folder=out,
            why=error,
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _check(bbox: Box) -> None:
    west, south, east, north = bbox
    # In the Nordic countries latitudes are the greater numbers: the other way round they were swapped.
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90 and west < south):
        raise BadInput(
            "The box must be west,south,east,north in degrees with west below east and south below north, not "
            "%(box)s. Is it latitude first?",
            box=",".join(f"{edge:g}" for edge in bbox),
        )


def _write(folder: Path, osm: Path, wanted: _Wanted, progress: Progress) -> None:
    reading = N_("reading the extract")
    progress(reading, 0, _STAGES)
    bbox = wanted.bbox
    extract = read_extract(
        osm, bbox, folder / "cut.osm.pbf", lambda done, all_: progress(reading, int(done), all_)
    )
    if not len(extract.edges):
        if bbox is None:
            raise UnreadableInput("The extract %(file)s has no streets.", file=osm.name)
        raise UnreadableInput(
            "The extract %(file)s has no streets within %(box)s. Is it another part of the country?",
            file=osm.name,
            box=",".join(f"{edge:.4f}" for edge in bbox),
        )
    shape = wanted.boundary or _frame(extract, bbox)
    bbox = bbox or to_wgs84(shape).bounds
    extract = _within(extract, shape)
    progress(N_("streets"), 1, _STAGES)
    edges = edges_of(extract.edges)
    layers: dict[str, Any] = {
        "boundary": _boundary(shape, wanted),
        "streets": streets_layer(edges),
    }
    progress(N_("names"), 2, _STAGES)
    entries = _entries(extract, edges, wanted.name)
    layers["gazetteer"] = gazetteer_layer(entries)
    progress(N_("buildings, water and green"), 3, _STAGES)
    layers |= _drawn(extract.things, shape)
    progress(N_("writing"), 4, _STAGES)
    for layer, frame in layers.items():
        write_layer(folder / GPKG, layer, frame)
    progress(N_("drawing the base map"), 5, _STAGES)
    write_tiles(folder / GPKG, folder / TILES, bbox)
    made = datetime.fromtimestamp(extract.newest, UTC).date() if extract.newest else None
    counts = {layer: len(frame) for layer, frame in layers.items()}
    (folder / TOML).write_text(_toml(replace(wanted, bbox=bbox), counts, osm.name, made), encoding="utf-8")
    progress(N_("drawing the base map"), _STAGES, _STAGES)


def _frame(extract: Extract, bbox: Box | None) -> BaseGeometry:
    """The boundary where none is known: the box, else that of the streets; upright on the map, as extracts are cut."""
    upright = box(*(bbox or extract.edges.to_crs(WGS84).total_bounds))
    shape: BaseGeometry = gpd.GeoSeries([upright], crs=WGS84).to_crs(SWEREF99TM).iloc[0]
    return shape


def _within(extract: Extract, shape: BaseGeometry) -> Extract:
    """What touches the boundary: a box crops more than a municipality is."""
    shapely.prepare(shape)
    edges = extract.edges[shape.intersects(extract.edges.geometry.to_numpy())]
    geometries = np.array([thing.geometry for thing in extract.things], dtype=object)
    inside = shapely.intersects(shape, geometries).tolist()
    things = tuple(thing for thing, here in zip(extract.things, inside, strict=True) if here)
    return Extract(things, edges, extract.newest)


def _entries(extract: Extract, edges: Any, name: str) -> list[GazetteerEntry]:
    whole = GazetteerEntry(
        "municipality", name, EntryKind.MUNICIPALITY, shapely.Point(), 0.0, "OpenStreetMap"
    )
    swedish = {fold(edge.tags["name"]): edge.name for edge in edges if edge.tags.get("name") and edge.name}
    names = {key_of(edge.name) for edge in edges if edge.name}
    found: list[GazetteerEntry] = [
        *network_entries(edges),
        *place_entries(extract.things, names),
        *address_entries(extract.things, swedish),
    ]
    return [whole, *unique(with_localities(found, name))]


def unique(entries: Iterable[GazetteerEntry]) -> list[GazetteerEntry]:
    """The entries, each id once: a thing may be of two kinds."""
    return list({entry.id: entry for entry in entries}.values())


def gazetteer_layer(entries: Iterable[GazetteerEntry]) -> Any:
    """Entries as the GeoDataFrame of the layer ``gazetteer`` (EPSG:3006)."""
    rows = [
        {
            "id": entry.id,
            "name": entry.name,
            "kind": entry.kind.value,
            "locality": entry.locality,
            "aliases": "|".join(entry.aliases),
            "streets": "|".join(entry.streets),
            "precision_m": entry.precision_m,
            "source": entry.source,
            "geometry": None if entry.geometry.is_empty else entry.geometry,
        }
        for entry in entries
    ]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=SWEREF99TM)


def write_layer(file: Path, layer: str, frame: Any) -> None:
    """Writes one layer of a GeoPackage, in place of one of that name; geometries of several types are allowed."""
    kinds = set(frame.geometry.geom_type.dropna())
    geometry_type = kinds.pop() if len(kinds) == 1 and not frame.geometry.isna().any() else "Unknown"
    pyogrio.write_dataframe(frame, file, layer=layer, driver="GPKG", geometry_type=geometry_type)


def _boundary(shape: BaseGeometry, wanted: _Wanted) -> Any:
    whole = MultiPolygon([shape]) if isinstance(shape, Polygon) else shape
    return gpd.GeoDataFrame({"name": [wanted.name], "code": [wanted.code]}, geometry=[whole], crs=SWEREF99TM)


def _drawn(things: tuple[Thing, ...], shape: BaseGeometry) -> dict[str, Any]:
    rows: dict[str, list[dict[str, Any]]] = {layer: [] for layer in ("buildings", "water", "green", "rail")}
    shores = [thing.geometry for thing in things if thing.tags.get("natural") == "coastline"]
    for number, part in enumerate(sea(shores, shape)):
        rows["water"].append({"id": f"sea/{number}", "name": "", "kind": "sea", "geometry": part})
    for thing in things:
        tags, geometry = thing.tags, thing.geometry
        area = geometry.geom_type in ("Polygon", "MultiPolygon")
        line = geometry.geom_type in ("LineString", "MultiLineString")
        row = {"id": thing.ref, "name": name_of(tags), "geometry": geometry}
        if area and tags.get("building", "no") != "no":
            rows["buildings"].append(row | _building(tags))
        elif tags.get("natural") in ("water", "bay") or (tags.get("waterway") and (line or area)):
            if area or (line and tags.get("waterway")):
                rows["water"].append(row | {"kind": tags.get("waterway") or tags.get("water") or "water"})
        elif line and tags.get("railway") in _RAILS:
            rows["rail"].append(row | {"kind": tags["railway"], "tunnel": tags.get("tunnel", "no") != "no"})
        elif area:
            kind = next((tags[key] for key, values in _GREEN.items() if tags.get(key) in values), "")
            if kind:
                rows["green"].append(row | {"kind": kind})
    columns = {
        "buildings": ["kind", "street", "number", "residential", "dwellings"],
        "water": ["kind"],
        "green": ["kind"],
        "rail": ["kind", "tunnel"],
    }
    return {
        layer: gpd.GeoDataFrame(
            found, columns=["id", "name", *columns[layer], "geometry"], geometry="geometry", crs=SWEREF99TM
        )
        for layer, found in rows.items()
    }


def _building(tags: dict[str, str]) -> dict[str, Any]:
    kind, flats = tags["building"], tags.get("building:flats", "")
    home = "yes" if kind in _HOMES else "no" if kind in _NOT_HOMES else "unknown"
    return {
        "kind": kind,
        "street": tags.get("addr:street", ""),
        "number": tags.get("addr:housenumber", ""),
        "residential": home,
        "dwellings": int(flats) if flats.isdecimal() else None,
    }


def _toml(wanted: _Wanted, counts: dict[str, int], source: str, made: date | None) -> str:
    quoted = wanted.name.replace("\\", "\\\\").replace('"', '\\"')
    edges = ", ".join(f"{edge:.6f}" for edge in wanted.bbox or ())
    lines = [
        f"format = {AREA_FORMAT}",
        f'name = "{quoted}"',
        f'code = "{wanted.code}"',
        f"bbox = [{edges}]",
        f'source = "{source.replace(chr(34), "")}"',
        f"source_date = {made or date.min}",
        f'licence = "{LICENCE}"',
        f'attribution = "{ATTRIBUTION}"',
        "",
        "[counts]",
        *(f"{layer} = {count}" for layer, count in counts.items()),
    ]
    return "\n".join(lines) + "\n"


def _put(part: Path, out: Path) -> None:
    """Renames the new folder into place; the old one is moved aside first, and back if that fails."""
    if not out.exists():
        part.rename(out)
        return
    aside = out.with_name(f"{out.name}.old-{os.getpid()}")
    out.rename(aside)
    try:
        part.rename(out)
    except OSError:
        aside.rename(out)
        raise
    shutil.rmtree(aside)
