"""Which version of a thing a change is a change of: ETag and If-Match, by header or in a form."""

import re

from flask import request

from geo.errors import Stale, VersionMissing

# What compresses an answer adds its own mark to the tag.
_TAG = re.compile(r'"?([0-9]{1,18})-([0-9]{1,18})(?::\w+|-\w+)?"?')


def tag_of(thing_id: int, version: int) -> str:
    """The version as it stands in a form's ``if_match`` and, in quotes, in an ETag."""
    return f"{thing_id}-{version}"


def expected_version(thing_id: int) -> int:
    """The version that this request changes.

    Raises:
        VersionMissing: neither If-Match nor the form's ``if_match`` is there.
        Stale: it names another thing, or nothing that we gave out.
    """
    told = request.headers.get("If-Match") or request.form.get("if_match", "")
    if not told.strip():
        raise VersionMissing("A change must say which version it is a change of (If-Match).")
    found = _TAG.fullmatch(told.strip())
    if found is None or int(found[1]) != thing_id:
        raise Stale("It was changed in the meantime, and nothing of yours was written over it.")
    return int(found[2])
