"""The citizen promises as residents may see them: what is being done for each, whether it has a place or not."""

from collections.abc import Iterable
from dataclasses import dataclass

from geo.model import MeasureStatus, Promise
from geo.publish.measures import ORDER, PublicMeasure


@dataclass(frozen=True, slots=True)
class PromiseWork:
    """What is done for one promise. ``by_status`` has only statuses with a measure, open work first."""

    promise: Promise
    by_status: tuple[tuple[MeasureStatus, tuple[PublicMeasure, ...]], ...]
    overdue: int

    @property
    def number(self) -> int:
        """How many measures there are."""
        return sum(len(found) for _status, found in self.by_status)


def promise_work(measures: Iterable[PublicMeasure]) -> tuple[PromiseWork, ...]:
    """Every promise in the agreement's order, also those nothing is known to be done for."""
    by_promise: dict[Promise, list[PublicMeasure]] = {promise: [] for promise in Promise}
    for found in measures:
        by_promise[found.promise].append(found)
    return tuple(_work(promise, own) for promise, own in by_promise.items())


def _work(promise: Promise, measures: list[PublicMeasure]) -> PromiseWork:
    grouped = ((status, tuple(found for found in measures if found.status is status)) for status in ORDER)
    return PromiseWork(
        promise=promise,
        by_status=tuple((status, found) for status, found in grouped if found),
        overdue=sum(found.overdue for found in measures),
    )
