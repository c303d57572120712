"""What a form of a measure's page sends: a step or a counted time, with a word, a photo and a reference."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from flask import request

from geo.actions.measures import count_occasion, take_step
from geo.errors import BadInput
from geo.model import MeasureStatus, Person
from geo.store.engine import Store

LONGEST_WAIT = timedelta(days=366)
"""How long what was done may have waited in a phone before it is sent."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody sent, as it came. ``status`` is empty for one of a recurring measure's times.

    ``client_ref`` names this sending, so that it counts once however often it arrives. ``done_at`` is the
    moment by the phone's clock, set by the page's script; empty without it.
    """

    status: str
    note: str
    client_ref: str
    done_at: str

    @property
    def target(self) -> MeasureStatus | None:
        """The status that is asked for; None for a counted time, or where there is no such status."""
        return MeasureStatus(self.status) if self.status in set(MeasureStatus) else None

    def carry_out(self, store: Store, by: Person, measure_id: int, *, version: int, now: datetime) -> int:
        """Does what was asked for and gives the id of the log's line.

        Raises:
            NotFound, Stale, NotPossible, NotAllowed, BadInput: nothing was written.
        """
        done_at = self._done_at(now)
        if not self.status:
            return count_occasion(
                store,
                by,
                measure_id,
                note=self.note,
                version=version,
                now=now,
                done_at=done_at,
                client_ref=self.client_ref,
            )
        if self.target is None:
            raise BadInput("There is no such status.", field="status")
        return take_step(
            store,
            by,
            measure_id,
            self.target,
            note=self.note,
            version=version,
            now=now,
            done_at=done_at,
            client_ref=self.client_ref,
        )

    def _done_at(self, now: datetime) -> datetime | None:
        if not self.done_at:
            return None
        wrong = BadInput(
            "The phone's date and time can't be right. Set its clock and send again.", field="done_at"
        )
        if not _MOMENT.fullmatch(self.done_at):
            raise wrong
        try:
            told = datetime.fromisoformat(self.done_at)
            waited = now - told
        except (ValueError, OverflowError) as error:
            raise wrong from error
        if waited > LONGEST_WAIT:
            raise wrong
        return told


def read_step() -> Sent:
    """What the form of a step sent.

    Raises:
        BadInput: it names no status.
    """
    sent = _read(request.form.get("status", ""))
    if not sent.status:
        raise BadInput("There is no such status.", field="status")
    return sent


def read_occasion() -> Sent:
    """What the form of a recurring measure's time sent."""
    return _read("")


def new_reference() -> str:
    """A reference for a form: sent twice, it counts once."""
    return str(uuid4())


def _read(status: str) -> Sent:
    form = request.form
    return Sent(status, form.get("note", ""), form.get("client_ref", ""), form.get("done_at", ""))
