"""What is hidden leaves no trace, not in a tag or a header either: it is changed, and every public answer stays as it was."""

import re
from collections.abc import Iterator

import pytest
from canary_columns import MARKED, SPOTS
from canary_scene import Scene
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Table, and_, insert, select, update
from stranger import reading

from geo.store.engine import Store
from geo.store.schema import APPEND_ONLY, answer_location, incident, measure, metadata, place, survey_answer

Answers = dict[str, tuple[str, tuple[tuple[str, str], ...], bytes]]
_SOMETIMES = re.compile(
    rb'nonce-[\w-]+|nonce="[\w-]+"|name="csrf_token" value="[^"]*"|[0-9a-f]{12}(?=</code>)'
)
"""What is new in every answer: at random, by nothing that is kept."""
_AT_RANDOM = ("X-Request-ID", "Set-Cookie", "Date")


def answers(scene: Scene) -> Answers:
    """What a stranger is told at every public address: status, headers, body."""
    found = {}
    for asked, answer in reading(scene.app):
        # A form's token is in the page, and so in its tag.
        random = (*_AT_RANDOM, "ETag") if " /login in " in asked else _AT_RANDOM
        headers = tuple(
            (name, _SOMETIMES.sub(b"", value.encode()).decode())
            for name, value in answer.headers
            if name not in random
        )
        found[asked] = answer.status, headers, _SOMETIMES.sub(b"", answer.get_data())
        answer.close()
    return found


def unlike(before: Answers, after: Answers) -> list[str]:
    """What is answered otherwise."""
    return sorted(asked for asked in before.keys() | after.keys() if before.get(asked) != after.get(asked))


def _hidden() -> Iterator[tuple[str, Table, dict[str, str], dict[str, str]]]:
    """Each table that can be changed, with its columns that have a secret and those that have a spot."""
    for name in sorted(set(metadata.tables) - set(APPEND_ONLY)):
        found = [
            {
                column.removeprefix(f"{name}."): what
                for column, what in spoken.items()
                if column.startswith(f"{name}.")
            }
            for spoken in (MARKED, SPOTS)
        ]
        if any(found):
            yield name, metadata.tables[name], found[0], found[1]


_LINKED = {("layer_feature", "layer"), ("layer", "name")}
"""The name of a layer stands in another table, too."""


def change(connection: Connection, scene: Scene, table: Table, words: dict[str, str], spots: dict[str, str]) -> int:  # fmt: skip
    """Writes something else in every row and column that has one of these secrets; how many."""
    changed = 0
    key = [column for column in table.primary_key.columns]
    for row in connection.execute(select(table)).all():
        new = {
            name: _otherwise(value)
            for name in (*words, *spots)
            if (table.name, name) not in _LINKED
            and (value := row._mapping[name]) is not None
            and (words.get(name) or spots[name]) in scene.secret.found_in(_written(value))
        }
        if new:
            here = and_(*(column == row._mapping[column.name] for column in key))
            connection.execute(update(table).where(here).values(new))
            changed += 1
    return changed


def _written(value: object) -> str:
    return value.wkt if isinstance(value, BaseGeometry) else str(value)


