"""``trygg``: everything a coordinator or operator does from the command line."""

import gettext
import json
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from geo.console import progress_bar, show_error, show_notes, show_report, table
from geo.errors import GeoError, SettingsError, StoreError, UnreadableInput
from geo.messages import TRANSLATIONS, catalogue
from geo.settings import Settings

EXIT_REJECTED = 1
EXIT_NOTHING = 2


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


def _settings() -> Settings:
    return Settings.from_mapping({**os.environ, "TRYGG_LANGUAGE": LANGUAGE})


def _fail(error: GeoError) -> NoReturn:
    show_error(error, LANGUAGE)
    sys.exit(EXIT_NOTHING)


@contextmanager
def _errors() -> Iterator[None]:
    """The edge: the domain's errors become words and exit code 2."""
    try:
        yield
    except GeoError as error:
        _fail(error)


class _Group(click.Group):
    """Shows commands in the order they stand in here: the order of a coordinator's work."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_Group, help=_("Trygghetskartan: places that feel unsafe, and what is done about them."))
@click.version_option(package_name="trygghetskartan")
def main() -> None:
    pass


def _example(text: str) -> str:
    return "\b\n" + _("Example:") + "\n  " + text


def _open(settings: Settings, *, prepare: bool = True) -> Any:
    """The store of the settings; a new database gets its schema and base layers first."""
    from geo.publish.layers import layer_infos
    from geo.store.engine import VERSION, current, open_store

    store = open_store(settings.database_url)
    if prepare:
        if current(store) != VERSION:
            from geo.store.migration import migrate

            migrate(store)
        if not layer_infos(store):
            _put_base_layers(store, settings)
            click.echo(_("Made a new database."), err=True)
    return store


def _put_base_layers(store: Any, settings: Settings) -> int:
    # Loads what only making a database needs: a start of the server must not wait for it.
    from geo.bootstrap import base_layers, put_layers
    from geo.gazetteer import load_gazetteer

    gazetteer = load_gazetteer(_gazetteer_file(settings))
    layers = base_layers(settings.data, gazetteer, settings.municipality)
    put_layers(store, layers)
    return len(layers)


def _sqlite_file(url: str) -> Path | None:
    path = url.removeprefix("sqlite:///")
    return Path(path) if path != url else None


def _gazetteer_file(settings: Settings) -> Path:
    return settings.data / "places" / "gazetteer.csv"


def _intake(settings: Settings, progress: Callable[[str, int, int], None], *, dry_run: bool = False) -> Any:
    from geo.gazetteer import load_gazetteer
    from geo.intake import Intake

    return Intake(
        _open(settings),
        load_gazetteer(_gazetteer_file(settings)),
        now=datetime.now(UTC),
        progress=progress,
        dry_run=dry_run,
    )


@main.command(
    help=_("Make the database, or bring it to this version; then put in the map's base layers.")
    + "\n\n"
    + _example("trygg init")
)
def init() -> None:
    with _errors():
        number = _put_base_layers(_open(_settings()), _settings())
    click.echo(_("The database is ready; %(number)s layers are in place.") % {"number": number})


@main.command(
    help=_("Make the demo database from data/: real police events, synthetic survey and measures.")
    + "\n\n"
    + _example("trygg demo --if-missing")
)
@click.option(
    "--if-missing", is_flag=True, help=_("Do nothing but upgrade where there is a database already.")
)
def demo(if_missing: bool) -> None:
    with _errors():
        settings = _settings()
        file = _sqlite_file(settings.database_url)
        if file is not None and not file.exists():
            # Made beside and then renamed: a start that was cut off leaves no half demo behind.
            part = file.with_name(file.name + ".part")
            for left in (part, part.with_name(part.name + "-wal"), part.with_name(part.name + "-shm")):
                left.unlink(missing_ok=True)
            _make_demo(replace(settings, database_url=f"sqlite:///{part}"))
            part.replace(file)
        elif if_missing:
            _open(settings).close()
        else:
            _make_demo(settings)


def _make_demo(settings: Settings) -> None:
    from geo.bootstrap import demo_steps

    with progress_bar(LANGUAGE) as progress:
        intake = _intake(settings, progress)
        for step in demo_steps(intake, settings.data):
            click.echo(step.name, err=True)
            show_report(step.run(), LANGUAGE)
        intake.store.close()


@main.group("import", cls=_Group, help=_("Take in a file: survey answers, incidents, measures or a layer."))
def import_() -> None:
    pass


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _import_options(command: Callable[..., None]) -> Callable[..., None]:
    """--dry-run, --rejected and --json, which every table import has."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help=_("Print the result as JSON.")),
        click.option(
            "--rejected",
            type=click.Path(dir_okay=False, path_type=Path),
            help=_("Write the rows that were not taken, with the reason, to this CSV file."),
        ),
        click.option("--dry-run", is_flag=True, help=_("Rehearse: show the result and keep nothing.")),
        click.argument("file", type=_FILE),
    ):
        command = option(command)
    return command


