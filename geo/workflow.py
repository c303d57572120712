"""A measure's way from idea to follow-up as one table: which step leads where, and who may take it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from geo.errors import BadInput, NotAllowed, NotPossible
from geo.messages import N_
from geo.model import MeasureStatus, Person, Role, Work


class Step(StrEnum):
    """What a person can do to a measure's status."""

    PLAN = "plan"
    START = "start"
    COMPLETE = "complete"
    VERIFY = "verify"
    REOPEN = "reopen"
    CANCEL = "cancel"


class Owner(StrEnum):
    """Whose work a step may be taken on."""

    ANY = "any"
    """Anybody's."""
    OWN = "own"
    """That of the person's own organisation."""
    OTHERS = "others"
    """What somebody else completed: nobody follows up their own work."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table. ``roles`` says for each role that may take the step on whose work."""

    step: Step
    sources: tuple[MeasureStatus, ...]
    target: MeasureStatus
    roles: dict[Role, Owner]
    needs_note: bool = False


_S = MeasureStatus

RULES: tuple[Rule, ...] = (
    Rule(Step.PLAN, (_S.PROPOSED,), _S.PLANNED, {Role.PLANNER: Owner.ANY, Role.COORDINATOR: Owner.ANY}),
    Rule(
        Step.START,
        (_S.PLANNED, _S.REOPENED),
        _S.ONGOING,
        {Role.PLANNER: Owner.OWN, Role.POLICE: Owner.OWN, Role.COORDINATOR: Owner.ANY},
    ),
    # Also straight from planned: who mended a lamp on the way past should not have to say first
    # that the work began.
    Rule(
        Step.COMPLETE,
        (_S.PLANNED, _S.ONGOING, _S.REOPENED),
        _S.COMPLETED,
        {Role.PLANNER: Owner.OWN, Role.POLICE: Owner.OWN, Role.COORDINATOR: Owner.ANY},
    ),
    Rule(
        Step.VERIFY,
        (_S.COMPLETED,),
        _S.VERIFIED,
        {Role.PLANNER: Owner.OTHERS, Role.COORDINATOR: Owner.OTHERS},
        needs_note=True,
    ),
    Rule(
        Step.REOPEN,
        (_S.COMPLETED, _S.VERIFIED),
        _S.REOPENED,
        {Role.PLANNER: Owner.ANY, Role.COORDINATOR: Owner.ANY},
        needs_note=True,
    ),
    Rule(
        Step.CANCEL,
        (_S.PROPOSED, _S.PLANNED, _S.ONGOING, _S.REOPENED),
        _S.CANCELLED,
        {Role.PLANNER: Owner.ANY, Role.COORDINATOR: Owner.ANY},
        needs_note=True,
    ),
)
"""Every step there is. Each leads from any of its sources to one target."""

FOLLOW_UP = frozenset({Step.VERIFY, Step.REOPEN})
"""The steps that anybody else who is signed in may take where a coordinator completed the work."""

EDITORS = frozenset({Role.PLANNER, Role.COORDINATOR})
"""Who makes measures and changes what they say."""

BY_TARGET = {rule.target: rule for rule in RULES}


def is_own(person: Person, responsible: Iterable[str]) -> bool:
    """Whether a measure is the work of the person's organisation; case doesn't matter."""
    own = person.organisation.casefold()
    return any(own == name.casefold() for name in responsible)


def may(person: Person, rule: Rule, work: Work) -> bool:
    """Whether the person may take the rule's step on this work, whatever its status."""
    own_doing = work.doer_id is not None and work.doer_id == person.id
    if rule.step is Step.VERIFY and own_doing:
        return False
    if rule.step in FOLLOW_UP and work.doer_role is Role.COORDINATOR and not own_doing:
        return True
    owner = rule.roles.get(person.role)
    if owner is Owner.OWN:
        return is_own(person, work.responsible)
    return owner is not None


def steps_for(person: Person, work: Work) -> tuple[Rule, ...]:
    """The steps the person can take now, in the table's order."""
    return tuple(rule for rule in RULES if work.status in rule.sources and may(person, rule, work))


def check(person: Person, work: Work, target: MeasureStatus, note: str) -> Rule:
    """The rule by which the person may bring the work to ``target``.

    Raises:
        NotPossible: no step leads there from the work's status.
        NotAllowed: the person may not take it.
        BadInput: the step wants a word and there is none.
    """
    rule = BY_TARGET.get(target)
    if rule is None or work.status not in rule.sources:
        raise NotPossible("The measure can't be given that status from the one it has now.")
    if not may(person, rule, work):
        if rule.step is Step.VERIFY and work.doer_id == person.id:
            raise NotAllowed("Nobody follows up their own work. Ask somebody else to go there.")
        raise NotAllowed("Your role may not take this step for this measure.")
    if rule.needs_note and not note.strip():
        raise BadInput("Say in a few words how it was seen, or why.", field="note")
    return rule


LABELS: dict[Step, str] = {
    Step.PLAN: N_("Decide and plan"),
    Step.START: N_("Begin the work"),
    Step.COMPLETE: N_("Completed"),
    Step.VERIFY: N_("Follow up: it is done"),
    Step.REOPEN: N_("Reopen"),
    Step.CANCEL: N_("Cancel the measure"),
}
"""What the button of each step says."""
