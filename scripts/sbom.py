"""`make sbom`: writes var/sbom.cdx.json, a CycloneDX 1.6 list of everything the program is made of.

Read from the lock files alone, so that it is the same on every machine and needs no network: Python's packages from
requirements/*.txt, the page's and the tests' from the package-lock.json files. What only tests and development
need has the scope "excluded".
"""

import base64
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from geo.settings import ROOT

TARGET = ROOT / "var" / "sbom.cdx.json"

_REQUIRED, _EXCLUDED = ComponentScope.REQUIRED, ComponentScope.EXCLUDED
_PYTHON = {"runtime.txt": _REQUIRED, "uv.txt": _EXCLUDED, "dev.txt": _EXCLUDED}
_NPM = {".": _REQUIRED, "benchmarks": _EXCLUDED, "tests/oidc": _EXCLUDED}
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Pinned:
    """A package at one version. ``kind`` is ``pypi`` or ``npm``; ``digest`` is of its one file, where it has but one."""

    kind: str
    name: str
    version: str
    scope: ComponentScope
    digest: HashType | None = None


def pinned(root: Path = ROOT) -> list[Pinned]:
    """Every package the lock files pin, each once: what the running program needs goes before what tests do."""
    found: dict[tuple[str, str, str], Pinned] = {}
    for file, scope in _PYTHON.items():
        for one in _requirements(root / "requirements" / file, scope):
            found.setdefault((one.kind, one.name, one.version), one)
    for folder, scope in _NPM.items():
        for one in _packages(root / folder / "package-lock.json", scope):
            found.setdefault((one.kind, one.name, one.version), one)
    return [found[key] for key in sorted(found)]


def _requirements(file: Path, scope: ComponentScope) -> Iterator[Pinned]:
    # A pin and its hashes are one line, continued by backslashes.
    for line in file.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        pin = _PIN.match(line)
        if pin:
            hashes = _HASH.findall(line)
            # Most have a file for each system: the checksum of one would be wrong of the others.
            only = HashType(alg=HashAlgorithm.SHA_256, content=hashes[0]) if len(hashes) == 1 else None
            yield Pinned("pypi", pin["name"].lower(), pin["version"], scope, only)


def _packages(file: Path, scope: ComponentScope) -> Iterator[Pinned]:
    for path, package in json.loads(file.read_text(encoding="utf-8"))["packages"].items():
        name = path.rpartition("node_modules/")[2]
        if name:
            here = _EXCLUDED if package.get("dev") else scope
            yield Pinned("npm", name, package["version"], here, _integrity(package["integrity"]))


def _integrity(told: str) -> HashType:
    kind, _, digest = told.partition("-")
    if kind != "sha512":
        raise ValueError(f"package-lock.json has a digest of another kind: {kind}")
    return HashType(alg=HashAlgorithm.SHA_512, content=base64.b64decode(digest).hex())


def bom(packages: list[Pinned]) -> Bom:
    """The document; nothing in it tells of the machine or the day it was made."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    components = [_component(one) for one in packages]
    pins = "\n".join(f"{one.kind} {one.name} {one.version}" for one in packages)
    made = Bom(components=components, serial_number=uuid.uuid5(uuid.NAMESPACE_URL, pins))
    # The library takes None; its types say otherwise.
    made.metadata.timestamp = None  # type: ignore[assignment]
    root = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        bom_ref=project["name"],
        licenses=[LicenseFactory().make_from_string(project["license"])],
    )
    made.metadata.component = root
    made.register_dependency(root, [one for one in components if one.scope is _REQUIRED])
    return made


def _component(one: Pinned) -> Component:
    namespace, _, name = one.name.rpartition("/")
    purl = PackageURL(one.kind, namespace or None, name, one.version)
    licence = _licence(one)
    return Component(
        name=one.name,
        version=one.version,
        type=ComponentType.LIBRARY,
        scope=one.scope,
        purl=purl,
        bom_ref=purl.to_string(),
        hashes=[one.digest] if one.digest else [],
        licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
    )


def _licence(one: Pinned) -> str:
    """The SPDX expression that an installed package declares; empty where it declares none."""
    if one.kind != "pypi":
        return ""
    try:
        told = metadata.metadata(one.name)
    except metadata.PackageNotFoundError:
        return ""
    return told["License-Expression"] if "License-Expression" in told else ""  # noqa: SIM401


def main() -> int:
    """Writes the document and says what is in it. Returns the exit code."""
    packages = pinned()
    text = JsonV1Dot6(bom(packages)).output_as_string(indent=1)
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        print(f"The document is no valid CycloneDX: {fault}", file=sys.stderr)
        return 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text + "\n", encoding="utf-8")
    needed = sum(one.scope is _REQUIRED for one in packages)
    print(f"{TARGET.relative_to(ROOT)}: {len(packages)} packages, {needed} of them in the running program")
    return 0


if __name__ == "__main__":
    sys.exit(main())
