"""``make bench-reliability``: nothing acknowledged is lost, whatever happens to the server or its disk."""

import http.client
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import click
import psutil

from benchmarks.data import SEED
from benchmarks.keeping import Crowd, Ground, Kept, Said, Server, Writer, look
from benchmarks.tables import Bar, Row, Table, count, times

WRITERS = 4
LONGEST_S = 0.4
"""A kill comes within this time after the first acknowledgement of its round."""
ROOM_LEFT = 64 * 1024
"""Bytes that can still be written when the disk begins to be full."""
MOST_TRIES = 2_000
REFUSED = 20
"""How many changes are sent to the full disk."""


@dataclass(frozen=True, slots=True)
class Killed:
    """What was left after kill upon kill."""

    kills: int
    acknowledged: int
    sent_again: int
    refused: int
    kept: tuple[Kept, ...]
    starts: tuple[float, ...]


def kill_on_and_on(ground: Ground, kills: int, seed: int) -> Killed:
    """Changes are sent for all measures at once; the server is killed with -9 at random moments and started again.

    After each kill a copy of the files as they lie is looked at, and at the end all of it.
    """
    random = Random(seed)
    server = Server(ground, ground.folder / "log")
    crowd = Crowd(ground, server.port)
    kept, starts = [], []
    try:
        starts.append(_start(server))
        crowd.begin()
        for _kill in range(kills):
            _wait_for_more(crowd)
            time.sleep(random.uniform(0, LONGEST_S))
            server.kill()
            kept.append(look(ground.database, crowd.writers, ended=False))
            starts.append(_start(server))
        crowd.end()
    finally:
        crowd.give_up()
        server.stop()
    kept.append(look(ground.database, crowd.writers, ended=True))
    return Killed(
        kills=kills,
        acknowledged=crowd.acknowledged,
        sent_again=sum(writer.sent_again for writer in crowd.writers),
        refused=sum(len(writer.unexpected) for writer in crowd.writers),
        kept=tuple(kept),
        starts=tuple(starts),
    )


def _start(server: Server) -> float:
    began = time.monotonic()
    server.start()
    return time.monotonic() - began


def _wait_for_more(crowd: Crowd) -> None:
    """Waits until something is acknowledged by this run of the server.

    Raises:
        RuntimeError: nothing is, or the writers got an answer that is no acknowledgement.
    """
    before, deadline = crowd.acknowledged, time.monotonic() + 60
    while crowd.acknowledged == before:
        wrong = [said for writer in crowd.writers for said in writer.unexpected]
        if wrong or time.monotonic() > deadline:
            raise RuntimeError(f"nothing was acknowledged: {wrong[:1]}")
        time.sleep(0.005)


@dataclass(frozen=True, slots=True)
class Full:
    """What a full disk did: the answers while it was full, and what was kept before, meanwhile and after."""

    before: int
    answers: tuple[Said, ...]
    read: int
    after: int
    kept: Kept

    @property
    def clear(self) -> bool:
        """Whether each change was refused as the service's own trouble, in words, and reading went on."""
        refused = all(
            said.status in (http.client.SERVICE_UNAVAILABLE, http.client.INSUFFICIENT_STORAGE)
            and bool(said.body["error"]["message"])
            for said in self.answers
        )
        return refused and bool(self.answers) and self.read == http.client.OK


def fill_by_limit(folder: Path) -> Full:
    """The server may not make any file longer (RLIMIT_FSIZE), and then may again."""
    with _ground(folder) as (ground, server):

        def narrow() -> None:
            _limit(server, _longest(ground) + ROOM_LEFT)

        return _fill(ground, server, narrow, lambda: _limit(server, resource.RLIM_INFINITY))


def fill_a_disk(folder: Path) -> Full:
    """The store lies on a small file system of its own (tmpfs), which is filled and then not full any more.

    Takes root; see ``can_mount``.
    """
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], check=True)
    try:
        with _ground(disk, log=folder / "log") as (ground, server):
            filler = disk / "filler"

            def narrow() -> None:
                free = shutil.disk_usage(disk).free
                filler.write_bytes(b"\0" * max(0, free - ROOM_LEFT))

            return _fill(ground, server, narrow, filler.unlink)
    finally:
        subprocess.run(["umount", disk], check=True)


