"""What became of intents: exclusive, complete, and never in our favour without somebody having said so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visits import NEVER, OFFERED, Visits, at, batch_of, outcomes, settle

from kb.usage.outcomes import OUTCOMES
from kb.usage.settling import settled

HOUR = 3600
NOTHING: dict[str, Any] = {"answered": False, "suggestions": ()}


def visit(**changes: Any) -> Visits:
    return Visits().type(0, "refund please", **changes)


def outcome(one: Visits) -> str:
    (row,) = settle(one)
    return row.outcome


def read(one: Visits, seconds: float = 10) -> Visits:
    return one.do(5, "opened", "refund").do(20, "closed", "refund", seconds=seconds)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (read(visit()).do(30, "submitted"), "submitted_after_reading"),
        (read(visit()).do(22, "solved", "refund").write(30), "submitted_after_reading"),
        (read(visit(), 9).do(30, "submitted"), "submitted"),
        (visit(**NOTHING).write(30), "submitted"),
        (visit(failed=True, **NOTHING).write(30), "submitted"),
        (visit().do(5, "solved", "refund"), "confirmed"),
        (visit().do(5, "solved"), "confirmed"),
        (visit().do(5, "not_solved", "card").do(9, "solved", "refund"), "confirmed"),
        (visit().do(5, "solved", "refund").do(9, "not_solved", "refund"), "left"),
        (visit().do(5, "solved", "refund").do(5, "not_solved", "refund"), "left"),
        (read(visit()), "assumed"),
        (read(visit(), 9.9), "left"),
        (read(visit()).do(22, "not_solved", "refund"), "left"),
        (visit().do(5, "opened", "refund"), "left"),
        (visit(), "left"),
        (visit(answered=False), "left"),
        (read(visit(answered=False)).do(30, "solved", "refund"), "confirmed"),
        (visit(answered=False, held_out=True), "unoffered"),
        (visit(**NOTHING), "unoffered"),
        (visit(held_out=True), "unoffered"),
        (visit(failed=True, **NOTHING), "error"),
        (visit(failed=True, **NOTHING).type(9, "refund please", **NOTHING), "unoffered"),
        (visit(**NOTHING).type(9, "refund please sir", failed=True, **NOTHING), "error"),
        (visit().type(9, "refund please sir", failed=True, **NOTHING), "left"),
    ],
)
def test_the_first_that_fits(one: Visits, expected: str) -> None:
    assert outcome(one) == expected


@pytest.mark.parametrize(
    "forged",
    [
        visit(held_out=True).do(5, "solved", "refund"),
        visit(**NOTHING).do(5, "solved", "refund"),
        visit(**NOTHING).do(5, "closed", "refund", seconds=60),
        visit(**NOTHING).do(5, "solved", "refund", query_id="another session's"),
    ],
)
def test_nothing_is_solved_where_nothing_was_offered(forged: Visits) -> None:
    assert outcome(forged) == "unoffered"


def test_the_time_that_counts_as_reading_can_be_set() -> None:
    (row,) = settled(batch_of([read(visit(), 12)]), read_seconds=15)
    assert (row.outcome, row.articles[1].read) == ("left", False)


def test_articles_tell_what_was_offered_shown_opened_and_said() -> None:
    typed = Visits().type(0, "re", suggestions=(("rest", "en"), ("rent", "en"))).do(1, "shown", "rent")
    typed.do(1, "shown", "never-suggested").type(2, "refund please")
    typed.do(3, "opened", "card").do(9, "closed", "card", seconds=5).do(20, "closed", "card", seconds=3)
    (row,) = settle(typed.do(21, "not_solved", "card").do(30, "opened", "linked"))
    told = {one.slug: (one.rank, one.opened, one.seconds, one.verdict) for one in row.articles}
    assert told == {
        "rent": (2, False, 0, None),
        "refund": (1, False, 0, None),
        "card": (2, True, 5, "not_solved"),
        "linked": (None, True, 0, None),
    }


@pytest.mark.parametrize("page", ["en-US", None])
def test_an_article_that_a_link_led_to_is_told_by_its_own_locale(page: str | None) -> None:
    led = visit(locale=page).do(5, "opened", "linked").do(9, "opened", "foreign").do(12, "opened", "new")
    (row,) = settle(led)
    told = {one.slug: one.locale for one in row.articles if one.rank is None}
    assert told == {"linked": "en", "foreign": "de", "new": "en"}
    (row,) = settle(visit(locale="en-US", **NOTHING).do(5, "opened", "linked"))
    assert row.articles[0].locale == "en"


def test_effort_is_the_last_score_given() -> None:
    (row,) = settle(visit().do(5, "effort", score=2.0).do(9, "effort", score=4.0))
    assert row.effort == 4


@pytest.mark.parametrize(("hours", "taken"), [(0.1, True), (71.9, True), (72.1, False), (-1, False)])
def test_a_ticket_of_the_same_person_within_72_hours_takes_the_credit_back(hours: float, taken: bool) -> None:
    (row,) = settle(visit().do(5, "solved", "refund").write(hours * HOUR, person="ann"))
    assert (row.outcome, row.taken_back) == ("confirmed", taken)


@pytest.mark.parametrize(("hours", "taken"), [(71, True), (140, False)])
def test_a_tab_that_is_closed_days_later_makes_the_credit_no_easier_to_lose(
    hours: float, taken: bool
) -> None:
    late = visit().do(5, "solved", "refund").do(76 * HOUR, "closed", "refund").do(76 * HOUR, "left")
    (row,) = settle(late.write(hours * HOUR, person="ann"))
    assert (row.ended_at, row.taken_back) == (at(5), taken)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(29, ("submitted", False)), (31, ("confirmed", True)), (200 * 60, ("confirmed", False))],
)
def test_a_ticket_that_names_no_question_is_about_what_was_asked_in_the_same_visit(
    minutes: float, expected: tuple[str, bool]
) -> None:
    (row,) = settle(visit().do(5, "solved", "refund").write(60 * minutes, query_id=None))
    assert (row.outcome, row.taken_back) == expected


def test_a_form_sent_in_another_session_of_the_same_person_takes_it_back_too() -> None:
    later = Visits("s2").type(HOUR, "refund again").do(HOUR + 9, "submitted")
    first, second = settle(visit().do(5, "solved", "refund"), later)
    assert (first.taken_back, second.taken_back) == (True, False)


def test_the_ticket_of_somebody_else_takes_nothing_back() -> None:
    later = Visits("s2", person="ben").type(HOUR, "refund again").write(HOUR + 9)
    assert [row.taken_back for row in settle(visit(), later)] == [False, False]


@pytest.mark.parametrize("traffic", ["bot", "test", "canary"])
def test_what_the_server_knows_of_who_came_stands(traffic: str) -> None:
    (row,) = settle(Visits(traffic=traffic).type(0, "refund"))
    assert row.traffic == traffic


def test_whoever_asks_whole_questions_every_three_seconds_is_a_machine() -> None:
    machine, human = Visits(), Visits("s2", person="ben")
    for number, text in enumerate(["black screen", "refund", "my invoice", "log in", "new card", "closing"]):
        machine.type(3 * number, text)
        human.type(20 * number, text)
    assert {row.traffic for row in settle(machine)} == {"bot"}
    assert {row.traffic for row in settle(human)} == {"person"}


def test_whoever_asks_more_than_a_hundred_questions_a_day_is_no_customer() -> None:
    sessions = [Visits(f"s{n}").type(600 * n, "refund").type(600 * n + 99, "screen") for n in range(51)]
    assert {row.traffic for row in settle(*sessions)} == {"bot"}
    assert {row.traffic for row in settle(*sessions[:50])} == {"person"}


def test_a_name_that_everybody_has_is_nobodys() -> None:
    (row,) = settle(Visits(person=None, crowd=True).type(0, "refund"))
    assert (row.traffic, row.known) == ("bot", False)


STATE = st.tuples(
    st.integers(0, 4000),
    st.sampled_from(["", "refund", "refund please", "screen", "refund or screen"]),
    st.fixed_dictionaries(
        {
            "answered": st.booleans(),
            "held_out": st.booleans(),
            "failed": st.booleans(),
            "suggestions": st.sampled_from([(), OFFERED, (("screen", "en"),)]),
        }
    ),
)
DEED = st.tuples(
    st.integers(-4000, 90_000),
    st.sampled_from(["shown", "opened", "closed", "solved", "not_solved", "submitted", "left", "effort"]),
    st.sampled_from(["", "refund", "screen"]),
    st.integers(0, 20),
)


@st.composite
def sessions(draw: st.DrawFn) -> list[Visits]:
    """Up to three sessions of two people, with tickets; forged and impossible things among it."""
    made = []
    for name in draw(st.lists(st.sampled_from("abc"), max_size=3, unique=True)):
        one = Visits(name, person=draw(st.sampled_from(["ann", "ben", None])))
        for second, text, changes in draw(st.lists(STATE, max_size=6)):
            one.type(second, text, **changes)
            for moment, kind, slug, seconds in draw(st.lists(DEED, max_size=3)):
                one.do(moment, kind, slug, seconds=seconds, score=float(seconds))
        for second in draw(st.lists(st.integers(0, 300_000), max_size=2)):
            one.write(second, person=draw(st.sampled_from(["ann", None])))
        made.append(one)
    return made


@given(sessions())
def test_outcomes_are_exclusive_and_complete(made: list[Visits]) -> None:
    """Every settled state is in one intent, every intent has one outcome, and flags agree with it."""
    rows = settle(*made)
    assert set(outcomes(rows)) <= set(OUTCOMES)
    questions = [question.query_id for row in rows for question in row.questions]
    assert len(questions) == len(set(questions))
    assert len({row.intent_id for row in rows}) == len(rows)
    for row in rows:
        assert row.offered or row.outcome not in ("confirmed", "assumed", "left")
        assert not (row.offered and row.outcome in ("unoffered", "error"))
        assert not (row.taken_back and row.outcome.startswith("submitted"))
        assert (row.submit_seconds is not None) == row.outcome.startswith("submitted")
        assert row.ended_at >= row.started_at


@given(sessions(), st.randoms(use_true_random=False))
def test_the_order_in_which_anything_arrives_changes_nothing(made: list[Visits], random: Any) -> None:
    expected = settled(batch_of(made))
    shuffled = []
    for one in made:
        other = replace(one, asked=list(one.asked), events=list(one.events), tickets=list(one.tickets))
        for part in (other.asked, other.events, other.tickets):
            random.shuffle(part)
        shuffled.append(other)
    random.shuffle(shuffled)
    assert settled(batch_of(shuffled)) == expected


@given(sessions())
def test_what_is_settled_early_is_settled_the_same_way_later(made: list[Visits]) -> None:
    """As long as nothing more is kept: the moment of settling decides only what is ready."""
    early = settle(*made, before=at(2000))
    assert [
        row for row in settle(*made, before=NEVER) if row.intent_id in {one.intent_id for one in early}
    ] == early
