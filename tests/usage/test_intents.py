"""What is one problem and what are two."""

from __future__ import annotations

from datetime import timedelta

import pytest
from visits import NOON, Visits, at, settle

MINUTE = 60
CARD = {"suggestions": (("card", "en"),)}
SCREEN = {"suggestions": (("screen", "en"),)}


def texts(*visits: Visits) -> list[list[str]]:
    """The settled questions of each intent."""
    asked = {one.query_id: one.text for visit in visits for one in visit.asked}
    return [[asked[question.query_id] for question in row.questions] for row in settle(*visits)]


def test_typing_and_rewording_are_one_intent_with_its_settled_questions() -> None:
    visit = Visits().type(0, "refu").type(1, "refund").type(2, "refund for order")
    visit.type(40, "order never came, money back", **CARD).type(50, "refund of order")
    assert texts(visit) == [["refund for order", "order never came, money back", "refund of order"]]


def test_its_name_is_its_first_settled_question() -> None:
    (row,) = settle(Visits().type(0, "refu").type(1, "refund").type(60, "refund please"))
    assert row.intent_id == "s1-1"


def test_half_an_hour_of_silence_ends_it() -> None:
    assert len(settle(Visits().type(0, "refund").type(30 * MINUTE - 1, "refund"))) == 1
    assert len(settle(Visits().type(0, "refund").type(30 * MINUTE, "refund"))) == 2


@pytest.mark.parametrize("end", ["submitted", "solved"])
def test_another_problem_begins_after_one_was_sent_or_solved(end: str) -> None:
    visit = Visits().type(0, "black screen").do(5, end).type(60, "missing invoice")
    assert texts(visit) == [["black screen"], ["missing invoice"]]


def test_a_ticket_ends_an_intent_like_a_form_that_was_sent() -> None:
    visit = Visits().type(0, "black screen").write(5).type(60, "missing invoice")
    assert texts(visit) == [["black screen"], ["missing invoice"]]


def test_a_form_refused_and_sent_again_is_one_intent() -> None:
    visit = Visits().type(0, "black screen").do(5, "submitted").type(60, "black screen on mac").write(70)
    assert texts(visit) == [["black screen", "black screen on mac"]]


def test_a_wholly_different_question_is_another_problem_when_other_articles_answer_it() -> None:
    visit = Visits().type(0, "black screen", **SCREEN).type(60, "change my card", **CARD)
    assert texts(visit) == [["black screen"], ["change my card"]]


@pytest.mark.parametrize(
    "other",
    [{"answered": False, "suggestions": ()}, SCREEN, {"suggestions": (("card", "en"), ("screen", "en"))}],
)
def test_other_words_for_what_the_same_articles_or_none_answer_are_the_same_problem(
    other: dict[str, object],
) -> None:
    visit = Visits().type(0, "black screen", **SCREEN).type(60, "monitor stays dark", **other)
    assert texts(visit) == [["black screen", "monitor stays dark"]]


def test_another_page_with_another_question_is_another_visit() -> None:
    visit = Visits().type(0, "black screen").type(60, "missing invoice", page="https://shop.example/b")
    assert len(texts(visit)) == 2
    visit = Visits().type(0, "black screen").type(60, "black screen", page="https://shop.example/b")
    assert len(texts(visit)) == 1


def test_a_search_of_the_help_centre_is_no_visit_to_the_form() -> None:
    visit = Visits().type(0, "black screen", search=True).type(60, "black screen")
    rows = settle(visit)
    assert [row.traffic for row in rows] == ["search", "person"]


def test_nothing_is_settled_that_may_still_go_on() -> None:
    visit = Visits().type(0, "refund").type(45 * MINUTE, "invoice")
    rows = settle(visit, before=at(45 * MINUTE) - timedelta(seconds=1))
    assert [row.started_at for row in rows] == [NOON]


def test_places_and_times_are_those_of_the_first_state() -> None:
    visit = Visits().type(0, "ref", locale="de", page="https://shop.example/a").type(9, "refund")
    (row,) = settle(visit.do(20, "opened", "refund").write(29))
    assert (row.locale, row.page) == ("de", "https://shop.example/a")
    assert (row.started_at, row.ended_at, row.submit_seconds) == (NOON, at(29), 29)


@pytest.mark.parametrize(("person", "name", "known"), [("ann", "ann", True), (None, "s1", False)])
def test_whose_it_is_and_whether_that_is_known(person: str | None, name: str, known: bool) -> None:
    (row,) = settle(Visits(person=person).type(0, "refund"))
    assert (row.person, row.known) == (name, known)
