"""Fetching a large file: in parts that a cut-off can be taken up from, and checked before it counts as there."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import requests

from geo.errors import UnreadableInput
from geo.messages import N_

_CHUNK = 1 << 20
_TIMEOUT = (10, 60)
_MD5 = re.compile(r"\b[0-9a-f]{32}\b")


def download(
    url: str, folder: Path, progress: Callable[[str, int, int], None] = lambda _stage, _done, _total: None
) -> Path:
    """Fetches ``url`` into ``folder``; what an earlier try left as ``.part`` is gone on with.

    The file is checked against the checksum that the server keeps beside it (``.md5``), where there is one,
    else against the length it said.

    Raises:
        UnreadableInput: the server doesn't answer, hasn't the file, or what came is not what it said.
    """
    name = Path(urlsplit(url).path).name or "extract.osm.pbf"
    target, part = folder / name, folder / f"{name}.part"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        total = _fetch(url, part, progress)
        expected = _checksum(url + ".md5")
    except requests.RequestException as error:
        raise UnreadableInput(
            "%(url)s can't be fetched: %(why)s. What came is kept; run the command again to go on.",
            url=url,
            why=error.__class__.__name__,
            detail=str(error),
        ) from error
    except OSError as error:
        raise UnreadableInput("The file %(file)s can't be written: %(why)s", file=part, why=error) from error
    if total and part.stat().st_size < total:
        raise UnreadableInput(
            "Only %(got)s of %(total)s bytes of %(url)s came. They are kept; run the command again to go on.",
            got=part.stat().st_size,
            total=total,
            url=url,
        )
    if expected:
        with part.open("rb") as file:
            found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        if found != expected:
            part.unlink()
            raise UnreadableInput(
                "What came from %(url)s is not what its checksum says. It was thrown away; fetch it again.",
                url=url,
            )
    part.replace(target)
    return target


def _fetch(url: str, part: Path, progress: Callable[[str, int, int], None]) -> int:
    """Writes what is still lacking to ``part``; returns the whole length, 0 where the server doesn't say."""
    have = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT) as answer:
        if answer.status_code == requests.codes.requested_range_not_satisfiable:
            # All of it is here already, or the file on the server has become shorter: the checks tell.
            return 0
        answer.raise_for_status()
        if answer.status_code != requests.codes.partial_content:
            have = 0
        length = int(answer.headers.get("Content-Length") or 0)
        total = have + length if length else 0
        done = have
        with part.open("ab" if have else "wb") as file:
            for chunk in answer.iter_content(_CHUNK):
                file.write(chunk)
                done += len(chunk)
                progress(N_("fetching"), done >> 20, total >> 20)
    return total


def _checksum(url: str) -> str:
    answer = requests.get(url, timeout=_TIMEOUT)
    found = _MD5.search(answer.text) if answer.ok else None
    return found.group() if found else ""
