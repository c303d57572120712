"""``trygg user``, ``trygg token`` and ``trygg audit``: people, their programs, and who did what."""

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from geo.console import table
from geo.edge import Group, _, errors, example, fail, open_database, settings_of
from geo.errors import BadQuery, UnreadableInput
from geo.model import STOCKHOLM, Role
from geo.settings import Settings, check_public_url

if TYPE_CHECKING:
    from geo.actions.people import Link
    from geo.store.audit import AuditLine
    from geo.store.people import Account, Token

POLICE = "Polisen"
DAY = click.DateTime(["%Y-%m-%d"])


@click.group("user", cls=Group, help=_("People who sign in: made, listed, shut out, let in again."))
def user() -> None:
    pass


def _address(url: str | None, settings: Settings) -> str:
    found = url or settings.public_url
    check_public_url(found)
    return found.rstrip("/")


def organisation_of(role: Role, settings: Settings) -> str:
    """Whose work a person of the role does where nothing else is said, as measures name it."""
    from geo.boundaries import municipality
    from geo.messages import catalogue
    from geo.render import words

    if role is Role.POLICE:
        return POLICE
    own = municipality(settings.municipality)
    return words.municipality(own.name, catalogue("sv").gettext, "sv")


def _show_link(link: "Link", address: str) -> None:
    until = f"{link.expires_at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"
    said = _("Give %(username)s this link to choose a password by. It works once, until %(until)s:")
    click.echo(said % {"username": link.username, "until": until}, err=True)
    click.echo(f"{address}/password/{link.token}")


URL = click.option(
    "--url", help=_("Address that people reach the site by; TRYGG_PUBLIC_URL where it is left out.")
)


@user.command(
    "add",
    help=_("Make an account, and print the link by which its person chooses a password.")
    + "\n\n"
    + example('trygg user add anna --role police --name "Anna Ek"'),
)
@click.argument("username")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), required=True, help=_("What the person does.")
)
@click.option("--name", default="", help=_("Name, as colleagues see it; the username where it is left out."))
@click.option(
    "--organisation",
    help=_("Whose work the person does, as measures name it; else the police or the municipality."),
)
@URL
def add_user(*, username: str, role: str, name: str, organisation: str | None, url: str | None) -> None:
    from geo.actions import people

    with errors():
        settings = settings_of()
        address = _address(url, settings)
        link = people.add(
            open_database(settings),
            username,
            role=Role(role),
            organisation=organisation or organisation_of(Role(role), settings),
            name=name,
            now=datetime.now(UTC),
        )
    _show_link(link, address)


@user.command("list", help=_("List the accounts.") + "\n\n" + example("trygg user list"))
def list_users() -> None:
    from geo.actions import people
    from geo.render.labels import ROLES

    with errors():
        found = people.accounts(open_database(settings_of()))
    table(
        [_("username"), _("name"), _("role"), _("organisation"), _("state")],
        [
            [
                one.person.username,
                one.person.name,
                _(ROLES[one.person.role]),
                one.person.organisation,
                _state(one),
            ]
            for one in found
        ],
    )


def _state(account: "Account") -> str:
    if account.disabled_at is not None:
        return _("disabled")
    if account.oidc_subject is not None:
        return _("signs in by the municipality's own sign-in")
    return _("has a password") if account.password else _("has not chosen a password")


@user.command(
    "disable",
    help=_("Shut an account: it is signed out everywhere, and its access tokens are revoked.")
    + "\n\n"
    + example("trygg user disable anna"),
)
@click.argument("username")
def disable_user(username: str) -> None:
    from geo.actions import people

    with errors():
        people.disable(open_database(settings_of()), username, now=datetime.now(UTC))
    click.echo(_("The account %(username)s is disabled and signed out everywhere.") % {"username": username})


@user.command(
    "reset",
    help=_(
        "Take away the password, sign out everywhere, revoke the access tokens, and print a new link. "
        "A disabled account is opened again."
    )
    + "\n\n"
    + example("trygg user reset anna"),
)
@click.argument("username")
@URL
def reset_user(username: str, url: str | None) -> None:
    from geo.actions import people, provider

    with errors():
        settings = settings_of()
        address, store, now = _address(url, settings), open_database(settings), datetime.now(UTC)
        found = people.find(store, username)
        if found.oidc_subject is not None and found.disabled_at is not None:
            provider.open_again(store, found, now=now)
            click.echo(_("%(username)s can sign in by the municipality again.") % {"username": username})
            return
        link = people.reset(store, username, now=now)
    _show_link(link, address)


@click.group("token", cls=Group, help=_("Personal access tokens: programs that act for a person."))
def token() -> None:
    pass


