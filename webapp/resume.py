"""A session that runs out while somebody writes costs no words: they sign in and send them again.

What was posted travels in the sign-in form as hidden fields, and is shown afterwards with a button. It is
kept nowhere else. Passwords and files never travel.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from geo.errors import BadQuery, SignInNeeded
from webapp.access import READING, current_person
from webapp.errors import domain_error
from webapp.language import local_path

TO = "resume_to"
FILES = "resume_files"
FIELD = "resume:"
"""How the names of the carried fields begin."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A form on its way: where it goes, and its fields in order.

    ``files``: files came with it, and must be chosen again.
    """

    to: str
    fields: tuple[tuple[str, str], ...]
    files: bool

    @property
    def words(self) -> tuple[str, ...]:
        """What the person wrote, as opposed to ticked or was given."""
        return tuple(value for _, value in self.fields if len(value.split()) > 1)


def offer_resuming(app: Flask) -> None:
    """Answers forms that came too late with a way to send them again."""
    app.register_error_handler(SignInNeeded, _signed_out)
    app.register_error_handler(CSRFError, _old_form)


def login_page(
    status: int,
    why: str = "",
    *,
    back_to: str = "/",
    username: str = "",
    kept: Carried | None = None,
) -> Response:
    """The sign-in form, with what it has to carry."""
    page = render_template("login.html", why=why, next=back_to, username=username, kept=kept)
    return Response(page, status, mimetype="text/html", headers={"Cache-Control": "no-store"})


def confirm_page(status: int, kept: Carried) -> Response:
    """What was carried, with a button that sends it."""
    page = render_template("resume.html", kept=kept)
    return Response(page, status, mimetype="text/html", headers={"Cache-Control": "no-store"})


def carried() -> Carried | None:
    """What this sign-in form carries."""
    if TO not in request.form:
        return None
    return Carried(
        local_path(request.form[TO]),
        tuple(
            (name.removeprefix(FIELD), value)
            for name, value in request.form.items(multi=True)
            if name.startswith(FIELD) and _may_travel(name)
        ),
        FILES in request.form,
    )


def _is_ours() -> bool:
    """Whether the request comes from a page of this site: another's words are carried nowhere."""
    ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    origin = request.headers.get("Origin")
    return ours and (origin is None or urlsplit(origin).netloc == request.host)


def _posted() -> Carried | None:
    """What this request posted; None where it isn't a form of ours, or is larger than one."""
    if not _is_ours():
        return None
    try:
        if not request.form and not request.files:
            return None
    except HTTPException:
        # It is read here for the first time, and this is an error's answer already.
        return None
    return Carried(
        request.full_path.rstrip("?"),
        tuple((name, value) for name, value in request.form.items(multi=True) if _may_travel(name)),
        any(file.filename for file in request.files.values()),
    )


def _may_travel(name: str) -> bool:
    return "password" not in name and not name.endswith("csrf_token")


def _signed_out(error: SignInNeeded) -> Response:
    if request.path.startswith("/api/") or request.method in READING:
        return domain_error(error)
    kept = _posted()
    if kept is None:
        return domain_error(error)
    return login_page(401, gettext("You were signed out in the meantime."), kept=kept)


def _old_form(_error: CSRFError) -> Response:
    old = BadQuery("The form was made before you signed in, or the browser takes no cookies. Try again.")
    if request.path.startswith("/api/"):
        return domain_error(old)
    if request.endpoint == "auth.sign_in":
        return login_page(
            400,
            gettext(old.message),
            back_to=local_path(request.form.get("next", "/")),
            username=request.form.get("username", ""),
            kept=carried() if _is_ours() else None,
        )
    kept = _posted() if current_person() else None
    return confirm_page(400, kept) if kept else domain_error(old)
