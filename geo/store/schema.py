"""The tables. The migrations make them; a test holds the two against each other."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

from geo.store.spatial import Geometry


class UtcDateTime(TypeDecorator[datetime]):
    """A timezone-aware moment, kept as naive UTC on both databases."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a timezone can't be kept")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text_key() -> Column[Any]:
    """What rows with the same folded words share (``geo.store.rows.text_key``); empty without words."""
    return Column("text_key", String(32), nullable=False, server_default="", index=True)


def _warning() -> Column[Any]:
    """What a row's words tell of that a person must look at first (``geo.sensitive``); it is then held: neither
    counted nor shown. Empty where nothing is, or somebody has looked."""
    return Column("warning", String(20), nullable=False, server_default="", index=True)


def _location() -> list[Column[Any]]:
    """How the geocoder answered: the same columns wherever a text was placed."""
    return [
        Column("level", String(16), nullable=False),
        Column("rule", String(40), nullable=False),
        Column("name", String(200), nullable=False),
        Column("locality", String(100), nullable=False),
        Column("radius_m", Float, nullable=False),
        Column("probability", Float, nullable=False),
        Column("geom", Geometry),
    ]


revision = Table(
    "revision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
    comment="One row; the number grows with every write, so that readers can tell old from new.",
)

import_run = Table(
    "import_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("file_name", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("counts", JSON, nullable=False),
)

survey = Table(
    "survey",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("year", Integer),
    Column("synthetic", Boolean, nullable=False),
)

