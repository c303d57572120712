"""The workspace in words: rows of its tables, why a number is what it is, and what its map is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import isnan
from typing import Any

from flask import url_for
from flask_babel import format_decimal, gettext, ngettext

from geo.analysis.changes import StretchChange
from geo.analysis.darkness import DarkShares
from geo.analysis.edit import EditKind
from geo.analysis.light import LightSource
from geo.analysis.origins import OriginKind
from geo.analysis.outcome import Comparison, Reach, Stretch
from geo.messages import N_
from geo.planning.near import Beside
from geo.planning.workspace import Walked
from geo.render.walks import light_word
from webapp.smallmap import small_map

EDIT_LABELS = {"drawn": N_("On the map"), "name": N_("Name"), "baseline": N_("Name of the figures")}
EDIT_KINDS: tuple[tuple[EditKind, str, str], ...] = (
    (EditKind.ADD_PATH, N_("Add a path"), N_("Draw a line; its ends are joined to the nearest paths.")),
    (EditKind.TUNNEL, N_("Add a tunnel"), N_("Draw a line; it is joined at its ends only.")),
    (EditKind.CLOSE, N_("Close a path"), N_("Put a point on the stretch, or draw along several.")),
    (EditKind.LIGHT, N_("Light a path"), N_("Put a point on the stretch, or draw along several.")),
    (EditKind.MOVE_ENTRANCE, N_("Move an entrance"), N_("Put a point where it will be.")),
)
LIGHT_WORDS = {"lit": N_("lit"), "unlit": N_("unlit"), "unknown": N_("light not known")}
_SOURCES = {
    LightSource.OSM.value: N_("OpenStreetMap"),
    LightSource.LAMPS.value: N_("the municipality's lamps"),
    LightSource.OWNER.value: N_("the road's owner"),
    LightSource.SCENARIO.value: N_("this scenario"),
    LightSource.NONE.value: N_("nobody says"),
}
_KINDS = {
    OriginKind.ADDRESS: N_("addresses"),
    OriginKind.BUILDING: N_("dwelling houses"),
    OriginKind.SCHOOL: N_("schools"),
    OriginKind.STOP: N_("stops"),
    OriginKind.PARKING: N_("car parks"),
    OriginKind.DROP_OFF: N_("drop-off places"),
}
_WORDS = {
    "map": N_("Map of the walks to the station"),
    "zoomIn": N_("Zoom in"),
    "zoomOut": N_("Zoom out"),
    "layerFailed": N_("The layer “%(name)s” could not be fetched."),
    "failed": N_("The walks could not be fetched. The tables tell the same."),
    "station": N_("Station"),
    "approximate": N_("approximate"),
    "people": N_("%(number)s people"),
    "point": N_("A point is on the map."),
    "line": N_("A line of %(number)s points is on the map."),
    "area": N_("An area with %(number)s corners is on the map."),
    "none": N_("Nothing is drawn."),
    "updated": N_("The figures are those of the change."),
    "lit": LIGHT_WORDS["lit"],
    "unlit": LIGHT_WORDS["unlit"],
    "unknown": LIGHT_WORDS["unknown"],
    "light": N_("light"),
    "twilight": N_("twilight"),
    "dark": N_("dark"),
    "degrees": N_("%(day)s at %(clock)s: %(state)s, the sun at %(degrees)s°"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. ``why`` are the lines that say what its number is made of, ``beside`` what lies there."""

    head: str
    cells: tuple[str, ...]
    why: tuple[str, ...] = ()
    number: int = -1
    beside: tuple[str, ...] = ()


def number(value: float, digits: int = 0) -> str:
    """A number as the reader's language writes it."""
    return str(format_decimal(round(value, digits), format="#,##0.##" if digits else "#,##0"))


