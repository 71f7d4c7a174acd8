from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse
from whole_server import Server

from kb.content.slugs import slug_of
from kb.store.tables import events, sessions
from search_api.models import SLUG

NOW = datetime.now(UTC).isoformat(timespec="milliseconds")


def send(server: Server, session: str, *sent: Any, **fields: Any) -> TestResponse:
    return server.client.post("/v1/events", json={"session_id": session, "events": list(sent), **fields})


def event(answer: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "opened", "query_id": answer["query_id"], "at": NOW, "slug": "black-screen", **fields}


def test_an_event_is_kept_before_its_question_has_been_written(server: Server) -> None:
    answer = server.ask()
    sent = send(server, answer["session_id"], event(answer, rank=1, seconds=12.5), person="ann")
    assert (sent.status_code, sent.get_json()) == (202, {"accepted": 1, "rejected": []})
    (row,) = server.rows(events)
    assert (row["type"], row["slug"], row["detail"]) == (
        "opened",
        "black-screen",
        {"rank": 1, "seconds": 12.5},
    )
    assert row["query_id"] == answer["query_id"].split(".")[0]
    assert server.rows(sessions)[0]["person"] == server.signer.person("ann")


def test_a_batch_sent_again_is_accepted_and_kept_once(server: Server) -> None:
    answer = server.ask()
    batch = [event(answer), event(answer, type="left", slug=None)]
    for _ in range(2):
        assert send(server, answer["session_id"], *batch).get_json()["accepted"] == 2
    assert len(server.rows(events)) == 2


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"type": "danced"}, "type"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-05-01T12:00:00"}, "at"),
        ({"at": 1777636800}, "at"),
        ({"at": "2999-01-01T00:00:00Z"}, "at"),
        ({"at": "9999-12-31T23:59:59-14:00"}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"slug": None}, "slug"),
        ({"slug": 7}, "slug"),
        ({"slug": "ann@example.com"}, "slug"),
        ({"slug": "4111 1111"}, "slug"),
        ({"slug": "black-screen\x1b[31m"}, "slug"),
        ({"slug": "black-screen\n"}, "slug"),
        ({"slug": "nothing\0"}, "slug"),
        ({"slug": "\u202eblack-screen"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"type": "effort", "score": 0}, "score"),
        ({"type": "effort", "score": 5.5}, "score"),
        ({"rank": "1"}, "rank"),
        ({"seconds": -1}, "seconds"),
        ({"reason": "My card is 4111"}, "reason"),
        ({"text": "what I typed"}, "text"),
        ({"query_id": "forged.signature"}, "query_id"),
        ({"query_id": "é🙂."}, "query_id"),
    ],
)
def test_a_wrong_event_is_named_and_the_others_are_kept(
    server: Server, wrong: dict[str, Any], named: str
) -> None:
    answer = server.ask()
    said = send(server, answer["session_id"], event(answer, **wrong), "no event", event(answer)).get_json()
    assert said["accepted"] == 1
    assert [one["index"] for one in said["rejected"]] == [0, 1]
    assert said["rejected"][0]["detail"].startswith(f"{named}:")
    assert len(server.rows(events)) == 1


@pytest.mark.parametrize("slug", ["Länder", "c++", "q&a-l'été", "می\u200cخواهم", "क्षत्रिय_2.1"])
def test_what_happened_to_an_article_of_any_name_is_kept(server: Server, slug: str) -> None:
    answer = server.ask()
    assert send(server, answer["session_id"], event(answer, slug=slug)).get_json()["accepted"] == 1


@given(st.text())
def test_every_slug_that_a_file_name_gives_can_be_named(stem: str) -> None:
    slug = slug_of(stem).replace("@", "")
    assert not slug or re.fullmatch(SLUG, slug)


def test_effort_is_a_score_from_one_to_five(server: Server) -> None:
    answer = server.ask()
    scores = [event(answer, type="effort", slug=None, score=score) for score in (1, 5)]
    assert send(server, answer["session_id"], *scores).get_json()["accepted"] == 2


def test_a_session_cannot_speak_of_the_questions_of_another(server: Server) -> None:
    ours, theirs = server.ask(), server.ask()
    said = send(server, ours["session_id"], event(theirs)).get_json()
    assert said["accepted"] == 0
    assert said["rejected"][0]["detail"].startswith("query_id:")


def test_a_forged_session_is_refused(server: Server) -> None:
    answer = server.ask()
    sent = send(server, answer["session_id"] + "x", event(answer))
    assert sent.status_code == 422
    assert sent.get_json()["error"]["detail"].startswith("session_id:")


def test_no_events_are_no_error(server: Server) -> None:
    assert send(server, server.ask()["session_id"]).status_code == 202


def test_events_wait_with_the_sender_while_the_database_is_away(server: Server) -> None:
    answer = server.ask()
    server.lose_the_database()
    sent = send(server, answer["session_id"], event(answer))
    assert sent.status_code == 503
    assert sent.headers["Retry-After"]
    assert sent.get_json()["error"]["code"] == "database_away"
