"""Accounts and access tokens for tests: one person of each role."""

from datetime import UTC, datetime

from geo.actions import tokens
from geo.model import Person, Role
from geo.store import people
from geo.store.engine import Store

MADE = datetime(2026, 1, 1, tzinfo=UTC)
ORGANISATIONS = {Role.POLICE: "Polisen"}


def one_of_each(store: Store, organisation: str = "Kommunen") -> dict[Role, Person]:
    """A person of each role, named after it; the police are of Polisen, others of ``organisation``."""
    found = {}
    with store.write(quiet=True) as connection:
        for role in Role:
            person = people.add(
                connection,
                username=role.value,
                name=f"{role.value.capitalize()} Namn",
                role=role,
                organisation=ORGANISATIONS.get(role, organisation),
                at=MADE,
            )
            assert person is not None
            found[role] = person
    return found


def bearer(store: Store, owner: Person, scope: str = "measures:write") -> dict[str, str]:
    """The header with a new token of the person's."""
    return {"Authorization": f"Bearer {tokens.create(store, owner, (scope,), now=MADE)}"}
