"""What the public may know: thresholds and the functions that apply them. See docs/decisions.

The arithmetic of a village: a few hundred answers make a handful of places with five respondents and
dozens with fewer, so protection hides counts, not the places that many agree about.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from geo.model import PHYSICAL_REASONS, CategoryGroup, MeasureStatus, Reason, TimeOfDay

MIN_RESPONDENTS = 5
"""A place is shown from this number of distinct respondents on."""

MIN_MENTIONS = 3
"""A reason or a time of day is told of a place from this number of respondents on."""

MIN_INCIDENTS = 5
"""A count of incidents is said as a number from here on; 1-4 is said as "1-4"."""

PUBLIC_STATUSES = frozenset(
    {
        MeasureStatus.PLANNED,
        MeasureStatus.ONGOING,
        MeasureStatus.COMPLETED,
        MeasureStatus.VERIFIED,
        MeasureStatus.CANCELLED,
        MeasureStatus.REOPENED,
    }
)
"""A proposed measure is an idea of the staff's and not yet a promise."""

PUBLIC_GROUPS = tuple(group for group in CategoryGroup if group is not CategoryGroup.TRAFFIC_CONTROL)
"""Groups of incidents; traffic controls are work done and counted on their own."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number as the public may see it: ``value`` is None where it is small (1-4), or hidden for another's sake."""

    value: int | None
    hidden: bool = False

    @property
    def small(self) -> bool:
        """Whether the number is from 1 to 4 and not said."""
        return self.value is None and not self.hidden


def count(number: int) -> Count:
    """A number as it may be said: zero as zero, 1-4 as small, others as they are."""
    return Count(None if 0 < number < MIN_INCIDENTS else number)


def ordered_reasons(mentions: Mapping[str, int]) -> tuple[Reason, ...]:
    """The physical reasons with enough mentions, most mentioned first, ties in the survey's order."""
    told = [reason for reason in PHYSICAL_REASONS if mentions.get(reason, 0) >= MIN_MENTIONS]
    return tuple(sorted(told, key=lambda reason: -mentions[reason]))


def ordered_times(mentions: Mapping[str, int]) -> tuple[TimeOfDay, ...]:
    """The times of day when most feel unsafe, in the day's order.

    Those with enough mentions, and at least half as many as the time mentioned most: where nearly all
    say the evening, three who say the morning don't make it "mostly in the morning".
    """
    bound = max(MIN_MENTIONS, max(mentions.values(), default=0) / 2)
    return tuple(time for time in TimeOfDay if mentions.get(time, 0) >= bound)


def municipal_reasons(mentions: Mapping[str, int]) -> tuple[Reason, ...]:
    """The reasons told of the whole municipality only (groups, drugs), where five or more named them."""
    return tuple(
        reason for reason in (Reason.GROUPS, Reason.DRUGS) if mentions.get(reason, 0) >= MIN_RESPONDENTS
    )
