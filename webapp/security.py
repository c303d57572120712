"""Headers on every answer: what the browser may load, and how long it may keep it."""

import secrets

from flask import Flask, g, request
from werkzeug.wrappers import Response

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # For browsers that don't know frame-ancestors.
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}


def csp_nonce() -> str:
    """The nonce of this answer, for a page with a script of its own inside it."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def allow_data_images() -> None:
    """Lets this answer show ``data:`` images: Leaflet empties the tiles it takes away with one."""
    g.csp_data_images = True


def allow_worker() -> None:
    """Lets this page start the service worker that keeps an officer's pages for when there is no network."""
    g.csp_worker = True


def allow_position() -> None:
    """Lets this page ask the browser where it is; what it learns stays there."""
    g.position = True


def content_security_policy() -> str:
    """The policy of this answer. A page without a script of its own gets no nonce."""
    policy = dict(_POLICY)
    if "csp_nonce" in g:
        policy["script-src"] += f" 'nonce-{g.csp_nonce}'"
    if g.get("csp_data_images", False):
        policy["img-src"] += " data:"
    if g.get("csp_worker", False):
        policy["worker-src"] = "'self'"
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def protect(app: Flask) -> None:
    """Puts the headers on every answer of the application."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = content_security_policy()
        for name, value in _HEADERS.items():
            response.headers[name] = value
        if g.get("position", False):
            allowed = _HEADERS["Permissions-Policy"].replace("geolocation=()", "geolocation=(self)")
            response.headers["Permissions-Policy"] = allowed
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return _validated(response)


def _validated(response: Response) -> Response:
    """Lets caches keep pages but ask before they use them again, and keep marked assets for a year.

    A page with a nonce gets no ETag: "not modified" would carry a new nonce for the old page.
    """
    if request.endpoint == "static" and "v" in request.args and response.status_code < 400:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if response.mimetype != "text/html":
        return response
    response.vary.add("Cookie")
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache"
    if response.status_code == 200 and "csp_nonce" not in g:
        response.add_etag(weak=True)
        response.make_conditional(request)
    return response
