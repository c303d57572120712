"""Measures for other programs: read them, and take them a step with a version and a word."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from geo.actions.measures import MAX_NOTE, take_step
from geo.errors import BadInput, NotFound, SignInNeeded
from geo.messages import N_
from geo.model import MAX_ID, STOCKHOLM, MeasureStatus, Person, Promise
from geo.publish.measures import PublicMeasure
from geo.publish.work import all_measures, one_measure
from geo.render.geojson import encode
from geo.render.records import log_records, public_record, staff_record
from geo.store.work import KeptMeasure
from webapp.access import allow, bearer_token, current_person, moment, open_to_all, person
from webapp.filters import checked, one_of, refused
from webapp.openapi.operation import JSON
from webapp.openapi.operations import LIMIT, MAX_LIMIT, MAX_OFFSET
from webapp.openapi.schemas import CLIENT_REF, TARGETS
from webapp.picture import current_picture, current_pictures
from webapp.versions import expected_version, tag_of

MAX_BODY = 32_000
"""The longest note, were each of its marks written as two escapes, fits in it."""
MAX_AGE = timedelta(days=366)
"""How long ago something may have been done that is only told of now."""

_FILTERS = ("status", "promise", "limit", "offset")
_FIELDS = ("status", "note", "done_at", "client_ref")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

blueprint = Blueprint("measure_api", __name__, url_prefix="/api/measures")


@blueprint.get("")
@open_to_all(scope="measures:read")
def measures() -> Response:
    """Measures, a page at a time: the public ones, or for those who are signed in all of them."""
    checked(request.args, _FILTERS)
    status = one_of(request.args, "status", tuple(MeasureStatus))
    promise = one_of(request.args, "promise", tuple(Promise))
    limit = _number("limit", LIMIT, 1, MAX_LIMIT)
    offset = _number("offset", 0, 0, MAX_OFFSET)
    reader = _reader()
    known: tuple[PublicMeasure | KeptMeasure, ...] = (
        current_picture().measures if reader is None else all_measures(current_pictures().store)
    )
    found = [one for one in known if status in (None, one.status) and promise in (None, one.promise)]
    body = {
        "measures": [_record(one, reader) for one in found[offset : offset + limit]],
        "total": len(found),
        "limit": limit,
        "offset": offset,
    }
    return _answer(body, reader)


@blueprint.get("/<int:measure_id>")
@open_to_all(scope="measures:read")
def measure(measure_id: int) -> Response:
    """One measure; for those who are signed in with its log and its version."""
    reader = _reader()
    if reader is None:
        return _answer(public_record(_public(measure_id)), None)
    return _with_log(measure_id, reader)


@blueprint.post("/<int:measure_id>/status")
@allow(scope="measures:write", body=MAX_BODY)
def give_status(measure_id: int) -> Response:
    """Takes a measure a step, and answers with how it is now."""
    by = person()
    change = _change()
    _check_id(measure_id)
    take_step(
        current_pictures().store,
        by,
        measure_id,
        MeasureStatus(change["status"]),
        note=change.get("note", ""),
        version=expected_version(measure_id),
        now=moment(),
        done_at=change.get("done_at"),
        client_ref=change.get("client_ref", ""),
    )
    return _with_log(measure_id, by)


def _reader() -> Person | None:
    """Who asks: None for a resident. A token that is no longer good is told of, not taken for a resident's."""
    found = current_person()
    if found is None and bearer_token() is not None:
        raise SignInNeeded(
            "This access token can't be used here: it is wrong, has ended, or is for other things."
        )
    return found


def _public(measure_id: int) -> PublicMeasure:
    for found in current_picture().measures:
        if found.id == measure_id:
            return found
    raise NotFound("There is no such measure.")


def _check_id(measure_id: int) -> None:
    # No row has such an id, and the databases fail on it instead of finding none.
    if measure_id > MAX_ID:
        raise NotFound("There is no such measure.")


def _record(found: PublicMeasure | KeptMeasure, reader: Person | None) -> dict[str, Any]:
    if isinstance(found, PublicMeasure):
        return public_record(found)
    assert reader is not None  # noqa: S101  # what is kept is read for somebody
    return staff_record(found, reader, moment().astimezone(STOCKHOLM).date())


def _with_log(measure_id: int, reader: Person) -> Response:
    _check_id(measure_id)
    found = one_measure(current_pictures().store, measure_id)
    answer = _answer({**_record(found, reader), "log": log_records(found.log)}, reader)
    answer.set_etag(tag_of(found.id, found.version))
    return answer


def _answer(body: dict[str, Any], reader: Person | None) -> Response:
    """The body; for residents with a tag by which it isn't sent again, for staff never to be kept."""
    answer = Response(encode(body), mimetype=JSON)
    answer.vary.update(("Authorization", "Cookie"))
    answer.add_etag(weak=True)
    if reader is not None:
        answer.headers["Cache-Control"] = "no-store"
    else:
        answer.headers["Cache-Control"] = "no-cache"
        answer.make_conditional(request)
    return answer


def _number(name: str, usual: int, least: int, most: int) -> int:
    text = request.args.get(name)
    if text is None:
        return usual
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise refused(name, text)
    return int(text)


def _change() -> dict[str, Any]:
    """The body of a change of status, checked; ``done_at`` as a moment.

    Raises:
        UnsupportedMediaType, BadRequest: it isn't JSON.
        BadInput: a field can't be used; ``params["fields"]`` says why, for each.
    """
    if request.mimetype != JSON:
        raise UnsupportedMediaType
    try:
        body = request.get_json()
    except RecursionError as error:
        raise BadRequest from error
    if not isinstance(body, dict):
        raise BadInput("The body must be a JSON object.")
    wrong = {name: reason for name in {*body, "status"} if (reason := _wrong(name, body))}
    if wrong:
        raise BadInput("A field has a value that can't be used.", fields=wrong)
    if "done_at" in body:
        return {**body, "done_at": datetime.fromisoformat(body["done_at"].upper())}
    return body


def _wrong(name: str, body: Mapping[str, Any]) -> str:
    """Why a field can't be used, as a message id; empty where it can."""
    if name not in _FIELDS:
        return N_("There is no such field.")
    if name not in body:
        return N_("It is missing.")
    value = body[name]
    if not isinstance(value, str):
        return N_("It must be text.")
    match name:
        case "status":
            return "" if value in TARGETS else N_("It must be one of the statuses that a step leads to.")
        case "note":
            return "" if len(value) <= MAX_NOTE else N_("It is too long.")
        case "client_ref":
            usable = re.fullmatch(CLIENT_REF, value)
            return "" if usable else N_("It must have at most 64 letters, digits or any of . _ : -")
        case _:
            return _wrong_moment(value)


def _wrong_moment(text: str) -> str:
    """Why ``done_at`` can't be used. One that is ahead of our clock can: a phone's may be fast."""
    if not _MOMENT.fullmatch(text):
        return N_("It must be a date and time with a time zone, such as 2026-11-22T14:30:00+01:00.")
    try:
        told = datetime.fromisoformat(text.upper())
        ago = moment() - told
    except (ValueError, OverflowError):
        return N_("It must be a date and time with a time zone, such as 2026-11-22T14:30:00+01:00.")
    return N_("It is more than a year ago.") if ago > MAX_AGE else ""
