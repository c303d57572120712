"""Signing in and out, sessions, links, the own account, and words that outlive a session. On both databases."""

import re
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import CHEAP, PASSWORD, add_people, sign_in, sign_in_by_form, token_in

from geo.actions import people, tokens
from geo.actions.attempts import MAX_TRIES
from geo.actions.passwords import HASHER
from geo.model import Role
from geo.settings import Settings
from geo.store.audit import lines
from geo.store.engine import open_store
from webapp import create_app

WRONG = "fel lösenord"
NEW = "helt nya ord att minnas"


class Clock:
    """The time, until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(store_url: str, clock: Clock) -> Flask:
    add_people(store_url, now=clock.now)
    app = create_app(Settings(database_url=store_url, log_level="ERROR"), clock=clock)
    app.extensions["hasher"] = CHEAP
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def account(client: FlaskClient) -> int:
    return client.get("/account").status_code


def audited(app: Flask, action: str) -> list[tuple[str, str]]:
    """Actor and subject of the lines with this action."""
    with app.extensions["pictures"].store.read() as connection:
        return [(line.actor, line.subject) for line in lines(connection) if line.action == action]


def main_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main")]


def test_signing_in_and_out(app: Flask, client: FlaskClient) -> None:
    answer = sign_in_by_form(client, "Police ", next="/places?reason=lighting")
    assert (answer.status_code, answer.location) == (303, "/places?reason=lighting")
    page = client.get("/places").text
    assert 'action="/logout"' in page and ">police<" in page
    out = client.post("/logout", data={"csrf_token": token_in(page)})
    assert out.status_code == 303
    assert account(client) == 303
    assert audited(app, "sign_in.succeeded") == [("police", "")]
    assert audited(app, "sign_out") == [("police", "")]


def test_the_session_ends_in_the_store_not_only_in_the_browser(client: FlaskClient) -> None:
    token = sign_in(client, "planner")
    cookie = client.get_cookie("session")
    assert cookie
    client.post("/logout", data={"csrf_token": token})
    client.set_cookie("session", cookie.value)
    assert account(client) == 303


@pytest.mark.parametrize(
    ("role", "start"),
    [("coordinator", "/today"), ("police", "/my/measures"), ("planner", "/my/measures"), ("admin", "/audit")],
)
def test_each_role_comes_to_its_start_page(client: FlaskClient, role: str, start: str) -> None:
    answer = sign_in_by_form(client, role)
    assert answer.location == start
    page = client.get(start)
    assert page.status_code == 200
    menu = re.findall(
        r'<li><a href="([^"]+)"', page.text[page.text.index('class="staff"') :].split("</nav>")[0]
    )
    assert start in menu
    assert [client.get(path).status_code for path in menu] == [200] * len(menu)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
        "/\n/evil.example",
    ],
)
def test_signing_in_never_leads_off_the_site(client: FlaskClient, target: str) -> None:
    page = main_of(client.get("/login", query_string={"next": target}).text)
    assert "evil" not in page and "alert" not in page
    assert sign_in_by_form(client, "police", next=target).location == "/my/measures"
    assert client.get("/login", query_string={"next": target}).location == "/my/measures"


def test_nobody_learns_who_has_an_account(store_url: str, app: Flask) -> None:
    people.disable(app.extensions["pictures"].store, "admin", now=datetime(2026, 11, 22, tzinfo=UTC))
    store = open_store(store_url)
    people.add(
        store, "invited", role=Role.POLICE, organisation="Polisen", now=datetime(2026, 11, 22, tzinfo=UTC)
    )
    store.close()
    answers = {}
    for who, password in [
        ("police", "wrong"),
        ("admin", PASSWORD),
        ("invited", ""),
        ("invited", "nobody has this password"),
        ("nosuch", "wrong"),
        ("a\x00b", "wrong"),
        ("' OR 1=1 --", "x' OR '1'='1"),
        ("x" * 5000, "y" * 5000),
    ]:
        answer = sign_in_by_form(app.test_client(), who, password)
        body = re.sub(r'name="(csrf_token|username)" value="[^"]*"', "", answer.text)
        answers[who, password[:30]] = (answer.status_code, re.sub(r"id=\"username\"[^>]*>", "", body))
    assert len(set(answers.values())) == 1
    assert {status for status, _ in answers.values()} == {401}
    assert "Användarnamnet eller lösenordet är fel." in answer.text


def test_an_unknown_name_takes_as_long_as_a_wrong_password(store_url: str, app: Flask) -> None:
    # With the hashing that real passwords have; the tests' own takes no time.
    app.extensions["hasher"] = HASHER
    store = open_store(store_url)
    link = people.reset(store, "police", now=datetime(2026, 11, 22, 12, tzinfo=UTC))
    people.set_password(store, link.token, PASSWORD, now=datetime(2026, 11, 22, 12, tzinfo=UTC))
    store.close()
    took: dict[str, list[float]] = {"police": [], "nosuch": []}
    for _ in range(3):
        for who, times in took.items():
            client = app.test_client()
            started = time.thread_time()
            sign_in_by_form(client, who, "wrong password")
            times.append(time.thread_time() - started)
    quickest = {who: min(times) for who, times in took.items()}
    assert quickest["nosuch"] > quickest["police"] / 3
    assert quickest["police"] > quickest["nosuch"] / 3


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "a\u202eb"]
)
def test_a_hostile_username_is_only_text(app: Flask, client: FlaskClient, name: str) -> None:
    answer = sign_in_by_form(client, name, "wrong")
    assert answer.status_code == 401
    assert "<script>alert" not in answer.text and "<img src=x" not in answer.text
    assert audited(app, "sign_in.failed") == [("nobody", "")]


def test_ten_failed_tries_and_no_more_for_an_account(app: Flask, clock: Clock) -> None:
    def tried(number: int, who: str = "police", password: str = WRONG) -> int:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        return sign_in_by_form(client, who, password).status_code

    assert [tried(number) for number in range(MAX_TRIES)] == [401] * MAX_TRIES
    assert tried(100, password=PASSWORD) == 429, "not even with the right one"
    assert tried(101, "POLICE") == 429
    assert tried(102, "planner", PASSWORD) == 303
    clock.move(minutes=14)
    assert tried(103) == 429
    clock.move(minutes=1, seconds=1)
    assert tried(104, password=PASSWORD) == 303
    assert tried(105) == 401


def test_ten_failed_tries_and_no_more_from_an_address(app: Flask) -> None:
    def tried(address: str, who: str) -> int:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        return sign_in_by_form(client, who, "wrong").status_code

    found = [tried(f"2001:db8:1:2::{number:x}", f"user{number}") for number in range(MAX_TRIES + 1)]
    assert found == [401] * MAX_TRIES + [429], "a household's /64 is one address"
    assert tried("2001:db8:1:3::1", "user1") == 401
    assert tried("192.0.2.1", "user2") == 401


def test_success_doesnt_count_as_a_try(app: Flask) -> None:
    for _ in range(MAX_TRIES + 2):
        assert sign_in_by_form(app.test_client(), "police").status_code == 303


def test_behind_a_proxy_the_visitors_address_counts(store_url: str, clock: Clock) -> None:
    app = create_app(Settings(database_url=store_url, log_level="ERROR", proxies=1), clock=clock)
    app.extensions["hasher"] = CHEAP

    def tried(forwarded: str, number: int) -> int:
        client = app.test_client()
        client.environ_base["HTTP_X_FORWARDED_FOR"] = forwarded
        return sign_in_by_form(client, f"user{number}", "wrong").status_code

    # What the visitor wrote into the header itself stands before what the proxy added.
    found = [tried(f"10.0.0.{number}, 203.0.113.9", number) for number in range(MAX_TRIES + 1)]
    assert found == [401] * MAX_TRIES + [429]
    assert tried("203.0.113.9, 203.0.113.10", 99) == 401


TRY = """
import sys
from datetime import UTC, datetime
from argon2 import PasswordHasher
from geo.actions.signing_in import sign_in
from geo.errors import SignInNeeded, TooManyTries
from geo.store.engine import open_store
store = open_store(sys.argv[1])
cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
sys.stdin.readline()
for number in range(12):
    try:
        sign_in(store, "police", "wrong", address=f"192.0.2.{number}-{sys.argv[2]}", now=datetime(2026, 11, 22, 12, tzinfo=UTC), hasher=cheap)
    except SignInNeeded:
        print("tried", flush=True)
    except TooManyTries:
        print("refused", flush=True)