survey_answer = Table(
    "survey_answer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("survey_id", ForeignKey("survey.id"), nullable=False, index=True),
    Column("import_id", ForeignKey("import_run.id"), nullable=False),
    Column("ref", String(100), nullable=False),
    Column("respondent", String(100), nullable=False),
    Column("text", Text, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("times", JSON, nullable=False),
    Column("comment", Text, nullable=False),
    Column("answered", Date),
    Column("danger", String(40), nullable=False, index=True),
    _text_key(),
    _warning(),
    # Somebody has looked, and it stays out for good.
    Column("kept_out", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("survey_id", "ref"),
)

place = Table(
    "place",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("anchor", String(200), nullable=False),
    Column("anchor_kind", String(20), nullable=False),
    Column("distance_m", Integer, nullable=False),
    Column("direction", String(2), nullable=False),
    Column("locality", String(100), nullable=False),
    Column("geom", Geometry, nullable=False),
    Column("radius_m", Float, nullable=False),
    Column("respondents", Integer, nullable=False, index=True),
    Column("reasons", JSON, nullable=False),
    Column("times", JSON, nullable=False),
    Column("surveys", JSON, nullable=False),
    Column("synthetic", Boolean, nullable=False),
)

answer_location = Table(
    "answer_location",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("answer_id", ForeignKey("survey_answer.id"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    *_location(),
    Column("place_id", ForeignKey("place.id"), index=True),
    UniqueConstraint("answer_id", "ordinal"),
)

incident = Table(
    "incident",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("import_id", ForeignKey("import_run.id"), nullable=False),
    Column("source", String(100), nullable=False),
    Column("ref", String(100), nullable=False),
    Column("category", String(100), nullable=False),
    Column("grp", String(30), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("municipality", String(100), nullable=False),
    Column("started", UtcDateTime),
    Column("ended", UtcDateTime),
    Column("published", UtcDateTime),
    Column("year", Integer),
    Column("place_key", String(300), nullable=False),
    Column("duplicate_of", ForeignKey("incident.id")),
    *_location(),
    _text_key(),
    _warning(),
    UniqueConstraint("source", "ref"),
    Index("ix_incident_same", "place_key", "category", "started"),
)

measure = Table(
    "measure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(100), nullable=False, unique=True),
    Column("title", String(300), nullable=False),
    Column("description", Text, nullable=False),
    Column("kind", String(100), nullable=False),
    Column("responsible", JSON, nullable=False),
    Column("promise", String(20), nullable=False),
    Column("status", String(12), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("starts", Date),
    Column("due", Date),
    Column("finished", Date),
    Column("target", Integer),
    Column("done", Integer, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    *_location(),
    # Grows with every change, so that a change of an older version is noticed.
    Column("version", Integer, nullable=False, server_default="1"),
    Column("internal_note", Text, nullable=False, server_default=""),
    # The name of a layer whose polygon it is for; and whether its places were chosen by a person.
    Column("area", String(60), nullable=False, server_default=""),
    Column("by_hand", Boolean, nullable=False, server_default=false()),
    _text_key(),
    _warning(),
    Column("kept_out", Boolean, nullable=False, server_default=false()),
)

measure_log = Table(
    "measure_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("measure_id", ForeignKey("measure.id"), nullable=False, index=True),
    Column("status", String(12), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("note", Text, nullable=False),
    Column("kind", String(10), nullable=False, server_default="status"),
    Column("account_id", ForeignKey("account.id")),
    Column("organisation", String(200), nullable=False, server_default=""),
    # When it was done by the doer's own clock; "at" is when it reached us.
    Column("done_at", UtcDateTime),
    Column("undoes", ForeignKey("measure_log.id")),
    Column("client_ref", String(64)),
    Index("uq_measure_log_client_ref", "client_ref", unique=True),
    Index("uq_measure_log_undoes", "undoes", unique=True),
    comment="Appended, never edited: triggers refuse UPDATE and DELETE.",
)

measure_place = Table(
    "measure_place",
    metadata,
    Column("measure_id", ForeignKey("measure.id"), primary_key=True),
    Column("place_id", ForeignKey("place.id"), primary_key=True, index=True),
)

layer = Table(
    "layer",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("title_sv", String(200), nullable=False),
    Column("title_en", String(200), nullable=False),
    Column("source", Text, nullable=False),
    Column("licence", String(200), nullable=False),
    Column("precision", String(300), nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("audience", String(10), nullable=False),
    Column("style", String(40), nullable=False),
    Column("min_zoom", Integer, nullable=False),
    Column("credit", String(200), nullable=False),
    Column("position", Integer, nullable=False),
    Column("revision", Integer, nullable=False, server_default="0"),
)

layer_feature = Table(
    "layer_feature",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("layer", ForeignKey("layer.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("geom", Geometry, nullable=False),
    Column("properties", JSON, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("username", String(100), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("organisation", String(200), nullable=False),
    Column("password", Text),
    Column("oidc_issuer", String(300)),
    Column("oidc_subject", String(255)),
    Column("made_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("calendar_hash", String(64), unique=True),
    UniqueConstraint("oidc_issuer", "oidc_subject"),
)

one_time_link = Table(
    "one_time_link",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False, index=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    comment="The link by which a person sets a password; it works once.",
)

login_session = Table(
    "login_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False, index=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

login_attempt = Table(
    "login_attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_key", String(64), nullable=False, index=True),
    Column("address_key", String(64), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    comment="Failed tries of the last minutes, by keyed hash: no name or address is kept.",
)

request_count = Table(
    "request_count",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("began", UtcDateTime, primary_key=True),
    Column("n", Integer, nullable=False),
    comment="Requests of the last minutes from an address, by keyed hash: no address is kept.",
)

access_token = Table(
    "access_token",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False, index=True),
    Column("title", String(100), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)

secret = Table(
    "secret",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(100), nullable=False),
    comment="Keys the program made for itself at random.",
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("account_id", ForeignKey("account.id")),
    Column("actor", String(100), nullable=False),
    Column("action", String(40), nullable=False, index=True),
    Column("subject", String(100), nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    comment="Appended, never edited: who did what, when, to what, before and after.",
)

photo = Table(
    "photo",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("measure_id", ForeignKey("measure.id"), nullable=False, index=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("file", String(80), nullable=False, unique=True),
    Column("sha256", String(64), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("published_at", UtcDateTime),
)

finding = Table(
    "finding",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("answer_id", ForeignKey("survey_answer.id"), index=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("locality", String(100), nullable=False),
    Column("where_words", String(200), nullable=False),
    Column("seen", Text, nullable=False),
    Column("seen_on", Date, nullable=False),
    Column("owner", String(200), nullable=False),
    Column("plan", Text, nullable=False),
    Column("due", Date),
    Column("repaired_on", Date),
    Column("one_household", Boolean, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    comment="What staff saw; one_household: published only once it is repaired.",
)

answer_review = Table(
    "answer_review",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("answer_id", ForeignKey("survey_answer.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("decision", String(20), nullable=False),
    Column("note", Text, nullable=False),
    comment="What staff decided about an answer; appended, never edited. The answer itself stays as it came.",
)

alias = Table(
    "alias",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text_key", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("decision", String(16), nullable=False),
    Column("targets", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("account_id", ForeignKey("account.id")),
    Column("taken_back_at", UtcDateTime),
    Column("taken_back_by", ForeignKey("account.id")),
    # One text has one meaning at a time; what was taken back stays for the auditor.
    Index(
        "uq_alias_text_key",
        "text_key",
        unique=True,
        sqlite_where=text("taken_back_at IS NULL"),
        postgresql_where=text("taken_back_at IS NULL"),
    ),
    comment="What a person decided that words mean: it goes before the geocoder, now and at later imports.",
)

station = Table(
    "station",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("geom", Geometry),
    Column("approximate", Boolean, nullable=False),
    Column("precision", String(300), nullable=False),
    Column("source", String(300), nullable=False),
    # What figures rest on: metres a second, people by kind of origin, the season's first and last day.
    Column("speed", Float, nullable=False),
    Column("people", JSON, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
)

station_entrance = Table(
    "station_entrance",
    metadata,
    Column("station_id", ForeignKey("station.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(10), primary_key=True, server_default="entrance"),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("geom", Geometry, nullable=False),
)

train = Table(
    "train",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("clock", String(8), nullable=False),
    Column("weekdays", String(7), nullable=False),
    Column("arrives", Boolean, nullable=False),
    Column("departs", Boolean, nullable=False),
)

light_source = Table(
    "light_source",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(10), nullable=False, index=True),
    Column("geom", Geometry, nullable=False),
    Column("owner", String(200), nullable=False, server_default=""),
    Column("lit", Boolean),
    comment="The municipality's own lamps, and roads with their owner: they go before OpenStreetMap.",
)

scenario = Table(
    "scenario",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", String(40), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("edits", JSON, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
)

baseline = Table(
    "baseline",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("figures", JSON, nullable=False),
    comment="Figures as they were on a day, to hold later ones against; appended, never edited.",
)

release = Table(
    "release",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("year", Integer, nullable=False),
    Column("quarter", Integer, nullable=False),
    Column("cells", String(12), nullable=False),
    Column("controls", JSON, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("takes_back", ForeignKey("release.id")),
    Column("reason", Text, nullable=False),
    comment="What residents see of incidents, through a quarter; the newest counts. Appended, never edited.",
)

cell_set = Table(
    "cell_set",
    metadata,
    Column("version", String(12), primary_key=True),
    Column("since", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("reason", Text, nullable=False),
    Column("least", Integer, nullable=False),
    Column("made", JSON, nullable=False),
    comment="The areas that releases count in, by the year they are used from. Their edges never move.",
)

release_statement = Table(
    "release_statement",
    metadata,
    Column("release_id", ForeignKey("release.id"), primary_key=True),
    Column("scope", String(16), primary_key=True),
    Column("area", String(100), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("grp", String(30), primary_key=True),
    Column("said", String(10), nullable=False),
    Column("value", Integer),
)

release_count = Table(
    "release_count",
    metadata,
    Column("locality", String(100), primary_key=True),
    Column("cell", String(20), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("quarter", Integer, primary_key=True, autoincrement=False),
    Column("grp", String(30), primary_key=True),
    Column("n", Integer, nullable=False),
    Column("release_id", ForeignKey("release.id"), nullable=False),
    comment="What releases are made of, counted once when a quarter is first released. Never shown.",
)

SPATIAL = ("place",)
"""Tables searched by distance: they have a spatial index."""

APPEND_ONLY = (
    "measure_log",
    "audit",
    "answer_review",
    "baseline",
    "cell_set",
    "release",
    "release_statement",
    "release_count",
)
"""Tables whose rows may not be changed or removed."""
