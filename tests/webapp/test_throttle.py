"""An address may ask so often a minute, whatever number of servers answers it."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from people import add_people, sign_in
from sqlalchemy import func, select

from geo.errors import SettingsError
from geo.settings import Settings
from geo.store.schema import request_count
from webapp import create_app

NOW = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)
VISITOR, OTHER = "198.51.100.7", "198.51.100.8"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def server(url: str, clock: Clock, **settings: int) -> Flask:
    bounds = {"requests_per_minute": 48, "costly_per_minute": 12} | settings
    return create_app(Settings(database_url=url, log_level="ERROR", **bounds), clock=clock)


def ask(app: Flask, path: str = "/api/incidents.json", address: str = VISITOR) -> int:
    return app.test_client().get(path, environ_base={"REMOTE_ADDR": address}).status_code


def test_two_servers_of_one_store_let_no_more_through_than_one(store_url: str, clock: Clock) -> None:
    servers = [server(store_url, clock) for _ in range(2)]
    answers = Counter(ask(servers[number % 2]) for number in range(120))
    assert answers == {200: 48, 429: 72}
    # Another address isn't held to account for it, and the next minute is a new one.
    assert ask(servers[0], address=OTHER) == 200
    clock.now += timedelta(minutes=1)
    assert ask(servers[1]) == 200


def test_many_at_once_are_counted_like_one_after_another(store_url: str, clock: Clock) -> None:
    servers = [server(store_url, clock) for _ in range(2)]
    found: list[int] = []

    def visit(app: Flask) -> None:
        found.extend(ask(app) for _ in range(20))

    visitors = [threading.Thread(target=visit, args=(servers[n % 2],)) for n in range(6)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert Counter(found) == {200: 48, 429: 72}


def test_what_is_refused_says_when_to_come_again(store_url: str, clock: Clock) -> None:
    app = server(store_url, clock)
    for _ in range(48):
        ask(app)
    client = app.test_client()
    page = client.get("/places", environ_base={"REMOTE_ADDR": VISITOR})
    assert (page.status_code, page.headers["Retry-After"]) == (429, "60")
    assert page.headers["Cache-Control"] == "no-store"
    assert "Vänta en minut" in page.text and "Content-Security-Policy" in page.headers
    told = client.get("/api/map.json", environ_base={"REMOTE_ADDR": VISITOR})
    assert told.json["error"]["code"] == 429
    # A page's own files, and who watches over the site, are never refused.
    for path in ("/static/site.css", "/healthz"):
        assert client.get(path, environ_base={"REMOTE_ADDR": VISITOR}).status_code == 200


def test_secrets_are_guessed_at_no_faster_by_many_paths(store_url: str, clock: Clock) -> None:
    app = server(store_url, clock)
    paths = [f"/password/{n}" for n in range(10)] + [f"/calendar/{n}.ics" for n in range(10)]
    assert Counter(ask(app, path) for path in paths) == {404: 12, 429: 8}
    # What is ordinary is counted by itself.
    assert ask(app) == 200


def test_a_household_of_ipv6_is_one_address_and_no_address_is_kept(store_url: str, clock: Clock) -> None:
    servers = [server(store_url, clock) for _ in range(2)]
    answers = Counter(ask(servers[n % 2], address=f"2001:db8:1:2::{n:x}") for n in range(1, 121))
    assert answers == {200: 48, 429: 72}
    assert ask(servers[0], address="2001:db8:1:3::1") == 200
    with servers[0].extensions["pictures"].store.read() as connection:
        kept = connection.execute(select(request_count.c.key)).scalars().all()
    assert len(kept) == 1
    assert not any("2001" in key or "198.51" in key for key in kept)


def test_this_machine_and_staff_go_on(store_url: str, clock: Clock) -> None:
    add_people(store_url, now=NOW)
    app = server(store_url, clock)
    assert {ask(app, address="127.0.0.1") for _ in range(100)} == {200}
    client = app.test_client()
    sign_in(client, "planner")
    assert {
        client.get("/measures", environ_base={"REMOTE_ADDR": VISITOR}).status_code for _ in range(60)
    } == {200}
    assert ask(app) == 429


def test_an_ordinary_visitor_costs_the_store_nothing_and_old_counts_go(store_url: str, clock: Clock) -> None:
    app = server(store_url, clock, requests_per_minute=1200)
    store = app.extensions["pictures"].store

    def counts() -> int:
        with store.read() as connection:
            return int(connection.execute(select(func.count()).select_from(request_count)).scalar_one())

    assert {ask(app) for _ in range(100)} == {200}
    assert counts() == 0
    for _ in range(100):
        ask(app)
    assert counts() == 1
    clock.now += timedelta(minutes=10)
    for _ in range(200):
        ask(app)
    assert counts() == 1


def test_while_others_write_readers_are_not_kept_waiting(store_url: str, clock: Clock) -> None:
    app = server(store_url, clock)
    ask(app)
    store = app.extensions["pictures"].store
    with store.write(quiet=True) as connection:
        # Somebody holds the store, and on PostgreSQL the counts.
        if store.dialect == "postgresql":
            connection.exec_driver_sql("LOCK TABLE request_count IN EXCLUSIVE MODE")
        answers = Counter(ask(app) for _ in range(80))
    assert answers[200] == 47
    assert answers[429] == 33


def test_bounds_are_no_negative_numbers() -> None:
    with pytest.raises(SettingsError):
        Settings(requests_per_minute=-1)
