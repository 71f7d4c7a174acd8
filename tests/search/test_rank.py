"""Which articles come, and which stand before which, with an encoder that fits on paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from centre import paper_index, write

from kb.index.index import Index
from kb.index.late import TokenVectors
from kb.index.ranking import Weights
from kb.index.topic_encoder import TopicEncoder
from kb.search.rank import NAMES, Ranker
from kb.search.typed import read_typed

ARTICLES = {
    "en/refund.md": "# Refund money\n\nWe pay.\n",
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
    typed = Ranker(index, TopicEncoder()).read(question, locale)
    asked = TopicEncoder().encode_questions([typed.meaning])[0]
    found = Ranker(index, TopicEncoder()).rank(typed, asked, locale, Weights())
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


def test_what_is_not_translated_counts_as_covering_what_the_best_translated_one_does(index: Index) -> None:
    """No English word is in a Spanish question: that it is missing says nothing."""
    asked = TopicEncoder().encode_questions(["pedir un refund"])[0]
    read = read_typed("pedir un refund", index.words)
    candidates, signals = Ranker(index, TopicEncoder()).signals(read, asked, "es", Weights())
    own = np.array([index.locales[number] == "es" for number in candidates])
    assert sorted(index.slugs[number] for number in candidates[~own]) == ["card", "screen"]
    for name in ("words", "grams"):
        assert signals[name][own].min() < signals[name][own].max()
        assert signals[name][~own].tolist() == [signals[name][own].max()] * 2


def test_a_translated_article_is_never_offered_in_another_language(index: Index) -> None:
    assert "en/refund" not in ranked(index, "get a refund", "es")


LANGUAGES = {
    "en/money.md": "# Get money back\n\nWhere to click so that we pay you.\n",
    "en/dark.md": "# A dark screen\n\nWhat to do when you see nothing.\n",
    "en/staff.md": "---\ntitle: Rules for staff\nsuggest: false\n---\n",
    "es/money.md": "# Recuperar el dinero\n\nDónde hay que pulsar para que te paguemos.\n",
    "es/dark.md": "# La pantalla está oscura\n\nQué hacer cuando no se ve nada.\n",
    "es/staff.md": "# Normas del personal\n",
    "es/vacation.md": "# Horario de verano\n",
}


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("cuando no veo nada en la pantalla", "dark"),
        ("dónde pulsar para recuperar din", "money"),
        ("see nothing on a dark scre", "dark"),
    ],
)
@pytest.mark.parametrize("locale", ["en", "es"])
def test_a_question_in_another_language_is_answered_by_its_words_with_the_pages_article(
    tmp_path: Path, question: str, first: str, locale: str
) -> None:
    assert ranked(paper_index(write(tmp_path, LANGUAGES)), question, locale)[0] == f"{locale}/{first}"


def test_between_languages_too_nothing_is_offered_that_may_not_be(tmp_path: Path) -> None:
    index = paper_index(write(tmp_path, LANGUAGES))
    assert ranked(index, "normas del personal en verano", "es")[0] == "es/staff"
    found = ranked(index, "normas del personal en verano", "en")
    assert found[0] == "es/vacation"
    assert sorted(found) == ["en/dark", "en/money", "es/vacation"]


@pytest.mark.parametrize("locale", [None, "fr"])
def test_on_a_page_in_no_language_of_the_articles_a_question_is_answered_in_its_own(
    tmp_path: Path, locale: str | None
) -> None:
    index = paper_index(write(tmp_path, LANGUAGES))
    assert ranked(index, "cuando no veo nada en la pantalla", locale)[0] == "es/dark"
    assert ranked(index, "see nothing on a dark scre", locale)[0] == "en/dark"


@pytest.mark.parametrize("locale", [None, "fr"])
def test_a_question_in_no_language_of_the_articles_is_answered_in_that_of_most(
    index: Index, locale: str | None
) -> None:
    """English has four articles to Spanish's two. A translated one takes one place."""
    found = ranked(index, "remboursement refund", locale)
    assert found == ranked(index, "remboursement refund", "en")
    assert sorted(found) == ["en/card", "en/refund", "en/screen", "es/solo"]


def test_signals_by_hand(index: Index) -> None:
    """The question lies on the refund axis: that title's cosine is 1, and the others' 0."""
    typed = read_typed("refund", index.words)
    asked = TopicEncoder().encode_questions(["refund"])[0]
    candidates, signals = Ranker(index, TopicEncoder()).signals(typed, asked, "en", Weights())
    own = [row for row, number in enumerate(candidates) if index.locales[number] == "en"]
    assert [index.slugs[number] for number in candidates[own]] == ["card", "refund", "screen"]
    signals = {name: values[own] for name, values in signals.items()}
    expected = index.common.scale(np.array([0, 1, 0], dtype=np.float32))
    names = np.array([1, 1, 2])
    near = index.common.scale(index.vectors.cosines(asked.vector[None, :], np.arange(len(index.named)))[0])
    best = np.array([near[slice(*index.bounds[number])].max() for number in candidates[own]])
    assert (best > expected).any()
    assert signals["topic"] == pytest.approx((names * expected + best) / (names + 1))
    assert (signals["words"] > 0).tolist() == [False, True, False]
    assert (signals["grams"] > 0).tolist() == [False, True, False]


