"""One frozen settings object, made from a mapping by an entry point and handed in.

Each field is set by the variable ``TRYGG_<FIELD IN CAPITALS>``; ``docs/operating.md`` lists them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from geo.errors import SettingsError
from geo.model import Role

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "TRYGG_"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Hosts that are this machine itself, where a secret may pass without encryption."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator may choose."""

    database_url: str = f"sqlite:///{ROOT / 'var' / 'trygg.sqlite'}"
    """SQLAlchemy URL: ``sqlite:///file`` or ``postgresql+psycopg://...`` (with PostGIS)."""
    data: Path = ROOT / "data"
    """Folder with places/gazetteer.csv and layers/manifest.toml."""
    area: Path | None = None
    """Folder of an area package (``trygg area build``); without one the layers and names of ``data`` are used."""
    osm_url: str = ""
    """Address of an OpenStreetMap extract (.osm.pbf) that ``trygg area build --download`` fetches."""
    review_below: float = 0.5
    """A place found with a lower probability than this waits for the coordinator at /review."""
    municipality: str = "2409"
    """SCB's four-digit municipality code."""
    language: str = "sv"
    """Language of the command line: sv or en. The page has a switch of its own."""
    contact: str = ""
    """E-mail address or web page where residents report faults; shown on /accessibility and /about."""
    publisher: str = ""
    """Who answers for the open data; the municipality where it is empty."""
    licence: str = ""
    """Address of the licence of the open data that is the municipality's own."""
    tile_url: str = ""
    """Template with {z}, {x}, {y} of a tile server; fetched through our own caching proxy."""
    tile_attribution: str = ""
    """Who made the tiles, shown on the map; required with tile_url."""
    tile_cache: Path = ROOT / "var" / "tiles"
    """Folder of the tile cache."""
    tile_cache_mb: int = 200
    """Bound of the tile cache on disk, megabytes."""
    tile_timeout: float = 4.0
    """Seconds to wait for the tile server."""
    public_url: str = "http://127.0.0.1:8000"
    """Address that people reach the site by; one-time links made on the command line begin with it."""
    trusted_hosts: tuple[str, ...] = ()
    """Host names the site answers to, comma-separated; empty answers to any."""
    max_content_length: int = 1_000_000
    """Largest request body in bytes."""
    requests_per_minute: int = 1200
    """Requests a minute that one address may make, over all servers of a store; 0: any number."""
    costly_per_minute: int = 60
    """The same for requests that cost much or that guess at a secret; 0: any number."""
    proxies: int = 0
    """Number of reverse proxies in front whose X-Forwarded-* headers are believed."""
    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""

    undo_minutes: int = 10
    """How long a completion can be undone; the public sees it when this has passed."""
    photos: Path = ROOT / "var" / "photos"
    """Folder of the photos of measures, outside everything that is served as a file."""
    session_idle_minutes: int = 120
    """A person who did nothing for this long signs in again."""
    session_hours: int = 12
    """A person signs in again after this long, whatever they did."""
    demo_password: str = field(default="", repr=False)
    """One password for the demo's accounts instead of random ones; for tests."""
    oidc_issuer: str = ""
    """Address of the municipality's OpenID Connect provider; empty: passwords only."""
    oidc_client_id: str = ""
    """The name the provider knows this service by."""
    oidc_client_secret: str = field(default="", repr=False)
    """The secret the provider gave this service."""
    oidc_role_claim: str = "groups"
    """The claim that tells what a person does: a word or a list of words."""
    oidc_roles: tuple[str, ...] = ()
    """Which word gives which role, comma-separated: ``SG-Polis=police,SG-Planering=planner``."""
    oidc_organisation_claim: str = "organisation"
    """The claim that names the person's organisation."""

    retain_answers_months: int = 24
    """Months after a person's last answer to a survey when its words, comment and respondent are removed; 0: never."""
    retain_incidents_months: int = 60
    """Months after an incident when it is removed; 0: never."""
    retain_photos_months: int = 24
    """Months after a measure came to its end when its photos are removed; 0: never."""
    retain_reading_months: int = 24
    """Months after which the audit's lines about reading and signing in are removed; 0: never."""
    retain_audit_months: int = 120
    """Months after which the audit's other lines are removed; 0: never."""
    retain_signing_in_days: int = 30
    """Days after their end when sessions, links, access tokens and counts of tries are removed; 0: never."""
    retain_backups_days: int = 35
    """Days after which backups in the folder of ``backups`` are removed, but for the newest; 0: never."""
    retain_logs_days: int = 90
    """Days after which files in the folder of ``logs`` are removed; 0: never."""
    least_homes: int = 20
    """The fewest residential addresses in an area that incidents are told of in; not below 8."""
    backups: Path | None = None
    """Folder of the backups that ``trygg retain`` looks through; without one it touches none."""
    logs: Path | None = None
    """Folder of the log files (``*.log``, ``*.log.1``, ``*.log.gz``) that ``trygg retain`` looks through."""

    def __post_init__(self) -> None:
        if any(getattr(self, one.name) < 0 for one in fields(self) if one.name.startswith("retain_")):
            raise SettingsError(
                "What is kept for a time (TRYGG_RETAIN_…) can't be negative; 0 keeps it for good."
            )
        if self.undo_minutes < 0 or self.session_idle_minutes < 1 or self.session_hours < 1:
            raise SettingsError(
                "TRYGG_UNDO_MINUTES can't be negative, and a session lasts at least a minute and an hour."
            )
        if self.requests_per_minute < 0 or self.costly_per_minute < 0:
            raise SettingsError("TRYGG_REQUESTS_PER_MINUTE and TRYGG_COSTLY_PER_MINUTE can't be negative.")
        if not 0 <= self.review_below <= 1:
            raise SettingsError("TRYGG_REVIEW_BELOW must be between 0 and 1.")
        if self.osm_url and urlsplit(self.osm_url).scheme not in ("http", "https"):
            raise SettingsError("TRYGG_OSM_URL must be an http(s) address of an .osm.pbf file.")
        if not re.fullmatch(r"[0-9]{4}", self.municipality):
            raise SettingsError(
                "TRYGG_MUNICIPALITY must be a four-digit municipality code, not “%(value)s”.",
                value=self.municipality,
            )
        if self.language not in ("sv", "en"):
            raise SettingsError("TRYGG_LANGUAGE must be sv or en, not “%(value)s”.", value=self.language)
        if self.log_level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise SettingsError(
                "TRYGG_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not “%(value)s”.",
                value=self.log_level,
            )
        self._check_tiles()
        check_public_url(self.public_url)
        if self.licence and urlsplit(self.licence).scheme not in ("http", "https"):
            raise SettingsError("TRYGG_LICENCE must be the http(s) address of a licence.")
        if self.oidc_issuer:
            self._check_oidc()

    def _check_tiles(self) -> None:
        if not self.tile_url:
            return
        parts = urlsplit(self.tile_url)
        if parts.scheme not in ("http", "https") or not all(
            mark in self.tile_url for mark in ("{z}", "{x}", "{y}")
        ):
            raise SettingsError("TRYGG_TILE_URL must be an http(s) address with {z}, {x} and {y}.")
        if not self.tile_attribution:
            raise SettingsError(
                "TRYGG_TILE_ATTRIBUTION must say who made the tiles when TRYGG_TILE_URL is set."
            )

    def _check_oidc(self) -> None:
        if not is_safe(self.oidc_issuer) or set(self.oidc_issuer) & set("?#"):
            raise SettingsError(
                "TRYGG_OIDC_ISSUER must be an https address without ? and #, not “%(value)s”.",
                value=self.oidc_issuer,
            )
        if not (self.oidc_client_id and self.oidc_client_secret and self.oidc_role_table()):
            raise SettingsError(
                "TRYGG_OIDC_ISSUER needs TRYGG_OIDC_CLIENT_ID, TRYGG_OIDC_CLIENT_SECRET and TRYGG_OIDC_ROLES."
            )

    def oidc_role_table(self) -> tuple[tuple[str, Role], ...]:
        """The provider's words and the roles they give, in the order of the setting.

        Raises:
            SettingsError: a part isn't ``word=role``.
        """
        table = []
        for part in self.oidc_roles:
            # A word may hold "=", a role never does.
            word, _, role = part.rpartition("=")
            if not word.strip() or role.strip() not in set(Role):
                raise SettingsError(
                    "TRYGG_OIDC_ROLES must be word=role with the roles %(roles)s, not “%(value)s”.",
                    roles=", ".join(Role),
                    value=part,
                )
            table.append((word.strip(), Role(role.strip())))
        return tuple(table)

    @classmethod
    def from_mapping(cls, source: Mapping[str, str]) -> "Settings":
        """Settings from ``TRYGG_*`` keys of a mapping such as the environment.

        Raises:
            SettingsError: a value can't be used, or a ``TRYGG_*`` key is not known.
        """
        known = {PREFIX + one.name.upper(): one for one in fields(cls)}
        values: dict[str, object] = {}
        for key, text in source.items():
            if not key.startswith(PREFIX) or not text:
                continue
            if key not in known:
                raise SettingsError("The setting %(key)s is not known.", key=key)
            setting = known[key]
            try:
                values[setting.name] = _convert(str(setting.type), text)
            except ValueError as error:
                raise SettingsError(
                    "The setting %(key)s can't be “%(value)s”.", key=key, value=text
                ) from error
        return cls(**values)  # type: ignore[arg-type]


def check_public_url(address: str) -> None:
    """Refuses what isn't the address of a site.

    Raises:
        SettingsError: it is no http(s) address, or has a query or fragment.
    """
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not set(address) & set("?# ")
    except ValueError:
        good = False
    if not good:
        raise SettingsError(
            "The site's address must be like https://trygg.example.se, not “%(value)s”.", value=address
        )


def is_safe(address: str) -> bool:
    """Whether a secret may be sent there: https, or plain http to this machine itself."""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        )
    except ValueError:
        return False


def _convert(kind: str, text: str) -> object:
    if "Path" in kind:
        return Path(text)
    if "tuple" in kind:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if "int" in kind:
        return int(text)
    if "float" in kind:
        return float(text)
    return text
