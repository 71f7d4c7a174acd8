"""Questions in the same words: what a question that was pasted into an article has become there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kb.index.text import fold, words

Words = frozenset[str]

# Share of the words of both that both have. One word more or less among six is the same question, another
# word among six is not: "change my pin" and "change my card".
SAME: Final = 0.85


def words_of(text: str) -> Words:
    """The words of a text, however they are written and ordered; of one without words itself."""
    return frozenset(words(fold(text))) or frozenset([text])


def same_words(one: Words, other: Words) -> bool:
    """Whether two questions are worded alike or nearly so.

    >>> same_words(words_of("How do I get refunds?"), words_of("how do i get a refund"))
    False
    >>> same_words(words_of("How do I get a refund?"), words_of("how do i get refund"))
    True
    """
    return 2 * len(one & other) >= SAME * (len(one) + len(other))


def has_twin(question: Words, others: Iterable[Words]) -> bool:
    return any(same_words(question, other) for other in others)
