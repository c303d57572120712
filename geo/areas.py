"""``trygg area``: build an area package, add names to it."""

import sys
from pathlib import Path

import click

from geo.console import progress_bar, tell_rejected
from geo.edge import EXIT_REJECTED, FILE, LANGUAGE, Group, _, errors, example, settings_of
from geo.errors import BadInput, SettingsError
from geo.model import EntryKind

COAST_M = 3_000.0
"""The municipalities' boundaries are coarse and cut at the coast: so much more is taken along."""


@click.group("area", cls=Group, help=_("Make a municipality's own area: names, streets and base map."))
def area() -> None:
    pass


@area.command(
    "build",
    help=_(
        "Build an area package from an OpenStreetMap extract; one that is there is replaced when the new is whole."
    )
    + "\n\n"
    + example("trygg area build --municipality 2409 --osm sweden-latest.osm.pbf --out areas/2409"),
)
@click.option("--municipality", "code", help=_("SCB's four-digit municipality code."))
@click.option("--name", default="", help=_("The area's name, where it isn't a municipality."))
@click.option("--bbox", default="", help=_("West,south,east,north in degrees; left out, all of the extract."))
@click.option("--osm", type=FILE, help=_("The extract (.osm.pbf)."))
@click.option("--download", "fetch", is_flag=True, help=_("Fetch the extract from TRYGG_OSM_URL first."))
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help=_("The folder to make.")
)
def build(*, code: str | None, name: str, bbox: str, osm: Path | None, fetch: bool, out: Path) -> None:
    from geo.area.build import build_area
    from geo.boundaries import municipality
    from geo.download import download

    with errors(), progress_bar(LANGUAGE) as progress:
        if bool(code) == bool(name):
            raise BadInput("Say which area: --municipality with a code, or --name with the area's name.")
        if bool(osm) == fetch:
            raise BadInput("Say where the extract is: --osm with a file, or --download.")
        box = _box(bbox) if bbox else None
        boundary = None
        if code:
            own = municipality(code)
            name, boundary = own.name, own.boundary.buffer(COAST_M)
        if osm is None:
            settings = settings_of()
            if not settings.osm_url:
                raise SettingsError("TRYGG_OSM_URL must be set for --download.")
            osm = download(settings.osm_url, out.parent, progress)
        build_area(osm, out, name=name, code=code or "", bbox=box, boundary=boundary, progress=progress)
    click.echo(
        _("The area %(name)s is in %(folder)s. Use it with TRYGG_AREA=%(folder)s.")
        % {"name": name, "folder": out}
    )


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(edge) for edge in text.split(","))
    except ValueError as error:
        raise BadInput(
            "--bbox must be four numbers: west,south,east,north, not “%(text)s”.", text=text
        ) from error
    return west, south, east, north


@area.command(
    "add",
    help=_("Add names from a file (CSV, XLSX, GeoJSON or GeoPackage) to an area package.")
    + "\n\n"
    + example(
        "trygg area add adresser.csv --area areas/2409 --kind address --source Lantmäteriet --column street=ADRESSOMRÅDE"
    ),
)
@click.argument("file", type=FILE)
@click.option(
    "--area",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=_("The package; left out, TRYGG_AREA."),
)
@click.option("--source", required=True, help=_("Who made the data."))
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in EntryKind]),
    help=_("What the names are, where no column says it."),
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    help=_("Which column is what, as field=column; may be said several times."),
)
@click.option(
    "--epsg", type=int, help=_("Coordinate system, where the file doesn't say: 3006, 3016 or 4326.")
)
@click.option("--locality", default="", help=_("The locality, where no column says it."))
@click.option(
    "--population",
    is_flag=True,
    help=_("The file is a population grid: how many households or people live in each square."),
)
def add(
    *,
    file: Path,
    folder: Path | None,
    source: str,
    kind: str | None,
    columns: tuple[str, ...],
    epsg: int | None,
    locality: str,
    population: bool,
) -> None:
    from geo.area.add import Source, add_names, add_population

    with errors():
        package = folder or settings_of().area
        if package is None:
            raise BadInput("Say which package: --area, or TRYGG_AREA.")
        pairs = [column.partition("=") for column in columns]
        if any(not found for _field, found, _column in pairs):
            raise BadInput("--column must be field=column, for example --column name=NAMN.")
        wanted = Source(
            source=source,
            kind=EntryKind(kind) if kind else None,
            columns={name.strip(): column.strip() for name, _equals, column in pairs},
            epsg=epsg,
            locality=locality,
        )
        if population:
            homes = add_population(package, file, wanted)
            click.echo(
                _("%(homes)s homes are known now. They count from the next areas on.") % {"homes": homes}
            )
            return
        done = add_names(package, file, wanted)
    click.echo(
        _("%(new)s names are new, %(changed)s were brought up to date.")
        % {"new": done.new, "changed": done.changed}
    )
    if done.rejected:
        tell_rejected(done.rejected, LANGUAGE)
        sys.exit(EXIT_REJECTED)
