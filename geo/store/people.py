"""Accounts, one-time links, sessions, tries and access tokens. Only hashes of secrets are kept here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from geo.model import Person, Role
from geo.store.schema import (
    access_token,
    account,
    login_attempt,
    login_session,
    one_time_link,
    secret,
    survey,
)


@dataclass(frozen=True, slots=True)
class Account:
    """An account. ``password`` is the argon2 hash, None until one was set; the hash stays in here."""

    person: Person
    password: str | None
    made_at: datetime
    disabled_at: datetime | None
    oidc_issuer: str | None
    oidc_subject: str | None


@dataclass(frozen=True, slots=True)
class Session:
    """A session and whose it is."""

    person: Person
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A personal access token, without the token."""

    id: int
    username: str
    title: str
    scopes: tuple[str, ...]
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


_PERSON = (account.c.id, account.c.username, account.c.name, account.c.role, account.c.organisation)


def _person(row: Any) -> Person:
    return Person(row.id, row.username, row.name, Role(row.role), row.organisation)


def _accounts() -> Select[Any]:
    return select(
        *_PERSON,
        account.c.password,
        account.c.made_at,
        account.c.disabled_at,
        account.c.oidc_issuer,
        account.c.oidc_subject,
    )


def _account(row: Any) -> Account:
    return Account(
        _person(row), row.password, row.made_at, row.disabled_at, row.oidc_issuer, row.oidc_subject
    )


def accounts(connection: Connection) -> tuple[Account, ...]:
    """Every account, by username."""
    return tuple(_account(row) for row in connection.execute(_accounts().order_by(account.c.username)))


def by_username(connection: Connection, username: str) -> Account | None:
    """The account with this username, folded already."""
    row = connection.execute(_accounts().where(account.c.username == username)).one_or_none()
    return None if row is None else _account(row)


def by_id(connection: Connection, account_id: int) -> Account | None:
    """The account with this id."""
    row = connection.execute(_accounts().where(account.c.id == account_id)).one_or_none()
    return None if row is None else _account(row)


def by_subject(connection: Connection, issuer: str, subject: str) -> Account | None:
    """The account that an OpenID Connect provider knows by this subject."""
    row = connection.execute(
        _accounts().where(account.c.oidc_issuer == issuer, account.c.oidc_subject == subject)
    ).one_or_none()
    return None if row is None else _account(row)


def add(
    connection: Connection,
    *,
    username: str,
    name: str,
    role: Role,
    organisation: str,
    at: datetime,
    oidc: tuple[str, str] | None = None,
) -> Person | None:
    """Keeps a new account and gives its person; None where the username or the subject is taken.

    ``oidc`` is the provider's (issuer, subject).
    """
    issuer, subject = oidc or (None, None)
    try:
        with connection.begin_nested():
            key: int = connection.execute(
                insert(account)
                .values(
                    username=username,
                    name=name,
                    role=role.value,
                    organisation=organisation,
                    made_at=at,
                    oidc_issuer=issuer,
                    oidc_subject=subject,
                )
                .returning(account.c.id)
            ).scalar_one()
    except IntegrityError:
        return None
    return Person(key, username, name, role, organisation)


def change(connection: Connection, account_id: int, **values: object) -> None:
    """Sets columns of an account: name, role, organisation, password, disabled_at."""
    connection.execute(update(account).where(account.c.id == account_id).values(**values))


def rehash(connection: Connection, account_id: int, old: str, new: str) -> None:
    """Puts another hash of the same password in the place of ``old``, unless it was changed meanwhile."""
    connection.execute(
        update(account).where(account.c.id == account_id, account.c.password == old).values(password=new)
    )


def add_link(connection: Connection, account_id: int, token_hash: str, expires_at: datetime) -> None:
    """Keeps a one-time link; the account's earlier ones are gone."""
    connection.execute(delete(one_time_link).where(one_time_link.c.account_id == account_id))
    connection.execute(
        insert(one_time_link).values(account_id=account_id, token_hash=token_hash, expires_at=expires_at)
    )


