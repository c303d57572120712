"""A tile server on the loopback that does as a test tells it."""

import struct
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def _png() -> bytes:
    """A whole picture of one grey dot, that a browser can show."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00\xcc"))
        + chunk(b"IEND", b"")
    )


PNG = _png()


@dataclass
class Upstream:
    """A tile server that does as it is told, and remembers what it was asked."""

    body: bytes = PNG
    status: int = 200
    mimetype: str = "image/png"
    wait_s: float = 0.0
    drip: bool = False
    location: str = ""
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    address: str = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(handler.path)
        self.headers.append(dict(handler.headers))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self._answer(handler)
        finally:
            self.at_once -= 1

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        time.sleep(self.wait_s)
        if self.location and not handler.path.endswith("/moved"):
            handler.send_response(302)
            handler.send_header("Location", self.location)
            handler.end_headers()
            return
        handler.send_response(self.status)
        handler.send_header("Content-Type", self.mimetype)
        handler.send_header("Set-Cookie", "spy=1")
        handler.end_headers()
        step = 1 if self.drip else len(self.body)
        for start in range(0, len(self.body), step):
            handler.wfile.write(self.body[start : start + step])
            if self.drip:
                time.sleep(0.05)


@contextmanager
def upstream_server() -> Iterator[Upstream]:
    """A tile server on a free port, until the test ends."""
    upstream = Upstream()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                upstream.answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_words: object) -> None:
            """Says nothing: the tests look at what was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    upstream.address = f"http://127.0.0.1:{server.server_port}"
    yield upstream
    server.shutdown()
    server.server_close()
