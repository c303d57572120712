"""Incidents as residents may see them: counts by level, never a point."""

from dataclasses import dataclass

from sqlalchemy import select

from geo.model import CategoryGroup
from geo.privacy import MIN_INCIDENTS, PUBLIC_GROUPS, Count, count
from geo.privacy.statements import Release, Said, Scope
from geo.store.engine import Store
from geo.store.incidents import LOCALITY, MUNICIPALITY, UNPLACED
from geo.store.releases import newest
from geo.store.schema import incident_tally


@dataclass(frozen=True, slots=True)
class LocalityIncidents:
    """How many incidents over the whole period are known to lie in one locality: five or more."""

    locality: str
    number: int


@dataclass(frozen=True, slots=True)
class PublicIncidents:
    """What the sources told of, as counts.

    ``table[group][i]`` is the count of ``years[i]`` in the whole municipality. ``localities`` have five
    or more over the whole period. ``unplaced`` are those known only to the municipality.
    ``controls[i]`` is the number of traffic controls told of in ``years[i]``: work, not incidents.
    """

    years: tuple[int, ...]
    table: dict[CategoryGroup, tuple[Count, ...]]
    localities: tuple[LocalityIncidents, ...]
    unplaced: Count
    controls: tuple[int, ...]


def incidents(store: Store) -> PublicIncidents:
    """The public counts: those of the newest release; before the first, the tallies made at import.

    The cost doesn't grow with the store.
    """
    numbers: dict[tuple[str, str, int, str], int] = {}
    with store.read() as connection:
        released = newest(connection)
        for row in connection.execute(select(incident_tally)):
            numbers[row.scope, row.area, row.year, row.grp] = row.n
    if released is not None:
        return _released(released, numbers)
    years = sorted({year for scope, _area, year, _grp in numbers if scope == MUNICIPALITY and year})
    every = tuple(range(years[0], years[-1] + 1)) if years else ()
    table: dict[CategoryGroup, tuple[Count, ...]] = {
        group: tuple(count(numbers.get((MUNICIPALITY, "", year, group.value), 0)) for year in every)
        for group in PUBLIC_GROUPS
        if any(numbers.get((MUNICIPALITY, "", year, group.value), 0) for year in every)
    }
    localities = sorted(
        (area, number)
        for (scope, area, _year, _grp), number in numbers.items()
        if scope == LOCALITY and number >= MIN_INCIDENTS
    )
    return PublicIncidents(
        years=every,
        table=table,
        localities=tuple(LocalityIncidents(area, number) for area, number in localities),
        unplaced=count(numbers.get((UNPLACED, "", 0, ""), 0)),
        controls=tuple(
            numbers.get((MUNICIPALITY, "", year, CategoryGroup.TRAFFIC_CONTROL.value), 0) for year in every
        ),
    )


def _released(release: Release, numbers: dict[tuple[str, str, int, str], int]) -> PublicIncidents:
    """A release's statements. Traffic controls are work and no incidents: their tallies need no hiding."""
    of_group: dict[tuple[str, int], Count] = {}
    localities: list[LocalityIncidents] = []
    for told in release.statements:
        key = told.key
        if key.scope is Scope.MUNICIPALITY:
            of_group[key.group, key.year] = Count(told.value, hidden=told.said is Said.HIDDEN)
        elif key.scope is Scope.LOCALITY and key.year == 0 and told.value:
            localities.append(LocalityIncidents(key.area, told.value))
    years = tuple(sorted({year for _group, year in of_group}))
    groups = {group for group, _year in of_group}
    return PublicIncidents(
        years=years,
        table={
            group: tuple(of_group[group.value, year] for year in years)
            for group in PUBLIC_GROUPS
            if group.value in groups
        },
        localities=tuple(localities),
        unplaced=count(0),
        controls=tuple(
            numbers.get((MUNICIPALITY, "", year, CategoryGroup.TRAFFIC_CONTROL.value), 0) for year in years
        ),
    )
