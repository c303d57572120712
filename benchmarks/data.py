"""What is measured on: made anew in every run, the same each time."""

import csv
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, overload

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import func, insert, literal, select

from geo.bootstrap import base_layers, put_layers
from geo.categories import ALLOWED, kind_of
from geo.gazetteer import Gazetteer, load_gazetteer, point_of
from geo.geocoder import Geocoder
from geo.intake import Intake
from geo.model import NAMING_KINDS, EntryKind, Incident, Match, Reason, TimeOfDay
from geo.settings import PREFIX, Settings
from geo.store import incidents as incident_store
from geo.store import measures as measure_store
from geo.store import surveys as survey_store
from geo.store.engine import Store, open_store
from geo.store.migration import migrate
from geo.store.rows import start_import
from geo.store.schema import incident

SEED = 2409
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
YEARS = 5
"""The incidents lie within these years before ``NOW``, however many they are."""

MADE = 50_000

_INCIDENT_PATTERNS = ("{}", "{} i riktning norrut", "vid {}", "i höjd med {}", "{}, Robertsfors kommun")
_BEFORE = (
    "",
    "vid ",
    "bakom ",
    "utanför ",
    "gångvägen mot ",
    "Nära ",
    "runt ",
    "parkeringen vid ",
    "mellan torget och ",
)
_AFTER = (
    "",
    " på kvällen",
    " mörkt o läskigt",
    ", ingen belysning alls",
    " när man går hem sent",
    " (det är alltid halt där)",
    " där buskarna växt igen",
    " efter att bussen gått",
)
_NOWHERE = ("vet ej", "överallt", "ingenstans", "hela tätorten", "där jag bor", "-")


@dataclass(frozen=True, slots=True)
class Ground:
    """What every measurement starts from. ``environment`` is that of the processes it starts."""

    folder: Path
    settings: Settings
    gazetteer: Gazetteer
    environment: dict[str, str]

    @classmethod
    def make(cls, folder: Path) -> "Ground":
        """Makes a store in an empty folder, with the demo's base layers and measures and no place yet."""
        settings = Settings()
        ground = cls(
            folder=folder,
            settings=settings,
            gazetteer=load_gazetteer(settings.data / "places" / "gazetteer.csv"),
            # What the operator of this machine has set is no part of the measurement.
            environment={key: value for key, value in os.environ.items() if not key.startswith(PREFIX)},
        )
        store = open_store(url(ground._base))
        migrate(store)
        put_layers(store, base_layers(settings.data, ground.gazetteer, settings.municipality))
        Intake(store, ground.gazetteer, now=NOW).measures(
            settings.data / "layers" / "measures_synthetic.csv", synthetic=True
        )
        store.close()
        return ground

    @property
    def _base(self) -> Path:
        return self.folder / "base.sqlite"

    def store(self, name: str) -> Path:
        """The file of a new store of this name, which holds what ``make`` put in."""
        return Path(shutil.copyfile(self._base, self.folder / f"{name}.sqlite"))

    def processes(self, store: Path) -> dict[str, str]:
        """The environment of processes that work on this store."""
        return {**self.environment, f"{PREFIX}DATABASE_URL": url(store)}


def url(store: Path) -> str:
    """The address of a store's file."""
    return f"sqlite:///{store}"


def put_survey(store: Store, ground: Ground) -> None:
    """Takes in the demo's survey, which makes the demo's places."""
    Intake(store, ground.gazetteer, now=NOW).survey(
        ground.settings.data / "places" / "survey_2022_synthetic.csv", survey="Demo 2022", synthetic=True
    )


