"""So many requests a minute from one address, over all processes that serve a store together.

An ordinary visitor costs the store nothing: the first requests of a minute are counted in this process alone. Who
goes on takes leases of some more from the store, each written down before it is used, so that no number of
processes lets more through than the store has room for.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from geo.actions.attempts import address_key, household
from geo.actions.secrets import own_key
from geo.errors import StoreError, TooManyRequests
from geo.store.engine import Store
from geo.store.requests import lease

KEY = "requests"
"""The name of the key of the hashes."""
FREE_SHARE, LEASE_SHARE = 8, 12
"""An eighth of a minute's requests is free of the store, and a lease is a twelfth."""
MOST_ADDRESSES = 50_000
"""Addresses of one minute that are told apart: bounds the memory of a process."""
PATIENCE_MS = 100
"""How long a lease waits for others who write: an import may hold the store for seconds."""


@dataclass(slots=True)
class _Used:
    """An address in the current minute: requests made, and how many it has leave for."""

    made: int
    allowed: int
    # The free ones are told to the store with the first lease.
    leased: bool = False
    refused: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class Throttle:
    """Counts requests. ``per_minute`` is by the name of a kind of request; a kind with 0 is not counted."""

    def __init__(self, store: Store, per_minute: dict[str, int]) -> None:
        self._store = store
        self._per_minute = per_minute
        self._key = own_key(store, KEY)
        self._lock = threading.Lock()
        self._began: datetime | None = None
        self._used: dict[tuple[str, str], _Used] = {}

    def count(self, kind: str, address: str, *, now: datetime) -> None:
        """Counts a request of this kind that an address makes at ``now`` (timezone-aware).

        Raises:
            TooManyRequests: the address has made as many in this minute as it may.
        """
        budget = self._per_minute[kind]
        if not budget:
            return
        began, address = now.replace(second=0, microsecond=0), household(address)
        with self._lock:
            if self._began != began or len(self._used) > MOST_ADDRESSES:
                self._began, self._used = began, {}
            used = self._used.setdefault((kind, address), _Used(0, max(1, budget // FREE_SHARE)))
        # The store may let one address wait; the others go on.
        with used.lock:
            used.made += 1
            if used.made <= used.allowed:
                return
            if not used.refused:
                self._ask(used, kind, address, began, budget)
            if used.made <= used.allowed:
                return
            used.made -= 1
        raise TooManyRequests("Too many requests came from your address. Wait a minute and try again.")

    def _ask(self, used: _Used, kind: str, address: str, began: datetime, budget: int) -> None:
        """Takes a lease, or learns that there is none left in this minute."""
        size = max(1, budget // LEASE_SHARE)
        free = 0 if used.leased else used.allowed
        try:
            with self._store.write(quiet=True, patience_ms=PATIENCE_MS) as connection:
                key = address_key(self._key, address, what=kind)
                got = lease(connection, key, began, size + free, budget)
        except StoreError:
            # Whoever reads must not suffer for one who writes: the bound is then this process's own.
            got = min(size, budget - used.allowed) + free
        else:
            used.leased = True
        used.refused = got < size + free
        used.allowed += max(0, got - free)
