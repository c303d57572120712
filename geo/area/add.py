"""Adding names to an area package from another source: Lantmäteriet's, or the municipality's own."""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo.area.build import gazetteer_layer, unique, write_layer
from geo.area.homes import POPULATION
from geo.area.network import reach_of
from geo.area.package import GPKG, TOML, open_area
from geo.area.tags import clean
from geo.crs import ACCEPTED, SWEREF99TM, guess_epsg, to_3006
from geo.errors import CrsError, UnreadableInput
from geo.importing.sniff import FileKind, kind_of
from geo.importing.tables import read_table
from geo.importing.values import parse_number
from geo.importing.vector import read_vector
from geo.messages import N_
from geo.model import EntryKind, GazetteerEntry, Rejected
from geo.swedish import fold, key_of

FIELDS = ("name", "kind", "locality", "aliases", "street", "number", "x", "y", "id", "precision_m")
"""What a column may be mapped to. ``x`` is easting or longitude, ``y`` northing or latitude; aliases have | between."""
_GUESSES: dict[str, tuple[str, ...]] = {
    "name": ("name", "namn", "ortnamn", "platsnamn", "gatunamn"),
    "kind": ("kind", "typ", "kategori", "slag"),
    "locality": ("locality", "ort", "tatort", "postort"),
    "aliases": ("aliases", "alias", "aven kallad"),
    "street": ("street", "gata", "adressomrade", "vag"),
    "number": ("number", "nummer", "gatunummer", "adressplats", "husnummer"),
    "x": ("x", "e", "ost", "easting", "lon", "longitud", "longitude"),
    "y": ("y", "n", "nord", "northing", "lat", "latitud", "latitude"),
    "id": ("id", "objektidentitet"),
    "precision_m": ("precision_m", "noggrannhet"),
}
_PRECISION_M = {EntryKind.ADDRESS: 15.0, EntryKind.LOCALITY: 1000.0, EntryKind.VILLAGE: 500.0}
_OTHER_PRECISION_M = 50.0
PEOPLE_PER_HOME = 3
"""More than live in an ordinary household, so that areas come out rather too large than too small."""
_POPULATION_GUESSES: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("homes", ("homes", "hushall", "antalhushall", "bostader", "households"), 1),
    (
        "people",
        ("people", "beftotalt", "folkmangd", "befolkning", "pop", "population", "totalt"),
        PEOPLE_PER_HOME,
    ),
)
"""Field, the names of columns that mean it, and how many are one home."""
_MOST_IN_A_SQUARE = 1e6


@dataclass(frozen=True, slots=True)
class Added:
    """What came of a file: entries that are new, those brought up to date, and rows that were not taken."""

    new: int
    changed: int
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """How a file is to be read. ``columns``: field → the file's own column; the others are guessed by name."""

    source: str
    kind: EntryKind | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    epsg: int | None = None
    locality: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    values: dict[str, str]
    geometry: BaseGeometry | None


def add_names(folder: Path, file: Path, source: Source) -> Added:
    """Adds the entries of a CSV, XLSX, GeoJSON or GeoPackage file to an area package.

    What is there with the same id is replaced; a second run changes nothing. Written beside and then renamed.

    Raises:
        UnreadableInput: the file or the package can't be read, a column is missing, or no row can be used.
        CrsError: a coordinate system that isn't accepted.
    """
    package = open_area(folder)
    entries: list[GazetteerEntry] = []
    rejected: list[Rejected] = []
    for row in _rows(file, source):
        made = _entry(row, source)
        (entries if isinstance(made, GazetteerEntry) else rejected).append(made)  # type: ignore[arg-type]
    if not entries:
        first = rejected[0] if rejected else None
        raise UnreadableInput(
            "No row of %(file)s could be used. The first: row %(row)s, %(reason)s",
            file=file.name,
            row=first.row if first else 0,
            reason=first.reason if first else "",
        )
    old = list(package.entries())
    known = {entry.id for entry in old}
    merged = unique([*old, *entries])
    text = _retold(folder, source.source).replace(
        f"\ngazetteer = {len(old)}\n", f"\ngazetteer = {len(merged)}\n"
    )
    _rewrite(folder, "gazetteer", gazetteer_layer(merged), text)
    changed = sum(1 for entry in entries if entry.id in known)
    return Added(len(merged) - len(old), changed, tuple(rejected))


