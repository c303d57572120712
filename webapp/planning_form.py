"""The form of a measure: what it holds, and what a planner's words mean."""

from collections import defaultdict
from itertools import chain

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from geo.actions.plans import Plan, faults
from geo.errors import BadInput
from geo.messages import N_
from geo.model import Promise
from geo.publish.choices import Choices, StaffPlace
from geo.render import labels
from geo.render.words import day, in_words, place_name, sentence, swedish_order
from geo.store.work import KeptMeasure
from webapp.drafts import Draft, Fault, Faults, Group, day_of, first, sent
from webapp.language import chosen_language
from webapp.words import layer_title

GROUPS = (
    Group("title", N_("Title"), ("title",)),
    Group("description", N_("Description for residents"), ("description",)),
    Group("internal_note", N_("Note for staff"), ("internal_note",)),
    Group("kind", N_("Kind of measure"), ("kind",)),
    Group("responsible", N_("Responsible"), ("responsible",)),
    Group("promise", N_("Citizen promise"), ("promise",)),
    Group("places", N_("Where"), ("mode", "places", "area")),
    Group("where", N_("Where, in words"), ("where",)),
    Group("starts", N_("Begins"), ("starts",)),
    Group("due", N_("To be finished by"), ("due",)),
    Group("target", N_("How often"), ("times", "target")),
)
"""The form's fields in its order, with what they are called."""

FIELDS = tuple(chain.from_iterable(group.fields for group in GROUPS))
LABELS = {group.name: group.label for group in GROUPS} | {
    "mode": N_("Where"),
    "area": N_("Area"),
    "times": N_("How often"),
}

NONE, PLACES, AREA, SPOT = "none", "places", "area", "spot"
ONCE, MANY = "once", "many"


def empty() -> Draft:
    """A form nobody has written in yet."""
    return {"mode": (NONE,), "times": (ONCE,)}


def read_form(form: MultiDict[str, str]) -> Draft:
    """The form as it was sent; what belongs to a choice that wasn't made is left out."""
    draft = sent(form, FIELDS)
    other = form.get("other_responsible", "").strip()
    named: dict[str, str] = {}
    for name in filter(None, (*draft["responsible"], other)):
        # As it is known already, where somebody wrote it once more in other letters.
        named.setdefault(name.casefold(), name)
    draft["responsible"] = tuple(named.values())
    if first(draft, "mode") != PLACES:
        draft["places"] = ()
    if first(draft, "mode") != AREA:
        draft["area"] = ()
    if first(draft, "times") != MANY:
        draft["target"] = ()
    return draft


def draft_of(measure: KeptMeasure) -> Draft:
    """A measure as the form shows it."""
    return {
        "title": (measure.title,),
        "description": (measure.description,),
        "internal_note": (measure.internal_note,),
        "kind": (measure.kind,),
        "responsible": measure.responsible,
        "promise": (measure.promise.value,),
        "mode": (_mode(measure),),
        "places": tuple(map(str, measure.place_ids)),
        "area": (measure.area,) if measure.area else (),
        "where": (measure.where,),
        "starts": (measure.starts.isoformat() if measure.starts else "",),
        "due": (measure.due.isoformat() if measure.due else "",),
        "times": (MANY if measure.target else ONCE,),
        "target": (str(measure.target),) if measure.target else (),
    }


def _mode(measure: KeptMeasure) -> str:
    if measure.place_ids:
        return PLACES
    if measure.area:
        return AREA
    return SPOT if measure.at_spot else NONE


def read_plan(draft: Draft, choices: Choices, measure: KeptMeasure | None) -> tuple[Plan, list[Fault]]:
    """What a draft means, and everything in it that can't be used: such a plan is not to be kept.

    ``measure`` is the one that is changed, None for a new one.
    """
    found = Faults()
    nowhere: tuple[StaffPlace, ...] = ()
    places = found.take(lambda: _places(draft, choices), nowhere)
    keep_spot = found.take(lambda: _keep_spot(draft, measure), False) or _stays(draft, measure)
    plan = Plan(
        title=first(draft, "title"),
        promise=found.take(lambda: _promise(draft), Promise.UNSAFE_PLACES),
        responsible=draft.get("responsible", ()),
        description=first(draft, "description"),
        internal_note=first(draft, "internal_note"),
        kind=first(draft, "kind"),
        where=first(draft, "where"),
        locality=measure.locality if measure and keep_spot else _locality(places),
        area=found.take(lambda: _area(draft, choices), ""),
        place_ids=tuple(place.id for place in places),
        starts=found.take(lambda: day_of(draft, "starts"), None),
        due=found.take(lambda: day_of(draft, "due"), None),
        target=found.take(lambda: _target(draft), None),
        keep_spot=keep_spot,
    )
    found.extend(faults(plan))
    order = {name: i for i, name in enumerate(FIELDS)}
    found.sort(key=lambda error: order.get(str(error.params.get("field", "")), 0))
    return plan, found.told()


