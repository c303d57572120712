"""The bounds within which a file is read."""

from dataclasses import dataclass

from geo.errors import UnreadableInput

OUT_OF_MEMORY = 64
"""The exit code of the process that reads a file, when memory ran out."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may be and cost before it is refused whole."""

    max_bytes: int = 100_000_000
    """Bytes of the file, and of everything packed in it once unpacked."""
    max_rows: int = 100_000
    """Rows of data, events or features."""
    memory: int = 512 * 1024 * 1024
    """Bytes of address space of the process that reads the file."""
    seconds: float = 25.0
    """Seconds, of the clock and of the processor, that reading the file may take."""


def too_big(limits: Limits) -> UnreadableInput:
    """The error of a file that is bigger than the bound, packed or unpacked."""
    return UnreadableInput(
        "The file is too big: at most %(megabytes)s MB are read, unpacked. Divide it.",
        megabytes=limits.max_bytes // 1_000_000,
    )


def too_many_rows(limits: Limits) -> UnreadableInput:
    """The error of a file with more rows, events or features than the bound."""
    return UnreadableInput(
        "The file has more than %(rows)s rows. Divide it.",
        rows=limits.max_rows,
    )
