"""The first schema: surveys, places, incidents, measures and layers."""

import sqlalchemy as sa
from alembic import op

from geo.store.schema import UtcDateTime
from geo.store.spatial import Geometry, create_index_sql, drop_index_sql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SPATIAL = ("place",)


def upgrade() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
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
    op.create_table(
        "layer",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("title_sv", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("licence", sa.String(length=200), nullable=False),
        sa.Column("precision", sa.String(length=300), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("style", sa.String(length=40), nullable=False),
        sa.Column("min_zoom", sa.Integer(), nullable=False),
        sa.Column("credit", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_layer")),
    )
    op.create_table(
        "measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("responsible", sa.JSON(), nullable=False),
        sa.Column("promise", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("finished", sa.Date(), nullable=True),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("locality", sa.String(length=100), nullable=False),
        sa.Column("radius_m", sa.Float(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("geom", Geometry(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
        sa.UniqueConstraint("ref", name=op.f("uq_measure_ref")),
    )
    op.create_index(op.f("ix_measure_status"), "measure", ["status"], unique=False)
    op.create_table(
        "place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(length=200), nullable=False),
        sa.Column("anchor_kind", sa.String(length=20), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=2), nullable=False),
        sa.Column("locality", sa.String(length=100), nullable=False),
        sa.Column("geom", Geometry(), nullable=False),
        sa.Column("radius_m", sa.Float(), nullable=False),
        sa.Column("respondents", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("surveys", sa.JSON(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
    )
    op.create_index(op.f("ix_place_respondents"), "place", ["respondents"], unique=False)
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        comment="One row; the number grows with every write, so that readers can tell old from new.",
    )
    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("name", name=op.f("uq_survey_name")),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("ref", sa.String(length=100), nullable=False),
        sa.Column("category", sa.String(length=100), nullable=False),
        sa.Column("grp", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("municipality", sa.String(length=100), nullable=False),
        sa.Column("started", UtcDateTime(), nullable=True),
        sa.Column("ended", UtcDateTime(), nullable=True),
        sa.Column("published", UtcDateTime(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("place_key", sa.String(length=300), nullable=False),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("locality", sa.String(length=100), nullable=False),
        sa.Column("radius_m", sa.Float(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("geom", Geometry(), nullable=True),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["incident.id"], name=op.f("fk_incident_duplicate_of_incident")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import_run.id"], name=op.f("fk_incident_import_id_import_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("source", "ref", name=op.f("uq_incident_source_ref")),
    )
    op.create_index("ix_incident_same", "incident", ["place_key", "category", "started"], unique=False)
    op.create_table(
        "layer_feature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("layer", sa.String(length=60), nullable=False),
        sa.Column("geom", Geometry(), nullable=False),
        sa.Column("properties", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["layer"], ["layer.name"], name=op.f("fk_layer_feature_layer_layer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layer_feature")),
    )
    op.create_index(op.f("ix_layer_feature_layer"), "layer_feature", ["layer"], unique=False)
    op.create_table(
        "measure_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_measure_log_measure_id_measure")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_log")),
        comment="Appended, never edited: triggers refuse UPDATE and DELETE.",
    )
    op.create_index(op.f("ix_measure_log_measure_id"), "measure_log", ["measure_id"], unique=False)
    op.create_table(
        "measure_place",
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_measure_place_measure_id_measure")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_measure_place_place_id_place")),
        sa.PrimaryKeyConstraint("measure_id", "place_id", name=op.f("pk_measure_place")),
    )
    op.create_index(op.f("ix_measure_place_place_id"), "measure_place", ["place_id"], unique=False)
    op.create_table(
        "survey_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=100), nullable=False),
        sa.Column("respondent", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("answered", sa.Date(), nullable=True),
        sa.Column("danger", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import_run.id"], name=op.f("fk_survey_answer_import_id_import_run")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_answer_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answer")),
        sa.UniqueConstraint("survey_id", "ref", name=op.f("uq_survey_answer_survey_id_ref")),
    )
    op.create_index(op.f("ix_survey_answer_danger"), "survey_answer", ["danger"], unique=False)
    op.create_index(op.f("ix_survey_answer_survey_id"), "survey_answer", ["survey_id"], unique=False)
    op.create_table(
        "answer_location",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("locality", sa.String(length=100), nullable=False),
        sa.Column("radius_m", sa.Float(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("geom", Geometry(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["survey_answer.id"], name=op.f("fk_answer_location_answer_id_survey_answer")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_answer_location_place_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_location")),
        sa.UniqueConstraint("answer_id", "ordinal", name=op.f("uq_answer_location_answer_id_ordinal")),
    )
    op.create_index(op.f("ix_answer_location_answer_id"), "answer_location", ["answer_id"], unique=False)
    op.create_index(op.f("ix_answer_location_place_id"), "answer_location", ["place_id"], unique=False)
    op.bulk_insert(
        sa.table("revision", sa.column("id", sa.Integer), sa.column("number", sa.Integer)),
        [{"id": 1, "number": 1}],
    )
    for table in SPATIAL:
        op.execute(create_index_sql(table, op.get_bind().dialect.name))


def downgrade() -> None:
    for table in SPATIAL:
        op.execute(drop_index_sql(table, op.get_bind().dialect.name))
    op.drop_table("answer_location")
    op.drop_table("survey_answer")
    op.drop_table("measure_place")
    op.drop_table("measure_log")
    op.drop_table("layer_feature")
    op.drop_table("incident")
    op.drop_table("survey")
    op.drop_table("revision")
    op.drop_table("place")
    op.drop_table("measure")
    op.drop_table("layer")
    op.drop_table("incident_tally")
    op.drop_table("import_run")
