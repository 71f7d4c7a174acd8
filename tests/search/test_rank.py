"""Which articles come, and which stand before which, with an encoder that fits on paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from centre import paper_index, write

from kb.index.index import Index
from kb.index.ranking import Weights
from kb.index.topic_encoder import TopicEncoder
from kb.search.rank import Ranker
from kb.search.typed import read_typed

ARTICLES = {
    "en/refund.md": "# Get a refund\n\nWe pay.\n",
    "en/screen.md": "---\ntitle: The screen is dark\nquestions: [No picture on a screen]\n---\nTurn it on.\n",
    "en/card.md": "# Change your card\n\nType its number.\n",
    "en/hidden.md": "---\ntitle: Refund and card for staff\nsuggest: false\n---\n\nRefund card.\n",
    "es/refund.md": "# Pedir un refund\n\nPagamos.\n",
    "es/solo.md": "# El refund de siempre\n\nPagamos.\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("articles")
    return paper_index(write(folder, ARTICLES))


def ranked(index: Index, question: str, locale: str | None = "en") -> list[str]:
    typed = read_typed(question, index.words)
    vector = TopicEncoder().encode_questions([typed.meaning])[0]
    found = Ranker(index).rank(typed, vector, locale, Weights())
    assert sorted(found.scores.tolist(), reverse=True) == found.scores.tolist()
    return [f"{index.locales[row]}/{index.slugs[row]}" for row in found.articles.tolist()]


@pytest.mark.parametrize("slug", ["refund", "screen", "card"])
def test_the_article_about_the_topic_comes_first(index: Index, slug: str) -> None:
    assert ranked(index, f"my {slug}")[0] == f"en/{slug}"


def test_words_find_what_the_encoder_does_not_know(index: Index) -> None:
    assert ranked(index, "type the number")[0] == "en/card"
    assert ranked(index, "no pict")[0] == "en/screen"


def test_an_article_that_is_not_to_be_suggested_never_is(index: Index) -> None:
    for question in ("refund card", "staff", "refund and card for staff"):
        for locale in ("en", "es", None, "fr"):
            assert "en/hidden" not in ranked(index, question, locale)


def test_a_locale_is_answered_from_its_own_articles_first(index: Index) -> None:
    assert set(ranked(index, "refund", "es")[:2]) == {"es/refund", "es/solo"}
    assert ranked(index, "refund", "en")[0] == "en/refund"


def test_what_exists_in_another_locale_only_is_offered_when_it_is_meant(index: Index) -> None:
    assert ranked(index, "change card", "es")[0] == "en/card"


def test_a_translated_article_is_never_offered_in_another_language(index: Index) -> None:
    assert "en/refund" not in ranked(index, "get a refund", "es")


@pytest.mark.parametrize("locale", [None, "fr"])
def test_a_locale_without_articles_is_answered_from_all_one_place_a_slug(
    index: Index, locale: str | None
) -> None:
    found = ranked(index, "get a refund", locale)
    assert found[0] == "en/refund"
    slugs = [name.split("/")[1] for name in found]
    assert sorted(slugs) == ["card", "refund", "screen", "solo"]


def test_signals_by_hand(index: Index) -> None:
    """The question lies on the refund axis: that title's cosine is 1, and the others' 0."""
    typed = read_typed("refund", index.words)
    vector = TopicEncoder().encode_questions(["refund"])[0]
    candidates, signals = Ranker(index).signals(typed, vector, "en")
    own = [row for row, number in enumerate(candidates) if index.locales[number] == "en"]
    assert [index.slugs[number] for number in candidates[own]] == ["card", "refund", "screen"]
    signals = {name: values[own] for name, values in signals.items()}
    expected = index.common.scaled(np.array([0, 1, 0], dtype=np.float32))
    assert signals["title"] == pytest.approx(expected)
    names = np.array([1, 1, 2])
    assert signals["topic"] == pytest.approx((names * expected + signals["meaning"]) / (names + 1))
    assert (signals["meaning"] > expected).any()
    assert (signals["words"] > 0).tolist() == [False, True, False]
    assert (signals["grams"] > 0).tolist() == [False, True, False]


def test_nothing_that_may_be_suggested_is_nothing_found(tmp_path: Path) -> None:
    hidden = paper_index(write(tmp_path, {"a.md": "---\ntitle: Refund\nsuggest: false\n---\n"}))
    assert ranked(hidden, "refund") == []
