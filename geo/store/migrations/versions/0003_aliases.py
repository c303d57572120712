"""What people decided that words mean, and the key that rows with the same words share."""

import sqlalchemy as sa
from alembic import op

from geo.store.rows import CHUNK, text_key
from geo.store.schema import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = ("survey_answer", "incident", "measure")


def upgrade() -> None:
    op.create_table(
        "alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_key", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.Column("taken_back_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_alias_account_id_account")),
        sa.ForeignKeyConstraint(
            ["taken_back_by"], ["account.id"], name=op.f("fk_alias_taken_back_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias")),
        comment="What a person decided that words mean: it goes before the geocoder, now and at later imports.",
    )
    op.create_index(
        "uq_alias_text_key",
        "alias",
        ["text_key"],
        unique=True,
        sqlite_where=sa.text("taken_back_at IS NULL"),
        postgresql_where=sa.text("taken_back_at IS NULL"),
    )
    for table in _TABLES:
        op.add_column(table, sa.Column("text_key", sa.String(length=32), server_default="", nullable=False))
        _fill(table)
        op.create_index(op.f(f"ix_{table}_text_key"), table, ["text_key"], unique=False)


def _fill(name: str) -> None:
    table = sa.table(name, sa.column("id"), sa.column("text"), sa.column("text_key"))
    connection = op.get_bind()
    last = 0
    while True:
        rows = connection.execute(
            sa.select(table.c.id, table.c.text).where(table.c.id > last).order_by(table.c.id).limit(CHUNK)
        ).all()
        if not rows:
            return
        connection.execute(
            sa.update(table).where(table.c.id == sa.bindparam("row")).values(text_key=sa.bindparam("key")),
            [{"row": row.id, "key": text_key(row.text)} for row in rows],
        )
        last = rows[-1].id


def downgrade() -> None:
    for table in _TABLES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_text_key"))
            batch_op.drop_column("text_key")
    op.drop_table("alias")
