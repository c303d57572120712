"""Plain-text tables of medians, ratios and verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A limit that was promised, and what was measured: a ratio or a size, so that it holds on any machine."""

    what: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the promise holds in this run."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {self.limit:g} {'ok' if self.met else 'MISSED'}"


@dataclass(frozen=True, slots=True)
class Table:
    """One table with its title, what must be known to read it, and the bars that it was held to."""

    title: str
    notes: tuple[str, ...]
    header: Row
    rows: tuple[Row, ...]
    bars: tuple[Bar, ...] = ()

    def __str__(self) -> str:
        widths = [max(len(row[i]) for row in (self.header, *self.rows)) for i in range(len(self.header))]
        lines = [_line(self.header, widths), _line(["-" * width for width in widths], widths)]
        lines += [_line(row, widths) for row in self.rows]
        return "\n".join([self.title, *(f"  {note}" for note in self.notes), "", *lines])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (
        cell.ljust(width) if i == 0 else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join([first, *rest]).rstrip()


def times(samples: Sequence[float], decimals: int = 0) -> str:
    """Seconds as milliseconds: the median, then the least and the greatest."""
    low, middle, high = (f"{1000 * x:,.{decimals}f}" for x in (min(samples), median(samples), max(samples)))
    return f"{middle} ms [{low}–{high}]"


def kilobytes(size: float) -> str:
    """Bytes as thousands of them."""
    return f"{size / 1000:,.1f} kB"


def ratio(value: float) -> str:
    """How many times as much."""
    return f"{value:,.2f}×"


def count(number: int) -> str:
    """A number of things."""
    return f"{number:,}"
