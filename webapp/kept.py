"""What was made of the newest picture, kept until there is a newer one."""

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from flask import current_app

from webapp.language import chosen_language
from webapp.picture import Picture, current_picture

V = TypeVar("V")


class Kept:
    """Values by name for one picture and language; a newer picture forgets them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stamp: object = None
        self._values: dict[Hashable, Any] = {}
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, picture: Picture, key: Hashable, make: Callable[[], V]) -> V:
        """The value of ``key`` for ``picture``, made when it isn't there yet."""
        stamp = picture.stamp
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
    return store.get(current_picture(), (name, chosen_language()), make)
