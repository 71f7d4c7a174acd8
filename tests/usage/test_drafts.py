"""Drafts as text: where they belong, what stands in them, and that nothing in them is taken for more."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.content.passages import passages_of
from kb.store.gaps import GapRow
from kb.usage.draft import Plan, count_for_questions, draft_of, fit_for_questions
from kb.usage.draft_file import article_of, paths_below, read_draft
from kb.usage.gaps import AskedHow, GapDetail

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TREE = ("en/reset-password.md", "zh_TW/reset-password.md", "README.md")


def how(text: str, persons: int = 1) -> AskedHow:
    return AskedHow(text=text, count=persons, persons=persons, last_seen=NOON)


def detail(label: str = "how old must I be?", **fields: Any) -> GapDetail:
    gap = {
        "gap_id": 7, "label": label, "kind": "missing", "opened_at": NOON, "first_seen": NOON,
        "last_seen": NOON, "persons": 3, "questions": 4, "score": 3.0,
    } | fields.pop("gap", {})  # fmt: skip
    made = {
        "gap": GapRow(**gap), "questions": (how(label),), "locales": {"en-GB": 3, None: 1},
        "pages": {None: 4}, "trend": {}, "tickets": 2, "nearest": ("en", "open-an-account"),
        "nearest_title": "Open an account", "confidence": 0.1, "why": "nothing is near",
        "remedy": "write an article", "to_add": (), "decisions": (),
    }  # fmt: skip
    return GapDetail(**made | fields)


def plan(**fields: Any) -> Plan:
    return Plan(**{"paths": TREE, "default": "en", "today": date(2026, 5, 2)} | fields)


@pytest.mark.parametrize(
    ("paths", "locales", "wished", "path"),
    [
        (TREE, {"en-GB": 3}, "", "en/drafts/how-old-must-i-be.md"),
        (TREE, {"zh-Hant": 3}, "", "zh_TW/drafts/how-old-must-i-be.md"),
        (TREE, {"fr": 3}, "", "en/drafts/how-old-must-i-be.md"),
        (TREE, {"fr": 3}, "fr", "fr/drafts/how-old-must-i-be.md"),
        (TREE, {None: 3}, "", "en/drafts/how-old-must-i-be.md"),
        (("a.md", "billing/b.md"), {"fr": 3}, "", "drafts/how-old-must-i-be.md"),
        (("a.md",), {"en": 3}, "", "drafts/how-old-must-i-be.md"),
        ((), {"en": 3}, "", "en/drafts/how-old-must-i-be.md"),
        (("en/how-old-must-i-be.md",), {"en": 3}, "", "en/drafts/how-old-must-i-be-7.md"),
        (("en/drafts/how-old-must-i-be.md",), {"en": 3}, "", "en/drafts/how-old-must-i-be.md"),
    ],
)
def test_a_draft_belongs_into_the_folder_of_its_language(
    paths: tuple[str, ...], locales: dict[str | None, int], wished: str, path: str
) -> None:
    assert draft_of(detail(locales=locales), plan(paths=paths, locale=wished)).path == path


def test_a_translation_has_the_address_of_what_is_translated(tmp_path: Path) -> None:
    gap = detail("wie alt muss ich sein", locales={"de-AT": 3}, gap={"kind": "untranslated"})
    draft = draft_of(gap, plan())
    assert (draft.path, draft.locale) == ("de-AT/drafts/open-an-account.md", "de-AT")


def test_a_label_without_letters_still_makes_a_file() -> None:
    assert draft_of(detail("???"), plan()).path == "en/drafts/gap-7.md"


def test_a_draft_says_what_was_asked_and_why_nothing_helped() -> None:
    themes = [[how("how old must I be?", 2), how("minimum age")], [how("account for my child")]]
    text = draft_of(detail(), plan(telling=["minimum age"], themes=themes)).text
    for said in ("3 people asked this 4 times", "en-GB (3)", "nothing is near", "## How old must I be"):
        assert said in text
    assert "Asked so by 3:" in text
    article = article_of(text.encode(), "en/drafts/how-old-must-i-be.md", "en")
    assert (article.title, article.questions) == ("How old must I be", ("minimum age",))
    assert article.updated == date(2026, 5, 2)
    assert article.extra == {"gap": 7}
    assert "asked this" not in article.html


@settings(max_examples=50)
@given(st.text(max_size=60).map(str.strip).filter(bool))
def test_whatever_was_asked_a_draft_can_be_read_and_keeps_its_comments_to_itself(asked: str) -> None:
    words = asked.encode("utf-8", "ignore").decode()
    gap = detail(words, questions=(how(words),), why=f"--> {words} <!--")
    text = draft_of(gap, plan(telling=[words], themes=[[how(words), how(f"{words} --> x")]])).text
    article = article_of(text.encode(), "en/drafts/x.md", "en")
    assert "Asked so by" not in article.html
    assert not any("Asked so by" in passage.text for passage in passages_of(article))


def test_half_of_the_wordings_are_left_to_judge_by() -> None:
    assert [count_for_questions([how("x")] * count) for count in (1, 2, 5, 40)] == [1, 1, 2, 8]


def test_stories_and_the_same_words_again_do_not_stand_under_questions() -> None:
    asked = ("how old must I be", "How old must I be?", "long " * 40, "age")
    fit = fit_for_questions([how(text) for text in asked])
    assert [one.text for one in fit] == ["how old must I be", "age"]


def test_a_draft_outside_the_articles_folder_is_in_the_language_named(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    for path in ("de/a.md", ".git/b.md"):
        (articles / path).parent.mkdir(parents=True)
        (articles / path).write_text("# A", encoding="utf-8")
    (tmp_path / "new.md").write_text("# New", encoding="utf-8")
    assert paths_below(articles) == ["de/a.md"]
    assert read_draft(articles / "de" / "a.md", articles, "en").locale == "de"
    assert read_draft(tmp_path / "new.md", articles, "fr").locale == "fr"
