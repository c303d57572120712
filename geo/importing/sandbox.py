"""Reading an untrusted file in a child process: this process's side.

The child gets an environment made from scratch, sets its own limits before it imports anything heavy, and
answers with lines of JSON, so that nothing it says can become code here.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from geo.errors import CrsError, UnreadableInput
from geo.importing.limits import OUT_OF_MEMORY, Limits, too_big
from geo.messages import N_

_HOME = Path(__file__).resolve().parent.parent.parent
"""The folder that holds the package ``geo``: the child starts there and finds it, however it is installed."""

_ENVIRONMENT = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    # A VRT or GDALG file is a recipe that makes GDAL read other files and addresses; the drivers can only
    # be left out through the environment, before GDAL starts.
    "OGR_SKIP": "OGR_VRT,GDALG",
    "OPENBLAS_NUM_THREADS": "1",
    "PROJ_NETWORK": "OFF",
}

_ANSWER_FACTOR = 4
"""The answer is no longer than the file's bound times this: JSON's quotes and escapes on top of the text."""
_ERROR_BYTES = 4_000


class Stopped(UnreadableInput):
    """The reader was stopped at a bound, or crashed: it said nothing of the file itself."""


def run(task: str, path: Path, limits: Limits, *, epsg: int | None = None) -> list[Any]:
    """What the child read from a file: the decoded lines of its answer.

    Args:
        task: ``table``, ``events``, ``geojson``, ``gpkg`` or ``dxf``, as ``child`` knows them.
        epsg: the coordinate system of a vector file that doesn't say its own.

    Raises:
        UnreadableInput: the file is missing, empty, too big, takes too long or too much memory, crashes
            its reader, or the reader refuses it.
    """
    check_file(path, limits)
    return _run(task, str(path.resolve()), limits, epsg, subprocess.DEVNULL)


def run_bytes(task: str, data: bytes, limits: Limits) -> list[Any]:
    """What the child read from bytes on its standard input; they never get a name in the file system.

    Args:
        task: ``photo``, as ``child`` knows it.

    Raises:
        UnreadableInput: the reader refuses it.
        Stopped: reading took too long or too much memory, or crashed.
    """
    with TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        return _run(task, "-", limits, None, file)


def _run(task: str, path: str, limits: Limits, epsg: int | None, stdin: int | IO[bytes]) -> list[Any]:
    command = [
        sys.executable,
        "-s",
        "-m",
        "geo.importing.child",
        task,
        path,
        json.dumps([limits.max_bytes, limits.max_rows, limits.memory, limits.seconds, epsg]),
    ]
    timed_out = threading.Event()
    with TemporaryFile() as errors:
        with subprocess.Popen(  # noqa: S603 - our own interpreter and module; the path is an argument of its own
            command,
            cwd=_HOME,
            env=_ENVIRONMENT,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as child:

            def stop() -> None:
                timed_out.set()
                child.kill()

            timer = threading.Timer(limits.seconds, stop)
            timer.start()
            try:
                lines, ended = _lines(child, limits)
            except BaseException:
                child.kill()
                raise
            finally:
                timer.cancel()
        errors.seek(0)
        complaint = errors.read(_ERROR_BYTES).decode("utf-8", "replace").strip()
    if ended and child.returncode == 0:
        return lines
    raise _failure(child.returncode, timed_out.is_set(), complaint, limits)


def check_file(path: Path, limits: Limits) -> None:
    """Makes sure that ``path`` is a file that can be read, not empty and not too big.

    Raises:
        UnreadableInput: it is not.
    """
    try:
        if not path.is_file():
            raise UnreadableInput("There is no file “%(file)s”.", file=path.name)
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
    except OSError as error:
        raise UnreadableInput(
            "The file “%(file)s” can't be opened.", file=path.name, detail=str(error)
        ) from error
    if size == 0:
        raise UnreadableInput("The file is empty.")
    if size > limits.max_bytes:
        raise too_big(limits)


def _lines(child: subprocess.Popen[bytes], limits: Limits) -> tuple[list[Any], bool]:
    """The answer's lines without the last, and whether the last was there."""
    stream: IO[bytes] | None = child.stdout
    assert stream is not None  # noqa: S101 - Popen was given a pipe; tells the type checker so
    left = limits.max_bytes * _ANSWER_FACTOR
    lines: list[Any] = []
    while line := stream.readline(left + 1):
        left -= len(line)
        if left < 0 or not line.endswith(b"\n"):
            break
        try:
            value = json.loads(line)
        except ValueError:
            break
        if value == {"end": True}:
            return lines, True
        if isinstance(value, dict) and "error" in value:
            raise _said(value["error"])
        lines.append(value)
    child.kill()
    return lines, False


def _said(error: dict[str, Any]) -> UnreadableInput:
    kind = CrsError if error["kind"] == "CrsError" else UnreadableInput
    return kind(error["message"], detail=error["detail"], **error["params"])


def _failure(code: int, timed_out: bool, complaint: str, limits: Limits) -> Stopped:
    if timed_out or code == -signal.SIGXCPU:
        return Stopped(
            N_("Reading the file took more than %(seconds)s seconds. Divide it."),
            seconds=f"{limits.seconds:g}",
        )
    # Rust and C++ end the process themselves when an allocation fails.
    if code == OUT_OF_MEMORY or "memory allocation" in complaint or "bad_alloc" in complaint:
        return Stopped(
            N_(
                "Reading the file needs more than %(megabytes)s MB of memory. Divide it, or delete empty rows "
                "and columns far outside the table."
            ),
            megabytes=limits.memory // (1024 * 1024),
        )
    return Stopped(
        N_("The file can't be read: its reader stopped. It may be damaged; save it anew and try again."),
        detail=f"child ended with {code}: {complaint}",
    )
