"""Parts of a file that stays open, read when they are asked for."""

from __future__ import annotations

import os
import weakref
from pathlib import Path

from kb.errors import SnapshotBroken


class Stretches:
    """Stays readable when the file is removed; safe to share between threads.

    Not mapped into memory: of a file cut short in the meantime, that would end the whole process.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._file)

    def read(self, offset: int, length: int) -> bytes:
        """Raises SnapshotBroken when the file does not have so much any more."""
        found = os.pread(self._file, length, offset)
        if len(found) < length:
            raise SnapshotBroken(f"{self._path}: was cut short; run `selfhelp index`")
        return found
