"""A backup put back: checked whole before anything is touched, then all of it or nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kb.errors import BackupError, SnapshotError
from kb.index.files import sync, sync_tree
from kb.index.manifest import FORMAT, check_manifest
from kb.index.model_hash import is_whole
from kb.index.snapshot import CURRENT, MODELS, SNAPSHOTS
from kb.locks import locked
from kb.operate.archive import Manifest, opened
from kb.operate.backup import DATABASE_FOLDER, SOURCES
from kb.secret import SECRET_FILE
from kb.settings import Settings
from kb.store.export import Dumped, is_empty, load
from kb.store.migrate import HEAD, known_revisions
from kb.store.state import is_damaged, sqlite_file
from kb.store.store import Store, database_url

STAGING: Final = ".restoring-"
INDEXING: Final = ".indexing"
"""Held by an index run: nothing else is published meanwhile."""


def restore(settings: Settings, source: Path, *, force: bool, say: Callable[[str], None]) -> Manifest:
    """Puts what `source` holds in the place of what is there; returns what it held.

    Without `force` only where nothing is; with it, a SQLite file that is damaged is put aside, and `say` told
    where. The rows change in one transaction, files appear after it in two
    renames; whatever goes wrong before leaves all as it was. Raises BackupError, StoreError.
    """
    data = settings.data
    try:
        data.mkdir(parents=True, exist_ok=True)
        with locked(data / INDEXING, lambda: None), _staging(data) as staging:
            manifest = _unpacked(source, staging)
            url = database_url(data, settings.database_url)
            if force and manifest.schema:
                _put_damage_aside(url, say)
            store = Store.open(url)
            try:
                if not force:
                    _refuse_if_used(data, store)
                _place_folders(staging, data)
                if manifest.schema:
                    dumped = Dumped(revision=manifest.schema, rows=manifest.rows)
                    load(store, staging / DATABASE_FOLDER, dumped)
            finally:
                store.close()
            _place_files(staging, data)
    except OSError as error:
        raise BackupError(f"{error.filename or data}: {error.strerror}; nothing was restored") from error
    return manifest


def _put_damage_aside(url: str, say: Callable[[str], None]) -> None:
    """A database that cannot be read cannot be emptied either; it stays beside, for whoever can mend it."""
    file = sqlite_file(url)
    if not file or not is_damaged(url):
        return
    aside = f"{file.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    for end in ("-wal", "-shm", ""):
        part = file.with_name(file.name + end)
        if part.exists():
            part.rename(file.with_name(aside + end))
    say(f"the database was damaged: it is now {file.with_name(aside).absolute()}")


@contextmanager
def _staging(data: Path) -> Iterator[Path]:
    """A folder on the same disk, so that what is unpacked needs only to be renamed; old ones are removed."""
    for left in data.glob(f"{STAGING}*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = data / f"{STAGING}{os.getpid()}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpacked(source: Path, staging: Path) -> Manifest:
    with opened(source) as archive:
        manifest = archive.manifest
        _refuse_if_newer(manifest, source)
        needed = sum(kept.size for kept in manifest.files.values())
        if needed > shutil.disk_usage(staging).free:
            raise BackupError(f"{staging.parent}: {needed / 2**20:.0f} MB are needed and not free; make room")
        archive.unpack(staging)
    sync_tree(staging)
    return manifest


def _refuse_if_newer(manifest: Manifest, source: Path) -> None:
    newer = manifest.schema is not None and manifest.schema not in known_revisions()
    if newer or manifest.snapshot_format > FORMAT:
        raise BackupError(
            f"{source}: written by version {manifest.made_by} (schema {manifest.schema}, snapshot format "
            f"{manifest.snapshot_format}); this one knows up to {HEAD} and {FORMAT}: "
            "install that version or a newer one"
        )


def _refuse_if_used(data: Path, store: Store) -> None:
    if (data / CURRENT).exists():
        raise BackupError(f"{data}: a snapshot is published here; --force puts the backup in its place")
    if not is_empty(store):
        raise BackupError("the database is not empty; --force puts the backup in its place")


def _place_folders(staging: Path, data: Path) -> None:
    """Snapshot and model, which nobody sees before CURRENT names them; those that are there already stay."""
    for made in staging.glob(f"{SNAPSHOTS}/*"):
        if not _is_whole_snapshot(data / SNAPSHOTS / made.name):
            _move(made, data / SNAPSHOTS / made.name)
    for made in staging.glob(f"{MODELS}/*"):
        there = data / MODELS / made.name
        if made.name == SOURCES:
            if not there.exists():
                _move(made, there)
        elif not is_whole(there):
            _move(made, there)


def _is_whole_snapshot(folder: Path) -> bool:
    try:
        check_manifest(folder)
    except SnapshotError:
        return False
    return True


def _move(made: Path, there: Path) -> None:
    there.parent.mkdir(exist_ok=True)
    if there.is_dir():
        shutil.rmtree(there)
    made.rename(there)
    sync(there.parent)


def _place_files(staging: Path, data: Path) -> None:
    for name in (SECRET_FILE, CURRENT):
        if (staging / name).exists():
            (staging / name).replace(data / name)
    sync(data)
