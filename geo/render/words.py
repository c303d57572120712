"""Sentences and phrases made of the read model, in the reader's language."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

from geo.messages import N_
from geo.model import MeasureStatus, Reason, TimeOfDay
from geo.privacy import Count
from geo.publish.measures import PublicMeasure
from geo.render.labels import REASONS, TIMES

Gettext = Callable[[str], str]
"""Looks a message id up in the reader's language."""

_LOCALES = {"sv": Locale("sv"), "en": Locale("en", "GB")}

DIRECTIONS: dict[str, str] = {
    "n": N_("%(distance)s north of %(anchor)s"),
    "ne": N_("%(distance)s north-east of %(anchor)s"),
    "e": N_("%(distance)s east of %(anchor)s"),
    "se": N_("%(distance)s south-east of %(anchor)s"),
    "s": N_("%(distance)s south of %(anchor)s"),
    "sw": N_("%(distance)s south-west of %(anchor)s"),
    "w": N_("%(distance)s west of %(anchor)s"),
    "nw": N_("%(distance)s north-west of %(anchor)s"),
    "": N_("%(distance)s from %(anchor)s"),
}
"""A place's name by its direction from the anchor; the empty one is for an unknown direction."""

AT = N_("at %(anchor)s")
"""A place's name where it is at the anchor itself."""

STOP = N_("the bus stop %(name)s")
"""An anchor that is a bus stop: its bare name may be that of a village or a road."""

NO_RISK = N_("That says nothing about the risk of crime.")
"""What must stand wherever a place is told of."""

_FSI, _PDI = "\u2068", "\u2069"


def place_name(
    anchor: str, distance_m: int, direction: str, gettext: Gettext, *, at_stop: bool = False
) -> str:
    """A place in words: "300 m south of Robertsfors busstation"; "at …" where ``distance_m`` is 0.

    ``at_stop`` says that the anchor is a bus stop. ``direction`` is one of the keys of ``DIRECTIONS``. Begins with a small letter: see ``sentence``.
    """
    if at_stop:
        anchor = gettext(STOP) % {"name": anchor}
    if distance_m <= 0:
        return gettext(AT) % {"anchor": anchor}
    return gettext(DIRECTIONS[direction]) % {"distance": distance(distance_m, gettext), "anchor": anchor}


def distance(metres: int, gettext: Gettext) -> str:
    """A distance in words: metres below a kilometre, else kilometres with one decimal."""
    if metres < 1000:
        return gettext(N_("%(metres)s m")) % {"metres": metres}
    whole, tenth = divmod(round(metres / 100), 10)
    return gettext(N_("%(whole)s.%(tenth)s km")) % {"whole": whole, "tenth": tenth}


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def isolated(text: str) -> str:
    """The text so that its writing direction can't change what stands around it, where no markup can."""
    return f"{_FSI}{text}{_PDI}"


def in_words(items: Iterable[str], language: str) -> str:
    """A list in words: "a, b och c"."""
    return str(format_list(list(items), locale=_LOCALES[language]))


def day(moment: date, language: str) -> str:
    """A date in words: "30 juni 2026"."""
    return str(format_date(moment, "d MMMM y", locale=_LOCALES[language]))


def quarter(text: str, language: str) -> str:
    """A quarter such as ``2026Q3`` in words: "tredje kvartalet 2026"."""
    year, _, part = text.partition("Q")
    return str(format_date(date(int(year), 3 * int(part), 1), "QQQQ y", locale=_LOCALES[language]))


def number(counted: Count, gettext: Gettext) -> str:
    """A count as the public may read it: the number, that it lies between 1 and 4, or that it isn't shown."""
    if counted.hidden:
        return gettext(N_("not shown"))
    return "1–4" if counted.value is None else str(counted.value)


