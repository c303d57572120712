"""A place that six people flagged in the made-up town, incidents around it, and an area drawn about both."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import numpy as np
from shapely.geometry import Point
from sqlalchemy import insert

from geo.area.package import open_area
from geo.crs import points_to_wgs84
from geo.store import spatial
from geo.store.engine import Store
from geo.store.schema import answer_location, import_run, incident, place, survey, survey_answer

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIDE_M = 400.0


def middle_of(town_area: Path) -> tuple[float, float]:
    """Where most of the town's streets are (EPSG:3006)."""
    bounds = open_area(town_area).layer("streets")
    spots = bounds[bounds["walkable"].astype(bool)].geometry.centroid
    return float(np.median(spots.x)), float(np.median(spots.y))


def flag(store: Store, middle: tuple[float, float]) -> None:
    """A place in the area that six people flagged, one outside it, and incidents known well and badly."""
    x, y = middle
    located = {"level": "spot", "rule": "address", "name": "Bron", "locality": "Granfors", "probability": 1.0}
    with store.write() as connection:
        run = connection.execute(
            insert(import_run)
            .values(
                **{
                    column.name: {"at": NOW}.get(column.name, 0 if "INT" in str(column.type) else "x")
                    for column in import_run.c
                    if not column.nullable and column.name != "id" and column.server_default is None
                }
            )
            .returning(import_run.c.id)
        ).scalar_one()
        asked = connection.execute(
            insert(survey).values(name="Enkät", year=2026, synthetic=True).returning(survey.c.id)
        ).scalar_one()
        keys = []
        for name, spot in (("Bron", (x, y)), ("Utanför", (x + 3 * SIDE_M, y))):
            keys.append(
                connection.execute(
                    insert(place).values(
                        anchor=name, anchor_kind="poi", distance_m=0, direction="", locality="Granfors",
                        geom=Point(spot), radius_m=20, respondents=6, reasons={"lighting": 6}, times={"night": 6},
                        surveys=[asked], synthetic=True,
                    ).returning(place.c.id)
                ).scalar_one()
            )  # fmt: skip
        spatial.index(connection, place, keys)
        for who in range(6):
            answer = connection.execute(
                insert(survey_answer).values(
                    survey_id=asked, import_id=run, ref=str(who), respondent=str(who), text="=bron",
                    reasons=["lighting"], times=["night"], comment="", danger="", text_key=str(who),
                ).returning(survey_answer.c.id)
            ).scalar_one()  # fmt: skip
            connection.execute(
                insert(answer_location).values(
                    answer_id=answer, ordinal=0, place_id=keys[0], geom=Point(x, y), radius_m=20, **located
                )
            )
        for ref, radius, level in [(f"a{n}", 20, "spot") for n in range(5)] + [
            ("b", 300, "spot"),
            ("c", 20, "locality"),
        ]:
            connection.execute(
                insert(incident).values(
                        import_id=run, source="test", ref=ref, category="Skadegörelse", grp="traffic_accident",
                        kind="incident", text="x", municipality="Robertsfors", year=2026, place_key=ref,
                        geom=Point(x + 10, y), radius_m=radius, text_key=ref,
                        **{**located, "level": level},
                    )
            )  # fmt: skip


def drawn(middle: tuple[float, float], *, crossed: bool = False) -> str:
    """The area's corners as the page's address says them; ``crossed``: as an outline that is none."""
    x, y = middle
    ring = [
        (x - SIDE_M, y - SIDE_M),
        (x + SIDE_M, y - SIDE_M),
        (x + SIDE_M, y + SIDE_M),
        (x - SIDE_M, y + SIDE_M),
    ]
    if crossed:
        ring[1], ring[2] = ring[2], ring[1]
    return quote(" ".join(f"{lon:.6f},{lat:.6f}" for lon, lat in points_to_wgs84(np.array(ring))))
