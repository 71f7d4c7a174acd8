from __future__ import annotations

from datetime import UTC, datetime

from unhelped import row

from kb.search.query import Answer, Query, Suggestion
from kb.store.gaps import GapRow
from kb.store.unhelped import OpenedRow
from kb.usage.diagnosis import MISSING, UNFINDABLE, UNHELPFUL, UNTRANSLATED, Diagnosis, diagnose
from kb.usage.library import Library
from kb.usage.remedy import remedy_of

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def gap_with(found: Diagnosis) -> GapRow:
    return GapRow(
        gap_id=1, label="refund", kind=found.kind, opened_at=NOON, first_seen=NOON, last_seen=NOON, persons=2,
        questions=2, score=1, diagnosis=found.as_json(),
    )  # fmt: skip


def library(confidence: float, locale: str = "en") -> Library:
    """One article that every question finds with one confidence."""

    def answer(query: Query) -> Answer:
        found = Suggestion(
            slug="refund",
            locale=locale,
            title="Get a refund",
            url="/help/en/refund",
            anchor="",
            excerpt="",
            highlights=(),
            confidence=confidence,
            rank=1,
            explanation={},
        )
        return Answer(
            snapshot_id="s", answered=confidence >= 0.15, confidence=confidence, suggestions=(found,)
        )

    return Library(
        ask=answer,
        words_of=lambda _locale, _slug: frozenset({"my", "refund"}),
        title_of=lambda _locale, slug: f"All about a {slug}",
        floor=0.15,
    )


NOTHING = Library(
    ask=lambda _query: Answer(snapshot_id="s", answered=False, confidence=0, suggestions=()),
    words_of=lambda _locale, _slug: frozenset(),
    title_of=lambda _locale, slug: slug,
    floor=0.15,
)


def test_nothing_near_is_missing() -> None:
    assert diagnose([row("ann"), row("ben")], NOTHING).kind == MISSING
    found = diagnose([row("ann"), row("ben")], library(0.05))
    assert (found.kind, found.article) == (MISSING, ("en", "refund"))
    assert "0.05" in found.why


def test_an_article_that_answers_but_was_not_taken_names_the_words_it_lacks() -> None:
    asked = [row("ann", "my cash back", answered=True), row("ben", "cash please", answered=True)]
    found = diagnose(asked, library(0.5))
    assert (found.kind, found.article, found.words) == (UNFINDABLE, ("en", "refund"), ("cash",))
    assert "ignored" in found.why
    assert remedy_of(gap_with(found)).startswith("add the words cash, and some of these questions")


def test_a_word_that_one_person_alone_typed_is_no_advice() -> None:
    asked = [row("ann", "quigley my refund"), row("ann", "refund quigley"), row("ben", "my refund")]
    found = diagnose(asked, library(0.5))
    assert (found.kind, found.words) == (UNFINDABLE, ())
    assert remedy_of(gap_with(found)).startswith("add some of these questions")


def test_an_article_that_is_first_for_all_but_low_stayed_under_the_floor() -> None:
    found = diagnose([row("ann", "cash"), row("ben", "cash")], library(0.2))
    assert found.kind == UNFINDABLE
    assert "under the floor" in found.why


def test_an_article_read_before_tickets_is_unhelpful() -> None:
    read = (OpenedRow(slug="card", locale="en", seconds=30, verdict="not_solved"),)
    found = diagnose([row("ann", opened=read), row("ben", opened=read), row("cleo")], library(0.5))
    assert (found.kind, found.article, found.title) == (UNHELPFUL, ("en", "card"), "All about a card")
    assert found.why.startswith("2 of 3 people opened en/card")


def test_one_reader_does_not_make_an_article_unhelpful() -> None:
    read = (OpenedRow(slug="card", locale="en", seconds=30, verdict=None),)
    assert diagnose([row("ann", opened=read), row("ben")], NOTHING).kind == MISSING


def test_an_article_that_people_say_does_not_help_is_none_that_answers() -> None:
    said = (OpenedRow(slug="refund", locale="en", seconds=60, verdict="not_solved"),)
    asked = [row(name, outcome="left", answered=True, opened=said) for name in ("ann", "ben", "cleo")]
    found = diagnose(asked, library(0.5))
    assert (found.kind, found.article) == (MISSING, ("en", "refund"))
    assert found.why == "3 of 3 people opened en/refund and said that it did not help"
    assert diagnose([asked[0], row("ben", answered=True)], library(0.5)).kind == UNFINDABLE
    wrote = [row(name, outcome="left", taken_back=True, opened=said) for name in ("ann", "ben")]
    assert diagnose(wrote, library(0.5)).kind == UNHELPFUL


def test_an_answer_in_another_language_only_is_untranslated() -> None:
    asked = [row("ann", "remboursement", locale="fr-CA"), row("ben", "remboursement ?", locale="fr")]
    found = diagnose(asked, library(0.5))
    assert (found.kind, found.article, found.asked_in) == (UNTRANSLATED, ("en", "refund"), "fr")
    assert remedy_of(gap_with(found)) == "translate en/refund into fr"


def test_what_is_kept_of_a_diagnosis_holds_nobodys_question() -> None:
    asked = [row("ann", "where is zebra-7 cash"), row("ben", "cash of zebra-8")]
    assert "zebra-7" not in str(diagnose(asked, library(0.5)).as_json())