def link_owner(connection: Connection, token_hash: str, now: datetime) -> Account | None:
    """Whose link this is, while it can be used."""
    row = connection.execute(
        _accounts()
        .join(one_time_link, one_time_link.c.account_id == account.c.id)
        .where(
            one_time_link.c.token_hash == token_hash,
            one_time_link.c.used_at.is_(None),
            one_time_link.c.expires_at > now,
            account.c.disabled_at.is_(None),
        )
    ).one_or_none()
    return None if row is None else _account(row)


def use_link(connection: Connection, token_hash: str, now: datetime) -> bool:
    """Marks a link as used; False where it can't be used, or another request was first."""
    done = connection.execute(
        update(one_time_link)
        .where(
            one_time_link.c.token_hash == token_hash,
            one_time_link.c.used_at.is_(None),
            one_time_link.c.expires_at > now,
        )
        .values(used_at=now)
    )
    return done.rowcount == 1


def drop_links(connection: Connection, account_id: int) -> None:
    """Makes the account's links useless."""
    connection.execute(delete(one_time_link).where(one_time_link.c.account_id == account_id))


def add_session(connection: Connection, account_id: int, token_hash: str, at: datetime) -> None:
    """Begins a session."""
    connection.execute(
        insert(login_session).values(token_hash=token_hash, account_id=account_id, started_at=at, seen_at=at)
    )


def session(
    connection: Connection, token_hash: str, *, started_after: datetime, seen_after: datetime
) -> Session | None:
    """The session, when it began and was last seen late enough and its account is open."""
    row = connection.execute(
        select(*_PERSON, login_session.c.started_at, login_session.c.seen_at)
        .join(login_session, login_session.c.account_id == account.c.id)
        .where(
            login_session.c.token_hash == token_hash,
            login_session.c.started_at > started_after,
            login_session.c.seen_at > seen_after,
            account.c.disabled_at.is_(None),
        )
    ).one_or_none()
    return None if row is None else Session(_person(row), row.started_at, row.seen_at)


def touch_session(connection: Connection, token_hash: str, at: datetime) -> None:
    """Notes that the session's person did something."""
    connection.execute(
        update(login_session).where(login_session.c.token_hash == token_hash).values(seen_at=at)
    )


def end_session(connection: Connection, token_hash: str) -> bool:
    """Ends a session; False where there was none."""
    return (
        connection.execute(delete(login_session).where(login_session.c.token_hash == token_hash)).rowcount > 0
    )


def end_sessions(connection: Connection, account_id: int) -> int:
    """Ends every session of an account, and says how many."""
    return connection.execute(delete(login_session).where(login_session.c.account_id == account_id)).rowcount


def drop_old_sessions(connection: Connection, *, started_before: datetime, seen_before: datetime) -> None:
    """Forgets the sessions that are over."""
    connection.execute(
        delete(login_session).where(
            or_(login_session.c.started_at <= started_before, login_session.c.seen_at <= seen_before)
        )
    )


def tries(connection: Connection, *, account_key: str, address_key: str, since: datetime) -> tuple[int, int]:
    """How many tries there were since then: for the account, from the address."""
    counted: list[int] = [
        connection.execute(
            select(func.count()).select_from(login_attempt).where(column == key, login_attempt.c.at > since)
        ).scalar_one()
        for column, key in (
            (login_attempt.c.account_key, account_key),
            (login_attempt.c.address_key, address_key),
        )
    ]
    return counted[0], counted[1]


def add_try(connection: Connection, *, account_key: str, address_key: str, at: datetime) -> int:
    """Notes a try and gives its id."""
    key: int = connection.execute(
        insert(login_attempt)
        .values(account_key=account_key, address_key=address_key, at=at)
        .returning(login_attempt.c.id)
    ).scalar_one()
    return key


def drop_try(connection: Connection, try_id: int) -> None:
    """Takes a try back: it succeeded."""
    connection.execute(delete(login_attempt).where(login_attempt.c.id == try_id))


