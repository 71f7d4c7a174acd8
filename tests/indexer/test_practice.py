"""Practice questions: someone else's words for what each article answers."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from centre import content, write

from indexer.practice import ARTICLES, FOREIGN, SLIPS, in_another_language, practices, without_answer
from kb.index.content import Content
from kb.search.metrics import SHARES, typed_at

TITLE = "Get a refund to your card"
FILES = {
    "refund.md": f"---\ntitle: {TITLE}\nquestions: [I want my money back]\n---\n\nWe pay.\n",
    "screen.md": "# The screen is black\n\nTurn it on.\n",
    "heading.md": "# Only a heading\n",
    "hidden.md": "---\ntitle: For staff\nsuggest: false\nquestions: [what do we say]\n---\n\nThis.\n",
}


@pytest.fixture
def made(tmp_path: Path) -> Content:
    return content(write(tmp_path, FILES))


def test_a_title_is_asked_of_an_index_without_it_and_a_question_of_one_without_that(made: Content) -> None:
    titles, questions = practices(made)
    for practice, kind in ((titles, "title"), (questions, "question")):
        for asked in practice.asked:
            kinds = [passage.kind for passage in practice.content.passages[asked.article]]
            assert kind not in kinds
            assert kinds
    assert {titles.content.articles[asked.article].slug for asked in titles.asked} == {"refund", "screen"}
    assert {questions.content.articles[asked.article].slug for asked in questions.asked} == {"refund"}


def test_each_is_asked_as_far_as_it_may_have_been_typed(made: Content) -> None:
    """Letter for letter, but for the few that have two neighbouring letters in the wrong order."""
    titles, _ = practices(made)
    number = [article.slug for article in titles.content.articles].index("refund")
    asked = [one.text for one in titles.asked if one.article == number]
    typed = [typed_at(TITLE, share) for share in SHARES]
    assert [sorted(text) for text in asked] == [sorted(text) for text in typed]


def test_one_question_in_so_many_has_a_slip(tmp_path: Path) -> None:
    """Of those long enough: all but the first fifth of these titles."""
    files = {f"{n}.md": f"# {sha256(bytes([n])).hexdigest()[:25]}\n\nText.\n" for n in range(60)}
    (titles,) = practices(content(write(tmp_path, files)))
    whole = [article.title for article in titles.content.articles]
    slips = [one for one in titles.asked if not whole[one.article].startswith(one.text)]
    assert 0.5 < len(slips) * SLIPS / (len(titles.asked) * 4 / 5) < 1.5


def test_the_same_articles_are_always_asked_the_same(made: Content) -> None:
    assert list(practices(made)) == list(practices(made))


def test_a_large_help_centre_is_sampled(tmp_path: Path) -> None:
    files = {f"{n}.md": f"# Number {n}\n\nText.\n" for n in range(ARTICLES + 5)}
    (titles,) = practices(content(write(tmp_path, files)))
    assert len(titles.content.articles) == ARTICLES
    assert len(titles.asked) == ARTICLES * len(SHARES)


def test_headings_alone_give_nothing_to_ask(tmp_path: Path) -> None:
    assert list(practices(content(write(tmp_path, {"a.md": "# A\n", "b.md": "# B\n"})))) == []


def test_an_article_is_sampled_with_its_translations(tmp_path: Path) -> None:
    locales = ("de", "en", "es")
    files = {
        f"{locale}/{n}.md": f"# Number {n}\n\nText.\n" for n in range(ARTICLES // 2) for locale in locales
    }
    (titles,) = practices(content(write(tmp_path, files)))
    sampled = {(article.locale, article.slug) for article in titles.content.articles}
    slugs = {slug for _, slug in sampled}
    assert sampled == {(locale, slug) for locale in locales for slug in slugs}
    assert len(slugs) == ARTICLES // len(locales)


def test_in_another_language_the_translation_of_what_answers_is_asked(tmp_path: Path) -> None:
    files = {
        "en/refund.md": "# Get a refund\n\nWe pay.\n",
        "es/refund.md": "# Pedir un reembolso\n\nPagamos.\n",
        "de/refund.md": "---\ntitle: Erstattung\nsuggest: false\n---\n\nWir zahlen.\n",
        "en/screen.md": "# The screen is black\n\nTurn it on.\n",
    }
    own = without_answer(content(write(tmp_path, files)))
    foreign = in_another_language(own)
    asked = {(one.text, foreign.content.articles[one.article].locale) for one in foreign.asked}
    assert {("Get a refund", "es"), ("Pedir un reembolso", "en")} <= asked
    assert {foreign.content.articles[one.article].slug for one in foreign.asked} == {"refund"}
    assert {locale for _, locale in asked} == {"en", "es"}


def test_a_few_hundred_are_enough_to_tell_what_another_language_reaches(tmp_path: Path) -> None:
    files = {f"{locale}/{n}.md": f"# Number {n}\n\nText.\n" for locale in ("en", "es") for n in range(150)}
    asked = in_another_language(without_answer(content(write(tmp_path, files)))).asked
    assert len(asked) == FOREIGN
    assert len({len(one.text) for one in asked}) > len(SHARES), "at all lengths"
    assert len({one.article for one in asked}) > 200


def test_where_nothing_is_translated_nothing_is_asked_in_another_language(made: Content) -> None:
    assert in_another_language(without_answer(made)).asked == ()


def test_what_two_articles_are_titled_alike_is_not_asked_without_one_of_them(tmp_path: Path) -> None:
    """The other answers it; of an article and its translation it is one subject's title."""
    files = {
        "en/one.md": "# Overview\n\nOf one.\n",
        "en/two.md": "# OVERVIEW\n\nOf two.\n",
        "en/three.md": "# Dashboard\n\nOf three.\n",
        "de/three.md": "# Dashboard\n\nVon drei.\n",
    }
    made = content(write(tmp_path, files))
    asked = {made.articles[one.article].slug for one in without_answer(made).asked}
    assert asked == {"three"}