"""


def test_the_limit_holds_over_several_workers(store_url: str, app: Flask) -> None:
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", TRY, store_url, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    told = [worker.communicate("go\n", timeout=60)[0].split() for worker in workers]
    assert all(len(one) == 12 for one in told)
    assert sum(one.count("tried") for one in told) == MAX_TRIES


def test_fifty_tries_at_once_are_ten(app: Flask) -> None:
    statuses: list[int] = []

    def tried(number: int) -> None:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"198.51.100.{number}"
        statuses.append(sign_in_by_form(client, "police", f"guess {number}").status_code)

    threads = [threading.Thread(target=tried, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [401] * MAX_TRIES + [429] * 14


def test_a_session_set_by_somebody_else_is_worth_nothing(app: Flask, client: FlaskClient) -> None:
    client.set_cookie("session", "chosen-by-somebody-else")
    client.set_cookie("form", "chosen-too")
    sign_in_by_form(client, "police")
    mine = client.get_cookie("session")
    assert mine and mine.value != "chosen-by-somebody-else"
    other = app.test_client()
    other.set_cookie("session", "chosen-by-somebody-else")
    assert account(other) == 303


def test_signing_in_again_ends_the_session_before(app: Flask, client: FlaskClient) -> None:
    sign_in(client, "police")
    before = client.get_cookie("session")
    assert before
    page = client.get("/account").text
    client.post("/login", data={"username": "planner", "password": PASSWORD, "csrf_token": token_in(page)})
    after = client.get_cookie("session")
    assert after and after.value != before.value
    old = app.test_client()
    old.set_cookie("session", before.value)
    assert account(old) == 303
    assert client.post("/logout", data={"csrf_token": token_in(page)}).status_code == 400, "an old token"
    assert account(client) == 200


def test_an_idle_session_ends_and_a_used_one_lasts_to_its_limit(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    sign_in(client, "police")
    for _ in range(7):
        clock.move(minutes=100)
        assert account(client) == 200
    clock.move(minutes=19)
    assert account(client) == 200
    clock.move(minutes=2)
    assert account(client) == 303, "twelve hours have passed"
    other = app.test_client()
    sign_in(other, "police")
    clock.move(minutes=121)
    assert account(other) == 303, "two hours without a sign of life"


def test_reading_writes_at_most_once_a_minute(app: Flask, client: FlaskClient, clock: Clock) -> None:
    from geo.store.schema import login_session

    def seen() -> object:
        with app.extensions["pictures"].store.read() as connection:
            return connection.execute(login_session.select()).one().seen_at

    sign_in(client, "police")
    first = seen()
    clock.move(seconds=59)
    account(client)
    assert seen() == first
    clock.move(seconds=1)
    account(client)
    assert seen() == clock.now


@pytest.mark.parametrize("how", ["everywhere", "disable", "reset", "password"])
def test_every_session_ends(app: Flask, clock: Clock, how: str) -> None:
    first, second, bystander = (app.test_client() for _ in range(3))
    token = sign_in(first, "police")
    sign_in(second, "police")
    sign_in(bystander, "planner")
    store = app.extensions["pictures"].store
    if how == "everywhere":
        first.post("/logout/everywhere", data={"csrf_token": token})
    elif how == "disable":
        people.disable(store, "police", now=clock.now)
    elif how == "reset":
        people.reset(store, "police", now=clock.now)
    else:
        form = {"action": "password", "old_password": PASSWORD, "password": NEW, "password_again": NEW}
        changed = first.post("/account", data={**form, "csrf_token": token})
        assert changed.status_code == 303
    assert account(second) == 303
    assert account(first) == (200 if how == "password" else 303)
    assert account(bystander) == 200
    if how in ("disable", "reset"):
        assert sign_in_by_form(app.test_client(), "police").status_code == 401


def test_only_hashes_of_secrets_are_in_the_database(
    store_url: str, app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    from geo.store.schema import metadata

    sign_in_by_form(client, "police")
    cookie = client.get_cookie("session")
    assert cookie
    store = app.extensions["pictures"].store
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    owner = people.find(store, "police").person
    secrets = [
        cookie.value,
        PASSWORD,
        people.reset(store, "planner", now=now).token,
        tokens.create(store, owner, ("measures:write",), now=now),
    ]
    with store.read() as connection:
        kept = " ".join(
            str(row) for table in metadata.sorted_tables for row in connection.execute(table.select())
        )
    assert [secret for secret in secrets if secret in kept] == []


def test_cookies_are_for_this_site_alone(app: Flask, client: FlaskClient) -> None:
    def cookies(base: str) -> dict[str, str]:
        with app.test_client() as browser:
            page = browser.get("/login", base_url=base)
            answer = browser.post(
                "/login",
                base_url=base,
                data={"username": "police", "password": PASSWORD, "csrf_token": token_in(page.text)},
            )
            found = [*page.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]
            assert answer.headers["Cache-Control"] == page.headers["Cache-Control"] == "no-store"
            assert browser.get("/account", base_url=base).status_code == 200
        return {line.split("=", 1)[0]: line for line in found}

    plain, secure = cookies("http://localhost"), cookies("https://localhost")
    assert set(plain) == {"session", "form"}
    assert set(secure) == {"__Host-session", "__Host-form"}
    for line in (*plain.values(), *secure.values()):
        assert "HttpOnly" in line and "SameSite=Lax" in line and "Path=/" in line and "Domain" not in line
    assert not any("Secure" in line for line in plain.values())
    assert all("Secure" in line for line in secure.values())


def test_a_link_sets_a_password_once_and_signs_in(app: Flask, client: FlaskClient, clock: Clock) -> None:
    store = app.extensions["pictures"].store
    link = people.add(store, "Åsa", role=Role.POLICE, organisation="Polisen", now=clock.now)
    assert link.username == "åsa"
    page = client.get(f"/password/{link.token}")
    assert page.headers["Cache-Control"] == "no-store"

    def sent(password: str, again: str | None = None) -> tuple[int, str]:
        token = token_in(client.get(f"/password/{link.token}").text)
        form = {
            "password": password,
            "password_again": password if again is None else again,
            "csrf_token": token,
        }
        answer = client.post(f"/password/{link.token}", data=form)
        return answer.status_code, answer.text

    assert sent("elva tecken")[0] == 422
    assert "minst 12 tecken" in sent("elva tecken")[1]
    assert "högst 200 tecken" in sent("x" * 201)[1]
    assert "inte likadana" in sent(NEW, NEW + "!")[1]
    assert sent(NEW)[0] == 303
    assert account(client) == 200
    assert client.get(f"/password/{link.token}").status_code == 404
    decomposed = "A\u030asa"
    assert sign_in_by_form(app.test_client(), decomposed, NEW).status_code == 303


def test_a_link_expires_and_a_newer_one_takes_its_place(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    store = app.extensions["pictures"].store
    first = people.reset(store, "police", now=clock.now)
    second = people.reset(store, "police", now=clock.now)
    assert client.get(f"/password/{first.token}").status_code == 404
    assert client.get(f"/password/{second.token}").status_code == 200
    clock.move(hours=72)
    assert client.get(f"/password/{second.token}").status_code == 404
    third = people.reset(store, "police", now=clock.now)
    people.disable(store, "police", now=clock.now)
    assert client.get(f"/password/{third.token}").status_code == 404


def test_two_people_with_one_link_set_one_password(app: Flask, clock: Clock) -> None:
    store = app.extensions["pictures"].store
    link = people.reset(store, "police", now=clock.now)
    done: list[str] = []

    def sets(password: str) -> None:
        try:
            people.set_password(store, link.token, password, now=clock.now, hasher=CHEAP)
        except people.NotFound:
            return
        done.append(password)

    threads = [threading.Thread(target=sets, args=(f"lösenord nummer {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert sign_in_by_form(app.test_client(), "police", done[0]).status_code == 303


def test_the_password_cant_be_the_username(app: Flask, clock: Clock) -> None:
    store = app.extensions["pictures"].store
    link = people.add(store, "anna.andersson", role=Role.POLICE, organisation="Polisen", now=clock.now)
    with pytest.raises(people.BadInput):
        people.set_password(store, link.token, "Anna.Andersson ", now=clock.now)


def test_the_own_account(app: Flask, client: FlaskClient, clock: Clock) -> None:
    store = app.extensions["pictures"].store
    owner, other = people.find(store, "police").person, people.find(store, "planner").person
    secret = tokens.create(store, owner, ("measures:write",), title="Telefonen", now=clock.now)
    tokens.create(store, other, ("measures:write",), title="Någon annans", now=clock.now)
    token = sign_in(client, "police")

    def sent(**form: str) -> tuple[int, str]:
        answer = client.post("/account", data={"csrf_token": token, **form})
        return answer.status_code, answer.text

    page = client.get("/account").text
    assert "Telefonen" in page and "Någon annans" not in page
    assert sent(action="name", name=" Anna\x00  Ek ")[0] == 303
    assert ">Anna Ek<" in client.get("/account").text
    assert sent(action="name", name=" ")[0] == 422
    assert sent(action="everything")[0] == 422
    assert sent(action="token", token="2")[0] == 404, "not one's own"
    assert tokens.person_of_token(store, secret, "measures:write", now=clock.now) is not None
    assert sent(action="token", token="1")[0] == 303
    assert tokens.person_of_token(store, secret, "measures:write", now=clock.now) is None
    status, text = sent(action="password", old_password="wrong", password=NEW, password_again=NEW)
    assert status == 422 and "nuvarande lösenordet är fel" in text
    done = sent(action="password", old_password=PASSWORD, password=NEW, password_again=NEW)
    assert done[0] == 303
    assert sign_in_by_form(app.test_client(), "police", NEW).status_code == 303
    assert ("police", "account:police") in audited(app, "account.changed")
    assert ("police", "account:police") in audited(app, "password.set")


def test_tries_at_the_old_password_are_counted(app: Flask, client: FlaskClient) -> None:
    token = sign_in(client, "police")
    form = {
        "action": "password",
        "old_password": "wrong",
        "password": NEW,
        "password_again": NEW,
        "csrf_token": token,
    }
    found = [client.post("/account", data=form).status_code for _ in range(MAX_TRIES + 1)]
    assert found == [422] * MAX_TRIES + [429]


def test_a_token_of_a_disabled_account_opens_nothing(app: Flask, clock: Clock) -> None:
    store = app.extensions["pictures"].store
    owner = people.find(store, "police").person
    secret = tokens.create(store, owner, ("measures:write",), now=clock.now)
    short = tokens.create(
        store, owner, ("measures:read",), now=clock.now, expires_at=clock.now + timedelta(days=1)
    )
    assert tokens.person_of_token(store, short, "measures:read", now=clock.now) == owner
    assert tokens.person_of_token(store, short, "measures:write", now=clock.now) is None
    assert tokens.person_of_token(store, short, "measures:read", now=clock.now + timedelta(days=1)) is None
    people.disable(store, "police", now=clock.now)
    assert tokens.person_of_token(store, secret, "measures:write", now=clock.now) is None


TEXT = 'Räcket är lagat\noch lampan <b>bytt</b> "på" båda sidor å ä ö'


def test_what_was_written_outlives_the_session(app: Flask, client: FlaskClient, clock: Clock) -> None:
    token = sign_in(client, "police")
    clock.move(minutes=121)
    late = client.post(
        "/account?from=page",
        data={"action": "name", "name": TEXT, "old_password": "hemligt", "csrf_token": token},
    )
    assert late.status_code == 401
    assert "hemligt" not in late.text
    carried = dict(re.findall(r'<input type="hidden" name="(resume[^"]*)" value="([^"]*)"', late.text))
    assert set(carried) == {"resume_to", "resume:action", "resume:name"}
    form = {name: _unescape(value) for name, value in carried.items()}
    wrong = client.post(
        "/login", data={**form, "username": "police", "password": "wrong", "csrf_token": token_in(late.text)}
    )
    assert wrong.status_code == 401
    assert "resume:name" in wrong.text
    again = client.post(
        "/login",
        data={**form, "username": "police", "password": PASSWORD, "csrf_token": token_in(wrong.text)},
    )
    assert again.status_code == 200
    shown = main_of(again.text)
    assert "Räcket är lagat" in shown and "<b>" not in shown
    sent = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', shown))
    action = re.search(r'<form method="post" action="([^"]*)"', shown)
    assert action and action[1] == "/account?from=page"
    done = client.post(_unescape(action[1]), data={name: _unescape(value) for name, value in sent.items()})
    assert done.status_code == 303
    store = app.extensions["pictures"].store
    assert people.find(store, "police").person.name == " ".join(TEXT.split())


def _unescape(value: str) -> str:
    for entity, mark in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        value = value.replace(entity, mark)
    return value


def test_a_form_from_before_signing_in_elsewhere_is_shown_again(client: FlaskClient) -> None:
    sign_in(client, "police")
    answer = client.post(
        "/account", data={"action": "name", "name": "Två ord", "csrf_token": "of another session"}
    )
    assert answer.status_code == 400
    assert "Två ord" in main_of(answer.text)
    assert (
        client.post(
            "/account",
            data={"csrf_token": token_in(main_of(answer.text)), "action": "name", "name": "Två ord"},
        ).status_code
        == 303
    )


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_cant_put_words_into_the_form(
    app: Flask, client: FlaskClient, header: dict[str, str]
) -> None:
    form = {"action": "name", "name": "ord av en annan"}
    assert "av en annan" not in client.post("/account", data=form, headers=header).text
    planted = {"resume_to": "/account", "resume:action": "name", "resume:name": "ord av en annan"}
    assert "av en annan" not in client.post("/login", data=planted, headers=header).text
    assert "av en annan" in client.post("/login", data=planted).text
    sign_in(client, "police")
    assert "av en annan" not in client.post("/account", data=form, headers=header).text


def test_errors_at_signing_in_are_announced_and_tied_to_the_fields(client: FlaskClient) -> None:
    page = main_of(sign_in_by_form(client, "police", "wrong").text)
    assert re.search(r'<p class="fault" role="alert" id="fault">', page)
    assert 'name="username" value="police" autocomplete="username"' in page
    assert 'type="password" autocomplete="current-password"' in page
    assert "wrong" not in page
