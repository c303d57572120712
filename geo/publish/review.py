"""What a coordinator reads to settle what words mean: which wait, what they may mean, what was settled."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from geo.geocoder import Geocoder
from geo.geocoder.listing import things_of_kind
from geo.model import Candidate
from geo.store import aliases, reviews
from geo.store.aliases import Alias
from geo.store.engine import Store
from geo.store.reviews import Group

MAX_CANDIDATES = 9
"""As many as there are number keys."""
_MAX_WORDS = 12
"""Words of a text that are looked up by themselves, where the whole text names nothing."""
_MIN_LETTERS = 4
_WORD = re.compile(r"[^\W_]+(?:[-:'\u2019][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Waiting:
    """The words that wait, most rows first, or a part of them. ``texts`` and ``rows`` count all that wait."""

    groups: tuple[Group, ...]
    texts: int
    rows: int
    settled: int


@dataclass(frozen=True, slots=True)
class Item:
    """Words to settle. ``spellings`` are the ways they are written, the commonest first.

    ``held`` is what was decided about them, if anything; ``candidates`` what they may mean, the likeliest first.
    """

    key: str
    spellings: tuple[str, ...]
    answer_ids: tuple[int, ...]
    incidents: int
    measures: int
    held: Alias | None
    candidates: tuple[Candidate, ...]

    @property
    def rows(self) -> int:
        """Rows of all kinds with these words."""
        return len(self.answer_ids) + self.incidents + self.measures


def waiting(store: Store, below: float, *, first: int = 0, number: int | None = None) -> Waiting:
    """What waits: not located, or with a probability under ``below``; ``number`` of it from ``first`` on."""
    with store.read() as connection:
        texts, rows = reviews.count_waiting(connection, below)
        return Waiting(
            reviews.waiting(connection, below, first=first, number=number),
            texts,
            rows,
            aliases.count_decided(connection),
        )


def one_item(store: Store, geocoder: Geocoder, key: str) -> Item:
    """The words with this key.

    Raises:
        NotFound: no row has them.
    """
    with store.read() as connection:
        words = reviews.words(connection, key)
        held = aliases.aliases(connection, [key]).get(key)
    return Item(
        key,
        words.texts,
        words.answer_ids,
        words.incidents,
        words.measures,
        held,
        candidates(geocoder, words.texts[0]),
    )


def one_decision(store: Store, alias_id: int) -> Alias:
    """One decision, whether it holds or was taken back.

    Raises:
        NotFound: there is no such decision.
    """
    with store.read() as connection:
        return aliases.one_alias(connection, alias_id)


def decisions(store: Store, *, first: int, number: int) -> tuple[Alias, ...]:
    """What was decided, the newest first, from the ``first`` newest (0) on; also what was taken back."""
    with store.read() as connection:
        return aliases.decided(connection, first=first, number=number)


def candidates(geocoder: Geocoder, text: str) -> tuple[Candidate, ...]:
    """What a text may mean, the likeliest first; at most ``MAX_CANDIDATES``, each with a point.

    Where the text as a whole names nothing, what its words name by themselves; else the things of the kind that it
    has a word for.
    """
    found = (
        _placed(_of(geocoder, text))
        or _placed(candidate for part in _parts(text) for candidate in _of(geocoder, part))
        or _placed(things_of_kind(geocoder.gazetteer, text, 3 * MAX_CANDIDATES))
    )
    return tuple(sorted(found, key=lambda one: -one.probability)[:MAX_CANDIDATES])


def _of(geocoder: Geocoder, text: str) -> Iterator[Candidate]:
    for match in geocoder.geocode_all(text):
        yield from match.candidates


def _placed(found: Iterable[Candidate]) -> list[Candidate]:
    once: dict[tuple[str, str], Candidate] = {}
    for candidate in found:
        if candidate.point is not None:
            once.setdefault((candidate.name, candidate.locality), candidate)
    return list(once.values())


def _parts(text: str) -> Iterator[str]:
    """Its words in twos and by themselves."""
    words = _WORD.findall(text)[:_MAX_WORDS]
    yield from (f"{first} {second}" for first, second in pairwise(words))
    yield from (word for word in words if len(word) >= _MIN_LETTERS)
