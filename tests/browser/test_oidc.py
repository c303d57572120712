"""The way to the municipality's own sign-in service and back, in a real browser with its rules for cookies.

The site is at localhost and the service at 127.0.0.1: to a browser they are two sites.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from issuers import CLIENT, SECRET, RealProvider, real_provider
from playwright.sync_api import Page, expect
from readers import Open, Visit, free_port, serving

from geo.store.engine import open_store
from geo.store.migration import migrate

PEOPLE = {
    "s-1": {
        "name": "Sara Nyström",
        "preferred_username": "sara@kommunen.example",
        "groups": ["SG-Planering"],
    },
    "s-2": {"name": "Utan Roll", "preferred_username": "utan@kommunen.example", "groups": ["SG-Alla"]},
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, RealProvider, Path]]:
    """The site's address, the provider it trusts, and the site's log."""
    folder = tmp_path_factory.mktemp("oidc")
    url, log, port = f"sqlite:///{folder / 'trygg.sqlite'}", folder / "log", free_port()
    store = open_store(url)
    migrate(store)
    store.close()
    site = f"http://localhost:{port}"
    with real_provider(site, PEOPLE) as provider:
        settings = {
            "TRYGG_OIDC_ISSUER": provider.issuer,
            "TRYGG_OIDC_CLIENT_ID": CLIENT,
            "TRYGG_OIDC_CLIENT_SECRET": SECRET,
            "TRYGG_OIDC_ROLES": "SG-Planering=planner",
            "TRYGG_TRUSTED_HOSTS": "localhost,127.0.0.1",
        }
        with serving(url, log, port=port, **settings):
            yield site, provider, log


def _at_provider(page: Page, provider: RealProvider, who: str) -> None:
    """Signs in on the provider's own page."""
    expect(page.get_by_role("heading", name="The municipality's account")).to_be_visible()
    assert page.url.startswith(provider.issuer)
    page.get_by_label("Account").fill(who)
    page.get_by_role("button", name="Sign in").click()


def _clean(visit: Visit, provider: RealProvider) -> None:
    """Nothing was blocked or said, and nobody but the provider was asked."""
    assert visit.faults == []
    assert all(address.startswith(provider.issuer) for address in visit.elsewhere)


def test_to_the_provider_and_back_to_the_page_that_was_asked_for(
    visit: Open, places: tuple[str, RealProvider, Path]
) -> None:
    site, provider, log = places
    reader = visit(at=site)
    page = reader.open("/account")
    page.get_by_role("link", name="Logga in med Robertsfors kommuns konto").click()
    _at_provider(page, provider, "s-1")
    page.wait_for_url(f"{site}/account")
    expect(page.get_by_text("Sara Nyström").first).to_be_visible()
    page.reload()
    assert page.url == f"{site}/account"
    session = {cookie["name"]: cookie for cookie in page.context.cookies(site)}["session"]
    assert (session["sameSite"], session["httpOnly"]) == ("Lax", True)
    _clean(reader, provider)
    told = log.read_text()
    assert "/login/oidc/callback" in told
    for secret in ("code=", "state=", "eyJ", SECRET, "Sara"):
        assert secret not in told


def test_by_keyboard_on_a_phone(visit: Open, places: tuple[str, RealProvider, Path]) -> None:
    site, provider, _ = places
    reader = visit(at=site, width=360)
    page = reader.open("/login?next=/account")
    link = page.get_by_role("link", name="Logga in med Robertsfors kommuns konto")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    box = link.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    link.focus()
    page.keyboard.press("Enter")
    _at_provider(page, provider, "s-1")
    page.wait_for_url(f"{site}/account")
    _clean(reader, provider)


def test_who_has_no_role_is_told_why(visit: Open, places: tuple[str, RealProvider, Path], axe: str) -> None:
    site, provider, _ = places
    page = visit(at=site).open("/login")
    page.get_by_role("link", name="Logga in med Robertsfors kommuns konto").click()
    _at_provider(page, provider, "s-2")
    expect(page.get_by_role("heading", level=1)).to_have_text("Du är inte inloggad")
    expect(page.get_by_role("main")).to_contain_text("groups")
    page.evaluate(axe)
    assert page.evaluate("axe.run().then(found => found.violations.map(one => one.id))") == []
    page.get_by_role("link", name="Logga in med lösenord").click()
    expect(page.get_by_label("Lösenord")).to_be_visible()


def test_who_says_no_can_try_again(visit: Open, places: tuple[str, RealProvider, Path]) -> None:
    site, provider, _ = places
    page = visit(at=site, language="en").open("/login")
    page.get_by_role("link", name="Sign in with the account of Robertsfors Municipality").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("main")).to_contain_text("broken off")
    page.get_by_role("link", name="Try again").click()
    _at_provider(page, provider, "s-1")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_words_written_when_the_session_ran_out_wait_for_the_other_tab(
    visit: Open, places: tuple[str, RealProvider, Path]
) -> None:
    site, provider, _ = places
    page = visit(at=site).open("/measures/new")
    page.get_by_role("link", name="Logga in med Robertsfors kommuns konto").click()
    _at_provider(page, provider, "s-1")
    page.wait_for_url(f"{site}/measures/new")
    page.locator("#field-title").fill("Klipp häcken vid skolan")
    page.locator("[name=promise][value=unsafe_places]").check()
    page.context.clear_cookies(name="session")
    page.locator("#field-title").press("Enter")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="i en ny flik").click()
    opened.value.wait_for_url(f"{site}/**")
    opened.value.close()
    page.get_by_role("button", name="Jag har loggat in i den andra fliken").click()
    expect(page.get_by_role("main")).to_contain_text("Klipp häcken vid skolan")
    page.get_by_role("button", name="Skicka").click()
    expect(page.locator("#field-title")).to_have_value("Klipp häcken vid skolan")
