"""Swedish is complete: every message in the code, translated, with the same placeholders."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from geo.settings import ROOT

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+(?:!r)?\}")


@pytest.fixture(scope="module")
def in_code(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The messages of the code as ``make messages`` finds them."""
    target: Path = tmp_path_factory.mktemp("messages") / "messages.pot"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(r"^KEYWORDS := ((?:.*\\\n)*.*)$", makefile, re.MULTILINE)
    assert found
    names = found.group(1).replace("\\\n", " ").split()
    keywords = [word for keyword in names for word in ("--keyword", keyword)]
    extract = ["--quiet", "extract", "--mapping", "babel.cfg", *keywords, "--output", str(target), "."]
    subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", *extract], cwd=ROOT, check=True, capture_output=True
    )
    with target.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def swedish() -> Catalog:
    with (ROOT / "geo" / "translations" / "sv" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="sv")


def ids(catalogue: Catalog) -> set[str | tuple[str, ...]]:
    return {tuple(m.id) if isinstance(m.id, list | tuple) else m.id for m in catalogue if m.id}


def texts(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, list | tuple) else [message.string]


def test_every_message_in_the_code_is_in_the_catalogue_and_no_other(
    in_code: Catalog, swedish: Catalog
) -> None:
    assert len(ids(in_code)) > 300
    assert ids(in_code) - ids(swedish) == set()
    assert ids(swedish) - ids(in_code) == set()
    assert not swedish.obsolete


def test_every_message_is_translated(swedish: Catalog) -> None:
    for message in swedish:
        if message.id:
            assert all(texts(message)), message.id
            assert not message.fuzzy, message.id


def test_placeholders_are_those_of_the_english(swedish: Catalog) -> None:
    for message in swedish:
        if not message.id:
            continue
        english = message.id if isinstance(message.id, str) else message.id[1]
        for text in texts(message):
            assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(english)), message.id


def test_swedish_keeps_the_ends_of_sentences(swedish: Catalog) -> None:
    for message in swedish:
        if not message.id:
            continue
        english = message.id if isinstance(message.id, str) else message.id[0]
        for text in texts(message):
            assert text[-1:] == english[-1:] or english[-1] not in ".:?!…", (english, text)
            assert "“" not in text, "Swedish quotes like this: ”so”"
