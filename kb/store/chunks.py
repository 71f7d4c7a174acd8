"""Many ids, so few at a time that one statement can name them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

Id = TypeVar("Id", str, tuple[str, str])

CHUNK: Final = 1_000
"""Ids in one statement; SQLite takes 32,766 values."""


def chunks(ids: Collection[Id]) -> Iterator[Sequence[Id]]:
    """The ids in order, CHUNK at a time."""
    left = iter(sorted(ids))
    while chunk := list(islice(left, CHUNK)):
        yield chunk
