"""What a session was shown, for the next beginning of the same question."""

from __future__ import annotations

from whole_server import Server

from search_api.shown import ROOM, Shown


def test_what_is_typed_on_knows_what_is_shown() -> None:
    shown = Shown()
    shown.now("s", "black", ["screen", "ink"])
    assert shown.before("s", "black scr") == ("screen", "ink")
    assert shown.before("s", "black") == ("screen", "ink")


def test_another_question_or_session_does_not() -> None:
    shown = Shown()
    shown.now("s", "black", ["screen"])
    for session, text in (("t", "black scr"), ("s", "blac"), ("s", "white scr"), ("s", "a black"), ("s", "")):
        assert shown.before(session, text) == ()


def test_an_emptied_field_is_a_new_beginning() -> None:
    shown = Shown()
    shown.now("s", "black", ["screen"])
    shown.now("s", "", [])
    assert shown.before("s", "black scr") == ()


def test_half_of_a_sign_is_no_error() -> None:
    shown = Shown()
    shown.now("s", "black \ud83d", ["screen"])
    assert shown.before("s", "black \ud83d\ude42") == ("screen",)


def test_the_session_that_asked_longest_ago_goes_first() -> None:
    shown = Shown()
    for number in range(ROOM):
        shown.now(str(number), "black", ["screen"])
    shown.now("0", "black", ["screen"])
    shown.now("new", "black", ["screen"])
    assert [shown.before(session, "black") for session in ("0", "1", "new")] == [("screen",), (), ("screen",)]


def test_the_engine_is_told_what_the_session_is_shown(server: Server) -> None:
    first = server.ask("black")
    assert server.engine.asked[-1].shown == ()
    server.ask("black screen", session_id=first["session_id"])
    assert server.engine.asked[-1].shown == tuple(one["slug"] for one in first["suggestions"]) != ()
    server.ask("black screen and more")
    assert server.engine.asked[-1].shown == ()
