"""A private PostgreSQL with PostGIS, for the tests and for what the benchmarks measure beside (decision 9)."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

INSTALL = "sudo apt-get install --yes --no-install-recommends postgresql postgresql-postgis"
TEMPLATE = "with_postgis"
START_SECONDS = 30


class NotStarted(Exception):
    """The server can't be had on this machine; the message says why."""


def _binaries() -> Path:
    """The bin folder of the newest PostgreSQL that has PostGIS."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: -int(f.parent.name)):
        control = Path("/usr/share/postgresql", folder.parent.name, "extension", "postgis.control")
        if control.exists() and (folder / "initdb").exists():
            return folder
    raise NotStarted(f"PostgreSQL with PostGIS is not installed. Run: {INSTALL}")


def _as_server() -> list[str]:
    """The words before a command that make it the server's own process.

    PostgreSQL refuses to run as root. The signal ends it when the tests die, however they die.
    """
    words = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        words += ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
    return words


@contextmanager
def cluster() -> Iterator[str]:
    """A PostgreSQL server with a template database; yields the folder of its socket."""
    binaries = _binaries()
    # Not a test's own folder: the path of a socket may have 107 bytes, and another user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        initdb = [binaries / "initdb", "--pgdata", folder / "data", "--auth=trust", "--no-sync"]
        making = ["--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"]
        made = subprocess.run(
            [*_as_server(), *map(str, initdb), *making],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise NotStarted(made.stderr)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "shared_buffers": "64MB",
        }
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        with (folder / "log").open("wb") as log:
            # A session of its own: Ctrl-C is for the tests, which then stop the server in order.
            server = subprocess.Popen(
                [*_as_server(), binaries / "postgres", "-D", folder / "data", *options],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _wait(server, folder)
        with administrator(folder) as connection:
            connection.execute(f"CREATE DATABASE {TEMPLATE}")
        with administrator(folder, TEMPLATE) as connection:
            connection.execute("CREATE EXTENSION postgis")
        yield str(folder)
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(folder)


def _wait(server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            administrator(folder).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise NotStarted(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}") from None
            time.sleep(0.05)


def administrator(folder: Path | str, database: str = "postgres") -> psycopg.Connection:
    """A connection of the server's owner to one of its databases."""
    return psycopg.connect(host=str(folder), user="postgres", dbname=database, autocommit=True)
