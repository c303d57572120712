"""The municipality full of secrets, once on each database: its tests read it, or change what is hidden."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from canaries import Canaries
from canary_scene import Scene, make_scene
from private_postgres import TEMPLATE, administrator

_databases = count(1)


@pytest.fixture(scope="session", params=["sqlite", "postgis"])
def scene(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, town_area: Path
) -> Iterator[Scene]:
    """What is secret stands in the database's address, too: a folder on SQLite, a password on PostgreSQL."""

    def file(folder: Path, secret: Canaries) -> str:
        within = folder / secret("folder of the database")
        within.mkdir()
        return f"sqlite:///{within / 'trygg.sqlite'}"

    def server(_folder: Path, secret: Canaries) -> str:
        socket = request.getfixturevalue("postgis_server")
        name = f"canary_{next(_databases)}"
        with administrator(socket) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        return f"postgresql+psycopg://postgres:{secret('password of the database')}@/{name}?host={socket}"

    url_in = file if request.param == "sqlite" else server
    made = make_scene(url_in, tmp_path_factory.mktemp("canary"), town_area)
    yield made
    made.store.close()
