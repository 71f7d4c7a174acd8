"""The stretch of an article's body that speaks to a question, and which of its words to mark."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from kb.index.text import fold, is_unspaced, words
from kb.search.typed import Typed

# Two lines in a narrow widget; long enough for a sentence, short enough to be read while typing.
LENGTH = 200
_SENTENCE = re.compile(r"(?:[^.!?。！？\n]|[.!?](?=\S))+[.!?。！？]*\s*")
_WORD = re.compile(r"[^\W_]+")
# Endings differ ("refund", "refunded"); beginnings this long mark the same word.
STEM = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """`highlights` are half-open ranges of `text`, ascending and disjoint."""

    text: str
    highlights: tuple[tuple[int, int], ...]


def cut_excerpt(body: str, typed: Typed, common: Collection[str] = ()) -> Excerpt:
    """At most LENGTH characters from the sentence that shares most of the question's words.

    `common` are words too frequent to mark or to choose by. Without a shared word it is the start.
    """
    asked = {word for word in (*typed.words, typed.prefix) if word and word not in common}
    sentences = [(m.start(), m.group()) for m in _SENTENCE.finditer(body)] or [(0, body)]
    shares = [_shared(sentence, asked) for _, sentence in sentences]
    start = sentences[shares.index(max(shares))][0] if max(shares) else 0
    text = _trimmed(body[start:])
    return Excerpt(text=text, highlights=tuple(_marks(text, asked)))


def _shared(sentence: str, asked: Collection[str]) -> int:
    found = set(words(fold(sentence)))
    return sum(any(_same(word, other) for other in found) for word in asked)


def _same(asked: str, found: str) -> bool:
    if asked == found:
        return True
    if is_unspaced(asked):
        return False
    return min(len(asked), len(found)) >= STEM and (
        found.startswith(asked[: max(STEM, len(asked) - 3)]) or asked.startswith(found)
    )


def _trimmed(text: str) -> str:
    text = text.strip()
    if len(text) <= LENGTH:
        return text
    cut = text[: LENGTH - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > LENGTH // 2 else cut).rstrip(" ,;:–-") + "…"


def _marks(text: str, asked: Collection[str]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        spans += _unspaced_marks(match, asked) if is_unspaced(match.group()) else _word_mark(match, asked)
    return _merged(spans)


def _word_mark(match: re.Match[str], asked: Collection[str]) -> list[tuple[int, int]]:
    folded = fold(match.group())
    return [match.span()] if any(_same(word, folded) for word in asked) else []


def _unspaced_marks(match: re.Match[str], asked: Collection[str]) -> list[tuple[int, int]]:
    """Every place in the run where a pair of characters was asked for."""
    run, offset = match.group(), match.start()
    return [
        (offset + i, offset + i + len(word))
        for word in asked
        if is_unspaced(word)
        for i in range(len(run))
        if run.startswith(word, i)
    ]


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
