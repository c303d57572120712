"""What every command shares: the user's language, the settings, the store, and errors as words."""

import gettext
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from geo.console import show_error
from geo.errors import GeoError
from geo.messages import TRANSLATIONS, catalogue
from geo.publish.names import area_of, gazetteer_of
from geo.settings import Settings

EXIT_REJECTED = 1
EXIT_NOTHING = 2
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _language(environ: dict[str, str]) -> str:
    """TRYGG_LANGUAGE decides; else a terminal that is set to English gets English; else Swedish."""
    if "TRYGG_LANGUAGE" in environ:
        return "en" if environ["TRYGG_LANGUAGE"] == "en" else "sv"
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "en" if locale.lower().startswith("en") else "sv"


LANGUAGE = _language(dict(os.environ))
try:
    _ = catalogue(LANGUAGE).gettext
except FileNotFoundError:
    sys.exit("The Swedish texts are not compiled. Run: make setup")
# Click asks Python's default catalogue for its own words.
gettext.bindtextdomain("messages", TRANSLATIONS)
os.environ["LANGUAGE"] = LANGUAGE


def settings_of() -> Settings:
    return Settings.from_mapping({**os.environ, "TRYGG_LANGUAGE": LANGUAGE})


def fail(error: GeoError) -> NoReturn:
    show_error(error, LANGUAGE)
    sys.exit(EXIT_NOTHING)


@contextmanager
def errors() -> Iterator[None]:
    """The edge: the domain's errors become words and exit code 2."""
    try:
        yield
    except GeoError as error:
        fail(error)


class Group(click.Group):
    """Shows commands in the order they stand in here: the order of a coordinator's work."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


def example(text: str) -> str:
    return "\b\n" + _("Example:") + "\n  " + text


def open_database(settings: Settings, *, prepare: bool = True) -> Any:
    """The store of the settings; a new database gets its schema and base layers first."""
    from geo.publish.layers import layer_infos
    from geo.store.engine import VERSION, current, open_store

    store = open_store(settings.database_url)
    if prepare:
        if current(store) != VERSION:
            from geo.store.migration import migrate

            migrate(store)
        if not layer_infos(store):
            put_base_layers(store, settings)
            click.echo(_("Made a new database."), err=True)
    return store


def put_base_layers(store: Any, settings: Settings) -> int:
    # Loads what only making a database needs: a start of the server must not wait for it.
    from geo.bootstrap import area_layers, base_layers, put_layers

    area = area_of(settings)
    if area is None:
        layers = base_layers(settings.data, gazetteer_of(settings), settings.municipality)
    else:
        layers = area_layers(settings.data, area, settings.municipality)
    put_layers(store, layers)
    return len(layers)


def intake_of(settings: Settings, progress: Callable[[str, int, int], None], *, dry_run: bool = False) -> Any:
    from geo.intake import Intake

    return Intake(
        open_database(settings),
        gazetteer_of(settings),
        now=datetime.now(UTC),
        progress=progress,
        dry_run=dry_run,
    )