class _Rows:
    """The rows of the page's tables."""

    def reach(self, walked: Walked) -> tuple[Row, ...]:
        """Minutes, people, what lies within, metres of path."""
        return tuple(self._reach(each) for each in walked.reach)

    def _reach(self, reach: Reach) -> Row:
        counts = [f"{number(count)} {gettext(_KINDS[kind])}" for kind, count in reach.counts.items()]
        if reach.dwellings is not None:
            counts.append(ngettext("%(num)s known dwelling", "%(num)s known dwellings", reach.dwellings))
        street = gettext("estimated") if reach.street_m is None else f"{number(reach.street_m / 1000, 1)} km"
        return Row(
            gettext("%(minutes)s minutes") % {"minutes": number(reach.minutes)},
            (number(reach.people), ", ".join(counts) or "–", street),
        )

    def stretches(
        self, found: Sequence[Stretch], near: Sequence[str], there: Sequence[Beside] = ()
    ) -> tuple[Row, ...]:
        """Name, people and by which way they came, light, length."""
        return tuple(
            Row(
                name_of(each, beside),
                (
                    number(each.everybody),
                    gettext("%(home)s from home, %(bus)s from stops, %(car)s from cars")
                    % {group: number(people) for group, people in each.people.items()},
                    _light(each),
                    f"{number(each.length_m)} m",
                ),
                number=each.number,
                beside=_beside(lies),
            )
            for each, beside, lies in zip_longest(found, near, there)
        )

    def fix(
        self,
        found: Sequence[Stretch],
        near: Sequence[str],
        there: Sequence[Beside],
        walked: Walked,
        dark: DarkShares | None,
    ) -> tuple[Row, ...]:
        """Name and dark walking time, with what it is made of."""
        return tuple(
            Row(
                name_of(each, beside),
                (_range(each.dark.low, each.dark.high), _light(each), number(each.everybody)),
                why=_why(each, walked, dark),
                number=each.number,
                beside=_beside(lies),
            )
            for each, beside, lies in zip(found, near, there, strict=True)
        )

    def changes(
        self, found: Sequence[StretchChange], most: int = 8
    ) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """The stretches that get better and those that get worse: name, and how much."""
        worse = [each for each in found if each.more_dark > 0][:most]
        better = [each for each in reversed(found) if each.more_dark < 0][:most]
        return self._changed(better), self._changed(worse)

    def _changed(self, found: Sequence[StretchChange]) -> tuple[Row, ...]:
        return tuple(
            Row(
                each.name or gettext("Path"),
                (
                    gettext("%(minutes)s min a day") % {"minutes": _signed(each.more_dark)},
                    gettext("%(before)s → %(after)s people")
                    % {"before": number(each.people_before), "after": number(each.people_after)},
                ),
            )
            for each in found
        )


rows_of = _Rows()


def _beside(found: Beside | None) -> tuple[str, ...]:
    """What lies within 50 m, in words."""
    if found is None:
        return ()
    lines = []
    if found.places:
        lines.append(
            ngettext(
                "%(num)s place that feels unsafe within 50 m",
                "%(num)s places that feel unsafe within 50 m",
                len(found.places),
            )
        )
    if found.incidents:
        lines.append(
            ngettext("%(num)s incident within 50 m", "%(num)s incidents within 50 m", found.incidents)
        )
    lines += [gettext("Measure: %(title)s") % {"title": title} for title in found.measures]
    return tuple(lines)


def name_of(stretch: Stretch, near: str) -> str:
    """What a stretch is called; without a name of its own by what lies near."""
    what = gettext("Tunnel") if stretch.tunnel else gettext("Stairs") if stretch.steps else gettext("Path")
    if stretch.name:
        return f"{stretch.name} ({what.lower()})" if stretch.tunnel or stretch.steps else stretch.name
    return gettext("%(what)s near %(name)s") % {"what": what, "name": near} if near else what


def _light(stretch: Stretch) -> str:
    parts = {"lit": stretch.lit_m, "unlit": stretch.unlit_m, "unknown": stretch.unknown_m}
    told = [
        f"{gettext(LIGHT_WORDS[word])} {number(100 * metres / stretch.length_m)} %"
        for word, metres in parts.items()
        if stretch.length_m and metres >= 0.005 * stretch.length_m
    ]
    return gettext(LIGHT_WORDS[light_word(stretch)]) if len(told) == 1 else ", ".join(told)


def _range(low: float, high: float) -> str:
    """A range of minutes a day; one number where both ends are the same."""
    if round(low) == round(high):
        return gettext("%(minutes)s min a day") % {"minutes": number(high)}
    return gettext("%(low)s–%(high)s min a day") % {"low": number(low), "high": number(high)}


