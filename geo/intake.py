"""In by file: parse → geocode → keep or queue, all of a file or none of it."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from geo.danger import find_danger
from geo.errors import SettingsError, UnreadableInput
from geo.flagging import replace_places
from geo.gazetteer import Gazetteer
from geo.geocoder import Geocoder
from geo.importing.incidents import parse_incidents
from geo.importing.measures import parse_measures
from geo.importing.polisen import parse_police_events
from geo.importing.survey import parse_survey
from geo.importing.tables import Limits
from geo.importing.vector import read_vector
from geo.messages import N_
from geo.model import (
    Incident,
    Layer,
    LayerInfo,
    Level,
    Match,
    Measure,
    Parsed,
    Point3006,
    Rejected,
    SurveyAnswer,
)
from geo.report import Report, make_report
from geo.sensitive import find_warning
from geo.store import audit, held
from geo.store import incidents as incident_store
from geo.store import measures as measure_store
from geo.store import surveys as survey_store
from geo.store.aliases import GIVEN, Alias, aliases
from geo.store.engine import Store
from geo.store.layers import municipality_box, put_layer
from geo.store.rows import end_import, start_import, text_key

Progress = Callable[[str, int, int], None]
"""Told the name of a stage, how many of its steps are done, and how many there are."""

GIVEN_RADIUS_M = 25.0
"""How far off a position that stands in the file may be, where the file doesn't say."""