def _run_import(run: Callable[[Any], Any], *, dry_run: bool, rejected: Path | None, as_json: bool) -> None:
    from geo.importing.rejected import write_rejected

    with _errors(), progress_bar(LANGUAGE) as progress:
        report = run(_intake(_settings(), progress, dry_run=dry_run))
    if rejected is not None:
        try:
            write_rejected(rejected, (*report.rows, *report.notes), _)
        except OSError as error:
            _fail(UnreadableInput("The file %(file)s can't be written: %(why)s", file=rejected, why=error))
    if as_json:
        click.echo(json.dumps(report.counts() | {"dry_run": dry_run}))
    else:
        show_report(report, LANGUAGE)
        show_notes(report, LANGUAGE, listed=rejected is None)
    if report.rejected:
        sys.exit(EXIT_REJECTED)


@import_.command(
    "survey",
    help=_("Take in survey answers (CSV or XLSX).")
    + "\n\n"
    + _example('trygg import survey svar.xlsx --survey "Trygghetsundersökning 2022"'),
)
@_import_options
@click.option("--survey", required=True, help=_("Name of the survey, with its year."))
@click.option("--synthetic", is_flag=True, help=_("The answers are invented; say so everywhere."))
def import_survey(
    *, file: Path, survey: str, synthetic: bool, dry_run: bool, rejected: Path | None, as_json: bool
) -> None:
    _run_import(
        lambda intake: intake.survey(file, survey=survey, synthetic=synthetic),
        dry_run=dry_run,
        rejected=rejected,
        as_json=as_json,
    )


@import_.command(
    "incidents",
    help=_("Take in incidents from an office's file (CSV, XLSX or GeoJSON).")
    + "\n\n"
    + _example("trygg import incidents est-rapporter.csv --source EST --rejected fel.csv"),
)
@_import_options
@click.option("--source", default="", help=_("Who reported them, where the file doesn't say."))
def import_incidents(*, file: Path, source: str, dry_run: bool, rejected: Path | None, as_json: bool) -> None:
    _run_import(
        lambda intake: intake.incidents(file, source=source),
        dry_run=dry_run,
        rejected=rejected,
        as_json=as_json,
    )


@import_.command(
    "police-events",
    help=_("Take in the police's public events as their API gives them (JSON).")
    + "\n\n"
    + _example("trygg import police-events events.json"),
)
@_import_options
def import_police_events(*, file: Path, dry_run: bool, rejected: Path | None, as_json: bool) -> None:
    _run_import(
        lambda intake: intake.police_events(file), dry_run=dry_run, rejected=rejected, as_json=as_json
    )


@import_.command(
    "measures",
    help=_("Take in measures (CSV or XLSX); known ones are brought up to date.")
    + "\n\n"
    + _example("trygg import measures åtgärder.xlsx"),
)
@_import_options
@click.option("--synthetic", is_flag=True, help=_("The measures are invented; say so everywhere."))
def import_measures(
    *, file: Path, synthetic: bool, dry_run: bool, rejected: Path | None, as_json: bool
) -> None:
    _run_import(
        lambda intake: intake.measures(file, synthetic=synthetic),
        dry_run=dry_run,
        rejected=rejected,
        as_json=as_json,
    )


