"""Releases in both databases, through the doors that a coordinator and a resident use."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from ground import ground_layers
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from geo.actions.releases import Ground, parse_quarter, publish, rehearse
from geo.bootstrap import put_layers
from geo.errors import BadInput, NotAllowed, NotPossible
from geo.gazetteer import load_gazetteer
from geo.intake import Intake
from geo.model import Person, Role
from geo.privacy.statements import Quarter, Said
from geo.privacy.suppression import check
from geo.publish.incidents import incidents
from geo.settings import ROOT
from geo.store.engine import Store, open_store
from geo.store.releases import ledger, releases
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
