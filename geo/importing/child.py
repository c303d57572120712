"""Reading an untrusted file: the child process's side. Started by ``sandbox.run``, never imported by it.

``python -m geo.importing.child TASK PATH LIMITS`` (a JSON list: bounds and EPSG code): the limits come first,
then the heavy imports. A photo comes on standard input. The answer is lines of JSON on standard output; the last
is ``{"end": true}`` or ``{"error": ...}``.
"""

import json
import resource
import sys
from collections.abc import Iterable
from math import ceil
from pathlib import Path
from typing import Any

from geo.errors import GeoError
from geo.importing.limits import OUT_OF_MEMORY, Limits

_FILES = 64
_WRITTEN_BYTES = 1_000_000
"""What the child may write to any file: it has nothing to write but complaints."""


def main(arguments: list[str]) -> int:
    """Reads one file and answers on standard output. Returns the exit code."""
    task, path, bounds = arguments
    max_bytes, max_rows, memory, seconds, epsg = json.loads(bounds)
    limits = Limits(max_bytes, max_rows, memory, seconds)
    _confine(limits)
    try:
        for value in _read(task, Path(path), limits, epsg):
            _say(value)
    except GeoError as error:
        said = {
            "kind": type(error).__name__,
            "message": error.message,
            "detail": error.detail,
            "params": {
                key: value if isinstance(value, int | float) else str(value)
                for key, value in error.params.items()
            },
        }
        _say({"error": said})
        sys.stdout.flush()
        return 0
    except MemoryError:
        return OUT_OF_MEMORY
    _say({"end": True})
    sys.stdout.flush()
    return 0


def _confine(limits: Limits) -> None:
    cpu = max(1, ceil(limits.seconds))
    for kind, bound in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_NOFILE, _FILES),
        (resource.RLIMIT_FSIZE, _WRITTEN_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        # One more second in the hard limit lets the soft one speak first (SIGXCPU).
        resource.setrlimit(kind, (bound, bound + 1 if kind == resource.RLIMIT_CPU else bound))


def _read(task: str, path: Path, limits: Limits, epsg: int | None) -> Iterable[Any]:
    # Imported here: after the limits are set, and only what the task needs.
    if task == "table":
        from geo.importing.tablefile import read_rows

        return read_rows(path, limits)
    if task == "events":
        from geo.importing.jsonfile import read_events

        return read_events(path, limits)
    if task == "geojson":
        from geo.importing.vectorfile import read_geojson

        return read_geojson(path, limits, epsg)
    if task == "gpkg":
        from geo.importing.vectorfile import read_gpkg

        return read_gpkg(path, limits, epsg)
    if task == "dxf":
        from geo.importing.drawing import read_dxf

        return read_dxf(path, limits, epsg)
    if task == "photo":
        from geo.importing.photofile import draw

        return draw(sys.stdin.buffer, limits)
    raise ValueError(task)


def _say(value: object) -> None:
    line = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
