"""The form of a finding: what it holds, and what a coordinator's words mean."""

from datetime import date
from itertools import chain

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from geo.actions.findings import Seen, faults
from geo.errors import BadInput
from geo.messages import N_
from geo.publish.findings import PublicFinding
from geo.render.words import day
from geo.store.findings import KeptFinding
from webapp.drafts import Draft, Fault, Faults, Group, day_of, first, sent
from webapp.language import chosen_language

GROUPS = (
    Group("where_words", N_("Where, in words"), ("where_words",)),
    Group("locality", N_("Locality"), ("locality",)),
    Group("seen", N_("What was seen"), ("seen",)),
    Group("seen_on", N_("Seen on"), ("seen_on",)),
    Group("owner", N_("Whose it is to put right"), ("owner",)),
    Group("plan", N_("What happens now"), ("plan",)),
    Group("due", N_("To be put right by"), ("due",)),
    Group("one_household", N_("Held back"), ("one_household",)),
)
"""The form's fields in its order, with what they are called."""

FIELDS = tuple(chain.from_iterable(group.fields for group in GROUPS))
LABELS = {group.name: group.label for group in GROUPS}


def empty(today: date) -> Draft:
    """A form nobody has written in yet."""
    return {"seen_on": (today.isoformat(),)}


def read_form(form: MultiDict[str, str]) -> Draft:
    """The form as it was sent."""
    return sent(form, FIELDS)


def draft_of(found: KeptFinding) -> Draft:
    """A finding as the form shows it."""
    return {
        "where_words": (found.where_words,),
        "locality": (found.locality,),
        "seen": (found.seen,),
        "seen_on": (found.seen_on.isoformat(),),
        "owner": (found.owner,),
        "plan": (found.plan,),
        "due": (found.due.isoformat() if found.due else "",),
        "one_household": ("1",) if found.one_household else (),
    }


def read_seen(draft: Draft, answer: tuple[str, ...], today: date) -> tuple[Seen, list[Fault]]:
    """What a draft means, and everything in it that can't be used: such words are not to be kept.

    ``answer`` are the texts of the answer it is written from.
    """
    found = Faults()
    seen = Seen(
        where_words=first(draft, "where_words"),
        seen=first(draft, "seen"),
        seen_on=found.take(lambda: _seen_on(draft), today),
        owner=first(draft, "owner"),
        plan=first(draft, "plan"),
        locality=first(draft, "locality"),
        due=found.take(lambda: day_of(draft, "due"), None),
        one_household=bool(first(draft, "one_household")),
    )
    found.extend(faults(seen, answer, today))
    found.sort(key=lambda error: FIELDS.index(str(error.params["field"])))
    return seen, found.told()


def _seen_on(draft: Draft) -> date:
    found = day_of(draft, "seen_on")
    if found is None:
        raise BadInput("Say which day it was seen.", field="seen_on")
    return found


def preview(seen: Seen, today: date, repaired_on: date | None = None) -> PublicFinding:
    """How residents will read it."""
    return PublicFinding(
        id=0,
        locality=seen.locality,
        where=seen.where_words,
        seen=seen.seen,
        seen_on=seen.seen_on,
        owner=seen.owner,
        plan=seen.plan,
        due=seen.due,
        repaired_on=repaired_on,
        overdue=repaired_on is None and seen.due is not None and seen.due < today,
    )


def show(name: str, draft: Draft) -> str:
    """What a group of the form says, in words; for the page that shows two drafts side by side."""
    text = first(draft, name)
    if name in ("seen_on", "due"):
        try:
            moment = day_of(draft, name)
        except BadInput:
            return text
        return day(moment, chosen_language()) if moment else ""
    if name == "one_household":
        return gettext("Until it is put right") if text else gettext("No")
    return text
