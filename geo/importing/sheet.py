"""A table with its columns recognised: cells by field, and why a row can't be taken."""

import hashlib
from collections.abc import Iterator

from geo.errors import UnreadableInput
from geo.importing.headers import Headings, field_of
from geo.importing.tables import Table
from geo.messages import N_
from geo.model import Rejected
from geo.swedish import fold

_LONGEST = {"ref": 90, "title": 300, "kind": 100, "source": 100, "municipality": 100, "text": 2_000}
"""Characters that a field may have: what the store keeps, and for a place what can be one: an essay of
200,000 characters would keep the geocoder busy for seconds."""
_SHOWN = 200
"""Characters of a cell that a rejection repeats."""


class BadRow(Exception):
    """A row can't be taken. Raised while it's parsed; becomes a ``Rejected``.

    Args:
        reason: gettext message id with ``params``.
        column: the heading as written, or empty where the whole row is meant.
        refused: the row is refused by policy; its value is then not kept.
    """

    def __init__(
        self,
        reason: str,
        *,
        column: str = "",
        value: str = "",
        params: dict[str, str] | None = None,
        refused: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column
        self.value = value
        self.params = params or {}
        self.refused = refused

    def at(self, row: int) -> Rejected:
        """The rejection of row number ``row``."""
        return Rejected(
            row=row,
            column=self.column,
            value="" if self.refused else self.value[:_SHOWN],
            reason=self.reason,
            params=self.params,
            refused=self.refused,
        )


def content_ref(*said: str) -> str:
    """What a row without an id is known by: a hash of what it says, folded."""
    return f"h-{hashlib.sha256(chr(0).join(fold(part) for part in said).encode()).hexdigest()[:20]}"


class Sheet:
    """A table whose columns are recognised.

    Args:
        table: as read.
        headings: the fields and what their columns are called.
        claimed: columns that the caller reads in another way, by index.
    """

    def __init__(self, table: Table, headings: Headings, claimed: frozenset[int] = frozenset()) -> None:
        self.table = table
        self._columns: dict[str, list[int]] = {}
        self._unread: list[int] = []
        for index, heading in enumerate(table.columns):
            if index in claimed:
                continue
            field = field_of(heading, headings)
            if field is not None:
                self._columns.setdefault(field, []).append(index)
            elif heading:
                self._unread.append(index)

    def __contains__(self, field: str) -> bool:
        return field in self._columns

    def columns(self, field: str) -> tuple[int, ...]:
        """The indexes of the columns that hold a field."""
        return tuple(self._columns.get(field, ()))

    def heading(self, field: str) -> str:
        """The heading of a field as written in the file, or empty."""
        return self.table.columns[self._columns[field][0]] if field in self._columns else ""

    def require(self, *fields: str, wanted: str) -> None:
        """Makes sure that one of the fields has a column. ``wanted`` names what such a column is called.

        Raises:
            UnreadableInput: none has.
        """
        if not any(field in self for field in fields):
            raise UnreadableInput(
                "No column is called anything like “%(wanted)s”. The columns found are: %(columns)s.",
                wanted=wanted,
                columns=", ".join(column for column in self.table.columns if column),
            )

    def get(self, cells: tuple[str, ...], field: str) -> str:
        """The cell of a field; of several columns, the first that isn't empty."""
        for index in self._columns.get(field, ()):
            if cells[index]:
                return cells[index]
        return ""

    def all(self, cells: tuple[str, ...], field: str, joiner: str) -> str:
        """The different cells of all columns of a field, joined."""
        columns = self._columns.get(field, ())
        if len(columns) < 2:
            return cells[columns[0]] if columns else ""
        return joiner.join(dict.fromkeys(cells[index] for index in columns if cells[index]))

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Row number and cells."""
        yield from self.table.rows

    def check(self, cells: tuple[str, ...]) -> None:
        """Makes sure that a row has no more cells than there are headings, and none that is too long.

        Raises:
            BadRow: it has more: its cells are out of step with the headings; or one can't be kept whole.
        """
        if len(cells) > len(self.table.columns):
            raise BadRow(
                N_(
                    "The row has more cells than there are headings: a separator stands unquoted in one of "
                    "them. Quote it, or give every column a heading."
                ),
                value=cells[len(self.table.columns)],
            )

        for field, most in _LONGEST.items():
            if len(self.get(cells, field)) > most:
                raise BadRow(
                    N_("The cell has more than %(most)s characters."),
                    column=self.heading(field),
                    value=self.get(cells, field),
                    params={"most": str(most)},
                )

    def unread(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        """The cells under headings that aren't recognised: looked at for warnings, never kept."""
        return tuple(cells[index] for index in self._unread)

    def notes(self) -> tuple[Rejected, ...]:
        """One note for every column with a heading that isn't read."""
        return tuple(
            Rejected(row=0, column=self.table.columns[index], value="", reason=N_("This column is not read."))
            for index in self._unread
        )