class _Incidents(Sequence[tuple[Incident, Match]]):
    """``number`` located incidents, each made when it is asked for: a million of them take no memory."""

    def __init__(self, number: int, gazetteer: Gazetteer) -> None:
        self._number = number
        geocoder = Geocoder(gazetteer)
        texts = [
            pattern.format(entry.name)
            for entry in gazetteer.entries
            if entry.kind is not EntryKind.OUTSIDE
            for pattern in _INCIDENT_PATTERNS
        ]
        self._placed = [(text, geocoder.geocode(text, municipality=gazetteer.municipality)) for text in texts]
        self._categories = list(ALLOWED.items())
        rng = np.random.default_rng(SEED)
        self._texts = rng.integers(len(texts), size=number)
        self._kinds = rng.integers(len(self._categories), size=number)
        self._minutes = rng.integers(YEARS * 365 * 24 * 60, size=number)

    def __len__(self) -> int:
        return self._number

    @overload
    def __getitem__(self, key: int) -> tuple[Incident, Match]: ...

    @overload
    def __getitem__(self, key: slice) -> list[tuple[Incident, Match]]: ...

    def __getitem__(self, key: int | slice) -> tuple[Incident, Match] | list[tuple[Incident, Match]]:
        if isinstance(key, slice):
            return [self._make(i) for i in range(*key.indices(self._number))]
        return self._make(key)

    def _make(self, i: int) -> tuple[Incident, Match]:
        text, match = self._placed[self._texts[i]]
        category, group = self._categories[self._kinds[i]]
        started = NOW - timedelta(minutes=int(self._minutes[i]))
        return (
            Incident(
                source="bench",
                ref=str(i),
                category=category,
                group=group,
                kind=kind_of(group),
                text=text,
                municipality="Robertsfors",
                started=started,
                ended=started,
                published=started + timedelta(hours=1),
            ),
            match,
        )


def put_incidents(store: Store, number: int, gazetteer: Gazetteer) -> None:
    """Keeps ``number`` located incidents as an import does, with its search for duplicates and its tallies.

    Beyond ``MADE`` they are copies with references of their own: the pages can't tell, and a million would
    take minutes to make.
    """
    made = min(number, MADE)
    with store.write() as connection:
        run = start_import(connection, kind="incidents", file_name="bench", sha256="", at=NOW)
        incident_store.add_incidents(connection, _Incidents(made, gazetteer), run, lambda _done: None)
        copied = [column for column in incident.c if column.name not in ("id", "import_id", "ref")]
        for start in range(made, number, made):
            copies = start_import(connection, kind="incidents", file_name="bench", sha256="", at=NOW)
            connection.execute(
                insert(incident).from_select(
                    ["import_id", "ref", *copied],
                    select(literal(copies), incident.c.ref + literal(f"-{start}"), *copied)
                    .where(incident.c.import_id == run)
                    .limit(number - start),
                )
            )
        kept = connection.execute(select(func.count()).select_from(incident)).scalar_one()
    if kept != number:
        raise RuntimeError(f"{kept} incidents are kept of {number}")


def spread_incidents(store: Store, gazetteer: Gazetteer) -> NDArray[np.float64]:
    """Gives every incident a spot of its own, within some hundred metres of a named place, so that all of them count: none is told twice, or is work.

    Gives the spots, (n, 2), metres in EPSG:3006.
    """
    random = np.random.default_rng(SEED)
    named = np.array(
        [point for entry in gazetteer.of_kinds(sorted(NAMING_KINDS)) if (point := point_of(entry))]
    )
    with store.write() as connection:
        ids = connection.execute(select(incident.c.id).order_by(incident.c.id)).scalars().all()
        spots: NDArray[np.float64] = named[random.integers(len(named), size=len(ids))] + random.normal(
            0, 400, (len(ids), 2)
        )
        raw: Any = connection.connection.driver_connection
        raw.executemany(
            "UPDATE incident SET geom = ?, level = 'spot', radius_m = 30, duplicate_of = NULL, kind = 'incident'"
            " WHERE id = ?",
            zip(shapely.to_wkb(shapely.points(spots)), ids, strict=True),
        )
    return spots


