"""Servers as processes of their own, and how long their answers take."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

START_SECONDS = 30


@contextmanager
def served(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Iterator[str]:
    """Starts a server with ``--port N`` appended to ``command``; yields its address once it answers.

    Raises:
        RuntimeError: it ended, or did not answer in time; the message is the end of its log.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text(errors="replace")[-2000:]) from error
            time.sleep(0.05)


def our_command() -> list[str]:
    """The product's own command for serving."""
    return [str(Path(sys.executable).with_name("trygg")), "serve"]


class Client:
    """One kept connection to a server, as a browser has, asking for gzip; with ``session`` as somebody signed in."""

    def __init__(self, address: str, session: str = "") -> None:
        self._headers = {"Accept-Encoding": "gzip", **({"Cookie": f"session={session}"} if session else {})}
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        self._connection.connect()

    def get(self, path: str) -> float:
        """Seconds from asking until the whole answer is there.

        Raises:
            RuntimeError: the answer is not 200.
        """
        started = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        answer.read()
        took = time.perf_counter() - started
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path}: {answer.status}")
        return took

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()
