"""What a planner chooses from when making a measure, and who changed one last."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from geo.model import EntryKind, LayerInfo
from geo.privacy import MIN_RESPONDENTS
from geo.store.engine import Store
from geo.store.layers import areas
from geo.store.schema import account, audit, measure, place


@dataclass(frozen=True, slots=True)
class StaffPlace:
    """A place as staff may choose it; ``public``: residents see it too. Its name is made as a PublicPlace's is."""

    id: int
    anchor: str
    at_stop: bool
    distance_m: int
    direction: str
    locality: str
    public: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """What a measure's fields can be filled with. ``areas`` are public layers of polygons."""

    organisations: tuple[str, ...]
    kinds: tuple[str, ...]
    places: tuple[StaffPlace, ...]
    areas: tuple[LayerInfo, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed a thing last, and when."""

    name: str
    at: datetime


def choices(store: Store) -> Choices:
    """Everything to choose from: the accounts' and measures' organisations, kinds in use, places, areas."""
    with store.read() as connection:
        measures = connection.execute(select(measure.c.responsible, measure.c.kind)).all()
        own = connection.execute(
            select(account.c.organisation).where(account.c.disabled_at.is_(None)).distinct()
        ).scalars()
        # By their letters, whatever their case: "polisen" and "Polisen" are one.
        organisations = {name.casefold(): name for row in measures for name in row.responsible}
        organisations |= {name.casefold(): name for name in own if name}
        return Choices(
            organisations=tuple(organisations[key] for key in sorted(organisations)),
            kinds=tuple(sorted({row.kind for row in measures if row.kind})),
            places=tuple(
                StaffPlace(
                    row.id,
                    row.anchor,
                    row.anchor_kind == EntryKind.BUS_STOP,
                    row.distance_m,
                    row.direction,
                    row.locality,
                    row.respondents >= MIN_RESPONDENTS,
                )
                for row in connection.execute(
                    select(place).order_by(place.c.locality, place.c.anchor, place.c.distance_m, place.c.id)
                )
            ),
            areas=areas(connection),
        )


def last_change(store: Store, subject: str) -> Change | None:
    """Who by name changed the subject of the audit (``measure 7``) last; None where nobody did here."""
    with store.read() as connection:
        row = connection.execute(
            select(account.c.name, audit.c.at)
            .join(account, account.c.id == audit.c.account_id)
            .where(audit.c.subject == subject, ~audit.c.action.like("%.read"))
            .order_by(audit.c.id.desc())
            .limit(1)
        ).one_or_none()
    return None if row is None else Change(row.name, row.at)