def put_places(store: Store, number: int, gazetteer: Gazetteer) -> None:
    """Keeps ``number`` unsafe places that may be shown, near the gazetteer's places, and links the measures."""
    random = Random(SEED)
    anchors = [
        (entry, point)
        for entry in gazetteer.of_kinds(sorted(NAMING_KINDS))
        if (point := point_of(entry)) is not None
    ]
    with store.write() as connection:
        survey = survey_store.survey_id(connection, "Bench 2022", year=2022, synthetic=True)
        found = []
        for _number in range(number):
            entry, (east, north) = random.choice(anchors)
            found.append(
                survey_store.NewPlace(
                    anchor=entry.name,
                    anchor_kind=entry.kind,
                    distance_m=random.randrange(50, 900, 50),
                    direction=random.choice(("n", "ne", "e", "se", "s", "sw", "w", "nw")),
                    locality=entry.locality or entry.name,
                    point=(east + random.gauss(0, 400), north + random.gauss(0, 400)),
                    radius_m=random.uniform(20, 150),
                    respondents=random.randint(5, 60),
                    reasons={reason: random.randint(0, 20) for reason in Reason},
                    times={time: random.randint(0, 12) for time in TimeOfDay},
                    surveys=(survey,),
                    synthetic=True,
                    members=(),
                )
            )
        survey_store.replace_places(connection, found)
        measure_store.link(connection)


def _misspelt(text: str, random: Random) -> str:
    if len(text) < 5 or random.random() > 0.15:
        return text
    at = random.randrange(1, len(text) - 1)
    return random.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :],
        )
    )


def _place_words(names: Sequence[str], random: Random) -> str:
    if random.random() < 0.04:
        return random.choice(_NOWHERE)
    name = _misspelt(random.choice(names), random)
    words = random.choice(_BEFORE) + (name.lower() if random.random() < 0.4 else name)
    if random.random() < 0.08:
        words += " och " + random.choice(names)
    return words + random.choice(_AFTER)


def _names(gazetteer: Gazetteer) -> list[str]:
    return [entry.name for entry in gazetteer.entries if entry.kind is not EntryKind.OUTSIDE]


def _survey_rows(number: int, gazetteer: Gazetteer) -> Iterator[list[str]]:
    random, names = Random(SEED), _names(gazetteer)
    reasons = ("Dålig belysning", "Buskage", "Ödsligt", "Trafik", "Nedskräpning", "Skadegörelse")
    times = ("Morgon", "Dag", "Kväll", "Natt")
    yield ["id", "respondent", "plats", "orsak", "tid", "kommentar", "datum"]
    for i in range(number):
        yield [
            str(i + 1),
            f"r{i // 2}",
            _place_words(names, random),
            "; ".join(random.sample(reasons, random.randint(1, 3))),
            "; ".join(random.sample(times, random.randint(1, 2))),
            random.choice(("", "", "Går hellre en omväg.", "Lampan har varit trasig sedan i höstas.")),
            f"2022-0{random.randint(3, 6)}-{random.randint(1, 28):02}",
        ]


def _incident_rows(number: int, gazetteer: Gazetteer) -> Iterator[list[str]]:
    random, names = Random(SEED), _names(gazetteer)
    categories = [category.capitalize() for category in ALLOWED]
    yield ["id", "kategori", "plats", "tid"]
    for i in range(number):
        moment = NOW - timedelta(minutes=random.randrange(YEARS * 365 * 24 * 60))
        yield [str(i + 1), random.choice(categories), _place_words(names, random), f"{moment:%Y-%m-%d %H:%M}"]


def survey_file(path: Path, number: int, gazetteer: Gazetteer) -> None:
    """Writes a survey as an office's spreadsheet saves it: semicolons, varied and misspelt place texts."""
    _write(path, _survey_rows(number, gazetteer))


def incident_file(path: Path, number: int, gazetteer: Gazetteer) -> None:
    """Writes incidents likewise."""
    _write(path, _incident_rows(number, gazetteer))


def _write(path: Path, rows: Iterator[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
