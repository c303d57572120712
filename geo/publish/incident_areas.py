"""The newest release as areas: each statement with the area that it is of. Nothing is counted here."""

from dataclasses import dataclass
from datetime import date

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, select

from geo.model import LOCALITIES_LAYER, MUNICIPALITY_LAYER
from geo.privacy.statements import Release, Said, Scope
from geo.publish.incidents import AreaIncidents, as_read, newest
from geo.store.engine import Store
from geo.store.schema import layer, layer_feature

_LAYERS = {Scope.MUNICIPALITY: MUNICIPALITY_LAYER, Scope.LOCALITY: LOCALITIES_LAYER}
"""The public layers that the areas of a scope are drawn in."""
_LAST_MONTH_DAY = {1: (3, 31), 2: (6, 30), 3: (9, 30), 4: (12, 31)}
"""The last day of each quarter."""


@dataclass(frozen=True, slots=True)
class IncidentArea:
    """One statement of a release. ``value`` only where ``said`` is a number.

    ``key`` tells it from all others of its release, and is the same in the next one. ``area`` is the area's name; ``year`` 0: the whole period; ``group`` "": all groups. ``first`` and ``last`` are the
    days it is about. ``geometry`` (EPSG:3006) is None where no public layer draws the area.
    """

    key: str
    scope: Scope
    area: str
    year: int
    group: str
    said: Said
    value: int | None
    first: date
    last: date
    geometry: BaseGeometry | None


def incident_areas(store: Store) -> tuple[IncidentArea, ...]:
    """What the newest release says, the coarsest first, then by name, year and group; empty before the first release."""
    found = newest(store)
    if found is None:
        return ()
    with store.read() as connection:
        drawn = {scope: _drawn(connection, name) for scope, name in _LAYERS.items()}
    cells = {area.key: area for area in as_read(store, *found).areas}
    return tuple(_areas(found[1], drawn, cells))


def _areas(
    released: Release, drawn: dict[Scope, dict[str, BaseGeometry]], cells: dict[str, AreaIncidents]
) -> list[IncidentArea]:
    through = released.through
    end = date(through.year, *_LAST_MONTH_DAY[through.number])
    start = min((told.key.year for told in released.statements if told.key.year), default=through.year)
    municipality = next(iter(drawn[Scope.MUNICIPALITY]), "")
    order = tuple(Scope)
    found = []
    for told in sorted(
        released.statements,
        key=lambda one: (order.index(one.key.scope), one.key.area, one.key.year, one.key.group),
    ):
        key = told.key
        area = municipality if key.scope is Scope.MUNICIPALITY else key.area
        geometry, since = drawn.get(key.scope, {}).get(area), start
        if key.scope is Scope.CELL:
            cell = cells.get(key.area)
            if cell is None or key.year not in (0, *cell.years):
                # Areas that others took the place of, and the years before these: nothing was counted in them.
                continue
            area, geometry, since = f"{cell.name} {cell.number}".strip(), cell.shape, min(cell.years)
        found.append(
            IncidentArea(
                key=":".join(
                    (
                        key.scope,
                        key.area if key.scope is Scope.CELL else area,
                        str(key.year or "all"),
                        key.group or "all",
                    )
                ),
                scope=key.scope,
                area=area,
                year=key.year,
                group=key.group,
                said=told.said,
                value=told.value,
                first=date(key.year or since, 1, 1),
                last=min(end, date(key.year, 12, 31)) if key.year else end,
                geometry=geometry,
            )
        )
    return found


def _drawn(connection: Connection, name: str) -> dict[str, BaseGeometry]:
    """The geometries of a public layer's features by their names; the first of a name."""
    rows = connection.execute(
        select(layer_feature.c.geom, layer_feature.c.properties)
        .join(layer, layer.c.name == layer_feature.c.layer)
        .where(layer.c.name == name, layer.c.audience == "public")
        .order_by(layer_feature.c.id)
    )
    found: dict[str, BaseGeometry] = {}
    for row in rows:
        found.setdefault(str(row.properties.get("name", "")), row.geom)
    return found
