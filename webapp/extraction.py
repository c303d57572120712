"""For ``make messages``: the words of the layer manifest, which the about page shows in both languages."""

import tomllib
from collections.abc import Collection, Iterator
from typing import IO, Any


def layer_words(
    file: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: dict[str, Any]
) -> Iterator[tuple[int, None, str, list[str]]]:
    """A Babel extraction method: the source and precision of every layer in a manifest."""
    for table in tomllib.load(file)["layer"]:
        for key in ("source", "precision"):
            yield 1, None, table[key], []
