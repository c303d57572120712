"""Set-up gives everybody the same parts, from nobody's own mirror, and says what it can do."""

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, inspect

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "webapp" / "static" / "vendor"

# In pieces, so that this file does not name them either.
HOSTS = [
    ".".join(pieces)
    for pieces in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb.debian", "org"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
        ("cloudflare", "com"),
        ("bootstrapcdn", "com"),
        ("googleapis", "com"),
        ("code.jquery", "com"),
        ("esm", "sh"),
        ("skypack", "dev"),
    )
]


def _tracked() -> list[Path]:
    # The checkout may be another user's, which git by itself refuses.
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def _make(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL")}
    return subprocess.run(
        ["make", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def _keys(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from _keys(value)
    elif isinstance(node, list):
        for value in node:
            yield from _keys(value)


@pytest.mark.parametrize("name", ["uv", "runtime", "dev"])
def test_requirements_are_pinned_and_hashed_and_name_no_registry(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    requirements = text.replace("\\\n", " ").splitlines()
    assert requirements
    for line in requirements:
        assert re.fullmatch(r"[a-z0-9-]+==\S+( ; [^:]+?)?( +--hash=sha256:[0-9a-f]{64})+", line), line


def test_every_requirement_asked_for_is_pinned() -> None:
    for source in (ROOT / "requirements").glob("*.in"):
        asked = re.findall(r"^([a-z][a-z0-9-]*)", source.read_text(), re.MULTILINE)
        pinned = set(re.findall(r"^([a-z0-9-]+)==", source.with_suffix(".txt").read_text(), re.MULTILINE))
        assert asked
        assert set(asked) <= pinned, source.name


@pytest.mark.parametrize(
    ("folder", "asked"),
    [
        (".", {"leaflet", "supercluster", "axe-core"}),
        ("benchmarks", {"leaflet"}),
        ("tests/oidc", {"oidc-provider"}),
    ],
)
def test_npm_lock_is_hashed_and_names_no_registry(folder: str, asked: set[str]) -> None:
    lock = json.loads((ROOT / folder / "package-lock.json").read_text())
    assert "resolved" not in set(_keys(lock))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert {f"node_modules/{name}" for name in asked} <= set(packages)
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())


def test_what_set_up_builds_is_not_committed() -> None:
    built = (VENDOR, ROOT / "node_modules", ROOT / ".venv", ROOT / "var")
    assert [path for path in _tracked() if path.suffix == ".mo" or set(built) & set(path.parents)] == []


def test_no_committed_file_names_a_registry_or_a_cdn() -> None:
    named = []
    for path in _tracked():
        if not path.is_file():
            continue
        content = path.read_bytes().lower()
        named += [f"{path.relative_to(ROOT)}: {host}" for host in HOSTS if host.encode() in content]
    assert named == []


def test_the_page_has_its_own_copy_of_all_it_takes_from_npm() -> None:
    files = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()} - {".stamp"}
    assert {"leaflet/leaflet.js", "leaflet/leaflet.css", "supercluster/supercluster.min.js"} <= files
    assert all(f"{name.split('/')[0]}/LICENSE" in files for name in files)
    styles = (VENDOR / "leaflet" / "leaflet.css").read_text()
    images = {f"leaflet/{name}" for name in re.findall(r"url\(([\w/.-]+)\)", styles)}
    assert {name for name in files if name.endswith(".png")} == images


def test_set_up_has_nothing_left_to_do() -> None:
    """Which is why a second start is quick."""
    asked = _make("--question", "setup")
    assert asked.returncode == 0, "run `make setup`"


def test_help_names_every_verb() -> None:
    verbs = set(re.findall(r"^([a-z][a-z-]*):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told = set(re.findall(r"^  make ([a-z-]+) +\S", _make("help").stdout, re.MULTILINE))
    assert {"setup", "serve", "test", "bench", "lint", "help", "clean", "messages", "format"} <= verbs
    assert told == verbs


def test_without_root_the_missing_packages_are_told_in_a_line_to_run() -> None:
    script = (ROOT / "scripts" / "debian.sh").read_bytes()
    nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups"] if os.geteuid() == 0 else []
    ran = subprocess.run(
        ["setpriv", "--no-new-privs", *nobody, "sh", "-s", "--", "chromium", "postgresql"],
        input=script,
        cwd="/",
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 1
    assert (
        "\n    sudo apt-get install --yes --no-install-recommends chromium postgresql\n"
        in ran.stderr.decode()
    )


def test_the_licence_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["license"] == "EUPL-1.2"
    assert "SPDX-License-Identifier: EUPL-1.2" in (ROOT / "LICENSE").read_text().splitlines()
    assert json.loads((ROOT / "package.json").read_text())["license"] == "EUPL-1.2"


def test_postgis_answers(postgis_url: str) -> None:
    with psycopg.connect(postgis_url.replace("+psycopg", "")) as connection:
        answer = connection.execute("SELECT ST_Distance('POINT(0 0)'::geometry, 'POINT(3 4)'::geometry)")
        assert answer.fetchone() == (5.0,)


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_database(database_url: str, turn: int) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        tables = set(inspect(connection).get_table_names()) - {"spatial_ref_sys"}
        connection.exec_driver_sql("CREATE TABLE left_behind (number INTEGER)")
    engine.dispose()
    assert tables == set()
