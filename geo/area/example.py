"""Made-up survey answers and measures for an area, to show what the map is like with some. All are marked as such.

They are made from the area's own names by a rule, so that the same area gives the same answers.
"""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from geo.model import EntryKind as K
from geo.model import GazetteerEntry
from geo.swedish import fold

_DARK = ("Dålig belysning; Ödsligt", "Dålig belysning; Dålig sikt", "Dålig belysning")
_GREEN = ("Buskage; Dålig belysning", "Buskage; Dålig sikt", "Ödsligt")
_BUSY = ("Stökiga grupper; Dålig belysning", "Skräp; Klotter", "Stökiga grupper")
_TRAFFIC = ("Trafik; Dålig sikt", "Trafik", "Trafik; Halt")
_KINDS: dict[K, tuple[tuple[str, ...], str, tuple[str, str]]] = {
    K.STATION: (_BUSY, "kväll; natt", ("Fler på plats om kvällarna", "Stationsvärdar till sista tåget.")),
    K.PARK: (
        _GREEN,
        "kväll; natt",
        ("Röjda buskar och nya lampor", "Fri sikt längs gångvägarna genom parken."),
    ),
    K.SQUARE: (_BUSY, "kväll", ("Städning varje morgon", "Klotter tas bort inom ett dygn.")),
    K.CROSSING: (_TRAFFIC, "morgon; dag", ("Upphöjd gångpassage", "Och lägre fart förbi korsningen.")),
    K.PARKING: (_DARK, "kväll; natt", ("Ny belysning på parkeringen", "Lamporna tänds tidigare på kvällen.")),
    K.SCHOOL: (
        _TRAFFIC,
        "morgon; dag",
        ("Säkrare väg till skolan", "Hämtning och lämning flyttas från entrén."),
    ),
    K.BRIDGE: (_DARK, "kväll; natt", ("Lampor under bron", "Sex nya armaturer och målade väggar.")),
    K.CHURCH: (_DARK, "kväll", ("Belysning av trapporna", "Räcken och lampor vid alla trappor.")),
    K.LIBRARY: (
        _BUSY,
        "dag; kväll",
        ("Öppet längre om kvällarna", "Personal finns på plats till klockan 21."),
    ),
    K.SPORTS_GROUND: (_GREEN, "kväll", ("Röjd gångväg", "Slyet tas bort tre meter på var sida.")),
    K.BUS_STOP: (_DARK, "kväll; natt", ("Väderskydd med ljus", "Nya väderskydd på båda sidor.")),
    K.CULTURE: (_BUSY, "kväll; natt", ("Trygghetsvandring", "Grannar, polis och kommun går tillsammans.")),
}
"""Kind of a place → what is said of it, when, and a measure with its description."""
_WORDS = ("{name}", "vid {name}", "utanför {name}", "nära {name}")
_UNCLEAR = (
    ("tunneln", "Dålig belysning", 4),
    ("där bussarna vänder", "Ödsligt", 3),
    ("torget", "Stökiga grupper", 2),
    ("parkeringen", "Dålig belysning", 2),
    ("trapporna", "Dålig sikt", 1),
    ("överallt när det är mörkt", "Dålig belysning", 1),
)
"""What a coordinator has to settle: words as people write them, what is said, and by how many."""
_SHOWN, _PLACES = 12, 16
_APART_M = 160.0
_COURSES = (
    ("planerad", "2026-10-01", "2027-05-31", ""),
    ("pågående", "2026-09-15", "2027-01-31", ""),
    ("genomförd", "2026-03-01", "2026-09-30", "2026-09-18"),
    ("uppföljd", "2025-09-01", "2025-12-15", "2025-12-03"),
    (),
)
"""Status, start, due, completed of the measures one after the other; some places have none."""


@dataclass(frozen=True, slots=True)
class ExampleFiles:
    """The files that were written: survey answers and measures."""

    survey: Path
    measures: Path


def write_example(entries: Iterable[GazetteerEntry], folder: Path, *, name: str) -> ExampleFiles:
    """Writes made-up answers about some of an area's places, and measures, into ``folder``.

    Args:
        entries: the area's gazetteer.
        folder: where the files are written.
        name: the area's name, of whom the measures are.

    Raises:
        OSError: the files can't be written.
    """
    chosen = _chosen(entries)
    files = ExampleFiles(folder / "survey_synthetic.csv", folder / "measures_synthetic.csv")
    head = ["syntetisk", "respondent", "plats", "orsak", "tid på dygnet", "kommentar"]
    _write(files.survey, head, _answers(chosen))
    head = ["syntetisk", "id", "åtgärd", "beskrivning", "ansvarig", "medborgarlöfte", "status", "plats", "start",
            "klart senast", "genomförd"]  # fmt: skip
    _write(files.measures, head, _measures(chosen, name))
    return files


def _chosen(entries: Iterable[GazetteerEntry]) -> list[GazetteerEntry]:
    """Places of many kinds, well apart, that nothing else is called like."""
    found = [entry for entry in entries if entry.name]
    called = Counter(fold(each) for entry in found for each in dict.fromkeys((entry.name, *entry.aliases)))
    by_kind: dict[K, list[GazetteerEntry]] = {kind: [] for kind in _KINDS}
    for entry in sorted(found, key=lambda entry: _number(entry.id)):
        if entry.kind in by_kind and called[fold(entry.name)] == 1:
            by_kind[entry.kind].append(entry)
    chosen: list[GazetteerEntry] = []
    while len(chosen) < _PLACES and any(by_kind.values()):
        for waiting in by_kind.values():
            free = [each for each in waiting if all(_apart(each, other) for other in chosen)]
            waiting[:] = free[1:]
            chosen += free[:1]
    return chosen[:_PLACES]


def _apart(one: GazetteerEntry, other: GazetteerEntry) -> bool:
    return one.geometry.distance(other.geometry) >= _APART_M


def _answers(chosen: list[GazetteerEntry]) -> Iterator[list[str]]:
    respondent = 0
    for at, entry in enumerate(chosen):
        reasons, times, _measure = _KINDS[entry.kind]
        several = 6 + _number(entry.id) % 7 if at < _SHOWN else 1 + at % 4
        for number in range(several):
            respondent += 1
            text = _WORDS[(at + number) % len(_WORDS)].format(name=entry.name)
            reason = reasons[number % len(reasons)]
            yield ["ja", f"P{respondent:03}", text, reason, times, "Påhittat svar"]
    for text, reason, several in _UNCLEAR:
        for _each in range(several):
            respondent += 1
            yield ["ja", f"P{respondent:03}", text, reason, "kväll", "Påhittat svar"]


def _measures(chosen: list[GazetteerEntry], name: str) -> Iterator[list[str]]:
    for at, entry in enumerate(chosen[:_SHOWN]):
        course = _COURSES[at % len(_COURSES)]
        if not course:
            continue
        title, description = _KINDS[entry.kind][2]
        who = "Polisen" if entry.kind is K.STATION else f"{name} kommun"
        status, start, due, completed = course
        yield ["ja", f"P-{at + 1:02}", title, description, who, "otrygga platser", status, entry.name, start, due,
               completed]  # fmt: skip


def _write(file: Path, head: list[str], rows: Iterable[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, delimiter=";")
        writer.writerow(head)
        writer.writerows(rows)


def _number(text: str) -> int:
    """A number that looks like chance and is always the same for a text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
