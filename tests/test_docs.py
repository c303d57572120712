"""The documents name every setting, command and route there is, and no other."""

import re
from dataclasses import fields
from pathlib import Path

import click

from geo.cli import main
from geo.settings import PREFIX, Settings
from webapp import create_app

ROOT = Path(__file__).parent.parent
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def _section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", OPERATING, re.MULTILINE | re.DOTALL)
    assert found, title
    return found.group(1)


def _first_cells(section: str) -> set[str]:
    return set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


def _commands(group: click.Group, prefix: str) -> set[str]:
    found: set[str] = set()
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found |= _commands(command, f"{prefix} {name}")
        else:
            found.add(f"{prefix} {name}")
    return found


def test_every_setting_is_documented() -> None:
    assert _first_cells(_section("Settings")) == {PREFIX + field.name.upper() for field in fields(Settings)}


def test_every_command_is_documented_and_shows_an_example() -> None:
    assert _first_cells(_section("Commands")) == _commands(main, "trygg")
    for words in _commands(main, ""):
        command: click.Command = main
        for word in words.split():
            assert isinstance(command, click.Group)
            command = command.commands[word]
        assert re.search(r"\n  trygg \w", command.help or ""), f"no example: {words}"


def test_every_route_is_documented(store_url: str) -> None:
    app = create_app(Settings(database_url=store_url))
    routes = {
        re.sub(r"<(?:\w+:)?(\w+)>", lambda found: f"<{re.sub(r'.*_id$', 'id', found.group(1))}>", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    }
    assert {re.sub(r"\.png$", "", route) for route in routes} == _first_cells(
        _section("Addresses of the site")
    )


def test_links_between_documents_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_architecture_names_only_what_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:geo|webapp|data)/[\w./-]*)`", text))
    assert len(named) > 15
    missing = sorted(path for path in named if not (ROOT / path).exists())
    assert missing == []
