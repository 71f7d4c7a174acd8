"""A server that is stopped while customers ask: every request that reached it is answered whole."""

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
from collections import Counter
from pathlib import Path

import pytest

from search_api.last_call import last_call

CLIENTS = 8
BODY = json.dumps({"text": "black screen after login"})
COMMAND = (sys.executable, "-c", "from kb.cli import main; main()", "serve", "--port", "0")


def ask(port: int, stopping: threading.Event, seen: Counter[str]) -> None:
    """Each question on a connection of its own; what came of it is counted."""
    while not stopping.is_set():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.connect()
        except ConnectionRefusedError:
            seen["refused"] += 1
            return
        try:
            connection.request("POST", "/v1/suggestions", BODY)
            answer = connection.getresponse()
            whole = "suggestions" in json.loads(answer.read())
            seen[f"{answer.status} {'whole' if whole else 'cut'}"] += 1
        except (OSError, http.client.HTTPException, ValueError) as error:
            seen[f"cut off: {type(error).__name__}"] += 1
        finally:
            connection.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_no_request_is_cut_off_when_a_server_under_load_is_stopped(
    help_centre: Path, tmp_path: Path, number: signal.Signals
) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("SELFHELP_")}
    env |= {"SELFHELP_DATABASE_URL": f"sqlite:///{tmp_path}/selfhelp.sqlite3", "SELFHELP_RATE_LIMIT": "off"}
    with subprocess.Popen(
        [*COMMAND, "--data", str(help_centre)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, cwd=tmp_path,
    ) as process:  # fmt: skip
        assert process.stdout
        found = re.search(r":(\d+)", process.stdout.readline())
        assert found
        port = int(found[1])
        wait_until_ready(port)
        stopping = threading.Event()
        seen: Counter[str] = Counter()
        clients = [threading.Thread(target=ask, args=(port, stopping, seen)) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(1)
        process.send_signal(number)
        _, said = process.communicate(timeout=20)
        for client in clients:
            client.join(20)
        stopping.set()
    assert process.returncode == 0
    assert "Traceback" not in said
    assert set(seen) == {"200 whole", "refused"}, seen
    assert seen["refused"] == CLIENTS
    assert seen["200 whole"] > CLIENTS


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such filter")
def test_after_the_last_call_nobody_is_let_in_and_who_waits_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as late:
        listening.settimeout(0.2)
        with socket.create_connection(listening.getsockname(), timeout=5):
            last_call(listening)
            late.settimeout(0.2)
            with pytest.raises(TimeoutError):
                late.connect(listening.getsockname())
            waiting, _ = listening.accept()
            waiting.close()
            with pytest.raises(TimeoutError):
                listening.accept()


def wait_until_ready(port: int) -> None:
    end = time.monotonic() + 30
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/readyz")
        status = connection.getresponse().status
        connection.close()
        if status == 200:
            return
        assert time.monotonic() < end
        time.sleep(0.05)