def add_population(folder: Path, file: Path, source: Source) -> int:
    """Keeps a population grid (GeoJSON or GeoPackage) in an area package: how many homes each square stands for.

    ``source.columns`` may say which column is ``homes`` (households) or ``people``; else it is guessed by name. What was
    kept before is replaced. Written beside and then renamed.

    Returns:
        How many homes there are.

    Raises:
        UnreadableInput: the file or the package can't be read, no column can be used, or no square has a home.
        CrsError: a coordinate system that isn't accepted.
    """
    open_area(folder)
    squares = read_vector(file, epsg=source.epsg)
    column, per_home = _counted(file, source, {name for square in squares for name in square.properties})
    homes = [int(_amount(square.properties.get(column)) // per_home) for square in squares]
    kept = [
        (square.geometry.centroid, number) for square, number in zip(squares, homes, strict=True) if number
    ]
    if not kept:
        raise UnreadableInput("No square of %(file)s has a home.", file=file.name)
    frame = gpd.GeoDataFrame(
        {"homes": [number for _, number in kept]}, geometry=[point for point, _ in kept], crs=SWEREF99TM
    )
    _rewrite(folder, POPULATION, frame, _retold(folder, source.source))
    return sum(homes)


def _counted(file: Path, source: Source, names: set[str]) -> tuple[str, int]:
    """The column with what a square holds, and how many of it are one home."""
    folded = {key_of(name): name for name in sorted(names)}
    for field_, guesses, per_home in _POPULATION_GUESSES:
        asked = source.columns.get(field_)
        found = next(
            (folded[name] for name in ([key_of(asked)] if asked else guesses) if name in folded), None
        )
        if found and (asked or not source.columns):
            return found, per_home
    raise UnreadableInput(
        "%(file)s has no column with households or people. Its columns are: %(columns)s. Say which with "
        "--column homes=… or --column people=….",
        file=file.name,
        columns=", ".join(sorted(names)),
    )


def _amount(value: object) -> float:
    """A count in a square; what is missing or hidden counts as nobody."""
    try:
        number = float(str(value).replace(",", "."))
    except ValueError:
        return 0.0
    return number if 0 < number < _MOST_IN_A_SQUARE else 0.0


def _rewrite(folder: Path, layer: str, frame: Any, text: str) -> None:
    """Puts a layer and what area.toml says in place of the old ones, or leaves both as they were."""
    part = folder / f"{GPKG}.part-{os.getpid()}.gpkg"
    try:
        shutil.copyfile(folder / GPKG, part)
        write_layer(part, layer, frame)
        part.replace(folder / GPKG)
        beside = folder / f"{TOML}.part"
        beside.write_text(text, encoding="utf-8")
        beside.replace(folder / TOML)
    except (OSError, pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError) as error:
        raise UnreadableInput(
            "The area package can't be written to %(folder)s: %(why)s. What was there is untouched.",
            folder=folder,
            why=error,
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _retold(folder: Path, source: str) -> str:
    """What area.toml says, with one more source."""
    text = (folder / TOML).read_text(encoding="utf-8")
    told = source.replace('"', "")
    head, quote, rest = text.partition('source = "')
    name, end, tail = rest.partition('"')
    return text if told in name.split(", ") else f"{head}{quote}{name}, {told}{end}{tail}"


def _rows(file: Path, source: Source) -> Iterator[_Row]:
    for name in source.columns:
        if name not in FIELDS:
            raise UnreadableInput(
                "“%(field)s” is no field. The fields are: %(fields)s.", field=name, fields=", ".join(FIELDS)
            )
    if source.epsg is not None and source.epsg not in ACCEPTED:
        raise CrsError(
            "The coordinate system “%(crs)s” is not accepted. Save the file in EPSG:3006, 3016 or 4326.",
            crs=f"EPSG:{source.epsg}",
        )
    if kind_of(file) in (FileKind.JSON, FileKind.GEOPACKAGE):
        features = read_vector(file, epsg=source.epsg)
        names = list(dict.fromkeys(key for feature in features for key in feature.properties))
        fields = _mapping(names, source, file)
        for number, feature in enumerate(features, 1):
            values = {
                name: str(feature.properties.get(column) or "").strip() for name, column in fields.items()
            }
            yield _Row(number, values, feature.geometry)
        return
    table = read_table(file)
    fields = _mapping(list(table.columns), source, file)
    for lacking in ("x", "y"):
        if lacking not in fields:
            raise _no_column(file, lacking, table.columns)
    places = {name: table.columns.index(column) for name, column in fields.items()}
    for number, cells in table.rows:
        yield _Row(number, {name: cells[at].strip() for name, at in places.items()}, None)


def _mapping(columns: list[str], source: Source, file: Path) -> dict[str, str]:
    for name, column in source.columns.items():
        if column not in columns:
            raise _no_column(file, f"{name}={column}", columns)
    folded = {fold(column): column for column in reversed(columns)}
    guessed = {
        name: next((folded[guess] for guess in guesses if guess in folded), "")
        for name, guesses in _GUESSES.items()
    }
    fields = {name: column for name, column in guessed.items() if column} | dict(source.columns)
    if "name" not in fields and "street" not in fields:
        raise _no_column(file, "name", columns)
    return fields


def _no_column(file: Path, wanted: str, columns: Any) -> UnreadableInput:
    return UnreadableInput(
        "The file %(file)s has no column for %(wanted)s. Its columns are: %(columns)s. Say which with --column "
        "field=column.",
        file=file.name,
        wanted=wanted,
        columns=", ".join(column for column in columns if column),
    )


def _entry(row: _Row, source: Source) -> GazetteerEntry | Rejected:
    values = row.values
    try:
        kind = source.kind or EntryKind(values.get("kind", "").lower())
    except ValueError:
        return _bad(row, "kind", N_("The kind is not known; choose one with --kind."))
    street, number = clean(values.get("street", "")), values.get("number", "")
    name = clean(values.get("name", "")) or " ".join(filter(None, (street, number))) * bool(street)
    if not name:
        return _bad(row, "name", N_("The name is missing."))
    geometry = row.geometry
    if geometry is None:
        try:
            x, y = parse_number(values["x"]), parse_number(values["y"])
            geometry = Point(to_3006(x, y, source.epsg or guess_epsg(x, y)))
        except (ValueError, CrsError):
            return _bad(row, "x", N_("The position can't be used."))
    precision = _PRECISION_M.get(kind, _OTHER_PRECISION_M)
    if not isinstance(geometry, Point):
        precision = max(precision, reach_of(geometry)) if "Line" in geometry.geom_type else precision
    middle = geometry.centroid
    return GazetteerEntry(
        id=values.get("id")
        or f"{key_of(source.source)}/{kind.value}/{key_of(name)}/{middle.x:.0f}-{middle.y:.0f}",
        name=name,
        kind=kind,
        geometry=geometry,
        precision_m=precision,
        source=source.source,
        locality=clean(values.get("locality", "")) or source.locality,
        aliases=tuple(clean(alias) for alias in values.get("aliases", "").split("|") if alias.strip()),
        streets=(street,) if kind is EntryKind.ADDRESS and street else (),
    )


def _bad(row: _Row, column: str, reason: str) -> Rejected:
    return Rejected(row=row.number, column=column, value=row.values.get(column, ""), reason=reason)
