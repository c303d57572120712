"""Random words handed to people once, of which only a hash is kept; and the program's own keys."""

import hashlib
import hmac
import secrets

from geo.store import people
from geo.store.engine import Store

BYTES = 32


def new_token(prefix: str = "") -> str:
    """A word nobody can guess, safe in an address."""
    return prefix + secrets.token_urlsafe(BYTES)


def token_hash(token: str) -> str:
    """What is kept of a token. It is long and random, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def own_key(store: Store, name: str) -> str:
    """The program's key of this name, made at random the first time and the same for every worker."""
    with store.read() as connection:
        found = people.secret_value(connection, name)
    if found is not None:
        return found
    with store.write(quiet=True) as connection:
        people.add_secret(connection, name, secrets.token_hex(BYTES))
        found = people.secret_value(connection, name)
    assert found is not None  # noqa: S101  # just written, or by whoever was first
    return found


def keyed_hash(key: str, *words: str) -> str:
    """A hash of words that only who has the key can make: the words can't be guessed back from it."""
    return hmac.new(key.encode(), "\0".join(words).encode(), hashlib.sha256).hexdigest()
