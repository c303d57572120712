"""What can be worked out from releases, by a reader who has them all. The attacker here shares no code with the audit."""

import random
from collections import Counter

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from geo.errors import NotPossible
from geo.privacy.audit import Audit
from geo.privacy.statements import Atom, Key, Quarter, Release, Said, Scope, Statement, count_all, plain
from geo.privacy.suppression import check, draft

LAST = Quarter(2026, 4)
ENDS = (Quarter(2026, 3), LAST)


def _ledger(number: int, localities: int, cells: int, seed: int) -> Counter[Atom]:
    chance = random.Random(seed)
    groups = {"theft": 4, "traffic": 20, "violence": 3, "fire": 3, "vandalism": 1}
    found: Counter[Atom] = Counter()
    for _ in range(number):
        at = min(int(chance.expovariate(0.5)), localities - 1)
        locality = "" if chance.random() < 0.2 else f"L{at}"
        cell = f"C{at}.{chance.randrange(cells)}" if cells and locality else ""
        quarter = Quarter(chance.randrange(2024, 2027), chance.randrange(1, 5))
        group = chance.choices(list(groups), list(groups.values()))[0]
        found[Atom(locality, cell, quarter, group)] += 1
    return found


def _published(
    ledger: Counter[Atom], ends: tuple[Quarter, ...]
) -> tuple[tuple[Release, ...], tuple[str, ...]]:
    cells = tuple(sorted({atom.cell for atom in ledger if atom.cell}))
    releases: tuple[Release, ...] = ()
    for end in ends:
        releases += (draft(ledger, end, cells, releases).release,)
    return releases, cells


def _attack(
    ledger: Counter[Atom], releases: tuple[Release, ...]
) -> dict[tuple[Key, Quarter], tuple[float, float]]:
    """By integer programming over every quarter: the least and greatest of all that isn't said as a number."""
    areas = sorted({(atom.locality, atom.cell) for atom in ledger} | {(atom.locality, "") for atom in ledger})
    quarters = [Quarter(year, number) for year in (2024, 2025, 2026) for number in (1, 2, 3, 4)]
    groups = sorted({atom.group for atom in ledger})
    atoms = [Atom(*area, quarter, group) for area in areas for quarter in quarters for group in groups]
    rows, low, high = [], [], []
    wanted = {}
    for release in releases:
        for told in release.statements:
            row = np.array([told.key.covers(atom, release.through) for atom in atoms], dtype=float)
            if told.said is not Said.NUMBER:
                wanted[told.key, release.through] = row
            if told.said is not Said.HIDDEN:
                rows.append(row)
                low.append(1 if told.said is Said.SMALL else told.value)
                high.append(4 if told.said is Said.SMALL else told.value)
    constraint = LinearConstraint(np.array(rows), low, high)
    ends: dict[tuple[Key, Quarter], tuple[float, float]] = {}
    for name, row in wanted.items():
        found = [
            milp(sign * row, constraints=constraint, integrality=np.ones(len(atoms)), bounds=Bounds(0, 1000))
            for sign in (1, -1)
        ]
        assert all(one.success for one in found)
        ends[name] = (round(found[0].fun), round(-found[1].fun))
    return ends


@pytest.mark.parametrize("seed", range(2))
def test_nothing_small_or_hidden_is_got_back_from_all_releases_together(seed: int) -> None:
    ledger = _ledger(30, 2, 2, seed)
    releases, cells = _published(ledger, ENDS)
    assert check(ledger, releases, cells) == ()
    said = {(told.key, one.through): told.said for one in releases for told in one.statements}
    found = _attack(ledger, releases)
    assert found
    assert not [name for name, (low, high) in found.items() if low == high]
    for name, (low, high) in found.items():
        if said[name] is Said.SMALL:
            assert (low, high) == (1, 4), name
        else:
            assert high - low >= 4, name


def test_what_is_said_is_true_and_the_municipality_is_told_of_first() -> None:
    ledger = _ledger(121, 8, 0, 1)
    (release,), _ = _published(ledger, (LAST,))
    counts = count_all(ledger, LAST, ())
    for told in release.statements:
        number = counts[told.key]
        match told.said:
            case Said.NUMBER:
                assert told.value == number
            case Said.SMALL:
                assert 1 <= number <= 4 and told.value is None
            case Said.HIDDEN:
                assert told.value is None
    shown = [told for told in release.statements if told.said is Said.NUMBER]
    assert len(shown) > len(release.statements) / 3
    assert not [t for t in release.statements if t.key.scope is Scope.MUNICIPALITY and t.said is Said.HIDDEN]


def test_a_number_that_gives_a_small_one_away_is_hidden_and_says_for_whose_sake() -> None:
    quarter = Quarter(2026, 1)
    ledger = {Atom("A", "", quarter, "theft"): 3, Atom("B", "", quarter, "theft"): 20}
    made = draft(ledger, quarter, ())
    small = Key(Scope.LOCALITY, "A", 2026, "")
    plain = Release(quarter, tuple(Statement(key, Said.SMALL if n < 5 else Said.NUMBER, None if n < 5 else n)
                                   for key, n in count_all(ledger, quarter, ()).items()))  # fmt: skip
    narrowed = {found.target.key: (found.low, found.high) for found in check(ledger, (plain,), ())}
    assert narrowed[small] == (3, 3)
    assert "A" in {target.key.area for target in made.because.values()}
    assert check(ledger, (made.release,), ()) == ()


