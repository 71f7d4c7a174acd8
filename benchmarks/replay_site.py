"""A site whose clock is ours: articles, a data folder, the product's own server and its commands."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

# Without this folder on the path, where a `widget` stands that is not the product's.
CLOCKED = (sys.executable, "-P", str(Path(__file__).with_name("clock.py")))
# What production leaves to time is done each night instead, as of that night; and nobody is turned away.
SETTINGS = {
    "SELFHELP_RATE_LIMIT": "off",
    "SELFHELP_REFRESH_MINUTES": "0",
    "SELFHELP_CANARY_MINUTES": "0",
    "SELFHELP_LOG_REQUESTS": "false",
    "SELFHELP_PORT": "0",
}
WRITTEN_SECONDS = 1.5
"""Longer than a question waits before it is written."""
READY_SECONDS = 60


@dataclass(slots=True, kw_only=True)
class Site:
    folder: Path
    server: subprocess.Popen[str] | None = None
    port: int = 0

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def articles(self) -> Path:
        return self.folder / "articles"

    def run(self, now: datetime, *command: str) -> str:
        """What a command prints that is run at this moment; the benchmark ends when it fails."""
        worked, told = self.tried(now, *command)
        if not worked:
            raise SystemExit(f"selfhelp {' '.join(command)}: {told[-3000:]}")
        return told

    def tried(self, now: datetime, *command: str) -> tuple[bool, str]:
        """Whether it worked, and what it printed."""
        argv = [*CLOCKED, now.isoformat(), *command, "--data", str(self.data)]
        done = subprocess.run(argv, capture_output=True, text=True, env=self._env(), check=False)
        return done.returncode == 0, done.stdout + (done.stderr if done.returncode else "")

    def start(self, now: datetime, *, ready: bool = True) -> None:
        """Serves; without a snapshot it never gets ready."""
        argv = [*CLOCKED, now.isoformat(), "serve", "--data", str(self.data)]
        log = (self.folder / "server.log").open("a")
        self.server = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=self._env()
        )
        assert self.server.stdout
        line = self.server.stdout.readline()
        if "http://" not in line:
            raise SystemExit(f"the server did not start: see {self.folder / 'server.log'}")
        self.port = int(line.split("http://")[1].split()[0].rsplit(":", 1)[1])
        deadline = time.monotonic() + READY_SECONDS
        while ready and self._ask("GET", "/readyz", None, "")[0] != 200:
            if time.monotonic() > deadline:
                raise SystemExit("the server does not get ready")
            time.sleep(0.1)

    def stop(self) -> None:
        if self.server:
            self.server.terminate()
            self.server.wait(30)
            self.server = None

    def set_clock(self, now: datetime) -> None:
        assert self.server
        assert self.server.stdin
        assert self.server.stdout
        self.server.stdin.write(now.isoformat() + "\n")
        self.server.stdin.flush()
        self.server.stdout.readline()

    def post(self, path: str, body: dict[str, Any], agent: str = "Mozilla/5.0") -> dict[str, Any] | None:
        """The answer; None when the server is out of order."""
        status, text = self._ask("POST", path, json.dumps(body).encode(), agent)
        if 400 <= status < 500:
            raise SystemExit(f"{path} {status}: {text!r}")
        answer: dict[str, Any] | None = json.loads(text) if status < 300 else None
        return answer

    def _ask(self, method: str, path: str, body: bytes | None, agent: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Content-Type": "application/json", "User-Agent": agent}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SELFHELP_")}
        return kept | SETTINGS | {"SELFHELP_ARTICLES": str(self.articles)}
