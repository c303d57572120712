"""Hiding what would narrow a small count: the least that helps, the finest first, until the audit finds nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from geo.errors import NotPossible
from geo.privacy.audit import Audit, Range, Target
from geo.privacy.statements import Atom, Key, Quarter, Release, Said, Scope, Statement, count_all, plain

_FINEST = {Scope.CELL: 0, Scope.LOCALITY: 1, Scope.MUNICIPALITY: 2}


@dataclass(frozen=True, slots=True)
class Draft:
    """A release as it would be. ``because[key]`` is the count for whose sake ``key`` is hidden."""

    release: Release
    because: Mapping[Key, Target]


def draft(
    ledger: Mapping[Atom, int], through: Quarter, cells: Iterable[str], earlier: Sequence[Release] = ()
) -> Draft:
    """What can be said of all quarters through one, beside everything said before.

    Raises:
        NotPossible: earlier releases and this one narrow a count whatever is hidden; says which.
    """
    cells = tuple(cells)
    counts = count_all(ledger, through, cells)
    said = {key: plain(key, number) for key, number in counts.items()}
    # A year that was told of whole is told of in the same words: what was hidden then stays hidden.
    again = {
        item.key: item
        for release in earlier
        for item in release.statements
        if (item.key in said and item.key.year and Quarter(item.key.year, 4) <= release.through <= through)
        or (item.key in said and release.through == through)
    }
    said |= again
    because: dict[Key, Target] = {}
    if not said:
        return Draft(Release(through, ()), because)
    unsafe: list[Target] | None = None
    while True:
        release = Release(through, tuple(said[key] for key in sorted(said)))
        found = Audit(ledger, (*earlier, release), cells).unsafe(unsafe)
        if not found:
            return Draft(release, because)
        hidden = set()
        for one in found:
            key = _to_hide(one, said, counts, through, again)
            if key is None:
                raise refusal(one)
            hidden.add(key)
            because.setdefault(key, one.target)
        for key in hidden:
            said[key] = Statement(key, Said.HIDDEN, None)
        # Hiding only widens: what was safe stays so, and only these need another look.
        gone = {Target(key, through, Said.SMALL) for key in hidden}
        unsafe = [
            *dict.fromkeys(
                [
                    *(one.target for one in found if one.target not in gone),
                    *(Target(key, through, Said.HIDDEN) for key in hidden),
                ]
            )
        ]


def check(ledger: Mapping[Atom, int], releases: Sequence[Release], cells: Iterable[str]) -> tuple[Range, ...]:
    """The counts that a reader of all these releases can narrow below what is said of them: none, if all is well."""
    if not any(release.statements for release in releases):
        return ()
    return tuple(Audit(ledger, releases, tuple(cells)).unsafe())


def refusal(found: Range) -> NotPossible:
    """The error that names the count which would be narrowed."""
    key, since = found.target.key, found.target.since
    year = str(key.year or "")
    return NotPossible(
        "Nothing was released: %(area)s %(period)s would be narrowed to %(low)d-%(high)d by what else is said.",
        area=f"{key.scope} {key.area} {key.group}".strip(),
        period=f"{year} ({since}–{found.target.through})".strip() if since else year,
        low=round(found.low),
        high=round(found.high),
    )


def _to_hide(
    found: Range,
    said: Mapping[Key, Statement],
    counts: Mapping[Key, int],
    through: Quarter,
    again: Mapping[Key, Statement],
) -> Key | None:
    """The statement of this release to hide: one that narrows the count, the finest and smallest; else a zero."""

    def order(key: Key) -> tuple[bool, int, bool, int, Key]:
        statement = said[key]
        return statement.said is Said.SMALL, _FINEST[key.scope], key.year == 0, counts[key], key

    target = found.target
    can = [key for key, statement in said.items() if statement.said is not Said.HIDDEN and key not in again]
    tight = {key for key, at in found.tight if at == through}
    if target.since is None:
        tight -= {target.key}
    # Zeros that could all be left unsaid: one said elsewhere or before would be known all the same.
    may = set(can)
    zeros = {
        key
        for group in found.zeros
        if all(at == through and key in may for key, at in group)
        for key, _ in group
    }
    # What narrows it; else zeros that do, then whatever crosses it, and at last the count itself.
    for among in (
        [key for key in can if key in tight],
        [key for key in can if key in zeros],
        [key for key in can if key != target.key and _crosses(key, target.key)],
        [key for key in can if key == target.key and target.through == through],
    ):
        if among:
            return min(among, key=order)
    return None


def _crosses(one: Key, other: Key) -> bool:
    return one.year in (0, other.year) or other.year == 0
