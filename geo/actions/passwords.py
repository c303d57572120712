"""Passwords: what one may be, and keeping only argon2's hash of it."""

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geo.errors import BadInput

MIN_LENGTH = 12
MAX_LENGTH = 200

HASHER = PasswordHasher()
"""argon2id as its makers recommend for machines with little memory (RFC 9106)."""


def check_rules(password: str, username: str) -> None:
    """Says what a new password lacks.

    Raises:
        BadInput: it is too short, too long or the username.
    """
    if len(password) < MIN_LENGTH:
        raise BadInput(
            "The password must have at least %(number)s characters. A few words in a row are easy to remember.",
            number=MIN_LENGTH,
            field="password",
        )
    if len(password) > MAX_LENGTH:
        raise BadInput(
            "The password can have at most %(number)s characters.", number=MAX_LENGTH, field="password"
        )
    if password.strip().casefold() == username:
        raise BadInput("The password can't be the username.", field="password")


def hashed(password: str, hasher: PasswordHasher = HASHER) -> str:
    """What is kept of a password."""
    return hasher.hash(_normal(password))


def is_right(password: str, kept: str | None, hasher: PasswordHasher = HASHER) -> bool:
    """Whether ``password`` is the one that ``kept`` is the hash of.

    It takes as long where there is nothing to compare with, so that time doesn't tell who has an account.
    """
    try:
        hasher.verify(kept or _nobodys(hasher), _normal(password[:MAX_LENGTH]))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None and len(password) <= MAX_LENGTH


def prepare(hasher: PasswordHasher) -> None:
    """Makes what the first wrong username needs, so that it takes no longer than the next."""
    _nobodys(hasher)


@lru_cache(maxsize=4)
def _nobodys(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")


def _normal(password: str) -> bytes:
    # "å" may come as one character or as two, depending on the keyboard.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
