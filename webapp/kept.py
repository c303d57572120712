"""What was made of the newest picture, or of its layers, kept until they are others."""

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from flask import current_app

from webapp.language import chosen_language
from webapp.picture import current_picture

V = TypeVar("V")


class Kept:
    """Values by name, made of what a stamp stands for; another stamp forgets them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stamp: object = None
        self._values: dict[Hashable, Any] = {}
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, stamp: object, key: Hashable, make: Callable[[], V]) -> V:
        """The value of ``key`` for ``stamp``, made when it isn't there yet."""
        with self._lock:
            if self._stamp != stamp:
                self._stamp, self._values, self._making = stamp, {}, {}
            if key in self._values:
                return cast(V, self._values[key])
            making = self._making.setdefault(key, threading.Lock())
        # What takes seconds to make isn't made by two at a time: the second waits, and takes the first one's.
        with making:
            with self._lock:
                if self._stamp == stamp and key in self._values:
                    return cast(V, self._values[key])
            value = make()
            with self._lock:
                if self._stamp == stamp:
                    self._values[key] = value
        return value


def kept(name: str, make: Callable[[], V]) -> V:
    """``make()`` for the newest picture and the reader's language, made once for all readers.

    ``name`` must come from the code or from a checked value: each name takes memory.
    """
    store: Kept = current_app.extensions.setdefault("kept", Kept())
    return store.get(current_picture().stamp, (name, chosen_language()), make)


def kept_of_layers(name: str, make: Callable[[], V]) -> V:
    """``make()`` for the public layers as they are, made once for all readers and languages.

    What takes a minute to make of a large layer isn't made anew because an officer completed a measure. ``name`` must
    be that of a layer, or come from the code.
    """
    store: Kept = current_app.extensions.setdefault("kept of layers", Kept())
    layers = current_picture().layers
    return store.get(tuple((info.name, info.revision) for info in layers), name, make)