def _why(stretch: Stretch, walked: Walked, dark: DarkShares | None) -> tuple[str, ...]:
    lines = [
        gettext(
            "%(people)s people walk here to the train and back: together %(minutes)s minutes a day on "
            "%(metres)s m at %(speed)s m/s."
        )
        % {
            "people": number(stretch.everybody),
            "minutes": number(stretch.walked_min),
            "metres": number(stretch.length_m),
            "speed": number(walked.station.speed, 2),
        },
        gettext("%(percent)s %% of these passages are in the dark (the sun more than 6° below the horizon).")
        % {"percent": number(100 * stretch.dark_share)},
    ]
    if dark is not None:
        lines.append(
            gettext("That is the mean of %(number)s arrivals and departures in the season.")
            % {"number": number(dark.passages)}
        )
    lines.append(
        gettext("Light: %(light)s. Source: %(sources)s.")
        % {
            "light": _light(stretch),
            "sources": ", ".join(gettext(_SOURCES[source]) for source in stretch.sources),
        }
    )
    if stretch.unknown_m > 0:
        lines.append(
            gettext(
                "Where light is not known it may be lit or not: the first number takes it for lit, the second for unlit."
            )
        )
    lines.append(
        gettext("How many set out from each address, stop and car park is an assumption that you can change.")
    )
    return tuple(lines)


def brought(walked: Walked) -> tuple[str, ...]:
    """How well the figures rest on the paths: how far the entrances were brought, and what is left out."""
    if walked.outcome is None:
        return ()
    off = int(walked.outcome.off.sum())
    far = ", ".join(f"{number(metres, 1)} m" for metres in walked.far)
    islands = walked.outcome.network.islands
    lines = [gettext("The entrances were brought to the nearest path: %(metres)s.") % {"metres": far}]
    if off:
        lines.append(
            ngettext(
                "%(num)s starting point lies more than 100 m from every path and is left out.",
                "%(num)s starting points lie more than 100 m from every path and are left out.",
                off,
            )
        )
    if islands:
        lines.append(
            ngettext(
                "%(num)s part of the paths is not joined to the others; nobody is counted there.",
                "%(num)s parts of the paths are not joined to the others; nobody is counted there.",
                islands,
            )
        )
    return tuple(lines)


def said_of(change: Comparison) -> tuple[tuple[str, str], ...]:
    """What a scenario changes, as pairs of what and how much."""
    return (
        (gettext("Mean walk"), gettext("%(metres)s m") % {"metres": _signed(change.walking_m)}),
        (
            gettext("Dark walking time without sure light"),
            gettext("%(low)s to %(high)s min a day")
            % {
                "low": _signed(min(change.dark_low, change.dark_high)),
                "high": _signed(max(change.dark_low, change.dark_high)),
            },
        ),
        (gettext("Starting points with a shorter walk"), number(change.shorter)),
        (gettext("Starting points with a longer walk"), number(change.longer)),
        (gettext("People affected"), number(change.affected)),
        (gettext("Longest detour"), f"{number(change.detour_m)} m"),
        (gettext("Starting points no longer within 15 minutes"), number(len(change.cut_off))),
        (gettext("Starting points now within 15 minutes"), number(len(change.gained))),
    )


def _signed(value: float) -> str:
    if isnan(value):
        return "–"
    rounded = round(value)
    return f"+{number(rounded)}" if rounded > 0 else f"−{number(-rounded)}" if rounded < 0 else "0"


def figures_of(walked: Walked) -> dict[str, Any]:
    """The figures that are frozen, by name: plain numbers."""
    found: dict[str, Any] = {f"people_{reach.minutes:g}": round(reach.people) for reach in walked.reach}
    if walked.outcome is not None:
        found |= {
            "walking_m": None if isnan(walked.outcome.walking_m) else round(walked.outcome.walking_m),
            "dark_lit": round(walked.outcome.dark_time.lit),
            "dark_low": round(walked.outcome.dark_time.low),
            "dark_high": round(walked.outcome.dark_time.high),
        }
    return found


FIGURES: Mapping[str, str] = {
    "people_5": N_("People within 5 minutes"),
    "people_10": N_("People within 10 minutes"),
    "people_15": N_("People within 15 minutes"),
    "walking_m": N_("Mean walk, metres"),
    "dark_lit": N_("Dark walking time on lit paths, minutes a day"),
    "dark_low": N_("Dark walking time without light, at least, minutes a day"),
    "dark_high": N_("Dark walking time without light, at most, minutes a day"),
}
"""What frozen figures are called."""


def public_chart() -> dict[str, Any]:
    """What the script is told to draw the residents' map of the station."""
    return small_map(_WORDS, answer=url_for("station.shape"), sun="")


def chart() -> dict[str, Any]:
    """What the page's script is told to draw its map."""
    return small_map(_WORDS, answer=url_for("workspace.answer"), sun=url_for("workspace.sun"))
