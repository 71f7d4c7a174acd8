from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask

from kb.settings import Settings
from search_api.kinds import Kind
from search_api.lanes import WAITING_FOR_A_THREAD, LaneQueue
from search_api.server import Server, listen


@dataclass
class Waiting:
    kind: Kind
    queued_at: float
    refused: bool = field(default=False)

    def refuse(self) -> None:
        self.refused = True

    def service(self) -> None: ...
    def cancel(self) -> None: ...


def queue_of(*kinds: Kind, threads: int = 4, processors: int = 4) -> LaneQueue:
    queue = LaneQueue(threads, processors, lambda kind: None)
    for moment, kind in enumerate(kinds):
        queue.append(Waiting(kind, moment / 1000))
    return queue


def order(queue: LaneQueue) -> list[str]:
    """What is served, in which order, when nothing comes to an end."""
    served = []
    while queue:
        one = queue.popleft()
        served.append(getattr(one, "_work", one).kind)
    return served


def test_tickets_go_first_and_the_rest_in_the_order_it_came() -> None:
    queue = queue_of("reading", "suggestions", "events", "probes", "tickets", "reading", threads=8)
    assert order(queue) == ["probes", "tickets", "reading", "suggestions", "events", "reading"]


def test_what_needs_the_database_never_takes_more_than_half_of_the_threads() -> None:
    queue = queue_of("tickets", "events", "admin", "tickets", "suggestions", "reading")
    assert order(queue) == ["tickets", "tickets", "suggestions", "reading"]
    assert len(queue) == 0, "two wait for a place at the database"
    queue.at_work["writing"] -= 1
    assert order(queue) == ["events"]


def test_no_more_suggestions_are_thought_of_than_there_are_processors() -> None:
    queue = queue_of("suggestions", "suggestions", "suggestions", "reading", "tickets", processors=2)
    assert order(queue) == ["tickets", "suggestions", "suggestions", "reading"]
    assert len(queue) == 0, "the third waits for a processor"
    queue.at_work["suggesting"] -= 1
    assert order(queue) == ["suggestions"]


def test_one_thread_serves_everything() -> None:
    queue = queue_of("events", "suggestions", "tickets", threads=1)
    assert order(queue) == ["tickets", "suggestions"]


def test_of_too_many_suggestions_the_oldest_is_refused() -> None:
    most = 2 * WAITING_FOR_A_THREAD
    queue = LaneQueue(2, 10**6, lambda kind: None)
    asked = [Waiting("suggestions", n / 1000) for n in range(most + 3)]
    assert [queue.append(one) for one in asked] == [False] * most + [True] * 3
    assert [one.refused for one in asked] == [True] * 3 + [False] * most
    served = []
    while queue:
        one = queue.popleft()
        served.append(getattr(one, "_work", one))
        queue.at_work["suggesting"] = 0
    assert served == asked, "with a refusal or an answer, in turn"


def answer_of(client: socket.socket) -> tuple[int, Mapping[str, str], bytes]:
    answer = http.client.HTTPResponse(client)
    answer.begin()
    return answer.status, answer.headers, answer.read()


def test_a_server_that_is_asked_too_much_refuses_in_the_one_shape_and_keeps_the_connection() -> None:
    app, free = Flask("slow"), threading.Event()
    refusals: list[None] = []

    @app.post("/v1/suggestions")
    def suggest() -> str:
        free.wait(10)
        return "{}"

    asking = b"POST /v1/suggestions HTTP/1.1\r\nHost: localhost\r\nOrigin: %s\r\nContent-Length: 0\r\n\r\n"
    settings = Settings(threads=1, allowed_origins=("https://shop.example",))
    with listen("127.0.0.1", 0) as listening:
        server = Server(app, listening, settings, refused=lambda: refusals.append(None))
        running = threading.Thread(target=server.run, daemon=True)
        running.start()
        clients = []
        for number in range(WAITING_FOR_A_THREAD + 3):
            clients.append(socket.create_connection(listening.getsockname(), timeout=10))
            clients[-1].sendall(
                asking % (b"https://evil.example" if number == 1 else b"https://shop.example")
            )
            time.sleep(0.02)
        free.set()
        answers = [answer_of(client) for client in clients]
        assert [status for status, _, _ in answers[:4]] == [200, 503, 503, 200]
        assert [status for status, _, _ in answers].count(503) == len(refusals) == 2
        _, headers, body = answers[2]
        assert json.loads(body)["error"]["code"] == "overloaded"
        assert headers["Retry-After"] == "1"
        assert headers["Access-Control-Allow-Origin"] == "https://shop.example"
        assert "Access-Control-Allow-Origin" not in answers[1][1]
        clients[2].sendall(asking % b"https://shop.example")
        assert answer_of(clients[2])[0] == 200
        for client in clients:
            client.close()
        server.stop()
        running.join(15)
