"""Accounts of those whom the municipality's own provider lets in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from geo.actions import sessions, tokens
from geo.actions.provider import Provided, refuse_by_provider, sign_in_by_provider
from geo.cli import main
from geo.errors import NotAllowed, NotPossible
from geo.model import Person, Role
from geo.store import people
from geo.store.audit import AuditLine, lines
from geo.store.engine import Store, open_store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIMITS = sessions.Limits(idle=timedelta(hours=2), absolute=timedelta(hours=12))
ISSUER = "https://id.kommunen.example"
SARA = Provided(ISSUER, "s-1", "Sara@Kommunen.example", "Sara Nyström", Role.POLICE, "Polisen")


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    store = open_store(store_url)
    yield store
    store.close()


def _audit(store: Store) -> list[AuditLine]:
    with store.read() as connection:
        return list(lines(connection))


def _local(store: Store, username: str) -> Person:
    with store.write(quiet=True) as connection:
        made = people.add(
            connection, username=username, name="Lokal", role=Role.PLANNER, organisation="Kommunen", at=NOW
        )
    assert made is not None
    return made


def test_the_first_sign_in_makes_the_account_and_the_second_finds_it(store: Store) -> None:
    first = sign_in_by_provider(store, SARA, now=NOW)
    assert (first.username, first.name) == ("sara@kommunen.example", "Sara Nyström")
    assert (first.role, first.organisation) == (Role.POLICE, "Polisen")
    assert sign_in_by_provider(store, SARA, now=NOW) == first
    assert [(line.action, line.actor) for line in _audit(store)] == [
        ("account.created", "sara@kommunen.example")
    ]
    with store.read() as connection:
        (account,) = people.accounts(connection)
    assert account.password is None


def test_name_role_and_organisation_are_the_providers_to_say_and_are_audited(store: Store) -> None:
    person = sign_in_by_provider(store, SARA, now=NOW)
    now_planner = replace(SARA, name="Sara Ek", role=Role.PLANNER, organisation="Kommunen", username="other")
    changed = sign_in_by_provider(store, now_planner, now=NOW)
    assert changed == Person(person.id, person.username, "Sara Ek", Role.PLANNER, "Kommunen")
    with store.read() as connection:
        assert people.by_subject(connection, ISSUER, "s-1").person == changed  # type: ignore[union-attr]
    line = _audit(store)[-1]
    assert line.action == "account.changed"
    assert line.before == {"name": "Sara Nyström", "role": "police", "organisation": "Polisen"}
    assert {"name": "Sara Ek", "role": "planner", "organisation": "Kommunen"}.items() <= line.after.items()


def test_a_local_account_is_never_taken_over(store: Store) -> None:
    local = _local(store, "sara@kommunen.example")
    with pytest.raises(NotPossible, match=r"“sara@kommunen\.example”"):
        sign_in_by_provider(store, SARA, now=NOW)
    with store.read() as connection:
        assert [account.person for account in people.accounts(connection)] == [local]
    assert [(line.action, line.after["why"]) for line in _audit(store)] == [
        ("sign_in.refused", "username taken")
    ]


@pytest.mark.parametrize("other", [{"subject": "s-2"}, {"issuer": "https://other.example"}])
def test_a_username_given_to_another_person_opens_nothing_of_the_first(
    store: Store, other: dict[str, str]
) -> None:
    sign_in_by_provider(store, SARA, now=NOW)
    with pytest.raises(NotPossible):
        sign_in_by_provider(store, replace(SARA, **other), now=NOW)


def test_a_disabled_account_stays_shut(store: Store) -> None:
    person = sign_in_by_provider(store, SARA, now=NOW)
    with store.write(quiet=True) as connection:
        people.change(connection, person.id, disabled_at=NOW)
    with pytest.raises(NotAllowed, match="disabled"):
        sign_in_by_provider(store, replace(SARA, role=Role.ADMIN), now=NOW)
    with store.read() as connection:
        assert people.by_id(connection, person.id).person.role is Role.POLICE  # type: ignore[union-attr]
    assert _audit(store)[-1].after["why"] == "disabled"


def test_a_disabled_account_is_opened_again_on_the_command_line(store: Store) -> None:
    person = sign_in_by_provider(store, SARA, now=NOW)
    options = {"env": {"TRYGG_DATABASE_URL": store.engine.url.render_as_string(hide_password=False)}}
    assert CliRunner().invoke(main, ["user", "disable", person.username], **options).exit_code == 0
    with pytest.raises(NotAllowed):
        sign_in_by_provider(store, SARA, now=NOW)
    opened = CliRunner().invoke(main, ["user", "reset", person.username], **options)
    assert opened.exit_code == 0, opened.output
    assert "/password/" not in opened.output
    assert sign_in_by_provider(store, SARA, now=NOW) == person
    assert _audit(store)[-1].before == {"disabled": True}
    # Nothing to reset where nothing was shut: there is no password.
    assert CliRunner().invoke(main, ["user", "reset", person.username], **options).exit_code != 0


def test_who_has_no_role_left_loses_what_was_open(store: Store) -> None:
    person = sign_in_by_provider(store, SARA, now=NOW)
    other = sign_in_by_provider(store, replace(SARA, subject="s-2", username="eva"), now=NOW)
    opened = [sessions.begin(store, one, now=NOW, limits=LIMITS, how="oidc") for one in (person, other)]
    token = tokens.create(store, person, ("measures:write",), now=NOW)

    refuse_by_provider(store, issuer=ISSUER, subject="s-1", now=NOW)

    alive = [sessions.person_of_session(store, one, now=NOW, limits=LIMITS) for one in opened]
    assert alive == [None, other]
    assert tokens.person_of_token(store, token, "measures:write", now=NOW) is None
    line = _audit(store)[-1]
    assert (line.action, line.actor) == ("sign_in.refused", "sara@kommunen.example")
    assert line.after == {"how": "oidc", "why": "no role", "sessions": 1, "tokens": 1}


def test_an_unknown_person_without_a_role_leaves_nothing_behind(store: Store) -> None:
    refuse_by_provider(store, issuer=ISSUER, subject="nobody", now=NOW)
    assert _audit(store) == []
