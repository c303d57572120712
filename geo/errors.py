"""The domain's own errors.

An error carries an English message id with named parameters (``%(name)s``), so that the edge
(command line or web) can say it in the user's language, and a detail that only the log sees.
"""


class GeoError(Exception):
    """Something a user can understand and act on went wrong.

    Args:
        message: gettext message id for the user, with ``%(name)s`` placeholders.
        detail: words for the log; never shown to a resident.
        **params: values of the placeholders.
    """

    def __init__(self, message: str, *, detail: str = "", **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.params = params

    def __str__(self) -> str:
        text = self.message % self.params
        return f"{text} [{self.detail}]" if self.detail else text


class UnreadableInput(GeoError):
    """A file could not be read at all: nothing was kept."""


class CrsError(UnreadableInput):
    """Coordinates without a coordinate system, in an unknown one, or with swapped axes."""


class SettingsError(GeoError):
    """A setting has a value that can't be used."""


class StoreError(GeoError):
    """The database can't be opened, or is of another version."""


class NotFound(GeoError):
    """The thing asked for is not there, or is not public."""


class BadQuery(GeoError):
    """A filter or parameter has a value outside what is allowed."""


class SignInNeeded(GeoError):
    """Only somebody signed in may do this, and nobody is, or no longer."""


class NotAllowed(GeoError):
    """The person is known, and their role may not do this."""


class NotPossible(GeoError):
    """What is asked for does not fit how things stand: a step that this status doesn't have."""


class Stale(GeoError):
    """Somebody else changed the thing in the meantime; nothing was written."""


class VersionMissing(GeoError):
    """A change came without saying which version it is a change of."""


class TooManyTries(GeoError):
    """Too many failed tries to sign in."""


class TooManyRequests(GeoError):
    """An address has made as many requests in this minute as it may."""


class BadInput(GeoError):
    """A field of a form or body can't be used. ``params`` holds ``field`` where one is to blame."""
