"""Every column and every setting is spoken for: what comes in there is marked and looked for, or here stands why not."""

import json
from collections.abc import Iterator
from dataclasses import fields

import pytest
from canary_columns import DAYS, MARKED, NOT_MARKED, OPEN_SETTINGS, SECRET_SETTINGS, SPOTS
from canary_scene import KEPT, Scene
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Column, select

from geo.settings import PREFIX, Settings
from geo.store.schema import metadata


def _columns() -> Iterator[tuple[str, Column[object]]]:
    for table in metadata.sorted_tables:
        for column in table.columns:
            yield f"{table.name}.{column.name}", column


def _kept_in(scene: Scene, name: str) -> list[object]:
    column = dict(_columns())[name]
    with scene.store.read() as connection:
        return [value for value in connection.execute(select(column)).scalars() if value is not None]


def test_every_column_is_spoken_for_once() -> None:
    spoken = [*MARKED, *SPOTS, *DAYS, *KEPT, *NOT_MARKED]
    assert sorted(spoken) == sorted(name for name, _ in _columns())


def test_every_setting_is_spoken_for_once() -> None:
    assert sorted([*SECRET_SETTINGS, *OPEN_SETTINGS]) == sorted(one.name for one in fields(Settings))


@pytest.mark.parametrize("name", sorted(SECRET_SETTINGS))
def test_what_is_secret_of_a_setting_is_marked(scene: Scene, name: str) -> None:
    assert scene.secret.found_in(scene.settings[PREFIX + name.upper()])


def test_what_is_marked_is_in_its_column(scene: Scene) -> None:
    marked = {**MARKED, **DAYS, **SPOTS}
    lacking = [
        name
        for name, what in marked.items()
        if not any(what in scene.secret.found_in(_written(value)) for value in _kept_in(scene, name))
    ]
    assert lacking == []
    assert [name for name in KEPT if not any(len(str(value)) >= 12 for value in _kept_in(scene, name))] == []


def _written(value: object) -> str:
    return (
        value.wkt if isinstance(value, BaseGeometry) else json.dumps(value, default=str, ensure_ascii=False)
    )


def test_what_is_refused_at_the_door_is_in_no_column(scene: Scene) -> None:
    with scene.store.read() as connection:
        kept = "".join(
            repr(row) for table in metadata.sorted_tables for row in connection.execute(select(table))
        )
    refused = {
        "a refused offence", "a refused home", "a refused event", "place of a refused one", "a home", "an unknown category",
        "told of an incident", "a summary", "a password tried", "in a photo", "the name of a photo", "a note on a lamp",
    }  # fmt: skip
    assert refused <= set(scene.secret.tokens)
    assert scene.secret.found_in(kept) & refused == set()