@token.command(
    "create",
    help=_("Make an access token and print it. It can't be shown again.")
    + "\n\n"
    + example('trygg token create anna --scope measures:write --title "Driftsystemet"'),
)
@click.argument("username")
@click.option("--scope", "scopes", multiple=True, required=True, help=_("What it may be used for."))
@click.option("--title", default="", help=_("What uses it, in a few words."))
@click.option(
    "--days", type=click.IntRange(min=1, max=3650), help=_("How long it works; else until revoked.")
)
def create_token(*, username: str, scopes: tuple[str, ...], title: str, days: int | None) -> None:
    from geo.actions import people, tokens

    now = datetime.now(UTC)
    with errors():
        store = open_database(settings_of())
        owner = people.find(store, username)
        made = tokens.create(
            store,
            owner.person,
            scopes,
            title=title,
            now=now,
            expires_at=now + timedelta(days=days) if days else None,
        )
    click.echo(_("This is shown only now:"), err=True)
    click.echo(made)


@token.command("list", help=_("List the access tokens.") + "\n\n" + example("trygg token list"))
def list_tokens() -> None:
    from geo.actions import tokens

    now = datetime.now(UTC)
    with errors():
        found = tokens.every(open_database(settings_of()))
    table(
        [_("number"), _("username"), _("title"), _("scope"), _("made"), _("state")],
        [
            [
                str(one.id),
                one.username,
                one.title,
                ", ".join(one.scopes),
                f"{one.made_at.astimezone(STOCKHOLM):%Y-%m-%d}",
                _token_state(one, now),
            ]
            for one in found
        ],
    )


def _token_state(one: "Token", now: datetime) -> str:
    if one.revoked_at is not None:
        return _("revoked")
    if one.expires_at is None:
        return _("works")
    until = {"day": f"{one.expires_at.astimezone(STOCKHOLM):%Y-%m-%d}"}
    return (_("works until %(day)s") if one.expires_at > now else _("ended %(day)s")) % until


@token.command(
    "revoke",
    help=_("Make an access token useless; its number stands in the list.")
    + "\n\n"
    + example("trygg token revoke 3"),
)
@click.argument("number", type=int)
def revoke_token(number: int) -> None:
    from geo.actions import tokens

    with errors():
        tokens.revoke(open_database(settings_of()), number, now=datetime.now(UTC))
    click.echo(_("The access token %(number)s is revoked.") % {"number": number})


@click.group("audit", cls=Group, help=_("Who did what, and when."))
def audit() -> None:
    pass


@audit.command(
    "export",
    help=_("Write every line from one day to another, both included, as CSV or JSON lines.")
    + "\n\n"
    + example("trygg audit export --from 2026-01-01 --to 2026-12-31 --out logg-2026.csv"),
)
@click.option("--from", "first", type=DAY, required=True, help=_("First day, as 2026-01-31."))
@click.option("--to", "last", type=DAY, required=True, help=_("Last day, as 2026-01-31."))
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "jsonl"]),
    help=_("CSV, or a JSON object a line; else as the file's name ends, or CSV."),
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("File to write, anew; standard output where it is left out."),
)
def export_audit(*, first: datetime, last: datetime, kind: str | None, out: Path | None) -> None:
    from geo.actions.reading import note_export
    from geo.store.audit import lines

    written = 0
    with errors():
        if last < first:
            raise BadQuery("The last day comes before the first.")
        store = open_database(settings_of())
        since, until = _midnight(first.date()), _midnight(last.date() + timedelta(days=1))
        as_json = kind == "jsonl" or (kind is None and out is not None and out.suffix == ".jsonl")
        note_export(store, first.date(), last.date(), now=datetime.now(UTC))
        with store.read() as connection, _opened(out, bom=not as_json) as file:
            found = lines(connection, since, until)
            written = (_write_json if as_json else _write_csv)(file, found)
    click.echo(_("%(number)s lines were written.") % {"number": written}, err=True)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), STOCKHOLM)


@contextmanager
def _opened(out: Path | None, *, bom: bool) -> Iterator[IO[str]]:
    if out is None:
        # The same bytes whatever the terminal's own encoding is.
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
        yield sys.stdout
        return
    part = out.with_name(out.name + ".part")
    try:
        with part.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
            yield file
        part.replace(out)
    except OSError as error:
        fail(UnreadableInput("The file %(file)s can't be written: %(why)s", file=out, why=error.strerror))


def _fields(line: "AuditLine") -> dict[str, Any]:
    return {
        "id": line.id,
        "at": line.at.astimezone(STOCKHOLM).isoformat(timespec="milliseconds"),
        "actor": line.actor,
        "action": line.action,
        "subject": line.subject,
        "before": line.before,
        "after": line.after,
    }


def _write_json(file: IO[str], found: Iterator["AuditLine"]) -> int:
    number = 0
    for number, line in enumerate(found, 1):  # noqa: B007  # the last number is the answer
        file.write(json.dumps(_fields(line), ensure_ascii=False) + "\n")
    return number


def _write_csv(file: IO[str], found: Iterator["AuditLine"]) -> int:
    from geo.importing.rejected import harmless

    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(["id", "at", "actor", "action", "subject", "before", "after"])
    number = 0
    for number, line in enumerate(found, 1):  # noqa: B007  # the last number is the answer
        cells = _fields(line)
        for name in ("before", "after"):
            cells[name] = json.dumps(cells[name], ensure_ascii=False) if cells[name] else ""
        writer.writerow(harmless(str(cell)) for cell in cells.values())
    return number
