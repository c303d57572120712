"""Releases in both databases, through the doors that a coordinator and a resident use."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ground import ground_layers
from shapely.geometry import Point
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from geo.actions.releases import Ground, parse_quarter, publish, rehearse, take_back
from geo.area.homes import homes, homes_by_locality
from geo.area.package import open_area
from geo.bootstrap import put_layers
from geo.errors import BadInput, NotAllowed, NotPossible, Stale
from geo.gazetteer import load_gazetteer
from geo.intake import Intake
from geo.model import Person, Role
from geo.privacy.statements import Quarter, Said, Scope
from geo.privacy.suppression import check
from geo.publish.incidents import incidents
from geo.settings import ROOT
from geo.store.cells import cell_sets
from geo.store.engine import Store, open_store
from geo.store.releases import ledger, releases
from geo.store.rows import start_import
from geo.store.schema import audit, incident, release_statement

GAZETTEER = load_gazetteer(ROOT / "data" / "places" / "gazetteer.csv")
POLICE = ROOT / "data" / "places" / "police_events.csv"
GROUND = Ground()
NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    put_layers(opened, ground_layers())
    Intake(opened, GAZETTEER, now=NOW).incidents(POLICE, source="polisen.se")
    yield opened
    opened.close()


def test_a_release_is_what_residents_see_until_the_next(store: Store) -> None:
    rehearsed = rehearse(store, None, parse_quarter("2026Q2"), now=NOW, ground=GROUND)
    with store.read() as connection:
        assert releases(connection) == ()
    first = publish(store, None, parse_quarter("2026Q2"), now=NOW, ground=GROUND)
    assert (first.head.number, rehearsed.head.number) == (1, 0)
    assert first.release == rehearsed.release
    assert first.count(Said.NUMBER) > first.count(Said.HIDDEN)
    seen = incidents(store)
    with store.write() as connection:
        # What comes, goes or moves afterwards changes nothing of it.
        connection.execute(update(incident).where(incident.c.id < 20).values(duplicate_of=20))
    assert incidents(store) == seen
    second = publish(store, None, parse_quarter("2026q3"), now=NOW, ground=GROUND)
    assert second.head.number == 2
    with store.read() as connection:
        every, counts = releases(connection), ledger(connection)
        lines = connection.execute(select(audit.c.action, audit.c.subject)).all()
    assert every == (first.release, second.release)
    assert check(counts, every, ()) == ()
    assert [tuple(line) for line in lines if line.action == "release.made"] == [
        ("release.made", "release 1 2026Q2"),
        ("release.made", "release 2 2026Q3"),
    ]
    numbers = {told.key: told for told in second.release.statements}
    table = incidents(store)
    for group, row in table.table.items():
        for year, count in zip(table.years, row, strict=True):
            told = next(one for key, one in numbers.items() if (key.year, key.group) == (year, group.value))
            assert (count.value, count.hidden) == (told.value, told.said is Said.HIDDEN)


def test_an_empty_store_releases_nothing(store: Store) -> None:
    with store.write() as connection:
        connection.execute(update(incident).values(duplicate_of=None))
        connection.execute(delete(incident))
    with pytest.raises(NotPossible, match="nothing to release"):
        publish(store, None, Quarter(2026, 1), now=NOW, ground=GROUND)


def test_a_release_is_never_changed(store: Store) -> None:
    publish(store, None, Quarter(2026, 3), now=NOW, ground=GROUND)
    for change in (delete(release_statement), update(release_statement).values(value=1)):
        with pytest.raises(DBAPIError), store.write() as connection:
            connection.execute(change)


def test_who_releases_and_when(store: Store) -> None:
    officer = Person(1, "o", "O", Role.POLICE, "Polisen")
    with pytest.raises(NotAllowed):
        publish(store, officer, Quarter(2026, 3), now=NOW, ground=GROUND)
    with pytest.raises(NotPossible):
        publish(store, None, Quarter(2026, 4), now=NOW, ground=GROUND)
    publish(store, None, Quarter(2026, 3), now=NOW, ground=GROUND)
    with pytest.raises(NotPossible):
        publish(store, None, Quarter(2026, 2), now=NOW, ground=GROUND)
    for text in ("2026", "2026Q5", "Q3", "26Q1"):
        with pytest.raises(BadInput):
            parse_quarter(text)


@pytest.fixture
def placed(store: Store, town_area: Path) -> Ground:
    """Incidents at spots of the made-up town, 2025 and 2026, and the town as ground for areas."""
    area = open_area(town_area)
    spots = homes(area)[::9]
    with store.write() as connection:
        run = start_import(connection, kind="incidents", file_name="f", sha256="x", at=NOW)
        for i, (east, north) in enumerate(spots):
            connection.execute(
                insert(incident).values(
                    import_id=run, source="EST", ref=f"s{i}", category="Klotter", grp="damage", kind="incident",
                    text="", municipality="", started=datetime(2025 + i % 2, 1 + i % 9, 5, tzinfo=UTC), year=2025 + i % 2,
                    place_key=f"s{i}", level="spot", rule="exact", name="", locality="", radius_m=20, probability=1,
                    geom=Point(east, north), text_key="", warning="",
                )
            )  # fmt: skip
    return Ground(area, 20)


def test_the_first_release_makes_areas_and_their_edges_stay(store: Store, placed: Ground) -> None:
    first = publish(store, None, Quarter(2025, 4), now=NOW, ground=placed)
    seen = incidents(store)
    assert first.cells and len(seen.areas) == len(first.cells.cells.boxes) > 10
    assert min(area.homes for area in seen.areas) >= 20
    assert not seen.news
    # A town that has grown makes no other areas until somebody says why.
    publish(store, None, Quarter(2026, 1), now=NOW, ground=Ground(placed.area, 40))
    again = incidents(store)
    assert [(area.key, area.shape) for area in again.areas] == [(area.key, area.shape) for area in seen.areas]
    with pytest.raises(NotPossible, match="begin with a year"):
        publish(store, None, Quarter(2026, 2), now=NOW, ground=Ground(placed.area, 40, "Ett nytt kvarter"))
    with store.read() as connection:
        counts, every, sets = ledger(connection), releases(connection), cell_sets(connection)
    assert check(counts, every, [key for one in sets for key in one.ids()]) == ()


def test_a_locality_with_fewer_homes_than_an_area_is_not_told_of(store: Store, town_area: Path) -> None:
    area = open_area(town_area)
    found = homes_by_locality(area)
    assert sum(found.values()) == len(homes(area))
    small = min(found, key=lambda name: found[name])
    large = max(found, key=lambda name: found[name])
    assert 40 < found[small] < 60 < found[large]
    with store.write() as connection:
        connection.execute(update(incident).values(locality=small))
        connection.execute(update(incident).where(incident.c.id > 40).values(locality=large))
    careless = rehearse(store, None, Quarter(2026, 1), now=NOW, ground=Ground())
    assert {told.key.area for told in careless.release.statements} == {"", small, large}
    publish(store, None, Quarter(2025, 4), now=NOW, ground=Ground(area, 60))
    done = publish(store, None, Quarter(2026, 1), now=NOW, ground=Ground(area, 60))
    localities = {told.key.area for told in done.release.statements if told.key.scope is Scope.LOCALITY}
    assert localities == {large}
    # Nor later, where fewer homes would do: the first areas decide.
    done = publish(store, None, Quarter(2026, 2), now=NOW, ground=Ground(area, 20))
    assert small not in {told.key.area for told in done.release.statements}


def test_new_areas_begin_with_a_year_and_keep_their_reason(store: Store, placed: Ground) -> None:
    publish(store, None, Quarter(2025, 4), now=NOW, ground=placed)
    before = incidents(store)
    done = publish(store, None, Quarter(2026, 1), now=NOW, ground=Ground(placed.area, 40, "Ett nytt kvarter"))
    after = incidents(store)
    assert len(after.areas) < len(before.areas)
    assert {area.years for area in after.areas} == {(2026,)}
    with store.read() as connection:
        sets = cell_sets(connection)
    assert [(one.since, one.reason, one.least) for one in sets] == [
        (0, "", 20),
        (2026, "Ett nytt kvarter", 40),
    ]
    assert done.cells and done.cells.cells.version == sets[-1].cells.version


def test_taking_back_is_a_release_that_says_what_was_said_before(store: Store) -> None:
    publish(store, None, Quarter(2026, 1), now=NOW, ground=GROUND)
    first = incidents(store)
    second = publish(store, None, Quarter(2026, 2), now=NOW, ground=GROUND)
    officer = Person(1, "o", "O", Role.POLICE, "Polisen")
    for by, number, reason, error in (
        (officer, 2, "fel", NotAllowed), (None, 2, "  ", BadInput), (None, 2, "x" * 501, BadInput), (None, 1, "fel", Stale),
    ):  # fmt: skip
        with pytest.raises(error):
            take_back(store, by, number, reason, now=NOW)
    assert take_back(store, None, 2, "Fel fil var inläst", now=NOW) == 3
    seen = incidents(store)
    assert (seen.release, seen.table, seen.localities, seen.through) == (
        3,
        first.table,
        first.localities,
        "2026Q1",
    )
    with pytest.raises(NotPossible):
        take_back(store, None, 3, "igen", now=NOW)
    # The same quarter is told of in the same words, for they are known.
    assert publish(store, None, Quarter(2026, 2), now=NOW, ground=GROUND).release == second.release
    take_back(store, None, 4, "igen", now=NOW)
    assert incidents(store).through == "2026Q1"


def test_the_only_release_taken_back_leaves_nothing(store: Store) -> None:
    publish(store, None, Quarter(2026, 1), now=NOW, ground=GROUND)
    take_back(store, None, 1, "Fel fil", now=NOW)
    seen = incidents(store)
    assert (seen.years, seen.taken_back) == ((), True)


def test_what_is_released_is_what_was_looked_at(store: Store) -> None:
    looked = rehearse(store, None, Quarter(2026, 1), now=NOW, ground=GROUND)
    with store.write() as connection:
        connection.execute(update(incident).where(incident.c.year == 2025).values(duplicate_of=1))
    with pytest.raises(Stale):
        publish(store, None, Quarter(2026, 1), now=NOW, ground=GROUND, mark=looked.mark)
    publish(store, None, Quarter(2026, 1), now=NOW, ground=GROUND)
    with pytest.raises(NotPossible):
        publish(store, None, Quarter(2026, 1), now=NOW, ground=GROUND)
