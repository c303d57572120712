"""What an operator may set, and what is refused at the start rather than at the first sign-in."""

import pytest

from geo.errors import SettingsError
from geo.model import Role
from geo.settings import Settings, is_safe

OIDC = {
    "TRYGG_OIDC_ISSUER": "https://id.kommunen.example/tenant/v2.0",
    "TRYGG_OIDC_CLIENT_ID": "trygg",
    "TRYGG_OIDC_CLIENT_SECRET": "hemlig",
    "TRYGG_OIDC_ROLES": "CN=SG-Polis=police, 0d7a-11 = planner,SG-Admin=admin",
}


def test_the_role_table_keeps_its_order_and_words_may_hold_equals_signs() -> None:
    assert Settings.from_mapping(OIDC).oidc_role_table() == (
        ("CN=SG-Polis", Role.POLICE),
        ("0d7a-11", Role.PLANNER),
        ("SG-Admin", Role.ADMIN),
    )


@pytest.mark.parametrize("left_out", ["TRYGG_OIDC_CLIENT_ID", "TRYGG_OIDC_CLIENT_SECRET", "TRYGG_OIDC_ROLES"])
def test_an_issuer_needs_the_rest(left_out: str) -> None:
    with pytest.raises(SettingsError, match=left_out):
        Settings.from_mapping({name: value for name, value in OIDC.items() if name != left_out})


@pytest.mark.parametrize(
    "roles", ["SG-Polis", "SG-Polis=officer", "=police", "SG-Polis=police,x", "SG=Police"]
)
def test_roles_that_cannot_be_used_stop_the_start(roles: str) -> None:
    with pytest.raises(SettingsError, match="TRYGG_OIDC_ROLES"):
        Settings.from_mapping(OIDC | {"TRYGG_OIDC_ROLES": roles})


@pytest.mark.parametrize(
    "issuer",
    [
        "http://id.kommunen.example",
        "http://localhost.evil.example",
        "id.kommunen.example",
        "https://",
        "https://id.kommunen.example/?tenant=1",
        "https://id.kommunen.example/#x",
        "http://[::1",
        "ftp://localhost",
    ],
)
def test_an_issuer_must_be_a_safe_address(issuer: str) -> None:
    with pytest.raises(SettingsError, match="TRYGG_OIDC_ISSUER"):
        Settings.from_mapping(OIDC | {"TRYGG_OIDC_ISSUER": issuer})


def test_a_secret_may_pass_in_the_clear_only_to_this_machine() -> None:
    assert all(is_safe(f"http://{host}:3000/x") for host in ("localhost", "127.0.0.1", "[::1]"))
    assert not is_safe("http://127.0.0.1.nip.example/")
    assert not is_safe("http://localhost@evil.example/")


def test_the_secret_is_not_in_what_settings_print() -> None:
    assert "hemlig" not in repr(Settings.from_mapping(OIDC))


def test_without_an_issuer_nothing_of_it_is_needed() -> None:
    assert Settings.from_mapping({}).oidc_role_table() == ()