MAX_NAME = 200
"""Characters of a survey's name."""


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Progress for callers that show none."""


class Intake:
    """The door for files.

    Args:
        store: where things are kept.
        gazetteer: what names mean here.
        now: the moment the import is noted under (timezone-aware).
        limits: bounds on the files.
        progress: told how far the work has come.
        dry_run: rehearse: do everything and keep nothing.
    """

    def __init__(
        self,
        store: Store,
        gazetteer: Gazetteer,
        *,
        now: datetime,
        limits: Limits | None = None,
        progress: Progress = _silent,
        dry_run: bool = False,
    ) -> None:
        self.store = store
        self.gazetteer = gazetteer
        self.now = now
        self.limits = limits or Limits()
        self.progress = progress
        self.dry_run = dry_run
        self._geocoder = Geocoder(gazetteer)

    def survey(self, path: Path, *, survey: str, synthetic: bool = False) -> Report:
        """Takes in a survey's answers.

        Raises:
            UnreadableInput: nothing could be read; nothing is kept.
            SettingsError: the survey's name is empty or too long.
            StoreError: there is a survey of this name with invented answers where these are real, or the
                other way round.
        """
        survey = survey.strip()
        if not 0 < len(survey) <= MAX_NAME:
            raise SettingsError("The survey needs a name of at most %(most)s characters.", most=MAX_NAME)
        parsed = parse_survey(path, limits=self.limits)
        records, outside = self._inside(parsed)
        refs = [record.ref for record in records]
        # Finding places takes long, and nobody else can write while a transaction does.
        with self.store.read() as connection:
            known = survey_store.known_answers(connection, survey, refs)
        found = [
            survey_store.PlacedAnswer(
                record,
                self._places(record),
                find_danger(record.text, record.comment),
                find_warning(record.text, record.comment),
            )
            for record in self._each([record for record in records if record.ref not in known])
        ]
        with self.store.write(keep=not self.dry_run) as connection:
            year = _year_of(survey, records)
            key = survey_store.survey_id(connection, survey, year=year, synthetic=synthetic)
            known = survey_store.known_answers(connection, survey, refs)
            decided = _decided(connection, records)
            placed = [_as_decided(one, decided) for one in found if one.answer.ref not in known]
            import_id = self._start(connection, "survey", path)
            survey_store.add_answers(connection, key, import_id, placed, self._writing(len(placed)))
            if placed:
                self.progress(N_("clustering"), 0, 1)
                replace_places(connection, self.gazetteer)
                self.progress(N_("clustering"), 1, 1)
            report = make_report(
                parsed,
                outside,
                new=len(placed),
                notes=_other_words(records, known),
                levels=Counter(_best(one.matches) for one in placed),
                dangers=sum(1 for one in placed if one.danger),
                held=sum(1 for one in placed if one.warning),
                dry_run=self.dry_run,
            )
            self._end(connection, import_id, path, report)
        return report

    def incidents(self, path: Path, *, source: str = "") -> Report:
        """Takes in incidents from an office's file. ``source`` names it where the file doesn't.

        Raises:
            UnreadableInput: nothing could be read; nothing is kept.
        """
        return self._incidents(path, parse_incidents(path, source=source, limits=self.limits))

    def police_events(self, path: Path) -> Report:
        """Takes in the police's public events as their API gives them.

        Raises:
            UnreadableInput: nothing could be read; nothing is kept.
        """
        return self._incidents(path, parse_police_events(path, limits=self.limits))

    def _incidents(self, path: Path, parsed: Parsed[Incident]) -> Report:
        records, outside = self._inside(parsed)
        with self.store.read() as connection:
            known = incident_store.known_incidents(connection, records)
        new = [record for record in records if (record.source, record.ref) not in known]
        found = [(record, self._place(record)) for record in self._each(new)]
        with self.store.write(keep=not self.dry_run) as connection:
            known = incident_store.known_incidents(connection, new)
            decided = _decided(connection, new)
            placed = [
                (record, self._one_as_decided(record, match, decided))
                for record, match in found
                if (record.source, record.ref) not in known
            ]
            import_id = self._start(connection, "incidents", path)
            told_again = incident_store.add_incidents(
                connection, placed, import_id, self._writing(len(placed))
            )
            report = make_report(
                parsed,
                outside,
                new=len(placed),
                levels=Counter(match.level for _record, match in placed),
                held=sum(1 for record, _match in placed if record.warning),
                duplicates=[
                    Rejected(
                        row=record.row,
                        column="",
                        value=record.ref,
                        reason=N_("Seems to tell again what %(first)s told, within hours; counted once."),
                        params={"first": told_again[record.source, record.ref]},
                    )
                    for record in new
                    if (record.source, record.ref) in told_again
                ],
                dry_run=self.dry_run,
            )
            self._end(connection, import_id, path, report)
        return report

    def measures(self, path: Path, *, synthetic: bool = False) -> Report:
        """Takes in measures; what a file says anew of known ones is taken over and logged.

        Raises:
            UnreadableInput: nothing could be read; nothing is kept.
        """
        parsed = parse_measures(path, limits=self.limits)
        records, outside = self._inside(parsed)
        found = [(record, self._place(record)) for record in self._each(records)]
        with self.store.write(keep=not self.dry_run) as connection:
            decided = _decided(connection, records)
            every = [(record, self._one_as_decided(record, match, decided)) for record, match in found]
            known = measure_store.known_measures(connection, records)
            new = [one for one in every if one[0].ref not in known]
            import_id = self._start(connection, "measures", path)
            before = held.waiting_measures(connection)
            measure_store.add_measures(connection, new, synthetic=synthetic, at=self.now)
            changed = measure_store.update_measures(
                connection,
                [one for one in every if one[0].ref in known],
                synthetic=synthetic,
                at=self.now,
            )
            measure_store.link(connection)
            report = make_report(
                parsed,
                outside,
                new=len(new),
                levels=Counter(match.level for _record, match in new),
                changed=changed,
                held=max(0, held.waiting_measures(connection) - before),
                dry_run=self.dry_run,
            )
            self._end(connection, import_id, path, report)
        return report

    def layer(
        self, path: Path, info: LayerInfo, *, epsg: int | None = None, position: int | None = None
    ) -> Report:
        """Takes in a layer from a vector file, in place of one with the same name.

        Raises:
            UnreadableInput: nothing could be read; nothing is kept.
        """
        features = read_vector(path, epsg=epsg, limits=self.limits)
        with self.store.write(keep=not self.dry_run) as connection:
            import_id = self._start(connection, "layer", path)
            new = put_layer(connection, Layer(info, features), position=position)
            report = Report(
                read=len(features),
                new=len(features) if new else 0,
                known=0 if new else len(features),
                changed=0 if new else len(features),
                rejected=0,
                located=len(features) if new else 0,
                dry_run=self.dry_run,
            )
            self._end(connection, import_id, path, report)
        return report

    def _start(self, connection: Connection, kind: str, path: Path) -> int:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return start_import(connection, kind=kind, file_name=path.name[:255], sha256=digest, at=self.now)

    def _end(self, connection: Connection, import_id: int, path: Path, report: Report) -> None:
        end_import(connection, import_id, report.counts())
        audit.record(
            connection,
            at=self.now,
            by=None,
            action="file.imported",
            subject=path.name[:100],
            after={"new": report.new, "changed": report.changed},
        )

    def _each(self, records: Sequence[Any]) -> Iterable[Any]:
        total = len(records)
        for number, record in enumerate(records, 1):
            yield record
            if number % 500 == 0 or number == total:
                self.progress(N_("placing"), number, total)

    def _writing(self, total: int) -> Callable[[int], None]:
        return lambda done: self.progress(N_("writing"), done, total)

    def _given(self, point: Point3006, text: str) -> Match:
        return Match(
            text=text,
            name="",
            point=point,
            radius_m=GIVEN_RADIUS_M,
            probability=1.0,
            rule=GIVEN,
            level=Level.SPOT,
            locality=self.gazetteer.locality_near(point),
        )

    def _place(self, record: Incident | Measure) -> Match:
        if record.point is not None:
            return self._given(record.point, record.text)
        municipality = record.municipality if isinstance(record, Incident) else ""
        return self._geocoder.geocode(record.text, municipality=municipality)

    def _places(self, record: SurveyAnswer) -> tuple[Match, ...]:
        if record.point is not None:
            return (self._given(record.point, record.text),)
        return self._geocoder.geocode_all(record.text)

    def _one_as_decided(self, record: Incident | Measure, match: Match, decided: dict[str, Alias]) -> Match:
        held = decided.get(text_key(record.text))
        elsewhere = isinstance(record, Incident) and self._geocoder.is_elsewhere(record.municipality)
        if held is None or record.point is not None or elsewhere:
            return match
        return held.meaning.matches(record.text)[0]

    def _inside(self, parsed: Parsed[Any]) -> tuple[list[Any], list[Rejected]]:
        """Those records whose given position, if any, lies in or near the municipality, and the others.

        Raises:
            UnreadableInput: there are no rows at all.
        """
        if parsed.read == 0:
            raise UnreadableInput("The file has no rows below its headings.")
        box = self._box()
        kept, rejected = [], []
        for record in parsed.records:
            if record.point is None or box is None or _in_box(record.point, box):
                kept.append(record)
                continue
            rejected.append(
                Rejected(
                    row=record.row,
                    column="",
                    value=f"{record.point[0]:.0f}, {record.point[1]:.0f}",
                    reason=N_(
                        "The position (EPSG:3006) lies outside the municipality. Check the columns and "
                        "the coordinate system."
                    ),
                )
            )
        return kept, rejected

    def _box(self) -> tuple[float, float, float, float] | None:
        with self.store.read() as connection:
            return municipality_box(connection)


def _decided(
    connection: Connection, records: Sequence[SurveyAnswer | Incident | Measure]
) -> dict[str, Alias]:
    """What people decided about these records' words. Asked for while nobody else can decide anything."""
    return aliases(connection, [text_key(record.text) for record in records])


