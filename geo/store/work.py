"""A measure as those who work with it see it: its row, its version, and its log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from geo.errors import NotFound, Stale
from geo.model import Level, LogKind, MeasureStatus, Person, Point3006, Promise, Role, Work
from geo.store.schema import account, measure, measure_log, measure_place, place


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a measure's log. ``undone``: a later line takes it back.

    ``at`` is when it was received, ``done_at`` when it was done by the doer's own clock. ``name`` and
    ``role`` are empty and None for what came by a file.
    """

    id: int
    kind: LogKind
    status: MeasureStatus
    at: datetime
    done_at: datetime | None
    account_id: int | None
    name: str
    role: Role | None
    organisation: str
    note: str
    undoes: int | None
    undone: bool


@dataclass(frozen=True, slots=True)
class KeptMeasure:
    """A measure with everything internal. ``point`` is EPSG:3006: its own, or that of its first place.

    ``at_spot``: it is its own, where a file had put the measure.
    """

    id: int
    version: int
    title: str
    description: str
    internal_note: str
    kind: str
    responsible: tuple[str, ...]
    promise: Promise
    status: MeasureStatus
    where: str
    locality: str
    area: str
    by_hand: bool
    synthetic: bool
    starts: date | None
    due: date | None
    finished: date | None
    target: int | None
    done: int
    point: Point3006 | None
    at_spot: bool
    place_ids: tuple[int, ...]
    log: tuple[LogLine, ...]

    @property
    def work(self) -> Work:
        """What the workflow's rules ask of it."""
        doers = [
            line
            for line in self.log
            if line.kind is LogKind.STATUS and line.status is MeasureStatus.COMPLETED and not line.undone
        ]
        doer = doers[-1] if doers else None
        return Work(
            self.status,
            self.responsible,
            doer.account_id if doer else None,
            doer.role if doer else None,
        )


def measures(connection: Connection, *where: ColumnElement[bool]) -> tuple[KeptMeasure, ...]:
    """The measures of which ``where`` holds, by due date (none last) and id."""
    rows = connection.execute(
        select(measure).where(*where).order_by(measure.c.due.is_(None), measure.c.due, measure.c.id)
    ).all()
    ids = [row.id for row in rows]
    logs = _logs(connection, ids)
    places = _places(connection, ids)
    return tuple(_kept(row, logs.get(row.id, ()), places.get(row.id, ())) for row in rows)


def open_measures(connection: Connection) -> tuple[KeptMeasure, ...]:
    """Those that still want something done: all but verified and cancelled ones."""
    closed = [MeasureStatus.VERIFIED.value, MeasureStatus.CANCELLED.value]
    return measures(connection, measure.c.status.not_in(closed))


def one(connection: Connection, measure_id: int, *, for_change: bool = False) -> KeptMeasure:
    """One measure; ``for_change`` holds its row until the transaction ends.

    Raises:
        NotFound: there is no such measure.
    """
    if for_change:
        connection.execute(select(measure.c.id).where(measure.c.id == measure_id).with_for_update())
    found = measures(connection, measure.c.id == measure_id)
    if not found:
        raise NotFound("There is no such measure.")
    return found[0]


def by_ref(connection: Connection, ref: str) -> KeptMeasure | None:
    """The measure of this reference, if there is one."""
    return next(iter(measures(connection, measure.c.ref == ref)), None)


def change(connection: Connection, measure_id: int, version: int, values: Mapping[str, Any]) -> None:
    """Writes ``values`` to a measure of this version; its version grows by one.

    Raises:
        Stale: it has another version by now; nothing was written.
    """
    changed = connection.execute(
        update(measure)
        .where(measure.c.id == measure_id, measure.c.version == version)
        .values(version=version + 1, **values)
    )
    if changed.rowcount != 1:
        raise Stale("It was changed in the meantime, and nothing of yours was written over it.")


def add(connection: Connection, ref: str, values: Mapping[str, Any]) -> int:
    """Keeps a measure that a person made; gives its id."""
    key: int = connection.execute(
        insert(measure)
        .values(
            ref=ref,
            finished=None,
            done=0,
            synthetic=False,
            by_hand=True,
            **values,
        )
        .returning(measure.c.id)
    ).scalar_one()
    return key


