"""Misspelt names: the keys that are a few edits away, found by an automaton over all of them.

tantivy keeps the keys in a finite-state transducer and walks it with a Levenshtein automaton, so that a look-up costs
about the same among a hundred names and a million.
"""

import string

import numpy as np
import numpy.typing as npt
import tantivy
from rapidfuzz.distance import OSA

from geo.gazetteer.hashes import RowTable
from geo.swedish import digits_of, squeeze

_HEAP = 128_000_000
_MOST = 60
"""Keys fetched of one distance; more than so many that look alike tell nothing."""
_FAR_LETTER_MIN = 8
"""Names of this length and more may also be misspelt in their first letter."""
_BATCH = 100_000
_LETTERS = frozenset(string.ascii_lowercase + string.digits)
_OTHER = "other"


class Spellings:
    """Keys, found by edit distance. Filled by ``add``, then ``close``d; only then it answers.

    A letter doubled or not is no edit: keys are kept, and asked for, as they are and with doubled letters
    written once. Each first letter has a transducer of its own, for the automaton would else try all letters first.
    """

    def __init__(self) -> None:
        builder = tantivy.SchemaBuilder()
        for field in (*sorted(_LETTERS), _OTHER):
            builder.add_text_field(field, stored=True, tokenizer_name="raw", index_option="basic")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        self._tails = RowTable()
        """A key without its first letter → the letter."""
        self._waiting: dict[str, str] = {}
        self._added: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
        """The hashes of the keys that are in, in order: a set of them would take more memory than all the rest."""

    def add(self, key: str, squeezed: str) -> None:
        """Adds a key, which is ``squeezed`` with doubled letters written once."""
        self._waiting[key] = squeezed
        if len(self._waiting) == _BATCH:
            self._flush()

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, {}
        keys = list(waiting)
        hashes = np.fromiter(map(hash, keys), dtype=np.int64, count=len(keys))
        places = np.searchsorted(self._added, hashes)
        new = np.append(self._added, 0)[places] != hashes
        new[places == len(self._added)] = True
        # Two runs in order, which a stable sort merges.
        self._added = np.sort(np.concatenate([self._added, np.sort(hashes[new])]), kind="stable")
        for at in np.flatnonzero(new).tolist():
            key = keys[at]
            squeezed = waiting[key]
            forms = key if squeezed == key else [squeezed, key]
            self._writer.add_document(tantivy.Document(**{_field(key): forms}))
            if len(squeezed) >= _FAR_LETTER_MIN - 1:
                self._tails.add(squeezed[1:], ord(squeezed[0]))

    def close(self) -> None:
        """Makes what was added findable."""
        self._flush()
        self._added = np.empty(0, dtype=np.int64)
        self._tails.close()
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def close_to(self, key: str, edits: int) -> list[tuple[int, str]]:
        """(edits, key) of the keys at most ``edits`` (one or two) from ``key``, fewest first.

        Where some are one edit away, those with two are not looked for. The digits of a key are never
        misspelt. A key may begin with another letter where it is long and all the rest agrees.
        """
        squeezed = squeeze(key)
        found = self._within(squeezed, 1, key) | dict.fromkeys(self._begun_otherwise(squeezed), 1)
        if not found and edits > 1:
            found = self._within(squeezed, 2, key)
        if not found and squeezed != key:
            # A doubled letter may itself be the mistake: "kaleagaan" is nearer Kalevagatan as it stands.
            found = self._within(key, edits, key)
        return sorted((count, name) for name, count in found.items())

    def _within(self, query: str, edits: int, key: str) -> dict[str, int]:
        """The keys that begin like ``query`` and are at most ``edits`` from it, and how far: from it, or from ``key``."""
        field = _field(query)
        fuzzy = tantivy.Query.fuzzy_term_query(
            self._schema, field, query, distance=edits, transposition_cost_one=True
        )
        result = self._searcher.search(fuzzy, limit=_MOST, count=False)
        digits = digits_of(query)
        found: dict[str, int] = {}
        for _, address in result.hits:
            forms: list[str] = self._searcher.doc(address)[field]
            distance, name = min((int(OSA.distance(query, form)), form) for form in forms)
            if distance <= edits and name[0] == query[0] and digits_of(name) == digits:
                found[name] = min(distance, *(int(OSA.distance(key, form)) for form in forms))
        fewest = min(found.values(), default=0)
        return {name: distance for name, distance in found.items() if distance == fewest}

    def _begun_otherwise(self, query: str) -> list[str]:
        """The keys that are ``query`` but for its first letter: another, one too few, one too many, or two swapped."""
        if len(query) < _FAR_LETTER_MIN:
            return []
        first, second = query[0], query[1]
        found = [chr(letter) + query[1:] for letter in self._tails.get(query[1:])]
        found += [chr(letter) + query for letter in self._tails.get(query)]
        if ord(second) in self._tails.get(query[2:]):
            found.append(query[1:])
        swapped = first + query[2:]
        if ord(second) in self._tails.get(swapped):
            found.append(second + swapped)
        digits = digits_of(query)
        return [key for key in found if key[0] != first and digits_of(key) == digits]


def _field(key: str) -> str:
    return key[0] if key[0] in _LETTERS else _OTHER
