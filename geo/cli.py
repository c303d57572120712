"""``trygg``: everything a coordinator or operator does from the command line."""

import os
import socket
import sys
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from geo.areas import area
from geo.console import progress_bar, show_report, table
from geo.edge import (
    EXIT_REJECTED,
    FILE,
    LANGUAGE,
    Group,
    _,
    errors,
    example,
    intake_of,
    open_database,
    put_base_layers,
    settings_of,
)
from geo.errors import StoreError
from geo.geocoding import geocode
from geo.imports import import_
from geo.messages import N_
from geo.publish.names import area_of
from geo.releasing import publish, unpublish
from geo.reviews import review
from geo.settings import Settings
from geo.stations import station
from geo.users import audit, organisation_of, token, user


class _Main(Group):
    """The edge of all edges: a fault of the program's own is told apart from rejected rows (1)."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except Exception:
            traceback.print_exc()
            click.echo(
                _("This is a fault in the program. Nothing half-done was kept; please report it."), err=True
            )
            sys.exit(os.EX_SOFTWARE)


@click.group(cls=_Main, help=_("Trygghetskartan: places that feel unsafe, and what is done about them."))
@click.version_option(package_name="trygghetskartan")
def main() -> None:
    pass


@main.command(
    help=_("Make the database, or bring it to this version; then put in the map's base layers.")
    + "\n\n"
    + example("trygg init")
)
def init() -> None:
    from geo.store.photos import sweep

    with errors():
        settings = settings_of()
        store = open_database(settings)
        number = put_base_layers(store, settings)
        with store.read() as connection:
            swept = sweep(connection, settings.photos, now=datetime.now(UTC))
    click.echo(_("The database is ready; %(number)s layers are in place.") % {"number": number})
    if swept:
        click.echo(_("%(number)s photo files that belong to no measure were removed.") % {"number": swept})


def _sqlite_file(url: str) -> Path | None:
    path = url.removeprefix("sqlite:///")
    return Path(path) if path != url else None


@main.command(
    help=_(
        "Make the demo database from data/: real police events, synthetic survey and measures. With TRYGG_AREA: from "
        "answers and measures made up of the area's own names."
    )
    + "\n\n"
    + example("trygg demo --if-missing")
)
@click.option(
    "--if-missing",
    is_flag=True,
    help=_(
        "Where there is a database already, only upgrade it, and make the demo's accounts if they are missing."
    ),
)
def demo(if_missing: bool) -> None:
    with errors():
        settings = settings_of()
        file = _sqlite_file(settings.database_url)
        if file is not None and not file.exists():
            # Made beside and then renamed: a start that was cut off leaves no half demo behind.
            part = file.with_name(file.name + ".part")
            for left in (part, part.with_name(part.name + "-wal"), part.with_name(part.name + "-shm")):
                left.unlink(missing_ok=True)
            _make_demo(replace(settings, database_url=f"sqlite:///{part}"))
            part.replace(file)
        elif not if_missing:
            _make_demo(settings)
        _show_people(settings)


def _show_people(settings: Settings) -> None:
    """Makes the accounts of the demo where they are missing, and shows their passwords, which is only now."""
    from geo.actions.demo import demo_people

    store = open_database(settings)
    made = demo_people(
        store,
        lambda role: organisation_of(role, settings),
        password=settings.demo_password,
        now=datetime.now(UTC),
    )
    store.close()
    if not made:
        return
    click.echo(_("Accounts of the demo; sign in at /login. The passwords are shown only now:"))
    hidden = _("as TRYGG_DEMO_PASSWORD says")
    table(
        [_("username"), _("password")],
        [[one.username, hidden if settings.demo_password else one.password] for one in made],
    )


def _make_demo(settings: Settings) -> None:
    from geo.actions.releases import Ground, last_quarter
    from geo.actions.releases import publish as release
    from geo.bootstrap import area_demo_steps, demo_steps

    with progress_bar(LANGUAGE) as progress, TemporaryDirectory() as folder:
        intake, area = intake_of(settings, progress), area_of(settings)
        for step in (
            area_demo_steps(intake, area, Path(folder)) if area else demo_steps(intake, settings.data)
        ):
            click.echo(step.name, err=True)
            show_report(step.run(), LANGUAGE)
        if area is None:
            # The demo of an area has no incidents.
            now = datetime.now(UTC)
            ground = Ground(least=settings.least_homes)
            release(intake.store, None, last_quarter(now), now=now, ground=ground)
        intake.store.close()


main.add_command(area)
main.add_command(geocode)
main.add_command(import_)
main.add_command(publish)
main.add_command(unpublish)
main.add_command(review)
main.add_command(station)
for group in (user, token, audit):
    main.add_command(group)


@main.command(
    help=_("List what waits for the staff: answers that tell of a danger, and answers without a place.")
    + "\n\n"
    + example("trygg queue")
)
def queue() -> None:
    from geo.danger import LABELS
    from geo.store.surveys import queue as waiting

    with errors():
        store = open_database(settings_of())
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
    help=_("Copy the SQLite database and the photos to one new file, also while they are being served.")
    + "\n\n"
    + example("trygg backup trygg-2026-11-22.zip")
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    from geo.store.archive import archive

    with errors(), progress_bar(LANGUAGE) as progress:
        settings = settings_of()
        made = archive(
            open_database(settings), settings.photos, file, now=datetime.now(UTC), progress=progress
        )
    click.echo(
        _("The database and %(photos)s photos were copied to %(file)s.")
        % {"photos": made.photos, "file": file}
    )
    if made.lacking:
        click.echo(
            _("%(number)s photos are missing or damaged in %(folder)s, and are not in the backup:")
            % {"number": len(made.lacking), "folder": settings.photos},
            err=True,
        )
        for name in made.lacking:
            click.echo(f"  {name}", err=True)
        sys.exit(EXIT_REJECTED)


@main.command(
    help=_("Put a backup in the place of what the SQLite database holds, also while it is being served.")
    + "\n\n"
    + example("trygg restore trygg-2026-11-22.zip --yes")
)
@click.argument("file", type=FILE)
@click.option("--yes", is_flag=True, help=_("Don't ask."))
def restore(file: Path, yes: bool) -> None:
    from geo.store.archive import bring_back

    if not yes:
        click.confirm(_("Everything the database holds now is replaced. Go on?"), abort=True)
    with errors(), progress_bar(LANGUAGE) as progress:
        settings = settings_of()
        store = open_database(settings, prepare=False)
        found = bring_back(store, settings.photos, file, now=datetime.now(UTC), progress=progress)
    click.echo(
        _("The database and %(photos)s photos were restored from %(file)s.") % {"photos": found, "file": file}
    )


RETAINED = {
    "answers": N_("answers that lost their words and respondent"),
    "incidents": N_("incidents"),
    "photos": N_("photos of finished measures"),
    "signing_in": N_("sessions, links, tokens and counts of tries"),
    "audit": N_("lines of the audit"),
    "backups": N_("backups"),
    "logs": N_("log files"),
}
"""What ``trygg retain`` removes, in the order in which it says so."""


@main.command(
    help=_("Remove what is older than TRYGG_RETAIN_… says: from the store, the backups and the logs.")
    + "\n\n"
    + example("trygg retain --dry-run")
)
@click.option("--dry-run", is_flag=True, help=_("Rehearse: show the result and keep nothing."))
def retain(dry_run: bool) -> None:
    from geo.actions.retention import Kept
    from geo.actions.retention import retain as run

    with errors():
        settings = settings_of()
        removed = run(
            open_database(settings),
            Kept.of(settings),
            photo_folder=settings.photos,
            backup_folder=settings.backups,
            log_folder=settings.logs,
            now=datetime.now(UTC),
            dry_run=dry_run,
        )
    table(
        [_("removed"), _("number")],
        [[_(label), str(getattr(removed, name))] for name, label in RETAINED.items()],
    )
    if dry_run:
        click.echo(_("Rehearsal: nothing was removed."))


@main.command(help=_("Serve the map.") + "\n\n" + example("trygg serve --host 127.0.0.1 --port 8000"))
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

    with errors():
        settings = settings_of()
        area_of(settings)
        open_database(settings).close()
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
        # A request that never ends must not keep the old server beside the new one.
        workers_kill_timeout=5,
    )
    shown = f"[{host}]" if ":" in host else host
    server.on_startup(
        lambda: click.echo(_("Trygghetskartan is on %(url)s") % {"url": f"http://{shown}:{port}"})
    )
    server.serve()