def _as_decided(one: survey_store.PlacedAnswer, decided: dict[str, Alias]) -> survey_store.PlacedAnswer:
    held = decided.get(text_key(one.answer.text))
    if held is None or one.answer.point is not None:
        return one
    return replace(one, matches=held.meaning.matches(one.answer.text))


def _other_words(records: Sequence[SurveyAnswer], known: dict[str, str]) -> list[Rejected]:
    """Notes of rows whose id is known with other words: an export that numbers from 1 again looks so."""
    return [
        Rejected(
            row=record.row,
            column="",
            value=record.text,
            reason=N_("The id is known with other words; what was kept before stays. Is it another survey?"),
        )
        for record in records
        if record.ref in known and known[record.ref] != record.text
    ]


def _in_box(point: Point3006, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return west <= point[0] <= east and south <= point[1] <= north


def _year_of(survey: str, records: Sequence[SurveyAnswer]) -> int | None:
    named = re.search(r"\b(?:19|20)\d\d\b", survey)
    if named:
        return int(named.group())
    years = Counter(record.answered.year for record in records if record.answered)
    return years.most_common(1)[0][0] if years else None


_ORDER = (Level.SPOT, Level.LOCALITY, Level.MUNICIPALITY, Level.OUTSIDE, Level.UNKNOWN)


def _best(matches: Sequence[Match]) -> Level:
    return min((match.level for match in matches), key=_ORDER.index, default=Level.UNKNOWN)
