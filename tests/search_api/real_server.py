"""`selfhelp serve` as a process of its own, to be treated badly."""

from __future__ import annotations

import http.client
import json
import os
import re
import select
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

SERVE = "from kb.cli import main; main()"
TICKET = {"email": "ann@example.com", "message": "The screen stays black."}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def code(self) -> str:
        """That of an error."""
        return str(self.json["error"]["code"])


class RealServer:
    """Listens when the block begins, is gone when it ends; what it says goes to `log`."""

    def __init__(
        self, data: Path, *, program: str = SERVE, wrapper: Sequence[str] = (), **settings: object
    ) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SELFHELP_")}
        self.data = data
        self.log = data / "server.log"
        self._command = [*wrapper, sys.executable, "-c", program, "serve", "--port", "0", "--data", str(data)]
        self._env = clean | {f"SELFHELP_{name.upper()}": str(value) for name, value in settings.items()}

    def __enter__(self) -> Self:
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self._command, stdout=subprocess.PIPE, stderr=log, text=True, env=self._env
            )
        assert self.process.stdout
        assert select.select([self.process.stdout], [], [], 20)[0], self.log.read_text()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.process.stdout.readline())
        assert found, self.log.read_text()
        self.port = int(found[1])
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """With no chance to put things in order."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def ready(self) -> Self:
        until = time.monotonic() + 20
        while self.get("/readyz").status != 200:
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.05)
        return self

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, None, headers)

    def post(self, path: str, body: object, **headers: str) -> Answer:
        return self.request("POST", path, json.dumps(body).encode(), headers)

    def ask(self, text: str = "black screen after login", **fields: object) -> Answer:
        return self.post("/v1/suggestions", {"text": text, "min_confidence": 0, **fields})

    def request(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.data / "selfhelp.sqlite3")
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()


def form(ticket: Mapping[str, object], *files: bytes) -> tuple[bytes, str]:
    """A ticket with files as a browser sends it: body and content type."""
    parts = [b'Content-Disposition: form-data; name="ticket"\r\n\r\n' + json.dumps(ticket).encode()]
    parts += [
        b'Content-Disposition: form-data; name="files"; filename="%d.bin"\r\n\r\n' % place + content
        for place, content in enumerate(files)
    ]
    body = b"".join(b"--limit\r\n" + part + b"\r\n" for part in parts) + b"--limit--\r\n"
    return body, "multipart/form-data; boundary=limit"


def happened(query_id: str) -> dict[str, object]:
    return {"type": "shown", "query_id": query_id, "at": "2026-11-22T12:00:00Z"}
