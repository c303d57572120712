"""The municipality's own lamps, and who keeps which road: files that go before what OpenStreetMap says."""

from pathlib import Path

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo.importing.coordinates import point_of
from geo.importing.headers import LIGHTING, field_of
from geo.importing.limits import Limits
from geo.importing.sheet import BadRow, Sheet
from geo.importing.sniff import FileKind, kind_of
from geo.importing.tables import read_table
from geo.importing.vector import read_vector
from geo.messages import N_
from geo.model import Feature, Parsed, Rejected, RoadOwner
from geo.swedish import fold

_YES = frozenset({"ja", "j", "yes", "y", "true", "1", "x", "belyst", "lit", "belysning finns"})
_NO = frozenset({"nej", "n", "no", "false", "0", "obelyst", "unlit", "ej belyst", "saknas"})
_TABLES = (FileKind.TEXT, FileKind.ZIP)
_POINT_OR_LINE = ("Point", "MultiPoint", "LineString", "MultiLineString")
_LINE = ("LineString", "MultiLineString")


def read_lamps(
    path: Path,
    *,
    epsg: int | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Parsed[BaseGeometry]:
    """Lamps in EPSG:3006: points, or lines of lit path, of a GeoJSON, GeoPackage or table with coordinates.

    Raises:
        UnreadableInput: the file can't be read, or has no column for a position.
        CrsError: no coordinate system, or one that isn't accepted.
    """
    if kind_of(path) in _TABLES:
        return _points(path, limits)
    features = read_vector(path, epsg=epsg, limits=limits)
    taken = [one.geometry for one in features if one.geometry.geom_type in _POINT_OR_LINE]
    return Parsed(len(features), tuple(taken), _others(features, _POINT_OR_LINE))


def _points(path: Path, limits: Limits) -> Parsed[BaseGeometry]:
    table = read_table(path, limits)
    sheet = Sheet(table, LIGHTING)
    sheet.require("position", "lat", "north", "y", wanted="N, E")
    records: list[BaseGeometry] = []
    rejected: list[Rejected] = []
    for row, cells in sheet.rows():
        try:
            sheet.check(cells)
            spot = point_of(sheet, cells)
            if spot is None:
                raise BadRow(N_("The row has no position."))
            records.append(Point(spot))
        except BadRow as error:
            rejected.append(error.at(row))
    return Parsed(len(table.rows), tuple(records), tuple(rejected), sheet.notes())


def read_road_owners(
    path: Path,
    *,
    epsg: int | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Parsed[RoadOwner]:
    """Roads with their owner (väghållare), and whether the owner says that they are lit, of a GeoJSON or GeoPackage.

    Raises:
        UnreadableInput: the file can't be read.
        CrsError: no coordinate system, or one that isn't accepted.
    """
    features = read_vector(path, epsg=epsg, limits=limits)
    taken = [_owner(one) for one in features if one.geometry.geom_type in _LINE]
    return Parsed(len(features), tuple(taken), _others(features, _LINE))


def _owner(feature: Feature) -> RoadOwner:
    told = {
        field_of(name, LIGHTING): value for name, value in feature.properties.items() if value is not None
    }
    lit = fold(str(told.get("lit", "")))
    return RoadOwner(
        feature.geometry,
        " ".join(str(told.get("owner", "")).split())[:200],
        True if lit in _YES else False if lit in _NO else None,
    )


def _others(features: tuple[Feature, ...], kinds: tuple[str, ...]) -> tuple[Rejected, ...]:
    """The features of another kind, with their numbers."""
    return tuple(
        Rejected(number, "", one.geometry.geom_type, N_("A feature of this kind is not used here."))
        for number, one in enumerate(features, 1)
        if one.geometry.geom_type not in kinds
    )