def test_the_next_quarter_is_not_the_difference_of_two_releases() -> None:
    ledger = {Atom("A", "", Quarter(2026, 1), "theft"): 9, Atom("A", "", Quarter(2026, 2), "theft"): 2}
    first = draft(ledger, Quarter(2026, 1), ()).release
    assert {told.value for told in first.statements} == {9}
    second = draft(ledger, Quarter(2026, 2), (), (first,))
    assert {told.said for told in second.release.statements} == {Said.HIDDEN}
    assert {target.since for target in second.because.values()} == {Quarter(2026, 1)}
    plainly = Release(
        Quarter(2026, 2), tuple(Statement(told.key, Said.NUMBER, 11) for told in first.statements)
    )
    found = check(ledger, (first, plainly), ())
    assert found
    assert {(one.target.since, one.low, one.high) for one in found} == {(Quarter(2026, 1), 2, 2)}
    # When five more have come, it is told again.
    ledger[Atom("A", "", Quarter(2026, 3), "theft")] = 5
    third = draft(ledger, Quarter(2026, 3), (), (first, second.release)).release
    assert {told.value for told in third.statements} == {16}


def test_what_is_known_already_can_be_released_no_more_and_is_named() -> None:
    quarters = [Quarter(2026, number) for number in (1, 2, 3)]
    ledger = {
        Atom("", "C1", quarter, "theft"): number for quarter, number in zip(quarters, (9, 2, 7), strict=True)
    }
    careless = tuple(
        Release(end, (Statement(Key(Scope.CELL, "C1", 2026, ""), Said.NUMBER, number),))
        for end, number in zip(quarters, (9, 11), strict=False)
    )
    with pytest.raises(NotPossible, match=r"cell C1 2026 \(2026Q1–2026Q2\) would be narrowed to 2-2"):
        draft(ledger, quarters[-1], ("C1",), careless)


def test_what_lies_in_no_locality_is_not_the_municipality_less_its_localities() -> None:
    quarter = Quarter(2026, 1)
    ledger = {Atom("A", "", quarter, "theft"): 20, Atom("", "", quarter, "theft"): 3}
    counts = count_all(ledger, quarter, ())
    plainly = Release(quarter, tuple(plain(key, number) for key, number in counts.items()))
    found = {one.target.key: (one.low, one.high) for one in check(ledger, (plainly,), ())}
    assert found == {Key(Scope.LOCALITY, "", year, ""): (3, 3) for year in (0, 2026)}
    made = draft(ledger, quarter, ()).release
    assert check(ledger, (made,), ()) == ()
    assert Said.NUMBER in {told.said for told in made.statements}


def test_a_release_is_the_same_however_often_and_in_whatever_order_it_is_counted() -> None:
    ledger = _ledger(40, 2, 2, 5)
    turned = Counter(dict(reversed(ledger.items())))
    assert _published(ledger, ENDS) == _published(turned, ENDS)


@pytest.mark.parametrize("number", [25, 150, 1500])
def test_what_no_world_clears_is_what_its_range_says_is_unsafe(number: int) -> None:
    ledger = _ledger(number, 3, 3, number)
    cells = tuple(sorted({atom.cell for atom in ledger if atom.cell}))
    said = [
        Release(end, tuple(plain(key, n) for key, n in count_all(ledger, end, cells).items())) for end in ENDS
    ]
    audit = Audit(ledger, said, cells)
    found = audit.unsafe()
    assert found == [one for one in audit.ranges() if not one.safe]
    assert found or number == 1500


def test_of_many_cells_with_few_incidents_something_is_told_in_the_next_release_too() -> None:
    ledger = _ledger(121, 8, 8, 3)
    releases, cells = _published(ledger, ENDS)
    assert len(cells) > 30
    for release in releases:
        said = Counter(told.said for told in release.statements)
        assert said[Said.NUMBER] > len(release.statements) / 4
    assert check(ledger, releases, cells) == ()


def test_what_was_said_must_be_true_of_what_was_counted() -> None:
    quarter = Quarter(2026, 1)
    key = Key(Scope.LOCALITY, "A", 2026, "")
    said = Release(quarter, (Statement(key, Said.NUMBER, 7),))
    with pytest.raises(ArithmeticError):
        check({Atom("A", "", quarter, "theft"): 6}, (said,), ())


@pytest.mark.parametrize(
    "key",
    [
        Key(Scope.LOCALITY, "L0", 2025, "theft"),
        Key(Scope.CELL, "C0.0", 0, "theft"),
        Key(Scope.LOCALITY, "L9", 2025, ""),
        Key(Scope.MUNICIPALITY, "", 2025, ""),
        Key(Scope.LOCALITY, "L0", 1999, ""),
    ],
)
def test_a_statement_that_cannot_be_audited_is_an_error_and_no_empty_sum(key: Key) -> None:
    """Of an area and a group together, say: what it gives away is not in the audit's equations."""
    ledger = _ledger(400, 3, 2, seed=5)
    releases, cells = _published(ledger, (LAST,))
    Audit(ledger, releases, cells)
    (made,) = releases
    more = Release(made.through, (*made.statements, Statement(key, Said.SMALL, None)))
    with pytest.raises(ArithmeticError, match="can't be audited"):
        Audit(ledger, (more,), cells)
