"""At most ten failed tries to sign in per quarter of an hour, for an account and from an address.

They are counted in the store, so that it holds for all workers together, and by keyed hash: neither
names nor addresses are kept.
"""

import ipaddress
from datetime import datetime, timedelta

from geo.actions.secrets import keyed_hash, own_key
from geo.errors import TooManyTries
from geo.store import people
from geo.store.engine import Store

MAX_TRIES = 10
WINDOW = timedelta(minutes=15)
KEY = "attempts"
"""The name of the key of the hashes."""


def reserve(store: Store, username: str, address: str, *, now: datetime) -> int:
    """Counts a try as failed before it is made, and gives its id; ``take_back`` when it succeeds.

    Before, for else a hundred tries at the same moment would all find that there were few.

    Raises:
        TooManyTries: there were ten already. This one isn't counted, so waiting helps.
    """
    key = own_key(store, KEY)
    keys = {"account_key": account_key(key, username), "address_key": address_key(key, address)}
    with store.write(quiet=True) as connection:
        people.hold_secret(connection, KEY)
        people.drop_old_tries(connection, now - WINDOW)
        if max(people.tries(connection, **keys, since=now - WINDOW)) >= MAX_TRIES:
            raise TooManyTries("Too many failed tries to sign in. Wait a quarter of an hour and try again.")
        return people.add_try(connection, **keys, at=now)


def account_key(key: str, username: str) -> str:
    """How the tries for a folded username are kept."""
    return keyed_hash(key, "account", username)


def address_key(key: str, address: str, *, what: str = "address") -> str:
    """How what comes from an address is kept; ``what`` tells counts of different things apart."""
    return keyed_hash(key, what, household(address))


def household(address: str) -> str:
    """What is counted as one address: a household or firm has a whole /64 of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.ip_network((int(found), 64), strict=False))
        found = found.ipv4_mapped
    return str(found)
