"""The web application: thin pages over what ``geo.publish`` lets the public know."""

from datetime import timedelta

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from geo.errors import SettingsError, StoreError
from geo.messages import LANGUAGES, TRANSLATIONS, catalogue
from geo.publish.names import Names
from geo.settings import Settings
from geo.store.engine import VERSION, Store, current, open_store
from webapp import (
    about,
    api,
    audit,
    auth,
    basemap,
    feeds,
    findings,
    health,
    held,
    incident_map,
    language,
    maps,
    measure_api,
    offline,
    ogc,
    oidc,
    openapi,
    pages,
    photos,
    planning,
    publishing,
    review,
    station,
    tiles,
    today,
    work,
    workspace,
)
from webapp.access import guard
from webapp.errors import handle_errors
from webapp.language import DEFAULT, chosen_language
from webapp.logs import log_requests, make_logger
from webapp.menu import menu_of
from webapp.picture import Clock, Pictures, stockholm_now
from webapp.resume import offer_resuming
from webapp.security import protect
from webapp.throttle import bound_requests
from webapp.words import offer_words


def create_app(settings: Settings, clock: Clock = stockholm_now) -> Flask:
    """The application for one municipality's store.

    ``clock`` gives the moment, timezone-aware; its Swedish date is "today" on every page.

    Raises:
        StoreError: the database can't be opened, or its schema is not this program's.
        SettingsError: the catalogue of a language was not compiled.
    """
    _check_catalogues()
    store = open_store(settings.database_url)
    _check_schema(store)

    app = Flask(__name__)
    # An address with two slashes is another address: werkzeug would send it on to one that a visitor's Host names.
    app.url_map.merge_slashes = False
    app.config.update(
        BABEL_TRANSLATION_DIRECTORIES=str(TRANSLATIONS),
        COMPRESS_ALGORITHM=["br", "gzip"],
        # Flask sends files as streams, for which the extension leaves gzip out by itself.
        COMPRESS_ALGORITHM_STREAMING=["br", "gzip"],
        COMPRESS_MIMETYPES=[
            "text/html",
            "text/css",
            "text/javascript",
            "application/json",
            "application/geo+json",
            "application/rdf+xml",
            "text/csv",
            "application/atom+xml",
            "image/svg+xml",
        ],
        MAX_CONTENT_LENGTH=settings.max_content_length,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
    )
    app.jinja_options = {
        "autoescape": True,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    app.extensions["settings"] = settings
    app.extensions["pictures"] = Pictures(store, clock, timedelta(minutes=settings.undo_minutes))
    app.extensions["names"] = Names(settings)
    app.extensions["log"] = make_logger(settings.log_level)

    Babel(app, default_locale=DEFAULT, locale_selector=chosen_language)
    # What is registered last runs first on the way out: the headers are there before the body is
    # compressed, and the log sees the answer as it leaves.
    log_requests(app)
    Compress(app)
    protect(app)
    bound_requests(app, clock)
    guard(app, clock)
    handle_errors(app)
    offer_resuming(app)
    offer_words(app)
    app.jinja_env.globals["menu_of"] = menu_of
    for blueprint in (
        maps.blueprint,
        api.blueprint,
        measure_api.blueprint,
        openapi.blueprint,
        ogc.blueprint,
        auth.blueprint,
        oidc.blueprint,
        tiles.blueprint,
        basemap.blueprint,
        pages.blueprint,
        feeds.blueprint,
        photos.blueprint,
        audit.blueprint,
        planning.blueprint,
        today.blueprint,
        findings.blueprint,
        review.blueprint,
        held.blueprint,
        incident_map.blueprint,
        publishing.blueprint,
        work.blueprint,
        workspace.blueprint,
        station.blueprint,
        offline.blueprint,
        about.blueprint,
        language.blueprint,
        health.blueprint,
    ):
        app.register_blueprint(blueprint)
    if settings.proxies:
        n = settings.proxies
        # Not X-Forwarded-Prefix: proxies pass a visitor's own on, and its addresses would be kept for all.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    return app


def _check_schema(store: Store) -> None:
    found, wanted = current(store), VERSION
    if found != wanted:
        store.close()
        raise StoreError(
            "The database has schema version “%(found)s”, and this program needs “%(wanted)s”. "
            "Run “trygg init”.",
            found=found or "–",
            wanted=wanted,
        )


def _check_catalogues() -> None:
    # Flask-Babel would show English without a word where a catalogue is missing.
    for code in LANGUAGES:
        try:
            catalogue(code)
        except FileNotFoundError as error:
            raise SettingsError(
                "The translations are not compiled. Run “make setup”.", detail=str(error)
            ) from error
