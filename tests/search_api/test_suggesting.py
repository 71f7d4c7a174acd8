from __future__ import annotations

from collections.abc import Callable

import pytest
from whole_server import Server

from kb.store.tables import queries, sessions

MakeServer = Callable[..., Server]


def test_a_question_is_answered_with_all_that_the_contract_names(server: Server) -> None:
    answer = server.ask("black screen")
    promised = "session_id held_out query_id snapshot_id answered confidence suggestions notice took_ms"
    assert set(answer) == set(promised.split())
    assert answer["suggestions"][0] == {
        "slug": "black-screen",
        "locale": "en",
        "title": "Black screen",
        "url": "/help/en/black-screen",
        "anchor": "part-1",
        "excerpt": "Text KB2534111.",
        "highlights": [[0, 4]],
        "confidence": 1.0,
        "rank": 1,
    }
    assert (answer["answered"], answer["held_out"], answer["snapshot_id"]) == (True, False, "paper")


@pytest.mark.parametrize(
    "text", ["", " ", "a", "🙂🙂", "word " * 2000, "\u0000", "ا", "'; DROP TABLE queries; --"]
)
def test_any_text_is_answered_even_when_there_is_nothing_to_search(server: Server, text: str) -> None:
    answer = server.ask(text)
    assert (answer["answered"], answer["suggestions"]) == (False, [])


@pytest.mark.parametrize("locale", [None, "en", "xx", "en_US.UTF-8", "not a locale!!", "", "e" * 400, "🙂"])
def test_no_customer_suffers_for_an_odd_locale(server: Server, locale: str | None) -> None:
    assert server.ask("black screen", locale=locale)["answered"]
    assert server.engine.asked[-1].locale in (None, "en", "xx")


def test_the_session_of_an_earlier_answer_goes_on(server: Server) -> None:
    first = server.ask()
    assert server.ask(session_id=first["session_id"])["session_id"] == first["session_id"]
    assert server.ask()["session_id"] != first["session_id"]


@pytest.mark.parametrize("forged", ["", "x", "x.y", "..", "é.🙂", "a" * 5000])
def test_a_session_that_is_not_ours_is_quietly_replaced(server: Server, forged: str) -> None:
    assert server.ask(session_id=forged)["session_id"] != forged


def test_limits_and_floor_are_passed_on(server: Server) -> None:
    server.ask(limit=7, min_confidence=0)
    assert (server.engine.asked[-1].limit, server.engine.asked[-1].min_confidence) == (7, 0)
    server.ask()
    assert (server.engine.asked[-1].limit, server.engine.asked[-1].min_confidence) == (3, None)


def test_the_question_is_kept_redacted_and_only_a_hash_of_the_person(server: Server) -> None:
    answer = server.ask(
        "black screen KB2534111 ann@example.com",
        person="ann",
        locale="en",
        page_url="https://shop.example/a?mail=ann@example.com",
    )
    server.log.close()
    (row,) = server.rows(queries)
    assert row["text"] == "black screen KB2534111 [email]"
    assert row["query_id"] == answer["query_id"].split(".")[0]
    assert row["page"] == "https://shop.example/a"
    assert row["suggestions"] == [["black-screen", "en", 1.0]]
    (session,) = server.rows(sessions)
    assert session["person"] == server.signer.person("ann")
    assert "ann" not in session["person"]


def test_a_page_that_no_database_holds_is_kept_as_far_as_it_can_be(server: Server) -> None:
    """PostgreSQL takes no NUL: it would keep the questions of everybody else waiting too."""
    server.ask(page_url="https://shop.example/a\0b")
    server.log.close()
    assert server.rows(queries)[0]["page"] == "https://shop.example/a\ufffdb"


def test_an_empty_field_is_no_question(server: Server) -> None:
    server.ask("  ")
    server.log.close()
    assert server.rows(queries) == []


def test_held_out_people_are_shown_nothing_and_what_they_missed_is_kept(make_server: MakeServer) -> None:
    server = make_server(holdout=1)
    answer = server.ask()
    assert (answer["held_out"], answer["answered"], answer["suggestions"]) == (True, False, [])
    server.log.close()
    (row,) = server.rows(queries)
    assert (row["held_out"], row["answered"], row["suggestions"]) == (
        True,
        True,
        [["black-screen", "en", 1.0]],
    )


def test_a_person_is_held_out_always_or_never_whatever_the_session(make_server: MakeServer) -> None:
    server = make_server(holdout=0.5)
    people = {name: {server.ask(person=name)["held_out"] for _ in range(3)} for name in map(str, range(40))}
    assert all(len(seen) == 1 for seen in people.values())
    held_out = sum(seen == {True} for seen in people.values())
    assert 8 < held_out < 32


def test_a_session_without_a_person_stays_on_its_side(make_server: MakeServer) -> None:
    server = make_server(holdout=0.5)
    for _ in range(10):
        first = server.ask()
        assert server.ask(session_id=first["session_id"])["held_out"] == first["held_out"]


def test_suggestions_go_on_while_the_database_is_away_and_the_questions_are_kept_for_later(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.lose_the_database()
    for _ in range(3):
        assert server.ask()["answered"]
        server.log._flush()
    assert [record.message for record in caplog.records if "waiting for the database" in record.message] != []
    assert sum("waiting for the database" in record.message for record in caplog.records) == 1
    server.find_the_database()
    server.log.close()
    assert len(server.rows(queries)) == 3
