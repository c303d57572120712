"""Databases for tests: a file for SQLite, and a private PostgreSQL with PostGIS that ends with the tests."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from handmade import fill

from geo.store.engine import open_store
from geo.store.migration import migrate

INSTALL = "sudo apt-get install --yes --no-install-recommends postgresql postgresql-postgis"
TEMPLATE = "with_postgis"
START_SECONDS = 30


def _binaries() -> Path:
    """The bin folder of the newest PostgreSQL that has PostGIS."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: -int(f.parent.name)):
        control = Path("/usr/share/postgresql", folder.parent.name, "extension", "postgis.control")
        if control.exists() and (folder / "initdb").exists():
            return folder
    pytest.fail(f"PostgreSQL with PostGIS is not installed. Run: {INSTALL}", pytrace=False)


def _as_server() -> list[str]:
    """The words before a command that make it the server's own process.

    PostgreSQL refuses to run as root. The signal ends it when the tests die, however they die.
    """
    words = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        words += ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
    return words


@contextmanager
def _cluster() -> Iterator[str]:
    """A PostgreSQL server with a template database; yields the folder of its socket."""
    binaries = _binaries()
    # Not pytest's own folder: the path of a socket may have 107 bytes, and another user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        initdb = [binaries / "initdb", "--pgdata", folder / "data", "--auth=trust", "--no-sync"]
        making = ["--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"]
        made = subprocess.run(
            [*_as_server(), *initdb, *making], cwd=folder, capture_output=True, text=True, check=False
        )
        assert made.returncode == 0, made.stderr
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
        with _administrator(folder) as connection:
            connection.execute(f"CREATE DATABASE {TEMPLATE}")
        with _administrator(folder, TEMPLATE) as connection:
            connection.execute("CREATE EXTENSION postgis")
        yield str(folder)
    finally:
        if server:
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
            _administrator(folder).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}", pytrace=False)
            time.sleep(0.05)


def _administrator(folder: Path | str, database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(host=str(folder), user="postgres", dbname=database, autocommit=True)


_numbers = count(1)


@contextmanager
def _postgis_database(folder: str, template: str = TEMPLATE) -> Iterator[str]:
    """A new database with PostGIS, and nothing in it but what the template has; yields its URL."""
    name = f"test_{next(_numbers)}"
    with _administrator(folder) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    try:
        yield f"postgresql+psycopg://postgres@/{name}?host={folder}"
    finally:
        with _administrator(folder) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgis_server() -> Iterator[str]:
    """The folder of the socket of a PostgreSQL server of these tests' own; one for each xdist worker."""
    with _cluster() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgis_url(postgis_server: str) -> Iterator[str]:
    """URL of one PostGIS database for the whole session."""
    with _postgis_database(postgis_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgis"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a fresh empty database, once for each kind of store."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'trygg.sqlite'}"
        return
    with _postgis_database(request.getfixturevalue("postgis_server")) as url:
        yield url


@pytest.fixture
def store_url(database_url: str) -> str:
    """URL of a fresh database with the program's schema and nothing in it."""
    store = open_store(database_url)
    migrate(store)
    store.engine.dispose()
    return database_url


@pytest.fixture(scope="session")
def handmade_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the picture made by hand, to be copied."""
    file = tmp_path_factory.mktemp("handmade") / "trygg.sqlite"
    fill(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def handmade_template(postgis_server: str) -> str:
    """The name of a PostGIS database with the picture made by hand, to be copied."""
    name = "handmade"
    with _administrator(postgis_server) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    fill(f"postgresql+psycopg://postgres@/{name}?host={postgis_server}")
    return name


@pytest.fixture(params=["sqlite", "postgis"])
def handmade_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database with the picture made by hand, for one test to change; once for each kind of store."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("handmade_file"), tmp_path / "trygg.sqlite")
        yield f"sqlite:///{tmp_path / 'trygg.sqlite'}"
        return
    template = request.getfixturevalue("handmade_template")
    with _postgis_database(request.getfixturevalue("postgis_server"), template) as url:
        yield url
