"""Releases: what residents see of incidents, said once and kept."""

import sqlalchemy as sa
from alembic import op

from geo.store.schema import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("incident_tally")
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("cells", sa.String(length=12), nullable=False),
        sa.Column("controls", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("takes_back", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["takes_back"], ["release.id"], name=op.f("fk_release_takes_back_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        comment="What residents see of incidents, through a quarter; the newest counts. Appended, never edited.",
    )
    op.create_table(
        "cell_set",
        sa.Column("version", sa.String(length=12), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("made", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_cell_set")),
        comment="The areas that releases count in, by the year they are used from. Their edges never move.",
    )
    op.create_table(
        "release_statement",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("area", sa.String(length=100), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("grp", sa.String(length=30), nullable=False),
        sa.Column("said", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_statement_release_id_release")
        ),
        sa.PrimaryKeyConstraint(
            "release_id", "scope", "area", "year", "grp", name=op.f("pk_release_statement")
        ),
    )
    op.create_table(
        "release_count",
        sa.Column("locality", sa.String(length=100), nullable=False),
        sa.Column("cell", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quarter", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("grp", sa.String(length=30), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_count_release_id_release")
        ),
        sa.PrimaryKeyConstraint("locality", "cell", "year", "quarter", "grp", name=op.f("pk_release_count")),
        comment="What releases are made of, counted once when a quarter is first released. Never shown.",
    )


def downgrade() -> None:
    op.drop_table("release_count")
    op.drop_table("release_statement")
    op.drop_table("cell_set")
    op.drop_table("release")
    op.create_table(
        "incident_tally",
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("area", sa.String(length=100), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("grp", sa.String(length=30), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "area", "year", "grp", name=op.f("pk_incident_tally")),
        comment="Counts of incident made at import, so that a page's cost does not grow with the store.",
    )
