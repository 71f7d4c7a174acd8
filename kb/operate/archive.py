"""One file that holds others: written whole or not at all, and never trusted when it is read.

A gzipped tar whose first member, `manifest.json`, names each other one with its size and checksum. What is
unpacked is what the manifest names, under names that cannot leave the folder; links, devices and all that
is not a plain file are refused.
"""

from __future__ import annotations

import io
import json
import os
import re
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import IO, Final

from kb.errors import BackupError
from kb.index.files import sync

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
MANIFEST_BYTES: Final = 16 * 2**20
MODE: Final = 0o600
"""What customers wrote is in it, and the secret."""
PUBLIC_MODE: Final = 0o644
PUBLIC: Final = ("snapshots/", "models/", "CURRENT")
"""What a server of another user has to read, and anybody may: it is on the help centre's pages."""
LEVEL: Final = 3
"""Of gzip's nine: models hardly shrink, and the rest shrinks enough."""
CHUNK: Final = 2**20
_NAME: Final = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/){0,5}[A-Za-z0-9_-][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedFile:
    """A file of an archive: `sha256` in hexadecimal digits, `size` in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an archive says of itself.

    `schema` is the revision of the database, None without one; `rows` count by table; `snapshot` and `model`
    are ids, empty without one; `snapshot_format` as in the snapshot's own manifest.
    """

    format: int
    made_at: str
    made_by: str
    schema: str | None
    rows: Mapping[str, int]
    snapshot: str
    snapshot_format: int
    model: str
    files: Mapping[str, ArchivedFile]


def describe(path: Path) -> ArchivedFile:
    with path.open("rb") as file:
        return ArchivedFile(sha256=file_digest(file, "sha256").hexdigest(), size=path.stat().st_size)


def write_archive(target: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Puts an archive of these files in the place of `target` in one step. Raises BackupError."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with (
            os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE), "wb") as file,
            tarfile.open(fileobj=file, mode="w:gz", compresslevel=LEVEL) as tar,
        ):
            _add(tar, MANIFEST, io.BytesIO(json.dumps(asdict(manifest)).encode()))
            for name, path in files.items():
                with path.open("rb") as content:
                    _add(tar, name, content)
        sync(draft)
        draft.replace(target)
        sync(target.absolute().parent)
    except OSError as error:
        raise BackupError(f"{error.filename or target}: {error.strerror}; nothing was written") from error
    finally:
        draft.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.size = content.seek(0, os.SEEK_END)
    member.mode = MODE
    content.seek(0)
    tar.addfile(member, content)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive in this file. Raises BackupError for what is none, is damaged, or is too new."""
    try:
        with tarfile.open(path, mode="r|gz") as tar:
            yield Archive(path, tar)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise BackupError(f"{path}: no whole backup ({type(error).__name__}); take another copy") from error
    except OSError as error:
        raise BackupError(f"{error.filename or path}: {error.strerror or 'no whole backup'}") from error


class Archive:
    """An archive being read from its beginning to its end."""

    def __init__(self, path: Path, tar: tarfile.TarFile) -> None:
        self._path = path
        self._tar = tar
        self.manifest = self._read_manifest()

    def unpack(self, folder: Path) -> None:
        """Writes all files below `folder`. Raises BackupError at the first that is not what was kept."""
        missing = dict(self.manifest.files)
        while member := self._tar.next():
            kept = missing.pop(member.name, None)
            if kept is None or not member.isreg() or member.size != kept.size:
                raise self._wrong(f"{member.name!r} is not what its manifest names")
            source = self._tar.extractfile(member)
            mode = PUBLIC_MODE if member.name.startswith(PUBLIC) else MODE
            if source is None or _copied(source, folder / member.name, mode) != kept.sha256:
                raise self._wrong(f"{member.name}: its checksum differs")
        if missing:
            raise self._wrong(f"{min(missing)} is missing")

    def _read_manifest(self) -> Manifest:
        member = self._tar.next()
        if member is None or member.name != MANIFEST or not member.isreg() or member.size > MANIFEST_BYTES:
            raise BackupError(f"{self._path}: not a backup of selfhelp")
        source = self._tar.extractfile(member)
        try:
            fields = json.loads(source.read() if source else b"")
            self._check_format(fields["format"], fields["made_by"])
            files = {name: ArchivedFile(**kept) for name, kept in fields["files"].items()}
            manifest = Manifest(**{**fields, "files": files})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise self._wrong("its manifest cannot be read") from error
        for name in manifest.files:
            if not _NAME.fullmatch(name) or name == MANIFEST:
                raise self._wrong(f"{name!r} is no name of a file in a backup")
        return manifest

    def _check_format(self, found: int, made_by: str) -> None:
        if found > FORMAT:
            raise BackupError(
                f"{self._path}: written by version {made_by} in format {found}; this one reads up to "
                f"{FORMAT}: install that version or a newer one"
            )

    def _wrong(self, what: str) -> BackupError:
        return BackupError(f"{self._path}: damaged: {what}; nothing was restored")


def _copied(source: IO[bytes], path: Path, mode: int) -> str:
    """The checksum of what was written to `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()
