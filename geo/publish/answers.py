"""What a coordinator reads to deal with an answer: its words, how they were placed, what was decided."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from geo.errors import NotFound
from geo.model import LOCALITIES_LAYER, Level
from geo.store import findings as kept
from geo.store.engine import Store
from geo.store.findings import KeptFinding, Review
from geo.store.schema import answer_location, layer_feature, survey, survey_answer


@dataclass(frozen=True, slots=True)
class Located:
    """Where the words of an answer were taken to be. ``name`` may be empty."""

    level: Level
    name: str
    locality: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came, without its respondent. ``danger`` is a key of ``geo.danger.LABELS`` or empty."""

    id: int
    survey: str
    synthetic: bool
    text: str
    comment: str
    danger: str
    answered: date | None
    located: tuple[Located, ...]
    reviews: tuple[Review, ...]
    findings: tuple[KeptFinding, ...]


def one_answer(store: Store, answer_id: int) -> Answer:
    """One answer.

    Raises:
        NotFound: there is no such answer.
    """
    with store.read() as connection:
        row = connection.execute(
            select(survey_answer, survey.c.name.label("survey"), survey.c.synthetic)
            .join(survey, survey.c.id == survey_answer.c.survey_id)
            .where(survey_answer.c.id == answer_id)
        ).one_or_none()
        if row is None:
            raise NotFound("There is no such answer.")
        located = connection.execute(
            select(answer_location.c.level, answer_location.c.name, answer_location.c.locality)
            .where(answer_location.c.answer_id == answer_id)
            .order_by(answer_location.c.ordinal)
        )
        return Answer(
            id=row.id,
            survey=row.survey,
            synthetic=row.synthetic,
            text=row.text,
            comment=row.comment,
            danger=row.danger,
            answered=row.answered,
            located=tuple(Located(Level(one.level), one.name, one.locality) for one in located),
            reviews=kept.reviews(connection, answer_id),
            findings=kept.of_answer(connection, answer_id),
        )


def all_findings(store: Store) -> tuple[KeptFinding, ...]:
    """Every finding, also those held back: what is not repaired first, then the newest."""
    with store.read() as connection:
        return kept.findings(connection)


def one_finding(store: Store, finding_id: int) -> KeptFinding:
    """One finding.

    Raises:
        NotFound: there is no such finding.
    """
    with store.read() as connection:
        return kept.one(connection, finding_id)


def answer_words(store: Store, answer_id: int | None) -> tuple[str, ...]:
    """The texts that a finding from this answer may not repeat; none without an answer.

    Raises:
        NotFound: there is no such answer.
    """
    if answer_id is None:
        return ()
    with store.read() as connection:
        return kept.words_of(connection, answer_id)


def locality_names(store: Store) -> tuple[str, ...]:
    """The names of the municipality's localities and villages."""
    with store.read() as connection:
        features = connection.execute(
            select(layer_feature.c.properties).where(layer_feature.c.layer == LOCALITIES_LAYER)
        ).scalars()
        return tuple(sorted({str(found["name"]) for found in features}))
