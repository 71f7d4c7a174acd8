"""JSON files of a snapshot with a row a line: read a stretch at a time, or a row when it is looked at.

To parse a large file in one go keeps all other threads of a server waiting until it is done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

import numpy as np

from kb.errors import SnapshotBroken

# Parsed in less than a millisecond.
AT_ONCE = 50
NEWLINE = ord("\n")

T = TypeVar("T")


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.write_bytes(_lines(rows))


class Rows(Sequence[T], Generic[T]):
    """What `write_rows` wrote, kept as bytes and made into rows when they are asked for.

    Raises SnapshotBroken when it is not what `write_rows` wrote.
    """

    def __init__(self, path: Path, make: Callable[[dict[str, Any]], T]) -> None:
        self._path = path
        self._make = make
        try:
            self._bytes = path.read_bytes()
        except OSError as error:
            raise SnapshotBroken(f"{path}: {error.strerror}; run `selfhelp index`") from error
        if not self._bytes.startswith(b"[\n"):
            raise self._broken()
        self._ends = np.flatnonzero(np.frombuffer(self._bytes, dtype=np.uint8) == NEWLINE)

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> list[T]: ...
    def __getitem__(self, at: int | slice) -> T | list[T]:
        if isinstance(at, slice):
            return [self[number] for number in range(len(self))[at]]
        number = range(len(self))[at]
        return self._made(number, number + 1)[0]

    def __iter__(self) -> Iterator[T]:
        for start in range(0, len(self), AT_ONCE):
            yield from self._made(start, min(start + AT_ONCE, len(self)))

    def _made(self, start: int, end: int) -> list[T]:
        stretch = self._bytes[self._ends[start] + 1 : self._ends[end]].removesuffix(b",")
        try:
            return [self._make(row) for row in json.loads(b"[" + stretch + b"]")]
        except (ValueError, TypeError, KeyError) as error:
            raise self._broken() from error

    def _broken(self) -> SnapshotBroken:
        return SnapshotBroken(f"{self._path}: not what this program writes; run `selfhelp index`")


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A JSON list, each row on a line of its own."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return (f"[\n{lines}\n]" if lines else "[\n]").encode()
