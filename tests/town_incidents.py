"""Incidents at the homes of the made-up town, and the release that makes its areas."""

from datetime import UTC, datetime
from pathlib import Path

from shapely.geometry import Point
from sqlalchemy import insert

from geo.actions.releases import Ground, publish
from geo.area.homes import homes
from geo.area.package import open_area
from geo.privacy.statements import Quarter
from geo.store.engine import Store
from geo.store.rows import start_import
from geo.store.schema import incident

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def put_town_incidents(store: Store, town_area: Path) -> list[tuple[float, float, str, int]]:
    """One incident at every ninth home, and one far outside: easting, northing (EPSG:3006), group and year of each."""
    spots = [*map(tuple, homes(open_area(town_area))[::9].tolist()), (500_000.0, 6_500_000.0)]
    made = [
        (east, north, ("damage", "theft")[at % 3 == 0], 2025 + at % 2)
        for at, (east, north) in enumerate(spots)
    ]
    rows = [(*one, "spot", "") for one in made]
    # What is known to a locality only, and what is held back, counts in no area.
    rows += [(*made[0], "locality", ""), (*made[0], "spot", "home")]
    with store.write() as connection:
        run = start_import(connection, kind="incidents", file_name="f", sha256="x", at=NOW)
        for at, (east, north, group, year, level, warning) in enumerate(rows):
            connection.execute(
                insert(incident).values(
                    import_id=run, source="EST", ref=f"s{at}", category="Hemligt", grp=group, kind="incident",
                    text="Hemligt", municipality="", started=datetime(year, 1 + at % 9, 5, tzinfo=UTC), year=year,
                    place_key=f"s{at}", level=level, rule="exact", name="", locality="", radius_m=20, probability=1,
                    geom=Point(east, north), text_key="", warning=warning,
                )
            )  # fmt: skip
    return made


def make_town_areas(store: Store, town_area: Path) -> None:
    """Releases a year, which makes the areas of at least 20 homes."""
    publish(store, None, Quarter(2025, 4), now=NOW, ground=Ground(open_area(town_area), 20))