def test_of_many_names_the_nearest_count(tmp_path: Path) -> None:
    """Each of five questions about refunds is as near as can be; what else was asked does not matter."""
    asked = [f"refund {n}" for n in range(NAMES)]
    more = [f"screen {n}" for n in range(9)]
    files = {
        f"{slug}.md": f"---\ntitle: {names[0]}\nquestions: {names[1:]}\n---\n"
        for slug, names in {"few": asked, "many": [*more, *asked]}.items()
    }
    index = paper_index(write(tmp_path, files))
    typed = read_typed("refund", index.words)
    question = TopicEncoder().encode_questions(["refund"])[0]
    _, signals = Ranker(index, TopicEncoder()).signals(typed, question, "en", Weights())
    assert signals["topic"] == pytest.approx(index.common.scale(np.ones(2, dtype=np.float32)))


def test_tokens_by_hand(index: Index) -> None:
    """The title "Get a refund" has a token like each of "my refund": all that is about no topic is alike."""
    typed = read_typed("my refund", index.words)
    asked = TopicEncoder().encode_questions(["my refund"])[0]
    candidates, signals = Ranker(index, TopicEncoder()).signals(typed, asked, "en", Weights())
    found = dict(zip([index.slugs[row] for row in candidates], signals["tokens"], strict=True))
    title = index.tokens.nearness(asked.tokens, index.bounds[[index.slugs.index("refund")], 0])
    assert title == pytest.approx(index.tokens.scale(np.ones(1, dtype=np.float32)), abs=0.01)
    assert found["refund"] >= title
    assert max(found, key=found.__getitem__) == "refund"


def test_no_more_than_the_first_candidates_are_compared_token_by_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those left out count as far as the farthest that was compared."""
    many = {f"a{n}.md": f"# Card {'refund ' * n}\n\nA screen.\n" for n in range(6)}
    index = paper_index(write(tmp_path, many))
    typed = read_typed("refund", index.words)
    asked = TopicEncoder().encode_questions(["refund"])[0]
    _, whole = Ranker(index, TopicEncoder()).signals(typed, asked, "en", Weights())
    monkeypatch.setattr("kb.search.rank.COMPARED_ARTICLES", 2)
    _, some = Ranker(index, TopicEncoder()).signals(typed, asked, "en", Weights())
    first = np.argsort(-Weights(tokens=0).score(whole), kind="stable")[:2]
    assert some["tokens"][first].tolist() == whole["tokens"][first].tolist()
    assert set(np.delete(some["tokens"], first)) <= {some["tokens"][first].min()}


def test_an_index_without_tokens_ranks_by_the_rest(index: Index) -> None:
    none = TokenVectors.of(
        [np.zeros((0, 0), np.int8)] * len(index.named), np.zeros(len(index.named), np.int64)
    )
    bare = replace(index, tokens=none)
    assert ranked(bare, "my refund")[0] == "en/refund"


def test_nothing_that_may_be_suggested_is_nothing_found(tmp_path: Path) -> None:
    hidden = paper_index(write(tmp_path, {"a.md": "---\ntitle: Refund\nsuggest: false\n---\n"}))
    assert ranked(hidden, "refund") == []


def test_where_all_that_may_be_offered_is_in_another_language_it_is(tmp_path: Path) -> None:
    hidden = "---\ntitle: Personal\nsuggest: false\n---\n"
    index = paper_index(write(tmp_path, {"en/refund.md": "# Refund\n", "es/personal.md": hidden}))
    assert ranked(index, "refund", "es") == ["en/refund"]


def test_what_may_not_be_offered_takes_no_candidate_s_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor do articles in the question's language take those of one that exists in another only."""
    monkeypatch.setattr("kb.search.rank.NEAREST_PASSAGES", 1)
    monkeypatch.setattr("kb.search.rank.WORDIEST_ARTICLES", 1)
    files = {
        "en/hidden.md": "---\ntitle: Refundable\nsuggest: false\n---\n",
        "en/nearest.md": "# Refundable on the screen\n",
        "en/please.md": "# Please\n",
        "es/solo.md": "# Refundable, card y screen\n",
    }
    index = paper_index(write(tmp_path, files))
    assert set(ranked(index, "refunds please")) == {"en/nearest", "en/please", "es/solo"}
