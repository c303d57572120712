"""``trygg review``: what waits for a decision about its place, for those who prefer a spreadsheet."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from geo.console import progress_bar, table, tell_rejected
from geo.edge import (
    EXIT_REJECTED,
    FILE,
    LANGUAGE,
    Group,
    _,
    errors,
    example,
    fail,
    open_database,
    settings_of,
)
from geo.errors import UnreadableInput
from geo.messages import LANGUAGES, catalogue
from geo.publish.names import Names


@click.group("review", cls=Group, help=_("Settle what words mean that could not be placed surely."))
def review() -> None:
    pass


@review.command(
    "list",
    help=_("List the words that wait, those of most rows first.") + "\n\n" + example("trygg review list"),
)
def review_list() -> None:
    from geo.publish.review import waiting

    with errors():
        settings = settings_of()
        found = waiting(open_database(settings), settings.review_below)
    table(
        [_("rows"), _("text"), _("key")],
        [[str(group.rows), group.text, group.key] for group in found.groups],
    )


@review.command(
    "export",
    help=_("Write the words that wait, with what they are likeliest to mean, to an XLSX or CSV file.")
    + "\n\n"
    + example("trygg review export att-reda-ut.xlsx"),
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def review_export(file: Path) -> None:
    from geo.actions.review_file import Waiting, write_waiting
    from geo.publish.review import candidates, waiting

    with errors(), progress_bar(LANGUAGE) as progress:
        settings = settings_of()
        store, geocoder = open_database(settings), Names(settings).geocoder
        groups = waiting(store, settings.review_below).groups
        lines = []
        for number, group in enumerate(groups, 1):
            lines.append(Waiting(group, next(iter(candidates(geocoder, group.text)), None)))
            progress("placing", number, len(groups))
        try:
            written = write_waiting(file, lines, _, store=store, now=datetime.now(UTC))
        except OSError as error:
            fail(UnreadableInput("The file %(file)s can't be written: %(why)s", file=file, why=error))
    click.echo(
        _(
            "%(number)s texts are in %(file)s. Write place, no place or outside in the column of decisions, and take "
            "the file in with “trygg review import”."
        )
        % {"number": written, "file": file}
    )


@review.command(
    "import",
    help=_("Learn the decisions in a file that “trygg review export” has written.")
    + "\n\n"
    + example("trygg review import att-reda-ut.xlsx"),
)
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help=_("Rehearse: show the result and keep nothing."))
def review_import(file: Path, dry_run: bool) -> None:
    from geo.actions.review_file import learn_file

    with errors():
        settings = settings_of()
        languages = [catalogue(code).gettext for code in LANGUAGES]
        report = learn_file(
            open_database(settings),
            Names(settings).geocoder,
            file,
            languages,
            now=datetime.now(UTC),
            dry_run=dry_run,
        )
    click.echo(
        _("%(learned)s texts were learned, which placed %(moved)s rows; %(left)s had no decision.")
        % {"learned": report.learned, "moved": report.moved, "left": report.left}
    )
    if dry_run:
        click.echo(_("Rehearsal: nothing was kept."))
    if report.rejected:
        tell_rejected(report.rejected, LANGUAGE)
        sys.exit(EXIT_REJECTED)


@review.command(
    "refresh",
    help=_(
        "Look up every row's place anew, as after a new area. What a person settled or a file placed stays where it is."
    )
    + "\n\n"
    + example("trygg review refresh"),
)
def review_refresh() -> None:
    from geo.actions.review import refresh

    with errors(), progress_bar(LANGUAGE) as progress:
        settings = settings_of()
        moved = refresh(
            open_database(settings),
            Names(settings).geocoder,
            now=datetime.now(UTC),
            progress=lambda done, total: progress("placing", done, total),
        )
    click.echo(_("%(number)s rows have another place than before.") % {"number": moved.rows})
