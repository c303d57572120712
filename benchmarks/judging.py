"""Judges a geocoder's answers by labelled cases: how often right, how often made up, how honest its probabilities.

``python -m benchmarks.judging --area AREA --cases CASES [--show FORM]``
"""

import csv
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo.area.package import open_area
from geo.gazetteer import Gazetteer
from geo.geocoder import Geocoder
from geo.model import Match, Point3006

NEAR_M = 100.0
STRICT_M = 50.0
CONFIDENT = 0.5
_POINT = re.compile(r"@(-?[\d.]+),(-?[\d.]+)")

Locate = Callable[[str], Sequence[Match]]


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled text. ``places``: for each place meant, the geometries that are all right; none for no place."""

    text: str
    form: str
    half: str
    places: tuple[tuple[BaseGeometry, ...], ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one case: right within the answer's own radius or 100 m, right within 50 m, made up."""

    case: Case
    right: bool
    strict: bool
    made_up: bool
    match: Match


def load_cases(file: Path, gazetteer: Gazetteer) -> list[Case]:
    """Cases of a CSV file with the columns text, form, half, truth; ids are those of the gazetteer."""
    shapes = {entry.id: entry.geometry for entry in gazetteer.entries}
    cases = []
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            truth = row["truth"]
            places = () if truth in ("-", "!") else tuple(_place(part, shapes) for part in truth.split(" & "))
            cases.append(Case(row["text"], row["form"], row["half"], places))
    return cases


def _place(truth: str, shapes: dict[str, BaseGeometry]) -> tuple[BaseGeometry, ...]:
    found: list[BaseGeometry] = []
    for part in truth.split(" / "):
        spot = _POINT.match(part)
        found.append(Point(float(spot.group(1)), float(spot.group(2))) if spot else shapes[part])
    return tuple(found)


def judge(case: Case, matches: Sequence[Match]) -> Judged:
    """Holds the answers to one case against its truth."""
    first = matches[0]
    if not case.places:
        confident = any(match.point is not None and match.probability >= CONFIDENT for match in matches)
        return Judged(case, not confident, not confident, confident, first)
    right = all(
        any(_off(match, place) <= max(match.radius_m, NEAR_M) for match in matches) for place in case.places
    )
    strict = all(any(_off(match, place) <= STRICT_M for match in matches) for place in case.places)
    if len(case.places) == 1:
        off = _off(first, case.places[0])
        right, strict = off <= max(first.radius_m, NEAR_M), off <= STRICT_M
    return Judged(case, right, strict, False, first)


def _off(match: Match, place: Iterable[BaseGeometry]) -> float:
    if match.point is None:
        return math.inf
    here = Point(match.point)
    return min(here.distance(shape) for shape in place)


def calibration(judged: Sequence[Judged]) -> tuple[float, list[tuple[float, float, int]]]:
    """The expected calibration error, and (mean probability, share right, how many) by tenths.

    Guo et al. 2017, "On Calibration of Modern Neural Networks": the mean over the bins of the difference between
    confidence and accuracy, weighted by how many fall in each.
    """
    bins: dict[int, list[Judged]] = defaultdict(list)
    placed = [each for each in judged if each.match.point is not None]
    for each in placed:
        bins[min(9, int(each.match.probability * 10))].append(each)
    table, error = [], 0.0
    for _, group in sorted(bins.items()):
        said = sum(each.match.probability for each in group) / len(group)
        held = sum(each.right and bool(each.case.places) for each in group) / len(group)
        table.append((said, held, len(group)))
        error += abs(said - held) * len(group) / len(placed)
    return error, table


def run(cases: Sequence[Case], locate: Locate) -> list[Judged]:
    """Every case, judged."""
    return [judge(case, locate(case.text)) for case in cases]


def spot_of(point: Point3006 | None) -> str:
    """A point for people who look for what went wrong."""
    return "-" if point is None else f"{point[0]:.0f},{point[1]:.0f}"


@click.command()
@click.option("--area", required=True, type=click.Path(path_type=Path))
@click.option("--cases", "files", required=True, multiple=True, type=click.Path(path_type=Path))
@click.option("--show", multiple=True, help="Print what went wrong in these forms; 'all' for every one.")
@click.option("--rules", is_flag=True, help="Print by rule how often it is right on half a.")
def main(area: Path, files: tuple[Path, ...], show: tuple[str, ...], rules: bool) -> None:
    """Prints how often the geocoder is right, form by form."""
    gazetteer = Gazetteer(open_area(area).entries())
    geocoder = Geocoder(gazetteer)
    judged = run([case for file in files for case in load_cases(file, gazetteer)], geocoder.geocode_all)
    forms: dict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        forms[each.case.form].append(each)
    for form, group in sorted(forms.items()):
        click.echo(f"{form:14}{len(group):5}{share(group, 'right'):8.1%}{share(group, 'strict'):8.1%}")
        for each in group:
            if not each.right and (form in show or "all" in show):
                match = each.match
                click.echo(
                    f"      {each.case.text!r}: {match.rule} {match.name!r} p={match.probability} r={match.radius_m}"
                )
    placed = [each for each in judged if each.case.places]
    nowhere = [each for each in judged if not each.case.places]
    click.echo(
        f"{'with a place':14}{len(placed):5}{share(placed, 'right'):8.1%}{share(placed, 'strict'):8.1%}"
    )
    click.echo(f"made up: {share(nowhere, 'made_up'):.1%} of {len(nowhere)}")
    for half in "ab":
        error, table = calibration([each for each in judged if each.case.half == half])
        click.echo(f"half {half}: expected calibration error {error:.3f}")
        for said, held, count in table:
            click.echo(f"   said {said:.2f}  right {held:.2f}  n {count}")
    if rules:
        by_rule: dict[str, list[Judged]] = defaultdict(list)
        for each in judged:
            if each.case.half == "a" and each.match.point is not None:
                by_rule[f"{each.match.rule} p={each.match.probability:.2f}"].append(each)
        for rule, group in sorted(by_rule.items()):
            held = sum(each.right and bool(each.case.places) for each in group)
            click.echo(f"   {rule:34}{held:5} of {len(group)}")


def share(group: Sequence[Judged], what: str) -> float:
    """The share of the group for which ``what`` (right, strict, made_up) is true; 0 of none."""
    return sum(getattr(each, what) for each in group) / len(group) if group else 0.0


if __name__ == "__main__":
    main()
