"""``trygg publish``: release a quarter of incidents to residents."""

from datetime import UTC, datetime

import click

from geo.console import table
from geo.edge import _, errors, example, open_database, settings_of


@click.command(
    "publish",
    help=_("Release what residents see of incidents, through a quarter that is over.")
    + "\n\n"
    + example("trygg publish 2026Q3 --dry-run"),
)
@click.argument("quarter")
@click.option("--dry-run", is_flag=True, help=_("Show what would be released, and keep nothing."))
def publish(quarter: str, *, dry_run: bool) -> None:
    from geo.actions import releases as actions
    from geo.privacy.statements import Said

    with errors():
        through = actions.parse_quarter(quarter)
        store = open_database(settings_of())
        done = actions.publish(store, None, through, now=datetime.now(UTC), keep=not dry_run)
    words = {Said.SMALL: "1–4", Said.HIDDEN: _("not shown")}
    table(
        [_("area"), _("year"), _("kind"), _("incidents")],
        [
            [
                told.key.area or _("the municipality"),
                str(told.key.year or _("whole period")),
                told.key.group,
                words.get(told.said, str(told.value)),
            ]
            for told in done.release.statements
        ],
    )
    click.echo(
        _(
            "%(shown)d numbers shown, %(small)d small (1–4), %(hidden)d not shown for another's sake; %(changed)d new or changed."
        )
        % {"shown": done.shown, "small": done.small, "hidden": done.hidden, "changed": done.changed}
    )
    if dry_run:
        click.echo(_("This was a rehearsal; nothing was released."))
    else:
        click.echo(_("Release %(number)d is what residents see now.") % {"number": done.number})