def drop_old_tries(connection: Connection, before: datetime) -> None:
    """Forgets the tries that no longer count."""
    connection.execute(delete(login_attempt).where(login_attempt.c.at <= before))


def drop_tries(connection: Connection, account_key: str) -> None:
    """Forgets the tries for an account."""
    connection.execute(delete(login_attempt).where(login_attempt.c.account_key == account_key))


def add_token(
    connection: Connection,
    account_id: int,
    *,
    title: str,
    token_hash: str,
    scopes: Sequence[str],
    at: datetime,
    expires_at: datetime | None,
) -> int:
    """Keeps an access token and gives its id."""
    key: int = connection.execute(
        insert(access_token)
        .values(
            account_id=account_id,
            title=title,
            token_hash=token_hash,
            scopes=list(scopes),
            made_at=at,
            expires_at=expires_at,
        )
        .returning(access_token.c.id)
    ).scalar_one()
    return key


def tokens(connection: Connection, account_id: int | None = None) -> tuple[Token, ...]:
    """Every access token, or one account's, oldest first."""
    query = (
        select(access_token, account.c.username)
        .join(account, account.c.id == access_token.c.account_id)
        .order_by(access_token.c.id)
    )
    if account_id is not None:
        query = query.where(access_token.c.account_id == account_id)
    return tuple(
        Token(row.id, row.username, row.title, tuple(row.scopes), row.made_at, row.expires_at, row.revoked_at)
        for row in connection.execute(query)
    )


def token_owner(
    connection: Connection, token_hash: str, now: datetime
) -> tuple[Person, tuple[str, ...]] | None:
    """Whose token this is and its scopes, while it can be used and the account is open."""
    row = connection.execute(
        select(*_PERSON, access_token.c.scopes)
        .join(access_token, access_token.c.account_id == account.c.id)
        .where(
            access_token.c.token_hash == token_hash,
            access_token.c.revoked_at.is_(None),
            or_(access_token.c.expires_at.is_(None), access_token.c.expires_at > now),
            account.c.disabled_at.is_(None),
        )
    ).one_or_none()
    return None if row is None else (_person(row), tuple(row.scopes))


def revoke_token(connection: Connection, token_id: int, at: datetime, account_id: int | None = None) -> bool:
    """Revokes a token, of one account where that is given; False where there is none left to revoke."""
    query = update(access_token).where(access_token.c.id == token_id, access_token.c.revoked_at.is_(None))
    if account_id is not None:
        query = query.where(access_token.c.account_id == account_id)
    return connection.execute(query.values(revoked_at=at)).rowcount > 0


def revoke_tokens(connection: Connection, account_id: int, at: datetime) -> int:
    """Revokes every token of an account, and says how many."""
    return connection.execute(
        update(access_token)
        .where(access_token.c.account_id == account_id, access_token.c.revoked_at.is_(None))
        .values(revoked_at=at)
    ).rowcount


def secret_value(connection: Connection, name: str) -> str | None:
    """A key the program made for itself."""
    value: str | None = connection.execute(select(secret.c.value).where(secret.c.name == name)).scalar()
    return value


def hold_secret(connection: Connection, name: str) -> None:
    """Waits until no other transaction holds this key, and holds it until this one ends.

    PostgreSQL would let two tries be counted side by side; on SQLite there is one writer anyway.
    """
    connection.execute(select(secret.c.name).where(secret.c.name == name).with_for_update())


def add_secret(connection: Connection, name: str, value: str) -> None:
    """Keeps a key, unless another process kept one first."""
    try:
        with connection.begin_nested():
            connection.execute(insert(secret).values(name=name, value=value))
    except IntegrityError:
        return


def all_synthetic(connection: Connection) -> bool:
    """Whether there are surveys, and every one of them was made up."""
    kinds = set(connection.execute(select(survey.c.synthetic).distinct()).scalars())
    return kinds == {True}
