"""Writes docs/roles.md out of the code: which step each role may take, and which address each may open.

Run by hand after either changed: ``.venv/bin/python scripts/roles.py``. A test compares the two.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from geo.model import Role
from geo.render.labels import MEASURE_STATUSES
from geo.settings import ROOT, Settings
from geo.store.engine import open_store
from geo.store.migration import migrate
from geo.workflow import EDITORS, FOLLOW_UP, LABELS, RULES, Owner
from webapp import create_app
from webapp.access import access_of

PAGE = ROOT / "docs" / "roles.md"
COMMAND = ".venv/bin/python scripts/roles.py"

_ROLES = (Role.PLANNER, Role.POLICE, Role.COORDINATOR, Role.ADMIN)
_OWNERS = {Owner.ANY: "all", Owner.OWN: "own", Owner.OTHERS: "others'"}

_HEAD = f"""\
# Roles

Made from the code by `{COMMAND}`; a test fails when the two differ. What is not allowed here is refused.

| role | is |
| --- | --- |
| resident | not signed in; sees what is public |
| planner | of the municipality: makes and plans measures, does the municipality's own, follows up others' |
| police | does the measures of the police |
| coordinator | runs the picture: all measures, the answers, findings, photos |
| admin | looks after the service: reads the audit |
"""

_STEPS = """
## Steps of a measure

"own": of the person's own organisation. "others'": completed by somebody else, for nobody follows up their own work.
{exception}

| step | from | to | {roles} |
| --- | --- | --- | {rules} |
"""

_ADDRESSES = """
## Addresses

"token": also a personal access token with this scope (`Authorization: Bearer`).

| address | resident | {roles} | token |
| --- | --- | {rules} | --- |
"""


def roles_page(app: Flask) -> str:
    """The whole page."""
    columns = {"roles": " | ".join(_ROLES), "rules": " | ".join("---" for _ in _ROLES)}
    steps = _STEPS.format(exception=_exception(), **columns) + "".join(_steps())
    editors = " and ".join(role for role in _ROLES if role in EDITORS)
    return (
        _HEAD
        + steps
        + f"\nNew measures are made, and what a measure says is changed, by: {editors}.\n"
        + _ADDRESSES.format(**columns)
        + "".join(_addresses(app))
    )


def _exception() -> str:
    steps = " and ".join(f"“{LABELS[rule.step]}”" for rule in RULES if rule.step in FOLLOW_UP)
    return f"Where a coordinator completed the work, anybody else who is signed in may take {steps}."


def _steps() -> Iterator[str]:
    for rule in RULES:
        sources = ", ".join(MEASURE_STATUSES[status].lower() for status in rule.sources)
        target = MEASURE_STATUSES[rule.target].lower()
        cells = [_OWNERS[rule.roles[role]] if role in rule.roles else "–" for role in _ROLES]
        note = ", with a word" if rule.needs_note else ""
        yield f"| {LABELS[rule.step]}{note} | {sources} | {target} | {' | '.join(cells)} |\n"


def _addresses(app: Flask) -> Iterator[str]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ()))):
        access = access_of(app.view_functions[rule.endpoint])
        if access is None or rule.endpoint == "static":
            continue
        method = next(name for name in sorted(rule.methods or ()) if name not in ("HEAD", "OPTIONS"))
        cells = ["yes" if access.everyone else "–"]
        cells += ["yes" if access.everyone or role in access.roles else "–" for role in _ROLES]
        scope = f"`{access.scope}`" if access.scope else ""
        yield f"| `{method} {rule.rule}` | {' | '.join(cells)} | {scope} |\n"


def main() -> None:
    """Writes the page."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'empty.sqlite'}"
        store = open_store(url)
        migrate(store)
        store.close()
        PAGE.write_text(roles_page(create_app(Settings(database_url=url))), encoding="utf-8")


if __name__ == "__main__":
    main()
