"""The things of a kind that a text may mean, for somebody to choose from: "tunneln" where there are many."""

from dataclasses import replace

from geo.gazetteer import Gazetteer, point_of
from geo.gazetteer.kinds import LABELS
from geo.geocoder.choosing import distance
from geo.geocoder.mention import Sort
from geo.geocoder.mentions import find_mentions
from geo.geocoder.single import KIND_RADIUS_M, OTHER_RADIUS_M, candidate
from geo.model import Candidate, EntryKind, GazetteerEntry
from geo.swedish import words_of

_NAMING = frozenset({EntryKind.STREET, EntryKind.SQUARE, EntryKind.STATION, EntryKind.PARK})


def things_of_kind(gazetteer: Gazetteer, text: str, limit: int) -> tuple[Candidate, ...]:
    """The things of the first kind that ``text`` has a word for: those with a name first, then by nearness to the
    middle of the main locality. Each has the same small probability; none where the text has no such word."""
    kinds = next(
        (
            mention.kind.kinds
            for mention in find_mentions(words_of(text), gazetteer)
            if mention.sort is Sort.KIND and mention.kind is not None
        ),
        (),
    )
    main = gazetteer.main_locality
    middle = point_of(main) if main is not None else None
    found = [entry for entry in gazetteer.of_kinds(kinds) if point_of(entry) is not None]
    found.sort(key=lambda entry: (not entry.name, distance(point_of(entry), middle), entry.name, entry.id))
    return tuple(
        candidate(
            _named(gazetteer, entry),
            max(entry.precision_m, KIND_RADIUS_M.get(entry.kind, OTHER_RADIUS_M)),
            1 / len(found),
            "kind",
        )
        for entry in found[:limit]
    )


def _named(gazetteer: Gazetteer, entry: GazetteerEntry) -> GazetteerEntry:
    """A thing without a name is called by what it lies at: "tunnel vid Berggatan"."""
    point = point_of(entry)
    if entry.name or point is None:
        return entry
    label = LABELS.get(entry.kind, entry.kind.value)
    near = gazetteer.nearest(point, _NAMING)
    return replace(entry, name=f"{label} vid {near[0].entry.name}" if near else label)
