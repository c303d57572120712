"""Gallring: what goes when, what stays, and that a rehearsal takes nothing. The clock is an argument."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ground import ground_layers
from PIL import Image
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from geo.actions import photos as photo_actions
from geo.actions.releases import Ground, last_quarter, publish
from geo.actions.retention import Kept, Removed, retain
from geo.bootstrap import put_layers
from geo.gazetteer import load_gazetteer
from geo.intake import Intake
from geo.model import Person, Role
from geo.publish.course import AsOf
from geo.publish.incidents import incidents
from geo.publish.measures import measures
from geo.publish.places import places
from geo.settings import ROOT, Settings
from geo.store import audit
from geo.store.aliases import Decision, Meaning, add
from geo.store.archive import archive
from geo.store.engine import Store, open_store
from geo.store.migration import migrate
from geo.store.rows import text_key
from geo.store.schema import (
    access_token,
    account,
    alias,
    incident,
    login_session,
    measure,
    one_time_link,
    photo,
    survey_answer,
)
from geo.store.schema import audit as audit_table

TRYGG = Path(sys.executable).parent / "trygg"
MADE = datetime(2026, 11, 22, 12, tzinfo=UTC)
GAZETTEER = load_gazetteer(ROOT / "data" / "places" / "gazetteer.csv")
NONE = Kept(0, 0, 0, 0, 0, 0, 0, 0)
SETTINGS = Kept.of(Settings())
SECRET = "hemligheten-som-ska-bort"

ANSWERS = [
    "Respondent;Plats;Varför;När på dygnet;Kommentar;Datum",
    *(f"anna{n};busstationen i Robertsfors;Ödsligt;kväll;{SECRET};2024-05-0{n}" for n in range(1, 5)),
    f"anna5;busstationen i Robertsfors;Ödsligt;kväll;{SECRET};2026-05-05",
    f"anna1;Jenningsskolan;Trafik;dag;{SECRET};2024-05-01",
]
INCIDENTS = [
    "id;kategori;plats;kommun;datum",
    *(f"gammal{n};Stöld;Storgatan i Robertsfors;Robertsfors;2020-0{n}-02" for n in range(1, 7)),
    *(f"ny{n};Stöld;Storgatan i Robertsfors;Robertsfors;2026-0{n}-02" for n in range(1, 7)),
]
MEASURES = [
    "id;åtgärd;ansvarig;medborgarlöfte;status",
    "M1;Klippta häckar;Polisen;otrygga platser;uppföljd",
    "M2;Lampor;Polisen;otrygga platser;pågående",
]


class Office:
    """A store with something of each kind, and the folders of its files."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        self.photos, self.backups, self.logs = (folder / name for name in ("photos", "backups", "logs"))
        self.store: Store = open_store(url)
        migrate(self.store)
        put_layers(self.store, ground_layers())
        for name, lines in {"a.csv": ANSWERS, "i.csv": INCIDENTS, "m.csv": MEASURES}.items():
            (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        intake = Intake(self.store, GAZETTEER, now=MADE)
        intake.survey(folder / "a.csv", survey="Enkät", synthetic=True)
        intake.incidents(folder / "i.csv", source="EST")
        intake.measures(folder / "m.csv", synthetic=True)
        self._people_and_photos()

    def _people_and_photos(self) -> None:
        with self.store.write() as connection:
            connection.execute(
                insert(account).values(
                    id=1, username="kim", name="Kim", role="police", organisation="Polisen", made_at=MADE
                )
            )
            hour = timedelta(hours=1)
            connection.execute(
                insert(login_session).values(token_hash="s", account_id=1, started_at=MADE, seen_at=MADE)
            )
            connection.execute(
                insert(one_time_link).values(account_id=1, token_hash="l", expires_at=MADE + hour)
            )
            for name, ends in (("ended", MADE), ("open", None)):
                connection.execute(
                    insert(access_token).values(
                        account_id=1, title=name, token_hash=name, scopes=[], made_at=MADE, revoked_at=ends
                    )
                )
            kim = Person(1, "kim", "Kim", Role.POLICE, "Polisen")
            audit.record(connection, at=MADE, by=kim, action="answers.read", after={"number": 3})
            # Words of two decisions: one's row stays for longer.
            key = text_key("busstationen i Robertsfors")
            for name in (key, text_key("Jenningsskolan")):
                add(connection, name, SECRET, Meaning(Decision.OUTSIDE), at=MADE, by=None)
        picture = self.folder / "p.png"
        for number, colour in ((1, "red"), (2, "blue")):
            Image.new("RGB", (40, 30), colour).save(picture)
            photo_actions.add_photo(self.store, self.photos, kim, number, picture.read_bytes(), now=MADE)

    def run(self, kept: Kept, now: datetime, *, dry_run: bool = False) -> Removed:
        return retain(
            self.store,
            kept,
            photo_folder=self.photos,
            backup_folder=self.backups,
            log_folder=self.logs,
            now=now,
            dry_run=dry_run,
        )

    def all(self, *columns):  # type: ignore[no-untyped-def]
        with self.store.read() as connection:
            return connection.execute(select(*columns).order_by(columns[0])).all()

    def number(self, table) -> int:  # type: ignore[no-untyped-def]
        with self.store.read() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    made = Office(database_url, tmp_path)
    yield made
    made.store.close()


def after(years: int = 0, days: int = 0) -> datetime:
    return MADE.replace(year=MADE.year + years) + timedelta(days=days)


def test_nothing_goes_before_its_time_and_everything_after(office: Office) -> None:
    # The day of the imports: the answers of 2024 and the incidents of 2020 are past theirs already.
    first = office.run(SETTINGS, MADE)
    assert (first.answers, first.incidents, first.photos, first.audit, first.signing_in) == (5, 6, 0, 0, 0)
    assert office.run(SETTINGS, MADE) == Removed(0, 0, 0, 0, 0, 0, 0)
    assert office.run(SETTINGS, after(days=30)).signing_in == 0
    month = office.run(SETTINGS, after(days=32))
    # The token that still works stays.
    assert month.signing_in == 3
    assert [row.title for row in office.all(access_token.c.title)] == ["open"]
    almost = office.run(SETTINGS, after(years=2, days=-1))
    assert (almost.answers, almost.photos) == (1, 0)
    two = office.run(SETTINGS, after(years=2, days=1))
    assert (two.answers, two.photos) == (0, 1)
    assert two.audit >= 1
    assert "answers.read" not in {row.action for row in office.all(audit_table.c.action)}
    assert office.run(SETTINGS, after(years=5, days=1)).incidents == 6
    assert office.number(incident) == 0
    ten = office.run(SETTINGS, after(years=10, days=1))
    assert ten.audit > 3
    # What is left are the lines about what was removed since, which are younger.
    assert {row.action for row in office.all(audit_table.c.action)} == {"retention.run"}


def test_the_words_and_the_persons_go_and_the_places_stay(office: Office) -> None:
    def picture() -> list[object]:
        found = places(office.store, measures(office.store, AsOf(MADE, timedelta())).measures)
        return [replace(one, measures=()) for one in found.places]

    before = picture()
    assert len(before) == 1
    assert office.run(SETTINGS, MADE).answers == 5
    rows = office.all(
        survey_answer.c.id, survey_answer.c.text, survey_answer.c.comment, survey_answer.c.respondent
    )
    gone = [row for row in rows if row.respondent.startswith("gone-")]
    assert len(gone) == 5 and all(row.text == row.comment == "" for row in gone)
    # Two answers of one person are still of one; whoever answered since keeps theirs.
    assert len({row.respondent for row in gone}) == 4
    assert [row.comment for row in rows if row not in gone] == [SECRET]
    assert picture() == before
    # Clustered anew, as after the next survey, the place is the same.
    (office.folder / "b.csv").write_text("Plats;Varför\nÅnäset busstation;Ödsligt\n", encoding="utf-8")
    Intake(office.store, GAZETTEER, now=MADE).survey(office.folder / "b.csv", survey="Ny", synthetic=True)
    assert picture() == before
    # The file itself is known still: nothing of it comes back.
    again = Intake(office.store, GAZETTEER, now=MADE).survey(
        office.folder / "a.csv", survey="Enkät", synthetic=True
    )
    assert (again.new, again.known) == (0, 6)
    told = {row.text for row in office.all(alias.c.text)}
    assert told == {SECRET, "…"}


def test_what_was_released_stays_when_its_incidents_are_gone(office: Office) -> None:
    publish(office.store, None, last_quarter(MADE), now=MADE, ground=Ground())
    before = incidents(office.store)
    assert before.years == tuple(range(2020, last_quarter(MADE).year + 1))
    office.run(SETTINGS, MADE)
    assert incidents(office.store) == before
    assert {row.ref for row in office.all(incident.c.ref)} == {f"ny{n}" for n in range(1, 7)}


def test_a_rehearsal_says_the_same_and_takes_nothing(office: Office) -> None:
    late = after(years=11)
    office.backups.mkdir()
    for name in ("a", "b"):
        archive(
            open_store(f"sqlite:///{_other(office.folder)}"),
            office.photos,
            office.backups / name,
            now=MADE,
            progress=_quiet,
        )
        os.utime(office.backups / name, (0, 0))
    tables = (survey_answer, incident, photo, audit_table, login_session)
    before = [office.number(table) for table in tables]
    texts = office.all(survey_answer.c.id, survey_answer.c.text)
    rehearsed = office.run(SETTINGS, late, dry_run=True)
    assert [office.number(table) for table in tables] == before
    assert office.all(survey_answer.c.id, survey_answer.c.text) == texts
    assert len(list(office.photos.iterdir())) == 2
    assert len(list(office.backups.iterdir())) == 2
    assert office.run(SETTINGS, late) == rehearsed
    assert len(list(office.photos.iterdir())) == 1
    assert [one.name for one in office.backups.iterdir()] == ["b"]


def test_nothing_is_removed_where_the_rules_say_never(office: Office) -> None:
    assert office.run(NONE, after(years=90)) == Removed(0, 0, 0, 0, 0, 0, 0)


def test_photos_of_work_under_way_stay_and_the_others_files_go(office: Office) -> None:
    assert office.run(SETTINGS, after(years=3)).photos == 1
    (left,) = office.all(photo.c.measure_id, photo.c.file)
    assert left.measure_id == 2
    assert [one.name for one in office.photos.iterdir()] == [left.file]
    with office.store.write() as connection:
        connection.execute(update(measure).values(status="cancelled"))
    assert office.run(SETTINGS, after(years=3)).photos == 1
    assert list(office.photos.iterdir()) == []


def test_the_audit_is_append_only_again_afterwards_and_says_what_was_removed(office: Office) -> None:
    removed = office.run(SETTINGS, after(years=2, days=1))
    assert removed.audit > 0
    with pytest.raises(DBAPIError, match="append-only"), office.store.write() as connection:
        connection.execute(delete(audit_table))
    with office.store.read() as connection:
        (line,) = audit.lines(connection, action="retention.run")
    assert (line.actor, line.at) == ("console", after(years=2, days=1))
    assert line.after == asdict(removed)


def test_backups_and_logs_go_by_their_age_and_nothing_else_does(office: Office) -> None:
    office.backups.mkdir()
    office.logs.mkdir()
    other = open_store(f"sqlite:///{_other(office.folder)}")
    for name in ("one.zip", "two.zip"):
        archive(other, office.photos, office.backups / name, now=MADE, progress=_quiet)
    # A database in use, a file of somebody's, and a link to one are no backups.
    shutil.copy(_other(office.folder), office.backups / "live.sqlite")
    (office.backups / "anteckningar.zip").write_bytes(b"PK\x03\x04 ej")
    (office.backups / "link.zip").symlink_to(office.backups / "one.zip")
    for name in ("trygg.log", "trygg.log.1", "trygg.log.2.gz", "readme.txt"):
        (office.logs / name).write_text("x")
    old = (MADE - timedelta(days=100)).timestamp()
    for file in (*office.backups.iterdir(), *office.logs.iterdir()):
        if file.name not in ("two.zip", "trygg.log"):
            os.utime(file, (old, old), follow_symlinks=False)
    new = MADE.timestamp()
    os.utime(office.backups / "two.zip", (new, new))
    os.utime(office.logs / "trygg.log", (new, new))
    removed = office.run(SETTINGS, MADE)
    assert (removed.backups, removed.logs) == (1, 2)
    names = {one.name for one in office.backups.iterdir()}
    assert names == {"two.zip", "live.sqlite", "anteckningar.zip", "link.zip"}
    assert {one.name for one in office.logs.iterdir()} == {"trygg.log", "readme.txt"}
    # The last backup stays, however old.
    assert office.run(SETTINGS, after(years=5)).backups == 0
    assert office.run(SETTINGS, after(years=5)).logs == 0


def test_what_sqlite_removes_is_in_its_files_no_more(tmp_path: Path) -> None:
    office = Office(f"sqlite:///{tmp_path / 'a.sqlite'}", tmp_path)
    office.run(SETTINGS, after(years=2, days=1))
    assert office.run(SETTINGS, after(years=2, days=1)).answers == 0
    office.store.close()
    for file in tmp_path.glob("a.sqlite*"):
        assert SECRET.encode() not in file.read_bytes()


def test_the_command_line_rehearses_and_removes(tmp_path: Path) -> None:
    office = Office(f"sqlite:///{tmp_path / 'a.sqlite'}", tmp_path)
    office.store.close()

    def trygg(*words: str, **settings: str) -> str:
        environment = {"PATH": os.environ["PATH"], "TRYGG_LANGUAGE": "sv", "COLUMNS": "120"}
        environment |= {"TRYGG_DATABASE_URL": f"sqlite:///{tmp_path / 'a.sqlite'}"} | settings
        done = subprocess.run([TRYGG, *words], env=environment, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr if done.returncode == 0 else f"{done.returncode}: {done.stderr}"

    assert re.search(r"händelser\s+│\s+6 ", rehearsed := trygg("retain", "--dry-run"))
    assert "Genomgång" in rehearsed or "Repetition" in rehearsed
    assert re.search(r"händelser\s+│\s+6 ", trygg("retain"))
    assert re.search(r"händelser\s+│\s+0 ", trygg("retain"))
    assert trygg("retain", TRYGG_RETAIN_ANSWERS_MONTHS="-1").startswith("2: ")


def _quiet(_stage: str, _done: int, _total: int) -> None:
    pass


def _other(folder: Path) -> Path:
    """Another SQLite store, to make backups of whatever the store of the test is."""
    file = folder / "other.sqlite"
    if not file.exists():
        store = open_store(f"sqlite:///{file}")
        migrate(store)
        store.close()
    return file
