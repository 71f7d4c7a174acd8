from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse
from whole_server import Server

from kb.store.tables import outbox, ticket_files, tickets

TICKET = {"email": "ann@example.com", "message": "My card 4111 1111 1111 1111\n屏幕 🙂"}


def post(server: Server, key: str = "", **fields: Any) -> TestResponse:
    headers = {"Idempotency-Key": key} if key else {}
    return server.client.post("/v1/tickets", json={**TICKET, **fields}, headers=headers)


def post_form(server: Server, *files: tuple[bytes, str], **parts: Any) -> TestResponse:
    data = {
        "ticket": json.dumps(TICKET),
        "files": [(BytesIO(content), name) for content, name in files],
        **parts,
    }
    return server.client.post("/v1/tickets", data=data, content_type="multipart/form-data")


def test_a_ticket_is_kept_word_for_word_with_what_led_to_it(server: Server) -> None:
    answer = server.ask(person="ann")
    sent = post(
        server,
        subject="Help",
        urgency="high",
        locale="en",
        page_url="https://shop.example/a?b=c",
        person="ann",
        session_id=answer["session_id"],
        query_id=answer["query_id"],
        shown=["black-screen"],
        opened=[],
    )
    assert sent.status_code == 201
    (row,) = server.rows(tickets)
    assert row["ticket_id"] == sent.get_json()["ticket_id"]
    assert (row["message"], row["page_url"]) == (TICKET["message"], "https://shop.example/a?b=c")
    assert row["session_id"] == server.signer.session(answer["session_id"])
    assert row["query_id"] == answer["query_id"].split(".")[0]
    assert (row["shown"], row["opened"]) == (["black-screen"], [])
    assert server.rows(outbox)[0]["state"] == "waiting"


def test_whoever_names_no_person_is_known_by_a_hash_of_the_address(server: Server) -> None:
    post(server)
    assert server.rows(tickets)[0]["person"] == server.signer.person("ann@example.com")


def test_no_ticket_is_refused_for_a_session_that_is_not_ours(server: Server) -> None:
    assert post(server, session_id="forged.x", query_id="forged.y").status_code == 201
    (row,) = server.rows(tickets)
    assert (row["session_id"], row["query_id"]) == (None, None)


def test_no_ticket_is_refused_while_nothing_is_published(server: Server) -> None:
    server.engine.published = None
    assert post(server).status_code == 201


def test_a_repeat_of_the_key_is_the_same_ticket(server: Server) -> None:
    assert post(server, "k").get_json() == post(server, "k").get_json()
    assert post(server, "other").get_json() != post(server, "k").get_json()
    assert len(server.rows(tickets)) == 2


def test_another_ticket_under_the_same_key_is_refused_rather_than_lost(server: Server) -> None:
    first = post(server, "k", subject="Help", urgency="high").get_json()
    for other in ({"message": "Something else"}, {"subject": "Cards"}, {"urgency": "low"}):
        refused = post(server, "k", **{"subject": "Help", "urgency": "high", **other})
        assert refused.status_code == 422
        assert refused.get_json()["error"]["detail"].startswith("Idempotency-Key:")
    later = post(server, "k", subject="Help", urgency="high", shown=["black-screen"], page_url="https://b")
    assert later.get_json() == first
    assert len(server.rows(tickets)) == 1


def test_a_key_sent_many_times_at_once_is_one_ticket(server: Server) -> None:
    def send(_number: int) -> str:
        with server.app.test_client() as client:
            answer = client.post("/v1/tickets", json=TICKET, headers={"Idempotency-Key": "k"})
        return str(answer.get_json()["ticket_id"])

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(send, range(16)))) == 1
    assert len(server.rows(tickets)) == 1


def test_files_come_in_a_form_the_ticket_as_text_or_as_a_blob(server: Server) -> None:
    assert post_form(server, (b"\x00\xff", "../sh öt.png"), (b"", "")).status_code == 201
    blob = (BytesIO(json.dumps(TICKET).encode()), "blob", "application/json")
    assert post_form(server, (b"log", "a.log"), ticket=blob).status_code == 201
    kept = {row["name"]: row["content"] for row in server.rows(ticket_files)}
    assert kept == {"../sh öt.png": b"\x00\xff", "a.log": b"log"}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"email": None}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b\r\nBcc: x@y.example"}, "email"),
        ({"message": ""}, "message"),
        ({"message": " \n"}, "message"),
        ({"message": 7}, "message"),
        ({"message": "x" * 201}, "message"),
        ({"urgency": "very"}, "urgency"),
        ({"shown": "black-screen"}, "shown"),
        ({"opened": [1]}, "opened.0"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_with_a_ticket_is_named(
    make_server: Callable[..., Server], fields: dict[str, Any], named: str
) -> None:
    sent = post(make_server(max_message_chars=200), **fields)
    assert sent.status_code == 422
    assert sent.get_json()["error"]["detail"].startswith(f"{named}:")


def test_a_form_that_carries_too_much_is_told_what(make_server: Callable[..., Server]) -> None:
    server = make_server(max_files=1, max_file_bytes=10, max_ticket_bytes=2000)
    assert "at most 1" in post_form(server, (b"1", "a"), (b"2", "b")).get_json()["error"]["detail"]
    too_large = post_form(server, (b"12345678901", "big.png"))
    assert (too_large.status_code, "big.png" in too_large.text) == (413, True)
    assert post_form(server, (b"x" * 3000, "huge")).status_code == 413
    assert post(server, message="x" * 3000).status_code == 413
    assert server.rows(tickets) == []


def test_a_form_without_its_ticket_or_with_unknown_parts_is_refused(server: Server) -> None:
    assert post_form(server, ticket="").get_json()["error"]["detail"].startswith("ticket:")
    assert post_form(server, ticket="{").status_code == 400
    assert post_form(server, extra="x").get_json()["error"]["detail"].startswith("extra:")


def test_a_key_too_long_to_keep_is_refused(server: Server) -> None:
    assert post(server, "k" * 201).get_json()["error"]["detail"].startswith("Idempotency-Key:")


def test_a_ticket_that_could_not_be_kept_is_never_called_kept(server: Server) -> None:
    server.lose_the_database()
    sent = post(server)
    assert sent.status_code == 503
    assert "nothing was kept" in sent.get_json()["error"]["detail"]


def test_a_nul_from_a_broken_client_does_not_lose_the_ticket(server: Server) -> None:
    assert post(server, message="a\0b").status_code == 201
    assert server.rows(tickets)[0]["message"] == "a\ufffdb"
