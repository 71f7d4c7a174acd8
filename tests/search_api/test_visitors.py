"""Who came, and what became of those we could not answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from whole_server import Server

from kb.store.tables import intents, person_links, queries, sessions
from kb.usage.settling import settle

MakeServer = Callable[..., Server]


def ask(server: Server, agent: str = "Mozilla/5.0", **fields: Any) -> int:
    sent = {"text": "black screen", **fields}
    return server.client.post("/v1/suggestions", json=sent, headers={"User-Agent": agent}).status_code


def traffic(server: Server) -> list[str | None]:
    server.log.close()
    return [row["traffic"] for row in server.rows(sessions)]


def outcomes(server: Server) -> list[str]:
    server.log.close()
    settle(server.store, datetime.now(UTC) + timedelta(hours=1))
    return [row["outcome"] for row in server.rows(intents)]


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"),
        ("Mozilla/5.0 (X11; Linux) HeadlessChrome/140.0", "bot"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1 Version/18.0 Safari/605.1", None),
        ("python-requests/2.32", None),
        ("", None),
    ],
)
def test_machines_that_say_so_are_known(server: Server, agent: str, expected: str | None) -> None:
    ask(server, agent)
    assert traffic(server) == [expected]


def test_people_and_pages_that_only_try_things_out_are_known(make_server: MakeServer) -> None:
    server = make_server(test_persons=("qa",), test_hosts=("staging.example",))
    ask(server, person="qa")
    ask(server, page_url="https://staging.example/form?x=y")
    ask(server, person="ann", page_url="https://shop.example/form")
    assert sorted(map(str, traffic(server))) == ["None", "test", "test"]


def test_a_search_of_the_help_centre_is_kept_as_one(server: Server) -> None:
    ask(server, purpose="search")
    server.log.close()
    assert server.rows(queries)[0]["purpose"] == "search"


def test_whoever_we_could_not_answer_is_an_outage_once_however_often_they_tried(server: Server) -> None:
    server.engine.published = None
    for _ in range(3):
        assert ask(server, person="ann") == 503
    assert outcomes(server) == ["error"]


def test_whoever_was_answered_in_the_end_is_no_outage(server: Server) -> None:
    published, server.engine.published = server.engine.published, None
    ask(server, person="ann")
    server.engine.published = published
    first = server.ask(person="ann")
    server.ask("black screen again", person="ann", session_id=first["session_id"])
    assert outcomes(server) == ["left"]
    assert len(server.rows(sessions)) == 1


def test_an_outage_in_the_middle_of_a_session_is_kept_without_a_name(server: Server) -> None:
    session = server.ask("nothing like it")["session_id"]
    server.engine.published = None
    assert ask(server, text="nothing like it at all", session_id=session) == 503
    assert ask(server) == 503
    assert outcomes(server) == ["error"]


def test_a_ticket_gives_its_session_a_person_and_its_browser_a_name(server: Server) -> None:
    answer = server.ask(person="browser")
    ticket = {"email": "Ann@example.com", "message": "m", "person": "browser"}
    server.client.post("/v1/tickets", json=ticket | {"session_id": answer["session_id"]})
    assert outcomes(server) == ["submitted"]
    ann = server.signer.person("ann@example.com")
    assert server.rows(intents)[0]["person"] == ann
    assert [(row["alias"], row["person"]) for row in server.rows(person_links)] == [
        (server.signer.person("browser"), ann)
    ]
