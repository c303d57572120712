"""The station with its entrances, trains, light, scenarios, and figures frozen to be held against later ones."""

import sqlalchemy as sa
from alembic import op

from geo.store.schema import UtcDateTime
from geo.store.spatial import Geometry

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "station",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("geom", Geometry(), nullable=True),
        sa.Column("approximate", sa.Boolean(), nullable=False),
        sa.Column("precision", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("speed", sa.Float(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
    )
    op.create_table(
        "station_entrance",
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), server_default="entrance", nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("geom", Geometry(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
            name=op.f("fk_station_entrance_station_id_station"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("station_id", "kind", "position", name=op.f("pk_station_entrance")),
    )
    op.create_table(
        "train",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock", sa.String(length=8), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("arrives", sa.Boolean(), nullable=False),
        sa.Column("departs", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_train")),
    )
    op.create_table(
        "light_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("geom", Geometry(), nullable=False),
        sa.Column("owner", sa.String(length=200), server_default="", nullable=False),
        sa.Column("lit", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_light_source")),
        comment="The municipality's own lamps, and roads with their owner: they go before OpenStreetMap.",
    )
    op.create_index(op.f("ix_light_source_kind"), "light_source", ["kind"], unique=False)
    op.create_table(
        "scenario",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("edits", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_scenario_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
        sa.UniqueConstraint("slug", name=op.f("uq_scenario_slug")),
    )
    op.create_table(
        "baseline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_baseline_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baseline")),
        comment="Figures as they were on a day, to hold later ones against; appended, never edited.",
    )


def downgrade() -> None:
    for table in ("baseline", "scenario", "light_source", "train", "station_entrance", "station"):
        op.drop_table(table)
