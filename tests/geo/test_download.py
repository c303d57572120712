"""Fetching an extract from a server on the loopback that does as a test tells it."""

import contextlib
import hashlib
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from geo.download import download
from geo.errors import UnreadableInput

BODY = bytes(range(256)) * 20_000


@dataclass
class Server:
    md5: str | None = field(default_factory=lambda: hashlib.md5(BODY, usedforsecurity=False).hexdigest())
    cut_after: int | None = None
    status: int = 200
    ranges: list[str] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def server():
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path.endswith(".md5"):
                body = f"{told.md5}  extract.osm.pbf\n".encode()
                self.send_response(200 if told.md5 else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                return
            told.ranges.append(self.headers.get("Range", ""))
            start = (
                int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
                if "Range" in self.headers
                else 0
            )
            if start >= len(BODY):
                self.send_response(416)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = BODY[start:]
            self.send_response(told.status if told.status != 200 else 206 if start else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            # Who breaks the download off hangs up while this is still being written.
            with contextlib.suppress(ConnectionError):
                self.wfile.write(body if told.cut_after is None else body[: told.cut_after])

        def log_message(self, *_words):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{http.server_port}/sweden-latest.osm.pbf"
    yield told
    http.shutdown()
    http.server_close()


def test_a_file_comes_whole_and_is_checked(server, tmp_path):
    steps = []
    file = download(server.url, tmp_path, lambda stage, done, total: steps.append((done, total)))
    assert file.name == "sweden-latest.osm.pbf"
    assert file.read_bytes() == BODY
    assert steps[-1] == (len(BODY) >> 20, len(BODY) >> 20)
    assert [each.name for each in tmp_path.iterdir()] == [file.name]


def test_what_was_cut_off_is_gone_on_with(server, tmp_path):
    server.cut_after = 1_500_000
    with pytest.raises(UnreadableInput, match="go on"):
        download(server.url, tmp_path)
    came = (tmp_path / "sweden-latest.osm.pbf.part").stat().st_size
    assert 0 < came < len(BODY)
    server.cut_after = None
    assert download(server.url, tmp_path).read_bytes() == BODY
    assert server.ranges == ["", f"bytes={came}-"]


def test_a_part_that_is_all_of_it_is_taken(server, tmp_path):
    (tmp_path / "sweden-latest.osm.pbf.part").write_bytes(BODY)
    assert download(server.url, tmp_path).read_bytes() == BODY


def test_a_wrong_checksum_throws_it_away(server, tmp_path):
    server.md5 = "0" * 32
    with pytest.raises(UnreadableInput, match="checksum"):
        download(server.url, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_a_checksum_the_length_is_checked(server, tmp_path):
    server.md5 = None
    assert download(server.url, tmp_path).read_bytes() == BODY


@pytest.mark.parametrize("status", [404, 500])
def test_a_server_that_has_it_not_is_told(server, tmp_path, status):
    server.status = status
    with pytest.raises(UnreadableInput, match="can't be fetched"):
        download(server.url, tmp_path)
    assert not (tmp_path / "sweden-latest.osm.pbf").exists()


def test_no_server_is_told(tmp_path):
    with pytest.raises(UnreadableInput, match="can't be fetched"):
        download("http://127.0.0.1:9/x.osm.pbf", tmp_path)
