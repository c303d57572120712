"""``trygg station``: the figures other programs read."""

import json
import os
import subprocess
import sys
from pathlib import Path

from geo.settings import ROOT

TRYGG = Path(sys.executable).with_name("trygg")
ENTRANCE = ("--entrance", "24.9414,60.1719")


def trygg(*arguments: str | Path, stdin: str = "", code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [TRYGG, "station", *map(str, arguments)],
        input=stdin,
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(ROOT), "TRYGG_LANGUAGE": "en", "COLUMNS": "160"},
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def test_a_report_as_json_grows_with_the_minutes(helsinki_area: Path) -> None:
    done = trygg("report", "--area", helsinki_area, *ENTRANCE, "--minutes", "5", "10", "15", "--json")
    told = json.loads(done.stdout)
    assert [one["minutes"] for one in told["reach"]] == [5, 10, 15]
    for name in ("area_m2", "street_m", "addresses"):
        values = [one[name] for one in told["reach"]]
        assert values == sorted(values)
        assert values[0] > 0
    assert told["snapped_m"][0] < 100
    table = trygg("report", "--area", helsinki_area, *ENTRANCE).stdout
    assert "Entrance 1 is" in table
    slower = trygg(
        "report", "--area", helsinki_area, *ENTRANCE, "--minutes", "15", "--speed", "0.6", "--json"
    )
    assert json.loads(slower.stdout)["reach"][0]["street_m"] < told["reach"][2]["street_m"] / 2


def test_distances_of_points(helsinki_area: Path) -> None:
    points = "lon,lat\n24.9414,60.1719\n24.95,60.17\n\n25.2,60.3\n"
    lines = trygg("distances", "--area", helsinki_area, *ENTRANCE, stdin=points).stdout.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("0.00,")
    metres, off = map(float, lines[1].split(","))
    # Not nearer than the crow flies from path to path.
    assert 480 < metres < 1_200
    assert off < 20
    assert lines[2].startswith(",")
    assert trygg("distances", "--area", helsinki_area, *ENTRANCE).stdout == ""


def test_what_is_wrong_is_said(helsinki_area: Path) -> None:
    area = ("--area", helsinki_area)
    assert "LON,LAT" in trygg("report", *area, "--entrance", "60,x", code=2).stderr
    assert "LON,LAT" in trygg("report", *area, "--entrance", "24.94,nan", code=2).stderr
    assert "nearest path" in trygg("report", *area, "--entrance", "20.85,64.19", code=2).stderr
    assert "Line 2" in trygg("distances", *area, *ENTRANCE, stdin="24.9,60.1\n24.9;60.1\n", code=2).stderr
    assert "--area" in trygg("report", *ENTRANCE, code=2).stderr