def _otherwise(value: object) -> object:
    if isinstance(value, BaseGeometry):
        return translate(value, 9, -9)
    if isinstance(value, dict):
        return {name: _otherwise(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_otherwise(one) for one in value]
    return f"{value}x" if isinstance(value, str) and "kanarie" in value else value


@pytest.fixture(scope="module")
def before(scene: Scene) -> Answers:
    found = answers(scene)
    assert len(found) > 700
    assert unlike(found, answers(scene)) == []
    return found


def test_what_is_written_in_hidden_columns_changes_nothing_public(scene: Scene, before: Answers) -> None:
    for name, table, words, spots in _hidden():
        with scene.store.write() as connection:
            assert change(connection, scene, table, words, spots) > 0, name
    assert unlike(before, answers(scene)) == []


def _below(store: Store) -> None:
    """A place that too few flagged gets other reasons and times, and one respondent more."""
    with store.write() as connection:
        here = place.c.respondents < 4
        told = {"reasons": {"deserted": 4}, "times": {"day": 4}, "radius_m": 77.0, "respondents": 4}
        assert connection.execute(update(place).where(here).values(told)).rowcount > 0


def _count(store: Store) -> None:
    """A sixth respondent more at a shown place, and a reason one more time than often enough."""
    with store.write() as connection:
        shown = connection.execute(select(place).where(place.c.respondents >= 5)).first()
        assert shown is not None
        more = {
            "respondents": shown.respondents + 1,
            "reasons": {one: n + 1 for one, n in shown.reasons.items()},
        }
        connection.execute(update(place).where(place.c.id == shown.id).values(more))


def _incident_elsewhere(store: Store) -> None:
    """An incident that was released becomes another kind of thing, on another day, in another place."""
    with store.write() as connection:
        other = {"grp": "violence", "category": "Rån", "locality": "Bygdeå", "level": "locality"}
        assert connection.execute(update(incident).values(other)).rowcount > 0


def _one_more_incident(store: Store) -> None:
    """An incident of a quarter that was released, and one of a quarter that wasn't, are brought in."""
    with store.write() as connection:
        row = dict(connection.execute(select(incident)).first()._mapping)  # type: ignore[union-attr]
        for ref, months in (("later", 0), ("newer", 18)):
            moved = row["started"].replace(year=row["started"].year + months // 12)
            connection.execute(
                insert(incident).values({**row, "id": 900 + months, "ref": ref, "started": moved})
            )


def _held_back(store: Store) -> None:
    """An answer and a measure that are held back are changed in every word."""
    with store.write() as connection:
        here = survey_answer.c.warning != ""
        told = {"reasons": ["traffic"], "times": ["morning"], "text": "annat", "danger": "other"}
        assert connection.execute(update(survey_answer).where(here).values(told)).rowcount > 0
        held = {"title": "annat", "promise": "drugs", "description": "annat", "due": None, "done": 4}
        assert connection.execute(update(measure).where(measure.c.warning != "").values(held)).rowcount > 0


def _unsure(store: Store) -> None:
    """How surely and by which rule answers were placed."""
    with store.write() as connection:
        told = {"rule": "exact", "probability": 0.51}
        assert connection.execute(update(answer_location).values(told)).rowcount > 0


def test_what_is_counted_held_back_or_refused_changes_nothing_public(scene: Scene, before: Answers) -> None:
    for change_it in (_below, _count, _incident_elsewhere, _one_more_incident, _held_back, _unsure):
        change_it(scene.store)
    head = ["id", "kategori", "plats", "datum"]
    rows = [["900", "Våldtäkt", "Storgatan i Robertsfors", "2025-06-02 12:00"]]
    scene.trygg("import", "incidents", scene.table("r.csv", [head, *rows]), "--source", "EST")
    # What staff do for themselves.
    scene.trygg("token", "create", "planner", "--scope", "measures:read", "--title", "Till")
    scene.trygg("user", "add", "ny", "--role", "police")
    scene.trygg("user", "disable", "ny")
    assert unlike(before, answers(scene)) == []


def test_what_is_public_does_change_answers_and_their_tags(scene: Scene, before: Answers) -> None:
    """Else all this would be no test."""
    with scene.store.write() as connection:
        here = measure.c.title == "Ny belysning"
        connection.execute(update(measure).where(here).values(title="Ny belysning!"))
    try:
        other = answers(scene)
    finally:
        with scene.store.write() as connection:
            here = measure.c.title == "Ny belysning!"
            connection.execute(update(measure).where(here).values(title="Ny belysning"))
    found = unlike(before, other)
    for asked in (
        "/measures",
        "/api/measures",
        "/api/measures.geojson",
        "/api/collections/measures/features.gpkg",
    ):
        assert f"GET {asked} in sv" in found
    tags = [dict(told["GET /api/measures.geojson in sv"][1])["ETag"] for told in (before, other)]
    assert len(set(tags)) == 2
    assert unlike(before, answers(scene)) == []
