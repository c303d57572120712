"""Signing in by a real OpenID Connect provider: who gets in, as what, and who doesn't."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from issuers import (
    RealProvider,
    real_provider,
    signed_in,
)
from werkzeug.test import TestResponse

from geo.model import Person, Role
from geo.store import people
from geo.store.audit import AuditLine, lines
from geo.store.engine import Store

SITE = "http://localhost"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SARA = {
    "name": "Sara Nyström",
    "preferred_username": "Sara@Kommunen.example",
    "groups": ["SG-Alla", "SG-Polis"],
    "organisation": "Polisen Lycksele",
}
Reader = Callable[..., FlaskClient]


@pytest.fixture(scope="module")
def provider() -> Iterator[RealProvider]:
    with real_provider(SITE, {}) as provider:
        yield provider


def account_of(store: Store) -> Person:
    with store.read() as connection:
        (account,) = people.accounts(connection)
    return account.person


def _audit(store: Store) -> list[AuditLine]:
    with store.read() as connection:
        return list(lines(connection))


def _sign_in(
    browser: FlaskClient, provider: RealProvider, who: str, start: str = "/login/oidc"
) -> TestResponse:
    """Goes all the way: to the provider, signs in there, and comes back."""
    begun = browser.get(start)
    assert begun.status_code == 303
    back = urlsplit(provider.visit(begun.location, {"login": who}))
    return browser.get(f"{back.path}?{back.query}")


def test_an_officer_signs_in_with_the_municipalitys_account(
    store: Store, reader: Reader, provider: RealProvider
) -> None:
    provider.change("s-1", SARA)
    browser = reader(provider.issuer)
    assert not signed_in(browser)
    answer = _sign_in(browser, provider, "s-1", "/login/oidc?next=/account")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert signed_in(browser)
    person = account_of(store)
    assert (person.username, person.name) == ("sara@kommunen.example", "Sara Nyström")
    assert (person.role, person.organisation) == (Role.POLICE, "Polisen Lycksele")
    assert [(line.action, line.actor) for line in _audit(store)] == [
        ("account.created", "sara@kommunen.example"),
        ("sign_in.succeeded", "sara@kommunen.example"),
    ]
    assert _audit(store)[-1].after == {"how": "oidc"}


def test_claims_that_only_userinfo_tells(store: Store, reader: Reader) -> None:
    with real_provider(SITE, {"s-1": SARA}, in_token=False) as shy:
        assert _sign_in(reader(shy.issuer), shy, "s-1").status_code == 303
    assert (account_of(store).name, account_of(store).role) == ("Sara Nyström", Role.POLICE)


@pytest.mark.parametrize(
    ("groups", "role", "organisation"),
    [
        ("SG-Polis", Role.POLICE, "Polisen"),
        (["SG-Planering"], Role.PLANNER, "kommunen"),
        (["SG-Planering", "SG-Polis", "SG-Admin"], Role.ADMIN, "kommunen"),
    ],
)
def test_the_order_of_the_table_decides_and_the_organisation_follows_the_role(
    store: Store,
    reader: Reader,
    provider: RealProvider,
    *,
    groups: object,
    role: Role,
    organisation: str,
) -> None:
    provider.change("s-2", {"email": "eva@kommunen.example", "groups": groups})
    assert _sign_in(reader(provider.issuer), provider, "s-2").status_code == 303
    assert account_of(store) == Person(1, "eva@kommunen.example", "eva@kommunen.example", role, organisation)


def test_what_changes_at_the_provider_changes_here(
    store: Store, reader: Reader, provider: RealProvider
) -> None:
    provider.change("s-1", SARA)
    browser = reader(provider.issuer)
    _sign_in(browser, provider, "s-1")
    provider.change("s-1", SARA | {"groups": ["SG-Planering"], "organisation": "Robertsfors kommun"})
    _sign_in(browser, provider, "s-1")
    assert (account_of(store).role, account_of(store).organisation) == (Role.PLANNER, "Robertsfors kommun")
    (line,) = [line for line in _audit(store) if line.action == "account.changed"]
    assert (line.before["role"], line.after["role"]) == ("police", "planner")


@pytest.mark.parametrize("groups", [["SG-Alla"], [], None, 7, {"SG-Polis": True}, [["SG-Polis"]]])
def test_without_a_role_nobody_gets_in_and_what_was_open_is_closed(
    store: Store, reader: Reader, provider: RealProvider, groups: object
) -> None:
    provider.change("s-1", SARA)
    phone, office = (reader(provider.issuer, contact="it@kommunen.example") for _ in range(2))
    _sign_in(phone, provider, "s-1")
    provider.change("s-1", SARA | {"groups": groups})
    refused = _sign_in(office, provider, "s-1")
    assert refused.status_code == 403
    assert "groups" in refused.text
    assert "it@kommunen.example" in refused.text
    assert not signed_in(office)
    assert not signed_in(phone)
    assert (_audit(store)[-1].action, _audit(store)[-1].after["why"]) == ("sign_in.refused", "no role")


def test_no_username_no_account(store: Store, reader: Reader, provider: RealProvider) -> None:
    provider.change("s-3", {"name": "Utan namn", "groups": ["SG-Polis"], "preferred_username": "två ord"})
    refused = _sign_in(reader(provider.issuer), provider, "s-3")
    assert refused.status_code == 403
    assert "preferred_username" in refused.text
    with store.read() as connection:
        assert people.accounts(connection) == ()


def test_an_account_with_a_password_is_not_taken_over(
    store: Store, reader: Reader, provider: RealProvider
) -> None:
    with store.write(quiet=True) as connection:
        people.add(
            connection,
            username="sara@kommunen.example",
            name="Lokal",
            role=Role.ADMIN,
            organisation="Kommunen",
            at=NOW,
        )
    provider.change("s-1", SARA)
    browser = reader(provider.issuer, language="en")
    refused = _sign_in(browser, provider, "s-1")
    assert refused.status_code == 403
    assert "sara@kommunen.example" in refused.text
    assert not signed_in(browser)
    assert account_of(store).name == "Lokal"


def test_a_disabled_account_stays_out(store: Store, reader: Reader, provider: RealProvider) -> None:
    provider.change("s-1", SARA)
    browser = reader(provider.issuer)
    _sign_in(browser, provider, "s-1")
    with store.write(quiet=True) as connection:
        people.change(connection, account_of(store).id, disabled_at=NOW)
    assert _sign_in(browser, provider, "s-1").status_code == 403
    assert not signed_in(browser)


def test_who_says_no_at_the_provider_can_still_use_a_password(reader: Reader, provider: RealProvider) -> None:
    provider.change("s-1", SARA)
    browser = reader(provider.issuer, language="en")
    back = urlsplit(provider.visit(browser.get("/login/oidc").location, {"cancel": ""}))
    answer = browser.get(f"{back.path}?{back.query}")
    assert answer.status_code == 403
    assert "broken off" in answer.text
    assert 'href="/login?next=/"' in answer.text
    assert 'href="/login/oidc?next=/"' in answer.text
    assert not signed_in(browser)


def test_a_way_back_works_once(reader: Reader, provider: RealProvider) -> None:
    provider.change("s-1", SARA)
    browser = reader(provider.issuer)
    begun = browser.get("/login/oidc")
    kept = browser.get_cookie("form")
    assert kept is not None
    back = urlsplit(provider.visit(begun.location, {"login": "s-1"}))
    assert browser.get(f"{back.path}?{back.query}").status_code == 303
    # Loaded once more by who is signed in: on to where they work.
    assert browser.get(f"{back.path}?{back.query}").status_code == 303
    browser.delete_cookie("session")
    assert browser.get(f"{back.path}?{back.query}").status_code == 400
    # With the form's cookie from before it gets as far as the provider, which knows that the code was used.
    browser.set_cookie("form", kept.value)
    again = browser.get(f"{back.path}?{back.query}")
    assert again.status_code == 400
    assert "/login/oidc" in again.text
    assert not signed_in(browser)


def test_another_browser_cannot_finish_it(reader: Reader, provider: RealProvider) -> None:
    provider.change("s-1", SARA)
    back = urlsplit(provider.visit(reader(provider.issuer).get("/login/oidc").location, {"login": "s-1"}))
    victim = reader(provider.issuer)
    assert victim.get(f"{back.path}?{back.query}").status_code == 400
    assert not signed_in(victim)


def test_two_windows_at_once(reader: Reader, provider: RealProvider) -> None:
    provider.change("s-1", SARA)
    browser = reader(provider.issuer)
    backs = [
        urlsplit(provider.visit(browser.get(f"/login/oidc?next=/{name}").location, {"login": "s-1"}))
        for name in ("places", "measures")
    ]
    first, second = (browser.get(f"{back.path}?{back.query}") for back in backs)
    assert (first.status_code, first.location) == (303, "/places")
    # The first window signed the browser in, and so the second is let in too.
    assert second.status_code == 303
    assert signed_in(browser)


def test_many_beginnings_do_not_outgrow_the_cookie(reader: Reader, provider: RealProvider) -> None:
    browser = reader(provider.issuer)
    for _ in range(12):
        browser.get("/login/oidc?next=/places?" + "x" * 200)
    cookie = browser.get_cookie("form")
    assert cookie is not None
    assert len(cookie.value) < 3500
    provider.change("s-1", SARA)
    assert _sign_in(browser, provider, "s-1").status_code == 303


def test_a_wrong_secret_is_the_administrators_to_put_right(
    reader: Reader, provider: RealProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    provider.change("s-1", SARA)
    browser = reader(provider.issuer, language="en", oidc_client_secret="a wrong one")
    answer = _sign_in(browser, provider, "s-1")
    assert answer.status_code == 502
    assert "Tell the administrator" in answer.text
    told = capsys.readouterr().out
    assert "invalid_client" in told
    assert "a wrong one" not in told
