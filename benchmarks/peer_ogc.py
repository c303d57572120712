"""The peer of the open data: pygeoapi over PostGIS, served as ``trygg serve`` is."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.serving import served
from tests.private_postgres import TEMPLATE, administrator, cluster

_PROGRAMS = Path(__file__).parents[1] / ".venv-peer" / "bin"
"""An environment of the peer's own: its wheel installs a package called tests, which hides ours."""

LAMPS = "lamps"
"""The name of the collection."""


@contextmanager
def pygeoapi(lonlat: NDArray[np.float64], folder: Path) -> Iterator[str]:
    """Address of a server with these points (n, 2) of degrees, numbered from 1, in a table with a GiST index."""
    with cluster() as server:
        with administrator(server) as connection:
            connection.execute(f"CREATE DATABASE peer TEMPLATE {TEMPLATE}")
        with administrator(server, "peer") as connection:
            connection.execute(
                f"CREATE TABLE {LAMPS} (id integer PRIMARY KEY, name text, kind text, geom geometry(Point, 4326))"
            )
            with connection.cursor().copy(f"COPY {LAMPS} FROM STDIN") as copy:
                for number, (lon, lat) in enumerate(lonlat.tolist(), 1):
                    copy.write_row((number, f"Lampa {number}", "lamp", f"SRID=4326;POINT({lon} {lat})"))
            connection.execute(f"CREATE INDEX ON {LAMPS} USING gist (geom)")
            connection.execute(f"VACUUM ANALYZE {LAMPS}")
        config, described = folder / "pygeoapi.json", folder / "pygeoapi-openapi.json"
        config.write_text(json.dumps(_config(server)))
        environment = {**os.environ, "PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(described)}
        subprocess.run(
            [
                _PROGRAMS / "pygeoapi",
                "openapi",
                "generate",
                config,
                "--format",
                "json",
                "--output-file",
                described,
            ],
            env=environment,
            check=True,
            capture_output=True,
        )
        granian = [
            str(_PROGRAMS / "granian"),
            "--interface",
            "wsgi",
            "--workers",
            "1",
            "--blocking-threads",
            "4",
        ]
        command = [*granian, "--no-ws", "--log-level", "error", "pygeoapi.flask_app:APP"]
        with served(command, environment, folder / "pygeoapi.log") as address:
            yield address


def _config(server: str) -> Mapping[str, object]:
    about = {
        "title": "Peer",
        "description": "Peer",
        "keywords": ["peer"],
        "keywords_type": "theme",
        "url": "http://127.0.0.1",
    }
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 5000},
            "url": "http://127.0.0.1",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 100, "max_items": 10_000},
            "map": {"url": "http://127.0.0.1/none", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**about, "terms_of_service": "none"},
            "license": {"name": "CC0", "url": "http://127.0.0.1"},
            "provider": {"name": "Peer", "url": "http://127.0.0.1"},
            "contact": {"name": "Peer"},
        },
        "resources": {
            LAMPS: {
                "type": "collection",
                "title": "Lamps",
                "description": "Lamps",
                "keywords": ["lamps"],
                "links": [],
                "extents": {"spatial": {"bbox": [10, 55, 25, 70]}},
                "providers": [
                    {
                        "type": "feature",
                        "name": "PostgreSQL",
                        "data": {
                            "host": server,
                            "port": 5432,
                            "dbname": "peer",
                            "user": "postgres",
                            "password": "x",
                        },
                        "id_field": "id",
                        "table": LAMPS,
                        "geom_field": "geom",
                    }
                ],
            }
        },
    }
