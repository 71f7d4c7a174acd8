"""What a half-typed word is likely to become."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.phrases import NO_PHRASES, Phrases, numbered, running
from kb.index.text import fold, words
from kb.index.words import Terms, build_terms
from kb.search.typed import read_typed

ARTICLES = [
    ["Reset your password", "How do I reset it? Ask for a proof of residence. The card is black."],
    ["Proof of residence", "Reset the card. Your card reader is a car."],
    ["Reset the screen", "Cards are black. The card is back."],
]


def made(articles: list[list[str]]) -> tuple[Phrases, Terms]:
    terms = build_terms([[word for text in texts for word in words(fold(text))] for texts in articles])
    return Phrases.of(running(map(numbered, articles)), terms.vocabulary), terms


@pytest.mark.parametrize(
    ("before", "prefix", "likeliest"),
    [
        ("how do i", "re", "reset"),  # in most articles
        ("i need a proof of", "re", "residence"),  # what follows these words
        ("your card", "re", "reader"),
        ("", "p", "proof"),  # a text begins so
        ("your", "p", "password"),
        ("the card is", "b", "black"),  # in two articles, as back is in one
        ("the screen", "is", "is"),  # a word already
        ("your", "car", "card"),  # one too, but seldom here
        ("the", "card", "card"),
        ("your", "x", None),
    ],
)
def test_a_word_becomes_what_follows_the_words_before_it(
    before: str, prefix: str, likeliest: str | None
) -> None:
    phrases, terms = made(ARTICLES)
    assert phrases.likeliest(words(before), prefix, terms) == likeliest


def test_two_words_before_tell_more_than_one() -> None:
    phrases, terms = made([["pay by card", "log in by code", "send it by code", "put by code"]])
    assert phrases.likeliest(["by"], "c", terms) == "code"
    assert phrases.likeliest(["pay", "by"], "c", terms) == "card"
    assert phrases.likeliest(["please", "pay", "by"], "c", terms) == "card"


def test_what_no_article_looked_at_has_is_not_expected() -> None:
    phrases, terms = made([["the screen"], ["el sistema"], ["la secuencia"]])
    first = terms.among(np.array([True, False, False]))
    assert phrases.likeliest([], "s", first) == "screen"
    assert phrases.likeliest([], "si", first) is None


def test_passages_end_where_they_end() -> None:
    phrases, terms = made([["my card", "paid"], ["my card", "paid"], ["my card pending"]])
    assert phrases.likeliest(["my", "card"], "p", terms) == "pending"
    assert phrases.likeliest([], "p", terms) == "paid"


def test_without_any_text_what_more_articles_use_is_likelier() -> None:
    terms = build_terms([["reset", "residence"], ["reset"], ["re"]])
    assert NO_PHRASES.likeliest(["of"], "res", terms) == "reset"
    assert NO_PHRASES.likeliest(["of"], "re", terms) == "re"


@given(st.lists(st.lists(st.text("ab ä密.", max_size=12), max_size=3), min_size=1, max_size=5), st.data())
def test_the_likeliest_begins_so_and_is_used(articles: list[list[str]], data: st.DataObject) -> None:
    phrases, terms = made(articles)
    before = data.draw(st.lists(st.text("ab", min_size=1, max_size=2), max_size=3))
    prefix = data.draw(st.text("ab", min_size=1, max_size=2))
    found = phrases.likeliest(before, prefix, terms)
    assert (found is None) == (not terms.begins(prefix))
    assert found is None or (found in terms and found.startswith(prefix))


def test_articles_are_told_apart_and_put_together() -> None:
    one, two = numbered(["a b"]), numbered(["c"])
    told = running([one, np.zeros(0, np.uint32), two])
    assert [told.of(number).tolist() for number in range(3)] == [one.tolist(), [], two.tolist()]
    assert running([]).numbers.tolist() == []
    assert numbered(["密碼"]).tolist() == numbered([""]).tolist(), "nothing to complete"


def test_what_was_saved_knows_the_same(tmp_path: Path) -> None:
    phrases, terms = made(ARTICLES)
    phrases.save(tmp_path / "phrases.npz")
    again = Phrases.load(tmp_path / "phrases.npz")
    for before, prefix in (("proof of", "re"), ("your", "p"), ("", "c")):
        assert again.likeliest(words(before), prefix, terms) == phrases.likeliest(
            words(before), prefix, terms
        )


def test_a_compound_is_no_word_behind_the_last() -> None:
    """Of an article that ends in "card" nothing tells that "email" follows it."""
    phrases, terms = made([["send an e-mail with the card"], ["the card expired"]])
    assert phrases.likeliest(["the", "card"], "e", terms) == "expired"


def test_a_letter_that_may_become_anything_becomes_nothing() -> None:
    """Unless it is all there is: some article is meant."""
    phrases, terms = made([["reset my " + word] for word in ("card", "code", "case", "crown")])
    assert phrases.likeliest(["reset", "my"], "c", terms) == ""
    assert phrases.likeliest(["reset", "my"], "ca", terms) == "card"
    assert phrases.likeliest([], "c", terms) is not None
    assert read_typed("reset my c", terms, phrases).meaning == "reset my"
