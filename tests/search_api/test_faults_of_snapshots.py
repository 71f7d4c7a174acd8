"""A snapshot, a model or a clock that goes wrong under a real server."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from real_server import TICKET, RealServer, happened

CLOCK = Path(__file__).with_name("clock_set_back.py")


def test_a_server_that_begins_as_it_should_speaks_of_no_failure(centre: Path) -> None:
    with RealServer(centre) as server:
        server.ready().ask()
        log = server.log.read_text()
    said = [line for line in log.splitlines() if not re.search(r" (GET|POST) /", line)]
    assert len(said) == 1, said
    assert "INFO serving snapshot" in said[0]


def test_a_snapshot_cut_short_while_it_is_served_goes_on_being_served(centre: Path) -> None:
    with RealServer(centre) as server:
        before = server.ready().ask().json["suggestions"]
        for file in (centre / "snapshots").glob("*/*"):
            if file.is_file():
                os.truncate(file, file.stat().st_size // 3)
        assert server.ask().json["suggestions"] == before
        statuses = {server.get(f"/v1/articles/en/{one['slug']}").status for one in before}
        assert statuses <= {200, 503}
        assert server.get("/healthz").status == 200
        assert server.post("/v1/tickets", TICKET).status == 201


@pytest.mark.parametrize("broken", ["snapshot", "model"])
def test_with_nothing_to_serve_at_the_start_tickets_are_taken_and_the_rest_comes_later(
    centre: Path, broken: str, copied_centre: Callable[[], Path]
) -> None:
    good = copied_centre()
    if broken == "snapshot":
        file = next((centre / "snapshots").glob("*/vectors.faiss"))
        os.truncate(file, file.stat().st_size // 2)
    else:
        (centre / "models").unlink()
        (centre / "models").mkdir()
    with RealServer(centre) as server:
        for path in ("/readyz", "/help/en/black-screen", "/v1/articles/en/black-screen"):
            assert server.get(path).status == 503
        refused = server.ask()
        assert (refused.status, refused.code) == (503, "no_snapshot")
        assert server.post("/v1/tickets", TICKET).status == 201
        assert server.get("/widget/selfhelp.js").status == 200
        time.sleep(0.7)
        log = server.log.read_text()
        assert log.count("is not served") == 1, "said once, with the remedy"
        assert "run `selfhelp index`" in log
        if broken == "snapshot":
            shutil.copytree(good / "snapshots", centre / "snapshots", dirs_exist_ok=True)
        else:
            (centre / "models").rmdir()
            (centre / "models").symlink_to((good / "models").resolve())
        assert server.ready().ask().status == 200


def test_a_model_that_disappears_while_it_serves_changes_nothing(centre: Path) -> None:
    with RealServer(centre) as server:
        before = server.ready().ask().json["suggestions"]
        (centre / "models").unlink()
        assert server.ask().json["suggestions"] == before
        assert server.get("/readyz").status == 200


def test_a_clock_set_back_by_a_day_stops_nothing(centre: Path) -> None:
    with RealServer(centre, program=CLOCK.read_text(), rate_limit="500/second") as server:
        session = server.ready().ask().json["session_id"]
        query = server.ask(session_id=session).json["query_id"]
        with server.connect() as idle:
            server.process.send_signal(signal.SIGUSR1)
            until = time.monotonic() + 5
            while "the clock is set back" not in server.log.read_text():
                assert time.monotonic() < until
                time.sleep(0.05)
            for _ in range(5):
                answer = server.ask(session_id=session)
                assert (answer.status, answer.json["session_id"]) == (200, session)
                time.sleep(0.3)
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            event = happened(query) | {"at": now}
            taken = server.post("/v1/events", {"session_id": session, "events": [event]})
            assert (taken.status, taken.json["accepted"]) == (202, 1)
            assert server.post("/v1/tickets", TICKET).status == 201
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert idle.recv(100).startswith(b"HTTP/1.1 200"), "an open connection stays open"
        assert server.rows("SELECT 1 FROM sessions WHERE first_seen > last_seen") == []
