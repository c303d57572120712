"""``trygg user``, ``token``, ``audit`` and the demo's accounts, as an administrator runs them."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from people import CHEAP

from geo.actions import people
from geo.actions.demo import DemoAccount, demo_people
from geo.actions.signing_in import sign_in
from geo.actions.tokens import person_of_token
from geo.errors import SettingsError, SignInNeeded
from geo.model import Role
from geo.store.engine import Store, open_store
from geo.store.surveys import survey_id

TRYGG = Path(sys.executable).parent / "trygg"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def trygg(*arguments: str, url: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "TRYGG_DATABASE_URL": url,
        "TRYGG_LANGUAGE": "sv",
        "COLUMNS": "160",
        **more,
    }
    return subprocess.run(
        [str(TRYGG), *arguments], env=environment, capture_output=True, check=False, encoding="utf-8"
    )


def swedish_day(days: int = 0) -> str:
    return (datetime.now(ZoneInfo("Europe/Stockholm")) + timedelta(days=days)).date().isoformat()


def test_an_account_from_its_link_to_its_end(store_url: str) -> None:
    made = trygg(
        "user", "add", "Anna", "--role", "police", "--url", "https://trygg.example.se/", url=store_url
    )
    assert made.returncode == 0, made.stderr
    link = re.fullmatch(r"https://trygg\.example\.se/password/([\w-]{43})\n", made.stdout)
    assert link, made.stdout
    store = open_store(store_url)
    person = people.set_password(store, link[1], "ett långt lösenord", now=datetime.now(UTC), hasher=CHEAP)
    assert (person.username, person.role, person.organisation) == ("anna", Role.POLICE, "Polisen")
    planner = trygg(
        "user",
        "add",
        "per",
        "--role",
        "planner",
        "--name",
        "Per Ö",
        url=store_url,
        TRYGG_PUBLIC_URL="https://b.example",
    )
    assert planner.stdout.startswith("https://b.example/password/")
    listed = trygg("user", "list", url=store_url).stdout
    assert "Robertsfors kommun" in listed and "har ett lösenord" in listed and "Per Ö" in listed
    assert "har inte valt lösenord" in listed

    # What the audit calls the command line, and whoever did not sign in.
    for taken in ("Console", "nobody"):
        assert trygg("user", "add", taken, "--role", "admin", url=store_url).returncode == 2

    again = trygg("user", "add", "ANNA", "--role", "admin", url=store_url)
    assert (again.returncode, again.stdout) == (2, "")
    assert "finns redan" in again.stderr
    assert trygg("user", "add", "a b", "--role", "admin", url=store_url).returncode == 2
    assert trygg("user", "add", "x", "--role", "boss", url=store_url).returncode == 2
    assert (
        trygg("user", "add", "x", "--role", "admin", "--url", "trygg.example.se", url=store_url).returncode
        == 2
    )

    assert trygg("user", "disable", "Anna", url=store_url).returncode == 0
    assert trygg("user", "disable", "anna", url=store_url).returncode == 2
    assert trygg("user", "disable", "nobody", url=store_url).returncode == 2
    with pytest.raises(SignInNeeded):
        sign_in(store, "anna", "ett långt lösenord", address="", now=datetime.now(UTC), hasher=CHEAP)
    reset = trygg("user", "reset", "anna", url=store_url)
    assert reset.stdout.startswith("http://127.0.0.1:8000/password/")
    new = reset.stdout.strip().rsplit("/", 1)[1]
    people.set_password(store, new, "ett annat lösenord", now=datetime.now(UTC), hasher=CHEAP)
    assert sign_in(store, "anna", "ett annat lösenord", address="", now=datetime.now(UTC), hasher=CHEAP)
    store.close()


def test_a_token_is_shown_once_and_can_be_revoked(store_url: str) -> None:
    trygg("user", "add", "anna", "--role", "police", url=store_url)
    made = trygg(
        "token", "create", "anna", "--scope", "measures:write", "--title", "Telefonen", url=store_url
    )
    assert re.fullmatch(r"trygg_[\w-]{43}\n", made.stdout), made.stderr
    store = open_store(store_url)
    assert person_of_token(store, made.stdout.strip(), "measures:write", now=datetime.now(UTC)) is not None
    listed = trygg("token", "list", url=store_url).stdout
    assert "Telefonen" in listed and made.stdout.strip() not in listed
    assert trygg("token", "create", "anna", "--scope", "everything", url=store_url).returncode == 2
    assert trygg("token", "create", "nobody", "--scope", "measures:write", url=store_url).returncode == 2
    assert trygg("token", "revoke", "1", url=store_url).returncode == 0
    assert trygg("token", "revoke", "1", url=store_url).returncode == 2
    assert trygg("token", "revoke", "9" * 30, url=store_url).returncode == 2
    assert person_of_token(store, made.stdout.strip(), "measures:write", now=datetime.now(UTC)) is None
    store.close()


def test_a_file_taken_in_is_a_line_of_the_audit(store_url: str, tmp_path: Path) -> None:
    file = tmp_path / "åtgärder.csv"
    file.write_text("id;åtgärd;medborgarlöfte;status\n1;Ny lampa;otrygga platser;planerad\n")
    rehearsal = trygg("import", "measures", str(file), "--dry-run", url=store_url)
    assert rehearsal.returncode == 0, rehearsal.stderr
    trygg("import", "measures", str(file), url=store_url)
    trygg("import", "measures", str(file), url=store_url)
    today = swedish_day()
    done = trygg("audit", "export", "--from", today, "--to", today, url=store_url)
    rows = list(csv.DictReader(io.StringIO(done.stdout), delimiter=";"))
    taken = [row for row in rows if row["action"] == "file.imported"]
    assert [(row["actor"], row["subject"]) for row in taken] == [("console", "åtgärder.csv")] * 2
    assert [json.loads(row["after"])["new"] for row in taken] == [1, 0]


def test_the_audit_comes_out_whole(store_url: str, tmp_path: Path) -> None:
    trygg("user", "add", "anna", "--role", "police", "--name", '=cmd|"x"!A1;å', url=store_url)
    today = swedish_day()
    done = trygg("audit", "export", "--from", today, "--to", today, url=store_url)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout), delimiter=";"))
    assert [(row["actor"], row["action"], row["subject"]) for row in rows] == [
        ("console", "account.created", "account:anna"),
        ("console", "link.created", "account:anna"),
        ("console", "audit.exported", ""),
    ]
    assert json.loads(rows[0]["after"])["name"] == '=cmd|"x"!A1;å'
    assert datetime.fromisoformat(rows[0]["at"]).utcoffset() is not None
    file = tmp_path / "logg.jsonl"
    assert (
        trygg("audit", "export", "--from", today, "--to", today, "--out", str(file), url=store_url).returncode
        == 0
    )
    told = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["action"] for line in told][:2] == ["account.created", "link.created"]
    assert [path.name for path in tmp_path.glob("*.part")] == []
    yesterday = swedish_day(-1)
    none = trygg("audit", "export", "--from", yesterday, "--to", yesterday, url=store_url)
    assert none.stdout.splitlines() == ["id;at;actor;action;subject;before;after"]
    assert trygg("audit", "export", "--from", today, "--to", yesterday, url=store_url).returncode == 2
    assert trygg("audit", "export", "--from", "igår", "--to", today, url=store_url).returncode == 2


def organisation_of(role: Role) -> str:
    return "Polisen" if role is Role.POLICE else "Robertsfors kommun"


def demo(store: Store, password: str = "") -> tuple[DemoAccount, ...]:
    return demo_people(store, organisation_of, password=password, now=NOW, hasher=CHEAP)


def with_survey(url: str, *, synthetic: bool) -> Store:
    store = open_store(url)
    with store.write() as connection:
        survey_id(connection, "Enkät 2022", year=2022, synthetic=synthetic)
    return store


def opens(store: Store, who: str, password: str) -> bool:
    try:
        sign_in(store, who, password, address=who, now=NOW, hasher=CHEAP)
    except SignInNeeded:
        return False
    return True


def test_the_demo_has_an_account_per_role_with_a_password_of_its_own(store_url: str) -> None:
    store = with_survey(store_url, synthetic=True)
    made = demo(store)
    assert {one.username for one in made} == {"planner", "police", "coordinator", "admin"}
    assert len({one.password for one in made}) == 4
    assert all(len(one.password) >= 12 and opens(store, one.username, one.password) for one in made)
    assert not any(opens(store, one.username, one.username) for one in made)
    assert demo(store) == (), "made and shown once"
    store.close()


def test_one_password_for_the_demos_accounts_also_afterwards(store_url: str) -> None:
    store = with_survey(store_url, synthetic=True)
    first = demo(store)
    assert demo(store, "ett för alla") == ()
    assert all(opens(store, one.username, "ett för alla") for one in first)
    assert not opens(store, "police", first[1].password)
    people.disable(store, "admin", now=NOW)
    demo(store, "ett nytt")
    assert opens(store, "police", "ett nytt") and not opens(store, "admin", "ett nytt")
    with pytest.raises(SettingsError):
        demo(store, "x" * 201)
    store.close()


@pytest.mark.parametrize("kind", ["real answers", "nothing", "own accounts"])
def test_a_database_in_earnest_gets_no_demo_accounts(store_url: str, kind: str) -> None:
    store = (
        open_store(store_url)
        if kind == "nothing"
        else with_survey(store_url, synthetic=kind == "own accounts")
    )
    if kind == "own accounts":
        link = people.add(store, "police", role=Role.POLICE, organisation="Polisen", now=NOW)
        people.set_password(store, link.token, "ett långt lösenord", now=NOW, hasher=CHEAP)
    assert demo(store, "ett för alla") == ()
    assert not opens(store, "police", "ett för alla")
    store.close()


def test_the_demo_command_shows_each_password_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'demo.sqlite'}"
    first = trygg("demo", "--if-missing", url=url)
    assert first.returncode == 0, first.stderr
    shown = dict(re.findall(r"│ (planner|police|coordinator|admin) +│ ([\w-]{16}) +│", first.stdout))
    assert set(shown) == {"planner", "police", "coordinator", "admin"}
    assert trygg("demo", "--if-missing", url=url).stdout == ""
    store = open_store(url)
    assert (
        sign_in(store, "police", shown["police"], address="", now=datetime.now(UTC)).organisation == "Polisen"
    )
    assert trygg("demo", "--if-missing", url=url, TRYGG_DEMO_PASSWORD="hemligt").stdout == ""
    assert (
        sign_in(store, "planner", "hemligt", address="", now=datetime.now(UTC)).organisation
        == "Robertsfors kommun"
    )
    store.close()