def _promise(draft: Draft) -> Promise:
    try:
        return Promise(first(draft, "promise"))
    except ValueError as error:
        raise BadInput("Choose the promise it belongs to.", field="promise") from error


def _places(draft: Draft, choices: Choices) -> tuple[StaffPlace, ...]:
    if first(draft, "mode") != PLACES:
        return ()
    ticked = set(draft.get("places", ()))
    if not ticked:
        raise BadInput("Choose at least one place, or say that it has none.", field="places")
    found = tuple(place for place in choices.places if str(place.id) in ticked)
    if len(found) != len(ticked):
        raise BadInput("A place you chose isn't there any longer. Choose again.", field="places")
    return found


def _area(draft: Draft, choices: Choices) -> str:
    if first(draft, "mode") != AREA:
        return ""
    name = first(draft, "area")
    if name not in {info.name for info in choices.areas}:
        raise BadInput("Choose an area.", field="area")
    return name


def _keep_spot(draft: Draft, measure: KeptMeasure | None) -> bool:
    mode = first(draft, "mode")
    offered = {NONE, PLACES, AREA} | ({SPOT} if measure and measure.at_spot else set())
    if mode not in offered:
        raise BadInput("Choose where it is.", field="mode")
    return mode == SPOT


def _stays(draft: Draft, measure: KeptMeasure | None) -> bool:
    """Whether the form says of where it is what it was shown.

    Then all of it stays, also what the form doesn't show: the spot and the locality that a file gave.
    """
    if measure is None:
        return False
    shown = draft_of(measure)
    told = {"mode", "where"} | {PLACES: {"places"}, AREA: {"area"}}.get(first(shown, "mode"), set())
    return all(sorted(draft.get(name, ())) == sorted(shown[name]) for name in told)


def _target(draft: Draft) -> int | None:
    times = first(draft, "times")
    if times not in (ONCE, MANY):
        raise BadInput("Choose whether it is done once or several times.", field="times")
    if times == ONCE:
        return None
    text = first(draft, "target")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadInput("Write the number of times in digits.", field="target")
    return int(text)


def _locality(places: tuple[StaffPlace, ...]) -> str:
    """The locality they share. Residents read it, so it is told by places that they know."""
    named = {place.locality for place in places if place.public}
    return named.pop() if len(named) == 1 else ""


def show(name: str, draft: Draft, choices: Choices) -> str:
    """What a group of the form says, in words; for the page that shows two drafts side by side."""
    text = first(draft, name)
    if name == "responsible":
        return in_words(draft.get("responsible", ()), chosen_language())
    if name == "promise":
        return gettext(labels.PROMISES[Promise(text)]) if text in set(Promise) else ""
    if name == "places":
        return _show_places(draft, choices)
    if name in ("starts", "due"):
        try:
            moment = day_of(draft, name)
        except BadInput:
            return text
        return day(moment, chosen_language()) if moment else ""
    if name == "target":
        many = first(draft, "times") == MANY
        return gettext("%(number)s times", number=text) if many else gettext("Once")
    return text


def _show_places(draft: Draft, choices: Choices) -> str:
    mode = first(draft, "mode")
    if mode == PLACES:
        ticked = set(draft.get("places", ()))
        names = [name_of_place(place) for place in choices.places if str(place.id) in ticked]
        return in_words(names, chosen_language())
    if mode == AREA:
        return next((layer_title(info) for info in choices.areas if info.name == first(draft, "area")), "")
    return gettext("On the spot where the file had put it") if mode == SPOT else gettext("Without a place")


def name_of_place(place: StaffPlace) -> str:
    """A place's name in words."""
    return sentence(
        place_name(place.anchor, place.distance_m, place.direction, gettext, at_stop=place.at_stop)
    )


def by_locality(choices: Choices) -> list[tuple[str, list[tuple[StaffPlace, str]]]]:
    """The places with their names, grouped by locality; those outside every locality last."""
    grouped: dict[str, list[tuple[StaffPlace, str]]] = defaultdict(list)
    for place in choices.places:
        grouped[place.locality].append((place, name_of_place(place)))
    return [
        (name, sorted(grouped[name], key=lambda one: swedish_order(one[1])))
        for name in sorted(grouped, key=lambda name: (not name, swedish_order(name)))
    ]
