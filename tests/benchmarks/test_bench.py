"""``make bench`` in small: it measures, prints its tables, and is not silent about a missed bar."""

import json
import re
import subprocess
import sys
from pathlib import Path

import folium
from folium.plugins import MarkerCluster

from benchmarks.peer import ASSETS, MODULES
from benchmarks.tables import Bar, Table

ROOT = Path(__file__).parents[2]
TINY = (
    *("--incidents", "200", "--places", "20"),
    *("--rows", "60", "--runs", "1", "--import-runs", "1"),
    *("--copies", "2", "--texts", "150", "--names", "2000", "--edges", "2000"),
    *("--released", "121", "--asked", "300", "--features", "2000"),
)


def test_it_runs_and_prints_its_tables() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks", *TINY], cwd=ROOT, capture_output=True, text=True, check=False
    )
    said = ran.stdout
    assert not ran.stderr, ran.stderr
    assert re.findall(r"^(\d+[ab]?)\. ", said, re.MULTILINE) == [
        *"1234",
        "5a",
        "5b",
        *"678",
        "10",
        "12",
        *("13", "14", "15", "16", "17", "18", "19", "20"),
    ]
    # So small a first view is promised whatever the machine; how long it takes at these sizes is chance.
    assert re.search(r"^received in all .*≤ 1\.2 ok +≤ 250 ok$", said, re.MULTILINE), said
    for line in (
        r"^/, warm +[\d.]+ ms \[[\d.]+–[\d.]+\] .*×$",
        r"^to interactive +[\d,.]+ ms ",
        r"^20 places: received +[\d.]+ kB +[\d.]+ kB +[\d.]+×$",
        r"^survey: file to store +[\d,]+ \[[\d,]+–[\d,]+\] .*× +\d+ MB +\d+ MB$",
        r"^cut out of 2 of them +1\.4 MB +2,\d{3} +.* +\d+ MB ≤ 500 ok$",
        r"^Trygghetskartan +(?:100|9[89])\.\d ≥ 98 ok +(?:100|9[6-9])\.\d ≥ 96 ok +0\.\d ≤ 2 ok +[\d,]+$",
        r"^rapidfuzz WRatio, cut off( +\d+\.\d){3} +[\d,]+ +[\d.]+×$",
        r"^edit2 +\d+ +(?:100|9\d)\.\d +(?:100|9\d)\.\d +≥ 92 ok$",
        r"^expected calibration error +0\.0\d\d +≤ 0\.05 ok$",
        r"^catchment of 1,200 m +[\d.]+ ms \[[\d.]+–[\d.]+\] +≤ 1 \w+( +[\d,.]+ ms [\d,.]+×){3}$",
        r"^flows of \d+ addresses +[\d.]+ ms .* ≤ 150 \w+ +[\d,.]+ ms [\d,.]+×$",
        r"^received until then +[\d.]+ kB +[\d.]+×",
        r"^a box, 100 features +[\d.]+ ms .* +[\d.,]+ ms .*×",
        r"^memory for each feature +[\d,-]+ B",
        r"^our cells +[\d.]+ % +[\d.]+ % ± [\d.]+ +[\d.]+ % +[\d.]+ % +≤ 5 ok$",
        r"^a donut of 50–200 m .* (?:100|9\d)\.\d %$",
        r"^Lillmyra, rural, made up +2\d–\d+ +[34]\.\d % ≤ 5 ok ",
        r"^Granfors, a town, made up +300 +2\d\d +0 +\d+ +0 ≤ 0 ok$",
        *(rf"^{name}, 121( +\d+){{3}} .* 0 ≤ 0 ok$" for name in ("central Helsinki", "Granfors", "Lillmyra")),
        r"^exact +[\d,]+ +100\.0 % +[\d,.]+ +[\d,.]+ +[\d,.]+×",
    ):
        assert re.search(line, said, re.MULTILINE), f"{line}\n{said}"
    missed = said.count("MISSED")
    assert ran.returncode == (1 if missed else 0)


def test_a_bar_holds_up_to_its_limit_and_is_called_missed_beyond() -> None:
    assert [str(Bar("growth", value, 1.2)) for value in (1.2, 1.21)] == ["≤ 1.2 ok", "≤ 1.2 MISSED"]
    assert [str(Bar("ratio", value, 5, at_least=True)) for value in (5.0, 4.99)] == ["≥ 5 ok", "≥ 5 MISSED"]


def test_a_table_is_aligned() -> None:
    lines = str(Table("T", (), ("", "kB"), (("a", "1.0"), ("long name", "1,000.0")))).splitlines()
    assert len({len(line) for line in lines[3:]}) == 1


def test_the_peer_has_every_default_asset_of_folium_in_the_version_it_asks_for() -> None:
    asked = dict(
        [
            *folium.Map.default_js,
            *folium.Map.default_css,
            *MarkerCluster.default_js,
            *MarkerCluster.default_css,
        ]
    )
    assert set(asked) == set(ASSETS)
    for name, path in ASSETS.items():
        if not path:
            continue
        assert (MODULES / path).stat().st_size > 0
        package = re.match(r"(?:@[^/]+/)?[^/]+", path)
        assert package
        version = json.loads((MODULES / package.group() / "package.json").read_text())["version"]
        assert version in asked[name], name


def test_the_lock_of_the_peer_names_no_registry() -> None:
    lock = json.loads((ROOT / "benchmarks" / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert all("resolved" not in package and package["integrity"] for package in packages.values())