def can_mount() -> bool:
    """Whether this user may mount a file system here: root outside most containers."""
    with tempfile.TemporaryDirectory(prefix="mount-") as folder:
        tried = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False
        )
        if tried.returncode == 0:
            subprocess.run(["umount", folder], check=True)
        return tried.returncode == 0


@contextmanager
def _ground(folder: Path, log: Path | None = None) -> Iterator[tuple[Ground, Server]]:
    ground = Ground.make(folder, 1)
    server = Server(ground, log or folder / "log")
    try:
        server.start()
        yield ground, server
    finally:
        server.stop()


def _fill(ground: Ground, server: Server, narrow: Callable[[], None], widen: Callable[[], object]) -> Full:
    writer = Writer(ground, server.port, ground.measures[0])
    for _change in range(10):
        writer.once()
    before = len(writer.acknowledged)
    narrow()
    for _change in range(MOST_TRIES):
        writer.once()
        if writer.unexpected:
            break
    for _change in range(REFUSED):
        writer.once()
    answers, read = tuple(writer.unexpected), writer.read()
    widen()
    meanwhile = len(writer.acknowledged)
    for _change in range(10):
        writer.once()
    after = len(writer.acknowledged) - meanwhile
    writer.close()
    server.stop()
    return Full(before, answers, read, after, look(ground.database, [writer], ended=True))


def _longest(ground: Ground) -> int:
    return max(path.stat().st_size for path in ground.database.parent.iterdir() if path.is_file())


def _limit(server: Server, size: int) -> None:
    """Sets the longest file that the server's processes may make. The hard limit stays."""
    started = psutil.Process(server.pid)
    for process in (started, *started.children(recursive=True)):
        _soft, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, hard))


@dataclass(frozen=True, slots=True)
class Synced:
    """How many acknowledged changes had a sync of their own between being sent and being acknowledged."""

    acknowledged: int
    synced: int
    calls: int
    why_not: str = ""


