"""The real thing: some articles indexed and served by the commands a customer would run."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from kb.cli import main; main()")
READY_SECONDS = 20


def selfhelp(*arguments: str) -> tuple[str, ...]:
    """The command line of `selfhelp`, as this interpreter runs it."""
    return (*COMMAND, *arguments)


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "SELFHELP_ALLOWED_ORIGINS": "*"}


@dataclass
class Served:
    """A server process on `origin`, over the data folder `data`."""

    data: Path
    origin: str
    process: subprocess.Popen[str]

    @classmethod
    def start(cls, data: Path) -> Served:
        process = subprocess.Popen(
            selfhelp("serve", "--demo", "--port", "0", "--data", str(data)),
            stdout=subprocess.PIPE, text=True, env=environment(), cwd=data,
        )  # fmt: skip
        assert process.stdout is not None
        origin = process.stdout.readline().split()[1].rstrip("/")
        served = cls(data, origin, process)
        try:
            served._wait_until_ready()
        except BaseException:
            served.stop()
            raise
        return served

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        if self.process.stdout:
            self.process.stdout.close()

    def rows(self, statement: str, *values: object) -> Sequence[tuple[object, ...]]:
        """What a statement finds in the database, its `?` being `values`."""
        connection = sqlite3.connect(self.data / "selfhelp.sqlite3")
        try:
            return connection.execute(statement, values).fetchall()
        finally:
            connection.close()

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"{self.origin}/readyz", timeout=2).close()  # noqa: S310  # our own server
                return
            except OSError:
                assert time.monotonic() < end, "the server is not ready"
                time.sleep(0.1)
