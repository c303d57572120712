"""A bound on the requests of one address, over every server of a store."""

import ipaddress
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

from geo.actions.throttle import Throttle
from geo.errors import TooManyRequests
from geo.settings import Settings
from webapp.access import current_person
from webapp.picture import Clock

View = TypeVar("View", bound=Callable[..., Any])

ORDINARY, COSTLY = "ordinary", "costly"
UNCOUNTED = frozenset({"static", "basemap.tiles", "health.healthz"})
"""Endpoints whose answers are files read in pieces by every page, or asked for by machines."""
_MARK = "trygg_costly"


def costly(view: View) -> View:
    """Marks a view that costs much to answer, or at which a secret can be guessed."""
    setattr(view, _MARK, True)
    return view


def bound_requests(app: Flask, clock: Clock) -> None:
    """Refuses the requests of an address that makes too many.

    This machine's own requests aren't counted: where the proxy isn't told of (TRYGG_PROXIES), everybody's seem to
    come from it. Whoever is signed in is let through what is ordinary.
    """
    settings: Settings = app.extensions["settings"]
    throttle = Throttle(
        app.extensions["pictures"].store,
        {ORDINARY: settings.requests_per_minute, COSTLY: settings.costly_per_minute},
    )

    @app.before_request
    def count() -> None:
        address = request.remote_addr or ""
        if request.endpoint in UNCOUNTED or _is_here(address):
            return
        is_costly = request.endpoint is not None and getattr(
            current_app.view_functions[request.endpoint], _MARK, False
        )
        try:
            throttle.count(COSTLY if is_costly else ORDINARY, address, now=clock())
        except TooManyRequests:
            if is_costly or current_person() is None:
                raise


def _is_here(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback
