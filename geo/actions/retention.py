"""Gallring: what is older than the municipality's rules say is taken out of the store, the backups and the logs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from geo.settings import Settings
from geo.store import audit, photos, retention
from geo.store.archive import is_backup
from geo.store.engine import Store


@dataclass(frozen=True, slots=True)
class Kept:
    """How long each kind of thing is kept; 0 keeps it for good.

    Attributes:
        answers: months after a person's last answer to a survey.
        incidents: months after an incident was over.
        photos: months after the measure came to its end.
        reading: months after somebody read exact data or signed in.
        audit: months after any other line of the audit.
        signing_in: days after a session, link, token or count of tries ended.
        backups, logs: days after the file was written last.
    """

    answers: int
    incidents: int
    photos: int
    reading: int
    audit: int
    signing_in: int
    backups: int
    logs: int

    @classmethod
    def of(cls, settings: Settings) -> "Kept":
        """As the settings say."""
        return cls(
            answers=settings.retain_answers_months,
            incidents=settings.retain_incidents_months,
            photos=settings.retain_photos_months,
            reading=settings.retain_reading_months,
            audit=settings.retain_audit_months,
            signing_in=settings.retain_signing_in_days,
            backups=settings.retain_backups_days,
            logs=settings.retain_logs_days,
        )


@dataclass(frozen=True, slots=True)
class Removed:
    """How many of each kind were removed; of answers, how many lost their words and respondents."""

    answers: int
    incidents: int
    photos: int
    audit: int
    signing_in: int
    backups: int
    logs: int


def retain(
    store: Store,
    kept: Kept,
    *,
    photo_folder: Path,
    backup_folder: Path | None,
    log_folder: Path | None,
    now: datetime,
    dry_run: bool,
) -> Removed:
    """Removes what is older than ``kept`` says, at the moment ``now`` (timezone-aware).

    The store's part is one transaction; a rehearsal runs it and rolls it back. Files follow when it is kept: were
    the program to end between the two, photos without a row are swept by ``trygg init``, and a second run
    finds the other files.

    Raises:
        StoreError: the database can't be written; nothing was removed.
    """
    old_backups = _old(backup_folder, kept.backups, now, backups=True)
    old_logs = _old(log_folder, kept.logs, now)
    with store.write(keep=not dry_run) as connection:
        retention.overwrite_what_is_removed(connection)
        reading, rest = _months(now, kept.reading), _months(now, kept.audit)
        answers, incidents, done = (_months(now, n) for n in (kept.answers, kept.incidents, kept.photos))
        files = retention.photos(connection, done) if done else ()
        removed = Removed(
            answers=retention.answers(connection, answers.date()) if answers else 0,
            incidents=retention.incidents(connection, incidents) if incidents else 0,
            photos=len(files),
            audit=retention.audit_lines(connection, reading_before=reading, before=rest),
            signing_in=retention.signing_in(connection, now - timedelta(days=kept.signing_in))
            if kept.signing_in
            else 0,
            backups=len(old_backups),
            logs=len(old_logs),
        )
        audit.record(
            connection,
            at=now,
            by=None,
            action="retention.run",
            after={
                "answers": removed.answers,
                "incidents": removed.incidents,
                "photos": removed.photos,
                "audit": removed.audit,
                "signing_in": removed.signing_in,
                "backups": removed.backups,
                "logs": removed.logs,
            },
        )
    if not dry_run:
        for name in files:
            photos.remove_file(photo_folder, name)
        for file in (*old_backups, *old_logs):
            file.unlink(missing_ok=True)
        retention.empty_journal(store)
    return removed


def _months(now: datetime, months: int) -> datetime | None:
    """So many months before ``now``, on the month's last day where it has no such one; None for 0."""
    if not months:
        return None
    count = now.year * 12 + now.month - 1 - months
    first = now.replace(year=count // 12, month=count % 12 + 1, day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return first.replace(day=min(now.day, (following - timedelta(days=1)).day))


def _old(folder: Path | None, days: int, now: datetime, *, backups: bool = False) -> tuple[Path, ...]:
    """The files in a folder that were written last before so many days. The newest backup stays in any case."""
    if folder is None or not days or not folder.is_dir():
        return ()
    before = (now - timedelta(days=days)).timestamp()
    found = sorted(_files(folder, backups), key=lambda file: (file.stat().st_mtime, file.name))
    return tuple(file for file in (found[:-1] if backups else found) if file.stat().st_mtime < before)


def _files(folder: Path, backups: bool) -> Iterator[Path]:
    for file in folder.iterdir():
        if file.is_symlink() or not file.is_file():
            continue
        if is_backup(file) if backups else ".log" in file.suffixes:
            yield file
