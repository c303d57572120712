"""What has happened, in the order it happened: flagged, planned, done, followed up. Dates and organisations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from geo.messages import N_
from geo.model import PlaceStatus
from geo.publish.course import PublicStep
from geo.publish.measures import OPEN, PublicMeasure
from geo.publish.places import PublicPlace
from geo.render.labels import MEASURE_STATUSES, MEASURE_SYMBOLS
from geo.render.words import Gettext, day, in_words, sentence


@dataclass(frozen=True, slots=True)
class Moment:
    """One line. ``when`` and ``who`` are empty where unknown; ``title`` is the measure's, where it must be said.

    ``symbol`` is the name of the status's shape. ``coming``: it has not happened yet.
    """

    symbol: str
    when: str
    said: str
    title: str
    who: str
    coming: bool = False


def of_measure(measure: PublicMeasure, gettext: Gettext, language: str) -> tuple[Moment, ...]:
    """A measure's steps, and what it is still to come to."""
    steps = [_step(measure, step, "", gettext, language) for step in measure.steps]
    return (*steps, *_coming(measure, "", gettext, language))


def of_place(place: PublicPlace, gettext: Gettext, language: str) -> tuple[Moment, ...]:
    """How a place came here, the steps of its measures, and what they are still to come to."""
    flagged = Moment(
        symbol=PlaceStatus.FLAGGED,
        when=in_words(map(str, place.years), language),
        said=gettext(N_("Pointed out by residents")),
        title="",
        who=in_words(place.surveys, language),
    )
    dated = [
        (day_of, _step(measure, step, measure.title, gettext, language))
        for measure in place.measures
        for day_of, step in zip(_order(measure.steps), measure.steps, strict=True)
    ]
    coming = [moment for found in place.measures for moment in _coming(found, found.title, gettext, language)]
    # Sorting is stable: what happened on one day keeps the order of its measure.
    return (flagged, *(moment for _day, moment in sorted(dated, key=lambda one: one[0])), *coming)


def in_one_line(moment: Moment, gettext: Gettext, *, titled: bool) -> str:
    """A moment as plain text: "1 juni 2026: genomförd – Ny belysning (Polisen)".

    ``titled`` says the measure's title, which is needless where there is only one.
    """
    line = moment.said
    if moment.title and titled:
        line = gettext(N_("%(title)s – %(status)s")) % {"title": line, "status": moment.title}
    if moment.when:
        line = gettext(N_("%(when)s: %(what)s")) % {
            "when": moment.when,
            "what": line[:1].lower() + line[1:],
        }
    return f"{line} ({moment.who})" if moment.who else line


def _order(steps: Sequence[PublicStep]) -> list[date]:
    """A day to sort each step by: one that is unknown lies just before the next known, or after the last."""
    known: list[date] = []
    following = date.max
    for step in reversed(steps):
        following = min(following, step.day) if step.day else following
        known.append(following)
    known.reverse()
    latest = max((step.day for step in steps if step.day), default=date.min)
    return [latest if found == date.max else found for found in known]


def _step(measure: PublicMeasure, step: PublicStep, title: str, gettext: Gettext, language: str) -> Moment:
    return Moment(
        symbol=MEASURE_SYMBOLS[step.status],
        when=day(step.day, language) if step.day else "",
        said=gettext(MEASURE_STATUSES[step.status]),
        title=title,
        who=step.organisation,
    )


def _coming(measure: PublicMeasure, title: str, gettext: Gettext, language: str) -> tuple[Moment, ...]:
    if measure.status not in OPEN or measure.due is None:
        return ()
    said = N_("overdue") if measure.overdue else N_("to be finished")
    when = N_("Was to be finished by %(due)s") if measure.overdue else N_("By %(due)s")
    return (
        Moment(
            symbol="overdue" if measure.overdue else "coming",
            when=gettext(when) % {"due": day(measure.due, language)},
            said=sentence(gettext(said)),
            title=title,
            who=in_words(measure.responsible, language),
            coming=True,
        ),
    )
