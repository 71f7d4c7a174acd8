"""What goes wrong on real machines, done to a real server: tickets are kept whole or refused in clear words,
suggestions go on without the database, and the form always has an answer to fall back on."""

from __future__ import annotations

import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path

import pytest
from real_server import SERVE, TICKET, Answer, RealServer, form, happened

KILLS = 4
FILE = bytes(range(256)) * 800
NO_LARGER_FILES = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}));"
WHOLE = """
    SELECT (SELECT group_concat(length(content)) FROM ticket_files f WHERE f.ticket_id = t.ticket_id)
    FROM tickets t JOIN outbox o ON o.ticket_id = t.ticket_id
"""
"""The sizes of the files of each ticket that waits to be delivered."""


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """The database, locked by another connection as long as the block lasts."""
    other = sqlite3.connect(data / "selfhelp.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.close()


def send(server: RealServer, number: int) -> Answer:
    body, kind = form(TICKET | {"message": f"ticket {number}"}, FILE, FILE[::-1])
    headers = {"Content-Type": kind, "Idempotency-Key": str(number)}
    return server.request("POST", "/v1/tickets", body, headers)


def test_a_server_killed_while_tickets_arrive_has_each_whole_or_not_at_all(centre: Path) -> None:
    promised: list[int] = []
    for kill in range(KILLS):
        with RealServer(centre) as server:
            server.get("/healthz")

            def keep_sending(server: RealServer = server, first: int = 1000 * kill) -> None:
                for number in range(first, first + 1000):
                    try:
                        answer = send(server, number)
                    except (OSError, HTTPException):
                        return
                    if answer.status == 201:
                        promised.append(number)

            senders = [
                threading.Thread(target=keep_sending, kwargs={"first": 10_000 * kill + 1000 * n})
                for n in range(2)
            ]
            for sender in senders:
                sender.start()
            time.sleep(0.15 + 0.07 * kill)
            server.kill()
            for sender in senders:
                sender.join()
    with RealServer(centre) as server:
        assert server.rows("PRAGMA integrity_check") == [("ok",)]
        kept = {int(message.split()[1]) for (message,) in server.rows("SELECT message FROM tickets")}
        assert len(promised) > KILLS, "the server took tickets before it was killed"
        assert kept >= set(promised)
        assert server.rows(WHOLE) == [(f"{len(FILE)},{len(FILE)}",)] * len(kept)
        again = send(server, promised[0])
        assert again.status == 201
        assert server.rows("SELECT count(*) FROM tickets") == [(len(kept),)], "a repeat is the same ticket"


def test_while_the_database_is_locked_suggestions_go_on_and_tickets_are_refused(centre: Path) -> None:
    with RealServer(centre) as server:
        session = server.ready().ask().json["session_id"]
        with locked(centre):
            query = server.ask(session_id=session).json["query_id"]
            events = {"session_id": session, "events": [happened(query)]}
            answers: list[Answer] = []

            def write(path: str, body: object) -> None:
                answers.append(server.post(path, body))

            writers = [
                threading.Thread(target=write, args=request)
                for request in [("/v1/tickets", TICKET), ("/v1/events", events)] * 4
            ]
            for writer in writers:
                writer.start()
            slowest = 0.0
            while any(writer.is_alive() for writer in writers):
                started = time.monotonic()
                assert server.ask("how do I print").status == 200
                assert server.get("/help/en/black-screen").status == 200
                slowest = max(slowest, time.monotonic() - started)
            assert {answer.status for answer in answers} == {503}
            assert {answer.code for answer in answers} <= {"database_away", "overloaded"}
            assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
        assert slowest < 2, "the database did not hold up what can do without it"
        assert server.post("/v1/tickets", TICKET).status == 201
        until = time.monotonic() + 10
        while not server.rows("SELECT 1 FROM queries WHERE text = 'how do I print'"):
            assert time.monotonic() < until, "questions asked meanwhile were kept once it was free"
            time.sleep(0.1)


@pytest.mark.parametrize("companions", [("", "-wal", "-shm"), ("",)])
def test_no_ticket_is_promised_into_a_database_that_was_removed(
    centre: Path, companions: tuple[str, ...]
) -> None:
    with RealServer(centre) as server:
        server.ready()
        assert server.post("/v1/tickets", TICKET).status == 201
        for suffix in companions:
            with suppress(FileNotFoundError):
                (centre / f"selfhelp.sqlite3{suffix}").unlink()
        refused = server.post("/v1/tickets", TICKET)
        assert (refused.status, refused.code) == (503, "database_away")
        assert server.ask().status == 200
        assert not (centre / "selfhelp.sqlite3").exists(), "an empty one would only look like a database"


def test_a_database_put_in_the_place_of_another_is_used_from_the_next_request_on(centre: Path) -> None:
    with RealServer(centre) as server:
        assert server.post("/v1/tickets", TICKET).status == 201
        copy = sqlite3.connect(centre / "backup")
        sqlite3.connect(centre / "selfhelp.sqlite3").backup(copy)
        copy.close()
        for suffix in ("-wal", "-shm"):
            (centre / f"selfhelp.sqlite3{suffix}").unlink(missing_ok=True)
        (centre / "backup").replace(centre / "selfhelp.sqlite3")
        assert server.post("/v1/tickets", TICKET).status == 201
        assert server.rows("SELECT count(*) FROM tickets") == [(2,)]


def test_on_a_full_disk_tickets_are_refused_and_suggestions_go_on(centre: Path) -> None:
    """Full in the way of a quota: no file may grow beyond 1 MB."""
    with RealServer(centre) as server:
        server.get("/healthz")
    program = NO_LARGER_FILES.format(size=2**20) + SERVE
    with RealServer(centre, program=program) as server:
        server.ready()
        large, kind = form(TICKET, FILE * 6)
        with suppress(OSError):
            # No room to let it rest in while it arrives: it is refused, or the connection cut.
            assert server.request("POST", "/v1/tickets", large, {"Content-Type": kind}).status == 503
        statuses = [send(server, number).status for number in range(12)]
        assert statuses.count(503) > 0
        assert statuses == sorted(statuses), "once it is full it stays so"
        assert send(server, 99).code == "database_away"
        assert server.ask().status == 200
        assert server.get("/readyz").status == 200
        whole = statuses.count(201)
        assert server.rows("SELECT count(*) FROM tickets") == [(whole,)]
        assert server.rows("SELECT count(*) FROM ticket_files") == [(2 * whole,)]
    with RealServer(centre) as server:
        assert send(server, 99).status == 201, "with room again, all is well"


def test_on_a_file_system_without_room_too(centre: Path, tmp_path: Path) -> None:
    """A file system of its own, of 3 MB, which only some machines let a test make."""
    if subprocess.run(["unshare", "-Urm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a file system of their own")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f'mount -t tmpfs -o size=3m none {disk} && cd {disk} && exec "$@"'
    url = f"sqlite:///{disk}/selfhelp.sqlite3"
    wrapper = ["unshare", "-Urm", "sh", "-c", mount, "sh"]
    with RealServer(centre, wrapper=wrapper, database_url=url) as server:
        server.ready()
        statuses = [send(server, number).status for number in range(16)]
        assert set(statuses) == {201, 503}
        assert server.ask().status == 200
        assert server.process.poll() is None
