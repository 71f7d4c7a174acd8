"""What is asked of the engine and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SUGGESTIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question as far as it has been typed.

    `min_confidence` None means the configured floor; 0 shows everything. `shown` are the slugs of what is
    suggested now, of less of the same question.
    """

    text: str
    locale: str | None = None
    limit: int = SUGGESTIONS
    min_confidence: float | None = None
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One article offered, with the stretch of its body that speaks to the question.

    `highlights` are half-open character ranges [start, end) of `excerpt`, ascending and disjoint.
    `confidence` is 0..1; `rank` counts from 1. `explanation` says what each signal contributed.
    """

    slug: str
    locale: str
    title: str
    url: str
    anchor: str
    excerpt: str
    highlights: tuple[tuple[int, int], ...]
    confidence: float
    rank: int
    explanation: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The engine's answer to a query; `answered` is false when nothing is likely to help."""

    snapshot_id: str
    answered: bool
    confidence: float
    suggestions: tuple[Suggestion, ...]
