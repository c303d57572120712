"""Status changes sent to the real server, and whether the store holds each that was acknowledged, once."""

import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.serving import our_command
from geo.actions import tokens
from geo.actions.measures import create, take_step
from geo.actions.plans import Plan
from geo.model import MeasureStatus, Person, Promise, Role
from geo.settings import PREFIX
from geo.store import people
from geo.store.engine import open_store
from geo.store.migration import migrate

MADE = datetime(2026, 1, 1, tzinfo=UTC)
START_SECONDS = 60
ROUND = (MeasureStatus.COMPLETED, MeasureStatus.REOPENED, MeasureStatus.ONGOING)
"""The steps that are taken over and over, from planned or under way."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A store with some planned measures, and the token of a coordinator who may take any step."""

    folder: Path
    token: str
    measures: tuple[int, ...]

    @property
    def database(self) -> Path:
        """The store's file."""
        return self.folder / "trygg.sqlite"

    @classmethod
    def make(cls, folder: Path, number: int) -> "Ground":
        """A new store in an empty folder with ``number`` measures."""
        store = open_store(f"sqlite:///{folder / 'trygg.sqlite'}")
        migrate(store)
        by = _coordinator(store)
        measures = []
        for i in range(number):
            plan = Plan(title=f"Measure {i}", promise=Promise.UNSAFE_PLACES, responsible=(by.organisation,))
            key = create(store, by, plan, now=MADE)
            take_step(store, by, key, MeasureStatus.PLANNED, note="", version=1, now=MADE)
            measures.append(key)
        token = tokens.create(store, by, ("measures:write",), now=MADE)
        store.close()
        return cls(folder, token, tuple(measures))


def _coordinator(store: Any) -> Person:
    with store.write(quiet=True) as connection:
        by = people.add(
            connection,
            username="bench",
            name="Bench",
            role=Role.COORDINATOR,
            organisation="The municipality",
            at=MADE,
        )
    if by is None:
        raise RuntimeError("the store is not empty")
    return by


class Server:
    """``trygg serve`` over a ground, as a process group of its own, to be killed and started again."""

    def __init__(self, ground: Ground, log: Path, before: Sequence[str] = ()) -> None:
        self._ground = ground
        self._log = log
        self._before = before
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    @property
    def pid(self) -> int:
        """The process that was started, and the number of its group.

        Raises:
            RuntimeError: none is running.
        """
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process.pid

    def start(self) -> None:
        """Starts it and waits until it answers.

        Raises:
            RuntimeError: it ended, or did not answer in time; the message is the end of its log.
        """
        environment = {
            **os.environ,
            f"{PREFIX}DATABASE_URL": f"sqlite:///{self._ground.database}",
            f"{PREFIX}LOG_LEVEL": "WARNING",
        }
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                [*self._before, *our_command(), "--port", str(self.port)],
                env=environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(self._log.read_text(errors="replace")[-3000:])
            time.sleep(0.02)

    def kill(self) -> None:
        """Ends it with -9, all its processes at once: no farewell, nothing flushed."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ends it in order; does nothing where it isn't running."""
        if self._process is not None:
            self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            raise RuntimeError("the server is not running")
        # It may have ended by itself.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        process.wait(START_SECONDS)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.client.OK
        except OSError:
            return False
        finally:
            connection.close()


@dataclass(slots=True)
class Change:
    """One change of status, as often as it is sent."""

    measure: int
    status: MeasureStatus
    version: int
    ref: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True, slots=True)
class Said:
    """What the server said to a change: its status, its words, and when the answer was there."""

    status: int
    body: dict[str, Any]
    at: float


