"""One index run at a time: the second is told who is running, and waits."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from kb.locks import locked

FILE = ".indexing"
WHO = ".indexing-by"


@contextmanager
def only_one(data: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Holds the data folder's lock; while another process has it, says which one, and since when."""
    with locked(data / FILE, lambda: say(f"waiting for {_who(data)}")):
        try:
            _sign(data)
            yield
        finally:
            with suppress(OSError):
                (data / WHO).unlink()


def _sign(data: Path) -> None:
    """Beside the lock, which other systems do not let anybody read. Only words: nothing depends on them."""
    since = datetime.now(UTC).isoformat(timespec="seconds")
    told = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since})
    with suppress(OSError):
        (data / WHO).write_text(told, encoding="utf-8")


def _who(data: Path) -> str:
    try:
        told = json.loads((data / WHO).read_text(encoding="utf-8"))
        return f"another index run: process {told['pid']} on {told['host']}, since {told['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another index run"
