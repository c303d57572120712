"""The key that rows with the same words share, also for rows that were there before there was one."""

from datetime import UTC, datetime

from sqlalchemy import insert, select, text

from geo.store.engine import Store, open_store
from geo.store.migration import migrate
from geo.store.rows import start_import, text_key
from geo.store.schema import survey, survey_answer

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_words_that_differ_in_signs_only_share_a_key() -> None:
    same = {
        text_key(words) for words in ("Ånäset, torget!", "ånäset  torget", "ANASET TORGET", "Ånäset torget")
    }
    assert len(same) == 1
    key = same.pop()
    assert len(key) == 32
    assert key.startswith("t")
    assert text_key("Ånäset") != key
    assert text_key(" …! ") == text_key("") == ""


def test_rows_from_before_get_their_keys(database_url: str) -> None:
    store: Store = open_store(database_url)
    migrate(store, "0002")
    words = ["Jenningsskolan", "vid ån", "…"] * 2_000
    with store.write() as connection:
        import_id = start_import(connection, kind="survey", file_name="s.csv", sha256="", at=NOW)
        connection.execute(insert(survey).values(id=1, name="Enkät", year=2022, synthetic=True))
        rows = [{"i": import_id, "r": str(number), "t": words[number]} for number in range(len(words))]
        connection.execute(
            text(
                "INSERT INTO survey_answer (survey_id, import_id, ref, respondent, text, reasons, times, comment, danger) "
                "VALUES (1, :i, :r, :r, :t, '[]', '[]', '', '')"
            ),
            rows,
        )
    migrate(store)
    with store.read() as connection:
        found = connection.execute(
            select(survey_answer.c.text, survey_answer.c.text_key).order_by(survey_answer.c.id)
        ).all()
    assert [row.text for row in found] == words
    assert all(row.text_key == text_key(row.text) for row in found)
    migrate(store, "0002")
    migrate(store)
    store.close()
