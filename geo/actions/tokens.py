"""Personal access tokens: how a program acts for a person, within a scope."""

from datetime import datetime

from geo.actions.secrets import new_token, token_hash
from geo.errors import BadInput, NotFound
from geo.messages import N_
from geo.model import MAX_ID, Person
from geo.store import people
from geo.store.audit import record
from geo.store.engine import Store
from geo.store.people import Token

PREFIX = "trygg_"
"""How every token begins, so that a leaked one is recognised for what it is."""

SCOPES: dict[str, str] = {
    "measures:read": N_("read measures, also what is internal"),
    "measures:write": N_("read measures and take steps with them"),
}
"""What a token may be made for, and what that means."""

_MEANS_ALSO = {"measures:read": "measures:write"}
"""Which scope another one holds in itself."""

MAX_TITLE = 100


def create(
    store: Store,
    owner: Person,
    scopes: tuple[str, ...],
    *,
    now: datetime,
    title: str = "",
    by: Person | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Makes a token for ``owner`` and gives it: it can't be shown again.

    Raises:
        BadInput: no scope, an unknown one, or a title that is too long.
    """
    if not scopes:
        raise BadInput(
            "A token needs at least one scope: %(scopes)s.", scopes=", ".join(SCOPES), field="scope"
        )
    for scope in scopes:
        if scope not in SCOPES:
            raise BadInput(
                "There is no scope “%(scope)s”. There are: %(scopes)s.",
                scope=scope,
                scopes=", ".join(SCOPES),
                field="scope",
            )
    if len(title) > MAX_TITLE:
        raise BadInput("A token's title has at most %(number)s characters.", number=MAX_TITLE, field="title")
    token = new_token(PREFIX)
    with store.write(quiet=True) as connection:
        key = people.add_token(
            connection,
            owner.id,
            title=title,
            token_hash=token_hash(token),
            scopes=scopes,
            at=now,
            expires_at=expires_at,
        )
        record(
            connection,
            at=now,
            by=by,
            action="token.created",
            subject=f"account:{owner.username}",
            after={"token": key, "scopes": list(scopes), "title": title},
        )
    return token


def person_of_token(store: Store, token: str, scope: str, *, now: datetime) -> Person | None:
    """Whose token this is, where it has the scope and can still be used."""
    if not token.startswith(PREFIX):
        return None
    with store.read() as connection:
        found = people.token_owner(connection, token_hash(token), now)
    if found is None or not {scope, _MEANS_ALSO.get(scope, scope)} & set(found[1]):
        return None
    return found[0]


def of(store: Store, owner: Person) -> tuple[Token, ...]:
    """The person's tokens, oldest first, the revoked ones too."""
    with store.read() as connection:
        return people.tokens(connection, owner.id)


def every(store: Store) -> tuple[Token, ...]:
    """Everybody's tokens, oldest first."""
    with store.read() as connection:
        return people.tokens(connection)


def revoke(store: Store, token_id: int, *, now: datetime, by: Person | None = None) -> None:
    """Makes a token useless. A person revokes their own; the command line anybody's.

    Raises:
        NotFound: there is no such token of theirs that could still be used.
    """
    if not 0 < token_id <= MAX_ID:
        raise NotFound("There is no such token, or it was revoked before.")
    with store.write(quiet=True) as connection:
        if not people.revoke_token(connection, token_id, now, by.id if by else None):
            raise NotFound("There is no such token, or it was revoked before.")
        record(connection, at=now, by=by, action="token.revoked", after={"token": token_id})
