"""Reading of exact data leaves a line in the audit: who read how many of what."""

import threading
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from geo.model import Person
from geo.store import audit
from geo.store.engine import Store

AGAIN_AFTER = timedelta(minutes=10)
"""Who moves a map about or turns pages reads one thing: only after so long is the same choice a new reading."""


def note_reading(
    store: Store, by: Person, what: str, number: int, *, now: datetime, subject: str = ""
) -> None:
    """Records that ``by`` was shown ``number`` of ``what`` (``answers``, ``places``); nothing for none."""
    if number:
        with store.write(quiet=True) as connection:
            audit.record(
                connection, at=now, by=by, action=f"{what}.read", subject=subject, after={"number": number}
            )


def note_export(
    store: Store, first: date | None, last: date | None, *, now: datetime, by: Person | None = None
) -> None:
    """Records that the audit itself was taken out for these days; without ``by``, on the command line."""
    with store.write(quiet=True) as connection:
        audit.record(
            connection,
            at=now,
            by=by,
            action="audit.exported",
            after={
                "from": first.isoformat() if first else None,
                "to": last.isoformat() if last else None,
            },
        )


class MapReadings:
    """Notes who read which choice of incidents on a map or in its list: one line for a person, a choice and ten minutes.

    Where on the map they looked is no part of it: who may see a choice may see all of it, and the line says how many it
    holds. The rule holds over every server of a store, for the audit itself is asked; what is remembered here only saves
    the asking at every move of the map.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._noted: dict[tuple[int, str, tuple[tuple[str, str], ...]], datetime] = {}

    def note(
        self,
        by: Person,
        choice: Mapping[str, str],
        number: int,
        *,
        now: datetime,
        what: str = "incident_map",
    ) -> None:
        """Records that ``by`` was shown the ``number`` incidents of a choice; nothing for none.

        ``choice`` is plain JSON: the names of the filters that are set, and their values. ``what`` was read:
        the incidents themselves, or ``incident_areas``, how many there are in each area.
        """
        action = f"{what}.read"
        key = (by.id, action, tuple(sorted(choice.items())))
        with self._lock:
            at = self._noted.get(key)
            if not number or (at is not None and at <= now < at + AGAIN_AFTER):
                return
            self._noted = {one: when for one, when in self._noted.items() if now < when + AGAIN_AFTER}
            with self._store.write(quiet=True) as connection:
                read = audit.lines(
                    connection,
                    now - AGAIN_AFTER,
                    actor=by.username,
                    action=action,
                    last=_LOOKED_AT,
                )
                same = [line for line in read if dict(line.after, number=0) == {**choice, "number": 0}]
                # A line from exactly ten minutes ago is over.
                before = next((line.at for line in same if line.at > now - AGAIN_AFTER), None)
                if before is None:
                    audit.record(
                        connection,
                        at=now,
                        by=by,
                        action=action,
                        after={**choice, "number": number},
                    )
            self._noted[key] = before or now


_LOOKED_AT = 1_000
"""A person's lines of ten minutes that are looked through: more than anybody can make by hand."""
