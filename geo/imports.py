"""``trygg import``: files in."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from geo.console import progress_bar, show_notes, show_report
from geo.edge import EXIT_REJECTED, FILE, LANGUAGE, Group, _, errors, example, fail, intake_of, settings_of
from geo.errors import SettingsError, UnreadableInput


@click.group("import", cls=Group, help=_("Take in a file: survey answers, incidents, measures or a layer."))
def import_() -> None:
    pass


def _import_options(command: Callable[..., None]) -> Callable[..., None]:
    """FILE, --dry-run, --rejected and --json, which every import has."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help=_("Print the result as JSON.")),
        click.option(
            "--rejected",
            type=click.Path(dir_okay=False, path_type=Path),
            help=_("Write the rows that were not taken, with the reason, to this CSV file."),
        ),
        click.option("--dry-run", is_flag=True, help=_("Rehearse: show the result and keep nothing.")),
        click.argument("file", type=FILE),
    ):
        command = option(command)
    return command


def _run_import(run: Callable[[Any], Any], *, dry_run: bool, rejected: Path | None, as_json: bool) -> None:
    from geo.importing.rejected import write_rejected

    with errors(), progress_bar(LANGUAGE) as progress:
        report = run(intake_of(settings_of(), progress, dry_run=dry_run))
    if rejected is not None:
        try:
            write_rejected(rejected, (*report.rows, *report.notes), _)
        except OSError as error:
            fail(UnreadableInput("The file %(file)s can't be written: %(why)s", file=rejected, why=error))
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
    + example('trygg import survey svar.xlsx --survey "Trygghetsundersökning 2022"'),
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
    + example("trygg import incidents est-rapporter.csv --source EST --rejected fel.csv"),
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
    + example("trygg import police-events events.json"),
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
    + example("trygg import measures åtgärder.xlsx"),
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
    + example(
        'trygg import layer station_area station.geojson --title "Stationsområde" --source Trafikverket'
        " --licence CC0-1.0"
    ),
)
@click.argument("name")
@_import_options
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
    rejected: Path | None,
    as_json: bool,
) -> None:
    from geo.model import LayerInfo

    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,59}", name):
        fail(
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
        rejected=rejected,
        as_json=as_json,
    )
