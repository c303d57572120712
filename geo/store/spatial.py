"""The seam between SQLite's R*Tree and PostGIS: one geometry column type, one search.

Geometries are EPSG:3006. SQLite keeps WKB beside an R*Tree of bounding boxes; its boxes are float32,
so what the tree finds is checked again with the true coordinates. PostGIS keeps a geometry column
with a GiST index.
"""

from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    LargeBinary,
    Table,
    TableClause,
    column,
    delete,
    insert,
    select,
)
from sqlalchemy import table as sql_table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import func
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import UserDefinedType

from geo.crs import SWEREF99TM
from geo.model import Point3006

BBox3006 = tuple[float, float, float, float]
"""(west, south, east, north) in EPSG:3006, metres."""


class _FromWkb(GenericFunction[Any]):
    inherit_cache = True
    name = "trygg_from_wkb"


class _ToWkb(GenericFunction[Any]):
    inherit_cache = True
    name = "trygg_to_wkb"


@compiles(_FromWkb)
@compiles(_ToWkb)
def _plain(element: GenericFunction[Any], compiler: Any, **kw: Any) -> str:
    return str(compiler.process(element.clauses, **kw))


@compiles(_FromWkb, "postgresql")
def _from_wkb_postgis(element: GenericFunction[Any], compiler: Any, **kw: Any) -> str:
    return f"ST_GeomFromWKB({compiler.process(element.clauses, **kw)}, {SWEREF99TM})"


@compiles(_ToWkb, "postgresql")
def _to_wkb_postgis(element: GenericFunction[Any], compiler: Any, **kw: Any) -> str:
    return f"ST_AsBinary({compiler.process(element.clauses, **kw)})"


class Geometry(UserDefinedType[BaseGeometry]):
    """A shapely geometry in EPSG:3006: WKB on SQLite, ``geometry(Geometry, 3006)`` on PostGIS."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "GEOMETRY"

    def bind_expression(self, bindvalue: Any) -> ColumnElement[Any]:
        return _FromWkb(bindvalue, type_=self)

    def column_expression(self, col: Any) -> ColumnElement[Any]:
        return _ToWkb(col, type_=self)

    def bind_processor(self, dialect: Dialect) -> Any:
        def to_wkb(value: BaseGeometry | None) -> bytes | None:
            return None if value is None else shapely.to_wkb(value)

        return to_wkb

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        def from_wkb(value: bytes | None) -> BaseGeometry | None:
            return None if value is None else shapely.from_wkb(bytes(value))

        return from_wkb


def wkb(geom: ColumnElement[BaseGeometry]) -> ColumnElement[bytes]:
    """A geometry's WKB as it is, for whoever reads a million of them at once."""
    return _ToWkb(geom, type_=LargeBinary)


@compiles(Geometry, "postgresql")
def _postgis_type(element: Geometry, compiler: Any, **kw: Any) -> str:
    return f"geometry(Geometry, {SWEREF99TM})"


def create_index_sql(table: str, dialect: str) -> str:
    """The statement that makes the spatial index of ``table.geom``."""
    if dialect == "postgresql":
        return f"CREATE INDEX {table}_geom ON {table} USING gist (geom)"
    return f"CREATE VIRTUAL TABLE {table}_rtree USING rtree(id, west, east, south, north)"


def drop_index_sql(table: str, dialect: str) -> str:
    """The statement that removes the spatial index of ``table.geom``."""
    return f"DROP INDEX {table}_geom" if dialect == "postgresql" else f"DROP TABLE {table}_rtree"


def index(connection: Connection, table: Table, ids: list[int]) -> None:
    """Brings the R*Tree of ``table`` up to date for rows just written; PostGIS does that itself."""
    if connection.dialect.name == "postgresql":
        return
    rows = connection.execute(select(table.c.id, table.c.geom).where(table.c.id.in_(ids))).all()
    tree = _tree(table)
    connection.execute(delete(tree).where(tree.c.id.in_(ids)))
    boxes = [
        dict(zip(("id", "west", "south", "east", "north"), (row.id, *row.geom.bounds), strict=True))
        for row in rows
        if row.geom is not None
    ]
    if boxes:
        connection.execute(insert(tree), boxes)


def _tree(table: Table) -> TableClause:
    return sql_table(
        f"{table.name}_rtree", *(column(name) for name in ("id", "west", "east", "south", "north"))
    )


def within(
    connection: Connection, table: Table, point: Point3006, distance_m: float
) -> list[tuple[int, float]]:
    """Rows of ``table`` whose geometry is within ``distance_m`` of ``point``: (id, metres), nearest first."""
    centre = shapely.Point(point)
    geom: Column[BaseGeometry] = table.c.geom
    if connection.dialect.name == "postgresql":
        query = select(table.c.id, geom).where(func.ST_DWithin(geom, _FromWkb(centre.wkb), distance_m))
    else:
        x, y = point
        tree = _tree(table)
        near = select(tree.c.id).where(
            tree.c.west <= x + distance_m,
            tree.c.east >= x - distance_m,
            tree.c.south <= y + distance_m,
            tree.c.north >= y - distance_m,
        )
        query = select(table.c.id, geom).where(table.c.id.in_(near))
    found = [(row.id, float(row.geom.distance(centre))) for row in connection.execute(query)]
    return sorted((hit for hit in found if hit[1] <= distance_m), key=lambda hit: (hit[1], hit[0]))
