"""The geocoder on the Helsinki area and on the made-up town: how often it is right, form by form, and whether it knows when it isn't."""

from collections import defaultdict

import pytest

from benchmarks.judging import Judged, calibration, load_cases, run, share
from geo.area.package import open_area
from geo.gazetteer import Gazetteer
from geo.geocoder import Geocoder
from geo.settings import ROOT

CASES = ROOT / "tests" / "data" / "geocoder"
FORMS = {
    "abbreviated", "address", "between", "crossing", "definite", "direction", "doubled", "edit1", "edit2", "exact",
    "folded", "genitive", "interpolated", "invented", "kind", "kinded", "none", "nospace", "outside", "relation",
    "several", "space",
}  # fmt: skip
TOWN_FORMS = FORMS | {"colon", "list", "meeting", "part", "road", "stretch", "village"}
AREAS = {"helsinki": FORMS, "granfors": TOWN_FORMS}


@pytest.fixture(scope="module", params=AREAS)
def judged(request: pytest.FixtureRequest) -> tuple[str, list[Judged]]:
    name = request.param
    area = request.getfixturevalue({"helsinki": "helsinki_area", "granfors": "town_area"}[name])
    gazetteer = Gazetteer(open_area(area).entries())
    return name, run(load_cases(CASES / f"{name}.csv", gazetteer), Geocoder(gazetteer).geocode_all)


def test_the_right_place_at_first_answer(judged: tuple[str, list[Judged]]) -> None:
    placed = [each for each in judged[1] if each.case.places]
    assert len(placed) > 900
    assert share(placed, "right") >= 0.98
    assert share(placed, "strict") >= 0.96


def test_in_every_form(judged: tuple[str, list[Judged]]) -> None:
    forms: dict[str, list[Judged]] = defaultdict(list)
    for each in judged[1]:
        forms[each.case.form].append(each)
    assert set(forms) == AREAS[judged[0]]
    assert {
        form: share(group, "right") for form, group in forms.items() if share(group, "right") < 0.92
    } == {}


def test_an_honest_don_t_know(judged: tuple[str, list[Judged]]) -> None:
    nowhere = [each for each in judged[1] if not each.case.places]
    assert len(nowhere) > 150
    assert share(nowhere, "made_up") <= 0.02


def test_of_answers_given_with_nine_tenths_nine_in_ten_are_right(judged: tuple[str, list[Judged]]) -> None:
    """On the half that the probabilities were not set by."""
    other = [each for each in judged[1] if each.case.half == "b"]
    error, _table = calibration(other)
    assert error <= 0.05