def area_name(locality: str, number: int, gettext: Gettext) -> str:
    """What the area with this number near a locality is called; 0: the locality itself."""
    if not number:
        return locality
    if not locality:
        return gettext(N_("Area %(number)d")) % {"number": number}
    return gettext(N_("%(name)s, area %(number)d")) % {"name": locality, "number": number}


def reasons_in_words(reasons: Sequence[Reason], gettext: Gettext, language: str) -> str:
    """Why, most mentioned first; empty where nothing may be said."""
    return in_words((gettext(REASONS[reason]) for reason in reasons), language)


def times_in_words(times: Sequence[TimeOfDay], gettext: Gettext, language: str) -> str:
    """When, in the day's order; empty where nothing may be said."""
    if len(times) == len(TimeOfDay):
        return gettext(N_("at all times of the day"))
    return in_words((gettext(TIMES[time]) for time in times), language)


def felt_unsafe(years: Sequence[int], times: Sequence[TimeOfDay], gettext: Gettext, language: str) -> str:
    """What a flag says of a place, and what it does not: "Some of those who answered in 2022 …"."""
    when = times_in_words(times, gettext, language)
    if len(times) == len(TimeOfDay):
        felt = (
            N_("Some of those who answered in %(year)s felt unsafe here, %(times)s.")
            if years
            else N_("Some of those who answered felt unsafe here, %(times)s.")
        )
    elif when:
        felt = (
            N_("Some of those who answered in %(year)s felt unsafe here, mostly %(times)s.")
            if years
            else N_("Some of those who answered felt unsafe here, mostly %(times)s.")
        )
    else:
        felt = (
            N_("Some of those who answered in %(year)s felt unsafe here.")
            if years
            else N_("Some of those who answered felt unsafe here.")
        )
    said = gettext(felt) % {"year": in_words(map(str, years), language), "times": when}
    return f"{said} {gettext(NO_RISK)}"


def when_of(measure: PublicMeasure, gettext: Gettext, language: str) -> str:
    """When a measure was or is to be done, and how far a recurring one has come; empty where unknown.

    Begins with a small letter: see ``sentence``.
    """
    parts = [gettext(_moment(measure)) % _days(measure, language)] if _moment(measure) else []
    if measure.target:
        done = gettext(N_("%(done)s of %(target)s done"))
        parts.append(done % {"done": measure.done, "target": measure.target})
    return ", ".join(parts)


def _moment(measure: PublicMeasure) -> str:
    if measure.status in (MeasureStatus.COMPLETED, MeasureStatus.VERIFIED):
        return N_("completed on %(finished)s") if measure.finished else ""
    if measure.status is MeasureStatus.CANCELLED:
        return ""
    if measure.overdue:
        return N_("overdue: was to be finished by %(due)s")
    if measure.due:
        return N_("to be finished by %(due)s")
    return N_("begins on %(starts)s") if measure.starts and measure.status is MeasureStatus.PLANNED else ""


def _days(measure: PublicMeasure, language: str) -> dict[str, str]:
    days = {"starts": measure.starts, "due": measure.due, "finished": measure.finished}
    return {name: day(moment, language) for name, moment in days.items() if moment}


def municipality(name: str, gettext: Gettext, language: str) -> str:
    """A municipality's full name: "Nordmalings kommun"; "kommunen" where ``name`` is empty."""
    if not name:
        return gettext(N_("the municipality"))
    # Swedish puts the name in the genitive, but for names that end in a vowel or an s: Umeå kommun.
    genitive = language == "sv" and name[-1].casefold() not in "aeiouyåäösxz"
    return gettext(N_("%(name)s Municipality")) % {"name": f"{name}s" if genitive else name}


def swedish_order(text: str) -> tuple[str, str]:
    """A sort key that puts å, ä and ö after z, as Swedish lists do."""
    folded = text.casefold()
    return folded.translate(_AFTER_Z), text


_AFTER_Z = str.maketrans({"å": "z\uffff1", "ä": "z\uffff2", "ö": "z\uffff3", "é": "e", "ü": "y"})
