"""Measures as plain JSON objects: one form for residents, one for those who work with them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from geo.model import Person
from geo.publish.measures import PublicMeasure
from geo.publish.work import overdue
from geo.render.geojson import lonlat
from geo.store.work import KeptMeasure, LogLine
from geo.workflow import steps_for


def public_record(found: PublicMeasure) -> dict[str, Any]:
    """A measure as residents may know it: each field is named here."""
    return {
        **_common(found),
        "overdue": found.overdue,
        "history": [
            {"status": step.status, "day": _day(step.day), "organisation": step.organisation}
            for step in found.steps
        ],
    }


def staff_record(found: KeptMeasure, person: Person, today: date) -> dict[str, Any]:
    """A measure as it is now, with what is internal and the steps that the person may take."""
    return {
        **_common(found),
        "overdue": overdue(found, today),
        "version": found.version,
        "internal_note": found.internal_note,
        "area": found.area,
        "steps": [
            {"step": rule.step, "status": rule.target, "needs_note": rule.needs_note}
            for rule in steps_for(person, found.work)
        ],
    }


def log_records(log: Sequence[LogLine]) -> list[dict[str, Any]]:
    """A measure's log, oldest first. Moments are in UTC."""
    return [
        {
            "id": line.id,
            "kind": line.kind,
            "status": line.status,
            "at": line.at.isoformat(),
            "done_at": line.done_at.isoformat() if line.done_at else None,
            "name": line.name,
            "role": line.role,
            "organisation": line.organisation,
            "note": line.note,
            "undoes": line.undoes,
            "undone": line.undone,
        }
        for line in log
    ]


def _common(found: PublicMeasure | KeptMeasure) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": found.title,
        "description": found.description,
        "kind": found.kind,
        "responsible": list(found.responsible),
        "promise": found.promise,
        "status": found.status,
        "where": found.where,
        "locality": found.locality,
        "lonlat": lonlat(found.point) if found.point else None,
        "starts": _day(found.starts),
        "due": _day(found.due),
        "finished": _day(found.finished),
        "target": found.target,
        "done": found.done,
        "places": list(found.place_ids),
        "synthetic": found.synthetic,
    }


def _day(found: date | None) -> str | None:
    return found.isoformat() if found else None
