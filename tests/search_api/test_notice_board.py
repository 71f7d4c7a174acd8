"""A pinned notice reaches the questions it is for, costs nothing without one, and goes away in time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from admin_visitor import TOKENS, AdminVisitor
from whole_server import Server

from kb.store.notices import NewNotice, end_notice, pin_notice

Make = Callable[..., Server]
NOW = datetime.now(UTC)


def pin(server: Server, text: str, **fields: Any) -> int:
    number = pin_notice(server.store, NewNotice(text=text, by="anna", **{"from_at": NOW, **fields}))
    server.services.notices.look(server.store, server.engine)
    return number


def test_without_a_notice_the_answer_says_so_and_no_question_is_encoded_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.engine, "vectors", lambda _: pytest.fail("encoded"))
    assert server.ask()["notice"] is None


def test_a_notice_for_all_is_in_every_answer_even_an_empty_field(server: Server) -> None:
    pin(server, "Sign-in is down.", url="https://status.example/")
    said = {"text": "Sign-in is down.", "url": "https://status.example/"}
    assert server.ask("anything")["notice"] == server.ask(" ")["notice"] == said


def test_a_notice_with_questions_is_shown_to_those_alike_only_and_before_one_for_all(server: Server) -> None:
    pin(server, "Screens stay black.", questions=("the screen stays black", "black screen"))
    assert server.ask("my screen stays black")["notice"]["text"] == "Screens stay black."
    assert server.ask("refund of an invoice")["notice"] is None
    pin(server, "All is slow.")
    assert server.ask("my screen stays black")["notice"]["text"] == "Screens stay black."
    assert server.ask("refund of an invoice")["notice"]["text"] == "All is slow."


def test_a_question_is_encoded_once_however_many_notices_there_are(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        pin(server, f"Notice {number}", questions=(f"nothing like it {number}",))
    real = server.engine.vectors
    encoded: list[Sequence[str]] = []
    monkeypatch.setattr(server.engine, "vectors", lambda texts: encoded.append(texts) or real(texts))
    server.ask("black screen")
    server.services.notices.look(server.store, server.engine)
    assert encoded == [["black screen"]]


def test_the_held_out_see_it_too_since_a_notice_is_no_suggestion(make_server: Make) -> None:
    server = make_server(holdout=1.0)
    pin(server, "Sign-in is down.")
    answer = server.ask()
    assert (answer["held_out"], answer["notice"]["text"]) == (True, "Sign-in is down.")


def test_a_notice_comes_and_goes_at_its_time_without_being_read_again(server: Server) -> None:
    pin(server, "Later", from_at=NOW + timedelta(hours=1))
    pin(server, "Earlier", from_at=NOW - timedelta(hours=2), until_at=NOW - timedelta(hours=1))
    assert server.ask()["notice"] is None
    number = pin(server, "Now")
    assert server.ask()["notice"]["text"] == "Now"
    end_notice(server.store, number, datetime.now(UTC))
    server.services.notices.look(server.store, server.engine)
    assert server.ask()["notice"] is None


def test_a_question_of_another_model_matches_nothing_until_the_next_look(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin(server, "Screens stay black.", questions=("black screen",))
    monkeypatch.setattr(server.engine, "vectors", lambda texts: np.ones((len(texts), 7), dtype=np.float32))
    assert server.ask("black screen")["notice"] is None
    server.engine.published = "another"
    server.services.notices.look(server.store, server.engine)
    assert server.ask("black screen")["notice"] is not None


def test_before_the_first_snapshot_a_notice_for_all_is_known_already(server: Server) -> None:
    server.engine.published = None
    pin(server, "For some", questions=("black screen",))
    pin(server, "For all")
    server.engine.published = "paper"
    assert server.ask("black screen")["notice"]["text"] == "For all"
    server.services.notices.look(server.store, server.engine)
    assert server.ask("black screen")["notice"]["text"] == "For some"


def test_what_is_pinned_on_the_page_is_shown_at_once_and_taken_down_at_once(make_server: Make) -> None:
    visitor = AdminVisitor(make_server(admin_tokens=TOKENS))
    visitor.log_in()
    form = {"text": "Screens stay <b>black</b>.", "url": "https://s.example/", "hours": "4",
            "questions": "the screen stays black\n\n black screen \n"}  # fmt: skip
    assert visitor.post("/admin/notices", form, form_of="/admin/notices").status_code == 303
    assert visitor.server.ask("black screen")["notice"]["text"] == "Screens stay <b>black</b>."
    page = visitor.page("/admin/notices")
    assert "Screens stay &lt;b&gt;black&lt;/b&gt;." in page
    assert "by anna" in page
    assert "<li>black screen</li>" in page
    visitor.post("/admin/notices/1/end", {}, form_of="/admin/notices")
    assert visitor.server.ask("black screen")["notice"] is None
    assert "Taken down" in visitor.page("/admin/notices")


@pytest.mark.parametrize(
    ("field", "value"),
    [("text", ""), ("text", "x" * 301), ("url", "javascript:alert(1)"), ("url", "//evil.example/"),
     ("url", "https:"), ("hours", "9999"), ("questions", "x\n" * 21), ("questions", "x" * 301)],
)  # fmt: skip
def test_a_notice_that_cannot_be_shown_is_refused_and_the_field_named(
    make_server: Make, field: str, value: str
) -> None:
    visitor = AdminVisitor(make_server(admin_tokens=TOKENS))
    visitor.log_in()
    form = {"text": "Down", "url": "", "hours": "1", "questions": "", field: value}
    refused = visitor.post("/admin/notices", form, form_of="/admin/notices")
    assert refused.status_code == 422
    assert f"{field}:" in refused.text
