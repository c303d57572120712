"""The picture that all pages share: new when the store or the day is, else kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from geo.store.engine import open_store
from webapp.picture import Pictures

UNDO = timedelta(minutes=10)


def test_kept_until_the_store_changes(store_url: str) -> None:
    store = open_store(store_url)
    pictures = Pictures(store, lambda: datetime(2026, 11, 22, 12, tzinfo=UTC), UNDO)
    assert pictures.kept is None
    first = pictures.newest()
    assert pictures.newest() is first
    with store.write():
        pass
    second = pictures.newest()
    assert second is not first
    assert second.revision == first.revision + 1
    assert pictures.kept is second
    store.close()


def test_new_at_midnight_in_sweden(store_url: str) -> None:
    store = open_store(store_url)
    moment = datetime(2026, 11, 22, 22, 59, tzinfo=UTC)
    clock = iter([moment, moment + timedelta(minutes=2)])
    pictures = Pictures(store, lambda: next(clock), UNDO)
    assert pictures.newest().today == date(2026, 11, 22)
    assert pictures.newest().today == date(2026, 11, 23)
    store.close()


def test_many_readers_at_once_read_the_store_once(store_url: str) -> None:
    store = open_store(store_url)
    pictures = Pictures(store, lambda: datetime(2026, 11, 22, 12, tzinfo=UTC), UNDO)
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: pictures.newest(), range(64)))
    assert len({id(picture) for picture in seen}) == 1
    store.close()


def test_no_name_without_a_boundary(store_url: str) -> None:
    store = open_store(store_url)
    assert Pictures(store, lambda: datetime(2026, 11, 22, tzinfo=UTC), UNDO).newest().municipality == ""
    store.close()