@import_.command(
    "layer",
    help=_("Take in a layer (GeoJSON or GeoPackage), in place of one with the same name.")
    + "\n\n"
    + _example(
        'trygg import layer station_area station.geojson --title "Stationsområde" --source Trafikverket'
        " --licence CC0-1.0"
    ),
)
@click.argument("name")
@click.argument("file", type=_FILE)
@click.option("--title", required=True, help=_("Title in Swedish."))
@click.option("--title-en", help=_("Title in English; the Swedish one where it is left out."))
@click.option("--source", required=True, help=_("Who made the data."))
@click.option("--licence", required=True, help=_("Under which terms it may be used."))
@click.option("--precision", default="", help=_("How exact it is, in words."))
@click.option("--credit", default="", help=_("Words that the licence wants to be seen on the map itself."))
@click.option(
    "--style",
    type=click.Choice(["area", "area-approximate", "road", "boundary", "land", "stops", "localities"]),
    default="area",
    show_default=True,
    help=_("How it is drawn."),
)
@click.option(
    "--audience",
    type=click.Choice(["public", "staff"]),
    default="public",
    show_default=True,
    help=_("Who may see it."),
)
@click.option(
    "--epsg", type=int, help=_("Coordinate system, where the file doesn't say: 3006, 3016 or 4326.")
)
@click.option("--synthetic", is_flag=True, help=_("The features are invented; say so everywhere."))
@click.option("--dry-run", is_flag=True, help=_("Rehearse: show the result and keep nothing."))
def import_layer(
    *,
    name: str,
    file: Path,
    title: str,
    title_en: str | None,
    source: str,
    licence: str,
    precision: str,
    credit: str,
    style: str,
    audience: str,
    epsg: int | None,
    synthetic: bool,
    dry_run: bool,
) -> None:
    from geo.model import LayerInfo

    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,59}", name):
        _fail(
            SettingsError(
                "The layer's name “%(name)s” may have lower-case a-z, 0-9, - and _ only.", name=name
            )
        )
    info = LayerInfo(
        name=name,
        title_sv=title,
        title_en=title_en or title,
        source=source,
        licence=licence,
        precision=precision or _("Not stated."),
        synthetic=synthetic,
        audience="staff" if audience == "staff" else "public",
        style=style,
        credit=credit,
    )
    _run_import(
        lambda intake: intake.layer(file, info, epsg=epsg),
        dry_run=dry_run,
        rejected=None,
        as_json=False,
    )


@main.command(
    help=_("Read texts, one a line, and print for each where it is, as JSON.")
    + "\n\n"
    + _example("trygg geocode < texter.txt")
)
def geocode() -> None:
    from geo.gazetteer import load_gazetteer
    from geo.geocoder import Geocoder
    from geo.render.answers import match_json

    with _errors():
        geocoder = Geocoder(load_gazetteer(_gazetteer_file(_settings())))
        for line in sys.stdin.buffer:
            text = _decode(line).rstrip("\r\n")
            answer = match_json(geocoder.geocode_all(text)) | {"text": text}
            click.echo(json.dumps(answer, ensure_ascii=False))


def _decode(line: bytes) -> str:
    """UTF-8, or Windows-1252 as Swedish offices write it."""
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


@main.command(
    help=_("List what waits for the staff: answers that tell of a danger, and answers without a place.")
    + "\n\n"
    + _example("trygg queue")
)
def queue() -> None:
    from geo.danger import LABELS
    from geo.store.surveys import queue as waiting

    with _errors():
        store = _open(_settings())
        with store.read() as connection:
            rows = waiting(connection)
    table(
        [_("answer"), _("danger"), _("text"), _("located as")],
        [
            [str(row.id), _(LABELS[row.danger]) if row.danger else "", row.text, row.name or row.rule]
            for row in rows
        ],
    )


@main.command(
    help=_("Copy the SQLite database to a new file, also while it is being served.")
    + "\n\n"
    + _example("trygg backup trygg-2026-11-22.sqlite")
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    from geo.store.backup import backup as copy

    with _errors():
        copy(_open(_settings()), file)
    click.echo(_("The database was copied to %(file)s.") % {"file": file})


@main.command(
    help=_("Put a backup in the place of what the SQLite database holds, also while it is being served.")
    + "\n\n"
    + _example("trygg restore trygg-2026-11-22.sqlite --yes")
)
@click.argument("file", type=_FILE)
@click.option("--yes", is_flag=True, help=_("Don't ask."))
def restore(file: Path, yes: bool) -> None:
    from geo.store.backup import restore as put_back

    if not yes:
        click.confirm(_("Everything the database holds now is replaced. Go on?"), abort=True)
    with _errors():
        put_back(_open(_settings(), prepare=False), file)
    click.echo(_("The database was restored from %(file)s.") % {"file": file})


@main.command(help=_("Serve the map.") + "\n\n" + _example("trygg serve --host 127.0.0.1 --port 8000"))
@click.option("--host", default="127.0.0.1", show_default=True, help=_("Address to listen on."))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help=_("Port."))
@click.option(
    "--threads",
    default=4,
    show_default=True,
    type=click.IntRange(1, 64),
    help=_("Requests at the same time."),
)
def serve(host: str, port: int, threads: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    with _errors():
        _open(_settings()).close()
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise StoreError(
                    "Port %(port)s on %(host)s can't be used (%(why)s). Choose another: make serve PORT=8123",
                    port=port,
                    host=host,
                    why=error.strerror,
                ) from error
    server = Granian(
        "webapp.wsgi:create",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=threads,
        log_enabled=False,
        websockets=False,
    )
    shown = f"[{host}]" if ":" in host else host
    server.on_startup(
        lambda: click.echo(_("Trygghetskartan is on %(url)s") % {"url": f"http://{shown}:{port}"})
    )
    server.serve()
