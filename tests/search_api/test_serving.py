from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from whole_server import Server as Whole

from kb.errors import SettingsError, SnapshotBroken
from kb.settings import Settings
from search_api.server import Server, listen
from search_api.watching import Watcher

HEAVY = ("torch", "transformers", "sentence_transformers", "sklearn", "rich", "alembic")
SERVE = "from search_api.serve import serve; serve()"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def process(data: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SELFHELP_")}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, "--port", "0", "--data", str(data), "--demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    yield process
    process.kill()
    process.communicate()


def port_of(process: subprocess.Popen[str]) -> int:
    assert process.stdout
    found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
    assert found
    return int(found[1])


def fetch(port: int, path: str, method: str = "GET", body: bytes | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_serve_listens_before_there_is_a_snapshot_and_ends_politely(process: subprocess.Popen[str]) -> None:
    port = port_of(process)
    assert fetch(port, "/healthz")[0] == 200
    assert fetch(port, "/readyz")[0] == 503
    assert fetch(port, "/")[0] == 200
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "run `selfhelp index`" in said
    assert "Traceback" not in said


def test_what_arrived_before_the_end_is_in_the_database(process: subprocess.Popen[str], data: Path) -> None:
    ticket = json.dumps({"email": "a@b.example", "message": "x"}).encode()
    assert fetch(port_of(process), "/v1/tickets", "POST", ticket)[0] == 201
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode == 0
    assert not (data / "selfhelp.sqlite3-wal").exists()


def test_a_request_too_large_or_too_odd_for_the_server_is_refused_in_the_one_shape(
    process: subprocess.Popen[str],
) -> None:
    port = port_of(process)
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"POST /v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        answer = client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 413")
    assert json.loads(answer.split(b"\r\n\r\n")[1])["error"]["status"] == 413


def test_a_port_in_use_is_named() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(SettingsError, match="in use; choose another"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_the_serving_process_never_loads_what_only_indexing_needs() -> None:
    code = f"import sys, search_api.serve; print([name for name in {HEAVY} if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_a_request_in_flight_is_finished_before_the_server_ends() -> None:
    app = Flask("slow")
    reached = threading.Event()

    @app.get("/")
    def slow() -> str:
        reached.set()
        time.sleep(0.5)
        return "whole" * 300_000

    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    server = Server(app, listening, Settings())
    running = threading.Thread(target=server.run)
    running.start()
    answers: list[tuple[int, bytes]] = []
    asking = threading.Thread(target=lambda: answers.append(fetch(port, "/")))
    asking.start()
    assert reached.wait(5)
    server.stop()
    asking.join()
    running.join(5)
    listening.close()
    assert [(status, len(body)) for status, body in answers] == [(200, 1_500_000)]
    assert not running.is_alive()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_a_broken_snapshot_is_logged_once_and_the_next_one_is_picked_up(
    server: Whole, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks = [SnapshotBroken("bad"), SnapshotBroken("bad"), True, OSError("worse"), True]
    through = threading.Event()

    def refresh() -> bool:
        if not looks:
            through.set()
            return False
        found = looks.pop(0)
        if isinstance(found, Exception):
            raise found
        return True

    monkeypatch.setattr(server.engine, "refresh", refresh)
    monkeypatch.setattr("search_api.watching.LOOK_SECONDS", 0.01)
    caplog.set_level("INFO")
    taken: list[None] = []
    watcher = Watcher(server.engine, taken=lambda: taken.append(None))
    watcher.start()
    assert through.wait(5)
    assert len(taken) == 2
    watcher.stop()
    assert [record.message for record in caplog.records if "snapshot" in record.message] == [
        "the published snapshot is not served: bad",
        "serving snapshot paper",
        "the published snapshot is not served: OSError: worse",
        "serving snapshot paper",
    ]
