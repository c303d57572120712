"""A photo of any camera: bytes → a clean, small JPEG. What was sent is never kept."""

import threading
from base64 import b64decode
from dataclasses import dataclass

from geo.errors import UnreadableInput
from geo.importing.limits import Limits
from geo.importing.sandbox import Stopped, run_bytes

MAX_BYTES = 10_000_000
"""Bytes of a photo as it is sent."""

_LIMITS = Limits(max_bytes=MAX_BYTES, memory=1024 * 1024 * 1024, seconds=20.0)
# One photo may take as much memory as all the rest of the program: they wait for each other.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A JPEG without anything but its pixels, upright; ``width`` and ``height`` in pixels."""

    jpeg: bytes
    width: int
    height: int


def clean_photo(data: bytes) -> CleanPhoto:
    """The photo in a JPEG, PNG or WebP file, drawn anew; what kind of file is told by its content.

    Raises:
        UnreadableInput: empty, too big, too many pixels, no such picture, or damaged.
    """
    if not data:
        raise UnreadableInput("The photo is empty. Choose it again.")
    if len(data) > MAX_BYTES:
        raise UnreadableInput(
            "The photo is bigger than %(megabytes)s MB. Choose a smaller one, or set the camera to fewer pixels.",
            megabytes=MAX_BYTES // 1_000_000,
        )
    try:
        with _one_at_a_time:
            (answer,) = run_bytes("photo", data, _LIMITS)
    except Stopped as error:
        raise UnreadableInput(
            "The photo takes too much time or memory to read, or is damaged. Save a smaller copy of it and "
            "try again.",
            detail=str(error),
        ) from error
    return CleanPhoto(b64decode(answer["jpeg"]), answer["width"], answer["height"])
