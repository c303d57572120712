"""``trygg station``: who walks how far to a station's entrances, by the area's own paths."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.console import table
from geo.edge import Group, _, errors, example, settings_of
from geo.errors import BadInput
from geo.publish.names import area_of

if TYPE_CHECKING:
    from geo.area.package import AreaPackage

AREA = click.option(
    "--area",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=_("The package; left out, TRYGG_AREA."),
)
ENTRANCES = click.option(
    "--entrance",
    "entrances",
    multiple=True,
    required=True,
    help=_("An entrance as LON,LAT in degrees; may be said several times."),
)
SPEED = click.option(
    "--speed",
    type=click.FloatRange(0.3, 3.0),
    default=1.2,
    show_default=True,
    help=_("Walking speed, metres a second; stairs take twice as long."),
)
_MOST_MINUTES = 120


@click.group("station", cls=Group, help=_("Who walks how far to a station's entrances."))
def station() -> None:
    pass


@station.command(
    "report",
    help=_("Say what lies within some minutes' walk: area, metres of street, addresses.")
    + "\n\n"
    + example("trygg station report --area areas/2409 --entrance 20.8473,64.1923 --minutes 5 10 15 --json"),
)
@AREA
@ENTRANCES
@click.option(
    "--minutes",
    multiple=True,
    type=click.FloatRange(0, _MOST_MINUTES, min_open=True),
    help=_("Minutes of walking, one number or several. Left out: 5, 10 and 15."),
)
@click.argument("more", nargs=-1, metavar="", type=click.FloatRange(0, _MOST_MINUTES, min_open=True))
@SPEED
@click.option("--json", "as_json", is_flag=True, help=_("Print the result as JSON."))
def report(
    *,
    folder: Path | None,
    entrances: tuple[str, ...],
    minutes: tuple[float, ...],
    more: tuple[float, ...],
    speed: float,
    as_json: bool,
) -> None:
    from geo.analysis.reach import reach_of_area

    with errors():
        found = reach_of_area(
            _package(folder),
            [_lonlat(text) for text in entrances],
            sorted({*minutes, *more} or {5, 10, 15}),
            speed,
        )
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    table(
        [_("minutes"), _("area, m²"), _("metres of street"), _("addresses")],
        [
            [f"{one['minutes']:g}", f"{one['area_m2']:.0f}", f"{one['street_m']:.0f}", str(one["addresses"])]
            for one in found["reach"]
        ],
    )
    for number, metres in enumerate(found["snapped_m"], 1):
        click.echo(
            _("Entrance %(number)s is %(metres)s m from the path it was brought to.")
            % {"number": number, "metres": metres}
        )


@station.command(
    "distances",
    help=_(
        "Read points, LON,LAT a line, and print for each the walking metres to the nearest entrance and how far it "
        "was brought to a path; empty where it isn't reached."
    )
    + "\n\n"
    + example("trygg station distances --area areas/2409 --entrance 20.8473,64.1923 < punkter.csv"),
)
@AREA
@ENTRANCES
def distances(*, folder: Path | None, entrances: tuple[str, ...]) -> None:
    from geo.analysis.reach import distances_in_area

    with errors():
        points = [
            _lonlat(line, number)
            for number, line in enumerate(sys.stdin, 1)
            if line.strip() and not _is_heading(line, number)
        ]
        found = distances_in_area(_package(folder), [_lonlat(text) for text in entrances], points)
    for metres, off in found:
        click.echo(f"{'' if metres is None else f'{metres:.2f}'},{'' if off is None else f'{off:.2f}'}")


def _package(folder: Path | None) -> "AreaPackage":
    from geo.area.package import open_area

    found = open_area(folder) if folder else area_of(settings_of())
    if found is None:
        raise BadInput("Say which package: --area, or TRYGG_AREA.")
    return found


def _is_heading(line: str, number: int) -> bool:
    return number == 1 and any(mark.isalpha() for mark in line.lower().replace("e", "").replace("nan", "1"))


def _lonlat(text: str, line: int = 0) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.strip().split(",")[:2])
        good = -180 <= lon <= 180 and -90 <= lat <= 90
    except ValueError:
        good = False
    if not good:
        if line:
            raise BadInput(
                "Line %(line)s is not LON,LAT in degrees: “%(text)s”.", line=line, text=text.strip()[:60]
            )
        raise BadInput("An entrance must be LON,LAT in degrees, not “%(text)s”.", text=text[:60])
    return lon, lat
