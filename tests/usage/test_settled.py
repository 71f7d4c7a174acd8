"""Keystrokes become questions: what was meant, not what was on the way there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.usage.settled import settled_questions, settled_runs

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TEXTS = st.lists(st.text("ab c退款1@", max_size=8), max_size=12)


def asked(*states: tuple[float, str]) -> list[str]:
    """The questions of states, each with its second."""
    texts = [text for _, text in states]
    moments = [NOON + timedelta(seconds=second) for second, _ in states]
    return [texts[run.settled] for run in settled_runs(texts, moments)]


@given(st.lists(st.text("abc ", min_size=1, max_size=12)))
def test_typing_letter_by_letter_asks_what_was_asked(asked: list[str]) -> None:
    """The field is emptied between questions, or else "ab" after "aa" is an edit of it."""
    keystrokes = [q[:n] for q in asked for n in range(len(q) + 1)]
    assert settled_questions(keystrokes) == asked


@given(st.lists(st.text("abc ", min_size=1, max_size=12)))
def test_deleting_letter_by_letter_asks_nothing_more(asked: list[str]) -> None:
    typed = [[q[:n] for n in (*range(1, len(q) + 1), *range(len(q), -1, -1))] for q in asked]
    assert settled_questions([text for one in typed for text in one]) == asked


@given(TEXTS, st.data())
def test_every_state_is_part_of_one_run_and_every_question_was_typed(
    texts: list[str], data: st.DataObject
) -> None:
    waits = data.draw(st.lists(st.integers(0, 60), min_size=len(texts), max_size=len(texts)))
    moments = [NOON + timedelta(seconds=sum(waits[: n + 1])) for n in range(len(texts))]
    runs = settled_runs(texts, moments)
    places = [place for run in runs for place in range(run.start, run.end)]
    assert places == [place for place, text in enumerate(texts) if text]
    assert all(run.start <= run.settled < run.end for run in runs)


@given(TEXTS)
def test_asking_the_settled_questions_settles_them_again(texts: list[str]) -> None:
    once = settled_questions(texts)
    assert settled_questions([part for q in once for part in (q, "")]) == once


@pytest.mark.parametrize(
    "states",
    [
        ["res", "reset my p", "reset my password"],
        ["reset my pasword", "reset my pas", "reset my password"],
        ["how do i resst", "how do i reset my password"],
        ["reset pasword on mac", "reset password on mac"],
        ["my password", "reset my password"],
        ["reset my password please", "reset my password"],
        ["how do i log in", "how do i", "how do i sign in"],
        ["忘記", "忘記密", "忘記密碼"],
        ["order 123", "order 12345", "order [number]", "order [number] is late"],
        ["write to ann", "write to ann@exam", "write to [email]", "write to [email] please"],
    ],
    ids=lambda states: states[-1],
)
def test_typing_on_deleting_and_mending_a_typo_is_one_question(states: list[str]) -> None:
    assert settled_questions(states) == states[-1:]


@pytest.mark.parametrize(
    ("states", "questions"),
    [
        (["black screen", "refund"], ["black screen", "refund"]),
        (["black screen", "bla", "refund"], ["black screen", "refund"]),
        (["cannot log in", "can", "can i get a refund"], ["cannot log in", "can i get a refund"]),
        (["cannot log in", "can"], ["cannot log in"]),
        (["退款", "退貨"], ["退款", "退貨"]),
        (["cat", "cow"], ["cat", "cow"]),
        ([" ", "a"], [" ", "a"]),
        (["a", "", "a"], ["a", "a"]),
        ([], []),
        (["", ""], []),
    ],
)
def test_another_text_is_another_question_and_what_is_left_of_one_is_none(
    states: list[str], questions: list[str]
) -> None:
    assert settled_questions(states) == questions


def test_a_pause_of_more_than_30_seconds_settles_what_was_typed() -> None:
    assert asked((0, "my printer"), (30, "my printer jams")) == ["my printer jams"]
    assert asked((0, "my printer"), (31, "my printer jams")) == ["my printer", "my printer jams"]


def test_a_run_may_last_as_long_as_typing_does() -> None:
    assert asked(*((20 * n, "x" * (n + 1)) for n in range(30))) == ["x" * 30]


def test_texts_as_long_as_the_api_takes_cost_little() -> None:
    """A hundred edits of 20,000 characters, each in another place."""
    text = "words and more of them " * 870
    states = [text[: 150 * n] + "typo" + text[150 * n :] + "x" * n for n in range(100)]
    started = perf_counter()
    settled_questions(states)
    assert perf_counter() - started < 2


def test_a_paste_without_a_space_costs_little() -> None:
    states = ["]" * 10_000 + "x" * n + " 1" for n in range(100)]
    started = perf_counter()
    settled_questions(states)
    assert perf_counter() - started < 2
