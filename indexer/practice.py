"""Questions made of a help centre's own articles, to learn from without a customer.

An article's title is asked of an index without titles, one of its questions of an index without that
question: someone else's words for what the article answers. Each is asked as far as it may have been
typed, and some are misspelt.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from indexer.content import Content
from kb.content.article import Passage
from kb.search.metrics import SHARES, typed_at

ARTICLES = 400
# One question in so many has a slip of the finger in it.
SLIPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as far as it is typed, and the number of the article that answers it."""

    text: str
    article: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """Articles without the passages that are asked, and the questions."""

    content: Content
    asked: tuple[Asked, ...]


def practices(content: Content) -> Iterator[Practice]:
    """One without titles, one without one question of each article; none if there is nothing to ask.

    Always the same for the same articles.
    """
    random_ = random.Random(1)  # noqa: S311 - a fixed sample, not a secret
    sample = _sampled(content, random_)
    titles = [0 if len(passages) > 1 else None for passages in sample.passages]
    questions = [_some_question(passages, random_) for passages in sample.passages]
    for left_out in (titles, questions):
        if any(place is not None for place in left_out):
            yield _practice(sample, left_out, random_)


def _sampled(content: Content, random_: random.Random) -> Content:
    """At most ARTICLES of those that may be suggested."""
    numbers = [number for number, article in enumerate(content.articles) if article.suggest]
    chosen = sorted(random_.sample(numbers, min(ARTICLES, len(numbers))))
    return replace(
        content,
        articles=tuple(content.articles[number] for number in chosen),
        passages=tuple(content.passages[number] for number in chosen),
    )


def _some_question(passages: tuple[Passage, ...], random_: random.Random) -> int | None:
    places = [place for place, passage in enumerate(passages) if passage.kind == "question"]
    return random_.choice(places) if places else None


def _practice(sample: Content, left_out: list[int | None], random_: random.Random) -> Practice:
    kept = tuple(
        tuple(passage for place, passage in enumerate(passages) if place != out)
        for passages, out in zip(sample.passages, left_out, strict=True)
    )
    asked = [
        Asked(text=_slipped(typed_at(sample.passages[number][out].text, share), random_), article=number)
        for number, out in enumerate(left_out)
        if out is not None
        for share in SHARES
    ]
    return Practice(content=replace(sample, passages=kept), asked=tuple(asked))


def _slipped(text: str, random_: random.Random) -> str:
    """Now and then two neighbouring letters change places."""
    if random_.randrange(SLIPS) or len(text) < 6:
        return text
    at = random_.randrange(1, len(text) - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
