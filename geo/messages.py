"""Words for users: marking message ids, and looking them up in a language."""

import gettext
from functools import lru_cache
from pathlib import Path

from geo.errors import GeoError

TRANSLATIONS = Path(__file__).parent / "translations"
LANGUAGES = ("sv", "en")


def N_(message: str) -> str:
    """Marks a literal for extraction; translated where it is shown."""
    return message


@lru_cache(maxsize=4)
def catalogue(language: str) -> gettext.NullTranslations:
    """The message catalogue of a language. English message ids are their own translation.

    Raises:
        FileNotFoundError: the catalogue was not compiled (``make setup`` does).
    """
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("messages", TRANSLATIONS, [language])


def say(error: GeoError, language: str) -> str:
    """An error's message in a language."""
    return catalogue(language).gettext(error.message) % error.params
