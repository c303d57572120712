"""What came of an import, in numbers and rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from geo.model import Level, Parsed, Rejected


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an import. ``read`` = ``new`` + ``known`` + ``rejected``.

    ``located``, ``locality``, ``municipality``, ``outside`` and ``not_located`` share out the new rows by
    the best place each names. ``refused`` of the rejected are refused by policy. ``duplicates`` of the
    new tell again what another row told; ``dangers`` tell of a danger; ``changed`` known rows were
    brought up to date; ``held`` of the new wait for a person to look at their words, and aren't public.
    """

    read: int
    new: int
    known: int
    rejected: int
    located: int = 0
    locality: int = 0
    municipality: int = 0
    outside: int = 0
    not_located: int = 0
    refused: int = 0
    duplicates: int = 0
    dangers: int = 0
    changed: int = 0
    held: int = 0
    rows: tuple[Rejected, ...] = ()
    notes: tuple[Rejected, ...] = ()
    dry_run: bool = False

    def counts(self) -> dict[str, int]:
        """The numbers by name."""
        return {
            field.name: int(getattr(self, field.name))
            for field in fields(self)
            if field.name not in ("rows", "notes", "dry_run")
        }


def make_report(
    parsed: Parsed[Any],
    outside: Sequence[Rejected],
    *,
    new: int,
    levels: Counter[Level],
    duplicates: Sequence[Rejected] = (),
    notes: Sequence[Rejected] = (),
    dangers: int = 0,
    changed: int = 0,
    held: int = 0,
    dry_run: bool,
) -> Report:
    """The report of a parsed file. ``levels`` counts the new rows by the best place each names."""
    rejected = sorted((*parsed.rejected, *outside), key=lambda row: row.row)
    return Report(
        read=parsed.read,
        new=new,
        known=parsed.read - new - len(rejected),
        rejected=len(rejected),
        located=levels[Level.SPOT],
        locality=levels[Level.LOCALITY],
        municipality=levels[Level.MUNICIPALITY],
        outside=levels[Level.OUTSIDE],
        not_located=levels[Level.UNKNOWN],
        refused=sum(1 for row in rejected if row.refused),
        duplicates=len(duplicates),
        dangers=dangers,
        changed=changed,
        held=held,
        rows=tuple(rejected),
        notes=(*parsed.notes, *notes, *duplicates),
        dry_run=dry_run,
    )
