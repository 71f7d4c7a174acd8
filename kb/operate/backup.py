"""A copy of everything in one file, taken while the server goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from kb.errors import BackupError, NoSnapshot
from kb.index.manifest import check_manifest
from kb.index.snapshot import CURRENT, MODELS, SNAPSHOTS, published_id
from kb.operate.archive import FORMAT, Manifest, describe, write_archive
from kb.secret import SECRET_FILE
from kb.settings import Settings
from kb.store.export import Dumped, dump
from kb.store.state import sqlite_file
from kb.store.store import database_url

DATABASE_FOLDER: Final = "database"
SOURCES: Final = "sources.json"
"""Beside the models: which of them was made of which name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Published:
    """The published snapshot: its id, the files it consists of by their names in the data folder."""

    name: str
    format: int
    model: str
    files: dict[str, Path]


def back_up(settings: Settings, target: Path, *, models: bool) -> Manifest:
    """Writes database, published snapshot, its model unless left out, and the secret; returns what it holds.

    The database is read as of one moment. The secret goes along because people are known by hashes made
    with it: with another one, everybody would be somebody else. Raises BackupError, StoreError or
    SnapshotBroken.
    """
    published = _published(settings.data, models=models)
    try:
        # Customers' words wait here: a folder that only this user can enter, where the copy itself will be.
        with TemporaryDirectory(dir=target.absolute().parent, prefix=".selfhelp-backup-") as folder:
            dumped = _dump(settings, Path(folder))
            files = {f"{DATABASE_FOLDER}/{path.name}": path for path in sorted(Path(folder).iterdir())}
            if published:
                files |= published.files
            if not files:
                raise BackupError(f"{settings.data}: nothing to back up: neither a database nor a snapshot")
            if (settings.data / SECRET_FILE).is_file():
                files[SECRET_FILE] = settings.data / SECRET_FILE
            manifest = _manifest(dumped, published, files)
            write_archive(target, manifest, files)
    except OSError as error:
        raise BackupError(f"{error.filename or target}: {error.strerror}; nothing was written") from error
    return manifest


def _dump(settings: Settings, folder: Path) -> Dumped:
    url = database_url(settings.data, settings.database_url)
    file = sqlite_file(url)
    if file and not file.is_file():
        return Dumped(revision=None, rows={})
    return dump(url, folder)


def _published(data: Path, *, models: bool) -> _Published | None:
    """None when nothing is published; a snapshot that is damaged is no copy to keep."""
    try:
        name = published_id(data)
    except NoSnapshot:
        return None
    manifest = check_manifest(data / SNAPSHOTS / name)
    paths = [data / CURRENT, *_below(data / SNAPSHOTS / name)]
    if models:
        paths += [*_below(data / MODELS / manifest["model"]), data / MODELS / SOURCES]
    files = {path.relative_to(data).as_posix(): path for path in paths if path.is_file()}
    return _Published(name=name, format=manifest["format"], model=manifest["model"], files=files)


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _manifest(dumped: Dumped, published: _Published | None, files: dict[str, Path]) -> Manifest:
    return Manifest(
        format=FORMAT,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        made_by=version("selfhelp-kb"),
        schema=dumped.revision,
        rows=dict(dumped.rows),
        snapshot=published.name if published else "",
        snapshot_format=published.format if published else 0,
        model=published.model if published else "",
        files={name: describe(path) for name, path in files.items()},
    )