def count_syncs(folder: Path, changes: int) -> Synced:
    """One writer, with the server under strace: each change must be on the disk before it is acknowledged."""
    trace = folder / "trace"
    strace = ["strace", "-f", "-qq", "-ttt", "-o", str(trace), "-e", "trace=fsync,fdatasync"]
    tried = subprocess.run([*strace, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        return Synced(0, 0, 0, f"strace can't trace here: {tried.stderr.strip()}")
    ground = Ground.make(folder, 1)
    server = Server(ground, folder / "log", before=strace)
    writer = Writer(ground, server.port, ground.measures[0])
    try:
        server.start()
        for _change in range(changes):
            writer.once()
    finally:
        writer.close()
        server.stop()
    done = [float(at) for at in re.findall(r"^\d+ +(\d+\.\d+) .*= 0$", trace.read_text(), re.MULTILINE)]
    synced = sum(any(began <= at <= ended for at in done) for began, ended in writer.times)
    first, last = writer.times[0][0], writer.times[-1][1]
    return Synced(len(writer.acknowledged), synced, sum(first <= at <= last for at in done))


def _inside(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def _kill_table(kills: int, lanes: int, folder: Path) -> Table:
    share = [kills // lanes + (lane < kills % lanes) for lane in range(lanes)]
    # One after the other: Alembic can't make two stores at a time.
    grounds = [Ground.make(_inside(folder, f"lane{lane}"), WRITERS) for lane in range(lanes)]
    with ThreadPoolExecutor(lanes) as pool:
        found = list(pool.map(kill_on_and_on, grounds, share, range(SEED, SEED + lanes)))
    looks = [kept for lane in found for kept in lane.kept]
    acknowledged = sum(lane.acknowledged for lane in found)
    bars = (
        Bar("kills", sum(lane.kills for lane in found), kills, at_least=True),
        Bar("acknowledged changes lost", sum(kept.lost for kept in looks), 0),
        Bar("changes kept twice", sum(kept.doubled for kept in looks), 0),
        Bar("changes kept that nobody sent", sum(kept.unknown for kept in looks), 0),
        Bar("faults of the file", sum(len(kept.faults) for kept in looks), 0),
        Bar("answers other than 200", sum(lane.refused for lane in found), 0),
    )
    rows = (
        ("changes acknowledged", count(acknowledged), ""),
        ("sent again for want of an answer", count(sum(lane.sent_again for lane in found)), ""),
        ("start until it answers", times([start for lane in found for start in lane.starts]), ""),
        *((bar.what, count(int(bar.value)), str(bar)) for bar in bars),
    )
    notes = (
        f"{WRITERS} writers on each of {lanes} servers change measures by the API; each server is killed with -9",
        f"up to {LONGEST_S:g} s after the first acknowledgement since its start. After every kill a copy of the",
        "files as they lie is checked (integrity_check, foreign_key_check, log, versions, audit).",
    )
    return Table("1. Killed at random", notes, ("", "", "bar"), rows, bars)


def _full_table(folder: Path) -> Table:
    ways: list[tuple[str, Callable[[Path], Full]]] = [("files can't grow", fill_by_limit)]
    if can_mount():
        ways.append(("a full tmpfs", fill_a_disk))
    rows: list[Row] = []
    bars: list[Bar] = []
    for i, (name, way) in enumerate(ways):
        found = way(_inside(folder, f"full{i}"))
        held = (
            Bar(f"{name}: refused clearly", found.clear, 1, at_least=True),
            Bar(f"{name}: lost, twice or unsound", not found.kept.whole, 0),
            Bar(f"{name}: acknowledged when there is room again", found.after, 10, at_least=True),
        )
        said = found.answers[0] if found.answers else None
        rows.append((f"{name}: answers", f"{len(found.answers)} × {said.status if said else '–'}", ""))
        rows += [(bar.what, count(int(bar.value)), str(bar)) for bar in held]
        bars += held
    notes = ["Reading goes on while writing is refused."]
    if len(ways) == 1:
        notes.append("Not with a full tmpfs as well: this user may not mount one.")
    return Table("2. The disk is full", tuple(notes), ("", "", "bar"), tuple(rows), tuple(bars))


def _sync_table(folder: Path, changes: int) -> Table:
    found = count_syncs(_inside(folder, "sync"), changes)
    share = Bar(
        "changes synced before they were acknowledged, of all", found.synced / changes, 1, at_least=True
    )
    rows = (
        ("changes acknowledged", count(found.acknowledged), ""),
        ("fsync and fdatasync meanwhile", count(found.calls), ""),
        (share.what, f"{share.value:.2f}", str(share)),
    )
    notes = (found.why_not or "One writer; the server under strace.",)
    return Table("3. Syncs to the disk", notes, ("", "", "bar"), rows, (share,))


@click.command()
@click.option("--kills", type=click.IntRange(1), default=200, show_default=True)
@click.option("--lanes", type=click.IntRange(1), default=2, show_default=True, help="Servers at a time.")
@click.option("--changes", type=click.IntRange(1), default=200, show_default=True, help="Under strace.")
def main(kills: int, lanes: int, changes: int) -> None:
    """Kills the server while it is written to, fills its disk, and counts its syncs."""
    began = time.monotonic()
    click.echo(f"Trygghetskartan, {date.today()}: {os.cpu_count()} cores, SQLite\n")
    bars: list[Bar] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        for table in (
            _kill_table(kills, lanes, folder),
            _full_table(folder),
            _sync_table(folder, changes),
        ):
            click.echo(f"{table}\n")
            bars += table.bars
    missed = [bar for bar in bars if not bar.met]
    click.echo(
        f"{len(bars) - len(missed)} bars met, {len(missed)} missed, in {time.monotonic() - began:.0f} s."
    )
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
