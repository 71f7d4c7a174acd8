"""What a snapshot says of itself: its format, its model, and a checksum of each of its files."""

from __future__ import annotations

import json
from hashlib import file_digest
from pathlib import Path
from typing import Any

from kb.errors import SnapshotBroken

FORMAT = 6
MANIFEST = "manifest.json"


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a snapshot that this program can read. Raises SnapshotBroken."""
    read = read_json(folder / MANIFEST)
    manifest: dict[str, Any] = read if isinstance(read, dict) else {}
    found = manifest.get("format")
    if found != FORMAT:
        raise SnapshotBroken(
            f"{folder / MANIFEST}: format {found}, this program reads {FORMAT}; run `selfhelp index`"
        )
    if not isinstance(manifest.get("files"), dict) or not isinstance(manifest.get("model"), str):
        raise SnapshotBroken(f"{folder / MANIFEST}: damaged; run `selfhelp index`")
    return manifest


def check_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, once every file it names has the checksum it names. Raises SnapshotBroken."""
    manifest = read_manifest(folder)
    for name, checksum in manifest["files"].items():
        if _sha256(folder / name) != checksum:
            raise SnapshotBroken(f"{folder / name}: damaged (its checksum differs); run `selfhelp index`")
    return manifest


def read_json(path: Path) -> Any:
    """A JSON file of a snapshot. Raises SnapshotBroken."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SnapshotBroken(f"{path}: {error.strerror}; run `selfhelp index`") from error
    except ValueError as error:
        raise SnapshotBroken(f"{path}: not valid JSON; run `selfhelp index`") from error


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SnapshotBroken(f"{path}: {error.strerror}; run `selfhelp index`") from error
