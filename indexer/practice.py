"""Questions made of a help centre's own articles, to learn from without a customer.

An article's title is asked of an index without titles, one of its questions (written, or learned from
customers) of an index without that question: someone else's words for what the article answers. Each is
asked as far as it may have been typed, and some are misspelt.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kb.content.article import Passage
from kb.index.content import Content
from kb.index.text import fold
from kb.search.metrics import SHARES, typed_at

ARTICLES = 400
# The mean of so many lies within a tenth of their spread.
FOREIGN = 400
# One question in so many has a slip of the finger in it.
SLIPS = 5
SHORTEST_SLIPPED = 6
# A writer's questions, and what customers asked: on banking with 40 learned for each article the weights
# found with both won 0.2 to 0.3 points over those found with written ones alone.
ASKED = ("question", "learned")


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeQuestion:
    """A question as far as it is typed, and the number of the article that answers it."""

    text: str
    article: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """Articles without the passages that are asked, and the questions."""

    content: Content
    asked: tuple[PracticeQuestion, ...]


def practices(content: Content) -> Iterator[Practice]:
    """One without titles, one without one question of each article; none if there is nothing to ask.

    Always the same for the same articles.
    """
    sample = _sampled(content)
    titles = [0 if len(passages) > 1 else None for passages in sample.passages]
    questions = [_some_question(passages) for passages in sample.passages]
    for left_out in (titles, questions):
        if any(place is not None for place in left_out):
            yield _practice(sample, left_out)


def without_answer(content: Content) -> Practice:
    """The same questions asked of all articles: for what is found without the right one. A title or question
    that several articles have is not asked: it has an answer without any one of them.
    """
    numbers = {(a.locale, a.slug): number for number, a in enumerate(content.articles)}
    sample = _sampled(content)
    places = [numbers[article.locale, article.slug] for article in sample.articles]
    alone = _names_of_one(content)
    titles = [0 if alone(passages[0]) else None for passages in sample.passages]
    questions = [_some_question(passages, alone) for passages in sample.passages]
    chosen = (*_asked(sample, titles), *_asked(sample, questions))
    asked = tuple(replace(one, article=places[one.article]) for one in chosen)
    return Practice(content=content, asked=asked)


def in_another_language(practice: Practice) -> Practice:
    """At most FOREIGN of the questions asked of articles in another language, with the translations of those
    that answer them; none where there are none.
    """
    articles = practice.content.articles
    translations = _translations(practice.content)
    asked = []
    for one in practice.asked:
        others = [other for other in translations[articles[one.article].slug] if other != one.article]
        if others:
            asked.append(replace(one, article=_chance(one.text).choice(others)))
    return replace(practice, asked=tuple(_chance("foreign").sample(asked, min(len(asked), FOREIGN))))


def _sampled(content: Content) -> Content:
    """At most ARTICLES of those that may be suggested, each with its translations: one without them is found
    by other means (see kb/search/rank.py), from which nothing is learned of those that have them.
    """
    translations = _translations(content)
    slugs = sorted(translations)
    _chance("articles").shuffle(slugs)
    counts = np.cumsum([len(translations[slug]) for slug in slugs])
    few = slugs[: int(np.searchsorted(counts, ARTICLES, side="right"))]
    chosen = sorted(number for slug in few for number in translations[slug])
    return replace(
        content,
        articles=tuple(content.articles[number] for number in chosen),
        passages=tuple(content.passages[number] for number in chosen),
    )


def _translations(content: Content) -> dict[str, list[int]]:
    """The numbers of the articles that may be suggested, by slug."""
    found: dict[str, list[int]] = {}
    for number, article in enumerate(content.articles):
        if article.suggest:
            found.setdefault(article.slug, []).append(number)
    return found


def _names_of_one(content: Content) -> Callable[[Passage], bool]:
    """Whether one subject alone, an article and its translations, has this title or question."""
    names = {(passage.slug, fold(passage.text)) for passage in content.flat if passage.named}
    often = Counter(name for _, name in names)
    return lambda passage: often[fold(passage.text)] == 1


def _some_question(
    passages: tuple[Passage, ...], asked: Callable[[Passage], bool] = lambda _: True
) -> int | None:
    places = [place for place, one in enumerate(passages) if one.kind in ASKED and asked(one)]
    return _chance(passages[0].digest).choice(places) if places else None


def _practice(sample: Content, left_out: Sequence[int | None]) -> Practice:
    kept = tuple(
        tuple(passage for place, passage in enumerate(passages) if place != out)
        for passages, out in zip(sample.passages, left_out, strict=True)
    )
    return Practice(content=replace(sample, passages=kept), asked=_asked(sample, left_out))


def _asked(sample: Content, places: Sequence[int | None]) -> tuple[PracticeQuestion, ...]:
    """The passages at these places, one of each article, as far as they may have been typed."""
    return tuple(
        PracticeQuestion(text=_slipped(typed_at(sample.passages[number][place].text, share)), article=number)
        for number, place in enumerate(places)
        if place is not None
        for share in SHARES
    )


def _slipped(text: str) -> str:
    """Now and then two neighbouring letters change places."""
    chance = _chance(text)
    if chance.randrange(SLIPS) or len(text) < SHORTEST_SLIPPED:
        return text
    at = chance.randrange(1, len(text) - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _chance(seed: str) -> random.Random:
    """Chance that always falls alike for the same articles."""
    return random.Random(seed)  # noqa: S311 - a fixed sample, not a secret