class Writer:
    """Takes one measure through ``ROUND`` over and over; one that isn't answered is sent again as it was."""

    def __init__(self, ground: Ground, port: int, measure: int) -> None:
        self._ground = ground
        self._port = port
        self._connection: http.client.HTTPConnection | None = None
        self._next = Change(measure, ROUND[0], 2)
        self.acknowledged: list[Change] = []
        self.times: list[tuple[float, float]] = []
        self.unexpected: list[Said] = []
        self.sent_again = 0

    def once(self) -> Said | None:
        """Sends the change whose turn it is; None where no answer came. An acknowledged one is noted."""
        change, began = self._next, time.time()
        said = self._send(change)
        if said is None:
            self.sent_again += 1
        elif said.status == http.client.OK:
            self.acknowledged.append(change)
            self.times.append((began, said.at))
            turn = ROUND[(ROUND.index(change.status) + 1) % len(ROUND)]
            self._next = Change(change.measure, turn, change.version + 1)
        else:
            self.unexpected.append(said)
        return said

    def read(self) -> int:
        """The status that the answer to reading the measure has.

        Raises:
            OSError, http.client.HTTPException: there was none.
        """
        return self._ask("GET", f"/api/measures/{self._next.measure}").status

    def _send(self, change: Change) -> Said | None:
        try:
            return self._ask(
                "POST",
                f"/api/measures/{change.measure}/status",
                json.dumps({"status": change.status, "note": "Bench " * 40, "client_ref": change.ref}),
                {"If-Match": f'"{change.measure}-{change.version}"', "Content-Type": "application/json"},
            )
        except (OSError, http.client.HTTPException):
            self.close()
            return None

    def _ask(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> Said:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=START_SECONDS)
        sent = {"Authorization": f"Bearer {self._ground.token}", **(headers or {})}
        self._connection.request(method, path, body or None, sent)
        answer = self._connection.getresponse()
        read = answer.read()
        return Said(answer.status, json.loads(read), time.time())

    def close(self) -> None:
        """Ends the connection; the next change makes a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Crowd:
    """Writers at work at the same time, each with a measure of its own."""

    def __init__(self, ground: Ground, port: int) -> None:
        self.writers = [Writer(ground, port, measure) for measure in ground.measures]
        self._ending = threading.Event()
        self._given_up = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(one,)) for one in self.writers]

    def begin(self) -> None:
        """Lets them begin."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Waits until each has had an answer to what it last sent."""
        self._ending.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def give_up(self) -> None:
        """Ends them though the server may never answer again."""
        self._given_up.set()
        self.end()

    @property
    def acknowledged(self) -> int:
        """How many changes were acknowledged so far."""
        return sum(len(writer.acknowledged) for writer in self.writers)

    def _work(self, writer: Writer) -> None:
        while not self._given_up.is_set():
            said = writer.once()
            if said is None:
                time.sleep(0.1)
            elif said.status != http.client.OK or self._ending.is_set():
                break
        writer.close()


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store holds of what was acknowledged: what is missing, twice, or never sent; and its faults."""

    lost: int
    doubled: int
    unknown: int
    faults: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether everything is there once, and the file is sound."""
        return not (self.lost or self.doubled or self.unknown or self.faults)


def look(database: Path, writers: Sequence[Writer], *, ended: bool) -> Kept:
    """What a copy of the store's files, as they lie there, holds of what the writers know of.

    A copy, for to open a store after a crash mends it, which is the server's own task. With ``ended`` each
    change was acknowledged, and so nothing else may be there either.
    """
    acknowledged = [list(writer.acknowledged) for writer in writers]
    with tempfile.TemporaryDirectory(prefix="look-") as folder:
        for path in database.parent.glob(f"{database.name}*"):
            if not path.name.endswith("-shm"):
                shutil.copy(path, folder)
        connection = sqlite3.connect(Path(folder, database.name))
        try:
            return _look(connection, acknowledged, ended=ended)
        finally:
            connection.close()


def _look(connection: sqlite3.Connection, acknowledged: list[list[Change]], *, ended: bool) -> Kept:
    faults = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    faults += [f"foreign key: {row}" for row in connection.execute("PRAGMA foreign_key_check")]
    rows = connection.execute(
        "SELECT measure_id, client_ref, status FROM measure_log WHERE client_ref IS NOT NULL ORDER BY id"
    ).fetchall()
    refs = [ref for _measure, ref, _status in rows]
    known = {change.ref for changes in acknowledged for change in changes}
    for changes in acknowledged:
        if not changes:
            continue
        measure = changes[0].measure
        told = [(ref, status) for of, ref, status in rows if of == measure]
        if told[: len(changes)] != [(change.ref, change.status.value) for change in changes]:
            faults.append(f"measure {measure}: the log is in another order than the acknowledgements")
        version, status = connection.execute(
            "SELECT version, status FROM measure WHERE id = ?", (measure,)
        ).fetchone()
        # Made and planned before the first change: versions 1 and 2.
        if (version, status) != (2 + len(told), told[-1][1] if told else "planned"):
            faults.append(f"measure {measure} has version {version} and status {status}: its log says other")
    steps = connection.execute("SELECT count(*) FROM audit WHERE action = 'measure.step'").fetchone()[0]
    planned = connection.execute("SELECT count(*) FROM measure").fetchone()[0]
    if steps != len(rows) + planned:
        faults.append(f"{len(rows)} changes are in the log, and {steps - planned} in the audit")
    return Kept(
        lost=len(known - set(refs)),
        doubled=len(refs) - len(set(refs)),
        unknown=len(set(refs) - known) if ended else 0,
        faults=tuple(faults),
    )
