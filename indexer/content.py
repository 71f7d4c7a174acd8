"""What customers asked, put among the passages of the articles that answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kb.content.article import Article, Passage
from kb.index.content import Content, Key
from kb.index.text import fold


def with_learned(content: Content, learned: Mapping[Key, Sequence[str]]) -> Content:
    """Each article with the questions learned for it, but those that its writer has taken up."""
    return replace(
        content,
        passages=tuple(
            (
                *passages,
                *_learned_passages(article, passages, learned.get((article.locale, article.slug), ())),
            )
            for article, passages in zip(content.articles, content.passages, strict=True)
        ),
    )


def _learned_passages(
    article: Article, passages: Sequence[Passage], questions: Sequence[str]
) -> list[Passage]:
    written = {fold(passage.text) for passage in passages if passage.named}
    fresh = {fold(text): text for text in questions if fold(text) not in written}
    return [
        Passage(slug=article.slug, locale=article.locale, kind="learned", text=text)
        for text in fresh.values()
    ]
