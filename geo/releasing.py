"""``trygg publish`` and ``trygg unpublish``: release a quarter of incidents to residents, and take that back."""

from datetime import UTC, datetime

import click

from geo.console import table
from geo.edge import _, errors, example, open_database, settings_of
from geo.model import CategoryGroup
from geo.publish.incidents import as_count
from geo.publish.names import area_of
from geo.render import words
from geo.render.labels import GROUPS


@click.command(
    "publish",
    help=_("Release what residents see of incidents, through a quarter that is over.")
    + "\n\n"
    + example("trygg publish 2026Q3 --dry-run"),
)
@click.argument("quarter")
@click.option("--dry-run", is_flag=True, help=_("Show what would be released, and keep nothing."))
@click.option(
    "--new-areas",
    metavar=_("REASON"),
    default="",
    help=_("Make the areas that counts are told of in anew, with the reason why."),
)
def publish(quarter: str, *, dry_run: bool, new_areas: str) -> None:
    from geo.actions import releases as actions
    from geo.privacy.statements import Said

    with errors():
        through = actions.parse_quarter(quarter)
        settings = settings_of()
        store, now = open_database(settings), datetime.now(UTC)
        ground = actions.Ground(area_of(settings), settings.least_homes, new_areas)
        do = actions.rehearse if dry_run else actions.publish
        done = do(store, None, through, now=now, ground=ground)
    cells = done.cells.named() if done.cells else {}
    names = {key: words.area_name(*named, _) for key, named in cells.items()}
    table(
        [_("area"), _("year"), _("kind"), _("incidents")],
        [
            [
                names.get(told.key.area, told.key.area) or _("the municipality"),
                str(told.key.year or _("whole period")),
                _(GROUPS[CategoryGroup(told.key.group)]) if told.key.group else "",
                words.number(as_count(told), _),
            ]
            for told in done.release.statements
        ],
    )
    click.echo(
        _(
            "%(shown)d numbers shown, %(small)d small (1–4), %(hidden)d not shown for another's sake; %(changed)d new or changed."
        )
        % {
            "shown": done.count(Said.NUMBER),
            "small": done.count(Said.SMALL),
            "hidden": done.count(Said.HIDDEN),
            "changed": len(done.changed),
        }
    )
    if dry_run:
        click.echo(_("This was a rehearsal; nothing was released."))
    else:
        click.echo(_("Release %(number)d is what residents see now.") % {"number": done.head.number})


@click.command(
    "unpublish",
    help=_("Take the newest release back: residents then see what was released before it.")
    + "\n\n"
    + example('trygg unpublish 3 --reason "Fel fil var inläst"'),
)
@click.argument("number", type=click.IntRange(min=1))
@click.option("--reason", required=True, help=_("Why; kept with the release."))
def unpublish(number: int, *, reason: str) -> None:
    from geo.actions import releases as actions

    with errors():
        told = actions.take_back(open_database(settings_of()), None, number, reason, now=datetime.now(UTC))
    click.echo(_("Release %(number)d takes release %(other)d back.") % {"number": told, "other": number})
