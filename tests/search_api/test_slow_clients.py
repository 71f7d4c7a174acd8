"""Clients that dribble, hang or hoard, over real sockets."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
from flask import Flask, Response, request

from kb.settings import Settings
from search_api import server as serving
from search_api.connections import Patience
from search_api.security_headers import HEADERS
from search_api.server import Server, listen

HEAD = b"POST /v1/tickets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
QUICK = Patience(grace=0.6, rate=20_000, idle=1.2, idle_crowded=0.2)

Connect = Callable[[], socket.socket]


@contextmanager
def running(patience: Patience = QUICK, **settings: object) -> Iterator[Connect]:
    app = Flask("small")

    @app.route("/", methods=["GET", "POST"])
    @app.post("/v1/<_any>")
    def answer(_any: str = "") -> str:
        return f"{len(request.get_data())} bytes"

    @app.get("/large")
    def large() -> Response:
        return Response(b"x" * 30_000_000)

    with listen("127.0.0.1", 0) as listening, ExitStack() as sockets:
        server = Server(app, listening, Settings(**settings), patience=patience)  # type: ignore[arg-type]
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        port = listening.getsockname()[1]
        try:
            yield lambda: sockets.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
        finally:
            sockets.close()
            server.stop()
            thread.join(15)


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    monkeypatch.setattr(serving, "SWEEP_SECONDS", 0.1)
    with running() as connect:
        yield connect


def dribble(client: socket.socket, text: bytes, pause: float = 0.1) -> float:
    """Seconds until the other side has had enough of a byte at a time."""
    started = time.monotonic()
    client.settimeout(pause)
    for position in range(len(text)):
        try:
            client.send(text[position : position + 1])
            if client.recv(1) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - started


def status_of(client: socket.socket) -> int:
    """Of one answer, read to its end."""
    answer = http.client.HTTPResponse(client)
    answer.begin()
    answer.read()
    return answer.status


def closed(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def let_in(connect: Connect) -> bool:
    """Whether a new connection is answered rather than closed."""
    try:
        client = connect()
        client.sendall(GET)
        return status_of(client) == 200
    except (ConnectionError, http.client.BadStatusLine):
        return False


def test_headers_that_dribble_in_are_cut_off(connect: Connect) -> None:
    assert dribble(connect(), GET * 10) < 4


def test_a_body_that_dribbles_in_is_cut_off(connect: Connect) -> None:
    client = connect()
    client.sendall(HEAD)
    assert dribble(client, b"x" * 200) < 4


def test_a_body_that_comes_slowly_but_steadily_is_taken(connect: Connect) -> None:
    client = connect()
    client.sendall(HEAD)
    for _ in range(10):
        client.sendall(b"x" * 10_000)
        time.sleep(0.2)
    assert status_of(client) == 200


def test_who_asks_and_does_not_read_is_cut_off() -> None:
    with running(Patience(grace=0.5, rate=30_000_000)) as connect:
        client = connect()
        client.sendall(GET.replace(b"/ ", b"/large "))
        time.sleep(4)
        received = 0
        with suppress(ConnectionResetError):
            while part := client.recv(1_000_000):
                received += len(part)
        assert received < 30_000_000


def test_idle_connections_are_closed_and_busy_ones_are_not(connect: Connect) -> None:
    idle, busy = connect(), connect()
    for _ in range(12):
        busy.sendall(GET)
        assert status_of(busy) == 200
        time.sleep(0.2)
    assert closed(idle)


def test_with_little_room_idle_ones_go_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "SWEEP_SECONDS", 0.1)
    monkeypatch.setattr(serving, "CROWDED", 20)
    with running(Patience(idle=60, idle_crowded=0.2)) as connect:
        few = connect()
        time.sleep(1.5)
        few.sendall(GET)
        assert status_of(few) == 200
        many = [connect() for _ in range(25)]
        many[0].settimeout(5)
        assert closed(many[0])


def test_no_address_takes_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "CONNECTIONS_OF_ONE_ADDRESS", 5)
    with running(Patience()) as connect:
        held = [connect() for _ in range(5)]
        for client in held:
            client.sendall(HEAD)
        time.sleep(1)
        assert closed(connect()), "all of its others are at work"
        held[2].sendall(b"x" * 100_000)
        assert status_of(held[2]) == 200
        # Its answer is read a moment before the server counts it as idle.
        until = time.monotonic() + 10
        while not let_in(connect):
            assert time.monotonic() < until
        assert closed(held[2]), "the idle one made room"


def test_a_proxy_that_is_trusted_may_have_as_many_as_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "CONNECTIONS_OF_ONE_ADDRESS", 5)
    with running(Patience(), trusted_proxies=("127.0.0.0/8",)) as connect:
        clients = [connect() for _ in range(20)]
        for client in clients:
            client.sendall(GET)
        assert {status_of(client) for client in clients} == {200}


@pytest.mark.parametrize(
    ("sent", "status", "detail"),
    [
        (
            HEAD.replace(b"tickets", b"suggestions").replace(b"100000", b"300000"),
            413,
            r"has more than 262144 bytes",
        ),
        (HEAD.replace(b"100000", b"99999999999"), 413, r"has more than \d{8} bytes"),
        (HEAD.replace(b"Content-Length: 100000", b"Content-Length: x"), 400, "cannot be read"),
        (HEAD.replace(b"Content-Length: 100000", b"Transfer-Encoding: gzip"), 501, "cannot be read"),
        (
            (b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: " + b"x" * 40_000)[:32_768],
            431,
            r"headers have \d+ bytes or more",
        ),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "cannot be read"),
    ],
)
def test_what_the_server_itself_refuses_has_the_shape_and_the_headers_of_all_errors(
    connect: Connect, sent: bytes, status: int, detail: str
) -> None:
    client = connect()
    client.sendall(sent)
    head, _, body = client.makefile("rb").read().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.%d %d" % (head[7] - 48, status))
    error = json.loads(body)["error"]
    assert error["status"] == status
    assert re.search(detail, error["detail"])
    for name, value in HEADERS.items():
        assert f"{name}: {value}".lower().encode() in head.lower()


def test_a_large_body_without_a_length_is_refused_once_it_is_too_large(connect: Connect) -> None:
    client = connect()
    client.sendall(b"POST /v1/suggestions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with suppress(OSError):
        for _ in range(20):
            client.sendall(chunk)
        assert client.recv(1000).startswith(b"HTTP/1.1 413")
