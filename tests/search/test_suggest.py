"""Whole answers from one snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from centre import paper_snapshot, write

from kb.index.ranking import Calibration, Ranking
from kb.index.topic_encoder import TopicEncoder
from kb.search.query import Answer, Query
from kb.search.suggest import Searcher

ARTICLES = {
    "en/refund.md": "---\ntitle: Get a refund\nquestions: [I want my money back]\n---\n\nWe pay.\n\n"
    "## How long it takes\n\nThe bank needs ten days for it.\n",
    "en/screen.md": "# The screen is dark\n\nTurn it on.\n",
    "en/card.md": "---\ntitle: Change your card\nurl: https://help.example/card\n---\n\nType its number.\n",
    "en/heading.md": "# Only a heading about invoices\n",
    "zh-TW/refund.md": "# 申請退款\n\n我們會付款。\n",
    "zh-CN/refund.md": "# 申请退款\n\n我们会付款。\n",
    "pt-BR/refund.md": "# Reembolso\n\nPagamos.\n",
}
MANY = 10
Ask = Callable[..., Answer]


def sure(chance: str) -> Ranking:
    """A ranking whose first suggestion always has the same confidence: about 0.88 or 0.12."""
    intercept = {"high": 2.0, "low": -2.0}[chance]
    return Ranking(calibration=Calibration(intercept=intercept, standing=0, typed=0, words=0, share=0))


@pytest.fixture(scope="module")
def make_searcher(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Searcher]:
    folder = tmp_path_factory.mktemp("centre")
    articles = write(folder / "articles", ARTICLES)
    made: dict[str, Searcher] = {}

    def make(chance: str) -> Searcher:
        if chance not in made:
            snapshot = paper_snapshot(articles, folder / chance, sure(chance))
            made[chance] = Searcher(snapshot, TopicEncoder(), floor=0.3)
        return made[chance]

    return make


@pytest.fixture
def ask(make_searcher: Callable[[str], Searcher]) -> Ask:
    def ask(text: str, locale: str | None = "en", chance: str = "high", **fields: float) -> Answer:
        limit = int(fields.pop("limit", 3))
        query = Query(text=text, locale=locale, limit=limit, min_confidence=fields.get("min_confidence"))
        return make_searcher(chance).suggest(query)

    return ask


def test_a_suggestion_says_all_that_a_form_shows(ask: Ask) -> None:
    answer = ask("how long does a refund take, ten days?")
    first = answer.suggestions[0]
    assert (first.slug, first.locale, first.title, first.rank) == ("refund", "en", "Get a refund", 1)
    assert (first.url, first.anchor) == ("/help/en/refund", "how-long-it-takes")
    assert first.excerpt == "The bank needs ten days for it."
    assert [first.excerpt[start:end] for start, end in first.highlights] == ["ten", "days"]
    assert answer.answered
    assert answer.confidence == first.confidence == pytest.approx(0.88, abs=0.01)


def test_an_article_that_lives_elsewhere_keeps_its_address(ask: Ask) -> None:
    assert ask("card").suggestions[0].url == "https://help.example/card"


def test_no_excerpt_comes_from_a_title_or_from_what_customers_ask(ask: Ask) -> None:
    for question in ("get a refund", "I want my money back", "money back"):
        for suggestion in ask(question, limit=MANY, min_confidence=0).suggestions:
            assert "money" not in suggestion.excerpt
            assert "refund" not in suggestion.excerpt


@pytest.mark.parametrize(
    ("text", "page", "marked"), [("dark numbering", "en", ["number"]), ("pagamos numbering", "pt-BR", [])]
)
def test_words_that_begin_alike_are_marked_in_the_question_s_language_only(
    ask: Ask, text: str, page: str, marked: list[str]
) -> None:
    everything = ask(text, page, limit=MANY, min_confidence=0).suggestions
    (card,) = (one for one in everything if one.slug == "card")
    assert card.excerpt == "Type its number."
    assert [card.excerpt[start:end] for start, end in card.highlights] == marked


def test_an_article_that_is_only_a_heading_is_found_without_an_excerpt(ask: Ask) -> None:
    first = ask("invoices").suggestions[0]
    assert (first.slug, first.excerpt, first.highlights, first.anchor) == ("heading", "", (), "")


def test_ranks_count_from_one_and_confidence_falls(ask: Ask) -> None:
    suggestions = ask("refund", limit=MANY, min_confidence=0).suggestions
    assert [one.rank for one in suggestions] == list(range(1, len(suggestions) + 1))
    chances = [one.confidence for one in suggestions]
    assert chances == sorted(chances, reverse=True)
    assert len(ask("refund", limit=2, min_confidence=0).suggestions) == 2


def test_under_the_floor_nothing_is_suggested_and_nought_shows_all(ask: Ask) -> None:
    unlikely = ask("refund", chance="low")
    assert (unlikely.answered, unlikely.suggestions) == (False, ())
    assert unlikely.confidence == pytest.approx(0.12, abs=0.01)
    everything = ask("refund", chance="low", min_confidence=0)
    assert len(everything.suggestions) == 3
    assert not everything.answered
    assert ask("refund", chance="high", min_confidence=0.95).suggestions == ()


@pytest.mark.parametrize("text", ["", " ", "🙂", "🙂🙂 🎉", "?!", "\x00", "\n\n"])
def test_a_question_without_a_letter_is_answered_by_nothing(ask: Ask, text: str) -> None:
    answer = ask(text, min_confidence=0)
    assert (answer.answered, answer.confidence, answer.suggestions) == (False, 0, ())


def test_even_without_a_floor_nothing_found_is_no_answer(make_searcher: Callable[[str], Searcher]) -> None:
    searcher = Searcher(make_searcher("high").snapshot, TopicEncoder(), floor=0)
    assert not searcher.suggest(Query(text="🙂")).answered
    assert searcher.suggest(Query(text="refund")).answered


@pytest.mark.parametrize(
    "text", ["r", "退", "9", "refund 🙂", "refund " * 1429, "x" * 10_000, "退款" * 5_000]
)
def test_one_letter_and_ten_thousand_are_questions_like_others(ask: Ask, text: str) -> None:
    answer = ask(text, min_confidence=0)
    assert 0 < len(answer.suggestions) <= 3
    assert len({one.slug for one in answer.suggestions}) == len(answer.suggestions)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("en", "en"), ("en-GB", "en"), ("EN_us", "en"), ("pt", "pt-BR"), ("pt-PT", "pt-BR"),
        ("zh_tw", "zh-TW"), ("zh-CN", "zh-CN"), ("zh", "zh-CN"), ("zh-HK", "zh-TW"),
        ("zh-Hant", "zh-TW"), ("zh-Hant-HK", "zh-TW"), ("zh-Hans-SG", "zh-CN"), ("zh-SG", "zh-CN"),
        ("fr", None), ("", None), (None, None), ("x" * 500, None), ("-", None), ("🙂", None),
    ],
)  # fmt: skip
def test_a_page_s_language_finds_the_nearest_locale(
    make_searcher: Callable[[str], Searcher], asked: str | None, answered: str | None
) -> None:
    assert make_searcher("high").match_locale(asked) == answered


def test_an_unknown_locale_is_answered_from_all(ask: Ask) -> None:
    assert ask("refund", locale="fr").suggestions[0].slug == "refund"


def test_what_is_shown_keeps_its_place_unless_something_is_clearly_likelier(
    make_searcher: Callable[[str], Searcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    query = Query(text="refund", locale="en", limit=2, min_confidence=0)
    everything = make_searcher("high").suggest(replace(query, limit=MANY))
    order = [one.slug for one in everything.suggestions]
    typed_on = replace(query, shown=(order[3], "gone-since"))
    assert [one.slug for one in make_searcher("high").suggest(typed_on).suggestions] == order[:2]
    monkeypatch.setattr("kb.search.steady.MARGIN", 1000)
    kept = make_searcher("high").suggest(typed_on)
    assert [one.slug for one in kept.suggestions] == [order[0], order[3]]
    assert [one.rank for one in kept.suggestions] == [1, 2]
    confidences = {one.slug: one.confidence for one in everything.suggestions}
    assert [one.confidence for one in kept.suggestions] == [confidences[order[0]], confidences[order[3]]]
    assert (kept.answered, kept.confidence) == (everything.answered, everything.confidence)


def test_many_asked_at_once_are_ranked_as_each_alone(make_searcher: Callable[[str], Searcher]) -> None:
    searcher = make_searcher("high")
    asked = [("refund", "en"), ("dark scr", None), ("🙂", "en"), ("退款", "zh-TW"), ("", None)]
    for (text, locale), (typed, together) in zip(asked, searcher.rank_many(asked), strict=True):
        alone = searcher.rank(text, locale)
        assert typed == alone[0]
        assert together.articles.tolist() == alone[1].articles.tolist()
        assert together.scores == pytest.approx(alone[1].scores)


def test_an_explanation_adds_up_to_the_score(ask: Ask) -> None:
    for suggestion in ask("refund", limit=MANY, min_confidence=0).suggestions:
        explanation = suggestion.explanation
        signals = explanation["signals"]
        assert isinstance(signals, dict)
        total = sum(signal["value"] * signal["weight"] for signal in signals.values())
        assert total == pytest.approx(explanation["score"], rel=1e-3, abs=0.01)


def test_words_are_common_among_the_articles_of_their_language(tmp_path: Path) -> None:
    """ "The" is in each English article, and in a sixth of all."""
    files = {f"en/{n}.md": f"# Card {n}\n\nThe card {n} is in the post.\n" for n in range(3)}
    others = ("de", "es", "fr", "it", "nl")
    files |= {f"{locale}/{n}.md": f"# Karte {n}\n" for locale in others for n in range(3)}
    snapshot = paper_snapshot(write(tmp_path / "articles", files), tmp_path / "made", sure("high"))
    answer = Searcher(snapshot, TopicEncoder(), floor=0).suggest(Query(text="the post card", locale="en"))
    first = answer.suggestions[0]
    assert [first.excerpt[start:end] for start, end in first.highlights] == []


def test_the_encoder_is_asked_with_the_accents_of_the_articles(tmp_path: Path) -> None:
    """Words are completed and corrected as they are looked up, without."""
    files = {"de/card.md": "# Card kündigen\n\nKündigen: Störungen melden.\n"}
    snapshot = paper_snapshot(write(tmp_path / "articles", files), tmp_path / "made", sure("high"))
    searcher = Searcher(snapshot, TopicEncoder(), floor=0)
    asked = [searcher.rank(text, "de")[0].meaning for text in ("card künd", "card kuend", "stoerungen card")]
    assert asked == ["card kündigen", "card kündigen", "störungen card"]
