"""Nothing acknowledged is lost: not to kill -9, not to a full disk, not to fifty people at once."""

import http.client
import json
import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from benchmarks.keeping import Change, Ground, Kept, Server, Writer, look
from benchmarks.reliability import can_mount, fill_a_disk, fill_by_limit, kill_on_and_on
from geo.model import MeasureStatus
from geo.store.engine import open_store
from geo.store.schema import measure, measure_log

KILLS = 10
THREADS = 50
ROUNDS = 3


def test_no_acknowledged_change_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    found = kill_on_and_on(Ground.make(tmp_path, 4), KILLS, seed=1)
    assert found.kills == KILLS
    # At least one before each kill, and each writer's last.
    assert found.acknowledged >= KILLS + 4
    assert found.sent_again > 0
    assert found.refused == 0
    assert len(found.kept) == KILLS + 1
    assert [kept for kept in found.kept if not kept.whole] == []


@pytest.mark.parametrize("way", [fill_by_limit, *([fill_a_disk] if can_mount() else [])])
def test_a_full_disk_is_told_of_and_loses_nothing(way: type, tmp_path: Path) -> None:
    found = way(tmp_path)
    assert found.before == 10
    assert {said.status for said in found.answers} == {503}
    assert {said.body["error"]["message"] for said in found.answers} == {
        "Det du skickade sparades inte: tjänsten kan inte skriva just nu, kanske för att utrymmet är slut. "
        "Skicka det igen om en stund."
    }
    assert found.read == http.client.OK
    assert found.after == 10
    assert found.kept == Kept(0, 0, 0, ())


def test_what_is_missing_in_the_store_is_seen(tmp_path: Path) -> None:
    ground = Ground.make(tmp_path, 1)
    writer = Writer(ground, 1, ground.measures[0])
    assert look(ground.database, [writer], ended=True).whole
    writer.acknowledged.append(Change(ground.measures[0], MeasureStatus.COMPLETED, 2))
    found = look(ground.database, [writer], ended=True)
    assert found.lost == 1
    assert not found.whole


def test_of_fifty_changes_of_one_version_one_is_taken(tmp_path: Path) -> None:
    ground = Ground.make(tmp_path, 1)
    key = ground.measures[0]
    server = Server(ground, tmp_path / "log")
    server.start()
    try:
        statuses = [_all_at_once(server.port, ground, version) for version in range(2, 2 + ROUNDS)]
    finally:
        server.stop()
    assert statuses == [Counter({200: 1, 412: THREADS - 1})] * ROUNDS
    store = open_store(f"sqlite:///{ground.database}")
    with store.read() as connection:
        kept = connection.execute(select(measure.c.version).where(measure.c.id == key)).scalar_one()
        notes = connection.execute(
            select(measure_log.c.note).where(measure_log.c.measure_id == key).order_by(measure_log.c.id)
        ).scalars()
        assert kept == 2 + ROUNDS
        assert [note.split()[0] for note in notes if note] == ["2", "3", "4"]
    store.close()


def _all_at_once(port: int, ground: Ground, version: int) -> Counter[int]:
    """The statuses of fifty changes that name the same version."""
    status = {2: "completed", 3: "reopened", 4: "completed"}[version]
    key = ground.measures[0]
    found: list[int] = []
    gate = threading.Barrier(THREADS)

    def send(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.connect()
        body = json.dumps({"status": status, "note": f"{version} {number}"})
        headers = {
            "Authorization": f"Bearer {ground.token}",
            "Content-Type": "application/json",
            "If-Match": f'"{key}-{version}"',
        }
        gate.wait(60)
        connection.request("POST", f"/api/measures/{key}/status", body, headers)
        answer = connection.getresponse()
        answer.read()
        found.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(found)
