"""Which answers tell of a danger, in the words people use."""

import pytest

from geo.danger import LABELS, find_danger


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("stort hål i gångvägen", "hole"),
        ("Grop i asfalten vid Coop", "hole"),
        ("brunnslocket är borta", "hole"),
        ("räcket saknas på bron", "railing"),
        ("Trasigt räcke vid trappan", "railing"),
        ("trasig räcke på bron", "railing"),
        ("lös kabel hänger från stolpen", "wire"),
        ("elskåpet står öppet", "wire"),
        ("mörkt övergångsställe", "crossing"),
        ("Övergångsstället är helt obelyst", "crossing"),
        ("glashalt på trappan", "ice"),
        ("krossat glas och sprutor i parken", "sharp"),
    ],
)
def test_dangers(text: str, danger: str) -> None:
    assert find_danger(text) == danger
    assert find_danger("busstationen", text) == danger
    assert danger in LABELS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "busstationen på kvällen",
        "mörkt och läskigt",
        "gångvägen mot Stantorsvallen",
        "Hålsjön",
        "glasögonaffären",
        "ledningen för skolan lyssnar inte",
        "räcker inte med en lampa",
    ],
)
def test_no_danger(text: str) -> None:
    assert find_danger(text) == ""
