"""A site that trusts an issuer, over a database of its own for each test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from issuers import (
    FakeIssuer,
    fake_issuer,
    settings_for,
)

from geo.settings import Settings
from geo.store.engine import Store, open_store
from geo.store.migration import migrate
from webapp import create_app


@pytest.fixture
def fake() -> Iterator[FakeIssuer]:
    with fake_issuer() as fake:
        yield fake


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database with the schema and nothing in it."""
    file = tmp_path_factory.mktemp("oidc") / "trygg.sqlite"
    store = open_store(f"sqlite:///{file}")
    migrate(store)
    store.close()
    return file


@pytest.fixture
def store(migrated: Path, tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{shutil.copy(migrated, tmp_path)}")
    yield store
    store.close()


@pytest.fixture
def reader(store: Store) -> Callable[..., FlaskClient]:
    """Makes the browser of somebody at a site that trusts an issuer."""

    def make(issuer: str, language: str = "sv", **more: Any) -> FlaskClient:
        settings = Settings(database_url=str(store.engine.url), **settings_for(issuer, **more))
        browser = create_app(settings).test_client()
        browser.set_cookie("language", language)
        return browser

    return make
