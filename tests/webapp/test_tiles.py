"""The tile proxy against a real tile server on the loopback, kind or unkind."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from handmade import fill
from upstream import PNG, Upstream, upstream_server
from werkzeug.test import TestResponse

from geo.settings import Settings
from webapp import create_app
from webapp.tilecache import TileCache
from webapp.tileserver import MAX_BYTES, REST_S, TileError, TileServer

JPEG = b"\xff\xd8\xff\xe0" + bytes(200)
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(200)
INSIDE = (10, 571, 271)
"""A tile over Robertsfors: zoom, column, row."""
DAY_S = 24 * 3600


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with upstream_server() as found:
        yield found


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('tiles') / 'trygg.sqlite'}"
    fill(url)
    return url


@pytest.fixture
def make(picture: str, tmp_path: Path) -> Callable[..., FlaskClient]:
    """Makes a client of the app with a tile server; ``settings`` over those."""

    def client(address: str, **settings: object) -> FlaskClient:
        given = {
            "database_url": picture,
            "tile_url": f"{address}/{{z}}/{{x}}/{{y}}.png" if address else "",
            "tile_attribution": "© <b>Kartmakarna</b>" if address else "",
            "tile_cache": tmp_path / "tiles",
            "tile_timeout": 0.5,
            "log_level": "ERROR",
        }
        return create_app(Settings(**(given | settings))).test_client()  # type: ignore[arg-type]

    return client


def get(client: FlaskClient, key: tuple[int, int, int] = INSIDE, **headers: str) -> TestResponse:
    return client.get("/tiles/{}/{}/{}.png".format(*key), headers=headers)


@pytest.mark.parametrize(
    ("body", "mimetype"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")]
)
def test_a_tile_comes_through_once_and_then_from_the_cache(
    make: Callable[..., FlaskClient], upstream: Upstream, body: bytes, mimetype: str
) -> None:
    upstream.body = body
    upstream.mimetype = "application/octet-stream"
    client = make(upstream.address)
    first, second = get(client), get(client)
    assert (first.status_code, first.data, first.mimetype) == (200, body, mimetype)
    assert second.data == body
    assert "max-age" in first.headers["Cache-Control"]
    assert upstream.asked == ["/10/571/271.png"]


def test_the_cache_outlives_the_program(make: Callable[..., FlaskClient], upstream: Upstream) -> None:
    get(make(upstream.address))
    assert get(make(upstream.address)).data == PNG
    assert len(upstream.asked) == 1


def test_nothing_of_the_visitor_reaches_the_tile_server(
    make: Callable[..., FlaskClient], upstream: Upstream
) -> None:
    client = make(upstream.address)
    client.set_cookie("language", "en")
    get(client, **{"User-Agent": "Visitor", "Referer": "http://x/", "X-Forwarded-For": "9.9.9.9"})
    get(client, (10, 571, 272))
    for headers in upstream.headers:
        assert headers["User-Agent"].startswith("Trygghetskartan/")
        assert not {"Cookie", "Referer", "X-Forwarded-For"} & set(headers)
        assert "Visitor" not in str(headers)


def test_nothing_of_the_tile_server_but_the_image_reaches_the_visitor(
    make: Callable[..., FlaskClient], upstream: Upstream
) -> None:
    assert "Set-Cookie" not in get(make(upstream.address)).headers


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/10/0/0.png",
        "/tiles/10/571/0.png",
        "/tiles/19/292509/139190.png",
        "/tiles/99999999999/0/0.png",
        "/tiles/-1/0/0.png",
        "/tiles/10/571/271.jpg",
        "/tiles/10/571/..%2f271.png",
    ],
)
def test_only_tiles_of_the_municipality_are_fetched(
    make: Callable[..., FlaskClient], upstream: Upstream, path: str
) -> None:
    assert make(upstream.address).get(path).status_code == 404
    assert upstream.asked == []


def test_without_a_tile_server_there_are_no_tiles(make: Callable[..., FlaskClient]) -> None:
    client = make("")
    assert get(client).status_code == 404
    assert "Kartmakarna" not in client.get("/").get_data(as_text=True)


def test_the_makers_of_the_tiles_are_named_as_text(
    make: Callable[..., FlaskClient], upstream: Upstream
) -> None:
    page = make(upstream.address).get("/").get_data(as_text=True)
    assert r"\u00a9 \u003cb\u003eKartmakarna\u003c/b\u003e" in page
    assert "<b>Kartmakarna" not in page
    assert "/tiles/{z}/{x}/{y}.png" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": 500},
        {"status": 403},
        {"body": b"<html>Not a tile</html>", "mimetype": "image/png"},
        {"body": b""},
        {"body": PNG + bytes(MAX_BYTES)},
        {"status": 404},
        {"wait_s": 0.8},
        {"drip": True},
        {"location": "http://localhost:1/elsewhere.png"},
        {"location": "/10/571/271.png"},
    ],
    ids=["500", "403", "html", "nothing", "huge", "404", "slow", "drip", "elsewhere", "in circles"],
)
def test_what_is_no_tile_is_neither_shown_nor_kept(
    make: Callable[..., FlaskClient], upstream: Upstream, tmp_path: Path, wrong: dict[str, object]
) -> None:
    for name, value in wrong.items():
        setattr(upstream, name, value)
    started = time.monotonic()
    answer = get(make(upstream.address))
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert time.monotonic() - started < 2
    assert not [path for path in (tmp_path / "tiles").rglob("*") if path.is_file()]


def test_a_redirect_within_the_server_is_followed(
    make: Callable[..., FlaskClient], upstream: Upstream
) -> None:
    upstream.location = "/moved"
    assert get(make(upstream.address)).data == PNG


@pytest.mark.parametrize("failure", ["down", "500", "html"])
def test_an_old_tile_is_better_than_none(
    make: Callable[..., FlaskClient], upstream: Upstream, tmp_path: Path, failure: str
) -> None:
    address = upstream.address
    old = TileCache(
        tmp_path / "tiles", f"{address}/{{z}}/{{x}}/{{y}}.png", 10**6, clock=lambda: time.time() - 30 * DAY_S
    )
    old.put(INSIDE, JPEG)
    if failure == "down":
        address = "http://127.0.0.1:1"
        TileCache(
            tmp_path / "tiles",
            f"{address}/{{z}}/{{x}}/{{y}}.png",
            10**6,
            clock=lambda: time.time() - 30 * DAY_S,
        ).put(INSIDE, JPEG)
    elif failure == "500":
        upstream.status = 500
    else:
        upstream.body = b"<html>"
    assert get(make(address)).data == JPEG


def test_an_old_tile_is_fetched_again(
    make: Callable[..., FlaskClient], upstream: Upstream, tmp_path: Path
) -> None:
    template = f"{upstream.address}/{{z}}/{{x}}/{{y}}.png"
    TileCache(tmp_path / "tiles", template, 10**6, clock=lambda: time.time() - 30 * DAY_S).put(INSIDE, JPEG)
    client = make(upstream.address)
    assert get(client).data == PNG
    assert get(client).data == PNG
    assert len(upstream.asked) == 1


def test_a_missing_tile_is_not_asked_for_again(make: Callable[..., FlaskClient], upstream: Upstream) -> None:
    upstream.status = 404
    client = make(upstream.address)
    for _ in range(3):
        assert get(client).status_code == 204
    assert len(upstream.asked) == 1
    upstream.status = 200
    assert get(client, (10, 571, 272)).status_code == 200


def test_a_dead_tile_server_is_left_alone_and_then_tried_again(upstream: Upstream) -> None:
    now = [0.0]
    server = TileServer(f"{upstream.address}/{{z}}/{{x}}/{{y}}.png", 0.2, clock=lambda: now[0])
    upstream.wait_s = 0.5
    with pytest.raises(TileError):
        server.fetch(INSIDE)
    upstream.wait_s = 0.0
    started = time.monotonic()
    for _ in range(50):
        with pytest.raises(TileError):
            server.fetch(INSIDE)
    assert time.monotonic() - started < 0.2
    assert len(upstream.asked) == 1
    now[0] = REST_S + 1
    assert server.fetch(INSIDE) == PNG


def test_three_wrong_answers_in_a_row_count_as_a_dead_server(upstream: Upstream) -> None:
    server = TileServer(f"{upstream.address}/{{z}}/{{x}}/{{y}}.png", 1.0)
    upstream.status = 500
    for _ in range(10):
        with pytest.raises(TileError):
            server.fetch(INSIDE)
    assert len(upstream.asked) == 3


def test_a_slow_tile_server_holds_three_threads_at_most(
    make: Callable[..., FlaskClient], upstream: Upstream
) -> None:
    upstream.wait_s = 1.2
    client = make(upstream.address, tile_timeout=3.0)
    took: list[float] = []

    def ask(row: int) -> None:
        started = time.monotonic()
        get(client.application.test_client(), (11, 1142, row))
        took.append(time.monotonic() - started)

    threads = [threading.Thread(target=ask, args=(row,)) for row in range(540, 548)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert upstream.most_at_once == 3
    assert sum(seconds < 1.0 for seconds in took) == 5


def test_the_cache_keeps_its_bound_and_what_was_wanted_last(tmp_path: Path) -> None:
    now = [1_000.0]
    cache = TileCache(tmp_path, "a", 10_000, clock=lambda: now[0])
    for row in range(40):
        now[0] += 1
        cache.put((10, 0, row), PNG[:8] + bytes(992))
        cache.get((10, 0, 0))
        kept = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in kept) <= 10_000
    assert cache.get((10, 0, 0)) is not None
    assert cache.get((10, 0, 39)) is not None
    assert cache.get((10, 0, 1)) is None


def test_the_bound_holds_for_what_an_earlier_program_left(tmp_path: Path) -> None:
    TileCache(tmp_path, "another server", 10**6).put((1, 0, 0), bytes(9_000))
    TileCache(tmp_path, "a", 10_000).put((1, 0, 0), bytes(5_000))
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) <= 10_000


def test_another_server_s_tiles_are_not_shown(tmp_path: Path) -> None:
    TileCache(tmp_path, "a", 10**6).put(INSIDE, PNG)
    assert TileCache(tmp_path, "b", 10**6).get(INSIDE) is None


def test_a_disk_that_is_full_still_shows_the_tile(
    make: Callable[..., FlaskClient], upstream: Upstream, tmp_path: Path
) -> None:
    (tmp_path / "tiles").write_text("a file where the folder should be")
    assert get(make(upstream.address)).data == PNG
