from __future__ import annotations

import pytest

from kb.settings import load_settings
from kb.usage.floor import above_floor, least_persons


def person(question: str) -> str:
    return question.partition(":")[0]


def test_what_one_person_asked_many_times_is_only_a_number() -> None:
    alone, together = ["ann: a", "ann: a", "ann: a"], ["ann: b", "ben: b"]
    assert above_floor([alone, together], person) == ([together], 3)


def test_an_admin_may_choose_to_see_single_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    assert least_persons(load_settings()) == 2
    monkeypatch.setenv("SELFHELP_SHOW_SINGLE_QUESTIONS", "true")
    assert above_floor([["ann: a"]], person, least_persons(load_settings())) == ([["ann: a"]], 0)
