"""Writing so that a crash at any moment leaves the old file or the new one, never half of either."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Has the system put a file or folder on the disk before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Has every file and folder below put on the disk, the folder itself last."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)


def replace_text(path: Path, text: str) -> None:
    """Writes a file in one step: readers see the old text or the new."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    sync(beside)
    beside.replace(path)
    sync(path.parent)