def choose_places(connection: Connection, measure_id: int, place_ids: Sequence[int]) -> None:
    """Makes these the places a measure is for.

    Raises:
        NotFound: one of them is not there.
    """
    known = set(connection.execute(select(place.c.id).where(place.c.id.in_(place_ids))).scalars())
    if known != set(place_ids):
        raise NotFound("There is no such place.")
    connection.execute(delete(measure_place).where(measure_place.c.measure_id == measure_id))
    if known:
        connection.execute(
            insert(measure_place), [{"measure_id": measure_id, "place_id": key} for key in sorted(known)]
        )


def append(
    connection: Connection,
    measure_id: int,
    *,
    kind: LogKind,
    status: MeasureStatus,
    at: datetime,
    by: Person,
    note: str,
    done_at: datetime | None = None,
    undoes: int | None = None,
    client_ref: str = "",
) -> int:
    """Appends a line to a measure's log; gives its id."""
    key: int = connection.execute(
        insert(measure_log)
        .values(
            measure_id=measure_id,
            kind=kind.value,
            status=status.value,
            at=at,
            done_at=done_at,
            account_id=by.id,
            organisation=by.organisation,
            note=note,
            undoes=undoes,
            client_ref=client_ref or None,
        )
        .returning(measure_log.c.id)
    ).scalar_one()
    return key


def sent_before(connection: Connection, client_ref: str) -> Row[Any, Any, Any] | None:
    """The line (id, measure_id, account_id) that was sent under this reference, if one was."""
    if not client_ref:
        return None
    return connection.execute(
        select(measure_log.c.id, measure_log.c.measure_id, measure_log.c.account_id).where(
            measure_log.c.client_ref == client_ref
        )
    ).first()


def _logs(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[LogLine, ...]]:
    rows = connection.execute(
        select(measure_log, account.c.name, account.c.role)
        .outerjoin(account, account.c.id == measure_log.c.account_id)
        .where(measure_log.c.measure_id.in_(ids))
        .order_by(measure_log.c.id)
    ).all()
    undone = {row.undoes for row in rows if row.undoes is not None}
    found: dict[int, list[LogLine]] = {}
    for row in rows:
        found.setdefault(row.measure_id, []).append(
            LogLine(
                row.id,
                LogKind(row.kind),
                MeasureStatus(row.status),
                row.at,
                row.done_at,
                row.account_id,
                row.name or "",
                Role(row.role) if row.role else None,
                row.organisation,
                row.note,
                row.undoes,
                row.id in undone,
            )
        )
    return {key: tuple(lines) for key, lines in found.items()}


def _places(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[tuple[int, Point3006], ...]]:
    rows = connection.execute(
        select(measure_place.c.measure_id, place.c.id, place.c.geom)
        .join(place, place.c.id == measure_place.c.place_id)
        .where(measure_place.c.measure_id.in_(ids))
        .order_by(place.c.id)
    )
    found: dict[int, list[tuple[int, Point3006]]] = {}
    for row in rows:
        found.setdefault(row.measure_id, []).append((row.id, (row.geom.x, row.geom.y)))
    return {key: tuple(linked) for key, linked in found.items()}


def _kept(row: Row[Any], log: tuple[LogLine, ...], places: tuple[tuple[int, Point3006], ...]) -> KeptMeasure:
    own = (row.geom.x, row.geom.y) if row.level == Level.SPOT and row.geom is not None else None
    return KeptMeasure(
        id=row.id,
        version=row.version,
        title=row.title,
        description=row.description,
        internal_note=row.internal_note,
        kind=row.kind,
        responsible=tuple(row.responsible),
        promise=Promise(row.promise),
        status=MeasureStatus(row.status),
        where=row.text,
        locality=row.locality,
        area=row.area,
        by_hand=row.by_hand,
        synthetic=row.synthetic,
        starts=row.starts,
        due=row.due,
        finished=row.finished,
        target=row.target,
        done=row.done,
        point=own or (places[0][1] if places else None),
        at_spot=own is not None,
        place_ids=tuple(key for key, _point in places),
        log=log,
    )
