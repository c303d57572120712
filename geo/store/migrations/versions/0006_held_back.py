"""Rows whose words tell of what a person must look at first are held back; and a count of requests."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from geo.sensitive import LABELS, POINTING, find_warning
from geo.store.rows import CHUNK
from geo.store.schema import UtcDateTime

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None

_WORDS = {
    "survey_answer": ("text", "comment"),
    "incident": ("text",),
    "measure": ("title", "description", "kind", "text"),
}
_KEPT_OUT = ("survey_answer", "measure")


def upgrade() -> None:
    for table, columns in _WORDS.items():
        op.add_column(table, sa.Column("warning", sa.String(length=20), server_default="", nullable=False))
        if table in _KEPT_OUT:
            op.add_column(
                table, sa.Column("kept_out", sa.Boolean(), server_default=sa.false(), nullable=False)
            )
        _fill(table, columns)
        op.create_index(op.f(f"ix_{table}_warning"), table, ["warning"], unique=False)
    op.create_table(
        "request_count",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("began", UtcDateTime(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "began", name=op.f("pk_request_count")),
        comment="Requests of the last minutes from an address, by keyed hash: no address is kept.",
    )


def _fill(name: str, columns: Sequence[str]) -> None:
    table = sa.table(name, sa.column("id"), sa.column("warning"), *(sa.column(one) for one in columns))
    connection = op.get_bind()
    last = 0
    while True:
        rows = connection.execute(
            sa.select(table.c.id, *(table.c[one] for one in columns))
            .where(table.c.id > last)
            .order_by(table.c.id)
            .limit(CHUNK)
        ).all()
        if not rows:
            return
        among = POINTING if name == "measure" else LABELS
        found = [(row.id, find_warning(*(getattr(row, one) for one in columns), among=among)) for row in rows]
        held = [{"row": key, "told": warning} for key, warning in found if warning]
        if held:
            connection.execute(
                sa.update(table)
                .where(table.c.id == sa.bindparam("row"))
                .values(warning=sa.bindparam("told")),
                held,
            )
        last = rows[-1].id


def downgrade() -> None:
    op.drop_table("request_count")
    for table in _WORDS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_warning"))
            batch_op.drop_column("warning")
            if table in _KEPT_OUT:
                batch_op.drop_column("kept_out")
