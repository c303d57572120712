"""What the program is made of can be listed, and what reads foreign files can be fuzzed."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).parent.parent


def _made() -> str:
    subprocess.run([sys.executable, "-m", "scripts.sbom"], cwd=ROOT, check=True, capture_output=True)
    return (ROOT / "var" / "sbom.cdx.json").read_text(encoding="utf-8")


def test_the_list_of_parts_is_valid_and_names_every_pin() -> None:
    text = _made()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    named = {one["purl"]: one["scope"] for one in json.loads(text)["components"]}
    for file, scopes in {"runtime.txt": {"required"}, "dev.txt": {"required", "excluded"}}.items():
        pins = re.findall(
            r"^([\w.-]+)(?:\[[^\]]*\])?==(\S+)", (ROOT / "requirements" / file).read_text(), re.MULTILINE
        )
        assert len(pins) > 30
        for name, version in pins:
            assert named[f"pkg:pypi/{name.lower()}@{version}"] in scopes
    for folder in (".", "benchmarks", "tests/oidc"):
        packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
        for path, package in packages.items():
            if path:
                name = path.rpartition("node_modules/")[2].replace("@", "%40")
                assert f"pkg:npm/{name}@{package['version']}" in named
    # What the page loads is told apart from what only its tests need.
    assert named["pkg:npm/leaflet@1.9.4"] == "required"
    assert [scope for purl, scope in named.items() if purl.startswith("pkg:npm/axe-core@")] == ["excluded"]


def test_the_list_is_the_same_every_time_and_names_no_registry() -> None:
    first = _made()
    assert _made() == first
    # In pieces, so that this file does not name them either.
    for host in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com")):
        assert ".".join(host) not in first


def test_the_fuzzer_starts_and_finds_nothing_in_its_first_thousand_files() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.fuzz", "--seconds", "60", "--runs", "1000", "--seed", "1"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    assert "Done 1000 runs" in done.stderr


def test_an_audit_that_nobody_answers_fails_and_says_what_it_needs() -> None:
    nobody = "http://127.0.0.1:9"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "scripts/audit.sh"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {
            "PATH": path, "SERVICE": "osv", "HTTPS_PROXY": nobody, "https_proxy": nobody, "NO_PROXY": "",
            "npm_config_registry": nobody, "npm_config_fetch_retries": "0",
        },
    )  # fmt: skip
    assert done.returncode == 1
    lists = [f"requirements/{name}.txt" for name in ("uv", "runtime", "dev", "peer")]
    lists += [f"{folder}/package-lock.json" for folder in (".", "benchmarks", "tests/oidc")]
    for one in lists:
        assert f"{one}: no answer: " in done.stdout
        assert one in done.stderr
    assert "have NOT been audited" in done.stderr
    assert "nothing is known" not in done.stdout


def test_every_list_of_pins_is_audited() -> None:
    script = (ROOT / "scripts" / "audit.sh").read_text()
    (named,) = re.findall(r"^for list in (.*); do$", script, re.MULTILINE)
    assert set(named.split()) == {path.stem for path in (ROOT / "requirements").glob("*.txt")}
