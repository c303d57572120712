"""A measure's log as residents may see it: a completion is told of when it can no longer be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row

from geo.model import STOCKHOLM, LogKind, MeasureStatus


@dataclass(frozen=True, slots=True)
class AsOf:
    """The moment of a picture (timezone-aware), and how long a completion can be undone."""

    now: datetime
    undo: timedelta

    @property
    def today(self) -> date:
        """The moment's Swedish date."""
        return self.now.astimezone(STOCKHOLM).date()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a measure's log, as far as the public is concerned. ``by_file``: nobody's own doing."""

    id: int
    kind: LogKind
    status: MeasureStatus
    at: datetime
    done_at: datetime | None
    by_file: bool
    organisation: str
    undoes: int | None


@dataclass(frozen=True, slots=True)
class PublicStep:
    """One step of a measure's way. ``day`` is None where only a file told of it, without a day.

    ``organisation`` is whose work the step was; empty where a file told of it. Never a name, never a note.
    """

    status: MeasureStatus
    day: date | None
    organisation: str


@dataclass(frozen=True, slots=True)
class Course:
    """How far a measure has come by what is public. ``status`` is None where nothing of it is public.

    ``done`` counts a recurring measure's public times. ``since`` is when the newest step became public;
    ``changes_at`` when the next line of the log will, None where none waits.
    """

    status: MeasureStatus | None
    steps: tuple[PublicStep, ...]
    finished: date | None
    done: int
    since: datetime | None
    changes_at: datetime | None


def course(row: Row[Any], lines: Sequence[Line], as_of: AsOf) -> Course:
    """What is public of a measure: its ``row`` of the store, and its log's ``lines`` in their order.

    The log is cut at the first line that can still be undone, for what came after it builds on it. Undone
    lines and undos are left out.
    """
    undone = {line.undoes for line in lines}
    counting = [line for line in lines if line.kind is not LogKind.UNDO and line.id not in undone]
    told, waiting = _cut(counting, as_of)
    status_lines = [line for line in told if line.kind is LogKind.STATUS]
    # The row's day is the file's own, unless somebody's completion, public or not, has written over it.
    by_hand = any(_can_be_undone(line) and line.kind is LogKind.STATUS for line in counting)
    file_day: date | None = None if by_hand else row.finished
    status = _status(row, counting, status_lines)
    return Course(
        status=status,
        steps=_steps(status_lines, file_day, row.starts, as_of),
        finished=_finished(status, status_lines, file_day),
        done=max(0, row.done - sum(line.kind is LogKind.OCCASION for line in waiting)),
        since=_since(status_lines, as_of),
        changes_at=waiting[0].at + as_of.undo if waiting else None,
    )


def _cut(counting: Sequence[Line], as_of: AsOf) -> tuple[Sequence[Line], Sequence[Line]]:
    for i, line in enumerate(counting):
        if _can_be_undone(line) and line.at + as_of.undo > as_of.now:
            return counting[:i], counting[i:]
    return counting, ()


def _can_be_undone(line: Line) -> bool:
    """Whether a line is of those that wait. What came by a file is public at once."""
    return not line.by_file and (line.kind is LogKind.OCCASION or line.status is MeasureStatus.COMPLETED)


def _status(row: Row[Any], counting: Sequence[Line], steps: Sequence[Line]) -> MeasureStatus | None:
    if not counting:
        # Kept without a log: the row's own word.
        return _public(MeasureStatus(row.status))
    if not steps:
        return None
    status = steps[-1].status
    if status is MeasureStatus.CANCELLED and len(steps) > 1:
        # An idea that was dropped was never a promise.
        decided = any(line.status is not MeasureStatus.PROPOSED for line in steps[:-1])
        return status if decided else None
    return _public(status)


def _public(status: MeasureStatus) -> MeasureStatus | None:
    return None if status is MeasureStatus.PROPOSED else status


def _steps(
    lines: Sequence[Line], file_day: date | None, starts: date | None, as_of: AsOf
) -> tuple[PublicStep, ...]:
    """The lines as they are told. A file's line came on the day of the import, which says nothing."""
    steps: list[PublicStep] = []
    for line in lines:
        status = line.status
        if not line.by_file:
            steps.append(PublicStep(status, _day(line), line.organisation))
        elif status is MeasureStatus.COMPLETED:
            steps.append(PublicStep(status, file_day, ""))
        elif status is MeasureStatus.ONGOING:
            begun = starts is not None and starts <= as_of.today
            steps.append(PublicStep(status, starts if begun else None, ""))
        else:
            done = any(step.status is MeasureStatus.COMPLETED for step in steps)
            if status is MeasureStatus.VERIFIED and file_day is not None and not done:
                # A file says of such a measure when it was completed, not when it was followed up.
                steps.append(PublicStep(MeasureStatus.COMPLETED, file_day, ""))
            steps.append(PublicStep(status, None, ""))
    return tuple(step for step in steps if step.status is not MeasureStatus.PROPOSED)


def _day(line: Line) -> date:
    """When it was done: by the doer's own clock if that is earlier, for it may have been sent later."""
    moment = line.at if line.done_at is None else min(line.at, line.done_at)
    return moment.astimezone(STOCKHOLM).date()


def _finished(status: MeasureStatus | None, lines: Sequence[Line], file_day: date | None) -> date | None:
    if status not in (MeasureStatus.COMPLETED, MeasureStatus.VERIFIED):
        return None
    done = [line for line in lines if line.status is MeasureStatus.COMPLETED]
    return _day(done[-1]) if done and not done[-1].by_file else file_day


def _since(steps: Sequence[Line], as_of: AsOf) -> datetime | None:
    if not steps:
        return None
    opened = [line.at + as_of.undo for line in steps if _can_be_undone(line)]
    return max([steps[-1].at, *opened])
