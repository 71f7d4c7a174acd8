"""The real server as a process of its own."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

READY_SECONDS = 30


@contextmanager
def serving(
    command: Sequence[str | Path], env: Mapping[str, str], cwd: Path, errors: Path | None = None
) -> Iterator[str]:
    """Starts a server and gives its address once it is ready; what it says on stderr goes to a file."""
    with (errors or cwd / "stderr.txt").open("w") as stderr:
        process = subprocess.Popen(
            [*map(str, command)], stdout=subprocess.PIPE, stderr=stderr, text=True, env=env, cwd=cwd
        )
        try:
            assert process.stdout
            told = process.stdout.readline()
            assert told.startswith("Open http://"), f"it said {told!r}"
            address = told.split()[1].rstrip("/")
            _wait_until_ready(address, process)
            yield address
        finally:
            process.terminate()
            process.communicate(timeout=20)
    assert process.returncode == 0


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own server
        content: bytes = answer.read()
    return content


def _wait_until_ready(address: str, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + READY_SECONDS
    while True:
        try:
            get(f"{address}/readyz")
            return
        except URLError:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < end, "the server is not ready"
            time.sleep(0.05)
